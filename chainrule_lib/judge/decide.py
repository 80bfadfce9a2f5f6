"""The one decision: questions out, answers in, a verdict. The same at home and for a grade.

At home `judge` asks the function in this process; for a grade the questions go into a sandbox and only the
answers come back. The truth is what the engine derives, and it stays on this side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

from . import answering
from ..study.mutations import landmarks
from .graphs import trace, truth
from .probes import apart, generator, sampled
from .reading import Reading, read
from .source import Facts, facts
from .task import Task
from .tasks import TASKS

RELATIVE, ABSOLUTE, LOOSE = 1e-5, 1e-9, 1e-3
STEADY = 1e-6  # two answers to one question may differ by this much
DIFFERENCED = (1e-12, 1e-7)  # relative errors that a difference quotient leaves


def tasks() -> dict[str, Task]:
    """Every graded function of the course by its id."""
    return dict(TASKS)


@dataclass(frozen=True)
class Probe:
    """One set of arguments (JSON), the right answer by block, and whether students may see it."""

    arguments: list
    kind: str
    public: bool
    expected: dict[str, Any]


@dataclass
class Record:
    """What happened at one question: arguments, the answer as read, what was expected, and a sentence when it
    is wrong."""

    arguments: list
    answer: dict[str, Any] | None
    expected: dict[str, Any]
    ok: bool
    message: str
    public: bool
    repeat: bool = False
    wrong: tuple[str, ...] = ()  # the blocks that are wrong


@dataclass
class Verdict:
    """The outcome for one function.

    `passed`, `score` (0 .. `max_score`), `probes` (one Record a question) and `diagnosis`, a list of
    alternatives, each a tuple of ids of misconceptions.json: [("M02",)] is a name, [("M02",), ("M03",)] says
    the answers equal both, [("M06", "M09")] is two slips at once, [] is not recognised.  `blocks` is the
    partial credit: (name, points, earned).
    """

    task: Task
    passed: bool
    score: float
    max_score: float
    probes: list[Record]
    diagnosis: list[tuple[str, ...]] = field(default_factory=list)
    blocks: list[tuple[str, float, float]] = field(default_factory=list)
    state: str = "value"  # or a Reading's kind, "none" (a return is missing), "differenced" (blind to decoys)
    remarks: list[str] = field(default_factory=list)
    explanations: list[Any] = field(default_factory=list)  # the candidates that match, with their sites

    @property
    def messages(self) -> list[str]:
        """The sentences a student reads, in order, without markup."""
        from .render import messages

        return messages(self)

    def text(self, width: int = 80) -> str:
        """The verdict as plain text, at most `width` columns wide."""
        from .render import text

        return text(self, width)

    def svg(self) -> str:
        """The task's graph with the numbers of the first public probe and the faulty edges marked."""
        from .render import svg

        return svg(self)

    def html(self) -> str:
        """The verdict as a self-contained fragment of HTML, the graph inside."""
        from .render import html

        return html(self)

    def to_json(self) -> dict:
        """The verdict as JSON-able data; of secret probes it says only whether they went right."""
        from .render import to_json

        return to_json(self)

    def _repr_html_(self) -> str:
        return self.html()

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class Plan:
    """The probes of one examination and the order of its questions (indices into the probes; some are asked
    twice)."""

    task: Task
    probes: tuple[Probe, ...]
    order: tuple[int, ...]


def find(task_id: str) -> Task:
    """The task of that id, or a ValueError that lists the ids there are."""
    if task_id not in TASKS:
        raise ValueError(f"There is no task {str(task_id)[:40]!r}; the tasks are {', '.join(sorted(TASKS))}.")
    return TASKS[task_id]


def telling(task: Task, arguments: list) -> float:
    """How well these arguments tell slips apart: the least distance of the graph's numbers, less where large
    terms cancel."""
    if task.arrays or task.derive:
        return 1.0
    numbers, answers = landmarks(trace(task, arguments)[0])
    shares = [abs(sum(terms)) / max(map(abs, terms)) for terms in answers]
    return min(apart(numbers), 0.2 * min(shares))


