"""Page 13: a point on a surface and a direction v. How does the slope change along v, and what does H v say of it?"""

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from chainrule_lib.engine import grad, hessian, hvp
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.explore.matrix import LINE, entry_text, heat
from chainrule_lib.explore.plot import SAMPLES, Plot, span
from chainrule_lib.study.drawing import arrow_head, caption, in_brackets, number, path, shape, text

EDGE = 3.6  # the map shows this much to each side of the origin
REACH = 3.0  # of a slider
GRID = 33  # cells to a side, for the contours; odd, so that a pass at the origin lies in the middle of a cell
STRIDE = 1.5  # the slice goes this far to each side along v
HALF = 0.5  # the arrow of H v is drawn at half its length


class Surface(NamedTuple):
    """L(w_1, w_2), its formula, the levels at which contours are drawn, and what is zero on a valley's floor."""

    L: Callable
    formula: str
    levels: tuple[float, ...]
    floor: Callable | None = None


SURFACES = {
    "net": Surface(
        lambda a, b: 0.5 * (a * b - 3.0) * (a * b - 3.0),
        "½ (w_{1}w_{2} − 3)^2",
        (0.5, 2, 4.5, 8, 18),
        lambda a, b: a * b - 3.0,
    ),
    "bowl": Surface(
        lambda a, b: 1.5 * a * a + a * b + 1.5 * b * b,
        "½ (3w_1^2 + 2w_{1}w_{2} + 3w_2^2)",
        (1, 4, 9, 16, 25),
    ),
    "saddle": Surface(
        lambda a, b: 0.5 * a * a + 2.0 * a * b + 0.5 * b * b,
        "½ (w_1^2 + 4w_{1}w_{2} + w_2^2)",
        (-9, -4, -1, 0, 1, 4, 9, 16),
    ),
}


def local(surface: str, w: tuple[float, float], v: tuple[float, float]) -> dict:
    """L, its gradient g, Hessian H, H v, slope g · v and curvature v · H v at w, by the engine."""
    L = SURFACES[surface].L
    g, Hv = grad(L, (0, 1))(*w), hvp(L, w, v)
    H = [list(row) for row in hessian(L, (0, 1))(*w)]
    return {
        "L": L(*w),
        "g": g,
        "H": H,
        "Hv": Hv,
        "slope": round(g[0] * v[0] + g[1] * v[1], 9),  # 0 where v is level, not what rounding leaves of it
        "curvature": round(v[0] * Hv[0] + v[1] * Hv[1], 9),
    }


