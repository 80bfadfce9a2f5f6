import numpy as np
import pytest
from labelling import ROOT, worst_error
from playing import hand_checks, play, solution
from test_variant_labels_a4 import PROBES, SHAPES, build, error, sweep, worst_on_graphs


@pytest.fixture(scope="module")
def names():
    """What the solved notebook defines; x, u, v, z are the cube of glass as nodes."""
    return play("a4")[0]


@pytest.mark.parametrize("task", PROBES)
def test_a_solution_agrees_with_complex_steps(task):
    assert worst_error(solution(task), PROBES[task]) < 1e-12


@pytest.mark.parametrize("task", ["a4.toposort", "a4.backward"])
def test_a_solution_agrees_with_the_sum_over_enumerated_paths(task):
    assert worst_on_graphs(solution(task)) < 1e-12


@pytest.mark.parametrize("shape", SHAPES)
def test_the_given_order_holds_each_node_once_and_yields_the_sum_over_paths(names, shape):
    nodes, truth = build(shape, 3)
    order = names["given_topo"](nodes[-1])
    assert sorted(map(id, order)) == sorted(map(id, nodes))
    assert error(sweep(order, nodes[-1], nodes), truth) < 1e-12


def test_the_given_order_copes_with_a_graph_deeper_than_recursion_goes(names):
    node = first = names["Node"](1.0)
    for _ in range(5_000):
        node = names["plus"](node, first)
    assert names["given_topo"](node)[-1] is node


def test_a_given_node_keeps_its_parents_and_slopes_in_order(names):
    a, b = names["Node"](2.0), names["Node"](5.0)
    product = names["times"](a, b)
    assert (product.value, product.parents, product.local, product.grad) == (10, [a, b], [5, 2], 0)
    assert (a.parents, a.local, names["plus"](a, a).parents) == ([], [], [a, a])


def test_the_hand_checks_of_the_text_come_out(names):
    shown = hand_checks("a4")
    assert [node.value for node in shown["toposort"]] == [2, 4, 8, 12]
    assert [node.grad for node in shown["backward"]] == [16, 3, 1, 1]
    assert shown["path_sum"] == 16
    assert [block.tolist() for block in shown["matmul_backward"]] == [[[30, 40]], [[10], [20]]]
    assert [np.asarray(block).tolist() for block in shown["unbroadcast"]] == [[11, 22, 33], [[6], [60]], 66]


def test_the_mark_scheme_of_the_text_has_the_numbers_of_a_node_that_did_not_wait(names):
    scheme = (ROOT / "assignments/text/a4.md").read_text().split("BEGIN MARK SCHEME")[1]
    x, u, v, z = cube = [names[name] for name in "xuvz"]
    right, hasty = (sweep(order, z, cube)[0] for order in ([x, u, v, z], [x, v, u, z]))
    assert f"$4 + 4 + 4 + 2 + 2 = {right:.0f}$" in scheme
    assert f"$\\bar x = 4 + 1 \\cdot 2 + 1 \\cdot 2 = {hasty:.0f}$" in scheme
