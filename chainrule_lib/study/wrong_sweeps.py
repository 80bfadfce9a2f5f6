"""The reverse sweep over any graph, and the sum over its paths, with one rule wrong.

A graph is a list of rows (value, parents by number, slopes), parents first and the root last. A slip in a sweep
over all graphs is a wrong rule, not a wrong edge: = for +=, another order, a slope never multiplied in.

    for slip in sweeps():
        slip.names, slip.site, slip.run(rows)       # the gradients it would leave, one a node
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from graphlib import TopologicalSorter
from itertools import combinations, product
from math import prod
from typing import Any

Rows = list  # of [value, parents, slopes]
Edges = dict  # (i, j) -> slope


# orders: a graph -> nodes by number, parents first if it is a right one


def created(rows: Rows) -> list[int]:
    """The nodes that the root was made from, and the root, in the order in which they were made."""
    seen = {len(rows) - 1}
    for node in range(len(rows) - 1, -1, -1):
        if node in seen:
            seen.update(rows[node][1])
    return sorted(seen)


def depth_first(rows: Rows, turned: bool = False) -> list[int]:
    """The order in which a depth-first visit leaves the nodes."""
    order: list[int] = []
    seen, stack = set(), [(len(rows) - 1, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            parents = rows[node][1]
            stack.append((node, True))
            stack += [(p, False) for p in (parents if turned else reversed(parents))]
    return order


def by_rounds(rows: Rows, reached_from_root: bool = True) -> list[int]:
    """Round by round: all nodes whose parents are listed, in the order in which a search met them."""
    met, waiting = [], [len(rows) - 1]
    while waiting:
        node = waiting.pop()
        if node not in met:
            met.append(node)
            waiting += rows[node][1]
    if not reached_from_root:
        met = created(rows)
    order: list[int] = []
    while len(order) < len(met):
        ready = [n for n in met if n not in order and all(p in order for p in rows[n][1])]
        order += ready
    return order


def sorted_by_library(rows: Rows) -> list[int]:
    """The order of Python's graphlib, asked as the assignment asks it."""
    made_from: dict[int, list[int]] = {}
    waiting = [len(rows) - 1]
    while waiting:
        node = waiting.pop()
        if node not in made_from:
            made_from[node] = rows[node][1]
            waiting += rows[node][1]
    return list(TopologicalSorter(made_from).static_order())


ORDERS = (
    sorted_by_library,
    created,
    depth_first,
    lambda rows: depth_first(rows, True),
    by_rounds,
    lambda rows: by_rounds(rows, False),
)


def searched(rows: Rows, queue: bool, early: bool, turned: bool) -> list[int]:
    """The root first, then by a queue or a stack; a node is marked when met (early) or when taken."""
    order: list[int] = []
    seen, waiting = {len(rows) - 1} if early else set(), [len(rows) - 1]
    while waiting:
        node = waiting.pop(0 if queue else -1)
        if not early and node in seen:
            continue
        seen.add(node)
        order.append(node)
        for parent in reversed(rows[node][1]) if turned else rows[node][1]:
            if not early or parent not in seen:
                waiting.append(parent)
                seen |= {parent} if early else set()
    return order[::-1]


@dataclass(frozen=True)
class Sweep:
    """A reverse sweep with some of its rules replaced; every rule has the right one as its default."""

    names: str  # ids, several stories separated by a bar
    site: str
    order: Callable[[Rows], list[int]] = created
    seed: Callable[[Any], float] = lambda row: 1.0
    share: Callable[[float, float, Rows, int, int], float] = lambda bar, slope, rows, node, k: bar * slope
    slots: Callable[[list[int]], list[int]] = lambda parents: list(range(len(parents)))
    meet: Callable[[float, float], float] = lambda old, new: old + new
    start: float = 0.0
    walk: Callable[[Rows], dict] | None = None  # a sweep of another kind altogether
    after: Callable[[dict, Rows], dict] = lambda bars, rows: bars

    def run(self, rows: Rows) -> list[float]:
        """The gradient of every node."""
        if self.walk:
            bars = self.walk(rows)
        else:
            bars = dict.fromkeys(range(len(rows)), self.start)
            bars[len(rows) - 1] = self.seed(rows[-1])
            for node in reversed(self.order(rows)):
                _, parents, slopes = rows[node]
                for k in self.slots(parents):
                    new = self.share(bars[node], slopes[k], rows, node, k)
                    bars[parents[k]] = self.meet(bars[parents[k]], new)
        bars = self.after(bars, rows)
        return [bars.get(node, 0.0) for node in range(len(rows))]


