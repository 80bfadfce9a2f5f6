"""The driver of a run: what it hands out, what it records, and how it ends when something is in its way."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from graders import KILLER
from inline_pool import Inline
from small_course import chainrule, hand_in, submitted

from chainrule_lib.grading import pool
from chainrule_lib.grading.course import Course, GradebookBusy
from chainrule_lib.grading.desk import Done, Paper, Rules
from chainrule_lib.grading.processes import LOST
from chainrule_lib.grading.record import NotRecorded


class Breaking(Inline):
    """Workers that die of a paper called poison."""

    def __init__(self, workers=2):
        super().__init__(None, workers)
        self.workers, self.sizes = workers, []

    def take(self):
        batch = self.todo.popleft()
        self.sizes.append(len(batch.items))
        if any(paper.student == "poison" for paper in batch.items):
            return batch, LOST
        return batch, [Done(paper.student, seconds=0.01) for paper in batch.items]


def papers(*names):
    return [Paper(name, "", "") for name in names]


def drained(queue):
    ended = []
    queue.feed(flush=True)
    while queue.flying:
        ended.append(queue.take())
        queue.feed(flush=True)
    return ended


def test_what_kills_its_worker_is_given_up_alone_and_its_neighbours_go_on():
    names = [f"s{n}" for n in range(150)] + ["poison"] + [f"t{n}" for n in range(150)]
    ended = drained(pool._Queue(Breaking(), papers(*names)))
    lost = [items for _, items, answer in ended if answer == LOST]
    assert lost == [papers("poison")]
    done = [one.student for _, _, answer in ended if answer != LOST for one in answer]
    assert sorted([*done, "poison"]) == sorted(names)


def test_batches_of_light_submissions_grow_to_twenty_and_shrink_towards_the_end():
    workers = Breaking()
    drained(pool._Queue(workers, papers(*(f"s{n}" for n in range(400)))))
    assert sum(workers.sizes) == 400 and max(workers.sizes) == pool.BATCH
    assert workers.sizes[0] == 1 and workers.sizes[-1] == 1


def test_a_batch_of_slow_submissions_is_small():
    queue = pool._Queue(Breaking(), papers(*(f"s{n}" for n in range(100))))
    queue.seconds = 0.9
    queue.feed(flush=True)
    assert len(queue.pool.todo[0].items) == 2


@pytest.fixture
def inline(monkeypatch):
    monkeypatch.setattr(pool, "Processes", Inline)


def test_our_fault_is_a_dead_letter_and_never_a_zero(course, inline, monkeypatch):
    from chainrule_lib.grading import report

    hand_in(course, "honest", submitted())
    hand_in(course, "unlucky", submitted(extra=["1"]))
    home, grade = Course(course), Rules.grade
    monkeypatch.setattr(
        Rules, "grade", lambda rules, job: "no sandbox" if b'"1"' in job.submitted else grade(rules, job)
    )
    balance = pool.grade_class(home, "a2", feedback=True)
    assert balance.dead == {"unlucky": "no sandbox"} and balance.closed and not balance.well
    assert balance.recorded == balance.pages == 1
    rows = {(row.student_id, row.task_id): row for row in report.rows(home, "a2")}
    assert (rows["unlucky", "a2.dz_dt"].score, rows["unlucky", "a2.dz_dt"].status) == (None, "our_fault")
    assert rows["honest", "a2.dz_dt"].score == 8.0
    with sqlite3.connect(course / "gradebook.db") as db:
        assert db.execute("select student_id from submitted_assignment").fetchall() == [("honest",)]


def test_a_lock_in_the_middle_of_a_run_is_waited_out(course, inline, monkeypatch):
    students = [f"s{n}" for n in range(4)]
    for student in students:
        hand_in(course, student, b"{")
    tries = []

    def record(home, assignment, pairs):
        tries.append([submission.student_id for submission, _ in pairs])
        if len(tries) == 1:
            raise GradebookBusy("locked")

    monkeypatch.setattr(pool, "RECORD", 1)
    monkeypatch.setattr(pool, "record", record)
    balance = pool.grade_class(Course(course), "a2")
    assert balance.closed and balance.faults == 4
    assert sorted(sum(tries[1:], [])) == students


def test_one_that_cannot_be_recorded_is_a_dead_letter_and_its_batch_is_recorded(course, inline, monkeypatch):
    for student in ("fine", "odd", "well"):
        hand_in(course, student, b"{")

    def record(home, assignment, pairs):
        assert len(list(pairs)) == 3
        raise NotRecorded({"odd": "no such letter"})

    monkeypatch.setattr(pool, "record", record)
    balance = pool.grade_class(Course(course), "a2")
    assert balance.dead == {"odd": "it could not be recorded: no such letter"}
    assert balance.closed and balance.faults == 2


def test_the_recorder_is_fed_from_the_store_one_submission_at_a_time(course, inline, monkeypatch):
    for n in range(5):
        hand_in(course, f"s{n}", b"{" + b" " * n)
    held = []

    def record(home, assignment, pairs):
        assert iter(pairs) is pairs, "the whole batch is never in memory"
        held.extend(result["a2"]["message"] for _, result in pairs)

    monkeypatch.setattr(pool, "record", record)
    assert pool.grade_class(Course(course), "a2").faults == 5
    assert len(held) == 5 and all("JSON does not parse" in sentence for sentence in held)


def test_a_second_run_of_an_assignment_at_the_same_time_is_refused(course):
    hand_in(course, "honest", submitted())
    with pool._only_run(Course(course), "a2"):
        done = chainrule("grade", "a2", "--course", course)
    assert done.returncode == 3 and "another run is grading a2 of" in done.stderr
    assert chainrule("grade", "a2", "--course", course).returncode == 0


def test_a_torn_result_in_the_store_is_graded_again(course):
    hand_in(course, "honest", submitted())
    assert chainrule("grade", "a2", "--course", course).returncode == 0
    (kept,) = (course / ".chainrule" / "results").rglob("*.json")
    whole = kept.read_bytes()
    for torn in (b"", whole[: len(whole) // 2], b"\0" * len(whole), b"[]"):
        kept.write_bytes(torn)
        balance = json.loads(chainrule("grade", "a2", "--course", course, "--json").stdout)
        assert (balance["recorded"], balance["from_the_store"]) == (1, 0)
        assert json.loads(kept.read_bytes())["metadata"] == json.loads(whole)["metadata"]


def test_what_does_not_belong_in_the_graded_folder_goes_and_what_is_right_stays(course):
    hand_in(course, "honest", submitted())
    assert chainrule("grade", "a2", "--course", course).returncode == 0
    folder = course / "autograded" / "honest" / "a2"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["a2.ipynb", "numbers.csv", "timestamp.txt"]
    before = (folder / "numbers.csv").stat().st_ino
    (folder / "old").mkdir()
    (folder / "old" / "x").write_text("x")
    (folder / "a2.ipynb").write_text("changed")
    assert chainrule("grade", "a2", "--course", course).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "numbers.csv").stat().st_ino == before
    assert json.loads((folder / "a2.ipynb").read_text())["metadata"]["chainrule"]["status"] == "graded"


def test_pages_of_the_same_run_are_those_of_the_feedback_verb_with_a_persons_marks(course):
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute("update assignment set duedate = '2026-03-07 00:00:00'")
    with open(course / "nbgrader_config.py", "a") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    hand_in(course, "honest", submitted())
    hand_in(course, "late", submitted(extra=["1"]), stamp="2026-03-08 09:00:00 UTC")
    hand_in(course, "cut", b"{")

    def pages():
        return {student: (course / "feedback" / student / "a2" / "a2.html").read_bytes() for student in ("honest", "late", "cut")}

    done = chainrule("grade", "a2", "--course", course, "--feedback", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["pages"] == 3
    first = pages()
    assert b"late penalty of 14.0 points" in first["late"] and b"<strong>14 / 17</strong>" in first["honest"]
    assert chainrule("feedback", "a2", "--course", course).returncode == 0
    assert pages() == first
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute("update grade set manual_score = 2.5 where auto_score is null")
        db.execute("update comment set manual_comment = 'Say <why>.'")
    assert chainrule("feedback", "a2", "--course", course).returncode == 0
    marked = pages()
    assert b"Say &lt;why&gt;." in marked["honest"] and b"<strong>16.5 / 17</strong>" in marked["honest"]
    assert chainrule("grade", "a2", "--course", course, "--feedback").returncode == 0
    again = pages()
    assert (again["honest"], again["cut"]) == (marked["honest"], marked["cut"])
    assert b"late penalty of 16.5 points" in again["late"], "of all the points, as nbgrader takes it"


# ends that are not planned


def grading(course, *words, **how):
    command = [sys.executable, "-m", "chainrule_lib.grading.cli", "grade", "a2", "--course", str(course), *words]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


def kept(course):
    return len(list((course / ".chainrule" / "results").rglob("*.json")))


def test_ctrl_c_says_what_is_kept_and_a_rerun_goes_on(course):
    for n in range(10):
        hand_in(course, f"s{n}", submitted(extra=[f"import time; time.sleep(1.0); {n}"]))
    process = grading(course, "--workers", "1", start_new_session=True)
    deadline = time.monotonic() + 120
    while kept(course) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in said
    assert "stopped. Of 10 submissions" in said and "Type the same line again to go on from there" in said
    before = kept(course)
    balance = json.loads(chainrule("grade", "a2", "--course", course, "--json").stdout)
    assert balance["recorded"] == 10 and before <= balance["from_the_store"] < 10


def test_a_full_disk_is_a_sentence_and_a_later_run_completes(course):
    """A limit on the size of a file stands for a disk that takes no more."""
    for n in range(3):
        hand_in(course, f"s{n}", submitted(extra=[f"print('x' * 150_000); {n}"]))
    assert chainrule("grade", "a2", "--course", course, "--student", "nobody").returncode == 0
    process = grading(
        course, "--workers", "2", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    )
    _, said = process.communicate(timeout=180)
    assert process.returncode == 3 and "Traceback" not in said, said
    assert "there is no room on the disk of" in said and "type the same line again" in said
    assert not [path for path in (course / ".chainrule").rglob(".*") if path.is_file()], "no draft is left"
    balance = json.loads(chainrule("grade", "a2", "--course", course, "--json").stdout)
    assert balance["recorded"] == balance["submitted"] == 3 and balance["dead_letters"] == {}


def test_a_submission_that_kills_its_worker_is_a_dead_letter_and_its_neighbours_are_graded(course):
    """Without walls a notebook can reach the worker that runs it."""
    for n in range(6):
        hand_in(course, f"s{n}", submitted(extra=[f"{n}"]))
    hand_in(course, "s3killer", submitted(before=[KILLER]))
    process = grading(course, "--workers", "2", "--sandbox", "none", "--json")
    told, said = process.communicate(timeout=300)
    balance = json.loads(told)
    assert process.returncode == 1 and "NO SANDBOX" in said
    assert balance["dead_letters"] == {"s3killer": "the worker process that graded it was killed each time"}
    assert balance["recorded"] == 6 and balance["balanced"]
