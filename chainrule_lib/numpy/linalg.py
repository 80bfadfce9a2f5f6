"""numpy.linalg over traced arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import table
from ..engine.errors import DomainError, ShapeError
from . import functions as f, rules
from .space import shape

__all__ = "inv det slogdet cholesky solve pinv matrix_power norm".split()


def __getattr__(name: str) -> Any:
    return getattr(np.linalg, name)


def _square(a: Any, name: str) -> Any:
    a = f._lifted(a)
    if len(shape(a)) < 2 or shape(a)[-1] != shape(a)[-2]:
        raise ShapeError(
            f"linalg.{name} was asked of an array of shape {shape(a)}; give square matrices (..., n, n)"
        )
    return a


def inv(a: Any) -> Any:
    return rules.inv_(_square(a, "inv"))


def det(a: Any) -> Any:
    return rules.det_(_square(a, "det"))


def slogdet(a: Any) -> Any:
    a = _square(a, "slogdet")
    sign, logabsdet = np.linalg.slogdet(f.value_of(a))
    return type(np.linalg.slogdet(np.eye(1)))(sign, rules.logdet_(a) if isinstance(a, f.Var) else logabsdet)


def cholesky(a: Any) -> Any:
    return rules.cholesky_(_square(a, "cholesky"))


def solve(a: Any, b: Any) -> Any:
    a, b = _square(a, "solve"), f._lifted(b)
    if len(shape(b)) > 1:
        return rules.solve_(a, b)
    return f.squeeze(rules.solve_(a, f.reshape(b, (-1, 1))), -1)


def pinv(a: Any) -> Any:
    """The Moore-Penrose inverse of matrices of full rank, through the normal equations."""
    a = f._lifted(a)
    t = f.swapaxes(a, -1, -2)
    tall = shape(a)[-2] >= shape(a)[-1]
    return solve(f.matmul(t, a), t) if tall else f.matmul(t, inv(f.matmul(a, t)))


def matrix_power(a: Any, n: int) -> Any:
    a = _square(a, "matrix_power")
    base, result = (inv(a), None) if n < 0 else (a, None)
    for _ in range(abs(n)):
        result = base if result is None else f.matmul(result, base)
    return f.broadcast_to(np.eye(shape(a)[-1], dtype=f._real(a)), shape(a)) if result is None else result


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """As np.linalg.norm, with gradient 0 at 0; for matrices the orders None, 'fro', 'nuc', 1, -1, 2, -2, inf and -inf."""
    x = f._lifted(x)
    if axis is None and ord is None:
        flat = f.root(f.sum(table.square(x)))
        return f.reshape(flat, (1,) * len(shape(x))) if keepdims else flat
    axes = f._axes(x, axis)
    if len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    if ord in (None, "fro"):
        return f.root(f.sum(table.square(x), axes, keepdims=keepdims))
    if ord in (2, -2, "nuc"):
        measure = f.sum if ord == "nuc" else f.max if ord > 0 else f.min
        found = measure(rules.svdvals_(f.moveaxis(x, axes, (-2, -1))), -1)
        return f.expand_dims(found, axes) if keepdims else found
    if ord not in (1, -1, np.inf, -np.inf):
        raise DomainError(
            f"a matrix norm of order {ord!r} was asked; give None, 'fro', 'nuc', 1, -1, 2, -2, inf or -inf"
        )
    add, pick = axes if abs(ord) == 1 else axes[::-1]
    extreme = f.max if ord > 0 else f.min
    found = extreme(f.sum(table.absolute(x), add, keepdims=True), pick, keepdims=True)
    return found if keepdims else f.squeeze(found, axes)


def _vector_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord == 2:
        return f.root(f.sum(table.square(x), axes, keepdims=keepdims))
    if ord in (np.inf, -np.inf):
        return (f.max if ord > 0 else f.min)(table.absolute(x), axes, keepdims=keepdims)
    if ord == 0:
        return np.sum(f.value_of(x) != 0, axes, keepdims=keepdims).astype(f._real(x))
    total = f.sum(table.absolute(x) ** ord, axes, keepdims=keepdims)
    nothing = f.value_of(total) == 0
    return f.where(nothing, 0.0, f.where(nothing, 1.0, total) ** (1.0 / ord))