def _first(parents: list[int]) -> list[int]:
    return [parents.index(p) for p in dict.fromkeys(parents)]


def _last(parents: list[int]) -> list[int]:
    return [max(k for k, q in enumerate(parents) if q == p) for p in dict.fromkeys(parents)]


def _every_pair(parents: list[int]) -> list[int]:
    return [k for p in parents for k, q in enumerate(parents) if q == p]


def _turned(rows: Rows, order: Callable[[Rows], list[int]]) -> list[int]:
    return order(rows)[::-1]


def _by_value(rows: Rows, turned: bool) -> list[int]:
    return sorted(created(rows), key=lambda node: rows[node][0], reverse=turned)


def _pushed(rows: Rows, way: str) -> dict:
    """Each visit hands on the whole gradient, once for every road: by recursion, a queue or a stack."""
    bars = dict.fromkeys(range(len(rows)), 0.0)
    bars[len(rows) - 1] = 1.0

    def push(node: int) -> None:
        for parent, slope in zip(rows[node][1], rows[node][2]):
            bars[parent] += bars[node] * slope
            push(parent)

    if way == "recursion":
        push(len(rows) - 1)
        return bars
    waiting = [len(rows) - 1]
    while waiting:
        node = waiting.pop(0 if way == "queue" else -1)
        for parent, slope in zip(rows[node][1], rows[node][2]):
            bars[parent] += bars[node] * slope
            waiting.append(parent)
    return bars


def _entered(rows: Rows, at_once: bool, turned: bool) -> dict:
    """A recursion that enters a node at its first share: at once, or when all its brothers have theirs."""
    bars = dict.fromkeys(range(len(rows)), 0.0)
    bars[len(rows) - 1] = 1.0
    seen = {len(rows) - 1}

    def enter(node: int) -> None:
        shares = list(zip(rows[node][1], rows[node][2]))
        shares = shares[::-1] if turned else shares
        for parent, slope in shares:
            bars[parent] += bars[node] * slope
            if at_once and parent not in seen:
                seen.add(parent)
                enter(parent)
        for parent, _ in shares:
            if parent not in seen:
                seen.add(parent)
                enter(parent)

    enter(len(rows) - 1)
    return bars


def _gathered(rows: Rows, turned: bool, meet: Callable[[float, float], float]) -> dict:
    """Each node asks its users, one after the other."""
    order = created(rows)
    bars = {order[-1]: 1.0}
    for node in order[-2::-1]:
        bars[node] = 0.0
        for user in reversed(order) if turned else order:
            for parent, slope in zip(rows[user][1], rows[user][2]):
                if parent == node:
                    bars[node] = meet(bars[node], bars[user] * slope)
    return bars


def _some_pass_on(rows: Rows, part: slice, order: Callable[[Rows], list[int]]) -> dict:
    """Only some nodes of the order pass on what they have."""
    bars = dict.fromkeys(range(len(rows)), 0.0)
    bars[len(rows) - 1] = 1.0
    for node in order(rows)[::-1][part]:
        for parent, slope in zip(rows[node][1], rows[node][2]):
            bars[parent] += bars[node] * slope
    return bars


def _road(rows: Rows, side: int) -> dict:
    """The sweep follows one parent of each node, and passes on to all parents of the nodes it meets."""
    node, road = len(rows) - 1, [len(rows) - 1]
    while rows[node][1]:
        node = rows[node][1][side]
        road.append(node)
    return _some_pass_on(rows, slice(None), lambda rows: road[::-1])


def _within(rows: Rows, steps: int) -> dict:
    """The sum over paths of at most so many edges."""
    bars = dict.fromkeys(range(len(rows)), 0.0)
    paths = [(len(rows) - 1, 1.0, 0)]
    while paths:
        node, product, length = paths.pop()
        bars[node] += product
        if length < steps:
            paths += [(p, product * d, length + 1) for p, d in zip(rows[node][1], rows[node][2])]
    return bars


