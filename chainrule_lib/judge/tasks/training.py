"""a6.train is judged by what the net does: its losses fall, and it reads digits that it has never met.

The pictures that a student has travel in the question; the held-out ones stay on this side.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from ..answering import realise
from ..graphs import hidden as hidden_leaf
from ..graphs import name
from ..reading import Reading, read
from ..task import Block, Task

ROWS, SHORT = 500, 2  # two steps teach nothing, and show which way they go
READ, FALLEN, FALLING = 0.85, 0.6, 0.7  # below the worst of the reference at 60 seeds
ALIKE = 0.03  # how near a measured ratio must be to count as a slip's


@cache
def digits() -> dict[str, Any]:
    """The pictures: X, y as students have them, and X_held, y_held, which they do not."""
    import numpy

    with resources.as_file(resources.files(__package__.rpartition(".")[0]) / "data" / "digits.npz") as path:
        with numpy.load(path) as file:
            return {key: file[key] for key in file}


def _packed(array: Any, said: str, **more: Any) -> dict:
    return {
        "bytes": base64.b64encode(array.tobytes()).decode(),
        "shape": list(array.shape),
        "said": said,
        **more,
    }


def sample_train(rng: Any, kind: str) -> list:
    start = 0 if kind != "later" else 10 * rng.randint(1, 10)
    rows = slice(start, start + ROWS)
    where = f"[:{rows.stop}]" if not start else f"[{start}:{rows.stop}]"
    X = _packed(digits()["X"][rows], f"digits_X{where}", over=16)
    y = _packed(digits()["y"][rows], f"digits_y{where}")
    return [
        X,
        y,
        rng.choice((28, 32, 36)),
        *((0.005, SHORT) if kind == "short" else (rng.choice((0.25, 0.3, 0.35)), 150)),
        rng.randint(0, 999),
    ]


def forward(X: Any, y: Any, hidden: int, lr: float, steps: int, seed: int) -> Any:
    """One pass of a net with its first weights: the graph that is drawn."""
    import numpy

    rng, D, C = numpy.random.default_rng(seed), X.shape[1], int(y.max()) + 1
    values = {"W1": rng.normal(size=(D, hidden)) * (2 / D) ** 0.5, "b1": numpy.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) * hidden**-0.5, "b2": numpy.zeros(C)}  # fmt: skip
    return cross_entropy({key: hidden_leaf(key, value) for key, value in values.items()}, X, y)


def _shell(output: str, *names: str) -> Task:
    """A task of which only the reading is used."""
    blocks = tuple(Block(name, name, 1) for name in names)
    return Task(
        "a6.train",
        "",
        "train(X, y, hidden, lr, steps, seed)",
        "",
        sample_train,
        sample_train,
        blocks,
        output=output,
    )


PARAMS, LOSSES = _shell("dict", "W1", "b1", "W2", "b2"), _shell("number", "losses")
PAIR = "What came back is not the pair (params, losses): return the dictionary and the list, in this order."


def behaviour(arguments: list, record: Any) -> Reading:
    """Read the net and its losses, and say what they do not do."""
    X, y, hidden, lr, steps, _ = [realise(argument) for argument in arguments]
    D, C = X.shape[1], int(y.max()) + 1
    shapes = {"W1": (D, hidden), "b1": (hidden,), "W2": (hidden, C), "b2": (C,), "losses": (steps,)}
    pair = _pair(record)
    if pair is None:
        whole = read(record, PARAMS, shapes)
        if whole.kind not in ("value", "shape", "exotic", "number") and whole.problem:
            return whole
        return Reading("shape", problem=PAIR)
    first, second = pair
    changed = {"changed": record["changed"]} if "changed" in record else {}
    params, losses = (
        read({"answer": first, **changed}, PARAMS, shapes),
        read({"answer": second, **changed}, LOSSES, shapes),
    )
    for part in (params, losses):
        if part.kind != "value":
            shown = {("M50",)} if _exchanged(pair, shapes) else set()
            problem = PAIR if shown or part.kind == "empty" else part.problem
            problem = problem.replace(
                "Your answer is", "Your losses are" if part is losses else "Your params are"
            )
            return Reading(
                "shape" if part.kind == "empty" else part.kind,
                problem=problem,
                changed=part.changed,
                seen=shown,
            )
    return _judged(X, y, lr, params, losses, shapes)


def _pair(record: Any) -> list | None:
    """The two parts of an answer, if it has two."""
    answer = record.get("answer") if type(record) is dict else None
    items = answer.get("items") if type(answer) is dict else None
    return items if type(items) is list and len(items) == 2 else None


def _exchanged(pair: list, shapes: dict) -> bool:
    """Do the parts fit in the other order?"""
    return (
        read({"answer": pair[1]}, PARAMS, shapes).kind == "value"
        and read({"answer": pair[0]}, LOSSES, shapes).kind == "value"
    )


def _judged(X: Any, y: Any, lr: float, params: Reading, losses: Reading, shapes: dict) -> Reading:
    import numpy

    net = {key: numpy.array(params.blocks[key], float).reshape(shapes[key]) for key in params.blocks}
    fall = numpy.array(losses.blocks["losses"], float)
    with numpy.errstate(all="ignore"):
        loss, slopes = _loss(net, X, y)
        held = digits()
        right = float((_scores(net, held["X_held"] / 16).argmax(axis=1) == held["y_held"]).mean())
    failing = {}
    falling = float((numpy.diff(fall) < 0).mean())
    if fall[0] <= 0 or fall[-1] <= 0:
        failing["losses"] = "A loss is not positive: the mean of -log p is never below 0."
    elif not (fall[-1] < FALLEN * fall[0] and falling > FALLING):
        failing["losses"] = f"The losses should fall; yours go from {fall[0]:.4g} to {fall[-1]:.4g}."
    elif not abs(loss - fall[-1]) < 0.2 * fall[-1] + 0.05:
        failing["losses"] = (
            f"The last loss noted is {fall[-1]:.4g}, but the net that came back has {loss:.4g}."
        )
    if len(fall) <= SHORT:
        failing = {}
    elif not right >= READ:
        failing["params"] = (
            f"Of digits that it has never met your net reads {right:.0%}; {READ:.0%} are asked."
        )
    seen = _names(net, fall, lr, loss, slopes, X, y) if numpy.isfinite(loss) else set()
    numbers = (*losses.blocks["losses"], *(number for key in params.blocks for number in params.blocks[key]))
    return Reading("value", changed=params.changed, failing=failing, fingerprint=numbers, seen=seen)


def _scores(net: dict, X: Any) -> Any:
    import numpy

    return numpy.maximum(X @ net["W1"] + net["b1"], 0) @ net["W2"] + net["b2"]


def _loss(net: dict, X: Any, y: Any) -> tuple[float, dict]:
    """The mean cross-entropy of a net, and its gradient by the engine."""
    from ... import engine as cr

    leaves = {key: cr.Var(value, key) for key, value in net.items()}
    loss = cross_entropy(leaves, X, y)
    bars = cr.sweep(loss)
    return float(loss.value), {key: bars[leaf] for key, leaf in leaves.items()}


def cross_entropy(params: dict, X: Any, y: Any) -> Any:
    """The forward function: the mean of log(sum(exp(s))) - s_y over the rows of X."""
    import numpy

    from ... import numpy as cnp

    A1 = name("A1", cnp.maximum(name("Z1", X @ params["W1"] + params["b1"]), 0.0))
    S = name("Z2", A1 @ params["W2"] + params["b2"])
    S = S - S.value.max(axis=1, keepdims=True)
    return name("L", (cnp.log(cnp.exp(S).sum(axis=1)) - S[numpy.arange(len(y)), y]).mean())


def _names(net: dict, fall: Any, lr: float, loss: float, slopes: dict, X: Any, y: Any) -> set:
    """What a net that failed shows of its slip: names that only this slip explains, else none."""
    import numpy

    N, steps = len(X), len(fall)
    if steps == SHORT:
        return _two_steps(net, fall, lr, X, y)
    if all((value == value.round()).all() for value in net.values()) and any(
        value.any() for value in net.values()
    ):
        return {("M46",)}
    if (fall < 0).all() and loss < 0.6 * -fall[0]:
        return {("M10",)}
    if (fall < 0).all():
        return set()
    if abs(net["b2"].sum() + lr * steps) < 0.1 * lr * steps:
        return {("M30",)}
    if numpy.ptp(fall) <= 1e-9 * abs(fall[0]):
        return {("M42",)} if abs(loss - fall[0]) < 1e-6 * abs(loss) else {("M40",), ("M23",)}
    own = _loss(net, X[:1], y[:1])[0]
    size = lr * sum(float((slope**2).sum()) for slope in slopes.values())
    if fall[-1] > fall[0]:
        first = {("M42", "M47")} if own > 2 * loss else {("M47",)} if own < loss / 2 else set()
        return {("M42",)} | first
    ratio = (fall[-2] - fall[-1]) / size if size else 0.0
    for share, ids in ((1 / steps, "M42"), (1 / N, "M06")):
        if abs(ratio / share - 1) < ALIKE:
            return {(ids,)}
    return set()


def _mean(net: dict, X: Any, y: Any) -> dict:
    return _loss(net, X, y)[1]


def _unlabelled(net: dict, X: Any, y: Any) -> dict:
    """The slopes where p stands for p minus one-hot: those of the mean of log(sum(exp(s)))."""
    import numpy

    N, C = len(X), net["b2"].size  # what the labels take away is a step back along onehot / N
    A1, onehot = numpy.maximum(X @ net["W1"] + net["b1"], 0), numpy.eye(C)[y] / N
    hidden = onehot @ net["W2"].T * (A1 > 0)
    more = {"W1": X.T @ hidden, "b1": hidden.sum(axis=0), "W2": A1.T @ onehot, "b2": onehot.sum(axis=0)}
    slopes = _mean(net, X, y)
    return {key: slopes[key] + more[key] for key in net}


def _times(factor: Callable[[int, float], float], slopes: Callable = _mean) -> Callable:
    def rule(net: dict, X: Any, y: Any, lr: float) -> dict:
        return {key: factor(len(X), lr) * slope for key, slope in slopes(net, X, y).items()}

    return rule


def _only(*keys: str) -> Callable:
    return lambda net, X, y, lr: {key: slope * (key in keys) for key, slope in _mean(net, X, y).items()}


def _row(k: int, sign: float = 1.0, scale: bool = False) -> Callable:
    def rule(net: dict, X: Any, y: Any, lr: float) -> dict:
        share = sign / len(X) if scale else sign
        return {key: share * slope for key, slope in _mean(net, X[[k]], y[[k]]).items()}

    return rule


RULES = (  # a name, and the slopes that a step of the slip follows
    (("M42",), _times(lambda N, lr: -1.0)),
    (("M42",), _times(lambda N, lr: 1 / SHORT)),
    (("M42",), _times(lambda N, lr: lr)),
    (("M42",), _only()),
    (("M42",), _only("W1", "W2")),
    (("M42",), _only("b1", "b2")),
    (("M42",), _only("W1", "b1")),
    (("M06",), _times(lambda N, lr: 1 / N)),
    (("M06", "M42"), _times(lambda N, lr: -1 / N)),
    (("M30",), _times(lambda N, lr: 1.0, _unlabelled)),
    (("M47",), _row(0)),
    (("M47",), _row(-1)),
    (("M47",), _row(0, scale=True)),
    (("M42", "M47"), _row(0, -1.0)),
    (("M42", "M47"), _row(-1, -1.0)),
)


def _two_steps(net: dict, fall: Any, lr: float, X: Any, y: Any) -> set:
    """The slips that, walked back from the net for two steps, give the losses that were noted."""
    if _leads(net, fall, lr, X, y, _times(lambda N, lr: 1.0)):
        return set()
    return {ids for ids, rule in RULES if _leads(net, fall, lr, X, y, rule)}


def _leads(net: dict, fall: Any, lr: float, X: Any, y: Any, rule: Callable) -> bool:
    """Does a rule lead to this net? Each earlier net solves p = later + lr * rule(p), by repetition."""
    losses, later = [_loss(net, X, y)[0]], net
    for _ in range(SHORT):
        p = later
        for _ in range(7):
            slopes = rule(p, X, y, lr)
            p = {key: later[key] + lr * slopes[key] for key in later}
        losses.append(_loss(p, X, y)[0])
        if abs(losses[-2] - fall[1]) < 1e-8 and abs(losses[-1] - fall[0]) < 1e-8:
            return True
        if not abs(losses[-1] - fall[1]) < 1e-8:
            return False
        later = p
    return False
