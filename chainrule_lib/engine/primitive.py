"""A primitive is one row: how to compute a value, and one local partial for each argument.

A rule is written over a namespace `m` that holds sin, exp, where ...; so one row has many readings. With m
= `real` it gives a number; with m = NumPy, arrays; with m = the table itself, a graph that can be
differentiated again; with a namespace of LaTeX strings, a formula. Which reading applies is decided by two
bits, one asking "is an argument traced?" and one "is an argument an array?", and looked up in `READ`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from . import complexes, real
from .errors import DomainError, InputTypeError

TRACED, ARRAY, COMPLEX, LISTED = 1, 2, 4, 8
PROVIDER = "chainrule_lib.numpy"  # loaded when the first value arrives that only it knows


def provider(wanted: str) -> Any:
    """The room of arrays; scalar work never asks for it."""
    try:
        return import_module(PROVIDER)
    except ImportError as cause:
        raise InputTypeError(
            f"{wanted} was given, which takes NumPy, and that is not here; use floats"
        ) from cause


class Kinds(dict):
    """The bits of each class of argument, found once per class."""

    def __missing__(self, cls: type) -> int:
        if issubclass(cls, (float, int)):
            self[cls] = 0
        elif issubclass(cls, complex):
            self[cls] = COMPLEX
        else:
            self[cls] = provider(f"a value of type {cls.__name__}").kind_of(cls)
        return self[cls]


class Readings(dict):
    """The reader for each set of bits; a provider adds its own when it is loaded."""

    def __missing__(self, bits: int) -> Callable[[Primitive, tuple], Any]:
        provider("a primitive over arrays")
        return dict.__getitem__(self, bits)


KIND, READ = Kinds(), Readings()


class Primitive:
    """One row of the table, callable on numbers, arrays and traced values alike.

    `partials[i](m, z, *args)` is the local partial dz/d(args[i]), elementwise. A rule for arrays that is
    not elementwise has `vjp[i](m, g, z, *args)`, which pulls the cotangent g of z back to args[i], and
    `jvp[i](m, t, z, *args)`, which pushes the tangent t of args[i] forward. None in any of the tuples: the
    result does not vary with that argument.
    """

    def __init__(self, name, forward, partials=None, jvp=None, vjp=None, bits=0):
        self.name, self.forward, self.partials, self.jvp, self.vjp, self.bits = (
            name,
            forward,
            partials,
            jvp,
            vjp,
            bits,
        )
        self.__doc__ = f"The primitive {name}, on floats, arrays and traced values."

    def __call__(self, *args: Any) -> Any:
        bits = self.bits
        for a in args:
            bits |= KIND[a.__class__]
        return READ[bits](self, args)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


def value_of(row: Primitive, values: tuple) -> Any:
    """Evaluate a row on floats; outside its domain that is an error with the row's name and the numbers in
    it."""
    try:
        value = row.forward(real, *values)
    except (ValueError, ZeroDivisionError) as cause:
        given = ", ".join(map(repr, values))
        raise DomainError(
            f"{row.name}({given}) was asked for, which is outside the domain of {row.name}; "
            f"change the argument, or guard it with where(...)"
        ) from cause
    except TypeError as cause:
        raise InputTypeError(
            f"{row.name} was given {', '.join(map(repr, values))}: {cause}; give it numbers"
        ) from cause
    return value


def _complex_traced(row, args):
    raise InputTypeError(
        f"{row.name} was given a complex number together with a traced value; use real floats"
    )


READ[0] = value_of
READ[COMPLEX] = lambda row, args: row.forward(complexes, *args)
READ[COMPLEX | TRACED] = READ[COMPLEX | TRACED | ARRAY] = _complex_traced


def primitive(
    name: str,
    forward: Callable[..., Any],
    *,
    partials: Callable | tuple | None = None,
    jvp: Callable | tuple | None = None,
    vjp: Callable | tuple | None = None,
) -> Primitive:
    """A primitive of your own, equal in every respect to those of the table.

    `forward(m, *args)` computes the value; give either `partials`, one `(m, z, *args)` for each argument
    (elementwise rules), or `vjp` and/or `jvp`, one `(m, g, z, *args)` for each argument. A single function
    stands for a tuple of one. Write the rules with the functions of `m`, and they can be differentiated
    again.

    >>> import chainrule_lib as cr
    >>> cube = cr.primitive("cube", lambda m, x: x * x * x, partials=(lambda m, z, x: 3 * x * x,))
    >>> cr.grad(cube)(2.0), cr.grad(cr.grad(cube))(2.0)
    (12.0, 12.0)
    """
    if partials is None and jvp is None and vjp is None:
        raise InputTypeError(f"primitive {name!r} was given no rule; give partials=, or vjp= and jvp=")
    partials, jvp, vjp = (
        rules if rules is None or isinstance(rules, tuple) else (rules,) for rules in (partials, jvp, vjp)
    )
    return Primitive(name, forward, partials, jvp, vjp, 0 if partials is not None else ARRAY)
