"""Chapter 9: the clock, the small net, and nets at random. The left sides are complex-step slopes of the loss, one parameter at a time."""

import math

import numpy as np
from equation import Equation, slope, slopes

import chainrule_lib as cr

NINE = "09-learning"
CLOCK, HEIGHT = (0, 1, 2), (2.5, 5, 6.5)
X = np.array([[-2.0, 2], [1, -2], [1, 2], [2, 1]])
Y = np.array([[-4.0, 8], [9, 7], [0.5, 1], [-5, -1]])
SMALL = {
    "W1": np.array([[-1, -0.5, 1], [-1, 0.5, 0.5]]), "b1": np.array([1, 0, -0.5]),
    "W2": np.array([[3.0, 3], [-2, 2], [-1, 2]]), "b2": np.array([1.0, -1]),
}  # fmt: skip
Z1 = np.array([[1, 2, -1.5], [2, -1.5, -0.5], [-2, 0.5, 1.5], [-2, -0.5, 2]])
A1 = np.array([[1, 2, 0], [2, 0, 0], [0, 0.5, 1.5], [0, 0, 2]])
P = np.array([[0, 6], [7, 5], [-1.5, 3], [-1, 3]])
G = np.array([[2.0, -1], [-1, -1], [-1, 1], [2, 2]])


def walk(w, b, c):
    """t, x, y, z of one row."""
    t = w * c + b
    x, y = 3 - t, t**2 / 2
    return t, x, y, 10 - x**2 - y**2


def clock_loss(w, b):
    return sum((walk(w, b, c)[-1] - height) ** 2 for c, height in zip(CLOCK, HEIGHT)) / 3


def clock_roads(w, b, in_w=True, via_y=True):
    """The sum over the rows of both roads; without the second one it is wrong."""
    total = 0
    for c, height in zip(CLOCK, HEIGHT):
        t, x, y, z = walk(w, b, c)
        total += 2 / 3 * (z - height) * (-2 * x * -1 + via_y * -2 * y * t) * (c if in_w else 1)
    return total


def relu(z):
    return np.where(np.real(z) > 0, z, 0)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


BENDS = {relu: lambda z: 1.0 * (z > 0), np.tanh: lambda z: 1 - np.tanh(z) ** 2, sigmoid: lambda z: sigmoid(z) * (1 - sigmoid(z))}


def mse(p, y):
    return np.sum((p - y) ** 2) / len(p)


def flat(*arrays):
    return [float(entry) for array in arrays for entry in np.ravel(array)]


def net(seed, sizes, phi):
    """Some data, targets, weights, biases and a bend."""
    rng = np.random.default_rng(seed)
    n, first, last = 5, sizes[0], sizes[-1]
    w = [rng.normal(size=pair) for pair in zip(sizes, sizes[1:])]
    b = [rng.normal(size=size) for size in sizes[1:]]
    return rng.normal(size=(n, first)), rng.normal(size=(n, last)), w, b, phi


def forward(x, w, b, phi, bump=None):
    """The lists of Z_l and A_l; the last layer is not bent. `bump` = (l, what) is added to Z_l."""
    zs, acts = [], [x]
    for layer, (one, other) in enumerate(zip(w, b)):
        z = acts[-1] @ one + other
        z = z + bump[1] if bump and bump[0] == layer else z
        zs.append(z)
        acts.append(z if layer == len(w) - 1 else phi(z))
    return zs, acts


def interleaved(zs, acts):
    """A_0, Z_1, A_1, Z_2 and so on."""
    return [array for pair in zip(acts, zs) for array in pair]


def true_delta(x, y, w, b, phi, layer):
    """dL/dZ_l, entry by entry."""
    shape = forward(x, w, b, phi)[0][layer].shape
    return slopes(lambda e: mse(forward(x, w, b, phi, (layer, e))[1][-1], y), np.zeros(shape))


def true_gradients(x, y, w, b, phi, layer):
    def put(items, value):
        return [*items[:layer], value, *items[layer + 1 :]]

    return (
        slopes(lambda v: mse(forward(x, put(w, v), b, phi)[1][-1], y), w[layer]),
        slopes(lambda v: mse(forward(x, w, put(b, v), phi)[1][-1], y), b[layer]),
    )


