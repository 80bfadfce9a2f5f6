"""Page 09: a net with one hidden layer and four examples. Open one entry of a gradient: which roads is it the sum of?"""

from typing import Any

from chainrule_lib.engine import Var, grad, relu, sweep, tanh
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture
from chainrule_lib.study.drawing import caption, number, path, shape, text

X = ((-2.0, 2.0), (1.0, -2.0), (1.0, 2.0), (2.0, 1.0))  # N = 4 examples, D = 2 inputs
Y = ((-4.0, 8.0), (9.0, 7.0), (0.5, 1.0), (-5.0, -1.0))  # K = 2 targets each
W1 = ((-1.0, -0.5, 1.0), (-1.0, 0.5, 0.5))  # H = 3 hidden units
B1 = (1.0, 0.0, -0.5)
W2 = ((3.0, 3.0), (-2.0, 2.0), (-1.0, 2.0))
B2 = (1.0, -1.0)
N, D, H, K = 4, 2, 3, 2
SLOPES = {"relu": relu, "tanh": tanh}
LETTERS = {"W1": ("W_1", (D, H)), "b1": ("b_1", (H,)), "W2": ("W_2", (H, K)), "b2": ("b_2", (K,))}


def entries() -> list[tuple[str, tuple[int, ...]]]:
    """Every parameter with its indices, from 0: ("W1", (0, 1)), ("b2", (1,)) and so on."""
    found = []
    for name, (_, sizes) in LETTERS.items():
        places: list[tuple[int, ...]] = [()]
        for size in sizes:
            places = [(*place, k) for place in places for k in range(size)]
        found += [(name, place) for place in places]
    return found


def entry_name(name: str, place: tuple[int, ...]) -> str:
    """How the page writes an entry, counted from 1: "(W_1)_{12}"."""
    return f"({LETTERS[name][0]})_{{{''.join(str(k + 1) for k in place)}}}"


def run(phi: str) -> dict:
    """Forward and backward by the engine: Z1, A1, P as nodes, the loss, every parameter's node and all the bars."""
    act = SLOPES[phi]
    w: dict[tuple, Var] = {}
    for name, rows in (("W1", W1), ("W2", W2)):
        w |= {(name, (i, j)): Var(v) for i, row in enumerate(rows) for j, v in enumerate(row)}
    for name, row in (("b1", B1), ("b2", B2)):
        w |= {(name, (j,)): Var(v) for j, v in enumerate(row)}
    z, a, p = [], [], []
    loss: Any = 0.0
    for x, y in zip(X, Y):
        z.append([sum((x[d] * w["W1", (d, h)] for d in range(D)), w["b1", (h,)]) for h in range(H)])
        a.append([act(one) for one in z[-1]])
        p.append([sum((a[-1][h] * w["W2", (h, k)] for h in range(H)), w["b2", (k,)]) for k in range(K)])
        loss = loss + sum((out - want) ** 2 for out, want in zip(p[-1], y)) / N
    return {"w": w, "Z": z, "A": a, "P": p, "loss": loss, "bars": sweep(loss)}


def roads(s: dict, phi: str, name: str, place: tuple[int, ...]) -> list[tuple[int, int, list[float]]]:
    """The roads from one parameter to the loss: (example, output, factors), the factor next to the loss first."""
    outs = range(K) if name in ("W1", "b1") else [place[-1]]
    found = []
    for n in range(N):
        for k in outs:
            factors = [s["bars"][s["P"][n][k]]]
            if name in ("W1", "b1"):
                h = place[-1]
                factors += [W2[h][k], grad(SLOPES[phi])(s["Z"][n][h].value)]
            if name in ("W1", "W2"):
                factors.append(X[n][place[0]] if name == "W1" else s["A"][n][place[0]].value)
            found.append((n, k, factors))
    return found


def product(factors: list[float]) -> float:
    """All factors of a road, multiplied."""
    share = 1.0
    for factor in factors:
        share *= factor
    return share


def picture(weight: str, phi: str, example: str) -> Picture:
    """Left the net at one example with the parameter's roads lit, right all its roads and their sum."""
    name, place = _read(weight)
    s, n = run(phi), int(example) - 1
    found = roads(s, phi, name, place)
    slope = s["bars"][s["w"][name, place]]
    shares = ", ".join(number(product(factors), 3) for _, _, factors in found)
    desc = (
        f"A net with two inputs, three hidden units and two outputs, and its loss over four examples, "
        f"{number(s['loss'].value)}. {len(found)} roads lead from {entry_name(name, place)} to the loss; they carry "
        f"{shares}, and their sum is the slope of the loss: {number(slope)}."
    )
    return Picture((_net(s, phi, name, place, n),), (_table(name, place, found, slope, n),), desc)


def _read(weight: str) -> tuple[str, tuple[int, ...]]:
    name, _, digits = weight.partition("_")
    return name, tuple(int(digit) - 1 for digit in digits)


