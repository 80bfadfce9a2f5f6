"""NumPy's functions with NumPy's signatures, made of a few rows: most of them are one line of the others."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..engine import table
from ..engine.errors import InputTypeError, ShapeError
from ..engine.graph import Var
from ..engine.primitive import Primitive
from . import rules
from .node import ArrayVar
from .space import shape

# what an argument is


def value_of(x: Any) -> Any:
    """The plain value behind x, with nests of traced values made plain too."""
    if isinstance(x, Var):
        return x.value
    if isinstance(x, (list, tuple)):
        return type(x)(map(value_of, x))
    if isinstance(x, dict):
        return {key: value_of(entry) for key, entry in x.items()}
    return x


def has_var(x: Any) -> bool:
    """Whether there is a traced value in x, perhaps inside lists."""
    return isinstance(x, Var) or isinstance(x, (list, tuple)) and any(map(has_var, x))


def array(object: Any, dtype: Any = None, **options: Any) -> Any:
    """As np.array, and it stacks lists of traced values."""
    if isinstance(object, (list, tuple)) and has_var(object):
        object = stack([array(entry) for entry in object])
    if not isinstance(object, Var):
        return np.array(object, dtype, **options)
    return object if dtype is None else astype(object, dtype)


def asarray(a: Any, dtype: Any = None, **options: Any) -> Any:
    return array(a, dtype) if has_var(a) else np.asarray(a, dtype, **options)


def _lifted(a: Any) -> Any:
    """A node or an array, whatever a is."""
    return a if isinstance(a, (Var, np.ndarray)) else array(a)


class AxisError(ShapeError, np.exceptions.AxisError):
    """An axis that the array does not have: a ShapeError, and NumPy's own AxisError too."""


_EVERY = [tuple(range(-n, 0)) for n in range(65)]


