"""A traced array: the same node as a scalar's, with shapes to look after.

A cotangent has the shape of its node, behind any number of leading axes: a whole basis of cotangents
travels together, so a Jacobian is one sweep.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import graph
from ..engine.errors import ChainRuleError, DomainError, InputTypeError, ShapeError
from ..engine.graph import Var
from ..engine.modes import _Trace
from ..engine.primitive import ARRAY, COMPLEX, KIND, LISTED, READ, TRACED, Primitive
from .space import space, unbroadcast


class ArrayVar(Var):
    """A traced NumPy array (or NumPy scalar, for results without axes); make one with `Var(array)`.

    >>> x = Var(np.array([1.0, 2.0, 3.0]))
    >>> (x * x).sum().backward()
    >>> x.grad
    array([2., 4., 6.])
    """

    __slots__ = ()
    space = space

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)

    def local_partials(self) -> tuple:
        """One entry per parent: elementwise, the array of local partials; else the Jacobian [output, input]."""
        values = self._reading(False)[2]
        edges = [(i, a) for i, a in enumerate(self.args) if isinstance(a, Var)]
        if self.op is not None and self.op.partials:
            slopes = (self._slope(i, space, self.value, values) for i, _ in edges)
            return tuple(0.0 if d is None else d for d in slopes)
        return tuple(
            self._jacobian(self._share(i, a, self._basis(), space, self.value, values), a) for i, a in edges
        )

    def _slope(self, i: int, m: Any, z: Any, args: tuple) -> Any:
        rule = self.op.partials[i]
        return None if rule is None else rule(m, z, *args)

    def _share(self, i: int, x: Var, g: Any, m: Any, z: Any, values: tuple) -> Any:
        """What the cotangent g of this node gives to its argument x, in place i."""
        row = self.op
        if row.partials:
            d = self._slope(i, m, z, values)
            if d is None:
                return None
            lead = len(m.shape(g)) - self.ndim
            return unbroadcast(m, g if d.__class__ is float and d == 1.0 else g * d, x.shape, lead)
        if row.vjp:
            return row.vjp[i](m, g, z, *values)
        linear = _Trace(lambda t: row.jvp[i](self.traced_space, t, z, *values), (x._zero(),), {}, 0, row.name)
        return linear.gradient(linear.pull([(linear.output, g)]))[0]

    def _pull(self, bar: dict, traced: bool) -> None:
        if self not in bar:
            return
        row, args = self.op, self.args
        values: Any
        if traced:
            m, z, values = self.traced_space, self, args
        else:
            m, z, values = space, self.value, [a.value if isinstance(a, Var) else a for a in args]
        last = len(args) - 1
        while not isinstance(args[last], Var):
            last -= 1
        for i, x in enumerate(args):
            if not isinstance(x, Var):
                continue
            if row.partials:
                if (rule := row.partials[i]) is None:
                    continue
                d = rule(m, z, *values)
                if d.__class__ is float and d == 1.0:
                    share = bar[self]
                else:  # the last edge takes the cotangent from the mapping, and NumPy writes into its memory
                    share = (bar.pop(self) if i == last else bar[self]) * d
                if share.shape != x.value.shape if x.__class__ is ArrayVar else share.shape:
                    share = unbroadcast(m, share, x.shape, share.ndim - self.ndim)
            elif row.vjp:
                share = row.vjp[i](m, bar[self], z, *values)
            else:
                share = self._share(i, x, bar[self], m, z, values)
            bar[x] = bar.pop(x) + share if x in bar else share
        bar.pop(self, None)

    def _push(self, dot: dict, traced: bool) -> None:
        row, args, total = self.op, self.args, None
        values: Any
        if traced:
            m, z, values = self.traced_space, self, args
        else:
            m, z, values = space, self.value, [a.value if isinstance(a, Var) else a for a in args]
        for i, x in enumerate(args):
            if not isinstance(x, Var) or x not in dot:
                continue
            if row.partials:
                if (rule := row.partials[i]) is None:
                    continue
                t = rule(m, z, *values) * dot[x]
            elif row.jvp == LINEAR:
                t = row.forward(m, *values[:i], dot[x], *values[i + 1 :])
            elif row.jvp:
                t = row.jvp[i](m, dot[x], z, *values)
            else:  # the adjoint of the adjoint
                back = _Trace(
                    lambda g: row.vjp[i](self.traced_space, g, z, *values), (self._zero(),), {}, 0, row.name
                )
                t = self._own(back.gradient(back.pull([(back.output, dot[x])]))[0])
            total = t if total is None else total + t
        if total is not None:
            dot[self] = total if total.shape == self.value.shape else m.broadcast_to(total, self.shape)

    def _seed(self, seed: Any, asker: str) -> Any:
        if seed is None:
            if self.size != 1:
                raise ShapeError(
                    f"{asker} was asked of an output of shape {self.shape}, which is not a scalar; "
                    f"reduce it to one number, give a seed of that shape, or use jacobian or vjp"
                )
            return np.ones(self.shape, self.dtype) if self.shape else self.dtype.type(1)
        shape = seed.shape if isinstance(seed, Var) else np.shape(seed)
        if not isinstance(seed, Var) and np.asarray(seed).dtype.kind not in "fiub":
            raise InputTypeError(f"{asker} was given a seed of dtype {np.asarray(seed).dtype}; give real numbers")
        if shape == () and self.size == 1 and not isinstance(seed, Var):
            return np.full(self.shape, seed, self.dtype)[()]
        if shape != self.shape:
            raise ShapeError(
                f"{asker} was given a seed of shape {shape} for a value of shape {self.shape}; "
                f"make the two shapes equal"
            )
        return seed if isinstance(seed, Var) else np.array(seed, self.dtype)[()]

    def _own(self, cotangent: Any) -> Any:
        if cotangent.__class__ is np.ndarray and cotangent.base is None and cotangent.dtype is self.value.dtype:
            return cotangent if cotangent.flags.writeable else cotangent.copy()
        if isinstance(cotangent, Var):
            same = cotangent.__class__ is Var or cotangent.dtype == self.dtype
            return cotangent if same else self.traced_space.astype(cotangent, self.dtype)
        if isinstance(cotangent, (np.ndarray, np.generic)) and cotangent.dtype.kind == "c":
            raise InputTypeError(
                "a derivative came out complex, through a complex constant of the function; use real floats"
            )
        owned = np.array(cotangent, self.value.dtype)
        return owned if owned.ndim else owned[()]

    def _zero(self, lead: tuple[int, ...] = ()) -> Any:
        return np.zeros(lead + self.shape, self.dtype)[()]

    def _basis(self) -> Any:
        return (
            np.eye(self.size, dtype=self.dtype).reshape(self.size, *self.shape)
            if self.shape
            else self._seed(None, "jacobian")
        )

    def _jacobian(self, cotangent: Any, x: Var) -> Any:
        laid_out = self.traced_space.reshape(cotangent, self.shape + x.shape) if self.shape else cotangent
        return x._own(laid_out)

    def __repr__(self) -> str:
        return super().__repr__().replace("\n", "\n    ")

    def _quiet(self) -> Any:
        return np.errstate(all="ignore")

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))


LINEAR = "linear"  # the jvp of a row that is linear in each argument: put the tangent in the argument's place


def kind_of(cls: type) -> int:
    """The bits of a class that the engine does not know."""
    if issubclass(cls, ArrayVar):
        return ARRAY | TRACED
    if issubclass(cls, (list, tuple)):
        return ARRAY | LISTED
    return ARRAY


def _array_leaf(value: Any) -> ArrayVar:
    try:
        array = value if isinstance(value, np.generic) else np.asarray(value)
    except ValueError as cause:
        raise ShapeError(f"an array was asked of rows of different lengths: {cause}; make them equal") from None
    if array.dtype.kind != "f":
        whole = array.dtype.kind in "iub"
        raise InputTypeError(
            f"a derivative was asked with respect to {type(value).__name__} of dtype {array.dtype} and shape "
            f"{array.shape}, which has no small changes that are real numbers; "
            + ("write 3.0 for 3, or use .astype(float)" if whole else "give an array of floats")
        )
    return graph.make(ArrayVar, array, None, ())


def value_on_arrays(row: Primitive, values: Any) -> Any:
    """Evaluate a row on arrays; a failure is told with the row's name and the shapes."""
    try:
        return row.forward(space, *values)
    except (TypeError, ValueError) as cause:
        shapes = " and ".join(
            str(np.shape(v)) for v in values if isinstance(v, (np.ndarray, np.generic, float, list))
        )
        kind: type[ChainRuleError] = DomainError if isinstance(cause, np.linalg.LinAlgError) else ShapeError
        kind = InputTypeError if isinstance(cause, TypeError) else kind
        raise kind(
            f"{row.name} was asked of values of shapes {shapes}, which it cannot do: {cause}; "
            f"change the arguments"
        ) from cause


