"""Read one untrusted answer: a plain sentence for everything that is not the numbers asked for.

What comes in is JSON that may have been forged, so it is checked, sizes first; nothing of it is ever executed
or shown except numbers and names from fixed lists.
"""

from __future__ import annotations

import builtins
import math
from dataclasses import dataclass, field
from typing import Any

from .answering import DEPTH, LIMIT
from .task import Task

LOOSE = {"float32", "float16"}
DTYPES = LOOSE | {"float64", "longdouble", "float128", "int", "bool", "Fraction", "Decimal"}
INTEGERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
DTYPES |= {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}

SPARE, SPARE_EACH = 1000, 50  # how many numbers an answer may have besides those asked for: a missing sum stays readable

FAULTS = {
    "timeout": "Your function did not finish in the time allowed: look for a loop that never ends.",
    "died": "Your function ended the process it ran in, so nothing came back.",
    "memory": "Your function asked for more memory than is allowed.",
    "protocol": "What came back was not a readable answer.",
    "missing": "There is no function named {function} here: keep the name and write your code inside it.",
    "not a function": "{function} is not a function: define it with `def {signature}:`.",
    "exit": "Your function called exit(): end it with `return`.",
    "interrupted": "Your function was interrupted before it answered.",
    "unreadable": "Your function returned an object that cannot be written down as numbers.",
}
EXOTIC = {
    "complex": "a complex number; return its real part if that is the derivative",
    "complex array": "an array of complex numbers; return the real part if that is the derivative",
    "object array": "an array of Python objects (dtype object); make it an array of floats",
    "array of no numbers": "an array that holds no numbers",
    "ndarray subclass": "a special kind of array (a subclass of ndarray); return a plain array or number",
    "number subclass": "a special kind of number (a class of its own); return a plain float",
    "generator": "a generator, which has not computed anything yet; return the number itself",
    "function": "a function; call it and return the number",
    "str": "text; return the number itself",
    "bytes": "bytes; return the number itself",
    "set": "a set, which has no order; return a number or a tuple",
    "frozenset": "a set, which has no order; return a number or a tuple",
    "range": "a range; return a number or a tuple",
    "dict": "a dictionary whose keys are not all short texts",
    "too large": "far more numbers than were asked for",
    "nested too deeply": "lists nested too deeply",
    "object": "an object that is neither a number nor an array",
    "untouched": "not there yet",
    "not stored": "returned, and every .grad is still 0.0; set node.grad of every node of the graph",
    "no node": "no Node of this graph",
    "old node": "a Node of an earlier graph: something was kept from one call to the next",
}
RAISED = {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
}


@dataclass
class Reading:
    """One answer as read: `blocks` by leaf name when the numbers have the right shape, else a `problem` in a
    sentence.

    `kind`: "value", "empty" (no answer yet), "fault", "raised", "exotic", "shape" or "number" (nan or inf).
    """

    kind: str
    blocks: dict[str, Any] = field(default_factory=dict)
    loose: frozenset = frozenset()  # the blocks whose numbers are of float32 or float16
    problem: str = ""
    changed: list[int] = field(default_factory=list)
    found: dict[str, tuple] = field(default_factory=dict)  # by leaf: shape and numbers, of any shape
    whole: frozenset = frozenset()  # the blocks whose numbers are of an integer type
    stale: bool = False  # something of an earlier call is in it
    failing: dict[str, str] | None = None  # by block, where behaviour is judged: what is wrong, in a sentence
    fingerprint: tuple[float, ...] = ()  # numbers that the same question must give again
    seen: set = field(default_factory=set)  # names of slips that the answer shows by itself


class _Unreadable(Exception):
    pass


class _TooMany(Exception):
    """More numbers than are worth looking at."""


@dataclass
class _Value:
    """A validated value: a number ("number"), a nested list with its shape ("array"), "items", "entries",
    "none", "exotic"."""

    kind: str
    content: Any = None
    shape: tuple = ()
    loose: bool = False
    whole: bool = False  # of an integer type


