"""Choose probes: numbers that tell slips apart, and callables from the menu with their slopes or with decoys.

Public and secret probes come from the same sampler and differ in their seed alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from random import Random

from .answering import MENU

TRIES = 60
WELL_APART, LARGE = 0.04, 60.0


def generator(task_id: str, seed: bytes | None) -> Random:
    """The random numbers of one task's probes: public ones when the seed is None, else secret ones."""
    text = b"public" if seed is None else b"secret" + seed
    return Random(hashlib.sha256(text + b"|" + task_id.encode()).digest())


def pick(rng: Random, low: float, high: float) -> float:
    """A number of two decimals between low and high or between their negatives."""
    return round(rng.uniform(low, high), 2) * rng.choice((-1, 1))


def apart(values: list[float]) -> float:
    """The smallest distance between the sizes of these numbers, 0, 1 and 2; 0.0 when one is very large.

    Where it is not small, taking one number for another, dropping a factor or doubling a term changes the
    answer. Numbers that are exactly equal are the same one met twice.
    """
    sizes = sorted({0.0, 1.0, 2.0, *(round(abs(value), 9) for value in values)})
    return 0.0 if sizes[-1] > LARGE else min(b - a for a, b in zip(sizes, sizes[1:]))


def sampled(sample: Callable[[], list], score: Callable[[list], float]) -> list:
    """The first sample that scores well, or the best one tried."""
    seen: list[list] = []
    best, arguments = -1.0, []
    for _ in range(TRIES):
        tried = sample()
        if tried in seen:
            continue
        seen.append(tried)
        if (found := score(tried)) > best:
            best, arguments = found, tried
        if best >= WELL_APART:
            break
    return arguments


def call(name: str, *constants: float) -> dict:
    """A callable of the menu as a JSON argument."""
    return {"call": name, "with": [round(c, 4) if isinstance(c, (int, float)) else c for c in constants]}


def array(rng: Random, *shape: int, low: float = 0.3, high: float = 1.9) -> list:
    """Nested lists of numbers of one decimal, of either sign, none near 0."""
    if len(shape) == 1:
        return [round(rng.uniform(low, high), 1) * rng.choice((-1, 1)) for _ in range(shape[0])]
    return [array(rng, *shape[1:], low=low, high=high) for _ in range(shape[0])]


# Each row: constants -> a function of one variable, its slope, the slope of its slope.
ONE = {
    "bend": lambda a, b: (call("bend", a, b, 0.5), call("line", 2 * a, b), call("bend", 0, 0, 2 * a)),
    "wave": lambda a, b: (call("wave", a, b), call("cowave", a * b, b), call("wave", -a * b * b, b)),
    "twist": lambda a, b: (call("twist", a, b), call("twist_slope", 3 * a, b), call("twist_bend", 6 * a, b)),
}
# Constants -> a function of two variables and its two partials.
TWO = {
    "saddle": lambda a, b: (call("saddle", a, b), call("saddle_x", 2 * a), call("saddle_y", a, b)),
    "ripple": lambda a, b: (call("ripple", a, b, 0.3), call("ripple_x", a, b), call("ripple_y", a, 0.6)),
}


def one_variable(rng: Random, decoy: bool = False, besides: str = "") -> tuple[str, tuple[dict, ...]]:
    """A row of ONE other than `besides`: function, slope, bend; a decoy's slopes belong to another function."""
    name = rng.choice([key for key in ONE if key != besides])
    function, *slopes = ONE[name](*_constants(rng))
    if decoy:
        _, *slopes = ONE[rng.choice([key for key in ONE if key != name])](*_constants(rng))
    return name, (function, *slopes)


def two_variables(rng: Random, decoy: bool = False) -> tuple[dict, dict, dict]:
    """A row of TWO: function and partials; a decoy's partials belong to no such function."""
    function, fx, fy = TWO[rng.choice(sorted(TWO))](*_constants(rng))
    if decoy:
        fx, fy = call("blend", *_constants(rng), pick(rng, 0.4, 0.9)), call("sway", *_constants(rng))
    return function, fx, fy


def _constants(rng: Random) -> tuple[float, float]:
    return round(rng.uniform(0.6, 1.7), 1), round(rng.uniform(0.6, 1.9), 1)


def described(argument: dict, name: str) -> str:
    """A callable argument as the reader would write it: "f(x, y) = 1.3 x^2 y + 0.7 sin(y)"."""
    variables, text, _ = MENU[argument["call"]]
    text = text.format(*(f"{c:g}" if isinstance(c, (int, float)) else c for c in argument["with"]))
    text = re.sub(r"(?<![\d.])1 (?=[a-z])", "", text.replace("+ -", "- ").replace("- -", "+ "))
    return f"{name}({variables}) = {text}"
