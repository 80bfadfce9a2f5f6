"""A course folder as nbgrader lays it out: its settings, sources, data files and submissions, read with
care."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from .pipeline import SIZE_CAP

LOCK_WAIT = 20.0  # seconds that a gradebook which another holds is waited for
GLANCE = 2.0  # seconds of one try, after which the wait is told
LASTING = ("does not exist", "authentication", "no such table", "readonly", "unable to open", "not a database")
T = TypeVar("T")


class CourseError(RuntimeError):
    """The course folder lacks something; the sentence says what to type."""


class GradebookBusy(CourseError):
    """Another program holds the gradebook, or its database is away; `why` is the database's own sentence."""

    def __init__(self, sentence: str, why: str = ""):
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the bytes of each notebook (None where there is none), or a sentence that
    refuses them."""

    student_id: str
    folder: Path
    notebooks: dict[str, bytes | None]
    refused: str = ""
    timestamp: str | None = None


class Course:
    """The folder `root` with its nbgrader_config.py, gradebook and steps (source, release, submitted, ...)."""

    def __init__(self, root: str | os.PathLike = "assignments", db_url: str | None = None):
        self.root = Path(root).resolve()
        if not (self.root / "nbgrader_config.py").is_file():
            raise CourseError(
                f"{self.root} is no course folder: it has no nbgrader_config.py. Name another with --course DIR"
            )
        self._db_url = db_url
        self.recorded = self.analysed = 0  # submissions, through this object

    @cached_property
    def config(self):
        """The course's own nbgrader_config.py, with this folder as its root."""
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        if self._db_url:
            config.CourseDirectory.db_url = self._db_url
        return config

    @cached_property
    def directory(self):
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    @property
    def db_url(self):
        """SQLAlchemy's URL of the gradebook: `--db`, else nbgrader_config.py's db_url, else gradebook.db."""
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            url = make_url(self.directory.db_url)
        except ArgumentError:
            url = None
        if url is not None and url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        if url is None or url.get_backend_name() not in ("sqlite", "postgresql"):
            raise CourseError(
                f"{self.directory.db_url!r} is no address of a gradebook. Write sqlite:////path/to/gradebook.db "
                "or postgresql+psycopg://user@host/name"
            )
        if url.get_backend_name() == "sqlite" and url.database:
            here = Path.cwd() if self._db_url else self.root
            url = url.set(database=str((here / url.database).resolve()))
        return url

    def _waiting(self, wait: float):
        """The URL with the seconds that a lock of SQLite is waited for."""
        url = self.db_url
        return url if url.get_backend_name() != "sqlite" else url.update_query_dict({"timeout": str(wait)})

    @cached_property
    def engine(self):
        """SQLAlchemy's engine to the gradebook: it keeps the statements that it compiled and no connection, and waits
        for a lock of SQLite a GLANCE long; use it within `reached()`."""
        from sqlalchemy import NullPool, create_engine

        return create_engine(self._waiting(min(GLANCE, LOCK_WAIT)), poolclass=NullPool)

    @contextmanager
    def gradebook(self) -> Iterator:
        """nbgrader's gradebook, closed at the end, within `reached()`; a lock of SQLite is waited for."""
        from nbgrader.api import Gradebook

        with self.reached():
            gradebook = Gradebook(self._waiting(LOCK_WAIT), self.directory.course_id or "default_course")
            try:
                yield gradebook
            finally:
                gradebook.close()

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Where the gradebook is talked to: GradebookBusy where its database does not answer now, CourseError where it
        cannot be used."""
        from sqlalchemy.exc import OperationalError

        try:
            yield
        except ModuleNotFoundError as missing:
            if missing.name != "psycopg":
                raise
            raise CourseError(
                f"a gradebook in PostgreSQL needs psycopg. Type: {sys.executable} -m pip install "
                "'chainrule-lib[cluster]'"
            ) from None
        except OperationalError as problem:
            url, about = self.db_url, f"the gradebook of {self.root}"
            holder = "Close what holds it (formgrader, another run)"
            if url.get_backend_name() != "sqlite":
                about = f"the gradebook {url.render_as_string(hide_password=True)}"
                holder = "See that its server runs and that nothing holds it (formgrader, another run)"
            why = str(problem.orig).strip().splitlines()[0]
            if any(words in why for words in LASTING):
                raise CourseError(f"{about} cannot be used ({why})") from None
            raise GradebookBusy(
                f"{about} cannot be used now ({why}). {holder} and type the same line again; what was graded "
                "is kept",
                why,
            ) from None

    def patiently(self, work: Callable[[], T]) -> T:
        """work(), tried again for LOCK_WAIT seconds while the gradebook is busy; says once that it waits.

        Raises GradebookBusy where it stays busy.
        """
        deadline, told = time.monotonic() + LOCK_WAIT, False
        while True:
            try:
                return work()
            except GradebookBusy as problem:
                if time.monotonic() >= deadline:
                    raise
                if not told:
                    told = True
                    print(
                        f"chainrule: the gradebook is busy or away ({problem.why}); waiting up to "
                        f"{LOCK_WAIT:g} s",
                        file=sys.stderr,
                        flush=True,
                    )
                time.sleep(min(0.2, LOCK_WAIT))

    def path(self, step: str, student: str, assignment: str) -> Path:
        folder = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(folder, student, assignment))

    @property
    def store(self) -> Path:
        return self.root / ".chainrule"

    def sources(self, assignment: str) -> dict[str, dict]:
        """The instructor's notebooks by name: cells as the gradebook has them, in the order of the released
        notebook.

        Raises CourseError where the assignment was never released.
        """
        from nbgrader.api import MissingEntry

        with self.gradebook() as gradebook:
            try:
                notebooks = gradebook.find_assignment(assignment).notebooks
            except MissingEntry:
                notebooks = []
            if not notebooks:
                raise self.unknown(assignment)
            return {
                notebook.name: source_notebook(notebook, self.released(assignment, notebook.name))
                for notebook in notebooks
            }

    def unknown(self, assignment: str) -> CourseError:
        """The error of an assignment that the gradebook does not know."""
        other = f" --db {self._db_url}" if self._db_url else ""
        return CourseError(
            f"the gradebook of {self.root} knows no assignment {assignment}. "
            f"Type: chainrule release {assignment} --course {self.root}{other}"
        )

    def released(self, assignment: str, name: str) -> dict | None:
        """The notebook that students were given, for the order of its cells."""
        for step in ("release", "source"):
            path = self.path(step, ".", assignment) / f"{name}.ipynb"
            if path.is_file():
                return json.loads(path.read_text(encoding="utf-8"))
        return None

    def files(self, assignment: str) -> dict[str, bytes]:
        """The assignment's data files, by path inside it: what a notebook may read besides itself."""
        folder = next(
            (f for step in ("release", "source") if (f := self.path(step, ".", assignment)).is_dir()), None
        )
        return (
            {}
            if folder is None
            else {
                str(path.relative_to(folder)): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
                and path.suffix != ".ipynb"
                and not any(part.startswith(".") for part in path.relative_to(folder).parts)
            }
        )

    def handed_in(self, assignment: str) -> list[tuple[str, Path]]:
        """Who handed something in, sorted by id, and the folder it lies in; nothing is opened."""
        top = self.root / self.directory.submitted_directory
        names = sorted(os.listdir(top)) if top.is_dir() else ()
        return [
            (student, top / student / assignment)
            for student in names
            if not student.startswith(".") and os.path.lexists(top / student / assignment)
        ]

    def submissions(self, assignment: str, names: list[str]) -> Iterator[Submission]:
        """Every student's submission, one read at a time, sorted by id."""
        for student, folder in self.handed_in(assignment):
            yield read_submission(student, folder, names)


