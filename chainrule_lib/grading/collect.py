"""Submissions as an LMS hands them out, put where nbgrader looks for them: submitted/<student>/<assignment>.

Four layouts are known, each as a zip file or as a folder:

- Canvas's submissions.zip: flat, `lastfirst_LATE_<user id>_<attachment id>_<file name>`, the LATE only where
  Canvas marked it, `anon_<id>` for the name and user id where grading is anonymous; a later upload of a2.ipynb
  is called a2-1.ipynb (instructure/canvas-lms, lib/content_zipper.rb: get_filename, add_upload_submission).
- Moodle's download of all submissions: `<Full name>_<participant number>_assignsubmission_file/<path>`, or
  the same flat with one more `_` where "Download submissions in folders" is off; older ones end the folder
  in `_` (moodle/moodle, mod/assign/classes/downloader.php: get_student_prefix,
  load_submissionplugin_filelist).
- nbgrader's own: `<student>/<assignment>/<file>` with its timestamp.txt.
- plain: `<student>/<file>`.

Strangers chose the file names and the bytes. A name that leaves its folder, a link, a device, an encrypted
or damaged entry and a bomb are listed and never opened; nothing outside submitted/ is written, and what was
there before goes to submitted/.replaced/ and is named. Only nbgrader's own layout is believed about the time: in
the others a timestamp.txt is a student's file.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import unpack
from .course import Course, CourseError, read_plain
from .pipeline import SIZE_CAP
from .roster import Roster
from .store import write_whole
from .unpack import Entry, Refused, offered, open_zip, too_large, zip_entries

ID_CAP = 128  # characters of a student id that a gradebook holds

CANVAS = re.compile(
    r"(?P<name>.*?)(?:(?:^|_)(?P<late>LATE))?(?:^|_)(?P<id>\d+|anon_[^_]+)_(?P<order>\d+)_(?P<file>.+)", re.DOTALL
)
MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
AGAIN = re.compile(r"(?:[ _-]*\(\d+\)|-\d+|[ _-]*copy[ _-]?\d*(?:[ _-]*\(\d+\))?)$", re.IGNORECASE)
JUNK = ("__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass
class Handed:
    """All that came in under one id: its files as (entry, path inside the submission, how new)."""

    lms: str
    lms_id: str
    name: str
    late: bool = False
    files: list[tuple[Entry, tuple[str, ...], int]] = field(default_factory=list)


@dataclass
class Collected:
    """What `collect` did, or would do: each list holds plain dictionaries."""

    assignment: str
    layout: str
    dry_run: bool
    taken: list[dict] = field(default_factory=list)
    replaced: list[dict] = field(default_factory=list)
    kept: list[dict] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    problems: list[dict] = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)
    not_on_roster: list[str] = field(default_factory=list)
    nothing_from: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def to_json(self) -> dict:
        return asdict(self)


# whose it is


def layout_of(paths: list[tuple[str, ...]], assignment: str) -> tuple[str, int]:
    """(canvas, moodle, nbgrader or plain; how many folders stand around everything)."""
    outer = 1 if len({path[0] for path in paths}) == 1 and all(len(path) > 1 for path in paths) else 0
    for drop in range(outer + 1):
        below = [path[drop:] for path in paths]
        if any(MOODLE.fullmatch(path[0]) for path in below):
            return "moodle", drop
        if any(len(path) == 1 and CANVAS.fullmatch(path[0]) for path in below):
            return "canvas", drop
    for drop in range(outer + 1):
        if any(len(path) > drop + 2 and path[drop + 1] == assignment for path in paths):
            return "nbgrader", drop
    return "plain", outer if all(len(path) > 2 for path in paths) else 0


def _place(path: tuple[str, ...], layout: str, assignment: str):
    """(LMS id, name, late, path inside the submission, how new) of an entry; Refused where it belongs to
    nobody."""
    if layout == "moodle" and (match := MOODLE.fullmatch(path[0])):
        if match["kind"] != "file":
            raise Refused("it was typed into the LMS, and is no notebook")
        inside = path[1:] if len(path) > 1 else (match["file"] or "",)
        return match["id"], match["name"], False, inside, 0
    if layout == "canvas" and len(path) == 1:
        match = CANVAS.fullmatch(path[0])
        if match:
            return match["id"], match["name"], bool(match["late"]), (match["file"],), int(match["order"])
        if re.search(r"_(text|link)\.html$", path[0]):
            raise Refused("it was typed into the LMS, and is no notebook")
    if layout == "nbgrader" and len(path) > 2:
        if path[1] != assignment:
            raise Refused(f"it belongs to {path[1]}, and {assignment} was asked for")
        return path[0], "", False, path[2:], 0
    if layout == "plain" and len(path) > 1:
        return path[0], "", False, path[1:], 0
    raise Refused("it stands in no student's folder, and its name tells no student")


def gather(found: list[Entry], layout: str, drop: int, assignment: str, result: Collected) -> list[Handed]:
    """The files by who handed them in, in the order they came; those of nobody go to the problems."""
    people: dict[str, Handed] = {}
    for entry in found:
        path = entry.path[drop:]
        if not path or any(part in JUNK or part.startswith("._") for part in path):
            continue
        try:
            if entry.refused:
                raise Refused(entry.refused)
            lms_id, name, late, inside, order = _place(path, layout, assignment)
        except Refused as problem:
            result.problems.append(_line(entry.path, str(problem)))
            continue
        hand = people.setdefault(lms_id, Handed(layout, lms_id, name))
        hand.late |= late
        hand.files.append((entry, inside, order))
    return list(people.values())


def _line(path: tuple[str, ...], sentence: str, student: str | None = None) -> dict:
    return {"student_id": student, "file": _shown("/".join(path)), "message": sentence}


def _shown(name: str) -> str:
    """A stranger's file name as text that moves no cursor and breaks no line."""
    return name if name.isprintable() else name.encode("unicode_escape", "surrogatepass").decode("ascii")


