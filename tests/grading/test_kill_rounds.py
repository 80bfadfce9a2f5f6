"""Kill -9 at any moment: after a rerun everybody who handed in is recorded once, with the right score."""

import json
import os
import random
import re
import signal
import sqlite3
import time

import pytest
from graders import LONG, grading, kept, pool_workers, scheduler, until, workers
from small_course import hand_in, submitted

VICTIMS = ("driver", "scheduler", "worker")
STUDENTS = [f"s{n:02}" for n in range(12)]
ROUNDS = [n if n < 3 else pytest.param(n, marks=pytest.mark.slow) for n in range(20)]


def recorded(course):
    with sqlite3.connect(course / "gradebook.db") as db:
        return db.execute(
            "select s.student_id, c.name, g.auto_score from grade g "
            "join submitted_notebook n on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id "
            "join base_cell c on c.id = g.cell_id where g.auto_score is not null order by 1, 2"
        ).fetchall()


@pytest.mark.parametrize("number", ROUNDS)
def test_killed_at_a_random_moment_a_rerun_records_everybody_once(course, tmp_path, number):
    rng, victim = random.Random(number), VICTIMS[number % 3]
    for student in STUDENTS:
        hand_in(course, student, submitted(extra=[f"import time; time.sleep(0.2); '{student}'"]))
    moment, later = rng.randrange(8), rng.uniform(0, 0.3)

    def killed(run, pids):
        until(lambda: kept(course) >= moment or run.poll() is not None, "nothing was graded")
        time.sleep(later)
        for pid in pids():
            os.kill(pid, signal.SIGKILL)
        told, sentence = run.communicate(timeout=LONG)
        return run.returncode, told, sentence

    if victim == "scheduler":
        with scheduler() as (server, address), workers(address, cwd=tmp_path):
            code, _, sentence = killed(grading(course, "--scheduler", address), lambda: [server.pid])
        # killed before the first result, it may not have been reached yet
        gone = "is gone. What was graded is kept" + ("|no scheduler answers" if moment == 0 else "")
        assert code == 0 or code == 3 and re.search(gone, sentence), sentence
    else:
        run = grading(course, "--workers", "2", "--feedback")
        if victim == "worker":
            until(lambda: pool_workers(run.pid), "no worker started")
        code, told, sentence = killed(run, lambda: [run.pid] if victim == "driver" else pool_workers(run.pid)[:1])
        if victim == "worker":
            assert code == 0 and json.loads(told)["recorded"] == len(STUDENTS), sentence
        else:
            assert code in (0, -signal.SIGKILL), sentence
    before = kept(course)
    run = grading(course, "--workers", "2", "--feedback")
    told, sentence = run.communicate(timeout=LONG)
    balance = json.loads(told)
    assert run.returncode == 0 and balance["balanced"], sentence
    assert balance["recorded"] == balance["submitted"] == balance["pages"] == len(STUDENTS)
    assert balance["from_the_store"] >= min(before, len(STUDENTS)) and balance["dead_letters"] == {}
    assert recorded(course) == [
        (student, cell, score) for student in STUDENTS for cell, score in (("dz_dt_check", 8.0), ("polar_check", 6.0))
    ]
    assert not [path for path in (course / "feedback").rglob("*") if path.is_file() and path.suffix != ".html"]
