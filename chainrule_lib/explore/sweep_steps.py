"""Page 07: the reverse sweep, one edge at a time. What if a share replaces the last one, or a node passes on too early?"""

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

from chainrule_lib.engine import Var, topological_order
from chainrule_lib.explore import hillside
from chainrule_lib.explore.explorable import COLUMN, Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.study.drawing import caption, in_brackets, number, path, shape, text, width
from chainrule_lib.study.graph import Drawn, Graph, GraphEdge, GraphNode

BAR = "\u0304"


class Value(NamedTuple):
    """A node: its name, its value, and the name of a parent with the local partial for each use of one."""

    name: str
    value: float
    uses: tuple[tuple[str, float], ...] = ()


def recorded(z: Var) -> list[Value]:
    """What the engine recorded, parents first."""
    return [
        Value(node.name, node.value, tuple(zip([p.name for p in node.parents], node.local_partials())))
        for node in topological_order(z)
    ]


def walk() -> list[Value]:
    """The walk of page 02 at t = 1, with one node for each of its letters."""
    r = hillside.rates(1.0)
    return [
        Value("t", 1.0),
        Value("x", r["x"], (("t", r["dx"]),)),
        Value("y", r["y"], (("t", r["dy"]),)),
        Value("z", r["z"], (("x", r["zx"]), ("y", r["zy"]))),
    ]


def terrace() -> list[Value]:
    """u tiles for a square of side x, each at the price v, for z."""
    x = Var(2.0, "x")
    u = x * x
    v = u + 3.0
    z = u * v
    u.name, v.name, z.name = "u", "v", "z"
    return recorded(z)


def doubling() -> list[Value]:
    """Each value is the sum of two copies of the one before."""
    x = Var(1.0, "x")
    u = x + x
    v = u + u
    z = v + v
    u.name, v.name, z.name = "u", "v", "z"
    return recorded(z)


GRAPHS = {"walk": walk, "terrace": terrace, "doubling": doubling}


@lru_cache
def graph(name: str) -> list[Value]:
    return GRAPHS[name]()


def visits(rows: list[Value], order: str) -> list[tuple[Value, int]]:
    """The edges in the order in which a sweep takes them: (node, number of the use)."""
    if order == "last":
        return [(node, k) for node in reversed(rows) for k in range(len(node.uses))]
    taken, seen, find = [], set(), {node.name: node for node in rows}

    def visit(node: Value) -> None:
        seen.add(node.name)
        for k, (parent, _) in enumerate(node.uses):
            taken.append((node, k))
            if parent not in seen:
                visit(find[parent])

    visit(rows[-1])
    return taken


def shares(rows: list[Value], rule: str, order: str, step: int) -> tuple[dict, dict]:
    """After `step` edges: the bar of each node reached, and the (bar, slope) that it was given, in turn."""
    bar, given = {rows[-1].name: 1.0}, {node.name: [] for node in rows}
    for node, k in visits(rows, order)[:step]:
        parent, slope = node.uses[k]
        share = bar[node.name] * slope
        given[parent].append((bar[node.name], slope))
        bar[parent] = share if rule == "set" else bar.get(parent, 0.0) + share
    return bar, given


def picture(graph_name: str, rule: str, order: str, step: float) -> Picture:
    """Left the graph as far as the sweep has come, right every node's account."""
    rows = graph(graph_name)
    edges = visits(rows, order)
    step = min(round(step), len(edges))
    bar, given = shares(rows, rule, order, step)
    truth = shares(rows, "add", "last", len(edges))[0][rows[0].name]
    told = "; ".join(f"{name} has {number(value)}" for name, value in bar.items())
    desc = (
        f"The reverse sweep after {step} of {len(edges)} edges, where a new share "
        f"{'is added' if rule == 'add' else 'replaces the last'}. The bars so far: {told}. "
        f"The right one of {rows[0].name} is {number(truth)}."
    )
    done = step == len(edges)
    right = (_accounts(rows, bar, given, rule), _story(rows, edges, step, bar, truth if done else None))
    return Picture((_drawn(rows, edges, step, bar),), right, desc)


