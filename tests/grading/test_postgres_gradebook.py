"""A gradebook in a real PostgreSQL: the same verbs, nbgrader's own commands, and a server that goes away."""

import csv
import itertools
import json
import shutil
import sys
import threading

import postgres
import pytest
from gradebooks import ASSIGNMENT, graded, results, submission, tables, told_of, write_sources
from small_course import CONFIG, RIGHT, as_bytes, chainrule, nbgrader

from chainrule_lib.grading import course as home_room
from chainrule_lib.grading import record as room
from chainrule_lib.grading.course import Course, CourseError, GradebookBusy
from chainrule_lib.grading.record import NotRecorded, record

DONE = {"dz_dt": RIGHT["dz_dt"], "why": "Because both move.", "two": "two = 2"}
CLASS = {"right": 8.0, "half": 8.0, "späte Zoë": 0.0, "100%_a": 0.0}  # dz_dt's points
KEY = b"k" * 32
COUNT = itertools.count()


@pytest.fixture(scope="module")
def server():
    with postgres.server("-c", "fsync=off") as running:
        yield running


def hand_in(course, student, answers, stamp="2026-03-06 17:30:00 UTC", only=("one", "two")):
    folder = course / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    for name in only:
        content = json.loads((course / "release" / ASSIGNMENT / f"{name}.ipynb").read_text())
        for cell in content["cells"]:
            cell["source"] = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])
        (folder / f"{name}.ipynb").write_bytes(as_bytes(content))
    (folder / "timestamp.txt").write_text(stamp)


def fill(course):
    """The class, a due date that one missed, a plugin that takes all."""
    (course / ".course_key").write_bytes(KEY)
    hand_in(course, "right", DONE)
    hand_in(course, "half", DONE, "2026-03-08 09:00:00 Europe/Berlin", only=("one",))
    hand_in(course, "späte Zoë", DONE | {"dz_dt": "def dz_dt(t): return t"}, "2026-03-08 09:00:00 UTC")
    hand_in(course, "100%_a", {})


def settings(course, url=None):
    with open(course / "nbgrader_config.py", "a") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
        if url:
            config.write(f"c.CourseDirectory.db_url = {url!r}\n")


def due(url):
    from nbgrader.api import Gradebook

    with Gradebook(url, "chain-rule") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-07 00:00:00 UTC")


def fresh(folder, url=None):
    course = folder / "course"
    write_sources(course)
    shutil.copy(CONFIG, course)
    settings(course, url)
    return course


@pytest.fixture(scope="module")
def ours(server, tmp_path_factory):
    """(course, url): everything by `chainrule`, the gradebook named by --db alone."""
    url = server.database("ours")
    course = fresh(tmp_path_factory.mktemp("ours"))
    done = chainrule("release", ASSIGNMENT, "--course", course, "--db", url)
    assert done.returncode == 0, done.stderr
    due(url)
    fill(course)
    done = chainrule("grade", ASSIGNMENT, "--course", course, "--db", url, "--workers", 2)
    assert done.returncode == 0, done.stderr
    return course, url


