"""Every chapter as a notebook that runs on its own: _build/html/notebooks/<slug>.ipynb.

The page's source is a notebook already; what a Jupyter front end cannot read (the book's directives and references) is
turned into plain Markdown, the figures into widgets, and a first cell says how to get the library.
"""

import re
from functools import cache
from pathlib import Path

from course import site_url, slip_list

SETUP = """*This is a page of [The chain rule, as a graph you can walk]({site}book/{slug}.html), as a notebook.*

It needs the book's library. In a copy of the course's folder, install it once:

```
python -m pip install ".[student]"
```

Then run the cells from top to bottom."""

WIDGET = """from chainrule_lib import explore

explore.widget({name!r}{controls})"""

BLOCK = re.compile(
    r"^(?P<fence>:{3,})\{(?P<kind>[\w:]+)\}[ ]*(?P<title>[^\n]*)\n(?P<options>(?::[\w-]+:[^\n]*\n)*)(?P<body>.*?)^(?P=fence)[ ]*$",
    re.M | re.S,
)
EQUATION = re.compile(r"^\$\$\n(?P<tex>.*?)\n\$\$ \((?P<label>[\w-]+)\)$", re.M | re.S)


def equation_numbers(chapters: dict[str, str]) -> dict[str, str]:
    """Label -> "1.3", as the book counts them: chapter, then place on the page."""
    return {
        match["label"]: f"{chapter}.{place}"
        for chapter, text in enumerate(chapters.values(), 1)
        for place, match in enumerate(EQUATION.finditer(text), 1)
    }


def plain(text: str, numbers: dict[str, str]) -> list[tuple[str, str]]:
    """The cells, ("markdown" | "code", source), that a Markdown cell of a page becomes."""
    cells, rest = [], 0
    for match in BLOCK.finditer(text):
        if match["kind"] == "explorable":
            options = dict(re.findall(r"^:([\w-]+): ?(.*)$", match["options"], re.M))
            controls = f", **{options['controls']}" if "controls" in options else ""
            cells += plain(text[rest : match.start()], numbers)
            cells += [("code", WIDGET.format(name=match["title"], controls=controls))]
            cells += plain(f"*{' '.join(match['body'].split())}*", numbers)
            rest = match.end()
    if cells:
        return cells + plain(text[rest:], numbers)
    text = BLOCK.sub(_block, text)
    while BLOCK.search(text):
        text = BLOCK.sub(_block, text)
    text = EQUATION.sub(lambda m: f"$$\n{m['tex']} \\tag{{{numbers[m['label']]}}}\n$$", text)
    text = re.sub(r"\{eq\}`([\w-]+)`", lambda m: f"({numbers[m[1]]})", text)
    text = re.sub(r"\{(?:doc|(?:prf:)?ref)\}`(?:([^`]*?) <)?([\w-]+)>?`", lambda m: _link(m[1], m[2]), text)
    text = re.sub(r"\{cite:([pt])\}`([\w,]+)`", lambda m: _citation(m[1], m[2].split(",")), text)
    text = re.sub(r"\{term\}`(?:([^`]*?) <[^`]*>|([^`]*))`", lambda m: m[1] or m[2], text)
    text = re.sub(r"\{numref\}`.*?`", "the figure", text)
    text = re.sub(r"\[([^\]]*)\]\{#[\w-]+\}", r"\1", text)
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.M)
    text = re.sub(r"^(\S[^\n]*)\n: ", r"- \1: ", text, flags=re.M)
    return [("markdown", text.strip())] if text.strip() else []


def _block(match: re.Match) -> str:
    kind, title, body = match["kind"], match["title"], match["body"].strip()
    if kind == "lesson":
        return ""
    if kind == "slips":
        return slip_list(title.split(), [path.stem for path in sorted(Path(__file__).parent.parent.glob("[0-9]*.md"))])
    if kind in ("solution", "dropdown"):
        return f"<details><summary>{'Solution' if kind == 'solution' else title}</summary>\n\n{body}\n\n</details>"
    name = kind.removeprefix("prf:").capitalize()
    return f"**{name}{': ' + title if title else ''}.** {body}"


@cache
def _sources() -> dict[str, tuple[str, str]]:
    """Key -> who and when, of every source in references.bib: "Baur and Strassen", "1983"."""
    from pybtex.database import parse_file

    named = {}
    for key, entry in parse_file(str(Path(__file__).parent.parent / "references.bib")).entries.items():
        first, *others = [
            " ".join(str(name) for name in (*person.rich_prelast_names, *person.rich_last_names))
            for person in entry.persons["author"]
        ]
        who = f"{first} et al." if len(others) > 1 else " and ".join([first, *others])
        named[key] = (who, entry.fields["year"])
    return named


def _citation(kind: str, keys: list[str]) -> str:
    """Author (year) as a part of the sentence, kind "t", or (Author, year) beside it, kind "p"."""
    sources = [_sources()[key] for key in keys]
    if kind == "t":
        shown = " and ".join(f"{who} ({year})" for who, year in sources)
    else:
        shown = f"({'; '.join(f'{who}, {year}' for who, year in sources)})"
    return f"[{shown}]({site_url()}book/references.html)"


def _link(text: str | None, target: str) -> str:
    here = Path(__file__).parent.parent
    page = here / f"{target}.md"
    if page.exists():
        title = re.search(r"^# (.*)", page.read_text("utf-8"), re.M)[1]
        return f"[{text or title}]({site_url()}book/{target}.html)"
    anchor = target.removeprefix("slip-")
    marks = f"({target})=\n", f":label: {target}\n", f"{{#{anchor}}}"
    page = next((p for p in sorted(here.glob("*.md")) if any(mark in p.read_text("utf-8") for mark in marks)), None)
    place = f"{page.stem}.html#{anchor}" if page else ""
    return f"[{text or target.replace('-', ' ')}]({site_url()}book/{place})"


def write(app, exception):
    if exception or app.builder.name != "html":
        return
    import jupytext
    from nbformat import write as save
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    pages = sorted(Path(app.srcdir, "book").glob("[0-9]*.md"))
    chapters = {page.stem: page.read_text("utf-8") for page in pages}
    numbers = equation_numbers(chapters)
    folder = Path(app.outdir, "notebooks")
    folder.mkdir(exist_ok=True)
    for slug, text in chapters.items():
        cells = [("markdown", SETUP.format(site=site_url(), slug=slug))]
        for cell in jupytext.reads(text, fmt="md:myst").cells:
            cells += [("code", cell.source)] if cell.cell_type == "code" else plain(cell.source, numbers)
        make = {"code": new_code_cell, "markdown": new_markdown_cell}
        book = new_notebook(cells=[make[kind](source, id=f"cell-{k}") for k, (kind, source) in enumerate(cells)])
        book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        save(book, folder / f"{slug}.ipynb")


def setup(app):
    app.connect("build-finished", write, priority=200)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
