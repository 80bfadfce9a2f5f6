"""The graph is data: a node keeps its value, the row that made it, and that row's arguments.

Nodes are numbered as they are made, and an argument is always older than what is computed from it, so the
numbers are a topological order for nothing. A sweep collects what it can reach, sorts by number, and passes
derivatives along the edges: cotangents from the output down (`sweep`), tangents from the inputs up
(`push`). No node is changed by a sweep, nothing recurses, and nothing points from a parent to its children,
so a graph is freed as soon as it is let go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from itertools import count
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from . import real, table
from .errors import CycleError, InputTypeError, ShapeError
from .primitive import ARRAY, KIND, READ, TRACED, Primitive, provider, value_of

NONE, MANY = "no second argument", "all arguments, in x"
_new = object.__new__
_number = count().__next__


def mark() -> int:
    """A number above every node made so far and below every node to come."""
    return _number()


def _shape(value: Any) -> tuple[int, ...]:
    """The shape of a number, an array or a nest of lists."""
    if isinstance(value, (list, tuple)):
        return (len(value), *(_shape(value[0]) if value else ()))
    return getattr(value, "shape", ())


class Var:
    """A traced number: a leaf that you make, or a node that an operation on nodes made.

    `value`; `op`, the row that computed it (None for a leaf); `args`, that row's arguments in order, nodes
    or constants; `id`, its number; `name`, yours to set; `grad`, None until `backward()` writes it.

    One or two arguments are kept in the slots x and y, for a tuple would be a second object a node for the
    garbage collector, whose work outweighs the arithmetic; any other number, as a tuple in x with MANY in
    y.

    >>> x, y = Var(2.0, "x"), Var(3.0, "y")
    >>> z = x * y + x
    >>> z.backward()
    >>> z.value, x.grad, y.grad
    (8.0, 4.0, 2.0)
    """

    __slots__ = ("value", "op", "x", "y", "id", "name", "grad")
    value: Any
    op: Any  # a Primitive, or None for a leaf
    x: Any
    y: Any
    id: int
    name: str | None
    grad: Any
    space: Any = real  # the namespace in which a rule gives plain values
    traced_space: Any = table  # and the one in which it gives nodes
    shape: tuple[int, ...] = ()
    ndim: int = 0
    size: int = 1

    def __new__(cls, value: Any, name: str | None = None) -> Var:
        if isinstance(value, Var):
            node = table.identity(value)
        else:
            node = LEAF[KIND[value.__class__] & ARRAY](value)
        node.name = name
        return node

    def __getattr__(self, attribute: str) -> Any:
        if attribute == "grad":
            return None
        if self.__class__ is Var and not attribute.startswith("_"):  # a number may do what an array does
            with suppress(InputTypeError, KeyError):
                return provider("a method of arrays").METHODS[attribute].__get__(self)
        raise AttributeError(f"a traced value has no attribute {attribute!r}; its number is .value")

    @property
    def args(self) -> tuple:
        """The arguments of `op`, in order."""
        x, y = self.x, self.y
        return x if y is MANY else (x,) if y is NONE else (x, y)

    @property
    def parents(self) -> tuple[Var, ...]:
        """The arguments that are nodes, in order; x * x has the parent x twice."""
        return tuple(a for a in self.args if isinstance(a, Var))

    def local_partials(self) -> tuple:
        """The local partial of this node in each of its parents, in the order of `parents`.

        >>> x = Var(3.0)
        >>> (x * x).local_partials()
        (3.0, 3.0)
        """
        if self.op is None:
            return ()
        m, z, values = self._reading(False)
        slopes = (self._slope(i, m, z, values) for i, a in enumerate(self.args) if isinstance(a, Var))
        return tuple(0.0 if d is None else float(d) for d in slopes)

    def backward(self, seed: Any = None) -> None:
        """Write the derivative of this node into `.grad` of every leaf and every named node below it.

        A second call replaces, never adds. `seed` is the cotangent of this node, of its shape; a scalar
        needs none.
        """
        bar = sweep(self, self._seed(seed, "backward()"), named_only=True)
        for node, cotangent in own_all(bar).items():
            node.grad = cotangent

    def pull_edge(self, slot: int, cotangent: Any) -> Any:
        """What a cotangent of this node gives to `parents[slot]`, through that one edge."""
        m, z, values = self._reading(False)
        i = [i for i, a in enumerate(self.args) if isinstance(a, Var)][slot]
        share = self._share(i, self.args[i], cotangent, m, z, values)
        return self.args[i]._zero() if share is None else share

    # one edge at a time

    def _share(self, i: int, x: Var, g: Any, m: Any, z: Any, values: tuple) -> Any:
        """What the cotangent g of this node gives to its argument x, in place i; None if it never varies
        with it."""
        d = self._slope(i, m, z, values)
        return None if d is None else g if d.__class__ is float and d == 1.0 else g * d

    def _slope(self, i: int, m: Any, z: Any, args: tuple) -> Any:
        """The local partial in argument i: nan where it does not exist, None where it is always zero."""
        rule = self.op.partials[i] if self.op.partials else None
        if rule is None:
            return None
        try:
            return rule(m, z, *args)
        except (ValueError, ZeroDivisionError, OverflowError):
            if m is not real:
                raise
            return real.nan

    def _pull(self, bar: dict, traced: bool) -> None:
        """Take this node's cotangent g and give each parent its share, g times the local partial."""
        g = bar.pop(self, None)
        if g is None:
            return
        if not traced and self.y is not MANY:
            x, y, partials = self.x, self.y, self.op.partials
            try:
                if y is NONE:
                    bar[x] = bar.get(x, 0.0) + g * partials[0](real, self.value, x.value)
                elif x.__class__ is not Var:
                    bar[y] = bar.get(y, 0.0) + g * partials[1](real, self.value, x, y.value)
                elif y.__class__ is not Var:
                    bar[x] = bar.get(x, 0.0) + g * partials[0](real, self.value, x.value, y)
                else:
                    z, a, b = self.value, x.value, y.value
                    dx, dy = partials[0](real, z, a, b), partials[1](real, z, a, b)
                    bar[x] = bar.get(x, 0.0) + g * dx
                    bar[y] = bar.get(y, 0.0) + g * dy
                return
            except (TypeError, ValueError, ZeroDivisionError, OverflowError):
                pass  # a partial that is None or does not exist: the careful way, below
        m, z, values = self._reading(traced)
        for i, x in enumerate(self.args):
            if isinstance(x, Var) and (share := self._share(i, x, g, m, z, values)) is not None:
                bar[x] = bar[x] + share if x in bar else share

    def _push(self, dot: dict, traced: bool) -> None:
        """Give this node the sum over parents of local partial times the parent's tangent."""
        m, z, values = self._reading(traced)
        total = None
        for i, x in enumerate(self.args):
            if isinstance(x, Var) and x in dot and (d := self._slope(i, m, z, values)) is not None:
                total = d * dot[x] if total is None else total + d * dot[x]
        if total is not None:
            dot[self] = total

    def _reading(self, traced: bool) -> tuple[Any, Any, Any]:
        """What a rule is given: namespace, z and arguments, as nodes or as plain values."""
        if traced:
            return self.traced_space, self, self.args
        return self.space, self.value, [a.value if isinstance(a, Var) else a for a in self.args]

    # what a scalar is, where an array would answer otherwise

    def _seed(self, seed: Any, asker: str) -> Any:
        """A checked cotangent or tangent for this node; None stands for 1."""
        if seed is None:
            return 1.0
        if _shape(seed):
            raise ShapeError(
                f"{asker} was given a seed of shape {_shape(seed)} for a value of shape (); give one number"
            )
        if isinstance(seed, Var):
            return seed
        try:
            return float(seed)
        except (TypeError, ValueError):
            raise InputTypeError(f"{asker} was given the seed {seed!r}; give a real number") from None

    def _own(self, cotangent: Any) -> Any:
        """A derivative in the form in which it is handed out."""
        return cotangent if isinstance(cotangent, Var) or _shape(cotangent) else float(cotangent)

    def _zero(self, lead: tuple[int, ...] = ()) -> Any:
        """The derivative of an output of shape `lead` that does not depend on this node."""
        return provider("an array").zeros(lead) if lead else 0.0

    def _basis(self) -> Any:
        """All unit cotangents at once, along a leading axis; for a scalar the one there is."""
        return 1.0

    def _jacobian(self, cotangent: Any, x: Var) -> Any:
        """The cotangents of x under `_basis`, laid out as [output, input]."""
        return cotangent

    def _quiet(self) -> Any:
        """The context of a sweep, in which an infinite slope is no cause for a warning."""
        return nullcontext()

    def __copy__(self, memo: Any = None) -> Var:
        """A copy of a node is the node, or the trace would be lost."""
        return self

    __deepcopy__ = __copy__

    def __iter__(self) -> Any:
        raise TypeError(
            "a traced number was asked for its entries, and it has none; iterate over arrays and lists"
        )

    def __repr__(self) -> str:
        label = f", name={self.name!r}" if self.name else ""
        made = f", op={self.op.name}" if self.op else ""
        return f"Var({self.value!r}{label}{made})"

    def __format__(self, spec: str) -> str:
        return format(self.value, spec) if spec else repr(self)

    def __bool__(self) -> bool:
        return bool(self.value)

    def _lost(self, *_: Any) -> Any:
        raise InputTypeError(
            f"a plain number was asked of the traced value {self!r}, by float(), int(), a function of math or "
            f"a NumPy array; that would lose the trace. Use the functions of chainrule_lib, or .value if you "
            f"need no derivative"
        )

    __float__ = __int__ = __complex__ = __index__ = _lost

    def _read_only(self, *_: Any) -> Any:
        raise InputTypeError(
            "a traced value was asked to change in place; its graph would no longer be true. "
            "Make a new value, with where(...) or concatenate(...)"
        )

    __setitem__ = __delitem__ = _read_only
    __array_priority__ = 1000.0

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self._lost()

    def __array_ufunc__(self, *call: Any, **kwargs: Any) -> Any:
        return provider("an array").array_ufunc(self, *call, **kwargs)

    def __array_function__(self, *call: Any) -> Any:
        return provider("an array").array_function(self, *call)

    def __getitem__(self, index: Any) -> Any:
        return provider("an index").getitem(self, index)

    # operators: `install_operators` gives each class its own, which know their kind of constant
    __add__: Any
    __radd__: Any
    __sub__: Any
    __rsub__: Any
    __mul__: Any
    __rmul__: Any
    __truediv__: Any
    __rtruediv__: Any
    __pow__: Any
    __rpow__: Any
    __mod__: Any
    __rmod__: Any
    __lt__: Any
    __le__: Any
    __gt__: Any
    __ge__: Any
    __hash__ = object.__hash__

    # arrays alone have these
    __len__: Any
    __matmul__: Any
    __rmatmul__: Any

    def __neg__(self) -> Var:
        return table.neg(self)

    def __pos__(self) -> Var:
        return self

    def __abs__(self) -> Var:
        return table.absolute(self)

    def __floordiv__(self, other: Any) -> Var:
        return table.floor(self / other)

    def __rfloordiv__(self, other: Any) -> Var:
        return table.floor(other / self)

    def __divmod__(self, other: Any) -> tuple[Var, Var]:
        return self // other, self % other


