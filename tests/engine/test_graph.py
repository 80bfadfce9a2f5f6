"""Nodes, the reverse sweep, and what a graph costs."""

import gc
import math

import pytest

import chainrule_lib as cr
from chainrule_lib import engine


def diamond():
    x, y = cr.Var(2.0, "x"), cr.Var(3.0, "y")
    u = x * y
    return x, y, u, u * u + cr.sin(x)


def test_a_node_keeps_its_row_and_arguments_in_order():
    x = cr.Var(2.0, "x")
    z = 3.0 - x
    assert (z.op.name, z.args, z.parents, z.value, z.name) == ("sub", (3.0, x), (x,), 1.0, None)
    assert x.op is None and x.args == () == x.parents and x.local_partials() == ()
    assert (x * x).parents == (x, x) and (x * x).local_partials() == (2.0, 2.0)
    assert cr.sin(x).args == (x,)
    assert cr.where(True, x, 1.0).args == (True, x, 1.0)


def test_a_used_twice_value_collects_both_uses():
    x, y, u, z = diamond()
    z.backward()
    assert x.grad == pytest.approx(2 * 6 * 3 + math.cos(2)) and y.grad == 2 * 6 * 2


def test_backward_replaces_and_never_adds():
    x, y, u, z = diamond()
    z.backward()
    first = x.grad
    z.backward()
    assert x.grad == first
    (x * 1.0).backward()
    assert x.grad == 1.0
    z.backward(2.0)
    assert x.grad == 2 * first


def test_backward_writes_to_leaves_and_named_nodes_only():
    x, y, u, z = diamond()
    z.backward()
    assert u.grad is None and z.grad is None
    u.name = "u"
    z.backward()
    assert u.grad == 12.0


def test_the_sweep_returns_a_mapping_and_touches_no_node():
    x, y, u, z = diamond()
    bar = cr.sweep(z)
    assert bar[z] == 1.0 and bar[u] == 12.0 and bar[y] == 24.0
    assert x.grad is None and u.grad is None
    assert bar == cr.sweep(z)
    assert cr.sweep(z, 2.0)[y] == 48.0


def test_parents_come_before_children():
    z = diamond()[-1]
    order = cr.topological_order(z)
    place = {node: i for i, node in enumerate(order)}
    assert order[-1] is z and len(place) == len(order) == 6
    assert all(place[parent] < place[node] for node in order for parent in node.parents)


def test_a_depth_of_100_000_is_no_trouble():
    x = cr.Var(1.0)
    z = x
    for _ in range(100_000):
        z = z * 1.00001
    z.backward()
    assert x.grad == pytest.approx(math.exp(1), rel=1e-4)
    assert cr.count_paths(z, x) == 1
    assert cr.grad(lambda v: deep(v))(1.0) == pytest.approx(1.0)
    assert cr.jvp(deep, (1.0,), (1.0,))[1] == pytest.approx(1.0)
    del z  # and freeing it does not recurse either


def deep(v):
    for _ in range(100_000):
        v = v + 1e-9
    return v


def test_graphs_leave_nothing_to_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        for _ in range(1000):
            diamond()[-1].backward()
            cr.grad(cr.grad(lambda x: x * x * cr.sin(x)))(1.0)
            cr.jvp(lambda x: x * x, (1.0,), (1.0,))
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_comparisons_are_by_value_and_plain():
    x = cr.Var(2.0)
    assert (x > 1) is True and (x == 2.0) is True and (3 < x) is False and (x != cr.Var(2.0)) is False
    assert len({x, cr.Var(2.0)}) == 2  # as keys, nodes are themselves


def test_a_node_prints_what_it_is():
    x = cr.Var(2.0, "x")
    assert repr(x) == "Var(2.0, name='x')" and repr(x * x) == "Var(4.0, op=mul)" and f"{x:.2f}" == "2.00"


@pytest.mark.parametrize(
    "bad, words",
    [
        (3, "write 3.0"),
        (True, "type bool"),
        (2j, "type complex"),
        ("a", "a derivative was asked"),
        (None, "a derivative was asked"),
    ],
)
def test_only_a_float_can_be_differentiated(bad, words):
    for ask in (
        lambda: cr.Var(bad),
        lambda: cr.grad(lambda x: x)(bad),
        lambda: cr.jvp(lambda x: x, (bad,), (1.0,)),
    ):
        with pytest.raises(cr.InputTypeError, match=words):
            ask()


def test_an_int_inside_an_expression_is_fine():
    assert cr.grad(lambda x: 3 * x**2 + 1 - x / 2)(2.0) == 11.5


@pytest.mark.parametrize("lose", [float, int, math.sin, complex])
def test_what_would_lose_the_trace_is_refused(lose):
    with pytest.raises(
        cr.InputTypeError, match="that would lose the trace. Use the functions of chainrule_lib, or .value"
    ):
        lose(cr.Var(1.0))


def test_writing_into_a_traced_value_is_refused():
    x = cr.Var(1.0)
    with pytest.raises(cr.InputTypeError, match="asked to change in place"):
        x[0] = 1.0


def test_a_cycle_is_named():
    x = cr.Var(1.0)
    y = x * 2.0
    z = y + 1.0
    y.x = z
    with pytest.raises(cr.CycleError, match="would depend on itself; build graphs by operations"):
        cr.topological_order(z)


def test_a_seed_of_the_wrong_shape_is_refused():
    with pytest.raises(cr.ShapeError, match=r"seed of shape \(2,\) for a value of shape \(\)"):
        cr.Var(1.0).backward([1.0, 2.0])


def test_every_error_is_a_chain_rule_error_and_a_built_in_one():
    for error, builtin in {
        "ShapeError": ValueError,
        "InputTypeError": TypeError,
        "DomainError": ValueError,
    }.items():
        assert issubclass(getattr(cr, error), cr.ChainRuleError) and issubclass(getattr(cr, error), builtin)
    assert issubclass(cr.PathExplosionError, cr.ChainRuleError) and issubclass(
        cr.CycleError, cr.ChainRuleError
    )


def test_a_primitive_of_ones_own_is_like_the_others():
    cube = cr.primitive("cube", lambda m, x: x**3, partials=lambda m, z, x: 3 * x**2)
    assert cr.grad(cube)(2.0) == 12.0 and cr.grad(cr.grad(cr.grad(cube)))(2.0) == 6.0
    assert cube(2.0) == 8.0 and cube(cr.Var(2.0)).op is cube
    decoy = cr.primitive("decoy", lambda m, x, y: x * y, partials=(lambda m, z, x, y: 7.0, None))
    assert cr.grad(decoy, (0, 1))(2.0, 3.0) == (7.0, 0.0)
    with pytest.raises(cr.InputTypeError, match="'bare' was given no rule"):
        cr.primitive("bare", lambda m, x: x)


def test_exported_names_are_these():
    wanted = """Var grad value_and_grad jvp vjp jacobian hessian hvp primitive paths count_paths Path graph
    Graph explain check_grad check sweep topological_order sin cos exp log sqrt tanh sigmoid relu softplus
    where maximum minimum ChainRuleError ShapeError InputTypeError DomainError PathExplosionError
    CycleError""".split()
    assert set(wanted) <= set(cr.__all__) and set(engine.TABLE) - set(engine.__all__) == {"abs"}
    missing = [name for name in cr.__all__ if name != "check" and not hasattr(cr, name)]
    assert missing == []
    with pytest.raises(AttributeError, match="no attribute 'gard'"):
        cr.gard
