"""The files for Canvas and Moodle, read by their importers' own rules: the totals are nbgrader's, and nobody's grade
is erased or made up."""

import csv
import json
import re
import shutil
import sqlite3

import pytest

from small_course import RIGHT, as_bytes, chainrule, hand_in, nbgrader, submitted

HALF = RIGHT["polar"].replace("r*(fy(r*c, r*s)*c - fx(r*c, r*s)*s)", "0.5")
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,a1 (4100),a2 (4242),a2 bonus (4300),Final Score
    Points Possible,,,,,10.0,17.0,1.0,(read only)
"Müller, Zoë",101,S-101,zoe,"Sec, 1",9,,,80
"=cmd(), Ada",102,S-102,ada,"Sec, 1",9,3,,80
"Late, Lou",103,S-103,lou,"Sec, 1",9,3,,80
"Open, Ole",104,S-104,ole,"Sec, 1",9,3,,80
"Silent, Sam",105,S-105,sam,"Sec, 1",9,7.5,,80
"Torn, Tom",106,S-106,tom,"Sec, 1",9,,,80
"""
SHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 9101,Zoë Müller,zoe,Submitted for grading,,17.00,Yes,"Friday, 6 March 2026, 5:30 PM",-,
Participant 9102,=cmd() Ada,ada,Submitted for grading,3.00,17.00,No,-,"Monday, 9 March 2026, 8:00 AM",<p>old</p>
Participant 9103,Lou Late,lou,Submitted for grading,,5.00,Yes,-,-,
Participant 9104,Ole Open,ole,Submitted for grading,,17.00,Yes,-,-,
Participant 9105,Sam Silent,sam,No submission,,17.00,Yes,-,-,
Participant 9106,Tom Torn,tom,Submitted for grading,,17.00,Yes,-,-,
"""


def mark(course, student, score):
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute(
            "update grade set manual_score = ?, extra_credit = 0.25, needs_manual_grade = 0 where id in (select g.id from grade g join "
            "submitted_notebook n on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id join base_cell c on "
            "c.id = g.cell_id where s.student_id = ? and c.name = 'why')",
            (score, student),
        )


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    course = shutil.copytree(released, tmp_path_factory.mktemp("export") / "course")
    with open(course / "nbgrader_config.py", "a") as config:
        config.write("\nfrom nbgrader.plugins import LateSubmissionPlugin\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute("update assignment set duedate = '2026-03-07 00:00:00'")
    hand_in(course, "zoe", submitted())
    hand_in(course, "ada", submitted(polar=HALF))
    hand_in(course, "lou", submitted(), stamp="2026-03-08 09:00:00 UTC")
    hand_in(course, "ole", submitted())
    hand_in(course, "guest", submitted())
    hand_in(course, "tom", as_bytes(submitted())[:900])
    done = chainrule("grade", "a2", "--course", course, "--workers", 2, "--json")
    assert done.returncode == 0, done.stdout
    for student, score in (("zoe", 2.5), ("ada", 1), ("lou", 3), ("guest", 0)):
        mark(course, student, score)
    (course / "gradebook.csv").write_text(GRADEBOOK)
    (course / "sheet.csv").write_text(SHEET, encoding="utf-8-sig")
    return course


def export(course, kind, *words, roster=None, code=1):
    out = course / f"out-{kind}.csv"
    if roster:
        words = (*words, "--roster", course / roster)
    done = chainrule("export", "a2", "--format", kind, "--course", course, "--out", out, "--json", *words)
    assert done.returncode == code, done.stdout + done.stderr
    with open(out, newline="", encoding="utf-8") as file:
        return json.loads(done.stdout), list(csv.reader(file))


def canvas_reads(table):
    """{assignment id or title: {Canvas id or SIS login: text}} by the rules of Canvas's importer."""
    header = table[0]
    assert "Student" in header[0] and "ID" in header[1]
    columns = 3
    if re.search(r"SIS\s+Login\s+ID", header[2]):
        columns += 1
    elif re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3]):
        columns += 2
    assert header[columns - 1] == "Section"
    read = {}
    for title in header[columns:]:
        place, known = header.index(title), re.search(r"\((\d+)\)$", title)
        assert not re.search("Current|Final", title)
        for row in table[1:]:
            if "Points Possible" not in row[0]:
                read.setdefault(known[1] if known else title, {})[row[1] or row[columns - 2]] = row[place].strip()
    return read


