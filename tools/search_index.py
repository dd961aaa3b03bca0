"""Names first, when somebody searches the site: `python tools/search_index.py FOLDER`
after Quarto has built the pages in FOLDER.

Quarto's index has an entry for each section of level two, with all code in it, so a
search for a name finds the sections whose tests use it most. This adds an entry for
each name, which leads to the place where the name is explained."""

import json
import re
import sys
from html import unescape
from pathlib import Path

HEADING = re.compile(
    r"<h([34])\b[^>]*?\b(?:data-anchor-)?id=\"([^\"]+)\"[^>]*>(.*?)</h\1>", re.S
)
CALL = re.compile(r"<pre[^>]*>.*?</pre>", re.S)


def words(html):
    "The text of some HTML in one line."
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def entries(page, html):
    "Entries of the names that a page explains: a heading, a call, what it is."
    title = words(re.search(r"<title>(.*?)</title>", html, re.S)[1])
    found = list(HEADING.finditer(html))
    ends = [m.start() for m in found[1:]] + [len(html)]
    for m, end in zip(found, ends, strict=False):  # no heading has no end
        name, body = words(m[3]), html[m.end() : end]
        call = CALL.search(body)
        if not call or not words(call[0]).startswith((f"{name}(", name)):
            continue
        about = re.search(r"<p>(.*?)</p>", body[call.end() :], re.S)
        href = f"{page}#{m[2]}"
        text = f"{words(call[0])} {words(about[1]) if about else ''}"
        yield dict(objectID=href, href=href, title=title, section=name, text=text)


def names_first(index, found):
    "The index with the entries of names in front, each once."
    places = {e["objectID"] for e in found}
    return [*found, *(e for e in index if e["objectID"] not in places)]


def main(folder):
    path = Path(folder, "search.json")
    index = json.loads(path.read_text("utf-8"))
    pages = sorted(Path(folder).glob("*.html"))
    found = [e for p in pages for e in entries(p.name, p.read_text("utf-8"))]
    if not found:
        sys.exit(f"no name is explained in the pages of {folder}")
    path.write_text(json.dumps(names_first(index, found)), encoding="utf-8")
    print(f"{len(found)} names in the search")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
