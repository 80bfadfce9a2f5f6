"""How far a labelled student function is from the truth: what the tests of the labels share; no engine, no judge."""

import contextlib
import copy
import io
import runpy
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
LIBRARY = runpy.run_path(str(ROOT / "tests/judge/variants/variants.py"))
STEP = 1e-30


def gradient(loss, at):
    """d loss / d at by a complex step for each entry: exact to rounding."""
    at = np.asarray(at, dtype=float)
    out = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        shifted = at.astype(complex)
        shifted[index] += 1j * STEP
        out[index] = np.imag(loss(shifted)) / STEP
    return out


def error(answer, truth):
    """Largest |answer - truth| / max |truth| over the blocks; inf where the answer has not the truth's form."""
    if isinstance(truth, dict):
        if not isinstance(answer, dict) or not truth.keys() <= answer.keys():
            return np.inf
        return max(error(answer[key], truth[key]) for key in truth)
    if isinstance(truth, tuple):
        if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != len(truth):
            return np.inf
        return max(error(a, t) for a, t in zip(answer, truth))
    answer, truth = np.asarray(answer, dtype=float), np.asarray(truth, dtype=float)
    if answer.shape != truth.shape or not np.isfinite(answer).all():
        return np.inf
    return float(np.max(np.abs(answer - truth), initial=0) / max(np.max(np.abs(truth), initial=0), 1e-6))


def same(left, right):
    """Whether two arguments are equal to the last bit, callables aside."""
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return callable(left) or np.array_equal(left, right)


def worst_error(variant, probes, given=None):
    """The largest error over two rounds of `probes`; inf for an exception or a changed argument.

    A probe is (arguments, truth). `given` holds names that the notebook hands to the student.
    """
    function = variant.function()
    function.__globals__.update(given or {})
    worst = 0.0
    for arguments, truth in [*probes, *probes]:
        own = copy.deepcopy(arguments)
        try:
            with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
                answer = copy.deepcopy(function(*own))
                worst = max(worst, error(answer, truth))
        except Exception:
            return np.inf
        if not same(own, arguments):
            return np.inf
    return worst


def assert_label_holds(variant, worst):
    """Right exactly when labelled right."""
    if variant.right:
        assert worst < 1e-5
    else:
        assert worst > 1e-4


def assert_catalogued(variants, known):
    """Every label names one or two slips of the catalogue."""
    for variant in variants:
        for name in variant.accepted:
            assert set(name) <= known, f"{variant.task} {variant.name}"
            assert len(name) in (1, 2)


def assert_mixed(cells):
    """Enough styles, enough slips, names of their own, and about a third of each held out."""
    assert len({variant.name for variant in cells}) == len(cells)
    for group, least in ([v for v in cells if v.right], 6), ([v for v in cells if not v.right], 9):
        assert len(group) >= least
        assert 0.25 <= sum(variant.held_out for variant in group) / len(group) <= 0.45
