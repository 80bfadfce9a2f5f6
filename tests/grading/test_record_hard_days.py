"""Recording on a bad day: held gradebooks, two recorders, odd names, one bad row among good ones, a large class."""

import multiprocessing
import sqlite3
import threading
import tracemalloc

import pytest
from gradebooks import ASSIGNMENT, graded, results, submission, told_of, url_of

from chainrule_lib.grading import course as home_room
from chainrule_lib.grading import record as room
from chainrule_lib.grading.course import Course, CourseError, GradebookBusy
from chainrule_lib.grading.record import NotRecorded, record

DONE = {"dz_dt": "def dz_dt(t): return 0.0", "why": "Because both move.", "two": "two = 2"}
ODD = ["Zoë Müller", "zoe\u0308", "100%_[ab]*?", "{0}", "'; drop table grade; --", 'say "hi"', " ", "-x", "小明"]
ODD.append("x" * 128)


@pytest.fixture
def home(pair):
    return Course(pair)


@pytest.fixture
def found(home):
    return results(home, DONE, {"dz_dt_check": 5.0})


def some(names, found):
    return [(submission(name), found) for name in names]


def holder(pair, lock="begin immediate"):
    other = sqlite3.connect(pair / "gradebook.db", isolation_level=None, check_same_thread=False)
    other.execute(lock)
    return other


@pytest.mark.parametrize("lock", ["begin immediate", "begin exclusive"])
def test_a_lock_that_ends_is_waited_for_and_told(pair, home, found, lock, monkeypatch, capsys):
    monkeypatch.setattr(home_room, "GLANCE", 0.05)
    monkeypatch.setattr(home_room, "LOCK_WAIT", 300.0)
    told = told_of(monkeypatch)
    other = holder(pair, lock)
    threading.Thread(target=lambda: (told.wait(), other.execute("rollback"), other.close())).start()
    assert record(home, ASSIGNMENT, some("abc", found)) == 3
    assert "the gradebook is busy or away (database is locked); waiting up to 300 s" in capsys.readouterr().err
    assert graded(url_of(pair))["c", "dz_dt_check"] == 5.0


def test_a_lock_that_stays_is_an_error_and_what_was_recorded_before_stays(pair, home, found, monkeypatch):
    monkeypatch.setattr(home_room, "LOCK_WAIT", 0.2)
    monkeypatch.setattr(room, "BATCH", 2)
    others = []

    def handed_in():
        for n in range(6):
            if n == 4:
                others.append(holder(pair))
            yield submission(f"s{n}"), found

    with pytest.raises(GradebookBusy, match=r"database is locked.*Close what holds it .*type the same line again"):
        record(home, ASSIGNMENT, handed_in())
    others[0].execute("rollback")
    assert {student for student, _ in graded(url_of(pair))} == {"s0", "s1", "s2", "s3"}
    assert record(home, ASSIGNMENT, some([f"s{n}" for n in range(6)], found)) == 6
    assert len(graded(url_of(pair))) == 6 * 4


def recorder(folder, names, found, ready, score):
    home = Course(folder)
    found["one"]["tasks"][0]["score"] = score
    ready.wait()
    for start in range(0, len(names), 10):
        record(home, ASSIGNMENT, some(names[start : start + 10], found))


