"""Is this derivative right? Three independent witnesses.

The complex step, f'(x) = Im f(x + ih) / h + O(h^2), has no subtraction and so no rounding error: with h =
1e-30 it is exact to the last digits, for functions that accept complex numbers (Squire and Trapp, 1998).
Central differences work for all, with an error that first falls with h^4 and then grows with 1/h, so they
are swept over h and the calmest stretch is believed. And forward and reverse mode must agree: <v, J w> =
<J^T v, w>.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..engine import ShapeError, jacobian, jvp
from ..engine.trees import leaves, map_tree

COORDINATES = 200  # with more inputs than this, random directions are tried instead of all coordinates
DIRECTIONS = 20


@dataclass(frozen=True)
class Report:
    """What a check found; true when all is well.

    `ok`; `max_error`, the largest deviation relative to the largest derivative; `method`, "complex step" or
    "central differences"; `details`: where it was worst, the numbers there, and the gap in <v, J w> = <J^T
    v, w>.
    """

    ok: bool
    max_error: float
    method: str
    details: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        verdict = "right" if self.ok else "WRONG"
        lines = [f"gradient {verdict}: largest relative error {self.max_error:.2g} by {self.method}"]
        return "\n  ".join(lines + [f"{key}: {value}" for key, value in self.details.items()])


def check_grad(f: Callable, df: Callable | None = None, at: Any = (), *, rtol: float = 1e-6) -> Report:
    """Compare a derivative of f at a point with numbers that owe nothing to it.

    `at`: the tuple of arguments (or the one argument). `df(*at)`: the derivative to be judged, with the
    structure of the arguments (of one argument, or a tuple for several), each entry of shape y.shape +
    x.shape. Without df the engine's own derivative is judged, in both modes.

    >>> import chainrule_lib as cr
    >>> bool(check_grad(lambda x: cr.sin(x) * x, at=(0.7,)))
    True
    >>> bool(check_grad(lambda x: x**3, df=lambda x: 2 * x * x, at=(1.5,)))
    False
    """
    point = tuple(at) if isinstance(at, tuple) else (at,)
    if not point:
        raise ShapeError("check_grad was given no point; write at=(x, ...), one entry for each argument of f")
    everything = tuple(range(len(point)))
    given = jacobian(f, everything)(*point) if df is None else df(*point)
    given = tuple(given) if isinstance(given, (tuple, list)) and len(given) == len(point) else (given,)
    where = leaves(point)
    claimed = leaves(given)
    if len(claimed) != len(where):
        raise ShapeError(
            f"check_grad was given {len(claimed)} derivatives for {len(where)} arguments; return one for each"
        )

    directions = _directions(where)
    numeric, method, doubt = _numeric(f, point, directions)
    errors, scale = [], 0.0
    for (label, direction), truth in zip(directions, numeric):
        claim = sum(_along(c, d) for c, d in zip(claimed, direction) if d is not None)
        errors.append((_size(claim - truth), label, claim, truth))
        scale = max(scale, _size(truth))
    worst = max(errors, key=lambda e: float("inf") if e[0] != e[0] else e[0])
    relative = worst[0] / scale if scale > 0 else worst[0]
    details: dict[str, Any] = {
        "worst at": worst[1],
        "claimed": worst[2],
        "numeric": worst[3],
        "directions": len(directions),
    }
    ok = worst[0] <= rtol * scale + min(4 * doubt, 1e-3 * scale + 1e-12) + 1e-300
    if df is None:
        details["<v, J w> - <J^T v, w>"] = gap = _mode_gap(f, point, claimed, where)
        ok = ok and gap <= max(rtol, 1e-9)
    return Report(bool(ok), float(relative), method, details)


def _directions(where: list) -> list[tuple[str, list]]:
    """Directions to try: (label, one entry per argument, None where the argument rests)."""
    rng = random.Random(0)
    sizes = [getattr(x, "size", 1) for x in where]
    if sum(sizes) > COORDINATES:
        return [
            (f"random direction {k}", [_filled(x, lambda _: rng.gauss(0, 1)) for x in where])
            for k in range(DIRECTIONS)
        ]
    found = []
    for k, x in enumerate(where):
        for i in range(sizes[k]):
            here = f"argument {k}" + (f", entry {i}" if getattr(x, "shape", ()) else "")
            found.append(
                (here, [_filled(x, lambda j: float(j == i)) if n == k else None for n in range(len(where))])
            )
    return found


def _filled(x: Any, entry: Callable[[int], float]) -> Any:
    if not getattr(x, "shape", ()):
        return entry(0)
    import numpy as np

    return np.array([entry(i) for i in range(x.size)]).reshape(x.shape)


def _along(derivative: Any, direction: Any) -> Any:
    """The derivative, of shape y.shape + x.shape, applied to a direction of shape x.shape."""
    if not getattr(direction, "shape", ()):
        return derivative * direction
    import numpy as np

    if np.shape(derivative)[np.ndim(derivative) - direction.ndim :] != direction.shape:
        raise ShapeError(
            f"check_grad was given a derivative of shape {np.shape(derivative)} in an argument of shape "
            f"{direction.shape}; return one of shape y.shape + x.shape"
        )
    return np.tensordot(derivative, direction, direction.ndim)


def _size(x: Any) -> float:
    return float(abs(x) if not getattr(x, "shape", ()) else abs(x).max(initial=0.0))


def _moved(f: Callable, point: tuple, direction: list, step: complex) -> Any:
    steps = iter(direction)
    return f(*map_tree(lambda x: x if (d := next(steps)) is None else x + step * d, point))


def _numeric(f: Callable, point: tuple, directions: list) -> tuple[list, str, float]:
    """Directional derivatives, how they were found, and how far they may be off."""
    swept = [_difference_sweep(f, point, direction) for _, direction in directions]
    doubt = max(spread for _, spread in swept)
    scale = max((_size(d) for d, _ in swept), default=0.0)
    h = 1e-30
    try:
        stepped = [_moved(f, point, direction, 1j * h).imag / h for _, direction in directions]
        # a function may accept complex numbers and not be analytic, like abs: the differences have a veto
        if all(_size(s - d) <= 1e-4 * scale + 100 * spread for s, (d, spread) in zip(stepped, swept)):
            return stepped, "complex step", 1e-14 * scale
    except Exception:  # whatever a function of real numbers does with complex ones
        pass
    return [d for d, _ in swept], "central differences", doubt


def _difference_sweep(f: Callable, point: tuple, direction: list) -> tuple[Any, float]:
    """A five-point difference over falling h, believed where two neighbours agree best; and by how much
    they agree."""
    estimates = []
    for k in range(2, 13):
        h = 10.0 ** (-k / 2)
        try:
            near = _moved(f, point, direction, h) - _moved(f, point, direction, -h)
            far = _moved(f, point, direction, 2 * h) - _moved(f, point, direction, -2 * h)
        except (ValueError, ArithmeticError):
            continue  # h reached outside the domain
        estimates.append((8 * near - far) / (12 * h))
    pairs = [(_size(b - a), b) for a, b in zip(estimates, estimates[1:])]
    pairs = [pair for pair in pairs if pair[0] == pair[0]]
    if not pairs:
        return float("nan"), float("inf")
    spread, best = min(pairs, key=lambda pair: pair[0])
    return best, spread


def _mode_gap(f: Callable, point: tuple, claimed: list, where: list) -> float:
    """How far forward and reverse mode disagree, relatively, in one random <v, J w>."""
    rng = random.Random(1)
    w = [_filled(x, lambda _: rng.gauss(0, 1)) for x in where]
    arranged = iter(w)
    _, forward = jvp(f, point, map_tree(lambda x: next(arranged), point))
    backward = sum(_along(c, d) for c, d in zip(claimed, w))
    return _size(forward - backward) / max(_size(backward), 1e-300) if _size(backward) else _size(forward)
