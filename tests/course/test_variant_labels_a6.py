"""The labels of tests/judge/variants/a6 and a6b, against complex steps, exact fractions, and what training must show."""

import copy
import json
from fractions import Fraction

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, STEP, assert_catalogued, assert_label_holds, assert_mixed, error, gradient, same, worst_error

TASKS = ["a6.dropout_backward", "a6.gd_step", "a6.norm_backward", "a6.numerical_grad", "a6.residual_backward", "a6.rnn_backward",
         "a6.tied_grad", "a6.train", "a6b.hvp"]
CELLS = {task: LIBRARY["read"](task) for task in TASKS}
ALL = [variant for task in TASKS for variant in CELLS[task]]


def lively(rng, *shape):
    """Numbers of both signs, 0.6 to 2 in size."""
    return rng.uniform(0.6, 2, size=shape) * rng.choice([-1, 1], size=shape)


def cubic(x):
    """A cubic of all entries, with neighbours multiplied; exact on fractions."""
    flat = list(np.ravel(x))
    return sum((k + 1) * v**3 - 2 * v * v + v * w for k, (v, w) in enumerate(zip(flat, flat[1:] + flat[:1])))


def numerical_grad(rng):
    for x in [lively(rng, 4), lively(rng, 2, 3), np.array([2, -1, 3]), lively(rng, 3, 2)]:
        for h in (0.125, 2.0**-9):
            truth = np.zeros(x.shape)
            for index in np.ndindex(x.shape):
                exact = np.vectorize(Fraction, otypes=[object])(np.asarray(x, dtype=float))
                up, down = exact.copy(), exact.copy()
                up[index] += Fraction(h)
                down[index] -= Fraction(h)
                truth[index] = float((cubic(up) - cubic(down)) / (2 * Fraction(h)))
            yield (cubic, x, h), truth


def gd_step(rng):
    for (N, D, K), lr in zip([(5, 3, 2), (6, 2, 4), (4, 3, 4), (7, 3, 2)], (0.1, 0.02, 0.05, 0.3)):
        params, X, Y = {"W": lively(rng, D, K), "b": lively(rng, K)}, lively(rng, N, D), 3 * lively(rng, N, K)

        def loss(p):
            return ((X @ p["W"] + p["b"] - Y) ** 2).sum() / N
        slopes = {key: gradient(lambda v, key=key: loss({**params, key: v}), params[key]) for key in params}
        yield (params, X, Y, lr), {key: params[key] - lr * slopes[key] for key in params}


def rnn_backward(rng):
    for T, D, H in [(4, 3, 2), (5, 2, 3), (6, 3, 3)]:
        params = {"Wx": 0.5 * lively(rng, D, H), "Wh": 0.5 * lively(rng, H, H),
                  "b": 0.3 * lively(rng, H), "h0": 0.5 * lively(rng, H)}
        X, Y = lively(rng, T, D), lively(rng, T, H)

        def loss(p):
            h, total = p["h0"], 0
            for x, y in zip(X, Y):
                h = np.tanh(x @ p["Wx"] + h @ p["Wh"] + p["b"])
                total = total + ((h - y) ** 2).sum() / 2
            return total
        yield (params, X, Y), {key: gradient(lambda v, key=key: loss({**params, key: v}), params[key]) for key in params}


def tied_grad(rng):
    for N, D, H in [(5, 3, 2), (6, 2, 4), (4, 3, 3), (5, 5, 5)]:
        W, X = 0.5 * lively(rng, D, H), lively(rng, N, D)
        yield (W, X), gradient(lambda w: ((np.tanh(X @ w) @ w.T - X) ** 2).sum() / 2, W)


def residual_backward(rng):
    for N, D, H in [(5, 3, 2), (6, 2, 4), (4, 3, 3), (4, 4, 4)]:
        at = {"W1": 0.6 * lively(rng, D, H), "W2": lively(rng, H, D), "x": lively(rng, N, D)}
        G = 2 * lively(rng, N, D)

        def through(p):
            return (G * (p["x"] + np.tanh(p["x"] @ p["W1"]) @ p["W2"])).sum()
        yield (at["W1"], at["W2"], at["x"], G), {key: gradient(lambda v, key=key: through({**at, key: v}), at[key]) for key in at}


def dropout_backward(rng):
    for shape, keep in [((5, 3), 0.8), ((4, 6), 0.7), ((4, 4), 0.3)]:
        G, Z, mask = 9 * lively(rng, *shape), lively(rng, *shape), (rng.random(shape) < keep).astype(float)
        yield (G, Z, mask, keep), gradient(lambda z: (G * np.tanh(z) * mask / keep).sum(), Z)


