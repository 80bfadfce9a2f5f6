"""Mutations of the chain rule: the graph is read rightly, and each slip has the value its sentence says."""

import math

import chainrule_lib as cr
import numpy as np
import pytest
from chainrule_lib.study.mutations import Mutations, landmarks
from hypothesis import given, settings
from hypothesis import strategies as st

AT = [0.4, -0.7, 1.3]


def named(name, node):
    node.name = name
    return node


def two_roads(t):
    t = cr.Var(t, "t")
    x = named("x", cr.cos(2 * t))
    y = named("y", t**2 + t)
    return named("z", x**2 * y + cr.sin(y))


FAMILY = Mutations([two_roads(t) for t in AT])
T = np.array(AT)
X, Y = np.cos(2 * T), T * T + T
ZX, ZY, DX, DY = 2 * X * Y, X * X + np.cos(Y), -2 * np.sin(2 * T), 2 * T + 1


def values(kind, site=""):
    return [slip.values for slip in FAMILY.slips("t") if slip.kind == kind and site in slip.site]


def has(kind, expected, site=""):
    found = values(kind, site)
    return any(np.allclose(column, expected, rtol=1e-12) for column in found)


def test_edges_run_between_named_values_and_carry_their_slopes():
    assert [FAMILY.symbol(k) for k in range(4)] == ["dx/dt", "dy/dt", "∂z/∂x", "∂z/∂y"]
    for column, expected in zip(FAMILY.columns, (DX, DY, ZX, ZY)):
        assert np.allclose(column, expected, rtol=1e-14)
    assert [FAMILY.route(path) for path in FAMILY.paths("t")] == ["t → x → z", "t → y → z"]
    assert [FAMILY.role(k) for k in range(4)] == ["inner", "inner", "outer", "outer"]


def test_the_total_is_what_the_engine_derives():
    for i, t in enumerate(AT):
        leaf = two_roads(t)
        right = next(v for node, v in cr.sweep(leaf).items() if node.name == "t")
        assert FAMILY.total("t")[i] == pytest.approx(right, rel=1e-13)


@pytest.mark.parametrize(
    "kind, site, expected",
    [
        ("path dropped", "t → y → z is missing", ZX * DX),
        ("overwritten", "t → y → z is left", ZY * DY),
        ("path twice", "t → x → z", 2 * ZX * DX + ZY * DY),
        ("multiplied", "", ZX * DX * ZY * DY),
        ("edges added", "every path", ZX + DX + ZY + DY),
        ("edges added", "the sums multiplied", (ZX + DX) * (ZY + DY)),
        ("edges added", "t → x → z", ZX + DX + ZY * DY),
        ("product of sums", "", (ZX + ZY) * (DX + DY)),
        ("swapped", "", ZX * DY + ZY * DX),
        ("sign", "whole", -(ZX * DX + ZY * DY)),
        ("sign", "path t → x", -ZX * DX + ZY * DY),
        ("factor", "doubled", 2 * (ZX * DX + ZY * DY)),
        ("factor", "halved", (ZX * DX + ZY * DY) / 2),
        ("truncated", "", np.trunc(ZX * DX + ZY * DY)),
        ("held fixed", "only ∂z/∂x", ZX),
        ("left out", "dx/dt is left out", ZX + ZY * DY),
        ("left out", "dx/dt is left out; dy/dt is left out", ZX + ZY),
        ("left out", "∂z/∂x is left out", DX + ZY * DY),
        ("value", "y in place of dy/dt", ZX * DX + ZY * Y),
        ("another slope", "∂z/∂x in place of ∂z/∂y", ZX * DX + ZX * DY),
        ("slope twice", "dx/dt is applied twice", ZX * DX**2 + ZY * DY),
        ("term lost", "through t", ZX * DX + ZY * 2 * T),
        ("term lost", "through sin(y)", ZX * DX + X * X * DY),
        ("inner factor", "the factor 2 of 2 t is lost", ZX * DX / 2 + ZY * DY),
        ("factor left out", "the factor y of", 2 * X * DX + ZY * DY),
        ("own value", "", 2 * X * X * X * DX + ZY * DY),
        ("lost factor", "", X * Y * DX + ZY * DY),
        ("outer left out", "cos(2 t)", ZX * 2 + ZY * DY),
        ("elsewhere", "cos(2 t) in 2 t is taken at t", ZX * -2 * np.sin(T) + ZY * DY),
        ("elsewhere", "∂z/∂x and ∂z/∂y at (t, t)", 2 * T * T * DX + (T * T + np.cos(T)) * DY),
        ("elsewhere", "∂z/∂x at (t, t)", 2 * T * T * DX + ZY * DY),
        ("exchanged arguments", "∂z/∂x and ∂z/∂y at (y, x)", 2 * Y * X * DX + (Y * Y + np.cos(X)) * DY),
        ("elsewhere", "at (dx/dt, dy/dt)", 2 * DX * DY * DX + (DX**2 + np.cos(DY)) * DY),
        ("wrong value", "is taken at t in place of y", 2 * X * T * DX + ZY * DY),
        ("elementary", "", ZX * DX + (2 * X + np.cos(Y)) * DY),
        ("value", "sin(y) in place of its slope", ZX * DX + (X * X + np.sin(Y)) * DY),
    ],
)
def test_a_slip_has_the_value_its_sentence_says(kind, site, expected):
    assert has(kind, expected, site), values(kind, site)[:4]


