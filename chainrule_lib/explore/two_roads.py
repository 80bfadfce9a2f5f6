"""Page 02: t moves x and y, and both move z. What does each road carry, and what is lost when one is closed?"""

import math

from chainrule_lib.explore import hillside
from chainrule_lib.explore.explorable import COLUMN, Explorable, Panel, Picture, Slider, Toggle
from chainrule_lib.explore.plot import SAMPLES, Plot, span
from chainrule_lib.study.drawing import arrow_head, caption, in_brackets, number, path, shape, text
from chainrule_lib.study.graph import Drawn, Graph

PACE = 0.5  # the arrows on the map show where half a unit of t would lead at the present rates


def picture(t: float, road_x: bool, road_y: bool) -> Picture:
    """Left the graph, both products and their sum, then the height over time; right the map of the walk."""
    r = hillside.rates(t)
    r["via_x"], r["via_y"] = r["zx"] * r["dx"], r["zy"] * r["dy"]
    r["seen"] = r["via_x"] * road_x + r["via_y"] * road_y
    closed = [name for name, is_open in (("x", road_x), ("y", road_y)) if not is_open]
    tones = {"x": "a" if road_x else "off", "y": "b" if road_y else "off"}
    roads = (
        f"With {' and '.join(closed)} closed only {number(r['seen'])} is counted." if closed else "Both are open."
    )
    desc = (
        f"At t = {number(t)} the walker is at x = {number(r['x'])}, y = {number(r['y'])}, at height {number(r['z'])}. "
        f"The x road carries {number(r['via_x'])}, the y road {number(r['via_y'])}; "
        f"together dz/dt = {number(r['dz'])}. {roads}"
    )
    left = (_graph(r, t, tones), _sums(r, tones, closed), _profile(r, t, bool(closed)))
    return Picture(left, (_map(r, tones),), desc)


def _graph(r: dict, t: float, tones: dict) -> Panel:
    a, b = tones["x"], tones["y"]
    edges = [
        ("t", "x", "dx/dt", r["dx"]),
        ("t", "y", "dy/dt", r["dy"]),
        ("x", "z", "∂z/∂x", r["zx"]),
        ("y", "z", "∂z/∂y", r["zy"]),
    ]
    graph = Graph.symbolic(edges, {"t": t, "x": r["x"], "y": r["y"], "z": r["z"]})
    roads = {"x": a, ("t", "x", 0): a, ("x", "z", 0): a, "y": b, ("t", "y", 0): b, ("y", "z", 1): b}
    drawn = Drawn(graph, mark=(), tones=roads, values=True, gradients=False, direction="LR")
    scale = min(1.0, (COLUMN - 8) / drawn.width)
    move = f"translate({(COLUMN - scale * drawn.width) / 2:.1f} 4) scale({scale:.3f})"
    return Panel(scale * drawn.height + 4, f'<g transform="{move}">{drawn.body}</g>')


def _sums(r: dict, tones: dict, closed: list[str]) -> Panel:
    """Both products, their sum, and what a closed road takes away."""
    body = ""
    for y, name in ((24, "x"), (50, "y")):
        tone = tones[name]
        body += text(18, y, f"∂z/∂{name} · d{name}/dt", 16, "start", [tone])
        body += text(344, y, number(r[f"via_{name}"]), 16, "end", [tone, "strong"])
        if name in closed:
            body += shape("path", ["axis", "off"], d=path([(14, y - 5), (118, y - 5)]))
            body += caption(136, y, "closed", 14, look=["off"])
        else:
            factors = f"= {number(r[f'z{name}'])} × {in_brackets(number(r[f'd{name}']))}"
            body += text(126, y, factors, 16, "start", [tone])
    body += shape("path", ["axis"], d=path([(18, 63), (344, 63)]))
    whole = number(r["dz"])
    if closed:
        lost = number(sum(r[f"via_{name}"] for name in closed))
        body += caption(18, 88, "what is counted", 14, look=["muted"])
        body += text(344, 88, number(r["seen"]), 17, "end", ["muted", "strong"])
        body += caption(18, 112, f"but $dz/dt = {whole}$: ${lost}$ is lost", 14, look=["c"])
    else:
        body += text(18, 88, "dz/dt", 17, "start", ["c"]) + text(344, 88, whole, 17, "end", ["c", "strong"])
        body += caption(18, 112, "Both roads lead to $z$: the whole is their sum.", 13, look=["muted"])
    return Panel(124, body)


