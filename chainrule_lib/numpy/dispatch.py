"""NumPy's own functions called on traced values: np.exp(x), ndarray * x, np.concatenate([x, y])."""

from __future__ import annotations

from typing import Any

from ..engine import table
from ..engine.errors import InputTypeError
from . import functions, linalg

# elementwise functions whose name in NumPy is not the name of our row
ELEMENTWISE = {row.name: row for row in table.TABLE.values()} | {
    "add": table.add,
    "subtract": table.sub,
    "multiply": table.mul,
    "divide": table.div,
    "true_divide": table.div,
    "power": table.pow,
    "float_power": table.pow,
    "remainder": table.mod,
    "negative": table.neg,
    "positive": table.identity,
    "absolute": table.absolute,
    "fabs": table.absolute,
    "fmax": table.maximum,
    "fmin": table.minimum,
    "degrees": table.rad2deg,
    "radians": table.deg2rad,
    "logaddexp2": functions.logaddexp2,
    "sinc": functions.sinc,
    "fix": table.trunc,
    "conjugate": table.identity,
    "real": table.identity,
    "real_if_close": table.identity,
}

# functions of the values alone: their results do not vary with small changes, so they are plain
_FLAT = """shape ndim size argmax argmin argsort argpartition argwhere nonzero flatnonzero count_nonzero
searchsorted digitize all any isclose allclose array_equal array_equiv zeros_like ones_like empty_like
full_like result_type can_cast min_scalar_type common_type iscomplexobj isrealobj iscomplex isreal isposinf
isneginf isscalar array_repr array_str array2string may_share_memory shares_memory unique lexsort histogram
bincount save savetxt savez equal not_equal less less_equal greater greater_equal isfinite isinf isnan
signbit logical_and logical_or logical_not logical_xor floor_divide isnat""".split()

_REDUCE = {
    "add": functions.sum,
    "multiply": functions.prod,
    "maximum": functions.max,
    "minimum": functions.min,
}


def array_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """`__array_ufunc__` of every traced value."""
    name = ufunc.__name__
    if method == "__call__" and not kwargs:
        row = functions.matmul if name == "matmul" else ELEMENTWISE.get(name)
        if row is not None:
            return row(*inputs)
    if kwargs.get("out") is not None:
        raise InputTypeError(
            f"np.{name} was asked to write a traced value into an array, in place or by out=; "
            f"arrays hold plain numbers. Write a = a + x, which makes a new value"
        )
    if method == "reduce" and name in _REDUCE:
        return _REDUCE[name](
            *inputs, **{"axis": 0} | {key: value for key, value in kwargs.items() if key != "out"}
        )
    if method == "accumulate" and name == "add":
        return functions.cumsum(*inputs, **{"axis": 0} | kwargs)
    if method == "outer" and name == "multiply":
        a, b = inputs
        return functions.tensordot(a, b, 0)
    if method == "__call__":
        if name in ELEMENTWISE and kwargs.keys() == {"dtype"}:
            return functions.astype(ELEMENTWISE[name](*inputs), kwargs["dtype"])
        if name in _FLAT:
            return ufunc(*functions.value_of(inputs), **kwargs)
    raise _no_rule(name if method == "__call__" else f"{name}.{method}")


def array_function(self: Any, function: Any, types: Any, args: tuple, kwargs: dict) -> Any:
    """`__array_function__` of every traced value."""
    name = function.__name__
    room = linalg if function.__module__ == "numpy.linalg" else functions
    if name in room.__all__:
        return getattr(room, name)(*args, **kwargs)
    if name in ELEMENTWISE and room is functions:
        return ELEMENTWISE[name](*args, **kwargs)
    if name in _FLAT:
        return function(*functions.value_of(args), **functions.value_of(kwargs))
    raise _no_rule(name)


def _no_rule(name: str) -> InputTypeError:
    return InputTypeError(
        f"np.{name} was called on a traced value and has no rule here; write it with the functions of "
        f"chainrule_lib.numpy, give it one with cr.primitive, or use .value if you need no derivative"
    )
