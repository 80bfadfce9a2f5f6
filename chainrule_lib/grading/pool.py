"""Grade a whole class: a pool of processes, a store of results that survives a kill, and a balance at the
end.

The store (`.chainrule/results/` in the course folder) holds each result under the hash of all it depends
on, written by rename; a rerun finds what is there and does the rest.  A sandbox that fails is retried; what
still fails goes on the list of dead letters and is never recorded as a zero.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import pipeline, sandbox
from .course import Course, GradebookBusy, Submission
from .keys import course_key, new_key
from .record import record

BATCH = 50
TRIES = 3


@dataclass
class Balance:
    """How a run ended: every submission is in exactly one of the three."""

    submitted: int = 0
    recorded: int = 0
    faults: int = 0
    dead: dict[str, str] = field(default_factory=dict)
    reused: int = 0

    @property
    def closed(self) -> bool:
        return self.recorded + self.faults + len(self.dead) == self.submitted

    def to_json(self) -> dict:
        return {
            "submitted": self.submitted,
            "recorded": self.recorded,
            "student_faults": self.faults,
            "dead_letters": self.dead,
            "from_the_store": self.reused,
            "balanced": self.closed,
        }


class Store:
    """Results by content address."""

    def __init__(self, root: Path):
        self.root = root / "results"

    def path(self, key: str) -> Path:
        return self.root / key[:2] / f"{key}.json"

    def get(self, key: str) -> dict | None:
        try:
            return json.loads(self.path(key).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def put(self, key: str, result: dict) -> None:
        write_whole(self.path(key), json.dumps(result).encode())


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """The file appears with all its bytes or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _work(job: dict) -> dict | str:
    """One job in a worker: a result, or the sentence of our own fault after a few tries."""
    problem = ""
    for _ in range(TRIES):
        try:
            return pipeline.grade_notebook(**job)
        except sandbox.SandboxError as error:
            problem = str(error)
        except Exception as error:  # a bug of ours must not cost a student: it becomes a dead letter
            return f"{type(error).__name__}: {error}"
    return problem


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
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Balance:
    """Grade every submission of the assignment, record all that could be judged, and return the balance.

    Raises CourseError, MissingKey or SandboxError before anything is graded where the course or the machine
    is not ready.
    """
    from .preprocessor import has_grades

    sandbox.sweep()
    sources, files = course.sources(assignment), course.files(assignment)
    with course.gradebook() as gradebook:
        if fresh_key and not (course.root / ".course_key").exists():
            new_key(course.root)
        seed = course_key(course.root, has_grades(gradebook))
    submissions = [
        s
        for s in course.submissions(assignment, list(sources))
        if students is None or s.student_id in students
    ]
    balance, store = Balance(len(submissions)), Store(course.store)
    waiting: dict[str, dict[str, dict]] = {s.student_id: {} for s in submissions}
    jobs: dict[str, dict] = {}
    wanted: dict[str, list[tuple[str, str]]] = {}
    for submission in submissions:
        for name, source in sources.items():
            if submission.refused:
                waiting[submission.student_id][name] = pipeline.unread(source, f"{submission.refused}.")
                continue
            job: dict = {
                "submitted": submission.notebooks[name],
                "source": source,
                "limits": limits,
                "seed": seed,
                "files": files,
                "executor": executor,
            }
            key = pipeline.result_key(**job)
            found = store.get(key) if resume else None
            if found is not None:
                waiting[submission.student_id][name] = found
            else:
                jobs[key] = job
                wanted.setdefault(key, []).append((submission.student_id, name))
    balance.reused = sum(len(results) == len(sources) for results in waiting.values())
    by_id = {s.student_id: s for s in submissions}
    ready = [student for student, results in waiting.items() if len(results) == len(sources)]
    done = 0

    enough = BATCH

    def settle(force: bool = False) -> None:
        nonlocal enough
        while ready and (force or len(ready) >= enough):
            batch = ready[-BATCH:]
            try:
                enter(batch)
            except GradebookBusy:
                if force:
                    raise
                enough = len(ready) + BATCH  # graded work waits in the store; try again later
                return
            del ready[-BATCH:]
            for student in batch:
                results, waiting[student] = waiting[student], {}
                if student in balance.dead:
                    continue
                if all(result["readable"] for result in results.values()):
                    balance.recorded += 1
                else:
                    balance.faults += 1
            enough = BATCH

    def enter(batch: list[str]) -> None:
        """Record a batch; where it fails, each alone, so that a bug of ours costs one student a dead letter."""
        try:
            record(course, assignment, [(by_id[student], waiting[student]) for student in batch])
            for student in batch:
                _write_graded(course, assignment, by_id[student], waiting[student], files)
        except GradebookBusy:
            raise
        except Exception as error:
            if len(batch) == 1:
                balance.dead[batch[0]] = f"it could not be recorded: {type(error).__name__}: {error}"
            else:
                for student in batch:
                    enter([student])

    progress(len(ready), len(submissions))
    settle()
    for key, outcome in _outcomes(jobs, workers):
        if isinstance(outcome, dict):
            store.put(key, outcome)
        for student, name in wanted[key]:
            if isinstance(outcome, str):
                balance.dead[student] = outcome
            elif student not in balance.dead:
                waiting[student][name] = outcome
                if len(waiting[student]) == len(sources):
                    ready.append(student)
        done += 1
        progress(len(submissions) - len(jobs) + done, len(submissions))
        settle()
    settle(force=True)
    _write_state(course, assignment, balance, set(by_id))
    return balance


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


def _outcomes(jobs: dict[str, dict], workers: int):
    """(key, result or sentence) as they end.

    Where a worker process is killed, the jobs that were running then are tried again one at a time: only
    one that kills its worker alone becomes a dead letter, and the others go on.
    """
    left = dict(jobs)
    while left:
        for key in (yield from _round(left, list(left), workers)):
            if (yield from _round(left, [key], 1)):
                del left[key]
                yield key, "the worker process that graded it was killed twice"


def _round(left: dict[str, dict], keys: list[str], workers: int):
    """Run these jobs in a pool, taking each out of `left` as it ends; returns the keys that ran when a
    worker was killed."""
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    queue = keys[::-1]
    running: dict = {}
    with ProcessPoolExecutor(
        max_workers=workers, mp_context=get_context("spawn"), initializer=_prepare
    ) as pool:
        try:
            while queue or running:
                while queue and len(running) < 2 * workers:
                    key = queue.pop()
                    running[pool.submit(_work, left[key])] = key
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    key = running.pop(future)
                    del left[key]
                    yield key, outcome
        except BrokenProcessPool:
            return list(running.values())
    return []


def _prepare() -> None:
    """Workers leave Ctrl-C to the driver."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write_graded(
    course: Course, assignment: str, submission: Submission, results: dict, files: dict[str, bytes]
) -> None:
    """autograded/<student>/<assignment>: the judged notebooks and the data files, as nbgrader would leave
    them."""
    folder = course.path("autograded", submission.student_id, assignment)
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    for name, result in results.items():
        write_whole(folder / f"{name}.ipynb", json.dumps(result["notebook"], indent=1).encode())
    for name, data in files.items():
        write_whole(folder / name, data)
    if submission.timestamp:
        write_whole(folder / "timestamp.txt", submission.timestamp.encode())
