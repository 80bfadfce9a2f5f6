import math

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, worst_error
from playing import cells_of, hand_checks, play, solution
from test_variant_labels_a5 import PROBES as PROBES_OF_A5
from test_variant_labels_a6 import PROBES, trains

from chainrule_lib import paths

SHOWN, JUDGED = (ROOT / folder for folder in ("assignments/text/a6", "chainrule_lib/judge/data"))


def numbers(folder):
    with np.load(folder / "digits.npz") as file:
        return dict(file)


def source(name):
    return next(cell["source"] for cell in cells_of("a6") if cell["id"] == name)


@pytest.fixture(scope="module")
def names():
    """What the solved notebook of a6 defines."""
    return play("a6")[0]


@pytest.mark.parametrize("task", PROBES)
def test_a_solution_agrees_with_complex_steps_or_exact_fractions(task):
    assert worst_error(solution(task), PROBES[task]) < 1e-9


def test_the_solution_of_train_learns_what_the_labelled_ones_must():
    cell = source("given") + "\n" + source("train")
    assert trains(LIBRARY["Variant"]("a6.train", "solution", "right", frozenset(), "", cell))


@pytest.mark.parametrize("seed", range(3))
def test_the_solution_of_train_reads_nine_in_ten_held_out_digits(seed, names):
    data = numbers(JUDGED)
    params, losses = names["train"](data["X"] / 16, data["y"].astype(int), 32, 0.3, 150, seed)
    guesses = names["given_forward_clf"](params, data["X_held"] / 16)["Z2"].argmax(axis=1)
    assert np.mean(guesses == data["y_held"]) > 0.9
    assert len(losses) == 150 and max(np.diff(losses)) < 0


def test_the_given_backward_pass_agrees_with_complex_steps(names):
    given = LIBRARY["Variant"]("a6.given_backward_clf", "given", "right", frozenset(), "", source("given"))
    assert worst_error(given, PROBES_OF_A5["a5.backward_clf"]) < 1e-12


def test_the_hand_checks_of_the_text_come_out():
    shown = hand_checks("a6")
    np.testing.assert_array_equal(shown["numerical_grad"], [[2, 4], [6, 8]])
    found = {**shown["gd_step"], **shown["rnn_backward"], **shown["residual_backward"]}
    assert {key: value.item() for key, value in found.items()} == pytest.approx(
        {"W": 0.3, "Wx": 16, "Wh": 0, "b": 11, "h0": 14, "W1": 3.2958, "W2": 1, "x": 8}, abs=5e-5)
    assert shown["gd_step"]["b"] == pytest.approx(0.1)
    assert shown["tied_grad"].item() == pytest.approx(0.6615, abs=5e-5)
    np.testing.assert_allclose(shown["dropout_backward"], [[5, 3.75, 0]])
    np.testing.assert_allclose(shown["norm_backward"].ravel(), [0.5, 0, -0.5, 0], atol=6e-4)
    np.testing.assert_allclose(hand_checks("a6b")["hvp"], [0.75, 0.8125])


def test_the_colony_has_the_shares_of_its_table(names):
    w = names["cr"].Var(2.0, "w")
    assert sorted(path.product for path in paths(names["colony"](w)[3], w)) == [4, 6, 7]
    assert names["colony_slope"](2.0) == 17


def test_the_hillside_of_a6b_changes_its_slope_as_the_table_says():
    names, shown = play("a6b")
    products = [value for value in shown.values() if isinstance(value, np.ndarray) and value.shape == (2,)][:3]
    np.testing.assert_allclose(products, [[2, 2]] * 3)


def scheme(assignment):
    return " ".join((ROOT / f"assignments/text/{assignment}.md").read_text().split("BEGIN MARK SCHEME")[1].split())


def shares(step, slope_of_step, w=0.8, T=10, start=0.3):
    """The share of each use of w in h_T, and the factors between one state and the next."""
    states = [start]
    for _ in range(T):
        states.append(step(states[-1]))
    factors = [slope_of_step(h) for h in states[:-1]]
    uses = [h * (1 - math.tanh(w * h + 0.5) ** 2) for h in states[:-1]]
    return [use * math.prod(factors[t + 1:]) for t, use in enumerate(uses)], factors


def test_the_mark_scheme_of_a6_has_the_shares_of_a_long_product():
    plain, factors = shares(lambda h: math.tanh(0.8 * h + 0.5), lambda h: 0.8 * (1 - math.tanh(0.8 * h + 0.5) ** 2))
    copied, kept = shares(lambda h: h + math.tanh(0.8 * h + 0.5), lambda h: 1 + 0.8 * (1 - math.tanh(0.8 * h + 0.5) ** 2))
    for number in (f"{plain[-1]:.4f}", f"{plain[-2]:.4f}", f"{1e6 * plain[0]:.1f} \\cdot 10^{{-6}}", f"{factors[-1]:.3f}",
                   f"{copied[0]:.4f}"):
        assert f"${number}$" in scheme("a6")
    assert min(kept) > 1 and max(kept) < 1.5


def test_the_mark_scheme_of_a6b_has_both_forecasts():
    names, _ = play("a6b")
    X, y, loss, w, v = names["X"], names["y"], names["loss"], np.array([0.5, -0.5]), np.array([1.0, 1.0])
    slope = np.imag(loss(w + 1e-30j * v)) / 1e-30
    curvature = v @ names["hvp"](w, X, y, v)
    straight = loss(w) + slope
    for number in (loss(w), slope, curvature, straight, straight + curvature / 2, loss(w + v)):
        assert f"${number:.4f}$" in scheme("a6b")


def test_the_digits_of_students_are_those_of_the_judge_and_the_held_out_ones_are_others():
    shown, judged = numbers(SHOWN), numbers(JUDGED)
    assert set(shown) == {"X", "y"} and set(judged) == {"X", "y", "X_held", "y_held"}
    for name in shown:
        np.testing.assert_array_equal(shown[name], judged[name])
    assert {row.tobytes() for row in judged["X"]}.isdisjoint(row.tobytes() for row in judged["X_held"])


@pytest.mark.parametrize("folder, readme", [(SHOWN, "README.txt"), (JUDGED, "README.md")], ids=["shown", "judged"])
def test_a_file_of_digits_is_small_and_says_where_it_comes_from(folder, readme):
    assert sorted(path.name for path in folder.iterdir()) == [readme, "digits.npz"]
    assert (folder / "digits.npz").stat().st_size < 100_000
    for name, array in numbers(folder).items():
        assert array.dtype == np.uint8 and array.shape[1:] == ((64,) if name.startswith("X") else ())
        assert array.max() == (16 if name.startswith("X") else 9)
    told = (folder / readme).read_text()
    assert "Alpaydin" in told and "Kaynak" in told and "CC BY 4.0" in told and "10.24432/C50P49" in told


def test_the_release_of_a6_holds_the_notebook_and_its_digits_alone(assignments, tmp_path):
    from chainrule_lib.grading import author

    built = author.build(tmp_path, "a6", text_dir=assignments / "text")
    assert sorted(path.name for path in built.parent.iterdir()) == ["README.txt", "a6.ipynb", "digits.npz"]
