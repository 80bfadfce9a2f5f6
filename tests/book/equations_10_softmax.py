"""Chapter 10: softmax, the cross-entropy behind it, the shift, and the penalty."""

import cmath
import math

from equation import Equation, H

import chainrule_lib as cr

PAGE = "10-softmax"
LN = [math.log(k) for k in (1, 2, 5)]
GUESSES = [(LN, 1), (LN, 2), ([1.2, -0.4, 0.3, 2.1], 0), ([0.5, -1.5], 1)]  # scores, and the right class from 0
BATCHES = [
    ([LN, [math.log(2), 0, 0]], [1, 0]),
    ([[1.2, -0.4, 0.3, 2.1], [0.1, 0.2, -1.3, 0.4], [2.0, 1.0, 0.5, -0.7]], [3, 3, 1]),
]
HEIGHTS = [(scores, m) for scores, _ in GUESSES for m in (max(scores), 0.7)]
LAYERS = [
    ([[2.0], [1.0]], [[-math.log(2), math.log(2), math.log(5)]], [2 * math.log(2), -math.log(2), -math.log(5)], [1, 0], 0.1),
    ([[0.3, -1.2], [1.1, 0.4], [-0.6, 2.0]], [[0.5, -0.2, 0.9], [1.3, 0.4, -0.8]], [0.1, -0.3, 0.2], [2, 0, 1], 0.7),
]


def softmax(scores):
    e = [cmath.exp(s) for s in scores]
    return [one / sum(e) for one in e]


def chances(scores):
    return [p.real for p in softmax(scores)]


def onehot(y, count):
    return [float(j == y) for j in range(count)]


def surprise(scores, y):
    return -cmath.log(softmax(scores)[y])


def lse(scores):
    return cmath.log(sum(map(cmath.exp, scores)))


def square(scores, y):
    return sum((p - o) ** 2 for p, o in zip(softmax(scores), onehot(y, len(scores))))


def mean_surprise(rows, labels):
    return sum(surprise(scores, y) for scores, y in zip(rows, labels)) / len(rows)


def steps(f, entries):
    """The slope of f, a function of a list, in each entry, by complex step."""
    return [f([e + 1j * H * (k == j) for k, e in enumerate(entries)]).imag / H for j in range(len(entries))]


def difference(scores, y):
    return [p - o for p, o in zip(chances(scores), onehot(y, len(scores)))]


def flat(rows):
    return [entry for row in rows for entry in row]


def folded(entries, wide):
    return [entries[k : k + wide] for k in range(0, len(entries), wide)]


def batch_slopes(rows, labels):
    """dL/dS of the mean surprise, entry by entry, by complex step."""
    return steps(lambda entries: mean_surprise(folded(entries, len(rows[0])), labels), flat(rows))


def batch_differences(rows, labels, share):
    return [entry * share for scores, y in zip(rows, labels) for entry in difference(scores, y)]


def affine(A, W, b):
    return [[sum(a * w for a, w in zip(row, column)) + c for column, c in zip(zip(*W), b)] for row in A]


def priced(A, W, b, labels, lam):
    return mean_surprise(affine(A, W, b), labels) + lam / 2 * sum(w * w for w in flat(W))


def priced_slopes(A, W, b, labels, lam):
    """In every weight and then in every bias, by complex step."""
    wide = len(b)
    cut = lambda entries: (folded(entries[:-wide], wide), entries[-wide:])  # noqa: E731
    return steps(lambda entries: priced(A, *cut(entries), labels, lam), [*flat(W), *b])


def through_scores(A, W, b, labels):
    """A^T dL/dS entry by entry, and dL/dS itself; dL/dS by the engine."""
    rows = affine(A, W, b)
    loss = lambda entries: sum(  # noqa: E731
        cr.log(sum(cr.exp(s) for s in scores)) - scores[y] for scores, y in zip(folded(entries, len(b)), labels)
    )
    dS = folded([g / len(rows) for g in cr.grad(loss)(flat(rows))], len(b))
    return [sum(row[i] * g[j] for row, g in zip(A, dS)) for i in range(len(W)) for j in range(len(b))], dS


