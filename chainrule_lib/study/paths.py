"""The gradient as what it is: a sum over paths, each path a product of local partials.

    dz/dx  =  sum over paths from z to x of  (product of the local partials along the path)

The sweep adds these products up without ever listing them. Here they are listed, lazily, because to see
them is to understand the sweep. Their number can grow exponentially with depth, so there is a cap, and
counting needs no list.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from ..engine import InputTypeError, PathExplosionError, Var, topological_order


@dataclass(frozen=True, eq=False)
class Path:
    """One path, from the output to the input.

    `nodes`: from z to x. `slots[k]`: which parent of nodes[k] is nodes[k + 1], since x * x has x twice.
    `partials[k]`: the local partial d nodes[k] / d nodes[k + 1]; between arrays that of an elementwise
    node, or a Jacobian [output, input]. `product`: the product of the partials, on arrays the path's share
    of the gradient.
    """

    nodes: tuple[Var, ...]
    slots: tuple[int, ...]
    product: Any

    @cached_property
    def partials(self) -> tuple:
        return tuple(node.local_partials()[slot] for node, slot in zip(self.nodes, self.slots))

    def __str__(self) -> str:
        """From the input to the output, as the book writes it; a node without a name shows its operation.

        >>> t = Var(3.0, "t"); z = t * t; z.name = "z"
        >>> for path in paths(z, t): print(path)
        t → z: 3
        t → z: 3
        >>> y = 2.0 * t; z = y * y; y.name, z.name = "y", "z"
        >>> print(next(paths(z, t)))
        t → y → z: 2 · 6 = 12
        """
        route = " → ".join(node.name or (node.op.name if node.op else "·") for node in reversed(self.nodes))
        if getattr(self.product, "shape", ()):
            return f"{route}: shape {self.product.shape}"
        factors = " · ".join(f"{float(partial):.6g}" for partial in reversed(self.partials))
        return f"{route}: {factors}" + (f" = {float(self.product):.6g}" if len(self.partials) > 1 else "")


def count_paths(z: Var, x: Var) -> int:
    """The number of paths from z to x, counted without listing them.

    >>> x = Var(1.0); y = x
    >>> for _ in range(50):
    ...     y = y * y
    >>> count_paths(y, x) == 2**50
    True
    """
    order = topological_order(_traced(z, x))
    ways = dict.fromkeys(order, 0)
    ways[z] = 1
    for node in reversed(order):
        if node is not x:
            for parent in node.parents:
                ways[parent] += ways[node]
    return ways.get(x, 0)


def _traced(z: Any, x: Any) -> Var:
    for node in (z, x):
        if not isinstance(node, Var):
            raise InputTypeError(f"paths were asked between {z!r} and {x!r}; give two nodes, made with cr.Var")
    return z


def paths(z: Var, x: Var, *, cap: int = 100_000, order: str = "graph") -> Iterator[Path]:
    """The paths from z to x, one by one; their products sum to dz/dx.

    `order`: "graph" follows the order of arguments; "heaviest" brings the largest |product| first. After
    `cap` paths, if there are more, a PathExplosionError. z is a scalar.

    >>> x = Var(3.0, "x")
    >>> [path.product for path in paths(x * x, x)]
    [3.0, 3.0]
    """
    if order not in ("graph", "heaviest"):
        raise ValueError(f'paths was given order={order!r}; give "graph" or "heaviest"')
    below = [node for node in topological_order(_traced(z, x)) if node.id >= x.id]
    reaches = {x}
    for node in below:  # parents come first, so one pass finds every node that leads to x
        if node is not x and not reaches.isdisjoint(node.parents):
            reaches.add(node)
    seed = z._seed(None, "paths")
    if z not in reaches:
        return iter(())
    if order == "graph":
        found = _in_graph_order(z, x, reaches, seed)
    elif all(type(node) is Var for node in reaches):
        found = _heaviest_first(z, x, [node for node in below if node in reaches], seed)
    else:
        found = iter(
            sorted(_capped(_in_graph_order(z, x, reaches, seed), z, x, cap), key=_weight, reverse=True)
        )
    return _capped(found, z, x, cap)


def _capped(found: Iterator[Path], z: Var, x: Var, cap: int) -> Iterator[Path]:
    for number, path in enumerate(found):
        if number == cap:
            raise PathExplosionError(
                f"every path was asked for, and there are {count_paths(z, x)}, more than the cap of {cap}; "
                f'raise cap=, or take the first few with order="heaviest"; the sweep sums them all without listing them'
            )
        yield path


def _weight(path: Path) -> float:
    product = path.product
    return float(abs(product) if not hasattr(product, "ravel") else abs(product).max(initial=0.0))


def _in_graph_order(z: Var, x: Var, reaches: set[Var], seed: Any) -> Iterator[Path]:
    """Depth first, carrying the cotangent along."""
    stack: list[tuple[Any, Any]] = [((None, z, None), seed)]
    while stack:
        trail, product = stack.pop()
        node = trail[1]
        if node is x:
            yield Path(*_walked(trail), x._own(product))
            continue
        for slot, parent in reversed(list(enumerate(node.parents))):
            if parent in reaches:
                stack.append(((trail, parent, slot), node.pull_edge(slot, product)))


def _walked(trail: Any) -> tuple[tuple[Var, ...], tuple[int, ...]]:
    """Nodes and slots of a trail (trail before, node, slot), which shares its beginning with other trails."""
    nodes, slots = [], []
    while trail is not None:
        trail, node, slot = trail
        nodes.append(node)
        slots.append(slot)
    return tuple(nodes[::-1]), tuple(slots[-2::-1])


def _heaviest_first(z: Var, x: Var, nodes: list[Var], seed: float) -> Iterator[Path]:
    """Best first: a beginning is worth its own product times the best that can still follow, which is known
    exactly."""
    best = {x: 1.0}
    edges: dict[Var, list[tuple[int, Var, float]]] = {}
    for node in nodes:
        if node is not x:
            edges[node] = [
                (s, p, d) for s, (p, d) in enumerate(zip(node.parents, node.local_partials())) if p in best
            ]
            best[node] = max(abs(d) * best[p] for _, p, d in edges[node])
    # What a beginning loses against the best ending is kept as a ratio, which is exactly 1 along a best path; of equals
    # the deepest goes first, so the first path comes out without looking at all the others.
    ticket = count()
    heap: list[tuple] = [(-1.0, 0, next(ticket), (None, z, None), seed)]
    while heap:
        weight, depth, _, trail, product = heapq.heappop(heap)
        node = trail[1]
        if node is x:
            yield Path(*_walked(trail), product)
            continue
        for slot, parent, d in edges[node]:
            ratio = abs(d) * best[parent] / best[node] if best[node] else 1.0
            heapq.heappush(
                heap, (weight * ratio, depth - 1, next(ticket), (trail, parent, slot), product * d)
            )
