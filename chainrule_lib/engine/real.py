"""NumPy's names for functions of one float: the namespace `m` in which a rule is evaluated on plain numbers.

A pole has an infinite value, as in NumPy (log(0) = -inf, 1/0 = inf); outside its domain a function raises
ValueError, as in `math`, and the engine turns that into a DomainError.
"""

import math
from math import (
    atan as arctan,
    atan2 as arctan2,
    asinh as arcsinh,
    asin as arcsin,
    acos as arccos,
)  # noqa: F401
from math import acosh as arccosh, cos, sin, tan, tanh, sqrt, hypot, inf, isnan, nan, pi  # noqa: F401
from math import (
    degrees as rad2deg,
    radians as deg2rad,
    floor as _floor,
    ceil as _ceil,
    trunc as _trunc,
)  # noqa: F401


def _unbounded(function):
    """The same function, infinite where it leaves the range of floats."""

    def bounded(x):
        try:
            return function(x)
        except OverflowError:
            return function(math.copysign(1.0, x)) * inf

    return bounded


def _pole(function, at, value):
    """The same function with an infinite value at its pole."""
    return lambda x: value if x == at else function(x)


exp, exp2, expm1, sinh, cosh = map(
    _unbounded, (math.exp, lambda x: math.pow(2.0, x), math.expm1, math.sinh, math.cosh)
)
log, log2, log10 = (_pole(f, 0, -inf) for f in (math.log, math.log2, math.log10))
log1p = _pole(math.log1p, -1, -inf)


def arctanh(x):
    return math.copysign(inf, x) if abs(x) == 1 else math.atanh(x)


def cbrt(x):
    return math.copysign(abs(x) ** (1 / 3), x) if abs(x) in (0, inf) else _newton_cbrt(x)


def _newton_cbrt(x):
    y = math.copysign(abs(x) ** (1 / 3), x)
    return y - (y * y * y - x) / (3 * y * y)


def divide(x, y):
    try:
        return x / y
    except ZeroDivisionError:
        if x == 0 or x != x:
            raise ValueError("0/0 has no value") from None
        return math.copysign(inf, x) * math.copysign(1.0, y)


def pow(x, y):
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        if x == 0:
            return inf
        raise


def mod(x, y):
    return x - y * floor(divide(x, y))


def floor(x):
    return float(_floor(x)) if math.isfinite(x) else x


def ceil(x):
    return float(_ceil(x)) if math.isfinite(x) else x


def trunc(x):
    return float(_trunc(x)) if math.isfinite(x) else x


def rint(x):
    return float(round(x)) if math.isfinite(x) else x


absolute = abs


def where(condition, x, y):
    return x if condition else y


def sign(x):
    return x if x != x else float(x > 0) - float(x < 0)


def maximum(x, y):
    return x if x >= y or x != x else y


def minimum(x, y):
    return x if x <= y or x != x else y


def share(wins, ties):
    """The slope of a maximum in one argument: all of it where that argument wins, half where the two tie."""
    return wins + 0.5 * ties


def sigmoid(x):
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1.0 + e)


def logaddexp(x, y):
    return maximum(x, y) + math.log1p(math.exp(-abs(x - y))) if x != y else x + math.log(2.0)


def logaddexp2(x, y):
    return logaddexp(x * math.log(2.0), y * math.log(2.0)) / math.log(2.0)


def sinc(x):
    return sin(pi * x) / (pi * x) if x else 1.0


def softplus(x):
    return logaddexp(x, 0.0)
