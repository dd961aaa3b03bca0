"""README.md from nbs/index.ipynb, without Quarto.

`--check` writes nothing and says whether it is up to date."""

import base64
import posixpath
import re
import sys
from pathlib import Path

import nbformat

root = Path(__file__).resolve().parents[1]
figs = "nbs/index_files"


def text(o):
    return "".join(o) if isinstance(o, list) else o


def rebase(md):
    "Relative links start from nbs/ in the notebook and from the top in the README"

    def f(m):
        return m[1] + posixpath.normpath("nbs/" + m[2])

    return re.sub(r"""(\]\(|(?:src|href)=")(?!\w+:|[#/])([^)"\s]+)""", f, md)


def markdown(src, first):
    if first:
        src = re.sub(r"^> ", "", src, flags=re.M)  # the subtitle
    return rebase(src).replace("```{mermaid}", "```mermaid")


def output(o, files, alt):
    "Markdown of one output; a figure is also added to `files`"
    if o.output_type == "stream":
        data = {"text/plain": o.text} if o.name == "stdout" else {}
    else:
        data = o.get("data", {})
    if "image/png" in data:
        name = f"{figs}/figure-{len(files) + 1}.png"
        files[name] = base64.b64decode(text(data["image/png"]))
        return f"![{alt}]({name})"
    if "text/markdown" in data:
        return rebase(text(data["text/markdown"]))
    lines = text(data.get("text/plain", "")).rstrip().splitlines()
    return "\n".join("    " + line if line else "" for line in lines)


def code(cell, files):
    flags = dict(re.findall(r"^#\s*\|\s*([\w-]+):?[ \t]*(.*)$", cell.source, re.M))
    unseen = flags.keys() & {"hide", "export", "exporti", "default_exp"}
    if unseen or flags.get("include") == "false":
        return
    src = re.sub(r"^#\s*\|.*\n?", "", cell.source, flags=re.M).strip()
    if src and flags.get("echo") != "false":
        yield f"```python\n{src}\n```"
    if flags.get("output") != "false":
        alt = flags.get("fig-alt", flags.get("fig-cap", "")).strip('"')
        for o in cell.outputs:
            yield output(o, files, alt)


def build():
    "Every file to write, as {path: bytes}"
    nb, parts, files = nbformat.read(root / "nbs/index.ipynb", 4), [], {}
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown":
            parts.append(markdown(cell.source, i == 0).strip())
        elif cell.cell_type == "code":
            parts += code(cell, files)
    body = "\n\n".join(p for p in parts if p)
    head = "<!-- Made from nbs/index.ipynb by `make readme` -->"
    return {"README.md": f"{head}\n\n{body}\n".encode(), **files}


if __name__ == "__main__":
    files = build()
    drawn = (root / figs).glob("figure-*.png")  # by the notebook; others stay
    old = {
        p: (root / p).read_bytes()
        for p in ["README.md", *(f"{figs}/{f.name}" for f in drawn)]
        if (root / p).exists()
    }
    wrong = sorted(p for p in {*files, *old} if files.get(p) != old.get(p))
    if "--check" in sys.argv:
        sys.exit(
            f"{', '.join(wrong)}: not what nbs/index.ipynb gives. Mend: make readme"
            if wrong
            else 0
        )
    (root / figs).mkdir(exist_ok=True)
    for p in wrong:
        (root / p).write_bytes(files[p]) if p in files else (root / p).unlink()
