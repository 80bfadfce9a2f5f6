"""Page 05: the desk with two listeners. One product of two Jacobians holds all the sums: which row, which column?"""

from collections.abc import Hashable
from itertools import product

from chainrule_lib.engine import jacobian
from chainrule_lib.explore.explorable import COLUMN, Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.explore.matrix import LINE, entry_text, heat
from chainrule_lib.explore.wiring import REACH, WIRES, loudness, loudspeakers
from chainrule_lib.study.drawing import caption, in_brackets, number, path, shape, text
from chainrule_lib.study.graph import Drawn, Graph

CELL = 38.0  # the width of a column of the matrices
ENTRIES = (("11", "z₁ in x₁"), ("12", "z₁ in x₂"), ("21", "z₂ in x₁"), ("22", "z₂ in x₂"))  # row and column


def g(x: list) -> list:
    """The loudspeakers that the faders drive."""
    return list(loudspeakers(*x))


def f(u: list) -> list:
    """What the two listeners hear."""
    u_1, u_2, u_3 = u
    return [loudness(u_1, u_2, u_3), u_1 + u_2 * u_3]


def jacobians(x_1: float, x_2: float) -> dict:
    """u and z at the faders' positions, and the Jacobians of f at u, of g at x and of f(g(x)), by the engine."""
    x = [x_1, x_2]
    u = g(x)
    return {"u": u, "z": f(u), "f": jacobian(f)(u), "g": jacobian(g)(x), "fg": jacobian(lambda x: f(g(x)))(x)}


def picture(entry: str, x_1: float, x_2: float) -> Picture:
    """Left the roads from one input to one output, right the two matrices, their product and the lit entry's sum."""
    s, row, column = jacobians(x_1, x_2), int(entry[0]) - 1, int(entry[1]) - 1
    desc = (
        f"Two inputs, three values in between, two outputs, at x_1 = {number(x_1)}, x_2 = {number(x_2)}. "
        f"Row {row + 1} of the outer Jacobian times column {column + 1} of the inner one is the slope of z_{row + 1} in "
        f"x_{column + 1}: {number(s['fg'][row][column])}."
    )
    return Picture((_roads(s, (x_1, x_2), row, column),), (_matrices(s, row, column), _sum(s, row, column)), desc)


def _roads(s: dict, x: tuple[float, float], row: int, column: int) -> Panel:
    wires = [(f"x_{j + 1}", f"u_{i + 1}", s["g"][i][j], j == column) for i, j in WIRES]
    for k, i in product((0, 1), range(3)):
        wires.append((f"u_{i + 1}", f"z_{k + 1}", s["f"][k][i], k == row and (i, column) in WIRES))
    values = {f"{name}_{k}": v for name, row_of in zip("xuz", (x, s["u"], s["z"])) for k, v in enumerate(row_of, 1)}
    graph = Graph.symbolic([(*ends, None, slope if on else None) for *ends, slope, on in wires], values)
    tones: dict[Hashable, str] = {f"x_{2 - column}": "off", f"x_{column + 1}": "a"}
    tones |= {f"z_{2 - row}": "off", f"z_{row + 1}": "c"}
    for edge, (source, _, _, on) in zip(graph.edges, wires):
        tones[edge.key] = "off" if not on else "a" if source.startswith("x") else "b"
    drawn = Drawn(graph, mark=(), tones=tones, values=True, gradients=False, direction="LR")
    scale = min(1.0, (COLUMN - 8) / drawn.width)
    move = f"translate({(COLUMN - scale * drawn.width) / 2:.1f} 40) scale({scale:.3f})"
    body = caption(14, 26, f"The roads from $x_{column + 1}$ to $z_{row + 1}$", 14, look=["muted"])
    return Panel(scale * drawn.height + 52, body + f'<g transform="{move}">{drawn.body}</g>')


def _matrices(s: dict, row: int, column: int) -> Panel:
    outer, inner, both = 8.0, 142.0, 264.0  # the left ends
    top = 56.0
    largest = max(abs(v) for name in ("f", "g") for line in s[name] for v in line)
    most = max(abs(v) for line in s["fg"] for v in line)
    body = caption(14, 26, "Rows are outputs, columns are inputs", 14, look=["muted"])
    body += heat(outer, top + LINE / 2, s["f"], CELL, largest, [(row, i) for i in range(3)])
    body += heat(inner, top, s["g"], CELL, largest, [(i, column) for i in range(3)])
    body += heat(both, top + LINE / 2, s["fg"], CELL + 5, most, [(row, column)])
    body += text((inner + 2 * CELL + both) / 2, top + 1.5 * LINE + 5, "=", 16)
    under = top + 3 * LINE + 22
    body += text(outer + 1.5 * CELL, under, "∂z_l/∂u_i", 14) + text(inner + CELL, under, "∂u_i/∂x_j", 14)
    return Panel(under + 16, body + text(both + CELL + 5, under, "∂z_l/∂x_j", 14))


def _sum(s: dict, row: int, column: int) -> Panel:
    """The lit entry: one product for each value in between, then the sum."""
    body = ""
    for i in range(3):
        y, outer, inner = 22.0 + 26 * i, s["f"][row][i], s["g"][i][column]
        body += caption(18, y, f"through $u_{i + 1}$", 14, look=["muted"])
        body += text(126, y, f"{entry_text(outer)} × {in_brackets(entry_text(inner))}", 15, "start")
        body += text(344, y, number(outer * inner), 15, "end", ["strong"])
    body += shape("path", ["axis"], d=path([(18, 87), (344, 87)]))
    body += text(18, 112, f"∂z_{row + 1}/∂x_{column + 1}", 17, "start", ["c"])
    return Panel(128, body + text(344, 112, number(s["fg"][row][column]), 17, "end", ["c", "strong"]))


EXPLORABLE = Explorable(
    "jacobian-product",
    "One product of matrices, all the sums",
    "05-jacobians",
    (
        Choice("entry", "Lit entry", ENTRIES, "11"),
        Slider("x_1", "Fader x₁", -REACH, REACH, 0.1, 1.0),
        Slider("x_2", "Fader x₂", -REACH, REACH, 0.1, 2.0),
    ),
    picture,
)