def moodle_reads(table):
    """{participant number: (grade, feedback)} of the rows whose grade Moodle's worksheet importer would take."""
    header = table[0]
    number, grade, said = (header.index(name) for name in ("Identifier", "Grade", "Feedback comments"))
    assert "Last modified (grade)" in header
    return {
        row[number][len("Participant ") :]: (row[grade], row[said]) for row in table[1:] if row[grade] not in ("", "-")
    }


def test_the_totals_are_those_of_nbgraders_own_export(graded):
    from chainrule_lib.grading.course import Course
    from chainrule_lib.grading.export import totals

    done = nbgrader(graded, "export", "--to", "own.csv")
    assert done.returncode == 0, done.stderr
    with open(graded / "own.csv", newline="") as file:
        own = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    ours = {student: (total.score, total.max_score) for student, total in totals(Course(graded), "a2").items()}
    assert ours == own
    assert own["zoe"][0] == 16.75 and own["lou"][0] == 3.25 and own["tom"][0] == 0.0


def test_canvas_takes_the_finished_totals_and_nobody_elses(graded):
    facts, table = export(graded, "canvas", roster="gradebook.csv")
    assert canvas_reads(table) == {"4242": {"101": "16.75", "102": "12.25", "103": "3.25", "106": "0"}}
    assert table[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "a2 (4242)"]
    assert table[1] == ["    Points Possible", "", "", "", "", "17.0"]
    assert table[2] == ["Müller, Zoë", "101", "S-101", "zoe", "Sec, 1", "16.75"]
    assert facts["waiting"] == ["ole"] and facts["not_on_roster"] == ["guest"] and not facts["whole"]
    assert "2 on the roster have no grade; the LMS keeps what it has" not in facts["warnings"]
    assert "1 on the roster have no grade; the LMS keeps what it has" in facts["warnings"]


