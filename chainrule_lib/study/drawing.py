"""Pictures as SVG text: one palette, one style sheet, typeset labels, honest measures of text.

Every picture of the library is made here, for a page, a notebook's output or a file on its own. It carries its own
surface, so it stays legible on a page whose theme it cannot know. It has no script, no outside reference, no font of
its own and no id, so the same picture may stand twice on one page. `theme="auto"` follows the reader's system, and
above it the book's switch (`data-theme`) or the notebook's (JupyterLab, VS Code); "light" and "dark" write plain
colours that any SVG viewer understands.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

PALETTE = {  # name: (light, dark); tests hold every pairing that is drawn to WCAG AA
    "surface": ("#f8f9fb", "#181d26"),
    "paper": ("#ffffff", "#232a36"),
    "ink": ("#1d2430", "#e8ecf2"),
    "muted": ("#556070", "#a9b3c1"),
    "line": ("#5d6878", "#97a3b4"),
    "hair": ("#d9dee6", "#343d4c"),
    "a": ("#1559b3", "#82b6ff"),
    "a-soft": ("#e3edfb", "#1c3152"),
    "b": ("#a2420a", "#ffad73"),
    "b-soft": ("#fcebdf", "#48291a"),
    "c": ("#6a35a6", "#c8a5ff"),
    "c-soft": ("#f0e8fa", "#352652"),
    "fault": ("#b0122a", "#ff959c"),
    "fault-soft": ("#fde8ea", "#4a1c24"),
    "off": ("#69727f", "#8f99a8"),
    "off-soft": ("#eceff3", "#2a323f"),
}
TONES = ("a", "b", "c", "off")

_SHEET = """
.cr-svg{max-width:100%;height:auto;text-rendering:geometricPrecision}
.cr-surface{fill:{surface}}
.cr-f,.cr-m{font-family:"STIX Two Text","Cambria Math",Cambria,"Times New Roman",Times,"Liberation Serif",serif;font-size-adjust:0.45}
.cr-f{font-size:1.08em}
.cr-m{fill:{ink}}
.cr-s{font-family:-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-size-adjust:0.5;fill:{ink}}
.cr-i{font-style:italic}
.cr-strong{font-weight:600}
.cr-muted{fill:{muted}}
.cr-node{fill:{paper};stroke:{line};stroke-width:1.5}
.cr-node-in{fill:{surface}}
.cr-node-out{stroke:{ink};stroke-width:2.2}
.cr-edge{fill:none;stroke:{line};stroke-width:1.6}
.cr-head{fill:{line};stroke:none}
.cr-hair{fill:none;stroke:{hair};stroke-width:1}
.cr-axis{fill:none;stroke:{line};stroke-width:1}
.cr-curve{fill:none;stroke:{line};stroke-width:2;stroke-linejoin:round}
.cr-needle{stroke:{ink};stroke-width:3;stroke-linecap:round}
.cr-dot{fill:{ink};stroke:none}
.cr-halo{paint-order:stroke;stroke:{surface};stroke-width:4px;stroke-linejoin:round}
.cr-paper{fill:{paper};stroke:{hair};stroke-width:1}
.cr-tag{fill:{fault-soft};stroke:{fault};stroke-width:1.2}
.cr-dash{stroke-dasharray:6 4}
"""
_TONED = """
.cr-TONE.cr-edge,.cr-TONE.cr-curve,.cr-TONE.cr-axis{stroke:{TONE}}
.cr-TONE.cr-head,.cr-TONE.cr-dot,.cr-TONE.cr-m,.cr-TONE.cr-s{fill:{TONE}}
.cr-TONE.cr-node{fill:{TONE-soft};stroke:{TONE}}
.cr-TONE.cr-fill{fill:{TONE-soft};stroke:{TONE};stroke-width:1.2}
"""
_WEIGHTS = """
.cr-a.cr-edge,.cr-b.cr-edge,.cr-c.cr-edge,.cr-fault.cr-edge{stroke-width:2.4}
.cr-off.cr-edge{stroke-dasharray:3 4}
"""

# How wide a character is, in ems: an upper bound over the fonts of the sheet, so that every label fits everywhere.  The
# sheet brings each font to one height of its small letters (font-size-adjust), or a wide one would not fit.
_WIDE = {
    "serif": [
        ("iljtI.,:;!'|·", 0.36),
        ("frs()[]/ ‹›-", 0.43),
        ("mwæœ", 0.84),
        ("MW", 0.98),
        ("…—", 1.02),
        ("=+−×÷<>→≈±∞", 0.74),
        ("∑∏%@&", 0.95),
    ],
    "sans": [
        ("iljI.,:;!'|·", 0.32),
        ("ftr()[]/ ‹›-", 0.4),
        ("mw", 0.9),
        ("MW", 0.98),
        ("…—", 1.02),
        ("=+−×÷<>→≈±∞^", 0.77),
        ("∑∏%@&", 1.05),
    ],
}
_USUAL = {"serif": (0.58, 0.76, 0.55), "sans": (0.582, 0.74, 0.582)}  # lower case and the rest, upper case, digits
_FUNCTIONS = frozenset("ln lg".split())


class Run(NamedTuple):
    """A piece of a label: its text, whether it is italic, and its level (-1 subscript, 0, +1 superscript)."""

    text: str
    italic: bool = False
    level: int = 0


def clean(text: object, limit: int = 60) -> str:
    """`text` cut to `limit`, without the characters that XML forbids or that reorder a line (control, formatting)."""
    kept = str(text)
    if not kept.isprintable():
        kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def escape(text: object, limit: int = 2000) -> str:
    """`text` as XML character data or as an attribute's value: cleaned, with & < > " ' escaped."""
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    return "".join(named.get(c, c) for c in clean(text, limit))


_TOKEN = re.compile(
    r"([_^])(?:\{([^{}]*)\}|([^\W_]+|[−-]?\d+|\*))|([^\W\d_][^\W\d_\u0300-\u036f]*[\u0300-\u036f]*)|(.)", re.DOTALL
)


def typeset(label: object) -> list[Run]:
    """Read a label as mathematics: `x_1` drops, `t^2` rises, names of one or two letters slant, the rest stands.

    >>> [(run.text, run.italic) for run in typeset("dx/dt")]
    [('dx', True), ('/', False), ('dt', True)]
    >>> typeset("u_1")
    [Run(text='u', italic=True, level=0), Run(text='1', italic=False, level=-1)]
    """
    runs: list[Run] = []

    def put(text: str, italic: bool, level: int) -> None:
        if runs and runs[-1].italic == italic and runs[-1].level == level:
            text = runs.pop().text + text
        runs.append(Run(text, italic, level))

    def slants(word: str) -> bool:
        letters = [c for c in word if not unicodedata.combining(c)]
        return 0 < len(letters) <= 2 and all(c.isalpha() for c in letters) and word not in _FUNCTIONS

    for shift, braced, bare, word, other in _TOKEN.findall(clean(label)):
        if shift and not runs:
            put(shift + (braced or bare), False, 0)
        elif shift:
            for piece in re.findall(r"[^\W\d_]+|.", braced or bare):
                put(piece, slants(piece), 1 if shift == "^" else -1)
        else:
            put(word or other, bool(word) and slants(word), 0)
    return runs


def number(value: float, digits: int = 4) -> str:
    """A number for a picture: `digits` significant figures, a true minus sign, powers of ten as 10^{n}.

    >>> number(-0.83229), number(2.0), number(1.5e-7)
    ('−0.8323', '2', '1.5×10^{−7}')
    """
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, _, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    if mantissa == "-0":
        mantissa = "0"
    raised = f"×10^{{{int(exponent)}}}" if exponent else ""
    return (mantissa + raised).replace("-", "−")


def in_brackets(shown: str) -> str:
    """A factor as it stands after a times sign: a negative number in brackets."""
    return f"({shown})" if shown.startswith("−") else shown


def short(value: Any, entries: int = 3) -> str:
    """Any value in a few characters; of an array (anything with .shape and .flat) its shape and first `entries`."""
    for _ in range(16):  # a traced value inside a traced value: show what is at the bottom
        if not hasattr(value, "local_partials"):
            break
        value = value.value
    if isinstance(value, bool):
        return str(value)
    shape = getattr(value, "shape", ())
    if shape:
        size = math.prod(shape)
        sides = "×".join(map(str, shape)) if len(shape) > 1 else f"({shape[0]})"
        some = [short(v) for _, v in zip(range(entries), value.flat)]
        return sides + (f" [{' '.join(some)}{' …' if size > entries else ''}]" if some else "")
    try:
        return number(float(value))
    except (TypeError, ValueError, OverflowError):
        return clean(value, 16)


def width(label: Iterable[Run] | str, size: float, face: str = "serif") -> float:
    """The width of a label in pixels at `size`: an upper bound, since no font is at hand to ask."""
    runs = typeset(label) if isinstance(label, str) else label
    return sum(_advance(c, face) * (size if not run.level else 0.72 * size) for run in runs for c in run.text)


def _advance(c: str, face: str) -> float:
    if unicodedata.combining(c):
        return 0.2  # a letter with a mark often comes from another, wider font
    for some, advance in _WIDE[face]:
        if c in some:
            return advance
    if unicodedata.east_asian_width(c) in "WF" or ord(c) > 0x2E80:
        return 1.3
    usual, upper, digit = _USUAL[face]
    return digit if c.isdigit() else upper if c.isupper() else usual


def spoken(words: str) -> str:
    """Words for a screen reader, escaped: the marks of typesetting become words or go.

    >>> spoken("u_{1} = 1.5×10^{−7}")
    'u_1 = 1.5 times 10 to the −7'
    """
    words = re.sub(r"×10\^\{([^{}]*)\}", r" times 10 to the \1", words)
    return escape(re.sub(r"([_^])\{([^{}]*)\}", r"\1\2", words))


def classes(*names: str | None) -> str:
    """The class attribute of a shape: `classes("edge", "a")` -> 'class="cr-edge cr-a"'."""
    return f'class="{" ".join("cr-" + n for n in names if n)}"'


def text(
    x: float,
    y: float,
    label: Iterable[Run] | str,
    size: float = 15,
    anchor: str = "middle",
    look: Iterable[str | None] = (),
) -> str:
    """A line of mathematics whose base line is at y; anchor: which part of it stands at x (start, middle, end)."""
    return _line(x, y, _typeset(label, size), size, anchor, ("m", *look))


def caption(
    x: float, y: float, words: str, size: float = 13, anchor: str = "start", look: Iterable[str | None] = ()
) -> str:
    """A line of prose whose base line is at y, with mathematics between $ signs."""
    pieces = enumerate(words.split("$"))
    inner = "".join(f'<tspan class="cr-f">{_typeset(p, size)}</tspan>' if k % 2 else escape(p) for k, p in pieces)
    return _line(x, y, inner, size, anchor, ("s", *look))


def _line(x: float, y: float, inner: str, size: float, anchor: str, look: Iterable[str | None]) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="{anchor}" xml:space="preserve"'
    return f"<text {classes(*look)} {place}>{inner}</text>"


def _typeset(label: Iterable[Run] | str, size: float) -> str:
    parts, level = [], 0
    for run in typeset(label) if isinstance(label, str) else label:
        drop = (level - run.level) * 0.34 * size
        shape = (f' dy="{_n(drop)}"' if drop else "") + (' class="cr-i"' if run.italic else "")
        small = f' font-size="{_n(0.72 * size)}"' if run.level else ""
        parts.append(f"<tspan{shape}{small}>{escape(run.text)}</tspan>" if shape or small else escape(run.text))
        level = run.level
    if level:
        parts.append(
            f'<tspan dy="{_n(level * 0.34 * size)}">\u200b</tspan>'
        )  # back to the base line for what follows
    return "".join(parts)


def shape(tag: str, look: Iterable[str | None], **numbers: float | str) -> str:
    """One element, such as shape("circle", ["dot"], cx=1, cy=2, r=3); an underscore in a name becomes a hyphen."""
    given = " ".join(f'{k.replace("_", "-")}="{v if isinstance(v, str) else _n(v)}"' for k, v in numbers.items())
    return f"<{tag} {classes(*look)} {given}/>"


def path(points: Iterable[tuple[float, float]]) -> str:
    """The `d` of a polyline through the points."""
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def arrow_head(x: float, y: float, dx: float, dy: float, look: Iterable[str | None] = (), size: float = 9) -> str:
    """A filled triangle whose tip is at (x, y), pointing along (dx, dy)."""
    r = math.hypot(dx, dy) or 1.0
    ux, uy = size * dx / r, size * dy / r
    corners = [(x, y), (x - ux - 0.42 * uy, y - uy + 0.42 * ux), (x - ux + 0.42 * uy, y - uy - 0.42 * ux)]
    return shape("path", ["head", *look], d=path(corners) + "Z")


def document(width: float, height: float, body: str, *, title: str, desc: str, theme: str = "auto") -> str:
    """The whole picture: <svg> with its accessible name and description, style and surface (sizes in pixels)."""
    if theme not in ("auto", "light", "dark"):
        raise ValueError(
            f'asked for theme {theme!r}; the themes are "auto", "light" and "dark": choose one of them'
        )
    w, h = _n(width), _n(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="cr-svg cr-{theme}" role="img" width="{w}" height="{h}" '
        f'viewBox="0 0 {w} {h}"><title>{spoken(title)}</title><desc>{spoken(desc)}</desc>'
        f"<style>{style(theme)}</style>"
        f'<rect class="cr-surface" width="{w}" height="{h}" rx="10"/>{body}</svg>'
    )


def style(theme: str) -> str:
    """The style sheet of a theme; every rule stands under the theme's class, so pictures never colour one another."""
    rules = _SHEET + _WEIGHTS
    for tone in (*TONES, "fault"):
        rules += _TONED.replace("TONE", tone)
    for name, pair in PALETTE.items():
        rules = rules.replace("{" + name + "}", f"var(--cr-{name})" if theme == "auto" else pair[theme == "dark"])
    me = f".cr-{theme}"
    rules = re.sub(r"\s*\n\s*", "", rules)
    rules = re.sub(r"(^|[},])(?=\.cr-(?!svg))", rf"\1{me} ", rules).replace(".cr-svg{", f"{me}{{")
    if theme != "auto":
        return rules
    light, dark = (";".join(f"--cr-{name}:{pair[i]}" for name, pair in PALETTE.items()) for i in (0, 1))
    return (
        f".cr-auto{{{light}}}@media (prefers-color-scheme:dark){{.cr-auto{{{dark}}}}}"
        f"[data-theme=light] .cr-auto,[data-jp-theme-light=true] .cr-auto,.vscode-light .cr-auto{{{light}}}"
        f"[data-theme=dark] .cr-auto,[data-jp-theme-light=false] .cr-auto,.vscode-dark .cr-auto{{{dark}}}"
        f"@media print{{.cr-auto.cr-auto.cr-auto{{{light}}}}}" + rules
    )


def _n(value: float) -> str:
    return f"{round(value, 1) + 0.0:.7g}"  # + 0.0 turns -0.0 into 0.0