EQUATIONS = [
    Equation(
        PAGE, "class-probabilities", r"p_j = \frac{e^{S_j}}{e^{S_1} + \dots + e^{S_C}}",
        left=lambda scores, p: p,  # the numbers of the text
        right=lambda scores, p: [math.exp(s) / sum(map(math.exp, scores)) for s in scores],
        wrong=lambda scores, p: [s / sum(scores) for s in scores],
        at=[(LN, [1 / 8, 2 / 8, 5 / 8]), ([math.log(2), 0, 0], [1 / 2, 1 / 4, 1 / 4])],
    ),
    Equation(
        PAGE, "surprise", r"L = -\ln p_y .",
        left=lambda p, y, L: (L, 0),  # the number of the text; and it is 0 for a sure and right net
        right=lambda p, y, L: (-math.log(p[y]), -math.log(1)),
        wrong=lambda p, y, L: (1 - p[y], -math.log(1)),
        at=[([1 / 8, 2 / 8, 5 / 8], 1, 1.3862943611)],
    ),
    Equation(
        PAGE, "three-slopes",
        r"\begin{aligned} \frac{\partial L}{\partial S_1} &= -4 \cdot \bigl(-\tfrac{2}{64}\bigr) = \tfrac18, \\[4pt]"
        r" \frac{\partial L}{\partial S_2} &= -4 \cdot \tfrac{12}{64} = -\tfrac34, \\[4pt]"
        r" \frac{\partial L}{\partial S_3} &= -4 \cdot \bigl(-\tfrac{10}{64}\bigr) = \tfrac58 . \end{aligned}",
        left=lambda scores, y: steps(lambda s: surprise(s, y), scores) * 2,
        right=lambda scores, y: [-4 * -2 / 64, -4 * 12 / 64, -4 * -10 / 64, 1 / 8, -3 / 4, 5 / 8],
        wrong=lambda scores, y: [-4 * -2 / 64, -4 * 12 / 64, -4 * 10 / 64, 1 / 8, -3 / 4, -5 / 8],
        at=GUESSES[:1],
    ),
    Equation(
        PAGE, "p-minus-y", r"\frac{\partial L}{\partial S_j} = p_j - \operatorname{onehot}(y)_j",
        left=lambda scores, y: steps(lambda s: surprise(s, y), scores),
        right=difference,
        wrong=lambda scores, y: chances(scores),  # the label is not subtracted
        at=GUESSES,
    ),
    Equation(
        PAGE, "log-two-roads", r"L = -S_y + \ln\bigl(e^{S_1} + \dots + e^{S_C}\bigr) .",
        left=lambda scores, y: surprise(scores, y).real,
        right=lambda scores, y: -scores[y] + math.log(sum(map(math.exp, scores))),
        wrong=lambda scores, y: -scores[y] + sum(scores),
        at=GUESSES,
    ),
    Equation(
        PAGE, "lse-slope",
        r"\frac{\partial}{\partial S_j} \ln \sum_k e^{S_k} = \frac{e^{S_j}}{\sum_k e^{S_k}} = p_j .",
        left=lambda scores, y: steps(lse, scores) * 2,
        right=lambda scores, y: [math.exp(s) / sum(map(math.exp, scores)) for s in scores] + chances(scores),
        wrong=lambda scores, y: [1 / sum(map(math.exp, scores)) for _ in scores] + chances(scores),
        at=GUESSES,
    ),
    Equation(
        PAGE, "softmax-road",
        r"\begin{aligned} \frac{\partial L}{\partial S_j} &= -\frac{1}{p_y} \cdot \frac{\partial p_y}{\partial S_j} \\"
        r" &= -\bigl(\operatorname{onehot}(y)_j - p_j\bigr) \\ &= p_j - \operatorname{onehot}(y)_j . \end{aligned}",
        left=lambda scores, y: steps(lambda s: surprise(s, y), scores) * 3,
        right=lambda scores, y: [
            *(-slope / chances(scores)[y] for slope in steps(lambda s: softmax(s)[y], scores)),
            *(-(o - p) for o, p in zip(onehot(y, len(scores)), chances(scores))),
            *difference(scores, y),
        ],
        wrong=lambda scores, y: [
            *(-slope for slope in steps(lambda s: softmax(s)[y], scores)),  # the outer slope is lost
            *(-(o - p) for o, p in zip(onehot(y, len(scores)), chances(scores))),
            *difference(scores, y),
        ],
        at=GUESSES,
    ),
    Equation(
        PAGE, "ce-batch", r"L = -\frac1N \sum_{n=1}^{N} \ln p_{n, y_n} .",
        left=lambda rows, labels: mean_surprise(rows, labels).real,
        right=lambda rows, labels: -sum(math.log(chances(s)[y]) for s, y in zip(rows, labels)) / len(rows),
        wrong=lambda rows, labels: -sum(math.log(chances(s)[y]) for s, y in zip(rows, labels)),
        at=BATCHES,
    ),
    Equation(
        PAGE, "ce-batch-slope",
        r"\frac{\partial L}{\partial S_{nj}} = \frac{p_{nj} - \operatorname{onehot}(y_n)_j}{N}",
        left=batch_slopes,
        right=lambda rows, labels: batch_differences(rows, labels, 1 / len(rows)),
        wrong=lambda rows, labels: batch_differences(rows, labels, 1.0),  # no mean
        at=BATCHES,
    ),
    Equation(
        PAGE, "ce-batch-example",
        r"\frac{\partial L}{\partial S} = \frac1{16} \begin{pmatrix} 1 & -6 & 5 \\ -4 & 2 & 2 \end{pmatrix} .",
        left=batch_slopes,
        right=lambda rows, labels: [entry / 16 for entry in (1, -6, 5, -4, 2, 2)],
        wrong=lambda rows, labels: [entry / 16 for entry in (1, 2, 5, 4, 2, 2)],  # no label
        at=BATCHES[:1],
    ),
    Equation(
        PAGE, "square-after-softmax",
        r"\begin{aligned} & \frac{\partial Q}{\partial S_j} = 2\,p_j\,\Bigl[\,(p_j - o_j) \\"
        r" & \qquad {} - \sum_k p_k\,(p_k - o_k) \Bigr] . \end{aligned}",
        left=lambda scores, y: steps(lambda s: square(s, y), scores),
        right=lambda scores, y: [
            2 * p * (d - sum(q * e for q, e in zip(chances(scores), difference(scores, y))))
            for p, d in zip(chances(scores), difference(scores, y))
        ],
        wrong=lambda scores, y: [2 * p * (1 - p) * d for p, d in zip(chances(scores), difference(scores, y))],  # the diagonal alone
        at=GUESSES[:3],  # with two classes the diagonal is half of the whole
    ),
    Equation(
        PAGE, "lse-shift", r"\ln \sum_k e^{S_k} = m + \ln \sum_k e^{S_k - m} .",
        left=lambda scores, m: lse(scores).real,
        right=lambda scores, m: m + math.log(sum(math.exp(s - m) for s in scores)),
        wrong=lambda scores, m: math.log(sum(math.exp(s - m) for s in scores)),
        at=HEIGHTS,
    ),
    Equation(
        PAGE, "lse-bound",
        r"\begin{aligned} \max_k S_k &\le \ln \sum_k e^{S_k} \\ &\le \max_k S_k + \ln C . \end{aligned}",
        left=lambda scores: True,
        right=lambda scores: max(scores) <= lse(scores).real <= max(scores) + math.log(len(scores)) + 1e-12,
        wrong=lambda scores: max(scores) <= lse(scores).real <= max(scores) + math.log(len(scores)) / 2,
        at=[(scores,) for scores, _ in GUESSES] + [([0.4] * 5,), ([10.0, 0.0],)],
    ),
    Equation(
        PAGE, "penalty", r"L_\lambda = L + \frac{\lambda}{2} \sum_{i,j} W_{ij}^2",
        left=lambda A, W, b, labels, lam: priced(A, W, b, labels, lam).real,
        right=lambda A, W, b, labels, lam: mean_surprise(affine(A, W, b), labels).real + lam / 2 * sum(w**2 for w in flat(W)),
        wrong=lambda A, W, b, labels, lam: mean_surprise(affine(A, W, b), labels).real + lam / 2 * sum(flat(W)) ** 2,
        at=LAYERS,
    ),
    Equation(
        PAGE, "penalty-slope",
        r"\begin{aligned} \frac{\partial L_\lambda}{\partial W} &= A^{\mathsf T}\,\frac{\partial L}{\partial S} + \lambda\,W, \\[4pt]"
        r" \frac{\partial L_\lambda}{\partial b} &= \sum_n \frac{\partial L}{\partial S_n} . \end{aligned}",
        left=priced_slopes,
        right=lambda A, W, b, labels, lam: [
            *(g + lam * w for g, w in zip(through_scores(A, W, b, labels)[0], flat(W))),
            *map(sum, zip(*through_scores(A, W, b, labels)[1])),
        ],
        wrong=lambda A, W, b, labels, lam: [
            *(g + 2 * lam * w for g, w in zip(through_scores(A, W, b, labels)[0], flat(W))),  # the half is lost
            *map(sum, zip(*through_scores(A, W, b, labels)[1])),
        ],
        at=LAYERS,
    ),
    Equation(
        PAGE, "penalty-example",
        r"\begin{aligned} & A^{\mathsf T}\,\frac{\partial L}{\partial S} \\ & \quad = \tfrac{2}{16}\,(1, -6, 5) \\ & \qquad {} + \tfrac{1}{16}\,(-4, 2, 2) \\"
        r" & \quad = (-0.125,\, -0.625,\, 0.75), \\[4pt] & \frac{\partial L_\lambda}{\partial W} \\ & \quad \approx (-0.125,\, -0.625,\, 0.75) \\"
        r" & \qquad {} + (-0.069,\, 0.069,\, 0.161) \\ & \quad = (-0.194,\, -0.556,\, 0.911) . \end{aligned}",
        left=lambda A, W, b, labels, lam: [
            *priced_slopes(A, W, b, labels, 0.0)[:3] * 2,
            *(round(g, 3) for g in priced_slopes(A, W, b, labels, lam)[:3]),
        ],
        right=lambda A, W, b, labels, lam: [
            *((2 * p + q) / 16 for p, q in zip((1, -6, 5), (-4, 2, 2))),
            *(-0.125, -0.625, 0.75),
            *(-0.125 - 0.069, -0.625 + 0.069, 0.75 + 0.161),
        ],
        wrong=lambda A, W, b, labels, lam: [
            *((2 * p + q) / 16 for p, q in zip((1, -6, 5), (-4, 2, 2))),
            *(-0.125, -0.625, 0.75),
            *(-0.125, -0.625, 0.75),  # no penalty
        ],
        at=LAYERS[:1],
    ),
]  # fmt: skip