def install_operators(cls: type[Var], constants: frozenset[type]) -> None:
    """Give a class of nodes its operators: with its own kind or a known constant the short way, else by the
    row."""

    def operator(row: Primitive) -> tuple[Callable, Callable]:
        forward, space = row.forward, cls.space

        def left(x: Var, y: Any) -> Any:
            kind = y.__class__
            if kind is not cls and kind not in constants:
                return row(x, y)
            try:
                value = forward(space, x.value, y.value if kind is cls else y)
            except (TypeError, ValueError):
                return row(x, y)  # fails again, in words
            node = _new(cls)
            node.value, node.op, node.x, node.y, node.id, node.name = value, row, x, y, _number(), None
            return node

        return left, lambda x, y: row(y, x)

    def comparison(compare: Callable) -> Callable:
        # by value, and the answer is plain: where a function jumps it has no derivative to pass on
        return lambda x, y: compare(x.value, y.value if isinstance(y, Var) else y)

    for name in "add sub mul div pow mod".split():
        method = "truediv" if name == "div" else name
        left, right = operator(getattr(table, name))
        setattr(cls, f"__{method}__", left)
        setattr(cls, f"__r{method}__", right)
    for compare in (lt, le, gt, ge, eq, ne):
        setattr(cls, f"__{compare.__name__}__", comparison(compare))


