"""What pages say by the tables of measurements: cells flagged `#| table`.

Runs them, after their notebook's imports, and writes their text into the notebook;
`--check` writes nothing and says which of them no longer say what the tables do."""

import os
import re
import sys
from pathlib import Path

import nbformat
from execnb.shell import CaptureShell

root = Path(__file__).resolve().parents[1]
FLAG = re.compile(r"^#\s*\|\s*table\b", re.M)
CODE = re.compile(
    r"^\s*(#.*)?$|^\s|^(from|import)\b|^\)"
)  # lines that import cells have


def imports(source):
    return all(CODE.match(line) for line in source.splitlines()) and "import" in source


def said(outputs):
    "The text of a cell's outputs; pictures differ from machine to machine."
    texts = (
        o.get("text") or o.get("data", {}).get("text/markdown", "") for o in outputs
    )
    return "".join("".join(t) for t in texts).strip()


def run(notebook):
    "Each flagged cell of a notebook with its outputs."
    shell = CaptureShell(mpl_format="png")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if FLAG.search(cell.source):
            outputs = shell.run(cell.source)
            errors = [o for o in outputs if o["output_type"] == "error"]
            if errors:
                sys.exit("".join(errors[0]["traceback"]))
            yield cell, outputs
        elif imports(cell.source) and "|slow" not in cell.source.replace(" ", ""):
            shell.run(cell.source)


def flagged():
    "The notebooks that have such cells."
    for path in sorted((root / "nbs").glob("[!._]*.ipynb")):
        notebook = nbformat.read(path, 4)
        if any(c.cell_type == "code" and FLAG.search(c.source) for c in notebook.cells):
            yield path, notebook


if __name__ == "__main__":
    check, wrong = "--check" in sys.argv, []
    os.chdir(root / "nbs")
    for path, notebook in flagged():
        found = [
            (c, outs) for c, outs in run(notebook) if said(outs) != said(c.outputs)
        ]
        wrong += [f"nbs/{path.name}, cell {c.id}" for c, _ in found]
        for cell, outputs in found:
            cell.outputs = [nbformat.from_dict(dict(o)) for o in outputs]
        if found and not check:
            nbformat.write(notebook, path)
    if check and wrong:
        sys.exit(f"{'; '.join(wrong)}: not what the tables say. Mend: make readme")
