"""What every page of the site must have, in the pages that nbdev makes, before Quarto:
links that lead somewhere, one place for every name, headings and tables that a reader
by ear can follow, and pictures that are described, sharp and not too heavy.

`python tools/pages.py FOLDER` prints what is wrong with the pages in FOLDER."""

import base64
import html
import json
import re
import struct
import sys
from pathlib import Path
from typing import NamedTuple

root = Path(__file__).resolve().parents[1]
NARROW, HEAVY = 200, 500_000  # pixels, bytes
COLUMNS = 88  # that a page shows


class Heading(NamedTuple):
    text: str
    id: str
    level: int
    entry: bool  # of a name, and not of prose


def text(source):
    return "".join(source) if isinstance(source, list) else source


def plain(markdown):
    "What is left of a heading or a description without Markdown's signs."
    words = re.sub(r"\]\([^)]*\)|<[^>]+>", "", markdown)
    return html.unescape(re.sub(r"[\[\]`*$\\]", "", words)).strip()


def identifier(heading):
    "The name by which Pandoc lets others link to a heading."
    words = re.sub(r"[^\w\s.-]", "", plain(heading).lower())
    return re.sub(r"^[^a-z]+", "", re.sub(r"\s+", "-", words)) or "section"


def without_code(markdown):
    blocks = re.sub(r"^(```+).*?^\1 *$", "", markdown, flags=re.S | re.M)
    return re.sub(r"<!--.*?-->", "", blocks, flags=re.S)


def parts(page):
    "(Markdown, whether it is an entry of a name) of prose and outputs, in order."
    for cell in page["cells"]:
        source = text(cell["source"])
        if cell["cell_type"] == "markdown":
            yield without_code(source), False
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            entry = "show_doc(" in source
            yield without_code(text(data.get("text/markdown", ""))), entry
            yield text(data.get("text/html", "")), False


def headings(page):
    "All headings with the identifiers that Pandoc gives them."
    seen = {}
    for markdown, entry in parts(page):
        for signs, words, given in re.findall(
            r"^(#{2,6}) +(.*?) *(?:\{#([\w.-]+)\})? *$", markdown, re.M
        ):
            name = given or identifier(words)
            count = seen[name] = seen.get(name, -1) + 1
            unique = f"{name}-{count}" if count else name
            yield Heading(words, unique, len(signs), entry)


def anchors(page):
    "All that a link can lead to."
    found = {h.id for h in headings(page)}
    for markdown, _ in parts(page):
        found |= set(re.findall(r'\bid="([^"]+)"', markdown))
    return found


def links(page):
    "Where a page links to."
    for markdown, _ in parts(page):
        prose = re.sub(r"`[^`]*`", "", markdown)
        yield from re.findall(r"\]\(([^)\s]+)\)", prose)
        yield from re.findall(r'\b(?:href|src)="([^"]+)"', prose)


def page_of(target, site):
    "The notebook that a link leads to, if it is one of the site."
    if target.startswith(site):
        return "html", target.removeprefix(site).strip("/").removesuffix(".html")
    if target.endswith(".ipynb"):
        return "ipynb", target
    return "", target


def broken(name, pages, folder, site):
    "Links of a page to pages, files or places that are not there."
    by_output = {re.sub(r"^\d+_", "", p.removesuffix(".ipynb")): p for p in pages}
    for link in sorted(set(links(pages[name]))):
        path, _, anchor = link.partition("#")
        kind, target = page_of(path, site)
        if kind == "html":
            target = by_output.get(target or "index", target)
        elif re.match(r"\w+:", path):
            continue  # elsewhere
        target = target or name
        if target not in pages:
            if kind or not (folder / target).exists():
                yield f"links to {link}, which is not there"
        elif anchor and anchor not in anchors(pages[target]):
            yield f"links to {link}, and {target} has no such place"


def ambiguous(page):
    "Names whose place a heading of the prose has taken."
    prose = {h.id for h in headings(page) if not h.entry}
    for h in headings(page):
        if h.entry and identifier(h.text) in prose:
            yield f"the entry of {h.text} is at #{h.id}: a heading has its name"


def out_of_order(page):
    "Headings more than one level below the one above, and columns without a head."
    level = 1
    for h in headings(page):
        if h.level > level + 1:
            yield f"{h.text} is {h.level - level} levels below what stands above it"
        level = h.level
    for markdown, _ in parts(page):
        for head in re.findall(r"^\|(.*)\|\n\|[ :|-]+\|$", markdown, re.M):
            if not all(c.strip() for c in head.split("|")):
                yield f"a column without a head: |{head}|"


def wide_code(page):
    "Lines of code that the page cuts."
    for cell in page["cells"]:
        source = text(cell["source"])
        if cell["cell_type"] == "markdown":
            source = "".join(re.findall(r"^```(?!\{).*?^```", source, re.S | re.M))
        elif cell["cell_type"] == "raw" or re.search(
            r"^#\| *echo: *false", source, re.M
        ):
            continue
        for line in source.splitlines():
            if len(line) > COLUMNS and not line.startswith("#|"):
                yield f"cell {cell['id']}: a line of {len(line)} columns: {line[:40]} …"


def described(cell):
    "Has a cell's picture a description of some words?"
    m = re.search(r"^#\| fig-alt: *(.*)", text(cell["source"]), re.M)
    if m is None or (": " in m[1] and not m[1].startswith('"')):  # no YAML
        return False
    return len(m[1].split()) > 1


def size(png):
    return struct.unpack(">II", png[16:24])


def poor_pictures(page):
    "Pictures that are not described, blurred or too heavy."
    for cell in page["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "image/gif" in data:
                yield f"cell {cell['id']}: a GIF is lost; show it as HTML"
            if "image/png" not in data:
                continue
            png = base64.b64decode(text(data["image/png"]))
            if not described(cell):
                yield f"cell {cell['id']}: a picture without #| fig-alt, or in quotes"
            if size(png)[0] < NARROW:
                yield f"cell {cell['id']}: a picture of {size(png)[0]} pixels; dpi=120?"
            if len(png) > HEAVY:
                yield f"cell {cell['id']}: a picture of {len(png) // 1000} kB"
    for markdown, _ in parts(page):
        for tag in re.findall(r"<img\b[^>]*>", markdown):
            if not re.search(r'\balt="[^"]+"', tag):
                yield f"a picture without alt: {tag[:60]}"
        for alt, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", markdown):
            if not alt:
                yield f"a picture without a description: {path}"


def read_pages(folder):
    return {
        p.name: json.loads(p.read_text("utf-8"))
        for p in sorted(folder.glob("[!._]*.ipynb"))
    }


def wrong(folder):
    pages = read_pages(folder)
    config = (folder / "nbdev.yml").read_text("utf-8")
    site = re.search(r'site-url: "(.*)"', config)[1]
    for name, page in pages.items():
        links = broken(name, pages, folder, site)
        looks = ambiguous, out_of_order, wide_code, poor_pictures
        for what in (*links, *(w for look in looks for w in look(page))):
            yield f"{name}: {what}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(wrong(Path(sys.argv[1])))
    print("\n".join(found))
    sys.exit(bool(found))