def make(cls: type[Var], value: Any, op: Primitive | None, args: tuple) -> Any:
    """A node of the class, made of finished parts."""
    node = _new(cls)
    node.value, node.op, node.id, node.name = value, op, _number(), None
    if len(args) == 1:
        node.x, node.y = args[0], NONE
    elif len(args) == 2:
        node.x, node.y = args
    else:
        node.x, node.y = args, MANY
    return node


def _leaf(value: Any) -> Var:
    """A node without arguments. Only a float varies continuously, so nothing else will do."""
    if not isinstance(value, float):
        shown = f"{value}.0" if type(value) is int else "a float"
        raise InputTypeError(
            f"a derivative was asked with respect to {value!r}, of type {type(value).__name__}, "
            f"which has no small changes; write {shown}"
        )
    return make(Var, float(value), None, ())


def _node(row: Primitive, args: tuple) -> Var:
    """The node that a row makes of scalar arguments."""
    return make(Var, value_of(row, tuple([a.value if a.__class__ is Var else a for a in args])), row, args)


LEAF: dict[int, Callable[[Any], Var]] = {0: _leaf}
KIND[Var] = TRACED
install_operators(Var, frozenset({float, int}))
READ[TRACED] = _node


def topological_order(z: Var) -> list[Var]:
    """Every node that z depends on, and z, parents before children.

    >>> x = Var(2.0, "x"); y = x * x; z = y + x
    >>> [node.value for node in topological_order(z)]
    [2.0, 4.0, 6.0]
    """
    return reached([z])[0]


