"""Facts about a student's function that its text shows: they break ties and add remarks, and never make a name."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from functools import cached_property

ENGINES = {"cr", "cnp", "chainrule_lib", "autograd", "jax", "torch", "tensorflow"}
LONGEST = 50_000  # characters; a longer text is not read


class Facts:
    """What the text shows, looked for when it is asked for; all False when there is no readable text."""

    def __init__(self, nodes: Sequence[ast.AST] = (), body: ast.FunctionDef | None = None):
        self._nodes, self._body = nodes, body  # all of the text, and the function or None

    @property
    def readable(self) -> bool:
        return self._body is not None

    @cached_property
    def stub(self) -> bool:
        """Nothing but a docstring, pass, ..., or raise NotImplementedError."""
        return self._body is not None and _stub(self._body)

    @cached_property
    def straight(self) -> bool:
        """No loop, no inner function, no assignment to an entry."""
        return self._body is not None and _straight(self._body)

    @cached_property
    def overwrites(self) -> bool:
        """A name or an entry is assigned a second time without being used in its new value."""
        return self._body is not None and _overwrites(self._body)

    @cached_property
    def differences(self) -> bool:
        """A difference of two values of one function at shifted arguments."""
        return any(map(_difference, self._nodes))

    @cached_property
    def engine(self) -> bool:
        """A derivative asked of an engine."""
        return any(_engine(node, self._nodes[0]) for node in self._nodes)


def facts(source: str | None, function: str) -> Facts:
    """Read the text of a function, or of a file that defines it."""
    if not source or len(source) > LONGEST:
        return Facts()
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Facts()
    nodes = every_node(tree)
    found = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.name == function]
    found = found or [node for node in tree.body if isinstance(node, ast.FunctionDef)][:1]
    return Facts(nodes, found[-1]) if found else Facts()


def every_node(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, nearest first, as ast.walk gives them in twice the time; contexts are left out."""
    found = [node]
    for one in found:
        for field in one._fields:
            value = getattr(one, field, None)
            if type(value) is list:
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return found


def _straight(function: ast.FunctionDef) -> bool:
    loops = (ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.comprehension)
    return not any(
        isinstance(node, loops) or isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        for node in every_node(function)[1:]
    )


def _stub(function: ast.FunctionDef) -> bool:
    def empty(statement):
        if isinstance(statement, ast.Expr):
            return isinstance(statement.value, ast.Constant)
        if isinstance(statement, ast.Raise):
            return "NotImplementedError" in ast.dump(statement)
        return isinstance(statement, ast.Pass)

    return all(map(empty, function.body))


def _names(node: ast.AST) -> set[str]:
    return {item.id for item in every_node(node) if isinstance(item, ast.Name)}


def _overwrites(function: ast.FunctionDef) -> bool:
    """Is a name assigned twice, the second time without using it, and not read in between? Loops count twice."""
    seen: dict[str, bool] = {}  # target -> read since it was last assigned
    for statement in function.body:
        repeated = isinstance(statement, (ast.For, ast.While))
        assigned = [(node.targets, _names(node.value)) for node in every_node(statement) if isinstance(node, ast.Assign)]
        for _ in range(2 if repeated else 1):
            for targets, used in assigned:
                seen = {name: read or name in used for name, read in seen.items()}
                for target in targets:
                    key = target.id if isinstance(target, ast.Name) else ast.unparse(target)
                    if seen.get(key) is False and key not in used:
                        return True
                    seen[key] = False
    return False


def _difference(node: ast.AST) -> bool:
    """f(x + h) - f(x - h), or f(x + h) - f(x): a difference of two calls of one function."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
        return False
    left, right = node.left, node.right
    if not (isinstance(left, ast.Call) and isinstance(right, ast.Call)):
        return False
    if ast.dump(left.func) != ast.dump(right.func) or len(left.args) != len(right.args):
        return False
    shifted = [a for a, b in zip(left.args, right.args) if ast.dump(a) != ast.dump(b)]
    return any(isinstance(a, ast.BinOp) and isinstance(a.op, (ast.Add, ast.Sub)) for a in shifted)


def _engine(node: ast.AST, tree: ast.AST) -> bool:
    """A derivative asked of a library: cr.grad(f), or z.backward() in a text that names one."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    asked_in = tree if node.func.attr == "backward" else node.func
    wanted = {"backward", "grad", "jvp", "vjp", "jacobian", "jacrev", "value_and_grad"}
    return node.func.attr in wanted and bool(_names(asked_in) & ENGINES)
