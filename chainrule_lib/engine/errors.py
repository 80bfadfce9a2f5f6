"""Errors: each says what was asked, what was given, and what to do.

ChainRuleError
  ShapeError            also a ValueError     shapes that do not fit, an output that is not a scalar
  InputTypeError        also a TypeError      an int, bool, complex or object where a float is needed
  DomainError           also a ValueError     log(-1), sqrt(-1), 0/0
  PathExplosionError                          more paths than the cap
  CycleError                                  a graph that returns to itself
"""


class ChainRuleError(Exception):
    """The parent of every error this library raises on purpose."""


class ShapeError(ChainRuleError, ValueError):
    """Shapes that do not fit; the message gives both."""


class InputTypeError(ChainRuleError, TypeError):
    """A value of a kind that has no derivative, or a request that would lose the trace."""


class DomainError(ChainRuleError, ValueError):
    """A function asked for a value outside its domain."""


class PathExplosionError(ChainRuleError):
    """More paths between two nodes than the cap allows to list."""


class CycleError(ChainRuleError):
    """A node that depends on itself, so that no order of the graph exists."""
