"""The labels of a1 and a2 in tests/judge/variants, against complex steps and the handed slopes: no judge."""

import cmath
import json
import runpy
from itertools import cycle

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, STEP, assert_catalogued, assert_label_holds, assert_mixed, worst_error

CELLS = {task: LIBRARY["read"](task) for task in LIBRARY["tasks"]() if task.startswith(("a1.", "a2."))}
ALL = [variant for cells in CELLS.values() for variant in cells]


def slope(function, x):
    """df/dx at x by a complex step, exact to rounding."""
    return function(complex(x, STEP)).imag / STEP


def wave(x):
    """sin x, a float for a float."""
    return cmath.sin(x) if isinstance(x, complex) else cmath.sin(x).real


def hill(x):
    """cos x, a float for a float."""
    return cmath.cos(x) if isinstance(x, complex) else cmath.cos(x).real


# Functions of one variable as (f, f', f''), of two as (f, fx, fy); the decoys' handed slopes are not their own.
ONE = {
    "square": (lambda t: t * t + 0.5, lambda t: 2 * t, lambda t: 2.0),
    "wave": (lambda t: wave(3 * t), lambda t: 3 * hill(3 * t), lambda t: -9 * wave(3 * t)),
    "cubic": (lambda t: t**3 - t, lambda t: 3 * t * t - 1, lambda t: 6 * t),
    "line": (lambda t: 4 - 1.5 * t, lambda t: -1.5, lambda t: 0.0),
    "decoy": (lambda t: t, lambda t: 0.7 - 2 * t, lambda t: t * t + 1.3),
}
TWO = {
    "polynomial": (lambda x, y: x * x * y + 3 * y, lambda x, y: 2 * x * y, lambda x, y: x * x + 3),
    "waves": (lambda x, y: wave(x) * y + hill(2 * y), lambda x, y: hill(x) * y, lambda x, y: wave(x) - 2 * wave(2 * y)),
    "decoy": (lambda x, y: x + y, lambda x, y: 2.5 * x - y, lambda x, y: x * y + 1.5),
}
PLACES = (-0.7, 0.45, 1.25)


def pairs():
    """Pairs of different one-variable functions, each with a place."""
    names = [(outer, inner) for outer in ONE for inner in ONE if outer != inner and "line" not in (outer, inner)]
    return [(ONE[outer], ONE[inner], x) for (outer, inner), x in zip(names, cycle(PLACES))]


def chain():
    for (f, df, _), (g, dg, _), x in pairs():
        yield (f, df, g, dg, x), df(g(x)) * dg(x)


def second():
    for (_, df, d2f), (g, dg, d2g), x in pairs():
        yield (df, d2f, g, dg, d2g, x), d2f(g(x)) * dg(x) ** 2 + df(g(x)) * d2g(x)


def d_triple():
    for x in (-1.3, -0.6, 0.45, 0.9, 1.6):
        yield (x,), slope(lambda s: cmath.exp(cmath.sin(s * s)), x)


def neuron_grads():
    loss = lambda w, b, x, y: (1 / (1 + cmath.exp(-(w * x + b))) - y) ** 2  # noqa: E731
    for w, b, x, y in [(0.8, -0.3, 1.7, 0.2), (-1.4, 0.6, 0.9, 1.0), (2.1, -1.5, -0.6, 0.35)]:
        yield (w, b, x, y), (slope(lambda s: loss(s, b, x, y), w), slope(lambda s: loss(w, s, x, y), b))


def dz_dt():
    for t in (-1.3, -0.4, 0.35, 0.8, 1.7, 2.2):
        yield (t,), slope(lambda s: cmath.cos(2 * s) ** 2 * (s * s + s) + cmath.sin(s * s + s), t)


def total_derivative():
    for t, k in [(0.4, 1.7), (-0.9, 0.6), (1.3, -0.8), (2.1, 0.45)]:
        yield (t, k), slope(lambda s: cmath.sin(s) * cmath.exp(k * s) + s * cmath.sin(s) ** 2, t)


def two_path():
    trios = [("polynomial", "square", "wave"), ("waves", "line", "square"), ("decoy", "wave", "line"),
             ("polynomial", "line", "decoy"), ("waves", "decoy", "wave")]
    for outer, first, other in trios:
        (f, fx, fy), (g, dg, _), (h, dh, _) = TWO[outer], ONE[first], ONE[other]
        for t in PLACES:
            yield (f, fx, fy, g, dg, h, dh, t), fx(g(t), h(t)) * dg(t) + fy(g(t), h(t)) * dh(t)


def polar():
    for f, fx, fy in TWO.values():
        for r, th in [(1.6, 0.4), (2.3, 2.2), (0.7, -1.1)]:
            x, y = r * np.cos(th), r * np.sin(th)
            yield (f, fx, fy, r, th), (fx(x, y) * np.cos(th) + fy(x, y) * np.sin(th), fy(x, y) * x - fx(x, y) * y)


PROBES = {f"a1.{make.__name__}": list(make()) for make in (chain, second, d_triple, neuron_grads)}
PROBES |= {f"a2.{make.__name__}": list(make()) for make in (dz_dt, total_derivative, two_path, polar)}


def test_handed_slopes_that_belong_together_give_the_complex_step():
    for (f, df, g, dg, x), truth in chain():
        if ONE["decoy"][0] not in (f, g):
            assert slope(lambda s: f(g(s)), x) == pytest.approx(truth, rel=1e-12)
    for (df, d2f, g, dg, d2g, x), truth in second():
        if g is not ONE["decoy"][0] and df is not ONE["decoy"][1]:
            assert slope(lambda s: df(g(s)) * dg(s), x) == pytest.approx(truth, rel=1e-12)
    for (f, fx, fy, g, dg, h, dh, t), truth in two_path():
        if f is not TWO["decoy"][0] and ONE["decoy"][0] not in (g, h):
            assert slope(lambda s: f(g(s), h(s)), t) == pytest.approx(truth, rel=1e-12)
    for (f, fx, fy, r, th), (dr, dth) in polar():
        if f is not TWO["decoy"][0]:
            assert slope(lambda s: f(s * np.cos(th), s * np.sin(th)), r) == pytest.approx(dr, rel=1e-12)
            assert slope(lambda s: f(r * cmath.cos(s), r * cmath.sin(s)), th) == pytest.approx(dth, rel=1e-12)


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_variant_is_right_exactly_when_its_label_says_so(variant):
    assert_label_holds(variant, worst_error(variant, PROBES[variant.task]))


def test_every_label_names_slips_of_the_catalogue():
    catalogue = json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())
    assert_catalogued(ALL, {row["id"] for row in catalogue})


@pytest.mark.parametrize("task", CELLS)
def test_each_task_has_enough_styles_and_slips_and_a_third_is_held_out(task):
    assert_mixed(CELLS[task])
    assert sum(variant.right for variant in CELLS[task]) >= 8
    assert sum(not variant.right for variant in CELLS[task]) >= 14


def test_a_cell_without_a_readable_header_is_refused(tmp_path):
    (tmp_path / "a9").mkdir()
    (tmp_path / "a9" / "f.py").write_text("# %% name right\ndef f(): pass\n")
    library = runpy.run_path(str(ROOT / "tests/judge/variants/variants.py"))
    library["read"].__globals__["HERE"] = tmp_path
    with pytest.raises(ValueError, match="write .# %% name  label  tags., two spaces between"):
        library["read"]("a9.f")