def two_at_once(folder, names, found):
    """Two processes that record the same students, in opposite orders; returns their exit codes."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(2)
    both = [
        spawn.Process(target=recorder, args=(folder, order, found, ready, score))
        for order, score in ((names, 5.0), (names[::-1], 7.0))
    ]
    for process in both:
        process.start()
    for process in both:
        process.join(300)
    return [process.exitcode for process in both]


def test_two_recorders_at_once_record_everybody_once(pair, found):
    names = [f"s{n:03}" for n in range(100)]
    assert two_at_once(pair, names, found) == [0, 0]
    scores = graded(url_of(pair))
    assert len(scores) == 400 and {scores[name, "dz_dt_check"] for name in names} <= {5.0, 7.0}


def test_odd_names_are_recorded_as_they_are(pair, home, found):
    assert record(home, ASSIGNMENT, some(ODD, found)) == len(ODD)
    assert record(home, ASSIGNMENT, some(ODD, found)) == len(ODD)
    assert {student for student, _ in graded(url_of(pair))} == set(ODD)


def bad_score(found):
    wrong = {"tasks": [task | {"score": float("nan")} for task in found["one"]["tasks"]]}
    return found | {"one": found["one"] | wrong}


@pytest.mark.parametrize(
    ("name", "spoil", "sentence"),
    [
        ("caf\udce9", lambda found: found, "surrogates not allowed"),
        ("bad", bad_score, "the score of dz_dt_check is no finite number: nan"),
        ("bad", lambda found: {"one": {"readable": True}}, "notebook"),
        ("bad", lambda found: None, "object has no attribute 'items'"),
    ],
)
def test_one_that_cannot_be_recorded_costs_no_other(pair, home, found, name, spoil, sentence):
    names = [f"s{n}" for n in range(20)]
    pairs = some(names, found)
    pairs.insert(7, (submission(name), spoil(found)))
    with pytest.raises(NotRecorded) as refused:
        record(home, ASSIGNMENT, pairs)
    assert list(refused.value.problems) == [name] and sentence in refused.value.problems[name]
    assert {student for student, _ in graded(url_of(pair))} == set(names)


def test_a_plugin_that_fails_for_one_costs_no_other(pair, found):
    (pair / "fussy.py").write_text(
        "from nbgrader.plugins import BasePlugin\n"
        "class Fussy(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, seconds):\n"
        "        return {'s3': 1 / (student_id != 's3')}.get(student_id, 1.0)\n"
    )
    with open(pair / "nbgrader_config.py", "a") as config:
        config.write("\nc.AssignLatePenalties.plugin_class = 'fussy.Fussy'\n")
    with sqlite3.connect(pair / "gradebook.db") as db:
        db.execute("update assignment set duedate = '2026-01-01 00:00:00.000000'")
    names = [f"s{n}" for n in range(8)]
    with pytest.raises(NotRecorded, match="division by zero") as refused:
        record(Course(pair), ASSIGNMENT, some(names, found))
    assert list(refused.value.problems) == ["s3"]
    assert {student for student, _ in graded(url_of(pair))} == set(names) - {"s3"}


def test_one_student_twice_in_a_batch_counts_once_and_the_last_holds(pair, home):
    first, last = (results(home, DONE, {"dz_dt_check": score}) for score in (1.0, 6.0))
    record(home, ASSIGNMENT, [(submission("s"), first), (submission("t"), first), (submission("s"), last)])
    assert graded(url_of(pair))["s", "dz_dt_check"] == 6.0 and len(graded(url_of(pair))) == 8


def test_a_run_without_submissions_records_nobody(home):
    assert record(home, ASSIGNMENT, []) == 0


def test_an_assignment_that_was_never_released_is_a_sentence(home, found):
    with pytest.raises(CourseError, match="knows no assignment p9. Type: chainrule release p9 --course"):
        record(home, "p9", some("a", found))


def test_a_gradebook_that_is_no_database_is_a_sentence(pair, found):
    for url, sentence in (
        ("gradebook", "'gradebook' is no address of a gradebook. Write sqlite:"),
        ("mysql://u@h/d", "'mysql://u@h/d' is no address of a gradebook"),
        ("sqlite:////nowhere/at/all.db", "cannot be used .unable to open database file"),
    ):
        with pytest.raises(CourseError, match=sentence):
            record(Course(pair, url), ASSIGNMENT, some("a", found))


def test_what_is_held_does_not_grow_with_the_class(home, found, monkeypatch):
    monkeypatch.setattr(room, "BATCH", 20)

    def heavy(names):
        for name in names:
            yield submission(name), found | {"one": found["one"] | {"ballast": bytearray(500_000)}}

    record(home, ASSIGNMENT, some("ab", found))
    tracemalloc.start()
    try:
        record(home, ASSIGNMENT, heavy(f"s{n}" for n in range(100)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000, "fewer than ten of the hundred results at once"


def test_a_statement_is_compiled_once_for_all_batches_and_calls(home, found, caplog):
    caplog.set_level("INFO", "sqlalchemy.engine")
    for n in range(3):
        record(home, ASSIGNMENT, some([f"s{n}"], found))
        told = [line.getMessage() for line in caplog.records]
        caplog.clear()
    assert any("cached since" in line for line in told)
    assert not [line for line in told if line.startswith("[generated in")]


def indexes(folder):
    with sqlite3.connect(folder / "gradebook.db") as db:
        return {name for (name,) in db.execute("select name from sqlite_master where type = 'index'")}


def plan_of(folder, query):
    with sqlite3.connect(folder / "gradebook.db") as db:
        return " ".join(row[3] for row in db.execute(f"explain query plan {query}"))


def test_the_gradebook_has_the_indexes_that_its_own_questions_need(pair, home, found):
    record(home, ASSIGNMENT, some("abc", found))
    assert set(room.INDEXES) <= indexes(pair)
    for name, (table, column) in room.INDEXES.items():
        assert name in plan_of(pair, f"select * from {table} where {column} = 'x'")


def test_indexes_that_cannot_be_made_now_are_made_later_and_cost_no_grade(pair, home, found, monkeypatch):
    monkeypatch.setattr(room, "INDEXES", {"odd": ("grade", "no_such_column")})
    assert record(home, ASSIGNMENT, some("abc", found)) == 3
    assert len(graded(url_of(pair))) == 12


def test_the_statistics_are_renewed_as_the_gradebook_grows(pair, home, found, monkeypatch):
    monkeypatch.setattr(room, "ANALYSE", 10)
    monkeypatch.setattr(room, "BATCH", 5)
    record(home, ASSIGNMENT, some([f"s{n:02}" for n in range(40)], found))
    with sqlite3.connect(pair / "gradebook.db") as db:
        rows = dict(db.execute("select idx, stat from sqlite_stat1 where tbl = 'grade'"))
    assert rows["chainrule_grade_notebook"].split()[0] == str(40 * 4)
