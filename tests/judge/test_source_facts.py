"""What the text of a function shows, and what it does not."""

import pytest
from chainrule_lib.judge.source import facts


def read(body, function="f"):
    return facts(f"def f(x):\n    {body}", function)


@pytest.mark.parametrize(
    "body", ["pass", "...", '"""Docstring."""', "raise NotImplementedError", "raise NotImplementedError('yet')"]
)
def test_an_empty_stub_is_seen(body):
    assert read(body).stub


@pytest.mark.parametrize("body", ["return None", "y = x", "raise ValueError"])
def test_a_function_that_does_something_is_no_stub(body):
    assert read(body).readable and not read(body).stub


@pytest.mark.parametrize(
    "body, expected",
    [
        ("z = a\n    z = b\n    return z", True),
        ("g = {}\n    g['x'] = a\n    g['x'] = b", True),
        ("for a in x:\n        z = a * 2\n    return z", True),
        ("z = a\n    z = z + b\n    return z", False),
        ("z = a\n    w = z\n    z = b\n    return z + w", False),
        ("z = 0\n    z += a\n    z += b\n    return z", False),
        ("for a in x:\n        z = z + a\n    return z", False),
        ("return a + b", False),
    ],
)
def test_an_overwritten_sum_is_seen(body, expected):
    assert read(body).overwrites is expected


@pytest.mark.parametrize(
    "body, expected",
    [
        ("return (g(x + h) - g(x - h)) / (2 * h)", True),
        ("return (g(x + h) - g(x)) / h", True),
        ("return g(x, y + h) - g(x, y - h)", True),
        ("return g(x) - g(y)", False),
        ("return sin(x + y) - cos(x - y)", False),
        ("return g(x + h) + g(x - h)", False),
    ],
)
def test_a_difference_quotient_is_seen(body, expected):
    assert read(body).differences is expected


@pytest.mark.parametrize(
    "body, expected",
    [
        ("return cr.grad(g)(x)", True),
        ("return jax.grad(g)(x)", True),
        ("cr.Var(x).backward()", True),
        ("self.backward()", False),
        ("return torch.autograd.grad(z, x)", True),
        ("return grad(x)", False),
        ("return self.grad(x)", False),
    ],
)
def test_an_engine_is_seen(body, expected):
    assert read(body).engine is expected


@pytest.mark.parametrize(
    "text", [None, "", "def f(:", "x = 1", "def f(x):\n" + " " * 60_000 + "pass", "(" * 5000, "\0"]
)
def test_no_readable_text_shows_nothing(text):
    shown = facts(text, "f")
    names = ("readable", "stub", "straight", "overwrites", "differences", "engine")
    assert not any(getattr(shown, name) for name in names)


def test_indented_text_and_a_function_under_another_name_are_read():
    assert facts("    def f(x):\n        pass", "f").stub
    assert facts("def g(x):\n    pass", "f").stub
