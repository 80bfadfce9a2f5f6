"""Assignment a5: the layers of a net one by one, two losses, and the backward pass of two nets."""

from typing import Any

from ... import engine as cr
from ...study.array_mutations import ArraySlip
from ..graphs import hidden, name, upstream
from ..probes import array
from ..task import Block, Invariant, Task

KINDS = ("plain", "square", "plain", "square", "tall")


def matrix(rng, *shape, **limits):
    return {"array": array(rng, *shape, **limits)}


def sizes(rng, kind, square):
    """The lengths of a batch by kind: "square" makes some of them equal, else all are distinct."""
    return square if kind == "square" else rng.choice(((5, 3, 4, 2), (6, 4, 3, 5), (7, 2, 5, 3)))


def arriving(named, rules):
    """Slips in what arrives at a named value: for each (ids, words, rule) the cotangent is rule(recording).

    A rule that gives None, as where an array of that name is missing, makes no sense there.
    """

    def slips(recording):
        node = next(k for k, text in recording.names.items() if text == named)
        first, *others = recording.uses[node]
        lost = dict.fromkeys(others, lambda r, n, i, g: None)
        edges = tuple(dict.fromkeys(end for n, i in recording.uses[node] for end in recording.ends(n, i)))
        for ids, words, rule in rules:
            for story in ids.split("|"):
                pulls = {first: lambda r, n, i, g, rule=rule: rule(r), **lost}
                yield ArraySlip(story, words, pulls, edges=edges, role="extra", rank=1 + story.count("+"))

    return slips


def spread(error, axis):
    return error * 0 + error.mean(axis, keepdims=True)


# the squared error: from the errors E = P - Y, P and Y, what arrives at P


