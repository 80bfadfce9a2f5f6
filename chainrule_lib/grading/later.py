"""What a notebook's other cells could change of a function after its check cell.

A function must answer as it was at its check cell.  Where nothing that it uses can change any more, the end of the
notebook will do, and one snapshot serves all such functions; else a snapshot is forked there (9 ms, a third of a
light notebook).  In doubt it is forked.
"""

from __future__ import annotations

import ast
import functools

from chainrule_lib.judge.source import every_node

LONGEST = 50_000  # characters of a cell that are read
SLY = frozenset(
    "exec eval compile globals locals vars setattr delattr reload get_ipython __import__ __dict__ __globals__ __code__ "
    "__builtins__ __setattr__ builtins modules".split()
)


def changes(cells: list[str], after: int) -> list[str] | None:
    """The names, of variables and attributes, that may be bound anew once cell `after` has run; None: any."""
    found: set[str] = set()
    for place, text in enumerate(cells):
        told = _bindings(text)
        if told is None:
            return None
        at_once, called = told
        found |= called if place <= after else called | at_once
    return sorted(found)


@functools.lru_cache(512)
def _bindings(text: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The names that a cell binds, and those that its functions may bind whenever they are called."""
    if len(text) > LONGEST:
        return None
    try:
        nodes = every_node(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    bound: set[str] = set()
    called: set[str] = set()
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=context):
                if name in SLY:
                    return None
                if not isinstance(context, ast.Load):
                    bound.add(name)
            case ast.Attribute(attr=name, ctx=context):
                if name in SLY:
                    return None
                if not isinstance(context, ast.Load):
                    called.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Global(names=names):
                called.update(names)
            case ast.alias(name=name, asname=other):
                if name == "*" or name.partition(".")[0] in SLY:
                    return None
                bound.add(other or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
    return frozenset(bound), frozenset(called)
