"""The labels of tests/judge/variants, against complex steps and the handed slopes: no engine, no judge."""

import cmath
import contextlib
import io
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = runpy.run_path(str(ROOT / "tests/judge/variants/variants.py"))
A2 = ["a2.dz_dt", "a2.polar", "a2.total_derivative", "a2.two_path"]
CELLS = {task: LIBRARY["read"](task) for task in A2}
ALL = [variant for task in A2 for variant in CELLS[task]]

STEP = 1e-30


def slope(function, x):
    """df/dx at x by a complex step, exact to rounding."""
    return function(complex(x, STEP)).imag / STEP


OUTER = {  # name: (f, fx, fy); the last is a decoy, whose handed slopes are not those of f
    "polynomial": (lambda x, y: x * x * y + 3 * y, lambda x, y: 2 * x * y, lambda x, y: x * x + 3),
    "waves": (lambda x, y: cmath.sin(x) * y + cmath.cos(2 * y), lambda x, y: cmath.cos(x).real * y,
              lambda x, y: cmath.sin(x).real - 2 * cmath.sin(2 * y).real),
    "decoy": (lambda x, y: x + y, lambda x, y: 2.5 * x - y, lambda x, y: x * y + 1.5),
}
INNER = {  # name: (g, dg)
    "square": (lambda t: t * t + 0.5, lambda t: 2 * t),
    "wave": (lambda t: cmath.sin(3 * t) if isinstance(t, complex) else cmath.sin(3 * t).real,
             lambda t: 3 * cmath.cos(3 * t).real),
    "line": (lambda t: 4 - 1.5 * t, lambda t: -1.5),
    "decoy": (lambda t: t, lambda t: 0.7 - 2 * t),
}


def probes(task):
    """Pairs (arguments, true answer) of a task."""
    if task == "a2.dz_dt":
        z = lambda t: cmath.cos(2 * t) ** 2 * (t * t + t) + cmath.sin(t * t + t)  # noqa: E731
        return [((t,), slope(z, t)) for t in (-1.3, -0.4, 0.35, 0.8, 1.7, 2.2)]
    if task == "a2.total_derivative":
        z = lambda t, k: cmath.sin(t) * cmath.exp(k * t) + t * cmath.sin(t) ** 2  # noqa: E731
        return [((t, k), slope(lambda s: z(s, k), t)) for t, k in [(0.4, 1.7), (-0.9, 0.6), (1.3, -0.8), (2.1, 0.45)]]
    if task == "a2.two_path":
        pairs = [("polynomial", "square", "wave"), ("waves", "line", "square"), ("decoy", "wave", "line"),
                 ("polynomial", "line", "decoy"), ("waves", "decoy", "wave")]
        rows = []
        for outer, first, second in pairs:
            (f, fx, fy), (g, dg), (h, dh) = OUTER[outer], INNER[first], INNER[second]
            for t in (-0.7, 0.45, 1.25):
                rows.append(((f, fx, fy, g, dg, h, dh, t), fx(g(t), h(t)) * dg(t) + fy(g(t), h(t)) * dh(t)))
        return rows
    rows = []
    for f, fx, fy in OUTER.values():
        for r, th in [(1.6, 0.4), (2.3, 2.2), (0.7, -1.1)]:
            x, y = r * np.cos(th), r * np.sin(th)
            rows.append(((f, fx, fy, r, th), (fx(x, y) * np.cos(th) + fy(x, y) * np.sin(th), fy(x, y) * x - fx(x, y) * y)))
    return rows


def worst_error(variant):
    """Largest |answer - truth| / max(|truth|, 1) over the probes; inf where the answer is no number of the right shape."""
    worst = 0.0
    for arguments, truth in probes(variant.task):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                answer = np.asarray(variant.function()(*arguments), dtype=float)
        except Exception:
            return np.inf
        if answer.shape != np.shape(truth) or not np.isfinite(answer).all():
            return np.inf
        worst = max(worst, float(np.max(np.abs(answer - truth) / max(1.0, np.max(np.abs(truth))))))
    return worst


def test_the_truth_by_handed_slopes_agrees_with_a_complex_step():
    for (f, fx, fy, g, dg, h, dh, t), truth in probes("a2.two_path")[:6]:
        assert slope(lambda s: f(g(s), h(s)), t) == pytest.approx(truth, rel=1e-12)
    for (f, fx, fy, r, th), (dr, dth) in probes("a2.polar")[:6]:
        assert slope(lambda s: f(s * np.cos(th), s * np.sin(th)), r) == pytest.approx(dr, rel=1e-12)
        assert slope(lambda s: f(r * cmath.cos(s), r * cmath.sin(s)), th) == pytest.approx(dth, rel=1e-12)


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_variant_is_right_exactly_when_its_label_says_so(variant):
    error = worst_error(variant)
    if variant.right:
        assert error < 1e-5
    else:
        assert error > 1e-4


def test_every_label_names_slips_of_the_catalogue():
    known = {row["id"] for row in json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())}
    for variant in ALL:
        for name in variant.accepted:
            assert set(name) <= known, f"{variant.task} {variant.name}"
            assert len(name) in (1, 2)


@pytest.mark.parametrize("task", A2)
def test_each_task_has_enough_styles_and_slips_and_a_third_is_held_out(task):
    cells = CELLS[task]
    assert len({variant.name for variant in cells}) == len(cells)
    right = [variant for variant in cells if variant.right]
    wrong = [variant for variant in cells if not variant.right]
    assert len(right) >= 8 and len(wrong) >= 14
    for group in (right, wrong):
        assert 0.25 <= sum(variant.held_out for variant in group) / len(group) <= 0.45


def test_a_cell_without_a_readable_header_is_refused(tmp_path):
    (tmp_path / "a9").mkdir()
    (tmp_path / "a9" / "f.py").write_text("# %% name right\ndef f(): pass\n")
    library = runpy.run_path(str(ROOT / "tests/judge/variants/variants.py"))
    library["read"].__globals__["HERE"] = tmp_path
    with pytest.raises(ValueError, match="two spaces between"):
        library["read"]("a9.f")
