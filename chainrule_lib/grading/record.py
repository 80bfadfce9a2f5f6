"""Write results into nbgrader's gradebook: many submissions a transaction, by the gradebook's own unique keys.

Every row is inserted or brought up to date in one statement, so a rerun or a second recorder never doubles
anything; students go in the order of their ids, so two recorders wait for each other and never for ever.

nbgrader's rules hold: a manual score is kept and asks for a review, a written answer asks for a person, an
untouched solution cell says "No response.", a late submission pays what the course's plugin says, a notebook
that cannot be read has nothing.
"""

from __future__ import annotations

import math
import re
import secrets
import sys
import time
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from .course import GLANCE, Course, CourseError

BATCH = 500  # submissions in one transaction; its statements stay below any limit of parameters
# nbgrader's own form; read without guessing it is some thirty times faster
PLAIN_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})? UTC")
ANALYSE = 500  # submissions after which the planner's statistics are renewed, and again at each doubling
INDEXES = {
    "chainrule_submitted_assignment_student": ("submitted_assignment", "student_id"),
    "chainrule_submitted_notebook_assignment": ("submitted_notebook", "assignment_id"),
    "chainrule_grade_notebook": ("grade", "notebook_id"),
    "chainrule_comment_notebook": ("comment", "notebook_id"),
}


class NotRecorded(RuntimeError):
    """Some submissions could not be recorded, and all the others were.

    `problems` has the sentence of each by student id.
    """

    def __init__(self, problems: dict[str, str]):
        super().__init__(
            "; ".join(sorted(set(problems.values()))[:3]) + (" ..." if len(set(problems.values())) > 3 else "")
        )
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """What the gradebook keeps of one submission: few numbers, by (notebook, cell)."""

    student_id: str
    timestamp: datetime | None
    unread: frozenset[str]
    scores: dict[tuple[str, str], float | None]
    comments: dict[tuple[str, str], str | None]


def record(course: Course, assignment: str, results: Iterable[tuple]) -> int:
    """Record (submission, {notebook name: result}) pairs; returns how many submissions that were.

    `results` may be a generator of any length: only the few numbers of one batch are held.  Raises
    NotRecorded at the end where single submissions could not be recorded, and GradebookBusy where the
    database stays away; what was recorded before stays.
    """
    entries: dict[str, Entry] = {}
    problems: dict[str, str] = {}
    done = 0

    def settle() -> None:
        nonlocal done
        batch = [entries[student] for student in sorted(entries)]
        entries.clear()
        done += len(batch) - _enter(course, assignment, batch, problems)

    for submission, found in results:
        student = submission.student_id
        try:
            entries[student] = _entry(submission, found)
        except Exception as problem:
            problems[student] = _sentence(problem)
        if len(entries) == BATCH:
            settle()
    if entries:
        settle()
    if problems:
        raise NotRecorded(problems)
    return done


def _sentence(problem: Exception) -> str:
    """One line that names the problem, whether ours or the database's."""
    return str(getattr(problem, "orig", None) or problem or type(problem).__name__).strip().splitlines()[0]


# what is kept of a result


def _entry(submission, results: dict[str, dict]) -> Entry:
    scores, comments = {}, {}
    submission.student_id.encode()  # a name that is no text is refused here, alone
    for notebook, result in results.items():
        cells = {
            cell["metadata"]["nbgrader"]["grade_id"]: cell
            for cell in result["notebook"]["cells"]
            if "nbgrader" in cell["metadata"]
        }
        for task in result["tasks"]:
            name = task["grade_id"]
            score = task["score"] if task["task_id"] else _own_rule(cells[name])
            if score is not None and not math.isfinite(score):
                raise ValueError(f"the score of {name} is no finite number: {score}")
            scores[notebook, name] = score if score is None else float(score)
        for name, cell in cells.items():
            marks = cell["metadata"]["nbgrader"]
            if marks.get("solution") or marks.get("task"):
                comments[notebook, name] = "No response." if _untouched(cell) else None
    unread = frozenset(name for name, result in results.items() if not result["readable"])
    return Entry(submission.student_id, _moment(submission.timestamp), unread, scores, comments)


