"""Where each node, label and edge of a drawing goes: a layered layout of a directed acyclic graph.

After Sugiyama, Tagawa & Toda (1981), "Methods for visual understanding of hierarchical system structures": ranks by
longest path, a place holder wherever an edge passes a rank, the order inside a rank by barycentres, then coordinates
by least squares. Between two ranks of nodes stands a rank of labels. A label has a place of its own like a node, and
its edge passes through it; edges bend only in the gaps between ranks. So by construction no label can touch a node,
another label or a foreign edge.

"Along" is the direction in which the graph flows, "across" is the other one; all lengths are in pixels.
"""

import math
from bisect import bisect, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP, LANE = 24, 14  # across: between two nodes, and between anything else
ARROW, BREATH = 12, 4  # along: the straight end of an edge, and the space at each side of a label
PORT = 13  # across: between two edges that end at one node
ROUNDS = 12

Point = tuple[float, float]
Curve = list[tuple[Point, ...]]  # a start point, then per segment its end, or two control points and its end


@dataclass
class Item:
    """Something with a place in a rank: a node, a label, or the place where an edge passes."""

    rank: int
    length: float = 0.0
    breadth: float = 0.0
    node: bool = False
    before: list["Item"] = field(default_factory=list)
    after: list["Item"] = field(default_factory=list)
    along: float = 0.0
    across: float = 0.0
    place: int = 0


