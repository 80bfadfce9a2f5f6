"""Page 02: a small step Δt. What does each road add, and how fast does the remainder vanish?"""

import math

from chainrule_lib.explore import hillside
from chainrule_lib.explore.explorable import Explorable, Panel, Picture, Slider
from chainrule_lib.study.drawing import caption, number, path, shape, text

T = 1.0  # where the step is taken
LEAST, MOST = -4, 0  # decades of dt


def changes(dt: float) -> dict[str, float]:
    """The change of z over the step dt: the whole, each road's share (rate times dt), the remainder they leave."""
    r = hillside.rates(T)
    whole = hillside.height(T + dt) - r["z"]
    via_x, via_y = r["zx"] * r["dx"] * dt, r["zy"] * r["dy"] * dt
    return {"whole": whole, "x": via_x, "y": via_y, "remainder": whole - via_x - via_y}


def picture(dt: float) -> Picture:
    """Left the ledger of the step, right the remainder, also divided by dt, against dt on logarithmic scales."""
    c = changes(dt)
    desc = (
        f"A step Δt = {number(dt)} from t = {number(T)}. The height changes by {number(c['whole'])}: "
        f"{number(c['x'])} along the x road, {number(c['y'])} along the y road and a remainder of "
        f"{number(c['remainder'], 5)}. The remainder divided by Δt is {number(c['remainder'] / dt, 5)}. "
        "On logarithmic scales the remainder falls like Δt squared, and the remainder over Δt like Δt."
    )
    return Picture((_ledger(c, dt),), (_fall(c, dt),), desc)


def _ledger(c: dict[str, float], dt: float) -> Panel:
    """Every part of the change, for the step and for each unit of dt, then the latter as lengths."""
    rows = [("$x$ road", "x", "a"), ("$y$ road", "y", "b"), ("remainder", "remainder", "off")]
    body = caption(14, 26, f"A step of $Δt = {number(dt, 3)}$ from $t = {number(T)}$", 14)
    body += caption(214, 54, "change of $z$", 13, "end", ["muted"])
    body += caption(346, 54, "per unit of $Δt$", 13, "end", ["muted"])
    for k, (label, key, tone) in enumerate(rows):
        y = 82.0 + 30 * k
        body += caption(14, y, label, 14, look=[tone]) + text(214, y, number(c[key], 5), 15, "end", [tone])
        body += text(346, y, number(c[key] / dt, 5), 15, "end", [tone])
    body += shape("path", ["axis"], d=path([(14, 154), (346, 154)])) + caption(
        14, 176, "altogether", 14, look=["c"]
    )
    body += text(214, 176, number(c["whole"], 6), 15, "end", ["c", "strong"])
    body += text(346, 176, number(c["whole"] / dt, 6), 15, "end", ["c", "strong"])

    zero, unit, top = 166.0, 38.0, 212.0
    rate = (c["x"] + c["y"]) / dt
    body += caption(14, top, "per unit of $Δt$, as lengths", 13, look=["muted"])
    for at, look, name in ((rate, "hair", f"dz/dt = {number(rate)}"), (0.0, "axis", "0")):
        x = zero + unit * at
        body += shape("path", [look], d=path([(x, top + 12), (x, top + 118)]))
        body += text(x, top + 134, name, 13, look=["muted"])
    end = 0.0
    for k, (label, key, tone) in enumerate([*rows, ("altogether", "whole", "c")]):
        begin = 0.0 if key == "whole" else end
        end = begin + c[key] / dt
        y, left, long = top + 18 + 25 * k, zero + unit * min(begin, end), unit * abs(end - begin)
        body += caption(124, y + 13, label, 13, "end", [tone])
        body += shape("rect", [tone, "fill"], x=left, y=y, width=max(long, 0.5), height=17, rx=2)
    return Panel(top + 150, body)


def _fall(c: dict[str, float], dt: float) -> Panel:
    """The size of the remainder, and that over dt, against dt: on these scales a power of dt is a straight line."""
    left, top, unit_x, unit_y = 58.0, 44.0, 66.0, 27.0  # pixels to a decade
    low, high = -8, 1
    wide, tall = unit_x * (MOST - LEAST), unit_y * (high - low)

    def at(step: float, size: float) -> tuple[float, float]:
        return left + (math.log10(step) - LEAST) * unit_x, top + (high - math.log10(size)) * unit_y

    body = caption(14, 26, "The remainder dies faster than the step", 14, look=["muted"])
    body += shape("rect", ["paper"], x=left, y=top, width=wide, height=tall, rx=4)
    for k in range(LEAST, MOST + 1):
        x = left + (k - LEAST) * unit_x
        body += shape("path", ["hair"], d=path([(x, top), (x, top + tall)]))
        body += text(x, top + tall + 17, _power(k), 12, look=["muted"])
    for k in range(low, high + 1, 2):
        y = top + (high - k) * unit_y
        body += shape("path", ["hair"], d=path([(left, y), (left + wide, y)]))
        body += text(left - 7, y + 4, _power(k), 12, "end", ["muted"])
    steps = [10 ** (LEAST + (MOST - LEAST) * k / 40) for k in range(41)]
    sizes = [abs(changes(step)["remainder"]) for step in steps]
    body += shape("path", ["curve", "dash"], d=path(at(step, size / step) for step, size in zip(steps, sizes)))
    body += shape("path", ["curve", "c"], d=path(at(step, size) for step, size in zip(steps, sizes)))
    x, y = at(dt, abs(c["remainder"]))
    body += shape("path", ["axis"], d=path([(x, top), (x, top + tall)]))
    body += shape("circle", ["dot", "c"], cx=x, cy=y, r=5)
    body += shape("circle", ["dot"], cx=x, cy=at(dt, abs(c["remainder"]) / dt)[1], r=5)
    body += caption(left + 12, top + 36, "remainder over $Δt$: slope 1", 13, look=["halo"])
    body += caption(left + wide - 12, top + tall - 34, "remainder: slope 2", 13, "end", ["c", "halo"])
    return Panel(top + tall + 50, body + text(left + wide / 2, top + tall + 36, "Δt", 15))


def _power(k: int) -> str:
    return number(10.0**k) if -1 <= k <= 1 else f"10^{{{k}}}".replace("-", "−")


EXPLORABLE = Explorable(
    "increments",
    "A small step: each road's share and the remainder",
    "02-two-roads",
    (Slider("dt", "Step Δt", 10.0**LEAST, 10.0**MOST, 0.1, 0.1, log=True),),
    picture,
)