def softmax(S, axis=1):
    from numpy import exp

    e = exp(S - S.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def sigmoid(Z):
    from numpy import exp

    return 1 / (1 + exp(-Z))


SCALES = (  # ids, words, and what the errors are multiplied with, from N and K
    ("", "", lambda N, K: 2 / N),
    ("M06", "the mean over the batch is missing", lambda N, K: 2.0),
    ("M06", "the mean runs over all entries", lambda N, K: 2 / (N * K)),
    ("M06", "the mean runs over the outputs", lambda N, K: 2 / K),
    ("M06", "the mean is taken twice", lambda N, K: 2 / N**2),
    ("M06", "the sum over the batch is divided by N - 1", lambda N, K: 2 / (N - 1)),
    ("M11", "the 2 of the square is missing", lambda N, K: 1 / N),
    ("M11", "a factor 2 too many", lambda N, K: 4 / N),
    ("M06+M11", "neither the mean nor the 2", lambda N, K: 1.0),
    ("M06+M11", "the mean runs over all entries, and the 2 is missing", lambda N, K: 1 / (N * K)),
    ("M06+M11", "the mean runs over the outputs, and the 2 is missing", lambda N, K: 1 / K),
)
ERRORS = (  # ids, words, and what stands where the errors belong
    ("", "", lambda E, P, Y: E),
    ("M10", "the sign of the error", lambda E, P, Y: -E),
    ("M10|M44", "the target is added, not subtracted", lambda E, P, Y: P + Y),
    ("M10", "the size of the error, without its sign", lambda E, P, Y: abs(E)),
    ("M30|M33", "the target is not subtracted", lambda E, P, Y: P),
    ("M30|M40", "the target alone stands for the error", lambda E, P, Y: Y),
    ("M44", "the square is kept", lambda E, P, Y: E * E),
    ("M44", "the sign of the error in place of the error", lambda E, P, Y: (E > 0) * 2.0 - 1.0),
    ("M44", "the cube of the error", lambda E, P, Y: E**3),
    ("M44", "half the square of the error", lambda E, P, Y: E * E / 2),
    ("M20", "the error is missing", lambda E, P, Y: E * 0 + 1),
    ("M12", "the errors are averaged over the batch", lambda E, P, Y: spread(E, 0)),
    ("M12", "the errors are averaged over the outputs", lambda E, P, Y: spread(E, 1)),
    ("M12", "the errors are added up over the batch", lambda E, P, Y: spread(E, 0) * len(E)),
    ("M12", "the errors are added up over the outputs", lambda E, P, Y: spread(E, 1) * E.shape[1]),
    ("M12", "all errors are averaged", lambda E, P, Y: E * 0 + E.mean()),
    ("M12", "all errors are added up", lambda E, P, Y: E * 0 + E.sum()),
    ("M25|M40", "prediction times error", lambda E, P, Y: E * P),
    ("M31", "a slope P (1 - P) too many", lambda E, P, Y: E * P * (1 - P)),
    ("M31", "a tanh slope 1 - P^2, which the output has not", lambda E, P, Y: E * (1 - P * P)),
    ("M31", "a tanh slope, which the output has not", lambda E, P, Y: E * (1 - _tanh(P) ** 2)),
    ("M31", "a sigmoid slope, which the output has not", lambda E, P, Y: E * sigmoid(P) * (1 - sigmoid(P))),
    ("M31", "a gate, which the output has not", lambda E, P, Y: E * (P > 0)),
    ("M33", "-Y/P, the start of a cross-entropy", lambda E, P, Y: -Y / P),
    ("M33", "(P - Y) / (P (1 - P)), the start of a cross-entropy", lambda E, P, Y: E / (P * (1 - P))),
    ("M33", "softmax(P) - Y, the start of a cross-entropy", lambda E, P, Y: softmax(P) - Y),
    ("M33", "sigmoid(P) - Y, the start of a cross-entropy", lambda E, P, Y: sigmoid(P) - Y),
    ("M33", "tanh(P) - Y, with a tanh that the output has not", lambda E, P, Y: _tanh(P) - Y),
)


def _tanh(Z):
    from numpy import tanh

    return tanh(Z)


def _crossed(kinds, scales, rule):
    """Every wrong start with every scale; another loss has no 2 to forget, and three slips are too many."""
    rows = []
    for ids, words, kind in kinds:
        for more, also, scale in scales:
            if ids and "+" in more or not ids and not more:
                continue
            other_loss = more == "M11" and "M33" in ids
            stories = (
                ids.split("|")
                if other_loss
                else ["+".join(filter(None, (one, more))) for one in ids.split("|")]
            )
            rows.append(("|".join(stories), "; ".join(filter(None, (words, also))), rule(kind, scale)))
    return rows


def squared_errors(named):
    """The wrong starts of a net with the squared error; `named` is the prediction."""

    def rule(kind, scale):
        def start(recording):
            P = recording.at(next(k for k, text in recording.names.items() if text == named))
            Y = recording.constants["Y"]
            return kind(P - Y, P, Y) * scale(*P.shape)

        return start

    return _crossed(ERRORS, SCALES, rule)


# softmax and cross-entropy: from the probabilities p, the one-hot labels and the scores, what arrives there

MEANS = (  # ids, words, and what p - onehot is multiplied with, from N and C
    ("", "", lambda N, C: 1 / N),
    ("M06", "the mean over the batch is missing", lambda N, C: 1.0),
    ("M06", "the mean runs over all entries", lambda N, C: 1 / (N * C)),
    ("M06", "the mean runs over the classes", lambda N, C: 1 / C),
    ("M06", "the mean is taken twice", lambda N, C: 1 / N**2),
    ("M11", "a stray 2", lambda N, C: 2 / N),
    ("M11", "a stray 1/2", lambda N, C: 1 / (2 * N)),
)
STARTS = (
    ("", "", lambda p, one, S: p - one),
    ("M30", "the label is not subtracted", lambda p, one, S: p),
    ("M30", "1 is subtracted from every class", lambda p, one, S: p - 1),
    ("M30", "1 is subtracted in whole columns", lambda p, one, S: p - (one.sum(0) > 0)),
    ("M30", "the labels of all examples are subtracted", lambda p, one, S: p - one.sum(0)),
    ("M30", "the first label is subtracted everywhere", lambda p, one, S: p - one[0]),
    ("M30", "1 is subtracted at the class number 0", lambda p, one, S: p - _column(one, 0)),
    ("M30", "the labels are off by one", lambda p, one, S: p - _rolled(one, 1)),
    ("M30", "the labels are off by one", lambda p, one, S: p - _rolled(one, -1)),
    ("M30", "the label's number is subtracted", lambda p, one, S: p - one.argmax(1)[:, None]),
    ("M30", "1/C is subtracted", lambda p, one, S: p - 1 / p.shape[1]),
    ("M30", "1 is subtracted at the largest score", lambda p, one, S: p - (p == p.max(1, keepdims=True))),
    ("M30", "only the entry at the label is left", lambda p, one, S: (p - one) * one),
    ("M30", "the entry at the label is left out", lambda p, one, S: p * (1 - one)),
    ("M10", "the sign", lambda p, one, S: one - p),
    ("M10|M30", "the label is added, not subtracted", lambda p, one, S: p + one),
    ("M12", "softmax over the batch", lambda p, one, S: softmax(S, 0) - one),
    ("M12", "softmax over all entries", lambda p, one, S: _over_all(S) - one),
    ("M12", "a sum over the batch", lambda p, one, S: spread(p - one, 0) * len(p)),
    ("M12", "a mean over the batch", lambda p, one, S: spread(p - one, 0)),
    ("M12", "a mean over the classes", lambda p, one, S: spread(p - one, 1)),
    ("M31", "an extra p (1 - p)", lambda p, one, S: (p - one) * p * (1 - p)),
    ("M31", "an extra p", lambda p, one, S: (p - one) * p),
    ("M31", "an extra 1 - p", lambda p, one, S: (p - one) * (1 - p)),
    (
        "M31",
        "softmax's Jacobian once more",
        lambda p, one, S: p * (p - one) - p * (p * (p - one)).sum(1, keepdims=True),
    ),
    ("M31", "softmax is taken twice", lambda p, one, S: softmax(p) - one),
    ("M33", "the softmax is missing", lambda p, one, S: S - one),
    ("M33", "exp without the normaliser", lambda p, one, S: _exp(S) - one),
    ("M33", "sigmoid in place of softmax", lambda p, one, S: sigmoid(S) - one),
    ("M33", "log-probabilities for probabilities", lambda p, one, S: _log(p) - one),
    ("M33", "-1/p at the label: the slope before the softmax", lambda p, one, S: -one / p),
    ("M33", "1/p at the label: the slope before the softmax, of the wrong sign", lambda p, one, S: one / p),
    ("M33", "(p - onehot) / (p (1 - p))", lambda p, one, S: (p - one) / (p * (1 - p))),
    ("M33", "2 (p - onehot), the start of the squared error", lambda p, one, S: 2 * (p - one)),
    ("M33", "2 (S - onehot), the start of the squared error", lambda p, one, S: 2 * (S - one)),
    ("M33", "a squared error after the softmax", lambda p, one, S: 2 * (p - one) * p * (1 - p)),
    ("M29", "the diagonal of softmax's Jacobian only", lambda p, one, S: -one * (1 - p)),
    ("M29", "p (1 - p), the diagonal of softmax's Jacobian", lambda p, one, S: p * (1 - p)),
    ("M49|M33", "the normaliser is held constant", lambda p, one, S: -one),
    ("M44", "(p - onehot) squared", lambda p, one, S: (p - one) ** 2),
    ("M44", "1 - p at the label", lambda p, one, S: one * (1 - p)),
    ("M44", "the log of p", lambda p, one, S: -one * _log(p)),
    ("M20", "1 everywhere", lambda p, one, S: p * 0 + 1),
)


def _exp(Z):
    from numpy import exp

    return exp(Z)


def _log(Z):
    from numpy import log

    return log(Z)


def _column(one, k):
    from numpy import arange

    return (arange(one.shape[1]) == k) * 1.0


def _rolled(one, step):
    from numpy import roll

    return roll(one, step, axis=1)


def _over_all(S):
    from numpy import exp

    return exp(S) / exp(S).sum()


def cross_entropies(named):
    """The wrong starts of a net with softmax and cross-entropy; `named` are the scores."""

    def rule(kind, scale):
        def start(recording):
            from numpy import eye

            S = recording.at(next(k for k, text in recording.names.items() if text == named))
            return kind(softmax(S), eye(S.shape[1])[recording.constants["y"].astype(int)], S) * scale(
                *S.shape
            )

        return start

    return _crossed(STARTS, MEANS, rule)


def cross_entropy(S, y):
    """The mean of -log p at the labels."""
    from numpy import arange

    e = cr.exp(S)
    p = e / e.sum(axis=1, keepdims=True)
    return -cr.log(p[arange(len(y)), y]).sum() / len(y)


# layers


def affine_backward(G, X, W):
    from numpy import ones

    b = hidden("b", 0.5 * ones(W.shape[1]))
    return name("L", upstream(G, name("Z", X @ W + b)))


def sample_affine(rng, kind):
    N, D, H, _ = sizes(rng, kind, (4, 4, 4, 4))
    if kind == "tall":
        N, D, H = 4, 3, 4
    return [matrix(rng, N, H, low=1.2, high=4.0), matrix(rng, N, D), matrix(rng, D, H)]


def sigmoid_backward(G, Z):
    return name("L", upstream(G, name("A", cr.sigmoid(Z))))


def sample_slope(rng, kind):
    N, H, _, _ = sizes(rng, kind, (4, 4, 4, 4))
    return [matrix(rng, N, H, low=1.2, high=6.0), matrix(rng, N, H, low=0.6, high=1.9)]


def relu_backward(G, Z):
    return name("L", upstream(G, name("A", cr.relu(Z))))


def mse_grad(P, Y):
    return name("L", ((P - Y) ** 2).sum() / len(P))


def sample_mse(rng, kind):
    N, K = (4, 4) if kind == "square" else rng.choice(((5, 3), (7, 3), (6, 5)))
    return [matrix(rng, N, K, low=1.2, high=6.0), matrix(rng, N, K, low=0.3, high=4.0)]


def softmax_ce_grad(S, y):
    return name("L", cross_entropy(S, y))


def sample_scores(rng, kind):
    N, C = (4, 4) if kind == "square" else rng.choice(((5, 3), (7, 4), (6, 5)))
    return [matrix(rng, N, C, high=3.0), labels(rng, N, C)]


def labels(rng, N, C):
    """Labels with the first three classes in them, the first one not in front."""
    while True:
        drawn = [*range(min(C, 3)), *(rng.randrange(C) for _ in range(N - 3))]
        rng.shuffle(drawn)
        if drawn[0]:
            return {"array": drawn, "dtype": "int64"}


# nets


def net_sizes(rng, kind):
    """N, D, H, K: as many hidden neurons as outputs ("square"), or as examples ("tall"), or all distinct."""
    return {"square": (5, 3, 4, 4), "tall": (5, 3, 5, 4)}.get(kind) or rng.choice(
        ((5, 3, 4, 2), (6, 2, 4, 3))
    )


def forward_pass(params, X, activation):
    """The cache that the forward pass leaves, as JSON arguments."""
    import numpy

    W1, b1, W2, b2, X = (numpy.array(a["array"]) for a in (*params.values(), X))
    Z1 = (X @ W1 + b1).round(10)
    A1 = activation(Z1)
    Z2 = (A1 @ W2 + b2).round(10)
    return {
        "dict": {
            "X": {"array": X.tolist()},
            "Z1": {"array": Z1.tolist()},
            "A1": {"array": A1.tolist()},
            "Z2": {"array": Z2.tolist()},
        }
    }


def sample_net(rng, kind):
    N, D, H, K = net_sizes(rng, kind)
    params = {
        "W1": matrix(rng, D, H, high=0.9),
        "b1": matrix(rng, H, high=0.9),
        "W2": matrix(rng, H, K),
        "b2": matrix(rng, K),
    }
    X = matrix(rng, N, D, high=1.5)
    return [{"dict": params}, forward_pass(params, X, _tanh), X, matrix(rng, N, K, low=0.5, high=4.0)]


def backward(params, cache, X, Y):
    Z1 = name("Z1", X @ params["W1"] + params["b1"])
    A1 = name("A1", cr.tanh(Z1))
    Z2 = name("Z2", A1 @ params["W2"] + params["b2"])
    return name("L", ((Z2 - Y) ** 2).sum() / len(X))


def stepped(recording):
    """Weights that took a step downhill before they carry the gradient back, whatever the learning rate."""

    def direction(r, n, i, g):
        a, b = r.operands(n)
        return -g @ (a.T @ g).T

    for n, i in recording.uses[recording.leaves["W2"]]:
        other = 1 - i
        if recording.rows[n].name != "matmul":
            continue
        yield ArraySlip(
            "M34",
            "W2 has already been updated when it carries the gradient back",
            {(n, other): lambda r, n, i, g: r.pull(n, i, g) + direction(r, n, i, g)},
            edges=recording.ends(n, other),
            role="extra",
            line=True,
        )


def net_slips(recording):
    yield from arriving("Z2", squared_errors("Z2"))(recording)
    yield from stepped(recording)


def sample_clf(rng, kind):
    while True:  # not where a gate hangs between open and shut
        drawn = draw_clf(rng, kind)
        if all(abs(z) > 0.04 for row in drawn[1]["dict"]["Z1"]["array"] for z in row):
            return drawn


def draw_clf(rng, kind):
    N, D, H, C = net_sizes(rng, kind if kind != "plain" else "")
    C = max(C, 3)
    params = {
        "W1": matrix(rng, D, H, high=1.2),
        "b1": matrix(rng, H, high=0.9),
        "W2": matrix(rng, H, C, high=0.8),
        "b2": matrix(rng, C, high=0.9),
    }
    X = matrix(rng, N, D)
    cache = forward_pass(params, X, lambda Z: Z.clip(0.0))
    return [{"dict": params}, cache, X, labels(rng, N, C), rng.choice((0.1, 0.3, 0.7))]


def backward_clf(params, cache, X, y, lam):
    Z1 = name("Z1", X @ params["W1"] + params["b1"])
    A1 = name("A1", cr.relu(Z1))
    Z2 = name("Z2", A1 @ params["W2"] + params["b2"])
    R = name("R", lam / 2 * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()))
    return name("L", cross_entropy(Z2, y) + R)