def _axes(a: Any, axis: Any) -> tuple[int, ...]:
    """Axes as a tuple of distinct negative numbers; NumPy's own error if there is no such axis."""
    n = len(shape(a))
    if axis is None:
        return _EVERY[n]
    found = tuple(i - n if i >= 0 else i for i in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if builtins.any(not -n <= i < 0 for i in found):
        raise AxisError(
            f"axis {axis} was asked of an array with {n} axes, of shape {shape(a)}; "
            f"give one from {-n} to {n - 1}"
        )
    if len(set(found)) != len(found):
        raise ShapeError(f"axis {axis} names an axis twice")
    return found


def astype(x: Any, dtype: Any) -> Any:
    """As x.astype(dtype); to integers or truth values it gives plain arrays, which have no derivative."""
    dtype = np.dtype(dtype)
    if not isinstance(x, Var) or dtype.kind != "f":
        return np.asarray(value_of(x), dtype)[()]
    if not isinstance(x, ArrayVar):
        x = rules.reshape_(x, ())
    return x if x.dtype == dtype else rules.astype_(x, dtype)


# elementwise rows of this room

root = table.primitive(  # sqrt with slope 0 at 0, so that norm(0) and std(constant) have gradient 0
    "root",
    lambda m, x: m.sqrt(x),
    partials=(lambda m, z, x: m.where(z == 0, 0.0, 0.5 / m.where(z == 0, 1.0, z)),),
)
logaddexp2 = table.primitive(
    "logaddexp2",
    lambda m, x, y: m.logaddexp2(x, y),
    partials=(
        lambda m, z, x, y: m.sigmoid((x - y) * math.log(2.0)),
        lambda m, z, x, y: m.sigmoid((y - x) * math.log(2.0)),
    ),
)
sinc = table.primitive(
    "sinc",
    lambda m, x: m.sinc(x),
    partials=(lambda m, z, x: m.where(x == 0, 0.0, (m.cos(math.pi * x) - z) / m.where(x == 0, 1.0, x)),),
)


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    condition = value_of(condition)
    if x is None and y is None:
        return np.where(condition)
    x, y = (array(entry) if isinstance(entry, (list, tuple)) else entry for entry in (x, y))
    if not has_var([x, y]):
        return np.where(condition, x, y)
    scalar = np.ndim(condition) == 0 and shape(x) == shape(y) == ()
    return table.where(bool(condition) if scalar else np.asarray(condition), x, y)


_where = where


def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else table.maximum(a, low)
    return a if high is None else table.minimum(a, high)


def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    return table.identity(a) if isinstance(a, Var) else np.array(a, order=order)


def round(a: Any, decimals: int = 0, out: None = None) -> Any:
    _no_out(out)
    return table.rint(a * 10.0**decimals) / 10.0**decimals


around = round


def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    plain = np.nan_to_num(value_of(x), nan=nan, posinf=posinf, neginf=neginf)
    return where(np.isfinite(value_of(x)), x, plain)


# reductions


def _reduction(row: Any, neutral: float, combine: Any) -> Callable:
    """A reduction over axes; `initial` joins the result, and `where` chooses the entries that count."""

    def reduced(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        _no_out(out)
        a = _lifted(a) if dtype is None else astype(_lifted(a), dtype)
        if where is not True:
            a = _where(where, a, neutral)
        z = row(a, _axes(a, axis), bool(keepdims))
        return z if initial is None else combine(z, initial)

    return reduced


def _no_out(out: Any) -> None:
    if out is not None:
        raise InputTypeError(
            "out= was given, but a traced value is never written into; use the value that is returned"
        )


sum = _reduction(rules.sum_, 0.0, table.add)



def _product(a: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The product; where an entry is zero its slopes come from multiplying pairwise, which never divides."""
    if not isinstance(a, Var) or np.all(value_of(a)):
        return rules.prod_(a, axes, keepdims)
    others = tuple(i for i in range(-len(a.shape), 0) if i not in axes)
    kept = tuple(1 if i in axes else a.shape[i] for i in range(-len(a.shape), 0))
    a = reshape(transpose(a, others + axes), (*(a.shape[i] for i in others), -1))
    while (n := a.shape[-1]) > 1:
        a = concatenate([a[..., : n // 2] * a[..., n // 2 : n - n % 2], a[..., n - n % 2 :]], -1)
    return reshape(a, kept if keepdims else tuple(kept[i] for i in others))


prod = _reduction(_product, 1.0, table.mul)


def _extreme(row: Any, neutral: float, combine: Any) -> Callable:
    reduce = _reduction(row, neutral, combine)

    def extreme(
        a: Any,
        axis: Any = None,
        out: None = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        return reduce(a, axis, None, out, keepdims, initial, where)

    return extreme


max = amax = _extreme(rules.max_, -math.inf, table.maximum)
min = amin = _extreme(rules.min_, math.inf, table.minimum)


def ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    return max(a, axis, out, keepdims) - min(a, axis, out, keepdims)


def _count(a: Any, axis: Any, keepdims: bool, where: Any) -> Any:
    """How many entries take part in each result."""
    if where is True:
        return np.float64(math.prod(shape(a)[i] for i in _axes(a, axis)))
    chosen = np.broadcast_to(value_of(where), shape(a))
    return np.sum(chosen, _axes(a, axis), keepdims=keepdims, dtype=float)


def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    *,
    where: Any = True,
) -> Any:
    a = _lifted(a)
    count = _count(a, axis, keepdims, where).astype(_real(a, dtype))
    return sum(a, axis, dtype, out, keepdims, None, where) / count


def _real(a: Any, dtype: Any = None) -> Any:
    found = np.dtype(dtype) if dtype is not None else np.result_type(value_of(a))
    return found if found.kind in "fc" else np.dtype(float)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    if weights is None:
        weights = np.ones(shape(a), _real(a))
    elif shape(weights) != shape(a):
        weights = reshape(
            weights,
            tuple(n if i in _axes(a, axis) else 1 for i, n in zip(range(-len(shape(a)), 0), shape(a))),
        )
    total = sum(weights * np.ones(shape(a), _real(a)), axis, keepdims=keepdims)
    result = sum(a * weights, axis, keepdims=keepdims) / total
    return (result, total) if returned else result


def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = True,
) -> Any:
    a = _lifted(a) if dtype is None else astype(_lifted(a), dtype)
    count = np.maximum(_count(a, axis, keepdims, where) - ddof, 0).astype(_real(a))
    away = a - mean(a, axis, keepdims=True, where=where)
    return sum(table.square(away), axis, None, out, keepdims, None, where) / count


def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = True,
) -> Any:
    return root(var(a, axis, dtype, out, ddof, keepdims, where=where))


def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    _no_out(out)
    a = _lifted(a) if dtype is None else astype(_lifted(a), dtype)
    return rules.cumsum_(*(ravel(a), -1) if axis is None else (a, *_axes(a, axis)))


def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    _no_out(out)
    a = moveaxis(_lifted(a), axis, 0) if axis is not None else ravel(_lifted(a))
    running = [a[0]]
    for i in range(1, len(a)):
        running.append(running[-1] * a[i])
    return moveaxis(stack(running), 0, axis or 0)


def logsumexp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(a))) over axes, safe at any size: the largest entry is taken out first."""
    a = _lifted(a)
    top = np.maximum.reduce(value_of(a), _axes(a, axis), keepdims=True)
    if not np.isfinite(top).all():
        top = np.where(np.isfinite(top), top, 0.0).astype(_real(a))
    total = table.log(sum(table.exp(a - top), axis, keepdims=keepdims))
    return total + (top if keepdims else top.reshape(shape(total)))


def log_softmax(x: Any, axis: Any = -1) -> Any:
    """log(softmax(x)) along an axis, without ever forming the softmax."""
    return x - logsumexp(x, axis, keepdims=True)


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""
    return table.exp(log_softmax(_lifted(x), axis))


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    a = _lifted(a)
    one = tuple(1 if i in _axes(a, axis) else size for i, size in zip(range(-len(shape(a)), 0), shape(a)))
    ends = [e if e is None or shape(e) else broadcast_to(e, one) for e in (prepend, append)]
    a = concatenate([part for part in (ends[0], a, ends[1]) if part is not None], axis)
    behind = (slice(None),) * (-_axes(a, axis)[0] - 1)
    for _ in range(n):
        a = a[(..., slice(1, None), *behind)] - a[(..., slice(None, -1), *behind)]
    return a


# shapes: NumPy finds the new shape on the value, and one row does the rest


def reshape(a: Any, /, shape: Any, order: str = "C") -> Any:
    a = _lifted(a)
    if order == "F":
        sizes = np.empty(np.shape(value_of(a)), bool).reshape(shape).shape
        return transpose(rules.reshape_(transpose(a), sizes[::-1]))
    return rules.reshape_(a, tuple(shape) if isinstance(shape, (tuple, list)) else (shape,))


def _misfit(name: str, a: Any, cause: BaseException) -> ShapeError:
    return ShapeError(f"{name} was asked of shape {shape(a)}, which it cannot do: {cause}; change the arguments")


def _reshaping(name: str) -> Callable:
    function = getattr(np, name)

    def reshaped(a: Any, *args: Any, **kwargs: Any) -> Any:
        a = _lifted(a)
        try:
            wanted = function(value_of(a), *args, **kwargs).shape
        except ValueError as cause:
            raise _misfit(name, a, cause) from cause
        return rules.reshape_(a, wanted)

    reshaped.__doc__ = f"As np.{name}."
    return reshaped


expand_dims, squeeze = _reshaping("expand_dims"), _reshaping("squeeze")
_at_least = [_reshaping(f"atleast_{n}d") for n in (1, 2, 3)]
atleast_1d, atleast_2d, atleast_3d = (
    (lambda *arrays, f=f: f(arrays[0]) if len(arrays) == 1 else tuple(map(f, arrays))) for f in _at_least
)


def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, -1, order)


@lru_cache(maxsize=1024)
def _permutation(function: Callable, n: int, args: tuple, kwargs: tuple) -> tuple[int, ...]:
    """Where each axis goes: the sizes 0, 1, 2 ... of an empty array tell."""
    return function(np.empty(tuple(range(n)), bool), *args, **dict(kwargs)).shape


def _transposing(name: str) -> Callable:
    function = getattr(np, name)

    def transposed(a: Any, *args: Any, **kwargs: Any) -> Any:
        a = _lifted(a)
        args = tuple(tuple(p) if isinstance(p, list) else p for p in args)
        named = tuple((key, tuple(p) if isinstance(p, list) else p) for key, p in kwargs.items())
        try:
            axes = _permutation(function, len(shape(a)), args, named)
        except ValueError as cause:
            raise _misfit(name, a, cause) from cause
        return rules.transpose_(a, axes)

    transposed.__doc__ = f"As np.{name}."
    return transposed


transpose, swapaxes, moveaxis, rollaxis = map(_transposing, "transpose swapaxes moveaxis rollaxis".split())
permute_dims, matrix_transpose = transpose, _transposing("matrix_transpose")


def broadcast_to(array: Any, shape: Any) -> Any:
    return rules.broadcast_(_lifted(array), (shape,) if isinstance(shape, int) else tuple(shape))


def broadcast_arrays(*arrays: Any) -> tuple:
    common = np.broadcast_shapes(*map(shape, arrays))
    return tuple(broadcast_to(a, common) for a in arrays)


# rearrangements: one row for whatever moves, repeats or drops entries


def gather(a: Any, apply: Callable) -> Any:
    return rules.gather_(_lifted(a), apply)


def _rearranging(name: str) -> Callable:
    function = getattr(np, name)

    def rearranged(a: Any, *args: Any, **kwargs: Any) -> Any:
        a, args, kwargs = _lifted(a), value_of(args), value_of(kwargs)
        try:
            return gather(a, lambda entries: function(entries, *args, **kwargs))
        except ShapeError as cause:
            raise _misfit(name, a, cause.__cause__ or cause) from cause.__cause__

    rearranged.__doc__ = f"As np.{name}."
    return rearranged


flip, diagonal, take_along_axis = map(_rearranging, "flip diagonal take_along_axis".split())
globals().update(
    (name, _rearranging(name))
    for name in "fliplr flipud rot90 roll tile repeat diag diagflat tril triu take delete resize".split()
)


_padded = _rearranging("pad")


def compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    _no_out(out)
    return gather(a, lambda entries: np.compress(value_of(condition), entries, axis))


def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    if has_var(array) and mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise InputTypeError(f"pad was asked for mode={mode!r}, which computes entries; give one that copies them")
    constant = kwargs.pop("constant_values", 0)
    padded = _padded(array, pad_width, mode, **kwargs)
    if np.all(np.equal(constant, 0)):
        return padded
    return padded + np.pad(np.zeros(shape(array), _real(array)), pad_width, constant_values=constant)


def sort(a: Any, axis: int | None = -1, **kwargs: Any) -> Any:
    a, axis = (ravel(a), -1) if axis is None else (_lifted(a), *_axes(a, axis))
    return take_along_axis(a, np.argsort(value_of(a), axis, **kwargs), axis)


def partition(a: Any, kth: Any, axis: int | None = -1, **kwargs: Any) -> Any:
    a, axis = (ravel(a), -1) if axis is None else (_lifted(a), axis)
    return take_along_axis(a, np.argpartition(value_of(a), kth, axis, **kwargs), axis)


def median(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    _no_out(out)
    a = _lifted(a)
    axes = _axes(a, axis)
    others = tuple(i for i in range(-len(shape(a)), 0) if i not in axes)
    flat = sort(reshape(transpose(a, others + axes), (*(shape(a)[i] for i in others), -1)))
    n = shape(flat)[-1]
    middle = mean(flat[..., (n - 1) // 2 : n // 2 + 1], -1)
    kept = tuple(1 if i in axes else shape(a)[i] for i in range(-len(shape(a)), 0))
    return reshape(middle, kept) if keepdims else middle


_BASIC = (int, np.integer, slice, type(None), type(Ellipsis))


def getitem(a: Any, index: Any) -> Any:
    """a[index]; a fancy index may repeat entries, whose cotangents then add up."""
    if index.__class__ is slice or index.__class__ is int:
        return rules.getitem_(a, (index,))
    index = value_of(index if isinstance(index, tuple) else (index,))
    a = reshape(a, ()) if a.__class__ is Var else a
    if builtins.all(isinstance(i, _BASIC) and not isinstance(i, (bool, np.bool_)) for i in index):
        return rules.getitem_(a, index)
    index = tuple(np.asarray(i, int) if isinstance(i, (list, tuple)) and len(i) == 0 else i for i in index)
    return gather(a, lambda entries: entries[index])


def embed(g: Any, index: tuple, shape: tuple[int, ...]) -> Any:
    return rules.embed_(g, index, shape)


def pick(x: Any, index: np.ndarray, shape: tuple[int, ...]) -> Any:
    return rules.pick_(x, index, shape)


def scatter(g: Any, index: np.ndarray, shape: tuple[int, ...]) -> Any:
    return rules.scatter_(g, index, shape)


# joining and splitting


def concatenate(arrays: Any, axis: int | None = 0, out: None = None, dtype: Any = None) -> Any:
    _no_out(out)
    parts = [_lifted(a) if dtype is None else astype(_lifted(a), dtype) for a in arrays]
    if axis is None:
        parts, axis = list(map(ravel, parts)), 0
    if not parts or not shape(parts[0]):
        return np.concatenate(parts, axis)
    return rules.concatenate_(len(parts), *_axes(parts[0], axis))(*parts)


def stack(arrays: Any, axis: int = 0, out: None = None, dtype: Any = None) -> Any:
    parts = [_lifted(a) for a in arrays]
    if len({shape(p) for p in parts}) > 1:
        raise ShapeError(f"stack was asked of arrays of shapes {[*map(shape, parts)]}; give arrays of one shape")
    return concatenate([expand_dims(p, axis) for p in parts], axis, out, dtype)


def _joining(first: Callable, axis: int) -> Callable:
    def joined(tup: Any, **kwargs: Any) -> Any:
        parts = [first(a) for a in tup]
        return concatenate(parts, 0 if len(shape(parts[0])) == 1 else axis, **kwargs)

    return joined


vstack, hstack, dstack = _joining(atleast_2d, 0), _joining(atleast_1d, 1), _joining(atleast_3d, 2)


def column_stack(tup: Any) -> Any:
    return concatenate([reshape(a, (-1, 1)) if len(shape(a)) < 2 else a for a in map(_lifted, tup)], 1)


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return concatenate([arr, values], axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    (axis,) = _axes(ary, axis)
    ary = _lifted(ary)
    parts = np.array_split(np.arange(shape(ary)[axis]), indices_or_sections)
    behind = (slice(None),) * (-axis - 1)
    starts = [(int(p[0]), int(p[-1]) + 1) if len(p) else (0, 0) for p in parts]
    return [ary[(Ellipsis, slice(*ends), *behind)] for ends in starts]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    if isinstance(indices_or_sections, int) and shape(ary)[axis] % indices_or_sections:
        raise ShapeError(
            f"split into {indices_or_sections} equal parts was asked of an axis of length {shape(ary)[axis]}"
        )
    return array_split(ary, indices_or_sections, axis)


vsplit, dsplit = partial(split, axis=0), partial(split, axis=2)


def hsplit(ary: Any, indices_or_sections: Any) -> list:
    return split(ary, indices_or_sections, 0 if len(shape(ary)) == 1 else 1)


# products


def matmul(x1: Any, x2: Any, /) -> Any:
    a, b = _lifted(x1), _lifted(x2)
    na, nb = a.ndim, b.ndim
    row = rules.MATMUL.get((na, nb))
    if row is not None or na > 1 < nb or not na or not nb:
        return (row or rules.matmul_)(a, b)
    z = rules.matmul_(a if na > 1 else reshape(a, (1, -1)), b if nb > 1 else reshape(b, (-1, 1)))
    sizes = shape(z)
    return reshape(z, sizes[: len(sizes) - (na == 1) - (nb == 1)] if nb == 1 else (*sizes[:-2], sizes[-1]))


def einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    """As np.einsum, with a string of subscripts or with a list of axis numbers after each operand."""
    if not isinstance(subscripts, str):
        given = (subscripts, *operands)
        operands, axes = given[0 : len(given) - 1 : 2], (*given[1::2], *given[-1:] * (len(given) % 2))
        letters = ["".join("..." if i is Ellipsis else chr(97 + i) for i in entry) for entry in axes]
        n = len(operands)
        subscripts = ",".join(letters[:n]) + "".join("->" + output for output in letters[n:])
    operands = tuple(map(_lifted, operands))
    if not builtins.any(isinstance(a, Var) for a in operands):
        return np.einsum(subscripts, *operands, optimize=optimize)
    inputs, output = _written_out(subscripts.replace(" ", ""), [len(shape(a)) for a in operands])
    pairs = [_once(letters, a) for letters, a in zip(inputs, operands)]
    return rules.einsum_(tuple(letters for letters, _ in pairs), output)(*(a for _, a in pairs))


def _once(letters: str, a: Any) -> tuple[str, Any]:
    """An operand with each letter once: a letter twice takes the diagonal."""
    distinct = "".join(dict.fromkeys(letters))
    if distinct == letters:
        return letters, a
    return distinct, gather(a, lambda entries: np.einsum(f"{letters}->{distinct}", entries))


def _written_out(subscripts: str, dims: list[int]) -> tuple[list[str], str]:
    """Operands and output of an einsum with letters in the place of every ellipsis."""
    left, arrow, output = subscripts.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(dims):
        raise ShapeError(
            f"einsum was asked for {len(inputs)} operands by {subscripts!r} and given {len(dims)}; give one for each"
        )
    free = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba" if c not in subscripts]
    rest = [n - len(letters.replace("...", "")) for letters, n in zip(inputs, dims)]
    dots = "".join(
        free[: builtins.max([n for letters, n in zip(inputs, rest) if "..." in letters], default=0)]
    )
    inputs = [letters.replace("...", dots[len(dots) - n :]) for letters, n in zip(inputs, rest)]
    if not arrow:
        joined = "".join(inputs)
        output = dots + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots))
    return inputs, output.replace("...", dots)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = _lifted(a), _lifted(b)
    na, nb = len(shape(a)), len(shape(b))
    pairs = (list(range(na - axes, na)), list(range(axes))) if isinstance(axes, int) else axes
    left, right = (_axes(x, axis) for x, axis in zip((a, b), pairs))
    keep_a = tuple(i for i in range(-na, 0) if i not in left)
    keep_b = tuple(i for i in range(-nb, 0) if i not in right)
    lengths = [[shape(x)[i] for i in axis] for x, axis in ((a, left), (b, right))]
    if lengths[0] != lengths[1]:
        raise ShapeError(
            f"tensordot was asked of shapes {shape(a)} and {shape(b)} to sum over axes of lengths {lengths[0]} and "
            f"{lengths[1]}; choose axes whose lengths agree"
        )
    rest_a, rest_b = [shape(a)[i] for i in keep_a], [shape(b)[i] for i in keep_b]
    size = math.prod(lengths[0])
    rows = reshape(transpose(a, keep_a + left), (math.prod(rest_a), size))
    columns = reshape(transpose(b, right + keep_b), (size, math.prod(rest_b)))
    return reshape(rules.matmul_(rows, columns), (*rest_a, *rest_b))


def dot(a: Any, b: Any, out: None = None) -> Any:
    _no_out(out)
    a, b = _lifted(a), _lifted(b)
    if not shape(a) or not shape(b):
        return a * b
    return matmul(a, b) if len(shape(b)) <= 2 else tensordot(a, b, (-1, -2))


def inner(a: Any, b: Any, /) -> Any:
    a, b = _lifted(a), _lifted(b)
    return a * b if not shape(a) or not shape(b) else tensordot(a, b, (-1, -1))


def vdot(a: Any, b: Any, /) -> Any:
    return sum(ravel(a) * ravel(b))


def outer(a: Any, b: Any, out: None = None) -> Any:
    _no_out(out)
    return reshape(a, (-1, 1)) * reshape(b, (1, -1))


def kron(a: Any, b: Any) -> Any:
    a, b = _lifted(a), _lifted(b)
    n = builtins.max(len(shape(a)), len(shape(b)))
    left, right = ((1,) * (n - len(shape(x))) + shape(x) for x in (a, b))
    wide = reshape(a, tuple(k for size in left for k in (size, 1))) * reshape(
        b, tuple(k for size in right for k in (1, size))
    )
    return reshape(wide, tuple(p * q for p, q in zip(left, right)))


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None
) -> Any:
    return sum(diagonal(a, offset, axis1, axis2), -1, dtype, out)


def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    a, b = moveaxis(_lifted(a), axisa, -1), moveaxis(_lifted(b), axisb, -1)
    sign = np.linalg.det(np.eye(3)[np.indices((3, 3, 3)).transpose(1, 2, 3, 0)])[
        : shape(a)[-1], : shape(b)[-1]
    ].astype(_real(a))
    if sign.shape[:2] == (2, 2):
        return einsum("...i,...j,ij->...", a, b, sign[..., 2])
    return moveaxis(einsum("...i,...j,ijk->...k", a, b, sign), -1, axisc)


_slope_weights: Any = np.gradient


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """As np.gradient, which is linear in f: the weights are found by applying it to unit arrays."""
    f = _lifted(f)
    axes = [i + len(shape(f)) for i in _axes(f, axis)]
    steps = [1.0] * len(axes) if not varargs else list(varargs) * (len(axes) if len(varargs) == 1 else 1)
    slopes = [
        moveaxis(
            tensordot(
                _slope_weights(np.eye(shape(f)[i], dtype=_real(f)), step, axis=0, edge_order=edge_order),
                f,
                (1, i),
            ),
            0,
            i,
        )
        for i, step in zip(axes, steps)
    ]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


__all__ = [
    name
    for name, value in list(globals().items())
    if not name.startswith("_")
    and (isinstance(value, (Primitive, partial)) or getattr(value, "__module__", "") == __name__)
]
