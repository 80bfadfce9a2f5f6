"""Chapter 13: second order. Left sides are differences of complex-step slopes, of a gradient or of a height."""

import numpy as np
from equation import Equation, bend, slope

import chainrule_lib as cr

PAGE = "13-second-order"
OUTER = [lambda u: u**3, cr.sin, lambda u: cr.exp(u / 2)]
INNER = [lambda t: t * t + 2, lambda t: cr.sin(t) + 2, lambda t: t**3 - t]
PAIRS = [(f, g, t) for f in OUTER for g in INNER for t in (-0.7, 0.4, 1.3)]
PLACES = [([1.0, 2.0], [1.0, -1.0]), ([-0.4, 1.3], [0.3, 2.0]), ([2.0, -1.1], [-1.0, 0.4])]  # w and v


def net(w):
    return (w[0] * w[1] - 3) ** 2 / 2


def hills(w):
    return w[0] ** 2 * w[1] + w[1] ** 3 + cr.sin(w[0] * w[1])


WALKS = [(L, w, v) for L in (net, hills) for w, v in PLACES]
COMPOSED = [  # f of several u, the functions g_i, w
    (lambda u: (u[0] - 3) ** 2 / 2, [lambda w: w[0] * w[1]], [1.0, 2.0]),
    (lambda u: u[0] ** 2 * u[1] + cr.sin(u[1]), [lambda w: w[0] * w[1], lambda w: w[0] ** 3 - w[1] ** 2], [0.7, -1.2]),
]
RNG = np.random.default_rng(13)
X = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
DATA = [  # X, y, w, v
    (X, np.array([1, 1, 0]), np.zeros(2), np.array([2.0, -1.0])),
    (RNG.normal(size=(5, 3)), np.array([0, 1, 1, 0, 1]), RNG.normal(size=3), RNG.normal(size=3)),
]


def moved(w, v, e):
    return [a + e * b for a, b in zip(w, v)]


def gradient(f, w):
    """By complex step."""
    return np.array([slope(lambda s: f([s if k == i else a for k, a in enumerate(w)]), w[i]) for i in range(len(w))])  # noqa: B023


def change(f, w, v, h=1e-3):
    """How fast the gradient changes along v: central differences, extrapolated to an error of order h^4."""
    one, two = ((gradient(f, moved(w, v, s)) - gradient(f, moved(w, v, -s))) / (2 * s) for s in (h, 2 * h))
    return ((4 * one - two) / 3).tolist()


def table(f, w):
    """The Hessian, column by column."""
    return np.array([change(f, w, v) for v in np.eye(len(w)).tolist()]).T


def listed(*arrays):
    return np.concatenate([np.ravel(a) for a in arrays]).tolist()


def composed(f, gs, w, bends=1):
    u = [g(w) for g in gs]
    J = np.array([cr.grad(g)(w) for g in gs])
    inner = sum(slope * np.array(cr.hessian(g)(w)) for slope, g in zip(cr.grad(f)(u), gs))
    return listed(J.T @ np.array(cr.hessian(f)(u)) @ J + bends * inner)


def fades(error):
    """Does an error go to zero with its step, in proportion to it?"""
    sizes = [abs(error(10.0**-k)) for k in (1, 2, 3)]
    return all(b <= 0.2 * a for a, b in zip(sizes, sizes[1:]))


def remainder(L, w, v, e, half=0.5):
    """What the bent forecast leaves over, in units of e^2."""
    g, Hv = cr.grad(L)(w), cr.hvp(L, w, v)
    return (L(moved(w, v, e)) - L(w) - e * np.dot(g, v) - half * e * e * np.dot(v, Hv)) / e**2


def logistic(X, y):
    """The loss as a function of a list of weights, that complex steps can pass."""

    def L(w):
        z = [sum(a * b for a, b in zip(row, w)) for row in X]
        p = [cr.sigmoid(s) if not isinstance(s, complex) else 1 / (1 + np.exp(-s)) for s in z]
        log = np.log
        return sum(-t * log(q) - (1 - t) * log(1 - q) for t, q in zip(y, p)) / len(y)

    return L


def chances(X, w):
    return 1 / (1 + np.exp(-X @ w))


def after_newton(w, sign=-1):
    """The gradient of the forecast where the step d leads: zero, if H d = -g."""
    g, table = np.array(cr.grad(net)(w)), np.array(cr.hessian(net)(w))
    d = np.linalg.solve(table, sign * g)
    return listed(g + table @ d)