def _map(r: dict, tones: dict) -> Panel:
    """The hill from above: contours, the track, the walker, and the step of each road with the whole step."""
    left, top, wide, high, unit = 14.0, 38.0, 332.0, 382.0, 88.0  # unit: pixels to one of x or y

    def at(x: float, y: float) -> tuple[float, float]:
        return (x + 0.6) * unit, high - (y + 0.8) * unit

    (sx, sy), inner = at(0, 0), ""
    for z, angle in ((8, -14), (6, -14), (4, 45), (2, 45), (0, 45), (-2, None), (-4, None)):
        radius = unit * math.sqrt(hillside.f(0, 0) - z)  # the contours of this hill are circles
        inner += shape("circle", ["hair"], cx=sx, cy=sy, r=radius)
        if angle is not None:  # labelled where the walker's arrows never are
            x, y = sx + radius * math.cos(math.radians(angle)), sy - radius * math.sin(math.radians(angle))
            inner += text(x, y + 4, number(z), 12, look=["muted", "halo"])
    inner += shape("path", ["dot"], d=f"M{sx - 6:.1f} {sy + 4:.1f}l6 -10l6 10Z")
    inner += caption(sx + 11, sy + 5, f"summit, {number(hillside.f(0, 0))}", 13, look=["halo"])
    times = [hillside.START + (hillside.END - hillside.START) * k / SAMPLES for k in range(SAMPLES + 1)]
    inner += shape("path", ["curve", "dash"], d=path(at(hillside.g(s), hillside.h(s)) for s in times))

    x, y = at(r["x"], r["y"])
    east, up = PACE * r["dx"] * unit, -PACE * r["dy"] * unit
    inner += (
        _arrow(x, y, east, 0, tones["x"]) + _arrow(x + east, y, 0, up, tones["y"]) + _arrow(x, y, east, up, "c")
    )
    inner += shape("circle", ["dot"], cx=x, cy=y, r=6)
    inner += text(x + east / 2, y + 22, f"dx/dt = {number(r['dx'], 3)}", 15, look=[tones["x"], "halo"])
    inner += text(x + east - 10, y + up / 2 + 5, f"dy/dt = {number(r['dy'], 3)}", 15, "end", [tones["y"], "halo"])
    body = caption(left, 26, "The walk from above: $x$ east, $y$ north", 14, look=["muted"])
    body += f'<svg x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" overflow="hidden">{inner}</svg>'
    return Panel(top + high + 14, body + shape("rect", ["hair"], x=left, y=top, width=wide, height=high, rx=6))


def _arrow(x: float, y: float, dx: float, dy: float, tone: str) -> str:
    length = math.hypot(dx, dy)
    if length < 4:
        return ""
    end = 1 - 6 / length  # inside the head
    line = shape("path", ["edge", tone], d=path([(x, y), (x + end * dx, y + end * dy)]))
    return line + arrow_head(x + dx, y + dy, dx, dy, [tone])


def _profile(r: dict, t: float, lost: bool) -> Panel:
    """Height over time with the tangent that dz/dt gives, and the wrong one that a closed road leaves."""
    plot = Plot(32, 38, 314, 96, hillside.START, hillside.END, *span(hillside.height, hillside.START, hillside.END))
    body = (
        caption(14, 26, "Height over time", 14, look=["muted"]) + plot.frame("t", "z") + plot.curve(hillside.height)
    )
    for slope, look in ((r["dz"], ["c"]), (r["seen"], ["off", "dash"]))[: 1 + lost]:
        ends = [plot.at(s, r["z"] + slope * (s - t)) for s in plot.inside(t, r["z"], slope, 0.5)]
        body += shape("path", ["edge", *look], d=path(ends))
    shown = f"slope ${number(r['dz'])}$" + (f", not ${number(r['seen'])}$" if lost else "")
    return Panel(160, body + plot.point(t, r["z"], "c") + caption(346, 26, shown, 14, "end", ["c"]))


EXPLORABLE = Explorable(
    "two-roads",
    "Two roads from t to z: a walk on a hillside",
    "02-two-roads",
    (
        Slider("t", "Time t", hillside.START, hillside.END, 0.05, 1.0),
        Toggle("road_x", "Road through x", True),
        Toggle("road_y", "Road through y", True),
    ),
    picture,
)
