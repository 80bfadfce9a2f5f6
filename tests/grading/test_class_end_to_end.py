"""One class through stock `nbgrader autograde` and through `chainrule grade`: the same grades, whatever was handed in."""

import copy
import csv
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from html import unescape

import pytest

from small_course import RIGHT, as_bytes, chainrule, hand_in, nbgrader, submitted

ONE_ROAD = "\ndef dz_dt(t):\n    x, y = math.cos(2*t), t*t + t\n    return 2*x*y*(-2*math.sin(2*t))\n"
HALF_POLAR = RIGHT["polar"].replace("r*(fy(r*c, r*s)*c - fx(r*c, r*s)*s)", "0.5")


def forged():
    content = submitted(dz_dt=ONE_ROAD)
    for cell in content["cells"]:
        if cell["id"] == "dz_dt_check":
            cell.update(
                source='print("passed")\n8.0',
                outputs=[
                    {
                        "output_type": "execute_result",
                        "execution_count": 1,
                        "metadata": {},
                        "data": {"text/plain": "8.0"},
                    }
                ],
            )
    return content


def deleted():
    content = submitted()
    content["cells"] = [cell for cell in content["cells"] if cell["id"] != "polar_check"]
    return content


def duplicated():
    content = submitted()
    content["cells"] += [
        copy.deepcopy(cell) for cell in content["cells"] if cell["id"] in ("dz_dt_check", "polar")
    ]
    return content


def evil_markdown():
    return submitted(
        why="Because. <script>alert(1)</script> <img src=x onerror=alert(1)>",
        extra=[
            "from IPython.display import HTML, Javascript, display\ndisplay(HTML('<script>alert(1)</script>'))\nJavascript('alert(1)')"
        ],
    )


CLASS = {  # student: (what, dz_dt, polar)
    "honest": (submitted, 8, 6),
    "half": (lambda: submitted(polar=HALF_POLAR), 8, 3),
    "oneroad": (lambda: submitted(dz_dt=ONE_ROAD), 0, 6),
    "forger": (forged, 0, 6),
    "deleter": (deleted, 8, 6),
    "doubler": (duplicated, 8, 6),
    "scripter": (evil_markdown, 8, 6),
    "raiser": (lambda: submitted(dz_dt="def dz_dt(t):\n    return 1/0"), 0, 6),
    "leaver": (lambda: submitted(extra=["import os; os._exit(0)"]), 8, 6),
    "noisy": (
        lambda: submitted(
            dz_dt=RIGHT["dz_dt"] + "\nimport warnings; warnings.warn('careful')\nprint('x' * 10**6)"
        ),
        8,
        6,
    ),
    "half a pair": (lambda: submitted(dz_dt=RIGHT["dz_dt"] + "# \ud800", why="Because \ud800."), 8, 6),
    "untouched": (
        lambda: submitted(
            dz_dt="# YOUR CODE HERE\nraise NotImplementedError()", polar="", why="YOUR ANSWER HERE"
        ),
        0,
        0,
    ),
}


ODD_NAMES = ("Zoë Müller", "st*[ab]?", "-x; new\nline", "a%20b{0}")
FAULTS = {  # student: the sentence of the report
    "cutoff": "its JSON does not parse",
    "nobody": "There is no file a2.ipynb in the submission.",
    "first": "There is no file a2.ipynb in the submission.",
    "linker": "The file a2.ipynb is a link, a folder or a device; it was not opened.",
    "plumber": "The file a2.ipynb is a link, a folder or a device; it was not opened.",
}
ODDLY_NAMED = (*ODD_NAMES, "renamed", "shadow", "loud", "copier")


def table(path):
    with open(path, newline="") as file:
        return {(row["student_id"], row["task_id"]): row for row in csv.DictReader(file)}


def database(course):
    """Every grade and comment as nbgrader stored it, by names instead of ids."""
    with sqlite3.connect(course / "gradebook.db") as db:
        grades = db.execute(
            "select s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade from grade g "
            "join submitted_notebook n on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id "
            "join base_cell c on c.id = g.cell_id order by 1, 2"
        ).fetchall()
        comments = db.execute(
            "select s.student_id, c.name, m.auto_comment from comment m join submitted_notebook n on n.id = m.notebook_id "
            "join submitted_assignment s on s.id = n.assignment_id join base_cell c on c.id = m.cell_id order by 1, 2"
        ).fetchall()
        late = db.execute(
            "select s.student_id, s.timestamp, n.late_submission_penalty from submitted_notebook n "
            "join submitted_assignment s on s.id = n.assignment_id order by 1"
        ).fetchall()
    return grades, comments, late