def norm_backward(rng):
    for N, D in [(5, 3), (7, 2), (4, 4)]:
        G, X = 2 * lively(rng, N, D), 2 * lively(rng, N, D) + lively(rng, D)

        def through(x):
            centred = x - x.sum(axis=0) / N
            return (G * centred / np.sqrt((centred**2).sum(axis=0) / N + 1e-3)).sum()
        yield (G, X), gradient(through, X)


def logistic_gradient(w, X, y):
    return X.T @ (1 / (1 + np.exp(-X @ w)) - y) / len(y)


def hvp(rng):
    for N, D in [(5, 3), (7, 2), (4, 4)]:
        w, X, v = 0.5 * lively(rng, D), lively(rng, N, D), 4 * lively(rng, D)
        y = np.arange(N) % 2 * 1.0
        yield (w, X, y, v), np.imag(logistic_gradient(w + 1j * STEP * v, X, y)) / STEP


PROBES = {f"a6.{make.__name__}": list(make(np.random.default_rng(11))) for make in (
    dropout_backward, gd_step, norm_backward, numerical_grad, residual_backward, rnn_backward, tied_grad)}
PROBES["a6b.hvp"] = list(hvp(np.random.default_rng(12)))


def test_the_logistic_gradient_of_the_oracle_is_that_of_the_loss():
    (w, X, y, _), _ = PROBES["a6b.hvp"][0]

    def loss(w):
        p = 1 / (1 + np.exp(-X @ w))
        return np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))
    assert error(logistic_gradient(w, X, y), gradient(loss, w)) < 1e-12


def forward(params, X):
    Z1 = X @ params["W1"] + params["b1"]
    return Z1, np.maximum(Z1, 0), np.maximum(Z1, 0) @ params["W2"] + params["b2"]


def given_backward_clf(params, cache, X, y, lam):
    """As the notebook hands it to the students of a6.train."""
    E = np.exp(cache["Z2"] - cache["Z2"].max(axis=1, keepdims=True))
    d2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    d1 = d2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ d1 + lam * params["W1"], "b1": d1.sum(axis=0),
            "W2": cache["A1"].T @ d2 + lam * params["W2"], "b2": d2.sum(axis=0)}


def blobs(seed):
    """Four noisy clusters that no straight line tells apart: two for each of labels 0 and 1, and one for label 2."""
    rng = np.random.default_rng(seed)
    centres = np.array([[2, 2, 0], [-2, -2, 0], [2, -2, 0], [-2, 2, 0], [0, 0, 3]])
    kind = np.arange(100) % 5
    return centres[kind] + 0.5 * rng.normal(size=(100, 3)) + 0.5, np.array([0, 0, 1, 1, 2])[kind]


def trains(variant):
    """Whether losses fall, answers repeat, X and y are left alone, and held-out points are told apart."""
    function = variant.function()
    function.__globals__.update(given_backward_clf=given_backward_clf)
    (X, y), (held_X, held_y), first = blobs(0), blobs(1), {}
    for seed in (3, 4, 3):
        own_X, own_y = X.copy(), y.copy()
        try:
            with np.errstate(all="ignore"):
                params, losses = copy.deepcopy(function(own_X, own_y, 16, 0.5, 150, seed))
            scores = forward(params, held_X)[2]
        except Exception:
            return False
        if not (same(own_X, X) and same(own_y, y)) or np.shape(losses) != (150,):
            return False
        if not (np.isfinite(losses).all() and losses[-1] < 0.3 * losses[0] and losses[0] > 0):
            return False
        if (scores.argmax(axis=1) == held_y).mean() < 0.9:
            return False
        if not same(first.setdefault(seed, (params, list(losses))), (params, list(losses))):
            return False
    return True


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_variant_of_a6_is_right_exactly_when_its_label_says_so(variant):
    if variant.task == "a6.train":
        assert trains(variant) == variant.right
    else:
        assert_label_holds(variant, worst_error(variant, PROBES[variant.task]))


def test_every_label_of_a6_names_slips_of_the_catalogue():
    assert_catalogued(ALL, {row["id"] for row in json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())})


@pytest.mark.parametrize("task", TASKS)
def test_each_task_of_a6_has_enough_styles_and_slips_and_a_third_is_held_out(task):
    assert_mixed(CELLS[task])