def _users(rows: Rows) -> dict[int, int]:
    count: dict[int, int] = {}
    for node in created(rows):
        for parent in rows[node][1]:
            count[parent] = count.get(parent, 0) + 1
    return count


def _cut(bars: dict, rows: Rows) -> dict:
    return {node: float(int(bar)) for node, bar in bars.items()}


def _leaves_only(bars: dict, rows: Rows) -> dict:
    return {node: bar if not rows[node][1] else 0.0 for node, bar in bars.items()}


def _inner_only(bars: dict, rows: Rows) -> dict:
    return {node: bar if rows[node][1] else 0.0 for node, bar in bars.items()}


def sweeps() -> list[Sweep]:
    """Every wrong rule, then pairs of two that change different rules."""
    single = list(_single())
    return [*single, *_pairs(single)]


def _single() -> Iterator[Sweep]:
    for order in ORDERS:
        yield Sweep("M03", "an = stands where += belongs", order=order, meet=lambda old, new: new)
        first = lambda old, new: old if old else new  # noqa: E731
        yield Sweep("M02|M03", "only the first contribution counts", order=order, meet=first)
        larger = lambda old, new: max(old, new)  # noqa: E731
        yield Sweep("M03", "the larger of two contributions is kept", order=order, meet=larger)
    yield Sweep("M02", "only parents[0] receives a share", slots=lambda parents: [0][: len(parents)])
    yield Sweep(
        "M02",
        "only the last parent receives a share",
        slots=lambda parents: [len(parents) - 1][: len(parents)],
    )
    yield Sweep("M02", "parents[0] receives nothing", slots=lambda parents: list(range(1, len(parents))))
    yield Sweep("M02|M03", "of two uses by one node only the first counts", slots=_first)
    yield Sweep("M02|M03", "of two uses by one node only the last counts", slots=_last)
    both = lambda parents: [] if len(set(parents)) < len(parents) else list(range(len(parents)))  # noqa: E731
    yield Sweep("M02", "a node that uses a value twice sends nothing back", slots=both)
    for order in ORDERS:
        yield Sweep("M21", "the sweep starts at the leaves", order=partial(_turned, order=order))
    early = "a node passes on before all its users have reported"
    for queue, marked, turned in product((True, False), repeat=3):
        yield Sweep("M21", early, order=partial(searched, queue=queue, early=marked, turned=turned))
    for at_once, turned in product((True, False), repeat=2):
        yield Sweep("M21", early, walk=partial(_entered, at_once=at_once, turned=turned))
    for turned in (True, False):
        yield Sweep(
            "M21", "nodes are visited by the size of their values", order=partial(_by_value, turned=turned)
        )
        for names, meet in (("M03", lambda old, new: new), ("M02|M03", lambda old, new: old if old else new)):
            yield Sweep(
                names, "an = stands where += belongs", walk=partial(_gathered, turned=turned, meet=meet)
            )
    for order, count in product(ORDERS, (1, 2, 3, 4)):
        for part in (slice(count), slice(-1 - count)):
            walk = partial(_some_pass_on, part=part, order=order)
            yield Sweep("M37", "not all nodes pass on what they have", walk=walk)
    for side in (0, -1):
        yield Sweep("M02|M37", "only one road is followed", walk=partial(_road, side=side))
    walk = partial(_some_pass_on, part=slice(1, None), order=created)
    yield Sweep("M02|M37", "the root does not pass on", walk=walk)
    yield Sweep(
        "M02", "the last parent receives nothing", slots=lambda parents: list(range(len(parents) - 1))
    )
    minus = lambda bars, rows: {n: bar if n == len(rows) - 1 else -bar for n, bar in bars.items()}  # noqa: E731
    yield Sweep("M10", "all but the root have the other sign", after=minus)
    for way in ("recursion", "queue", "stack"):
        yield Sweep("M22", "a node hands on all it has at each visit", walk=partial(_pushed, way=way))
    yield Sweep("M22", "two uses by one node are both counted twice", slots=_every_pair)
    yield Sweep("M22", "every share is counted twice", share=lambda bar, d, rows, n, k: 2 * bar * d)
    yield Sweep("M20|M21", "the root has no seed", seed=lambda row: 0.0)
    yield Sweep("M20", "what has come back to the node is not used", share=lambda bar, d, rows, n, k: d)
    yield Sweep("M20|M40", "the root's value is the seed", seed=lambda row: row[0])
    yield Sweep(
        "M20", "the root's own gradient is lost", after=lambda bars, rows: bars | {len(rows) - 1: 0.0}
    )
    yield Sweep("M01", "the slope is left out", share=lambda bar, d, rows, n, k: bar)
    yield Sweep("M18", "bar and slope are added", share=lambda bar, d, rows, n, k: bar + d)
    for start in (0.0, 1.0):
        times = lambda old, new: old * new  # noqa: E731
        yield Sweep("M15", "contributions are multiplied", meet=times, start=start)
    yield Sweep("M15", "contributions are multiplied", meet=lambda old, new: old * new if old else new)
    value = lambda bar, d, rows, n, k: bar * rows[rows[n][1][k]][0]  # noqa: E731
    yield Sweep("M25|M44", "the parent's value stands for the slope", share=value)
    yield Sweep(
        "M44", "the node's value stands for the slope", share=lambda bar, d, rows, n, k: bar * rows[n][0]
    )
    other = lambda bar, d, rows, n, k: bar * rows[n][2][-1 - k]  # noqa: E731
    yield Sweep("M17|M50", "the slopes are taken in the other order", share=other)
    yield Sweep(
        "M07|M40", "parents[0]'s slope serves for all", share=lambda bar, d, rows, n, k: bar * rows[n][2][0]
    )
    other = lambda bar, d, rows, n, k: bar * rows[rows[n][1][-1 - k]][0]  # noqa: E731
    yield Sweep("M44|M40", "the other parent's value stands for the slope", share=other)
    yield Sweep("M10", "each share is subtracted", share=lambda bar, d, rows, n, k: -bar * d)
    yield Sweep("M10", "the seed is -1", seed=lambda row: -1.0)
    yield Sweep("M10", "signs are lost", share=lambda bar, d, rows, n, k: abs(bar * d))
    yield Sweep("M10", "signs of slopes are lost", share=lambda bar, d, rows, n, k: bar * abs(d))
    yield Sweep(
        "M10", "the second parent's sign is turned", share=lambda bar, d, rows, n, k: bar * d * (-1) ** k
    )
    mean = lambda bar, d, rows, n, k: bar * d / len(rows[n][1])  # noqa: E731
    yield Sweep("M06", "each share is divided by the number of parents", share=mean)
    mean = lambda bar, d, rows, n, k: bar * d / _users(rows)[rows[n][1][k]]  # noqa: E731
    yield Sweep("M06", "a mean over the uses stands for the sum", share=mean)
    yield Sweep("M31", "the slope is squared", share=lambda bar, d, rows, n, k: bar * d * d)
    yield Sweep("M31", "what has come back is squared", share=lambda bar, d, rows, n, k: bar * bar * d)
    yield Sweep("M44", "the slope is divided by", share=lambda bar, d, rows, n, k: bar / d)
    yield Sweep("M11", "the seed is 2", seed=lambda row: 2.0)
    yield Sweep("M11", "the seed is 1/2", seed=lambda row: 0.5)
    for steps in (1, 2, 3):
        yield Sweep("M37", f"the sweep stops after {steps} steps", walk=partial(_within, steps=steps))
    yield Sweep("M46", "gradients are cut to whole numbers", after=_cut)
    yield Sweep("M46", "shares are cut to whole numbers", share=lambda bar, d, rows, n, k: int(bar * d))
    rounded = lambda bars, rows: {n: float(round(bar)) for n, bar in bars.items()}  # noqa: E731
    yield Sweep("M46", "gradients are rounded", after=rounded)
    yield Sweep("M02|M40", "only leaves keep their gradient", after=_leaves_only)
    yield Sweep("M02|M37", "leaves receive nothing", after=_inner_only)