def _number(value: Any) -> float:
    if value in ("nan", "inf", "-inf") and type(value) is str:
        return float(value)
    if type(value) not in (int, float):
        raise _Unreadable
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _value(value: Any, room: list[int], depth: int = 0) -> _Value:
    room[0] -= 1
    if room[0] < 0:
        raise _TooMany
    if depth > DEPTH + 1:
        raise _Unreadable
    if value is None:
        return _Value("none")
    if type(value) in (int, float):
        return _Value("number", _number(value))
    if type(value) is not dict:
        raise _Unreadable
    dtype = value.get("dtype", "float64")
    loose = type(dtype) is str and dtype in LOOSE
    if "exotic" in value:
        return _Value("exotic", value["exotic"] if value["exotic"] in list(EXOTIC) else "object")
    if "number" in value:
        if dtype not in list(DTYPES):
            raise _Unreadable
        return _Value("number", _number(value["number"]), loose=loose)
    if "array" in value:
        flat, shape = value["array"], value.get("shape")
        if (
            type(flat) is not list
            or type(shape) is not list
            or not all(type(n) is int and n >= 0 for n in shape)
        ):
            raise _Unreadable
        if len(shape) > 32 or len(flat) != math.prod(shape):
            raise _Unreadable
        if len(flat) > room[0]:
            raise _TooMany
        room[0] -= len(flat)
        whole = type(dtype) is str and dtype in INTEGERS
        return _Value("array", [_number(item) for item in flat], tuple(shape), loose, whole)
    if "items" in value and type(value["items"]) is list:
        if len(value["items"]) > room[0]:
            raise _TooMany
        return _Value("items", [_value(item, room, depth + 1) for item in value["items"]])
    if "entries" in value and type(value["entries"]) is dict:
        if not all(type(key) is str and len(key) <= 40 for key in value["entries"]):
            raise _Unreadable
        return _Value("entries", {key: _value(item, room, depth + 1) for key, item in value["entries"].items()})
    raise _Unreadable


class _Misfit(Exception):
    """An answer of the wrong form; the message is the sentence for the student."""

    def __init__(self, kind: str, sentence: str):
        super().__init__(sentence)
        self.kind = kind


def _shape(value: _Value) -> tuple | None:
    """The shape of a number, an array, or nested lists of equal lengths; None for ragged lists and for no
    numbers."""
    if value.kind in ("number", "array"):
        return value.shape
    if value.kind == "items":
        inside = {_shape(item) for item in value.content} or {()}
        shape = inside.pop()
        if not inside and shape is not None:
            return (len(value.content), *shape)
    return None


def _flat(value: _Value) -> tuple[list[float], bool]:
    """All numbers of a value of known shape, in order, and whether any of them is of low precision."""
    if value.kind == "number":
        return [value.content], value.loose
    if value.kind == "array":
        return value.content, value.loose
    parts = [_flat(item) for item in value.content]
    return [number for numbers, _ in parts for number in numbers], any(loose for _, loose in parts)


def _asked(shape: tuple) -> str:
    return "one number" if shape == () else f"an array of shape {shape}"


def _reject(value: _Value, where: str) -> None:
    """Raise the sentence for a value that is no number, array, tuple or dictionary at all."""
    if value.kind == "none":
        raise _Misfit("exotic", f"{where} is None where a number is asked.")
    if value.kind == "exotic":
        raise _Misfit("exotic", f"{where} is {EXOTIC[value.content]}.")


def _block(value: _Value, shape: tuple, where: str) -> tuple[Any, bool]:
    _reject(value, where)
    for item in value.content if value.kind == "items" else []:
        _reject(item, f"{where} is a list, and an item of it")
    found = _shape(value)
    if found != shape:
        what = (
            "a dictionary" if value.kind == "entries" else "a list of unequal parts" if found is None else None
        )
        what = what or ("one number" if found == () else f"an array or list of shape {found}")
        raise _Misfit("shape", f"{where} is {what} where {_asked(shape)} is asked.")
    numbers, loose = _flat(value)
    bad = next((number for number in numbers if not math.isfinite(number)), None)
    if bad is not None:
        raise _Misfit(
            "number",
            f"{where} contains {bad}: look for 0/0, an overflow, or the log of a negative number."
            if shape
            else f"{where} is {bad}: look for 0/0, an overflow, or the log of a negative number.",
        )
    return (numbers[0] if shape == () else numbers), loose


