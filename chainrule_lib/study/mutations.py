"""The chain rule with a slip in it: what the answer would be, for a slip of every kind at every site of a graph.

    family = Mutations([z_at_probe_1, z_at_probe_2, ...])
    for slip in family.slips("t"):
        slip.kind, slip.site, slip.values       # one number a probe

A slip either changes slopes (an `Override`: other columns for some edges) or combines the right slopes wrongly
(a `Rule`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, permutations, product
from math import prod
from typing import Any

from ..engine import real
from .family import Edge, Family

ACTIVATIONS = {"tanh", "sigmoid", "relu", "softplus"}

LEFT_OUT = {
    "inside": "left out",
    "outside": "outer left out",
    "alone": "elementary",
}  # by the place of a fine slope

# Wrong elementary derivatives that people write: kind, and the slope from m, z (the value), the arguments.
WRONG: dict[str, tuple[tuple[str, Callable], ...]] = {
    "cos": (("outer left out", lambda m, z, x: -1.0),),
    "square": (
        ("lost factor", lambda m, z, x: x),
        ("elementary", lambda m, z, x: 2.0),
        ("elementary", lambda m, z, x: 2 * x * x),
    ),
    "pow": (
        ("lost factor", lambda m, z, x, n: m.pow(x, n - 1)),
        ("elementary", lambda m, z, x, n: n * z),
        ("elementary", lambda m, z, x, n: n * x),
        ("elementary", lambda m, z, x, n: n + 0 * x),
        ("elementary", lambda m, z, x, n: (n - 1) * m.pow(x, n - 1)),
    ),
    "exp": (("elementary", lambda m, z, x: x * m.exp(x - 1)), ("elementary", lambda m, z, x: x * z)),
    "log": (("elementary", lambda m, z, x: -1 / x**2),),
    "sqrt": (("lost factor", lambda m, z, x: 1 / z), ("elementary", lambda m, z, x: 0.5 * z)),
    "reciprocal": (("elementary", lambda m, z, x: -z), ("elementary", lambda m, z, x: m.log(abs(x)))),
    "tan": (("elementary", lambda m, z, x: 1 / m.cos(x)), ("elementary", lambda m, z, x: m.cos(x) ** 2)),
    "tanh": (
        ("elementary", lambda m, z, x: 1 - z),
        ("elementary", lambda m, z, x: z * (1 - z)),
        ("sign inside", lambda m, z, x: 1 + z * z),
        ("activation elsewhere", lambda m, z, x: 1 - x * x),
    ),
    "sigmoid": (
        ("elementary", lambda m, z, x: 1 - z),
        ("elementary", lambda m, z, x: z * z),
        ("sign inside", lambda m, z, x: z * (1 + z)),
        ("elementary", lambda m, z, x: (1 - z) ** 2),
        ("elementary", lambda m, z, x: 1 - z * z),
        ("activation elsewhere", lambda m, z, x: x * (1 - x)),
    ),
}


@dataclass(frozen=True)
class Override:
    """Other slopes for some edges; `key` is equal where the same slip is made at another site."""

    kind: str
    site: str
    columns: dict[int, Any]
    role: str = ""
    rank: float = 1
    key: Any = None
    fine: tuple = ()  # the fine edges it changes, with their columns

    @property
    def edges(self) -> frozenset[int]:
        return frozenset(self.columns)


@dataclass(frozen=True)
class Rule:
    """A way to combine the slopes of edges into an answer; `combine(columns)` takes one column (or a stack) an
    edge."""

    kind: str
    site: str
    combine: Callable[..., Any]
    edges: tuple[int, ...] = ()
    role: str = ""
    rank: float = 1


@dataclass(frozen=True)
class Slip:
    """One wrong answer and how it comes about: `values` has a number a probe, `edges` the (source, target)
    names at fault."""

    kind: str
    role: str
    site: str
    edges: tuple[tuple[str, str], ...]
    values: Any
    rank: float = 1


class Mutations(Family):
    """A family of graphs that knows every slip that can be made in differentiating it."""

    def overrides(self) -> list[Override]:
        """Every slip in one slope, then the same slip made wherever it can be made."""
        single = [
            *self._whole_slopes(),
            *self._terms(),
            *self._fine_slopes(),
            *self._points(),
            *self._replaced(),
            *self._led_astray(),
        ]
        return [*single, *self._everywhere(single)]

    def _whole_slopes(self) -> Iterator[Override]:
        for k, edge in enumerate(self.edges):
            slope, symbol, role = self.columns[k], self.symbol(k), self.role(k)
            source, target = self.names[edge.source], self.names[edge.target]
            for kind, site, values, rank in (
                ("left out", f"{symbol} is left out", 1.0 + 0 * slope, 1),
                ("sign", f"the sign of {symbol}", -slope, 1),
                ("factor", f"{symbol} is halved", slope / 2, 2),
                ("slope twice", f"{symbol} is applied twice", slope**2, 2),
                ("value", f"{target} in place of {symbol}", self.values[edge.target], 1),
                ("value", f"{source} in place of {symbol}", self.values[edge.source], 2),
                (
                    "reciprocal",
                    f"{symbol} divides, and does not multiply",
                    self.each(lambda d: 1 / d, slope),
                    2,
                ),
            ):
                yield Override(kind, site, {k: values}, role, rank, (kind, role))
            for other, instead in enumerate(self.columns):
                if other != k:
                    site = f"{self.symbol(other)} in place of {symbol}"
                    yield Override("another slope", site, {k: instead}, role, 1.5)

    def _terms(self) -> Iterator[Override]:
        """A slope that is itself a sum: a term lost, of the wrong sign, or found in a neighbour's slope."""
        for k, edge in enumerate(self.edges):
            parts = [prod(self.fine[step] for step in term) for term in edge.terms]
            for i, (term, part) in enumerate(zip(edge.terms, parts)):
                if len(parts) > 1:
                    through = self._through(edge, term)
                    site, rest = (
                        f"the term of {self.symbol(k)} that comes through {through}",
                        self.columns[k] - part,
                    )
                    yield Override("term lost", f"{site} is lost", {k: rest}, self.role(k), 1, ("lost", k, i))
                    yield Override(
                        "sign", f"the sign of {site}", {k: rest - part}, self.role(k), 1, ("sign", k, i)
                    )
                for other, toward in enumerate(self.edges):
                    if other != k and toward.target == edge.target:
                        mine, theirs, role = self.symbol(k), self.symbol(other), self.role(other)
                        both = self.columns[other] + part
                        yield Override(
                            "elementary", f"a term of {mine} in place of {theirs}", {other: part}, role, 2
                        )
                        yield Override(
                            "elementary", f"a term of {mine} is in {theirs} too", {other: both}, role, 2
                        )

    def _through(self, edge: Edge, term: tuple) -> str:
        """The value that tells one term of an edge from the others."""
        node = term[-1][0] if term[-1][0] != edge.target else term[0][0]
        return self._formula(node) if node != edge.target else self.text(edge.source)

    def _fine_slopes(self) -> Iterator[Override]:
        holders: dict[tuple[int, int], list[int]] = {}
        for k, edge in enumerate(self.edges):
            for step in dict.fromkeys(step for term in edge.terms for step in term):
                holders.setdefault(step, []).append(k)
        for step, into in holders.items():
            for kind, site, values, rank, key in self._wrong_slopes(*step, self._place(step)):
                groups = [into] if len(into) == 1 else [into, *([k] for k in into)]
                for group in groups:
                    columns = {k: self.column(self.edges[k], {step: values}) for k in group}
                    yield Override(kind, site, columns, self.role(group[0]), rank, key, ((step, values),))
                if kind in ("elementary", "sign inside"):
                    yield from self._chain_forgotten(step, values, site, into)

    def _chain_forgotten(
        self, step: tuple[int, int], values: Any, site: str, into: list[int]
    ) -> Iterator[Override]:
        """A wrong elementary rule used as if there were nothing inside: every slope further in is 1."""
        inner = {
            after
            for k in into
            for term in self.edges[k].terms
            if step in term
            for after in term[term.index(step) + 1 :]
        }
        if inner:
            fine = {step: values, **{after: 1 + 0 * values for after in inner}}
            columns = {k: self.column(self.edges[k], fine) for k in into}
            yield Override("elementary", f"{site}, as if nothing were inside", columns, self.role(into[0]), 2)

    def _place(self, step: tuple[int, int]) -> str:
        """Where a fine slope stands: "inside" an elementary function of the same edge, "outside" of another
        fine slope, "alone" in its term, or the "whole" edge."""
        edges = [edge for edge in self.edges if any(step in term for term in edge.terms)]
        terms = [term for edge in edges for term in edge.terms if step in term]
        if any(
            len(self.args[node]) == 1 and self.rows[node][0].name != "neg"
            for term in terms
            for node, _ in term[: term.index(step)]
        ):
            return "inside"
        plain = {"add", "sub", "neg"}
        if any(self.rows[node][0].name not in plain for term in terms for node, _ in term if (node, _) != step):
            return "outside"
        return "alone" if any(len(edge.terms) > 1 for edge in edges) else "whole"

    def _stored(self) -> list[tuple[str, Any]]:
        """Values a student has at hand: every value of the graph and the speeds of the named ones."""
        at_hand = [
            (self.text(k), self.values[k]) for k in range(len(self.values)) if k in self.names or self.args[k]
        ]
        return [*at_hand, *self.constants.items(), *self._speeds()]

    def _speeds(self) -> list[tuple[str, Any]]:
        """How fast the named values move: their slopes from one to the next, and in whole from a leaf."""
        found = {
            self.symbol(k): self.columns[k]
            for k in range(len(self.edges))
            if self.role(k) in ("inner", "middle")
        }
        for leaf in self.leaves:
            for node, column in self._tangents(leaf).items():
                known = any(self.np.array_equal(column, other) for other in found.values())
                if node in self.names and self.args[node] and node != self.output and not known:
                    found[f"d{self.names[node]}/d{leaf}"] = column
        return list(found.items())

    def _wrong_slopes(self, node: int, i: int, place: str) -> Iterator[tuple[str, str, Any, float, Any]]:
        """Wrong columns for one fine slope: kind, site, column, rank, and what the same slip elsewhere has in
        common."""
        slope, value, op = self.fine[node, i], self.values[node], self.rows[node][0].name
        operands = self._operands(node, self.values)
        fixed = [not isinstance(arg, int) and self._constant(arg) is None for arg in self.args[node]]
        what = f"the slope of {self._formula(node)} in {self.text(self.args[node][i])}"
        linear = op in ("add", "sub", "neg", "mul")
        if op == "mul":
            other = self.args[node][1 - i]
            label = self.text(other)
            kind = "inner factor" if place == "inside" else "factor left out"
            yield kind, f"the factor {label} of {self._formula(node)} is lost", 1 + 0 * slope, 1, (kind, label)
            yield (
                "slope twice",
                f"the factor {label} of {self._formula(node)} is applied twice",
                slope**2,
                2,
                ("slope twice", label),
            )
            sources = (
                [j for j, arg in enumerate(self.args[other]) if isinstance(arg, int)]
                if isinstance(other, int)
                else []
            )
            if len(sources) == 1:
                wrong = f"the slope of {label} in place of {label} itself"
                yield "elementary", wrong, self.slope(other, sources[0]), 1, ("both", node)
            yield "sign", f"the sign of {what}", -slope, 1, ("sign", what)
            yield (
                "own value",
                f"{what} is the other factor, {label}",
                operands[i],
                2 if any(fixed) else 1,
                ("own value", node),
            )
            yield "value", f"{self._formula(node)} in place of its slope", value, 1, ("value", label)
        elif op in ("add", "sub"):
            yield "value", f"{self.text(self.args[node][i])} in place of its slope 1", operands[i], 2, None
        elif op != "neg":
            missing = "activation left out" if op in ACTIVATIONS else LEFT_OUT.get(place)
            if missing:
                yield missing, f"{what} is left out", 1 + 0 * slope, 1, (missing, op)
            yield "sign", f"the sign of {what}", -slope, 1, ("sign", op)
            yield "value", f"{self._formula(node)} in place of its slope", value, 1, ("value", op)
            yield "value", f"-{self._formula(node)} in place of {what}", -value, 2, ("minus value", op)
            yield (
                "value",
                f"{self.text(self.args[node][i])} in place of {what}",
                operands[i],
                2,
                ("argument", op),
            )
            yield "slope twice", f"{what} is applied twice", slope**2, 2, ("slope twice", op)
        for kind, rule in WRONG.get(op, ()) if i == 0 else ():
            column = self.each(partial(rule, real), value, *operands)
            yield kind, what, column, 1 if kind == "lost factor" else 1.5, (kind, op, rule)
        if op in ACTIVATIONS:
            for label, column in self._stored():
                slopes = self.each(
                    lambda row, z, *args: row.partials[i](real, z, *args), self.rows[node], column, *operands
                )
                site = f"{what} is written in {self._formula(node)}, and taken at {label}"
                yield "activation elsewhere", site, slopes, 1, (op, "formula", label)
        if op in ("add", "sub", "neg"):
            return
        for j, arg in enumerate(self.args[node]):
            if isinstance(arg, int):
                for label, column in self._stored():
                    if label == self.text(arg):
                        continue
                    kind = (
                        "wrong value"
                        if linear
                        else "activation elsewhere"
                        if op in ACTIVATIONS
                        else "elsewhere"
                    )
                    rank = 1 if not linear and (label != self.text(node) or op in ACTIVATIONS) else 2
                    site = f"{what} is taken at {label} in place of {self.text(arg)}"
                    yield (
                        kind,
                        site,
                        self.slope(node, i, instead={j: column}),
                        rank,
                        (kind, op, label, self.text(arg)),
                    )

    def _points(self) -> Iterator[Override]:
        """All slopes into one value, or one of them, taken at another point."""
        at_hand = [(name, self.values[k]) for k, name in self.names.items()]
        at_hand += [*self.constants.items(), *self._speeds()]
        for target in sorted({edge.target for edge in self.edges}):
            into = [k for k, edge in enumerate(self.edges) if edge.target == target]
            sources = [self.edges[k].source for k in into]
            for point in (
                product(at_hand, repeat=len(sources)) if len(sources) < 3 else self._corners(at_hand, sources)
            ):
                labels = [label for label, _ in point]
                if len({"/" in label for label in labels}) > 1:
                    continue
                true = [self.names[source] for source in sources]
                if labels == true:
                    continue
                rank = (
                    1 if self._likely(labels, true) and (len(into) == 1 or self.role(into[0]) != "inner") else 2
                )
                columns, value = self.moved(
                    target, {source: column for source, (_, column) in zip(sources, point)}
                )
                kind = "exchanged arguments" if sorted(labels) == sorted(true) else "elsewhere"
                if kind == "elsewhere" and self._multilinear(target):  # its slopes are values, not taken anywhere
                    kind, rank = "wrong value", 2
                for group in [into] if len(into) == 1 else [into, *([k] for k in into)]:
                    names = " and ".join(self.symbol(k) for k in group)
                    site = f"{names} at ({', '.join(labels)}) in place of ({', '.join(true)})"
                    kept = {k: columns[k] for k in group}
                    yield Override(
                        kind, site, kept, self.role(into[0]), rank, (kind, tuple(labels), tuple(true))
                    )
                for users in [self._used_elsewhere(target, value)] if target != self.output else []:
                    site = f"{self.names[target]} is taken at ({', '.join(labels)}) in place of ({', '.join(true)})"
                    if users:
                        yield Override(kind, site, users, self.role(into[0]), 2)
                        yield Override(kind, site, {**columns, **users}, self.role(into[0]), 1.5)

    def _replaced(self) -> Iterator[Override]:
        """One value taken for another in everything computed from it: f and g right, but at x where u belongs, or
        the other way round."""
        leaves = [(name, self.values[k]) for k, name in self.names.items() if not self.args[k]]
        for middle, name in self.names.items():
            if not self.args[middle] or middle == self.output:
                continue
            for label, column in [*leaves, *self.constants.items()]:
                values = self._recomputed(middle, column)
                later = [k for k, edge in enumerate(self.edges) if edge.target > middle]
                fine = {
                    step: self.slope(*step, values)
                    for k in later
                    for term in self.edges[k].terms
                    for step in term
                }
                columns = {k: self.column(self.edges[k], fine) for k in later}
                changed = {
                    k: c
                    for k, c in columns.items()
                    if not self.np.array_equal(c, self.columns[k], equal_nan=True)
                }
                if changed:
                    yield Override(
                        "elsewhere", f"{label} in place of {name} in all that follows", changed, "outer"
                    )

    def _multilinear(self, target: int) -> bool:
        """Is a value made of named ones by products and sums alone?"""
        steps = (node for edge in self.edges if edge.target == target for term in edge.terms for node, _ in term)
        return all(self.rows[node][0].name in ("add", "sub", "neg", "mul") for node in steps)

    def _led_astray(self) -> Iterator[Override]:
        """A leaf taken at a value that is made from it: g right, but every slope and function after it at u."""
        middles = [k for k in self.names if self.args[k] and k != self.output]
        for leaf, middle in product((k for k in self.names if not self.args[k]), middles):
            values = self._recomputed(leaf, self.values[middle], kept=middle)
            fine = {step: self.slope(*step, values) for step in self.fine}
            changed = {
                k: column
                for k, edge in enumerate(self.edges)
                if not self.np.array_equal(column := self.column(edge, fine), self.columns[k], equal_nan=True)
            }
            site = f"{self.names[middle]} in place of {self.names[leaf]}, except in {self.names[middle]} itself"
            if changed and len(self.edges) > 2:
                yield Override("elsewhere", site, changed, "inner", 1.5)

    def _used_elsewhere(self, source: int, value: Any) -> dict[int, Any]:
        """The slopes, into whatever uses `source`, that change when its value is another."""
        targets = dict.fromkeys(edge.target for edge in self.edges if edge.source == source)
        found = {
            k: column for target in targets for k, column in self.moved(target, {source: value})[0].items()
        }
        return {
            k: column
            for k, column in found.items()
            if not self.np.array_equal(column, self.columns[k], equal_nan=True)
        }

    @staticmethod
    def _corners(at_hand: list, sources: list) -> Iterator[tuple]:
        """With three or more arguments: all of them at one value, no full grid."""
        for item in at_hand:
            yield (item,) * len(sources)

    def _likely(self, labels: list[str], true: list[str]) -> bool:
        leaves = set(self.leaves)
        one = sum(a != b for a, b in zip(labels, true)) == 1
        speeds = all("/" in label for label in labels)
        return one or speeds or set(labels) <= leaves or sorted(labels) == sorted(true)

    def _everywhere(self, single: list[Override]) -> Iterator[Override]:
        groups: dict[Any, list[Override]] = {}
        for override in single:
            if override.key is not None:
                groups.setdefault(override.key, []).append(override)
        for same in groups.values():
            merged: dict[int, Any] = {}
            sites: list[str] = []
            for override in same:
                if not merged.keys() & override.columns.keys():
                    merged |= override.columns
                    sites.append(override.site)
            if len(sites) > 1:
                yield replace(same[0], site="; ".join(dict.fromkeys(sites)), columns=merged, fine=())
        for kind in ("left out", "sign", "value"):
            everything = {
                k: c
                for o in single
                if o.kind == kind and o.key == (kind, o.role) and not o.fine
                for k, c in o.columns.items()
            }
            if len(everything) == len(self.edges) > 1 and kind == "sign":
                yield Override("sign", "the sign of every slope", everything)

    def two_in_one(self, overrides: list[Override]) -> Iterator[tuple[Override, Override, dict[int, Any]]]:
        """Two fine slips inside one edge, or a fine slip and the edge's sign, with the column they make
        together."""
        for k in range(len(self.edges)):
            inside = [o for o in overrides if o.fine and o.edges == {k} and o.rank == 1]
            for one, two in combinations(inside, 2):
                if one.fine[0][0] != two.fine[0][0]:
                    yield one, two, {k: self.column(self.edges[k], dict((*one.fine, *two.fine)))}
            sign = next((o for o in overrides if o.kind == "sign" and o.edges == {k} and not o.fine), None)
            for one in overrides:
                if sign and k in one.edges and one.kind != "sign" and one.rank == 1:
                    yield one, sign, {**one.columns, k: -one.columns[k]}

    def rules(self, leaf: str) -> list[Rule]:
        """Every wrong way to combine the right slopes into the derivative in one leaf."""
        return [
            *self._path_rules(leaf),
            *self._term_rules(leaf),
            *self._mixing_rules(leaf),
            *self._answer_rules(leaf),
            *self.transposed(leaf),
        ]

    def _path_rules(self, leaf: str) -> Iterator[Rule]:
        paths = self.paths(leaf)
        direct = [path for path in paths if len(path) == 1 and len(paths) > 1]

        def over(kept):
            return lambda columns: sum(prod(columns[k] for k in path) for path in kept)

        for count in range(1, len(paths)):
            for kept in combinations(paths, count):
                lost = [path for path in paths if path not in kept]
                site = "the path " + " and the path ".join(map(self.route, lost)) + " is missing"
                edges = tuple(dict.fromkeys(k for path in lost for k in path))
                if lost == direct:
                    yield Rule(
                        "direct dropped",
                        f"the direct term {self.symbol(direct[0][0])} is missing",
                        over(kept),
                        edges,
                    )
                elif list(kept) == direct:
                    yield Rule("held fixed", f"only {self.symbol(direct[0][0])} is left", over(kept), edges)
                else:
                    if direct and direct[0] in kept:
                        yield Rule("held fixed", site, over(kept), edges)
                    yield Rule("path dropped", site, over(kept), edges)
                    if count == 1:
                        yield Rule(
                            "overwritten", f"only the path {self.route(kept[0])} is left", over(kept), edges
                        )
        for path in paths if len(paths) > 1 else []:
            share = over([path])
            if len(path) > 1:
                yield Rule(
                    "slope twice",
                    f"the product along {self.route(path)} is squared as a whole",
                    lambda c, share=share: self.total(leaf, c) - share(c) + share(c) ** 2,
                    path,
                    rank=1.5,
                )
            yield Rule(
                "path twice",
                f"the path {self.route(path)} is counted twice",
                lambda c, share=share: self.total(leaf, c) + share(c),
                path,
            )
            yield Rule(
                "sign",
                f"the sign of the path {self.route(path)}",
                lambda c, share=share: self.total(leaf, c) - 2 * share(c),
                path,
            )

    def _term_rules(self, leaf: str) -> Iterator[Rule]:
        """A slope that is a sum, multiplied into its path term by term, with a slip in one of them (a lost
        bracket)."""
        for path in self.paths(leaf):
            for a, b in [(a, b) for a in path for b in path if a != b and len(path) == 2]:
                edge, other = self.edges[a], self.symbol(b)
                parts = [prod(self.fine[step] for step in term) for term in edge.terms]
                for i, part in enumerate(parts if len(parts) > 1 else ()):
                    site = f"{other} is missing in a term of {self.symbol(a)} (are there brackets around it?)"
                    rest = lambda c, part=part, b=b: self.total(leaf, c) - part * c[b]  # noqa: E731
                    yield Rule(
                        "one term", site, lambda c, rest=rest, part=part: rest(c) + part, path, self.role(b)
                    )
                    site = f"{other} is applied twice in a term of {self.symbol(a)}"
                    yield Rule(
                        "slope twice",
                        site,
                        lambda c, rest=rest, part=part, b=b: rest(c) + part * c[b] ** 2,
                        path,
                        rank=2,
                    )
        yield from self._products_of_slopes(leaf)

    def _products_of_slopes(self, leaf: str) -> Iterator[Rule]:
        """The derivative of a product u v taken as u' v', all derivatives in one leaf."""
        dot, bar = self._tangents(leaf), self._cotangents()
        every = tuple(dict.fromkeys(k for path in self.paths(leaf) for k in path))
        for node, row in enumerate(self.rows):
            args = self.args[node]
            if (
                args
                and row[0].name == "mul"
                and all(isinstance(arg, int) and arg in dot for arg in args)
                and node in bar
            ):
                u, v = args
                change = bar[node] * (
                    dot[u] * dot[v]
                    - self.fine_or_slope(node, 0) * dot[u]
                    - self.fine_or_slope(node, 1) * dot[v]
                )
                site = f"the slope of {self._formula(node)} is taken as a product of slopes"
                yield Rule(
                    "product of slopes", site, lambda c, change=change: self.total(leaf, c) + change, every
                )

    def _mixing_rules(self, leaf: str) -> Iterator[Rule]:
        paths = self.paths(leaf)
        direct = [path for path in paths if len(path) == 1]
        long = [path for path in paths if len(path) > 1]
        every = tuple(dict.fromkeys(k for path in paths for k in path))

        def rest(columns):
            return sum(columns[path[0]] for path in direct)

        def times(path, columns):
            return prod(columns[k] for k in path)

        if len(paths) > 1:
            yield Rule(
                "multiplied",
                "the paths are multiplied",
                lambda c: prod(times(path, c) for path in paths),
                every,
            )
        if direct and len(long) > 1:
            yield Rule(
                "multiplied",
                "the paths are multiplied",
                lambda c: rest(c) + prod(times(path, c) for path in long),
                every,
            )
            yield Rule(
                "multiplied",
                "the direct term is multiplied, not added",
                lambda c: rest(c) * sum(times(path, c) for path in long),
                every,
            )
        for path in long:
            site = f"the slopes along {self.route(path)} are added"
            yield Rule(
                "edges added",
                site,
                lambda c, path=path: self.total(leaf, c) - times(path, c) + sum(c[k] for k in path),
                path,
            )
        if len(long) > 1:
            yield Rule(
                "edges added",
                "the slopes along every path are added",
                lambda c: rest(c) + sum(c[k] for path in long for k in path),
                every,
            )
            yield Rule(
                "edges added",
                "the slopes along every path are added, the sums multiplied",
                lambda c: rest(c) + prod(sum(c[k] for k in path) for path in long),
                every,
                rank=2,
            )
        for path in long:
            for cut in range(1, len(path)) if len(path) > 2 else ():
                rest_of = path[cut:]
                site = (
                    f"the product along {self.route(path)} stops at {self.names[self.edges[path[cut]].source]}"
                )
                yield Rule(
                    "cut short",
                    site,
                    lambda c, p=path, r=rest_of: self.total(leaf, c) - times(p, c) + times(r, c),
                    path[:cut],
                )
        for path in [path for path in long if len(path) > 2]:
            for site, value in self._some_added(path):
                yield Rule(
                    "edges added",
                    site,
                    lambda c, p=path, v=value: self.total(leaf, c) - times(p, c) + v(c),
                    path,
                )
        short = [path for path in long if len(path) == 2]
        if len(short) == len(long) > 1:
            slopes, speeds = [path[1] for path in short], [path[0] for path in short]

            def sums(c, more=0.0, also=0.0):
                return (sum(c[k] for k in slopes) + more) * (sum(c[k] for k in speeds) + also)

            mixed = "the sum of the slopes times the sum of the speeds"
            yield Rule("product of sums", mixed, lambda c: rest(c) + sums(c), every)
            if direct:
                yield Rule("product of sums", mixed, lambda c: sums(c, rest(c)), every)
                yield Rule("product of sums", mixed, lambda c: sums(c, rest(c), 1.0), every)
            for order in permutations(speeds):
                if list(order) != speeds:
                    yield Rule(
                        "swapped",
                        "each slope is paired with another variable's speed",
                        lambda c, order=order: rest(c) + sum(c[a] * c[b] for a, b in zip(slopes, order)),
                        every,
                    )
            if len(short) == 2:
                yield from self._exchanged(slopes, speeds, direct, every)
        if len(paths) == 1:
            yield from self._chain_rules(leaf, paths[0])

    def _chain_rules(self, leaf: str, path: tuple[int, ...]) -> Iterator[Rule]:
        """Slips of a single chain: the product rule for a composition, and the functions in another order."""
        dot, bar = self._tangents(leaf), self._cotangents()
        start = self.edges[path[0]].source
        for at, end in combinations(range(1, len(path) + 1), 2):
            middle, target = self.edges[path[at]].source, self.edges[path[end - 1]].target
            inside = self.text(middle)
            value, slope = self.values[target], prod(self.columns[k] for k in path[at:end])
            early, early_slope = self._from(middle, self.values[start], target)
            for f, df, where in ((value, slope, inside), (early, early_slope, leaf)):
                site = f"the product rule for a composition: f' {inside} + f {inside}', f at {where}"
                wrong = bar[target] * (df * self.values[middle] + f * dot[middle])
                yield Rule("product rule", site, lambda c, wrong=wrong: wrong + 0 * self.total(leaf, c), path)
        rows = [self.rows[self.edges[k].target] for k in path]
        if all(len(self.args[self.edges[k].target]) == 1 for k in path) or all(
            len(edge.terms) == 1 == len(edge.terms[0]) for edge in self.edges
        ):
            fixed = [[arg for arg in self.args[self.edges[k].target] if not isinstance(arg, int)] for k in path]
            for order in permutations(range(len(path))):
                if list(order) != sorted(order):
                    value, slope = self.values[start], 1.0
                    for k in order:
                        before = value
                        value = self.each(
                            lambda row, *args: row.forward(real, *args), rows[k], before, *fixed[k]
                        )
                        slope = slope * self.each(
                            lambda row, z, *args: row.partials[0](real, z, *args),
                            rows[k],
                            value,
                            before,
                            *fixed[k],
                        )
                    yield Rule(
                        "renamed",
                        "the functions are composed in another order",
                        lambda c, slope=slope: slope + 0 * self.total(leaf, c),
                        path,
                    )

    def _some_added(self, path: tuple[int, ...]) -> Iterator[tuple[str, Callable]]:
        """A plus sign for one of the times signs along a path, with and without brackets."""
        for cut in range(1, len(path)):
            first, rest = path[:cut], path[cut:]
            site = f"{self.symbol(path[cut - 1])} is added, not multiplied, along {self.route(path)}"
            yield site, lambda c, a=first, b=rest: prod(c[k] for k in a) + prod(c[k] for k in b)
            for inner, outer in ((path[cut - 1 : cut + 1], path[: cut - 1] + path[cut + 1 :]),):
                yield site, lambda c, a=inner, b=outer: sum(c[k] for k in a) * prod(c[k] for k in b)

    def _exchanged(
        self, slopes: list[int], speeds: list[int], direct: list, every: tuple[int, ...]
    ) -> Iterator[Rule]:
        """Two intermediates take each other's place, or are multiplied as if they were the output."""
        x, y = (self.edges[k].source for k in slopes)
        there, _ = self.moved(self.output, {x: self.values[y], y: self.values[x]})
        rest = sum(there[path[0]] for path in direct)

        def renamed(c):
            return rest + there[slopes[0]] * c[speeds[1]] + there[slopes[1]] * c[speeds[0]]

        def multiplied(c):
            return c[speeds[0]] * self.values[y] + self.values[x] * c[speeds[1]]

        both = f"{self.names[x]} and {self.names[y]}"
        yield Rule("renamed", f"{both} are exchanged", renamed, every)
        yield Rule("product rule", f"{both} are multiplied, and the product differentiated", multiplied, every)

    def _answer_rules(self, leaf: str) -> Iterator[Rule]:
        total = lambda c: self.total(leaf, c)  # noqa: E731
        paths = self.paths(leaf)
        every = tuple(dict.fromkeys(k for path in paths for k in path))
        yield Rule("sign", "the sign of the whole answer", lambda c: -total(c), every, "whole")
        yield Rule("factor", "the whole answer is doubled", lambda c: 2 * total(c), every, "whole")
        yield Rule("factor", "the whole answer is halved", lambda c: total(c) / 2, every, "whole")
        for cut in (self.np.trunc, self.np.floor, self.np.rint):
            yield Rule("truncated", "the fraction is cut off", lambda c, cut=cut: cut(total(c)), every, "whole")
        for k in every:
            if len(paths) > 1 and self.role(k) == "outer":
                others = tuple(e for e in every if e != k)
                yield Rule(
                    "held fixed",
                    f"only {self.symbol(k)} is left",
                    lambda c, k=k: c[k] + 0 * total(c),
                    others,
                    "bare",
                    2,
                )
            elif len(paths) > 1 and self.role(k) == "inner":
                yield Rule(
                    "bare speed",
                    f"only {self.symbol(k)} is left",
                    lambda c, k=k: c[k] + 0 * total(c),
                    every,
                    "bare",
                    2,
                )
        for other in self.leaves:
            if other != leaf and self.paths(other):
                yield Rule("exchanged", f"the derivative in {other} stands where that in {leaf} is asked",
                           lambda c, other=other: self.total(other, c) + 0 * total(c), every, "block")  # fmt: skip

    def transposed(self, leaf: str) -> Iterator[Rule]:
        """The table of speeds, intermediates by leaves, read along its rows instead of its columns."""
        leaves = [name for name in self.leaves if self.paths(name)]
        paths = [self.paths(name) for name in leaves]
        middles = sorted({self.edges[path[-1]].source for found in paths for path in found})
        if (
            len(leaves) < 2
            or len(middles) != len(leaves)
            or any(len(path) != 2 for found in paths for path in found)
        ):
            return
        speed = {(self.edges[a].target, i): a for i, found in enumerate(paths) for a, _ in found}
        slope = {self.edges[b].source: b for found in paths for _, b in found}
        if len(speed) != len(leaves) ** 2:
            return
        row = middles[leaves.index(leaf)]
        site = "the table of speeds is read along its rows in place of its columns"
        here, edges = leaves.index(leaf), tuple(speed.values())
        yield Rule(
            "transposed",
            site,
            lambda c: sum(c[slope[m]] * c[speed[row, i]] for i, m in enumerate(middles)),
            edges,
        )
        site = "the sum runs over the other index of the table of speeds"
        yield Rule(
            "wrong axis",
            site,
            lambda c: c[slope[row]] * sum(c[speed[row, i]] for i in range(len(leaves))),
            edges,
        )
        yield Rule("wrong axis", site, lambda c: c[slope[row]] * sum(c[speed[m, here]] for m in middles), edges)

    def slips(self, leaf: str) -> Iterator[Slip]:
        """Every single slip that changes the derivative in `leaf`."""
        for override in self.overrides():
            columns = self.with_columns(override.columns)
            yield Slip(
                override.kind,
                override.role,
                override.site,
                self.ends(override.columns),
                self.total(leaf, columns),
                override.rank,
            )
        for rule in self.rules(leaf):
            yield Slip(
                rule.kind, rule.role, rule.site, self.ends(rule.edges), rule.combine(self.columns), rule.rank
            )


def landmarks(output: Any) -> tuple[list[float], list[list[float]]]:
    """What a probe should keep apart in one graph, and the terms of each answer.

    First named values, slopes between them and products along paths; then, a leaf at a time, the products that
    add up.
    """
    family = Mutations([output])
    named = [family.values[k] for k in family.names if k != family.output]
    paths = [family.paths(leaf) for leaf in family.leaves]
    terms = [[float(prod(family.columns[k] for k in path)[0]) for path in found] for found in paths if found]
    long = [
        product
        for found, row in zip(filter(None, paths), terms)
        for path, product in zip(found, row)
        if len(path) > 1
    ]
    return [*(float(column[0]) for column in [*named, *family.columns]), *long], terms
