"""Ask a student's function one question and write its answer down as plain JSON.

This file alone crosses into the sandbox, so it uses the standard library only (NumPy when a question or an
answer needs it), imports nothing of ours, and knows no truth and no tolerance.

    answer(lambda t: 2.0 * t, {"arguments": [1.5]})            # {"answer": 3.0}

A question's arguments are JSON: numbers, strings, lists and null stand for themselves, and
    {"call": "wave", "with": [2.0, 0.5]}          one of the callables of MENU, with its constants
    {"array": [[1.0, 2.0]], "dtype": "float64"}   a NumPy array
    {"bytes": "...", "shape": s, "over": 16}      a large array of small whole numbers in base64, divided or not
    {"tuple": [...]}, {"dict": {...}}             a tuple, a dictionary with text keys
    {"edges": [[i, j, w], ...]}                   a dictionary W with W[(i, j)] = w
    {"graph": [[value, [parents], [slopes]], ...], "read": "grads" | "order"}
                                                  the last of these Nodes, parents by number; the answer is then
                                                  the .grad of every node after the call, or the list that came
                                                  back, nodes by number; and the call is made twice
An answer is {"answer": value} or {"raised": name, "line": n} or {"fault": what}; "changed": [i, ...] lists the
arguments the call altered, and "again" is what the second call on the same graph gave.  A value is a number,
null, or a dictionary with one of these keys
    {"number": x, "dtype": d}              a NumPy scalar, a bool, or "nan", "inf", "-inf"
    {"array": flat, "shape": s, "dtype": d}
    {"items": [...], "type": "list"|"tuple"}, {"entries": {...}}
    {"exotic": what}                       anything that is no number, named from a fixed list
"""

import base64
import builtins
import cmath
import math
import sys
import weakref

LIMIT = 100_000  # numbers in one answer
DEPTH = 6  # lists within lists
LONGEST_KEY = 40


# The menu: callables that tasks hand to the student, of one or two variables, by name and constants.


def _general(name):
    real, imaginary = getattr(math, name), getattr(cmath, name)

    def function(x):
        if isinstance(x, (float, int)):
            return real(x)
        if isinstance(x, complex):
            return imaginary(x)
        import numpy

        return getattr(numpy, name)(x)

    return function


sin, cos, tanh, exp = map(_general, ("sin", "cos", "tanh", "exp"))


def _weave(a, b):
    """x -> A sin(B x), and its Jacobian, for matrices given as lists."""
    import numpy

    a, b = numpy.array(a, float), numpy.array(b, float)
    return lambda x: a @ numpy.sin(b @ x), lambda x: (a * numpy.cos(b @ x)) @ b


def _hills(a, b):
    """x -> a cubic of all entries of an array, in which neighbours are multiplied."""
    import numpy

    def f(x):
        v = numpy.asarray(x, float).ravel()
        return float(((a + numpy.arange(1, v.size + 1) / 10) * v**3).sum() + b * (v[1:] * v[:-1]).sum())

    return f


MENU = {
    # name: (its variables and what it is, for the reader; the callable, given its constants)
    "line": ("t", "{0} t + {1}", lambda a, b: lambda t: a * t + b),
    "bend": ("t", "{0} t^2 + {1} t + {2}", lambda a, b, c: lambda t: a * t * t + b * t + c),
    "wave": ("t", "{0} sin({1} t)", lambda a, b: lambda t: a * sin(b * t)),
    "cowave": ("t", "{0} cos({1} t)", lambda a, b: lambda t: a * cos(b * t)),
    "twist": ("t", "{0} t^3 + {1} sin(t)", lambda a, b: lambda t: a * t**3 + b * sin(t)),
    "twist_slope": ("t", "{0} t^2 + {1} cos(t)", lambda a, b: lambda t: a * t * t + b * cos(t)),
    "twist_bend": ("t", "{0} t - {1} sin(t)", lambda a, b: lambda t: a * t - b * sin(t)),
    "saddle": ("x, y", "{0} x^2 y + {1} sin(y)", lambda a, b: lambda x, y: a * x * x * y + b * sin(y)),
    "saddle_x": ("x, y", "{0} x y", lambda a: lambda x, y: a * x * y),
    "saddle_y": ("x, y", "{0} x^2 + {1} cos(y)", lambda a, b: lambda x, y: a * x * x + b * cos(y)),
    "ripple": (
        "x, y",
        "{0} sin(x y) + {1} x + {2} y^2",
        lambda a, b, c: lambda x, y: a * sin(x * y) + b * x + c * y * y,
    ),
    "ripple_x": ("x, y", "{0} y cos(x y) + {1}", lambda a, b: lambda x, y: a * y * cos(x * y) + b),
    "ripple_y": ("x, y", "{0} x cos(x y) + {1} y", lambda a, b: lambda x, y: a * x * cos(x * y) + b * y),
    "blend": ("x, y", "{0} x + {1} y^2 + {2} x y", lambda a, b, c: lambda x, y: a * x + b * y * y + c * x * y),
    "weave": ("x", "A sin(B x) with A = {0}, B = {1}", lambda a, b: _weave(a, b)[0]),
    "weave_slope": ("x", "A diag(cos(B x)) B with A = {0}, B = {1}", lambda a, b: _weave(a, b)[1]),
    "hills": ("x", "Σ_k ({0} + k/10) x_k³ + {1} x_k x_{{k+1}}", lambda a, b: _hills(a, b)),
    "sway": ("x, y", "{0} x cos(y) + {1} y", lambda a, b: lambda x, y: a * x * cos(y) + b * y),
}