def fill(course):
    for student, (make, _, _) in CLASS.items():
        hand_in(course, student, make())
    (course / ".course_key").write_bytes(b"k" * 32)
    with open(course / "nbgrader_config.py", "a") as config:
        config.write(
            "\nfrom nbgrader.plugins import LateSubmissionPlugin\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
        )
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute("update assignment set duedate = '2026-03-07 00:00:00'")
    (course / "submitted" / "half" / "a2" / "timestamp.txt").write_text("2026-03-08 09:00:00 UTC")
    return course


@pytest.fixture(scope="module")
def stock(released, tmp_path_factory):
    course = fill(shutil.copytree(released, tmp_path_factory.mktemp("stock") / "course"))
    done = nbgrader(course, "autograde", "a2")
    assert done.returncode == 0, done.stderr[-3000:]
    done = nbgrader(course, "generate_feedback", "a2")
    assert done.returncode == 0, done.stderr[-3000:]
    return course


@pytest.fixture(scope="module")
def ours(released, tmp_path_factory):
    course = fill(shutil.copytree(released, tmp_path_factory.mktemp("ours") / "course"))
    hand_in(course, "cutoff", as_bytes(submitted())[:1000])
    hand_in(course, "nobody", b"")
    os.remove(course / "submitted" / "nobody" / "a2" / "a2.ipynb")
    linked = hand_in(course, "linker", b"") / "a2.ipynb"
    linked.unlink()
    linked.symlink_to("/etc/passwd")
    hand_in(course, "renamed", submitted())
    (course / "submitted" / "renamed" / "a2" / "a2.ipynb").rename(
        course / "submitted" / "renamed" / "a2" / "a2 (1).ipynb"
    )
    shadow = hand_in(course, "shadow", submitted())
    (shadow / "numpy.py").write_text("raise RuntimeError")
    (course / "submitted" / "away").symlink_to("/etc")
    for student in ODD_NAMES:
        hand_in(course, student, submitted())
    loud = hand_in(course, "loud", submitted(), stamp="next tuesday") / "a2.ipynb"
    loud.rename(loud.with_name("A2.IPYNB"))
    (hand_in(course, "copier", submitted(), "2026-03-06T17:30:00+02:00") / "a2-copy.ipynb").write_text("junk")
    for student, name in (("first", "x.ipynb"), ("first", "y.ipynb")):
        (course / "submitted" / student / "a2").mkdir(parents=True, exist_ok=True)
        (course / "submitted" / student / "a2" / name).write_bytes(as_bytes(submitted()))
    pipe = hand_in(course, "plumber", b"") / "a2.ipynb"
    pipe.unlink()
    os.mkfifo(pipe)
    done = chainrule("grade", "a2", "--course", course, "--workers", 2, "--json")
    assert done.returncode == 0, done.stderr[-3000:]
    (course / "balance.json").write_text(done.stdout)
    for verb in ("export", "feedback", "report"):
        done = chainrule(verb, "a2", "--course", course)
        assert done.returncode == 0, done.stderr[-3000:]
    return course


@pytest.mark.parametrize("student", CLASS)
def test_the_grades_are_those_of_the_table(ours, student):
    rows = table(ours / "grades.csv")
    assert [float(rows[student, task]["score"]) for task in ("a2.dz_dt", "a2.polar")] == [
        float(x) for x in CLASS[student][1:]
    ]


def test_stock_nbgrader_and_ours_store_the_same(stock, ours):
    mine = [[row for row in rows if row[0] in CLASS] for rows in database(ours)]
    assert mine == [list(rows) for rows in database(stock)]


def test_a_late_submission_pays_what_the_plugin_says(stock, ours):
    for course in (stock, ours):
        assert {row[0]: row[2] for row in database(course)[2] if row[2]} == {"half": 11.0}


