"""The dependency graph as data and as a picture: nodes are values, edges carry local partials.

    cr.graph(z)                                            # what the engine recorded, with its numbers
    Graph.symbolic([("t", "x", "dx/dt"), ("x", "z", "∂z/∂x")])    # a figure for a page, with symbols alone

An edge points the way the forward computation runs: from an argument (source) to what is computed from it (target).
"""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from chainrule_lib.engine import CycleError, InputTypeError, Var, sweep, topological_order
from chainrule_lib.study import drawing
from chainrule_lib.study.drawing import caption, clean, document, escape, short, text
from chainrule_lib.study.layout import Layout, arrange, ranks

LIMIT = 200  # nodes; a larger picture is not read by anyone
NARROW = 480  # pixels; a longer picture is also drawn from top to bottom, for a page that is narrower than this
JACOBIAN = 10_000  # entries; an array node's larger local partials are left out of its graph

_INFIX = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "truediv": "÷", "matmul": "@"}
_SIGN = {**_INFIX, "neg": "−", "square": "( )^{2}", "reciprocal": "1/( )", "sqrt": "√"}
_PAIR = (
    ".cr-graph{container-type:inline-size;contain-intrinsic-inline-size:720px}.cr-long{display:none}"
    f"@container (min-width:{NARROW}px){{.cr-tall{{display:none}}.cr-long{{display:block}}}}"
)
_MARGIN, _LABEL, _VALUE, _EDGE = 14, 18, 14, 15  # pixels: the margin, then three sizes of type


@dataclass(frozen=True)
class GraphNode:
    """One value: its label (`x_1`, `t^2` are typeset), value, operation's name (None for a leaf) and gradient.

    `sign` is the operation as a picture shows it, constants included: "× 2", "sin".
    """

    id: Hashable
    label: str
    value: object = None
    op: str | None = None
    grad: object = None
    sign: str = ""


@dataclass(frozen=True)
class GraphEdge:
    """One use of a value: `source` is argument number `slot` of `target`; `partial` is d target/d source."""

    source: Hashable
    target: Hashable
    label: str | None = None
    partial: object = None
    slot: int = 0

    @property
    def key(self) -> tuple:
        return (self.source, self.target, self.slot)


