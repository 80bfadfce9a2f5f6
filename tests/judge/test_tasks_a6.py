"""The tasks of assignment a6: their truth, what their probes must hold, and training judged by what it does."""

import random

import numpy as np
import pytest

from chainrule_lib.judge import Exam, answering, judge, tasks
from chainrule_lib.judge.answering import realise
from chainrule_lib.judge.decide import plan
from chainrule_lib.judge.graphs import truth
from chainrule_lib.judge.tasks.training import digits

KEY = b"k" * 32
TASKS = tasks()
STEP = 1e-30


def slopes(loss, params):
    """The gradient in every entry of a dict of arrays, by complex steps."""
    found = {}
    for key, value in params.items():
        found[key] = np.zeros(value.shape)
        for i in np.ndindex(value.shape):
            moved = value.astype(complex)
            moved[i] += 1j * STEP
            found[key][i] = loss({**params, key: moved}).imag / STEP
    return found


def rnn_loss(p, X, Y):
    h, total = p["h0"], 0.0
    for x, y in zip(X, Y):
        h = np.tanh(x @ p["Wx"] + h @ p["Wh"] + p["b"])
        total = total + ((h - y) ** 2).sum() / 2
    return total


def centred(X):
    c = X - X.sum(axis=0) / len(X)
    return c / np.sqrt((c**2).sum(axis=0) / len(X) + 1e-3)


def by_hand(task_id, values):
    """The truth of one probe by complex steps through its loss, written a second time."""
    if task_id == "a6.gd_step":
        params, X, Y, lr = values
        g = slopes(lambda p: ((X @ p["W"] + p["b"] - Y) ** 2).sum() / len(X), params)
        return {key: params[key] - lr * g[key] for key in params}
    if task_id == "a6.rnn_backward":
        params, X, Y = values
        return slopes(lambda p: rnn_loss(p, X, Y), params)
    if task_id == "a6.tied_grad":
        W, X = values
        return slopes(lambda p: ((np.tanh(X @ p["W"]) @ p["W"].T - X) ** 2).sum() / 2, {"W": W})
    if task_id == "a6.residual_backward":
        W1, W2, x, G = values
        at = {"W1": W1, "W2": W2, "x": x}
        return slopes(lambda p: (G * (p["x"] + np.tanh(p["x"] @ p["W1"]) @ p["W2"])).sum(), at)
    if task_id == "a6.dropout_backward":
        G, Z, mask, keep = values
        return slopes(lambda p: (G * np.tanh(p["Z"]) * mask / keep).sum(), {"Z": Z})
    G, X = values
    return slopes(lambda p: (G * centred(p["X"])).sum(), {"X": X})


DERIVED = [t for t in TASKS if t.startswith("a6.") and t not in ("a6.numerical_grad", "a6.train")]


@pytest.mark.parametrize("task_id", DERIVED)
def test_the_truth_agrees_with_complex_steps_at_eighty_probes(task_id):
    task, rng = TASKS[task_id], random.Random(5)
    kinds = sorted(set(task.kinds))
    for k in range(80):
        arguments = task.sample(rng, kinds[k % len(kinds)])
        right, other = truth(task, arguments), by_hand(task_id, [realise(a) for a in arguments])
        for key, value in other.items():
            assert np.allclose(right[key], value, rtol=1e-10, atol=1e-10 * np.abs(value).max())


def test_the_truth_of_the_numerical_gradient_has_the_error_of_its_step():
    task = TASKS["a6.numerical_grad"]
    for k in range(80):
        arguments = task.sample(random.Random(k), task.kinds[k % len(task.kinds)])
        _, x, h = (realise(a) for a in arguments)
        a, b = arguments[0]["with"]
        v = np.ravel(x).astype(float)
        cubic = a + np.arange(1, v.size + 1) / 10
        exact = 3 * cubic * v**2 + b * (np.append(v[1:], 0) + np.append(0, v[:-1]))
        right = truth(task, arguments)["x"].ravel()
        assert np.allclose(right - exact, cubic * h * h, rtol=1e-6, atol=1e-9)


def test_probes_hold_what_tells_slips_apart():
    def shapes(task_id, parameter, key=None):
        at = TASKS[task_id].parameters.index(parameter)
        values = [realise(probe.arguments[at]) for probe in plan(task_id, KEY).probes]
        return [value[key] if key else value for value in values]

    assert {len(X) for X in shapes("a6.rnn_backward", "X")} == {4, 6}
    assert len(set(shapes("a6.gd_step", "lr"))) > 1
    assert all(keep != 0.5 for keep in shapes("a6.dropout_backward", "keep"))
    assert all(0.2 < mask.mean() < 0.8 for mask in shapes("a6.dropout_backward", "mask"))
    assert len({h > 0.1 for h in shapes("a6.numerical_grad", "h")}) == 2
    assert {x.dtype.kind for x in shapes("a6.numerical_grad", "x")} == {"f", "i"}
    for task_id, parameter in (
        ("a6.norm_backward", "X"),
        ("a6.tied_grad", "X"),
        ("a6.residual_backward", "x"),
    ):
        found = {X.shape for X in shapes(task_id, parameter)}
        assert (
            any(N == D for N, D in found) and any(N != D for N, D in found) and min(N for N, _ in found) > 2
        )


def quotient(f, x, h):
    found = np.zeros(np.shape(x))
    for i in np.ndindex(found.shape):
        step = np.zeros(found.shape)
        step[i] = h
        found[i] = (f(x + step) - f(x - step)) / (2 * h)
    return found


