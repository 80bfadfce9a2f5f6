"""Name the slip: which single slip, and if none fits which pair of slips, gives exactly the student's numbers.

A slip matches a block when it gives the student's number at every probe; it is named only then, never because
it is the nearest. Slips that no probe tells apart are reported together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from .. import engine
from .candidates import APART, BEATS, ENOUGH, ArrayTable, Candidate, Table, beside, doubles, family, singles
from .graphs import trace
from .reading import Reading
from .source import Facts

if TYPE_CHECKING:
    from .decide import Plan, Verdict

MATCH, MATCH_LOOSE = 1e-7, 3e-6
ENOUGH_ARRAYS = 2  # arrays, below which nothing is named; of numbers, ENOUGH
MOST = {1: 4, 2: 6}  # alternatives that are still worth reading, of one slip and of two


def _prefer(alternatives: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Each alternative once, without those that a better name beats."""
    found = list(dict.fromkeys(alternatives))
    single = {names[0] for names in found if len(names) == 1}
    return [
        names for names in found if len(names) > 1 or not any((better, names[0]) in BEATS for better in single)
    ]


def _break(found: list[tuple[str, ...]], known: Facts) -> list[tuple[str, ...]]:
    """What the text says about an overwritten sum: it orders or shortens a tie, and never makes a name."""
    overwritten = [names for names in found if "M03" in names]
    others = [names for names in found if "M03" not in names]
    if overwritten and others and known.readable:
        if known.overwrites:
            return [*overwritten, *others]
        if known.straight:
            return others
    return found


def _ids(candidates: Iterable[Candidate]) -> list[tuple[str, ...]]:
    return [names for candidate in candidates for names in candidate.alternatives]


def _matches(table: Table | ArrayTable, answer: Any, tolerance: float, alone: bool = True) -> list[Candidate]:
    """The matching candidates, commonest first. One block that equals another's derivative is an exchange only
    if both are wrong."""
    found = [table.candidates[i] for i in table.matches(answer, tolerance)]
    if alone:
        found = [
            replace(c, alternatives=(("M40",),), rank=2) if c.slips[0].role == "block" else c for c in found
        ]
    return sorted(found, key=lambda candidate: candidate.rank)


def _lowest(found: list[Candidate]) -> list[Candidate]:
    return [candidate for candidate in found if candidate.rank == found[0].rank]


def diagnose(
    verdict: Verdict,
    plan: Plan,
    readings: dict[int, list[Reading]],
    known: Facts,
    changed: bool,
    unsteady: bool,
) -> None:
    """Fill in the diagnosis of a wrong answer, and the explanations to show for it."""
    if changed:
        verdict.diagnosis = [("M24",)]
        if "M41" not in {extra.id for extra in plan.task.extras}:
            return  # a recipe that leaves its x changed is named for more than that
    answers, loose = _answers(plan, readings)
    wrong = [
        block.wrt for block in plan.task.blocks if any(block.wrt in record.wrong for record in verdict.probes)
    ]
    if unsteady:
        verdict.diagnosis = [("M23",)]
        _beside_stale(verdict, plan, answers, wrong)
        return
    if plan.task.seen or plan.task.behaviour:
        bad = [found[0] for found in readings.values() if found[0].seen]
        verdict.diagnosis = _seen([reading.seen for reading in bad])
        return
    if any(key not in answers for key in wrong):
        return
    wrong = [key for key in wrong if not _right(plan, key, answers[key])]
    if not wrong:
        return
    constant = any(_constant(answers[key]) for key in wrong)
    whole = plan.task.arrays and all(key in found[0].whole for found in readings.values() for key in wrong)
    if (whole or not constant) and all(_cut(plan, key, answers[key]) for key in wrong):
        verdict.diagnosis = [("M46",)]
        return
    if constant and not whole and not (plan.task.derive and plan.task.arrays):
        return
    tolerance = MATCH_LOOSE if loose else MATCH
    single = {
        key: _matches(singles(plan, key), answers[key], tolerance, alone=len(wrong) == 1) for key in wrong
    }
    if constant and whole:  # nothing is left of small numbers when they are cut to whole ones
        single = {key: [c for c in found if c.slips[0].kind == "truncated"] for key, found in single.items()}
    found, sites = _one_slip(single)
    if (
        not found
        and not plan.task.arrays
        and (other := _another_question(plan, [answers[key] for key in wrong], tolerance))
    ):
        verdict.remarks.append(other)
        return
    if not found and not constant:
        found, sites = _two_slips(plan, single, answers, tolerance)
    found = _break(_prefer(found), known)
    if changed:
        found = [names for names in found if "M41" in names]
    if found and len(found) <= MOST[max(map(len, found))]:
        verdict.diagnosis = found
        verdict.explanations = [
            e for e in sites if any(set(ids) <= set(names) for ids in e.alternatives for names in found)
        ]