def read_submission(student: str, folder: Path, names: list[str]) -> Submission:
    """What lies in a student's folder; links and devices are refused, never followed."""
    nothing: dict[str, bytes | None] = dict.fromkeys(names)
    for step in (folder.parent, folder):
        if not stat.S_ISDIR(os.lstat(step).st_mode):
            return Submission(
                student, folder, nothing, f"the folder {step.name} is a link or a file; it was not opened"
            )
    try:
        there = sorted(path.name for path in folder.iterdir() if path.suffix.lower() == ".ipynb")
    except OSError as problem:
        return Submission(student, folder, nothing, f"the folder cannot be read: {problem.strerror}")
    notebooks = {}
    for name in names:
        file = f"{name}.ipynb"
        if file not in there and len(names) == 1 and len(there) == 1:
            file = there[0]
        try:
            notebooks[name] = read_plain(folder / file, SIZE_CAP + 1) if file in there else None
        except OSError:
            return Submission(
                student, folder, nothing, f"the file {file} is a link, a folder or a device; it was not opened"
            )
    try:
        stamp = read_plain(folder / "timestamp.txt", 200).decode("ascii").strip()
    except (OSError, ValueError):
        stamp = None
    return Submission(student, folder, notebooks, timestamp=stamp)


def read_plain(path: Path, cap: int) -> bytes:
    """At most `cap` bytes of a regular file; a link, a pipe or a device is an OSError and is never opened
    for reading."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(f"{path} is not a regular file")
        return file.read(cap)


def source_notebook(notebook, released: dict | None) -> dict:
    """A gradebook's notebook as nbformat: source, points and roles of each cell as `generate_assignment`
    recorded them."""
    points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
    graded, solved = (
        {cell.name for cell in notebook.grade_cells},
        {cell.name for cell in notebook.solution_cells},
    )
    tasks = {cell.name for cell in notebook.task_cells}
    order = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in (released or {"cells": []})["cells"]
        if "grade_id" in cell["metadata"].get("nbgrader", {})
    ]
    rows = sorted(
        notebook.source_cells, key=lambda row: order.index(row.name) if row.name in order else len(order)
    )
    cells = []
    for row in rows:
        marks = {
            "schema_version": 3,
            "grade_id": row.name,
            "locked": bool(row.locked),
            "grade": row.name in graded,
            "solution": row.name in solved,
            "task": row.name in tasks,
            "cell_type": row.cell_type,
            "checksum": row.checksum,
        }
        if row.name in points:
            marks["points"] = points[row.name]
        cells.append(
            {"cell_type": row.cell_type, "source": row.source or "", "metadata": {"nbgrader": marks}}
        )
    kernel = json.loads(notebook.kernelspec or "{}")
    return {
        "name": f"{notebook.name}.ipynb",
        "metadata": {"kernelspec": kernel} if kernel else {},
        "cells": cells,
    }