def picture(surface: str, angle: float, w_1: float, w_2: float) -> Picture:
    """Left the map with v and H v; right the slice along v with both forecasts, and the product H v."""
    w, v = (w_1, w_2), (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    s = local(surface, w, v)
    middle, apart = (s["H"][0][0] + s["H"][1][1]) / 2, math.hypot((s["H"][0][0] - s["H"][1][1]) / 2, s["H"][0][1])
    s["least"], s["most"] = middle - apart, middle + apart
    bends = "up" if s["curvature"] > 1e-9 else "down" if s["curvature"] < -1e-9 else "not at all"
    desc = (
        f"A surface from above, and a point at w_1 = {number(w_1)}, w_2 = {number(w_2)}. Along v = ({number(v[0], 3)}, "
        f"{number(v[1], 3)}) the slope is {number(s['slope'], 3)} and the curvature {number(s['curvature'], 3)}: the "
        f"slice bends {bends}. Over all directions the curvature runs from {number(s['least'], 3)} to "
        f"{number(s['most'], 3)}."
    )
    return Picture((_map(surface, w, v, s),), (_slice(surface, w, v, s), _product(v, s)), desc)


def _map(surface: str, w: tuple, v: tuple, s: dict) -> Panel:
    left, top, side = 14.0, 60.0, 332.0
    unit = side / (2 * EDGE)

    def at(a: float, b: float) -> tuple[float, float]:
        return (a + EDGE) * unit, (EDGE - b) * unit

    inner = shape("path", ["hair"], d=path([at(-EDGE, 0), at(EDGE, 0)]) + path([at(0, -EDGE), at(0, EDGE)]))
    drawn = SURFACES[surface]
    lines = [(drawn.L, level, ["axis"]) for level in drawn.levels]
    lines += [(drawn.floor, 0.0, ["curve", "needle"])] if drawn.floor else []
    for f, level, look in lines:
        inner += shape("path", look, d="".join(path(at(*end) for end in piece) for piece in contour(f, level)))
    x, y = at(*w)
    for (a, b), look in ((tuple(HALF * h for h in s["Hv"]), ["c", "dash"]), (v, ["a"])):
        dx, dy = a * unit, -b * unit
        if math.hypot(dx, dy) > 4:
            end = 1 - 6 / math.hypot(dx, dy)
            inner += shape("path", ["edge", *look], d=path([(x, y), (x + end * dx, y + end * dy)]))
            inner += arrow_head(x + dx, y + dy, dx, dy, look[:1])
    inner += shape("circle", ["dot"], cx=x, cy=y, r=5)
    body = caption(14, 26, "The surface from above", 14, look=["muted"])
    body += text(14, 48, f"L = {drawn.formula}", 15, "start")
    body += caption(346, 48, "thick: $L = 0$", 13, "end", ["muted"]) if drawn.floor else ""
    body += f'<svg x="{left:g}" y="{top:g}" width="{side:g}" height="{side:g}" overflow="hidden">{inner}</svg>'
    body += shape("rect", ["hair"], x=left, y=top, width=side, height=side, rx=6)
    base = top + side + 22
    body += caption(14, base, "solid: $v$, of length 1", 13, look=["a"])
    body += caption(346, base, "dashed: $Hv$, at half its length", 13, "end", ["c"])
    return Panel(base + 14, body)


@cache
def contour(f: Callable, level: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Short straight pieces of the line f = level: where it crosses the sides of the cells of a grid."""
    step = 2 * EDGE / GRID
    rim = [-EDGE + step * k for k in range(GRID + 1)]
    above = [[f(a, b) - level - 1e-9 for b in rim] for a in rim]
    pieces = []
    for i in range(GRID):
        for j in range(GRID):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            crossings = []
            for (p, q), (r, t) in zip(corners, corners[1:] + corners[:1]):
                one, two = above[p][q], above[r][t]
                if (one > 0) != (two > 0):
                    share = one / (one - two)
                    crossings.append((rim[p] + share * step * (r - p), rim[q] + share * step * (t - q)))
            half = len(crossings) // 2  # four on a pass: the lines through it cross
            pieces += [(crossings[k], crossings[k + half]) for k in range(half)]
    return tuple(pieces)


def _slice(surface: str, w: tuple, v: tuple, s: dict) -> Panel:
    """L(w + e v) over e, with the straight and the bent forecast from e = 0."""
    L = SURFACES[surface].L

    def along(e: float) -> float:
        return L(w[0] + e * v[0], w[1] + e * v[1])

    def straight(e: float) -> float:
        return s["L"] + s["slope"] * e

    def bent(e: float) -> float:
        return straight(e) + s["curvature"] / 2 * e * e

    plot = Plot(30, 40, 316, 130, -STRIDE, STRIDE, *span(along, -STRIDE, STRIDE, 0.25))
    body = caption(14, 26, "The slice along $v$: $L(w + ev)$", 14, look=["muted"]) + plot.frame("e", "L")
    es = [STRIDE * (2 * k / SAMPLES - 1) for k in range(SAMPLES + 1)]
    inner = ""
    for f, look in ((along, ["curve"]), (straight, ["edge", "b"]), (bent, ["edge", "c", "dash"])):
        points = (plot.at(e, f(e)) for e in es)
        inner += shape("path", look, d=path((x - plot.left, y - plot.top) for x, y in points))
    box = f'x="{plot.left:g}" y="{plot.top:g}" width="{plot.width:g}" height="{plot.height:g}"'
    body += f'<svg {box} overflow="hidden">{inner}</svg>' + plot.point(0, s["L"])
    base = plot.top + plot.height + 38
    rows = (
        ("straight: slope $g · v$", s["slope"], straight(1.0), ["b"]),
        ("dashed: bent by $v · Hv$", s["curvature"], bent(1.0), ["c"]),
        ("the surface itself", None, along(1.0), []),
    )
    body += caption(346, base, "at $e = 1$", 13, "end", ["muted"])
    for k, (words, rate, forecast, look) in enumerate(rows):
        y = base + 23 * (k + 1)
        body += caption(14, y, words, 14, look=look)
        body += text(262, y, number(rate, 3), 15, "end", [*look, "strong"]) if rate is not None else ""
        body += text(346, y, number(forecast, 3), 15, "end", look)
    return Panel(base + 78, body)


def _product(v: tuple, s: dict) -> Panel:
    left, column, result, top, cell = 24.0, 160.0, 252.0, 40.0, 54.0
    largest = max(abs(entry) for row in s["H"] for entry in row)
    body = caption(14, 26, "How the gradient changes along $v$", 14, look=["muted"])
    body += heat(left, top, s["H"], cell, largest)
    body += heat(column, top, [[v[0]], [v[1]]], cell, 0.0)
    body += heat(result, top, [[s["Hv"][0]], [s["Hv"][1]]], cell, largest)
    body += text((column + cell + result) / 2, top + LINE + 5, "=", 16)
    under = top + 2 * LINE + 20
    body += text(left + cell, under, "H", 15) + text(column + cell / 2, under, "v", 15, look=["a"])
    body += text(result + cell / 2, under, "Hv", 15, look=["c"])
    terms = " + ".join(f"{in_brackets(entry_text(a))} · {in_brackets(entry_text(b))}" for a, b in zip(v, s["Hv"]))
    y = under + 30
    body += text(14, y, f"v · Hv = {terms}", 14, "start")
    body += text(346, y, number(round(s["curvature"], 3), 3), 15, "end", ["c", "strong"])
    ends = f"${number(round(s['least'], 2), 3)}$ to ${number(round(s['most'], 2), 3)}$"
    body += caption(14, y + 26, f"Curvature here, over all directions: {ends}.", 13, look=["muted"])
    return Panel(y + 40, body)


EXPLORABLE = Explorable(
    "bowl",
    "The slope along v, and how it changes",
    "13-second-order",
    (
        Choice(
            "surface",
            "Surface",
            (("net", "two weights in a row"), ("bowl", "a bowl"), ("saddle", "a saddle")),
            "net",
        ),
        Slider("angle", "Direction of v (°)", -180, 180, 5, -45),
        Slider("w_1", "Weight w₁", -REACH, REACH, 0.1, 1.0),
        Slider("w_2", "Weight w₂", -REACH, REACH, 0.1, 2.0),
    ),
    picture,
)
