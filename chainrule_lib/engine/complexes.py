"""The namespace `real` continued to complex numbers, for the complex-step derivative f'(x) = Im f(x + ih) /
h.

Only analytic continuations stand here: abs(x) continues as x or -x, so that the step stays exact; whatever
has no continuation is missing, and the check that asked for it falls back to differences.
"""

import cmath
import math
from cmath import (
    asin as arcsin,
    acos as arccos,
    atan as arctan,
    asinh as arcsinh,
    acosh as arccosh,
)  # noqa: F401
from cmath import atanh as arctanh, cos, cosh, exp, log, log10, sin, sinh, sqrt, tan, tanh  # noqa: F401

from .real import deg2rad as _radian, rad2deg as _degree, where  # noqa: F401


def log2(x):
    return cmath.log(x, 2)


def log1p(x):
    return cmath.log(1 + x)


def expm1(x):
    return cmath.exp(x) - 1


def exp2(x):
    return 2**x


def cbrt(x):
    return x ** (1 / 3) if x.real > 0 else -((-x) ** (1 / 3))


def hypot(x, y):
    return cmath.sqrt(x * x + y * y)


def arctan2(y, x):
    if abs(x.real) < abs(y.real):
        return math.copysign(math.pi / 2, y.real) - cmath.atan(x / y)
    return cmath.atan(y / x) + (math.copysign(math.pi, y.real) if x.real < 0 else 0.0)


def divide(x, y):
    return x / y


def pow(x, y):
    return x**y


def absolute(x):
    return x if x.real >= 0 else -x


def maximum(x, y):
    return x if x.real >= y.real else y


def minimum(x, y):
    return x if x.real <= y.real else y


def sigmoid(x):
    return 1 / (1 + cmath.exp(-x)) if x.real >= 0 else 1 - 1 / (1 + cmath.exp(x))


def logaddexp(x, y):
    high, low = maximum(x, y), minimum(x, y)
    return high + log1p(cmath.exp(low - high))


def softplus(x):
    return logaddexp(x, 0)


def deg2rad(x):
    return x * _radian(1.0)


def rad2deg(x):
    return x * _degree(1.0)