def _moment(stamp: str | None) -> datetime | None:
    """The time of submission in UTC as nbgrader reads it; None where there is none that can be read."""
    from nbgrader.utils import parse_utc

    try:
        if stamp and PLAIN_STAMP.fullmatch(stamp):
            return datetime.fromisoformat(stamp.removesuffix(" UTC"))
        return parse_utc(stamp) if stamp else None
    except (ValueError, OverflowError, TypeError):
        return None


def _own_rule(cell: dict) -> float | None:
    """nbgrader's score of a cell without a check: nothing for an untouched answer, None where a person must
    look."""
    from nbformat import from_dict
    from nbgrader.utils import determine_grade, is_grade

    node = from_dict(cell)
    return determine_grade(node)[0] if is_grade(node) else None


def _untouched(cell: dict) -> bool:
    from nbformat import NotebookNode
    from nbgrader.utils import compute_checksum

    marks = cell["metadata"]["nbgrader"]
    node = NotebookNode(cell, metadata=NotebookNode(nbgrader=NotebookNode(marks)))
    return not marks.get("task") and marks.get("checksum") == compute_checksum(node)


# one transaction


def _enter(course: Course, assignment: str, batch: list[Entry], problems: dict[str, str]) -> int:
    """Record a batch, in halves where it fails, until only what is bad is left; returns how many that are."""
    try:
        course.patiently(lambda: _transaction(course, assignment, batch))
        return 0
    except CourseError:
        raise
    except Exception as problem:
        if len(batch) == 1:
            problems[batch[0].student_id] = _sentence(problem)
            return 1
        half = len(batch) // 2
        return sum(_enter(course, assignment, part, problems) for part in (batch[:half], batch[half:]))


def _transaction(course: Course, assignment: str, batch: list[Entry]) -> None:
    with course.reached():
        if not course.recorded:
            _make_indexes(course.engine)
        with course.engine.begin() as db:
            if db.dialect.name == "postgresql":
                db.exec_driver_sql(f"set local lock_timeout = {int(1000 * GLANCE)}")
            plan = _plan(db, course, assignment)
            submitted = _submissions(db, plan, batch)
            books = _notebooks(db, plan, submitted)
            _cells(db, plan, batch, submitted, books)
            _penalties(db, course, plan, batch, submitted, books)
        course.recorded += len(batch)
        if course.recorded >= max(ANALYSE, 2 * course.analysed):
            _analyse(course.engine)
            course.analysed = course.recorded


