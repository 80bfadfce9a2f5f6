"""The truth of every task is what the engine derives; complex steps and formulas by hand say the same."""

import json
import math
import random

import chainrule_lib as cr
import numpy as np
import pytest
from chainrule_lib.judge import Exam, tasks
from chainrule_lib.judge.answering import realise
from chainrule_lib.judge.decide import plan, telling
from chainrule_lib.judge.graphs import truth

PROBES = 80
STEP = 1e-30
TASKS = tasks()
SCALAR = [task_id for task_id in TASKS if task_id.startswith(("a1.", "a2."))]


def complex_steps(task, arguments):
    values = [realise(argument) for argument in arguments]
    found = {}
    for block in task.blocks:
        at = task.parameters.index(block.wrt)
        moved = [*values]
        moved[at] = complex(values[at], STEP)
        found[block.wrt] = task.forward(*moved).imag / STEP
    return found


def samples(task, kind, count=PROBES):
    rng = random.Random(7)
    return [task.sample(rng, kind) for _ in range(count)]


def worst(task, kinds):
    errors = []
    for kind in kinds:
        for arguments in samples(task, kind):
            right, other = truth(task, arguments), complex_steps(task, arguments)
            errors += [abs(right[key] - other[key]) / (1 + abs(right[key])) for key in right]
    return max(errors)


@pytest.mark.parametrize("task_id", SCALAR)
def test_the_truth_agrees_with_complex_steps(task_id):
    task = TASKS[task_id]
    assert worst(task, set(task.kinds) - {"decoy"}) < 1e-12


def test_a_wrong_rule_in_the_engine_would_be_caught(monkeypatch):
    monkeypatch.setattr(cr.sin, "partials", (lambda m, z, x: -m.cos(x),))
    assert worst(TASKS["a2.total_derivative"], {"plain"}) > 0.01


def columns(function, x):
    """A Jacobian by complex steps, a column an entry of x."""
    return np.array([function(x + STEP * 1j * unit).imag / STEP for unit in np.eye(x.size)]).T


def by_hand(task_id, arguments):
    """The truth of an array task by complex steps through its forward function, or as its formula says."""
    values = [realise(argument) for argument in arguments]
    if task_id == "a3.general_grad":
        v, jacobian = values
        return columns(lambda x: np.atleast_1d(v @ (jacobian @ x)), np.zeros(jacobian.shape[1]))[0]
    if task_id == "a3.vjp_chain":
        v, jacs = values
        return columns(lambda x: np.atleast_1d(v @ _through(jacs, x)), np.zeros(jacs[0].shape[1]))[0]
    if task_id == "a3.jacobian_chain":
        f, _, g, _, x = values
        return columns(lambda x: f(g(x)), x)
    if task_id == "a3.softmax_jacobian":
        return columns(lambda z: np.exp(z) / np.exp(z).sum(), values[0])
    F, Fx, Fy, x, y = values
    return -Fx(x, y) / Fy(x, y)


def _through(jacs, x):
    for jacobian in jacs:
        x = jacobian @ x
    return x


