"""The labels of tests/judge/variants/a4, against sums over enumerated paths and complex steps."""

import json

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, assert_catalogued, assert_label_holds, assert_mixed, error, gradient, worst_error

TASKS = ["a4.backward", "a4.matmul_backward", "a4.path_sum", "a4.toposort", "a4.unbroadcast"]
CELLS = {task: LIBRARY["read"](task) for task in TASKS}
ALL = [variant for task in TASKS for variant in CELLS[task]]


class Node:
    """As course.md gives it to the students."""

    def __init__(self, value, parents=(), local=()):
        self.value, self.parents, self.local, self.grad = value, list(parents), list(local), 0.0


def given_topo(root):
    """Parents first, by counting rounds: apart from every sort in the variants."""
    nodes = [root]
    for node in nodes:
        nodes += [parent for i, parent in enumerate(node.parents) if parent not in nodes and parent not in node.parents[:i]]
    order = []
    while nodes:
        order += [node for node in nodes if all(parent in order for parent in node.parents)]
        nodes = [node for node in nodes if node not in order]
    return order


# A graph is its nodes' parents by number, in an order of creation; the last is the root.
SHAPES = {
    "square": [(), (0, 0), (1,)],
    "two reused in a chain": [(), (0, 0), (1, 1), (2, 0)],
    "long and short road": [(), (), (0, 1), (2,), (3, 1), (4, 0, 2)],
    "short road first": [(), (0, 0), (1, 0), (1, 2)],
    "long road first": [(), (0,), (1,), (2, 0), (0, 3), (4, 1)],
    "three uses": [(), (), (0, 1), (0, 2), (1, 3, 0), (4, 2, 2)],
}


def build(shape, seed):
    """(nodes, truth): the graph and d root / d node for each node, as a sum over enumerated paths."""
    rng = np.random.default_rng(seed)
    nodes = []
    for parents in SHAPES[shape]:
        local = [float(rng.uniform(1.1, 2.4) * rng.choice([-1, 1])) for _ in parents]
        nodes.append(Node(float(rng.uniform(1.2, 3.0) * rng.choice([-1, 1])), [nodes[p] for p in parents], local))
    truth = dict.fromkeys(nodes, 0.0)
    paths = [(nodes[-1], 1.0)]
    while paths:
        node, product = paths.pop()
        truth[node] += product
        paths += [(parent, product * slope) for parent, slope in zip(node.parents, node.local)]
    return nodes, np.array([truth[node] for node in nodes])


def sweep(order, root, nodes):
    """The gradients that an order yields."""
    bar = dict.fromkeys(nodes, 0.0)
    bar[root] = 1.0
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.local):
            bar[parent] += bar[node] * slope
    return np.array([bar[node] for node in nodes])


def worst_on_graphs(variant):
    """The largest error over all graphs, each one asked twice; inf for an exception or a changed graph."""
    function = variant.function()
    function.__globals__.update(given_topo=given_topo, Node=Node)
    worst = 0.0
    for seed, shape in enumerate(SHAPES):
        nodes, truth = build(shape, seed)
        before = [(node.value, list(node.parents), list(node.local)) for node in nodes]
        for _ in range(2):
            try:
                answer = function(nodes[-1])
                found = sweep(answer, nodes[-1], nodes) if variant.task == "a4.toposort" else [n.grad for n in nodes]
            except Exception:
                return np.inf
            worst = max(worst, error(np.asarray(found, dtype=float), truth))
            if before != [(node.value, node.parents, node.local) for node in nodes]:
                return np.inf
    return worst


def path_sum(rng):
    for n, missing in [(5, [(1, 2), (0, 3)]), (4, []), (6, [(0, 5), (2, 3)]), (5, [])]:
        M = np.triu(rng.uniform(1.1, 2.2, size=(n, n)) * rng.choice([-1, 1], size=(n, n)), 1)
        for edge in missing:
            M[edge] = 0
        W = {(i, j): float(M[i, j]) for i in range(n) for j in range(i + 1, n) if M[i, j]}

        def last(seed):
            u = [seed[0]]
            for j in range(1, n):
                u.append(sum(u[i] * M[i, j] for i in range(j)))
            return u[-1]
        yield (W, n), gradient(last, [1.0])[0]


def matmul_backward(rng):
    for n, k, m in [(4, 3, 5), (5, 2, 3), (4, 4, 4), (3, 3, 3)]:
        A, B, G = 2 * rng.normal(size=(n, k)), 2 * rng.normal(size=(k, m)), 2 * rng.normal(size=(n, m))
        yield (A, B, G), (gradient(lambda a: (G * (a @ B)).sum(), A), gradient(lambda b: (G * (A @ b)).sum(), B))


def unbroadcast(rng):
    for shape, full in [((3,), (4, 3)), ((1, 3), (5, 3)), ((4, 1), (4, 3)), ((), (3, 4)), ((2, 1, 3), (5, 2, 4, 3)),
                        ((3, 4), (3, 4)), ((4,), (4, 4)), ((1, 4), (4, 4)), ((1, 1), (3, 5))]:
        g = 3 * rng.normal(size=full)
        yield (g, shape), gradient(lambda b: (g * np.broadcast_to(b, full)).sum(), np.zeros(shape))


PROBES = {f"a4.{make.__name__}": list(make(np.random.default_rng(5))) for make in (path_sum, matmul_backward, unbroadcast)}


def test_the_given_order_yields_the_sum_over_paths():
    for seed, shape in enumerate(SHAPES):
        nodes, truth = build(shape, seed)
        assert error(sweep(given_topo(nodes[-1]), nodes[-1], nodes), truth) < 1e-12


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_variant_of_a4_is_right_exactly_when_its_label_says_so(variant):
    on_graphs = variant.task not in PROBES
    assert_label_holds(variant, worst_on_graphs(variant) if on_graphs else worst_error(variant, PROBES[variant.task]))


def test_every_label_of_a4_names_slips_of_the_catalogue():
    assert_catalogued(ALL, {row["id"] for row in json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())})


@pytest.mark.parametrize("task", TASKS)
def test_each_task_of_a4_has_enough_styles_and_slips_and_a_third_is_held_out(task):
    assert_mixed(CELLS[task])
