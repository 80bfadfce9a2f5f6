"""What Canvas, Moodle, nbgrader and plain folders hand over ends where nbgrader looks for it."""

import csv
import json
import shutil
import zipfile

import pytest

from small_course import RIGHT, as_bytes, chainrule, submitted

BOOK = as_bytes(submitted())
OTHER = as_bytes(submitted(why="Another reason."))
CANVAS_ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,a2 (4242),Final Score
    Points Possible,,,,,17.0,(read only)
"Müller, Zoë",101,S-101,zmueller,"Sec, 1",,
"Okafor, Ada",102,S-102,aokafor,"Sec, 1",,
"Silent, Sam",103,S-103,ssilent,"Sec, 1",,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 5001,Zoë Müller,zoe@uni.example,Submitted for grading,,17.00,Yes,"Friday, 6 March 2026, 5:30 PM",-,
Participant 5002,Ada Okafor,ada@uni.example,Submitted for grading,,17.00,Yes,"Sunday, 8 March 2026, 9:00 AM",-,
"""


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def unzipped(path, to):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(to)
    return to


def collect(source, course, *words, code=0):
    done = chainrule("collect", source, "--assignment", "a2", "--course", course, "--json", *words)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def tree(course):
    top = course / "submitted"
    return {
        str(path.relative_to(top)): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file() and ".collected" not in path.parts
    }


CANVAS = {
    "mllerzo_101_7001_a2.ipynb": BOOK,
    "okaforada_LATE_102_7002_a2-1.ipynb": OTHER,
    "outsiderolga_999_7003_a2.ipynb": BOOK,
}


@pytest.mark.parametrize("form", ["zip", "folder", "folder in a folder"])
def test_canvas_files_go_to_the_logins_of_the_gradebook_export(course, tmp_path, form):
    source = zipped(tmp_path / "submissions.zip", CANVAS)
    if form != "zip":
        source = unzipped(source, tmp_path / "download" / ("submissions" if "in" in form else "."))
        source = tmp_path / "download"
    (tmp_path / "roster.csv").write_text(CANVAS_ROSTER, encoding="utf-8-sig")
    facts = collect(source, course, "--roster", tmp_path / "roster.csv")
    assert facts["layout"] == "canvas" and facts["problems"] == []
    assert tree(course) == {
        "zmueller/a2/a2.ipynb": BOOK,
        "aokafor/a2/a2.ipynb": OTHER,
        "999/a2/a2.ipynb": BOOK,
    }
    assert facts["late"] == ["aokafor"] and facts["not_on_roster"] == ["999"] and facts["nothing_from"] == ["ssilent"]


def test_without_a_roster_canvas_ids_are_the_student_ids(course, tmp_path):
    facts = collect(zipped(tmp_path / "s.zip", CANVAS | {"anon_Xy12z_7009_a2.ipynb": BOOK}), course)
    assert sorted(line["student_id"] for line in facts["taken"]) == ["101", "102", "999", "anon_Xy12z"]


def test_of_two_uploads_in_a_canvas_zip_the_later_counts_and_the_other_is_named(course, tmp_path):
    later, earlier = OTHER, BOOK
    source = zipped(
        tmp_path / "s.zip", {"okaforada_102_7002_a2.ipynb": later, "okaforada_102_6999_a2-1.ipynb": earlier}
    )
    facts = collect(source, course)
    assert tree(course) == {"102/a2/a2.ipynb": later}
    assert [(note["file"], note["message"]) for note in facts["notes"]] == [
        ("okaforada_102_6999_a2-1.ipynb", "a2.ipynb was taken as a2.ipynb in its place")
    ]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("older", [False, True])
def test_moodle_downloads_go_to_the_addresses_and_times_of_the_worksheet(course, tmp_path, flat, older):
    tail = "_assignsubmission_file" + ("_" if flat else "_/" if older else "/")
    source = zipped(
        tmp_path / "COURSE-a2-77.zip",
        {f"Zoë Müller_5001{tail}a2.ipynb": BOOK, f"Ada Okafor_5002{tail}a2 (1).ipynb": OTHER},
    )
    (tmp_path / "sheet.csv").write_text(WORKSHEET, encoding="utf-8-sig")
    facts = collect(source, course, "--roster", tmp_path / "sheet.csv", "--timezone", "Europe/Berlin")
    assert facts["layout"] == "moodle" and facts["problems"] == []
    assert tree(course) == {
        "zoe@uni.example/a2/a2.ipynb": BOOK,
        "zoe@uni.example/a2/timestamp.txt": b"2026-03-06 16:30:00 UTC",
        "ada@uni.example/a2/a2.ipynb": OTHER,
        "ada@uni.example/a2/timestamp.txt": b"2026-03-08 08:00:00 UTC",
    }


def test_text_typed_into_the_lms_is_listed_and_is_no_submission(course, tmp_path):
    source = zipped(
        tmp_path / "m.zip",
        {
            "Zoë Müller_5001_assignsubmission_file/a2.ipynb": BOOK,
            "Ada Okafor_5002_assignsubmission_onlinetext/onlinetext.html": "<p>Hello",
        },
    )
    facts = collect(source, course, code=1)
    assert [line["message"] for line in facts["problems"]] == ["it was typed into the LMS, and is no notebook"]
    assert list(tree(course)) == ["5001/a2/a2.ipynb"]


@pytest.mark.parametrize("around", ["", "submitted/"])
def test_nbgraders_own_layout_keeps_its_times_and_leaves_other_assignments(course, tmp_path, around):
    source = zipped(
        tmp_path / "n.zip",
        {
            f"{around}zoe/a2/a2.ipynb": BOOK,
            f"{around}zoe/a2/timestamp.txt": "2026-03-06 17:30:00 UTC",
            f"{around}ada/a1/a1.ipynb": OTHER,
        },
    )
    facts = collect(source, course, code=1)
    assert facts["layout"] == "nbgrader"
    assert tree(course) == {"zoe/a2/a2.ipynb": BOOK, "zoe/a2/timestamp.txt": b"2026-03-06 17:30:00 UTC"}
    assert [line["message"] for line in facts["problems"]] == ["it belongs to a1, and a2 was asked for"]


def test_plain_folders_are_found_by_any_id_or_name_of_the_roster(course, tmp_path):
    for folder in ("Zoë Müller", "S-102", "stranger"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "a2.ipynb").write_bytes(BOOK)
    (tmp_path / "roster.csv").write_text(CANVAS_ROSTER)
    facts = collect(tmp_path / "in", course, "--roster", tmp_path / "roster.csv")
    assert sorted(line["student_id"] for line in facts["taken"]) == ["aokafor", "stranger", "zmueller"]
    assert facts["not_on_roster"] == ["stranger"]


def test_a_timestamp_that_a_student_handed_in_is_not_believed(course, tmp_path):
    source = zipped(
        tmp_path / "m.zip",
        {
            "Zoë Müller_5001_assignsubmission_file/a2.ipynb": BOOK,
            "Zoë Müller_5001_assignsubmission_file/timestamp.txt": "2020-01-01 00:00:00 UTC",
        },
    )
    facts = collect(source, course)
    assert list(tree(course)) == ["5001/a2/a2.ipynb"]
    assert "timestamp.txt is not believed" in facts["notes"][0]["message"]


@pytest.mark.parametrize(
    "name", ["a2 (1).ipynb", "a2-1.ipynb", "a2-Copy1.ipynb", "A2.IPYNB", "a2_copy.ipynb", "my homework.ipynb"]
)
def test_one_renamed_notebook_is_the_notebook_and_its_old_name_is_told(course, tmp_path, name):
    (tmp_path / "in" / "zoe").mkdir(parents=True)
    (tmp_path / "in" / "zoe" / name).write_bytes(BOOK)
    facts = collect(tmp_path / "in", course)
    assert tree(course) == {"zoe/a2/a2.ipynb": BOOK}
    assert facts["notes"] == [{"student_id": "zoe", "file": f"zoe/{name}", "message": "it was taken as a2.ipynb"}]


def test_two_notebooks_of_which_none_is_a2_stay_as_they_are(course, tmp_path):
    source = zipped(tmp_path / "p.zip", {"zoe/x.ipynb": BOOK, "zoe/y.ipynb": OTHER, "ada/a2.ipynb": BOOK})
    facts = collect(source, course)
    assert sorted(tree(course)) == ["ada/a2/a2.ipynb", "zoe/a2/x.ipynb", "zoe/a2/y.ipynb"]
    assert [note["message"] for note in facts["notes"]] == ["there is no a2.ipynb in it"]


def test_a_students_own_zip_is_opened_once_and_its_wrapping_folder_goes(course, tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"work/a2.ipynb": BOOK, "work/__MACOSX/a2.ipynb": b"", "work/notes.txt": b"hi"})
    source = zipped(tmp_path / "s.zip", {"okaforada_102_7002_a2.zip": inner.read_bytes()})
    collect(source, course)
    assert tree(course) == {"102/a2/a2.ipynb": BOOK, "102/a2/notes.txt": b"hi"}


def test_a_second_collect_changes_nothing(course, tmp_path):
    source = zipped(tmp_path / "s.zip", CANVAS)
    collect(source, course)
    before = tree(course)
    facts = collect(source, course)
    assert sorted(facts["unchanged"]) == ["101", "102", "999"] and facts["taken"] == [] and tree(course) == before


def test_a_resubmission_replaces_and_what_was_there_is_kept_and_named(course, tmp_path):
    collect(zipped(tmp_path / "1.zip", {"okaforada_102_7002_a2.ipynb": BOOK}), course)
    facts = collect(zipped(tmp_path / "2.zip", {"okaforada_102_7050_a2-1.ipynb": OTHER}), course)
    assert [line["student_id"] for line in facts["replaced"]] == ["102"]
    assert tree(course) == {"102/a2/a2.ipynb": OTHER, ".replaced/102/a2/001/a2.ipynb": BOOK}
    facts = collect(tmp_path / "1.zip", course)
    assert facts["kept"] == [{"student_id": "102", "message": "the submission that is there is newer"}]
    assert tree(course)["102/a2/a2.ipynb"] == OTHER


def test_by_their_times_the_newer_submission_stays(course, tmp_path):
    def handed(name, data, stamp):
        return zipped(tmp_path / name, {"zoe/a2/a2.ipynb": data, "zoe/a2/timestamp.txt": stamp})

    collect(handed("new.zip", OTHER, "2026-03-06T18:30:00+02:00"), course)
    facts = collect(handed("old.zip", BOOK, "2026-03-06 16:00:00 UTC"), course)
    assert len(facts["kept"]) == 1 and tree(course)["zoe/a2/a2.ipynb"] == OTHER
    facts = collect(handed("newest.zip", BOOK, "2026-03-06 17:00:00 UTC"), course)
    assert len(facts["replaced"]) == 1 and tree(course)["zoe/a2/a2.ipynb"] == BOOK


def test_nbgrader_and_the_grader_do_not_take_what_was_replaced_for_a_student(course, tmp_path):
    collect(zipped(tmp_path / "1.zip", {"zoe/a2/a2.ipynb": BOOK, "ada/a2/a2.ipynb": BOOK}), course)
    collect(zipped(tmp_path / "2.zip", {"zoe/a2/a2.ipynb": OTHER, "ada/a2/a2.ipynb": OTHER}), course)
    from chainrule_lib.grading.course import Course

    assert [s.student_id for s in Course(course).submissions("a2", ["a2"])] == ["ada", "zoe"]


def test_a_dry_run_says_all_and_writes_nothing(course, tmp_path):
    source = zipped(tmp_path / "s.zip", CANVAS)
    facts = collect(source, course, "--dry-run")
    assert len(facts["taken"]) == 3 and not (course / "submitted").exists()
    collect(source, course)
    before = tree(course)
    facts = collect(zipped(tmp_path / "2.zip", {"x_101_8000_a2.ipynb": OTHER}), course, "--dry-run")
    assert facts["replaced"] == [{"student_id": "101", "kept_in": None}] and tree(course) == before
    shown = chainrule("collect", source, "--assignment", "a2", "--course", course, "--dry-run")
    assert "a2, canvas layout: 0 would be collected, 3 unchanged" in shown.stdout


def test_late_marks_without_a_time_are_told(course, tmp_path):
    done = chainrule("collect", zipped(tmp_path / "s.zip", CANVAS), "--assignment", "a2", "--course", course)
    assert "marked late by the LMS, with no time: 102. No late penalty can be computed" in done.stdout


def test_who_was_collected_under_another_id_before_is_told(course, tmp_path):
    source = zipped(tmp_path / "s.zip", CANVAS)
    collect(source, course)
    (tmp_path / "roster.csv").write_text(CANVAS_ROSTER)
    notes = collect(source, course, "--roster", tmp_path / "roster.csv")["notes"]
    told = [note["message"] for note in notes if "before" in note["message"]]
    assert len(told) == 2 and told[0].startswith("it was collected as 101 before, which is still there")


def test_collected_submissions_are_graded(course, tmp_path):
    wrong = as_bytes(submitted(polar=RIGHT["polar"].replace("r*(fy(r*c, r*s)*c - fx(r*c, r*s)*s)", "0.5")))
    collect(zipped(tmp_path / "s.zip", {"a_1_10_a2.ipynb": BOOK, "b_2_11_a2-3.ipynb": wrong}), course)
    balance = json.loads(chainrule("grade", "a2", "--course", course, "--json").stdout)
    assert (balance["submitted"], balance["recorded"]) == (2, 2)
    chainrule("export", "a2", "--course", course)
    with open(course / "grades.csv", newline="") as file:
        scores = {(row["student_id"], row["task_id"]): row["score"] for row in csv.DictReader(file)}
    assert (scores["1", "a2.polar"], scores["2", "a2.polar"]) == ("6", "3")


def test_a_course_that_does_not_know_the_assignment_or_the_source_is_told(course, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("hello")
    for source, assignment, sentence in (
        (tmp_path / "empty", "a9", "knows no assignment a9. Type: chainrule release a9"),
        (tmp_path / "none.zip", "a2", "does not exist"),
        (tmp_path / "text.zip", "a2", "is no whole zip file"),
        (tmp_path / "empty", "a2", "there is no file in"),
        (tmp_path / "empty", "../a2", "is no assignment's name"),
    ):
        done = chainrule("collect", source, "--assignment", assignment, "--course", course)
        assert done.returncode == 3 and sentence in done.stderr, sentence
    assert not (course / "submitted").exists()


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("", (), "is empty"),
        ("Name,Colour\nA,red\nB,blue\n", (), "has no column of student ids that are all there and all different"),
        ("student_id,name\nx,A\nx,B\n", (), "has no column of student ids"),
        ("student_id,name\nx,A\n", ("--id-column", "login"), "has no column 'login'. It has: student_id, name"),
        ("student_id\nx\0y\n", (), "holds NUL characters"),
    ],
)
def test_a_roster_that_cannot_be_one_is_a_sentence(course, tmp_path, text, words, sentence):
    (tmp_path / "roster.csv").write_text(text)
    source = zipped(tmp_path / "s.zip", CANVAS)
    done = chainrule("collect", source, "--assignment", "a2", "--course", course, "--roster", tmp_path / "roster.csv", *words)
    assert done.returncode == 3 and sentence in done.stderr


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_roster_is_read_in_every_coding_and_mark_that_spreadsheets_write(tmp_path, coding, mark):
    from chainrule_lib.grading.roster import full_name, read_roster

    path = tmp_path / "roster.csv"
    with open(path, "w", encoding=coding, newline="") as file:
        csv.writer(file, delimiter=mark).writerows(list(csv.reader(CANVAS_ROSTER.splitlines())))
    roster = read_roster(path)
    assert [person.student_id for person in roster.people] == ["zmueller", "aokafor", "ssilent"]
    assert full_name(roster, roster.find("101")) == "Zoë Müller" and roster.find("S-102") is roster.find("ada okafor")


def test_the_download_may_be_deleted_afterwards(course, tmp_path):
    source = unzipped(zipped(tmp_path / "s.zip", CANVAS), tmp_path / "in")
    collect(source, course)
    shutil.rmtree(source)
    assert len(tree(course)) == 3
