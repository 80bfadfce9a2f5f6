"""Page 14: somebody hands in a slope of the walk that is wrong. What do its ratio to the truth and its distance from it say?"""

from collections.abc import Callable
from functools import cache

from chainrule_lib.explore import hillside
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider, Toggle
from chainrule_lib.explore.plot import Plot, span
from chainrule_lib.study.drawing import caption, number, path, shape, text

PROBES = (0.5, 1.0, 1.5)

# what was handed in, of both roads and their factors; the slip; what gives it away
CASES: dict[str, tuple[Callable[[dict], float], str, str]] = {
    "A": (lambda r: r["via_x"], "M02 dropped path", "short by the $y$ road, at every $t$"),
    "B": (lambda r: 2 * r["via_x"] + r["via_y"], "M22 path counted twice", "off by the $x$ road, at every $t$"),
    "C": (lambda r: 2 * r["dz"], "M11 constant factor", "the ratio is 2 at every $t$"),
    "D": (lambda r: r["via_x"] * r["via_y"], "M15 paths multiplied", "no ratio stays; it is $x$ road times $y$ road"),
    "E": (lambda r: r["zx"] * r["dy"] + r["zy"] * r["dx"], "M17 speeds swapped", "neither stays; swap $dx/dt$ and $dy/dt$"),
    "F": (lambda r: r["via_x"] - r["via_y"], "M10 sign", "off by twice the $y$ road, at every $t$"),
}


@cache
def walk(t: float) -> dict[str, float]:
    """Partials, speeds, both roads and their sum at time t."""
    r = hillside.rates(t)
    return r | {"via_x": r["zx"] * r["dx"], "via_y": r["zy"] * r["dy"]}


def handed(case: str, t: float) -> float:
    return CASES[case][0](walk(t))


def picture(case: str, t: float, reveal: bool) -> Picture:
    """Left the probes with ratio and difference, and the answer if it is asked for; right both slopes over time."""
    right, wrong = walk(t)["dz"], handed(case, t)
    _, name, clue = CASES[case]
    desc = (
        f"Case {case} at t = {number(t)}: handed in {number(wrong)}, right {number(right)}, difference {number(wrong - right)}. "
        + (f"The slip is {name}: {clue.replace('$', '')}." if reveal else "The slip is not shown.")
    )
    return Picture((_table(case, t), _answer(case, reveal)), (_curves(case, t),), desc)


def _table(case: str, t: float) -> Panel:
    body = caption(14, 26, f"Case {case} on the walk of chapter 2", 14, look=["muted"])
    for x, head in ((40, "$t$"), (118, "handed in"), (182, "right"), (258, "ratio"), (346, "difference")):
        body += caption(x, 54, head, 13, "end", ["muted"])
    for k, at in enumerate((*PROBES, t)):
        y = 80.0 + 26 * k + 12 * (k == len(PROBES))
        right, wrong = walk(at)["dz"], handed(case, at)
        ratio = "none" if right == 0 else number(wrong / right, 3)
        cells = ((40, number(at)), (118, number(wrong)), (182, number(right)), (258, ratio), (346, number(wrong - right)))
        for x, cell in cells:
            body += text(x, y, cell, 15, "end", ["b"] if x == 118 else ["c"] if x == 182 else [])
    body += shape("path", ["hair"], d=path([(14, 142), (346, 142)]))
    r = walk(t)
    body += caption(14, 202, f"$x$ road: {number(r['via_x'])}", 13) + caption(190, 202, f"$y$ road: {number(r['via_y'])}", 13)
    return Panel(216, body)


def _answer(case: str, reveal: bool) -> Panel:
    _, name, clue = CASES[case]
    body = shape("rect", ["paper"], x=14, y=6, width=332, height=60, rx=6)
    if reveal:
        body += caption(26, 31, name, 15, look=["c"]) + caption(26, 54, clue, 13)
    else:
        body += caption(26, 31, "Which slip is it?", 15) + caption(26, 54, "Guess first; then switch the answer on.", 13, look=["muted"])
    return Panel(78, body)


def _curves(case: str, t: float) -> Panel:
    """The right slope and the one handed in over time, and their difference."""
    start, end = hillside.START, hillside.END

    def right(s: float) -> float:
        return walk(s)["dz"]

    def wrong(s: float) -> float:
        return handed(case, s)

    def off(s: float) -> float:
        return wrong(s) - right(s)

    ends = [*span(right, start, end), *span(wrong, start, end)]
    upper = Plot(36, 60, 306, 110, start, end, min(ends), max(ends))
    body = caption(14, 26, "$dz/dt$ over time:", 14, look=["muted"])
    body += caption(136, 26, "right", 14, look=["c"]) + caption(184, 26, "and handed in, dashed", 14, look=["b"])
    body += caption(346, 50, number(wrong(t)), 13, "end", ["b"]) + caption(36, 50, number(right(t)), 13, look=["c"])
    body += upper.frame("t", "") + upper.curve(right, ["c"]) + upper.curve(wrong, ["b", "dash"])
    body += upper.point(t, right(t), "c") + upper.point(t, wrong(t), "b")
    lower = Plot(36, 222, 306, 84, start, end, *span(off, start, end))
    body += caption(14, 214, "the difference", 14, look=["muted"])
    body += lower.frame("t", "") + lower.curve(off) + lower.point(t, off(t))
    return Panel(334, body)


EXPLORABLE = Explorable(
    "wrong-gradient",
    "A wrong slope: guess the slip from its numbers",
    "14-reading-a-wrong-gradient",
    (
        Choice("case", "Case", tuple((key, f"case {key}") for key in CASES), "A"),
        Slider("t", "Time t", hillside.START, hillside.END, 0.05, 1.0),
        Toggle("reveal", "Show the answer", False),
    ),
    picture,
)