def test_a_name_that_is_a_formula_is_escaped(graded):
    for kind, roster in (("canvas", "gradebook.csv"), ("moodle", "sheet.csv")):
        cells = [cell for row in export(graded, kind, roster=roster)[1] for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+-@\t" and cell not in ("", "-")]
        assert [cell for cell in cells if cell.startswith("'=cmd()")]


def test_final_counts_what_waits_as_nothing_and_says_how_many(graded):
    facts, table = export(graded, "canvas", "--final", roster="gradebook.csv")
    assert canvas_reads(table)["4242"]["104"] == "14" and facts["waiting"] == []
    assert "1 answers that no person has marked count as nothing" in facts["warnings"]


def test_the_text_says_what_was_left_out_and_what_to_type(graded):
    done = chainrule(
        "export", "a2", "--format", "canvas", "--course", graded, "--roster", graded / "gradebook.csv", "--out", graded / "t.csv"
    )
    assert done.returncode == 1
    assert "left out: 1 with answers that no person has marked yet. Mark them in formgrader, or type" in done.stdout
    assert "left out: guest is not on the roster" in done.stdout


def test_points_that_differ_from_canvas_are_told_and_not_scaled(graded):
    (graded / "other.csv").write_text(GRADEBOOK.replace("17.0,1.0", "100,1.0"))
    facts, table = export(graded, "canvas", roster="other.csv")
    assert "Canvas has 100 points for a2 (4242), and this course 17; no score was scaled" in facts["warnings"]
    assert table[1][-1] == "100" and canvas_reads(table)["4242"]["101"] == "16.75"


def test_the_canvas_column_may_be_named_and_an_unknown_one_is_told(graded):
    facts, table = export(graded, "canvas", "--column", "a1", roster="gradebook.csv")
    assert table[0][-1] == "a1 (4100)"
    (graded / "two.csv").write_text(GRADEBOOK.replace("a2 (4242)", "a2 first (4242)"))
    done = chainrule("export", "a2", "--format", "canvas", "--course", graded, "--roster", graded / "two.csv")
    assert done.returncode == 3 and "several columns for a2: a2 first (4242), a2 bonus (4300). Name one" in done.stderr
    facts, table = export(graded, "canvas")
    assert canvas_reads(table)["a2"]["zoe"] == "16.75"
    assert "Canvas will offer to make a new assignment 'a2'" in facts["warnings"][0]


def test_a_moodle_worksheet_comes_back_with_grades_and_remarks_alone_changed(graded):
    facts, table = export(graded, "moodle", roster="sheet.csv")
    assert {number: grade for number, (grade, _) in moodle_reads(table).items()} == {
        "9101": "16.75",
        "9102": "12.25",
        "9103": "3.25",
        "9106": "0",
    }
    before = list(csv.reader(SHEET.splitlines()))
    changed = {(i, j) for i, row in enumerate(before) for j, cell in enumerate(row) if table[i][j] not in (cell, f"'{cell}")}
    assert changed == {(i, j) for i in (1, 2, 3, 6) for j in (4, 9)}
    said = moodle_reads(table)["9103"][1]
    assert said == "3.25 of 17 points: a2.dz_dt 8 of 8, a2.polar 6 of 6, a2.why 3.25 of 3. Late penalty 14."
    assert "its JSON does not parse" in moodle_reads(table)["9106"][1]
    assert "1 grades are locked in Moodle, and Moodle skips them" in facts["warnings"]


def test_grades_above_moodles_maximum_are_told(graded):
    (graded / "low.csv").write_text(SHEET.replace("zoe,Submitted for grading,,17.00", "zoe,Submitted for grading,,5.00"))
    facts, _ = export(graded, "moodle", roster="low.csv")
    assert any(text.startswith("1 grades are above Moodle's maximum, and Moodle skips them") for text in facts["warnings"])


def test_without_a_worksheet_moodle_gets_a_table_for_its_gradebook(graded):
    facts, table = export(graded, "moodle")
    assert table[0] == ["ID number", "a2", "Feedback comments"]
    assert ["zoe", "16.75"] in [row[:2] for row in table] and "Grades, Import, CSV file" in facts["warnings"][0]
    (graded / "list.csv").write_text("Username,Email address,First name,Last name\nzoe,z@x.org,Zoë,M\n")
    _, table = export(graded, "moodle", roster="list.csv")
    assert [row[:3] for row in table] == [["Username", "Email address", "a2"], ["zoe", "z@x.org", "16.75"]]


def test_a_dead_letter_is_never_exported(graded, tmp_path):
    course = shutil.copytree(graded, tmp_path / "course", ignore=shutil.ignore_patterns("feedback"))
    state = json.loads((course / ".chainrule" / "a2.json").read_text())
    state["dead_letters"] = {"zoe": "the sandbox did not start"}
    (course / ".chainrule" / "a2.json").write_text(json.dumps(state))
    facts, table = export(course, "canvas", roster="gradebook.csv")
    assert facts["dead"] == state["dead_letters"] and "101" not in canvas_reads(table)["4242"]


def test_collected_without_a_roster_the_lms_ids_come_back(course, tmp_path):
    import zipfile

    for kind, name in (("canvas", "mllerzo_101_7001_a2.ipynb"), ("moodle", "Zoë Müller_5001_assignsubmission_file/a2.ipynb")):
        home = shutil.copytree(course, tmp_path / kind)
        with zipfile.ZipFile(tmp_path / f"{kind}.zip", "w") as archive:
            archive.writestr(name, as_bytes(submitted()))
        assert chainrule("collect", tmp_path / f"{kind}.zip", "--assignment", "a2", "--course", home).returncode == 0
        assert chainrule("grade", "a2", "--course", home, "--workers", 1).returncode == 0
        _, table = export(home, kind, "--final", code=0)
        if kind == "canvas":
            assert canvas_reads(table) == {"a2": {"101": "14"}}
        else:
            assert {n: grade for n, (grade, _) in moodle_reads(table).items()} == {"5001": "14"}


def test_the_roster_is_for_an_lms_only(course):
    done = chainrule("export", "a2", "--course", course, "--final")
    assert done.returncode == 2 and "are for --format canvas or moodle" in done.stderr
