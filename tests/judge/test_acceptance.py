"""The acceptance rule: right numbers in any honest form pass whole, anything else fails with its sentence."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from math import cos, exp, sin

import numpy as np
import pytest
from chainrule_lib.judge import Exam, answering, judge, tasks
from chainrule_lib.judge.decide import agrees

KEY = b"k" * 32


def dz_dt(t):
    x, y = cos(2 * t), t**2 + t
    return 2 * x * y * -2 * sin(2 * t) + (x**2 + cos(y)) * (2 * t + 1)


def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y) * dg(t) + fy(x, y) * dh(t)


def total_derivative(t, k):
    x, y = sin(t), exp(k * t)
    return x**2 + (y + 2 * t * x) * cos(t) + x * k * y


def polar(f, fx, fy, r, th):
    x, y = r * cos(th), r * sin(th)
    a, b = fx(x, y), fy(x, y)
    return a * cos(th) + b * sin(th), r * (b * cos(th) - a * sin(th))


def chain(f, df, g, dg, x):
    return df(g(x)) * dg(x)


def d_triple(x):
    return 2 * x * cos(x * x) * exp(sin(x * x))


def neuron_grads(w, b, x, y):
    a = 1 / (1 + exp(-(w * x + b)))
    delta = 2 * (a - y) * a * (1 - a)
    return delta * x, delta


def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u) * dg(x) ** 2 + df(u) * d2g(x)


def general_grad(dz_du, du_dx):
    return dz_du @ du_dx


def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) @ Jg(x)


def vjp_chain(v, jacs):
    for jacobian in reversed(jacs):
        v = v @ jacobian
    return v


def softmax_jacobian(z):
    s = np.exp(z - z.max())
    s = s / s.sum()
    return np.diag(s) - np.outer(s, s)


def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y) / Fy(x, y)


RIGHT = {
    "a3.general_grad": general_grad,
    "a3.jacobian_chain": jacobian_chain,
    "a3.vjp_chain": vjp_chain,
    "a3.softmax_jacobian": softmax_jacobian,
    "a3.implicit_slope": implicit_slope,
    "a1.chain": chain,
    "a1.d_triple": d_triple,
    "a1.neuron_grads": neuron_grads,
    "a1.second": second,
    "a2.dz_dt": dz_dt,
    "a2.two_path": two_path,
    "a2.total_derivative": total_derivative,
    "a2.polar": polar,
}


@pytest.mark.parametrize("seed", [None, KEY])
@pytest.mark.parametrize("task_id", RIGHT)
def test_a_right_function_has_full_marks_and_no_remark(task_id, seed):
    verdict = judge(task_id, RIGHT[task_id], seed)
    assert verdict.passed and verdict.score == verdict.max_score == tasks()[task_id].points
    assert not verdict.remarks and not verdict.diagnosis and verdict.messages == ["Right at every probe."]


def single(x):
    """Numbers computed in single precision, as an array library on a GPU would."""
    t = np.float32(x)
    a, y = np.cos(2 * t), t * t + t
    return 2 * a * y * -2 * np.sin(2 * t) + (a * a + np.cos(y)) * (2 * t + 1)


FORMS = {
    "float": lambda v: v,
    "np.float64": np.float64,
    "0-d array": np.array,
    "np.float32": np.float32,
    "0-d float32": lambda v: np.array(v, np.float32),
    "longdouble": np.longdouble,
    "Fraction": Fraction,
    "Decimal": Decimal,
}
PAIRS = {
    "tuple": tuple,
    "list": list,
    "array": np.array,
    "float32 array": lambda v: np.array(v, np.float32),
    "tuple of scalars": lambda v: tuple(map(np.float64, v)),
    "list of 0-d arrays": lambda v: [np.array(w) for w in v],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_number_in_any_form_is_accepted(form):
    assert judge("a2.dz_dt", lambda t: FORMS[form](dz_dt(t)), KEY).passed


@pytest.mark.parametrize("form", PAIRS)
def test_a_pair_in_any_form_is_accepted(form):
    assert judge("a2.polar", lambda *a: PAIRS[form](polar(*a)), KEY).passed


ARRAYS = {
    "nested lists": lambda v: v.tolist(),
    "tuple": lambda v: tuple(v.tolist()),
    "list of rows": list,
    "float32": lambda v: v.astype(np.float32),
    "column-major": np.asfortranarray,
    "read-only view": lambda v: np.broadcast_to(v, (1, *v.shape))[0],
}


@pytest.mark.parametrize("form", ARRAYS)
@pytest.mark.parametrize("task_id", ["a3.general_grad", "a3.softmax_jacobian"])
def test_an_array_in_any_form_is_accepted(task_id, form):
    assert judge(task_id, lambda *a: ARRAYS[form](RIGHT[task_id](*a)), KEY).passed


@pytest.mark.parametrize(
    "shape, sentence",
    [
        (lambda v: v[:, None], "shape (4, 1) where an array of shape (4,) is asked"),
        (lambda v: v[None], "shape (1, 4) where an array of shape (4,) is asked"),
        (lambda v: v.sum(), "one number where an array of shape (4,) is asked"),
        (lambda v: [[1.0], [2.0, 3.0]], "a list of unequal parts where an array of shape (4,) is asked"),
        (lambda v: v + np.array([np.nan, 0, 0, 0]) if v.size == 4 else v, "Your answer contains nan"),
    ],
)
def test_a_wrong_array_has_its_sentence(shape, sentence):
    verdict = judge("a3.general_grad", lambda *a: shape(RIGHT["a3.general_grad"](*a)), KEY)
    assert verdict.score == 0 and sentence in " ".join(verdict.messages)


def test_changing_an_array_argument_fails_and_changing_a_copy_does_not():
    def changes(v, jacs):
        for jacobian in reversed(jacs):
            jacobian *= 1.0 + 1e-9
            v = v @ jacobian
        return v

    def copies(v, jacs):
        v, jacs = v.copy(), [jacobian.copy() for jacobian in jacs]
        jacs.reverse()
        for jacobian in jacs:
            v = v @ jacobian
            jacobian *= 0
        return v

    verdict = judge("a3.vjp_chain", changes, KEY)
    assert (
        verdict.diagnosis == [("M24",)] and "changed its argument jacs; work on a copy" in verdict.messages[0]
    )
    assert judge("a3.vjp_chain", copies, KEY).passed


def test_single_precision_is_accepted():
    assert judge("a2.dz_dt", single, KEY).passed


def test_python_ints_whose_numbers_are_right_are_accepted():
    exam = Exam("a2.dz_dt")
    values = [float(record.expected["t"]) for record in exam.verdict([]).probes]
    assert agrees(2, 2.0, False) and agrees(0, 0.0, False) and not agrees(2, 2.1, False)
    assert exam.verdict([{"answer": value} for value in values]).passed


@pytest.mark.parametrize(
    "answer, right, loose, ok",
    [
        (1.000009, 1.0, False, True),
        (1.00002, 1.0, False, False),
        (1.0009, 1.0, True, True),
        (1.002, 1.0, True, False),
        (1e-10, 0.0, False, True),
        (-3.0, 3.0, False, False),
        ([1000.0, 0.009], [1000.0, 0.0], False, True),
        ([1000.0, 0.02], [1000.0, 0.0], False, False),
    ],
)
def test_the_tolerance_is_relative_to_the_largest_number_of_the_block(answer, right, loose, ok):
    assert agrees(answer, right, loose) is ok


@pytest.mark.parametrize(
    "shape, sentence",
    [
        (lambda v: np.array([v]), r"an array or list of shape \(1,\) where one number is asked"),
        (lambda v: [v], r"an array or list of shape \(1,\) where one number is asked"),
        (lambda v: [[v]], r"shape \(1, 1\)"),
        (lambda v: (v, v), r"shape \(2,\)"),
        (lambda v: [v, [v]], "a list of unequal parts where one number is asked"),
        (lambda v: {"dz": v}, "a dictionary where one number is asked"),
        (lambda v: [], r"shape \(0,\)"),
    ],
)
def test_a_wrong_shape_for_a_number_has_its_sentence(shape, sentence):
    verdict = judge("a2.dz_dt", lambda t: shape(dz_dt(t)))
    assert verdict.score == 0 and verdict.state == "shape"
    assert re.search(sentence, verdict.text().replace("\n  ", " "))


@pytest.mark.parametrize(
    "shape, sentence",
    [
        (lambda v: v[0], "Your answer is one number where 2 are asked: return the tuple (dz/dr, dz/dθ)."),
        (lambda v: (*v, 1.0), "Your answer is 3 values where 2 are asked"),
        (lambda v: {"r": v[0], "th": v[1]}, "Your answer is a dictionary where 2 are asked"),
        (
            lambda v: np.array(v)[:, None],
            "Your dz/dr is an array or list of shape (1,) where one number is asked.",
        ),
        (lambda v: np.array([v]), "Your answer is an array of shape (1, 2) where 2 are asked"),
        (lambda v: (v[0], None), "Your dz/dθ is None where a number is asked."),
        (lambda v: (v[0], "1"), "Your dz/dθ is text; return the number itself."),
    ],
)
def test_a_wrong_shape_for_a_pair_has_its_sentence(shape, sentence):
    verdict = judge("a2.polar", lambda *a: shape(polar(*a)))
    assert not verdict.passed and sentence in " ".join(verdict.messages)


def test_partial_credit_is_given_by_block():
    verdict = judge("a2.polar", lambda *a: (polar(*a)[0], 0.5), KEY)
    assert (verdict.passed, verdict.score) == (False, 3.0)
    assert verdict.blocks == [("dz/dr", 3.0, 3.0), ("dz/dθ", 3.0, 0.0)]


def test_a_function_right_at_public_probes_only_fails_and_shows_no_secret_number():
    known = {repr(q["arguments"]) for q in Exam("a2.dz_dt").questions}
    verdict = judge("a2.dz_dt", lambda t: dz_dt(t) if repr([t]) in known else dz_dt(t) + 1.0, KEY)
    assert verdict.score == 0
    assert "wrong at others of the same kind, whose numbers are kept back" in verdict.messages[0]
    public = {record.expected["t"] for record in verdict.probes if record.public}
    secret = {record.expected["t"] for record in verdict.probes} - public
    told = verdict.text() + verdict.html() + str(verdict.to_json())
    assert len(secret) >= 4 and not any(f"{number:.6g}"[:7] in told for number in secret)


def difference(t):
    def z(s):
        return cos(2 * s) ** 2 * (s * s + s) + sin(s * s + s)

    h = 1e-6
    return (z(t + h) - z(t - h)) / (2 * h)


def test_a_difference_quotient_on_a_closed_form_passes_with_a_remark():
    verdict = judge("a2.dz_dt", difference, KEY)
    assert verdict.passed and verdict.score == 8
    assert "this looks like a difference quotient" in verdict.messages[-1]


def test_without_the_text_of_the_function_there_is_no_remark_on_differences():
    verdict = judge("a2.dz_dt", difference, KEY, source="")
    assert verdict.passed and not verdict.remarks


def test_the_text_alone_gives_no_remark_when_the_numbers_are_exact():
    verdict = judge("a2.dz_dt", dz_dt, source="def dz_dt(t):\n    return (z(t + h) - z(t - h)) / (2 * h)")
    assert verdict.passed and not verdict.remarks


def test_differences_of_the_given_functions_fail_at_decoys_and_are_told_so():
    def blind(f, fx, fy, g, dg, h, dh, t):
        e = 1e-6
        return (f(g(t + e), h(t + e)) - f(g(t - e), h(t - e))) / (2 * e)

    verdict = judge("a2.two_path", blind, KEY)
    assert verdict.score == 0 and verdict.diagnosis == []
    assert "Use the derivatives that are handed to you" in verdict.messages[-1]


def test_an_engine_at_home_is_told_that_the_grader_has_none():
    source = "import chainrule_lib as cr\ndef dz_dt(t):\n    return cr.grad(z)(t)"
    assert "The grader has none" in judge("a2.dz_dt", dz_dt, source=source).remarks[0]


def test_lacking_answers_count_as_not_given():
    exam = Exam("a2.dz_dt")
    right = [answering.answer(dz_dt, question) for question in exam.questions]
    assert exam.verdict(right).passed
    assert not exam.verdict(right[:-1]).passed
    assert "There is no function named dz_dt here" in exam.verdict([]).messages[0]
    assert math.isclose(exam.verdict(right + right).score, 8)