@pytest.mark.parametrize("task_id", [task_id for task_id in TASKS if task_id.startswith("a3.")])
def test_the_truth_on_arrays_agrees_with_complex_steps(task_id):
    task = TASKS[task_id]
    kinds = sorted({kind for kind in task.kinds if "decoy" not in kind})
    for kind in kinds:
        for arguments in samples(task, kind, -(-PROBES // len(kinds))):
            (right,) = truth(task, arguments).values()
            assert np.allclose(right, by_hand(task_id, arguments), rtol=1e-12, atol=1e-12)


def test_handed_jacobians_are_those_of_the_truth():
    for arguments in samples(TASKS["a3.jacobian_chain"], "square decoy", 30):
        f, Jf, g, Jg, x = map(realise, arguments)
        right = truth(TASKS["a3.jacobian_chain"], arguments)["x"]
        assert np.allclose(right, Jf(g(x)) @ Jg(x), rtol=1e-12)
        assert not np.allclose(right, by_hand("a3.jacobian_chain", arguments), rtol=1e-3)


@pytest.mark.parametrize("kind", ["plain", "decoy"])
def test_handed_slopes_are_the_slopes_of_the_truth(kind):
    for arguments in samples(TASKS["a2.two_path"], kind):
        f, fx, fy, g, dg, h, dh, t = map(realise, arguments)
        x, y = g(t), h(t)
        assert truth(TASKS["a2.two_path"], arguments)["t"] == pytest.approx(
            fx(x, y) * dg(t) + fy(x, y) * dh(t), rel=1e-12
        )
    for arguments in samples(TASKS["a2.polar"], kind):
        f, fx, fy, r, th = map(realise, arguments)
        c, s = math.cos(th), math.sin(th)
        a, b = fx(r * c, r * s), fy(r * c, r * s)
        right = truth(TASKS["a2.polar"], arguments)
        assert right["r"] == pytest.approx(a * c + b * s, rel=1e-12)
        assert right["th"] == pytest.approx(-a * r * s + b * r * c, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("task_id", [task_id for task_id in SCALAR if "decoy" in TASKS[task_id].kinds])
def test_a_decoy_hands_over_slopes_that_are_not_the_functions_own(task_id):
    task = TASKS[task_id]
    for arguments in samples(task, "decoy", 30):
        right, own = truth(task, arguments), complex_steps(task, arguments)
        assert any(abs(right[key] - own[key]) > 1e-3 * abs(own[key]) for key in right)


@pytest.mark.parametrize("task_id", SCALAR)
def test_every_invariant_holds_for_the_truth(task_id):
    task = TASKS[task_id]
    for probe in plan(task_id, b"invariants").probes:
        values = [realise(argument) for argument in probe.arguments]
        assert all(law.holds(values, probe.expected) for law in task.invariants)
        assert not any(
            law.holds(values, {k: 1.1 * v for k, v in probe.expected.items()}) for law in task.invariants
        )


def test_tasks_have_the_points_and_signatures_of_the_course():
    table = {
        "a1.chain": (6, "chain(f, df, g, dg, x)"),
        "a1.d_triple": (6, "d_triple(x)"),
        "a1.neuron_grads": (8, "neuron_grads(w, b, x, y)"),
        "a1.second": (5, "second(df, d2f, g, dg, d2g, x)"),
        "a3.general_grad": (8, "general_grad(dz_du, du_dx)"),
        "a3.jacobian_chain": (9, "jacobian_chain(f, Jf, g, Jg, x)"),
        "a3.vjp_chain": (9, "vjp_chain(v, jacs)"),
        "a3.softmax_jacobian": (8, "softmax_jacobian(z)"),
        "a3.implicit_slope": (5, "implicit_slope(F, Fx, Fy, x, y)"),
        "a2.dz_dt": (8, "dz_dt(t)"),
        "a2.two_path": (8, "two_path(f, fx, fy, g, dg, h, dh, t)"),
        "a2.total_derivative": (8, "total_derivative(t, k)"),
        "a2.polar": (6, "polar(f, fx, fy, r, th)"),
    }
    for task_id, (points, signature) in table.items():
        assert (TASKS[task_id].points, TASKS[task_id].signature) == (points, signature)


@pytest.mark.parametrize("task_id", sorted(TASKS))
def test_questions_are_json_without_a_truth_and_some_are_asked_twice(task_id):
    for seed in (None, b"k" * 32):
        questions = Exam(task_id, seed).questions
        texts = [json.dumps(question, allow_nan=False) for question in questions]
        assert len(set(texts)) < len(texts)
        assert all(set(question) - {"seconds"} == {"task", "function", "arguments"} for question in questions)


@pytest.mark.parametrize("task_id", sorted(TASKS))
def test_public_probes_never_change_and_secret_ones_follow_the_seed(task_id):
    one, two = plan(task_id, b"one").probes, plan(task_id, b"two").probes
    public = plan(task_id).probes
    assert (
        [p.arguments for p in one if p.public]
        == [p.arguments for p in two if p.public]
        == [p.arguments for p in public]
    )
    hidden = [[p.arguments for p in probes if not p.public] for probes in (one, two)]
    assert hidden[0] != hidden[1]
    assert [p.kind for p in one if not p.public] == [p.kind for p in public]
    plan.cache_clear()
    assert [p.arguments for p in plan(task_id, b"one").probes] == [p.arguments for p in one]


@pytest.mark.parametrize("task_id", SCALAR)
def test_probes_keep_the_numbers_of_the_graph_apart(task_id):
    for probe in plan(task_id, b"apart").probes:
        assert probe.kind == "integer" or telling(TASKS[task_id], probe.arguments) > 0.005


def test_a_seed_that_is_no_bytes_and_an_unknown_task_are_refused_with_a_sentence():
    with pytest.raises(TypeError, match="None .public probes. or bytes, not str"):
        Exam("a2.dz_dt", "seed")
    with pytest.raises(ValueError, match="There is no task 'a2.nothing'; the tasks are a"):
        Exam("a2.nothing")