@pytest.fixture(scope="module")
def stock(server, tmp_path_factory):
    """(course, url): everything by nbgrader's own commands, the gradebook named in nbgrader_config.py."""
    url = server.database("stock")
    course = fresh(tmp_path_factory.mktemp("stock"), url)
    done = nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    assert done.returncode == 0, done.stderr
    due(url)
    fill(course)
    done = nbgrader(course, "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    return course, url


def test_ours_and_stock_store_the_same(ours, stock):
    mine = tables(ours[1])
    assert len(mine["grade"]) == 4 * len(CLASS)
    assert mine == tables(stock[1])


def test_the_grades_are_those_of_the_class(ours):
    scores = graded(ours[1])
    assert {student: scores[student, "dz_dt_check"] for student in CLASS} == CLASS
    assert scores["half", "two_test"] == 0.0 and scores["right", "why"] is None and scores["100%_a", "why"] == 0.0


def test_every_verb_reads_the_gradebook_of_db_and_leaves_no_other(ours):
    course, url = ours
    for verb in ("export", "feedback", "report"):
        done = chainrule(verb, ASSIGNMENT, "--course", course, "--db", url)
        assert done.returncode == 0, done.stderr
    with open(course / "grades.csv", newline="") as file:
        rows = {(row["student_id"], row["task_id"]): row["score"] for row in csv.DictReader(file)}
    assert rows["right", "a2.dz_dt"] == "8" and rows["späte Zoë", "a2.dz_dt"] == "0"
    assert (course / "feedback" / "späte Zoë" / ASSIGNMENT / "one.html").is_file()
    assert not (course / "gradebook.db").exists()


def test_nbgraders_own_commands_work_on_a_gradebook_that_we_filled(ours, tmp_path):
    course, url = shutil.copytree(ours[0], tmp_path / "course"), ours[1]
    settings(course, url)
    before = tables(url)
    for words in (
        ["generate_feedback", ASSIGNMENT, "--force"],
        ["export", "--to", "grades.csv"],
        ["db", "student", "list"],
        ["db", "upgrade"],
    ):
        done = nbgrader(course, *words)
        assert done.returncode == 0, (words, done.stderr)
    assert (course / "feedback" / "right" / ASSIGNMENT / "one.html").is_file()
    assert "100%_a" in (course / "grades.csv").read_text()
    assert tables(url) == before
    done = nbgrader(course, "autograde", ASSIGNMENT, "--force", "--student", "right")
    assert done.returncode == 0, done.stderr
    assert tables(url) == before


def test_a_second_run_of_ours_over_stocks_changes_nothing(stock):
    course, url = stock
    before = tables(url)
    done = chainrule("grade", ASSIGNMENT, "--course", course, "--workers", 2)  # db_url of nbgrader_config.py
    assert done.returncode == 0, done.stderr
    assert tables(url) == before


# recording alone


@pytest.fixture(scope="module")
def template(server, released_pair, tmp_path_factory):
    """The database `released`, to be copied."""
    course = shutil.copytree(released_pair, tmp_path_factory.mktemp("template") / "course")
    url = server.database("released")
    done = nbgrader(course, "generate_assignment", ASSIGNMENT, "--create", "--force", "--db", url)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def home(server, template, pair):
    """A course with a gradebook of its own in PostgreSQL."""
    url = server.database(f"alone{next(COUNT)}", like="released")
    return Course(pair, url)


def url_text(home):
    return home.db_url.render_as_string(False)


def some(names, found):
    return [(submission(name), found) for name in names]


@pytest.fixture
def found(home):
    return results(home, DONE, {"dz_dt_check": 5.0})


def test_a_name_too_long_for_the_column_costs_no_other(home, found):
    names = [f"s{n}" for n in range(9)]
    with pytest.raises(NotRecorded, match="value too long for type character varying") as refused:
        record(home, ASSIGNMENT, some([*names[:5], "x" * 129, *names[5:]], found))
    assert list(refused.value.problems) == ["x" * 129]
    assert {student for student, _ in graded(url_text(home))} == set(names)


def test_the_same_results_again_rewrite_no_row_and_a_changed_score_one(home, found):
    from sqlalchemy import create_engine, text

    def places():
        with create_engine(url_text(home)).connect() as db:
            return {
                row
                for table in ("submitted_assignment", "submitted_notebook", "grade", "comment")
                for row in db.execute(text(f"select '{table}', id, ctid::text, xmin::text from {table}"))
            }

    names = [f"s{n}" for n in range(9)]
    record(home, ASSIGNMENT, some(names, found))
    before = places()
    record(home, ASSIGNMENT, some(names, found))
    assert places() == before and len(before) == 9 * 11
    record(home, ASSIGNMENT, some(names[:1], results(home, DONE, {"dz_dt_check": 4.0})))
    assert [row[0] for row in places() - before] == ["grade"]


def test_two_recorders_at_once_in_opposite_orders_record_everybody_once(home, found):
    names = [f"s{n:03}" for n in range(200)]
    problems = []

    def recorder(order):
        mine = Course(home.root, url_text(home))
        try:
            for start in range(0, len(order), 20):
                record(mine, ASSIGNMENT, some(order[start : start + 20], found))
        except Exception as problem:
            problems.append(problem)

    both = [threading.Thread(target=recorder, args=(order,)) for order in (names, names[::-1])]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(300)
    assert problems == [] and len(graded(url_text(home))) == 800


def test_a_row_that_another_holds_is_waited_for_and_told(home, found, monkeypatch, capsys):
    from sqlalchemy import create_engine, text

    monkeypatch.setattr(room, "GLANCE", 0.05)
    monkeypatch.setattr(home_room, "LOCK_WAIT", 300.0)
    record(home, ASSIGNMENT, some("abc", found))
    other = create_engine(url_text(home)).connect()
    other.execute(text("update grade set manual_score = 3"))
    told = told_of(monkeypatch)
    thread = threading.Thread(target=lambda: (told.wait(), other.commit(), other.close()))
    thread.start()
    record(home, ASSIGNMENT, some("abcd", found))
    thread.join()
    assert "busy or away (canceling statement due to lock timeout); waiting" in capsys.readouterr().err
    assert graded(url_text(home), "manual_score")["a", "why"] == 3.0
    assert graded(url_text(home), "needs_manual_grade")["a", "why"] is True
    assert len(graded(url_text(home))) == 16


def test_dropped_connections_in_the_middle_lose_nothing_and_double_nothing(home, found, monkeypatch, capsys):
    from sqlalchemy import create_engine, text

    monkeypatch.setattr(room, "BATCH", 10)
    monkeypatch.setattr(home_room, "LOCK_WAIT", 300.0)
    penalties, drops = room._penalties, []

    def cut(db, *rest):
        penalties(db, *rest)
        if len(drops) < 3:
            drops.append(1)
            mine = db.execute(text("select pg_backend_pid()")).scalar()
            with create_engine(url_text(home)).connect() as other:
                other.execute(text(f"select pg_terminate_backend({mine})"))

    monkeypatch.setattr(room, "_penalties", cut)
    assert record(home, ASSIGNMENT, some([f"s{n}" for n in range(30)], found)) == 30
    assert len(drops) == 3 and "the gradebook is busy or away" in capsys.readouterr().err
    assert len(graded(url_text(home))) == 120


def test_a_server_that_restarts_is_waited_for(server, home, found, monkeypatch, capsys):
    monkeypatch.setattr(room, "BATCH", 10)
    monkeypatch.setattr(home_room, "LOCK_WAIT", 300.0)
    told = told_of(monkeypatch)

    def handed_in():
        for n in range(30):
            if n == 15:
                server.stop()
                threading.Thread(target=lambda: (told.wait(), server.start())).start()
            yield submission(f"s{n}"), found

    assert record(home, ASSIGNMENT, handed_in()) == 30
    assert "the gradebook is busy or away" in capsys.readouterr().err
    assert len(graded(url_text(home))) == 120


def test_a_server_that_stays_away_is_an_error_and_a_rerun_completes(server, home, found, monkeypatch):
    monkeypatch.setattr(room, "BATCH", 10)
    monkeypatch.setattr(home_room, "LOCK_WAIT", 0.2)

    def handed_in():
        for n in range(30):
            if n == 15:
                server.stop()
            yield submission(f"s{n}"), found

    try:
        with pytest.raises(GradebookBusy, match="See that its server runs .*what was graded is kept"):
            record(home, ASSIGNMENT, handed_in())
        done = chainrule("grade", ASSIGNMENT, "--course", home.root, "--db", url_text(home))
        assert done.returncode == 3 and "cannot be used now" in done.stderr and "Traceback" not in done.stderr
    finally:
        server.start()
    assert len(graded(url_text(home))) == 40
    assert record(home, ASSIGNMENT, some([f"s{n}" for n in range(30)], found)) == 30
    assert len(graded(url_text(home))) == 120


def test_the_indexes_are_made_once_and_the_statistics_renewed(home, found, monkeypatch):
    from sqlalchemy import create_engine, text

    monkeypatch.setattr(room, "ANALYSE", 10)
    record(home, ASSIGNMENT, some([f"s{n}" for n in range(20)], found))
    record(Course(home.root, url_text(home)), ASSIGNMENT, some("ab", found))
    with create_engine(url_text(home)).connect() as db:
        names = db.execute(text("select indexname from pg_indexes where schemaname = 'public'")).scalars().all()
        rows = db.execute(text("select reltuples from pg_class where relname = 'grade'")).scalar()
    assert set(room.INDEXES) <= set(names) and rows == 80


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere", 'database "nowhere" does not exist'),
        ("postgres", "knows no assignment p1. Type: chainrule release p1"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_sentence(server, pair, name, sentence):
    url = server.url(name)
    done = chainrule("grade", ASSIGNMENT, "--course", pair, "--db", url)
    assert done.returncode == 3 and sentence in done.stderr and "Traceback" not in done.stderr


def test_a_plain_postgresql_address_means_psycopg_and_a_missing_one_says_what_to_type(server, pair, monkeypatch):
    home = Course(pair, server.url("nowhere").replace("+psycopg", ""))
    assert home.db_url.drivername == "postgresql+psycopg"
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CourseError, match=r"needs psycopg\. Type: .* -m pip install 'chainrule-lib\[cluster\]'"):
        home.sources(ASSIGNMENT)


def test_without_postgresql_the_tests_say_what_to_type(monkeypatch):
    monkeypatch.setattr(postgres.glob, "glob", lambda pattern: [])
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match="initdb is missing.. Type: sudo apt-get install postgresql"):
        postgres.program("initdb")
