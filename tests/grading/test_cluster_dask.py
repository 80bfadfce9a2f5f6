"""Grading by dask: the same grades from workers that share nothing, whatever dies, and only with the same code."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest
from graders import KILLER, LONG, descendants, grading, kept, scheduler, start, until, workers
from small_course import chainrule, hand_in, submitted

import chainrule_lib
from chainrule_lib.grading.cluster import open_to_others

@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers that run in an empty folder."""
    with scheduler() as (_, address), workers(address, cwd=tmp_path_factory.mktemp("nowhere")) as process:
        yield address, process


def scores(course):
    with sqlite3.connect(course / "gradebook.db") as db:
        return db.execute(
            "select s.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g "
            "join submitted_notebook n on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id "
            "join base_cell c on c.id = g.cell_id order by 1, 2"
        ).fetchall()


def files(course):
    return {
        str(path.relative_to(course)): path.read_bytes()
        for step in ("autograded", "feedback", ".chainrule/results")
        for path in (course / step).rglob("*")
        if path.is_file()
    }


def test_a_class_is_graded_as_on_one_machine_down_to_the_bytes(cluster, course, tmp_path):
    address, _ = cluster
    hand_in(course, "honest", submitted())
    hand_in(course, "wrong", submitted(dz_dt="def dz_dt(t):\n    return 0.5"))
    hand_in(course, "cut", b"{")
    (course / ".course_key").write_bytes(b"k" * 32)
    other = shutil.copytree(course, tmp_path / "other")
    told = chainrule("grade", "a2", "--course", course, "--feedback", "--scheduler", address, "--json")
    assert told.returncode == 0, told.stderr
    assert chainrule("grade", "a2", "--course", other, "--feedback", "--json").stdout == told.stdout
    assert scores(course) == scores(other)
    mine = files(course)
    assert mine == files(other) and len(mine) == 3 + 3 * 3 + 3
    told = chainrule("grade", "a2", "--course", course, "--scheduler", address, "--json")
    assert json.loads(told.stdout)["from_the_store"] == 3
    shutil.rmtree(course / "feedback")
    assert chainrule("feedback", "a2", "--course", course, "--scheduler", address).returncode == 0
    assert files(course) == mine


def test_a_worker_that_dies_costs_nobody_a_grade(cluster, course):
    address, process = cluster
    for n in range(8):
        hand_in(course, f"s{n}", submitted(extra=[f"import time; time.sleep(0.5); {n}"]))
    run = grading(course, "--scheduler", address)
    until(lambda: kept(course) >= 1 or run.poll() is not None, "nothing was graded")
    for pid in descendants(process.pid):
        with open(f"/proc/{pid}/cmdline") as command:
            if "spawn_main" in command.read():
                os.kill(pid, signal.SIGKILL)
                break
    told, said = run.communicate(timeout=LONG)
    assert run.returncode == 0, said
    balance = json.loads(told)
    assert balance["recorded"] == 8 and balance["dead_letters"] == {}
    assert [row[2] for row in scores(course) if row[1] == "dz_dt_check"] == [8.0] * 8


def test_what_kills_every_worker_is_a_dead_letter_and_its_neighbours_are_graded(cluster, course):
    """Without walls a notebook can reach the worker that runs it."""
    address, _ = cluster
    for n in range(4):
        hand_in(course, f"s{n}", submitted(extra=[f"{n}"]))
    hand_in(course, "s2killer", submitted(before=[KILLER]))
    run = grading(course, "--scheduler", address, "--sandbox", "none")
    told, said = run.communicate(timeout=2 * LONG)
    assert run.returncode == 1, said
    balance = json.loads(told)
    assert list(balance["dead_letters"]) == ["s2killer"] and balance["recorded"] == 4


