"""Page 09: the clock's loss as a valley over w and b. How far should a step against the gradient go?"""

import math
from itertools import pairwise

from chainrule_lib.engine import value_and_grad
from chainrule_lib.explore.explorable import Explorable, Panel, Picture, Slider
from chainrule_lib.explore.hillside import height
from chainrule_lib.explore.plot import Plot
from chainrule_lib.study.drawing import caption, number, path, shape, text

CLOCK, LOG = (0.0, 1.0, 2.0), (2.5, 5.0, 6.5)  # what the clock said, how high the altimeter said we were
START = (1.0, 0.0)  # w and b: trust the clock
LEVELS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # of the contours
CELLS = 36  # of the grid under the contours, along each side
MAP = (0.2, 1.4, -0.5, 0.9)  # w from .. to .., b from .. to ..


def loss(w, b):
    """The mean squared error of the heights at the times w c + b."""
    return sum((height(w * c + b) - seen) ** 2 for c, seen in zip(CLOCK, LOG)) / len(CLOCK)


def descend(lr: float, steps: int) -> list[tuple[float, float, float, tuple[float, float]]]:
    """(w, b, loss, slopes) before each step and after the last; it ends early when the loss passes 1000."""
    w, b = START
    slopes = value_and_grad(loss, (0, 1))
    found = []
    for _ in range(steps + 1):
        here, g = slopes(w, b)
        found.append((w, b, here, g))
        if here > 1000:
            break
        w, b = w - lr * g[0], b - lr * g[1]
    return found


def contour(level: float, values: list[list[float]], at) -> str:
    """The line on which a grid of values has one level: a piece for each cell that it crosses."""
    pieces = []
    for i, j in ((i, j) for i in range(CELLS) for j in range(CELLS)):
        corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
        cuts = []
        for (a, b), (c, d) in pairwise(corners):
            p, q = values[a][b] - level, values[c][d] - level
            if (p < 0) != (q < 0):
                cuts.append(at(a + (c - a) * p / (p - q), b + (d - b) * p / (p - q)))
        pieces += [path(cuts[k : k + 2]) for k in range(0, len(cuts), 2)]
    return shape("path", ["axis"], d="".join(pieces)) if pieces else ""


def picture(lr: float, steps: float) -> Picture:
    """Left the valley from above with the way down, right the loss after each step and where it stands."""
    found = descend(lr, round(steps))
    w, b, here, _ = found[-1]
    desc = (
        f"Gradient descent on the clock's loss from w = 1, b = 0 with the learning rate {number(lr, 3)}: after "
        f"{len(found) - 1} steps w = {number(w, 3)}, b = {number(b, 3)} and the loss is {number(here, 3)}. "
        f"{_word(found)}"
    )
    return Picture((_valley(found),), (_losses(found, lr),), desc)


def _inside(w: float, b: float) -> bool:
    return MAP[0] <= w <= MAP[1] and MAP[2] <= b <= MAP[3]


def _word(found: list) -> str:
    if not all(_inside(w, b) for w, b, _, _ in found):
        return "The steps are too long: they leave the valley."
    if any(after[2] > before[2] for before, after in pairwise(found)):
        return "Some steps jump across the valley and go up."
    return "Every step goes down." if len(found) > 1 else "No step has been made."


def _valley(found: list) -> Panel:
    plot = Plot(40, 40, 304, 268, *MAP)
    w0, w1, b0, b1 = MAP

    def place(i: float, j: float) -> tuple[float, float]:
        return w0 + (w1 - w0) * i / CELLS, b0 + (b1 - b0) * j / CELLS

    values = [[loss(*place(i, j)) for j in range(CELLS + 1)] for i in range(CELLS + 1)]
    body = caption(14, 26, "The valley of the loss, from above", 14, look=["muted"])
    body += plot.frame("w", "b")
    body += text(plot.left - 7, plot.top + 10, number(b1), 12, "end", ["muted"])
    body += text(plot.left - 7, plot.top + plot.height, number(b0), 12, "end", ["muted"])
    for level in LEVELS:
        body += contour(level, values, lambda i, j: plot.at(*place(i, j)))
    steps = [plot.at(w, b) for w, b, *_ in found]
    if len(found) > 1 and not _inside(*found[-1][:2]):
        steps[-1] = _edge(plot, *steps[-2:])
    body += shape("path", ["edge", "a"], d=path(steps)) if len(steps) > 1 else ""
    for (w, b, *_), (x, y) in zip(found, steps):
        if _inside(w, b):
            body += shape("circle", ["dot", "a"], cx=x, cy=y, r=3)
    x, y = steps[0]
    base = plot.top + plot.height + 38
    body += caption(14, base, f"Lines at $L = {', '.join(map(number, LEVELS))}$.", 13, look=["muted"])
    return Panel(base + 16, body + text(x + 8, y - 8, "start", 13, "start", ["a", "halo"]))


def _edge(plot: Plot, inside: tuple[float, float], outside: tuple[float, float]) -> tuple[float, float]:
    """Where the way from a point in the frame to one outside leaves the frame."""
    low, high = (plot.left, plot.top), (plot.left + plot.width, plot.top + plot.height)
    share = 1.0
    for k in (0, 1):
        go = outside[k] - inside[k]
        if go:
            share = min(share, max((low[k] - inside[k]) / go, (high[k] - inside[k]) / go))
    return inside[0] + share * (outside[0] - inside[0]), inside[1] + share * (outside[1] - inside[1])


def _losses(found: list, lr: float) -> Panel:
    last = len(found) - 1
    plot = Plot(48, 40, 296, 128, 0, max(last, 1), -3, 3)
    body = caption(14, 26, "The loss after each step", 14, look=["muted"])
    body += plot.frame("steps", "L")
    for power in (-2, 2):
        body += text(plot.left - 7, plot.at(0, power)[1] + 4, f"10^{{{power}}}".replace("-", "−"), 12, "end", ["muted"])
    heights = [min(3.0, max(-3.0, math.log10(one[2]))) for one in found]
    if last:
        body += shape("path", ["curve", "a"], d=path(plot.at(k, h) for k, h in enumerate(heights)))
    body += plot.point(last, heights[-1], "a")
    w, b, here, g = found[-1]
    base = plot.top + plot.height + 48
    rows = (
        ("learning rate", f"η = {number(lr, 3)}"),
        (f"after {last} step{'' if last == 1 else 's'}", f"w = {number(w, 3)},  b = {number(b, 3)}"),
        ("loss", f"L = {number(here, 3)}"),
        ("slopes in w and in b", f"{number(g[0], 3)},  {number(g[1], 3)}"),
    )
    for k, (name, value) in enumerate(rows):
        body += caption(14, base + 25 * k, name, 13, look=["muted"]) + text(344, base + 25 * k, value, 15, "end")
    return Panel(base + 114, body + caption(14, base + 100, _word(found), 13, look=["c"]))


EXPLORABLE = Explorable(
    "downhill",
    "Downhill: gradient descent sets a clock right",
    "09-learning",
    (
        Slider("lr", "Learning rate", 0.001, 0.05, 0.05, 0.01, log=True),
        Slider("steps", "Steps", 0, 60, 1, 20),
    ),
    picture,
)
