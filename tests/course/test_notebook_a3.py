import numpy as np
import pytest
from labelling import ROOT, worst_error
from playing import hand_checks, play, solution
from test_variant_labels_a3 import PROBES, TASKS

from chainrule_lib import paths


@pytest.mark.parametrize("task", TASKS)
def test_a_solution_agrees_with_complex_steps_and_the_handed_slopes(task):
    assert worst_error(solution(task), PROBES[task]) < 1e-12


def test_the_solution_of_vjp_chain_never_multiplies_two_matrices():
    class Jacobian:
        __array_ufunc__ = None

        def __init__(self, entries):
            self.entries = entries

        def __rmatmul__(self, row):
            assert row.ndim == 1
            return row @ self.entries

    (v, jacs), truth = PROBES["a3.vjp_chain"][0]
    np.testing.assert_allclose(solution("a3.vjp_chain").function()(v, [Jacobian(J) for J in jacs]), truth)


def test_the_hand_checks_of_the_text_come_out():
    shown = hand_checks("a3")
    np.testing.assert_array_equal(shown["general_grad"], [14, -1])
    np.testing.assert_array_equal(shown["jacobian_chain"], [[8, 4], [8, 5], [1, 1]])
    np.testing.assert_array_equal(shown["vjp_chain"], [10, 6])
    np.testing.assert_allclose(16 * shown["softmax_jacobian"], [[3, -1, -2], [-1, 3, -2], [-2, -2, 4]], atol=1e-14)
    assert shown["implicit_slope"] == -5 / 12


def test_the_greenhouse_has_the_shares_of_its_table():
    names, _ = play("a3")
    shares = [sorted(path.product for path in paths(names["z"], names[dial])) for dial in ("x_1", "x_2")]
    assert shares == [[-4, -2, 20], [-5, -2, 6]]
    assert (names["x_1"].grad, names["x_2"].grad) == (14, -1)


def test_the_mark_scheme_of_the_text_counts_rightly():
    scheme = (ROOT / "assignments/text/a3.md").read_text().split("BEGIN MARK SCHEME")[1]
    n, m_1, m_2, k = 10, 20, 30, 1
    left = [k * m_2, m_2 * m_1, m_1 * n]
    right = [m_2 * m_1 * n, k * m_2 * n, k * n]
    for count in (*left, sum(left), *right, sum(right)):
        assert f" {count}" in scheme
