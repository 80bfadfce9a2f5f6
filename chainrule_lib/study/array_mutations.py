"""The chain rule on arrays with a slip in it: a reverse sweep in which one step, or all steps of a kind, go
wrong.

A `Recording` holds one probe's graph as plain data. `sweep(slip)` runs the reverse sweep with the slip's
changes: another way to pull a cotangent through one edge, another way to add up what arrives at a node, or
another use of the answer.

    recordings = [Recording(z, seed) for z in ...]
    for slip in slips(recordings[0]):
        slip.kind, slip.site, [recording.sweep(slip)["x"] for recording in recordings]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from operator import is_, itemgetter
from typing import Any

from ..engine import topological_order
from . import shared_mutations, step_mutations
from .mutations import ACTIVATIONS, WRONG

ELSEWHERE = dict.fromkeys(ACTIVATIONS, ("activation elsewhere", 1.0))  # a wrong operand, by the operation
ELSEWHERE |= dict.fromkeys(("mul", "matmul", "div"), ("wrong value", 1.5))
Pull = Callable[..., Any]  # (recording, node, argument, cotangent) -> what the argument receives


@dataclass(frozen=True)
class ArraySlip:
    """One wrong sweep: `pulls` by (node, argument), `meets` by node (how contributions are combined), `after`
    the sweep."""

    kind: str
    site: str
    pulls: dict[tuple[int, int], Pull] = field(default_factory=dict)
    meets: dict[int, Callable[[list], Any]] = field(default_factory=dict)
    after: Callable[..., dict] | None = None
    edges: tuple[tuple[str, str], ...] = ()
    role: str = ""  # where the step stands: "inner", "outer", "middle", "direct"; "whole" for the whole answer
    rank: float = 1
    key: Any = None  # equal where the same slip is made at another site
    line: bool = False  # made in any measure: what it adds to the right answer may be multiplied with one number


class Recording:
    """One probe's graph: values, rows and arguments by position, parents before children.

    output: an engine node; seed: its cotangent, or several along leading axes (an identity matrix gives a
    Jacobian); constants: the values, by name, that the graph uses and nobody differentiates in.
    """

    def __init__(self, output: Any, seed: Any = 1.0, constants: dict[str, Any] | None = None):
        import numpy

        from ..numpy.space import space

        self.np, self.space, self.seed = numpy, space, numpy.asarray(seed, float)[()]
        order = topological_order(output)
        place = {node: k for k, node in enumerate(order)}
        self.rows = [node.op for node in order]
        self.values = [node.value for node in order]
        self.args: list[list[Any]] = [
            [
                place.get(arg, arg) if hasattr(arg, "local_partials") else _Constant(arg)
                for arg in (node.args if node.op else ())
            ]
            for node in order
        ]
        self.names = {k: node.name for k, node in enumerate(order) if node.name}
        self.output = len(order) - 1
        self.names.setdefault(self.output, "z")
        self.uses = {
            k: [
                (n, i) for n, args in enumerate(self.args) for i, arg in enumerate(args) if arg is k or arg == k
            ]
            for k in range(len(order))
        }
        self.constants = constants or {}
        self.right: dict[int, tuple[list, Any]] = {}  # what arrives at each node, and its sum, in the right sweep
        self.steps: dict[tuple[int, int], Any] = {}  # what each step hands on in the right sweep
        self.sweep()
        products = ([n for n, _ in self.uses[k] if self.rows[n].name == "matmul"] for k in self.leaves.values())
        self.unrolled = any(len(used) > 2 for used in products)  # a loop over time, written out

    @property
    def leaves(self) -> dict[str, int]:
        return {name: k for k, name in self.names.items() if not self.args[k]}

    def operands(self, node: int) -> list:
        return [self.values[arg] if isinstance(arg, int) else arg.value for arg in self.args[node]]

    def shape(self, node: int) -> tuple[int, ...]:
        return self.np.shape(self.values[node])

    def pull(self, node: int, i: int, g: Any, instead: dict[int, Any] | None = None, z: Any = None) -> Any:
        """What argument i of a node receives from its cotangent g, optionally at other operands or at another
        value."""
        operands = [(instead or {}).get(j, operand) for j, operand in enumerate(self.operands(node))]
        row, lead = self.rows[node], self.np.ndim(g) - self.np.ndim(self.values[node])
        if z is None:
            again = instead and row.name != "matmul"  # whose rule asks for no value
            z = row.forward(self.space, *operands) if again else self.values[node]
        if row.partials:
            return self.fitted(g * row.partials[i](self.space, z, *operands), node, i, lead)
        return row.vjp[i](self.space, g, z, *operands)

    def fitted(self, share: Any, node: int, i: int, lead: int) -> Any:
        """Summed over the axes along which the argument was broadcast."""
        from ..numpy.space import unbroadcast

        wanted = self.shape(self.args[node][i])
        share = (
            self.np.broadcast_to(share, self.np.shape(share)[:lead] + self.shape(node))
            if self.np.ndim(share) < lead + len(self.shape(node))
            else share
        )
        return unbroadcast(self.space, share, wanted, lead) if self.np.shape(share)[lead:] != wanted else share

    def matrix(self, node: int, i: int) -> Any:
        """The local Jacobian [output, input] of one edge between vectors."""
        size = self.values[node].size
        basis = self.np.eye(size).reshape(size, *self.shape(node))
        return self.np.reshape(self.pull(node, i, basis), (size, -1))

    def sweep(self, slip: ArraySlip | None = None) -> dict[str, Any]:
        """The derivative in every named leaf, with the changes of a slip; what it leaves alone is worked out once."""
        pulls, meets = (slip.pulls, slip.meets) if slip else ({}, {})
        arriving: dict[int, list] = {self.output: [self.seed]}
        found, first = {}, not slip and not self.right
        for node in range(self.output, -1, -1):
            shares = [share for share in arriving.pop(node, []) if share is not None]
            if not shares:
                continue
            known, usual = self.right.get(node, ((), None))
            same = node not in meets and len(known) == len(shares) and all(map(is_, known, shares))
            g = usual if same else meets[node](shares) if node in meets else sum(shares[1:], shares[0])
            if first:
                self.right[node] = shares, g
            if g is None:
                continue
            if not self.args[node]:
                if node in self.names:
                    found[self.names[node]] = g
                continue
            for i, arg in enumerate(self.args[node]):
                if isinstance(arg, int) and (self.rows[node].partials or self.rows[node].vjp)[i] is not None:
                    pull = pulls.get((node, i))
                    if same and not pull:
                        share = self.steps[node, i]
                    else:
                        share = pull(self, node, i, g) if pull else self.pull(node, i, g)
                    if first:
                        self.steps[node, i] = share
                    arriving.setdefault(arg, []).append(share)
        return slip.after(self, found) if slip and slip.after else found

    # words

    def text(self, arg: Any) -> str:
        if isinstance(arg, int):
            return self.names.get(arg) or self._formula(arg)
        named = next((name for name, value in self.constants.items() if self.np.array_equal(value, arg.value)), None)
        return named or (
            "c" if self.np.ndim(arg.value) or not isinstance(arg.value, (int, float)) else f"{arg.value:g}"
        )

    def _formula(self, node: int) -> str:
        parts = [
            self.text(arg)
            for arg in self.args[node]
            if isinstance(arg, int) or isinstance(arg.value, (int, float)) or self.np.ndim(arg.value)
        ]
        op = self.rows[node].name if self.args[node] else ""
        return (
            {"matmul": " @ ", "add": " + ", "sub": " - ", "mul": " * ", "div": " / "}.get(op, "").join(parts)
            if len(parts) == 2 and op in ("matmul", "add", "sub", "mul", "div")
            else f"{op}({', '.join(parts)})"
        )

    def ends(self, node: int, i: int) -> tuple[tuple[str, str], ...]:
        """The edge between named values that holds this one."""
        source, target = self.args[node][i], node
        while source not in self.names:
            source = next((arg for arg in self.args[source] if isinstance(arg, int)), None)
            if source is None:
                return ()
        while target not in self.names:
            target = self.uses[target][0][0]
        return ((self.names[source], self.names[target]),)

    def stored(self) -> list[tuple[str, Any]]:
        """The values at hand: those of the graph by position, constants by name."""
        return [(self.text(k), k) for k in range(len(self.values)) if k in self.names or self.args[k]] + [
            (name, name) for name in self.constants
        ]

    def at(self, key: Any) -> Any:
        return self.constants[key] if isinstance(key, str) else self.values[key]


@dataclass(eq=False)
class _Constant:
    value: Any


def compatible(one: ArraySlip, two: ArraySlip) -> bool:
    """Do two slips change different steps, so that they can be made together, the second one perhaps to the
    whole answer?"""
    both = one.after and two.after and two.role != "whole"
    return not (one.pulls.keys() & two.pulls.keys() or one.meets.keys() & two.meets.keys() or both)


def together(made: tuple[ArraySlip, ...]) -> ArraySlip:
    """Several compatible slips as one."""
    if len(made) == 1:
        return made[0]
    one, two = made
    after = one.after or two.after
    if one.after and two.after:
        after = lambda r, found: two.after(r, one.after(r, found))  # noqa: E731
    return ArraySlip(one.kind, one.site, {**one.pulls, **two.pulls}, {**one.meets, **two.meets}, after)


def slips(recording: Recording) -> Iterator[ArraySlip]:
    """Every slip of every kind at every site of a graph, and the same slip at all its sites at once."""
    single = [
        slip
        for node, args in enumerate(recording.args)
        for i, arg in enumerate(args)
        if isinstance(arg, int) and (recording.rows[node].partials or recording.rows[node].vjp)[i] is not None
        for slip in _at_edge(recording, node, i)
    ]
    groups: dict[Any, list[ArraySlip]] = {}
    for slip in single:
        groups.setdefault(slip.key, []).append(slip)
    yield from (s for s in single if not (recording.unrolled and s.key and len(groups[s.key]) > 1))
    for key, same in groups.items():
        if len(same) > 1 and key is not None:
            pulls = {step: pull for slip in same for step, pull in slip.pulls.items()}
            edges = tuple(dict.fromkeys(end for slip in same for end in slip.edges))
            site = f"{key[-1]}, at every step"
            yield ArraySlip(same[0].kind, site, pulls, edges=edges, role="every", rank=same[0].rank)
    yield from _other_steps(recording)
    yield from _at_meetings(recording)
    yield from shared_mutations.at_meetings(recording, ArraySlip)
    yield from _along_chain(recording)
    yield from _after(recording)
    yield from step_mutations.whole_batch(recording, ArraySlip)


def _at_edge(rec: Recording, node: int, i: int) -> Iterator[ArraySlip]:
    np, row, source = rec.np, rec.rows[node], rec.args[node][i]
    what = f"the step from {rec.text(source)} to {rec.text(node)}"
    role = (
        "direct"
        if not rec.args[source] and node == rec.output
        else "inner"
        if not rec.args[source]
        else "outer"
        if node == rec.output
        else "middle"
    )
    values = rec.operands(node)

    def slip(kind: str, site: str, pull: Pull, rank: float = 1, key: tuple | None = None) -> ArraySlip:
        same = (kind, *key) if key else None
        return ArraySlip(
            kind, site, pulls={(node, i): pull}, edges=rec.ends(node, i), role=role, rank=rank, key=same
        )

    yield slip("sign", f"the sign of {what}", lambda r, n, i, g: -r.pull(n, i, g))
    if len(rec.uses[source]) > 1:
        dropped = "direct dropped" if shared_mutations.direct(rec, node, source) else "path dropped"
        yield slip(dropped, f"{what} is missing from the sum", lambda r, n, i, g: None)
        yield slip("path twice", f"{what} is counted twice", lambda r, n, i, g: 2 * r.pull(n, i, g))
    if row.partials:
        yield from _elementwise(rec, node, i, slip, what)
    elif row.name == "matmul" and all(np.ndim(value) == 2 for value in values):
        yield from _products(rec, node, i, slip, what)
    elif np.ndim(rec.values[node]) == 1 and np.ndim(rec.values[source]) == 1 and row.vjp:
        yield from _vector_step(rec, node, i, slip, what)
    yield from shared_mutations.at_step(rec, node, i, slip, what)
    yield from step_mutations.at_step(rec, node, i, slip, what)
    for label, key in rec.stored() if not rec.unrolled else ():
        for j, arg in enumerate(rec.args[node]):
            same = (
                isinstance(arg, int)
                and label != rec.text(arg)
                and np.shape(rec.at(key)) == np.shape(rec.values[arg])
            )
            if same and row.name not in ("add", "sub", "neg", "sum"):
                kind, rank = ELSEWHERE.get(row.name, ("elsewhere", 1.0))
                site = f"{what} is taken at {label} in place of {rec.text(arg)}"
                yield slip(kind, site, _at_other(j, key), rank)


def _at_other(j: int, key: Any) -> Pull:
    """A step with its argument j replaced by another stored value."""

    def pull(r: Recording, n: int, i: int, g: Any) -> Any:
        return r.pull(n, i, g, instead={j: r.at(key)})

    return pull


def _elementwise(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    row = rec.rows[node]
    op = row.name

    def with_slope(rule: Callable) -> Pull:
        def pull(r: Recording, n: int, i: int, g: Any) -> Any:
            return r.fitted(g * rule(r, n), n, i, r.np.ndim(g) - r.np.ndim(r.values[n]))

        return pull

    if op not in ("add", "sub", "neg", "identity"):
        kind = (
            "activation left out"
            if op in ACTIVATIONS
            else "left out"
            if len(rec.args[node]) == 1
            else "factor left out"
        )
        yield slip(
            kind,
            f"the slope of {what} is left out",
            with_slope(lambda r, n: 1.0 + 0 * r.values[n]),
            key=(0, "the slope is left out"),
        )
        yield slip("value", f"the value in place of the slope of {what}", with_slope(lambda r, n: r.values[n]))
        twice = with_slope(lambda r, n: row.partials[i](r.space, r.values[n], *r.operands(n)) ** 2)
        kind, site = ("factor" if op in ("mul", "div") else "slope") + " twice", "the slope is applied twice"
        yield slip(kind, f"the slope of {what} is applied twice", twice, 1.5, key=(op, site))
        if op == "mul":
            yield slip(
                "own value",
                f"{what} takes its own value as the slope",
                with_slope(lambda r, n: r.operands(n)[i]),
            )
    for number, (kind, wrong) in enumerate(WRONG.get(op, ()) if i == 0 else ()):
        yield slip(
            kind,
            what,
            with_slope(lambda r, n, wrong=wrong: wrong(r.np, r.values[n], *r.operands(n))),
            1 if kind == "lost factor" else 1.5,
            key=(number, f"the slope of {op}"),
        )
    if op in ACTIVATIONS and not rec.unrolled:
        for label, key in rec.stored():
            if rec.np.shape(rec.at(key)) == rec.shape(node) and key != node:
                site = f"the slope of {what} is written in {rec.text(node)}, and taken at {label}"
                yield slip("activation elsewhere", site, _written_in(key))


def _written_in(key: Any) -> Pull:
    """A slope that is a formula of the value, fed with another stored value."""

    def pull(r: Recording, n: int, i: int, g: Any) -> Any:
        return r.pull(n, i, g, z=r.at(key))

    return pull


def _vector_step(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """A step g M from one vector to another, M its Jacobian [output, input]; g may have leading axes."""
    np = rec.np

    def step(rule: Callable[[Any, Any], Any]) -> Pull:
        return lambda r, n, i, g: rule(g, r.matrix(n, i))

    yield slip("step left out", f"{what} is left out", step(lambda g, m: g))
    yield slip(
        "upstream left out", f"what arrives at {rec.text(node)} is left out", step(lambda g, m: m.sum(0))
    )
    yield slip("upstream left out", f"what arrives at {rec.text(node)} is left out", step(lambda g, m: m))
    yield slip(
        "transposed factor",
        f"the transpose in {what}",
        step(lambda g, m: g @ m.T),
        key=(0, "the factor is transposed"),
    )
    terms = lambda g, m: g[..., :, None] * m  # noqa: E731  (the shared index last but one)

    def truncated(rows: Any) -> Any:
        total = np.zeros(rows.shape[:-2] + rows.shape[-1:])
        for k in range(rows.shape[-2]):
            total = np.trunc(total + rows[..., k, :])
        return total

    def diagonal(g: Any, m: Any) -> Any:
        kept, out = np.diagonal(m), np.zeros(np.shape(g)[:-1] + m.shape[1:])
        out[..., : kept.size] = g[..., : kept.size] * kept
        return out

    rules = (
        ("entries", "entries are multiplied and not summed in", terms),
        ("entries", "entries are multiplied along the rows in", lambda g, m: g * m),
        ("entries", "only the diagonal is used in", lambda g, m: g * np.diagonal(m)),
        ("entries", "only the diagonal is used in", diagonal),
        ("wrong axis", "the sum runs over the other index in", lambda g, m: terms(g, m).sum(-1)),
        ("wrong axis", "the sum runs over the other index in", lambda g, m: (g * m).sum(0)),
        ("wrong axis", "the sum runs over the other index in", lambda g, m: (g * m).sum(1)),
        ("wrong axis", "the sum runs over both indices in", lambda g, m: terms(g, m).sum((-2, -1))),
        (
            "wrong axis",
            "one sum over both indices is spread over all in",
            lambda g, m: terms(g, m).sum((-2, -1))[..., None] + 0 * m[0],
        ),
        ("left out", "every slope is taken to be 1 in", lambda g, m: g @ np.ones_like(m)),
        ("sign", "the first term has the wrong sign in", lambda g, m: g @ m - 2 * terms(g, m)[..., 0, :]),
        ("sign", "the last term has the wrong sign in", lambda g, m: g @ m - 2 * terms(g, m)[..., -1, :]),
        ("sign", "the second term has the wrong sign in", lambda g, m: g @ m - 2 * terms(g, m)[..., 1, :]),
        ("sign", "the terms alternate in sign in", lambda g, m: (g * (-1.0) ** np.arange(m.shape[0])) @ m),
        ("sign", "signs are lost in", lambda g, m: np.abs(g) @ m),
        ("sign", "signs are lost in", lambda g, m: g @ np.abs(m)),
        ("sign", "signs are lost in", lambda g, m: np.abs(g) @ np.abs(m)),
        ("batch scale", "a mean stands for the sum in", lambda g, m: terms(g, m).mean(-2)),
        ("product of sums", "the sums are multiplied in", lambda g, m: g.sum(-1, keepdims=True) * m.sum(0)),
        ("multiplied", "the paths are multiplied in", lambda g, m: terms(g, m).prod(-2)),
        ("edges added", "slopes are added, not multiplied, in", lambda g, m: (g[..., :, None] + m).sum(-2)),
        ("overwritten", "only the last term is left in", lambda g, m: terms(g, m)[..., -1, :]),
        ("path dropped", "only the last term is left in", lambda g, m: terms(g, m)[..., -1, :]),
        ("path dropped", "only the first term is left in", lambda g, m: terms(g, m)[..., 0, :]),
        ("path dropped", "the last term is missing in", lambda g, m: terms(g, m)[..., :-1, :].sum(-2)),
        ("path dropped", "the first term is missing in", lambda g, m: terms(g, m)[..., 1:, :].sum(-2)),
        (
            "path twice",
            "the last term is counted twice in",
            lambda g, m: terms(g, m).sum(-2) + terms(g, m)[..., -1, :],
        ),
        (
            "path twice",
            "the first term is counted twice in",
            lambda g, m: terms(g, m).sum(-2) + terms(g, m)[..., 0, :],
        ),
        (
            "swapped",
            "each slope meets another one's partner, the order reversed, in",
            lambda g, m: g[..., ::-1] @ m,
        ),
        ("swapped", "each slope meets its neighbour's partner in", lambda g, m: np.roll(g, 1, -1) @ m),
        ("swapped", "each slope meets its neighbour's partner in", lambda g, m: np.roll(g, -1, -1) @ m),
        ("wrong value", "the first row serves for all in", lambda g, m: g.sum(-1, keepdims=True) * m[0]),
        ("wrong value", "the last row serves for all in", lambda g, m: g.sum(-1, keepdims=True) * m[-1]),
        ("wrong value", "the first slope serves for all in", lambda g, m: g[..., :1] * m.sum(0)),
        ("wrong value", "the last slope serves for all in", lambda g, m: g[..., -1:] * m.sum(0)),
        ("truncated", "the running sum is cut to whole numbers in", lambda g, m: truncated(terms(g, m))),
        ("truncated", "the sum is cut to whole numbers in", lambda g, m: np.trunc(g @ m)),
        ("slope twice", "what arrives is multiplied twice in", lambda g, m: (g * g) @ m),
        ("slope twice", "the slope is squared in", lambda g, m: g @ (m * m)),
        ("slope twice", "the slope is applied twice in", lambda g, m: g @ m @ m),
    )
    for number, (kind, words, rule) in enumerate(rules):
        yield slip(kind, f"{words} {what}", step(rule), key=(number, words.removesuffix(" in")))


def _other_steps(rec: Recording) -> Iterator[ArraySlip]:
    """One vector step taken with the Jacobian of another, or every step with the same one."""
    steps = [
        (node, i)
        for node, args in enumerate(rec.args)
        for i, arg in enumerate(args)
        if isinstance(arg, int)
        and rec.rows[node].vjp
        and rec.np.ndim(rec.values[node]) == 1 == rec.np.ndim(rec.values[arg])
    ]
    for other in steps if len(steps) > 1 else ():
        pull = lambda r, n, i, g, other=other: g @ r.matrix(*other)  # noqa: E731
        word = f"the slope of the step to {rec.text(other[0])}"
        for node, i in steps:
            if (node, i) != other:
                yield ArraySlip(
                    "another slope",
                    f"{word} stands for that to {rec.text(node)}",
                    {(node, i): pull},
                    edges=rec.ends(node, i),
                    rank=1.5,
                )
        edges = tuple(end for step in steps for end in rec.ends(*step))
        yield ArraySlip(
            "another slope", f"{word} stands for all", dict.fromkeys(steps, pull), edges=edges, rank=1.5
        )


def _products(rec: Recording, node: int, i: int, slip: Callable, what: str) -> Iterator[ArraySlip]:
    """A step through a matrix product, G Bᵀ or Aᵀ G: the factors transposed, exchanged, or multiplied entry by
    entry."""

    def factors(r: Recording, n: int, g: Any) -> tuple[Any, Any]:
        a, b = r.operands(n)
        return (g, b.T) if i == 0 else (a.T, g)

    def step(rule: Callable[[Any, Any], Any]) -> Pull:
        return lambda r, n, i, g: rule(*factors(r, n, g))

    yield slip(
        "transposed factor",
        f"the transpose in {what}",
        step((lambda p, q: p @ q.T) if i == 0 else (lambda p, q: p.T @ q)),
    )
    yield slip("order", f"the factors of {what} are exchanged", step(lambda p, q: q @ p))
    yield slip(
        "order",
        f"the factors of {what} are exchanged",
        step((lambda p, q: q.T @ p) if i == 0 else (lambda p, q: q @ p.T)),
    )
    yield slip("result transposed", f"the result of {what} is transposed", step(lambda p, q: (p @ q).T))
    yield slip("entries", f"entries are multiplied in {what}", step(lambda p, q: p * q))
    yield slip(
        "entries",
        f"entries are multiplied in {what}",
        step((lambda p, q: p * q.T) if i == 0 else (lambda p, q: p.T * q)),
    )
    ones = rec.np.ones_like
    yield slip(
        "upstream left out",
        f"what arrives at {rec.text(node)} is left out",
        step((lambda p, q: ones(p) @ q) if i == 0 else (lambda p, q: p @ ones(q))),
    )
    yield slip(
        "upstream left out",
        f"what arrives at {rec.text(node)} is left out",
        step((lambda p, q: q) if i == 0 else (lambda p, q: p)),
    )
    yield slip(
        "left out",
        f"the other factor of {what} is left out",
        step((lambda p, q: p) if i == 0 else (lambda p, q: q)),
    )
    yield slip(
        "own value",
        f"{what} takes its own factor",
        lambda r, n, i, g: g @ r.operands(n)[0].T if i == 0 else r.operands(n)[1].T @ g,
    )


def _at_meetings(rec: Recording) -> Iterator[ArraySlip]:
    for node, uses in rec.uses.items():
        if len(uses) > 1:
            name, edges = rec.text(node), tuple(end for n, i in uses for end in rec.ends(n, i))
            yield ArraySlip(
                "overwritten",
                f"only the last contribution to {name} is left",
                meets={node: lambda shares: shares[-1]},
                edges=edges,
                role="" if rec.args[node] else "use",
            )
            yield ArraySlip(
                "overwritten",
                f"only the first contribution to {name} is left",
                meets={node: lambda shares: shares[0]},
                edges=edges,
                role="" if rec.args[node] else "use",
            )


def _along_chain(rec: Recording) -> Iterator[ArraySlip]:
    """Where one path leads from the only leaf to the output through vectors: the product of Jacobians as a
    whole."""
    steps, node = [], rec.output
    while rec.args[node]:
        inputs = [i for i, arg in enumerate(rec.args[node]) if isinstance(arg, int)]
        if len(inputs) != 1:
            return
        steps.append((node, inputs[0]))
        node = rec.args[node][inputs[0]]
    if (
        any(rec.np.ndim(rec.values[n]) > 1 for n in range(len(rec.values)))
        or len(steps) < 2
        or node not in rec.names
    ):
        return
    leaf, count = rec.names[node], len(steps)
    seeded = rec.np.ndim(rec.seed) < 2 and rec.np.ndim(rec.values[rec.output]) == 1

    def matrices(r: Recording) -> list:
        return [r.matrix(n, i) for n, i in steps]

    def whole(kind: str, site: str, rule: Callable[[list], Any], rank: float = 1) -> ArraySlip:
        def after(r: Recording, found: dict) -> dict:
            result = rule(matrices(r))
            return {
                leaf: r.seed @ result if seeded else result[0] if r.np.ndim(r.values[r.output]) == 0 else result
            }

        edges = tuple(end for n, i in steps for end in rec.ends(n, i))
        return ArraySlip(kind, site, after=after, edges=edges, rank=rank)

    def multiplied(factors: list) -> Any:
        result = factors[0]
        for factor in factors[1:]:
            result = result @ factor
        return result

    def chosen(rule: Callable[[list], Any]) -> Callable[[list], Any]:
        return lambda m: multiplied(rule(m))

    for order in permutations(range(count)) if count < 5 else [tuple(range(count))[::-1]]:
        if list(order) != sorted(order):
            yield whole(
                "order",
                "the factors stand in another order",
                chosen(itemgetter(*order)),
            )
    yield whole("transposed factor", "every factor is transposed", lambda m: multiplied([k.T for k in m]))
    yield whole(
        "transposed factor",
        "every factor is transposed, in the other order",
        lambda m: multiplied([k.T for k in m[::-1]]),
    )
    if rec.np.ndim(rec.values[rec.output]) == 0 and count > 2:  # the first factor is what arrives
        yield from (whole(kind, site, chosen(rule), 2) for kind, site, rule in FOLDS)
    yield whole(
        "order without upstream",
        "the factors stand in the other order, without the first",
        lambda m: multiplied(m[:0:-1]),
    )
    yield whole(
        "order without upstream",
        "the factors stand in the other order, without the first",
        lambda m: multiplied(m[:0:-1]).sum(0),
    )
    yield whole("edges added", "the factors are added", lambda m: sum(m[1:], m[0]))
    yield whole(
        "entries", "the factors are multiplied entry by entry", lambda m: rec.np.prod(rec.np.array(m), axis=0)
    )
    for cut in range(1, count):
        yield whole(
            "cut short",
            f"the product stops after {cut} of {count} factors",
            chosen(itemgetter(slice(cut))),
        )
        yield whole(
            "outer left out",
            f"the first {cut} of {count} factors are left out",
            chosen(itemgetter(slice(cut, None))),
        )


FOLDS: tuple[tuple[str, str, Callable[[list], list]], ...] = (  # two slips in one loop over the factors
    ("started anew", "every step starts anew: only the last factor is left", lambda m: [m[0], m[-1]]),
    ("order transposed", "the factors are transposed, in the other order",
     lambda m: [m[0], *(k.T for k in m[:0:-1])]),
    ("order cut short", "the factors stand in the other order, one left off", lambda m: [m[0], *m[:1:-1]]),
    ("order cut short", "the factors stand in the other order, one left off", lambda m: [m[0], *m[-2:0:-1]]),
    ("order without upstream", "the factors stand in the other order, ones in front",
     lambda m: [0 * m[0] + 1, *m[:0:-1]]),
    ("cut without upstream", "ones stand in front, and one factor is left off", lambda m: [0 * m[0] + 1, *m[1:-1]]),
)


def _after(rec: Recording) -> Iterator[ArraySlip]:
    """The right answer, spoiled as a whole."""
    np = rec.np

    def every(rule: Callable[[Any], Any]) -> Callable[..., dict]:
        return lambda r, found: {name: rule(np.asarray(value)) for name, value in found.items()}

    yield ArraySlip("sign", "the sign of the whole answer", after=every(lambda v: -v), role="whole")
    yield ArraySlip("factor", "the whole answer is doubled", after=every(lambda v: 2 * v), role="whole")
    yield ArraySlip("factor", "the whole answer is halved", after=every(lambda v: v / 2), role="whole")
    for cut in (np.trunc, np.floor, np.rint):
        yield ArraySlip("truncated", "the fraction is cut off", after=every(cut), role="whole")
    yield ArraySlip(
        "result transposed", "the whole answer is transposed", after=every(lambda v: v.T), role="whole"
    )
    yield ArraySlip(
        "diagonal", "only the diagonal is kept", after=every(lambda v: np.diag(np.diagonal(v))), role="whole"
    )
    yield ArraySlip(
        "diagonal", "only the diagonal is returned, as a vector", after=every(np.diagonal), role="whole"
    )
    sized: list[tuple[str, Any]] = [(name, k) for k, name in rec.names.items()]
    for name, key in [*sized, *((name, name) for name in rec.constants)]:
        for axis in range(np.ndim(rec.at(key))):
            for kind, power in (("divided by", -1), ("multiplied by", 1)):

                def scaled(r: Recording, found: dict, key=key, axis=axis, power=power) -> dict:
                    return {leaf: value * float(np.shape(r.at(key))[axis]) ** power for leaf, value in found.items()}

                yield ArraySlip(
                    "batch scale",
                    f"the whole answer is {kind} the length of axis {axis} of {name}",
                    after=scaled,
                    role="whole",
                )