def realise(argument):
    """The Python value that a question's JSON argument stands for; a fresh one at every call."""
    if isinstance(argument, list):
        return [realise(item) for item in argument]
    if not isinstance(argument, dict):
        return argument
    if "call" in argument:
        return MENU[argument["call"]][2](*argument["with"])
    if "bytes" in argument:
        import numpy

        flat = numpy.frombuffer(base64.b64decode(argument["bytes"]), "uint8").reshape(argument["shape"])
        return flat / argument["over"] if "over" in argument else flat.astype("int64")
    if "array" in argument:
        import numpy

        return numpy.array(argument["array"], dtype=argument.get("dtype", "float64"))
    if "tuple" in argument:
        return tuple(realise(item) for item in argument["tuple"])
    if "edges" in argument:
        return {(i, j): slope for i, j, slope in argument["edges"]}
    if "graph" in argument:
        return build(argument["graph"])[-1]
    return {key: realise(item) for key, item in argument["dict"].items()}


class Node:
    """A value in a graph, as the assignment gives it to the students."""

    def __init__(self, value, parents=(), local=()):
        self.value, self.parents, self.local, self.grad = value, list(parents), list(local), 0.0

    def __repr__(self):
        return f"Node(value={self.value}, grad={self.grad})"


_built: weakref.WeakSet = weakref.WeakSet()


def build(rows, kind=Node):
    """The nodes of a graph given as rows [value, parents by number, slopes]."""
    nodes = []
    for value, parents, slopes in rows:
        nodes.append(kind(value, [nodes[p] for p in parents], slopes))
    return nodes


def _nodes(rows, function):
    """The nodes of a graph, of the notebook's own class Node if it has one of the same form, for isinstance."""
    try:
        nodes = build(rows, function.__globals__["Node"])
        wanted = [[value, [nodes[p] for p in parents], slopes, 0.0] for value, parents, slopes in rows]
        if _rows(nodes) == wanted:
            return nodes
    except Exception:
        pass
    return build(rows)


def _rows(nodes):
    return [[node.value, [*node.parents], [*node.local], node.grad] for node in nodes]


def _grads(nodes, start, result):
    """The gradients that the call has left in the nodes."""
    if all(node.grad is grad for node, grad in zip(nodes, start)):
        return {"exotic": "untouched" if result is None else "not stored"}
    return encode([node.grad for node in nodes])


def _order(nodes, start, result):
    """A list of nodes by number."""
    if type(result) not in (list, tuple) or len(result) > LIMIT:
        return encode(result)
    place = {id(node): k for k, node in enumerate(nodes)}

    def number(item):
        if id(item) in place:
            return place[id(item)]
        return {"exotic": "old node" if type(item) in (Node, type(nodes[0])) and item in _built else "no node"}

    return {"items": [number(item) for item in result], "type": "list"}


def _count(shape):
    return math.prod(shape) if shape else 1


class _TooLarge(Exception):
    pass