RULES = ("order", "seed", "share", "slots", "meet", "walk", "after")


def _pairs(single: list[Sweep]) -> Iterator[Sweep]:
    right = Sweep("", "")

    def changed(sweep: Sweep) -> set[str]:
        return {
            rule for rule in RULES if getattr(sweep, rule) is not getattr(right, rule) and rule != "order"
        } or {"order"}

    for one, two in combinations(single, 2):
        if (
            not changed(one) & changed(two)
            and not (one.walk or two.walk)
            and "|" not in one.names + two.names
        ):
            mine = {rule: getattr(two, rule) for rule in changed(two)}
            names = "+".join(sorted({one.names, two.names}))
            if "+" in names:
                yield replace(one, names=names, site=f"{one.site}; {two.site}", **mine)


# sums over paths


def all_paths(W: Edges, n: int) -> list[list[tuple[int, int]]]:
    """Every path from the first node to the last, as a list of edges; in the order of a depth-first walk."""
    found: list[list[tuple[int, int]]] = []
    waiting: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]
    while waiting:
        node, path = waiting.pop()
        if node == n - 1:
            found.append(path)
        waiting += [(j, [*path, (node, j)]) for j in range(n - 1, node, -1) if (node, j) in W]
    return found


def _rates(
    W: Edges, n: int, pairs: list, meet: Callable = lambda old, new: old + new, seed: float = 1.0
) -> float:
    """The forward rates d[j] from d[0], along the edges in the order given."""
    d = [seed] + [0.0] * (n - 1)
    for i, j in pairs:
        if (i, j) in W:
            d[j] = meet(d[j], d[i] * W[i, j])
    return d[-1]