def id_problem(student_id: str) -> str:
    """Why this cannot be a student's folder and row; empty where it can."""
    if not student_id or student_id.startswith(".") or "/" in student_id or "\0" in student_id:
        return f"{student_id!r} cannot be a student id: it would not be one folder's name"
    if len(student_id) > ID_CAP or len(os.fsencode(student_id)) > 250:
        return f"{student_id[:40]!r}... cannot be a student id: it has more than {ID_CAP} characters"
    return "" if student_id.isprintable() else f"{student_id!r} cannot be a student id: it holds control characters"


# what was handed in


def unpacked(hand: Handed, result: Collected, student: str) -> list[tuple[Entry, tuple[str, ...], int]]:
    """A student's files, with those inside a zip file of theirs in its place; a zip in a zip is left shut."""
    files = []
    for entry, inside, order in hand.files:
        if not inside[-1].lower().endswith(".zip"):
            files.append((entry, inside, order))
            continue
        try:
            archive = open_zip(io.BytesIO(entry.read(unpack.FILE_CAP + 1)), "it")
            within = list(zip_entries(archive, "it", unpack.NESTED_CAP))
            if sum(inner.size for inner in within if not inner.refused) > unpack.FILE_CAP:
                raise Refused(f"it would grow to more than {unpack.FILE_CAP:,} bytes; it was not unpacked")
        except (Refused, CourseError) as problem:
            result.problems.append(_line(entry.path, str(problem), student))
            continue
        outer = {inner.path[0] for inner in within if len(inner.path) > 1}
        wrapped = len(outer) == 1 and all(len(inner.path) > 1 for inner in within)
        for inner in within:
            sentence = inner.refused
            if not sentence and inner.path[-1].lower().endswith(".zip"):
                sentence = "it is a zip file inside a zip file; it was not opened"
            if sentence:
                result.problems.append(_line((*entry.path, *inner.path), sentence, student))
            elif not any(part in JUNK or part.startswith("._") for part in inner.path):
                files.append((inner, inner.path[1:] if wrapped else inner.path, order))
    return files


def stem(name: str) -> str:
    """`a2 (1).ipynb`, `a2-1.ipynb` and `a2-Copy1.ipynb` are a2."""
    return AGAIN.sub("", name[: -len(".ipynb")]).strip()


