"""Chapter 8: a batch at once. The left sides are complex-step slopes, one entry at a time, of losses that are not straight."""

import numpy as np
from equation import Equation, slopes

EIGHT = "08-batches-and-shapes"
ORDERS = np.array([[2.0, 1], [1, 3], [0, 2], [4, 1]])
GOODS = np.array([[6.0, 4, 1], [5, 2, 2]])
EXTRA = np.array([3.0, 1, 2])
TOTALS = np.array([[20.0, 11, 6], [24, 11, 9], [13, 5, 6], [32, 19, 8]])
SENT = np.array([[-1.0, 1, 0], [-1, 2, 1], [-1, 1, 1], [-1, 3, 0]])


def day(totals):
    """What the day costs: minus the takings, the postage to four addresses, the points of customers 2 and 3."""
    postage = totals[:, 1] @ np.array([1, 2, 1, 3])
    return -totals[:, 0].sum() + postage + totals[1, 2] + totals[2, 2]


def bent(z):
    """A loss whose slope is different at every entry."""
    weights = np.cos(np.arange(z.size).reshape(z.shape))
    return np.sum(weights * np.sin(z)) + np.sum(z[0] * z[-1])


def flat(*arrays):
    return [float(entry) for array in arrays for entry in np.ravel(array)]


def layers(*sizes):
    rng = np.random.default_rng(8)
    return [(rng.normal(size=(n, d)), rng.normal(size=(d, h)), rng.normal(size=h)) for n, d, h in sizes]


LAYERS = layers((4, 2, 3), (5, 3, 2), (3, 3, 3))
PAIRS = [(a, b) for a, b, _ in layers((4, 2, 3), (3, 3, 3))]
MOVES = [(*one, *(0.1 * part[::-1] for part in one)) for one in LAYERS]
COPIES = [(np.linspace(-1, 2, int(np.prod(shape))).reshape(shape), (4, 3)) for shape in ((3,), (1, 3), (4, 1), (1, 1), (), (4, 3))]


def upstream(x, w, b):
    return slopes(bent, x @ w + b)


def by_each(x, w, b):
    """The slopes of the loss in x, w and b, each by itself."""
    return slopes(lambda v: bent(v @ w + b), x), slopes(lambda v: bent(x @ v + b), w), slopes(lambda v: bent(x @ w + v), b)


def entrywise(shape, entry):
    return [float(entry(*place)) for place in np.ndindex(*shape)]


def readers(shape, large):
    """For each entry of a small array, where in the large one it is read."""
    names = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), large)
    return [np.argwhere(names == i) for i in range(int(np.prod(shape)))]


