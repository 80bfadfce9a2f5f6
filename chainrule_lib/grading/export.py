"""The grades as files: grades.csv with a row for each question, and what Canvas and Moodle take in.

Canvas (instructure/canvas-lms, lib/gradebook_importer.rb) reads `Student, ID, [SIS User ID,] SIS Login ID,
Section`, then a column `Title (assignment id)`, and a row of Points Possible. A student is found by ID, then
by the SIS ids, then by name; an empty cell erases a grade that is there, so who has none is left out.

Moodle (moodle/moodle, mod/assign/feedback/offline/importgradeslib.php and locallib.php) reads the grading
worksheet: `Identifier` (Participant and a number), `Grade`, `Last modified (grade)` and `Feedback comments`,
which is HTML. Empty grades, and silently grades above the maximum, are skipped. A worksheet goes out as it
came in, with those two columns filled.

A total is nbgrader's own: manual before automatic scores, extra credit, less the late penalty, at least 0.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from .collect import read_ledger
from .course import Course, CourseError
from .report import Row, balance, rows
from .roster import Person, Roster, full_name

COLUMNS = ("student_id", "assignment", "task_id", "score", "max_score", "status", "diagnosis")


def safe(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula; a lone hyphen is none."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and text != "-" else text


def grades_csv(table: Iterable[Row]) -> str:
    lines: list[Iterable[str]] = [COLUMNS]
    for row in table:
        score = "" if row.score is None else f"{row.score:g}"
        lines.append(
            [
                safe(row.student_id),
                safe(row.assignment),
                safe(row.task_id),
                score,
                f"{row.max_score:g}",
                row.status,
                safe(row.slips),
            ]
        )
    return _csv(lines)


def _csv(lines: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def number(value: float) -> str:
    """Points as both LMSs read them: no exponent, at most four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


@dataclass
class Total:
    """One student's points in all: before the late penalty, the penalty, and how much is not final."""

    raw: float = 0.0
    penalty: float = 0.0
    max_score: float = 0.0
    waiting: int = 0
    review: int = 0

    @property
    def score(self) -> float:
        return max(0.0, self.raw - self.penalty)


def totals(course: Course, assignment: str) -> dict[str, Total]:
    """Everybody's total, by student id: what nbgrader's own exporter would write."""
    from nbgrader import api

    course.sources(assignment)  # says so where the assignment is not known
    found: dict[str, Total] = {}
    with course.gradebook() as gradebook:
        most = float(gradebook.find_assignment(assignment).max_score)
        books = (
            gradebook.db.query(api.SubmittedAssignment.student_id, api.SubmittedNotebook.late_submission_penalty)
            .select_from(api.SubmittedNotebook)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == assignment)
        )
        for student, penalty in books:
            total = found.setdefault(student, Total(max_score=most))
            total.penalty += penalty or 0.0
        cells = (
            gradebook.db.query(
                api.SubmittedAssignment.student_id,
                api.Grade.auto_score,
                api.Grade.manual_score,
                api.Grade.extra_credit,
                api.Grade.needs_manual_grade,
            )
            .select_from(api.Grade)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == assignment)
        )
        for student, auto, manual, extra, review in cells:
            total = found[student]
            score = auto if manual is None else manual
            if score is None:
                total.waiting += 1
            else:
                total.raw += score + (extra or 0.0)
                total.review += bool(review)
    return found


@dataclass
class Export:
    """A file for an LMS and what an instructor must know of it."""

    text: str
    exported: list[str]
    waiting: list[str]
    not_on_roster: list[str]
    dead: dict[str, str]
    warnings: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not (self.waiting or self.not_on_roster or self.dead)


def lms_export(
    course: Course,
    assignment: str,
    kind: str,
    *,
    roster: Roster | None = None,
    column: str | None = None,
    final: bool = False,
) -> Export:
    """The file that `kind` (canvas or moodle) imports.

    column: the LMS's own title of the assignment's column; final: count what waits for a person as nothing,
    where otherwise such a student is left out.  Raises CourseError where the roster does not fit.
    """
    everyone, dead = totals(course, assignment), balance(course, assignment).get("dead_letters", {})
    ready, waiting, unknown = {}, [], []
    for student, total in sorted(everyone.items()):
        if student in dead:
            continue
        if total.waiting and not final:
            waiting.append(student)
        elif roster is not None and roster.find(student) is None:
            unknown.append(student)
        else:
            ready[student] = total
    write = _canvas if kind == "canvas" else _moodle
    lines, warnings = write(course, assignment, ready, roster, column)
    return Export(_csv(lines), list(ready), waiting, unknown, dead, warnings + _warnings(everyone, ready, roster, final))