def _new_id() -> str:
    """A new key of nbgrader's length that begins with the time: new rows then lie side by side in every index
    (random keys touch a page each, which made a gradebook of 50,000 three times slower)."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


def _put(db, table, rows: list[dict], keys: tuple[str, ...], change=None) -> None:
    """Insert these rows; where a row of these keys is there, set what `change(new row)` says, if it differs.

    PostgreSQL gets them in one statement, a list for each column: row by row, its server works longer.
    """
    from sqlalchemy import ARRAY, bindparam, func, or_, select
    from sqlalchemy.dialects import postgresql, sqlite

    if not rows:
        return
    if keys != ("id",):
        rows = [row | {"id": _new_id()} for row in rows]
    if db.dialect.name == "postgresql":
        # the type without its length: a cast would cut what is too long in silence
        columns = {name: ARRAY(type(table.c[name].type)) for name in rows[0]}
        lists = [bindparam(name, type_=kind) for name, kind in columns.items()]
        new = func.unnest(*lists).table_valued(*columns).render_derived()
        insert: Any = postgresql.insert(table).from_select(list(columns), select(new))
        values: Any = {name: [row[name] for row in rows] for name in columns}
    else:
        insert, values = sqlite.insert(table), rows
    if change is None:
        insert = insert.on_conflict_do_nothing(index_elements=keys)
    else:
        renewed = change(insert.excluded)
        differs = or_(*(table.c[name].is_distinct_from(value) for name, value in renewed.items()))
        insert = insert.on_conflict_do_update(index_elements=keys, set_=renewed, where=differs)
    db.execute(insert, values)


@dataclass(frozen=True)
class Plan:
    """The assignment in the gradebook: the id of each cell by (notebook, cell): tasks are among the graded, and
    a cell that is graded and written is in both."""

    id: str
    duedate: datetime | None
    notebooks: dict[str, str]
    graded: dict[tuple[str, str], str]
    remarked: dict[tuple[str, str], str]
    tasks: dict[tuple[str, str], str]


def _plan(db, course: Course, assignment: str) -> Plan:
    from nbgrader.api import Assignment, BaseCell, Notebook
    from sqlalchemy import select

    row = db.execute(select(Assignment.id, Assignment.duedate).where(Assignment.name == assignment)).first()
    if row is None:
        raise course.unknown(assignment)
    books = select(Notebook.name, Notebook.id).where(Notebook.assignment_id == row.id).order_by(Notebook.name)
    # the table itself: the class would join every kind of cell
    cell = BaseCell.__table__.c
    cells = db.execute(
        select(Notebook.name.label("notebook"), cell.name, cell.id, cell.type)
        .join(Notebook, Notebook.id == cell.notebook_id)
        .where(Notebook.assignment_id == row.id)
        .order_by(Notebook.name, cell.name)
    ).all()
    kinds = {
        "graded": ("GradeCell", "TaskCell"),
        "remarked": ("SolutionCell", "TaskCell"),
        "tasks": ("TaskCell",),
    }
    return Plan(
        row.id,
        row.duedate,
        dict(db.execute(books).all()),
        **{kind: {(c.notebook, c.name): c.id for c in cells if c.type in types} for kind, types in kinds.items()},
    )


def _submissions(db, plan: Plan, batch: list[Entry]) -> dict:
    """Each student's row for this assignment, made or brought up to date; a time that is not known changes
    none."""
    from nbgrader.api import Student, SubmittedAssignment
    from sqlalchemy import func, select

    table = SubmittedAssignment.__table__
    _put(db, Student.__table__, [{"id": entry.student_id} for entry in batch], ("id",))
    _put(
        db,
        table,
        [
            {"assignment_id": plan.id, "student_id": entry.student_id, "timestamp": entry.timestamp}
            for entry in batch
        ],
        ("assignment_id", "student_id"),
        lambda new: {"timestamp": func.coalesce(new.timestamp, table.c.timestamp)},
    )
    query = select(table.c.student_id, table.c.id, table.c.timestamp, table.c.extension).where(
        table.c.assignment_id == plan.id, table.c.student_id.in_([entry.student_id for entry in batch])
    )
    return {row.student_id: row for row in db.execute(query)}


def _notebooks(db, plan: Plan, submitted: dict) -> dict:
    """Each student's row for each notebook, by (submission, notebook)."""
    from nbgrader.api import SubmittedNotebook
    from sqlalchemy import select

    table = SubmittedNotebook.__table__
    owners = [row.id for row in submitted.values()]
    rows = [
        {"assignment_id": owner, "notebook_id": notebook}
        for owner in owners
        for notebook in plan.notebooks.values()
    ]
    _put(db, table, rows, ("notebook_id", "assignment_id"))
    query = select(table.c.assignment_id, table.c.notebook_id, table.c.id, table.c.late_submission_penalty)
    return {
        (row.assignment_id, row.notebook_id): row
        for row in db.execute(query.where(table.c.assignment_id.in_(owners)))
    }


def _cells(db, plan: Plan, batch: list[Entry], submitted: dict, books: dict) -> None:
    """Grades and comments of every cell, by (cell, notebook).

    As nbgrader does: a score that a person gave asks for a review; the grade of a task stays as it is, unless
    an unread notebook had set it to nothing.
    """
    from nbgrader.api import Comment, Grade

    old = Grade.__table__.c
    renew = {
        "unread": lambda new: {"auto_score": new.auto_score, "needs_manual_grade": new.needs_manual_grade},
        "task": lambda new: {
            "auto_score": new.auto_score,
            "needs_manual_grade": old.needs_manual_grade | old.auto_score.is_not(None),
        },
        "graded": lambda new: {
            "auto_score": new.auto_score,
            "needs_manual_grade": new.needs_manual_grade | old.manual_score.is_not(None),
        },
    }
    grades: dict[str, list[dict]] = {kind: [] for kind in renew}
    comments: dict[bool, list[dict]] = {True: [], False: []}
    for entry in batch:
        owner = submitted[entry.student_id].id
        mine = {name: books[owner, notebook].id for name, notebook in plan.notebooks.items()}
        for key, cell in plan.graded.items():
            unread = key[0] in entry.unread
            score = 0.0 if unread else entry.scores.get(key)
            row = {"cell_id": cell, "notebook_id": mine[key[0]], "auto_score": score}
            kind = "unread" if unread else "task" if key in plan.tasks else "graded"
            grades[kind].append(row | {"needs_manual_grade": score is None})
        for key, cell in plan.remarked.items():
            unread = key[0] in entry.unread
            said = None if unread else entry.comments.get(key)
            comments[unread].append({"cell_id": cell, "notebook_id": mine[key[0]], "auto_comment": said})
    keys = ("cell_id", "notebook_id")
    for kind, change in renew.items():
        _put(db, Grade.__table__, grades[kind], keys, change)
    _put(db, Comment.__table__, comments[False], keys, lambda new: {"auto_comment": new.auto_comment})
    _put(db, Comment.__table__, comments[True], keys)


