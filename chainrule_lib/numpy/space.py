"""The namespace `m` in which a rule is evaluated on arrays: NumPy's own names, and the few that it lacks."""

from __future__ import annotations

import math
import operator
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np


def where(condition: Any, x: Any, y: Any) -> Any:
    """np.where, which leaves Python numbers as they are so that float32 stays float32."""
    return (x if condition else y) if isinstance(condition, (bool, np.bool_)) else np.where(condition, x, y)


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """As np.broadcast_to, which for small arrays costs more than writing them out."""
    if math.prod(shape) > 10_000:
        return np.broadcast_to(x, shape)
    out = np.empty(shape, x.dtype if hasattr(x, "dtype") else float)
    out[...] = x
    return out


def share(wins: Any, ties: Any) -> Any:
    """The slope of a maximum in one argument; the halves are worked out only if there is a tie."""
    return wins + 0.5 * ties if np.any(ties) else wins


def divide(x: Any, y: Any) -> Any:
    """x / y, in which a Python zero divides as NumPy's does."""
    return np.divide(x, y) if (y.__class__ is float or y.__class__ is int) and not y else x / y


def sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return where(x >= 0, 1.0, e) / (1.0 + e)


def shape(x: Any) -> tuple[int, ...]:
    try:
        return x.shape
    except AttributeError:
        return np.shape(x)


def embed(g: Any, index: tuple, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with g at a basic index; leading axes of g beyond those of the index go along."""
    lead = np.shape(g)[: np.ndim(g) - np.broadcast_to(0.0, shape)[index].ndim]
    out = np.zeros(lead + shape, np.result_type(g))
    out[(slice(None),) * len(lead) + index] = g
    return out


def pick(x: Any, index: np.ndarray, shape: tuple[int, ...]) -> Any:
    """The entries of x at flat positions counted from 1, and a zero for 0; axes before `shape` go along."""
    x = np.asarray(x)
    lead = x.shape[: x.ndim - len(shape)]
    flat = x.reshape(*lead, -1) if x.size else x.reshape(*lead, 0)
    return np.concatenate([np.zeros((*lead, 1), x.dtype), flat], -1)[..., index]


def scatter(g: Any, index: np.ndarray, shape: tuple[int, ...]) -> Any:
    """The adjoint of `pick`: entries of g added up at their positions."""
    g = np.asarray(g)
    lead = g.shape[: g.ndim - index.ndim]
    rows, size = int(np.prod(lead)), int(np.prod(shape)) + 1
    out = np.zeros(rows * size, g.dtype)
    np.add.at(out, (np.arange(rows)[:, None] * size + index.ravel()).ravel(), g.ravel())
    return out.reshape(rows, size)[:, 1:].reshape(lead + shape)


@lru_cache(maxsize=4096)
def _summed(given: tuple[int, ...], wanted: tuple[int, ...], lead: int) -> tuple[int, ...]:
    """The axes along which `given` was broadcast from `wanted`, behind `lead` axes that do not count."""
    extra = len(given) - len(wanted)
    stretched = (
        i + extra for i, n in enumerate(wanted) if i + extra >= lead and n == 1 and given[i + extra] != 1
    )
    return (*range(lead, extra), *stretched)


def unbroadcast(m: Any, t: Any, wanted: tuple[int, ...], lead: int) -> Any:
    """The adjoint of broadcasting: sum t along every axis on which a value of shape `wanted` was repeated."""
    given = t.shape
    if given[lead:] == wanted:
        return t
    t = m.sum(t, _summed(given, wanted, lead))
    return t if t.shape[lead:] == wanted else m.reshape(t, given[:lead] + wanted)


_add: Any = np.add.reduce

space = SimpleNamespace(
    **{name: value for name, value in vars(np).items() if not name.startswith("_")}
    | dict(
        where=where,
        share=share,
        shape=shape,
        divide=divide,
        embed=embed,
        broadcast_to=broadcast_to,
        pick=pick,
        scatter=scatter,
        sigmoid=sigmoid,
        pow=operator.pow,
        absolute=abs,
        getitem=operator.getitem,
        gather=lambda x, apply: apply(x),
        softplus=lambda x: np.logaddexp(x, 0.0),
        sum=lambda x, axis=None, keepdims=False: _add(x, axis, None, None, keepdims),
        reshape=lambda x, shape: np.asarray(x).reshape(shape),
        astype=lambda x, dtype: np.asarray(x, dtype),
    )
)
