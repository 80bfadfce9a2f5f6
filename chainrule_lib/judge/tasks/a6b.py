"""Assignment a6b: the Hessian of a logistic loss times a vector, the gradient of the slope along it."""

from ... import engine as cr
from ..graphs import name
from ..probes import array
from ..task import Block, Extra, Task


def hvp(w, X, y, v):
    z = name("z", X @ w)
    p = name("p", cr.sigmoid(z))
    e = name("p - y", p - y)
    return name("g · v", (e * (X @ v)).sum() / len(y))


def sample_hvp(rng, kind):
    N, D = (4, 4) if kind == "square" else rng.choice(((6, 3), (5, 2), (7, 3)))
    y = [0, 1, 1] + [rng.randrange(2) for _ in range(N - 3)]
    rng.shuffle(y)
    X, w, v = array(rng, N, D), array(rng, D, low=0.3, high=0.9), array(rng, D, low=1.1, high=2.9)
    return [{"array": w}, {"array": X}, {"array": y, "dtype": "int64"}, {"array": v}]


def formula(ids, site, rule):
    """A slip in the written-out product, from X, p, the slopes s = p (1 - p), v and N, besides z and y."""

    def answer(arguments, blocks):
        from numpy import exp

        w, X, y, v = arguments
        p = 1 / (1 + exp(-X @ w))
        return {"w": rule(X, p, p * (1 - p), v, len(y), y)}

    return Extra(ids, site, answer=answer)


def _logit(p):
    from numpy import log

    return log(p / (1 - p))


def _sloped(z):
    from numpy import exp

    return exp(-z) / (1 + exp(-z)) ** 2


def hessian(X, s, N):
    return (X.T * s) @ X / N


FORMULAS = (
    formula("M40", "X w stands for X v", lambda X, p, s, v, N, y: X.T @ (s * _logit(p)) / N),
    formula("M40", "p stands for X v", lambda X, p, s, v, N, y: X.T @ (s * p) / N),
    formula("M40", "p - y stands for X v", lambda X, p, s, v, N, y: X.T @ (s * (p - y)) / N),
    formula("M40", "y stands for p", lambda X, p, s, v, N, y: X.T @ (y * (1 - y) * (X @ v)) / N),
    *(
        formula(ids, "p is taken at X v", lambda X, p, s, v, N, y: X.T @ (_sloped(X @ v) * (X @ v)) / N)
        for ids in ("M07", "M40")
    ),
    *(
        formula(
            ids,
            "p is taken at v, and X w stands for X v",
            lambda X, p, s, v, N, y: X.T @ (_sloped(X @ v) * _logit(p)) / N,
        )
        for ids in ("M50", "M40")
    ),
    formula(
        "M07",
        "p is taken at w + v",
        lambda X, p, s, v, N, y: X.T @ (_sloped(_logit(p) + X @ v) * (X @ v)) / N,
    ),
    formula("M45", "the second factor X is lost", lambda X, p, s, v, N, y: X.T @ s / N * v),
    formula(
        "M45",
        "the factor X v is lost: only the slopes of p are left",
        lambda X, p, s, v, N, y: X.T @ (p - y) / N * v,
    ),
    formula("M26", "only the diagonal of H is used", lambda X, p, s, v, N, y: (X**2).T @ s / N * v),
    formula("M29", "only the diagonal of H is used", lambda X, p, s, v, N, y: (X**2).T @ s / N * v),
    formula("M26", "H is multiplied with v entry by entry", lambda X, p, s, v, N, y: hessian(X, s, N) * v),
    formula(
        "M26", "H is multiplied with v entry by entry", lambda X, p, s, v, N, y: (hessian(X, s, N).T * v).T
    ),
    formula("M20", "H alone, without v", lambda X, p, s, v, N, y: hessian(X, s, N)),
    formula("M20", "v is not used: the sum of H's columns", lambda X, p, s, v, N, y: hessian(X, s, N).sum(1)),
    formula("M20", "v is not used: the diagonal of H", lambda X, p, s, v, N, y: (X**2).T @ s / N),
    formula("M44", "the slope is p^2", lambda X, p, s, v, N, y: X.T @ (p * p * (X @ v)) / N),
    formula(
        "M44",
        "the slope is 1 - p^2, that of tanh",
        lambda X, p, s, v, N, y: X.T @ ((1 - p * p) * (X @ v)) / N,
    ),
    formula("M44", "the slope is 1 - p", lambda X, p, s, v, N, y: X.T @ ((1 - p) * (X @ v)) / N),
    formula("M44", "p - y stands for the slope", lambda X, p, s, v, N, y: X.T @ ((p - y) * (X @ v)) / N),
    formula(
        "M31",
        "the residual p - y stands beside the slope",
        lambda X, p, s, v, N, y: X.T @ ((p - y) * s * (X @ v)) / N,
    ),
    formula(
        "M44",
        "the slope of the slope, 1 - 2 p, in front",
        lambda X, p, s, v, N, y: X.T @ (s * (1 - 2 * p) * (X @ v)) / N,
    ),
    formula("M31", "the square of X v", lambda X, p, s, v, N, y: X.T @ (s * (X @ v) ** 2) / N),
    formula("M18", "slope and X v are added", lambda X, p, s, v, N, y: X.T @ (s + X @ v) / N),
    formula(
        "M12",
        "the sum over the features and examples is spread",
        lambda X, p, s, v, N, y: 0 * v + (X.T @ (s * (X @ v))).sum() / N,
    ),
    formula(
        "M02",
        "the mean is taken before the product",
        lambda X, p, s, v, N, y: X.mean(0) * (s * (X @ v)).mean(),
    ),
)

TASKS = [
    Task(
        id="a6b.hvp",
        title="The ground under a logistic loss",
        signature="hvp(w, X, y, v)",
        chapter="13-second-order",
        forward=hvp,
        sample=sample_hvp,
        blocks=(Block("H v", "w", 6),),
        arrays=True,
        kinds=("plain", "square", "plain", "square", "plain"),
        extras=FORMULAS,
        names={
            "factor left out": ("M20",),
            ("factor left out", "outer"): ("M06",),
            "path dropped": ("M47",),
            "overwritten": ("M03", "M47"),
            "path twice": ("M22",),
            "step left out": ("M37", "M01"),
            ("step left out", "inner"): ("M37", "M01"),
        },
    ),
]
