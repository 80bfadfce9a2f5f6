"""The command: every verb explains itself, says what is missing, and ends with a code that means something."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from chainrule_lib.grading.cli import main
from small_course import as_bytes, chainrule, submitted

VERBS = [
    *("author", "check", "collect", "doctor", "export", "feedback", "grade", "release", "report", "scheduler"),
    *("start", "view", "worker"),
]


def test_the_verbs_are_these():
    assert sorted(main.commands) == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_with_an_example(verb):
    shown = CliRunner().invoke(main, [verb, "--help"])
    assert shown.exit_code == 0
    assert f"Example: chainrule {verb}" in shown.output
    assert "--json" in shown.output


def test_the_command_starts_without_the_heavy_rooms():
    code = (
        "import sys, chainrule_lib.grading.cli\n"
        "print([name for name in ('numpy', 'nbgrader', 'IPython', 'matplotlib', 'dask', 'jupyter_client', 'sqlalchemy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_missing_extra_is_a_line_to_type():
    code = "import sys\nsys.modules['nbformat'] = None\nfrom chainrule_lib.grading.cli import main\nmain(['check', 'x.ipynb'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 3
    assert "-m pip install 'chainrule-lib[student]'" in done.stderr


def test_without_click_the_command_is_a_line_to_type():
    code = "import sys\nsys.modules['click'] = None\nfrom chainrule_lib.grading.cli import main"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 3
    assert "needs click. Type: " in done.stderr and "-m pip install 'chainrule-lib[student]'" in done.stderr


def test_a_folder_that_is_no_course_is_named(tmp_path):
    done = CliRunner().invoke(main, ["grade", "a2", "--course", str(tmp_path)])
    assert done.exit_code == 3
    assert "is no course folder: it has no nbgrader_config.py" in done.output


def test_an_assignment_that_was_not_released_is_named(course):
    for verb in ("grade", "feedback", "export", "report"):
        done = chainrule(verb, "a9", "--course", course)
        assert done.returncode == 3
        assert "knows no assignment a9. Type: chainrule release a9" in done.stderr


def test_doctor_finds_this_machine_ready():
    done = chainrule("doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert {check["what"] for check in json.loads(done.stdout)} == {
        "packages for student",
        "packages for grading",
        "alembic on the PATH",
        "sandbox (fork)",
        "sandbox (bubblewrap)",
    }


def test_doctor_says_what_to_type_where_bubblewrap_is_missing():
    done = subprocess.run(
        [sys.executable, "-m", "chainrule_lib.grading.cli", "doctor"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": "/nowhere"},
    )
    assert done.returncode in (0, 3)  # one sandbox is enough, but nbgrader needs alembic on the PATH
    assert (
        "NO  sandbox (bubblewrap): bubblewrap is not installed. Type: sudo apt-get install bubblewrap"
        in done.stdout
    )


def test_no_sandbox_is_said_loudly(course):
    done = chainrule("grade", "a2", "--course", course, "--sandbox", "none")
    assert done.returncode == 0
    assert "NO SANDBOX. These notebooks run with your rights" in done.stderr


def test_check_at_home_says_what_is_left_and_sends_nothing(tmp_path):
    path = tmp_path / "a2.ipynb"
    path.write_bytes(as_bytes(submitted(polar="def polar(f, fx, fy, r, th):\n    return 0.5, 0.5")))
    done = chainrule("check", path, "--json")
    facts = json.loads(done.stdout)
    assert done.returncode == 1
    by_id = {task["task_id"]: task for task in facts["tasks"]}
    assert by_id["a2.dz_dt"]["passed"] and by_id["a2.dz_dt"]["score"] == 8.0
    assert "a2.polar" in facts["left"] and "a2.two_path" in facts["left"] and "a2.dz_dt" not in facts["left"]
    assert "two_path is not defined" in by_id["a2.two_path"]["text"]
    assert os.listdir(tmp_path) == ["a2.ipynb"]


def test_check_and_view_at_home_say_why_they_cannot(tmp_path):
    broken, odd = tmp_path / "notes.ipynb", tmp_path / "odd.ipynb"
    broken.write_bytes(b"{")
    odd.write_bytes(as_bytes({"cells": [3, {"cell_type": "code"}, {"metadata": None, "source": None}]}))
    for verb, path, sentence in (
        ("check", broken, "is not a whole notebook"),
        ("view", broken, "is not a whole notebook"),
        ("view", tmp_path / "none.ipynb", "cannot be read: No such file or directory"),
        ("check", odd, "which assignment is it"),
    ):
        done = chainrule(verb, path)
        assert done.returncode == 3 and sentence in done.stderr, (verb, path)


def test_view_writes_the_page_of_ones_own_notebook(tmp_path):
    path = tmp_path / "a2.ipynb"
    content = submitted(dz_dt="def dz_dt(t):\n    return 0.5")
    content["cells"] += [{"source": None, "metadata": {"nbgrader": {"grade_id": "x", "points": "lots"}}}]
    path.write_bytes(as_bytes(content))
    done = chainrule("view", path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "a2.feedback.html").read_text()
    assert "<strong>6 / 17</strong>" in page and "Feedback for you" in page


def test_start_copies_a_clean_assignment_and_never_overwrites(course, tmp_path):
    done = chainrule("start", "a2", "--to", tmp_path / "mine", "--course", course)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "a2" / "a2.ipynb").is_file()
    again = chainrule("start", "a2", "--to", tmp_path / "mine", "--course", course)
    assert again.returncode == 1 and "exists already; your work in it is left alone" in again.stderr


def test_release_lists_what_students_get_and_refuses_a_text_source(course):
    done = chainrule("release", "a2", "--course", course, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == ["a2.ipynb", "numbers.csv"]
    released = json.loads((course / "release" / "a2" / "a2.ipynb").read_text())
    assert "BEGIN SOLUTION" not in json.dumps(released)
    (course / "source" / "a2" / "solution.md").write_text("the answer")
    done = chainrule("release", "a2", "--course", course)
    assert done.returncode == 1 and "students would be given solution.md" in done.stderr
    assert sorted(path.name for path in (course / "release" / "a2").iterdir()) == ["a2.ipynb", "numbers.csv"]
