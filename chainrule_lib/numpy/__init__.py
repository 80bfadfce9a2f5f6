"""NumPy's own names over the engine.

    import chainrule_lib.numpy as cnp
    cnp.sum(cnp.exp(x) @ w)

On plain arrays these functions give plain arrays, on traced ones nodes. A name that has no rule here is
NumPy's own. Read the room in this order: `space`, `node`, `rules`, `functions`, `linalg`, `methods`,
`dispatch`.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as _np

from ..engine.table import *  # noqa: F403
from . import linalg, methods
from .dispatch import ELEMENTWISE, array_function, array_ufunc
from .functions import *  # noqa: F403
from .functions import __all__ as _functions
from .node import ArrayVar, kind_of
from .methods import METHODS  # noqa: F401
from .space import shape

globals().update(ELEMENTWISE, abs=ELEMENTWISE["abs"])
ArrayVar.traced_space = sys.modules[
    __name__
]  # this module is the namespace in which a rule gives traced arrays
__all__ = sorted({*_functions, *ELEMENTWISE, "ArrayVar", "linalg", "shape"})


def __getattr__(name: str) -> Any:
    return getattr(_np, name)
