"""The labels of tests/judge/variants/a5, against complex steps through the losses."""

import json

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, assert_catalogued, assert_label_holds, assert_mixed, gradient, worst_error

TASKS = ["a5.affine_backward", "a5.backward", "a5.backward_clf", "a5.mse_grad", "a5.relu_backward", "a5.sigmoid_backward",
         "a5.softmax_ce_grad"]
CELLS = {task: LIBRARY["read"](task) for task in TASKS}
ALL = [variant for task in TASKS for variant in CELLS[task]]


def lively(rng, *shape):
    """Numbers of both signs, 0.6 to 2 in size."""
    return rng.uniform(0.6, 2, size=shape) * rng.choice([-1, 1], size=shape)


def squared_error(P, Y):
    return ((P - Y) ** 2).sum() / len(Y)


def cross_entropy(S, y):
    return -sum(s[label] - np.log(np.exp(s).sum()) for s, label in zip(S, y)) / len(y)


def relu(Z):
    return np.where(Z.real > 0, Z, 0)


def affine_backward(rng):
    for N, D, H in [(5, 3, 4), (6, 4, 2), (4, 4, 4), (5, 5, 5)]:
        G, X, W = lively(rng, N, H), lively(rng, N, D), lively(rng, D, H)
        yield (G, X, W), (gradient(lambda x: (G * (x @ W)).sum(), X), gradient(lambda w: (G * (X @ w)).sum(), W),
                          gradient(lambda b: (G * (X @ W + b)).sum(), np.zeros(H)))


def sigmoid_backward(rng):
    for shape in [(5, 3), (4, 4), (3, 6)]:
        G, Z = 2 * lively(rng, *shape), lively(rng, *shape)
        yield (G, Z), gradient(lambda z: (G / (1 + np.exp(-z))).sum(), Z)


def relu_backward(rng):
    for shape in [(5, 3), (4, 4), (3, 6)]:
        G, Z = 2 * lively(rng, *shape), lively(rng, *shape)
        yield (G, Z), gradient(lambda z: (G * relu(z)).sum(), Z)


def mse_grad(rng):
    for shape in [(5, 3), (6, 4), (4, 4)]:
        P, Y = 3 * lively(rng, *shape), lively(rng, *shape)
        yield (P, Y), gradient(lambda p: squared_error(p, Y), P)


def softmax_ce_grad(rng):
    for N, C in [(5, 3), (7, 4), (4, 4)]:
        S, y = lively(rng, N, C), rng.integers(C, size=N)
        yield (S, y), gradient(lambda s: cross_entropy(s, y), S)


def network(rng, N, D, H, K, phi):
    """Parameters, inputs and cache of a two-layer net with the activation phi."""
    params = {"W1": 0.6 * lively(rng, D, H), "b1": 0.5 * lively(rng, H), "W2": lively(rng, H, K), "b2": lively(rng, K)}
    X = lively(rng, N, D)
    Z1 = X @ params["W1"] + params["b1"]
    A1 = phi(Z1)
    return params, X, {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ params["W2"] + params["b2"]}


def of_each_parameter(params, loss):
    """d loss(params) / d each parameter."""
    return {key: gradient(lambda p, key=key: loss({**params, key: p}), params[key]) for key in params}


def output(p, X, phi):
    return phi(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]


SIZES = [(5, 3, 4, 2), (6, 2, 3, 4), (4, 4, 4, 4), (3, 3, 3, 3)]


def backward(rng):
    for N, D, H, K in SIZES:
        params, X, cache = network(rng, N, D, H, K, np.tanh)
        Y = lively(rng, N, K)
        yield (params, cache, X, Y), of_each_parameter(params, lambda p: squared_error(output(p, X, np.tanh), Y))


def backward_clf(rng):
    for (N, D, H, C), lam in zip(SIZES, (0.3, 0.07, 0.3, 0.6)):
        params, X, cache = network(rng, N, D, H, C, relu)
        y = rng.integers(C, size=N)

        def loss(p):
            return cross_entropy(output(p, X, relu), y) + lam / 2 * ((p["W1"] ** 2).sum() + (p["W2"] ** 2).sum())
        yield (params, cache, X, y, lam), of_each_parameter(params, loss)


PROBES = {f"a5.{make.__name__}": list(make(np.random.default_rng(8))) for make in (
    affine_backward, backward, backward_clf, mse_grad, relu_backward, sigmoid_backward, softmax_ce_grad)}


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_variant_of_a5_is_right_exactly_when_its_label_says_so(variant):
    assert_label_holds(variant, worst_error(variant, PROBES[variant.task]))


def test_every_label_of_a5_names_slips_of_the_catalogue():
    assert_catalogued(ALL, {row["id"] for row in json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())})


@pytest.mark.parametrize("task", TASKS)
def test_each_task_of_a5_has_enough_styles_and_slips_and_a_third_is_held_out(task):
    assert_mixed(CELLS[task])
