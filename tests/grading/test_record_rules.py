"""What nbgrader's own preprocessors write for a result, `record` writes too, whatever came before."""

import random
import shutil
import sqlite3
from datetime import timedelta

import pytest
from gradebooks import ASSIGNMENT, as_stock_records, graded, missing, results, submission, tables, url_of

from chainrule_lib.grading import record as room
from chainrule_lib.grading.course import Course
from chainrule_lib.grading.record import record

DUE = "2026-03-07 00:00:00"
DONE = {"dz_dt": "def dz_dt(t): return 0.0", "why": "Because both move.", "two": "two = 2"}
SUB_MARKS = """
from nbgrader.plugins import BasePlugin

class SubMarks(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        hours = total_seconds_late / 3600
        return {"bonus": -1.0, "harsh": 1000.0, "spared": None}.get(student_id, round(hours, 0))
"""


def due(course, moment=DUE):
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute("update assignment set duedate = ?", (moment and f"{moment}.000000",))


def configure(course, line):
    with open(course / "nbgrader_config.py", "a") as config:
        config.write(f"\n{line}\n")


def sub_marks(course):
    """The plugin of nbgrader's guide: a file in the course folder, named in the settings."""
    (course / "late.py").write_text(SUB_MARKS)
    configure(course, "c.AssignLatePenalties.plugin_class = 'late.SubMarks'")


@pytest.fixture
def importable(monkeypatch, pair):
    """As `python -m nbgrader` in the course folder has it; ours must find the plugin without."""
    return lambda: monkeypatch.syspath_prepend(str(pair))


def penalties(course):
    with sqlite3.connect(course / "gradebook.db") as db:
        rows = db.execute(
            "select s.student_id, k.name, n.late_submission_penalty from submitted_notebook n "
            "join submitted_assignment s on s.id = n.assignment_id join notebook k on k.id = n.notebook_id"
        ).fetchall()
    return {(student, book): penalty for student, book, penalty in rows if penalty is not None}


def put(course, student, stamp="2026-03-06 17:30:00 UTC", scores=None, answers=DONE):
    home = Course(course)
    return record(
        home,
        ASSIGNMENT,
        [(submission(student, stamp), results(home, answers, {"dz_dt_check": 8.0} if scores is None else scores))],
    )


