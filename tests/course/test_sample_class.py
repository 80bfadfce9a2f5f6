import ast
import csv
import json
import re

import pytest

FUNCTIONS = {"dz_dt": 8, "two_path": 8, "total_derivative": 8, "polar": 6}


@pytest.fixture(scope="module")
def students(sample_script):
    return sample_script["students"]()


@pytest.fixture(scope="module")
def expected(assignments):
    with open(assignments / "sample" / "expected.csv", newline="") as file:
        return {(row["student_id"], row["task_id"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def variants(assignments):
    import runpy

    read = runpy.run_path(str(assignments.parent / "tests/judge/variants/variants.py"))["read"]
    return {function: {cell.name: cell for cell in read(f"a2.{function}")} for function in FUNCTIONS}


def submitted(course, student):
    return course / "submitted" / student / "a2" / "a2.ipynb"


def test_the_class_is_large_enough_and_its_ids_are_invented(students):
    ids = [row["student_id"] for row in students]
    assert len(ids) >= 24
    assert ids == [f"student{n:02d}" for n in range(1, len(ids) + 1)]


def test_every_student_has_one_expected_row_a_task_with_its_points(students, expected):
    tasks = {f"a2.{function}": points for function, points in FUNCTIONS.items()} | {"a2.written": 3}
    assert set(expected) == {(row["student_id"], task) for row in students for task in tasks}
    for (_, task), row in expected.items():
        assert float(row["max_score"]) == tasks[task]


def test_the_expected_table_follows_from_the_labels(students, expected, variants):
    for row in students:
        for function, points in FUNCTIONS.items():
            name, grade = row[function], expected[row["student_id"], f"a2.{function}"]
            where = f"{row['student_id']} {function}"
            if row["notebook"] == "corrupt" or name in ("!syntax_error", "!endless_loop", "!missing_import"):
                assert (grade["score"], grade["status"], grade["diagnosis"]) == ("0", "student_fault", ""), where
                continue
            assert grade["status"] == "graded", where
            if name.startswith("!"):
                assert float(grade["score"]) == {"!stub": 0, "!chatty": points}[name], where
                continue
            variant = variants[function][name]
            assert grade["diagnosis"] == ("" if variant.right or not variant.accepted else variant.label), where
            if function == "polar" and not variant.right:
                assert float(grade["score"]) in (0, 3), where
            else:
                assert float(grade["score"]) == (points if variant.right else 0), where


def test_half_marks_in_polar_go_to_those_whose_one_output_is_right(students, expected, variants):
    import math

    f, fx, fy, r, th = lambda x, y: x * x * y, lambda x, y: 2 * x * y, lambda x, y: x * x, 1.7, 0.6
    x, y = r * math.cos(th), r * math.sin(th)
    truth = (fx(x, y) * x + fy(x, y) * y) / r, fy(x, y) * x - fx(x, y) * y
    for row in students:
        if row["polar"].startswith("!") or row["notebook"] == "corrupt":
            continue
        try:
            answer = variants["polar"][row["polar"]].function()(f, fx, fy, r, th)
            right = [math.isclose(a, b, rel_tol=1e-4) for a, b in zip(answer, truth, strict=True)]
        except (TypeError, ValueError):
            right = [False]
        if row["polar"] != "differences":  # right here, wrong where the slopes are not those of f
            assert float(expected[row["student_id"], "a2.polar"]["score"]) == 3 * sum(right), row["student_id"]


def test_written_answers_wait_for_a_person(students, expected, sample_script):
    answers = sample_script["written"]()
    for row in students:
        assert row["written"] in answers
        grade = expected[row["student_id"], "a2.written"]
        assert grade["score"] == "" and grade["status"] in ("", "student_fault")


def test_the_class_has_every_kind_of_accident(students):
    cells = {row[function] for row in students for function in FUNCTIONS}
    assert {"!stub", "!syntax_error", "!endless_loop", "!missing_import", "!chatty"} <= cells
    assert {"wrong_call", "float32", "x_road_and_sign"} <= cells
    deeds = {row["notebook"].partition(":")[0] for row in students}
    assert {"deleted_check", "forged_check", "forged_name", "corrupt", "late"} <= deeds


def test_two_builds_give_the_same_bytes(sample, sample_script, tmp_path):
    sample_script["build"](tmp_path / "again")
    def files(course):
        return {path.relative_to(course): path.read_bytes() for part in ("source", "release", "submitted")
                for path in (course / part).rglob("*") if path.is_file()}
    assert files(tmp_path / "again") == files(sample)


def test_a_folder_in_use_is_refused(sample, sample_script):
    with pytest.raises(SystemExit, match="not empty: name a new folder"):
        sample_script["build"](sample)


def test_submissions_keep_the_ids_of_the_released_cells(sample, students):
    released = [cell["id"] for cell in json.loads((sample / "release/a2/a2.ipynb").read_text())["cells"]]
    for row in students:
        if row["notebook"] == "corrupt":
            continue
        ids = [cell["id"] for cell in json.loads(submitted(sample, row["student_id"]).read_text())["cells"]]
        gone = set(released) - set(ids)
        assert gone == ({"dz_dt_check"} if row["notebook"] == "deleted_check:dz_dt" else set())


def test_every_trap_is_what_its_name_says(sample, students):
    def cell(student, name):
        return next(c for c in json.loads(submitted(sample, student).read_text())["cells"] if c["id"] == name)

    for row in students:
        student = row["student_id"]
        if row["notebook"] == "corrupt":
            with pytest.raises(json.JSONDecodeError):
                json.loads(submitted(sample, student).read_text())
            continue
        for function in FUNCTIONS:
            source = cell(student, function)["source"]
            if row[function] == "!syntax_error":
                with pytest.raises(SyntaxError):
                    ast.parse(source)
            else:
                ast.parse(source)
            if row[function] == "!stub":
                assert "SOLUTION" not in source and len(ast.parse(source).body) == 1
        if row["notebook"].startswith("forged_check"):
            assert cell(student, "dz_dt_check")["outputs"][1]["data"]["text/plain"] == "8.0"
        if row["notebook"].startswith("forged_name"):
            assert "check = lambda" in cell(student, "two_path")["source"]
        stamp = (submitted(sample, student).parent / "timestamp.txt").read_text()
        assert (stamp > "2026-03-07") == (row["notebook"] == "late")


def test_no_submission_carries_our_own_comments_or_solutions(sample, variants):
    stories = [cell.story for table in variants.values() for cell in table.values()]
    for path in (sample / "submitted").rglob("*.ipynb"):
        text = path.read_text()
        assert not re.search(r"SOLUTION|MARK SCHEME|# %%", text)
        for story in stories:
            assert f"# {story}" not in text


def test_nbgrader_knows_the_assignment(sample):
    import sqlite3

    with sqlite3.connect(sample / "gradebook.db") as database:
        rows = database.execute("select name from base_cell where type in ('GradeCell', 'TaskCell')").fetchall()
    assert {name for (name,) in rows} == {f"{function}_check" for function in FUNCTIONS} | {"written"}
