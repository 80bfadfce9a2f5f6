"""explain: the sum over paths in LaTeX, in symbols and in numbers that are right."""

import numpy as np
import pytest

import chainrule_lib as cr
import chainrule_lib.numpy as cnp
from chainrule_lib.study.explain import TEX, Tex, number, symbol


def two_roads():
    t = cr.Var(0.5, "t")
    x, y = cr.cos(2 * t), t**2 + t
    x.name, y.name = "x", "y"
    z = x**2 * y
    z.name = "z"
    return z, t


def test_every_path_is_written_in_names_symbols_and_numbers():
    z, t = two_roads()
    lines = cr.explain(z, t).splitlines()
    assert lines[0] == r"\begin{aligned}" and lines[-1] == r"\end{aligned}"
    assert r"\frac{dz}{dt} &= " in "\n".join(lines) and r"\frac{\partial x}{\partial u_{1}}" in "\n".join(
        lines
    )
    assert r"\left(-\sin\left(u_{1}\right)\right)" in "\n".join(lines)
    assert lines[-2] == f"&= {number(cr.sweep(z)[t])}"


def test_the_numbers_multiply_and_add_to_the_last_line():
    z, t = two_roads()
    numbers, total = cr.explain(z, t).splitlines()[-3:-1]
    plain = numbers.strip("&=\\ ").replace(r"\left(", "(").replace(r"\right)", ")").replace(r"\cdot", "*")
    assert eval(plain) == pytest.approx(float(total.strip("&= ")), rel=1e-5)


def test_past_a_dozen_the_heaviest_paths_are_written_and_the_rest_counted():
    x = cr.Var(1.1, "x")
    z = x
    for _ in range(6):
        z = z * z
    text = cr.explain(z, x)
    assert r"\cdots \text{ (52 more paths)}" in text and f"&= {number(cr.sweep(z)[x])}" in text


def test_without_a_path_the_derivative_is_zero():
    x, y = cr.Var(1.0, "x"), cr.Var(2.0, "y")
    assert cr.explain(y * y, x).splitlines()[1] == r"\frac{dz}{dx} &= 0"
    assert cr.explain(x, x).splitlines()[1] == r"\frac{dx}{dx} &= 1"


def test_arrays_are_explained_by_their_contributions():
    X = cr.Var(np.array([1.0, 2.0]), "X")
    text = cr.explain(cnp.sum(X * X), X)
    assert r"&= \left(2,\; 4\right)" in text and r"\left(1,\; 2\right) + \left(1,\; 2\right)" in text
    W = cr.Var(np.ones((3, 4)), "W")
    assert r"\text{array of shape } 3 \times 4" in cr.explain(cnp.sum(W @ np.ones(4)), W)


def test_formulas_have_brackets_only_where_they_must():
    x, y = Tex("x"), Tex("y")
    assert ((x + y) * x).text == r"\left(x + y\right) \, x" and (x * y + x).text == r"x \, y + x"
    assert (x - (x - y)).text == r"x - \left(x - y\right)" and (
        (x * y) ** 2
    ).text == r"\left(x \, y\right)^{2}"
    assert (
        (-(x + y)).text == r"-\left(x + y\right)"
        and (2 * x).text == r"2 \, x"
        and (x * 2).text == r"x \cdot 2"
    )
    assert (1 / x).text == r"\frac{1}{x}" and TEX.sqrt(x + y).text == r"\sqrt{x + y}"


def test_every_row_can_be_read_as_a_formula():
    for row in cr.engine.TABLE.values():
        n = row.forward.__code__.co_argcount - 1
        args = [Tex(letter) for letter in "uvw"[:n]]
        assert row.forward(TEX, *args).text
        for rule in row.partials:
            assert rule is None or isinstance(rule(TEX, Tex("z"), *args), (Tex, float))


def test_names_become_symbols():
    assert [symbol(n) for n in ("x", "theta", "w1", "x_in", "loss", "W12")] == [
        "x",
        r"\theta",
        "w_{1}",
        "x_{in}",
        r"\mathit{loss}",
        "W_{12}",
    ]
    assert number(-1e-9) == r"-1 \times 10^{-9}" and number(float("nan")) == r"\text{nan}"
