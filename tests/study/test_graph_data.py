"""Graph as data: what it draws, what it refuses, what it says to a screen reader, and the engine's graph."""

import random
import re
from xml.etree import ElementTree

import pytest

from chainrule_lib.study.graph import Graph, GraphEdge, GraphNode, graph

ROADS = [("t", "x", "dx/dt", -0.5), ("t", "y", "dy/dt", 3.0), ("x", "z", "∂z/∂x", 2.5), ("y", "z", "∂z/∂y", 4.0)]
HOSTILE = '</text></svg><script>alert(1)</script>" onload="x" \x00\u202e & {}_^'


def words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_symbolic_graph_shows_nodes_labels_and_values():
    shown = words(Graph.symbolic(ROADS, {"t": 0.5}).svg())
    assert {"t", "0.5", "x", "y", "z", "dx/dt", "= −0.5", "∂z/∂x", "= 2.5", "= 4"} <= set(shown)
    assert "= 2.5" not in words(Graph.symbolic(ROADS, {"t": 0.5}).svg(values=False))


def test_the_same_graph_gives_the_same_picture():
    rng = random.Random(1)
    edges = [(f"n_{rng.randrange(j)}", f"n_{j}", f"p_{j}", rng.random()) for j in range(1, 12) for _ in range(2)]
    assert len({Graph.symbolic(edges).svg() for _ in range(5)}) == 1


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_hostile_labels_stay_text(theme, direction):
    bad = Graph(
        [GraphNode(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE), GraphNode(2, "z")],
        [GraphEdge(HOSTILE, 2, HOSTILE, HOSTILE)],
    )
    svg = bad.svg(theme, title=HOSTILE, desc=HOSTILE, mark=[0], direction=direction)
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "path", "text", "tspan"}
    assert not any("onload" in name for element in ElementTree.fromstring(svg).iter() for name in element.attrib)
    assert bad.dot().count("\n") == 7 and "</svg><script>" in bad.dot()


def test_a_marked_edge_is_told_by_colour_dashes_a_cross_and_a_word():
    plain, marked = Graph.symbolic(ROADS).svg(), Graph.symbolic(ROADS).svg(mark=[2])
    assert marked == Graph.symbolic(ROADS).svg(mark=[("x", "z", 0)])
    assert words(marked).count("here") == 1 and "here" not in words(plain)
    assert re.findall(r'<path class="cr-edge cr-fault cr-dash"', marked) and 'cr-tag"' in marked
    assert "cr-dash" not in plain.partition("</style>")[2]


def test_tones_colour_a_road_and_its_nodes():
    svg = Graph.symbolic(ROADS).svg(tones={("t", "x", 0): "a", "x": "a", ("y", "z", 1): "off"})
    drawn = svg.partition("</style>")[2]
    assert (
        drawn.count('"cr-edge cr-a"') == 1
        and drawn.count('"cr-node cr-a"') == 1
        and drawn.count('"cr-edge cr-off"') == 1
    )


def test_the_description_says_every_edge_and_the_title_the_result():
    svg = Graph.symbolic(ROADS).svg()
    assert "<title>Dependency graph of z</title>" in svg
    assert (
        "4 nodes and 4 edges. t to x: dx/dt = −0.5; t to y: dy/dt = 3; x to z: ∂z/∂x = 2.5; y to z: ∂z/∂y = 4."
        in svg
    )


def test_a_small_graph_is_legible_on_a_narrow_screen():
    for picture in (
        Graph.symbolic([e[:3] for e in ROADS]),
        Graph.symbolic(ROADS, {"t": 0.5, "x": 1.25, "y": -3.0}),
    ):
        natural = float(re.search(r'width="([\d.]+)"', picture.svg()).group(1))
        assert 15 * min(1, 360 / natural) >= 11