PENALTIES = (  # words, and what stands where lam W belongs: from lam, W and N
    ("is missing", lambda lam, W, N: 0 * W),
    ("has the wrong sign", lambda lam, W, N: -lam * W),
    ("is doubled", lambda lam, W, N: 2 * lam * W),
    ("is halved", lambda lam, W, N: lam * W / 2),
    ("is divided by N", lambda lam, W, N: lam * W / N),
    ("is multiplied by N", lambda lam, W, N: lam * W * N),
    ("is divided by 2 N", lambda lam, W, N: lam * W / (2 * N)),
    ("is doubled and divided by N", lambda lam, W, N: 2 * lam * W / N),
    ("is divided by the number of weights", lambda lam, W, N: lam * W / W.size),
    ("lacks lam", lambda lam, W, N: W),
    ("has lam squared", lambda lam, W, N: lam * lam * W),
    ("is divided by lam", lambda lam, W, N: W / lam),
    ("is lam alone", lambda lam, W, N: lam + 0 * W),
    ("is squared", lambda lam, W, N: lam * W * W),
    ("is lam/2 W^2, not yet differentiated", lambda lam, W, N: lam / 2 * W * W),
    ("is lam/2 |W|^2, not yet differentiated", lambda lam, W, N: lam / 2 * (W * W).sum() + 0 * W),
    ("is lam |W|^2, not yet differentiated", lambda lam, W, N: lam * (W * W).sum() + 0 * W),
    ("is lam times the sum of the weights", lambda lam, W, N: lam * W.sum() + 0 * W),
    ("is lam times the size of W", lambda lam, W, N: lam * (W * W).sum() ** 0.5 + 0 * W),
    ("is that of |W|, not of |W|^2", lambda lam, W, N: lam * ((W > 0) * 2.0 - 1)),
    ("lost the signs of W", lambda lam, W, N: lam * abs(W)),
)