@lru_cache(maxsize=64)
def plan(task_id: str, seed: bytes | None = None) -> Plan:
    """The examination of one task: public probes, and with a seed as many secret ones, some asked twice, in
    shuffled order."""
    task, probes = find(task_id), []
    for public, key in [(True, None)] if seed is None else [(True, None), (False, seed)]:
        rng = generator(task_id, key)
        for kind in task.kinds:
            arguments = sampled(partial(task.sample, rng, kind), partial(telling, task))
            probes.append(Probe(arguments, kind, public, truth(task, arguments)))
    rest = list(range(1, len(probes)))
    generator(task_id, seed or b"order").shuffle(rest)
    order = [0, *rest]
    order += [order[i] for i in (1, 0)]
    return Plan(task, tuple(probes), tuple(order))


class Exam:
    """One task to be answered: `questions` to hand out, one call of the function each, and the verdict on the
    answers.

    seed: None for the public probes alone; bytes for public and secret ones.
    """

    def __init__(self, task_id: str, seed: bytes | None = None):
        if seed is not None and type(seed) is not bytes:
            raise TypeError(f"an exam's seed is None (public probes) or bytes, not {type(seed).__name__}")
        self._plan = plan(task_id, seed)
        self.task = self._plan.task

    @property
    def questions(self) -> list[dict]:
        """JSON-able questions, safe to hand to code that nobody trusts: they hold arguments and nothing else."""
        probes = self._plan.probes
        own = {"seconds": self.task.seconds} if self.task.seconds else {}
        return [
            {"task": self.task.id, "function": self.task.function, "arguments": probes[i].arguments, **own}
            for i in self._plan.order
        ]

    def verdict(self, answers: list, source: str | None = None) -> Verdict:
        """Decide on the answers, which are parallel to the questions; lacking ones count as not given."""
        return decide(self._plan, list(answers)[: len(self._plan.order)], facts(source, self.task.function))


def judge(task_id: str, function: Callable, seed: bytes | None = None, source: str | None = None) -> Verdict:
    """Ask a function in this process and decide. For code of your own: a stranger's belongs in the sandbox."""
    exam = Exam(task_id, seed)
    answers: list[dict] = []
    for question in exam.questions:
        answers.append(answering.answer(function, question))
        if answers[-1].get("fault") == "interrupted":
            break
    return exam.verdict(answers, source if source is not None else _text(function))


def _text(function: Callable) -> str | None:
    import inspect

    try:
        return inspect.getsource(function)
    except Exception:  # an odd object, or a function without a file: then there is no text
        return None


def _flat(value: Any) -> list[float]:
    if isinstance(value, (int, float)):
        return [float(value)]
    if hasattr(value, "ravel"):
        return value.ravel().tolist()
    return [number for item in value for number in _flat(item)]


def _shape(value: Any) -> tuple:
    return () if isinstance(value, (int, float)) else tuple(value.shape)


def _shaped(value: Any, expected: Any) -> Any:
    """The numbers of an answer in the shape that was asked."""
    if isinstance(value, float):
        return value
    import numpy

    return numpy.array(value, float).reshape(expected.shape)


def agrees(answer: Any, expected: Any, loose: bool) -> bool:
    """The acceptance rule for one block."""
    right = _flat(expected)
    size = max(map(abs, right), default=0.0)
    allowed = LOOSE * size if loose else RELATIVE * size
    return all(abs(a - r) <= allowed + ABSOLUTE for a, r in zip(_flat(answer), right, strict=True))


def _record(task: Task, probe: Probe, reading: Reading, repeat: bool) -> Record:
    wrong, message = [block.wrt for block in task.blocks], reading.problem
    if reading.changed:
        names = " and ".join(task.parameters[i] for i in reading.changed)
        message = message or f"Your function changed its argument {names}; work on a copy."
    elif reading.failing is not None:
        wrong, message = list(reading.failing), " ".join(dict.fromkeys(reading.failing.values()))
    elif reading.kind == "value":
        wrong = [w for w in wrong if not agrees(reading.blocks[w], probe.expected[w], w in reading.loose)]
    return Record(
        arguments=probe.arguments,
        answer={key: _shaped(value, probe.expected[key]) for key, value in reading.blocks.items()} or None,
        expected=probe.expected,
        ok=not wrong,
        message=message,
        public=probe.public,
        repeat=repeat,
        wrong=tuple(wrong),
    )


