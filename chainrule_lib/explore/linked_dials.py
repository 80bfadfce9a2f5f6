"""Page 01: dial t turns dial u = g(t), which turns dial z = f(u). How fast does the last one turn?"""

import math
from collections.abc import Callable
from typing import NamedTuple

from chainrule_lib.engine import cos, exp, jvp, sin
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.explore.plot import Plot, span
from chainrule_lib.study.drawing import arrow_head, caption, in_brackets, number, path, shape, text

LOW, HIGH = -2.5, 2.5  # of the first dial; the plots show a little more
VIEW = (-3.0, 3.0)
NUDGE = 0.2  # how far the first dial is turned to show what the others do
SWEEP = math.radians(135)  # a dial's needle goes this far to each side of upright


class Pair(NamedTuple):
    """u = g(t), then z = f(u), with the text of each."""

    g: Callable
    f: Callable
    g_text: str
    f_text: str


PAIRS = {
    "squares": Pair(lambda t: t * t + 1.0, lambda u: u * u, "t^2 + 1", "u^2"),
    "gears": Pair(lambda t: 2.0 * t, lambda u: 1.5 * u, "2t", "1.5u"),
    "sine-of-square": Pair(lambda t: t * t, sin, "t^2", "sin u"),
    "bell": Pair(lambda t: t * t, lambda u: exp(-u), "t^2", "e^{−u}"),
    "wave-of-wave": Pair(lambda t: 2.0 * cos(t), lambda u: sin(2.0 * u), "2 cos t", "sin 2u"),
}


def picture(pair: str, t: float) -> Picture:
    """Left the dials with both rates and their product, right the tangent triangles whose slopes they are."""
    g, f, g_text, f_text = PAIRS[pair]
    u, du_dt = jvp(g, (t,), (1.0,))
    z, dz_du = jvp(f, (u,), (1.0,))
    _, dz_dt = jvp(lambda s: f(g(s)), (t,), (1.0,))
    inner, outer, whole = (number(rate, 3) for rate in (du_dt, dz_du, dz_dt))

    u_ends, z_ends = span(g, LOW, HIGH), span(f, *span(g, LOW, HIGH, 0.0))
    dials = _dial(62, "t", t, (LOW, HIGH), NUDGE, "off") + caption(
        62, 203, "turn this one", 14, "middle", ["muted"]
    )
    dials += _dial(180, "u", u, u_ends, du_dt * NUDGE, "a") + text(180, 203, f"u = {g_text}", 14, look=["muted"])
    dials += _dial(298, "z", z, z_ends, dz_dt * NUDGE, "c") + text(298, 203, f"z = {f_text}", 14, look=["muted"])
    dials += _link(62, 180, f"du/dt = {inner}", "a") + _link(180, 298, f"dz/du = {outer}", "b")
    backwards = ", backwards" if dz_dt < 0 else ""
    dials += text(180, 240, "dz/dt = dz/du · du/dt", 17)
    dials += text(180, 268, f"= {outer} × {in_brackets(inner)} = {whole}", 17, look=["c", "strong"])
    dials += caption(
        180, 297, f"Here $z$ turns {number(abs(dz_dt), 3)} times as fast as $t${backwards}.", 13, "middle"
    )
    wedges = f"Wedges: where the needles go when $t$ turns by {NUDGE}."
    dials += caption(180, 316, wedges, 13, "middle", ["muted"])

    u_span = span(g, *VIEW, 0.0)
    z_span = span(f, *u_span)
    one = Plot(30, 40, 138, 118, *VIEW, *span(g, *VIEW))
    two = Plot(208, 40, 138, 118, *u_span, *z_span)
    both = Plot(30, 222, 316, 84, *VIEW, *z_span)
    slopes = caption(99, 28, f"slope $g′(t) = {inner}$", 14, "middle", ["a"])
    slopes += one.frame("t", "u") + one.tangent(t, u, du_dt, "a", 0.16) + one.curve(g) + one.point(t, u, "a")
    slopes += caption(277, 28, f"slope $f′(u) = {outer}$", 14, "middle", ["b"])
    slopes += two.frame("u", "z") + two.tangent(u, z, dz_du, "b", 0.25) + two.curve(f) + two.point(u, z, "b")
    slopes += caption(188, 210, f"slope of $f(g(t))$: ${whole}$", 14, "middle", ["c"])
    slopes += (
        both.frame("t", "z")
        + both.tangent(t, z, dz_dt, "c", 0.12)
        + both.curve(lambda s: f(g(s)))
        + both.point(t, z, "c")
    )

    desc = (
        f"Three linked dials: t = {number(t)}; u = g(t) = {number(u)}; z = f(u) = {number(z)}. du/dt = {inner}, "
        f"dz/du = {outer}, so dz/dt = {whole}. Three plots show these slopes as tangent triangles: g at t, f at u, "
        "and f(g(t)) at t."
    )
    return Picture((Panel(334, dials),), (Panel(334, slopes),), desc)


def _angle(value: float, ends: tuple[float, float]) -> float:
    share = (value - ends[0]) / (ends[1] - ends[0])
    return SWEEP * (2 * min(max(share, 0.0), 1.0) - 1)


def _on_circle(cx: float, cy: float, r: float, angle: float) -> tuple[float, float]:
    return cx + r * math.sin(angle), cy - r * math.cos(angle)


def _arc(cx: float, cy: float, r: float, start: float, end: float) -> str:
    steps = [start + (end - start) * k / 24 for k in range(25)]
    return path(_on_circle(cx, cy, r, a) for a in steps)


def _dial(cx: float, name: str, value: float, ends: tuple[float, float], turn: float, tone: str) -> str:
    """A dial at its value; the coloured wedge is where the needle goes when t is nudged."""
    cy, r = 116.0, 42.0
    now, then = _angle(value, ends), _angle(value + turn, ends)
    body = shape("circle", ["node"], cx=cx, cy=cy, r=r)
    for angle in (-SWEEP + SWEEP * k / 4 for k in range(9)):
        body += shape("path", ["axis"], d=path([_on_circle(cx, cy, r - 5, angle), _on_circle(cx, cy, r, angle)]))
    body += shape("path", [tone, "fill"], d=_arc(cx, cy, r - 9, now, then) + f"L{cx:.1f} {cy:.1f}Z")
    body += shape("path", ["curve", "needle"], d=path([(cx, cy), _on_circle(cx, cy, r - 8, now)]))
    body += shape("circle", ["dot"], cx=cx, cy=cy, r=4)
    return body + text(cx, cy + r + 24, f"{name} = {number(value, 3)}", 17)


def _link(start: float, end: float, label: str, tone: str) -> str:
    """The arrow that carries one dial's turning to the next, with its rate above."""
    x0, x1, y = start + 26, end - 26, 76
    bow = shape("path", ["edge", tone], d=f"M{x0} {y}C{x0 + 16} {y - 30} {x1 - 16} {y - 30} {x1 - 2} {y - 5}")
    return bow + arrow_head(x1, y, 12, 22, [tone]) + text((start + end) / 2, 38, label, 15, look=[tone])


def _words(label: str) -> str:
    return label.replace("^2", "²").replace("e^{−u}", "exp(−u)")


EXPLORABLE = Explorable(
    "linked-dials",
    "Linked dials: a slope inside a slope",
    "01-slope-inside-a-slope",
    (
        Choice(
            "pair",
            "Rules",
            tuple((key, _words(f"u = {p.g_text}, z = {p.f_text}")) for key, p in PAIRS.items()),
            "squares",
        ),
        Slider("t", "Dial t", LOW, HIGH, 0.05, 2.0),
    ),
    picture,
)