def _array_node(row: Primitive, args: tuple) -> ArrayVar:
    value = value_on_arrays(row, [a.value if isinstance(a, Var) else a for a in args])
    if value.__class__ is not np.ndarray and not isinstance(value, np.generic):
        value = np.asarray(value)[()]
    return graph.make(ArrayVar, value, row, args)


class Structural(Primitive):
    """A row over arrays that is not elementwise: a node if any argument is traced, whatever the others are."""

    def __call__(self, *args: Any) -> Any:
        for a in args:
            if isinstance(a, Var):
                return _array_node(self, args)
        return value_on_arrays(self, args)


def _read_lists(row: Primitive, args: tuple) -> Any:
    """Lists stand for arrays in an elementwise row; in any other they are parameters."""
    if row.partials is None:
        return Structural.__call__(row, *args)  # type: ignore[arg-type]
    return row(*(ArrayVar.traced_space.array(a) if isinstance(a, (list, tuple)) else a for a in args))


graph.LEAF[ARRAY] = _array_leaf
READ[ARRAY] = READ[ARRAY | COMPLEX] = value_on_arrays
READ[ARRAY | TRACED] = _array_node
READ[ARRAY | LISTED] = READ[ARRAY | TRACED | LISTED] = _read_lists
KIND[ArrayVar] = ARRAY | TRACED
KIND[np.ndarray] = ARRAY
graph.install_operators(ArrayVar, frozenset({np.ndarray, float, int}))