def deltas(x, y, w, b, phi, bent=True):
    """By the recursion, from the last layer to the first."""
    zs, acts = forward(x, w, b, phi)
    found = [2 / len(x) * (acts[-1] - y)]
    for layer in reversed(range(len(w) - 1)):
        found.insert(0, (found[0] @ w[layer + 1].T) * (BENDS[phi](zs[layer]) if bent else 1))
    return found


def gradients(x, y, w, b, phi, layer, mean=False):
    found, acts = deltas(x, y, w, b, phi)[layer], forward(x, w, b, phi)[1]
    return acts[layer].T @ found, sum(found) / (len(x) if mean else 1)


def roads(x, y, w, b, phi, gate=True):
    """(opened), with its two sums, for every weight of the first of two layers."""
    (z, _), (_, _, p) = forward(x, w, b, phi)
    g, bend = 2 / len(x) * (p - y), BENDS[phi](z) if gate else np.ones_like(z)
    return [
        float(sum(g[n, k] * w[1][h, k] * bend[n, h] * x[n, d] for n in range(len(x)) for k in range(p.shape[1])))
        for d, h in np.ndindex(w[0].shape)
    ]


def delta_by_index(x, y, w, b, phi, gate=True):
    (z, _), (_, _, p) = forward(x, w, b, phi)
    g, bend = 2 / len(x) * (p - y), BENDS[phi](z) if gate else np.ones_like(z)
    return [float(sum(g[n, k] * w[1][h, k] for k in range(p.shape[1])) * bend[n, h]) for n, h in np.ndindex(z.shape)]


TWO = [net(seed, sizes, phi) for seed, (sizes, phi) in enumerate(zip([(2, 3, 2), (3, 4, 1), (2, 2, 2)], BENDS))]
DEEP = [net(seed, sizes, phi) for seed, (sizes, phi) in enumerate(zip([(2, 3, 2, 2), (3, 4, 3, 1), (2, 2, 2, 2, 2)], BENDS))]
LOSSES = [(clock_loss, (1.0, 0.0)), (clock_loss, (0.7, 0.3)), (lambda a, b, c: cr.sin(a * b) + cr.exp(c / 2) * a, (0.4, -1.1, 0.6))]


def grad(f, at):
    return cr.grad(f, tuple(range(len(at))))(*at)


def kept(f, at, share):
    """Is what a step of gradient descent brings `share` of -eta |g|^2, up to an error that fades with eta?"""
    g = grad(f, at)
    size = sum(one**2 for one in g)

    def error(lr):
        return abs((f(*(a - lr * s for a, s in zip(at, g))) - f(*at)) / (-lr * size) - share)

    sizes = [error(10.0**-k) for k in (3, 4, 5)]
    return all(b <= 0.2 * a for a, b in zip(sizes, sizes[1:]))


def moved(f, at, lr, turn=-1.0):
    return [a + turn * lr * s for a, s in zip(at, grad(f, at))]


