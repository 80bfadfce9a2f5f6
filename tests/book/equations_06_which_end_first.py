"""Chapter 6: which end first."""

import math
from itertools import pairwise

from equation import Equation, slope
from equations_01_to_05 import along, desk, jacobian_by_steps, listeners, times

import chainrule_lib as cr

SIX = "06-which-end-first"
OUTER, INNER = [[6, 4, -2], [1, -1, 2]], [[3, 0], [2, 1], [2, -1]]  # J_f and J_g at the faders (1, 2)

# Chains of functions from lists to lists, input first, with a point, a row v and a column w.
CHAINS = [
    ([desk, listeners], [1.0, 2.0], [2.0, 1.0], [1.0, 3.0]),
    ([desk, listeners, lambda z: [z[0] * z[1], cr.sin(z[1]), z[0] / 5]], [0.4, -0.7], [1.5, -2.0, 0.3], [0.6, -1.1]),
    ([lambda x: [cr.exp(x[0] / 2) * x[1], x[1] ** 2 - x[0]], lambda u: [u[0] * u[1] ** 2, u[0] - u[1]]], [0.3, 1.2], [0.7, -1.3], [2.0, 0.5]),
]  # fmt: skip


def whole(steps, x):
    for g in steps:
        x = g(x)
    return x


def factors(steps, x):
    """The Jacobians J_1, J_2, ... of a chain, each at its own place."""
    found = []
    for g in steps:
        found.append(cr.jacobian(g)(x))
        x = g(x)
    return found


def pulled(steps, x, v):
    for J in reversed(factors(steps, x)):
        v = along([v], zip(*J))
    return v


def pushed(steps, x, w):
    for J in factors(steps, x):
        w = along(J, [w])
    return w


def speeds(steps, x, w):
    """d/ds of the outputs at x + s w, by complex step."""
    return [slope(lambda s: whole(steps, [a + s * b for a, b in zip(x, w)])[i], 0) for i in range(len(whole(steps, x)))]  # noqa: B023


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


class Tally:
    """A zero or one that counts how often it is multiplied."""

    count = 0

    def __mul__(self, other):
        Tally.count += 1
        return self

    def __add__(self, other):
        return self

    __radd__ = __add__


def work(*shapes, from_left=True):
    """Multiplications, really made, of a product of matrices of the given shapes, one bracket after the other."""
    matrices = [[[Tally() for _ in range(c)] for _ in range(r)] for r, c in shapes]
    Tally.count = 0
    while len(matrices) > 1:
        k = 0 if from_left else len(matrices) - 2
        matrices[k : k + 2] = [times(matrices[k], matrices[k + 1])]
    return Tally.count


def layers(w_1, w_2, x=2.0):
    return (w_2 * (w_1 * x) - 5) ** 2


def layer_bars(w_1, w_2, x, upstream=True):
    u_1 = w_1 * x
    u_2 = w_2 * u_1
    u_2_bar = 2 * (u_2 - 5)
    u_1_bar = u_2_bar * w_2 if upstream else w_2
    return u_1_bar * x, u_2_bar * u_1


# Programs for the cheap gradient: rows (operation, arguments); inputs are 0..n-1, each row appends one value.
UNARY = {"sin": (math.sin, math.cos, 1), "exp": (math.exp, math.exp, 0), "tanh": (math.tanh, lambda a: 1 - math.tanh(a) ** 2, 2)}


def program(n):
    """n inputs: all the kinds of step, every input used."""
    rows, last = [], 0
    for j in range(1, n):
        kind = ("*", "+", "/", "-")[j % 4]
        rows += [(("sin", "exp", "tanh")[j % 3], (j,)), (kind, (last, n + len(rows)))]
        last = n + len(rows) - 1
    return rows


def run(rows, x):
    values = list(x)
    for kind, at in rows:
        a, b = values[at[0]], values[at[-1]]
        values.append(UNARY[kind][0](a) if kind in UNARY else {"+": a + b, "-": a - b, "*": a * b, "/": a / b}[kind])
    return values