def test_a_numerical_gradient_passes_without_a_remark_on_differences():
    source = "def numerical_grad(f, x, h):\n    return (f(x + h) - f(x - h)) / (2*h)"
    verdict = judge("a6.numerical_grad", quotient, KEY, source=source)
    assert verdict.passed and not verdict.remarks


def test_a_recipe_that_leaves_x_changed_is_named_for_the_recipe_and_not_for_the_change():
    def leaves(f, x, h):
        right = quotient(f, x, h)
        x.flat[-1] += 1
        return right

    def walks(f, x, h):
        found = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            x[i] += h
            plus = f(x)
            x[i] -= 2 * h
            found[i] = (plus - f(x)) / (2 * h)
        return found

    assert judge("a6.numerical_grad", leaves, KEY).diagnosis == [("M24",)]
    assert judge("a6.numerical_grad", walks, KEY).diagnosis == [("M41",)]


def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}


def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))


def gradients(p, X, y):
    cache = forward(p, X)
    P = np.exp(cache["Z2"] - cache["Z2"].max(axis=1, keepdims=True))
    d2 = (P / P.sum(axis=1, keepdims=True) - np.eye(P.shape[1])[y]) / len(y)
    d1 = d2 @ p["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ d1, "b1": d1.sum(axis=0), "W2": cache["A1"].T @ d2, "b2": d2.sum(axis=0)}


def trainer(
    update=lambda p, g, lr: p - lr * g, noise=lambda seed: seed, shape=lambda params, losses: (params, losses)
):
    def train(X, y, hidden, lr, steps, seed):
        rng, D, C = np.random.default_rng(noise(seed)), X.shape[1], y.max() + 1
        p = {"W1": rng.normal(size=(D, hidden)) * (2 / D) ** 0.5, "b1": np.zeros(hidden),
             "W2": rng.normal(size=(hidden, C)) * hidden**-0.5, "b2": np.zeros(C)}  # fmt: skip
        losses = []
        for _ in range(steps):
            losses.append(loss(forward(p, X)["Z2"], y))
            g = gradients(p, X, y)
            p = {key: update(p[key], g[key], lr) for key in p}
        return shape(p, losses)

    return train


def test_a_net_that_learns_passes_whole_and_in_silence():
    verdict = judge("a6.train", trainer(), KEY)
    assert (verdict.score, verdict.remarks, verdict.diagnosis) == (15, [], [])


def test_a_net_that_learns_but_notes_other_losses_keeps_the_points_for_reading():
    verdict = judge("a6.train", trainer(shape=lambda p, losses: (p, [-value for value in losses])))
    assert (
        verdict.score == 10
        and "A loss is not positive" in verdict.messages[0]
        and verdict.diagnosis == [("M10",)]
    )
    verdict = judge(
        "a6.train", trainer(shape=lambda p, losses: (p, [9.0 / (k + 1) ** 2 for k in range(len(losses))]))
    )
    assert verdict.score == 10 and "but the net that came back has" in verdict.messages[0]


@pytest.mark.parametrize(
    "train, score, names",
    [
        (trainer(update=lambda p, g, lr: p + lr * g), 0, [("M42",)]),
        (trainer(update=lambda p, g, lr: p), 0, [("M42",)]),
        (trainer(update=lambda p, g, lr: p - lr * g / 500), 0, [("M06",)]),
        (trainer(shape=lambda p, losses: (losses, p)), 0, [("M50",)]),
        (trainer(shape=lambda p, losses: p), 0, []),
        (trainer(shape=lambda p, losses: (p, losses[:-1])), 0, []),
    ],
)
def test_training_that_goes_wrong_is_refused_and_named_where_it_shows_its_slip(train, score, names):
    verdict = judge("a6.train", train)
    assert (verdict.score, verdict.diagnosis) == (score, names)
    assert len(verdict.messages[0]) > 20 and ("<svg" in verdict.html()) == (verdict.state == "value")


def test_a_net_that_ignores_its_seed_is_refused():
    fresh = iter(range(10**6))
    verdict = judge("a6.train", trainer(noise=lambda seed: next(fresh)))
    assert verdict.score == 0 and verdict.diagnosis == []
    assert any("let every random number come from the seed" in sentence for sentence in verdict.messages)


def test_the_questions_of_training_say_their_limit_and_hold_no_picture_that_is_kept_back():
    held = {row.tobytes() for row in digits()["X_held"]}
    for question in Exam("a6.train", KEY).questions:
        X, y = (realise(a) for a in question["arguments"][:2])
        assert (
            question["seconds"] == 20 and X.shape == (500, 64) and X.max() == 1.0 and set(y) == set(range(10))
        )
        assert not held & {(row * 16).astype("uint8").tobytes() for row in X}
        assert len(str(question)) < 100_000


def test_forged_training_answers_have_a_sentence_and_no_points():
    forged = [{"answer": {"items": [1, 2], "type": "tuple"}}, {"answer": {"items": [{"entries": {}}, None]}}, {"answer": 3.0},
              {"answer": {"items": 5}}, {"answer": "x"}, 7, {"fault": "timeout"}]  # fmt: skip
    for answer in forged:
        verdict = Exam("a6.train").verdict([answer] * 9)
        assert verdict.score == 0 and verdict.messages[0]


def test_the_packed_pictures_are_a_fresh_array_at_every_call():
    argument = Exam("a6.train").questions[0]["arguments"][0]
    one, two = realise(argument), realise(argument)
    one[:] = 0
    assert (
        two.max() == 1.0
        and answering.answer(lambda X: X.max(), {"arguments": [argument]})["answer"]["number"] == 1.0
    )