def choose(files: list, names: list[str]) -> tuple[dict[str, tuple], list[tuple], list[tuple[tuple, str]]]:
    """Which file is which of the assignment's notebooks `names`.

    Returns {name: file}, the files that stay as they are, and (file, sentence) for those passed over.
    """
    books = [file for file in files if file[1][-1].lower().endswith(".ipynb")]
    rest = [file for file in files if file not in books]
    chosen, passed = {}, []
    for name in names:
        alike = [
            file for file in books if name in (file[1][-1][: -len(".ipynb")], stem(file[1][-1]))
        ] or [file for file in books if stem(file[1][-1]).casefold() == name.casefold()]
        if not alike:
            continue
        alike.sort(key=lambda file: (file[2], -len(file[1]), file[1][-1] == f"{name}.ipynb", file[1]))
        chosen[name] = alike[-1]
        passed += [(file, f"{_shown(alike[-1][1][-1])} was taken as {name}.ipynb in its place") for file in alike[:-1]]
        books = [file for file in books if file not in alike]
    if len(names) == 1 and len(books) == 1 and not chosen:
        chosen[names[0]] = books.pop()
    return chosen, books + rest, passed


def _contents(hand: Handed, names: list[str], result: Collected, student: str) -> tuple[dict, str | None, int]:
    """What to write for one student: {path inside the folder: bytes}, the time if it is known, and how new
    it is."""
    files = unpacked(hand, result, student)
    stamp = None
    if hand.lms == "nbgrader":
        for entry, inside, _ in files:
            if inside == ("timestamp.txt",) and (stamp := _stamp(entry)) is None:
                result.notes.append(_line(entry.path, "it holds no time that can be read; it was left out", student))
    own = [file for file in files if file[1] == ("timestamp.txt",)]
    if own and hand.lms != "nbgrader":
        sentence = "a student's own timestamp.txt is not believed; it was left out"
        result.notes.append(_line(own[0][0].path, sentence, student))
    chosen, others, passed = choose([file for file in files if file not in own], names)
    for (entry, _, _), sentence in passed:
        result.notes.append(_line(entry.path, sentence, student))
    if not chosen and not any(inside[-1].lower().endswith(".ipynb") for _, inside, _ in others):
        what = ", ".join(_shown(inside[-1]) for _, inside, _ in others[:3]) or "nothing that could be opened"
        raise Refused(f"there is no notebook in it: {what}")
    wanted = [((f"{name}.ipynb",), entry) for name, (entry, _, _) in chosen.items()]
    for entry, inside, _ in others:
        wanted.append((inside, entry))
    contents: dict[tuple[str, ...], bytes] = {}
    for inside, entry in wanted:
        try:
            if any(len(os.fsencode(part)) > 250 for part in inside):
                raise Refused("its name is too long for a file")
            if len(inside) > 8 or inside in contents or any(inside[:n] in contents for n in range(1, len(inside))):
                raise Refused("another file has its place")
            data = entry.read(unpack.FILE_CAP + 1)
            if len(data) > unpack.FILE_CAP:
                raise Refused(too_large(len(data)))
            contents[inside] = data
        except Refused as problem:
            result.problems.append(_line(entry.path, str(problem), student))
    if not contents:
        raise Refused("nothing in it could be opened")
    for name, (entry, inside, _) in chosen.items():
        if inside != (f"{name}.ipynb",) and (f"{name}.ipynb",) in contents:
            result.notes.append(_line(entry.path, f"it was taken as {name}.ipynb", student))
        if sentence := _unlike_a_notebook(contents.get((f"{name}.ipynb",))):
            result.notes.append(_line(entry.path, sentence, student))
    for name in names:
        if name not in chosen:
            result.notes.append(_line((hand.lms_id,), f"there is no {name}.ipynb in it", student))
    return contents, stamp, max((order for _, _, order in files), default=0)


def _unlike_a_notebook(data: bytes | None) -> str:
    if data is None or len(data) > SIZE_CAP:
        return "" if data is None else f"it has more than {SIZE_CAP:,} bytes and will not be graded"
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return "its JSON does not parse; it was collected as it is"
    return ""


def _stamp(entry: Entry) -> str | None:
    from nbgrader.utils import parse_utc

    try:
        text = entry.read(200).decode("ascii").strip()
        return text if parse_utc(text) else None
    except (Refused, ValueError, OverflowError, TypeError):
        return None


