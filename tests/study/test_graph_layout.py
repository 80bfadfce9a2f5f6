"""The geometry of a drawing: nothing touches what it must not, over many random graphs of the course's size."""

import math
import random
from itertools import combinations, pairwise

import pytest

from chainrule_lib.study.graph import Drawn, Graph, GraphEdge, GraphNode
from chainrule_lib.study.layout import ranks


def random_graph(rng: random.Random) -> Graph:
    count = rng.randint(2, 15)
    value = (lambda: rng.uniform(-50, 50)) if rng.random() < 0.7 else (lambda: None)
    nodes = [
        GraphNode(i, rng.choice(["x", "W_{12}", "loss", "sin", "×", "u_1: ( )^{2}"]), value()) for i in range(count)
    ]
    edges = []
    for target in range(1, count):
        for slot in range(rng.choice([0, 1, 1, 2, 2, 3])):
            source = edges[-1].source if slot and rng.random() < 0.15 else rng.randrange(max(0, target - 6), target)
            label = rng.choice([None, None, "∂z/∂x", "dx/dt", "∂u_1/∂x_2"])
            edges.append(GraphEdge(source, target, label, rng.choice([None, rng.gauss(0, 3), 1e-9]), slot))
    return Graph(nodes, edges)


def draw(graph: Graph, rng: random.Random) -> Drawn:
    mark = [k for k in range(len(graph.edges)) if rng.random() < 0.1]
    return Drawn(graph, mark=mark, tones={}, values=True, gradients=True, direction=rng.choice(["LR", "LR", "TB"]))


def boxes_touch(one, other, room):
    (x, y, w, h, *_), (x2, y2, w2, h2, *_) = one, other
    return abs(x - x2) < (w + w2) / 2 + room and abs(y - y2) < (h + h2) / 2 + room


def distance(point, box):
    """From the outline of a box, whose corners may be round; negative inside."""
    (x, y), (cx, cy, w, h, *radius) = point, box
    r = radius[0] if radius else 0.0
    dx, dy = abs(x - cx) - w / 2 + r, abs(y - cy) - h / 2 + r
    return math.hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - r


def flat(drawn: Drawn, k: int) -> list[tuple[float, float]]:
    """Points close together along edge k."""
    points = []
    for piece in drawn.layout.edges[k]:
        here = piece[0][0]
        for segment in piece[1:]:
            ctrl = (here, *segment) if len(segment) == 3 else (here, here, segment[0], segment[0])
            for i in range(11):
                t = i / 10
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                points.append(tuple(sum(w * c[axis] for w, c in zip(weights, ctrl)) for axis in (0, 1)))
            here = segment[-1]
    return [drawn._at(p) for p in points]


def faults(drawn: Drawn) -> list[str]:
    """Every overlap in the drawing, in words; empty when it is clean."""
    found = []
    labels = {k: box for k, box in enumerate(drawn.label_boxes) if box}
    named = [(f"node {k}", box) for k, box in enumerate(drawn.node_boxes)] + [
        (f"label {k}", box) for k, box in labels.items()
    ]
    for (name, box), (name2, box2) in combinations(named, 2):
        if boxes_touch(box, box2, 4):
            found.append(f"{name} touches {name2}")
    for name, (x, y, w, h, *_) in named:
        if x - w / 2 < 8 or y - h / 2 < 8 or x + w / 2 > drawn.width - 8 or y + h / 2 > drawn.height - 8:
            found.append(f"{name} leaves the picture")
    for k, edge in enumerate(drawn.graph.edges):
        points = flat(drawn, k)
        for name, box in named:
            own = name in (f"label {k}", f"node {edge.source}", f"node {edge.target}")
            if min(distance(p, box) for p in points) < (-0.5 if own else 3.0):
                found.append(f"edge {k} runs through {name}")
        if not all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points):
            found.append(f"edge {k} leaves the picture")
        for end, point in ((edge.source, points[0]), (edge.target, points[-1])):
            if abs(distance(point, drawn.node_boxes[end])) > 0.5:
                found.append(f"edge {k} misses node {end}")
    return found


