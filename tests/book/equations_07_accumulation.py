"""Chapter 7: graphs and accumulation."""

from itertools import combinations
from math import prod

from equation import Equation, H, slope
from equations_01_to_05 import DESK, along, east, flat, hill, north, power, through, times

import chainrule_lib as cr

SEVEN = "07-accumulation"


def tiles(x):
    u = x * x
    return u * (3 + u)


def walk(t):
    return hill(east(t), north(t))


def sweep(z, set_only=False, once_a_pair=False):
    """The page's own sweep: the bars of all nodes; with a slip if asked."""
    bar = {z: 1.0}
    for node in reversed(cr.topological_order(z)):
        edges = list(zip(node.parents, node.local_partials()))
        for parent, partial in dict(edges).items() if once_a_pair else edges:
            share = bar[node] * partial
            bar[parent] = share if set_only else bar.get(parent, 0.0) + share
    return bar


# Functions of one number, in which values are used once, twice and more often, and where.
SHARED = [
    (tiles, 2.0), (tiles, -0.7), (walk, 1.0), (lambda x: x * x * x, 1.3),
    (lambda x: cr.sin(x * x) * (x * x + x), 0.6),
    (lambda x: (lambda u: (lambda v: u * v + v * v - u / v)(u * u + x))(cr.exp(x / 2) + x), 0.9),
]  # fmt: skip


def by_sweep(f, x, **slip):
    leaf = cr.Var(x)
    return sweep(f(leaf), **slip)[leaf]


def by_paths(f, x, times_=prod):
    leaf = cr.Var(x)
    return sum(times_(path.partials) for path in cr.paths(f(leaf), leaf))


def graph_of(f, x):
    """The matrix M of what f computes from x, in the engine's order, the leaf first."""
    leaf = cr.Var(x)
    order = cr.topological_order(f(leaf))
    seat = {node: k for k, node in enumerate(order)}
    M = [[0.0] * len(order) for _ in order]
    for node in order:
        for parent, partial in zip(node.parents, node.local_partials()):
            M[seat[node]][seat[parent]] += partial
    assert order[0] is leaf
    return M


def unit(K):
    return [[float(i == j) for j in range(K)] for i in range(K)]


def plus(a, b, sign=1):
    return [[p + sign * q for p, q in zip(*rows)] for rows in zip(a, b)]


def power_sum(M, terms):
    total, term = unit(len(M)), unit(len(M))
    for _ in range(terms - 1):
        term = times(term, M)
        total = plus(total, term)
    return total


def listed(M, a, z):
    """The sum over all paths from a to z of the products of the entries on them, path by path."""
    found = 0.0
    for k in range(z - a):
        for between in combinations(range(a + 1, z), k):
            stops = (a, *between, z)
            found += prod(M[c][b] for b, c in zip(stops, stops[1:]))
    return found + (a == z)


WALK = [[0, 0, 0, 0], [-1, 0, 0, 0], [1, 0, 0, 0], [0, -4, -1, 0]]
GRAPHS = [(graph_of(f, x),) for f, x in SHARED[:5]] + [(WALK,)]


def nodes_of_the_walk(t, stop, d=0.0):
    """z when the node `stop` of the walk's small steps is moved by d and everything after it follows."""
    step = lambda name, value: value + d if name == stop else value  # noqa: E731
    t = step("t", t)
    x, s = step("x", 3 - t), step("s", t * t)
    y, p = step("y", s / 2), step("p", x * x)
    q, r = step("q", 10 - p), step("r", y * y)
    return q - r


def bar_of(stop, t=1.0):
    return slope(lambda d: nodes_of_the_walk(t, stop, d), 0)


def dots_of_the_walk(t=1.0):
    t = complex(t, H)
    x, s = 3 - t, t * t
    y, p = s / 2, x * x
    q, r = 10 - p, y * y
    return [v.imag / H for v in (x, s, y, p, q, r, q - r)]


def terrace_bars(x):
    u = x * x
    return [1, slope(lambda v: u * v, 3 + u), slope(lambda u: u * (3 + u), u), slope(tiles, x)]


def doubled(n):
    x = u = cr.Var(1.0)
    for _ in range(n):
        u = u + u
    return cr.count_paths(u, x), sum(len(node.parents) for node in cr.topological_order(u))


