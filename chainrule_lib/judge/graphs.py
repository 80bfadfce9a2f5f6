"""The reference: what the engine records and derives when a task's forward function runs on one probe's
arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import engine
from .answering import build, realise
from .task import Task


LETTERS = {"th": "θ"}  # a parameter's name in code and the letter of the lesson


def letter(parameter: str) -> str:
    """The letter of the lesson for a parameter."""
    return LETTERS.get(parameter, parameter)


def name(text: str, node: engine.Var) -> engine.Var:
    """The node itself, named: the names are the letters of the lesson, and what the diagnosis speaks of."""
    if isinstance(node, engine.Var):
        node.name = text
    return node


def given(text: str, forward: Callable, *slopes: Callable) -> Callable:
    """A callable handed to the student as a primitive whose local partials are the handed slopes, whatever they
    are."""
    partials = tuple(lambda m, z, *args, slope=slope: slope(*args) for slope in slopes)
    return engine.primitive(text, lambda m, *args: forward(*args), partials=partials)


def given_map(text: str, forward: Callable, jacobian: Callable) -> Callable:
    """A callable between vectors as a primitive whose local Jacobian is the handed one, whatever it is."""
    return engine.primitive(text, lambda m, x: forward(x), vjp=(lambda m, g, z, x: m.matmul(g, jacobian(x)),))


_upstream = engine.primitive(
    "upstream", lambda m, g, y: m.sum(g * y), vjp=(lambda m, c, z, g, y: c * y, lambda m, c, z, g, y: c * g)
)


def upstream(g: Any, y: engine.Var) -> engine.Var:
    """A loss L of which nothing is known but G = dL/dy: the sum of G * y."""
    return _upstream(g, y)


def hidden(text: str, value: Any) -> engine.Var:
    """A leaf that is no argument of the student's function: the variable that its derivatives are taken in."""
    return engine.Var(value, text)


def letters(count: int) -> list[str]:
    """Names for the nodes of a graph, the root's last."""
    return [*"abcdefghijklmnopqrstuvwxy"[: count - 1], "z"]


def recorded(nodes: list) -> list[engine.Var]:
    """Nodes of a4, parents first, as nodes of the engine: each a primitive whose slopes are the given ones."""
    made: dict[Any, engine.Var] = {}
    for node, text in zip(nodes, letters(len(nodes))):
        value, slopes = float(node.value), [lambda m, z, *args, slope=slope: slope for slope in node.local]
        row = engine.primitive(text, lambda m, *args, value=value: value, partials=tuple(slopes))
        made[node] = row(*(made[p] for p in node.parents)) if node.parents else engine.Var(value)
        made[node].name = text
    return list(made.values())


def handed(arguments: list) -> list:
    """The realised arguments; a graph as the list of its nodes, its root last."""
    return [build(a["graph"]) if isinstance(a, dict) and "graph" in a else realise(a) for a in arguments]


def trace(
    task: Task, arguments: list, forward: Callable | None = None, also: str = ""
) -> tuple[Any, dict[str, engine.Var]]:
    """Run a task's forward function (or another one) on JSON arguments: its output node and the leaves by name.

    The leaves are the parameters that the blocks differentiate in, the one called `also`, and hidden ones.
    """
    wanted = {block.wrt for block in task.blocks} | {also}
    leaves = {}
    taken = handed(arguments)
    for i, parameter in enumerate(task.parameters):
        if parameter in wanted and not isinstance(taken[i], list):
            value = taken[i] * 1.0 if hasattr(taken[i], "dtype") else float(taken[i])  # of whole numbers too
            taken[i] = leaves[parameter] = engine.Var(value, letter(parameter))
        elif isinstance(taken[i], dict):
            inside = {key: engine.Var(value, key) for key, value in taken[i].items() if key in wanted}
            leaves |= inside
            taken[i] = taken[i] | inside
    output = (forward or task.forward)(*taken)
    if wanted - leaves.keys() - {""}:
        leaves |= {
            node.name: node
            for node in engine.topological_order(output)
            if node.op is None and node.name in wanted
        }
    return output, leaves


def truth(task: Task, arguments: list, forward: Callable | None = None) -> dict[str, Any]:
    """The right answer by block (keyed by its leaf): what the engine derives from the forward function."""
    if task.derive:
        return task.derive(task, arguments)
    if task.jacobian:
        values, (block,) = [realise(argument) for argument in arguments], task.blocks
        at = task.parameters.index(block.wrt)

        def of_leaf(leaf: Any) -> Any:
            return (forward or task.forward)(*values[:at], leaf, *values[at + 1 :])

        return {block.wrt: engine.jacobian(of_leaf)(values[at])}
    output, leaves = trace(task, arguments, forward)
    cotangents = engine.sweep(output)
    found = {block.wrt: _plain(cotangents.get(leaves[block.wrt], 0.0)) for block in task.blocks}
    return task.finish([realise(argument) for argument in arguments], found) if task.finish else found


def _plain(value: Any) -> Any:
    """A scalar derivative as a float, an array as it is."""
    return value if getattr(value, "shape", ()) else float(value)