def _encode(value, room, depth=0):
    """One value as JSON; `room` is a one-item list that counts down the numbers still allowed.

    Types are compared with `is`, never asked of the value, and no method of an unknown type is called: an
    object may lie about its class, its equality and its length.
    """
    room[0] -= 1
    if room[0] < 0:
        raise _TooLarge
    kind = type(value)
    if value is None:
        return None
    if kind is bool:
        return {"number": int(value), "dtype": "bool"}
    if kind is int:
        return value if -(2**53) <= value <= 2**53 else {"number": _float(value), "dtype": "int"}
    if kind is float:
        return value if math.isfinite(value) else {"number": _float(value), "dtype": "float64"}
    if kind is list or kind is tuple:
        if depth >= DEPTH:
            return {"exotic": "nested too deeply"}
        return {"items": [_encode(item, room, depth + 1) for item in value], "type": kind.__name__}
    if kind is dict:
        if depth >= DEPTH or any(type(key) is not str or len(key) > LONGEST_KEY for key in value):
            return {"exotic": "dict"}
        return {"entries": {key: _encode(item, room, depth + 1) for key, item in value.items()}}
    if kind in (complex, str, bytes, set, frozenset, range):
        return {"exotic": kind.__name__}
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if kind is numpy.ndarray:
            return _encode_array(value, room)
        if kind in numpy.sctypeDict.values():
            if issubclass(kind, (numpy.integer, numpy.floating, numpy.bool_)):
                return {"number": _float(value), "dtype": value.dtype.name}
            return {"exotic": "complex" if issubclass(kind, numpy.complexfloating) else "object"}
        if issubclass(kind, numpy.ndarray):
            return {"exotic": "ndarray subclass"}
    if issubclass(kind, (int, float)):
        return {"exotic": "number subclass"}
    names = {"generator": "generator", "function": "function", "builtin_function_or_method": "function"}
    if kind.__module__ == "fractions" and kind is getattr(sys.modules.get("fractions"), "Fraction", None):
        return {"number": _float(value), "dtype": "Fraction"}
    if kind.__module__ == "decimal" and kind is getattr(sys.modules.get("decimal"), "Decimal", None):
        return {"number": _float(value), "dtype": "Decimal"}
    return {"exotic": names.get(kind.__name__, "object")}


def _float(value):
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    return number if math.isfinite(number) else str(number)


def _encode_array(value, room):
    shape = list(value.shape)
    if _count(shape) > room[0]:
        raise _TooLarge
    room[0] -= _count(shape)
    if value.dtype.kind not in "biuf":
        return {
            "exotic": {"O": "object array", "c": "complex array"}.get(value.dtype.kind, "array of no numbers")
        }
    flat = [
        number if math.isfinite(number) else str(number) for number in value.astype("float64").ravel().tolist()
    ]
    return {"array": flat, "shape": shape, "dtype": value.dtype.name}


def encode(value):
    """A value as JSON within the limits: never more than LIMIT numbers, never deeper than DEPTH lists."""
    try:
        return _encode(value, [LIMIT])
    except _TooLarge:
        return {"exotic": "too large"}


_EXCEPTIONS = {
    kind: name for name, kind in vars(builtins).items() if type(kind) is type and issubclass(kind, Exception)
}


def _raised(error, function):
    """The name of a built-in exception and the line of the student's function that it came from, never its
    message."""
    named = next((_EXCEPTIONS[kind] for kind in type(error).__mro__ if kind in _EXCEPTIONS), "Exception")
    code, line, step = getattr(function, "__code__", None), None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is code:
            line = step.tb_lineno - code.co_firstlineno + 1
        step = step.tb_next
    return {"raised": named} if line is None else {"raised": named, "line": line}


def _called(function, arguments, describe):
    """One call, its result described or its exception named."""
    try:
        return {"answer": describe(function(*arguments))}
    except (SystemExit, GeneratorExit):
        return {"fault": "exit"}
    except KeyboardInterrupt:
        return {"fault": "interrupted"}
    except BaseException as error:  # noqa: B036  student code may raise anything
        return _raised(error, function)


def _state(argument):
    """An argument as JSON, to be compared before and after the call."""
    if type(argument) is dict and any(type(key) is tuple for key in argument):
        return [[repr(key), encode(value)] for key, value in argument.items()]
    return encode(argument)


def _on_graph(function, argument):
    """Two calls on one graph, read as the argument says."""
    nodes = _nodes(argument["graph"], function)
    root, before, start = nodes[-1], [row[:3] for row in _rows(nodes)], [node.grad for node in nodes]
    describe = {"grads": _grads, "order": _order}[argument["read"]]

    def described(result):
        return describe(nodes, start, result)

    result = _called(function, [root], described)
    try:
        changed = [row[:3] for row in _rows(nodes)] != before
        if "answer" in result and not changed:
            result["again"] = _called(function, [root], described)
            changed = [row[:3] for row in _rows(nodes)] != before
    except Exception:
        changed = True
    _built.update(nodes)
    return {**result, "changed": [0]} if changed else result


def answer(function, question):
    """The student's answer to one question as a JSON-able dictionary; never raises."""
    try:
        if not callable(function):
            return {"fault": "not a function"}
        for argument in question["arguments"]:
            if type(argument) is dict and "graph" in argument:
                return _on_graph(function, argument)
        arguments = [realise(argument) for argument in question["arguments"]]
        before = [_state(argument) for argument in arguments]
        result = _called(function, arguments, encode)
        changed = [i for i, argument in enumerate(arguments) if _state(argument) != before[i]]
        return {**result, "changed": changed} if changed else result
    except BaseException:  # noqa: B036  an answer that breaks its own description is no answer
        return {"fault": "unreadable"}
