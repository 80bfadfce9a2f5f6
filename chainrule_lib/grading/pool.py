"""Grade a whole class: a pool of workers, a store of results that survives a kill, and a balance at the end.

The driver hands out batches of submissions by their places, so it holds of each student only a few words;
results go to the store (`.chainrule/results/` in the course folder) and from there, some at a time, into the
gradebook.  A rerun finds what is in the store and does the rest.  A sandbox that fails is retried; what still
fails goes on the list of dead letters and is never recorded as a zero.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from . import sandbox
from .course import Course, CourseError, GradebookBusy, Submission
from .desk import Desk, DiskFull, Done, Page, Paper, Rules, room
from .keys import course_key, new_key
from .processes import LOST, Batch, Processes
from .record import NotRecorded, record
from .store import Store, write_whole

BATCH = 20  # submissions a worker is handed at once, at most
SECONDS = 2.0  # that one batch should take
RECORD = 400  # submissions that are recorded together


class Stopped(CourseError):
    """Ctrl-C: the sentence says what is kept and how to go on."""


@dataclass
class Balance:
    """How a run ended: every submission is recorded, a student's fault, or a dead letter."""

    submitted: int = 0
    recorded: int = 0
    faults: int = 0
    dead: dict[str, str] = field(default_factory=dict)
    reused: int = 0
    pages: int | None = None
    unprinted: dict[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        return self.recorded + self.faults + len(self.dead) == self.submitted

    @property
    def well(self) -> bool:
        """Whether nothing is left for a person to look after."""
        return self.closed and not self.dead and not self.unprinted

    def to_json(self) -> dict:
        pages = {} if self.pages is None else {"pages": self.pages, "pages_missing": self.unprinted}
        return {
            "submitted": self.submitted,
            "recorded": self.recorded,
            "student_faults": self.faults,
            "dead_letters": self.dead,
            "from_the_store": self.reused,
            "balanced": self.closed,
            **pages,
        }


class Pool(Protocol):
    """Who does the work: `Processes` on this machine, `cluster.Cluster` elsewhere."""

    workers: int

    @property
    def room(self) -> int: ...
    def give(self, batch: Batch) -> None: ...
    def take(self) -> tuple[Batch, Any]: ...
    def close(self, kill: bool = False) -> None: ...


@contextlib.contextmanager
def _pool(desk: Desk, workers: int, scheduler: tuple[str, str | None] | None) -> Iterator[Pool]:
    if scheduler is None:
        pool: Pool = Processes(desk, workers)
    else:
        from .cluster import Cluster

        pool = Cluster(desk, *scheduler)
    try:
        yield pool
    except BaseException:
        pool.close(kill=True)
        raise
    pool.close()


class _Queue:
    """What waits for a worker. Batches shrink where submissions take long and towards the end.

    Of a batch whose worker was killed each item is tried again by itself, then once more with nothing beside
    it: only what kills its worker alone is given up, and its neighbours go on.
    """

    def __init__(self, pool: Pool, papers: Iterable[Paper] = ()):
        self.pool, self.papers = pool, deque(papers)
        self.pages: deque[Page] = deque()
        self.again: deque[tuple[str, Any]] = deque()
        self.alone: deque[tuple[str, Any]] = deque()
        self.flying: dict[int, bool] = {}  # batch number -> whether nothing flies beside it
        self.seconds = 0.0  # of one submission
        self.count = 0

    def feed(self, flush: bool) -> None:
        """Hand out as many batches as there is room for; `flush`: a short batch of pages too."""
        while self.pool.room > 0 and not any(self.flying.values()) and (found := self._next(flush)):
            what, items, alone = found
            self.count += 1
            self.flying[self.count] = alone
            self.pool.give(Batch(self.count, what, items))

    def _next(self, flush: bool) -> tuple[str, list, bool] | None:
        if len(self.pages) >= BATCH or self.pages and flush:
            return "print", [self.pages.popleft() for _ in range(min(BATCH, len(self.pages)))], False
        if self.again:
            what, item = self.again.popleft()
            return what, [item], False
        if self.papers:
            size = math.ceil(len(self.papers) / (2 * self.pool.workers))
            size = max(1, min(size, BATCH, int(SECONDS / self.seconds) if self.seconds else 1))
            return "grade", [self.papers.popleft() for _ in range(size)], False
        if self.alone and not self.flying:
            what, item = self.alone.popleft()
            return what, [item], True
        return None

    def take(self) -> tuple[str, list, Any]:
        """(what, items, answers) of the next batch that ended; an answer of LOST was given up."""
        while True:
            batch, answer = self.pool.take()
            alone = self.flying.pop(batch.number)
            if answer != LOST or alone:
                break
            (self.again if len(batch.items) > 1 else self.alone).extend(
                (batch.what, item) for item in batch.items
            )
            self.feed(flush=True)
        if batch.what == "grade" and answer != LOST:
            spent = sum(done.seconds for done in answer) / len(answer)
            self.seconds = spent if not self.seconds else 0.7 * self.seconds + 0.3 * spent
        return batch.what, batch.items, answer


def grade_class(
    course: Course,
    assignment: str,
    *,
    workers: int = 2,
    executor: str = "fork",
    limits: sandbox.Limits = sandbox.Limits(),
    students: list[str] | None = None,
    fresh_key: bool = False,
    resume: bool = True,
    feedback: bool = False,
    scheduler: tuple[str, str | None] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Balance:
    """Grade every submission of the assignment, record all that could be judged, and return the balance.

    feedback: print each student's page too. scheduler: the address of a dask scheduler whose workers grade, and
    the folder of its TLS keys or None, in place of `workers` processes here.  Raises CourseError, MissingKey
    or SandboxError before anything is graded where the course or the machine is not ready; and later
    DiskFull, GradebookBusy or Stopped, each with what to do: what was graded is kept.
    """
    from .preprocessor import has_grades

    sandbox.sweep()
    sources, files = course.sources(assignment), course.files(assignment)
    with room(), _only_run(course, assignment):
        with course.gradebook() as gradebook:
            if fresh_key and not (course.root / ".course_key").exists():
                new_key(course.root)
            seed = course_key(course.root, has_grades(gradebook))
        desk = Desk(Store(course.store), Rules(sources, files, limits, seed, executor), resume)
        papers = [
            Paper(student, str(folder), str(course.path("autograded", student, assignment)))
            for student, folder in course.handed_in(assignment)
            if students is None or student in students
        ]
        run = _Run(course, assignment, desk, Balance(len(papers), pages=0 if feedback else None), progress)
        try:
            with _pool(desk, workers, scheduler) as pool:
                run.work(_Queue(pool, papers))
        except KeyboardInterrupt:
            raise Stopped(run.stopped()) from None
        _write_state(course, assignment, run.balance, {paper.student for paper in papers})
    return run.balance


@contextlib.contextmanager
def _only_run(course: Course, assignment: str) -> Iterator[None]:
    """Hold the assignment for this run; the lock goes with the process, however that ends."""
    import fcntl

    course.store.mkdir(exist_ok=True)
    with open(course.store / f"{assignment}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(
                f"another run is grading {assignment} of {course.root} now. Wait for its end, or stop it"
            ) from None
        yield


class _Run:
    """One run's account: who is graded and waits to be recorded, whose page is to be printed, the balance."""

    def __init__(self, course: Course, assignment: str, desk: Desk, balance: Balance, progress):
        self.course, self.assignment, self.desk, self.balance = course, assignment, desk, balance
        self.progress = progress
        self.ready: list[Done] = []
        self.enough = RECORD
        self.graded = 0

    def work(self, queue: _Queue) -> None:
        self.progress(0, self.balance.submitted)
        while True:
            last = not (queue.papers or queue.flying or queue.again or queue.alone)
            self.settle(queue, force=last)
            queue.feed(flush=not queue.papers)
            if not queue.flying:
                if not self.ready:
                    return
                continue
            what, items, answer = queue.take()
            if what == "print":
                self.printed(items, answer)
            else:
                self.done(items, answer)

    def done(self, papers: list[Paper], answer: list[Done] | str) -> None:
        if isinstance(answer, str):
            answer = [Done(papers[0].student, problem="the worker process that graded it was killed each time")]
        for done in answer:
            self.graded += 1
            self.balance.reused += done.reused
            if done.problem:
                self.balance.dead[done.student] = done.problem
            else:
                self.ready.append(done)
        self.progress(self.graded, self.balance.submitted)

    def settle(self, queue: _Queue, force: bool) -> None:
        """Record what is ready when it is enough; where the gradebook is busy, later (at the end: an error)."""
        if not self.ready or len(self.ready) < self.enough and not force:
            return
        problems: dict[str, str] = {}
        try:
            record(self.course, self.assignment, self.pairs())
        except NotRecorded as some:
            problems = some.problems
        except GradebookBusy as problem:
            if "full" in str(problem):
                raise DiskFull(f"{problem}") from None
            if force:
                raise
            self.enough = len(self.ready) + RECORD
            return
        batch, self.ready, self.enough = self.ready, [], RECORD
        for done in batch:
            if done.student in problems:
                self.balance.dead[done.student] = f"it could not be recorded: {problems[done.student]}"
            elif done.readable:
                self.balance.recorded += 1
            else:
                self.balance.faults += 1
        if self.balance.pages is not None:
            told = [done.student for done in batch if done.student not in problems]
            queue.pages.extend(_pages(self.course, self.assignment, told))

    def pairs(self) -> Iterator[tuple[Submission, dict[str, dict]]]:
        """What is ready, for the recorder: one result at a time is read and forgotten."""
        for done in self.ready:
            try:
                results = {name: self.desk.store.result(key) for name, key in done.keys.items()}
            except (OSError, ValueError) as problem:
                raise CourseError(
                    f"a result of {done.student} is gone from {self.desk.store.root} ({problem}). Type the same "
                    "line again"
                ) from None
            yield Submission(done.student, Path(), {}, timestamp=done.timestamp), results

    def printed(self, pages: list[Page], answer: list[str] | str) -> None:
        assert self.balance.pages is not None
        written, problems = _told(pages, answer)
        self.balance.pages += len(written)
        self.balance.unprinted |= problems

    def stopped(self) -> str:
        kept = self.balance.recorded + self.balance.faults
        return (
            f"stopped. Of {self.balance.submitted} submissions {self.graded} are graded and kept, {kept} of them "
            "recorded. Type the same line again to go on from there"
        )


def _write_state(course: Course, assignment: str, balance: Balance, asked: set[str]) -> None:
    """The balance for the report; dead letters of students whom this run was not asked about stay."""
    path = course.store / f"{assignment}.json"
    try:
        before = json.loads(path.read_text(encoding="utf-8"))["dead_letters"]
    except (FileNotFoundError, ValueError, KeyError):
        before = {}
    still = {student: sentence for student, sentence in before.items() if student not in asked}
    state = {"assignment": assignment, **balance.to_json(), "dead_letters": still | balance.dead}
    write_whole(path, json.dumps(state, indent=1).encode())


# feedback pages


def _pages(course: Course, assignment: str, students: list[str]) -> Iterator[Page]:
    from .feedback import read_marks

    for (student, book), (known, marks) in read_marks(course, assignment, students).items():
        judged = course.path("autograded", student, assignment) / f"{book}.ipynb"
        if judged.is_file():
            target = course.path("feedback", student, assignment) / f"{book}.html"
            yield Page(student, str(judged), str(target), known, marks)


def _told(pages: list[Page], answer: list[str] | str) -> tuple[list[str], dict[str, str]]:
    """The places of the pages that were written, and for each student whose page was not a sentence."""
    if isinstance(answer, str):
        answer = ["the worker process that printed it was killed each time"] * len(pages)
    told = list(zip(pages, answer, strict=True))
    return [page.target for page, problem in told if not problem], {
        page.student: problem for page, problem in told if problem
    }


def write_feedback(
    course: Course,
    assignment: str,
    *,
    workers: int = 2,
    scheduler: tuple[str, str | None] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[list[str], dict[str, str]]:
    """feedback/<student>/<assignment>/<notebook>.html for everybody who was graded, as the gradebook has it now.

    Returns the pages, and for each student whose page could not be written a sentence.
    """
    from .feedback import graded_students

    course.sources(assignment)  # says so where the assignment is not known
    students = graded_students(course, assignment)
    written: list[str] = []
    problems: dict[str, str] = {}
    with room(), _pool(Desk(Store(course.store)), workers, scheduler) as pool:
        queue = _Queue(pool)
        waiting = deque(students[i : i + RECORD] for i in range(0, len(students), RECORD))
        while True:
            while waiting and len(queue.pages) < BATCH * pool.workers:
                queue.pages.extend(_pages(course, assignment, waiting.popleft()))
            queue.feed(flush=not waiting)
            if not queue.flying:
                return written, problems
            _, pages, answer = queue.take()
            more, odd = _told(pages, answer)
            written += more
            problems |= odd
            progress(len(written) + len(problems), len(students))
