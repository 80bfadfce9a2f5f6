"""Derivatives of functions: they nest, take trees, and refuse what makes no sense."""

import math
from collections import namedtuple

import pytest

import chainrule_lib as cr


def test_derivatives_nest_to_any_order():
    g = lambda x: cr.exp(2 * x)
    for order in range(6):
        assert g(0.3) == pytest.approx(2**order * math.exp(0.6))
        g = cr.grad(g)
    assert cr.jvp(cr.grad(lambda x: x**3), (2.0,), (1.0,)) == (12.0, 12.0)
    assert cr.grad(lambda x: cr.jvp(lambda y: y**3, (x,), (1.0,))[1])(2.0) == 12.0


def test_an_inner_derivative_does_not_confuse_its_variable_with_the_outer_one():
    assert cr.grad(lambda x: x * cr.grad(lambda y: x + y)(1.0))(2.0) == 1.0
    assert cr.grad(lambda x: x * cr.grad(lambda y: x * y)(x))(2.0) == 4.0
    assert cr.grad(lambda x: cr.grad(lambda y: x * y * y)(3.0))(2.0) == 6.0
    assert cr.jvp(lambda x: x * cr.jvp(lambda y: x + y, (1.0,), (1.0,))[1], (2.0,), (1.0,)) == (2.0, 1.0)


def test_argnums_choose_the_arguments():
    f = lambda x, y, z: x * y + z
    assert cr.grad(f)(2.0, 3.0, 4.0) == 3.0 and cr.grad(f, 1)(2.0, 3.0, 4.0) == 2.0
    assert cr.grad(f, (0, 2))(2.0, 3.0, 4.0) == (3.0, 1.0) and cr.grad(f, -1)(2.0, 3.0, 4.0) == 1.0
    assert cr.grad(lambda x, k=1: k * x)(2.0, k=5) == 5.0
    for bad in (3, -4, "x", True, 1.0):
        with pytest.raises(cr.InputTypeError, match="was asked for argnums=.* of a call with 3 positional"):
            cr.grad(f, bad)(2.0, 3.0, 4.0)


def test_a_gradient_has_the_structure_of_its_argument():
    Point = namedtuple("Point", "a b")
    tree = {"w": [1.0, 2.0], "p": Point(3.0, (4.0,))}
    f = lambda t: t["w"][0] * t["p"].a + t["w"][1] * t["p"].b[0]
    assert cr.grad(f)(tree) == {"w": [3.0, 4.0], "p": Point(1.0, (2.0,))}
    assert cr.jvp(f, (tree,), (tree,))[1] == pytest.approx(2 * 11)
    y, pull = cr.vjp(lambda t: {"twice": 2 * t[0], "both": [t[0] * t[1]]}, [2.0, 3.0])
    assert y == {"twice": 4.0, "both": [6.0]} and pull({"twice": 1.0, "both": [1.0]}) == ([5.0, 2.0],)


def test_an_input_without_influence_has_gradient_zero():
    assert cr.grad(lambda x, y: x, 1)(1.0, 2.0) == 0.0
    assert cr.grad(lambda x: 1.0)(1.0) == 0.0
    assert cr.grad(lambda x: cr.floor(x) * 2)(1.5) == 0.0
    assert cr.vjp(lambda x, y: x, 1.0, 2.0)[1](1.0) == (1.0, 0.0)
    assert cr.jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)


def test_a_pull_can_be_used_again():
    _, pull = cr.vjp(lambda x: x * x, 3.0)
    assert pull(1.0) == pull(1.0) == (6.0,) and pull(2.0) == (12.0,)


def test_value_and_grad_gives_both():
    assert cr.value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)


def test_second_order_of_several_arguments():
    f = lambda x, y: x * x * y
    assert cr.hessian(f, (0, 1))(2.0, 3.0) == ((6.0, 4.0), (4.0, 0.0))
    assert cr.hvp(f, (2.0, 3.0), (1.0, 1.0)) == (10.0, 4.0) and cr.hvp(lambda x: x**3, 2.0, 1.0) == 12.0
    assert cr.jacobian(lambda x: [x * x, 2 * x])(3.0) == [6.0, 2.0]


def test_what_cannot_be_differentiated_is_said():
    with pytest.raises(
        cr.ShapeError, match="a function that returned None; return one number, or use jacobian or vjp"
    ):
        cr.grad(lambda x: None)(1.0)
    with pytest.raises(
        cr.ShapeError, match="tangents that do not match its primals: 1 entries were wanted, and 2 given"
    ):
        cr.jvp(lambda x: x, (1.0,), (1.0, 2.0))
    with pytest.raises(cr.InputTypeError, match=r"write \(x,\), \(t,\)"):
        cr.jvp(lambda x: x, 1.0, 1.0)
    with pytest.raises(cr.InputTypeError, match="write 3.0"):
        cr.grad(lambda t: t["a"])({"a": 3})


def test_argnums_may_name_an_argument_twice_and_be_any_whole_number():
    class Index(int):
        pass

    f = lambda x, y: x * y
    assert cr.grad(f, (0, 0))(2.0, 3.0) == cr.grad(f, (0, -2))(2.0, 3.0) == (3.0, 3.0)
    assert cr.grad(f, Index(1))(2.0, 3.0) == 2.0