def at_the_pass(w_1, w_2, v):
    return (cr.grad(net)([0.0, 0.0]), np.dot(v, cr.hvp(net, [0.0, 0.0], v)))


def logistic_curvature(X, w, v, power):
    p = chances(X, w)
    mean = float(np.mean(p * (1 - p) * (X @ v) ** power))
    return mean, mean >= 0


def fading_rest(w, v):
    def epsilon(e):
        return 2 * (net(moved(w, v, e)) - net(w)) / e**2 - float(np.dot(v, cr.hvp(net, w, list(map(float, v)))))

    return fades(epsilon)


EQUATIONS = [
    Equation(
        PAGE, "slope-as-product",
        r"\begin{aligned} \frac{dz}{dt} &= p\,q, \\ p &= f'(u), \quad q = g'(t) . \end{aligned}",
        left=lambda f, g, t: slope(lambda s: f(g(s)), t),
        right=lambda f, g, t: cr.grad(f)(g(t)) * cr.grad(g)(t),
        wrong=lambda f, g, t: cr.grad(f)(t) * cr.grad(g)(t),
        at=PAIRS,
    ),
    Equation(
        PAGE, "second-chain",
        r"\begin{aligned} \frac{d^2z}{dt^2} = {}& f''\bigl(g(t)\bigr)\,g'(t)^2 \\ & {} + f'\bigl(g(t)\bigr)\,g''(t) . "
        r"\end{aligned}",
        left=lambda f, g, t: bend(lambda s: f(g(s)), t),
        right=lambda f, g, t: cr.grad(cr.grad(f))(g(t)) * cr.grad(g)(t) ** 2 + cr.grad(f)(g(t)) * cr.grad(cr.grad(g))(t),
        wrong=lambda f, g, t: cr.grad(cr.grad(f))(g(t)) * cr.grad(g)(t) + cr.grad(f)(g(t)) * cr.grad(cr.grad(g))(t),
        at=PAIRS, rtol=1e-7,
    ),
    Equation(
        PAGE, "cube-second",
        r"\begin{aligned} \frac{d^2z}{dt^2} &= 18 \cdot 2^2 + 27 \cdot 2 \\ &= 72 + 54 = 126 . \end{aligned}",
        left=lambda t: [bend(lambda s: (s * s + 2) ** 3, t)] * 3,
        right=lambda t: (18 * 2**2 + 27 * 2, 72 + 54, 126),
        wrong=lambda t: (18 * 2 + 27 * 2, 36 + 54, 90),
        at=[(1.0,)], rtol=1e-7,
    ),
    Equation(
        PAGE, "two-weight-net", r"u = w_1 w_2, \qquad L = \tfrac12 (u - 3)^2 .",
        left=lambda w, u, L: (u, L),  # the numbers of the text
        right=lambda w, u, L: (w[0] * w[1], net(w)),
        wrong=lambda w, u, L: (w[0] + w[1], net(w)),
        at=[((1, 2), 2, 0.5), ((1.1, 1.9), 2.09, 0.41405), ((0, 0), 0, 4.5)],
    ),
    Equation(
        PAGE, "net-gradient",
        r"\begin{aligned} \frac{\partial L}{\partial w_1} &= (u - 3)\,w_2 = -2, \\[2pt] \frac{\partial L}{\partial w_2} "
        r"&= (u - 3)\,w_1 = -1 . \end{aligned}",
        left=lambda w: gradient(net, w).tolist() + gradient(net, [1.0, 2.0]).tolist(),
        right=lambda w: ((w[0] * w[1] - 3) * w[1], (w[0] * w[1] - 3) * w[0], -2, -1),
        wrong=lambda w: ((w[0] * w[1] - 3) * w[0], (w[0] * w[1] - 3) * w[1], -1, -2),
        at=[(w,) for w, _ in PLACES],
    ),
    Equation(
        PAGE, "net-hessian",
        r"\begin{aligned} H &= \begin{pmatrix} w_2^2 & 2u - 3 \\ 2u - 3 & w_1^2 \end{pmatrix} \\[4pt] &= \begin{pmatrix} "
        r"4 & 1 \\ 1 & 1 \end{pmatrix} . \end{aligned}",
        left=lambda w: listed(table(net, w), table(net, [1.0, 2.0])),
        right=lambda w: (w[1] ** 2, 2 * w[0] * w[1] - 3, 2 * w[0] * w[1] - 3, w[0] ** 2, 4, 1, 1, 1),
        wrong=lambda w: (w[1] ** 2, w[0] * w[1], w[0] * w[1], w[0] ** 2, 4, 2, 2, 1),  # the open road is lost
        at=[(w,) for w, _ in PLACES], rtol=1e-7,
    ),
    Equation(
        PAGE, "hessian",
        r"H_{ij} = \frac{\partial}{\partial w_j}\,\frac{\partial L}{\partial w_i} = \frac{\partial^2 L}{\partial "
        r"w_i\,\partial w_j} .",
        left=lambda L, w, v: listed(table(L, w), table(L, w)),
        right=lambda L, w, v: listed(cr.hessian(L)(w), np.array(cr.hessian(L)(w)).T),
        wrong=lambda L, w, v: listed(np.outer(cr.grad(L)(w), cr.grad(L)(w)), cr.hessian(L)(w)),
        at=WALKS, rtol=1e-7,
    ),
    Equation(
        PAGE, "hessian-chain",
        r"H = J_g^{\mathsf T}\, H_f\, J_g + \sum_{i=1}^{m} \frac{\partial f}{\partial u_i}\, H_{g_i} .",
        left=lambda f, gs, w: listed(table(lambda w: f([g(w) for g in gs]), w)),
        right=lambda f, gs, w: composed(f, gs, w),
        wrong=lambda f, gs, w: composed(f, gs, w, bends=0),
        at=COMPOSED, rtol=1e-7,
    ),
    Equation(
        PAGE, "net-hessian-parts",
        r"\begin{aligned} H &= \begin{pmatrix} 2 \\ 1 \end{pmatrix} 1 \begin{pmatrix} 2 & 1 \end{pmatrix} - 1 "
        r"\begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix} \\[4pt] &= \begin{pmatrix} 4 & 2 \\ 2 & 1 \end{pmatrix} - "
        r"\begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix} \\[4pt] &= \begin{pmatrix} 4 & 1 \\ 1 & 1 \end{pmatrix} . "
        r"\end{aligned}",
        left=lambda w: listed(table(net, w)) * 3,
        right=lambda w: listed(np.outer([2, 1], [2, 1]) - np.array([[0, 1], [1, 0]]), [4 - 0, 2 - 1, 2 - 1, 1 - 0], [4, 1, 1, 1]),
        wrong=lambda w: listed(np.outer([2, 1], [2, 1]) + np.array([[0, 1], [1, 0]]), [4 + 0, 2 + 1, 2 + 1, 1 + 0], [4, 3, 3, 1]),
        at=[([1.0, 2.0],)], rtol=1e-7,
    ),
    Equation(
        PAGE, "hvp", r"H v = \frac{d}{de}\; g(w + e v)\;\Big|_{e = 0} .",
        left=lambda L, w, v: listed(np.array(cr.hessian(L)(w)) @ v, cr.hvp(L, w, v)),
        right=lambda L, w, v: change(L, w, v) * 2,
        wrong=lambda L, w, v: change(L, v, w) * 2,  # the point and the direction exchanged
        at=WALKS, rtol=1e-7,
    ),
    Equation(
        PAGE, "gradient-along",
        r"\begin{aligned} g_1 &= (-1 + e - e^2)(2 - e) \\ &= -2 + 3e - 3e^2 + e^3, \\[2pt] g_2 &= (-1 + e - e^2)(1 + e) "
        r"\\ &= -1 + 0\,e + 0\,e^2 - e^3 . \end{aligned}",
        left=lambda e: [cr.grad(net)([1 + e, 2 - e])[0]] * 2 + [cr.grad(net)([1 + e, 2 - e])[1]] * 2,
        right=lambda e: (
            (-1 + e - e**2) * (2 - e), -2 + 3 * e - 3 * e**2 + e**3, (-1 + e - e**2) * (1 + e), -1 + 0 * e + 0 * e**2 - e**3,
        ),
        wrong=lambda e: (
            (-1 + e) * (2 - e), -2 + 3 * e - e**2, (-1 + e) * (1 + e), -1 + e**2,
        ),
        at=[(0.0,), (0.3,), (-1.2,)],
    ),
    Equation(
        PAGE, "curvature", r"\frac{d^2}{de^2}\, L(w + e v)\,\Big|_{e = 0} = v \cdot H v .",
        left=lambda L, w, v: bend(lambda e: L(moved(w, v, e)), 0.0),
        right=lambda L, w, v: float(np.dot(v, cr.hvp(L, w, v))),
        wrong=lambda L, w, v: float(sum(cr.hvp(L, w, v))),
        at=WALKS, rtol=1e-6,
    ),
    Equation(
        PAGE, "taylor-two",
        r"\begin{aligned} L(w + e v) \approx {}& L(w) + e\; g \cdot v \\ & {} + \tfrac12\, e^2\; v \cdot H v . "
        r"\end{aligned}",
        left=lambda L, w, v: True,  # the error, in units of e^2, fades with e
        right=lambda L, w, v: fades(lambda e: remainder(L, w, v, e)),
        wrong=lambda L, w, v: fades(lambda e: remainder(L, w, v, e, half=1.0)),
        at=WALKS,
    ),
    Equation(
        PAGE, "logistic-gradient", r"g = \frac1N\, X^{\mathsf T}(p - y) .",
        left=lambda X, y, w, v: gradient(logistic(X, y), w.tolist()).tolist(),
        right=lambda X, y, w, v: listed(X.T @ (chances(X, w) - y) / len(y)),
        wrong=lambda X, y, w, v: listed(X.T @ (y - chances(X, w)) / len(y)),
        at=DATA,
    ),
    Equation(
        PAGE, "logistic-hvp", r"H v = \frac1N\, X^{\mathsf T} \bigl( p * (1 - p) * X v \bigr) .",
        left=lambda X, y, w, v: change(logistic(X, y), w.tolist(), v.tolist()),
        right=lambda X, y, w, v: listed(X.T @ (chances(X, w) * (1 - chances(X, w)) * (X @ v)) / len(y)),
        wrong=lambda X, y, w, v: listed(X.T @ ((chances(X, w) - y) * (X @ v)) / len(y)),
        at=DATA, rtol=1e-7,
    ),
    Equation(
        PAGE, "logistic-curvature",
        r"\begin{aligned} v \cdot H v &= \frac1N \sum_n s_n\,(X_n v)^2 \ge 0, \\ s_n &= p_n\,(1 - p_n) . \end{aligned}",
        left=lambda X, y, w, v: (float(v @ np.array(change(logistic(X, y), w.tolist(), v.tolist()))), True),
        right=lambda X, y, w, v: logistic_curvature(X, w, v, 2),
        wrong=lambda X, y, w, v: logistic_curvature(X, w, v, 1),  # without the square
        at=DATA, rtol=1e-7,
    ),
    Equation(
        PAGE, "newton-step", r"H d = -g .",
        left=lambda w: (0, 0),  # the gradient of the forecast at its lowest point
        right=lambda w: after_newton(w),
        wrong=lambda w: after_newton(w, sign=1),
        at=[([1.0, 2.0],), ([-0.4, 1.3],)],
    ),
    Equation(
        PAGE, "saddle",
        r"\begin{aligned} H &= \begin{pmatrix} 0 & -3 \\ -3 & 0 \end{pmatrix}, \\[4pt] v \cdot H v &= -6\, v_1 v_2 . "
        r"\end{aligned}",
        left=lambda v: listed(table(net, [0.0, 0.0]), bend(lambda e: net(moved([0.0, 0.0], v, e)), 0.0)),
        right=lambda v: (0, -3, -3, 0, -6 * v[0] * v[1]),
        wrong=lambda v: (0, -3, -3, 0, 6 * v[0] * v[1]),
        at=[((1, -1),), ((1, 1),), ((2, 0.5),)], rtol=1e-6,
    ),
    Equation(
        PAGE, "test-remainder",
        r"\begin{aligned} & L(w + e v) - L(w) \\ & \quad = \tfrac12\, e^2 ( v \cdot H v + \varepsilon ), \end{aligned}",
        left=lambda v: True,  # epsilon fades with e, where the gradient is zero: at the pass and at the bottom
        right=lambda v: fading_rest([0.0, 0.0], v) and fading_rest([1.5, 2.0], v),
        wrong=lambda v: fading_rest([0.0, 0.0], v) and fading_rest([1.0, 2.0], v),  # there it is not
        at=[((1, -1),), ((1, 0.5),)],
    ),
]  # fmt: skip
