"""One class of everything that can be wrong with a submission, graded by a real run: each ends in a clear line and a
fair result, and the honest neighbours get theirs."""

import copy
import csv
import json
import os
import shutil
import sqlite3
import zipfile
from html import unescape

import pytest

from small_course import RIGHT, as_bytes, chainrule, hand_in, submitted

WRONG = "\ndef dz_dt(t):\n    return 0.5\n"


def changed(content, grade_id, **what):
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            cell["metadata"]["nbgrader"].update(what.pop("marks", {}))
            cell.update(what)
    return content


def old_format():
    """The notebook as nbformat 3 keeps it: worksheets, `input` for the source."""
    cells = []
    for cell in submitted()["cells"]:
        cell = {"cell_type": cell["cell_type"], "metadata": cell["metadata"], "source": cell["source"]}
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "language": "python", "outputs": [], "collapsed": False}
        cells.append(cell)
    return as_bytes({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells, "metadata": {}}]})


def without_marks():
    content = submitted()
    for cell in content["cells"]:
        cell["metadata"] = {}
    return content


def dropped(*names):
    content = submitted()
    content["cells"] = [cell for cell in content["cells"] if cell["id"] not in names]
    return content


def doubled(*names):
    content = submitted()
    content["cells"] += [copy.deepcopy(cell) for cell in content["cells"] if cell["id"] in names]
    return content


def other_kernel():
    content = submitted()
    content["metadata"]["kernelspec"] = {"name": "../../evil", "display_name": "R", "language": "R"}
    content["metadata"]["language_info"] = {"name": "R"}
    return content


def nul_in_code():
    return as_bytes(submitted(dz_dt=RIGHT["dz_dt"].replace("return", "return\0", 1)))


ALL, NONE = (8, 6), (0, 0)
HANDED = {  # student: (bytes or content, points of dz_dt and polar, a sentence of the report or "")
    "honest": (submitted, ALL, ""),
    "empty file": (b"", NONE, "its JSON does not parse"),
    "corrupt": (as_bytes(submitted())[:1500], NONE, "its JSON does not parse"),
    "json but none": (b'{"title": "my homework"}', NONE, "it has no cells"),
    "a list": (b"[1, 2, 3]", NONE, "it has no cells"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(2000), NONE, "its JSON does not parse"),
    "a zip": (b"PK\x03\x04" + bytes(2000), NONE, "its JSON does not parse"),
    "deep": (b"[" * 300_000, NONE, "its JSON does not parse"),
    "nul bytes": (as_bytes(submitted()) + bytes(100), NONE, "its JSON does not parse"),
    "nul in code": (nul_in_code, ALL, ""),
    "byte-order mark": (b"\xef\xbb\xbf" + as_bytes(submitted()), ALL, ""),
    "utf16": (json.dumps(submitted()).encode("utf-16"), NONE, "its JSON does not parse"),
    "nbformat 3": (old_format, ALL, ""),
    "nbformat 9": (lambda: submitted() | {"nbformat": 9}, ALL, ""),
    "broken 3": (b'{"nbformat": 3, "worksheets": 7}', NONE, "is a notebook of format 3 and could not be converted"),
    "huge": (b"huge", NONE, "The file has more than 20,000,000 bytes"),
    "other kernel": (other_kernel, ALL, ""),
    "check deleted": (lambda: dropped("dz_dt_check", "polar_check"), ALL, ""),
    "answer deleted": (lambda: dropped("polar"), (8, 0), "There is no function named polar here"),
    "no cells": (lambda: submitted() | {"cells": []}, NONE, "There is no function named dz_dt here"),
    "cells of no kind": (lambda: submitted() | {"cells": [3, None, {}, {"cell_type": "code", "source": 7}]}, NONE, "There is no function named dz_dt here"),
    "doubled": (lambda: doubled("dz_dt", "dz_dt_check", "polar_check", "why"), ALL, ""),
    "check edited": (lambda: changed(submitted(dz_dt=WRONG), "dz_dt_check", source="8.0"), (0, 6), ""),
    "check as text": (lambda: changed(submitted(dz_dt=WRONG), "dz_dt_check", cell_type="markdown", source="8"), (0, 6), ""),
    "points changed": (lambda: changed(submitted(dz_dt=WRONG), "dz_dt_check", marks={"points": 10**6}), (0, 6), ""),
    "points nothing": (lambda: changed(submitted(), "polar_check", marks={"points": "x", "grade": None}), ALL, ""),
    "unlocked": (lambda: changed(submitted(dz_dt=WRONG), "dz_dt_check", source="8", marks={"locked": False, "grade": False}), (0, 6), ""),
    "marks stripped": (without_marks, ALL, ""),
    "swapped ids": (
        lambda: changed(submitted(dz_dt=WRONG), "dz_dt_check", marks={"grade_id": "mine"}),
        (0, 6),
        "",
    ),
    "Zoë Müller": (submitted, ALL, ""),
    "st*[ab]?{0}": (submitted, ALL, ""),
    "%s$HOME;`id`": (submitted, ALL, ""),
    "<b>bold": (submitted, ALL, ""),
    "学生": (submitted, ALL, ""),
    "not on the list": (submitted, ALL, ""),
    "zone": (submitted, ALL, ""),
    "renamed": (submitted, ALL, ""),
    "in capitals": (submitted, ALL, ""),
    "shadower": (lambda: submitted(extra=["import random, sys; random.seed(1)"]), ALL, ""),
    "two and one is right": (submitted, ALL, ""),
    "two and none is right": (submitted, NONE, "There is no file a2.ipynb in the submission."),
    "nothing": (None, NONE, "There is no file a2.ipynb in the submission."),
    "a folder": (None, NONE, "The file a2.ipynb is a link, a folder or a device; it was not opened."),
    "passwd": (None, NONE, "The file a2.ipynb is a link, a folder or a device; it was not opened."),
    "endless": (None, NONE, "The file a2.ipynb is a link, a folder or a device; it was not opened."),
    "linked folder": (None, NONE, "The folder a2 is a link or a file; it was not opened."),
    "a file for a folder": (None, NONE, "The folder a2 is a link or a file; it was not opened."),
    "zipped": (submitted, ALL, ""),
}
UNREADABLE = [name for name, (_, points, sentence) in HANDED.items() if points == NONE and "no function" not in sentence]