@dataclass(frozen=True)
class Graph:
    """A directed acyclic graph; it checks itself when it is made, and displays itself in a notebook."""

    nodes: list[GraphNode]
    edges: list[GraphEdge] = field(default_factory=list)

    def __post_init__(self):
        object.__setattr__(self, "nodes", list(self.nodes))
        object.__setattr__(self, "edges", list(self.edges))
        ids = [node.id for node in self.nodes]
        if len(set(ids)) < len(ids):
            twice = next(i for i in ids if ids.count(i) > 1)
            raise ValueError(f"asked for a graph, given two nodes with the id {twice!r}: give each node its own id")
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in set(ids):
                    raise ValueError(
                        f"asked for a graph, given an edge {edge.source!r} -> {edge.target!r} but no node "
                        f"{end!r}: add GraphNode({end!r}, ...) to the nodes"
                    )
        _forward_only(self)

    @classmethod
    def symbolic(cls, edges: Iterable[tuple], values: Mapping[str, object] | None = None) -> "Graph":
        """A graph from (source, target, label) or (source, target, label, partial), its nodes named by their labels.

        `values` gives some nodes a value. The same pair twice is two parallel edges; slots count up at each target.
        """
        made: list[GraphEdge] = []
        names: dict[str, None] = {}
        for source, target, label, *partial in edges:
            slot = sum(edge.target == target for edge in made)
            made.append(GraphEdge(source, target, label, partial[0] if partial else None, slot))
            names |= {source: None, target: None}
        return cls([GraphNode(name, name, (values or {}).get(name)) for name in names], made)

    def svg(
        self,
        theme: str = "auto",
        *,
        title: str | None = None,
        desc: str | None = None,
        mark: Iterable = (),
        tones: Mapping | None = None,
        values: bool = True,
        gradients: bool = True,
        direction: str = "LR",
    ) -> str:
        """The picture as one self-contained <svg>, for a page, a notebook or a file.

        theme: "auto" follows the page and the reader's system; "light" and "dark" are fixed.
        title, desc: the accessible name and description; by default the description lists every edge.
        mark: edges at fault, as indices into `edges` or as (source, target, slot): dashed, coloured, labelled "here".
        tones: node id or (source, target, slot) -> "a", "b", "c" (an accent colour a road) or "off" (grey, dotted).
        values: show values of nodes and edges; gradients: show those that nodes have.
        direction: "LR", or "TB" where the page is narrow and the graph deep.
        Beyond 200 nodes it raises ValueError: a picture of that size helps nobody; `.dot()` has no limit.
        """
        if len(self.nodes) > LIMIT:
            raise ValueError(
                f"asked to draw {len(self.nodes):,} nodes; at most {LIMIT} fit a picture: draw the graph of a "
                "smaller computation, or give .dot() to Graphviz"
            )
        if direction not in ("LR", "TB"):
            raise ValueError(
                f'asked for direction {direction!r}; the directions are "LR" and "TB": choose one of them'
            )
        drawn = Drawn(self, mark=mark, tones=tones or {}, values=values, gradients=gradients, direction=direction)
        return document(
            drawn.width,
            drawn.height,
            drawn.body,
            theme=theme,
            title=title or self._title(),
            desc=desc or self._desc(values),
        )

    def dot(self, *, mark: Iterable = (), values: bool = True) -> str:
        """The graph in Graphviz's DOT language, any size; marked edges are red, dashed and say "here"."""
        bad = _marked(self, mark)
        name = {node.id: f"n{k}" for k, node in enumerate(self.nodes)}
        lines = ["digraph {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
        for node in self.nodes:
            shown = [_caption(node), *([short(node.value)] if values and node.value is not None else [])]
            lines.append(f"  {name[node.id]} [label={_quoted(shown)}];")
        for k, edge in enumerate(self.edges):
            shown = _edge_lines(edge, values, "TB") + (["here"] if k in bad else [])
            look = ', color="#b0122a", fontcolor="#b0122a", style=dashed' if k in bad else ""
            lines.append(f"  {name[edge.source]} -> {name[edge.target]} [label={_quoted(shown)}{look}];")
        return "\n".join([*lines, "}", ""])

    def _repr_html_(self) -> str:
        try:
            long, tall = (self.svg(direction=direction) for direction in ("LR", "TB"))
        except ValueError as too_large:
            return f"<p>{escape(too_large)}</p>"
        if _width(long) <= max(NARROW, _width(tall)):
            return long
        tall = tall.replace("<style>", f"<style>{_PAIR}", 1)
        return f'<div class="cr-graph"><div class="cr-tall">{tall}</div><div class="cr-long">{long}</div></div>'

    def _title(self) -> str:
        ends = {edge.source for edge in self.edges}
        last = [node for node in self.nodes if node.id not in ends]
        named = len(last) == 1 and last[0].label != last[0].sign
        return f"Dependency graph of {clean(last[0].label, 20)}" if named else "Dependency graph"

    def _desc(self, values: bool) -> str:
        name = {node.id: clean(_caption(node), 20) for node in self.nodes}
        parts = []
        for edge in self.edges[:24]:
            shown = " ".join(_edge_lines(edge, values, "TB"))
            parts.append(f"{name[edge.source]} to {name[edge.target]}" + (f": {shown}" if shown else ""))
        rest = len(self.edges) - len(parts)
        count = f"{len(self.nodes)} nodes and {len(self.edges)} edges. "
        return count + "; ".join(parts) + (f"; and {rest} more." if rest else ".")


def graph(z, *, gradients: bool = False) -> Graph:
    """The graph of everything `z` was computed from, as the engine recorded it, parents before children.

    z: an engine Var, scalar or array. An array is shown by its shape and first entries; between arrays an edge's
    partial is an array or a Jacobian, left out (None) beyond 10,000 entries. With `gradients` each node also gets
    dz/d(node), which one reverse sweep finds (z is then a scalar). Raises InputTypeError if `z` is not a Var.
    """
    if not isinstance(z, Var):
        raise InputTypeError(
            f"asked for the graph of {clean(z, 30)} ({type(z).__name__}), which was not computed from a "
            'Var: make the inputs with cr.Var(2.0, "x") and give the result'
        )
    swept = sweep(z) if gradients else {}
    nodes, edges = [], []
    for node in topological_order(z):
        op = node.op.name if node.op else None
        sign = _sign(op, node.args) if op else ""
        label = node.name or sign or short(node.value)
        nodes.append(GraphNode(node.id, label, node.value, op, swept.get(node), sign))
        partials = node.local_partials() if _affordable(node) else [None] * len(node.parents)
        edges += [
            GraphEdge(parent.id, node.id, None, partial, slot)
            for slot, (parent, partial) in enumerate(zip(node.parents, partials))
        ]
    return Graph(nodes, edges)


def _width(svg: str) -> float:
    return float(svg.split(' width="', 1)[1].split('"', 1)[0])


def _affordable(node: Var) -> bool:
    """Whether the local partials are small enough to hold: those of a matrix product are whole Jacobians."""
    size = math.prod(getattr(node.value, "shape", ()))
    return all(size * math.prod(getattr(parent.value, "shape", ())) <= JACOBIAN for parent in node.parents)


def _sign(op: str, args: tuple) -> str:
    """The operation as a picture shows it; a constant argument is shown with it: "× 2", "3 −", "( )^{2}"."""
    fixed = [None if isinstance(arg, Var) else short(arg) for arg in args]
    left, right = (fixed + [None, None])[:2]
    if op in ("pow", "power"):
        return f"( )^{{{right}}}" if right else f"{left}^{{( )}}" if left else "( )^{( )}"
    if op in _INFIX and len(args) == 2:
        return " ".join(part for part in (left, _INFIX[op], right) if part)
    return _SIGN.get(op, op)


def _caption(node: GraphNode) -> str:
    return f"{node.label}: {node.sign}" if node.sign and node.sign != node.label else str(node.label)


def _edge_lines(edge: GraphEdge, values: bool, direction: str) -> list[str]:
    shown = short(edge.partial, entries=0) if values and edge.partial is not None else ""
    if not edge.label or not shown:
        return [line for line in (edge.label, shown) if line]
    return [edge.label, f"= {shown}"] if direction == "LR" else [f"{edge.label} = {shown}"]


def _forward_only(graph: Graph) -> None:
    """Raise CycleError unless the edges admit a topological order."""
    seat = {node.id: k for k, node in enumerate(graph.nodes)}
    pairs = [(seat[e.source], seat[e.target]) for e in graph.edges]
    rank = ranks(len(seat), pairs)
    wrong = next((e for e, (u, v) in zip(graph.edges, pairs) if rank[u] >= rank[v]), None)
    if wrong:
        raise CycleError(
            f"asked for a graph, given edges that run in a circle through {wrong.source!r} -> {wrong.target!r}: "
            "a dependency graph has none; give the reused value a node of its own"
        )


def _marked(graph: Graph, mark: Iterable) -> set[int]:
    """Indices of the marked edges."""
    index = {edge.key: k for k, edge in enumerate(graph.edges)}
    bad = set()
    for one in mark:
        k = index.get(tuple(one)) if isinstance(one, (tuple, list)) else one
        if not isinstance(k, int) or not 0 <= k < len(graph.edges):
            raise ValueError(
                f"asked to mark the edge {one!r}; the graph has {len(graph.edges)} edges: give an index from 0, or "
                "(source, target, slot) of an edge it has"
            )
        bad.add(k)
    return bad


def _quoted(lines: list[str]) -> str:
    return '"' + "\\n".join(clean(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'


class Drawn:
    """A graph laid out and drawn: `body` (SVG), `width`, `height`, and the geometry that the tests look at."""

    def __init__(
        self, graph: Graph, *, mark: Iterable, tones: Mapping, values: bool, gradients: bool, direction: str
    ):
        self.graph, self.flip = graph, direction == "TB"
        bad = _marked(graph, mark)
        seat = {node.id: k for k, node in enumerate(graph.nodes)}
        ends = [(seat[e.source], seat[e.target]) for e in graph.edges]
        into, out = ([sum(pair[side] == k for pair in ends) for k in range(len(seat))] for side in (1, 0))
        node_lines = [_node_lines(node, values, gradients) for node in graph.nodes]
        edge_lines = [_edge_lines(edge, values, direction) for edge in graph.edges]
        tags = [_label_size(lines, k in bad) for k, lines in enumerate(edge_lines)]
        boxes = [_node_size(lines, max(i, o), self.flip) for lines, i, o in zip(node_lines, into, out)]
        self.layout: Layout = arrange(
            [(*self._turn(w, h), r) for w, h, r in boxes],
            [(*pair, *self._turn(w, h)) for pair, (w, h) in zip(ends, tags)],
        )
        self.width, self.height = (
            side + 2 * _MARGIN for side in self._turn(self.layout.length, self.layout.breadth)
        )
        self.node_boxes = [
            (*self._at(p), *box) for p, box in zip(self.layout.nodes, boxes)
        ]  # centre, width, height, radius
        self.label_boxes = [p and (*self._at(p), *tag) for p, tag in zip(self.layout.labels, tags)]
        self.body = "".join(
            [self._edge(k, k in bad, tones.get(edge.key)) for k, edge in enumerate(graph.edges)]
            + [
                self._node(k, lines, into[k], out[k], tones.get(graph.nodes[k].id))
                for k, lines in enumerate(node_lines)
            ]
            + [self._label(k, lines, k in bad, tones.get(graph.edges[k].key)) for k, lines in enumerate(edge_lines)]
        )

    def _turn(self, one: float, other: float) -> tuple[float, float]:
        return (other, one) if self.flip else (one, other)

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        x, y = self._turn(*point)
        return x + _MARGIN, y + _MARGIN

    def _edge(self, k: int, bad: bool, tone: str | None) -> str:
        look = ("fault", "dash") if bad else (tone,)
        pieces = self.layout.edges[k]
        d = ""
        for piece in pieces:
            for segment in piece:
                step = "M" if segment is piece[0] else "L" if len(segment) == 1 else "C"
                d += step + " ".join(f"{x:.1f} {y:.1f}" for x, y in map(self._at, segment))
        tip = self._at(pieces[-1][-1][-1])
        ahead = self._turn(1, 0)
        cut = d.rpartition("L")[0] + "L{:.1f} {:.1f}".format(*(t - 6 * a for t, a in zip(tip, ahead)))
        return drawing.shape("path", ["edge", *look], d=cut) + drawing.arrow_head(*tip, *ahead, look)

    def _node(self, k: int, lines: list, into: int, out: int, tone: str | None) -> str:
        x, y, w, h, radius = self.node_boxes[k]
        kind = "node-in" if not into else None if out else "node-out"
        box = drawing.shape("rect", ["node", kind, tone], x=x - w / 2, y=y - h / 2, width=w, height=h, rx=radius)
        return box + _lines(x, y, lines, tone)

    def _label(self, k: int, lines: list[str], bad: bool, tone: str | None) -> str:
        box = self.label_boxes[k]
        if not box:
            return ""
        x, y, w, h = box
        if not bad:
            return _lines(x, y, [(line, _EDGE, ()) for line in lines], tone)
        frame = drawing.shape("rect", ["tag"], x=x - w / 2, y=y - h / 2, width=w, height=h, rx=6)
        cx, cy = x - 19, y + h / 2 - 11.5
        cross = drawing.shape("path", ["fault", "edge"], d=f"M{cx - 4:.1f} {cy - 4:.1f}l8 8m0 -8l-8 8")
        here = caption(x + 6, y + h / 2 - 7, "here", 13, "middle", ["fault", "strong"])
        return frame + _lines(x, y - 9, [(line, _EDGE, ()) for line in lines], "fault") + cross + here


def _node_lines(node: GraphNode, values: bool, gradients: bool) -> list[tuple[str, float, tuple]]:
    lines: list[tuple[str, float, tuple]] = [(clean(_caption(node), 40), _LABEL, ())]
    if values and node.value is not None and short(node.value) != node.label:
        lines.append((short(node.value), _VALUE, ("muted",)))
    if gradients and node.grad is not None:
        lines.append((f"grad {short(node.grad)}", _VALUE, ("c",)))
    return lines


def _node_size(lines: list, uses: int, flip: bool) -> tuple[float, float, float]:
    """Width, height and corner radius: a circle for a lone symbol, else a rounded box, with room for every edge."""
    w = max(drawing.width(line, size) for line, size, _ in lines) + 20
    h = sum(1.3 * size for _, size, _ in lines) + 14
    if len(lines) == 1 and w <= 46:
        w = h = 42.0
    w, h = max(w, 48.0 if len(lines) > 1 else 42.0), max(h, 42.0)
    room = 12.0 * (uses - 1) + 18
    w, h = (max(w, room), h) if flip else (w, max(h, room))
    return w, h, 21.0 if len(lines) == 1 else 13.0


def _label_size(lines: list[str], bad: bool) -> tuple[float, float]:
    if not lines and not bad:
        return 0.0, 0.0
    w = max((drawing.width(line, _EDGE) for line in lines), default=0.0) + 4
    h = 1.2 * _EDGE * len(lines) + 2
    return (max(w + 10, 62.0), h + 22) if bad else (w, h)


def _lines(x: float, y: float, lines: list, tone: str | None) -> str:
    """Lines of mathematics stacked around the middle (x, y)."""
    lead = 1.2 if len({size for _, size, _ in lines}) == 1 else 1.3
    top = y - sum(lead * size for _, size, _ in lines) / 2
    drawn = ""
    for line, size, look in lines:
        drawn += text(x, top + (lead + 0.6) / 2 * size, line, size, look=[*look, tone])
        top += lead * size
    return drawn
