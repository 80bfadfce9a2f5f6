"""Who is in the class, from a CSV that the LMS itself exports.

Read are the columns of Canvas's gradebook export (`Student, ID, SIS User ID, SIS Login ID, Section`, then
`Title (id)` for each assignment; instructure/canvas-lms, lib/gradebook_exporter.rb), of Moodle's grading
worksheet (`Identifier, Full name, Email address, Status, Grade, Maximum Grade, ..., Last modified (grade),
Feedback comments`; moodle/moodle, mod/assign/gradingtable.php), of Moodle's list of participants (`First
name, Last name, Email address, ID number`), and a plain table with `student_id`.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from .course import CourseError

CAP = 50_000_000
# In this order a column of distinct values gives the student ids; every one of them also finds a student.
ID_COLUMNS = (
    "student_id",
    "student id",
    "sis login id",
    "login id",
    "username",
    "id number",
    "sis user id",
    "email address",
    "email",
    "identifier",
    "id",
)
NAMES = ("student", "full name", "name")


@dataclass(frozen=True)
class Person:
    """One student: the id that the course uses, and the roster's own row."""

    student_id: str
    row: list[str]


@dataclass
class Roster:
    """A class list: its header and rows as they were, and its people by any of their ids."""

    header: list[str]
    rows: list[list[str]]
    people: list[Person] = field(default_factory=list)
    by_key: dict[str, Person | None] = field(default_factory=dict)

    def column(self, *names: str) -> int | None:
        """The place of the first of these columns that the header has."""
        plain = [_plain(name) for name in self.header]
        return next((plain.index(name) for name in names if name in plain), None)

    def cell(self, person: Person, *names: str) -> str:
        place = self.column(*names)
        return person.row[place].strip() if place is not None else ""

    def find(self, key: str) -> Person | None:
        """The student with this id, login, address, participant number or name; None where none or several
        have it."""
        return self.by_key.get(_plain(key))

    @property
    def kind(self) -> str:
        """canvas (a gradebook export), worksheet (Moodle's), or list."""
        if self.column("student", "lastname") == 0 and self.column("id") is not None and self.column("section") is not None:
            return "canvas"
        return "worksheet" if self.column("identifier") is not None and self.column("grade") is not None else "list"


def read_roster(path: Path, id_column: str | None = None) -> Roster:
    """The roster in the CSV at `path`; `id_column` names the column whose values are the student ids.

    Raises CourseError with what is wrong with the file.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(CAP + 1)
    except OSError as problem:
        raise CourseError(f"the roster {path} cannot be read: {problem.strerror}") from None
    if len(data) > CAP:
        raise CourseError(f"the roster {path} has more than {CAP:,} bytes; is it the right file?")
    table = [row for row in _table(_text(data, path), path) if any(cell.strip() for cell in row)]
    if not table:
        raise CourseError(f"the roster {path} is empty")
    header = [cell.strip() for cell in table[0]]
    rows = [(row + [""] * len(header))[: max(len(header), len(row))] for row in table[1:]]
    roster = Roster(header, rows)
    students = [row for row in rows if not _is_note(roster, row)]
    place = _id_place(roster, students, path, id_column)
    for row in students:
        name = _short(roster, place, row[place])
        if name:
            person = Person(name, row)
            roster.people.append(person)
            for key in _keys(roster, person):
                roster.by_key[key] = person if roster.by_key.get(key, person) is person else None
    return roster


def _text(data: bytes, path: Path) -> str:
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise CourseError(f"the roster {path} is no CSV: it holds NUL characters. Export it again as CSV")
    return text


def _table(text: str, path: Path) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as problem:
        raise CourseError(f"the roster {path} is no CSV that can be read: {problem}") from None


def _is_note(roster: Roster, row: list[str]) -> bool:
    """Canvas's rows of points and of posting policies are no students."""
    if "Points Possible" in row[0]:
        return True
    ids = [row[place] for name in ID_COLUMNS if (place := roster.column(name)) is not None]
    return not any(cell.strip() for cell in ids)


def _id_place(roster: Roster, rows: list[list[str]], path: Path, wanted: str | None) -> int:
    if wanted is not None:
        place = roster.column(_plain(wanted))
        if place is None:
            raise CourseError(f"the roster {path} has no column {wanted!r}. It has: {', '.join(roster.header)}")
        return place
    for name in ID_COLUMNS:
        place = roster.column(name)
        values = [] if place is None else [row[place].strip() for row in rows]
        if place is not None and all(values) and len(set(values)) == len(values):
            return place
    raise CourseError(
        f"the roster {path} has no column of student ids that are all there and all different. It has: "
        f"{', '.join(roster.header)}. Name one with --id-column"
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _short(roster: Roster, place: int, value: str) -> str:
    """A student id of a cell: Moodle's `Participant 12345` is 12345."""
    value = value.strip()
    number = re.search(r"(\d+)$", value)
    return number[1] if place == roster.column("identifier") and number else value


def _keys(roster: Roster, person: Person) -> set[str]:
    found = {person.student_id}
    for name in ID_COLUMNS:
        place = roster.column(name)
        if place is not None:
            found |= {person.row[place], _short(roster, place, person.row[place])}
    for name in (full_name(roster, person), roster.cell(person, *NAMES)):
        found.add(name)
    return {_plain(key) for key in found} - {""}


def full_name(roster: Roster, person: Person) -> str:
    """First name first, whatever way the roster writes it."""
    whole = roster.cell(person, *NAMES)
    if whole:
        last, comma, first = whole.partition(",")
        return f"{first.strip()} {last.strip()}" if comma else whole
    return f"{roster.cell(person, 'first name', 'firstname')} {roster.cell(person, 'last name', 'lastname', 'surname')}".strip()
