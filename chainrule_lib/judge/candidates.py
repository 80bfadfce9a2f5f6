"""What every slip would answer: the candidates of each block, single slips and pairs, with their names.

On numbers all candidates are worked out at once, as columns; on arrays each when somebody asks. Both are kept
for as long as their probes are, so a class pays for them once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Any, cast

from ..study.array_mutations import ArraySlip, Recording, compatible, slips, together
from ..study.mutations import Mutations, Override, Slip
from .answering import MENU, realise
from .graphs import handed, letter, trace, truth
from .task import Extra, Task

if TYPE_CHECKING:
    from .decide import Plan

APART = 1e-4  # a candidate counts only if it differs from the truth by more than this
NEAR_ZERO = 1e-11
ENOUGH = 3  # probes at which a candidate must have a value
COMMON = (
    "sign",
    "factor",
    "result transposed",
    "batch scale",
    "update",
)  # spoil an array as a whole, beside another slip
STEPS = (
    "activation left out",
    "activation elsewhere",
    "path dropped",
    "direct dropped",
    "overwritten",
    "held constant",
    "transposed factor",
    "upstream left out",
    "factor left out",
    "gate",
    "unsummed",
    "wrong value",
    "lost factor",
    "batch scale",
    "one row",
    "sign",
)  # spoil one step, beside another slip in another step

MANY = 60  # slips of a task's own, above which they are paired only with what another block shows

# What each kind of slip is called; several ids: the numbers cannot tell. A key (kind, role) wins over the kind.
NAMES: dict[Any, tuple[str, ...]] = {
    "path dropped": ("M02",),
    "overwritten": ("M03",),
    "direct dropped": ("M14",),
    "held fixed": ("M13",),
    "path twice": ("M22",),
    "multiplied": ("M15",),
    "edges added": ("M18",),
    "product of sums": ("M16",),
    "cut short": ("M37",),
    "swapped": ("M17",),
    "product rule": ("M19",),
    "exchanged": ("M50",),
    "renamed": ("M50",),
    "transposed": ("M04", "M12"),
    "exchanged arguments": ("M07", "M50"),
    "sign": ("M10",),
    "factor": ("M11",),
    "truncated": ("M46",),
    "value": ("M44",),
    "bare speed": ("M20",),
    "left out": ("M01",),
    ("exchanged", "alone"): ("M40",),
    ("left out", "outer"): ("M20",),
    ("left out", "direct"): ("M44",),
    "inner factor": ("M01",),
    "factor left out": ("M44", "M01"),
    ("factor left out", "outer"): ("M44",),
    "outer left out": ("M20", "M44"),
    "activation left out": ("M09",),
    "activation elsewhere": ("M08",),
    "elsewhere": ("M07",),
    "wrong value": ("M40",),
    "another slope": ("M40",),
    "own value": ("M25",),
    "slope twice": ("M31",),
    "lost factor": ("M44",),
    "elementary": ("M44",),
    "sign inside": ("M44", "M10"),
    "reciprocal": ("M44",),
    "term lost": ("M44", "M02", "M03"),
    "order without upstream": ("M20+M27",),
    "order transposed": ("M04+M27",),
    "order cut short": ("M27+M37",),
    "cut without upstream": ("M20+M37",),
    "started anew": ("M37", "M03"),
    ("one term", "inner"): ("M01",),
    ("one term", "outer"): ("M20",),
    "product of slopes": ("M15", "M44"),
    "transposed factor": ("M04",),
    "step left out": ("M37", "M20", "M01"),
    ("step left out", "inner"): ("M37", "M01"),
    "order": ("M27",),
    "result transposed": ("M28",),
    "entries": ("M26",),
    "diagonal": ("M29",),
    "wrong axis": ("M12",),
    "batch scale": ("M06",),
    "unsummed": ("M05",),
    "one row": ("M47",),
    "upstream left out": ("M20",),
    "last row": ("M03", "M47"),
    "gate": ("M32",),
    "row gate": ("M32", "M12"),
    "gate alone": ("M20+M32",),
    "factor twice": ("M31",),
    "held constant": ("M49",),
}
# Where the first fits as well as the second, the first is the better name.
BEATS = {
    ("M25", "M50"),
    ("M14", "M02"),
    ("M07", "M40"),
    ("M08", "M40"),
    ("M08", "M07"),
    ("M09", "M01"),
    ("M25", "M40"),
    ("M44", "M40"),
    *(("M49", name) for name in ("M01", "M02", "M03", "M12", "M14", "M20", "M44")),
}


@cache
def catalogue() -> dict[str, dict]:
    """The misconceptions by id: name, student (a sentence), chapter, hand_check, tasks, confused_with, and
    more."""
    text = (resources.files(__package__) / "misconceptions.json").read_text(encoding="utf-8")
    return {entry["id"]: entry for entry in json.loads(text)}


def names(slip: Any, task: Task) -> tuple[str, ...]:
    """The ids of a slip, as the task calls it or as everybody does; more than one where its numbers have more
    than one story."""
    if slip.role == "extra":
        return (slip.kind,)
    near = [key for key in task.names if isinstance(key, tuple) and key[0] == "at"] if task.arrays else []
    for key in near:  # every slip in a step to or from this value has one name
        if slip.edges and all(key[1] in ends for ends in slip.edges):
            return task.names[key]
    for table in (task.names, NAMES):
        for key in ((slip.kind, slip.role), slip.kind):
            if key in table:
                return table[key]
    raise KeyError(slip.kind)


@dataclass(frozen=True)
class Candidate:
    """One explanation of one block: the slips it is made of (one or two) and their ids, as alternatives."""

    slips: tuple
    alternatives: tuple[tuple[str, ...], ...]
    rank: float


def single(task: Task, slip: Any) -> Candidate:
    """One slip as a candidate; an id may be two joined by a plus sign."""
    return Candidate((slip,), tuple(tuple(name.split("+")) for name in names(slip, task)), slip.rank)


def double(task: Task, one: Any, two: Any) -> Candidate:
    """Two slips made at once."""
    named = [[name for name in names(slip, task) if "+" not in name] for slip in (one, two)]
    pairs = tuple(dict.fromkeys(tuple(sorted({a, b})) for a, b in product(*named)))
    return Candidate((one, two), pairs, one.rank + two.rank)


@dataclass
class Table:
    """The candidates of one block that is a number: `values[i]` is what candidate i would answer, by probe."""

    candidates: list[Candidate]
    values: Any

    def matches(self, answer: Any, tolerance: float) -> list[int]:
        """The candidates that give the answer wherever there is one (nan where there is none)."""
        import numpy

        known = numpy.isfinite(answer)
        values = self.values[:, known]
        near = numpy.abs(values - answer[known]) <= tolerance * numpy.abs(values) + NEAR_ZERO
        return numpy.nonzero(near.all(axis=1))[0].tolist()


class ArrayTable:
    """The candidates of one block that is an array: each is worked out at a probe when somebody asks."""

    def __init__(self, plan: Plan, block: str, candidates: Iterable[Candidate], laws: Iterable[Extra] = ()):
        self.plan, self.block, self.candidates, self.laws = plan, block, list(candidates), list(laws)
        self.usual = len(self.candidates)
        self.candidates += [single(plan.task, Slip(law.id, "extra", law.site, (), None)) for law in self.laws]
        self._known: dict[tuple[int, int], Any] = {}

    def at(self, i: int, probe: int) -> Any:
        """What candidate i would answer at a probe; None where shapes do not fit or a number has no value."""
        import numpy

        if (i, probe) not in self._known:
            with numpy.errstate(all="ignore"):
                try:
                    found = numpy.asarray(self._value(self.candidates[i].slips, probe), float)
                except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError):
                    found = None
            self._known[i, probe] = found
        return self._known[i, probe]

    def _value(self, made: tuple, probe: int) -> Any:
        task, last = self.plan.task, made[-1]
        if task.derive or isinstance(made[0], Slip):
            found = made[0].values(probe) if isinstance(made[0], Slip) else self.plan.probes[probe].expected[self.block]
            return found if isinstance(last, Slip) else last.after(None, {self.block: found})[self.block]
        if not task.finish:
            return swept(self.plan, probe, made)[letter(self.block)]
        cut = last.kind == "truncated"  # what is cut to whole numbers is the answer, not the derivative
        slopes = swept(self.plan, probe, made[:-1] if cut else made)
        found = task.finish([realise(a) for a in self.plan.probes[probe].arguments], slopes)
        return (last.after(None, found) if cut else found)[self.block]

    def matches(self, answer: list, tolerance: float) -> list[int]:
        """The candidates that give the answer wherever there is one (None where there is none)."""
        import numpy

        given = [probe for probe in alike(self.plan) if answer[probe] is not None]
        right = [numpy.asarray(probe.expected[self.block]) for probe in self.plan.probes]

        def on_line(i: int) -> bool:
            """Does one number, the same at all probes, take what the slip adds to what the answer adds?"""
            measure = None
            for probe in given:
                more = self.at(i, probe)
                if more is None or not more.shape == answer[probe].shape == right[probe].shape:
                    return False
                more, found = more - right[probe], answer[probe] - right[probe]
                if measure is None:
                    measure = float((more * found).sum() / max((more * more).sum(), NEAR_ZERO))
                if not _close(right[probe] + measure * more, answer[probe], tolerance):
                    return False
            return bool(measure)

        def fits(i: int) -> bool:
            if getattr(self.candidates[i].slips[0], "line", False):
                return len(self.candidates[i].slips) == 1 and on_line(i)
            return all(_close(self.at(i, probe), answer[probe], tolerance) for probe in given)

        def differs(i: int) -> bool:
            return any(not _close(self.at(i, probe), right[probe], APART) for probe in given)

        def obeys(law: Extra) -> bool:
            probes = [(self.plan.probes[probe], answer[probe]) for probe in given]
            return all(
                value.shape == probe.expected[self.block].shape
                and law.fits is not None
                and law.fits([realise(a) for a in probe.arguments], probe.expected, value)
                for probe, value in probes
            )

        found = [i for i in range(self.usual) if fits(i) and differs(i)]
        return found or [self.usual + k for k, law in enumerate(self.laws) if obeys(law)]


def _close(found: Any, wanted: Any, tolerance: float) -> bool:
    import numpy

    if found is None or found.shape != wanted.shape:
        return False
    return bool(
        numpy.all(numpy.abs(found - wanted) <= tolerance * numpy.abs(wanted).max(initial=0.0) + NEAR_ZERO)
    )


@lru_cache(maxsize=64)
def singles(plan: Plan, block: str) -> Table | ArrayTable:
    """Every single slip that changes one block, and the task's extras."""
    if plan.task.arrays:
        made = [single(plan.task, slip) for slip in array_slips(plan)]
        made += [single(plan.task, _extra(plan, extra, block)) for extra in plan.task.extras if not extra.fits]
        return ArrayTable(plan, block, made, [extra for extra in plan.task.extras if extra.fits])
    return _number_singles(plan, block)