EQUATIONS = [
    Equation(
        SEVEN, "walk-bars",
        r"\begin{aligned} \bar r &= \bar z \cdot (-1) = -1, \\ \bar q &= \bar z \cdot 1 = 1, \\ \bar p &= \bar q \cdot"
        r" (-1) = -1, \\ \bar y &= \bar r \cdot 1 = -1, \\ \bar s &= \bar y \cdot \tfrac12 = -\tfrac12, \\ \bar x &= \bar"
        r" p \cdot 4 = -4, \end{aligned}",
        left=lambda *names: [bar_of(name) for name in names],
        right=lambda *names: (1 * -1, 1 * 1, 1 * -1, -1 * 1, -1 * 1 / 2, -1 * 4),
        wrong=lambda *names: (1 * -1, 1 * 1, -1, 1, 1 / 2, 4),  # the slopes without the consumer's bar
        at=[tuple("rqpysx")],
    ),
    Equation(
        SEVEN, "walk-root",
        r"\begin{aligned} \bar t &= \bar x \cdot (-1) + \bar s \cdot 2 \\ &= 4 - 1 = 3 . \end{aligned}",
        left=lambda t: [slope(walk, t), slope(walk, t), bar_of("t", t)],
        right=lambda t: (-4 * -1 + -0.5 * 2, 4 - 1, 3),
        wrong=lambda t: (-4 * -1, 4, 4),  # overwritten
        at=[(1.0,)],
    ),
    Equation(
        SEVEN, "accumulate",
        r"\bar a = \sum_{c} \bar c\,\frac{\partial c}{\partial a}",
        left=lambda f, x: slope(f, x),
        right=by_sweep,
        wrong=lambda f, x: by_sweep(f, x, once_a_pair=True),  # parents kept as a set
        at=SHARED,
    ),
    Equation(
        SEVEN, "terrace",
        r"\begin{aligned} u &= x \cdot x, \\ v &= 3 + u, \\ z &= u \cdot v . \end{aligned}",
        left=lambda x, u, v, z: (u, v, z),  # the numbers of the text
        right=lambda x, u, v, z: (x * x, 3 + x * x, tiles(x)),
        wrong=lambda x, u, v, z: (x * x, 3 + x * x, x * (3 + x * x)),
        at=[(2, 4, 7, 28)],
    ),
    Equation(
        SEVEN, "terrace-bars",
        r"\begin{aligned} \bar z &= 1, \\ \bar v &= \bar z \cdot u = 4, \\ \bar u &= \bar z \cdot v + \bar v \cdot 1 = 7"
        r" + 4 = 11, \\ \bar x &= \bar u \cdot x + \bar u \cdot x = 22 + 22 = 44 . \end{aligned}",
        left=terrace_bars,
        right=lambda x: (1, 4, 7 + 4, 11 * 2 + 11 * 2),
        wrong=lambda x: (1, 4, 4, 4 * 2),  # overwritten
        at=[(2.0,)],
    ),
    Equation(
        SEVEN, "path-sum",
        r"\frac{dz}{dx} = \sum_{\text{paths}}\ \prod_{\text{edges}} \frac{\partial c}{\partial a}",
        left=lambda f, x: slope(f, x),
        right=by_paths,
        wrong=lambda f, x: by_paths(f, x, times_=sum),  # the edges of a path added
        at=SHARED,
    ),
    Equation(
        SEVEN, "paths-double",
        r"\text{paths} = 2^n, \qquad \text{edges} = 2n .",
        left=doubled,
        right=lambda n: (2**n, 2 * n),
        wrong=lambda n: (n**2, 2 * n),
        at=[(3,), (10,), (50,)],
    ),
    Equation(
        SEVEN, "walk-matrix",
        r"M = \begin{pmatrix} 0 & 0 & 0 & 0 \\ -1 & 0 & 0 & 0 \\ 1 & 0 & 0 & 0 \\ 0 & -4 & -1 & 0 \end{pmatrix}",
        left=lambda t: [slope(east, t), slope(north, t), slope(lambda x: hill(x, north(t)), east(t)), slope(lambda y: hill(east(t), y), north(t))],
        right=lambda t: (WALK[1][0], WALK[2][0], WALK[3][1], WALK[3][2]),
        wrong=lambda t: (WALK[2][0], WALK[1][0], WALK[3][2], WALK[3][1]),
        at=[(1.0,)],
    ),
    Equation(
        SEVEN, "walk-inverse",
        r"\begin{aligned} & I + M + M^2 \\[2pt] & \quad = \begin{pmatrix} 1 & 0 & 0 & 0 \\ -1 & 1 & 0 & 0 \\ 1 & 0 & 1 &"
        r" 0 \\ 3 & -4 & -1 & 1 \end{pmatrix} \end{aligned}",
        left=lambda S: flat(power_sum(WALK, 3), unit(4)),
        right=lambda S: flat(S, times(plus(unit(4), WALK, -1), S)),  # and it is the inverse of I - M
        wrong=lambda S: flat(power_sum(WALK, 2), times(plus(unit(4), WALK, -1), power_sum(WALK, 2))),
        at=[([[1, 0, 0, 0], [-1, 1, 0, 0], [1, 0, 1, 0], [3, -4, -1, 1]],)],
    ),
    Equation(
        SEVEN, "nilpotent",
        r"M^K = 0 .",
        left=lambda M: [0.0] * len(M) ** 2,
        right=lambda M: flat(plus(power_sum(M, len(M) + 1), power_sum(M, len(M)), -1)),
        wrong=lambda M: flat(plus(power_sum(M, 2), power_sum(M, 1), -1)),
        at=GRAPHS,
    ),
    Equation(
        SEVEN, "neumann",
        r"\begin{aligned} & (I - M)(I + M + \dots + M^{K-1}) \\ & \quad = I - M^K = I . \end{aligned}",
        left=lambda M: flat(unit(len(M))),
        right=lambda M: flat(times(plus(unit(len(M)), M, -1), power_sum(M, len(M)))),
        wrong=lambda M: flat(times(plus(unit(len(M)), M), power_sum(M, len(M)))),
        at=GRAPHS,
    ),
    Equation(
        SEVEN, "row-equation",
        r"S_{za} = [a = z] + \sum_c S_{zc}\,M_{ca} .",
        left=lambda M: [listed(M, a, len(M) - 1) for a in range(len(M))],  # path by path
        right=lambda M: [(a == len(M) - 1) + along([power_sum(M, len(M))[-1]], [[row[a] for row in M]])[0] for a in range(len(M))],
        wrong=lambda M: [(a == len(M) - 1) + along([power_sum(M, len(M))[-1]], [M[a]])[0] for a in range(len(M))],
        at=GRAPHS,
    ),
    Equation(
        SEVEN, "push-sum",
        r"\dot c = \sum_{b} \frac{\partial c}{\partial b}\,\dot b ,",
        left=lambda f, gs, x, w: slope(lambda s: through(f, gs, [a + s * b for a, b in zip(x, w)]), 0),
        right=lambda f, gs, x, w: sum(
            bar * cr.jvp(g, tuple(x), tuple(w))[1] for bar, g in zip(cr.grad(f, (0, 1, 2))(*(g(*x) for g in gs)), gs)
        ),
        wrong=lambda f, gs, x, w: sum(cr.jvp(g, tuple(x), tuple(w))[1] for g in gs),
        at=[(power, DESK, (1.0, 2.0), (1.0, 3.0)), (power, DESK, (-0.4, 1.3), (0.2, -1.0))],
    ),
    Equation(
        SEVEN, "walk-dots",
        r"\begin{aligned} \dot x &= -1 \cdot 1 = -1, \\ \dot s &= 2 \cdot 1 = 2, \\ \dot y &= \tfrac12 \cdot 2 = 1, \\"
        r" \dot p &= 4 \cdot (-1) = -4, \\ \dot q &= -1 \cdot (-4) = 4, \\ \dot r &= 1 \cdot 1 = 1, \end{aligned}",
        left=lambda z: dots_of_the_walk(),
        right=lambda z: (-1 * 1, 2 * 1, 1 / 2 * 2, 4 * -1, -1 * -4, 1 * 1, z),
        wrong=lambda z: (-1 * 1, 2 * 1, 1 / 2 * 2, 4 * -1, -1, 1 * 1, z),
        at=[(1 * 4 + -1 * 1,)],
    ),
]  # fmt: skip