def worksheet_time(text: str, zone: str) -> str | None:
    """Moodle's `Friday, 6 March 2026, 5:30 PM` in the time zone `zone`, as nbgrader's UTC text; None where it
    is no time."""
    from zoneinfo import ZoneInfo

    import dateutil.parser

    if not any(letter.isdigit() for letter in text):
        return None
    try:
        when = dateutil.parser.parse(text)
        when = when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))
        return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError):
        return None


# where it goes


class Shelf:
    """submitted/ of a course for one assignment, with the ledger of where each submission came from."""

    def __init__(self, course: Course, assignment: str):
        self.top = course.root / course.directory.submitted_directory
        self.assignment = assignment
        self.book = self.top / ".collected" / f"{assignment}.json"
        self.ledger = read_ledger(course, assignment)
        self.known = {(facts.get("lms"), facts.get("lms_id")): name for name, facts in self.ledger.items()}

    def folder(self, student: str) -> Path:
        return self.top / student / self.assignment

    def look(self, student: str, contents: dict, stamp: str | None, order: int) -> str:
        """new, same, older (what is there is newer), or replace.

        Raises Refused where a link stands in the way.
        """
        folder = self.folder(student)
        for step in (folder.parent, folder):
            if os.path.lexists(step) and not stat.S_ISDIR(os.lstat(step).st_mode):
                raise Refused(f"{step} is a link or a file, and was left alone")
        if not folder.is_dir():
            return "new"
        try:
            there = {
                path.relative_to(folder).parts: read_plain(path, unpack.FILE_CAP + 1)
                for path in folder.rglob("*")
                if not path.is_dir() or path.is_symlink()
            }
        except OSError:
            return "replace"
        was = there.pop(("timestamp.txt",), b"").decode("ascii", "replace").strip() or None
        if there == contents and (stamp is None or stamp == was):
            return "same"
        before = _moment(was), self.ledger.get(student, {}).get("order", 0)
        now = _moment(stamp), order
        if before[0] and now[0]:
            return "older" if before[0] > now[0] else "replace"
        return "older" if order and before[1] > order else "replace"

    def put(self, student: str, contents: dict, stamp: str | None) -> str | None:
        """Write a submission so that it appears whole; returns where the one before it went."""
        folder = self.folder(student)
        draft = self.top / f".incoming-{os.getpid()}-{secrets.token_hex(4)}"
        try:
            for inside, data in contents.items():
                path = draft.joinpath(*inside)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            if stamp:
                (draft / "timestamp.txt").write_text(stamp, encoding="ascii")
            folder.parent.mkdir(parents=True, exist_ok=True)
            aside = None
            if folder.is_dir():
                aside = self.top / ".replaced" / student / self.assignment
                aside.mkdir(parents=True, exist_ok=True)
                aside /= f"{max((int(old.name) for old in aside.iterdir() if old.name.isdigit()), default=0) + 1:03}"
                folder.rename(aside)
            draft.rename(folder)
            return None if aside is None else str(aside)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def close(self) -> None:
        write_whole(self.book, json.dumps(self.ledger, indent=1).encode())


def _moment(text: str | None) -> datetime.datetime | None:
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError, TypeError):
        return None


def read_ledger(course: Course, assignment: str) -> dict[str, dict]:
    """What is known of each collected submission: {student: {lms, lms_id, name, late, timestamp, order}}."""
    path = course.root / course.directory.submitted_directory / ".collected" / f"{assignment}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def collect(
    course: Course,
    assignment: str,
    source: Path,
    *,
    roster: Roster | None = None,
    zone: str = "UTC",
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Collected:
    """Take the submissions of `assignment` out of `source`, a folder or a zip file.

    zone: the time zone of a Moodle worksheet's times.  Raises CourseError where the assignment is not
    released, or the source cannot be read at all.
    """
    if id_problem(assignment):
        raise CourseError(f"{assignment!r} is no assignment's name")
    names, shelf = list(course.sources(assignment)), Shelf(course, assignment)
    with offered(source) as found:
        if not found:
            raise CourseError(f"there is no file in {source}")
        layout, drop = layout_of([entry.path for entry in found if not entry.refused] or [("",)], assignment)
        result = Collected(assignment, layout, dry_run)
        hands = gather(found, layout, drop, assignment, result)
        seen: dict[str, str] = {}
        try:
            for done, hand in enumerate(hands, 1):
                _take(hand, names, shelf, roster, zone, seen, result)
                progress(done, len(hands))
        except OSError as problem:
            raise CourseError(
                f"{shelf.top} cannot be written ({problem.strerror or problem}). What was collected before is whole; "
                "type the same line again"
            ) from None
        finally:
            if not dry_run:
                shelf.close()
    if roster is not None:
        result.nothing_from = [
            person.student_id
            for person in roster.people
            if person.student_id not in seen and not shelf.folder(person.student_id).is_dir()
        ]
    return result