def penalties(recording):
    """Wrong gradients of the penalty, on one weight or on both, and on the biases."""
    weights, biases = ("W1", "W2"), ("b1", "b2")

    def value(r, text):
        return r.values[r.leaves[text]]

    def after(rule, names):
        def changed(r, found):
            lam, N = r.constants["lam"], len(r.constants["X"])
            more = {w: rule(lam, value(r, w), N) - (lam * value(r, w) if w in weights else 0) for w in names}
            return {**found, **{w: found[w] + more[w] for w in names}}

        return changed

    edges = {
        w: tuple(end for n, i in recording.uses[recording.leaves[w]] for end in recording.ends(n, i))
        for w in (*weights, *biases)
    }
    for words, rule in PENALTIES:
        for names in (weights, ("W1",), ("W2",)):
            marked = tuple(end for w in names for end in edges[w] if end[1] == "R")
            site = f"the penalty's gradient {words}" + (f" in {names[0]}" if len(names) == 1 else "")
            yield ArraySlip("M38", site, after=after(rule, names), edges=marked, role="extra")
    full = lambda lam, W, N: lam * W  # noqa: E731
    for names in (biases, ("b1",), ("b2",)):
        site = f"the penalty pulls at {' and '.join(names)} too"
        yield ArraySlip("M38", site, after=after(full, names), role="extra")
    site = "the penalty's gradient has another factor"
    more = after(lambda lam, W, N: 2 * lam * W, weights)
    yield ArraySlip("M38", site, after=more, role="extra", rank=1.5, line=True)
    exchanged = lambda r, found: {**found, **_other_penalty(r, found, value)}  # noqa: E731
    yield ArraySlip("M38", "each penalty is added to the other weight", after=exchanged, role="extra")


