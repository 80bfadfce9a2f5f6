"""Assignment a4: graphs of nodes, their orders and sweeps, sums over paths, products and copies."""

import random
import re
from itertools import permutations
from pathlib import Path

import chainrule_lib as cr
import numpy as np
import pytest
from chainrule_lib.judge import answering, judge, tasks
from chainrule_lib.judge.answering import Node, build, realise
from chainrule_lib.judge.decide import plan
from chainrule_lib.judge.graphs import truth
from chainrule_lib.judge.tasks.a4 import GRAPHS, along, seen_in_order
from chainrule_lib.study.wrong_sweeps import all_paths, created, path_sums, sweeps

TASKS = {name: task for name, task in tasks().items() if name.startswith("a4.")}
TEXT = (Path(__file__).parents[2] / "assignments" / "text" / "a4.md").read_text()


def samples(name, kinds, count):
    rng = random.Random(3)
    return [TASKS[name].sample(rng, kind) for kind in kinds for _ in range(count)]


def over_paths(rows):
    """d root / d node for each node, as a sum over enumerated paths."""
    found, paths = [0.0] * len(rows), [(len(rows) - 1, 1.0)]
    while paths:
        node, product = paths.pop()
        found[node] += product
        paths += [(p, product * slope) for p, slope in zip(rows[node][1], rows[node][2])]
    return found


def worst_graph():
    return max(
        float(np.abs(truth(TASKS[name], arguments)["root"] - over_paths(arguments[0]["graph"])).max())
        for name in ("a4.backward", "a4.toposort")
        for arguments in samples(name, GRAPHS, 12)
    )


def test_the_truth_on_graphs_is_the_sum_over_paths():
    assert worst_graph() < 1e-9


def test_a_wrong_sweep_in_the_engine_would_be_caught(monkeypatch):
    right = cr.engine.sweep
    monkeypatch.setattr(cr.engine, "sweep", lambda z: {node: 1.01 * bar for node, bar in right(z).items()})
    assert worst_graph() > 1e-3


def test_the_truth_of_path_sum_agrees_with_complex_steps():
    for W, n in samples("a4.path_sum", TASKS["a4.path_sum"].kinds, 16):
        W = realise(W)
        u = [1 + 1e-30j]
        for j in range(1, n):
            u.append(sum(W[i, j] * u[i] for i in range(j) if (i, j) in W))
        (right,) = truth(
            TASKS["a4.path_sum"], [{"edges": [[i, j, d] for (i, j), d in W.items()]}, n]
        ).values()
        assert right == pytest.approx(u[-1].imag / 1e-30, rel=1e-12)


def test_the_truth_of_products_and_copies_agrees_with_complex_steps():
    def slope(function, x):
        step, found = 1e-30j, np.zeros(x.shape)
        for at in np.ndindex(x.shape):
            moved = x.astype(complex)
            moved[at] += step
            found[at] = function(moved).imag / 1e-30
        return found

    for arguments in samples("a4.matmul_backward", ("plain", "square"), 20):
        A, B, G = map(realise, arguments)
        right = truth(TASKS["a4.matmul_backward"], arguments)
        assert np.allclose(right["A"], slope(lambda a: (G * (a @ B)).sum(), A), rtol=1e-12)
        assert np.allclose(right["B"], slope(lambda b: (G * (A @ b)).sum(), B), rtol=1e-12)
    for arguments in samples("a4.unbroadcast", TASKS["a4.unbroadcast"].kinds, 9):
        g, shape = map(realise, arguments)
        (right,) = truth(TASKS["a4.unbroadcast"], arguments).values()
        assert np.shape(right) == shape
        spread = slope(lambda x: (g * np.broadcast_to(x, g.shape)).sum(), np.zeros(shape))
        assert np.allclose(right, spread, rtol=1e-12)


@pytest.mark.parametrize("name", TASKS)
def test_points_and_signature_are_those_of_the_text(name):
    function = name.partition(".")[2]
    assert f"def {TASKS[name].signature}:" in TEXT
    assert int(re.search(rf"grade_id: {function}_check, .*points: (\d+)", TEXT)[1]) == TASKS[name].points


def order_of(choice):
    """A toposort that returns the nodes it has found in an order of our choosing."""

    def toposort(root):
        nodes, waiting = [], [root]
        while waiting:
            node = waiting.pop()
            if node not in nodes:
                nodes.append(node)
                waiting += node.parents
        return choice(nodes)

    return toposort


def right_order(nodes):
    order = []
    while len(order) < len(nodes):
        order += [n for n in nodes if n not in order and all(p in order for p in n.parents)]
    return order


def test_of_all_permutations_exactly_the_topological_ones_yield_the_right_gradients():
    for kind in GRAPHS:
        if len(GRAPHS[kind]) > 6:
            continue
        arguments = TASKS["a4.toposort"].sample(random.Random(1), kind)
        rows = arguments[0]["graph"]
        for order in permutations(range(len(rows))):
            told = along(arguments, {"answer": {"items": list(order), "type": "list"}})["answer"]["items"]
            topological = all(order.index(p) < order.index(n) for n in order for p in rows[n][1])
            assert np.allclose(told, over_paths(rows), rtol=1e-9) is topological
            names = seen_in_order(arguments, {"answer": {"items": list(order), "type": "list"}})
            assert names == (set() if topological else {("M21",)})


def test_lists_and_tuples_of_nodes_are_both_accepted():
    assert judge("a4.toposort", order_of(right_order)).passed
    assert judge("a4.toposort", order_of(lambda nodes: tuple(right_order(nodes)))).passed