def _parts(value: _Value, task: Task) -> list[_Value]:
    """The answer split into the task's blocks."""
    if task.output == "number":
        return [value]
    keys, count = [block.wrt for block in task.blocks], len(task.blocks)
    if task.output == "dict":
        if value.kind != "entries":
            raise _Misfit("shape", f"Your answer is no dictionary; return one with the keys {', '.join(keys)}.")
        lacking = [key for key in keys if key not in value.content]
        if lacking:
            raise _Misfit(
                "shape", f"Your dictionary has no key {lacking[0]!r}; the keys asked are {', '.join(keys)}."
            )
        return [value.content[key] for key in keys]
    names = ", ".join(block.name for block in task.blocks)
    if value.kind == "items" and len(value.content) == count:
        return value.content
    if value.kind == "array" and value.shape[:1] == (count,) and len(value.shape) >= 1:
        step = len(value.content) // count
        rest = value.shape[1:]
        pieces = [value.content[i * step : (i + 1) * step] for i in range(count)]
        return [_Value("array", piece, rest, value.loose) for piece in pieces]
    found = {
        "number": "one number",
        "entries": "a dictionary",
        "items": f"{len(value.content or [])} values" if value.kind == "items" else "",
    }.get(value.kind, f"an array of shape {value.shape}")
    raise _Misfit("shape", f"Your answer is {found} where {count} are asked: return the tuple ({names}).")


def read(record: Any, task: Task, shapes: dict[str, tuple]) -> Reading:
    """Read one answer record; `shapes` gives the shape of every block."""
    words = {"function": task.function, "signature": task.signature}
    if type(record) is not dict:
        return Reading("fault", problem=FAULTS["protocol"])
    if "fault" in record:
        fault = record["fault"] if type(record["fault"]) is str else "protocol"
        return Reading("fault", problem=FAULTS.get(fault, FAULTS["protocol"]).format(**words))
    if "raised" in record:
        kind = record["raised"] if type(record["raised"]) is str and record["raised"] in RAISED else "Exception"
        line = record.get("line")
        place = f" at line {line} of the function" if type(line) is int and 0 < line < 10_000 else ""
        if kind == "NotImplementedError":
            return Reading("empty", problem="No answer yet: the function still raises NotImplementedError.")
        if kind == "RecursionError":
            return Reading("raised", problem=f"Your function calls itself without end (RecursionError){place}.")
        return Reading("raised", problem=f"Your function raised {kind}{place}.")
    if "answer" not in record:
        return Reading("fault", problem=FAULTS["protocol"])
    changed = record.get("changed", [])
    changed = (
        [i for i in changed if type(i) is int and 0 <= i < len(task.parameters)]
        if type(changed) is list
        else []
    )
    found: dict[str, tuple] = {}
    try:
        asked = sum(math.prod(shape) for shape in shapes.values())
        value = _value(record["answer"], [min(2 * LIMIT, SPARE + SPARE_EACH * asked)])
        if value.kind == "none":
            return Reading("empty", problem="No answer yet: the function returned None.", changed=changed)
        if value.content == "untouched":
            return Reading("empty", problem="No answer yet: every .grad is as it was.", changed=changed)
        _reject(value, "Your answer")
        blocks, loose = {}, set()
        parts = _parts(value, task)
        whole = frozenset(block.wrt for block, part in zip(task.blocks, parts) if part.whole)
        found = {
            block.wrt: (shape, _flat(part)[0])
            for block, part in zip(task.blocks, parts)
            if (shape := _shape(part)) is not None
        }
        for block, part in zip(task.blocks, parts):
            where = "Your answer" if len(task.blocks) == 1 else f"Your {block.name}"
            blocks[block.wrt], low = _block(part, shapes[block.wrt], where)
            loose |= {block.wrt} if low else set()
    except _Misfit as misfit:
        stale = EXOTIC["old node"] in str(misfit)
        return Reading(misfit.kind, problem=str(misfit), changed=changed, found=found, stale=stale)
    except _TooMany:
        return Reading("exotic", problem=f"Your answer is {EXOTIC['too large']}.", changed=changed)
    except (_Unreadable, RecursionError):
        return Reading("fault", problem=FAULTS["protocol"])
    return Reading("value", blocks, frozenset(loose), changed=changed, found=found, whole=whole)
