"""What a proof of a displayed equation is, and how a left side is differentiated without the chain rule."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

H = 1e-30


def slope(f: Callable, t: float) -> float:
    """df/dt by complex step."""
    return f(complex(t, H)).imag / H


def slopes(f: Callable, x):
    """df/dx for every entry of an array, by complex step."""
    import numpy as np

    found = np.zeros(np.shape(x))
    for place in np.ndindex(found.shape):
        nudged = np.array(x, dtype=complex)
        nudged[place] += 1j * H
        found[place] = f(nudged).imag / H
    return found


def bend(f: Callable, t: float, h: float = 1e-3) -> float:
    """The second derivative: central differences of complex-step slopes, extrapolated to an error of order h^4."""
    one, two = ((slope(f, t + s) - slope(f, t - s)) / (2 * s) for s in (h, 2 * h))
    return (4 * one - two) / 3


@dataclass(frozen=True)
class Equation:
    """`left(*point)`, `right(*point)` and `wrong(*point)` are numbers or sequences of numbers, for every point of `at`."""

    page: str
    label: str
    tex: str
    left: Callable
    right: Callable
    wrong: Callable
    at: Sequence[tuple]
    rtol: float = 1e-9

    def holds(self, claim: Callable) -> bool:
        """Does `claim` equal the left side at every point?"""
        return all(self._agree(self.left(*point), claim(*point)) for point in self.at)

    def _agree(self, left, right) -> bool:
        pairs = zip(left, right, strict=True) if isinstance(left, (list, tuple)) else [(left, right)]
        return all(math.isclose(a, b, rel_tol=self.rtol, abs_tol=self.rtol) for a, b in pairs)