def _net(s: dict, phi: str, name: str, place: tuple[int, ...], n: int) -> Panel:
    """Circles for the values of one example, lines for the weights; ones feed the biases."""
    at = {("x", d): (44.0, 96.0 + 66 * d) for d in range(D)}
    at |= {("a", h): (146.0, 86.0 + 66 * h) for h in range(H)}
    at |= {("p", k): (248.0, 96.0 + 66 * k) for k in range(K)}
    at |= {("1", 0): (44.0, 250.0), ("1", 1): (146.0, 284.0), ("L", 0): (324.0, 129.0)}
    first, h = name in ("W1", "b1"), place[-1]
    shut = {j for j in range(H) if phi == "relu" and s["Z"][n][j].value <= 0}
    lit: dict[tuple, str] = {}
    if first:
        lit[("x", place[0]) if name == "W1" else ("1", 0), ("a", h)] = "a"
        lit |= {(("a", h), ("p", k)): "b" for k in range(K)}
    else:
        lit[("a", place[0]) if name == "W2" else ("1", 1), ("p", h)] = "a"
    lit |= {(("p", k), ("L", 0)): "c" for k in (range(K) if first else [h])}
    lines = [(("x", d), ("a", j)) for d in range(D) for j in range(H)]
    lines += [(("1", 0), ("a", j)) for j in range(H)] + [(("1", 1), ("p", k)) for k in range(K)]
    lines += [(("a", j), ("p", k)) for j in range(H) for k in range(K)]
    lines += [(("p", k), ("L", 0)) for k in range(K)]
    body = caption(14, 26, f"Example {n + 1}: the roads from ${entry_name(name, place)}$", 14, look=["muted"])
    for line in sorted(lines, key=lambda one: one in lit):
        look = ["edge", lit[line]] if line in lit else ["hair"]
        if line in lit and first and h in shut and lit[line] != "c":
            look = ["edge", "off"]
        body += shape("path", look, d=path([at[line[0]], at[line[1]]]))
    values = {("x", d): X[n][d] for d in range(D)} | {("1", j): 1.0 for j in range(2)}
    values |= {("a", j): s["A"][n][j].value for j in range(H)} | {("p", k): s["P"][n][k].value for k in range(K)}
    names = {"x": f"X_{{{n + 1}", "a": f"A_{{{n + 1}", "p": f"P_{{{n + 1}"}
    for key, (x, y) in at.items():
        letter, j = key
        tone = "off" if letter == "a" and j in shut else None
        body += shape("circle", ["node", tone], cx=x, cy=y, r=19)
        if letter == "L":
            body += text(x, y + 5, "L", 16)
            continue
        if tone:
            body += caption(x, y + 4, "shut", 12, "middle", [tone])
        else:
            body += text(x, y + 5, number(round(values[key], 2), 3), 13)
        if letter in names:
            body += text(x, y - 25, names[letter] + f"{j + 1}}}", 13, look=["halo", "muted"])
    act = {"relu": "ReLU", "tanh": "tanh"}[phi]
    body += caption(14, 336, f"Hidden layer: {act}. The ones feed the biases.", 13, look=["muted"])
    return Panel(350, body)


def _table(name: str, place: tuple[int, ...], found: list, slope: float, n: int) -> Panel:
    """One line for each road, its factors from the loss back to the parameter, then the sum and what it asks for."""
    first, h = name in ("W1", "b1"), place[-1]
    heads = [(96.0, "G_{nk}" if first else f"G_{{n{h + 1}}}", "c")]
    if first:
        heads += [(166.0, f"(W_2)_{{{h + 1}k}}", "b"), (218.0, "φ′", "b")]
    if name in ("W1", "W2"):
        heads.append((276.0, f"{'X' if name == 'W1' else 'A'}_{{n{place[0] + 1}}}", "a"))
    body = caption(14, 26, "Every road, back from the loss", 14, look=["muted"])
    body += text(34, 56, "n, k" if first else "n", 14, look=["muted"])
    for x, label, tone in heads:
        body += text(x, 56, label, 14, "end", [tone])
    body += caption(344, 56, "share", 13, "end", ["muted"])
    y = 56.0
    for row, k, factors in found:
        y += 25
        weight = ["strong"] if row == n else []
        if row == n:
            body += shape("rect", ["paper"], x=12, y=y - 18, width=336, height=24, rx=4)
        body += text(34, y, f"{row + 1}, {k + 1}" if first else f"{row + 1}", 14, look=weight or ["muted"])
        for (x, _, _), factor in zip(heads, factors):
            body += text(x, y, number(round(factor, 3), 3), 14, "end", weight)
        share = product(factors)
        body += text(344, y, number(round(share, 3), 4), 14, "end", weight if share else ["off"])
    body += shape("path", ["axis"], d=path([(14, y + 12), (346, y + 12)]))
    body += text(18, y + 38, f"∂L/∂{entry_name(name, place)}", 16, "start", ["c"])
    shown = number(round(slope, 3) + 0.0, 4)
    body += text(344, y + 38, shown, 16, "end", ["c", "strong"])
    words = {
        1: "Raised, it makes the loss larger: it must go down.",
        -1: "Raised, it makes the loss smaller: it must go up.",
        0: "Its roads cancel: for now it stays where it is.",
    }
    sign = 0 if abs(slope) < 5e-4 else 1 if slope > 0 else -1
    body += caption(18, y + 64, words[sign], 13, look=["muted"])
    return Panel(y + 80, body)


EXPLORABLE = Explorable(
    "opened-gradient",
    "Any gradient, opened into its roads",
    "09-learning",
    (
        Choice(
            "weight",
            "Parameter",
            tuple(
                (
                    f"{name}_{''.join(str(k + 1) for k in place)}",
                    f"{name[0]}{'₁₂'[int(name[1]) - 1]}[{', '.join(str(k + 1) for k in place)}]",
                )
                for name, place in entries()
            ),
            "W1_12",
        ),
        Choice("phi", "Hidden layer", (("relu", "ReLU"), ("tanh", "tanh")), "relu"),
        Choice("example", "Example", tuple((f"{n}", f"{n}") for n in range(1, N + 1)), "1"),
    ),
    picture,
)