EQUATIONS = [
    Equation(
        EIGHT, "orders",
        r"\begin{aligned} X &= \begin{pmatrix} 2 & 1 \\ 1 & 3 \\ 0 & 2 \\ 4 & 1 \end{pmatrix}, \\[4pt] W &= "
        r"\begin{pmatrix} 6 & 4 & 1 \\ 5 & 2 & 2 \end{pmatrix}, \\[4pt] b &= \begin{pmatrix} 3 & 1 & 2 "
        r"\end{pmatrix}, \\[4pt] Z &= \begin{pmatrix} 20 & 11 & 6 \\ 24 & 11 & 9 \\ 13 & 5 & 6 \\ 32 & 19 & 8 "
        r"\end{pmatrix} . \end{aligned}",
        left=lambda x, w, b: flat(TOTALS),  # the numbers of the text
        right=lambda x, w, b: flat(x @ w + b),
        wrong=lambda x, w, b: flat(x @ w),
        at=[(ORDERS, GOODS, EXTRA)],
    ),
    Equation(
        EIGHT, "batch-entry",
        r"Z_{nh} = \sum_{d=1}^{D} X_{nd}\,W_{dh} + b_h ,",
        left=lambda x, w, b: flat(x @ w + b),
        right=lambda x, w, b: entrywise((len(x), len(b)), lambda n, h: sum(x[n, d] * w[d, h] for d in range(len(w))) + b[h]),
        wrong=lambda x, w, b: entrywise((len(x), len(b)), lambda n, h: sum(x[n, d] * w[d, h] for d in range(len(w))) + b[n % len(b)]),
        at=LAYERS,
    ),
    Equation(
        EIGHT, "orders-upstream",
        r"\begin{aligned} G_{nh} &= \frac{\partial L}{\partial Z_{nh}}, \\[4pt] G &= \begin{pmatrix} -1 & 1 & "
        r"0 \\ -1 & 2 & 1 \\ -1 & 1 & 1 \\ -1 & 3 & 0 \end{pmatrix} . \end{aligned}",
        left=lambda z: [*flat(slopes(day, z)), day(z)],
        right=lambda z: [*flat(SENT), 21],
        wrong=lambda z: [*flat(-SENT), 21],
        at=[(TOTALS,)],
    ),
    Equation(
        EIGHT, "bias-sum",
        r"\frac{\partial L}{\partial b_h} = \sum_{n=1}^{N} G_{nh} \cdot 1 .",
        left=lambda x, w, b: flat(by_each(x, w, b)[2]),
        right=lambda x, w, b: [float(sum(upstream(x, w, b)[n, h] for n in range(len(x)))) for h in range(len(b))],
        wrong=lambda x, w, b: [float(sum(upstream(x, w, b)[n, h] for n in range(len(x)))) / len(x) for h in range(len(b))],
        at=LAYERS,
    ),
    Equation(
        EIGHT, "weight-sum",
        r"\frac{\partial L}{\partial W_{dh}} = \sum_{n=1}^{N} X_{nd}\,G_{nh} .",
        left=lambda x, w, b: flat(by_each(x, w, b)[1]),
        right=lambda x, w, b: entrywise(w.shape, lambda d, h: sum(x[n, d] * upstream(x, w, b)[n, h] for n in range(len(x)))),
        wrong=lambda x, w, b: entrywise(w.shape, lambda d, h: x[0, d] * upstream(x, w, b)[0, h]),
        at=LAYERS,
    ),
    Equation(
        EIGHT, "input-sum",
        r"\frac{\partial L}{\partial X_{nd}} = \sum_{h=1}^{H} G_{nh}\,W_{dh} .",
        left=lambda x, w, b: flat(by_each(x, w, b)[0]),
        right=lambda x, w, b: entrywise(x.shape, lambda n, d: sum(upstream(x, w, b)[n, h] * w[d, h] for h in range(len(b)))),
        wrong=lambda x, w, b: entrywise(x.shape, lambda n, d: sum(upstream(x, w, b)[n, h] * w[d, 0] for h in range(len(b)))),
        at=LAYERS,
    ),
    Equation(
        EIGHT, "affine-backward",
        r"\begin{aligned} \frac{\partial L}{\partial X} &= G\,W^{\mathsf T}, \\[4pt] \frac{\partial "
        r"L}{\partial W} &= X^{\mathsf T}\,G, \\[4pt] \frac{\partial L}{\partial b} &= \sum_{n} G_{n} . "
        r"\end{aligned}",
        left=lambda x, w, b: flat(*by_each(x, w, b)),
        right=lambda x, w, b: flat(upstream(x, w, b) @ w.T, x.T @ upstream(x, w, b), sum(upstream(x, w, b))),
        wrong=lambda x, w, b: flat(upstream(x, w, b) @ w.T, x.T @ upstream(x, w, b), sum(upstream(x, w, b)) / len(x)),
        at=LAYERS,
    ),
    Equation(
        EIGHT, "orders-backward",
        r"\begin{aligned} \frac{\partial L}{\partial X} &= \begin{pmatrix} -2 & -3 \\ 3 & 1 \\ -1 & -1 \\ 6 & "
        r"1 \end{pmatrix}, \\[4pt] \frac{\partial L}{\partial W} &= \begin{pmatrix} -7 & 16 & 1 \\ -7 & 12 & 5 "
        r"\end{pmatrix}, \\[4pt] \frac{\partial L}{\partial b} &= \begin{pmatrix} -4 & 7 & 2 \end{pmatrix} . "
        r"\end{aligned}",
        left=lambda x, w, b: flat(
            slopes(lambda v: day(v @ w + b), x), slopes(lambda v: day(x @ v + b), w), slopes(lambda v: day(x @ w + v), b)
        ),
        right=lambda x, w, b: [-2, -3, 3, 1, -1, -1, 6, 1, -7, 16, 1, -7, 12, 5, -4, 7, 2],
        wrong=lambda x, w, b: [-2, -3, 3, 1, -1, -1, 6, 1, -7, 16, 1, -7, 12, 5, -1, 1, 0],  # the first row of G alone
        at=[(ORDERS, GOODS, EXTRA)],
    ),
    Equation(
        EIGHT, "matmul-backward",
        r"\frac{\partial L}{\partial A} = G\,B^{\mathsf T}, \qquad \frac{\partial L}{\partial B} = A^{\mathsf "
        r"T}\,G .",
        left=lambda a, b: flat(slopes(lambda v: bent(v @ b), a), slopes(lambda v: bent(a @ v), b)),
        right=lambda a, b: flat(slopes(bent, a @ b) @ b.T, a.T @ slopes(bent, a @ b)),
        wrong=lambda a, b: flat((b @ slopes(bent, a @ b).T).T, (slopes(bent, a @ b).T @ a)),  # the second one on its side
        at=PAIRS,
    ),
    Equation(
        EIGHT, "batch-step",
        r"\begin{aligned} \Delta Z = {}& \Delta X\,W + X\,\Delta W \\ & {} + \Delta b + \Delta X\,\Delta W , "
        r"\end{aligned}",
        left=lambda x, w, b, dx, dw, db: flat((x + dx) @ (w + dw) + (b + db) - (x @ w + b)),
        right=lambda x, w, b, dx, dw, db: flat(dx @ w + x @ dw + db + dx @ dw),
        wrong=lambda x, w, b, dx, dw, db: flat(dx @ w + x @ dw + db),
        at=MOVES,
    ),
    Equation(
        EIGHT, "batch-adjoints",
        r"\begin{aligned} & \langle G,\, \Delta X\,W \rangle \\ & \quad = \langle G\,W^{\mathsf T},\, \Delta X \rangle, \\ "
        r"& \langle G,\, X\,\Delta W \rangle \\ & \quad = \langle X^{\mathsf T} G,\, \Delta W \rangle, \\ & \langle G,\, "
        r"\Delta b \rangle \\ & \quad = \Bigl\langle \sum_n G_n,\, \Delta b \Bigr\rangle . \end{aligned}",
        left=lambda x, w, b, dx, dw, db: [float(np.sum(upstream(x, w, b) * move)) for move in (dx @ w, x @ dw, 0 * (x @ w) + db)],
        right=lambda x, w, b, dx, dw, db: [
            float(np.sum(upstream(x, w, b) @ w.T * dx)),
            float(np.sum(x.T @ upstream(x, w, b) * dw)),
            float(np.sum(sum(upstream(x, w, b)) * db)),
        ],
        wrong=lambda x, w, b, dx, dw, db: [
            float(np.sum(upstream(x, w, b) @ w.T * dx)),
            float(np.sum(x.T @ upstream(x, w, b) * dw)),
            float(np.sum(upstream(x, w, b)[0] * db)),
        ],
        at=MOVES,
    ),
    Equation(
        EIGHT, "unbroadcast",
        r"\frac{\partial L}{\partial b_i} = \sum_{c \text{ reads } i} G_c .",
        left=lambda b, large: flat(slopes(lambda v: bent(np.ones(large) + v), b)),
        right=lambda b, large: [
            float(sum(slopes(bent, np.ones(large) + b)[tuple(c)] for c in places)) for places in readers(b.shape, large)
        ],
        wrong=lambda b, large: [float(slopes(bent, np.ones(large) + b)[tuple(places[-1])]) for places in readers(b.shape, large)],
        at=COPIES,
    ),
    Equation(
        EIGHT, "mean-backward",
        r"\begin{aligned} m_h &= \frac1N \sum_{n=1}^{N} Z_{nh} , \\[4pt] \frac{\partial L}{\partial Z_{nh}} &= "
        r"\frac{\bar m_h}{N} . \end{aligned}",
        left=lambda x, w, b: [*flat((x @ w).mean(axis=0)), *flat(slopes(lambda z: np.sum(np.sin(sum(z) / len(z))), x @ w))],
        right=lambda x, w, b: [
            *[float(sum((x @ w)[n, h] for n in range(len(x)))) / len(x) for h in range(len(b))],
            *flat(np.ones((len(x), 1)) * np.cos((x @ w).mean(axis=0)) / len(x)),
        ],
        wrong=lambda x, w, b: [
            *[float(sum((x @ w)[n, h] for n in range(len(x)))) / len(x) for h in range(len(b))],
            *flat(np.ones((len(x), 1)) * np.cos((x @ w).mean(axis=0))),
        ],
        at=LAYERS,
    ),
]
