"""Repairs to the pages that the theme and the extensions write, each with its reason."""

import re
from pathlib import Path
from string import Template

from docutils import nodes

COLOURS = """\
{
      const { dataset } = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
      dataset.mode = localStorage.getItem("mode") || "auto";
      dataset.theme = dataset.mode === "auto" ? (dark ? "dark" : "light") : dataset.mode;
    }
  """

# pattern, replacement, why
REPAIRS = [
    (r'(<button class="btn search-button-field[^>]*?) aria-label="[^"]*"', r"\1",
     "its visible text is its name; another label would hide it from speech input (WCAG 2.5.3)"),
    (r'(<i class="theme-switch [^>]*?)\s+title="[^"]*"', r"\1",
     "the icon's title becomes text of the button that its label does not hold (WCAG 2.5.3)"),
    (r'<header id="pst-header".*?</header>', '<div id="pst-header" class="bd-header"></div>',
     "a second bar of the same buttons: the theme's script binds menus to the first bar, and wants a bar to measure"),
    (r' data-bs-placement="[^"]*"| data-bs-toggle="tooltip"', "",
     "on a touch screen such a tooltip stays, over the next button; the title serves as one"),
    (r'role="doc-biblioentry"', 'role="listitem"', "the role is deprecated"),
    (r'<a role="doc-backlink"', "<a", "a list of references may hold list items only"),
    (r'<div class="sidebar-primary-item">\s*<div id="ethical-ad-placement".*?</div>\s*</div>', "",
     "the book has no place for advertisements"),
    (r'(<span class="math[^"]*">\\\([^<]*\\\)</span>[.,;:!?)”’]+)', r'<span class="nowrap">\1</span>',
     "a full stop must not fall to the next line without its formula"),
    (r'<html lang="en"', '<html lang="en" data-theme="light"', "without a script the book has its own colours too"),
    (r'document\.documentElement\.dataset\.mode = localStorage.*?(?=</script>)', COLOURS,
     "the theme decides on light or dark only when the page stands, which draws it twice"),
    (r'<meta name="viewport" content="width=device-width, initial-scale=1" ?/>\s*', "", "said twice already"),
]  # fmt: skip

DESCRIPTIONS = {
    "genindex": "The index of the book: every term with the page that explains it.",
    "search": "Search the whole book; the search runs in your browser.",
    "404": "There is no page at this address; the contents on the left lead back into the book.",
}

DOOR = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>$title</title>
<meta name="description" content="The front door of the book: it leads to the first page.">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url=$target">
</head>
<body>
<main><h1>$title</h1><p>The book begins on <a href="$target">its first page</a>.</p></main>
</body>
</html>
""")

INNER = {"exercise-content", "solution-content", "proof-content"}


def unwrap_inner_sections(app, doctree):
    """Exercises, solutions and theorems wrap their text in sections whose ids repeat on a page: take the wrap off."""
    for section in list(doctree.findall(nodes.section)):
        if INNER & set(section["ids"]):
            section.parent.replace(section, section.children)


def describe(app, pagename, templatename, context, doctree):
    """Give pages without a source a description, and the Open Graph card the page's own instead of its first words."""
    if doctree is None:
        if pagename in DESCRIPTIONS:
            tag = f'<meta name="description" content="{DESCRIPTIONS[pagename]}" />'
            context["metatags"] = context.get("metatags", "") + tag
        return
    for meta in doctree.findall(nodes.meta):
        if meta.get("name") == "description":
            context["meta"] = {**(context["meta"] or {}), "og:description": meta["content"],
                               "og:image:alt": re.sub("<[^>]*>", "", context["title"])}  # fmt: skip


def repair(app, exception):
    if exception or app.builder.name != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        if "_static" in page.parts:
            continue
        text = before = page.read_text("utf-8")
        for pattern, replacement, _why in REPAIRS:
            text = re.sub(pattern, replacement, text, flags=re.S)
        if text != before:
            page.write_text(text, "utf-8")


def front_door(app, exception):
    """A whole page at the site's root that leads to the book (the table of contents would write half a one)."""
    if not exception and app.builder.name == "html":
        door = DOOR.substitute(title=app.config.html_title, target=app.config.master_doc + ".html")
        Path(app.outdir, "index.html").write_text(door, "utf-8")


def setup(app):
    app.connect("doctree-read", unwrap_inner_sections)
    app.connect("html-page-context", describe, priority=400)
    app.connect("build-finished", front_door, priority=100)
    app.connect("build-finished", repair, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
