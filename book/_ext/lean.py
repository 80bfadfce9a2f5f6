"""Make the built pages light: formulas typeset, icons drawn in place, one style sheet with the rules in use, no idle script.

A page of the theme as it comes asks a phone for 1.2 MB of scripts before it stands still; after this it asks for a tenth.
It runs last, on the finished pages of an HTML build, and changes nothing that a reader sees.
"""

import re
import shutil
import subprocess
from functools import cache
from hashlib import sha256
from pathlib import Path

import tinycss2

BOOK = Path(__file__).resolve().parent.parent
ICONS = BOOK.parent / "node_modules" / "@fortawesome" / "fontawesome-free" / "svgs" / "solid"

# the formulas' two common fonts: asked for at once, since the style sheet that names them comes later
FONTS = ("MathJax_Main-Regular", "MathJax_Math-Italic")

# scripts that a page asks for and never runs: where they are needed, if anywhere
IDLE = {
    r"scripts/fontawesome\.js": (),
    r"searchtools\.js": ("search.html",),
    r"language_data\.js": ("search.html",),
    r"searchindex\.js": ("search.html",),
    r"design-tabs\.js": (),
    r"scripts/bootstrap\.js": (),
}
UNUSED = ("scripts/fontawesome.js*", "scripts/bootstrap.js*", "vendor", "design-tabs.js", "locales", "images", "*webpack-macros.html", "styles/*.map", "scripts/*.map")

# the theme's own search for boxes that scroll: it lays out the whole page at once; course.js asks each box when it is near
MEASURES_ALL = ',"complete"===document.readyState?I():window.addEventListener("load",I)'


def typeset(folder: Path, output: str) -> None:
    """Formulas by MathJax, at build time: see typeset.mjs."""
    subprocess.run(["node", BOOK / "typeset.mjs", folder, output], check=True, stdout=subprocess.DEVNULL)


@cache
def drawing(name: str) -> str:
    """The inside of an icon's <svg>, and its box."""
    box, inside = re.search(r'viewBox="([^"]*)">(?:<!--.*?-->)?(.*)</svg>', (ICONS / f"{name}.svg").read_text("utf-8"), re.S).groups()
    return f'viewBox="{box}">{inside}'


def draw_icon(match: re.Match) -> str:
    """<i class="fa-solid fa-moon"> as the theme's script would draw it."""
    attributes, names = match[1], match[2].split()
    icon = next(name for name in names if name not in ("fa-solid", "fa-lg") and name.startswith("fa-"))
    classes = " ".join(["svg-inline--fa", *names])
    rest = re.sub(r'\s*(class|aria-hidden)="[^"]*"', "", attributes)
    return f'<svg class="{classes}" aria-hidden="true"{rest} {drawing(icon.removeprefix("fa-"))}</svg>'


def words(texts) -> set[str]:
    """Every word of the pages and scripts: a class or an id that is in none of them is on no page."""
    return {word for text in texts for word in re.findall(r"[A-Za-z_][\w-]*", text)}


def used(rules, known: set[str]) -> str:
    """The rules whose selectors some page can match, as one style sheet."""
    out = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude) if all(name in known for name in _names(s))]
            if selectors:
                kept = ",".join(tinycss2.serialize(s).strip() for s in selectors)
                out.append(f"{kept}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports", "container", "layer") and rule.content:
            inside = used(tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True), known)
            if inside:
                out.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword not in ("charset", "import"):
            if "Font Awesome" not in tinycss2.serialize(rule.content or []):
                out.append(rule.serialize())
        elif rule.type == "error":
            raise ValueError(f"a style sheet of the book cannot be read: {rule.message}")
    return "\n".join(out)


def _split(prelude) -> list[list]:
    parts: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _names(selector) -> list[str]:
    """Classes and ids of a selector; what stands in brackets (:not, :is) does not count."""
    pairs = zip(selector, selector[1:], strict=False)
    classes = [b.value for a, b in pairs if a.type == "literal" and a.value == "." and b.type == "ident"]
    return classes + [token.value for token in selector if token.type == "hash"]