def _right(plan: Plan, block: str, answer: Any) -> bool:
    """Is an array right wherever there is one, so that what is wrong is another block, or no answer at all?"""
    import numpy

    pairs = [(a, probe.expected[block]) for a, probe in zip(answer, plan.probes) if a is not None]
    return plan.task.arrays and all(
        numpy.shape(a) == numpy.shape(r) and numpy.allclose(a, r, rtol=0, atol=1e-4 * numpy.abs(r).max(initial=0.0) + 1e-9)
        for a, r in pairs
    )


def _cut(plan: Plan, block: str, answer: Any) -> bool:
    """Is it the right answer cut to whole numbers, in one way at every probe?"""
    import numpy

    pairs = [(a, probe.expected[block]) for a, probe in zip(answer, plan.probes) if numpy.all(a == a) and a is not None]
    return any(
        all(numpy.shape(a) == numpy.shape(r) and numpy.array_equal(a, cut(r)) for a, r in pairs)
        for cut in (numpy.trunc, numpy.floor, numpy.rint)
    ) and any(numpy.abs(r - numpy.rint(r)).max(initial=0.0) > APART for _, r in pairs)


def _seen(shown: list[set]) -> list[tuple[str, ...]]:
    """What the answers show by themselves: one name that fits all of them, with its rival where some fit two."""
    common, every = set.intersection(*shown) if shown else set(), set().union(*shown)
    ids = {name for names in every for name in names}
    if common:
        return sorted(every if len(every) == 2 and every == {(name,) for name in ids} else common)
    return [tuple(sorted(ids))] if len(ids) == 2 else []


def _beside_stale(verdict: Verdict, plan: Plan, answers: dict, wrong: list[str]) -> None:
    """Another slip in the first answers, beside what is left from earlier calls, makes a pair."""
    import numpy

    for key in wrong if all(key in answers and plan.task.arrays for key in wrong) else ():
        right = [probe.expected[key] for probe in plan.probes]
        if all(v is None or numpy.shape(v) == numpy.shape(r) and numpy.allclose(v, r) for v, r in zip(answers[key], right)):
            wrong = [other for other in wrong if other != key]
    if wrong and all(key in answers and not _constant(answers[key]) for key in wrong) and plan.task.arrays:
        found, sites = _one_slip({key: _matches(singles(plan, key), answers[key], MATCH) for key in wrong})
        pairs = [tuple(sorted(("M23", ids[0]))) for ids in _prefer(found) if len(ids) == 1]
        if pairs and len(pairs) <= MOST[2]:
            verdict.diagnosis, verdict.explanations = pairs, sites


def _another_question(plan: Plan, columns: list, tolerance: float) -> str:
    """A sentence where the answers are values of the graph, or the derivative in another argument; else
    nothing."""
    import numpy

    def same(answer: Any, column: Any) -> bool:
        known = numpy.isfinite(answer)
        return bool(
            numpy.allclose(answer[known], numpy.asarray(column, float)[known], rtol=tolerance, atol=1e-11)
        )

    graphs = family(plan)
    seen = [
        next((name for k, name in graphs.names.items() if same(column, graphs.values[k])), None)
        for column in columns
    ]
    if all(seen):
        return f"Your function returns {' and '.join(map(str, seen))}: values, where derivatives are asked."
    for parameter in graphs.constants if len(columns) == 1 else ():
        slopes = []
        for probe in plan.probes:
            output, leaves = trace(plan.task, probe.arguments, also=parameter)
            slopes.append(engine.sweep(output).get(leaves[parameter], 0.0))
        if same(columns[0], slopes):
            asked = plan.task.blocks[0].wrt
            return f"Your function returns the derivative in {parameter}; the one in {asked} is asked."
    return ""