def _unsteady(plan: Plan, answers: dict[int, list[Reading]]) -> bool:
    """Did the function answer one question in two ways, or rightly and then not at all?"""
    for i, readings in answers.items():
        first, expected = readings[0].blocks, plan.probes[i].expected
        right = first and all(agrees(first[key], expected[key], False) for key in expected)
        if right and any(r.kind not in ("value", "fault") for r in readings[1:]):
            return True
        values = [reading.blocks for reading in readings if reading.kind == "value"]
        for other in values[1:]:
            for key, first in values[0].items():
                size = max(map(abs, _flat(first)), default=0.0)
                if any(abs(a - b) > STEADY * size + ABSOLUTE for a, b in zip(_flat(first), _flat(other[key]))):
                    return True
    return False


UNLIKE = (
    "The same question had two different answers: let every random number come from the seed, "
    "and keep nothing from one call to the next."
)


def _unlike(answers: dict[int, list[Reading]]) -> bool:
    """Did a behaviour that must repeat itself not do so?"""
    pairs = (
        (a, b)
        for readings in answers.values()
        for one, two in zip(readings, readings[1:])
        for a, b in zip(one.fingerprint, two.fingerprint)
    )
    return any(abs(a - b) > STEADY * abs(a) + ABSOLUTE for a, b in pairs)


def _goes_on(answers: dict[int, list[Reading]]) -> bool:
    """Does the second answer to a question start far below the first one, as what was learnt before does?"""
    pairs = (readings[:2] for readings in answers.values() if len(readings) > 1 and readings[1].fingerprint)
    return any(one.fingerprint and 0 < two.fingerprint[0] < 0.7 * one.fingerprint[0] for one, two in pairs)


AGAIN = "Right at the first call; a second call on the same graph gives other numbers."


def _calls(answer: Any) -> list:
    """The answer to one question, and to the second call if there was one."""
    again = isinstance(answer, dict) and isinstance(answer.get("again"), dict)
    return [answer, answer["again"]] if again else [answer]


def _stale(plan: Plan, answers: dict[int, list[Reading]]) -> bool:
    """Is something of an earlier call in an answer: an object, or exactly what was right there and is wrong
    here?"""
    known: list[dict] = []
    for i in dict.fromkeys(plan.order):
        first = answers[i][0]
        if first.stale:
            return True
        expected = plan.probes[i].expected
        for key, value in first.blocks.items():
            old = [right[key] for right in known if _shape(right[key]) == _shape(expected[key])]
            if not agrees(value, expected[key], False) and any(_same(value, right) for right in old):
                return True
        known.append(expected)
    return False


def _same(one: Any, two: Any) -> bool:
    return all(abs(a - b) <= 1e-12 * abs(b) and b for a, b in zip(_flat(one), _flat(two), strict=True))


