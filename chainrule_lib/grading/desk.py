"""One submission's way over the course's disk: read it, grade it or find it in the store, lay it out for
nbgrader, print its page.

`Rules.grade` needs no disk and no gradebook: a worker that shares nothing with the course runs that alone.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import socket
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from . import feedback, pipeline, sandbox
from .course import CourseError, read_submission
from .store import Store, facts, write_whole

TRIES = 3
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(CourseError):
    """There is no room for another file."""


@contextlib.contextmanager
def room():
    """Turn the errors of a full disk into one sentence: they are no fault of one submission."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in FULL:
            raise
        raise DiskFull(
            f"there is no room on the disk of {socket.gethostname()} ({problem.strerror}). Free some space and "
            "type the same line again; what was graded is kept"
        ) from None


class Paper(NamedTuple):
    """One student's submission by its place: the folder it lies in and the one its judged notebooks go to."""

    student: str
    folder: str
    graded: str


class Job(NamedTuple):
    """One notebook to grade: its content address, its name, the bytes (None where there are none) or a refusal."""

    key: str
    name: str
    submitted: bytes | None
    refused: str


class Page(NamedTuple):
    """A feedback page to print: the judged notebook's place, the page's, and what the gradebook says."""

    student: str
    judged: str
    target: str
    known: dict
    marks: dict


@dataclass(frozen=True)
class Rules:
    """What every submission of a run is graded by; it travels with each batch."""

    sources: dict[str, dict]
    files: dict[str, bytes]
    limits: sandbox.Limits
    seed: bytes
    executor: str

    @cached_property
    def terms(self) -> dict[str, str]:
        return {
            name: pipeline.terms_key(source, self.limits, self.seed, self.files, self.executor)
            for name, source in self.sources.items()
        }

    def grade(self, job: Job) -> bytes | str:
        """The judged notebook's bytes, or after a few tries the sentence of our own fault."""
        source, problem = self.sources[job.name], ""
        for _ in range(TRIES):
            try:
                with room():
                    if job.refused:
                        result = pipeline.unread(source, f"{job.refused}.")
                    else:
                        result = pipeline.grade_notebook(
                            job.submitted, source, self.limits, self.seed, self.files, self.executor
                        )
                return json.dumps(result["notebook"]).encode()
            except sandbox.SandboxError as error:
                problem = str(error)
            except DiskFull:
                raise
            except Exception as error:  # a bug of ours must not cost a student: it becomes a dead letter
                return f"{type(error).__name__}: {error}"
        return problem


@dataclass
class Opened:
    """A submission as it was read: what the store has of it, and the jobs that are left."""

    paper: Paper
    timestamp: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    results: dict[str, bytes] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True)
class Done:
    """How one submission ended, in a few words: the keys of its results, or the sentence of our own fault."""

    student: str
    timestamp: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    readable: bool = True
    reused: bool = False
    problem: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Desk:
    """The work that needs the course's disk."""

    store: Store
    rules: Rules = Rules({}, {}, sandbox.Limits(), b"", "none")  # a desk that only prints needs none
    resume: bool = True

    def open(self, paper: Paper) -> Opened:
        """Read a submission and look its notebooks up in the store."""
        opened = Opened(paper)
        try:
            handed_in = read_submission(paper.student, Path(paper.folder), list(self.rules.sources))
            opened.timestamp = handed_in.timestamp
            for name, submitted in handed_in.notebooks.items():
                looked_at = f"refused: {handed_in.refused}".encode() if handed_in.refused else submitted
                key = opened.keys[name] = pipeline.result_key(looked_at, self.rules.terms[name])
                found = self.store.get(key) if self.resume else None
                if found is None:
                    opened.jobs.append(Job(key, name, submitted, handed_in.refused))
                else:
                    opened.results[name] = found
        except Exception as error:  # one folder that fails costs nobody else theirs
            opened.problem = f"{type(error).__name__}: {error}"
        return opened

    def close(self, opened: Opened, outcomes: dict[str, bytes | str], seconds: float = 0.0) -> Done:
        """Keep what was graded and lay it out. outcomes: by the keys of the jobs. Raises DiskFull."""
        paper, problem, results = opened.paper, opened.problem, dict(opened.results)
        try:
            for job in opened.jobs:
                outcome = outcomes[job.key]
                if isinstance(outcome, bytes):
                    with room():
                        self.store.put(job.key, outcome)
                    results[job.name] = outcome
                else:
                    problem = outcome
            if problem:
                return Done(paper.student, problem=problem, seconds=seconds)
            contents = {f"{name}.ipynb": data for name, data in results.items()} | self.rules.files
            if opened.timestamp:
                contents["timestamp.txt"] = opened.timestamp.encode()
            with room():
                lay_out(Path(paper.graded), contents)
            readable = all(facts(data)["readable"] for data in results.values())
        except DiskFull:
            raise
        except Exception as error:
            return Done(paper.student, problem=f"{type(error).__name__}: {error}", seconds=seconds)
        return Done(
            paper.student, opened.timestamp, opened.keys, readable, reused=not opened.jobs, seconds=seconds
        )

    def grade(self, papers: list[Paper]) -> list[Done]:
        """All of it for some submissions: what a worker on this machine does."""
        done = []
        for paper in papers:
            start = time.perf_counter()
            opened = self.open(paper)
            outcomes = {job.key: self.rules.grade(job) for job in opened.jobs}
            done.append(self.close(opened, outcomes, time.perf_counter() - start))
        return done

    def print(self, pages: list[Page]) -> list[str]:
        """Write feedback pages from the judged notebooks; a sentence for each, empty where it is written."""
        problems = []
        for page in pages:
            try:
                data = feedback.render(Path(page.judged).read_bytes(), page.known, page.marks)
                with room():
                    write_whole(Path(page.target), data)
                problems.append("")
            except DiskFull:
                raise
            except Exception as error:  # one page that fails costs nobody else theirs
                problems.append(f"{page.judged}: {type(error).__name__}: {error}")
        return problems


def lay_out(folder: Path, contents: dict[str, bytes]) -> None:
    """The folder holds these files by relative path and nothing else; what is there already is left alone."""
    if folder.is_symlink():
        folder.unlink()
    tops = {Path(name).parts[0] for name in contents}
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if entry.name not in tops or entry.is_symlink():
            shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)
    for name, data in contents.items():
        with contextlib.suppress(OSError):
            if (folder / name).read_bytes() == data:
                continue
        write_whole(folder / name, data)