@lru_cache(maxsize=32)
def doubles(plan: Plan, block: str) -> Table | ArrayTable:
    """Every pair of common slips: on arrays one of the two spoils the answer as a whole."""
    if plan.task.arrays and plan.task.derive:
        rules = [_extra(plan, extra, block) for extra in plan.task.extras if "+" not in extra.id]
        both = product(rules, array_slips(plan))
        return ArrayTable(plan, block, (double(plan.task, a, b) for a, b in both))
    if plan.task.arrays:
        usual, special = _telling(plan, block), set(map(id, own(plan)))
        whole = [slip for slip in usual if slip.role == "whole" and slip.kind in COMMON]
        pairs = [(a, b) for a in usual for b in whole if a is not b and compatible(a, b)]
        special = special if len(special) < MANY else set()
        steps = [s for s in usual if s.role != "whole" and (s.kind in STEPS or id(s) in special)]
        pairs += [(a, b) for a, b in combinations(steps, 2) if compatible(a, b)]
        return ArrayTable(plan, block, (double(plan.task, a, b) for a, b in pairs))
    return _number_doubles(plan, letter(block))


def beside(plan: Plan, block: str, known: Iterable[Any]) -> ArrayTable:
    """Every pair of a slip that shows in another block and a common one."""
    special = set(map(id, own(plan)))
    usual = [s for s in _telling(plan, block) if id(s) in special or s.kind in STEPS or s.role == "whole"]
    pairs = [(a, b) for a in known for b in usual if a is not b and isinstance(a, ArraySlip) and compatible(a, b)]
    return ArrayTable(plan, block, (double(plan.task, a, b) for a, b in pairs))