@pytest.mark.parametrize(
    "make, says",
    [
        (
            lambda: Graph([GraphNode(1, "x"), GraphNode(1, "y")]),
            "given two nodes with the id 1: give each node its own id",
        ),
        (
            lambda: Graph([GraphNode(1, "x")], [GraphEdge(1, 2)]),
            "given an edge 1 -> 2 but no node 2: add GraphNode",
        ),
        (
            lambda: Graph.symbolic(ROADS).svg(mark=[4]),
            "asked to mark the edge 4; the graph has 4 edges: give an index from 0",
        ),
        (lambda: Graph.symbolic(ROADS).svg(mark=[("x", "t", 0)]), "asked to mark the edge .'x', 't', 0."),
        (
            lambda: Graph.symbolic(ROADS).svg(direction="up"),
            'asked for direction .up.; the directions are "LR" and "TB"',
        ),
        (
            lambda: Graph([GraphNode(i, "h") for i in range(5012)]).svg(),
            "asked to draw 5,012 nodes; at most 200 fit a picture: .*dot",
        ),
    ],
)
def test_what_is_refused_says_what_to_do(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_a_graph_too_large_to_draw_still_displays_a_sentence_in_a_notebook():
    assert Graph([GraphNode(i, "h") for i in range(201)])._repr_html_().startswith("<p>asked to draw 201 nodes")
    assert Graph.symbolic(ROADS)._repr_html_().startswith("<svg")


def test_a_long_graph_is_legible_on_a_narrow_screen_because_it_is_also_drawn_from_top_to_bottom():
    walk = Graph.symbolic([(f"a_{k}", f"a_{k + 1}", "slope") for k in range(8)])
    shown = walk._repr_html_()
    tall, long = re.findall(r'<svg[^>]* width="([\d.]+)"', shown)
    assert float(long) > 480 and 15 * min(1, 328 / float(tall)) >= 11
    assert "@container (min-width:480px){.cr-tall{display:none}.cr-long{display:block}}" in shown


def test_a_circle_is_refused_with_the_edge():
    from chainrule_lib.engine import CycleError

    with pytest.raises(CycleError, match="edges that run in a circle through 'x' -> 'y'"):
        Graph.symbolic([("x", "y", ""), ("y", "x", "")])
    with pytest.raises(CycleError):
        Graph([GraphNode(1, "x")], [GraphEdge(1, 1)])


def test_dot_quotes_and_marks():
    dot = Graph([GraphNode(0, 'a"b\\'), GraphNode(1, "z")], [GraphEdge(0, 1, "∂z/∂a", 2.0)]).dot(mark=[0])
    assert r'n0 [label="a\"b\\"];' in dot
    assert 'n0 -> n1 [label="∂z/∂a = 2\\nhere", color="#b0122a", fontcolor="#b0122a", style=dashed];' in dot


def test_the_engine_s_graph_has_its_values_uses_and_local_partials():
    import chainrule_lib as cr

    x, y = cr.Var(3.0, "x"), cr.Var(0.5, "y")
    g = graph(x * x + 2.0 * cr.sin(y), gradients=True)
    label = {node.id: node.label for node in g.nodes}
    assert sorted(label.values()) == ["+", "2 ×", "sin", "x", "y", "×"]
    assert [(label[e.source], label[e.target], e.partial, e.slot) for e in g.edges if e.source == x.id] == [
        ("x", "×", 3.0, 0),
        ("x", "×", 3.0, 1),
    ]
    assert {node.label: node.grad for node in g.nodes}["x"] == 6.0
    assert all(
        g.nodes.index(next(n for n in g.nodes if n.id == e.source))
        < g.nodes.index(next(n for n in g.nodes if n.id == e.target))
        for e in g.edges
    )
    assert "grad 6" in words(g.svg()) and "grad 6" not in words(g.svg(gradients=False))


@pytest.mark.parametrize(
    "expression, sign",
    [
        (lambda x: x * 2.0, "× 2"),
        (lambda x: 3.0 - x, "3 −"),
        (lambda x: x / 4.0, "÷ 4"),
        (lambda x: x**2, "( )^{2}"),
        (lambda x: 2.0**x, "2^{( )}"),
        (lambda x: -x, "−"),
        (lambda x: x - x, "−"),
    ],
)
def test_a_constant_is_shown_with_its_operation(expression, sign):
    import chainrule_lib as cr

    assert graph(expression(cr.Var(1.5, "x"))).nodes[-1].label == sign


def test_arrays_show_their_shapes_and_large_jacobians_are_left_out():
    import numpy as np

    import chainrule_lib as cr
    import chainrule_lib.numpy as cnp

    x, w = cr.Var(np.arange(6.0).reshape(2, 3), "X"), cr.Var(np.ones((3, 4)), "W")
    shown = words(graph(cnp.sum(cnp.tanh(x @ w))).svg())
    assert {"X", "2×3 [0 1 2 …]", "W", "3×4 [1 1 1 …]", "@", "2×4×2×3", "tanh"} <= set(shown)
    wide = graph(cr.Var(np.ones((100, 200)), "X") @ cr.Var(np.ones((200, 100)), "W"))
    assert [e.partial for e in wide.edges] == [None, None] and wide.svg()


def test_only_a_traced_value_has_a_graph():
    with pytest.raises(TypeError, match=r"asked for the graph of 3.0 \(float\).*make the inputs with cr.Var"):
        graph(3.0)
