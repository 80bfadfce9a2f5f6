"""Page 04: two faders, three loudspeakers, one loudness. Light one input: which wires count for it?"""

from collections.abc import Hashable

from chainrule_lib.engine import Var, sweep
from chainrule_lib.explore.explorable import COLUMN, Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.explore.matrix import brackets
from chainrule_lib.study.drawing import caption, in_brackets, number, path, shape, text
from chainrule_lib.study.graph import Drawn, Graph

REACH = 2.0  # the faders go this far to each side of 0
WIRES = ((0, 0), (1, 0), (1, 1), (2, 0), (2, 1))  # (i, j): loudspeaker i is fed by fader j
M, N = 3, 2


def loudspeakers(x_1, x_2):
    """The sounds u_1, u_2, u_3 that the faders make."""
    return 3.0 * x_1, x_1 * x_2, x_1 * x_1 - x_2


def loudness(u_1, u_2, u_3):
    """What is heard: the sum of the squares."""
    return u_1 * u_1 + u_2 * u_2 + u_3 * u_3


def slopes(x_1: float, x_2: float) -> dict:
    """By the engine: u and z; the row dz_du (m), the matrix du_dx (m rows, n columns) and the row dz_dx (n)."""
    x = Var(x_1, "x_1"), Var(x_2, "x_2")
    u = loudspeakers(*x)
    z = loudness(*u)
    bars = sweep(z)
    du_dx = [[sweep(one).get(knob, 0.0) for knob in x] for one in u]
    return {
        "u": [one.value for one in u],
        "z": z.value,
        "dz_du": [bars[one] for one in u],
        "du_dx": du_dx,
        "dz_dx": [bars[knob] for knob in x],
    }


def picture(lit: str, x_1: float, x_2: float) -> Picture:
    """Left the wiring with the lit input's roads, right the row, the matrix with its column, and the sum."""
    s, j = slopes(x_1, x_2), int(lit[-1]) - 1
    shares = [s["dz_du"][i] * s["du_dx"][i][j] for i in range(M)]
    desc = (
        f"Two inputs, three intermediate values, one output. At x_1 = {number(x_1)}, x_2 = {number(x_2)} the roads "
        f"from {lit} through u_1, u_2 and u_3 carry {', '.join(map(number, shares))}; their sum, the slope of z in "
        f"{lit}, is {number(s['dz_dx'][j])}."
    )
    return Picture((_wires(s, (x_1, x_2), j),), (_product(s, j), _sum(s, shares, j)), desc)


def _wires(s: dict, x: tuple[float, float], j: int) -> Panel:
    edges = [(f"x_{b + 1}", f"u_{a + 1}", None, s["du_dx"][a][b]) for a, b in WIRES]
    edges += [(f"u_{a + 1}", "z", None, s["dz_du"][a]) for a in range(M)]
    values = {f"{letter}_{k}": v for letter, row in (("x", x), ("u", s["u"])) for k, v in enumerate(row, 1)}
    graph = Graph.symbolic(edges, values | {"z": s["z"]})
    lit = {f"x_{j + 1}", *(f"u_{a + 1}" for a, b in WIRES if b == j)}
    tones: dict[Hashable, str] = {f"x_{j + 1}": "a", f"x_{2 - j}": "off"}
    for edge in graph.edges:
        tones[edge.key] = "off" if edge.source not in lit else "b" if edge.target == "z" else "a"
    drawn = Drawn(graph, mark=(), tones=tones, values=True, gradients=False, direction="LR")
    scale = min(1.0, (COLUMN - 8) / drawn.width)
    move = f"translate({(COLUMN - scale * drawn.width) / 2:.1f} 40) scale({scale:.3f})"
    body = caption(14, 26, f"The roads from $x_{j + 1}$; the rest waits", 14, look=["muted"])
    base = scale * drawn.height + 58
    body += caption(14, base, f"On the wires: $∂u_i/∂x_{j + 1}$", 13, look=["a"])
    body += caption(178, base, "and $∂z/∂u_i$", 13, look=["b"])
    return Panel(base + 12, body + f'<g transform="{move}">{drawn.body}</g>')


def _product(s: dict, j: int) -> Panel:
    """The row of dz/du_i, the matrix of du_i/dx_j with its column j, the row of dz/dx_j with its entry j."""
    top, line, cell = 66.0, 30.0, 44.0  # the first base line, the height of a row, the width of a column
    row, matrix, result = 8.0, 148.0, 262.0  # the left ends
    body = caption(14, 26, "All the sums at once: a row times a matrix", 14, look=["muted"])
    box = {"width": cell - 6, "rx": 5}
    body += shape("rect", ["a", "fill"], x=matrix + cell * j + 3, y=top - 21, height=3 * line, **box)
    body += shape("rect", ["c", "fill"], x=result + cell * j + 3, y=top + line - 21, height=line, **box)
    for left, columns, first, rows in ((row, M, 1, 1), (matrix, N, 0, M), (result, N, 1, 1)):
        body += brackets(left, columns * cell, top + first * line - 23, rows * line + 4)
    for i, slope in enumerate(s["dz_du"]):
        body += text(row + cell * (i + 0.5), top + line, number(slope, 3), 15, look=["b"])
    for b in range(N):
        lit, middle = b == j, cell * (b + 0.5)
        for i in range(M):
            look = ["a", "strong"] if lit else ["muted"]
            body += text(matrix + middle, top + line * i, number(s["du_dx"][i][b], 3), 15, look=look)
        look = ["c", "strong"] if lit else ["muted"]
        body += text(result + middle, top + line, number(s["dz_dx"][b], 3), 15, look=look)
    body += text((matrix + N * cell + result) / 2, top + line, "=", 16)
    under = top + M * line + 4
    body += text(row + M * cell / 2, under, "∂z/∂u_i", 14, look=["b"])
    body += text(matrix + N * cell / 2, under, "∂u_i/∂x_j", 14, look=["a"])
    body += text(result + N * cell / 2, under, "∂z/∂x_j", 14, look=["c"])
    return Panel(under + 18, body)


def _sum(s: dict, shares: list[float], j: int) -> Panel:
    """One line for each intermediate value, then the sum."""
    body = ""
    for i, share in enumerate(shares):
        y = 24.0 + 26 * i
        wired = (i, j) in WIRES
        body += text(18, y, f"∂z/∂u_{i + 1} · ∂u_{i + 1}/∂x_{j + 1}", 15, "start", [None if wired else "off"])
        factors = f"= {number(s['dz_du'][i], 3)} × {in_brackets(number(s['du_dx'][i][j], 3))}"
        body += text(150, y, factors, 15, "start") if wired else caption(158, y, "no wire", 14, look=["off"])
        body += text(344, y, number(share), 15, "end", ["strong"] if wired else ["off"])
    body += shape("path", ["axis"], d=path([(18, 89), (344, 89)]))
    body += text(18, 114, f"∂z/∂x_{j + 1}", 17, "start", ["c"])
    return Panel(130, body + text(344, 114, number(s["dz_dx"][j]), 17, "end", ["c", "strong"]))


EXPLORABLE = Explorable(
    "wiring",
    "Wiring: every road from one input",
    "04-general-sum",
    (
        Choice("lit", "Lit input", (("x_1", "x₁"), ("x_2", "x₂")), "x_1"),
        Slider("x_1", "Fader x₁", -REACH, REACH, 0.1, 1.0),
        Slider("x_2", "Fader x₂", -REACH, REACH, 0.1, 2.0),
    ),
    picture,
)