def _telling(plan: Plan, block: str) -> list[ArraySlip]:
    """The common slips that change a block, and of those of one kind that change it alike only one."""
    special, table = set(map(id, own(plan))), cast(ArrayTable, singles(plan, block))
    kept: dict[Any, ArraySlip] = {}
    probes, loop = alike(plan)[:2], recordings(plan)[0].unrolled
    for k, slip in enumerate(array_slips(plan)):
        if slip.rank != 1 or loop and slip.role not in ("every", "use", "whole") and id(slip) not in special:
            continue  # a slip in a loop is made every time
        values = [table.at(k, probe) for probe in probes]
        known = [(v, plan.probes[p].expected[block]) for v, p in zip(values, probes) if v is not None]
        if any(not _close(value, right, APART) for value, right in known):
            alike_values = tuple(None if v is None else (v.shape, v.round(9).tobytes()) for v in values)
            kept.setdefault((slip.kind, slip.role == "whole", alike_values), slip)
    return list(kept.values())


def _extra(plan: Plan, extra: Extra, block: str) -> Slip:
    """A task's extra as a slip whose values are worked out at a probe when somebody asks."""

    def value(probe: int) -> Any:
        arguments = plan.probes[probe].arguments
        if extra.answer:
            return extra.answer(handed(arguments), plan.probes[probe].expected)[block]
        return truth(plan.task, arguments, extra.forward)[block]

    return Slip(extra.id, "extra", extra.site, (), value, extra.rank)


