"""Every row of the table, walked: value, both modes, second order; and a spoilt row is caught by name."""

import math

import numpy as np
import pytest

import chainrule_lib as cr
from chainrule_lib.engine import TABLE, Primitive, complexes

POINTS = {
    1: [(0.31,), (0.77,), (-0.4,)],
    2: [(0.7, 1.9), (1.3, -0.6)],
    3: [(True, 0.4, 0.9), (False, 0.4, 0.9)],
}
DOMAIN = {
    "arccosh": [(1.3,), (4.2,)],
    "pow": [(0.7, 1.9), (1.3, -0.6), (2.5, 3.0)],
    **{name: [(0.31,), (2.2,)] for name in "log log2 log10 sqrt".split()},
}
NUMPY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
    "abs": np.abs,
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "mod": lambda x, y: np.mod(x, y),
}


def points(row):
    return DOMAIN.get(row.name) or POINTS[row.forward.__code__.co_argcount - 1]


def five_point(f, x, h=1e-3):
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


def true_slope(f, x):
    """By the complex step where the function has a continuation, else by differences; and how far to trust
    it."""
    try:
        return f(complex(x, 1e-30)).imag / 1e-30, 1e-13
    except (AttributeError, TypeError):
        return five_point(f, x), 1e-9


def faults(row):
    """What is wrong with a row, in words."""
    found = []
    for args in points(row):
        expected = NUMPY.get(row.name) or getattr(np, row.name)
        if not math.isclose(row(*args), float(expected(*args)), rel_tol=1e-14, abs_tol=1e-15):
            found.append(f"{row.name}{args}: value")
        for i, x in enumerate(args):
            if isinstance(x, bool):
                continue
            along = lambda v, i=i: row(*args[:i], v, *args[i + 1 :])
            truth, tolerance = true_slope(along, x)
            close = lambda a, b, tol=tolerance: math.isclose(a, b, rel_tol=tol, abs_tol=tol)
            nodes = [cr.Var(v) if not isinstance(v, bool) else v for v in args]
            z = row(*nodes)
            z.backward()
            if not close(nodes[i].grad, truth):
                found.append(f"{row.name}{args}: VJP in argument {i}, {nodes[i].grad} for {truth}")
            if not close(z.local_partials()[z.parents.index(nodes[i])], truth):
                found.append(f"{row.name}{args}: local partial in argument {i}")
            if not close(cr.jvp(along, (x,), (1.0,))[1], truth):
                found.append(f"{row.name}{args}: JVP in argument {i}")
            second = five_point(cr.grad(along), x)
            for name, nested in {
                "reverse": cr.grad(cr.grad(along)),
                "forward": lambda v: cr.hvp(along, v, 1.0),
            }.items():
                if not math.isclose(nested(x), second, rel_tol=1e-7, abs_tol=1e-7):
                    found.append(f"{row.name}{args}: second order in argument {i}, {name}")
    return found


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_a_row_is_right_to_second_order(row):
    assert faults(row) == []


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_a_spoilt_partial_is_caught_by_name(row):
    for i, partial in enumerate(row.partials):
        if row.name in ("sign", "floor", "ceil", "trunc", "rint") or partial is None and row.name == "where":
            spoilt = lambda m, z, *args: 1.0 if partial is None else partial(m, z, *args)
            if row.name == "where":
                continue
        else:
            spoilt = lambda m, z, *args: partial(m, z, *args) * 1.01 + 0.003
        mutant = Primitive(row.name, row.forward, (*row.partials[:i], spoilt, *row.partials[i + 1 :]))
        caught = faults(mutant)
        assert caught and all(line.startswith(row.name) for line in caught)


def test_a_spoilt_value_is_caught():
    mutant = Primitive("sin", lambda m, x: m.sin(x) * (1 + 1e-12), TABLE["sin"].partials)
    assert any("value" in line for line in faults(mutant))


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_a_row_reads_the_same_on_arrays(row):
    columns = [np.array(column) for column in zip(*points(row))]
    assert np.allclose(row(*columns), [row(*p) for p in points(row)], rtol=1e-14)
    nodes = [cr.Var(c) if c.dtype == float else c for c in columns]
    z = row(*nodes)
    z.backward(np.ones(z.shape))
    for i, x in enumerate(nodes):
        if isinstance(x, cr.Var):
            slopes = [cr.grad(row, argnums=i)(*p) for p in points(row)]
            assert np.allclose(x.grad, slopes, rtol=1e-14)


def test_numbers_in_give_numbers_out():
    assert type(cr.sin(1.0)) is float and cr.exp(0.0) == 1.0
    assert cr.sin(1j) == complexes.sin(1j)


@pytest.mark.parametrize(
    "f, x, slope",
    [
        (cr.relu, 0.0, 0.0),
        (abs, 0.0, 0.0),
        (cr.sqrt, 0.0, math.inf),
        (cr.cbrt, 0.0, math.inf),
        (cr.arcsin, 1.0, math.inf),
        (cr.arccos, 1.0, -math.inf),
        (cr.arccosh, 1.0, math.inf),
        (lambda x: x**0.5, 0.0, math.inf),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**1, 0.0, 1.0),
        (lambda x: cr.maximum(x, 1.0), 1.0, 0.5),
        (lambda x: cr.minimum(1.0, x), 1.0, 0.5),
        (lambda x: cr.maximum(x, x), 1.0, 1.0),
        (lambda x: cr.hypot(x, 0.0), 0.0, 0.0),
        (lambda x: 0.0**x, 2.0, 0.0),
        (lambda x: cr.where(x > 0, cr.sqrt(cr.where(x > 0, x, 1.0)), 0.0), -1.0, 0.0),
        (cr.sigmoid, -1e3, 0.0),
        (cr.sigmoid, 1e3, 0.0),
        (cr.softplus, 1e3, 1.0),
        (cr.softplus, -1e3, 0.0),
        (cr.tanh, 1e3, 0.0),
        (lambda x: cr.logaddexp(x, -1e3), 1e3, 1.0),
    ],
)
def test_at_kinks_and_far_out_the_slope_is_the_convention(f, x, slope):
    assert cr.grad(f)(x) == slope


def test_a_pole_is_infinite_and_outside_the_domain_is_an_error():
    assert cr.log(cr.Var(0.0)).value == -math.inf
    assert (1 / cr.Var(0.0)).value == math.inf and cr.grad(lambda x: 1 / x)(0.0) == -math.inf
    assert cr.exp(cr.Var(1e3)).value == math.inf and cr.sinh(cr.Var(-1e3)).value == -math.inf
    assert (cr.Var(-1e200) ** 3).value == -math.inf
    for f, x in [
        (cr.log, -1.0),
        (cr.sqrt, -1.0),
        (cr.arcsin, 2.0),
        (lambda x: x**0.5, -2.0),
        (lambda x: x / x, 0.0),
    ]:
        with pytest.raises(
            cr.DomainError, match=r"\(.*\) was asked for, which is outside the domain of \w+; change the arg"
        ):
            f(cr.Var(x))
