"""Page 10: three scores, one right class. Which way does the loss push every score, and how hard?"""

import math
from collections.abc import Callable

from chainrule_lib.engine import grad, log
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.explore.plot import Plot, span
from chainrule_lib.explore.softmax_slopes import softmax
from chainrule_lib.study.drawing import arrow_head, caption, number, path, shape, text

REACH = 4.0  # of a score, to each side of 0
CLASSES = (("1", "class 1"), ("2", "class 2"), ("3", "class 3"))


def cross_entropy(scores: list, label: int):
    """The surprise at the right class, -ln p_y; classes are counted from 0."""
    return -log(softmax(scores)[label])


def squared_error(scores: list, label: int):
    """The squared distance from the probabilities to the truth, after the softmax."""
    return sum((p - (j == label)) ** 2 for j, p in enumerate(softmax(scores)))


LOSSES: dict[str, tuple[str, Callable]] = {
    "cross-entropy": ("cross-entropy", cross_entropy),
    "square": ("squared error", squared_error),
}


def slopes(loss: str, scores: list[float], label: int) -> list[float]:
    """dL/dS_j for every score, by the engine."""
    return grad(lambda s: LOSSES[loss][1](s, label))(scores)


def picture(label: str, loss: str, S_1: float, S_2: float, S_3: float) -> Picture:
    """Left the probabilities, the truth and what each score is told, right the loss against the right score."""
    scores, y = [S_1, S_2, S_3], int(label) - 1
    p, told = softmax(scores), slopes(loss, scores, y)
    value = LOSSES[loss][1](scores, y)
    desc = (
        f"The probabilities are {', '.join(number(one, 3) for one in p)} and class {label} is right. The "
        f"{LOSSES[loss][0]} is {number(value)}. Its slopes in the scores are "
        f"{', '.join(number(round(g, 4), 3) for g in told)}, which add up to 0; downhill the right score rises. "
        + (
            "Each arrow, drawn as long as the slope, reaches from the probability to the truth."
            if loss == "cross-entropy"
            else "The arrows are shorter than the way from the probability to the truth."
        )
    )
    return Picture((_bars(scores, p, told, y),), (_loss(loss, scores, value, told[y], y),), desc)


def _bars(scores: list[float], p: list[float], told: list[float], y: int) -> Panel:
    left, top, wide, row = 110.0, 70.0, 168.0, 62.0
    body = caption(14, 26, "Bars: probability. Arrows: which way downhill", 14, look=["muted"])
    body += text(346, 52, "∂L/∂S_j", 14, "end", ["c"])
    for x, name in ((left, "0"), (left + wide, "1")):
        body += text(x, 52, name, 13, look=["muted"])
        body += shape("path", ["hair"], d=path([(x, 58), (x, top + 2 * row + 36)]))
    for j, share in enumerate(p):
        line, right = top + row * j, j == y
        look = ["strong"] if right else []
        body += text(14, line + 14, f"S_{j + 1} = {number(round(scores[j], 2), 3)}", 15, "start", look)
        if right:
            body += caption(14, line + 33, "right class", 13, look=["muted"])
        body += shape("rect", ["paper"], x=left, y=line, width=wide, height=18, rx=3)
        body += shape("rect", ["a", "fill"], x=left, y=line, width=max(0.5, wide * share), height=18, rx=3)
        truth = left + wide * right
        body += shape("path", ["needle"], d=path([(truth, line - 3), (truth, line + 21)]))
        body += text(346, line + 14, number(round(told[j], 4), 3), 15, "end", ["c", "strong"])
        x, base, reach = left + wide * share, line + 32, -wide * told[j]
        if abs(reach) > 3:
            head = min(9.0, abs(reach))
            shaft = reach - math.copysign(0.6 * head, reach)
            body += shape("path", ["edge", "c"], d=path([(x, base), (x + shaft, base)]))
            body += arrow_head(x + reach, base, reach, 0, ["c"], size=head)
    note = top + 3 * row + 8
    body += caption(14, note, "An arrow is as long as its slope.", 13, look=["c"])
    told_by = "Thick mark: the truth, 1 for the right class, else 0."
    return Panel(note + 38, body + caption(14, note + 22, told_by, 13, look=["muted"]))


def _loss(loss: str, scores: list[float], value: float, slope: float, y: int) -> Panel:
    """Both losses against the right score, the others held still; the chosen one with its tangent."""

    def along(which: str) -> Callable[[float], float]:
        return lambda s: LOSSES[which][1]([s if j == y else other for j, other in enumerate(scores)], y)

    _, high = span(along("cross-entropy"), -REACH, REACH)
    plot = Plot(36, 44, 310, 168, -REACH, REACH, -0.06 * max(high, 2.2), max(high, 2.2))
    body = caption(14, 26, f"The loss when $S_{y + 1}$ alone moves", 14, look=["muted"])
    body += plot.frame(f"S_{y + 1}", "L")
    for which in LOSSES:
        body += plot.curve(along(which), ["c"] if which == loss else ["dash"])
    ends = plot.inside(scores[y], value, slope, 1.6)
    line = path(plot.at(s, value + slope * (s - scores[y])) for s in ends)
    body += shape("path", ["edge", "a"], d=line) + plot.point(scores[y], value, "c")
    base = 256.0
    body += caption(14, base, LOSSES[loss][0], 14, look=["c"])
    body += text(346, base, f"L = {number(round(value, 4))}", 15, "end", ["c", "strong"])
    body += caption(14, base + 26, "slope of the tangent", 14, look=["a"])
    body += text(346, base + 26, f"∂L/∂S_{y + 1} = {number(round(slope, 4), 3)}", 15, "end", ["a", "strong"])
    other = LOSSES["square" if loss == "cross-entropy" else "cross-entropy"][0]
    body += caption(14, base + 52, f"Dashed: the {other}, for comparison.", 13, look=["muted"])
    return Panel(base + 68, body)


EXPLORABLE = Explorable(
    "cross-entropy",
    "Cross-entropy: what each score is told",
    "10-softmax",
    (
        Choice("label", "Right class", CLASSES, "2"),
        Choice("loss", "Loss", tuple((key, name) for key, (name, _) in LOSSES.items()), "cross-entropy"),
        Slider("S_1", "Score S₁", -REACH, REACH, 0.05, 0.0),
        Slider("S_2", "Score S₂", -REACH, REACH, 0.05, math.log(2)),
        Slider("S_3", "Score S₃", -REACH, REACH, 0.05, math.log(5)),
    ),
    picture,
)