def _other_penalty(r, found, value):
    lam, one, two = r.constants["lam"], value(r, "W1"), value(r, "W2")
    return {"W1": found["W1"] + lam * (two - one), "W2": found["W2"] + lam * (one - two)}


def clf_slips(recording):
    yield from arriving("Z2", cross_entropies("Z2"))(recording)
    yield from penalties(recording)
    yield from stepped(recording)


NET = (Block("dL/dW1", "W1", 3), Block("dL/db1", "b1", 2), Block("dL/dW2", "W2", 3), Block("dL/db2", "b2", 2))
CLF = (
    Block("dL/dW1", "W1", 3),
    Block("dL/db1", "b1", 2),
    Block("dL/dW2", "W2", 2.5),
    Block("dL/db2", "b2", 1.5),
)
INSIDE: dict[Any, tuple[str, ...]] = {  # steps inside the loss, which `arriving` speaks of as a whole
    ("factor left out", "outer"): (),
    "factor left out": (),
    "lost factor": (),
}

TASKS = [
    Task(
        id="a5.affine_backward",
        title="The affine layer",
        signature="affine_backward(G, X, W)",
        chapter="08-batches-and-shapes",
        forward=affine_backward,
        sample=sample_affine,
        blocks=(Block("dL/dX", "X", 3), Block("dL/dW", "W", 4), Block("dL/db", "b", 3)),
        arrays=True,
        output="tuple",
        kinds=KINDS,
    ),
    Task(
        id="a5.sigmoid_backward",
        title="The sigmoid",
        signature="sigmoid_backward(G, Z)",
        chapter="09-learning",
        forward=sigmoid_backward,
        sample=sample_slope,
        blocks=(Block("dL/dZ", "Z", 5),),
        arrays=True,
        kinds=KINDS,
    ),
    Task(
        id="a5.relu_backward",
        title="The ReLU",
        signature="relu_backward(G, Z)",
        chapter="09-learning",
        forward=relu_backward,
        sample=sample_slope,
        blocks=(Block("dL/dZ", "Z", 5),),
        arrays=True,
        kinds=KINDS,
        names={"value": ("M44", "M08")},
    ),
    Task(
        id="a5.mse_grad",
        title="Where it starts: the squared error",
        signature="mse_grad(P, Y)",
        chapter="09-learning",
        forward=mse_grad,
        sample=sample_mse,
        blocks=(Block("dL/dP", "P", 6),),
        arrays=True,
        kinds=KINDS,
        slips=arriving("P", squared_errors("P")),
        names=INSIDE,
    ),
    Task(
        id="a5.softmax_ce_grad",
        title="The other start: softmax and cross-entropy",
        signature="softmax_ce_grad(S, y)",
        chapter="10-softmax",
        forward=softmax_ce_grad,
        sample=sample_scores,
        blocks=(Block("dL/dS", "S", 9),),
        arrays=True,
        kinds=KINDS,
        slips=arriving("S", cross_entropies("S")),
        names=INSIDE,
        invariants=(
            Invariant(
                "Each row should add up to 0: the same number added to all scores of a row changes nothing.",
                lambda arguments, blocks: all(abs(sum(row)) < 1e-6 for row in blocks["S"]),
            ),
        ),
    ),
    Task(
        id="a5.backward",
        title="A net that predicts numbers",
        signature="backward(params, cache, X, Y)",
        chapter="09-learning",
        forward=backward,
        sample=sample_net,
        blocks=NET,
        arrays=True,
        output="dict",
        kinds=KINDS,
        slips=net_slips,
        names=INSIDE,
    ),
    Task(
        id="a5.backward_clf",
        title="A net that chooses",
        signature="backward_clf(params, cache, X, y, lam)",
        chapter="10-softmax",
        forward=backward_clf,
        sample=sample_clf,
        blocks=CLF,
        arrays=True,
        output="dict",
        kinds=KINDS,
        slips=clf_slips,
        names=INSIDE | {"value": ("M44", "M08"), ("at", "R"): ("M38",)},
    ),
]
