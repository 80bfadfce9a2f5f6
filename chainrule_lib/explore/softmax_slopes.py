"""Page 05: three scores, three probabilities. Raise one score: which probabilities move, and which way?"""

import math

from chainrule_lib.engine import exp, jacobian
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.explore.matrix import LINE, heat
from chainrule_lib.study.drawing import arrow_head, caption, number, path, shape, text

REACH = 3.0  # of a score, to each side of 0
NUDGE = 0.5  # the arrows show where a score that is higher by this would lead, at the present slopes


def softmax(z: list) -> list:
    """Probabilities from scores, all shifted by the largest, which changes nothing and keeps exp small."""
    largest = max(getattr(score, "value", score) for score in z)
    e = [exp(score - largest) for score in z]
    return [one / sum(e) for one in e]


def picture(raised: str, z_1: float, z_2: float, z_3: float) -> Picture:
    """Left the probabilities and where they are going, right the Jacobian with the column of the raised score."""
    z, j = [z_1, z_2, z_3], int(raised) - 1
    s, slopes = softmax(z), jacobian(softmax)(z)
    column = [row[j] for row in slopes]
    desc = (
        f"Scores {', '.join(map(number, z))} give the probabilities {', '.join(number(p, 3) for p in s)}. "
        f"Raising score {j + 1} moves them at the rates {', '.join(number(c, 3) for c in column)}, which add up to 0."
    )
    return Picture((_bars(z, s, column, j),), (_matrix(slopes, column, j),), desc)


def _bars(z: list[float], s: list[float], column: list[float], j: int) -> Panel:
    left, top, wide = 104.0, 62.0, 196.0
    body = caption(14, 26, f"Raise $z_{j + 1}$: where the probabilities go", 14, look=["muted"])
    for i, p in enumerate(s):
        y = top + 56 * i
        look = ["c", "strong"] if i == j else []
        body += text(14, y + 13, f"z_{i + 1} = {number(round(z[i], 2), 3)}", 15, "start", look)
        body += shape("rect", ["paper"], x=left, y=y, width=wide, height=18, rx=3)
        body += shape("rect", ["a", "fill"], x=left, y=y, width=max(0.5, wide * p), height=18, rx=3)
        body += text(346, y + 14, number(round(p, 3), 3), 14, "end")
        reach = wide * NUDGE * column[i]
        x, base = left + wide * p, y + 29
        if abs(reach) > 3:
            tone, shaft = "a" if reach > 0 else "b", reach - 5 * (1 if reach > 0 else -1)
            body += shape("path", ["edge", tone], d=path([(x, base), (x + shaft, base)]))
            body += arrow_head(x + reach, base, reach, 0, [tone])
    note = f"Arrows: for a score higher by {NUDGE}, at these slopes."
    return Panel(top + 196, body + caption(14, top + 178, note, 13, look=["muted"]))


def _matrix(slopes: list[list[float]], column: list[float], j: int) -> Panel:
    left, top, cell = 74.0, 66.0, 78.0
    body = caption(14, 26, f"The Jacobian; column {j + 1} is lit", 14, look=["muted"])
    body += heat(left, top, slopes, cell, 0.25, [(i, j) for i in range(3)])
    for i in range(3):
        body += text(left - 12, top + LINE * (i + 0.5) + 5, f"s_{i + 1}", 15, "end")
        body += text(left + cell * (i + 0.5), top - 10, f"z_{i + 1}", 15, look=["c", "strong"] if i == j else [])
    y = top + 3 * LINE + 36
    for i, slope in enumerate(column):
        name, where = f"∂s_{i + 1}/∂z_{j + 1}", y + 26 * i
        formula = f"s_{i + 1}(1 − s_{i + 1})" if i == j else f"−s_{i + 1} s_{j + 1}"
        body += text(18, where, name, 15, "start") + text(118, where, f"= {formula}", 15, "start")
        body += text(344, where, number(round(slope, 3), 3), 15, "end", ["strong"])
    return Panel(y + 68, body)


EXPLORABLE = Explorable(
    "softmax-slopes",
    "Softmax: every score moves every probability",
    "05-jacobians",
    (
        Choice("raised", "Raised score", (("1", "z₁"), ("2", "z₂"), ("3", "z₃")), "3"),
        Slider("z_1", "Score z₁", -REACH, REACH, 0.05, 0.0),
        Slider("z_2", "Score z₂", -REACH, REACH, 0.05, math.log(2)),
        Slider("z_3", "Score z₃", -REACH, REACH, 0.05, math.log(5)),
    ),
    picture,
)