def reached(outputs: Iterable[Var], since: int = -1, oldest: int = -1) -> tuple[list[Var], bool]:
    """The nodes numbered from `since` on that the outputs depend on, in order; and whether any is older
    than `oldest`."""
    seen: dict[int, Var] = {}
    stack: list[Var] = []
    older = False
    for z in outputs:
        if z.id >= since:
            seen[z.id] = z
            stack.append(z)
        older = older or z.id < oldest
    while stack:
        node = stack.pop()
        above, y = node.id, node.y
        for a in node.x if y is MANY else (node.x, y):
            if isinstance(a, Var):
                i = a.id
                if i >= since:
                    if i >= above:
                        raise CycleError(
                            f"an order of the graph was asked, but node {above} has the newer node {i} among "
                            f"its arguments, so it would depend on itself; build graphs by operations, not by "
                            f"editing nodes"
                        )
                    if i not in seen:
                        seen[i] = a
                        stack.append(a)
                elif i < oldest:
                    older = True
    return [seen[i] for i in sorted(seen)], older


def own_all(derivatives: dict[Var, Any]) -> dict[Var, Any]:
    """The derivatives as they are handed out: of the node's own type, and no two of them one object."""
    owned: dict[Var, Any] = {}
    seen: set[int] = set()
    for node, derivative in derivatives.items():
        derivative = node._own(derivative)
        if id(derivative) in seen and not isinstance(derivative, Var) and hasattr(derivative, "copy"):
            derivative = derivative.copy()
        seen.add(id(derivative))
        owned[node] = derivative
    return owned


def sweep(z: Var, seed: Any = 1.0, *, named_only: bool = False) -> dict[Var, Any]:
    """The reverse sweep: a mapping from each node that z depends on to its cotangent, dz/d(node) times the
    seed.

    `named_only` leaves out nodes between z and the leaves that have no name, whose memory is then free at
    once.

    >>> x = Var(3.0); y = x * x; z = y * x
    >>> bar = sweep(z)
    >>> bar[z], bar[y], bar[x]
    (1.0, 3.0, 27.0)
    """
    kept: dict[Var, Any] = {}
    bar: dict[Var, Any] = {z: z._seed(seed, "sweep")}
    with z._quiet():
        for node in reversed(topological_order(z)):
            if node.op is None or node.name is not None or not named_only:
                kept[node] = bar[node] if node in bar else node._zero()
            if node.op is not None:
                node._pull(bar, False)
    return kept
