"""Page 03: the walker's thermometer. Freeze x or y: what is left of the slope, and which derivative is it?"""

from collections.abc import Hashable

from chainrule_lib.engine import grad
from chainrule_lib.explore import hillside
from chainrule_lib.explore.explorable import COLUMN, Explorable, Panel, Picture, Slider, Toggle
from chainrule_lib.explore.plot import SAMPLES, Plot
from chainrule_lib.study.drawing import caption, in_brackets, number, path, shape, text
from chainrule_lib.study.graph import Drawn, Graph

COLD, WARM = 10.0, 16.0  # degrees: the frame of the plot


def F(x, y, t):
    """The temperature at (x, y) at time t: a degree less for every hundred metres up, and the sun on the east."""
    return 14.0 - hillside.f(x, y) + 2.0 * t * x


def along(t, at=None, freeze_x=False, freeze_y=False):
    """The temperature at time t of the walk; a frozen coordinate keeps the value it has at the time `at`."""
    return F(hillside.g(at if freeze_x else t), hillside.h(at if freeze_y else t), t)


def rates(t: float) -> dict[str, float]:
    """The place at time t, the three partials of F there, both speeds and the total dz/dt, by the engine."""
    r = hillside.rates(t)
    Fx, Fy, Ft = grad(F, (0, 1, 2))(r["x"], r["y"], t)
    z, dz = F(r["x"], r["y"], t), grad(along)(t)
    return {"x": r["x"], "y": r["y"], "z": z, "dx": r["dx"], "dy": r["dy"], "Ft": Ft, "Fx": Fx, "Fy": Fy, "dz": dz}


def picture(t: float, freeze_x: bool, freeze_y: bool) -> Picture:
    """Left the graph and the three terms, right the temperature over time, with nothing and with knobs frozen."""
    r, frozen = rates(t), {"x": freeze_x, "y": freeze_y}
    for name, still in frozen.items():
        r[f"speed_{name}"] = 0.0 if still else r[f"d{name}"]
        r[f"via_{name}"] = r[f"F{name}"] * r[f"speed_{name}"]
    r["seen"] = r["Ft"] + r["via_x"] + r["via_y"]
    held = [name for name, still in frozen.items() if still]
    said = f"With {' and '.join(held)} held still" if held else "With nothing held still"
    desc = (
        f"At t = {number(t)} the walker is at x = {number(r['x'])}, y = {number(r['y'])} and reads {number(r['z'])} "
        f"degrees. The clock itself brings {number(r['Ft'])}, x {number(r['via_x'])}, y {number(r['via_y'])}. "
        f"{said} the slope is {number(r['seen'])}; the total dz/dt is {number(r['dz'])}."
    )
    return Picture((_graph(r, t, frozen), _sums(r, held)), (_reading(r, t, frozen, held),), desc)


def _graph(r: dict, t: float, frozen: dict[str, bool]) -> Panel:
    edges = [
        ("t", "x", "dx/dt", r["speed_x"]),
        ("t", "z", "∂F/∂t", r["Ft"]),
        ("t", "y", "dy/dt", r["speed_y"]),
        ("x", "z", "∂F/∂x", r["Fx"]),
        ("y", "z", "∂F/∂y", r["Fy"]),
    ]
    graph = Graph.symbolic(edges, {"t": t, "x": r["x"], "y": r["y"], "z": r["z"]})
    tones: dict[Hashable, str] = {("t", "z", 0): "c"}
    for slot, (name, tone) in enumerate((("x", "a"), ("y", "b")), 1):
        tone = "off" if frozen[name] else tone
        tones |= {name: tone, ("t", name, 0): tone, (name, "z", slot): tone}
    drawn = Drawn(graph, mark=(), tones=tones, values=True, gradients=False, direction="LR")
    scale = min(1.0, (COLUMN - 8) / drawn.width)
    move = f"translate({(COLUMN - scale * drawn.width) / 2:.1f} 4) scale({scale:.3f})"
    return Panel(scale * drawn.height + 4, f'<g transform="{move}">{drawn.body}</g>')


