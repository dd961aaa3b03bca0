"""The form of the code: how long its parts may be, and who imports what.

`python tools/form.py [NAME …]` says what is too long (of notebooks NAME, or all);
`--stats` prints how long things are."""

import ast
import re
import sys
from pathlib import Path
from statistics import median

import nbformat

root = Path(__file__).resolve().parents[1]
FUNCTION, CELL, ROOM, APPROACH = 40, 60, 800, 450  # lines, as formatted


def exported(path):
    "The exported cells of a notebook, and its module."
    cells = nbformat.read(path, 4).cells
    code = [c for c in cells if c.cell_type == "code"]
    name = [m[1] for c in code if (m := re.search(r"#\| default_exp (\w+)", c.source))]
    return name[0] if name else None, [
        c for c in code if re.search(r"^#\| export", c.source, re.M)
    ]


def functions(source):
    """(name, lines) of each function and method; of a program without its signature,
    which is its manual."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_program = "command" in map(ast.unparse, node.decorator_list)
            first = node.body[0].lineno if is_program else node.lineno
            yield node.name, node.end_lineno - first + 1


def length(cell):
    return len(cell.source.strip().splitlines())


def too_long(path):
    "What is too long in a notebook, and what it takes from another's inside."
    module, cells = exported(path)
    if not module:
        return
    for c in cells:
        if length(c) > CELL:
            yield f"cell {c.id} has {length(c)} lines, more than {CELL}"
        for name, n in functions(c.source):
            if n > FUNCTION:
                yield f"{name} has {n} lines, more than {FUNCTION}"
        for node in ast.walk(ast.parse(c.source)):
            inside = isinstance(node, ast.ImportFrom) and "nfdiffusion" in (
                node.module or ""
            )
            for a in node.names if inside else ():
                if a.name.startswith("_"):
                    yield f"{a.name} is private to {node.module}"
    lines = len((root / "nfdiffusion" / f"{module}.py").read_text("utf-8").splitlines())
    most = APPROACH if module.startswith("approach") else ROOM
    if lines > most:
        yield f"{module}.py has {lines} lines, more than {most}"


def statistics(paths):
    "A table of how long cells, functions and modules are."
    found = [(m, cells) for p in paths for m, cells in [exported(p)] if m]
    cells = [length(c) for _, cs in found for c in cs]
    sizes = [n for _, cs in found for c in cs for _, n in functions(c.source)]
    files = [root / "nfdiffusion" / f"{m}.py" for m, _ in found]
    rooms = [len(f.read_text("utf-8").splitlines()) for f in files]
    yield "what | how many | median | nine in ten under | longest"
    for name, n in (("exported cells", cells), ("functions", sizes), ("rooms", rooms)):
        n = sorted(n)
        yield f"{name} | {len(n)} | {median(n):g} | {n[len(n) * 9 // 10]} | {n[-1]}"
    yield f"exported lines: {sum(rooms)}"


if __name__ == "__main__":
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    paths = sorted((root / "nbs").glob("[!._]*.ipynb"))
    paths = [p for p in paths if not names or p.stem in names]
    if "--stats" in sys.argv:
        print("\n".join(statistics(paths)))
        sys.exit()
    wrong = [f"{p.name}: {what}" for p in paths for what in too_long(p)]
    print("\n".join(wrong))
    sys.exit(bool(wrong))