def test_written_answers_wait_and_untouched_ones_say_no_response(ours):
    grades, comments, _ = database(ours)
    assert ("honest", "why", None, None, 1) in grades and ("untouched", "why", 0.0, None, 0) in grades
    assert ("untouched", "why", "No response.") in comments and ("honest", "why", None) in comments


def test_the_balance_closes_and_unreadable_files_are_faults(ours):
    balance = json.loads((ours / "balance.json").read_text())
    assert balance["balanced"] and balance["dead_letters"] == {}
    assert (balance["submitted"], balance["recorded"], balance["student_faults"]) == (
        len(CLASS) + len(FAULTS) + len(ODDLY_NAMED),
        len(CLASS) + len(ODDLY_NAMED),
        len(FAULTS),
    )
    rows, page = table(ours / "grades.csv"), unescape((ours / "report.html").read_text())
    for student, sentence in FAULTS.items():
        assert (
            rows[student, "a2.dz_dt"]["status"] == "student_fault"
            and rows[student, "a2.dz_dt"]["score"] == "0"
        )
        assert sentence in page, student
    for student in ODDLY_NAMED:
        shown = f"'{student}" if student.startswith("-") else student
        assert [float(rows[shown, task]["score"]) for task in ("a2.dz_dt", "a2.polar")] == [8.0, 6.0], student
        assert (ours / "feedback" / student / "a2" / "a2.html").is_file()
    stamps = {row[0]: row[1] for row in database(ours)[2]}
    assert stamps["copier"].startswith("2026-03-06 15:30") and stamps["loud"] is None
    assert "root:" not in (ours / "feedback" / "linker" / "a2" / "a2.html").read_text()


def test_the_slip_is_named_in_the_table_and_on_the_page(stock, ours):
    assert table(ours / "grades.csv")["oneroad", "a2.dz_dt"]["diagnosis"] == "M02"
    for course in (stock, ours):
        page = (course / "feedback" / "oneroad" / "a2" / "a2.html").read_text()
        assert "M02" in page and "<svg" in page and "ropped" in page


def test_both_feedback_pages_are_the_same_and_carry_no_script(stock, ours):
    for student in CLASS:
        pages = [(course / "feedback" / student / "a2" / "a2.html").read_text() for course in (stock, ours)]
        if student != "noisy":  # stock also cuts long text to its number of lines
            assert pages[0] == pages[1], student
        for page in pages:
            assert "Content-Security-Policy" in page and "default-src 'none'" in page
            assert (
                "<script" not in page
                and "onerror=" not in page
                and "cdnjs" not in page
                and 'http-equiv="refresh' not in page
            )


