"""The labels of tests/judge/variants/a3, against complex steps and the handed slopes."""

import dataclasses
import json

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, assert_catalogued, assert_label_holds, assert_mixed, error, gradient, worst_error

TASKS = ["a3.general_grad", "a3.implicit_slope", "a3.jacobian_chain", "a3.softmax_jacobian", "a3.vjp_chain"]
CELLS = {task: LIBRARY["read"](task) for task in TASKS}
ALL = [variant for task in TASKS for variant in CELLS[task]]


def bent(A, c):
    """A vector function u -> A u + c (A u)^2 and its Jacobian; A is [output, input]."""
    return lambda u: A @ u + c * (A @ u) ** 2, lambda u: A * (1 + 2 * c * (A @ u))[:, None]


def general_grad(rng):
    for m, n in [(4, 3), (3, 5), (4, 4), (5, 5)]:
        slopes, jacobian = rng.normal(size=m), rng.normal(size=(m, n))
        yield (slopes, jacobian), gradient(lambda x: slopes @ (jacobian @ x), np.ones(n))


def chains(rng):
    """(f, Jf, g, Jg, x), honest functions only."""
    for k, m, n in [(2, 4, 3), (3, 2, 5), (4, 4, 4), (3, 3, 3)]:
        f, Jf = bent(rng.normal(size=(k, m)), 0.3)
        g, Jg = bent(rng.normal(size=(m, n)), -0.2)
        yield f, Jf, g, Jg, rng.normal(size=n)


def jacobian_chain(rng):
    for f, Jf, g, Jg, x in chains(rng):
        yield (f, Jf, g, Jg, x), Jf(g(x)) @ Jg(x)
        decoy, _ = bent(rng.normal(size=np.shape(Jf(g(x)))), 0.1)
        yield (decoy, Jf, g, Jg, x), Jf(g(x)) @ Jg(x)


def vjp_chain(rng):
    for sizes in [(3, 4, 2, 5), (4, 4, 4, 4), (2, 3, 5, 4, 3), (3, 3, 3, 3, 3)]:
        jacs = [rng.normal(size=(rows, columns)) for columns, rows in zip(sizes, sizes[1:])]
        v = rng.normal(size=sizes[-1])

        def z(x):
            for jacobian in jacs:
                x = jacobian @ x
            return v @ x
        yield (v, jacs), gradient(z, np.ones(sizes[0]))


def softmax_jacobian(rng):
    for n in (3, 4, 6):
        z = rng.uniform(1, 2, size=n) * np.where(np.arange(n) % 2, 1, -1)
        yield (z,), np.stack([gradient(lambda w: np.exp(w[i]) / np.exp(w).sum(), z) for i in range(n)])


def implicit_slope(rng):
    rows = [
        (lambda x, y: x * x * y - 3 * y + x, lambda x, y: 2 * x * y + 1, lambda x, y: x * x - 3),
        (lambda x, y: np.sin(x) + y ** 3, lambda x, y: np.cos(x), lambda x, y: 3 * y * y),
        (lambda x, y: x + y, lambda x, y: 2.5 * x - y + 4, lambda x, y: x * y + 1.5),
    ]
    for F, Fx, Fy in rows:
        for x, y in [(0.6, 1.3), (-1.4, 0.8), (2.2, -0.7)]:
            yield (F, Fx, Fy, x, y), np.float64(-Fx(x, y) / Fy(x, y))


PROBES = {f"a3.{make.__name__}": list(make(np.random.default_rng(3)))
          for make in (general_grad, implicit_slope, jacobian_chain, softmax_jacobian, vjp_chain)}


def test_the_product_of_handed_jacobians_agrees_with_complex_steps():
    for f, Jf, g, Jg, x in chains(np.random.default_rng(4)):
        stepped = np.stack([gradient(lambda w: f(g(w))[i], x) for i in range(len(f(g(x))))])
        assert error(Jf(g(x)) @ Jg(x), stepped) < 1e-12


def test_minus_fx_over_fy_is_the_slope_of_the_circle():
    x = 0.6
    explicit = gradient(lambda s: np.sqrt(4 - s**2), x)
    assert error(-(2 * x) / (2 * np.sqrt(4 - x * x)), explicit) < 1e-12


def test_a_false_label_a_changed_argument_and_a_memory_are_caught():
    cells = {variant.name: variant for variant in CELLS["a3.general_grad"]}
    probes = PROBES["a3.general_grad"]
    for name, label in [("plain", "M02"), ("negated", "right")]:
        with pytest.raises(AssertionError):
            assert_label_holds(dataclasses.replace(cells[name], label=label), worst_error(cells[name], probes))
    assert worst_error(cells["jacobian_scaled_in_place"], probes) == np.inf
    assert worst_error(cells["memory_in_a_default"], probes) > 0.1
    with pytest.raises(AssertionError, match="a3.general_grad plain"):
        assert_catalogued([dataclasses.replace(cells["plain"], label="M99")], {"M02"})


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_variant_of_a3_is_right_exactly_when_its_label_says_so(variant):
    assert_label_holds(variant, worst_error(variant, PROBES[variant.task]))


def test_every_label_of_a3_names_slips_of_the_catalogue():
    assert_catalogued(ALL, {row["id"] for row in json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())})


@pytest.mark.parametrize("task", TASKS)
def test_each_task_of_a3_has_enough_styles_and_slips_and_a_third_is_held_out(task):
    assert_mixed(CELLS[task])
