"""Write a batch of results into nbgrader's gradebook: one transaction, by the gradebook's own unique keys.

nbgrader's rules hold: a manual score is kept and asks for a review, a written answer asks for a person, an
untouched solution cell says "No response.", a late submission pays what the course's plugin says.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4


def record(course, assignment: str, results: Iterable[tuple]) -> int:
    """Record (submission, {notebook name: result}) pairs; returns how many submissions the gradebook now
    holds of them."""
    from nbgrader import api

    pairs = list(results)
    if not pairs:
        return 0
    with course.gradebook() as gradebook:
        session = gradebook.db()
        with session.begin():
            assigned = gradebook.find_assignment(assignment)
            ids = [submission.student_id for submission, _ in pairs]
            have = {row.id for row in session.query(api.Student.id).filter(api.Student.id.in_(ids))}
            _insert(session, api.Student, [{"id": name} for name in ids if name not in have])
            submitted = _submissions(session, assigned, pairs)
            books = _notebooks(session, assigned, submitted)
            _cells(session, assigned, pairs, submitted, books)
            session.flush()
            session.expire_all()
            _penalties(session, course, assigned, pairs, submitted, books)
    return len(pairs)


def _insert(session, model, rows: list[dict]) -> None:
    from sqlalchemy import insert

    if rows:
        session.execute(insert(model), rows)


def _update(session, model, rows: list[dict]) -> None:
    from sqlalchemy import update

    if rows:
        session.execute(update(model), rows)


def _new_id() -> str:
    return uuid4().hex


def _submissions(session, assigned, pairs) -> dict[str, str]:
    """The id of each student's row for this assignment, made or brought up to date."""
    from nbgrader.api import SubmittedAssignment as Row
    from nbgrader.utils import parse_utc

    stamps = {}
    for submission, _ in pairs:
        try:
            stamps[submission.student_id] = parse_utc(submission.timestamp) if submission.timestamp else None
        except (ValueError, OverflowError, TypeError):
            stamps[submission.student_id] = None
    have = {
        row.student_id: row.id
        for row in session.query(Row.student_id, Row.id).filter(
            Row.assignment_id == assigned.id, Row.student_id.in_(stamps)
        )
    }
    new = {name: _new_id() for name in stamps if name not in have}
    _insert(
        session,
        Row,
        [
            {"id": row, "assignment_id": assigned.id, "student_id": name, "timestamp": stamps[name]}
            for name, row in new.items()
        ],
    )
    _update(
        session,
        Row,
        [{"id": have[name], "timestamp": stamps[name]} for name in have if stamps[name] is not None],
    )
    return have | new


def _notebooks(session, assigned, submitted: dict[str, str]) -> dict[tuple[str, str], str]:
    """The id of each student's row for each notebook: {(submission id, notebook id): row id}."""
    from nbgrader.api import SubmittedNotebook as Row

    have = {
        (row.assignment_id, row.notebook_id): row.id
        for row in session.query(Row.assignment_id, Row.notebook_id, Row.id).filter(
            Row.assignment_id.in_(submitted.values())
        )
    }
    new = {
        key: _new_id()
        for owner in submitted.values()
        for notebook in assigned.notebooks
        if (key := (owner, notebook.id)) not in have
    }
    _insert(
        session,
        Row,
        [
            {"id": row, "assignment_id": owner, "notebook_id": notebook, "flagged": False}
            for (owner, notebook), row in new.items()
        ],
    )
    return have | new


def _cells(session, assigned, pairs, submitted, books) -> None:
    """Grades and comments of every cell, by (cell, notebook)."""
    from nbgrader.api import Comment, Grade

    mine = list(books.values())
    grades = {
        (row.cell_id, row.notebook_id): row
        for row in session.query(Grade.cell_id, Grade.notebook_id, Grade.id, Grade.manual_score).filter(
            Grade.notebook_id.in_(mine)
        )
    }
    comments = {
        (row.cell_id, row.notebook_id): row.id
        for row in session.query(Comment.cell_id, Comment.notebook_id, Comment.id).filter(
            Comment.notebook_id.in_(mine)
        )
    }
    new, old, said, unsaid = [], [], [], []
    for notebook in assigned.notebooks:
        graded = [*notebook.grade_cells, *notebook.task_cells]
        remarks = [*notebook.solution_cells, *notebook.task_cells]
        checksums = {cell.name: cell.checksum for cell in notebook.source_cells}
        for submission, results in pairs:
            row = books[submitted[submission.student_id], notebook.id]
            result = results[notebook.name]
            texts = {
                cell["metadata"]["nbgrader"]["grade_id"]: cell
                for cell in result["notebook"]["cells"]
                if "nbgrader" in cell["metadata"]
            }
            scores = {
                task["grade_id"]: task["score"] if task["task_id"] else _own_rule(texts[task["grade_id"]])
                for task in result["tasks"]
            }
            for cell in graded:
                score = scores.get(cell.name) if result["readable"] else 0.0
                have = grades.get((cell.id, row))
                waiting = score is None or (have is not None and have.manual_score is not None)
                entry = {"auto_score": score, "needs_manual_grade": waiting and result["readable"]}
                if have is None:
                    new.append({"id": _new_id(), "cell_id": cell.id, "notebook_id": row, **entry})
                else:
                    old.append({"id": have.id, **entry})
            for cell in remarks:
                entry = {
                    "auto_comment": "No response."
                    if _untouched(texts.get(cell.name), checksums.get(cell.name))
                    else None
                }
                have = comments.get((cell.id, row))
                if have is None:
                    said.append({"id": _new_id(), "cell_id": cell.id, "notebook_id": row, **entry})
                else:
                    unsaid.append({"id": have, **entry})
    _insert(session, Grade, new)
    _update(session, Grade, old)
    _insert(session, Comment, said)
    _update(session, Comment, unsaid)


def _own_rule(cell: dict) -> float | None:
    """nbgrader's score of a cell without a check: nothing for an untouched answer, None where a person must
    look."""
    from nbformat import from_dict
    from nbgrader.utils import determine_grade, is_grade

    node = from_dict(cell)
    return determine_grade(node)[0] if is_grade(node) else None


def _untouched(cell: dict | None, checksum: str | None) -> bool:
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum, is_task

    if cell is None or checksum is None:
        return False
    node = from_dict(cell)
    return not is_task(node) and compute_checksum(node) == checksum


def _penalties(session, course, assigned, pairs, submitted, books) -> None:
    """Late penalties by the course's own plugin, between nothing and the score."""
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook
    from nbgrader.preprocessors import AssignLatePenalties

    rule = AssignLatePenalties(config=course.config)
    rule.init_plugin()
    owners = {
        row.id: row
        for row in session.query(SubmittedAssignment).filter(SubmittedAssignment.id.in_(submitted.values()))
    }
    changed = []
    for row in session.query(SubmittedNotebook).filter(SubmittedNotebook.id.in_(books.values())):
        owner, penalty = owners[row.assignment_id], None
        if owner.total_seconds_late > 0:
            penalty = rule.plugin_inst.late_submission_penalty(
                owner.student_id, row.score, owner.total_seconds_late
            )
            penalty = None if penalty is None else rule._check_late_penalty(row, penalty)
        if penalty != row.late_submission_penalty:
            changed.append({"id": row.id, "late_submission_penalty": penalty})
    _update(session, SubmittedNotebook, changed)
