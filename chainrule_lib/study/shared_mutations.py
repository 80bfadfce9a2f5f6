"""Slips where several roads meet: a weight with several uses, a shortcut, a statistic that all of a batch share.

`array_mutations` asks these functions, besides its own, for the slips at each step and each meeting of a graph;
`slip` and `made` are handed in and put a kind, a site and a changed step together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def at_step(rec: Any, node: int, i: int, slip: Callable, what: str) -> Iterator:
    """Slips of one step that have to do with what arrives, or with which way a matrix lies."""
    row, here, there = rec.rows[node], rec.shape(node), rec.shape(rec.args[node][i])
    if row.name == "transpose":
        yield slip("transposed factor", f"the transpose in {what} is forgotten", lambda r, n, i, g: g)
    if row.name in ("upstream", "sum") and there:
        for k, word in ((0, "first"), (-1, "last")):
            site = f"only the {word} example counts in {rec.text(node)}"
            yield slip("one row", site, lambda r, n, i, g, k=k: _only(r.np, r.pull(n, i, g), k))
    if row.name == "upstream":
        site = f"G, which arrives at {rec.text(rec.args[node][i])}, is left out"
        yield slip("upstream left out", site, lambda r, n, i, g: r.np.ones(r.shape(r.args[n][i])))
    if row.name in ("add", "sub"):
        site = f"what arrives at {rec.text(node)} is left out in {what}"
        yield slip("upstream left out", site, lambda r, n, i, g: r.pull(n, i, r.np.ones(r.shape(n))))
    if row.name == "matmul" and len(here) == len(there) == 2 and not rec.unrolled:
        for label, key in rec.stored():
            value, other = rec.at(key), rec.operands(node)[1 - i]
            if rec.np.shape(value) == other.shape and value is not other:
                site = f"{what} is taken at {label} in place of {rec.text(rec.args[node][1 - i])}"
                at = lambda r, n, i, g, key=key: r.at(key).T @ g if i else g @ r.at(key).T
                yield slip("wrong value", site, at, 1.5)
    if row.name == "matmul" and len(here) == 1 and len(there) == 2:
        outer = f"the product in {what} has rows and columns exchanged"
        yield slip(
            "result transposed", outer, lambda r, n, i, g: r.pull(n, i, g).T, key=(0, "an outer product")
        )


def _only(np: Any, value: Any, k: int) -> Any:
    """Every row but one set to nothing."""
    kept = np.zeros_like(value)
    kept[k] = value[k]
    return kept


def direct(rec: Any, node: int, source: int) -> bool:
    """Does this step lead from a leaf straight to where another of its roads arrives later?"""
    if rec.args[source]:
        return False
    return any(first != node and _reaches(rec, first, node) for first, _ in rec.uses[source])


def _reaches(rec: Any, start: int, end: int) -> bool:
    waiting, seen = [start], set()
    while waiting:
        k = waiting.pop()
        if k == end:
            return True
        if k < end and k not in seen:
            seen.add(k)
            waiting += [n for n, _ in rec.uses[k]]
    return False


def at_meetings(rec: Any, made: Callable) -> Iterator:
    """Slips where contributions meet: multiplied, averaged, kept apart; and statistics that are held still."""
    np = rec.np
    for node, uses in rec.uses.items():
        if len(uses) < 2:
            continue
        name, edges = rec.text(node), tuple(dict.fromkeys(end for n, i in uses for end in rec.ends(n, i)))
        rules: list[tuple[str, str, Callable, float]] = [
            ("multiplied", "multiplied", lambda shares: np.prod(np.array(shares), axis=0), 1)
        ]
        if not rec.args[node]:
            rules += [
                ("batch scale", "averaged", lambda shares: sum(shares) / len(shares), 1),
                ("unsummed", "listed, not summed", lambda shares: np.array(shares), 1.5),
                ("unsummed", "listed, not summed", lambda shares: np.array(shares[::-1]), 1.5),
            ]
        for kind, word, rule, rank in rules:
            site = f"the contributions to {name} are {word}"
            yield made(kind, site, meets={node: rule}, edges=edges, rank=rank)
    yield from _statistics(rec, made)
    yield from _too_often(rec, made)


def _statistics(rec: Any, made: Callable) -> Iterator:
    """A mean, a variance or a normaliser: named, made of something, and laid along a batch later."""
    named = [
        k
        for k in rec.names
        if rec.args[k] and k != rec.output and any(_laid(rec, n, k) for n, _ in rec.uses[k])
    ]
    for group in [[k] for k in named] + ([named] if len(named) > 1 else []):
        site = f"{' and '.join(rec.names[k] for k in group)} {'are' if len(group) > 1 else 'is'} held still"
        edges = tuple(dict.fromkeys(end for k in group for n, i in rec.uses[k] for end in rec.ends(n, i)))
        yield made("held constant", site, meets=dict.fromkeys(group, lambda shares: None), edges=edges)


def _laid(rec: Any, node: int, k: int) -> bool:
    """Is the value k, or what is made of it entry by entry, broadcast?"""
    while rec.rows[node].partials and rec.shape(node) == rec.shape(k) and len(rec.uses[node]) == 1:
        node = rec.uses[node][0][0]
    return bool(rec.rows[node].partials) and len(rec.shape(node)) > len(rec.shape(k))


def _too_often(rec: Any, made: Callable) -> Iterator:
    """The slope of an activation, which belongs to one road, is applied to the sum of all."""
    for n, row in enumerate(rec.rows):
        if not row or row.name not in ("tanh", "sigmoid", "relu"):
            continue
        for node, uses in rec.uses.items():
            if len(uses) > 1 and not rec.args[node] and rec.shape(node) == rec.shape(n):

                def after(r: Any, found: dict, n: int = n, name: str = rec.names[node]) -> dict:
                    return found | {name: found[name] * r.pull(n, 0, r.np.ones(r.shape(n)))}

                site = f"the slope of {rec.text(n)} is applied to the whole of {rec.text(node)}"
                yield made("slope twice", site, after=after, edges=rec.ends(n, 0), rank=1.5)
