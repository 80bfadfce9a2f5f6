"""The engine: a table of primitives, a graph of nodes, two sweeps. It imports the standard library only.

Read it in this order: `real` and `primitive` (what a rule is), `table` (all the calculus there is), `graph`
(nodes and the reverse sweep), `modes` (derivatives of functions); `errors`, `trees` and `complexes` on the
side.
"""

from .errors import ChainRuleError, CycleError, DomainError, InputTypeError, PathExplosionError, ShapeError
from .graph import Var, sweep, topological_order
from .modes import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .primitive import Primitive, primitive
from .table import *  # noqa: F403
from .table import TABLE

__all__ = [
    *"ChainRuleError CycleError DomainError InputTypeError PathExplosionError ShapeError".split(),
    *"Var sweep topological_order grad hessian hvp jacobian jvp value_and_grad vjp Primitive primitive TABLE".split(),
    *(name for name, row in list(globals().items()) if isinstance(row, Primitive)),
]