def _drawn(rows: list[Value], edges: list, step: int, bar: dict) -> Panel:
    tones: dict[Hashable, str] = {node.name: "a" if node.name in bar else "off" for node in rows}
    for at, (node, k) in enumerate(edges):
        parent = node.uses[k][0]
        tones[parent, node.name, k] = "off" if at >= step else "a"
        if at == step - 1:
            tones[parent, node.name, k] = tones[parent] = "c"
    nodes = [GraphNode(v.name, v.name, v.value, grad=bar.get(v.name)) for v in rows]
    wires = [GraphEdge(p, v.name, None, slope, k) for v in rows for k, (p, slope) in enumerate(v.uses)]
    looks = {"mark": (), "tones": tones, "values": True, "gradients": True}
    across, down = (Drawn(Graph(nodes, wires), direction=direction, **looks) for direction in ("LR", "TB"))
    drawn = across if across.width <= 1.1 * COLUMN else down
    scale = min(1.0, (COLUMN - 8) / drawn.width)
    move = f"translate({(COLUMN - scale * drawn.width) / 2:.1f} 40) scale({scale:.3f})"
    body = caption(14, 26, "Dotted: not yet used. “grad” is the bar so far", 14, look=["muted"])
    return Panel(scale * drawn.height + 52, body + f'<g transform="{move}">{drawn.body}</g>')


def _accounts(rows: list[Value], bar: dict, given: dict, rule: str) -> Panel:
    """A line for each node: its bar, the shares it was given (struck out where one was overwritten), their total."""
    body = caption(14, 26, "Each share: a consumer's bar × the slope", 14, look=["muted"])
    for line, node in enumerate(reversed(rows)):
        y, x, got = 56.0 + 30 * line, 62.0, given[node.name]
        body += text(18, y, f"{node.name}{BAR}", 17, "start", ["strong"])
        body += text(42, y, "=", 16)
        if node is rows[-1]:
            body += caption(x, y, "the start", 14, look=["muted"])
        elif not got:
            body += caption(x, y, "nothing yet", 14, look=["off"])
        for k, (one, slope) in enumerate(got):
            shown = f"{number(one)} × {in_brackets(number(slope))}"
            lost = rule == "set" and k < len(got) - 1
            if k:
                body += text(x, y, "+" if rule == "add" else ",", 15, "start")
                x += 16
            body += text(x, y, shown, 15, "start", ["off"] if lost else [])
            wide = width(shown, 15)
            if lost:
                body += shape("path", ["axis", "fault"], d=path([(x - 2, y - 5), (x + 0.92 * wide, y - 5)]))
            x += wide + 8
        if node.name in bar:
            body += text(344, y, number(bar[node.name]), 16, "end", ["c", "strong"])
    return Panel(56.0 + 30 * len(rows) - 10, body)


def _story(rows: list[Value], edges: list, step: int, bar: dict, truth: float | None) -> Panel:
    """What the last step did, and at the end whether the answer is right."""
    body = shape("path", ["axis"], d=path([(18, 6), (344, 6)]))
    first, last = rows[0].name, rows[-1].name
    if step:
        node, k = edges[step - 1]
        parent, slope = node.uses[k]
        share = f"{number(bar[node.name] * slope)}"
        said = f"Edge {step} of {len(edges)}: ${node.name}$ hands ${share}$ to ${parent}$."
    else:
        said = f"Before the first of {len(edges)} edges."
    body += caption(18, 32, said, 14)
    if truth is None:
        said, look = "Some edges are still to be used.", ["muted"]
    elif abs(bar[first] - truth) < 1e-9:
        said, look = f"Done, and right: $d{last}/d{first} = {number(truth)}$.", ["strong"]
    else:
        said, look = f"Done, and wrong: $d{last}/d{first} = {number(truth)}$, not ${number(bar[first])}$.", ["fault", "strong"]
    return Panel(72, body + caption(18, 56, said, 14, look=look))


EXPLORABLE = Explorable(
    "sweep-steps",
    "The reverse sweep, one edge at a time",
    "07-accumulation",
    (
        Choice("graph_name", "Graph", (("walk", "the walk"), ("terrace", "the terrace"), ("doubling", "doubling")), "terrace"),
        Choice("rule", "A new share", (("add", "is added: +="), ("set", "replaces the last: =")), "add"),
        Choice("order", "A node passes on", (("last", "after all its consumers"), ("early", "as soon as reached")), "last"),
        Slider("step", "Edges used", 0.0, 6.0, 1.0, 3.0),
    ),
    picture,
)