def _bars(W: Edges, n: int, pairs: list, meet: Callable = lambda old, new: old + new) -> float:
    """The same from the end."""
    bar = [0.0] * (n - 1) + [1.0]
    for i, j in pairs:
        if (i, j) in W:
            bar[i] = meet(bar[i], bar[j] * W[i, j])
    return bar[0]


def path_sums() -> list[tuple[str, str, Callable[[Edges, int], float]]]:
    """Every wrong sum over paths: names (stories separated by a bar), words, and what it gives."""

    def of(W: Edges, path: list) -> float:
        return prod((W[edge] for edge in path), start=1.0)

    def over(kept: Callable[[list, int], list]) -> Callable:
        return lambda W, n: float(sum(of(W, path) for path in kept(all_paths(W, n), n)))

    def edges(n: int) -> list:
        return [(i, j) for j in range(1, n) for i in range(j)]

    def total(W: Edges, n: int) -> float:
        return over(lambda paths, n: paths)(W, n)

    def each(rule: Callable[[list], float], join: Callable = sum) -> Callable:
        return lambda W, n: float(join(rule([W[e] for e in path]) for path in all_paths(W, n)))

    by_length = lambda paths, n: sorted(paths, key=len)  # noqa: E731
    out = lambda W, n, i: sum(W.get((i, j), 0.0) for j in range(i + 1, n))  # noqa: E731
    into = lambda W, n, j: sum(W.get((i, j), 0.0) for i in range(j))  # noqa: E731
    last, first = (lambda old, new: new), (lambda old, new: old if old else new)
    found = [
        (
            "M14|M02",
            "the direct edge from the first node to the last is missing",
            over(lambda p, n: [q for q in p if len(q) > 1]),
        ),
        ("M13|M02", "only the direct edge counts", lambda W, n: W.get((0, n - 1), 0.0)),
        (
            "M02",
            "only the path through every node counts",
            lambda W, n: prod(W.get((i, i + 1), 0.0) for i in range(n - 1)),
        ),
        (
            "M02",
            "the path through every node is missing",
            over(lambda p, n: [q for q in p if len(q) < n - 1]),
        ),
        (
            "M02",
            "edges that leave the first node count into node 1 alone",
            over(lambda p, n: [q for q in p if q[0][1] == 1]),
        ),
        (
            "M02",
            "edges that leave the first node into node 1 are missing",
            over(lambda p, n: [q for q in p if q[0][1] != 1]),
        ),
        (
            "M02",
            "edges into the last node count from its neighbour alone",
            over(lambda p, n: [q for q in p if q[-1][0] == n - 2]),
        ),
        (
            "M02",
            "the last node's neighbour is missing",
            over(lambda p, n: [q for q in p if q[-1][0] != n - 2]),
        ),
        (
            "M02",
            "edges that skip a node are missing",
            over(lambda p, n: [q for q in p if all(j == i + 1 for i, j in q)]),
        ),
        (
            "M02",
            "edges between neighbours are missing",
            over(lambda p, n: [q for q in p if all(j > i + 1 for i, j in q)]),
        ),
        (
            "M02",
            "only the longest paths count",
            over(lambda p, n: [q for q in p if len(q) == max(map(len, p))]),
        ),
        ("M02", "only a longest path counts", over(lambda p, n: [max(p, key=len)])),
        ("M02", "only a longest path counts", over(lambda p, n: [max(p[::-1], key=len)])),
        (
            "M02",
            "only the shortest paths count",
            over(lambda p, n: [q for q in p if len(q) == min(map(len, p))]),
        ),
        ("M02", "only a shortest path counts", over(lambda p, n: by_length(p, n)[:1])),
        ("M02", "only a shortest path counts", over(lambda p, n: [min(p[::-1], key=len)])),
        ("M02|M03", "only the first path counts", over(lambda p, n: p[:1])),
        ("M03|M02", "only the last path counts", over(lambda p, n: p[-1:])),
        ("M02", "the last path is missing", over(lambda p, n: p[:-1])),
        ("M02", "the first path is missing", over(lambda p, n: p[1:])),
        ("M02", "each middle node is gone through once only", _visited_once(False)),
        ("M02", "each middle node is gone through once only", _visited_once(True)),
        ("M15", "the paths are multiplied", each(prod, prod)),
        ("M18", "the slopes along each path are added", each(sum)),
        ("M18", "bar and slope are added, not multiplied", lambda W, n: _added(W, n)),
        ("M01|M20", "the slopes are not used: paths are counted", each(lambda path: 1.0)),
        (
            "M16",
            "the slopes out of each node are added, the sums multiplied",
            lambda W, n: prod(out(W, n, i) for i in range(n - 1)),
        ),
        (
            "M16",
            "the slopes into each node are added, the sums multiplied",
            lambda W, n: prod(into(W, n, j) for j in range(1, n)),
        ),
        (
            "M16",
            "the sum of the slopes out of the first node times that into the last",
            lambda W, n: out(W, n, 0) * into(W, n, n - 1),
        ),
        ("M20", "the first node has no seed", lambda W, n: 0.0),
        ("M20", "the slope of the first edge is left out", each(lambda path: prod(path[1:]))),
        ("M20|M37", "the slope of the last edge is left out", each(lambda path: prod(path[:-1]))),
        ("M22", "the direct edge counts twice", lambda W, n: total(W, n) + W.get((0, n - 1), 0.0)),
        (
            "M22",
            "the path through every node counts twice",
            lambda W, n: total(W, n) + prod(W.get((i, i + 1), 0.0) for i in range(n - 1)),
        ),
        ("M22|M11", "every path counts twice", lambda W, n: 2 * total(W, n)),
        ("M22", "d[j] starts with the edge from the first node, and adds it again", _again),
        ("M10", "the answer has the other sign", lambda W, n: -total(W, n)),
        ("M10", "every slope has the other sign", each(lambda path: prod(-d for d in path))),
        ("M10", "signs are lost", each(lambda path: abs(prod(path)))),
        (
            "M10",
            "paths are added and subtracted by turns",
            lambda W, n: sum((-1) ** k * of(W, p) for k, p in enumerate(all_paths(W, n))),
        ),
        ("M06", "a mean over the paths stands for the sum", lambda W, n: total(W, n) / len(all_paths(W, n))),
        ("M06", "the sum is divided by the number of nodes", lambda W, n: total(W, n) / n),
        ("M06", "the sum is divided by the number of edges", lambda W, n: total(W, n) / len(W)),
        ("M06", "at each node a mean stands for the sum", _mean_at_nodes),
        ("M11", "the answer is halved", lambda W, n: total(W, n) / 2),
        ("M31", "slopes are squared", each(lambda path: prod(d * d for d in path))),
        ("M31", "each path's product is squared", each(lambda path: prod(path) ** 2)),
        ("M46", "the fraction is cut off", lambda W, n: float(int(total(W, n)))),
        (
            "M46",
            "rates are cut to whole numbers",
            lambda W, n: _rates(W, n, edges(n), lambda old, new: old + int(new)),
        ),
        ("M46", "the answer is rounded", lambda W, n: float(round(total(W, n)))),
        ("M44", "slopes are divided by", each(lambda path: prod(1 / d for d in path))),
        (
            "M50|M21",
            "the edges are read the other way round",
            lambda W, n: float(sum(W.get((n - 1, j), 0.0) for j in range(n))),
        ),
    ]
    for k in (1, 2, 3):
        found.append(("M37", f"only paths of at most {k} edges count", over(partial(_short, k=k))))
        found.append(("M37", f"the product stops after {k} slopes", each(partial(_first_slopes, k=k))))
    found.append(
        ("M02", "only paths of exactly two edges count", over(lambda p, n: [q for q in p if len(q) == 2]))
    )
    ways: list[tuple[str, Callable[[int], list]]] = [
        ("", edges),
        ("", lambda n: [(i, j) for i in range(n) for j in range(i + 1, n)]),
        ("", lambda n: [(i, j) for j in range(1, n) for i in range(j - 1, -1, -1)]),
        ("", lambda n: [(i, j) for i in range(n) for j in range(n - 1, i, -1)]),
        ("M21", lambda n: [(i, j) for j in range(n - 1, 0, -1) for i in range(j)]),
        ("M21", lambda n: [(i, j) for j in range(n - 1, 0, -1) for i in range(j - 1, -1, -1)]),
        ("M21", lambda n: [(i, j) for i in range(n - 1, -1, -1) for j in range(i + 1, n)]),
        ("M21", lambda n: [(i, j) for i in range(n - 1, -1, -1) for j in range(n - 1, i, -1)]),
    ]
    for late, pairs in ways:
        for run in (_rates, _bars):
            visit = partial(_visited, run=run, pairs=pairs)
            if late:
                found.append((late, "nodes are visited in the wrong order", visit))
            else:
                found.append(("M03", "an = stands where += belongs", partial(visit, meet=last)))
                found.append(("M03|M02", "only the first contribution counts", partial(visit, meet=first)))
    return found