def pull(rows, x):
    """All slopes of the last value, and the operations of the way back, as the proof counts them."""
    values, operations = run(rows, x), 0
    bar = [0.0] * (len(values) - 1) + [1.0]
    for kind, at in reversed(rows):
        c, c_bar = values[len(bar) - 1], bar.pop()
        a, b = values[at[0]], values[at[-1]]
        if kind in UNARY:
            bar[at[0]] += c_bar * UNARY[kind][1](a)
            operations += UNARY[kind][2] + 2
        elif kind in "+-":
            bar[at[0]] += c_bar
            bar[at[1]] += c_bar if kind == "+" else -c_bar
            operations += 2
        else:
            s = c_bar / b if kind == "/" else c_bar * b
            bar[at[0]] += s
            bar[at[1]] += -s * c if kind == "/" else c_bar * a
            operations += 4
    return bar, operations


def cheap(n, operations=lambda rows, n: pull(rows, [0.5] * n)[1] + len(rows)):
    """Is the value with all slopes at most five times the value, and are the slopes right?"""
    rows, x = program(n), [0.5 + 0.01 * j for j in range(n)]
    h, j = 1e-6, n // 2
    up, down = (run(rows, [a + d * (i == j) for i, a in enumerate(x)])[-1] for d in (h, -h))
    right = math.isclose(pull(rows, x)[0][j], (up - down) / (2 * h), rel_tol=1e-6, abs_tol=1e-8)
    return right and operations(rows, n) <= 5 * len(rows)


