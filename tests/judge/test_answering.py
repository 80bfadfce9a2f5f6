"""The answering side: every value becomes limited JSON, nothing raises, and nothing of ours is imported."""

import ast
import decimal
import fractions
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from chainrule_lib.judge import answering

ASK = {"arguments": [2.0]}


def given(value):
    return answering.answer(lambda x: value, ASK)["answer"]


@pytest.mark.parametrize(
    "value, expected",
    [
        (1.5, 1.5),
        (3, 3),
        (None, None),
        (True, {"number": 1, "dtype": "bool"}),
        (float("nan"), {"number": "nan", "dtype": "float64"}),
        (-float("inf"), {"number": "-inf", "dtype": "float64"}),
        (10**400, {"number": "inf", "dtype": "int"}),
        (np.float64(2.5), {"number": 2.5, "dtype": "float64"}),
        (np.float32(0.5), {"number": 0.5, "dtype": "float32"}),
        (np.int8(4), {"number": 4.0, "dtype": "int8"}),
        (np.array(2.5), {"array": [2.5], "shape": [], "dtype": "float64"}),
        (
            np.arange(6.0).reshape(2, 3).T,
            {"array": [0.0, 3.0, 1.0, 4.0, 2.0, 5.0], "shape": [3, 2], "dtype": "float64"},
        ),
        (np.array([np.nan]), {"array": ["nan"], "shape": [1], "dtype": "float64"}),
        ((1.0, [2]), {"items": [1.0, {"items": [2], "type": "list"}], "type": "tuple"}),
        ({"W": 1.0}, {"entries": {"W": 1.0}}),
        (fractions.Fraction(1, 4), {"number": 0.25, "dtype": "Fraction"}),
        (decimal.Decimal("0.25"), {"number": 0.25, "dtype": "Decimal"}),
    ],
)
def test_a_value_is_written_down_with_its_type(value, expected):
    assert given(value) == expected


class Liar(float):
    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0


class Pretender:
    __class__ = float

    def __eq__(self, other):
        return True


class Special(np.ndarray):
    pass


LOOP: list = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "value, what",
    [
        (Liar(1.0), "number subclass"),
        pytest.param(Pretender(), "object", id="pretender"),
        (np.zeros(2).view(Special), "ndarray subclass"),
        (np.matrix([[1.0]]), "ndarray subclass"),
        (np.array([1.0, None]), "object array"),
        (np.array([1 + 1j]), "complex array"),
        (np.array(["a"]), "array of no numbers"),
        (np.complex128(1), "complex"),
        (1 + 0j, "complex"),
        ("1.0", "str"),
        (b"1", "bytes"),
        ({1.0}, "set"),
        (range(3), "range"),
        ((x for x in [1.0]), "generator"),
        (abs, "function"),
        (lambda: 1.0, "function"),
        (object(), "object"),
        ({1: 2.0}, "dict"),
        ({"k" * 1000: 2.0}, "dict"),
        (np.broadcast_to(1.0, (100_000, 100_000)), "too large"),
        ([0.0] * 200_000, "too large"),
    ],
)
def test_what_is_no_number_is_named_from_a_fixed_list(value, what):
    assert given(value) == {"exotic": what}


def test_a_list_that_contains_itself_is_cut():
    assert "nested too deeply" in json.dumps(given(LOOP))


class Shouting(Exception):
    def __str__(self):
        raise SystemExit


def raising(error):
    def function(x):
        raise error

    return function


def endless(x):
    return endless(x)


@pytest.mark.parametrize(
    "function, said",
    [
        (raising(ZeroDivisionError("secret 1.234")), {"raised": "ZeroDivisionError", "line": 2}),
        (raising(NotImplementedError()), {"raised": "NotImplementedError", "line": 2}),
        (raising(Shouting()), {"raised": "Exception", "line": 2}),
        (raising(type("ZeroDivisionError", (ValueError,), {})("1.23")), {"raised": "ValueError", "line": 2}),
        (raising(SystemExit(0)), {"fault": "exit"}),
        (raising(KeyboardInterrupt()), {"fault": "interrupted"}),
        (endless, {"raised": "RecursionError", "line": 2}),
        (None, {"fault": "not a function"}),
        (lambda: 1.0, {"raised": "TypeError"}),
    ],
)
def test_an_exception_crosses_by_its_builtin_name_alone(function, said):
    assert answering.answer(function, ASK) == said


def test_a_question_that_cannot_be_realised_is_a_fault():
    assert answering.answer(abs, {"arguments": [{"call": "no such"}]}) == {"fault": "unreadable"}


def test_a_changed_argument_is_reported_and_a_changed_copy_is_not():
    question = {"arguments": [1.0, {"array": [1.0, 2.0]}, [3.0], {"dict": {"a": 1.0}}]}

    def changes(x, array, items, table):
        array += 1
        table["b"] = 2.0
        items = [*items, 4.0]
        return x

    def copies(x, array, items, table):
        array = array + 1
        return x

    assert answering.answer(changes, question)["changed"] == [1, 3]
    assert "changed" not in answering.answer(copies, question)


def test_arguments_are_fresh_at_every_call():
    question = {"arguments": [{"array": [1.0, 2.0]}]}
    first, second = answering.realise(question["arguments"][0]), answering.realise(question["arguments"][0])
    assert first is not second


def test_every_callable_of_the_menu_takes_floats_scalars_arrays_and_complex_numbers():
    for name, (variables, text, make) in answering.MENU.items():
        if name.startswith(("weave", "hills")):  # of one array
            continue
        count, constants = (
            variables.count(",") + 1,
            max(map(int, (c for c in text if c.isdigit() and f"{{{c}}}" in text))) + 1,
        )
        function = make(*[0.7] * constants)
        plain = function(*[0.4] * count)
        assert function(*[np.float64(0.4)] * count) == pytest.approx(plain)
        assert function(*[np.float32(0.4)] * count) == pytest.approx(plain, rel=1e-5)
        assert function(*[np.array([0.4, 0.4])] * count) == pytest.approx([plain, plain])
        assert function(*[0.4 + 0j] * count) == pytest.approx(plain)


def test_the_answering_side_imports_the_standard_library_alone():
    tree = ast.parse(Path(answering.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert names - {"numpy"} <= set(sys.stdlib_module_names)
    assert "numpy" not in {a.name for node in tree.body if isinstance(node, ast.Import) for a in node.names}


def test_every_answer_is_strict_json():
    for value in (float("nan"), np.array([np.inf]), np.float32(1), {"a": (1, None)}, 10**400):
        json.dumps(answering.answer(lambda x: value, ASK), allow_nan=False)