def made(content):
    content = content() if callable(content) else content
    return content if isinstance(content, bytes) else as_bytes(content)


def arrange(course):
    """Hand everything in; the last three by hand and by `chainrule collect`."""
    for student, (content, _, _) in HANDED.items():
        if student != "zipped":
            hand_in(course, student, made(content) if content is not None else b"")

    def folder(student):
        return course / "submitted" / student / "a2"

    with open(folder("huge") / "a2.ipynb", "wb") as file:
        file.truncate(200_000_000)
    (folder("zone") / "timestamp.txt").write_text("2026-03-06T23:30:00-05:00")
    (folder("renamed") / "a2.ipynb").rename(folder("renamed") / "a2 (1).ipynb")
    (folder("in capitals") / "a2.ipynb").rename(folder("in capitals") / "A2.IPYNB")
    for name in ("numpy.py", "math.py", "chainrule_lib.py", "sitecustomize.py", "usercustomize.py", "x.pth"):
        (folder("shadower") / name).write_text("raise SystemExit('shadowed')")
    (folder("two and one is right") / "a2-old.ipynb").write_bytes(made(submitted(dz_dt=WRONG)))
    twin = folder("two and none is right")
    (twin / "a2.ipynb").rename(twin / "final.ipynb")
    (twin / "really final.ipynb").write_bytes(made(submitted))
    for student in ("nothing", "a folder", "passwd", "endless"):
        (folder(student) / "a2.ipynb").unlink()
    (folder("a folder") / "a2.ipynb").mkdir()
    (folder("passwd") / "a2.ipynb").symlink_to("/etc/passwd")
    (folder("endless") / "a2.ipynb").symlink_to("/dev/zero")
    shutil.rmtree(folder("linked folder"))
    folder("linked folder").symlink_to("/etc")
    shutil.rmtree(folder("a file for a folder"))
    folder("a file for a folder").write_text("no")
    with zipfile.ZipFile(course / "download.zip", "w") as archive:
        archive.writestr("zipped/a2.ipynb", made(submitted))
        archive.writestr("../../../escaped.ipynb", made(submitted))
        archive.writestr("honest/../../escaped.ipynb", made(submitted))