def test_the_direct_term_is_a_path_of_its_own():
    def total(t, k):
        t = cr.Var(t, "t")
        x, y = named("x", cr.sin(t)), named("y", cr.exp(k * t))
        return named("z", x * y + t * x**2)

    family = Mutations([total(t, 0.8) for t in AT])
    x, y = np.sin(T), np.exp(0.8 * T)
    found = {slip.kind: slip for slip in family.slips("t") if slip.kind in ("direct dropped", "held fixed")}
    assert np.allclose(found["direct dropped"].values, (y + 2 * T * x) * np.cos(T) + x * 0.8 * y)
    assert any(
        np.allclose(s.values, x * x)
        for s in family.slips("t")
        if s.kind == "held fixed" and "only ∂z/∂t" in s.site
    )


def test_a_value_used_twice_by_one_operation_keeps_both_edges():
    def squared(t):
        t = cr.Var(t, "t")
        u = named("u", 3.0 * t)
        return named("z", u * u)

    family = Mutations([squared(t) for t in AT])
    assert np.allclose(family.total("t"), 18 * T)
    assert any(np.allclose(s.values, 9 * T) for s in family.slips("t") if s.kind == "term lost")


def test_a_primitive_of_ones_own_keeps_the_slopes_it_was_given():
    decoy = cr.primitive(
        "f", lambda m, x, y: x * y, partials=(lambda m, z, x, y: 7.0 * x, lambda m, z, x, y: 11.0 * y)
    )

    def made(t):
        t = cr.Var(t, "t")
        return named("z", decoy(named("x", cr.sin(t)), named("y", t * t)))

    family = Mutations([made(t) for t in AT])
    assert np.allclose(family.total("t"), 7 * np.sin(T) * np.cos(T) + 11 * T**2 * 2 * T)
    assert any(
        np.allclose(s.values, 7 * T * np.cos(T) + 11 * T * 2 * T)
        for s in family.slips("t")
        if "(t, t)" in s.site
    )


def test_two_slips_inside_one_slope_are_taken_together():
    pairs = FAMILY.two_in_one(FAMILY.overrides())
    wanted = np.sin(2 * T)  # the 2 and the minus of -2 sin 2t both lost
    assert any(np.allclose(columns.get(0, np.nan), wanted) for _, _, columns in pairs)


def test_graphs_of_different_forms_are_refused():
    with pytest.raises(ValueError, match="graphs of one form; these were made by different operations"):
        Mutations([two_roads(0.4), cr.sin(cr.Var(0.4, "t"))])


def test_a_slope_without_a_value_is_nan_and_raises_nothing():
    def root(t):
        return named("z", cr.sqrt(named("u", cr.Var(t, "t") + 2.0)))

    family = Mutations([root(t) for t in AT])
    assert np.isnan(
        family.moved(family.output, {k: np.full(3, -1.0) for k, n in family.names.items() if n == "u"})[0][1]
    ).all()
    assert list(family.slips("t"))


def test_landmarks_are_the_numbers_a_probe_should_keep_apart():
    numbers, terms = landmarks(two_roads(0.4))
    x, y = math.cos(0.8), 0.56
    zx, zy, dx, dy = 2 * x * y, x * x + math.cos(y), -2 * math.sin(0.8), 1.8
    assert sorted(numbers) == pytest.approx(sorted([0.4, x, y, zx, zy, dx, dy, zx * dx, zy * dy]))
    assert terms == [pytest.approx([zx * dx, zy * dy])]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.3, 2.5) | st.floats(-2.5, -0.3), min_size=2, max_size=4, unique=True))
def test_every_kept_set_of_paths_and_the_lost_one_add_up_to_the_total(at):
    family = Mutations([two_roads(t) for t in at])
    kept = [slip.values for slip in family.slips("t") if slip.kind == "path dropped"]
    assert np.allclose(kept[0] + kept[1], family.total("t"), rtol=1e-9, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.floats(-3, 3))
def test_the_answer_is_linear_in_every_slope(k, j, scale):
    columns = [np.array(column) for column in FAMILY.columns]
    one, two = list(columns), list(columns)
    one[k], two[k] = columns[k] * 0 + 1.0, columns[k] * scale
    mixed = list(columns)
    mixed[k] = one[k] + two[k]
    assert np.allclose(
        FAMILY.total("t", mixed),
        FAMILY.total("t", one)
        + FAMILY.total("t", two)
        - FAMILY.total("t", [*columns[:k], 0 * columns[k], *columns[k + 1 :]]),
    )