def _warnings(everyone: dict[str, Total], ready: dict[str, Total], roster: Roster | None, final: bool) -> list[str]:
    found = []
    if final and (open_answers := sum(total.waiting for total in ready.values())):
        found.append(f"{open_answers} answers that no person has marked count as nothing")
    if review := sum(bool(total.review) for total in ready.values()):
        found.append(f"{review} students have marks that were graded again since; look at them in formgrader")
    if roster is not None:
        have = {person.student_id for student in everyone if (person := roster.find(student))}
        if missing := sum(person.student_id not in have for person in roster.people):
            found.append(f"{missing} on the roster have no grade; the LMS keeps what it has")
    return found


def _people(ready: dict[str, Total], roster: Roster | None) -> list[tuple[str, Total, Person | None]]:
    """In the roster's order where there is one."""
    found = [(student, total, roster and roster.find(student)) for student, total in ready.items()]
    if roster is None:
        return found
    place = {id(person): i for i, person in enumerate(roster.people)}
    return sorted(found, key=lambda one: place[id(one[2])])


# Canvas


def _canvas(course: Course, assignment: str, ready: dict[str, Total], roster: Roster | None, column: str | None):
    most = next((total.max_score for total in ready.values()), 0.0)
    whole = roster is not None and roster.kind == "canvas"
    title, warnings = _canvas_title(assignment, roster if whole else None, column)
    possible = number(most)
    if whole:
        last = roster.column("section")
        header = roster.header[: last + 1]
        place = roster.header.index(title) if title in roster.header else None
        points = [row for row in roster.rows if "Points Possible" in row[0]]
        theirs = points[0][place].strip() if points and place is not None else ""
        if theirs:
            if _value(theirs) != most:
                warnings.append(
                    f"Canvas has {theirs} points for {title}, and this course {number(most)}; no score was scaled"
                )
            possible = theirs
    else:
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    ledger = read_ledger(course, assignment)
    lines = [[*header, title], ["    Points Possible", *[""] * (len(header) - 1), possible]]
    for student, total, person in _people(ready, roster):
        if whole:
            own = person.row[: len(header)]
        elif person is not None:
            own = [
                full_name(roster, person),
                roster.cell(person, "id", "canvas id", "canvas_user_id"),
                roster.cell(person, "sis user id", "id number", "student_id", "student id"),
                roster.cell(person, "sis login id", "login id", "username") or person.student_id,
                roster.cell(person, "section"),
            ]
        else:
            facts = ledger.get(student, {})
            ours = facts.get("lms") == "canvas"
            own = [facts.get("name", "") or student, facts["lms_id"] if ours else "", "", "" if ours else student, ""]
        lines.append([*map(safe, own), number(total.score)])
    return lines, warnings


def _canvas_title(assignment: str, roster: Roster | None, column: str | None) -> tuple[str, list[str]]:
    """The assignment's column: as it was named, or the one of the gradebook export that starts with it."""
    titles = [] if roster is None else [title for title in roster.header if re.search(r" \(\d+\)$", title)]
    if column is not None:
        alike = [title for title in titles if column in (title, title.rpartition(" (")[0])]
        return (alike[0] if len(alike) == 1 else column), []
    alike = [title for title in titles if title.rpartition(" (")[0].casefold() == assignment.casefold()] or [
        title for title in titles if re.match(rf"{re.escape(assignment)}\b", title, re.IGNORECASE)
    ]
    if len(alike) == 1:
        return alike[0], []
    if alike:
        raise CourseError(f"the roster has several columns for {assignment}: {', '.join(alike)}. Name one with --column")
    return assignment, [
        f"no Canvas column of {assignment} is known: Canvas will offer to make a new assignment {assignment!r}. "
        "Give the gradebook export as --roster, or --column 'Title (id)'"
    ]


