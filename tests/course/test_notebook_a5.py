import copy

import numpy as np
import pytest
from labelling import ROOT, error, same, worst_error
from playing import cells_of, hand_checks, play, solution
from test_variant_labels_a5 import PROBES, TASKS

LAYERS = [task for task in TASKS if "backward_clf" not in task and task != "a5.backward"]


@pytest.fixture(scope="module")
def names():
    """What the solved notebook defines, the given_ layers among it."""
    return play("a5")[0]


@pytest.mark.parametrize("task", TASKS)
def test_a_solution_agrees_with_complex_steps_through_the_loss(task, names):
    given = {name: value for name, value in names.items() if name.startswith("given_")}
    assert worst_error(solution(task), PROBES[task], given) < 1e-12


@pytest.mark.parametrize("task", LAYERS)
def test_a_given_layer_agrees_with_the_formula_of_the_solution_and_leaves_its_arguments_alone(task, names):
    given, formula = names[f"given_{task.removeprefix('a5.')}"], solution(task).function()
    for arguments, _ in PROBES[task]:
        own = copy.deepcopy(arguments)
        assert error(given(*own), formula(*arguments)) < 1e-12
        assert same(own, arguments)


def test_the_given_layers_cannot_be_called_by_the_five_checks_above_them():
    ids = [cell["id"] for cell in cells_of("a5")]
    assert all(ids.index(f"{task.removeprefix('a5.')}_check") < ids.index("given") for task in LAYERS)


def test_the_two_softmax_gradients_survive_scores_of_a_thousand(names):
    scores, labels = np.array([[1000.0, 0.0, -1000.0], [5.0, 1e3, 1e3]]), np.array([1, 2])
    expected = np.array([[1, -1, 0], [0, 0.5, -0.5]]) / 2
    for function in (names["softmax_ce_grad"], names["given_softmax_ce_grad"]):
        np.testing.assert_allclose(function(scores, labels), expected, atol=1e-12)


def test_the_hand_checks_of_the_text_come_out():
    shown = hand_checks("a5")
    assert [block.tolist() for block in shown["affine_backward"]] == [[[1, 0], [2, -1]], [[1, 0, 3], [2, 0, 4]], [1, 0, 1]]
    np.testing.assert_allclose(shown["sigmoid_backward"], [[2, 3]])
    np.testing.assert_array_equal(shown["relu_backward"], [[0, -6], [7, 0]])
    np.testing.assert_array_equal(shown["mse_grad"], [[0.5, 0], [1, 0], [0, -1], [0, 2]])
    np.testing.assert_allclose(8 * shown["softmax_ce_grad"], [[1, -1], [-2, 2]])
    net = {key: value.item() for key, value in shown["backward"].items()}
    assert net == pytest.approx({"W1": 7.5, "b1": 3, "W2": 1, "b2": 2})
    clf = shown["backward_clf"]
    np.testing.assert_allclose(clf["W1"], [[0.1, -0.1]])
    np.testing.assert_allclose(clf["W2"], [[0.35, -0.15], [0.3, 0]])
    np.testing.assert_array_equal([clf["b1"], clf["b2"]], np.zeros((2, 2)))


def test_the_loss_falls_by_what_the_first_order_forecast_says():
    cells = cells_of("a5")
    end = [cell["id"] for cell in cells].index("backward_clf")
    space, _ = play("a5", [cell["source"] if k < end else "" for k, cell in enumerate(cells)])
    assert space["fall"] == pytest.approx(0.0001 * (7.5**2 + 3**2 + 1**2 + 2**2), rel=2e-3)


def test_the_mark_scheme_lists_the_six_roads_of_its_weight_and_their_sum():
    sources = [cell["source"].replace("seed = 0 ", "seed = 7 ") for cell in cells_of("a5")]
    names, shown = play("a5", sources)
    params, cache, X, Y = (names[name] for name in ("params", "cache", "X", "Y"))
    slope = 1 - cache["A1"][:, 1] ** 2
    shares = 2 / 3 * (cache["Z2"] - Y) * params["W2"][1] * (slope * X[:, 0])[:, None]
    assert shares.sum() == pytest.approx(shown["small-net"]["W1"][0, 1])
    scheme = (ROOT / "assignments/text/a5.md").read_text().split("BEGIN MARK SCHEME")[1]
    for through in shares.T:
        assert f"${', '.join(f'{share:.4f}' for share in through)}$" in " ".join(scheme.split())
    assert f"${shares.sum():.4f}$" in scheme
