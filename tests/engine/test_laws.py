"""The laws of the calculus on random programs: what must hold whatever the numbers."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chainrule_lib as cr

numbers = st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3)
UNARY = [cr.sin, cr.cos, cr.tanh, cr.sigmoid, cr.softplus, lambda u: cr.exp(0.3 * u), lambda u: u * u]
BINARY = [
    lambda u, v: u + v,
    lambda u, v: u - v,
    lambda u, v: u * v,
    lambda u, v: u / (2 + v * v),
    lambda u, v: cr.hypot(u, 1.5) * v,
]
steps = st.lists(
    st.tuples(st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=14,
)


def program(plan):
    """A function of two numbers: each step applies an operation to earlier values, so graphs share and
    cross."""

    def f(x, y):
        values = [x, y]
        for operation, i, j in plan:
            u, v = values[-1 - i % len(values)], values[-1 - j % len(values)]
            values.append(
                UNARY[operation](u) if operation < len(UNARY) else 0.5 * BINARY[operation - len(UNARY)](u, v)
            )
        return values[-1] + 0.1 * values[len(values) // 2]

    return f


@given(steps, numbers, numbers)
def test_the_paths_sum_to_the_gradient(plan, x, y):
    a, b = cr.Var(x), cr.Var(y)
    z = program(plan)(a, b)
    if not isinstance(z, cr.Var):
        return
    z.backward()
    for leaf in (a, b):
        if cr.count_paths(z, leaf) > 2000:
            continue
        listed = list(cr.paths(z, leaf))
        assert len(listed) == cr.count_paths(z, leaf)
        assert math.fsum(p.product for p in listed) == pytest.approx(leaf.grad or 0.0, rel=1e-9, abs=1e-9)
        heaviest = [abs(p.product) for p in cr.paths(z, leaf, order="heaviest")]
        assert sorted(heaviest) == pytest.approx(sorted(abs(p.product) for p in listed), rel=1e-9, abs=1e-12)
        assert all(a >= b * (1 - 1e-9) for a, b in zip(heaviest, heaviest[1:]))


@given(steps, numbers, numbers, numbers, numbers)
def test_forward_and_reverse_are_adjoint(plan, x, y, dx, dy):
    f = program(plan)
    z, tangent = cr.jvp(f, (x, y), (dx, dy))
    gx, gy = cr.grad(f, (0, 1))(x, y)
    assert z == f(x, y)
    assert tangent == pytest.approx(gx * dx + gy * dy, rel=1e-9, abs=1e-9)


@given(steps, numbers, numbers)
def test_the_gradient_is_the_complex_step(plan, x, y):
    f, h = program(plan), 1e-30
    gx, gy = cr.grad(f, (0, 1))(x, y)
    assert gx == pytest.approx(f(complex(x, h), complex(y)).imag / h, rel=1e-8, abs=1e-8)
    assert gy == pytest.approx(f(complex(x), complex(y, h)).imag / h, rel=1e-8, abs=1e-8)


@given(steps, steps, numbers, numbers, numbers)
def test_the_gradient_is_linear(plan, other, x, y, c):
    f, g = program(plan), program(other)
    left = cr.grad(lambda x, y: f(x, y) + c * g(x, y))(x, y)
    assert left == pytest.approx(cr.grad(f)(x, y) + c * cr.grad(g)(x, y), rel=1e-9, abs=1e-9)


@given(steps, steps, numbers)
def test_the_chain_rule(plan, other, x):
    f, g = program(plan), program(other)
    inner = lambda t: g(t, 0.7)
    whole = cr.grad(lambda t: f(inner(t), inner(t) * t))(x)
    fx, fy = cr.grad(f, (0, 1))(inner(x), inner(x) * x)
    assert whole == pytest.approx(
        fx * cr.grad(inner)(x) + fy * cr.grad(lambda t: inner(t) * t)(x), rel=1e-8, abs=1e-8
    )


@settings(max_examples=40)
@given(steps, numbers, numbers)
def test_the_hessian_is_symmetric_and_all_ways_to_it_agree(plan, x, y):
    f = program(plan)
    (xx, xy), (yx, yy) = cr.hessian(f, (0, 1))(x, y)
    assert xy == pytest.approx(yx, rel=1e-8, abs=1e-8)
    assert cr.hvp(f, (x, y), (1.0, 0.0)) == pytest.approx((xx, yx), rel=1e-8, abs=1e-8)
    assert cr.grad(lambda y: cr.jvp(f, (x, y), (0.0, 1.0))[1])(y) == pytest.approx(yy, rel=1e-8, abs=1e-8)