@pytest.fixture
def formgrader(ours, tmp_path):
    """A real formgrader on a copy of the graded course; yields a function (path, data) -> text."""
    course = copied(ours, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = {
        "ServerApp": {
            "jpserver_extensions": {"nbgrader.server_extensions.formgrader": True},
            "allow_root": True,
            "disable_check_xsrf": True,
            "ip": "127.0.0.1",
            "open_browser": False,
            "port": port,
        },
        "IdentityProvider": {"token": ""},
    }
    (tmp_path / "server.json").write_text(json.dumps(config))
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", f"--config={tmp_path / 'server.json'}"],
        cwd=course,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(path, data=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/formgrader/{path}", method="PUT" if data else "GET")
        if data:
            request.data = json.dumps(data).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read().decode()

    for _ in range(120):
        try:
            ask("api/assignments")
            break
        except OSError:
            time.sleep(0.5)
    yield ask
    server.terminate()
    server.wait(20)


def test_a_person_marks_the_written_answer_in_formgrader(formgrader):
    rows = json.loads(formgrader("api/submitted_notebooks/a2/a2"))
    honest = next(row for row in rows if row["student"] == "honest")
    assert honest["needs_manual_grade"]
    page = formgrader(f"submissions/{honest['id']}/")
    assert "formgrade" in page and "http-equiv=\"Content-Security-Policy\"" not in page, "formgrader keeps its own page"
    grades = json.loads(formgrader(f"api/grades?submission_id={honest['id']}"))
    written = next(grade for grade in grades if grade["name"] == "why")
    marked = json.loads(formgrader(f"api/grade/{written['id']}", {"manual_score": 2, "extra_credit": None}))
    assert marked["manual_score"] == 2
    rows = json.loads(formgrader("api/submitted_notebooks/a2/a2"))
    assert not next(row for row in rows if row["student"] == "honest")["needs_manual_grade"]


def test_a_second_run_takes_everything_from_the_store_and_keeps_a_persons_marks(ours):
    with sqlite3.connect(ours / "gradebook.db") as db:
        db.execute(
            "update grade set manual_score = 2.5, needs_manual_grade = 0 where id in (select g.id from grade g join submitted_notebook n on "
            "n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id join base_cell c on c.id = g.cell_id "
            "where s.student_id = 'honest' and c.name = 'why')"
        )
    before = database(ours)
    done = chainrule("grade", "a2", "--course", ours, "--json")
    balance = json.loads(done.stdout)
    assert done.returncode == 0 and balance["from_the_store"] == balance["submitted"], done.stderr
    after = database(ours)
    assert ("honest", "why", None, 2.5, 1) in after[0]
    assert [row for row in after[0] if row[:2] != ("honest", "why")] == [
        row for row in before[0] if row[:2] != ("honest", "why")
    ]
    assert chainrule("export", "a2", "--course", ours).returncode == 0
    row = table(ours / "grades.csv")["honest", "a2.why"]
    assert (row["score"], row["status"]) == ("2.5", "graded")


def test_the_class_page_is_one_self_contained_page(ours):
    page = (ours / "report.html").read_text()
    assert "M02" in page and "cutoff" in page and "<svg" in page and "tells students apart" in page
    assert "<script" not in page and "http://" not in page and "https://" not in page


def copied(course, to):
    """A course as it was graded, without what was handed in (a pipe is not copied)."""
    return shutil.copytree(course, to / "course", ignore=shutil.ignore_patterns("submitted", "feedback"))


def test_a_lost_key_stops_the_next_run(ours, tmp_path):
    course = copied(ours, tmp_path)
    (course / ".course_key").unlink()
    done = chainrule("grade", "a2", "--course", course)
    assert done.returncode == 3 and ".course_key is missing" in done.stderr
    assert not (course / ".course_key").exists()


def grading(course, *words, **how):
    """`chainrule grade` in a process of its own with two workers, to be killed."""
    command = [sys.executable, "-m", "chainrule_lib.grading.cli", "grade", "a2", "--workers", "2"]
    return subprocess.Popen([*command, "--course", str(course), *words], stderr=subprocess.DEVNULL, **how)


def test_killed_in_the_middle_a_rerun_records_everybody_once(course):
    from chainrule_lib.grading.pipeline import code_version

    (course / ".course_key").write_bytes(b"k" * 32)
    for n in range(8):
        hand_in(course, f"s{n:02}", submitted(extra=[f"import time; time.sleep(0.3); {n}"]))
    process = grading(course, stdout=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 90
    while (
        len(list((course / ".chainrule").rglob("*.json"))) < 3
        and time.monotonic() < deadline
        and process.poll() is None
    ):
        time.sleep(0.05)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = len(list((course / ".chainrule" / "results").rglob("*.json")))
    code_version.cache_clear()  # as a new process would
    done = chainrule("grade", "a2", "--course", course, "--json")
    balance = json.loads(done.stdout)
    assert done.returncode == 0 and balance["recorded"] == balance["submitted"] == 8
    assert kept <= balance["from_the_store"] < 8
    grades = database(course)[0]
    assert [(row[0], row[2]) for row in grades if row[1] == "dz_dt_check"] == [
        (f"s{n:02}", 8.0) for n in range(8)
    ]


def test_a_killed_worker_costs_nobody_a_grade(course):
    for n in range(6):
        hand_in(course, f"s{n}", submitted(extra=[f"import time; time.sleep(0.5); {n}"]))
    process = grading(course, "--json", stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 90
    workers = []
    while len(workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
        workers = [
            int(folder)
            for folder in os.listdir("/proc")
            if folder.isdigit() and spawned(int(folder), process.pid)
        ]
    time.sleep(1.0)
    os.kill(workers[0], signal.SIGKILL)
    balance = json.loads(process.communicate(timeout=120)[0])
    assert balance["recorded"] == 6 and balance["dead_letters"] == {} and process.returncode == 0
    assert [row[2] for row in database(course)[0] if row[1] == "polar_check"] == [6.0] * 6


def spawned(pid, parent):
    """Whether this process is a pool worker of `parent`."""
    try:
        with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline") as command:
            return stat.read().rpartition(")")[2].split()[1] == str(parent) and "spawn_main" in command.read()
    except OSError:
        return False


def test_a_sandbox_that_cannot_start_is_a_refusal(course):
    hand_in(course, "honest", submitted())
    done = subprocess.run(
        [sys.executable, "-m", "chainrule_lib.grading.cli", "grade", "a2", "--course", str(course), "--sandbox", "bubblewrap"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": "/nowhere"},
    )
    assert done.returncode == 3
    assert (
        "sudo apt-get install bubblewrap" in done.stderr
        and "strangers' notebooks are not graded" in done.stderr
    )
    assert not (course / "autograded").exists()


def test_a_locked_gradebook_is_a_sentence_and_nothing_graded_is_lost(course, monkeypatch):
    from chainrule_lib.grading import course as room

    monkeypatch.setattr(room, "LOCK_WAIT", 0.2)
    hand_in(course, "honest", submitted())
    holder = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    for lock in ("begin immediate", "begin exclusive"):  # one lets others read, the other does not
        holder.execute(lock)
        done = chainrule("grade", "a2", "--course", course)
        assert done.returncode == 3 and "Traceback" not in done.stderr
        assert "cannot be used now (database is locked). Close what holds it" in done.stderr
        holder.execute("rollback")
    holder.close()
    balance = json.loads(chainrule("grade", "a2", "--course", course, "--json").stdout)
    assert (balance["recorded"], balance["from_the_store"]) == (1, 1)


def test_a_folder_whose_name_is_no_text_is_a_dead_letter_and_the_table_is_written(course):
    hand_in(course, "honest", submitted())
    odd = hand_in(course, "odd", submitted()).parent
    os.rename(odd, os.fsencode(odd.parent) + b"/caf\xe9")
    done = chainrule("grade", "a2", "--course", course, "--workers", 1, "--json")
    balance = json.loads(done.stdout)
    assert done.returncode == 1 and balance["balanced"] and balance["recorded"] == 1
    assert list(balance["dead_letters"]) == ["caf\udce9"]
    assert chainrule("export", "a2", "--course", course).returncode == 0
    assert chainrule("report", "a2", "--course", course).returncode == 0
    rows = table(course / "grades.csv")
    assert rows["honest", "a2.dz_dt"]["score"] == "8"
    assert rows["caf\\udce9", "a2.dz_dt"]["status"] == "our_fault"


def test_a_folder_that_cannot_be_read_is_refused_alone(course, monkeypatch):
    from pathlib import Path

    from chainrule_lib.grading.course import Course

    hand_in(course, "honest", submitted())
    shut = hand_in(course, "shut", submitted())
    look = Path.iterdir

    def iterdir(folder):
        if folder == shut:
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    honest, other = Course(course).submissions("a2", ["a2"])
    assert honest.notebooks["a2"] and not honest.refused
    assert other.refused == "the folder cannot be read: Permission denied"


def test_one_page_that_fails_is_named_and_the_others_are_written(ours, tmp_path):
    course = copied(ours, tmp_path)
    (course / "autograded" / "honest" / "a2" / "a2.ipynb").write_text("{")
    done = chainrule("feedback", "a2", "--course", course)
    assert done.returncode == 1 and "no page for honest: " in done.stdout
    assert (course / "feedback" / "half" / "a2" / "a2.html").is_file()


def test_a_spreadsheet_takes_no_cell_for_a_formula():
    from chainrule_lib.grading.export import grades_csv
    from chainrule_lib.grading.report import Row

    text = grades_csv(
        [
            Row("=cmd()", "a2", "a2.x", 1.0, 2.0, "graded"),
            Row("-1", "a2", "@x", None, 2.0, ""),
            Row("\t=1", "a2", "a2.x", 1.0, 2.0, ""),
        ]
    )
    assert text.splitlines()[1:] == ["'=cmd(),a2,a2.x,1,2,graded,", "'-1,a2,'@x,,2,,", "'\t=1,a2,a2.x,1,2,,"]
