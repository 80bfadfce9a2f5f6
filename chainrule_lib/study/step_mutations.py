"""Slips in one step of a reverse sweep over a batch: sums over rows, gates, and what arrives from above.

Each function yields the slips of one step, made by `slip(kind, site, pull, rank, key)` of array_mutations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .array_mutations import ArraySlip, Recording


def at_step(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """The slips of one step that have to do with a batch, a gate, or a loss of which G alone is known."""
    row = rec.rows[node]
    yield from spread_step(rec, node, i, slip, what)
    if row.name == "matmul" and all(rec.np.ndim(value) == 2 for value in rec.operands(node)):
        yield from product_terms(rec, node, i, slip, what)
    if row.name in ("tanh", "sigmoid", "relu"):
        yield from activation_forms(rec, node, i, slip, what)
    if row.name == "relu":
        yield from gate_step(rec, node, i, slip, what)
    if row.name == "upstream":
        yield from arrival(rec, node, i, slip, what)


def spread_step(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """A step to a value that broadcasting copied: its gradient is a sum over the copies."""
    np, row = rec.np, rec.rows[node]
    if rec.shape(rec.args[node][i]) == rec.shape(node) or not (row.partials or row.name == "broadcast_to"):
        return

    def step(rule: Callable[[Any, tuple, tuple, tuple], Any]) -> Callable:
        def pull(r: Recording, n: int, i: int, g: Any) -> Any:
            full, small = r.shape(n), r.shape(r.args[n][i])
            if row.partials:
                g = np.broadcast_to(g * row.partials[i](r.space, r.values[n], *r.operands(n)), full)
            added = tuple(range(len(full) - len(small)))
            stretched = tuple(
                axis + len(added) for axis, length in enumerate(small) if length != full[axis + len(added)]
            )
            return rule(g, small, added, stretched)

        return pull

    def kept(g: Any, axes: tuple, part: slice) -> Any:
        return g[tuple(part if axis in axes else slice(None) for axis in range(g.ndim))]

    def summed(part: slice) -> Callable:
        return lambda g, s, a, b: kept(g, a + b, part).sum(a + b).reshape(s)

    first, last = slice(0, 1), slice(-1, None)
    rules: list[tuple[str, str, Callable]] = [
        ("unsummed", "one gradient for each copy in", lambda g, s, a, b: g),
        ("batch scale", "a mean stands for the sum in", lambda g, s, a, b: g.mean(a + b).reshape(s)),
        (
            "batch scale",
            "a mean over the added axes stands for the sum in",
            lambda g, s, a, b: g.mean(a, keepdims=True).sum(a + b).reshape(s),
        ),
        (
            "batch scale",
            "a mean over the stretched axes stands for the sum in",
            lambda g, s, a, b: g.mean(b, keepdims=True).sum(a + b).reshape(s),
        ),
        ("one row", "only the first copy counts in", summed(first)),
        ("last row", "only the last copy counts in", summed(last)),
        ("one row", "the first copy does not count in", summed(slice(1, None))),
        ("one row", "the last copy does not count in", summed(slice(0, -1))),
        (
            "one row",
            "only the first of the added copies counts in",
            lambda g, s, a, b: kept(g, a, first).sum(a + b).reshape(s),
        ),
        (
            "one row",
            "only the first of the stretched copies counts in",
            lambda g, s, a, b: kept(g, b, first).sum(a + b).reshape(s),
        ),
        (
            "last row",
            "only the last of the added copies counts in",
            lambda g, s, a, b: kept(g, a, last).sum(a + b).reshape(s),
        ),
        (
            "last row",
            "only the last of the stretched copies counts in",
            lambda g, s, a, b: kept(g, b, last).sum(a + b).reshape(s),
        ),
        (
            "one row",
            "only the first added copy counts, and no other sum is taken, in",
            lambda g, s, a, b: kept(g, a, first).sum(a),
        ),
        (
            "last row",
            "only the last added copy counts, and no other sum is taken, in",
            lambda g, s, a, b: kept(g, a, last).sum(a),
        ),
        ("batch scale", "only a mean over the added axes is taken in", lambda g, s, a, b: g.mean(a)),
        ("one row", "the first numbers are cut out in", lambda g, s, a, b: np.resize(g, s)),
        (
            "unsummed",
            "the added axes are summed, the stretched ones are not, in",
            lambda g, s, a, b: g.sum(a),
        ),
        (
            "unsummed",
            "the stretched axes are summed, the added ones are not, in",
            lambda g, s, a, b: g.sum(b, keepdims=True),
        ),
        (
            "batch scale",
            "the sum is divided by the number of rows in",
            lambda g, s, a, b: g.sum(a + b).reshape(s) / len(g),
        ),
        (
            "batch scale",
            "the sum is divided by the number of entries in",
            lambda g, s, a, b: g.sum(a + b).reshape(s) / g.size,
        ),
        ("wrong axis", "shapes are compared from the left in", lambda g, s, a, b: _from_the_left(g, s)),
        ("wrong axis", "stretched axes are counted from the left in", _unshifted),
        ("wrong axis", "one total stands in every place in", lambda g, s, a, b: np.full(s, g.sum())),
        ("wrong axis", "everything is summed to one number in", lambda g, s, a, b: g.sum()),
        ("wrong axis", "the added axes are taken off at the end in", _off_the_end),
        ("path twice", "the first copy is counted twice in", lambda g, s, a, b: _twice(g, a + b).reshape(s)),
    ]
    for count in (1, 2):
        for axes in combinations(range(len(rec.shape(node))), count):
            for kept_dims in (False, True):
                rules.append(("wrong axis", f"the sum runs along axis {axes} in", _along(axes, kept_dims)))
    for number, (kind, words, rule) in enumerate(rules):
        yield slip(kind, f"{words} {what}", step(rule), 1, key=("spread", number, words.removesuffix(" in")))


def _off_the_end(g: Any, small: tuple, added: tuple, stretched: tuple) -> Any:
    while g.ndim > len(small):
        g = g.sum(-1)
    for axis, length in enumerate(small):
        g = g.sum(axis, keepdims=True) if length == 1 else g
    return g


def _along(axes: tuple, keepdims: bool) -> Callable:
    return lambda g, s, a, b: g.sum(axes, keepdims=keepdims) if axes != a + b else None


def _from_the_left(g: Any, small: tuple) -> Any:
    axes = tuple(k for k, length in enumerate(g.shape) if k >= len(small) or small[k] != length)
    return g.sum(axes)


def _unshifted(g: Any, small: tuple, added: tuple, stretched: tuple) -> Any:
    for axis, length in enumerate(small):
        g = g.sum(axis, keepdims=True) if length == 1 else g
    return g.sum(added)


def _twice(g: Any, axes: tuple) -> Any:
    """Each axis summed in turn, its first entry once more."""
    for axis in axes:
        g = g.take([0], axis) + g.sum(axis, keepdims=True)
    return g


def product_terms(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """A step through a matrix product, p @ q, as the sum over its inner index that it is."""

    def factors(r: Recording, n: int, g: Any) -> tuple[Any, Any]:
        a, b = r.operands(n)
        return (g, b.T) if i == 0 else (a.T, g)

    def step(rule: Callable[[Any, Any], Any]) -> Callable:
        return lambda r, n, i, g: rule(*factors(r, n, g))

    np = rec.np
    only, last = ("path dropped", "overwritten") if i == 0 else ("one row", "last row")
    rules = (
        (only, "only the first term is left in", lambda p, q: p[:, :1] @ q[:1]),
        (last, "only the last term is left in", lambda p, q: p[:, -1:] @ q[-1:]),
        (only, "the first term is missing in", lambda p, q: p[:, 1:] @ q[1:]),
        (only, "the last term is missing in", lambda p, q: p[:, :-1] @ q[:-1]),
        ("batch scale", "a mean stands for the sum in", lambda p, q: p @ q / len(q)),
        ("path twice", "the first term is counted twice in", lambda p, q: p @ q + p[:, :1] @ q[:1]),
        (
            "transposed factor",
            "what arrives is transposed in",
            (lambda p, q: p.T @ q) if i == 0 else (lambda p, q: p @ q.T),
        ),
        ("transposed factor", "both factors are transposed in", lambda p, q: p.T @ q.T),
        ("wrong axis", "one total stands in every place in", lambda p, q: np.full_like(p @ q, (p @ q).sum())),
        ("edges added", "slopes are added, not multiplied, in", lambda p, q: (p[:, :, None] + q).sum(1)),
        ("multiplied", "terms are multiplied in", lambda p, q: (p[:, :, None] * q).prod(1)),
        (
            "slope twice",
            "what arrives is squared in",
            (lambda p, q: (p * p) @ q) if i == 0 else (lambda p, q: p @ (q * q)),
        ),
        (
            "slope twice",
            "the factor is squared in",
            (lambda p, q: p @ (q * q)) if i == 0 else (lambda p, q: (p * p) @ q),
        ),
    )
    for number, (kind, words, rule) in enumerate(rules):
        yield slip(
            kind, f"{words} {what}", step(rule), 1, key=("terms", number, i, words.removesuffix(" in"))
        )
    batch, mine = rec.operands(node)[0], rec.args[node][0]
    for label, key in rec.stored() if i == 1 else ():
        value = rec.at(key)
        other = np.ndim(value) == 2 and np.shape(value) != np.shape(batch) and len(value) == len(batch)
        if other and key != mine:
            site = f"{label} stands for {rec.text(mine)} in {what}"
            yield slip("wrong value", site, lambda r, n, i, g, key=key: r.at(key).T @ g, 1.5)


def gate_step(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """The gate of a ReLU, set wrongly: from what arrives, or from the value that went in."""
    np = rec.np

    def step(rule: Callable[[Any, Any], Any]) -> Callable:
        return lambda r, n, i, g: rule(g, r.operands(n)[0])

    rules: list[tuple[str, str, Callable]] = [
        ("gate", "the gate asks the gradient, not the value, in", lambda g, x: g * (g > 0)),
        ("gate", "the gate asks for both signs in", lambda g, x: g * ((g > 0) & (x > 0))),
        ("gate", "the gate asks whether gradient and value have one sign in", lambda g, x: g * (g * x > 0)),
        ("gate", "the gate is shut where it should be open in", lambda g, x: g * (x < 0)),
        ("gate", "the gate asks the gradient, the wrong way, in", lambda g, x: g * (g < 0)),
        ("gate", "a shut gate turns the sign in", lambda g, x: g * np.sign(x)),
        ("gate", "a shut gate lets 1 through in", lambda g, x: np.where(x > 0, g, 1.0)),
        ("gate", "a shut gate lets the value through in", lambda g, x: np.where(x > 0, g, x)),
        ("gate", "the gate opens at 1 in", lambda g, x: g * (x > 1)),
        ("gate", "signs are lost at the gate in", lambda g, x: np.abs(g) * (x > 0)),
        ("gate", "the gate asks the size in", lambda g, x: g * (np.abs(x) > 1)),
        ("gate", "an open gate lets 1 through in", lambda g, x: np.where(x > 0, 1.0, g)),
        ("gate alone", "the gradient's own gate stands alone in", lambda g, x: (g > 0) * 1.0),
        ("gate alone", "the gradient's own sign stands alone in", lambda g, x: np.sign(g)),
        ("row gate", "one gate opens a whole row in", lambda g, x: g * (x.sum(-1, keepdims=True) > 0)),
        ("row gate", "one gate opens a whole row in", lambda g, x: g * (x > 0).all(-1, keepdims=True)),
        ("row gate", "one gate opens a whole row in", lambda g, x: g * (x > 0).any(-1, keepdims=True)),
        ("row gate", "one gate opens a whole column in", lambda g, x: g * (x.sum(0, keepdims=True) > 0)),
        ("row gate", "one gate opens a whole column in", lambda g, x: g * (x > 0).all(0, keepdims=True)),
        ("row gate", "one gate opens a whole column in", lambda g, x: g * (x > 0).any(0, keepdims=True)),
    ]
    for leak in (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5):
        rules.append(("gate", "a shut gate leaks in", lambda g, x, leak=leak: np.where(x > 0, g, leak * g)))
    for kind, words, rule in rules:
        yield slip(kind, f"{words} {what}", step(rule), 1.5 if kind == "row gate" else 1)
    leaking = slip("gate", f"a shut gate leaks in {what}", lambda r, n, i, g: g, 1.5)
    yield replace(leaking, line=True)


def activation_forms(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """An activation's slope written wrongly: a mixture of value and argument, or another stored array."""
    np = rec.np

    def step(rule: Callable[[Any, Any], Any]) -> Callable:
        return lambda r, n, i, g: g * rule(r.values[n], r.operands(n)[0])

    forms = {
        "sigmoid": (
            ("activation elsewhere", "x (1 - a)", lambda a, x: x * (1 - a)),
            ("activation elsewhere", "a (1 - x)", lambda a, x: a * (1 - x)),
            ("elementary", "exp(-x)", lambda a, x: np.exp(-x)),
            ("elementary", "-exp(-x)", lambda a, x: -np.exp(-x)),
            ("elementary", "exp(x)", lambda a, x: np.exp(x)),
            ("elementary", "-exp(-x) / (1 + exp(-x))^2", lambda a, x: -a * (1 - a)),
            ("elementary", "a^2 exp(x)", lambda a, x: a * a * np.exp(x)),
            ("elementary", "-a^2", lambda a, x: -a * a),
            ("elementary", "a (1 - a^2)", lambda a, x: a * (1 - a * a)),
            ("elementary", "1 - 2 a", lambda a, x: 1 - 2 * a),
            ("elementary", "a - 1", lambda a, x: a - 1),
        ),
        "tanh": (
            ("elementary", "a^2", lambda a, x: a * a),
            ("elementary", "a^2 - 1", lambda a, x: a * a - 1),
            ("elementary", "1 + a", lambda a, x: 1 + a),
            ("elementary", "1 - 2 a", lambda a, x: 1 - 2 * a),
            ("elementary", "2 a", lambda a, x: 2 * a),
            ("elementary", "-2 a", lambda a, x: -2 * a),
            ("elementary", "1 - |a|", lambda a, x: 1 - np.abs(a)),
            ("elementary", "(1 - a)^2", lambda a, x: (1 - a) ** 2),
            ("elementary", "1 / cosh x", lambda a, x: 1 / np.cosh(x)),
            ("elementary", "the slope of the sigmoid", lambda a, x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
            ("elementary", "the gate of a ReLU", lambda a, x: x > 0),
            ("activation elsewhere", "1 - a x", lambda a, x: 1 - a * x),
        ),
        "relu": (
            ("elementary", "1 - a", lambda a, x: 1 - a),
            ("elementary", "1 - a^2, the slope of tanh", lambda a, x: 1 - a * a),
            ("elementary", "a (1 - a), the slope of the sigmoid", lambda a, x: a * (1 - a)),
        ),
    }
    for kind, words, rule in forms.get(rec.rows[node].name, ()):
        yield slip(kind, f"{words} stands for the slope of {what}", step(rule))
    for label, key in rec.stored():
        if np.shape(rec.at(key)) == rec.shape(node) and key != node:
            site = f"{label} stands for the slope of {what}"
            yield slip("value", site, lambda r, n, i, g, key=key: g * r.at(key), 1.5)


def arrival(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """What arrives from a loss of which G alone is known, left out or changed before its use."""
    np, above = rec.np, rec.operands(node)[1 - i]

    def step(rule: Callable[[Any], Any]) -> Callable:
        return lambda r, n, i, g: rule(g * r.operands(n)[1 - i])

    named = "what arrives from above"
    rules = [
        ("upstream left out", f"{named} is left out", np.ones_like),
        ("slope twice", f"{named} is squared", lambda g: g * g),
        ("transposed factor", f"{named} is transposed", lambda g: g.T),
        ("sign", f"the signs of {named} are lost", np.abs),
        ("one row", f"only the first row of {named} counts", lambda g: g * (np.arange(len(g)) == 0)[:, None]),
        (
            "one row",
            f"only the last row of {named} counts",
            lambda g: g * (np.arange(len(g)) == len(g) - 1)[:, None],
        ),
    ]
    for axis in range(np.ndim(above)):
        for kind, reduce in (("wrong axis", np.sum), ("wrong axis", np.mean)):
            words = f"{named} is summed or averaged along axis {axis} first"
            rules.append((kind, words, lambda g, axis=axis, f=reduce: g * 0 + f(g, axis, keepdims=True)))
    rules.append(("wrong axis", f"{named} is summed first", lambda g: np.full_like(g, g.sum())))
    for kind, words, rule in rules:
        yield replace(slip(kind, words, step(rule)), role="whole" if kind == "upstream left out" else "outer")


def whole_batch(rec: Recording, made: Callable) -> Iterator[ArraySlip]:
    """The right answer, spoiled as a whole: rows lost, sums spread, answers exchanged.

    `made(kind, site, after=..., role=...)` makes a slip.
    """
    np = rec.np

    def every(rule: Callable[[Any], Any]) -> Callable[..., dict]:
        return lambda r, found: {name: rule(np.asarray(value, float)) for name, value in found.items()}

    def only(v: Any, at: int) -> Any:
        rows = np.arange(len(v)) == at % len(v)
        return v * rows.reshape(-1, *[1] * (v.ndim - 1))

    yield made("one row", "all rows but the first are zero", after=every(lambda v: only(v, 0)), role="whole")
    yield made("one row", "all rows but the last are zero", after=every(lambda v: only(v, -1)), role="whole")
    rules = [
        ("added up and spread", lambda v, axis: v * 0 + v.sum(axis, keepdims=True)),
        ("averaged and spread", lambda v, axis: v * 0 + v.mean(axis, keepdims=True)),
        ("added up", lambda v, axis: v.sum(axis)),
        ("averaged", lambda v, axis: v.mean(axis)),
    ]
    for axis in (0, 1, None):
        for words, rule in rules:
            along = "as a whole" if axis is None else f"along axis {axis}"
            site = f"the answer is {words} {along}"
            yield made("wrong axis", site, after=every(partial(rule, axis=axis)), role="whole")
    for one, two in combinations(rec.leaves, 2):

        def exchanged(r: Recording, found: dict, one=one, two=two) -> dict:
            return {**found, one: found[two], two: found[one]}

        site = f"the answers for {one} and {two} are exchanged"
        yield made("exchanged", site, after=exchanged, role="block")