def test_a_worker_of_other_code_is_refused(course, tmp_path):
    package = shutil.copytree(Path(chainrule_lib.__file__).parent, tmp_path / "chainrule_lib")
    with open(package / "judge" / "probes.py", "a") as file:
        file.write("# a change\n")
    hand_in(course, "honest", submitted())
    other = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(tmp_path)}}
    with scheduler() as (_, address), workers(address, 1, **other):
        done = chainrule("grade", "a2", "--course", course, "--scheduler", address)
    assert done.returncode == 3 and "a worker runs other code: chainrule_lib" in done.stderr
    assert "Install the same versions at both ends" in done.stderr
    assert not (course / "autograded").exists() and scores(course) == []


def test_no_scheduler_is_a_line_to_type(course, monkeypatch):
    from chainrule_lib.grading import cluster

    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    done = chainrule("grade", "a2", "--course", course, "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 3 and "no scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "chainrule worker tcp://127.0.0.1:9." in done.stderr


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("127.0.0.1:8786", False),
        ("tls://10.0.0.5:8786", False),
        ("tcp://10.0.0.5:8786", True),
        ("tcp://0.0.0.0:8786", True),
        ("grader.example.org:8786", True),
        ("tcp://[::]:8786", True),
    ],
)
def test_plain_tcp_beyond_this_machine_is_open_to_others(address, is_open):
    assert open_to_others(address) is is_open


def test_an_address_open_to_others_is_refused_unless_it_is_said_loudly(course):
    for words in (
        ("scheduler", "--host", "0.0.0.0", "--port", "0"),
        ("worker", "tcp://10.0.0.5:8786"),
        ("grade", "a2", "--course", course, "--scheduler", "tcp://10.0.0.5:8786"),
        ("feedback", "a2", "--course", course, "--scheduler", "tcp://10.0.0.5:8786"),
    ):
        done = chainrule(*words)
        assert done.returncode == 2 and "whoever reaches it can run code as you" in done.stderr, words
        assert "--insecure" in done.stderr
    with pytest.raises(subprocess.TimeoutExpired):
        loud = start("scheduler", "--host", "0.0.0.0", "--port", "0", "--insecure")
        try:
            assert "INSECURE. Whoever reaches tcp://0.0.0.0:0 can run code as you" in loud.stderr.readline()
            loud.wait(1)
        finally:
            loud.kill()
            loud.communicate()


def make_keys(folder):
    """keys/ in a new folder, by the very lines that `chainrule scheduler --help` prints."""
    folder.mkdir()
    told = chainrule("scheduler", "--help").stdout
    lines = told[told.index("mkdir keys") : told.index("Example:")]
    done = subprocess.run(["sh", "-e", "-c", lines], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "keys"


def test_a_class_is_graded_over_tls_and_who_has_other_keys_or_none_is_refused(course, tmp_path):
    ours, others = make_keys(tmp_path / "ours"), make_keys(tmp_path / "others")
    for n in range(3):
        hand_in(course, f"s{n}", submitted())
    with scheduler("--tls", ours) as (_, address), workers(address, 1, "--tls", ours, cwd=tmp_path):
        assert address.startswith("tls://127.0.0.1:")
        plain = address.replace("tls", "tcp")
        for verb in (("grade", "a2", "--course", course, "--scheduler"), ("worker", "--workers", "1")):
            done = chainrule(*verb, address)
            assert done.returncode == 2 and "tls://... and --tls FOLDER go together" in done.stderr, verb
            for place, words in ((address, ("--tls", others)), (plain, ())):
                stranger = start(*verb, place, *words)
                said = stranger.communicate(timeout=LONG)[1]
                assert stranger.returncode == 3 and "Traceback" not in said, said
                assert f"no scheduler answers at {place}" in said
        assert kept(course) == 0
        run = grading(course, "--scheduler", address, "--tls", ours)
        told, said = run.communicate(timeout=LONG)
    assert run.returncode == 0, said
    assert json.loads(told)["recorded"] == 3
    assert [row[2] for row in scores(course) if row[1] == "dz_dt_check"] == [8.0] * 3


def test_keys_that_are_missing_are_named(tmp_path):
    done = chainrule("scheduler", "--host", "0.0.0.0", "--port", "0", "--tls", tmp_path)
    assert done.returncode == 3 and f"{tmp_path}/ca.pem does not exist" in done.stderr
