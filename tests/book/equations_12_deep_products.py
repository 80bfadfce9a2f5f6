"""Chapter 12: deep products. The matrices are NumPy's; every slope on a left side is found without the chain rule."""

import math
from itertools import combinations

import numpy as np
from equation import Equation, H, slope

import chainrule_lib as cr

PAGE = "12-deep-products"
RNG = np.random.default_rng(12)
CHAINS = [([1.0, 1.0, 1.0], 0.0), ([0.7, -1.4, 2.0, 0.3], 0.9), ([1.3] * 6, -0.4)]  # weights, x_0
NETS = [([RNG.normal(size=(3, 3)) for _ in range(depth)], RNG.normal(size=3)) for depth in (1, 2, 4)]  # Jacobians, v
LAYERS = [(RNG.normal(size=(3, 2)), RNG.normal(size=3)) for _ in range(3)]  # W, a row x
BLOCKS = [(RNG.normal(size=(2, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(4, 2)), 1 + RNG.normal(size=(4, 2))) for _ in range(2)]
DROPS = [(RNG.normal(size=(3, 4)), (RNG.random((3, 4)) < keep) * 1.0, keep, 2 + RNG.normal(size=(3, 4))) for keep in (0.8, 0.6)]
COLUMNS = [([1, 3, 4, 5, 7], [1, 0, 0, 0, 2]), ([0.3, -1.2, 2.0], [1.0, -2.0, 0.5])]  # x and G
ENDS = [  # f(x, y), x, and the y at which y = f(x, y)
    (lambda x, y: x + y**2 / 4, 0.75, 1.0),
    (lambda x, y: x * cr.sin(y) / 2 + 1, 0.6, None),
]
CURVES = [  # F(x, y) with F = 0, x, and y as a function of x
    (lambda x, y: y - x - y**2 / 4, 0.75, lambda x: 2 - 2 * (1 - x) ** 0.5),
    (lambda x, y: y - x - y**2 / 4, 0.75, lambda x: 2 + 2 * (1 - x) ** 0.5),
    (lambda x, y: x**2 + y**2 - 25, 3.0, lambda x: (25 - x * x) ** 0.5),
    (lambda x, y: x * y**3 - 8, 1.7, lambda x: (8 / x) ** (1 / 3)),
]


def through(weights, x):
    """The last value of a chain of tanh layers."""
    for w in weights:
        x = cr.tanh(w * x)
    return x


def factors(weights, x, shift=0.0):
    """The factor of each layer; with a shift its slope is read off beside the place."""
    found = []
    for w in weights:
        found.append(w * (1 - math.tanh(w * x + shift) ** 2))
        x = math.tanh(w * x)
    return found


def stretched(J):
    return np.linalg.norm(J, 2)


def most(J):
    """The greatest |J v|/|v| over many directions v, for a matrix with two or three columns."""
    turns = np.linspace(0, math.pi, 721)
    if J.shape[1] == 2:
        v = np.array([np.cos(turns), np.sin(turns)])
    else:
        a, b = np.meshgrid(turns, np.linspace(0, 2 * math.pi, 1441))
        v = np.array([np.sin(a) * np.cos(b), np.sin(a) * np.sin(b), np.cos(a)]).reshape(3, -1)
    return np.linalg.norm(J @ v, axis=0).max()


def product(matrices):
    """The last one on the left."""
    whole = np.eye(len(matrices[0]))
    for J in matrices:
        whole = J @ whole
    return whole


def all_roads(Js, order=1):
    sets = (S for k in range(len(Js) + 1) for S in combinations(range(len(Js)), k))
    return sum(product([Js[k] for k in S][::order] or [np.eye(len(Js[0]))]) for S in sets)


def small(Js, c):
    """The same matrices, each with stretch c."""
    return [J * c / stretched(J) for J in Js]


def steps(f, x):
    """The gradient of a scalar function of an array, by complex step."""
    found = np.zeros(np.shape(x))
    for i in np.ndindex(found.shape):
        moved = np.array(x, dtype=complex)
        moved[i] += 1j * H
        found[i] = f(moved).imag / H
    return found


def listed(*arrays):
    return np.concatenate([np.ravel(a) for a in arrays]).tolist()


def block(W1, W2, X):
    return X + np.tanh(X @ W1) @ W2


def block_backward(W1, W2, X, G, shortcut=1):
    A = np.tanh(X @ W1)
    dZ = (G @ W2.T) * (1 - A * A)
    return listed(dZ, shortcut * G + dZ @ W1.T)


def normalised(x):
    m = sum(x) / len(x)
    v = sum((a - m) ** 2 for a in x) / len(x)
    return (x - m) / (v + 1e-3) ** 0.5


def norm_backward(x, G, spread=1):
    x, G = np.array(x, dtype=float), np.array(G, dtype=float)
    hat, s = normalised(x), math.sqrt(x.var() + 1e-3)
    return listed((G - G.mean() - spread * hat * (G * hat).mean()) / s)


def settled(f, x, layers=200):
    y = 0.0
    for _ in range(layers):
        y = f(x, y)
    return y


def road_sum(f, x, y=None, roads=200):
    y = settled(f, x) if y is None else y
    fx, fy = cr.grad(f, (0, 1))(x, y)
    return sum(fx * fy**k for k in range(roads))


def closed_form(f, x, sign=-1):
    fx, fy = cr.grad(f, (0, 1))(x, settled(f, x))
    return fx / (1 + sign * fy)


def norm_proof(J, v, r):
    """r . r in two ways, and both inequalities."""
    size = np.linalg.norm
    second = size(J @ r) * size(v) <= stretched(J) * size(r) * size(v) * (1 + 1e-12)
    return [r @ (J.T @ v), (J @ r) @ v, bool((J @ r) @ v <= size(J @ r) * size(v) * (1 + 1e-12)), bool(second)]


def layer_jacobian(W, x):
    """[output, input] of tanh(x W), by complex step."""
    return np.array([np.tanh((x + 1j * H * e) @ W).imag / H for e in np.eye(len(x))]).T


def layer_bound(W, x, weights):
    slopes = 1 - np.tanh(x @ W) ** 2
    J = np.diag(slopes) @ weights
    return listed(J) + [bool(stretched(J) <= slopes.max() * stretched(W) * (1 + 1e-12))]


def between(Js, v, low, high):
    """Is v^T (I + J_L) ... (I + J_1) as long as the bounds allow?"""
    length = np.linalg.norm(v @ product([np.eye(len(J)) + J for J in Js])) / np.linalg.norm(v)
    return bool((1 - low) ** len(Js) <= length * (1 + 1e-12)), bool(length <= (1 + high) ** len(Js) * (1 + 1e-12))


EQUATIONS = [
    Equation(
        PAGE, "deep-net", r"x_l = \varphi(w_l\,x_{l-1}), \quad l = 1, \dots, L .",
        left=lambda weights, x: through(weights, x),
        right=lambda weights, x: math.tanh(weights[-1] * through(weights[:-1], x)),
        wrong=lambda weights, x: math.tanh(weights[-1] * x),
        at=CHAINS,
    ),
    Equation(
        PAGE, "long-chain", r"\frac{dx_L}{dx_0} = \prod_{l=1}^{L} w_l\,\varphi'(w_l\,x_{l-1}) .",
        left=lambda weights, x: slope(lambda s: through(weights, s), x),
        right=lambda weights, x: math.prod(factors(weights, x)),
        wrong=lambda weights, x: math.prod(factors(weights, x)[1:]),  # a factor is lost
        at=CHAINS,
    ),
    Equation(
        PAGE, "sigmoid-slope",
        r"\begin{aligned} \sigma'(x) &= s\,(1 - s) \\ &= \tfrac14 - \bigl(s - \tfrac12\bigr)^2 \le \tfrac14 . "
        r"\end{aligned}",
        left=lambda x: (slope(cr.sigmoid, x), slope(cr.sigmoid, x), True),
        right=lambda x: (cr.sigmoid(x) * (1 - cr.sigmoid(x)), 1 / 4 - (cr.sigmoid(x) - 1 / 2) ** 2, slope(cr.sigmoid, x) <= 1 / 4),
        wrong=lambda x: (x * (1 - x), 1 / 4 + (cr.sigmoid(x) - 1 / 2) ** 2, slope(cr.sigmoid, x) <= 1 / 4),
        at=[(0.0,), (0.5,), (-2.0,), (3.0,)],
    ),
    Equation(
        PAGE, "three-layers",
        r"\begin{aligned} \frac{dx_3}{dx_0} &= 0.25 \cdot 0.2350 \cdot 0.2273 \\ &\approx 0.01335 . \end{aligned}",
        left=lambda x: [slope(lambda s: cr.sigmoid(cr.sigmoid(cr.sigmoid(s))), x)] * 2,
        right=lambda x: (0.25 * 0.2350 * 0.2273, 0.01335),
        wrong=lambda x: (0.25**3, 0.0156),
        at=[(0,)], rtol=4e-4,
    ),
    Equation(
        PAGE, "stretch", r"\lVert J \rVert = \max_{v \ne 0}\, \frac{|J v|}{|v|}",
        left=lambda J: stretched(J),
        right=most,
        wrong=lambda J: abs(np.linalg.eigvals(J)).max(),
        at=[(J,) for Js, _ in NETS[:2] for J in Js] + [(np.array([[0.5, 8], [0, 0.5]]),)], rtol=1e-4,
    ),
    Equation(
        PAGE, "norm-bound",
        r"\bigl| v^{\mathsf T} J_L \cdots J_1 \bigr| \le |v|\;\lVert J_L \rVert \cdots \lVert J_1 \rVert .",
        left=lambda Js, v: True,
        right=lambda Js, v: np.linalg.norm(v @ product(Js)) <= np.linalg.norm(v) * math.prod(map(stretched, Js)) * (1 + 1e-12),
        wrong=lambda Js, v: np.linalg.norm(v @ product(Js)) <= np.linalg.norm(v) * math.prod(abs(np.linalg.det(J)) for J in Js),
        at=[*NETS, ([np.array([[0.5, 8], [0, 0.5]])] * 3, np.array([1.0, 1.0]))],
    ),
    Equation(
        PAGE, "norm-proof",
        r"\begin{aligned} |r|^2 &= r \cdot J^{\mathsf T} v = (J r) \cdot v \\ &\le |J r|\,|v| \le \lVert J "
        r"\rVert\,|r|\,|v| . \end{aligned}",
        left=lambda J, v: [(J.T @ v) @ (J.T @ v)] * 2 + [True, True],
        right=lambda J, v: norm_proof(J, v, J.T @ v),
        wrong=lambda J, v: norm_proof(J, v, J @ v),
        at=[(J, v) for Js, v in NETS for J in Js],
    ),
    Equation(
        PAGE, "layer-bound",
        r"\begin{aligned} J_l &= \operatorname{diag}(\varphi')\, W_l^{\mathsf T}, \\ \lVert J_l \rVert &\le \max "
        r"|\varphi'| \cdot \lVert W_l \rVert . \end{aligned}",
        left=lambda W, x: listed(layer_jacobian(W, x)) + [True],
        right=lambda W, x: layer_bound(W, x, W.T),
        wrong=lambda W, x: layer_bound(W, x, 2 * W.T),
        at=LAYERS,
    ),
    Equation(
        PAGE, "norm-gap",
        r"\begin{aligned} J_1 &= \begin{pmatrix} 2 & 0 \\ 0 & \tfrac12 \end{pmatrix}, \\[4pt] J_2 &= \begin{pmatrix} "
        r"\tfrac12 & 0 \\ 0 & 2 \end{pmatrix}, \\[4pt] J_2 J_1 &= \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} . "
        r"\end{aligned}",
        left=lambda one, two: listed(one, two, two @ one) + [stretched(one), stretched(two), stretched(two @ one)],
        right=lambda one, two: [2, 0, 0, 1 / 2, 1 / 2, 0, 0, 2, 1, 0, 0, 1, 2, 2, 1],
        wrong=lambda one, two: [2, 0, 0, 1 / 2, 1 / 2, 0, 0, 2, 4, 0, 0, 4, 2, 2, 4],  # the bound for the product
        at=[(np.diag([2, 0.5]), np.diag([0.5, 2]))],
    ),
    Equation(
        PAGE, "shortcut", r"x_l = x_{l-1} + f_l(x_{l-1}) .",
        left=lambda W1, W2, X, G: listed(block(W1, 0 * W2, X), block(W1, W2, X) - block(W1, 0 * W2, X)),
        right=lambda W1, W2, X, G: listed(X, np.tanh(X @ W1) @ W2),
        wrong=lambda W1, W2, X, G: listed(0 * X, np.tanh(X @ W1) @ W2),
        at=BLOCKS,
    ),
    Equation(
        PAGE, "two-blocks",
        r"\begin{aligned} & (I + J_2)(I + J_1) \\ & \quad = I + J_1 + J_2 + J_2 J_1 . \end{aligned}",
        left=lambda one, two: listed((np.eye(2) + two) @ (np.eye(2) + one)),
        right=lambda one, two: listed(np.eye(2) + one + two + two @ one),
        wrong=lambda one, two: listed(np.eye(2) + one + two + one @ two),
        at=[(np.array([[0, 1], [0, 0]]), np.array([[0, 0], [2, 0]])), (RNG.normal(size=(2, 2)), RNG.normal(size=(2, 2)))],
    ),
    Equation(
        PAGE, "all-roads",
        r"\begin{aligned} & (I + J_L) \cdots (I + J_2)(I + J_1) \\ & \quad = \sum_{S}\; \prod_{l \in S} J_l . "
        r"\end{aligned}",
        left=lambda Js, v: listed(product([np.eye(len(J)) + J for J in Js])),
        right=lambda Js, v: listed(all_roads(Js)),
        wrong=lambda Js, v: listed(all_roads(Js, order=-1)),
        at=NETS,
    ),
    Equation(
        PAGE, "road-lengths", r"(1 + a)^L = \sum_{k=0}^{L} \binom{L}{k}\,a^k .",
        left=lambda a, L: (1 + a) ** L,
        right=lambda a, L: sum(math.comb(L, k) * a**k for k in range(L + 1)),
        wrong=lambda a, L: sum(a**k for k in range(L + 1)),  # one road for each length
        at=[(0.1, 20), (-0.3, 7), (1.5, 50)],
    ),
    Equation(
        PAGE, "shortcut-bounds",
        r"\begin{aligned} & (1 - c)^L\,|v| \\ & \quad \le \bigl| v^{\mathsf T} (I + J_L) \cdots (I + J_1) \bigr| \\ & "
        r"\quad \le (1 + c)^L\,|v| . \end{aligned}",
        left=lambda Js, v: [True] * 6,
        right=lambda Js, v: [check for c in (0.1, 0.5, 0.9) for check in between(small(Js, c), v, c, c)],
        wrong=lambda Js, v: [check for c in (0.1, 0.5, 0.9) for check in between(small(Js, c), v, c / 9, c / 9)],
        at=[*NETS, ([np.eye(3)] * 3, NETS[0][1])],  # blocks that all push the same way
    ),
    Equation(
        PAGE, "block-backward",
        r"\begin{aligned} dZ &= (G\,W_2^{\mathsf T}) * (1 - A * A), \\ dx &= G + dZ\,W_1^{\mathsf T} . \end{aligned}",
        left=lambda W1, W2, X, G: listed(
            steps(lambda Z: (G * (X + np.tanh(Z) @ W2)).sum(), X @ W1), steps(lambda X: (G * block(W1, W2, X)).sum(), X)
        ),
        right=lambda W1, W2, X, G: block_backward(W1, W2, X, G),
        wrong=lambda W1, W2, X, G: block_backward(W1, W2, X, G, shortcut=0),
        at=BLOCKS,
    ),
    Equation(
        PAGE, "dropout", r"A = \tanh(Z) * \text{mask} / \text{keep} .",
        left=lambda Z, mask, keep, G: (np.tanh(Z[0, 0]), 0.0),  # the mean over the coin, and an entry whose coin fell badly
        right=lambda Z, mask, keep, G: (keep * np.tanh(Z[0, 0]) * 1 / keep + (1 - keep) * 0, np.tanh(Z[0, 0]) * 0 / keep),
        wrong=lambda Z, mask, keep, G: (keep * np.tanh(Z[0, 0]) * 1 + (1 - keep) * 0, np.tanh(Z[0, 0]) * 0),
        at=DROPS,
    ),
    Equation(
        PAGE, "dropout-backward", r"\begin{aligned} dZ = {}& G * \frac{\text{mask}}{\text{keep}} \\ & {} * \bigl(1 - \tanh^2 Z\bigr) . \end{aligned}",
        left=lambda Z, mask, keep, G: listed(steps(lambda Z: (G * (np.tanh(Z) * mask / keep)).sum(), Z)),
        right=lambda Z, mask, keep, G: listed(G * mask / keep * (1 - np.tanh(Z) ** 2)),
        wrong=lambda Z, mask, keep, G: listed(G * mask * (1 - np.tanh(Z) ** 2)),  # without the scale
        at=DROPS,
    ),
    Equation(
        PAGE, "normalise",
        r"\begin{aligned} m &= \frac1N \sum_k x_k, \\ v &= \frac1N \sum_k (x_k - m)^2, \\ s &= \sqrt{v + 10^{-3}}, "
        r"\\ \hat x_n &= \frac{x_n - m}{s} . \end{aligned}",
        left=lambda x, G: listed(np.sum(normalised(np.array(x))), np.mean(normalised(np.array(x)) ** 2), normalised(10 * np.array(x))),
        right=lambda x, G: listed(0.0, np.var(x) / (np.var(x) + 1e-3), (np.array(x) - np.mean(x)) / math.sqrt(np.var(x) + 1e-5)),
        wrong=lambda x, G: listed(0.0, np.var(x) / (np.var(x) + 1e-3), (np.array(x) - np.mean(x)) / (np.var(x) + 1e-5)),
        at=COLUMNS,
    ),
    Equation(
        PAGE, "norm-backward",
        r"\begin{aligned} dX_n = \frac1s \Bigl( & G_n - \frac1N \sum_k G_k \\ & {} - \hat x_n\,\frac1N \sum_k G_k\,\hat "
        r"x_k \Bigr) . \end{aligned}",
        left=lambda x, G: listed(steps(lambda x: (np.array(G) * normalised(x)).sum(), x)),
        right=lambda x, G: norm_backward(x, G),
        wrong=lambda x, G: norm_backward(x, G, spread=0),  # the variance held still
        at=COLUMNS,
    ),
    Equation(
        PAGE, "fixed-point", r"y_l = f(x, y_{l-1}), \qquad y = \lim_{l \to \infty} y_l .",
        left=lambda f, x, y: (settled(f, x), 0.0),
        right=lambda f, x, y: (f(x, settled(f, x)) if y is None else y, f(x, settled(f, x)) - settled(f, x)),
        wrong=lambda f, x, y: (f(x, 0.0), f(x, 0.0)),  # a single layer
        at=ENDS,
    ),
    Equation(
        PAGE, "geometric-roads",
        r"\begin{aligned} \frac{dy}{dx} &= f_x + f_y f_x + f_y^2 f_x + \cdots \\ &= \frac{f_x}{1 - f_y} = \frac{1}{1 - "
        r"\frac12} = 2 . \end{aligned}",
        left=lambda f, x, y: [slope(lambda s: settled(f, s), x)] * 2 + [slope(lambda s: settled(ENDS[0][0], s), 0.75)] * 2,
        right=lambda f, x, y: (road_sum(f, x), closed_form(f, x), 1 / (1 - 1 / 2), 2),
        wrong=lambda f, x, y: (road_sum(f, x, roads=1), closed_form(f, x, sign=1), 1 / (1 + 1 / 2), 2),
        at=ENDS,
    ),
    Equation(
        PAGE, "implicit-total",
        r"\frac{\partial F}{\partial x} + \frac{\partial F}{\partial y}\,\frac{dy}{dx} = 0",
        left=lambda F, x, y: 0,
        right=lambda F, x, y: cr.grad(F, 0)(x, y(x)) + cr.grad(F, 1)(x, y(x)) * slope(y, x),
        wrong=lambda F, x, y: cr.grad(F, 0)(x, y(x)) - cr.grad(F, 1)(x, y(x)) * slope(y, x),
        at=CURVES,
    ),
    Equation(
        PAGE, "implicit-slope", r"\frac{dy}{dx} = -\frac{F_x}{F_y} .",
        left=lambda F, x, y: slope(y, x),
        right=lambda F, x, y: -cr.grad(F, 0)(x, y(x)) / cr.grad(F, 1)(x, y(x)),
        wrong=lambda F, x, y: -cr.grad(F, 1)(x, y(x)) / cr.grad(F, 0)(x, y(x)),
        at=CURVES,
    ),
]  # fmt: skip
