"""The rows that are not elementwise: each the adjoint of something that moves, copies or adds up entries.

A cotangent g has the shape of z behind any number of leading axes, so rules name axes from the end. The
arguments after the arrays are parameters, already put in one form by the functions of this room.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ..engine.errors import InputTypeError
from ..engine.graph import Var
from ..engine.primitive import Primitive
from .node import LINEAR, Structural
from .space import unbroadcast


def rule(name: str, forward: Callable, vjp: tuple, jvp: Any = LINEAR) -> Primitive:
    return Structural(name, forward, None, jvp, vjp)


def lead(m: Any, g: Any, z: Any) -> tuple[int, ...]:
    """The leading axes of a cotangent: those it has beyond the axes of z."""
    shape = m.shape(g)
    return shape[: len(shape) - len(m.shape(z))]


def spread(m: Any, g: Any, z: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """Lay what belongs to the reduced z along x again."""
    shape = m.shape(x)
    if not m.shape(g):
        return m.broadcast_to(g, shape)
    front = lead(m, g, z)
    kept = tuple(1 if i - len(shape) in axes else n for i, n in enumerate(shape))
    return m.broadcast_to(m.reshape(g, front + kept), front + shape)


# reductions: z = f(x, axes, keepdims), axes counted from the end

sum_ = rule(
    "sum",
    lambda m, x, axes, keep: m.sum(x, axes, keepdims=keep),
    (lambda m, g, z, x, axes, keep: spread(m, g, z, x, axes),),
)


def _winners(m: Any, z: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """Where x attains its extreme value z, sharing a tie evenly: the plain matrix of the reduction."""
    wins = x == spread(m, z, z, x, axes)
    count = np.sum(wins, axes, keepdims=True)
    return wins / count if (count > 1).any() else wins


def _extreme(name: str) -> Primitive:
    return rule(
        name,
        lambda m, x, axes, keep: getattr(m, name)(x, axes, keepdims=keep),
        (lambda m, g, z, x, axes, keep: spread(m, g, z, x, axes) * _winners(m, z, x, axes),),
        (lambda m, t, z, x, axes, keep: m.sum(t * _winners(m, z, x, axes), axes, keepdims=keep),),
    )


max_, min_ = _extreme("amax"), _extreme("amin")

prod_ = rule(  # of entries that are not zero
    "prod",
    lambda m, x, axes, keep: m.prod(x, axes, keepdims=keep),
    (lambda m, g, z, x, axes, keep: spread(m, g * z, z, x, axes) / x,),
    (lambda m, t, z, x, axes, keep: m.sum(t / x, axes, keepdims=keep) * z,),
)

cumsum_ = rule(
    "cumsum",
    lambda m, x, axis: m.cumsum(x, axis),
    (lambda m, g, z, x, axis: m.flip(m.cumsum(m.flip(g, axis), axis), axis),),
)

# shapes and axes

reshape_ = rule(
    "reshape",
    lambda m, x, shape: m.reshape(x, shape),
    (lambda m, g, z, x, shape: m.reshape(g, lead(m, g, z) + m.shape(x)),),
)


def _transpose_back(m: Any, g: Any, z: Any, x: Any, axes: tuple[int, ...]) -> Any:
    front, back = len(lead(m, g, z)), sorted(range(len(axes)), key=axes.__getitem__)
    return m.transpose(g, (*range(front), *(front + i for i in back)))


transpose_ = rule("transpose", lambda m, x, axes: m.transpose(x, axes), (_transpose_back,))

broadcast_ = rule(
    "broadcast_to",
    lambda m, x, shape: m.broadcast_to(x, shape),
    (lambda m, g, z, x, shape: unbroadcast(m, g, m.shape(x), len(lead(m, g, z))),),
)

astype_ = rule(
    "astype", lambda m, x, dtype: m.astype(x, dtype), (lambda m, g, z, x, dtype: m.astype(g, x.dtype),)
)


getitem_ = rule(  # a basic index: integers, slices, None, Ellipsis
    "getitem",
    lambda m, x, index: m.getitem(x, index),
    (lambda m, g, z, x, index: m.embed(g, index, m.shape(x)),),
)
embed_ = rule(
    "embed",
    lambda m, g, index, shape: m.embed(g, index, shape),
    (lambda m, h, z, g, index, shape: m.getitem(h, (slice(None),) * (len(m.shape(h)) - len(shape)) + index),),
)

# any rearrangement at all: apply it once to the numbers of the entries, and its adjoint is known


def positions(apply: Callable, shape: tuple[int, ...]) -> np.ndarray:
    """Where each entry of apply(x) comes from in a flat x, counted from 1; 0 stands for a zero from
    nowhere."""
    return np.asarray(apply(np.arange(1, int(np.prod(shape)) + 1).reshape(shape)))


gather_ = rule(
    "gather",
    lambda m, x, apply: m.gather(x, apply),
    (lambda m, g, z, x, apply: m.scatter(g, positions(apply, m.shape(x)), m.shape(x)),),
)
scatter_ = rule(
    "scatter",
    lambda m, g, index, shape: m.scatter(g, index, shape),
    (lambda m, h, z, g, index, shape: m.pick(h, index, shape),),
)
pick_ = rule(
    "pick",
    lambda m, x, index, shape: m.pick(x, index, shape),
    (lambda m, g, z, x, index, shape: m.scatter(g, index, shape),),
)


@lru_cache(maxsize=256)
def concatenate_(count: int, axis: int) -> Primitive:
    """The row that joins `count` arrays along `axis`, counted from the end."""

    def place(m: Any, i: int, xs: tuple) -> tuple:
        start = sum(m.shape(x)[axis] for x in xs[:i])
        return (slice(None),) * (len(m.shape(xs[0])) + axis) + (slice(start, start + m.shape(xs[i])[axis]),)

    def pull(i: int) -> Callable:
        return lambda m, g, z, *xs: m.getitem(g, (slice(None),) * len(lead(m, g, z)) + place(m, i, xs))

    def push(i: int) -> Callable:
        return lambda m, t, z, *xs: m.embed(t, place(m, i, xs), m.shape(z))

    return rule(
        "concatenate",
        lambda m, *xs: m.concatenate(xs, axis),
        tuple(pull(i) for i in range(count)),
        tuple(push(i) for i in range(count)),
    )


# products

matmul_ = rule(  # of arrays with at least two axes
    "matmul",
    lambda m, a, b: m.matmul(a, b),
    (
        lambda m, g, z, a, b: unbroadcast(m, m.matmul(g, b.swapaxes(-1, -2)), a.shape, g.ndim - z.ndim),
        lambda m, g, z, a, b: unbroadcast(m, m.matmul(a.swapaxes(-1, -2), g), b.shape, g.ndim - z.ndim),
    ),
)

matvec = rule(  # a matrix and a vector
    "matmul",
    lambda m, a, b: m.matmul(a, b),
    (lambda m, g, z, a, b: m.reshape(g, (*g.shape, 1)) * b, lambda m, g, z, a, b: m.matmul(g, a)),
)
vecmat = rule(
    "matmul",
    lambda m, a, b: m.matmul(a, b),
    (
        lambda m, g, z, a, b: m.matmul(g, b.swapaxes(0, 1)),
        lambda m, g, z, a, b: m.reshape(a, (-1, 1)) * m.reshape(g, (*g.shape[:-1], 1, g.shape[-1])),
    ),
)
vecvec = rule(
    "matmul",
    lambda m, a, b: m.matmul(a, b),
    (
        lambda m, g, z, a, b: m.reshape(g, (*g.shape, 1)) * b,
        lambda m, g, z, a, b: m.reshape(g, (*g.shape, 1)) * a,
    ),
)
MATMUL = {(2, 2): matmul_, (2, 1): matvec, (1, 2): vecmat, (1, 1): vecvec}  # by the numbers of axes


@lru_cache(maxsize=256)
def einsum_(inputs: tuple[str, ...], output: str) -> Primitive:
    """The row of one einsum, written out: no ellipsis, and no letter twice in one operand."""

    def pull(i: int) -> Callable:
        others = inputs[:i] + inputs[i + 1 :]
        there = "".join(c for c in inputs[i] if c in output or any(c in o for o in others))

        def back(m: Any, g: Any, z: Any, *xs: Any) -> Any:
            front, shape = lead(m, g, z), m.shape(xs[i])
            spec = ",".join(("..." + output, *others)) + "->..." + there
            got = unbroadcast_named(
                m, m.einsum(spec, g, *xs[:i], *xs[i + 1 :]), there, inputs[i], shape, front
            )
            return m.broadcast_to(got, front + shape)

        return back

    return rule(
        "einsum",
        lambda m, *xs: m.einsum(",".join(inputs) + "->" + output, *xs),
        tuple(pull(i) for i in range(len(inputs))),
    )


def unbroadcast_named(
    m: Any, got: Any, there: str, wanted: str, shape: tuple[int, ...], front: tuple[int, ...]
) -> Any:
    """Sum the letters along which the operand had length 1, and give the letters it alone had an axis of
    length 1."""
    size = dict(zip(wanted, shape))
    if there == wanted:
        return unbroadcast(m, got, shape, len(front))
    got = unbroadcast(m, got, tuple(size[c] for c in there), len(front))
    return m.reshape(got, front + tuple(size[c] if c in there else 1 for c in wanted))


# linear algebra on the last two axes


def _t(a: Any) -> Any:
    return a.swapaxes(-1, -2)


inv_ = rule(
    "inv",
    lambda m, a: m.linalg.inv(a),
    (lambda m, g, z, a: -m.matmul(m.matmul(_t(z), g), _t(z)),),
    (lambda m, t, z, a: -m.matmul(m.matmul(z, t), z),),
)
solve_ = rule(  # a x = b, with matrices b
    "solve",
    lambda m, a, b: m.linalg.solve(a, b),
    (
        lambda m, g, z, a, b: unbroadcast(
            m, -m.matmul(m.linalg.solve(_t(a), g), _t(z)), m.shape(a), len(lead(m, g, z))
        ),
        lambda m, g, z, a, b: unbroadcast(m, m.linalg.solve(_t(a), g), m.shape(b), len(lead(m, g, z))),
    ),
    (lambda m, t, z, a, b: -m.linalg.solve(a, m.matmul(t, z)), lambda m, t, z, a, b: m.linalg.solve(a, t)),
)
det_ = rule(
    "det",
    lambda m, a: m.linalg.det(a),
    (lambda m, g, z, a: m.reshape(g * z, m.shape(g) + (1, 1)) * _t(m.linalg.inv(a)),),
    (lambda m, t, z, a: z * m.trace(m.matmul(m.linalg.inv(a), t), 0, -2, -1),),
)
logdet_ = rule(
    "logdet",
    lambda m, a: m.linalg.slogdet(a)[1],
    (lambda m, g, z, a: m.reshape(g, m.shape(g) + (1, 1)) * _t(m.linalg.inv(a)),),
    (lambda m, t, z, a: m.trace(m.matmul(m.linalg.inv(a), t), 0, -2, -1),),
)


def _frames(a: Any) -> tuple:
    """The left and right singular vectors of a, as plain arrays."""
    if isinstance(a, Var):
        raise InputTypeError(
            "a second derivative of singular values was asked, through a matrix norm of order 2, -2 or 'nuc', "
            "which has none here; take the order 'fro', or the first derivative"
        )
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return u, vt


def _svdvals_back(m: Any, g: Any, z: Any, a: Any) -> Any:
    u, vt = _frames(a)
    return m.matmul(u * m.reshape(g, (*m.shape(g)[:-1], 1, m.shape(g)[-1])), vt)


def _svdvals_on(m: Any, t: Any, z: Any, a: Any) -> Any:
    u, vt = _frames(a)
    return m.einsum("...ik,...ij,...kj->...k", u, t, vt)


svdvals_ = rule(
    "svdvals", lambda m, a: np.linalg.svd(a, compute_uv=False), (_svdvals_back,), (_svdvals_on,)
)
cholesky_ = rule(
    "cholesky", lambda m, a: m.linalg.cholesky(a), (lambda m, g, z, a: _cholesky_back(m, g, z),), None
)


def _cholesky_back(m: Any, g: Any, z: Any) -> Any:
    """Murray, Differentiation of the Cholesky decomposition (2016), section 3, made symmetric."""
    inner = m.matmul(_t(z), g)
    half = np.tril(np.ones(m.shape(z)[-2:])) - 0.5 * np.eye(m.shape(z)[-1])
    s = m.matmul(m.matmul(_t(m.linalg.inv(z)), inner * half), m.linalg.inv(z))
    return 0.5 * (s + _t(s))