EQUATIONS = [
    Equation(
        SIX, "from-the-left",
        r"\begin{aligned} & v^{\mathsf T} J_f \\ & \quad = \begin{pmatrix} 2 & 1 \end{pmatrix} \begin{pmatrix} 6 & 4 & -2"
        r" \\ 1 & -1 & 2 \end{pmatrix} \\[2pt] & \quad = \begin{pmatrix} 13 & 7 & -2 \end{pmatrix}, \\[6pt] & v^{\mathsf"
        r" T} J_f\,J_g \\ & \quad = \begin{pmatrix} 13 & 7 & -2 \end{pmatrix} \begin{pmatrix} 3 & 0 \\ 2 & 1 \\ 2 & -1"
        r" \end{pmatrix} \\[2pt] & \quad = \begin{pmatrix} 49 & 9 \end{pmatrix} . \end{aligned}",
        left=lambda x, v: along([v], zip(*jacobian_by_steps(listeners, desk(x)))) + along([v], zip(*jacobian_by_steps(lambda a: listeners(desk(a)), x))),
        right=lambda x, v: (13, 7, -2, *along([[13, 7, -2]], zip(*INNER))),
        wrong=lambda x, v: (13, 7, -2, *along([[13, 7]], INNER[:2])),
        at=[([1, 2], [2, 1])],
    ),
    Equation(
        SIX, "from-the-right",
        r"\begin{aligned} v^{\mathsf T}(J_f\,J_g) &= \begin{pmatrix} 2 & 1 \end{pmatrix} \begin{pmatrix} 22 & 6 \\ 5 & -3"
        r" \end{pmatrix} \\[2pt] &= \begin{pmatrix} 49 & 9 \end{pmatrix} . \end{aligned}",
        left=lambda v: along([v], zip(*times(OUTER, INNER))) * 2,
        right=lambda v: (*along([v], zip(*[[22, 6], [5, -3]])), 49, 9),
        wrong=lambda v: (*along([v], [[22, 6], [5, -3]]), 50, 7),  # the matrix transposed
        at=[([2, 1],)],
    ),
    Equation(
        SIX, "vjp",
        r"\bar u_{l-1}^{\mathsf T} = \bar u_l^{\mathsf T} J_l, \qquad l = L, \dots, 1 .",
        left=lambda steps, x, v, w: along([v], zip(*jacobian_by_steps(lambda a: whole(steps, a), x))),
        right=lambda steps, x, v, w: pulled(steps, x, v),
        wrong=lambda steps, x, v, w: pulled(steps, x, [1.0] * len(v)),  # the row is left out
        at=CHAINS,
    ),
    Equation(
        SIX, "push-numbers",
        r"\begin{aligned} & J_g\,w \\ & \quad = \begin{pmatrix} 3 & 0 \\ 2 & 1 \\ 2 & -1 \end{pmatrix} \begin{pmatrix} 1"
        r" \\ 3 \end{pmatrix} = \begin{pmatrix} 3 \\ 5 \\ -1 \end{pmatrix}, \\[6pt] & J_f\,(J_g\,w) \\ & \quad ="
        r" \begin{pmatrix} 6 & 4 & -2 \\ 1 & -1 & 2 \end{pmatrix} \begin{pmatrix} 3 \\ 5 \\ -1 \end{pmatrix} \\[2pt] &"
        r" \quad = \begin{pmatrix} 40 \\ -4 \end{pmatrix} . \end{aligned}",
        left=lambda x, w: speeds([desk], x, w) + speeds([desk, listeners], x, w) * 2,
        right=lambda x, w: [*along(INNER, [w]), *along(OUTER, [[3, 5, -1]]), 40, -4],
        wrong=lambda x, w: [*along(INNER, [w[::-1]]), *along(OUTER, [[9, 7, 5]]), 72, 12],
        at=[([1, 2], [1, 3])],
    ),
    Equation(
        SIX, "jvp",
        r"\dot u_l = J_l\,\dot u_{l-1}, \qquad l = 1, \dots, L .",
        left=lambda steps, x, v, w: speeds(steps, x, w),
        right=lambda steps, x, v, w: pushed(steps, x, w),
        wrong=lambda steps, x, v, w: pushed(steps, x, w[::-1]),
        at=CHAINS,
    ),
    Equation(
        SIX, "adjoint",
        r"\langle v,\, J\,w \rangle = \langle J^{\mathsf T} v,\, w \rangle",
        left=lambda steps, x, v, w: dot(v, speeds(steps, x, w)),
        right=lambda steps, x, v, w: dot(cr.vjp(lambda a: whole(steps, a), x)[1](v)[0], w),
        wrong=lambda steps, x, v, w: dot(cr.vjp(lambda a: whole(steps, a), x)[1](v)[0], w[::-1]),
        at=CHAINS,
    ),
    Equation(
        SIX, "product-cost",
        r"\text{work} = p \cdot q \cdot r \text{ multiplications.}",
        left=lambda p, q, r: work((p, q), (q, r)),
        right=lambda p, q, r: p * q * r,
        wrong=lambda p, q, r: p * r,
        at=[(2, 3, 2), (1, 7, 4), (5, 3, 1)],
    ),
    Equation(
        SIX, "two-works",
        r"\begin{aligned} & (J_3 J_2)\,J_1: \\ & \quad 1 \cdot 100 \cdot 500 + 1 \cdot 500 \cdot 1000 \\ & \quad ="
        r" 550{,}000, \\[4pt] & J_3\,(J_2 J_1): \\ & \quad 100 \cdot 500 \cdot 1000 + 1 \cdot 100 \cdot 1000 \\ & \quad ="
        r" 50{,}100{,}000 . \end{aligned}",
        left=lambda d: (  # every size but the output's divided by d and the work really done
            d**2 * work((1, 100 // d), (100 // d, 500 // d), (500 // d, 1000 // d)),
            d**3 * work((100 // d, 500 // d), (500 // d, 1000 // d)) + d**2 * work((1, 100 // d), (100 // d, 1000 // d)),
        ),
        right=lambda d: (1 * 100 * 500 + 1 * 500 * 1000, 100 * 500 * 1000 + 1 * 100 * 1000),
        wrong=lambda d: (1 * 100 * 500 + 1 * 500 * 1000, 100 * 500 + 500 * 1000),
        at=[(50,), (100,)],
    ),
    Equation(
        SIX, "one-pass",
        r"\begin{aligned} S = {}& m_1 m_0 + m_2 m_1 + \dots \\ & {} + m_L m_{L-1} . \end{aligned}",
        left=lambda *m: (work((1, m[-1]), *((b, a) for a, b in reversed(list(pairwise(m))))),
                         work(*((b, a) for a, b in reversed(list(pairwise(m)))), (m[0], 1), from_left=False)),
        right=lambda *m: (sum(a * b for a, b in pairwise(m)),) * 2,
        wrong=lambda *m: (math.prod(m),) * 2,
        at=[(8, 6, 4, 2), (3, 7, 1), (2, 5)],
    ),
    Equation(
        SIX, "all-passes",
        r"\begin{aligned} \text{by rows:} \quad & k \text{ passes}, && k \cdot S, \\ \text{by columns:} \quad & n \text{"
        r" passes}, && n \cdot S . \end{aligned}",
        left=lambda *m: (work((m[-1], m[-1]), *((b, a) for a, b in reversed(list(pairwise(m))))),  # all unit rows at once
                         work(*((b, a) for a, b in reversed(list(pairwise(m)))), (m[0], m[0]), from_left=False)),
        right=lambda *m: (m[-1] * sum(a * b for a, b in pairwise(m)), m[0] * sum(a * b for a, b in pairwise(m))),
        wrong=lambda *m: (m[0] * sum(a * b for a, b in pairwise(m)), m[-1] * sum(a * b for a, b in pairwise(m))),
        at=[(8, 6, 4, 2), (3, 7, 1), (2, 5)],
    ),
    Equation(
        SIX, "deep-chain",
        r"\begin{aligned} z &= f(u_L), \\ u_L &= g_L(u_{L-1}, W_L), \\ & \;\;\vdots \\ u_1 &= g_1(x, W_1) . \end{aligned}",
        left=lambda w_1, w_2, x, u_1, u_2, z: (u_1, u_2, z),  # the two layers of the text
        right=lambda w_1, w_2, x, u_1, u_2, z: (w_1 * x, w_2 * (w_1 * x), layers(w_1, w_2, x)),
        wrong=lambda w_1, w_2, x, u_1, u_2, z: (w_2 * x, w_1 * (w_2 * x), layers(w_2, w_1, x) + 1),
        at=[(1.5, 2, 2, 3, 6, 1)],
    ),
    Equation(
        SIX, "deep-pull",
        r"\begin{aligned} \bar u_{l-1}^{\mathsf T} &= \bar u_l^{\mathsf T}\,\frac{\partial u_l}{\partial u_{l-1}},"
        r" \\[4pt] \overline W_{\!l}^{\,\mathsf T} &= \bar u_l^{\mathsf T}\,\frac{\partial u_l}{\partial W_l} ."
        r" \end{aligned}",
        left=lambda w_1, w_2, x: (slope(lambda w: layers(w, w_2, x), w_1), slope(lambda w: layers(w_1, w, x), w_2)),
        right=layer_bars,
        wrong=lambda w_1, w_2, x: layer_bars(w_1, w_2, x, upstream=False),
        at=[(1.5, 2.0, 2.0), (0.4, -1.2, 0.7)],
    ),
    Equation(
        SIX, "deep-numbers",
        r"\begin{aligned} \bar u_2 &= 2\,(u_2 - 5) = 2, \\ \bar w_2 &= \bar u_2\,u_1 = 2 \cdot 3 = 6, \\ \bar u_1 &= \bar"
        r" u_2\,w_2 = 2 \cdot 2 = 4, \\ \bar w_1 &= \bar u_1\,x = 4 \cdot 2 = 8 . \end{aligned}",
        left=lambda w_1, w_2, x: (
            slope(lambda u: (u - 5) ** 2, w_2 * w_1 * x), slope(lambda w: layers(w_1, w, x), w_2),
            slope(lambda u: (w_2 * u - 5) ** 2, w_1 * x), slope(lambda w: layers(w, w_2, x), w_1),
        ),
        right=lambda w_1, w_2, x: (2, 2 * 3, 2 * 2, 4 * 2),
        wrong=lambda w_1, w_2, x: (2, 2 * 2, 2 * 3, 6 * 1.5),  # the own value for the slope
        at=[(1.5, 2.0, 2.0)],
    ),
    Equation(
        SIX, "program-step",
        r"\begin{aligned} & \begin{pmatrix} \bar a & \bar b & \bar c \end{pmatrix} \begin{pmatrix} 1 & 0 \\ 0 & 1 \\ b &"
        r" a \end{pmatrix} \\[4pt] & \qquad = \begin{pmatrix} \bar a + \bar c\,b & \bar b + \bar c\,a \end{pmatrix} ."
        r" \end{aligned}",
        left=lambda a, b, *bars: along([bars], zip(*jacobian_by_steps(lambda p: [p[0], p[1], p[0] * p[1]], [a, b]))),
        right=lambda a, b, a_bar, b_bar, c_bar: (a_bar + c_bar * b, b_bar + c_bar * a),
        wrong=lambda a, b, a_bar, b_bar, c_bar: (c_bar * b, c_bar * a),  # overwritten
        at=[(2.0, 5.0, 1.0, -1.0, 3.0), (-0.4, 0.7, 0.2, 1.1, -2.0)],
    ),
    Equation(
        SIX, "cheap",
        r"\text{work}(z,\ \text{all slopes}) \le 5 \cdot \text{work}(z) .",
        left=lambda n: True,
        right=cheap,
        wrong=lambda n: cheap(n, operations=lambda rows, n: (n + 1) * len(rows)),  # by differences
        at=[(6,), (20,), (60,)],
    ),
]  # fmt: skip
