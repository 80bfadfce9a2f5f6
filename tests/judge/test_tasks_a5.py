"""Assignments a5 and a6b: layers, losses, nets, and a Hessian times a vector."""

import random
import re
from pathlib import Path

import numpy as np
import pytest
from chainrule_lib.judge import judge, tasks
from chainrule_lib.judge.answering import realise
from chainrule_lib.judge.decide import plan
from chainrule_lib.judge.graphs import truth

TASKS = {name: task for name, task in tasks().items() if name.startswith(("a5.", "a6b."))}
TEXTS = Path(__file__).parents[2] / "assignments" / "text"
KEY = b"k" * 32
STEP = 1e-30


def slope(function, x):
    found = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[at] += STEP * 1j
        found[at] = function(moved).imag / STEP
    return found


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z):
    return np.where(Z.real > 0, Z, 0)


def cross_entropy(S, y):
    return np.mean(np.log(np.exp(S).sum(axis=1)) - S[np.arange(len(y)), y])


def net_loss(params, X, activation, loss):
    return loss(activation(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"])


def logistic_slope(w, X, y, v):
    return ((sigmoid(X @ w) - y) @ (X @ v)) / len(y)


def by_hand(name, values):
    """The truth of a task by complex steps through a forward function of our own."""
    if name == "a5.affine_backward":
        G, X, W = values
        b = np.zeros(W.shape[1])
        return {
            "X": slope(lambda x: (G * (x @ W + b)).sum(), X),
            "W": slope(lambda w: (G * (X @ w + b)).sum(), W),
            "b": slope(lambda c: (G * (X @ W + c)).sum(), b),
        }
    if name in ("a5.sigmoid_backward", "a5.relu_backward"):
        G, Z = values
        return {"Z": slope(lambda z: (G * (sigmoid(z) if "sig" in name else relu(z))).sum(), Z)}
    if name == "a5.mse_grad":
        P, Y = values
        return {"P": slope(lambda p: ((p - Y) ** 2).sum() / len(Y), P)}
    if name == "a5.softmax_ce_grad":
        S, y = values
        return {"S": slope(lambda s: cross_entropy(s, y), S)}
    if name == "a6b.hvp":
        w, X, y, v = values
        return {"w": slope(lambda u: logistic_slope(u, X, y, v), w)}
    params, _, X, Y, *lam = values

    def loss(p):
        if name == "a5.backward":
            return net_loss(p, X, np.tanh, lambda Z: ((Z - Y) ** 2).sum() / len(X))
        penalty = lam[0] / 2 * ((p["W1"] ** 2).sum() + (p["W2"] ** 2).sum())
        return net_loss(p, X, relu, lambda Z: cross_entropy(Z, Y)) + penalty

    return {key: slope(lambda value, key=key: loss(params | {key: value}), params[key]) for key in params}


def worst(name, count=80):
    task, rng, errors = TASKS[name], random.Random(5), []
    for k in range(count):
        arguments = task.sample(rng, task.kinds[k % len(task.kinds)])
        right, other = truth(task, arguments), by_hand(name, [realise(a) for a in arguments])
        errors += [np.abs(right[key] - other[key]).max() / np.abs(other[key]).max() for key in other]
        assert right.keys() == other.keys()
    return max(errors)


@pytest.mark.parametrize("name", TASKS)
def test_the_truth_agrees_with_complex_steps(name):
    assert worst(name) < 1e-12


def test_a_wrong_rule_in_the_engine_would_be_caught(monkeypatch):
    import chainrule_lib as cr

    monkeypatch.setattr(cr.sigmoid, "partials", (lambda m, z, x: z,))
    assert worst("a5.sigmoid_backward", 5) > 0.01


@pytest.mark.parametrize("name", TASKS)
def test_points_and_signature_are_those_of_the_text(name):
    assignment, _, function = name.partition(".")
    text = (TEXTS / f"{assignment}.md").read_text()
    assert f"def {TASKS[name].signature}:" in text
    assert int(re.search(rf"grade_id: {function}_check, .*points: (\d+)", text)[1]) == TASKS[name].points


@pytest.mark.parametrize("name", ["a5.backward", "a5.backward_clf"])
def test_the_cache_is_what_the_forward_pass_leaves_and_no_gate_hangs(name):
    for probe in plan(name, KEY).probes:
        params, cache, X = (realise(a) for a in probe.arguments[:3])
        Z1 = X @ params["W1"] + params["b1"]
        A1 = np.tanh(Z1) if name == "a5.backward" else np.maximum(Z1, 0)
        assert np.abs(cache["Z1"] - Z1).max() < 1e-9 and np.abs(cache["A1"] - A1).max() < 1e-9
        assert np.abs(cache["Z2"] - A1 @ params["W2"] - params["b2"]).max() < 1e-9
        assert np.array_equal(cache["X"], X) and (name == "a5.backward" or np.abs(Z1).min() > 0.03)


@pytest.mark.parametrize("name", TASKS)
def test_some_probes_have_distinct_lengths_and_some_let_wrong_shapes_pass(name):
    lengths = [
        {n for a in probe.arguments for n in np.shape(realise(a)) if isinstance(a, dict) and "array" in a}
        for probe in plan(name).probes
    ]
    assert len({len(found) for found in lengths}) > 1 or name in ("a5.backward", "a5.backward_clf")


def test_lam_comes_at_two_values_and_labels_are_not_all_alike():
    probes = plan("a5.backward_clf", KEY).probes
    assert len({probe.arguments[4] for probe in probes}) >= 2
    assert all(len(set(probe.arguments[3]["array"])) >= 2 for probe in probes)


def test_scores_are_small_enough_for_a_softmax_without_a_shift():
    def plain(S, y):
        p = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
        return (p - np.eye(S.shape[1])[y]) / len(y)

    assert judge("a5.softmax_ce_grad", plain, KEY).passed
    assert all(np.abs(realise(p.arguments[0])).max() < 30 for p in plan("a5.softmax_ce_grad", KEY).probes)


def test_the_slope_of_a_relu_at_zero_is_never_asked():
    assert judge("a5.relu_backward", lambda G, Z: G * (Z >= 0), KEY).passed
    assert judge("a5.relu_backward", lambda G, Z: G * (Z > 0), KEY).passed


def test_each_part_of_the_affine_layer_has_points_of_its_own():
    for lost, score in ((0, 7.0), (1, 6.0), (2, 7.0)):

        def affine(G, X, W, lost=lost):
            found = [G @ W.T, X.T @ G, G.sum(axis=0)]
            found[lost] = found[lost] * 1.01
            return tuple(found)

        assert judge("a5.affine_backward", affine, KEY).score == score


def net(params, cache, X, Y, late=None, start=None, slope=None):
    late = late or params["W2"]
    dZ2 = start(cache["Z2"], Y) if start else 2 * (cache["Z2"] - Y) / len(X)
    dW2 = cache["A1"].T @ dZ2
    W2 = late(params["W2"], dW2) if callable(late) else late
    dZ1 = dZ2 @ W2.T * (slope(cache) if slope else 1 - cache["A1"] ** 2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": dZ2.sum(axis=0)}


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.37])
def test_weights_updated_too_early_are_named_whatever_the_learning_rate(rate):
    def backward(params, cache, X, Y):
        return net(params, cache, X, Y, late=lambda W, dW: W - rate * dW)

    verdict = judge("a5.backward", backward, KEY)
    assert verdict.diagnosis == [("M34",)] and verdict.score == 5.0


def test_two_slips_in_different_places_of_a_net_are_named_as_a_pair():
    def backward(params, cache, X, Y):
        return net(
            params, cache, X, Y, start=lambda Z2, Y: (Z2 - Y) / len(Z2), slope=lambda c: 1 - c["Z1"] ** 2
        )

    assert {frozenset(ids) for ids in judge("a5.backward", backward, KEY).diagnosis} == {
        frozenset({"M08", "M11"})
    }


def clf(params, cache, X, y, lam, gate=lambda Z1: Z1 > 0, weight=lambda lam, W: lam * W):
    S = cache["Z2"]
    dZ2 = (np.exp(S) / np.exp(S).sum(axis=1, keepdims=True) - np.eye(S.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * gate(cache["Z1"])
    return {
        "W1": X.T @ dZ1 + weight(lam, params["W1"]),
        "b1": dZ1.sum(axis=0),
        "W2": cache["A1"].T @ dZ2 + weight(lam, params["W2"]),
        "b2": dZ2.sum(axis=0),
    }


@pytest.mark.parametrize(
    "changes, names",
    [
        ({}, set()),
        ({"weight": lambda lam, W: 0}, {("M38",)}),
        ({"weight": lambda lam, W: 3 * lam * W}, {("M38",)}),
        ({"gate": lambda Z1: 1.0}, {("M09",)}),
        ({"gate": lambda Z1: Z1 < 0}, {("M32",)}),
        ({"gate": lambda Z1: Z1 < 0, "weight": lambda lam, W: 2 * lam * W}, {("M32", "M38")}),
    ],
)
def test_penalty_and_gate_are_told_apart(changes, names):
    def backward_clf(params, cache, X, y, lam):
        return clf(params, cache, X, y, lam, **changes)

    verdict = judge("a5.backward_clf", backward_clf, KEY)
    assert set(verdict.diagnosis) == names and verdict.passed is (not changes)


@pytest.mark.parametrize("leak", [0.01, 0.07, 0.4])
def test_a_gate_that_leaks_is_named_whatever_the_leak(leak):
    assert judge("a5.relu_backward", lambda G, Z: np.where(Z > 0, G, leak * G), KEY).diagnosis == [("M32",)]


def test_small_numbers_cut_to_whole_ones_are_named_and_plain_zeros_are_not():
    def cut(S, y):
        return np.zeros(S.shape, dtype=int)

    assert judge("a5.softmax_ce_grad", cut, KEY).diagnosis == [("M46",)]
    assert judge("a5.softmax_ce_grad", lambda S, y: np.zeros(S.shape), KEY).diagnosis == []


def test_changing_the_cache_is_told_by_name():
    def backward(params, cache, X, Y):
        answer = net(params, cache, X, Y)
        cache["A1"] *= 2
        return answer

    verdict = judge("a5.backward", backward)
    assert verdict.diagnosis == [("M24",)] and "changed its argument cache" in verdict.messages[0]


def test_a_broken_law_of_softmax_is_told():
    verdict = judge("a5.softmax_ce_grad", lambda S, y: S**2 * 0.37 + 1.3, KEY)
    assert any("Each row should add up to 0" in sentence for sentence in verdict.messages)


def test_a_hessian_product_of_a_wrong_direction_is_named():
    def hvp(w, X, y, v):
        p = sigmoid(X @ w)
        return X.T @ (p * (1 - p) * (X @ w)) / len(y)

    assert judge("a6b.hvp", hvp, KEY).diagnosis == [("M40",)]


def test_the_feedback_shows_the_first_entry_that_is_off_and_calls_that_can_be_repeated():
    def bent(params, cache, X, Y):
        answer = net(params, cache, X, Y)
        answer["W1"][1, 2] += 0.5
        return answer

    verdict = judge("a5.backward", bent)
    assert "dL/dW1 at [1, 2]" in verdict.text() and 'params["W1"] = np.array(' in verdict.text()
    assert "cache: what the forward pass leaves, X, Z1, A1, Z2" in verdict.text()