def _answers(plan: Plan, readings: dict[int, list[Reading]]) -> tuple[dict[str, Any], bool]:
    """The student's numbers by block, one a probe and nan where there is none; and whether they are of low
    precision."""
    import numpy

    answers: dict[str, Any] = {}
    loose = False
    for block in plan.task.blocks if plan.task.arrays else ():
        arrays = [
            next((_array(r.found[block.wrt]) for r in readings[i] if block.wrt in r.found), None)
            for i in range(len(plan.probes))
        ]
        loose |= any(block.wrt in r.loose for found in readings.values() for r in found)
        if sum(value is not None for value in arrays) >= ENOUGH_ARRAYS:
            answers[block.wrt] = arrays
    for block in plan.task.blocks if not plan.task.arrays else ():
        first = [next((r for r in readings[i] if r.kind == "value"), None) for i in range(len(plan.probes))]
        column = numpy.array([reading.blocks[block.wrt] if reading else numpy.nan for reading in first])
        loose |= any(reading and block.wrt in reading.loose for reading in first)
        if numpy.isfinite(column).sum() >= ENOUGH:
            answers[block.wrt] = column
    return answers, loose


def _array(found: tuple) -> Any:
    import numpy

    shape, numbers = found
    return numpy.array(numbers, float).reshape(shape)


def _constant(answer: Any) -> bool:
    """The same number at every probe says nothing about the graph, though a slip may give it by cancellation."""
    if isinstance(answer, list):
        return len({number for value in answer if value is not None for number in value.ravel().tolist()}) < 2
    known = answer[answer == answer]
    return bool((known == known[0]).all())


def _one_slip(single: dict[str, list[Candidate]]) -> tuple[list, list]:
    """One slip for all wrong blocks: the same at the same site, or else of the same name; the commonest that
    fits."""
    by_block = list(single.values())
    same = set.intersection(*({tuple(slip.site for slip in c.slips) for c in found} for found in by_block))
    chosen = [c for c in by_block[0] if tuple(slip.site for slip in c.slips) in same]
    if chosen:
        return _ids(_lowest(chosen)), _lowest(chosen)
    for rank in sorted({c.rank for found in by_block for c in found}):
        usual = [[c for c in found if c.rank <= rank] for found in by_block]
        shared = set.intersection(*({ids for c in found for ids in c.alternatives} for found in usual))
        if shared:
            chosen = [c for found in usual for c in found if shared & set(c.alternatives)]
            return [ids for ids in _ids(chosen) if ids in shared], chosen
    return [], []


def _two_slips(
    plan: Plan, single: dict[str, list[Candidate]], answers: dict, tolerance: float
) -> tuple[list, list]:
    """Two common slips that together explain every wrong block, some blocks perhaps by one of them alone."""
    explained = {}
    seen = {id(slip): slip for found in single.values() for c in found if c.rank <= 1 for slip in c.slips}
    for key, found in single.items():
        usual = [c for c in found if c.rank <= 1]
        if not usual and seen and plan.task.arrays and not plan.task.derive:
            usual = _matches(beside(plan, key, seen.values()), answers[key], tolerance)
        usual = usual or _matches(doubles(plan, key), answers[key], tolerance)
        explained[key] = _lowest(usual) if usual else []
    shared = _one_inside_two(list(explained.values()))
    if shared:
        return _ids(shared), shared
    by_block = [_prefer(_ids(found)) for found in explained.values()]
    unions = {tuple(sorted({name for ids in choice for name in ids})): None for choice in product(*by_block)}
    pairs = [ids for ids in unions if len(ids) <= 2]
    if not pairs and len(single) > 1 and not plan.task.arrays:
        return _two_everywhere({key: _matches(doubles(plan, key), answers[key], tolerance) for key in single})
    return pairs, [candidate for found in explained.values() for candidate in found]


def _two_everywhere(explained: dict[str, list[Candidate]]) -> tuple[list, list]:
    """The same two names for every block, though one block may look like a single slip of another name."""
    shared = set.intersection(*({ids for ids in _ids(found) if len(ids) == 2} for found in explained.values()))
    chosen = [c for found in explained.values() for c in found if shared & set(c.alternatives)]
    return [ids for ids in dict.fromkeys(_ids(chosen)) if ids in shared], chosen


def _one_inside_two(explained: list[list[Candidate]]) -> list[Candidate]:
    """Where one block shows one slip and another two, the pairs that contain the very slip of the first."""
    ones = [found for found in explained if found and len(found[0].slips) == 1]
    twos = [found for found in explained if found and len(found[0].slips) == 2]
    if not ones or not twos or len(ones) + len(twos) < len(explained):
        return []
    alone = set.intersection(*({c.slips[0].site for c in found} for found in ones))
    pairs = set.intersection(*({tuple(slip.site for slip in c.slips) for c in found} for found in twos))
    return [
        c for c in twos[0] if (sites := tuple(slip.site for slip in c.slips)) in pairs and alone & set(sites)
    ]
