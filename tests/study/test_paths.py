"""Paths: their number, their order, their sum."""

import itertools
import time

import numpy as np
import pytest

import chainrule_lib as cr
import chainrule_lib.numpy as cnp


def tower(height):
    x = cr.Var(1.0, "x")
    z = x
    for _ in range(height):
        z = z * z
    return z, x


def test_x_times_x_is_two_paths():
    x = cr.Var(3.0)
    found = list(cr.paths(x * x, x))
    assert [p.product for p in found] == [3.0, 3.0] and [p.slots for p in found] == [(0,), (1,)]
    assert cr.count_paths(x * x, x) == 2


def test_a_path_runs_from_the_output_to_the_input_and_is_a_product():
    x, y = cr.Var(2.0), cr.Var(5.0)
    u = x * y
    z = cr.sin(u) + x
    long, short = cr.paths(z, x)
    assert long.nodes[0] is z and long.nodes[-1] is x and long.nodes[2] is u
    assert long.partials == (1.0, np.cos(10.0), 5.0) and long.product == pytest.approx(5.0 * np.cos(10.0))
    assert short.nodes == (z, x) and short.product == 1.0


def test_paths_end_where_they_are_asked_to_and_not_beyond():
    x = cr.Var(2.0)
    u = x * x
    z = u * u
    assert [p.product for p in cr.paths(z, u)] == [4.0, 4.0]
    assert list(cr.paths(u, z)) == [] and cr.count_paths(u, z) == 0
    assert list(cr.paths(z, cr.Var(1.0))) == [] and cr.count_paths(z, cr.Var(1.0)) == 0
    (itself,) = cr.paths(x, x)
    assert itself.product == 1.0 and itself.partials == () and cr.count_paths(x, x) == 1


def test_counting_needs_no_list_and_listing_has_a_cap():
    z, x = tower(100)
    assert cr.count_paths(z, x) == 2**100
    with pytest.raises(
        cr.PathExplosionError,
        match=r"there are 1267650600228229401496703205376, more than the cap of 7; raise cap=",
    ):
        list(cr.paths(z, x, cap=7))
    assert len(list(itertools.islice(cr.paths(z, x, cap=7), 7))) == 7
    z, x = tower(3)
    assert len(list(cr.paths(z, x, cap=8))) == 8


def test_the_heaviest_paths_come_first_without_listing_the_rest():
    x = cr.Var(1.0)
    z = x
    for k in range(40):
        z = z * 3.0 + z * 0.1 * (-1) ** k
    first, second = itertools.islice(cr.paths(z, x, order="heaviest"), 2)
    assert first.product == pytest.approx(3.0**40) and abs(second.product) == pytest.approx(3.0**39 * 0.1)
    z, x = tower(60)
    assert next(cr.paths(z, x, order="heaviest")).product == 1.0


def test_paths_run_between_nodes():
    with pytest.raises(cr.InputTypeError, match="paths were asked between 3.0 and Var"):
        cr.count_paths(3.0, cr.Var(1.0))
    with pytest.raises(cr.InputTypeError, match="give two nodes, made with cr.Var"):
        cr.paths(cr.Var(1.0), "x")


def test_an_unknown_order_is_refused():
    z, x = tower(1)
    with pytest.raises(ValueError, match='order=\'longest\'; give "graph" or "heaviest"'):
        cr.paths(z, x, order="longest")


def test_a_slope_of_zero_is_still_a_path():
    x = cr.Var(-1.0)
    assert [p.product for p in cr.paths(cr.relu(x) + cr.floor(x), x)] == [0.0, 0.0]


@pytest.mark.parametrize("order", ["graph", "heaviest"])
def test_on_arrays_the_products_sum_to_the_gradient(order):
    rng = np.random.default_rng(0)
    X, W, b = cr.Var(rng.normal(size=(5, 3))), cr.Var(rng.normal(size=(3, 2))), cr.Var(rng.normal(size=2))
    h = cnp.tanh(X @ W + b)
    z = cnp.mean(h * h[::-1]) + cnp.sum(cnp.concatenate([W, W * W])) + cnp.sum(b) * b[0]
    z.backward()
    for leaf in (X, W, b):
        found = list(cr.paths(z, leaf, order=order))
        assert len(found) == cr.count_paths(z, leaf) > 1
        assert np.allclose(sum(p.product for p in found), leaf.grad)
        weights = [np.abs(p.product).max() for p in found]
        assert order == "graph" or weights == sorted(weights, reverse=True)


def test_on_arrays_a_path_has_jacobians_for_partials():
    W, x = cr.Var(np.array([[1.0, 2.0], [3.0, 4.0]])), cr.Var(np.array([1.0, 1.0]))
    (path,) = cr.paths(cnp.sum(cnp.tanh(W @ x)), x)
    ones, slopes, jacobian = path.partials
    assert ones.tolist() == [1.0, 1.0] and jacobian.tolist() == W.value.tolist()
    assert np.allclose(path.product, (ones * slopes) @ jacobian)


def test_paths_need_a_scalar_output():
    x = cr.Var(np.ones(2))
    with pytest.raises(cr.ShapeError, match=r"paths was asked of an output of shape \(2,\)"):
        cr.paths(x * x, x)


def test_a_path_of_30_000_edges_is_walked_in_linear_time():
    x = y = cr.Var(1.0)
    for _ in range(30_000):
        y = y * 1.0
    began = time.perf_counter()
    for order in ("graph", "heaviest"):
        path = next(cr.paths(y, x, order=order))
        assert len(path.nodes) == 30_001 and path.nodes[0] is y and path.nodes[-1] is x and path.product == 1.0
    assert time.perf_counter() - began < 10  # copying the trail at each step took a minute