@pytest.mark.parametrize(
    "choice, names",
    [
        (lambda nodes: right_order(nodes)[::-1], {("M21",)}),
        (lambda nodes: right_order(nodes) + right_order(nodes)[-1:], {("M22",)}),
        (lambda nodes: right_order(nodes)[:1] + right_order(nodes), {("M22",)}),
        (lambda nodes: right_order(nodes)[:-1], {("M20",), ("M21",)}),
        (lambda nodes: right_order(nodes)[-1:], {("M02",), ("M37",)}),
        (lambda nodes: [node.value for node in nodes], set()),
        (lambda nodes: [Node(1.0)], set()),
    ],
)
def test_wrong_orders_are_named_by_what_they_show(choice, names):
    verdict = judge("a4.toposort", order_of(choice), b"k" * 32)
    assert verdict.score == 0 and set(verdict.diagnosis) == names


def test_an_item_that_is_no_node_has_its_sentence():
    verdict = judge("a4.toposort", order_of(lambda nodes: [node.value for node in nodes]))
    assert "an item of it is no Node of this graph" in verdict.messages[0]


def topo(root):
    return order_of(right_order)(root)


def sweep(root, reset=True):
    for node in topo(root) if reset else ():
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(topo(root)):
        for parent, slope in zip(node.parents, node.local):
            parent.grad += node.grad * slope


def test_a_sweep_that_forgets_to_reset_is_right_once_and_fails():
    verdict = judge("a4.backward", lambda root: sweep(root, reset=False))
    assert verdict.diagnosis == [("M23",)] and verdict.score == 0
    assert "a second call on the same graph gives other numbers" in verdict.messages[0]
    assert judge("a4.backward", sweep, b"k" * 32).passed


def test_gradients_of_any_real_type_are_accepted():
    def single(root):
        sweep(root)
        for node in topo(root):
            node.grad = np.float32(node.grad)

    assert judge("a4.backward", single, b"k" * 32).passed


def test_a_sweep_that_does_nothing_is_no_answer_yet_and_names_nothing():
    verdict = judge("a4.backward", lambda root: None)
    assert verdict.state == "empty" and verdict.diagnosis == []
    returned = judge("a4.backward", lambda root: {root: 1.0})
    assert "set node.grad of every node" in returned.messages[0] and returned.diagnosis == []


def test_a_graph_that_is_changed_is_told():
    def eats(root):
        for node in topo(root):
            node.parents.clear()

    for task in ("a4.backward", "a4.toposort"):
        assert judge(task, eats).diagnosis == [("M24",)]


def test_nodes_of_the_notebooks_own_class_are_made_where_it_has_one():
    class Mine(Node):
        pass

    met = []

    def toposort(root):
        met.append(type(root))
        return topo(root)

    space = dict(toposort.__globals__, Node=Mine)
    mine = type(toposort)(toposort.__code__, space, closure=toposort.__closure__)
    assert judge("a4.toposort", mine).passed and set(met) == {Mine}
    space["Node"] = int
    met.clear()
    assert judge("a4.toposort", mine).passed and set(met) == {Node}


def test_a_list_kept_in_a_default_shows_nodes_of_an_earlier_graph():
    def keeps(root, order=[]):  # noqa: B006
        order += [node for node in topo(root) if node not in order]
        return order

    assert judge("a4.toposort", keeps).diagnosis == [("M23",)]


def test_a_table_that_is_remembered_or_changed_is_told():
    def fills(W, n):
        return rates(W, n, {0: 1.0}, W.setdefault)

    kept = {0: 1.0}
    assert judge("a4.path_sum", lambda W, n: rates(W, n, kept, W.get)).diagnosis == [("M23",)]
    assert judge("a4.path_sum", fills).diagnosis == [("M24",)]


def rates(W, n, d, ask):
    for j in range(1, n):
        if j not in d:
            d[j] = sum(d[i] * ask((i, j), 0.0) for i in range(j))
    return d[n - 1]


def test_every_wrong_rule_of_a_sweep_differs_from_the_right_one_on_some_probe():
    graphs = [probe.arguments[0]["graph"] for probe in plan("a4.backward", b"rules").probes]
    for wrong in sweeps():
        assert any(not np.allclose(wrong.run(rows), over_paths(rows), rtol=1e-4) for rows in graphs), (
            wrong.site
        )


def test_every_wrong_sum_over_paths_differs_from_the_right_one_on_some_probe():
    tables = [
        (realise(p.arguments[0]), p.arguments[1], p.expected["u_0"]) for p in plan("a4.path_sum", b"r").probes
    ]
    for _, site, rule in path_sums():
        assert any(abs(rule(W, n) - right) > 1e-4 * abs(right) for W, n, right in tables), site


def test_probes_have_a_double_use_roads_of_unequal_length_and_two_reused_nodes_in_a_chain():
    probes = [probe.arguments[0]["graph"] for probe in plan("a4.backward").probes]
    assert any(len(set(row[1])) < len(row[1]) for rows in probes for row in rows)
    for rows in probes:
        assert created(rows) == list(range(len(rows)))
        edges = {(p, n): 1.0 for n, row in enumerate(rows) for p in row[1]}
        lengths = {len(path) for start in (0,) for path in all_paths(edges, len(rows))}
        assert len(lengths) > 1 or rows[-1][1] == []


def test_answers_of_a_graph_are_json_and_never_raise_whatever_the_function_does():
    import json

    question = {
        "task": "a4.backward",
        "function": "backward",
        "arguments": plan("a4.backward").probes[0].arguments,
    }

    def breaks(root):
        for node in topo(root):
            del node.grad

    def exotic(root):
        root.grad = object()

    for function in (breaks, exotic, sweep, lambda: 1, None, lambda root: root.nothing):
        record = answering.answer(function, question)
        json.dumps(record, allow_nan=False)
    assert build([[1.0, [], []], [2.0, [0, 0], [1.0, 1.0]]])[1].parents[0].value == 1.0