def _value(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


# Moodle


def _moodle(course: Course, assignment: str, ready: dict[str, Total], roster: Roster | None, column: str | None):
    remarks = _remarks(course, assignment, ready)
    if roster is not None and roster.kind == "worksheet":
        return _worksheet(ready, roster, column, remarks)
    ledger = read_ledger(course, assignment)
    if roster is None and ready and all(ledger.get(student, {}).get("lms") == "moodle" for student in ready):
        header = ["Identifier", "Full name", "Grade", "Last modified (grade)", "Feedback comments"]
        lines = [
            [
                f"Participant {ledger[student]['lms_id']}",
                safe(ledger[student]["name"]),
                number(total.score),
                "-",
                remarks[student],
            ]
            for student, total in ready.items()
        ]
        return [header, *lines], []
    known = ("Username", "ID number", "Email address")
    names = [name for name in known if roster and roster.column(name.casefold()) is not None]
    header = [*(names or ["ID number"]), column or assignment, "Feedback comments"]
    lines = []
    for student, total, person in _people(ready, roster):
        own = [roster.cell(person, name.casefold()) for name in names] if names else [student]
        lines.append([*map(safe, own), number(total.score), safe(remarks[student])])
    return [header, *lines], [
        "this is for Grades, Import, CSV file; for the assignment's own upload give its grading worksheet as --roster"
    ]


def _worksheet(ready: dict[str, Total], roster: Roster, column: str | None, remarks: dict[str, str]):
    grade = roster.column((column or "Grade").casefold())
    if grade is None:
        raise CourseError(f"the worksheet has no column {column!r}. It has: {', '.join(roster.header)}")
    said = roster.column("feedback comments")
    warnings = [] if said is not None else ["the worksheet has no Feedback comments; only grades are in it"]
    given = {id(person): (total, remarks[student]) for student, total, person in _people(ready, roster)}
    by_row = {id(person.row): person for person in roster.people}
    lines, above, closed = [roster.header], 0, 0
    for row in roster.rows:
        person = by_row.get(id(row))
        row = [safe(cell) for cell in row]
        if person is not None and id(person) in given:
            total, remark = given[id(person)]
            row[grade] = number(total.score)
            if said is not None:
                row[said] = remark
            limit = _value(roster.cell(person, "maximum grade"))
            above += limit is not None and total.score > limit
            closed += roster.cell(person, "grade can be changed").casefold() == "no"
        lines.append(row)
    if above:
        warnings.append(f"{above} grades are above Moodle's maximum, and Moodle skips them; raise it in the assignment")
    if closed:
        warnings.append(f"{closed} grades are locked in Moodle, and Moodle skips them")
    return lines, warnings


def _remarks(course: Course, assignment: str, ready: dict[str, Total]) -> dict[str, str]:
    """A line of HTML for each student: the points of each question, the penalty, why a file was not read."""
    parts: dict[str, list[str]] = {student: [] for student in ready}
    faults: dict[str, str] = {}
    for row in rows(course, assignment):
        if row.student_id in parts:
            score = "not marked" if row.score is None else number(row.score)
            parts[row.student_id].append(f"{row.task_id} {score} of {number(row.max_score)}")
            if row.status == "student_fault" and row.message:
                faults.setdefault(row.student_id, row.message)
    said = {}
    for student, total in ready.items():
        words = f"{number(total.score)} of {number(total.max_score)} points: {', '.join(parts[student])}."
        if total.penalty:
            words += f" Late penalty {number(total.penalty)}."
        said[student] = escape(f"{words} {faults.get(student, '')}".strip(), quote=False)
    return said


def told(done: Export, path) -> str:
    lines = [f"{path}: {len(done.exported)} students"]
    if done.waiting:
        lines.append(
            f"  left out: {len(done.waiting)} with answers that no person has marked yet. Mark them in formgrader, or type "
            "the same line with --final to count those as nothing"
        )
    lines += [f"  left out: {name} is not on the roster" for name in done.not_on_roster]
    lines += [f"  left out: {name}: {sentence}" for name, sentence in sorted(done.dead.items())]
    return "\n".join(lines + [f"  note: {sentence}" for sentence in done.warnings])
