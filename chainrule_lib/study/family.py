"""A family of graphs of one form, recorded on several probes: named values, the slopes between them, and the paths.

The engine's graph has an edge for every elementary operation; people reason with *named* values, a slope from one
to the next. Both are read here from outside, over several probes at once: every value below is a column, one number
a probe.

    family = Family([z_at_probe_1, z_at_probe_2, ...])
    family.total("t")                       # the sum over paths of products of slopes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

from ..engine import real, topological_order


FORMULA = {  # how an operation is written, from its parts and from its parts in brackets where they need them
    "add": "{p[0]} + {p[1]}",
    "sub": "{p[0]} - {p[1]}",
    "mul": "{loose[0]} {loose[1]}",
    "div": "{loose[0]}/{loose[1]}",
    "neg": "-{loose[0]}",
    "square": "{loose[0]}²",
    "pow": "{loose[0]}^{p[1]}",
}


@dataclass(frozen=True)
class Edge:
    """From one named value to the next: `terms` are the fine paths between them, each a tuple of (node,
    argument)."""

    source: int
    target: int
    terms: tuple[tuple[tuple[int, int], ...], ...]


class Family:
    """Graphs of one form on several probes, as columns of numbers.

    outputs: one output node a probe, made by the same function; ValueError when their forms differ.
    constants: named numbers that the graphs use and nobody differentiates in, one a probe.
    """

    def __init__(self, outputs: Iterable, constants: dict[str, list[float]] | None = None):
        import numpy

        self.np = numpy
        orders = [topological_order(z) for z in outputs]
        first = orders[0]
        place = [{node: k for k, node in enumerate(order)} for order in orders]
        if any(
            [node.op and node.op.name for node in order] != [node.op and node.op.name for node in first]
            for order in orders
        ):
            raise ValueError(
                "asked for a family of graphs of one form; these were made by different operations"
            )
        self.rows = [[order[k].op for order in orders] for k in range(len(first))]
        self.names = {k: node.name for k, node in enumerate(first) if node.name}
        self.values = [numpy.array([order[k].value for order in orders], float) for k in range(len(first))]
        self.args: list[list] = []  # an index for a node, a column for a constant
        for k, node in enumerate(first):
            row: list = []
            for i, arg in enumerate(node.args if node.op else ()):
                column = [order[k].args[i] for order in orders]
                row.append(place[0][arg] if arg in place[0] else numpy.array(column, float))
            self.args.append(row)
        self.constants = {name: numpy.array(column, float) for name, column in (constants or {}).items()}
        self.output = len(first) - 1
        self.names.setdefault(self.output, "z")
        self.edges = self._edges()
        self.fine = {step: self.slope(*step) for edge in self.edges for term in edge.terms for step in term}
        self.columns = [self.column(edge) for edge in self.edges]

    def _edges(self) -> list[Edge]:
        found: dict[tuple[int, int], list] = {}

        def walk(target, node, trail):
            for i, arg in enumerate(self.args[node]):
                if isinstance(arg, int):
                    step = (*trail, (node, i))
                    if arg in self.names:
                        found.setdefault((arg, target), []).append(step)
                    else:
                        walk(target, arg, step)

        for target in sorted(self.names):
            walk(target, target, ())
        return [Edge(source, target, tuple(terms)) for (source, target), terms in found.items()]

    def each(self, function: Callable, *columns) -> Any:
        """The function applied probe by probe; nan where it has no value."""

        def one(*numbers):
            try:
                return float(function(*numbers))
            except (ValueError, ArithmeticError, TypeError):
                return real.nan

        plain = [column.tolist() if hasattr(column, "tolist") else column for column in columns]
        return self.np.array([one(*numbers) for numbers in zip(*plain)])

    def _operands(self, node: int, values: list) -> list:
        return [values[arg] if isinstance(arg, int) else arg for arg in self.args[node]]

    def slope(
        self, node: int, i: int, values: list | None = None, instead: dict[int, Any] | None = None
    ) -> Any:
        """The local partial of a node in its argument i, optionally at other values, or with some arguments
        replaced."""
        operands = self._operands(node, values or self.values)
        z = (values or self.values)[node]
        if instead:
            operands = [instead.get(j, operand) for j, operand in enumerate(operands)]
            z = self.each(lambda row, *args: row.forward(real, *args), self.rows[node], *operands)
        return self.each(lambda row, *args: row.partials[i](real, *args), self.rows[node], z, *operands)

    def column(self, edge: Edge, fine: dict | None = None) -> Any:
        """The slope of an edge: the sum over its terms of the product of fine slopes, some of them replaced."""
        table = {**self.fine, **fine} if fine else self.fine
        return sum(prod(table[step] for step in term) for term in edge.terms)

    def moved(self, target: int, instead: dict[int, Any]) -> tuple[dict[int, Any], Any]:
        """The slopes of all edges into `target`, and its value, when the named values it is computed from are
        replaced."""
        values = list(self.values)
        for source, column in instead.items():
            values[source] = column
        inside = sorted(
            {node for edge in self.edges if edge.target == target for term in edge.terms for node, _ in term}
        )
        for node in inside:
            values[node] = self.each(
                lambda row, *args: row.forward(real, *args), self.rows[node], *self._operands(node, values)
            )
        into = [k for k, edge in enumerate(self.edges) if edge.target == target]
        fine = {step: self.slope(*step, values) for k in into for term in self.edges[k].terms for step in term}
        return {k: self.column(self.edges[k], fine) for k in into}, values[target]

    def paths(self, leaf: str) -> list[tuple[int, ...]]:
        """The paths from a leaf to the output, as tuples of edges in the order of the computation."""
        start = next((k for k, name in self.names.items() if name == leaf and not self.args[k]), None)
        found: list[tuple[int, ...]] = []
        waiting: list[tuple[int, tuple[int, ...]]] = [(self.output, ())]
        while waiting:
            node, trail = waiting.pop(0)
            if node == start:
                found.append(trail)
                continue
            waiting += [(edge.source, (k, *trail)) for k, edge in enumerate(self.edges) if edge.target == node]
        return found

    @property
    def leaves(self) -> list[str]:
        return [name for k, name in self.names.items() if not self.args[k]]

    def with_columns(self, instead: dict[int, Any]) -> list:
        """The slopes of all edges, some of them replaced."""
        return [instead.get(k, column) for k, column in enumerate(self.columns)]

    def total(self, leaf: str, columns: list | None = None) -> Any:
        """The right answer: the sum over paths of products of slopes."""
        columns = columns or self.columns
        return sum(prod(columns[k] for k in path) for path in self.paths(leaf))

    def symbol(self, k: int) -> str:
        """An edge as a derivative: ∂z/∂x where the target has several sources, dx/dt where it has one."""
        edge = self.edges[k]
        d = "∂" if sum(other.target == edge.target for other in self.edges) > 1 else "d"
        return f"{d}{self.names[edge.target]}/{d}{self.names[edge.source]}"

    def ends(self, edges: Iterable[int]) -> tuple[tuple[str, str], ...]:
        return tuple((self.names[self.edges[k].source], self.names[self.edges[k].target]) for k in edges)

    def route(self, path: tuple[int, ...]) -> str:
        return " → ".join(
            [self.names[self.edges[path[0]].source], *(self.names[self.edges[k].target] for k in path)]
        )

    def text(self, arg: Any) -> str:
        """A node or a constant as a formula in the named values."""
        if isinstance(arg, int):
            return self.names.get(arg) or self._formula(arg)
        named = self._constant(arg)
        return named or (f"{arg[0]:g}" if (arg == arg[0]).all() else "c")

    def _constant(self, column: Any) -> str | None:
        return next(
            (name for name, known in self.constants.items() if self.np.array_equal(known, column)), None
        )

    def _formula(self, node: int) -> str:
        parts = [self.text(arg) for arg in self.args[node]]
        op = self.rows[node][0].name if self.args[node] else ""
        loose = [f"({part})" if " + " in part or " - " in part else part for part in parts]
        return FORMULA[op].format(p=parts, loose=loose) if op in FORMULA else f"{op}({', '.join(parts)})"

    def role(self, k: int) -> str:
        """Where an edge stands: "inner" (from a leaf), "outer" (into the output), "direct" (both), "middle"."""
        from_leaf, to_output = not self.args[self.edges[k].source], self.edges[k].target == self.output
        return (
            "direct"
            if from_leaf and to_output
            else "inner"
            if from_leaf
            else "outer"
            if to_output
            else "middle"
        )

    def fine_or_slope(self, node: int, i: int) -> Any:
        """The local partial of a node in its argument i, from the table where it is there."""
        return self.fine[node, i] if (node, i) in self.fine else self.slope(node, i)

    def _tangents(self, leaf: str) -> dict[int, Any]:
        """The total derivative in one leaf of every node that depends on it."""
        dot: dict[int, Any] = {}
        for node, args in enumerate(self.args):
            if not args and self.names.get(node) == leaf:
                dot[node] = 1.0 + 0 * self.values[node]
            shares = [
                self.fine_or_slope(node, i) * dot[arg]
                for i, arg in enumerate(args)
                if isinstance(arg, int) and arg in dot
            ]
            if shares:
                dot[node] = sum(shares)
        return dot

    def _cotangents(self) -> dict[int, Any]:
        """The derivative of the output in every node."""
        bar = {self.output: 1.0 + 0 * self.values[self.output]}
        for node in range(self.output, -1, -1):
            for i, arg in enumerate(self.args[node] if node in bar else ()):
                if isinstance(arg, int):
                    bar[arg] = bar.get(arg, 0.0) + bar[node] * self.fine_or_slope(node, i)
        return bar

    def _from(self, middle: int, column: Any, target: int) -> tuple[Any, Any]:
        """A later value, and its slope in `middle`, when that named value is replaced and all after it
        recomputed."""
        values, dot = self._recomputed(middle, column), {middle: 1.0 + 0 * column}
        for node in range(middle + 1, len(values)):
            after = [(i, arg) for i, arg in enumerate(self.args[node]) if isinstance(arg, int) and arg in dot]
            if after:
                dot[node] = sum(self.slope(node, i, values) * dot[arg] for i, arg in after)
        return values[target], dot[target]

    def _recomputed(self, middle: int, column: Any, kept: int | None = None) -> list:
        """All values when that of one node is replaced and what depends on it, but for one, is worked out again."""
        values, touched = list(self.values), {middle}
        values[middle] = column
        for node in range(middle + 1, len(values)):
            if node != kept and any(isinstance(arg, int) and arg in touched for arg in self.args[node]):
                touched.add(node)
                values[node] = self.each(
                    lambda row, *args: row.forward(real, *args), self.rows[node], *self._operands(node, values)
                )
        return values