def sheet(path: Path) -> list:
    """The rules of a style sheet, those it imports first; addresses in it as seen from _static/."""
    text = path.read_text("utf-8")
    imported = [rule for name in re.findall(r'@import "([^"]*)"', text) for rule in sheet((path.parent / name).resolve())]
    root = path.parents[1] if path.parent.name in ("styles", "mathjax") else path.parent
    base = path.parent.relative_to(root)
    text = re.sub(r'url\((["\']?)(?!data:|["\'])', lambda m: f"url({m[1]}{'' if base == Path('.') else f'{base}/'}", text)
    return imported + tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)


SHEET = re.compile(r'\s*<link[^>]*href="(?:[^"]*/)?_static/([^"?]*\.css)[^"]*"[^>]*/>')


def lighten(app, exception):
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir)
    static = site / "_static"
    typeset(site, "chtml")
    pages = {p: p.read_text("utf-8") for p in site.rglob("*.html") if "_static" not in p.parts}
    sheets: dict[str, None] = {}  # every style sheet of the book, in the order of the pages
    for path, text in pages.items():
        sheets |= dict.fromkeys(SHEET.findall(text))
        text = re.sub(r'<(?:i|span)((?: [\w-]+="[^"]*")*? class="([^"]*\bfa-solid\b[^"]*)"[^>]*)>\s*</(?:i|span)>', draw_icon, text)
        for name, needed in IDLE.items():
            if path.name not in needed:
                text = re.sub(rf'\s*<script[^>]*src="[^"]*{name}[^"]*"[^>]*>\s*</script>', "", text)
        text = re.sub(r'\s*<link rel="preload" as="script"[^>]*/>', "", text)
        text = re.sub(r'<script src="[^"]*documentation_options\.js[^"]*"></script>',
                      f"<script>{(static / 'documentation_options.js').read_text('utf-8')}</script>", text)  # fmt: skip
        pages[path] = re.sub(r'<script (?!defer)([^>]*src=")', r"<script defer \1", text)
    for pattern in UNUSED:
        for path in static.glob(pattern):
            _remove(path)
    theme = static / "scripts" / "pydata-sphinx-theme.js"
    before, found, after = theme.read_text("utf-8").partition(MEASURES_ALL)
    if not found:
        raise ValueError("the theme's script is another one: see MEASURES_ALL")
    theme.write_text(before + after, "utf-8")
    scripts = [path.read_text("utf-8") for path in static.rglob("*.js")]
    known = words([*pages.values(), *scripts])
    rules = [rule for name in [*sheets, "mathjax/formulas.css"] for rule in sheet(static / name)]
    css = used(rules, known)
    digest = sha256(css.encode()).hexdigest()[:8]
    for name in [*sheets, "basic.css", "mathjax/formulas.css", "documentation_options.js"]:
        (static / name).unlink()
    (static / "book.css").write_text(css, "utf-8")
    for path, text in pages.items():
        first = SHEET.search(text)
        if not first:
            continue
        up = re.search(r'href="([^"]*)_static/', first[0])[1]
        links = [f'<link rel="stylesheet" href="{up}_static/book.css?v={digest}" />']
        if "<mjx-container" in text:
            fonts = f"{up}_static/mathjax/output/chtml/fonts/woff-v2"
            links += [f'<link rel="preload" as="font" type="font/woff" crossorigin="anonymous" href="{fonts}/{font}.woff" />' for font in FONTS]
        text = text[: first.start()] + "\n    " + "\n    ".join(links) + SHEET.sub("", text[first.start() :])
        path.write_text(text, "utf-8")


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def setup(app):
    from sphinx.ext import mathjax

    # The marks of sphinx.ext.mathjax without its script: typeset.mjs reads them.
    app.add_html_math_renderer("tex", (mathjax.html_visit_math, None), (mathjax.html_visit_displaymath, None))
    app.connect("build-finished", lighten, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