def _sums(r: dict, held: list[str]) -> Panel:
    """The three terms and their sum, with the name that the sum deserves."""
    body = text(18, 24, "∂F/∂t", 16, "start", ["c"]) + caption(126, 24, "the clock alone", 14, look=["c"])
    body += text(344, 24, number(r["Ft"]), 16, "end", ["c", "strong"])
    for y, name, tone in ((50, "x", "a"), (76, "y", "b")):
        tone = "off" if name in held else tone
        body += text(18, y, f"∂F/∂{name} · d{name}/dt", 16, "start", [tone])
        factors = f"= {number(r[f'F{name}'])} × {in_brackets(number(r[f'speed_{name}']))}"
        if name in held:
            body += caption(126, y, "held still", 14, look=[tone])
        else:
            body += text(126, y, factors, 16, "start", [tone])
        body += text(344, y, number(r[f"via_{name}"]), 16, "end", [tone, "strong"])
    body += shape("path", ["axis"], d=path([(18, 89), (344, 89)]))
    body += text(344, 114, number(r["seen"]), 17, "end", ["strong"])
    if not held:
        body += text(18, 114, "dz/dt", 17, "start") + caption(126, 114, "total", 14)
        note = "Nothing is held still: all three terms count."
    elif len(held) == 2:
        body += text(18, 114, "∂F/∂t", 17, "start") + caption(126, 114, "partial", 14)
        note = f"A thermometer on a stone. The walker's: ${number(r['dz'])}$."
    else:
        body += caption(18, 114, f"slope with ${held[0]}$ held still", 14)
        note = f"Neither $∂F/∂t$ nor the total, $dz/dt = {number(r['dz'])}$."
    return Panel(150, body + caption(18, 138, note, 13, look=["muted"]))


def _reading(r: dict, t: float, frozen: dict[str, bool], held: list[str]) -> Panel:
    """One point, two slopes: the temperature over time on the walk, and with the knobs frozen (if none is, both)."""
    left, top, wide, high = 34.0, 38.0, 312.0, 236.0
    plot = Plot(left, top, wide, high, hillside.START, hillside.END, COLD, WARM)
    times = [hillside.START + (hillside.END - hillside.START) * k / SAMPLES for k in range(SAMPLES + 1)]

    def reading(look: list[str], **freeze: bool) -> str:
        points = ((x - left, y - top) for x, y in (plot.at(s, along(s, t, **freeze)) for s in times))
        return shape("path", ["curve", *look], d=path(points))

    other = {f"freeze_{name}": still or not held for name, still in frozen.items()}
    tone = "c" if held else "off"
    inner = reading(["off"]) + reading([tone, "dash"], **other)
    ends = [plot.at(s, r["z"] + r["seen"] * (s - t)) for s in plot.inside(t, r["z"], r["seen"], 0.45)]
    inner += shape("path", ["edge", "c"], d=path((x - left, y - top) for x, y in ends))
    body = caption(14, 26, "The thermometer over time, in degrees", 14, look=["muted"]) + plot.frame("t", "z")
    for z in (COLD, WARM):
        body += text(left - 6, plot.at(0, z)[1] + (11 if z == WARM else 0), number(z), 12, "end", ["muted"])
    body += f'<svg x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" overflow="hidden">{inner}</svg>'
    body += plot.point(t, r["z"], "c")
    base = top + high + 38
    body += shape("path", ["curve", "off"], d=path([(34, base - 4), (62, base - 4)]))
    body += caption(70, base, f"the walk: $dz/dt = {number(r['dz'])}$", 14, look=[None if held else "c"])
    body += shape("path", ["curve", tone, "dash"], d=path([(34, base + 20), (62, base + 20)]))
    if not held:
        said = f"on the stone: $∂F/∂t = {number(r['Ft'])}$"
    else:
        said = f"${'$ and $'.join(held)}$ held still: slope ${number(r['seen'])}$"
    return Panel(base + 38, body + caption(70, base + 24, said, 14, look=["c" if held else "muted"]))


EXPLORABLE = Explorable(
    "frozen-knob",
    "Frozen knobs: a partial slope against the total one",
    "03-total-or-partial",
    (
        Slider("t", "Time t", hillside.START, hillside.END, 0.05, 1.0),
        Toggle("freeze_x", "Freeze x", False),
        Toggle("freeze_y", "Freeze y", False),
    ),
    picture,
)
