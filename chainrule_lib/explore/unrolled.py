"""Page 11: one weight, used at every moment. What is the share of each use, and what does a short sum miss?"""

from chainrule_lib.engine import Var, sweep
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.study.drawing import arrow_head, caption, in_brackets, number, path, shape, text

X = (1.0, 2.0, -1.0)  # what comes in at the moments 1, 2, 3
Y = (3.0, 9.0, -3.0)  # what the state should have been
START = 2.0  # the state before the first moment
T = len(X)


def states(w: list, v: list) -> list:
    """h_0 .. h_3 of h_t = w x_t + v h_{t-1}, each moment with weights of its own, which may all be the same."""
    h = [START]
    for t, x in enumerate(X):
        h.append(w[t] * x + v[t] * h[-1])
    return h


def loss(h: list):
    """Half the sum of the squared errors."""
    return sum((one - y) ** 2 for one, y in zip(h[1:], Y)) / 2


def shares(w: float, v: float) -> dict:
    """By the engine: h (0..T), the slope delta at every state (1..T), the share of every use, the whole slopes."""
    one, other = Var(w, "w"), Var(v, "v")
    whole = sweep(loss(states([one] * T, [other] * T)))
    uses = {"w": [Var(w, f"w_{t + 1}") for t in range(T)], "v": [Var(v, f"v_{t + 1}") for t in range(T)]}
    h = states(uses["w"], uses["v"])
    bars = sweep(loss(h))
    return {
        "h": [START, *(state.value for state in h[1:])],
        "delta": [bars[state] for state in h[1:]],
        "uses": {name: [bars[use] for use in some] for name, some in uses.items()},
        "whole": {"w": whole[one], "v": whole[other]},
    }


def picture(weight: str, uses: str, w: float, v: float) -> Picture:
    """Left the net unrolled, with what comes back to every state, right the shares of the uses and their sum."""
    s, counted = shares(w, v), range(T - int(uses), T)
    each, whole = s["uses"][weight], s["whole"][weight]
    seen = sum(each[t] for t in counted)
    desc = (
        f"Three moments of h_t = w x_t + v h_(t-1) with w = {number(w)} and v = {number(v)}: the states are "
        f"{', '.join(map(number, s['h'][1:]))}. The uses of {weight}, from the first to the last, have the shares "
        f"{', '.join(map(number, each))}; together {number(whole)}. The last {uses} of them make {number(seen)}."
    )
    return Picture((_net(s, weight, counted),), (_sum(s, weight, counted, seen, whole),), desc)


def _net(s: dict, weight: str, counted: range) -> Panel:
    """States from left to right, what feeds them below, what comes back above; the uses that count are lit."""
    middle, at = 178.0, [38.0, 132.0, 227.0, 322.0]
    body = caption(14, 26, f"Unrolled: each use of ${weight}$ is lit when it counts", 14, look=["muted"])
    own = [h - y for h, y in zip(s["h"][1:], Y)]
    rows = [("own error", own), ("from the right", [d - e for d, e in zip(s["delta"], own)])]
    for k, (name, row) in enumerate(rows):
        body += caption(14, 54 + 22 * k, name, 13, look=["muted"])
        for x, value in zip(at[1:], row):
            body += text(x, 54 + 22 * k, number(round(value, 10), 3), 14)
    body += shape("path", ["hair"], d=path([(14, 84), (346, 84)])) + caption(14, 103, "sum: $δ_t$", 14, look=["c"])
    for t in range(1, T + 1):
        lit = "b" if t - 1 in counted else "off"
        x, tones = at[t], {"w": "off", "v": "off"} | {weight: lit}
        body += _arrow((at[t - 1] + 24, middle), (x - 24, middle), tones["v"])
        body += text((at[t - 1] + x) / 2, middle - 10, "v", 16, look=[tones["v"]])
        body += _arrow((x, middle + 78), (x, middle + 24), tones["w"])
        body += text(x + 13, middle + 56, "w", 16, "start", [tones["w"]])
        body += text(x, middle + 98, f"x_{t} = {number(X[t - 1])}", 14)
        body += _arrow((x, middle - 66), (x, middle - 25), "c")
        body += text(x, middle - 75, number(s["delta"][t - 1], 3), 15, look=["c", "strong"])
    for t, x in enumerate(at):
        look = ["node", "node-in" if not t else None]
        body += shape("rect", look, x=x - 23, y=middle - 23, width=46, height=46, rx=13)
        body += text(x, middle - 3, f"h_{t}", 16) + text(x, middle + 16, number(s["h"][t], 3), 13, look=["muted"])
    note = "$δ_t$ is the slope of the loss in $h_t$."
    return Panel(middle + 138, body + caption(14, middle + 126, note, 13, look=["c"]))


def _arrow(start: tuple[float, float], tip: tuple[float, float], tone: str) -> str:
    (x0, y0), (x1, y1) = start, tip
    dx, dy = x1 - x0, y1 - y0
    back = 6 / max(abs(dx), abs(dy))
    line = shape("path", ["edge", tone], d=path([start, (x1 - back * dx, y1 - back * dy)]))
    return line + arrow_head(x1, y1, dx, dy, [tone])


def _sum(s: dict, weight: str, counted: range, seen: float, whole: float) -> Panel:
    """One line for each use, then how many have been counted, and what is missing."""
    body = caption(14, 26, f"The uses of ${weight}$, the last one first", 14, look=["muted"])
    body += caption(346, 26, "share", 13, "end", ["muted"])
    for k, t in enumerate(reversed(range(T))):
        y, looks = 58.0 + 30 * k, ["b"] if t in counted else ["off"]
        slope, name = (X[t], f"x_{t + 1}") if weight == "w" else (s["h"][t], f"h_{t}")
        body += text(18, y, f"{name} · δ_{t + 1}", 16, "start", looks)
        if t in counted:
            factors = f"= {number(slope, 3)} × {in_brackets(number(s['delta'][t], 3))}"
            body += text(98, y, factors, 15, "start", looks)
        else:
            body += caption(106, y, "not counted", 14, look=looks)
        body += text(344, y, number(s["uses"][weight][t]), 16, "end", [*looks, "strong"])
    body += shape("path", ["axis"], d=path([(18, 132), (344, 132)]))
    many = "use" if len(counted) == 1 else "uses"
    body += caption(18, 158, f"uses counted: {len(counted)} of {T}", 15, look=["b"])
    body += text(344, 158, number(seen), 17, "end", ["b", "strong"])
    body += text(18, 188, f"∂L/∂{weight}", 17, "start", ["c"])
    body += text(344, 188, number(whole), 17, "end", ["c", "strong"])
    if len(counted) == T:
        note = "All uses counted: the sum is the slope."
    else:
        note = f"{len(counted)} {many} alone: ${number(round(whole - seen, 10))}$ is lost."
    return Panel(232, body + caption(18, 216, note, 14, look=["muted"]))


EXPLORABLE = Explorable(
    "unrolled",
    "An unrolled net: one weight, a use at every moment",
    "11-shared-weights",
    (
        Choice("weight", "Weight", (("w", "w, of the input"), ("v", "v, of the memory")), "v"),
        Choice("uses", "Uses counted", (("1", "the last one"), ("2", "the last two"), ("3", "all three")), "3"),
        Slider("w", "Weight w", -3.0, 3.0, 0.1, 3.0),
        Slider("v", "Weight v", -1.5, 1.5, 0.05, 0.5),
    ),
    picture,
)