# arrays


@lru_cache(maxsize=32)
def recordings(plan: Plan) -> tuple[Recording, ...]:
    """The graphs of a task on arrays, one a probe."""
    import numpy

    made = []
    for probe in plan.probes:
        output, leaves = trace(plan.task, probe.arguments)
        values = {
            name: realise(a) for name, a in zip(plan.task.parameters, probe.arguments) if name not in leaves
        }
        arrays = {
            name: value for name, value in values.items() if isinstance(value, (int, float, numpy.ndarray))
        }
        made.append(Recording(output, numpy.eye(output.value.size) if plan.task.jacobian else 1.0, arrays))
    return tuple(made)


@lru_cache(maxsize=32)
def alike(plan: Plan) -> tuple[int, ...]:
    """The probes whose graph has the form of the first one: a loop over time may be longer at another."""
    if plan.task.derive:
        return tuple(range(len(plan.probes)))
    forms = [[row and row.name for row in recording.rows] for recording in recordings(plan)]
    return tuple(probe for probe, form in enumerate(forms) if form == forms[0])


@lru_cache(maxsize=4096)
def _swept(plan: Plan, probe: int, slip: int) -> dict[str, Any]:
    """The derivatives of all leaves with one slip, which all blocks share."""
    return recordings(plan)[probe].sweep(array_slips(plan)[slip])


def swept(plan: Plan, probe: int, made: tuple) -> dict[str, Any]:
    """The derivatives of all leaves with these slips; what spoils an answer as a whole comes last."""
    recording, place = recordings(plan)[probe], _places(plan)
    if not made:
        return recording.sweep()
    if len(made) == 1:
        return _swept(plan, probe, place[id(made[0])])
    if made[1].role == "whole":
        return made[1].after(recording, _swept(plan, probe, place[id(made[0])]))
    return recording.sweep(together(made))


@lru_cache(maxsize=32)
def _places(plan: Plan) -> dict[int, int]:
    return {id(slip): k for k, slip in enumerate(array_slips(plan))}


@lru_cache(maxsize=32)
def own(plan: Plan) -> tuple[ArraySlip, ...]:
    """The slips of this task's own."""
    return tuple(plan.task.slips(recordings(plan)[0])) if plan.task.slips else ()


@lru_cache(maxsize=32)
def array_slips(plan: Plan) -> tuple[ArraySlip, ...]:
    """The slips on arrays that have a name in this task."""
    made = [slip for slip in chain(own(plan), slips(recordings(plan)[0])) if names(slip, plan.task)]
    if plan.task.derive:  # each probe has a graph of its own, and its edges are not those of another
        made = [slip for slip in made if slip.role == "whole" and slip.kind in ("sign", "factor", "truncated")]
    return tuple(made)


# numbers


@lru_cache(maxsize=32)
def family(plan: Plan) -> Mutations:
    """The graph of a task on numbers, on all probes of the plan."""
    leaves = {block.wrt for block in plan.task.blocks}
    constants = {
        letter(parameter): [probe.arguments[i] for probe in plan.probes]
        for i, parameter in enumerate(plan.task.parameters)
        if parameter not in leaves and _is_number(plan.probes[0].arguments[i])
    }
    return Mutations((trace(plan.task, probe.arguments)[0] for probe in plan.probes), constants)


@lru_cache(maxsize=32)
def overrides(plan: Plan) -> tuple[Override, ...]:
    """The slips in slopes of a task on numbers; none where its answer is made from derivatives by hand."""
    return () if plan.task.derive else tuple(family(plan).overrides())


def _is_number(argument: Any) -> bool:
    return isinstance(argument, (int, float))