@pytest.mark.parametrize(
    ("stamp", "hours"),
    [
        ("2026-03-06 23:59:59 UTC", None),
        ("2026-03-07 00:00:00 UTC", None),
        ("2026-03-07 01:10:00 UTC", 1.0),
        ("2026-03-07 01:10:00.250000 UTC", 1.0),
        ("2026-03-07 03:10:00 Europe/Berlin", 2.0),
        ("2026-03-07T03:10:00+02:00", 1.0),
        ("2026-03-07 01:10:00", 1.0),
        ("next tuesday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_late_notebook_pays_by_the_courses_plugin(pair, stamp, hours):
    due(pair)
    sub_marks(pair)
    put(pair, "s", stamp)
    expected = {} if hours is None else {("s", "one"): hours, ("s", "two"): hours}
    assert penalties(pair) == expected


@pytest.mark.parametrize(("student", "penalty"), [("bonus", 0.0), ("harsh", 8.0), ("spared", None)])
def test_a_penalty_stays_between_nothing_and_the_score(pair, student, penalty):
    due(pair)
    sub_marks(pair)
    put(pair, student, "2026-03-07 05:00:00 UTC")
    assert penalties(pair).get((student, "one")) == penalty


def test_a_resubmission_on_time_and_an_extension_take_the_penalty_back(pair):
    due(pair)
    configure(pair, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    put(pair, "early", "2026-03-08 00:00:00 UTC")
    put(pair, "allowed", "2026-03-08 00:00:00 UTC")
    assert penalties(pair)["early", "one"] == 8.0
    put(pair, "early", "2026-03-06 00:00:00 UTC")
    with Course(pair).gradebook() as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "allowed", days=2)
    put(pair, "allowed", "2026-03-08 00:00:00 UTC")
    assert penalties(pair) == {}


def test_no_due_date_is_no_penalty(pair):
    due(pair, None)
    configure(pair, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    put(pair, "s", "2030-01-01 00:00:00 UTC")
    assert penalties(pair) == {}


def test_a_missing_notebook_has_nothing_and_takes_nothing_from_the_other(pair):
    due(pair)
    configure(pair, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    home = Course(pair)
    found = results(home, DONE, {"dz_dt_check": 8.0}) | {"two": missing(home, "two")}
    record(home, ASSIGNMENT, [(submission("s", "2026-03-08 00:00:00 UTC"), found)])
    assert penalties(pair) == {("s", "one"): 8.0}
    assert graded(url_of(pair)) == {
        ("s", "dz_dt_check"): 8.0,
        ("s", "why"): None,
        ("s", "two_test"): 0.0,
        ("s", "essay"): 0.0,
    }
    assert graded(url_of(pair), "needs_manual_grade")["s", "essay"] == 0
    put(pair, "s")
    assert graded(url_of(pair))["s", "essay"] is None
    assert graded(url_of(pair), "needs_manual_grade")["s", "essay"] == 1  # stock would leave it with nobody


def person(course, url, dice):
    """What a marker does in formgrader between two runs: scores, extra credit, comments, an extension."""
    from nbgrader.api import Gradebook

    with Gradebook(url, "chain-rule") as gradebook:
        student, cell = dice.choice("abcde"), dice.choice([("why", "one"), ("dz_dt_check", "one"), ("essay", "two")])
        grade = gradebook.find_grade(cell[0], cell[1], ASSIGNMENT, student)
        grade.manual_score = dice.choice([None, 0.0, 2.5])
        grade.extra_credit = dice.choice([None, 1.0])
        grade.needs_manual_grade = dice.random() < 0.5
        comment = gradebook.find_comment(dice.choice(["dz_dt", "why"]), "one", ASSIGNMENT, student)
        comment.manual_comment = dice.choice([None, "See me."])
        gradebook.find_submission(ASSIGNMENT, student).extension = dice.choice([None, None, timedelta(days=3)])
        gradebook.find_submission_notebook("one", ASSIGNMENT, student).flagged = dice.random() < 0.5
        gradebook.db.commit()


def history(course, url, seed, write):
    """A class of five over three runs with a marker between them, written by `write(home, pairs)`."""
    dice = random.Random(seed)
    for day in range(3):
        home = Course(course, url)
        pairs = []
        for student in "abcde":
            late = f"2026-03-0{7 + day} 12:00:00 Europe/Paris"
            stamp = dice.choice([None, "2026-03-06 17:30:00 UTC", late, late])
            answers = {cell: text for cell, text in DONE.items() if dice.random() < 0.7}
            scores = {"dz_dt_check": dice.choice([0.0, 2.5, 8.0]), "two_test": dice.choice([False, 0.0])}
            pairs.append((submission(student, stamp), results(home, answers, scores)))
        write(home, pairs)
        for _ in range(4):
            person(course, url, dice)


def differing(pair, plugin, importable, folder):
    """The tables in which our rows are not stock's after the same history."""
    due(pair)
    if plugin == "SubMarks":
        sub_marks(pair)
    else:
        configure(pair, f"c.LateSubmissionPlugin.penalty_method = '{plugin}'")
    shutil.copy(pair / "gradebook.db", folder / "stock.db")
    stock = f"sqlite:///{folder / 'stock.db'}"
    history(pair, url_of(pair), plugin, lambda home, pairs: record(home, ASSIGNMENT, pairs))
    importable()

    def by_stock(home, pairs):
        for handed_in, found in pairs:
            as_stock_records(home, stock, handed_in, found)

    history(pair, stock, plugin, by_stock)
    ours, theirs = tables(url_of(pair)), tables(stock)
    assert len(ours["grade"]) == len(theirs["grade"]) == 20
    return {name for name in theirs if ours[name] != theirs[name]}


@pytest.mark.parametrize("plugin", ["none", "zero", "SubMarks"])
def test_three_runs_with_a_marker_between_them_give_stocks_own_rows(pair, plugin, importable, tmp_path):
    assert differing(pair, plugin, importable, tmp_path) == set()


def forget_manual_scores(monkeypatch):
    put = room._put

    def forgetful(db, table, rows, keys, change=None):
        put(db, table, rows, keys, change and (lambda new: {key: new[key] for key in change(new)}))

    monkeypatch.setattr(room, "_put", forgetful)


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("grade", forget_manual_scores),
        ("submitted_notebook", lambda patch: patch.setattr(room, "_penalties", lambda *_: None)),
        ("comment", lambda patch: patch.setattr(room, "_untouched", lambda cell: False)),
    ],
)
def test_a_recorder_that_breaks_a_rule_is_caught(pair, table, fault, monkeypatch, importable, tmp_path):
    fault(monkeypatch)
    assert table in differing(pair, "zero", importable, tmp_path)
