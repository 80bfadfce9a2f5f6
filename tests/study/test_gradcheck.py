"""check_grad: it believes what is right, and catches what is wrong."""

import math

import numpy as np
import pytest

import chainrule_lib as cr
import chainrule_lib.numpy as cnp


def test_a_right_derivative_passes_by_complex_step():
    report = cr.check_grad(lambda x: cr.sin(x) * x, lambda x: math.cos(x) * x + math.sin(x), at=(0.7,))
    assert report and report.ok and report.method == "complex step" and report.max_error < 1e-14
    assert str(report).startswith("gradient right: largest relative error")


@pytest.mark.parametrize("factor", [1 + 1e-5, 1 - 1e-5, -1.0, 2.0, 0.0, math.nan])
def test_a_wrong_derivative_is_caught(factor):
    report = cr.check_grad(lambda x: cr.exp(x), lambda x: math.exp(x) * factor, at=(0.3,))
    assert not report and str(report).startswith("gradient WRONG")
    assert report.details["numeric"] == pytest.approx(math.exp(0.3))


def test_one_wrong_entry_is_found_and_named():
    right = lambda w: 2 * w
    wrong = lambda w: 2 * w + np.array([[0, 0, 0], [0, 1e-3, 0]])
    at = (np.arange(6.0).reshape(2, 3) + 1,)
    assert cr.check_grad(lambda w: np.sum(w * w), right, at=at)
    report = cr.check_grad(lambda w: np.sum(w * w), wrong, at=at)
    assert not report and report.details["worst at"] == "argument 0, entry 4"


@pytest.mark.parametrize(
    "f",
    [lambda x: np.sum(np.abs(x) * x), lambda x: np.sum(np.conj(x) * x).real, lambda x: float(np.sum(x * x))],
)
def test_functions_that_are_not_analytic_are_checked_by_differences(f):
    slope = {True: lambda x: 2 * np.abs(x), False: lambda x: 2 * x}[bool(f(np.array([-1.0])) < 0)]
    report = cr.check_grad(f, slope, at=(np.array([0.7, -1.3]),))
    assert report and report.method == "central differences"


def test_functions_of_plain_python_are_checked_too():
    assert cr.check_grad(
        lambda x, y: math.sin(x) * y, lambda x, y: (math.cos(x) * y, math.sin(x)), at=(0.4, 2.0)
    )
    assert not cr.check_grad(
        lambda x, y: math.sin(x) * y, lambda x, y: (math.cos(x) * y, math.cos(x)), at=(0.4, 2.0)
    )


def test_without_a_derivative_the_engine_is_checked_in_both_modes():
    A, b = np.array([[2.0, 1.0], [0.3, 1.0]]), np.array([1.0, 2.0])
    report = cr.check_grad(cnp.linalg.solve, at=(A, b))
    assert report and report.details["<v, J w> - <J^T v, w>"] < 1e-12
    lying = cr.primitive("lying", lambda m, x: m.sin(x), partials=lambda m, z, x: m.cos(x) * 1.0001)
    assert not cr.check_grad(lying, at=(0.5,))
    two_faced = cr.primitive(
        "two_faced",
        lambda m, x: m.sum(x * x),
        vjp=lambda m, g, z, x: 2.0 * x * g,
        jvp=lambda m, t, z, x: m.sum(2.1 * x * t),
    )
    report = cr.check_grad(two_faced, at=(np.array([1.0, 2.0]),))
    assert not report and report.max_error < 1e-12  # the VJP is right; only the identity tells


def test_trees_and_large_arrays_are_checked():
    f = lambda p: cnp.sum(cnp.tanh(p["W"] @ p["b"][0])) * p["b"][1]
    rng = np.random.default_rng(0)
    assert cr.check_grad(f, at=({"W": rng.normal(size=(3, 2)), "b": [rng.normal(size=2), 0.5]},))
    big = rng.normal(size=500)
    assert cr.check_grad(lambda x: np.sum(np.sin(x)), np.cos, at=(big,)).details["directions"] == 20
    assert not cr.check_grad(
        lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) * (np.arange(500) != 77), at=(big,)
    )


def test_a_check_without_a_point_or_with_a_derivative_missing_is_refused():
    with pytest.raises(cr.ShapeError, match="was given no point; write at="):
        cr.check_grad(cr.sin)
    with pytest.raises(cr.ShapeError, match="1 derivatives for 2 arguments"):
        cr.check_grad(lambda x, y: x * y, lambda x, y: y, at=(1.0, 2.0))


def test_a_derivative_of_the_wrong_shape_is_said():
    with pytest.raises(cr.ShapeError, match=r"a derivative of shape \(2,\) in an argument of shape \(3,\)"):
        cr.check_grad(np.sum, lambda x: np.ones(2), at=(np.ones(3),))