def _number_singles(plan: Plan, block: str) -> Table:
    import numpy

    graphs, leaf = family(plan), letter(block)
    right = numpy.array([probe.expected[block] for probe in plan.probes])
    candidates, rows = [], []
    for slip, values in _all_singles(plan, graphs, block, leaf):
        values = numpy.broadcast_to(numpy.asarray(values, float), right.shape)
        known = numpy.isfinite(values)
        if known.sum() < ENOUGH or numpy.abs(values[known]).max() < NEAR_ZERO:
            continue
        if (numpy.abs(values - right) > APART * numpy.abs(right))[known].any():
            candidates.append(single(plan.task, slip))
            rows.append(values)
    return Table(candidates, numpy.array(rows).reshape(len(rows), right.size))


def _all_singles(plan: Plan, graphs: Mutations, block: str, leaf: str) -> Iterator[tuple[Any, Any]]:
    """Each slip with its answers: in the slopes, in their combination, in the arguments, and the task's own."""
    for slip in overrides(plan):
        yield slip, graphs.total(leaf, graphs.with_columns(slip.columns))
    for rule in graphs.rules(leaf) if not plan.task.derive else ():
        yield rule, rule.combine(graphs.columns)
    for kind, site, changed in _changed_arguments(plan):
        yield (
            Slip(kind, "arguments", site, (), None, 1.5),
            graphs.each(lambda a: truth(plan.task, a)[block], changed),
        )
    for extra in plan.task.extras:
        own = _extra(plan, extra, block)
        yield own, graphs.each(own.values, range(len(plan.probes)))


def _changed_arguments(plan: Plan) -> Iterator[tuple[str, str, list[list]]]:
    """Two arguments of one kind exchanged; numbers cut to whole ones: kind, site, the arguments by probe."""
    first, parameters = plan.probes[0].arguments, plan.task.parameters
    numbers = [i for i, argument in enumerate(first) if _is_number(argument)]
    for i, j in combinations(range(len(first)), 2) if not plan.task.derive else ():
        if _kind(first[i]) == _kind(first[j]):
            site = f"the arguments {parameters[i]} and {parameters[j]} are taken in the other order"
            exchange = {i: j, j: i}
            yield (
                "exchanged",
                site,
                [[p.arguments[exchange.get(k, k)] for k in range(len(first))] for p in plan.probes],
            )
    for chosen in [*({i} for i in numbers), set(numbers)]:
        words = " and ".join(parameters[i] for i in sorted(chosen))
        cut = [[int(a) if i in chosen else a for i, a in enumerate(p.arguments)] for p in plan.probes]
        yield "truncated", f"{words} cut to whole numbers", cut


def _kind(argument: Any) -> str:
    """What an argument could be mistaken for: another number, or another function of as many variables."""
    return "a number" if _is_number(argument) else MENU[argument["call"]][0]


def _number_doubles(plan: Plan, leaf: str) -> Table:
    """Two slopes wrong at once, one slope twice wrong, or a slope and the combination, group by group."""
    import numpy

    graphs, task, size = family(plan), plan.task, len(plan.probes)
    candidates: list[Candidate] = []
    blocks: list[Any] = []
    used = {k for path in graphs.paths(leaf) for k in path}
    groups: dict[frozenset, list[Override]] = {}
    for slip in overrides(plan):
        if slip.rank == 1 and slip.edges & used and all(numpy.isfinite(c).all() for c in slip.columns.values()):
            groups.setdefault(slip.edges, []).append(slip)
    stacks = {
        edges: {k: numpy.array([s.columns[k] for s in made]) for k in edges} for edges, made in groups.items()
    }

    def add(pairs: Iterable[Candidate], values: Any, *shape: int) -> None:
        candidates.extend(pairs)
        blocks.append(numpy.broadcast_to(values, (*shape, size)).reshape(-1, size))

    for first, second in combinations(groups, 2):
        if not first & second:
            one = {k: column[:, None, :] for k, column in stacks[first].items()}
            two = {k: column[None, :, :] for k, column in stacks[second].items()}
            total = graphs.total(leaf, graphs.with_columns(one | two))
            pairs = (double(task, a, b) for a in groups[first] for b in groups[second])
            add(pairs, total, len(groups[first]), len(groups[second]))
    rules = [rule for rule in graphs.rules(leaf) if rule.rank == 1] if groups else []
    for edges, made in groups.items():
        columns = graphs.with_columns(stacks[edges])
        for rule in rules:
            add((double(task, slip, rule) for slip in made), rule.combine(columns), len(made))
    for a, b, both in graphs.two_in_one(list(overrides(plan))):
        if set(both) & used:
            add([double(task, a, b)], graphs.total(leaf, graphs.with_columns(both)), 1)
    return Table(candidates, numpy.concatenate(blocks) if blocks else numpy.empty((0, size)))