@pytest.mark.parametrize("seed", range(8))
def test_nothing_overlaps_on_random_graphs(seed):
    rng = random.Random(seed)
    for _ in range(12):
        drawn = draw(random_graph(rng), rng)
        assert faults(drawn) == []


def test_the_overlap_finder_sees_a_moved_label_a_moved_node_and_a_foreign_edge():
    graph = Graph.symbolic(
        [("t", "x", "dx/dt"), ("t", "y", "dy/dt"), ("x", "z", "∂z/∂x"), ("y", "z", "∂z/∂y"), ("t", "z", "∂z/∂t")]
    )
    named = Graph(
        [GraphNode(i, n.label) for i, n in enumerate(graph.nodes)],
        [GraphEdge("txyz".index(e.source), "txyz".index(e.target), e.label, None, e.slot) for e in graph.edges],
    )
    fresh = lambda: Drawn(named, mark=(), tones={}, values=True, gradients=True, direction="LR")  # noqa: E731
    assert faults(fresh()) == []
    drawn = fresh()
    drawn.label_boxes[0] = drawn.label_boxes[1]
    assert any("label 0 touches label 1" in f for f in faults(drawn))
    drawn = fresh()
    drawn.node_boxes[0] = drawn.node_boxes[1]
    assert any("edge 0 misses node 0" in f for f in faults(drawn))
    drawn = fresh()
    x, y = flat(drawn, 4)[20]
    drawn.label_boxes[0] = (x, y, 20, 10)
    assert any("edge 4 runs through label 0" in f for f in faults(drawn))


def test_edges_run_forward_and_a_source_stands_just_before_its_first_use():
    edges = [(0, 1), (1, 2), (2, 3), (4, 3), (0, 3)]
    rank = ranks(5, edges)
    assert all(rank[u] < rank[v] for u, v in edges)
    assert rank == [0, 1, 2, 3, 2]


def test_two_roads_are_drawn_without_a_crossing_and_the_first_road_on_top():
    for edges in (
        [("t", "x", ""), ("t", "y", ""), ("x", "z", ""), ("y", "z", "")],
        [("t", "x", ""), ("t", "y", ""), ("y", "z", ""), ("x", "z", "")],
    ):
        drawn = Drawn(Graph.symbolic(edges), mark=(), tones={}, values=True, gradients=True, direction="LR")
        height = {node.label: box[1] for node, box in zip(drawn.graph.nodes, drawn.node_boxes)}
        assert height["x"] < height["t"] < height["y"]
        assert height["t"] == pytest.approx(height["z"], abs=0.5)


def test_two_uses_by_one_operation_are_two_edges_apart():
    square = Graph(
        [GraphNode(0, "x", 3.0), GraphNode(1, "×", 9.0)],
        [GraphEdge(0, 1, None, 3.0, 0), GraphEdge(0, 1, None, 3.0, 1)],
    )
    drawn = Drawn(square, mark=(), tones={}, values=True, gradients=True, direction="LR")
    one, other = flat(drawn, 0), flat(drawn, 1)
    assert drawn.label_boxes[0][1] + 15 < drawn.label_boxes[1][1]
    assert all(abs(p[1] - q[1]) > 5 for p, q in zip(one, other))
    assert all(a[0] <= b[0] + 1e-9 for a, b in pairwise(one))


def test_a_chain_of_two_hundred_nodes_with_a_long_edge_is_drawn_in_time():
    nodes = [GraphNode(i, f"h_{{{i}}}", float(i)) for i in range(200)]
    edges = [GraphEdge(i, i + 1, None, 1.5) for i in range(199)] + [
        GraphEdge(0, i, None, 2.0, 1) for i in range(2, 200, 20)
    ]
    drawn = Drawn(Graph(nodes, edges), mark=(), tones={}, values=True, gradients=True, direction="LR")
    assert len(drawn.label_boxes) == len(edges)