def decide(plan: Plan, answers: list, known: Facts) -> Verdict:
    """Compare, score and diagnose; pure, and it never raises, whatever the answers are."""
    task = plan.task
    last = answers[-1] if answers else {"fault": "missing"}
    lacking = last if isinstance(last, dict) and "fault" in last else {"fault": "protocol"}
    answers = answers + [lacking] * (len(plan.order) - len(answers))
    shapes = {
        i: {key: _shape(value) for key, value in probe.expected.items()} for i, probe in enumerate(plan.probes)
    }
    readings: list[Reading] = []
    records: list[Record] = []
    by_probe: dict[int, list[Reading]] = {}
    for i, answer in zip(plan.order, answers):
        probe, repeat = plan.probes[i], i in by_probe
        for again, given in enumerate(_calls(answer)):
            if task.behaviour:
                reading = task.behaviour(probe.arguments, given)
            else:
                judged = task.translate(probe.arguments, given) if task.translate else given
                reading = read(judged, task, shapes[i])
                reading.seen = task.seen(probe.arguments, given) if task.seen else set()
            record = _record(task, probe, reading, repeat)
            if not again:
                records.append(record)
            elif records[-1].ok and not record.ok:
                records[-1] = replace(record, message=record.message or AGAIN)
            readings.append(reading)
            by_probe.setdefault(i, []).append(reading)
    if task.behaviour and _unlike(by_probe):
        records[-1] = replace(records[-1], ok=False, message=UNLIKE, wrong=tuple(b.wrt for b in task.blocks))
    wrong = {key for record in records for key in record.wrong}
    blocks = [
        (block.name, float(block.points), 0.0 if block.wrt in wrong else float(block.points))
        for block in task.blocks
    ]
    score = sum(earned for _, _, earned in blocks)
    kinds = [reading.kind for reading in readings]
    state = (
        "empty"
        if set(kinds) == {"empty"}
        else next((kind for kind in kinds if kind not in ("value", "empty")), "value")
    )
    if (
        state == "empty"
        and known.readable
        and not known.stub
        and any("returned None" in r.problem for r in readings)
    ):
        state = "none"
    verdict = Verdict(task, not wrong, score, task.points, records, blocks=blocks, state=state)
    if not verdict.passed:
        from .diagnose import diagnose

        changed = any(r.changed for r in readings)
        unsteady = _unsteady(plan, by_probe) or _stale(plan, by_probe) or _goes_on(by_probe)
        try:
            diagnose(verdict, plan, by_probe, known, changed, unsteady)
        except Exception as odd:  # a slip of ours in naming a slip must not cost the verdict
            verdict.remarks.append(
                f"The slip could not be looked for ({type(odd).__name__}); please report it."
            )
    _remark(verdict, plan, by_probe, known)
    return verdict


def _remark(verdict: Verdict, plan: Plan, readings: dict[int, list[Reading]], known: Facts) -> None:
    """Remarks that never change a score: what the text of the function shows, or its numbers prove."""
    if known.engine:
        verdict.remarks.append(
            "Your function asks an engine for the derivative. The grader has none: write the derivative by hand."
        )
    if _blind(verdict, plan, readings):
        verdict.state = "differenced"
        verdict.remarks.append(
            "Right where the slopes you are given belong to the functions, wrong where they do not: your answer is "
            "the slope of the functions themselves. Use the derivatives that are handed to you; do not difference "
            "the functions."
        )
    if verdict.passed and known.differences and verdict.task.id != "a6.numerical_grad":
        errors = [
            abs(a - r) / abs(r)
            for i, probe in enumerate(plan.probes)
            for reading in readings[i]
            for key, right in probe.expected.items()
            for a, r in zip(_flat(reading.blocks[key]), _flat(right))
            if r
        ]
        if errors and DIFFERENCED[0] < sorted(errors)[len(errors) // 2] and max(errors) < 100 * DIFFERENCED[1]:
            verdict.remarks.append(
                "Right to a few digits less than it could be: this looks like a difference quotient. "
                "The chain rule gives it exactly."
            )


def _blind(verdict: Verdict, plan: Plan, readings: dict[int, list[Reading]]) -> bool:
    """Are the wrong answers, all at decoys, the slopes of the undifferentiated functions, whatever slopes were
    handed?"""
    task = plan.task
    wrong = {i for i, record in zip(plan.order, verdict.probes) if not record.ok}
    if not wrong or any(plan.probes[i].kind != "decoy" for i in wrong):
        return False
    for i in wrong:
        for block in task.blocks:
            slope, answer = (
                _difference(task, plan.probes[i].arguments, block.wrt),
                readings[i][0].blocks.get(block.wrt),
            )
            if not isinstance(answer, float) or abs(answer - slope) > 1e-4 * (1 + abs(slope)):
                return False
    return True


def _difference(task: Task, arguments: list, parameter: str) -> float:
    """The slope of the forward function in one number, by a central difference: blind to the slopes that were
    handed."""
    values = [answering.realise(argument) for argument in arguments]
    at, step, ends = task.parameters.index(parameter), 1e-6, []
    for shift in (step, -step):
        moved = [*values]
        moved[at] = float(values[at]) + shift
        ends.append(float(task.forward(*moved)))
    return (ends[0] - ends[1]) / (2 * step)
