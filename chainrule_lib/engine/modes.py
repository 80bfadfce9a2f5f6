"""Derivatives of functions: grad, value_and_grad, jvp, vjp, jacobian, hessian, hvp.

All of them do three things: give the function fresh nodes for its inputs, let it build a graph, sweep the
graph. They nest to any order, and need no levels for it, because the graph is one. An input that is already
a node becomes an alias of it, so an outer derivative sees through; a sweep stops at nodes older than its
own inputs; and where it has met one it computes its derivatives with nodes rather than with numbers, so
that they can be differentiated in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from .errors import InputTypeError, ShapeError
from .graph import Var, _shape, mark, own_all, reached
from .trees import leaves, map_tree

ALL = "all arguments"


class _Trace:
    """One call of f with the chosen arguments traced."""

    def __init__(self, f: Callable, args: Sequence, kwargs: dict, argnums: Any, asker: str) -> None:
        picked = range(len(args)) if argnums is ALL else _picked(argnums, len(args), asker)
        oldest = mark()
        made = {i: map_tree(Var, args[i]) for i in picked}  # an argument asked for twice is one node
        self.inputs = [made[i] for i in picked]
        since = mark()
        call = list(args)
        for i, nodes in made.items():
            call[i] = nodes
        self.output = y = f(*call, **kwargs)
        self.leaves = leaves(self.inputs)
        outputs = [y] if isinstance(y, Var) else [y for y in leaves(y) if isinstance(y, Var)]
        self.order, met_older = reached(outputs, since, oldest)
        self.nested = met_older or any([x.op for x in self.leaves])  # an input with an op is an alias

    def plain(self, value: Any) -> Any:
        """A result as the caller should see it: a node only if an outer trace may want it."""
        return value.value if isinstance(value, Var) and not self.nested else value

    def pull(self, seeds: list[tuple[Any, Any]], last: bool = False) -> dict[Var, Any]:
        """Cotangents of the inputs, from cotangents of outputs.

        The last pull takes the graph apart as it goes: memory that a node leaves is at once there for a
        cotangent.
        """
        bar: dict[Var, Any] = {}
        traced = self.nested or any(isinstance(seed, Var) for _, seed in seeds)
        while seeds:
            y, seed = seeds.pop()
            if isinstance(y, Var):
                bar[y] = bar[y] + seed if y in bar else seed
        if last:
            self.output = y = None
        order = self.order if last else self.order.copy()
        with order[-1]._quiet() if order else nullcontext():
            while order:
                node = order.pop()
                if node.op is not None:
                    node._pull(bar, traced)
        return bar

    def gradient(self, bar: dict[Var, Any]) -> tuple:
        """One tree of derivatives for each chosen argument, zero where the output does not depend on it."""
        owned = own_all({x: bar[x] for x in self.leaves if x in bar})
        return tuple(
            [map_tree(lambda x: owned[x] if x in owned else x._zero(), tree) for tree in self.inputs]
        )

    def push(self, tangents: Sequence) -> Any:
        """The tangent of the output from tangents of the inputs, which have their structure."""
        dot: dict[Var, Any] = {}
        _alike(
            lambda x, t: dot.__setitem__(x, x._seed(t, "jvp")),
            self.inputs,
            tangents,
            "jvp was given tangents that do not match its primals",
        )
        traced = self.nested or any([isinstance(t, Var) for t in dot.values()])
        with self.order[-1]._quiet() if self.order else nullcontext():
            for node in self.order:
                if node.op is not None:
                    node._push(dot, traced)

        def tangent(y: Any) -> Any:
            return 0.0 * y if not isinstance(y, Var) else y._own(dot[y]) if y in dot else y._zero()

        return map_tree(tangent, self.output)


def _alike(function: Callable, tree: Any, other: Any, complaint: str) -> None:
    """Walk two trees together; a ShapeError that begins with the complaint if their structures differ."""
    try:
        map_tree(function, tree, other)
    except ShapeError:
        raise
    except ValueError as cause:
        raise ShapeError(f"{complaint}: {cause}") from None


def _picked(argnums: Any, given: int, asker: str) -> list[int]:
    """The argument numbers asked for, as positions."""
    if argnums.__class__ is int and 0 <= argnums < given:
        return [argnums]
    numbers = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
    for i in numbers:
        if not hasattr(i, "__index__") or isinstance(i, bool) or not -given <= i < given:
            raise InputTypeError(
                f"{asker} was asked for argnums={argnums!r} of a call with {given} positional argument(s); "
                f"give an int, or a tuple of ints, from 0 to {given - 1}"
            )
    return [i % given for i in numbers]


def _as_asked(argnums: Any, results: tuple) -> Any:
    return results if isinstance(argnums, (tuple, list)) else results[0]


def value_and_grad(f: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that returns f's value and its gradient in the arguments `argnums`.

    >>> value_and_grad(lambda x, y: x * x * y)(3.0, 2.0)
    (18.0, 12.0)
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        trace = _Trace(f, args, kwargs, argnums, "grad")
        y = trace.output
        value, seeds = trace.plain(y), []
        if isinstance(y, Var):
            seeds.append((y, y._seed(None, "grad")))
        elif not isinstance(y, (int, float)) and getattr(y, "shape", None) != ():
            raise ShapeError(
                f"grad was asked of a function that returned {y!r}; return one number, or use jacobian or vjp"
            )
        del y
        return value, _as_asked(argnums, trace.gradient(trace.pull(seeds, last=True)))

    return value_and_gradient


def grad(f: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that returns the gradient of f, which has the structure of the argument it is taken in.

    `argnums`: which positional argument, or a tuple of them for a tuple of gradients. f returns a scalar.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: p["w"] * p["x"] + p["b"])({"w": 2.0, "x": 5.0, "b": 1.0})
    {'w': 5.0, 'x': 2.0, 'b': 1.0}
    """
    both = value_and_grad(f, argnums)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def jvp(f: Callable, primals: tuple | list, tangents: tuple | list) -> tuple[Any, Any]:
    """Push tangents forward: (f(*primals), J t), where J is the Jacobian of f at the primals.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise InputTypeError(
            "jvp takes a tuple of primals and a tuple of tangents; for one argument write (x,), (t,)"
        )
    trace = _Trace(f, primals, {}, ALL, "jvp")
    return map_tree(trace.plain, trace.output), trace.push(tangents)


def vjp(f: Callable, *primals: Any) -> tuple[Any, Callable[[Any], tuple]]:
    """Pull cotangents back: (f(*primals), a function from a cotangent of the result to a tuple, one per
    primal).

    >>> y, pull = vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> y, pull(1.0)
    (6.0, (3.0, 2.0))
    """
    trace = _Trace(f, primals, {}, ALL, "vjp")

    def pull(cotangent: Any) -> tuple:
        """One cotangent per primal, from a cotangent with the structure and shapes of the output."""
        seeds: list[tuple[Any, Any]] = []

        def seeded(y: Any, seed: Any) -> None:
            seeds.append((y, y._seed(seed, "vjp") if isinstance(y, Var) else seed))

        _alike(seeded, trace.output, cotangent, "vjp was given a cotangent that does not match its output")
        return trace.gradient(trace.pull(seeds))

    return map_tree(trace.plain, trace.output), pull


def jacobian(f: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that returns the Jacobian [output, input], of shape y.shape + x.shape.

    One sweep pulls all unit cotangents back together. Trees give trees: for each output, one of the inputs.

    >>> jacobian(lambda x: x * x)(3.0)
    6.0
    """

    def jacobian_of_f(*args: Any, **kwargs: Any) -> Any:
        trace = _Trace(f, args, kwargs, argnums, "jacobian")

        def of(y: Any) -> Any:
            bar = trace.pull([(y, y._basis())]) if isinstance(y, Var) else {}
            rows = map_tree(
                lambda x: y._jacobian(bar[x], x) if x in bar else x._zero(_shape(y)), trace.inputs
            )
            return _as_asked(argnums, tuple(rows))

        return map_tree(of, trace.output)

    return jacobian_of_f


def hessian(f: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that returns the Hessian of a scalar f, of shape x.shape + x.shape.

    >>> hessian(lambda x: x**3)(2.0)
    12.0
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Callable, primals: Any, v: Any) -> Any:
    """The Hessian of f times v, by one forward sweep over the graph of the gradient: d/de grad f(x + e v)
    at e = 0.

    Tuples for several arguments, single values for one.

    >>> hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 4.0)
    """
    several = isinstance(primals, tuple)
    if not several:
        primals, v = (primals,), (v,)
    _, product = jvp(grad(f, tuple(range(len(primals)))), primals, v)
    return product if several else product[0]