def _take(hand: Handed, names, shelf: Shelf, roster, zone: str, seen: dict, result: Collected) -> None:
    """One student's submission from what was handed in to its folder; a problem goes to the list."""
    person = None if roster is None else roster.find(hand.lms_id) or roster.find(hand.name)
    student = person.student_id if person else hand.lms_id
    try:
        if sentence := id_problem(student):
            raise Refused(sentence)
        if student in seen:
            raise Refused(f"{_shown(seen[student])} is of the same student and was taken; this one was left alone")
        contents, stamp, order = _contents(hand, names, result, student)
        if stamp is None and person is not None:
            stamp = worksheet_time(roster.cell(person, "last modified (submission)"), zone)
        state = shelf.look(student, contents, stamp, order)
    except Refused as problem:
        whose = hand.lms_id if hand.lms == "canvas" else hand.files[0][0].path[0]
        result.problems.append(_line((whose,), str(problem), _shown(student)))
        return
    seen[student] = hand.lms_id
    if roster is not None and person is None:
        result.not_on_roster.append(student)
    if hand.late:
        result.late.append(student)
    if state == "older":
        result.kept.append({"student_id": student, "message": "the submission that is there is newer"})
        return
    before = shelf.known.get((hand.lms, hand.lms_id), student)
    if before != student and shelf.folder(before).is_dir():
        sentence = f"it was collected as {before} before, which is still there; remove the one that is wrong"
        result.notes.append(_line((hand.lms_id,), sentence, student))
    facts = {
        "lms": hand.lms,
        "lms_id": hand.lms_id,
        "name": hand.name,
        "late": hand.late,
        "timestamp": stamp,
        "order": order,
    }
    if state == "same":
        result.unchanged.append(student)
    else:
        files = sorted("/".join(map(_shown, inside)) for inside in contents)
        result.taken.append({"student_id": student, "files": files, "timestamp": stamp, "late": hand.late})
    if result.dry_run:
        if state == "replace":
            result.replaced.append({"student_id": student, "kept_in": None})
        return
    shelf.ledger[student] = facts
    if state != "same":
        aside = shelf.put(student, contents, stamp)
        if aside:
            result.replaced.append({"student_id": student, "kept_in": aside})


def told(result: Collected) -> str:
    """What happened, a line for each thing an instructor must know."""
    would = "would be " if result.dry_run else ""
    lines = [
        f"{result.assignment}, {result.layout} layout: {len(result.taken)} {would}collected, "
        f"{len(result.unchanged)} unchanged, {len(result.replaced)} {would}replaced, {len(result.kept)} kept as newer, {len(result.problems)} problems"
    ]
    for line in result.problems:
        whose = f" ({line['student_id']})" if line["student_id"] else ""
        lines.append(f"  not taken: {line['file']}{whose}: {line['message']}")
    for line in result.notes:
        lines.append(f"  note: {line['file']} ({line['student_id']}): {line['message']}")
    for line in result.replaced:
        where = f"; the one before is in {line['kept_in']}" if line["kept_in"] else ""
        lines.append(f"  replaced: {line['student_id']}{where}")
    for line in result.kept:
        lines.append(f"  kept: {line['student_id']}: {line['message']}")
    for name in result.not_on_roster:
        lines.append(f"  not on the roster, collected as {name}")
    if unknown := [line["student_id"] for line in result.taken if line["late"] and not line["timestamp"]]:
        lines.append(
            f"  marked late by the LMS, with no time: {', '.join(unknown)}. No late penalty can be computed; write "
            "the time into timestamp.txt of each"
        )
    if result.nothing_from:
        lines.append(f"  nothing from {len(result.nothing_from)} on the roster: {', '.join(result.nothing_from)}")
    return "\n".join(lines)
