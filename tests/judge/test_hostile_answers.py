"""Whatever a function does, the judge answers with a sentence and a score, and does not crash."""

import json
import sys

import numpy as np
import pytest
from chainrule_lib import check
from chainrule_lib.judge import Exam, judge
from hypothesis import given, settings
from hypothesis import strategies as st
from test_acceptance import dz_dt, polar


class Yes(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Agreeing:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __abs__(self):
        return 0.0

    def __float__(self):
        return 0.0


class Array(np.ndarray):
    def __eq__(self, other):
        return np.True_


class Rude(Exception):
    def __str__(self):
        return "<script>alert(1)</script>" * 1000

    __repr__ = __str__


def rude(t):
    raise Rude


def endless(t):
    return endless(t + 1)


def stub(t):
    """Docstring."""
    raise NotImplementedError


CALLS = []


def second_time(t):
    CALLS.append(t)
    return dz_dt(t) + (0.5 if CALLS.count(t) > 1 else 0.0)


HOSTILE = {
    "always equal": (lambda t: Yes(dz_dt(t)), "a special kind of number (a class of its own)"),
    "agrees with everything": (lambda t: Agreeing(), "an object that is neither a number nor an array"),
    "array subclass": (
        lambda t: np.array(dz_dt(t)).view(Array),
        "a special kind of array (a subclass of ndarray)",
    ),
    "nan": (lambda t: float("nan"), "Your answer is nan: look for 0/0"),
    "inf": (lambda t: np.float64("inf"), "Your answer is inf"),
    "huge int": (lambda t: 10**5000, "Your answer is inf"),
    "object array": (lambda t: np.array(dz_dt(t), dtype=object), "an array of Python objects (dtype object)"),
    "generator": (lambda t: (dz_dt(t) for _ in "x"), "a generator, which has not computed anything yet"),
    "10 GB": (lambda t: np.broadcast_to(dz_dt(t), (10**5, 10**5)), "far more numbers than were asked for"),
    "complex": (lambda t: complex(dz_dt(t)), "a complex number"),
    "text": (lambda t: str(dz_dt(t)), "text; return the number itself"),
    "function": (lambda t: dz_dt, "a function; call it and return the number"),
    "rude exception": (rude, "Your function raised Exception at line 2 of the function."),
    "endless": (endless, "Your function calls itself without end (RecursionError) at line 2"),
    "exit": (lambda t: sys.exit(0), "Your function called exit()"),
    "wrong arity": (lambda: 1.0, "Your function raised TypeError."),
    "no function": (3.0, "dz_dt is not a function: define it with `def dz_dt(t):`."),
    "None": (lambda t: None, "No answer yet"),
    "stub": (stub, "No answer yet"),
    "answers differently the second time": (second_time, "Values left from an earlier pass"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_each_hostile_value_has_its_own_sentence_and_no_points(case):
    function, sentence = HOSTILE[case]
    verdict = judge("a2.dz_dt", function)
    assert verdict.score == 0 and not verdict.passed
    assert sentence in " ".join(verdict.messages)
    assert "<script" not in verdict.html() and max(map(len, verdict.text().splitlines())) <= 80
    json.dumps(verdict.to_json(), allow_nan=False)


def test_every_hostile_sentence_is_its_own():
    sentences = [sentence for case, (_, sentence) in HOSTILE.items() if case not in ("None", "inf")]
    assert len(set(sentences)) == len(sentences)


def test_a_stub_that_returns_nothing_is_told_from_a_forgotten_return():
    text = "def dz_dt(t):\n    x = t * t\n    dz = 2 * x"
    assert "is a `return` missing" in judge("a2.dz_dt", lambda t: None, source=text).messages[0]
    assert "No answer yet" in judge("a2.dz_dt", lambda t: None, source="def dz_dt(t):\n    pass").messages[0]


def test_a_function_that_changes_what_it_was_given_fails_and_is_told():
    exam = Exam("a2.polar")
    answers = [
        {"answer": {"items": list(record.expected.values()), "type": "tuple"}}
        for record in exam.verdict([]).probes
    ]
    assert exam.verdict(answers).passed
    answers[2]["changed"] = [3]
    verdict = exam.verdict(answers)
    assert verdict.score == 0 and verdict.diagnosis == [("M24",)]
    assert "Your function changed its argument " in " ".join(verdict.messages)


@pytest.mark.parametrize(
    "fault", ["timeout", "died", "memory", "protocol", "missing", "made up", ["list"], None]
)
def test_every_fault_of_the_sandbox_has_a_sentence(fault):
    exam = Exam("a2.dz_dt")
    verdict = exam.verdict([{"fault": fault}] * len(exam.questions))
    assert verdict.score == 0 and verdict.messages[0].endswith(".")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "answer number array shape dtype items entries exotic raised fault changed line".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(json_values, max_size=14))
def test_forged_answers_never_crash_the_judge_and_never_pass(answers):
    for task_id in ("a2.dz_dt", "a2.polar"):
        verdict = Exam(task_id).verdict(answers, "def dz_dt(t): return 1")
        assert not verdict.passed
        verdict.text(), verdict.html(), json.dumps(verdict.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    "forged",
    [
        {"answer": {"array": [1.0] * 4, "shape": [2, 3], "dtype": "float64"}},
        {"answer": {"array": [], "shape": [10**9, 0], "dtype": "float64"}},
        {"answer": {"number": "1e5", "dtype": "float64"}},
        {"answer": {"number": 1.0, "dtype": {"a": 1}}},
        {"answer": {"exotic": ["<b>"]}},
        {"answer": True},
        {"answer": float("nan")},
        {"raised": "<img>", "line": "x"},
        {"answer": 1.0, "changed": ["t", -1, 99]},
    ],
)
def test_a_forged_record_is_refused(forged):
    exam = Exam("a2.dz_dt")
    verdict = exam.verdict([forged] * len(exam.questions))
    assert not verdict.passed and "<b>" not in verdict.html() and "<img>" not in verdict.html()


def test_a_deeply_nested_forgery_is_refused():
    value = 1.0
    for _ in range(500):
        value = {"items": [value], "type": "list"}
    exam = Exam("a2.dz_dt")
    assert not exam.verdict([{"answer": value}] * len(exam.questions)).passed


def test_check_shows_the_verdict_and_returns_the_score(capsys):
    assert check("a2.dz_dt", dz_dt) == 8.0
    assert "passed, 8 of 8 points" in capsys.readouterr().out
    assert check("a2.polar", lambda *a: polar(*a)[::-1]) == 0.0
    assert "outputs or arguments exchanged (M50)" in capsys.readouterr().out


@pytest.mark.parametrize("function", [None, rude, endless, lambda t: Agreeing(), 7, object])
def test_check_never_raises(function, capsys):
    assert check("a2.dz_dt", function) == 0.0
    assert "0 of 8 points" in capsys.readouterr().out


def test_check_of_an_unknown_task_says_so_and_gives_nothing(capsys):
    assert check("a9.nothing", dz_dt) == 0.0
    assert "There is no task 'a9.nothing'; the tasks are" in capsys.readouterr().out
    assert check(["a2"], dz_dt) == 0.0


def test_check_fails_closed_when_the_judge_itself_fails(capsys, monkeypatch):
    from chainrule_lib.judge import decide

    monkeypatch.setattr(decide, "decide", lambda *a: 1 / 0)
    assert check("a2.dz_dt", dz_dt) == 0.0
    assert "The check itself failed (ZeroDivisionError)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        {"array": [0.5] * 90_000, "shape": [90_000], "dtype": "float64"},
        {"items": [0.5] * 90_000, "type": "list"},
        {"items": [{"array": [0.5] * 900, "shape": [900]}] * 100, "type": "list"},
        {"entries": {"dX": {"array": [0.5] * 90_000, "shape": [300, 300]}}},
    ],
)
def test_an_answer_of_far_too_many_numbers_is_not_read_to_its_end(answer, monkeypatch):
    from chainrule_lib.judge import reading

    read, number = [0], reading._number

    def counted(value):
        read[0] += 1
        return number(value)

    monkeypatch.setattr(reading, "_number", counted)
    exam = Exam("a4.unbroadcast", b"k" * 32)
    verdict = exam.verdict([{"answer": answer}] * len(exam.questions))
    assert verdict.score == 0
    assert verdict.probes[0].message == "Your answer is far more numbers than were asked for."
    assert read[0] <= 3000 * len(exam.questions)