def _visited(W: Edges, n: int, run: Callable, pairs: Callable[[int], list], **rules: Any) -> float:
    """Rates along the edges in some order, or bars along them in the opposite one."""
    return run(W, n, pairs(n) if run is _rates else pairs(n)[::-1], **rules)


def _short(paths: list, n: int, k: int) -> list:
    return [path for path in paths if len(path) <= k]


def _first_slopes(slopes: list[float], k: int) -> float:
    return prod(slopes[:k])


def _added(W: Edges, n: int) -> float:
    d = [0.0] * n
    for j in range(1, n):
        d[j] = sum(d[i] + W[i, j] for i in range(j) if (i, j) in W)
    return d[-1]


def _again(W: Edges, n: int) -> float:
    d = [1.0] + [W.get((0, j), 0.0) for j in range(1, n)]
    for j in range(1, n):
        d[j] += sum(d[i] * W.get((i, j), 0.0) for i in range(j))
    return d[-1]


def _mean_at_nodes(W: Edges, n: int) -> float:
    d = [1.0] + [0.0] * (n - 1)
    for j in range(1, n):
        shares = [d[i] * W[i, j] for i in range(j) if (i, j) in W]
        d[j] = sum(shares) / len(shares) if shares else 0.0
    return d[-1]


def _visited_once(turned: bool) -> Callable[[Edges, int], float]:
    """A walk that marks nodes as seen and never enters one again: only the end may be met on several paths."""

    def run(W: Edges, n: int) -> float:
        seen, found = set(), 0.0

        def walk(i: int, product: float) -> None:
            nonlocal found
            if i == n - 1:
                found += product
                return
            seen.add(i)
            for j in range(n - 1, i, -1) if turned else range(i + 1, n):
                if (i, j) in W and j not in seen:
                    walk(j, product * W[i, j])

        walk(0, 1.0)
        return found

    return run