@dataclass
class Layout:
    """The result: centres of nodes, centres of labels (None where there is none), pieces of each edge, and extent."""

    nodes: list[Point]
    labels: list[Point | None]
    edges: list[list[Curve]]
    length: float
    breadth: float


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Rank of each node: the longest path that ends there; a source then moves to just before its first use."""
    into: list[list[int]] = [[] for _ in range(count)]
    out: list[list[int]] = [[] for _ in range(count)]
    for u, v in edges:
        out[u].append(v)
        into[v].append(u)
    waiting = [len(parents) for parents in into]
    ready = [v for v in range(count) if not waiting[v]]
    rank = [0] * count
    for v in ready:  # grows while it is read
        for w in out[v]:
            rank[w] = max(rank[w], rank[v] + 1)
            waiting[w] -= 1
            if not waiting[w]:
                ready.append(w)
    for v in range(count):
        if not into[v] and out[v]:
            rank[v] = min(rank[w] for w in out[v]) - 1
    return rank


def arrange(nodes: Sequence[tuple[float, float, float]], edges: Sequence[tuple[int, int, float, float]]) -> Layout:
    """Lay out nodes (length, breadth, corner radius) and edges (source, target, the label's length and breadth)."""
    rank = ranks(len(nodes), [(u, v) for u, v, *_ in edges])
    boxes = [Item(2 * r, length, breadth, True) for r, (length, breadth, _) in zip(rank, nodes)]
    items, chains, labels = list(boxes), [], []
    for u, v, length, breadth in edges:
        chain = [boxes[u], *(Item(r) for r in range(2 * rank[u] + 1, 2 * rank[v])), boxes[v]]
        label = chain[-2]
        label.length, label.breadth = (length + 2 * BREATH, breadth) if breadth else (0.0, 0.0)
        for one, other in pairwise(chain):
            one.after.append(other)
            other.before.append(one)
        items += chain[1:-1]
        chains.append(chain)
        labels.append(label if breadth else None)
    rows: list[list[Item]] = [[] for _ in range(1 + max((i.rank for i in items), default=0))]
    for item in items:
        rows[item.rank].append(item)
    rows = _order(rows)
    ports = _ports(boxes)
    _place_across(rows, ports)
    _straighten(chains, rows, ports)
    starts, ends, length = _place_along(rows)
    breadth = max((i.across + i.breadth / 2 for i in items), default=0.0)
    return Layout(
        [(b.along, b.across) for b in boxes],
        [(label.along, label.across) if label else None for label in labels],
        [_route(chain, ports, nodes[u][2], nodes[v][2], starts, ends) for chain, (u, v, *_) in zip(chains, edges)],
        length,
        breadth,
    )


def _order(rows: list[list[Item]]) -> list[list[Item]]:
    """Fewer crossings: sweep both ways by barycentres, keep the best, then swap neighbours while it helps."""

    def renumber(row):
        for place, item in enumerate(row):
            item.place = place

    def barycentre(item, side):
        near = getattr(item, side)
        return sum(n.place for n in near) / len(near) if near else item.place

    for row in rows:
        renumber(row)
    best, fewest = [list(row) for row in rows], math.inf
    rounds = _rounds(rows)
    for turn in range(2 * rounds):
        side = "after" if turn % 2 else "before"
        for row in reversed(rows) if turn % 2 else rows:
            row.sort(
                key=lambda item: barycentre(item, side)
            )  # stable: ties keep their order, so the drawing is the same each time
            renumber(row)
        crossings = sum(_crossings(row) for row in rows)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
        if not fewest:
            break
    for row in best:
        renumber(row)
    for _ in range(rounds if fewest and rounds == ROUNDS else 0):
        better = False
        for row in best:
            for k in range(len(row) - 1):
                one, other = row[k], row[k + 1]
                if _swap_gain(one, other) > 0:
                    row[k], row[k + 1] = other, one
                    renumber(row)
                    better = True
        if not better:
            break
    return best


def _rounds(rows: list[list[Item]]) -> int:
    """How often to sweep: ROUNDS, less for a picture so large that nobody would see the difference."""
    return max(1, min(ROUNDS, 600 * ROUNDS // max(sum(map(len, rows)), 1)))


def _crossings(row: list[Item]) -> int:
    seen: list[int] = []
    count = 0
    for item in row:
        targets = sorted(n.place for n in item.after)
        count += sum(len(seen) - bisect(seen, t) for t in targets)
        for t in targets:
            insort(seen, t)
    return count


def _swap_gain(one: Item, other: Item) -> int:
    gain = 0
    for side in ("before", "after"):
        for a in getattr(one, side):
            for b in getattr(other, side):
                gain += (a.place > b.place) - (a.place < b.place)
    return gain


def _place_across(rows: list[list[Item]], ports: dict) -> None:
    """Pull each item to where its edges would run straight, rank by rank, keeping order and distance."""
    other = {"before": "after", "after": "before"}

    def wish(item: Item, sides: tuple[str, ...]) -> tuple[float, float]:
        near = [
            (
                n.across + ports.get((id(n), other[side], id(item)), 0) - ports.get((id(item), side, id(n)), 0),
                1.0 if n.node or item.node else 8.0,
            )
            for side in sides
            for n in getattr(item, side)
        ]
        near = near or [(item.across, 0.01)]
        weight = sum(w for _, w in near)
        return sum(a * w for a, w in near) / weight, weight

    for row in rows:
        edge = 0.0
        for item in row:
            item.across = edge + item.breadth / 2
            edge += item.breadth + GAP
    rounds = _rounds(rows)
    turns = (8 if rounds == ROUNDS else 3) * rounds
    for turn in range(turns):
        sides = (("before",), ("after",), ("before", "after"))[turn % 2 if turn < turns / 2 else 2]
        for row in reversed(rows) if turn % 2 else rows:
            _settle(row, [wish(item, sides) for item in row])


def _settle(row: list[Item], wishes: list[tuple[float, float]]) -> None:
    """Nearest to the wishes with the distances kept: isotonic regression by pooling adjacent violators."""
    offset = 0.0
    offsets: list[float] = []
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for k, (item, (wish, weight)) in enumerate(zip(row, wishes)):
        offset += _apart(row[k - 1], item) if k else 0.0
        offsets.append(offset)
        pool = (wish - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, heavy, size = pools.pop()
            heavier = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / heavier, heavier, size + pool[2])
        pools.append(pool)
    level = [mean for mean, _, size in pools for _ in range(size)]
    for item, at, offset in zip(row, level, offsets):
        item.across = at + offset


def _apart(one: Item, other: Item) -> float:
    """The least distance between the middles of two neighbours in a rank."""
    return (one.breadth + other.breadth) / 2 + (GAP if one.node and other.node else LANE)


def _straighten(chains: list[list[Item]], rows: list[list[Item]], ports: dict) -> None:
    """Bring an edge's way to one straight line where its neighbours leave room, level with an end if near."""
    for chain in sorted(chains, key=len, reverse=True):
        inner = chain[1:-1]
        low, high = -math.inf, math.inf
        for item in inner:
            row = rows[item.rank]
            if item.place:
                low = max(low, row[item.place - 1].across + _apart(row[item.place - 1], item))
            if item.place + 1 < len(row):
                high = min(high, row[item.place + 1].across - _apart(item, row[item.place + 1]))
        if low > high:
            continue
        middle = sum(item.across for item in inner) / len(inner)
        ends = [
            chain[0].across + ports[id(chain[0]), "after", id(chain[1])],
            chain[-1].across + ports[id(chain[-1]), "before", id(chain[-2])],
        ]
        near = min(ends, key=lambda end: abs(end - middle))
        level = near if abs(near - middle) < LANE and low <= near <= high else min(max(middle, low), high)
        for item in inner:
            item.across = level
    top = min((i.across - i.breadth / 2 for row in rows for i in row), default=0.0)
    for row in rows:
        for item in row:
            item.across -= top


def _place_along(rows: list[list[Item]]) -> tuple[list[float], list[float], float]:
    """Start and end of each rank, and the whole length; a gap is wider where an edge climbs more."""
    starts, ends, here = [], [], 0.0
    for r, row in enumerate(rows):
        if r:
            climb = max((abs(i.across - n.across) for i in row for n in i.before), default=0.0)
            here += min(max(20, 12 + 0.5 * climb), 80)
            here += ARROW if any(i.node and i.before for i in row) else 0
        starts.append(here)
        here += max((i.length for i in row), default=0.0)
        ends.append(here)
        for item in row:
            item.along = (starts[-1] + here) / 2
    return starts, ends, here


def _ports(boxes: list[Item]) -> dict[tuple[int, str, int], float]:
    """How far off the middle each edge leaves or reaches a node, in the order of its other end, so none tangle."""
    ports = {}
    for box in boxes:
        for side in ("before", "after"):
            near = getattr(box, side)
            step = min(PORT, (box.breadth - 14) / max(len(near) - 1, 1))
            for seat, k in enumerate(sorted(range(len(near)), key=lambda k: near[k].place)):
                ports[id(box), side, id(near[k])] = (seat - (len(near) - 1) / 2) * step
    return ports


def _route(chain, ports, source_radius, target_radius, starts, ends) -> list[Curve]:
    source, target = chain[0], chain[-1]
    out, into = ports[id(source), "after", id(chain[1])], ports[id(target), "before", id(chain[-2])]
    here = (source.along + source.length / 2 - _inset(source, out, source_radius), source.across + out)
    pieces: list[Curve] = [[(here,)]]

    def straight(point: Point) -> None:
        piece = pieces[-1]
        if math.dist(point, piece[-1][-1]) < 1e-9:
            return
        if len(piece) > 1 and len(piece[-1]) == 1 and abs(piece[-2][-1][1] - point[1]) < 1e-9:
            piece.pop()  # already on this line: go on
        piece.append((point,))

    def bend(point: Point) -> None:
        (x, y), (x2, y2) = pieces[-1][-1][-1], point
        if abs(y2 - y) < 1e-9:
            straight(point)
        else:
            half = (x2 - x) / 2
            pieces[-1].append(((x + half, y), (x2 - half, y2), point))

    straight((ends[source.rank], here[1]))
    for item in chain[1:-1]:
        bend((starts[item.rank], item.across))
        if item.breadth:
            straight((item.along - item.length / 2, item.across))
            pieces.append([((item.along + item.length / 2, item.across),)])
        straight((ends[item.rank], item.across))
    end = target.across + into
    bend((starts[target.rank] - ARROW, end))
    straight((target.along - target.length / 2 + _inset(target, into, target_radius), end))
    return pieces


def _inset(box: Item, off: float, radius: float) -> float:
    """How far a box with rounded corners is from its straight side, `off` its middle."""
    over = abs(off) - (box.breadth / 2 - radius)
    return radius - math.sqrt(max(radius * radius - over * over, 0.0)) if over > 0 else 0.0