def _penalties(db, course: Course, plan: Plan, batch: list[Entry], submitted: dict, books: dict) -> None:
    """Late penalties by the course's own plugin, between nothing and the score."""
    from nbgrader.api import Grade, SubmittedNotebook
    from sqlalchemy import bindparam, func, select, update

    late = {row.id: (student, _seconds_late(row, plan)) for student, row in submitted.items()}
    owing = [row.id for (owner, _), row in books.items() if late[owner][1] > 0]
    scores: dict[str, float] = {}
    rule = None
    if owing:
        query = select(Grade.notebook_id, func.coalesce(func.sum(Grade.score), 0.0)).group_by(Grade.notebook_id)
        for start in range(0, len(owing), BATCH):
            part = owing[start : start + BATCH]
            scores |= dict(db.execute(query.where(Grade.notebook_id.in_(part))).all())
        rule = _late_rule(course)
    unread = {
        (submitted[entry.student_id].id, plan.notebooks[name])
        for entry in batch
        for name in entry.unread
        if name in plan.notebooks
    }
    changed = []
    for (owner, notebook), row in books.items():
        (student, seconds), score, penalty = late[owner], scores.get(row.id, 0.0), None
        if seconds > 0 and (score or (owner, notebook) not in unread):
            penalty = rule.plugin_inst.late_submission_penalty(student, score, seconds)
            if penalty is not None:
                penalty = rule._check_late_penalty(SimpleNamespace(score=score), penalty)
        if penalty != row.late_submission_penalty:
            changed.append({"row": row.id, "penalty": penalty})
    if changed:
        table = SubmittedNotebook.__table__
        statement = update(table).where(table.c.id == bindparam("row"))
        db.execute(statement.values(late_submission_penalty=bindparam("penalty")), changed)


def _seconds_late(row, plan: Plan) -> float:
    """As nbgrader counts them: past the due date and the student's own extension."""
    if row.timestamp is None or plan.duedate is None:
        return 0.0
    due = plan.duedate if row.extension is None else plan.duedate + row.extension
    return max(0.0, (row.timestamp - due).total_seconds())


def _late_rule(course: Course):
    """nbgrader's own preprocessor with the course's plugin; one that lies in the course folder is found there,
    as under nbgrader."""
    from nbgrader.preprocessors import AssignLatePenalties

    with _importable(str(course.root)):
        rule = AssignLatePenalties(config=course.config)
        rule.init_plugin()
    return rule


@contextmanager
def _importable(folder: str):
    sys.path.append(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


# what makes a large gradebook quick


def _make_indexes(engine) -> None:
    """The indexes that nbgrader lacks, made where they are missing; a help, never a condition."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import DBAPIError

    look = inspect(engine)
    try:
        there = {index["name"] for table, _ in INDEXES.values() for index in look.get_indexes(table)}
        missing = {name: place for name, place in INDEXES.items() if name not in there}
        if missing:
            with engine.begin() as db:
                if db.dialect.name == "postgresql":
                    db.exec_driver_sql(f"set local lock_timeout = {int(1000 * GLANCE)}")
                for name, (table, column) in missing.items():
                    db.exec_driver_sql(f"create index if not exists {name} on {table} ({column})")
            _analyse(engine)
    except DBAPIError:  # another holds the tables or owns them; the grades come first
        pass


def _analyse(engine) -> None:
    """Renew the planner's statistics."""
    from sqlalchemy.exc import DBAPIError

    try:
        with engine.begin() as db:
            for table in ("student", *(table for table, _ in INDEXES.values())):
                db.exec_driver_sql(f"analyze {table}")
    except DBAPIError:
        pass