@pytest.fixture(scope="class")
def graded(released, tmp_path_factory):
    course = shutil.copytree(released, tmp_path_factory.mktemp("bad") / "course")
    arrange(course)
    (course / "roster.csv").write_text("student_id,name\n" + "".join(f'"{name}",\n' for name in HANDED if name != "not on the list"))
    for words in (
        ("collect", course / "download.zip", "--assignment", "a2", "--roster", course / "roster.csv"),
        ("grade", "a2", "--workers", 2),
        ("export", "a2"),
        ("feedback", "a2"),
        ("report", "a2"),
        ("export", "a2", "--format", "canvas", "--final", "--roster", course / "roster.csv"),
    ):
        done = chainrule(*words, "--course", course, "--json")
        name = "-".join(map(str, words[:1] if words[0] != "export" else words[:4:3]))
        (course / f"{name}.json").write_text(done.stdout)
        assert done.returncode == (1 if words[0] == "collect" or "canvas" in words else 0), done.stdout + done.stderr
    return course


def scores(course):
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        return {(row["student_id"], row["task_id"]): row for row in csv.DictReader(file)}


class TestAClassOfBadSubmissions:
    @pytest.mark.parametrize("student", HANDED)
    def test_each_gets_what_is_fair(self, graded, student):
        rows = scores(graded)
        mine = [rows[student, task] for task in ("a2.dz_dt", "a2.polar")]
        assert [float(row["score"]) for row in mine] == [float(points) for points in HANDED[student][1]]
        assert [float(row["max_score"]) for row in mine] == [8.0, 6.0]
        faults = {row["status"] for row in mine} - {"graded"}
        assert faults == ({"student_fault"} if HANDED[student][2] else set())

    @pytest.mark.parametrize("student", [name for name, (_, _, sentence) in HANDED.items() if sentence])
    def test_each_fault_is_a_line_of_the_report_and_of_the_students_page(self, graded, student):
        sentence = HANDED[student][2]
        report = json.loads((graded / "report.json").read_text())
        assert [line for line in report["faults"] if line["student_id"] == student and sentence in line["message"]]
        page = unescape((graded / "report.html").read_text())
        assert sentence in page[page.index('id="faults"') :]
        assert sentence in unescape((graded / "feedback" / student / "a2" / "a2.html").read_text())

    def test_the_balance_closes(self, graded):
        balance = json.loads((graded / "grade.json").read_text())
        assert balance["balanced"] and balance["dead_letters"] == {}
        assert balance["submitted"] == len(HANDED) and balance["student_faults"] == len(UNREADABLE)

    def test_nobody_has_more_or_fewer_rows_than_the_instructors_cells(self, graded):
        with sqlite3.connect(graded / "gradebook.db") as db:
            counts = dict(
                db.execute(
                    "select s.student_id, count(*) from grade g join submitted_notebook n on n.id = g.notebook_id "
                    "join submitted_assignment s on s.id = n.assignment_id group by 1"
                )
            )
            most = db.execute("select sum(max_score) from grade_cells").fetchone()[0]
        assert counts == dict.fromkeys(HANDED, 3) and most == 17.0

    def test_a_time_with_a_zone_is_kept_in_utc(self, graded):
        with sqlite3.connect(graded / "gradebook.db") as db:
            stamps = dict(db.execute("select student_id, timestamp from submitted_assignment"))
        assert stamps["zone"].startswith("2026-03-07 04:30:00")

    def test_what_the_download_smuggled_is_told_and_not_written(self, graded):
        told = json.loads((graded / "collect.json").read_text())
        assert [line["message"] for line in told["problems"]] == ["its path leaves the folder it belongs in"] * 2
        assert not list(graded.parent.parent.glob("**/escaped.ipynb"))

    def test_who_is_not_on_the_roster_is_graded_and_told(self, graded):
        told = json.loads((graded / "export-canvas.json").read_text())
        assert told["not_on_roster"] == ["not on the list"]

    def test_no_page_shows_a_file_of_the_machine_or_a_students_tags(self, graded):
        for page in [graded / "report.html", *(graded / "feedback").rglob("*.html")]:
            text = page.read_text()
            assert "root:x:" not in text and "<b>bold" not in text

    def test_every_student_has_a_page(self, graded):
        assert sorted(os.listdir(graded / "feedback")) == sorted(HANDED)