EQUATIONS = [
    Equation(
        NINE, "clock-walk",
        r"\begin{aligned} t_n &= w\,c_n + b, \\ x_n &= 3 - t_n, \quad y_n = \tfrac12 t_n^2, \\ z_n &= 10 - "
        r"x_n^2 - y_n^2 . \end{aligned}",
        left=lambda w, b: [*(0, 3, 0, 1), *(1, 2, 0.5, 5.75), *(2, 1, 2, 5)],  # the numbers of the text
        right=lambda w, b: [v for c in CLOCK for v in walk(w, b, c)],
        wrong=lambda w, b: [v for c in CLOCK for v in walk(w, b + 1, c)],
        at=[(1, 0)],
    ),
    Equation(
        NINE, "clock-loss",
        r"L = \frac13 \sum_{n=1}^{3} (z_n - Y_n)^2",
        left=lambda w, b: 1.6875,
        right=lambda w, b: clock_loss(w, b),
        wrong=lambda w, b: clock_loss(w, b) * 3,
        at=[(1, 0)],
    ),
    Equation(
        NINE, "clock-slopes",
        r"\begin{aligned} \frac{\partial L}{\partial w} &= 0 + 0 + 2 - 0.5 - 4 + 16 \\ &= 13.5, \\[4pt] "
        r"\frac{\partial L}{\partial b} &= -6 + 0 + 2 - 0.5 - 2 + 8 \\ &= 1.5 . \end{aligned}",
        left=lambda w, b: [slope(lambda v: clock_loss(v, b), w), slope(lambda v: clock_loss(w, v), b)] * 2,
        right=lambda w, b: [clock_roads(w, b), clock_roads(w, b, in_w=False), 0 + 0 + 2 - 0.5 - 4 + 16, -6 + 0 + 2 - 0.5 - 2 + 8],
        wrong=lambda w, b: [clock_roads(w, b, via_y=False), clock_roads(w, b, in_w=False), 13.5, 1.5],
        at=[(1, 0)],
    ),
    Equation(
        NINE, "learning-sum",
        r"\frac{\partial L}{\partial w_j} = \sum_{i=1}^{m} \frac{\partial L}{\partial u_i}\,\frac{\partial "
        r"u_i}{\partial w_j}",
        left=lambda x, y, w, b, phi: flat(true_gradients(x, y, w, b, phi, 0)[0]),
        right=lambda x, y, w, b, phi: [  # the u_i: the outputs of the first layer, before their bend
            float(np.sum(true_delta(x, y, w, b, phi, 0)[:, h] * x[:, d])) for d, h in np.ndindex(w[0].shape)
        ],
        wrong=lambda x, y, w, b, phi: [
            float(true_delta(x, y, w, b, phi, 0)[0, h] * x[0, d]) for d, h in np.ndindex(w[0].shape)
        ],
        at=TWO,
    ),
    Equation(
        NINE, "mse",
        r"\begin{aligned} L &= \frac1N \sum_{n=1}^{N} \sum_{k=1}^{K} (P_{nk} - Y_{nk})^2, \\[4pt] "
        r"\frac{\partial L}{\partial P_{nk}} &= \frac{2}{N}\,(P_{nk} - Y_{nk}) . \end{aligned}",
        left=lambda p, y: [float(np.mean(np.linalg.norm(p - y, axis=1) ** 2)), *flat(slopes(lambda v: mse(v, y), p))],
        right=lambda p, y: [
            float(sum((p[n, k] - y[n, k]) ** 2 for n, k in np.ndindex(p.shape))) / len(p), *flat(2 / len(p) * (p - y)),
        ],
        wrong=lambda p, y: [
            float(sum((p[n, k] - y[n, k]) ** 2 for n, k in np.ndindex(p.shape))) / len(p), *flat(2 / p.size * (p - y)),
        ],
        at=[(P, Y), (Z1, A1)],
    ),
    Equation(
        NINE, "gradient-step",
        r"w_j \leftarrow w_j - \eta\,\frac{\partial L}{\partial w_j} \qquad \text{for every } j .",
        left=lambda f, at: True,  # the loss falls
        right=lambda f, at: f(*moved(f, at, 1e-4)) < f(*at),
        wrong=lambda f, at: f(*moved(f, at, 1e-4, turn=1.0)) < f(*at),
        at=LOSSES,
    ),
    Equation(
        NINE, "first-order-fall",
        r"\begin{aligned} \Delta L &\approx \sum_j g_j\,\Delta w_j = \sum_j g_j\,(-\eta\,g_j) \\ &= -\eta "
        r"\sum_j g_j^2 = -\eta\,\lVert g \rVert^2 . \end{aligned}",
        left=lambda f, at: True,
        right=lambda f, at: kept(f, at, 1.0),
        wrong=lambda f, at: kept(f, at, 2.0),
        at=LOSSES,
    ),
    Equation(
        NINE, "steepest",
        r"\begin{aligned} \sum_j g_j\,\Delta w_j &\ge -\lVert g \rVert\,\lVert \Delta w \rVert \\ &= -\lVert g "
        r"\rVert\,r , \end{aligned}",
        left=lambda g, turn: (True, True),  # no direction is below the bound, and the one against g reaches it
        right=lambda g, turn: (
            g[0] * math.cos(turn) + g[1] * math.sin(turn) >= -math.hypot(*g) - 1e-12,
            math.isclose((g[0] * -g[0] + g[1] * -g[1]) / math.hypot(*g), -math.hypot(*g)),
        ),
        wrong=lambda g, turn: (
            g[0] * math.cos(turn) + g[1] * math.sin(turn) >= -max(map(abs, g)),
            math.isclose((g[0] * -g[0] + g[1] * -g[1]) / math.hypot(*g), -math.hypot(*g)),
        ),
        at=[((13.5, 1.5), k / 10) for k in range(63)] + [((-2.0, 2.0), k / 10) for k in range(63)],
    ),
    Equation(
        NINE, "layers",
        r"\begin{aligned} A_0 &= X, \\ Z_l &= A_{l-1}\,W_l + b_l, \\ A_l &= \varphi(Z_l), \qquad l = 1, 2, "
        r"\dots \end{aligned}",
        left=lambda w, x: flat(X, Z1, A1, P),  # the numbers of the text
        right=lambda w, x: flat(*interleaved(*forward(x, *w, relu))),
        wrong=lambda w, x: flat(*interleaved(*forward(x, *w, lambda z: z))),  # nothing bends
        at=[(([SMALL["W1"], SMALL["W2"]], [SMALL["b1"], SMALL["b2"]]), X)],
    ),
    Equation(
        NINE, "bends",
        r"\begin{aligned} a = \max(z, 0) :\ & \varphi' = \begin{cases} 1 & z > 0 \\ 0 & z < 0, "
        r"\end{cases} \\ a = \tanh z :\ & \varphi' = 1 - a^2, \\ a = \sigma(z) :\ & \varphi' = a\,(1 "
        r"- a) . \end{aligned}",
        left=lambda z: [float(slopes(phi, np.array(z))) for phi in BENDS],
        right=lambda z: [1.0 if z > 0 else 0.0, 1 - math.tanh(z) ** 2, float(sigmoid(z) * (1 - sigmoid(z)))],
        wrong=lambda z: [1.0 if z > 0 else 0.0, 1 - z**2, float(sigmoid(z) * (1 - sigmoid(z)))],
        at=[(-1.3,), (0.4,), (2.0,)],
    ),
    Equation(
        NINE, "small-net",
        r"\begin{aligned} X &= \begin{pmatrix} -2 & 2 \\ 1 & -2 \\ 1 & 2 \\ 2 & 1 \end{pmatrix}, \\[4pt] Y &= "
        r"\begin{pmatrix} -4 & 8 \\ 9 & 7 \\ 0.5 & 1 \\ -5 & -1 \end{pmatrix}, \\[4pt] W_1 &= \begin{pmatrix} "
        r"-1 & -0.5 & 1 \\ -1 & 0.5 & 0.5 \end{pmatrix}, \\ b_1 &= \begin{pmatrix} 1 & 0 & -0.5 \end{pmatrix}, "
        r"\\[4pt] W_2 &= \begin{pmatrix} 3 & 3 \\ -2 & 2 \\ -1 & 2 \end{pmatrix}, \\ b_2 &= \begin{pmatrix} 1 "
        r"& -1 \end{pmatrix} . \end{aligned}",
        left=lambda p: [17.0, *flat(P - Y)],  # the loss of the text, and errors that are even numbers
        right=lambda p: [float(mse(relu(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"], Y)), 4, -2, -2, -2, -2, 2, 4, 4],
        wrong=lambda p: [float(mse((X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"], Y)), 4, -2, -2, -2, -2, 2, 4, 4],
        at=[(SMALL,)],
    ),
    Equation(
        NINE, "small-net-forward",
        r"\begin{aligned} Z_1 &= \begin{pmatrix} 1 & 2 & -1.5 \\ 2 & -1.5 & -0.5 \\ -2 & 0.5 & 1.5 \\ -2 & "
        r"-0.5 & 2 \end{pmatrix}, \\[4pt] A_1 &= \begin{pmatrix} 1 & 2 & 0 \\ 2 & 0 & 0 \\ 0 & 0.5 & 1.5 \\ 0 "
        r"& 0 & 2 \end{pmatrix}, \\[4pt] P &= \begin{pmatrix} 0 & 6 \\ 7 & 5 \\ -1.5 & 3 \\ -1 & 3 "
        r"\end{pmatrix} . \end{aligned}",
        left=lambda p: flat(Z1, A1, P),
        right=lambda p: flat(X @ p["W1"] + p["b1"], relu(X @ p["W1"] + p["b1"]), relu(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]),
        wrong=lambda p: flat(X @ p["W1"], relu(X @ p["W1"]), relu(X @ p["W1"]) @ p["W2"] + p["b2"]),
        at=[(SMALL,)],
    ),
    Equation(
        NINE, "small-net-start",
        r"\begin{aligned} G &= \frac{\partial L}{\partial P} = \frac24\,(P - Y) \\[4pt] &= \begin{pmatrix} 2 & "
        r"-1 \\ -1 & -1 \\ -1 & 1 \\ 2 & 2 \end{pmatrix} . \end{aligned}",
        left=lambda p, y: flat(slopes(lambda v: mse(v, y), p)) + flat(G),
        right=lambda p, y: flat(2 / 4 * (p - y)) * 2,
        wrong=lambda p, y: flat(1 / 4 * (p - y)) * 2,
        at=[(P, Y)],
    ),
    Equation(
        NINE, "opened",
        r"\begin{aligned} & \frac{\partial L}{\partial (W_1)_{dh}} \\ & \quad = \sum_{n=1}^{N} \sum_{k=1}^{K} "
        r"G_{nk}\,(W_2)_{hk}\,\varphi'_{nh}\,X_{nd} , \end{aligned}",
        left=lambda *one: flat(true_gradients(*one, 0)[0]),
        right=lambda *one: roads(*one),
        wrong=lambda *one: roads(*one, gate=False),
        at=TWO,
    ),
    Equation(
        NINE, "delta-by-index",
        r"\begin{aligned} (\delta_1)_{nh} &= \frac{\partial L}{\partial (Z_1)_{nh}} \\ &= \Bigl( "
        r"\sum_{k=1}^{K} G_{nk}\,(W_2)_{hk} \Bigr)\,\varphi'_{nh} . \end{aligned}",
        left=lambda *one: flat(true_delta(*one, 0)),
        right=lambda *one: delta_by_index(*one),
        wrong=lambda *one: delta_by_index(*one, gate=False),
        at=TWO,
    ),
    Equation(
        NINE, "delta-recursion",
        r"\delta_l = \bigl( \delta_{l+1}\,W_{l+1}^{\mathsf T} \bigr) \ast \varphi'(Z_l) .",
        left=lambda *one: flat(*(true_delta(*one, layer) for layer in range(len(one[2])))),
        right=lambda *one: flat(*deltas(*one)),
        wrong=lambda *one: flat(*deltas(*one, bent=False)),
        at=DEEP,
    ),
    Equation(
        NINE, "delta-gradients",
        r"\begin{aligned} \frac{\partial L}{\partial W_l} &= A_{l-1}^{\mathsf T}\,\delta_l , \\[4pt] "
        r"\frac{\partial L}{\partial b_l} &= \sum_{n} (\delta_l)_n . \end{aligned}",
        left=lambda *one: flat(*(part for layer in range(len(one[2])) for part in true_gradients(*one, layer))),
        right=lambda *one: flat(*(part for layer in range(len(one[2])) for part in gradients(*one, layer))),
        wrong=lambda *one: flat(*(part for layer in range(len(one[2])) for part in gradients(*one, layer, mean=True))),
        at=DEEP,
    ),
    Equation(
        NINE, "small-net-backward",
        r"\begin{aligned} G\,W_2^{\mathsf T} &= \begin{pmatrix} 3 & -6 & -4 \\ -6 & 0 & -1 \\ 0 & 4 & 3 \\ 12 "
        r"& 0 & 2 \end{pmatrix}, \\[4pt] \delta_1 &= \begin{pmatrix} 3 & -6 & 0 \\ -6 & 0 & 0 \\ 0 & 4 & 3 \\ "
        r"0 & 0 & 2 \end{pmatrix}, \\[4pt] \frac{\partial L}{\partial W_1} &= X^{\mathsf T}\delta_1 \\[4pt] &= "
        r"\begin{pmatrix} -12 & 16 & 7 \\ 18 & -4 & 8 \end{pmatrix} . \end{aligned}",
        left=lambda p: [
            3, -6, -4, -6, 0, -1, 0, 4, 3, 12, 0, 2,
            *flat(true_delta(X, Y, [p["W1"], p["W2"]], [p["b1"], p["b2"]], relu, 0)),
            *flat(true_gradients(X, Y, [p["W1"], p["W2"]], [p["b1"], p["b2"]], relu, 0)[0]),
        ],
        right=lambda p: [
            *flat(G @ p["W2"].T), 3, -6, 0, -6, 0, 0, 0, 4, 3, 0, 0, 2, -12, 16, 7, 18, -4, 8,
        ],
        wrong=lambda p: [
            *flat(G @ p["W2"].T), 3, -6, -4, -6, 0, -1, 0, 4, 3, 12, 0, 2, 12, 16, 14, 30, -4, 2,  # all gates open
        ],
        at=[(SMALL,)],
    ),
]
