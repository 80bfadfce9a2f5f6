"""What a traced array can do by method, as a NumPy array does: the same functions under a dot."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dispatch, functions as f
from .node import ArrayVar


def _plain(name: str) -> Any:
    """A method that looks at the value alone; its result is plain."""
    return lambda self, *args, **kwargs: getattr(np.asarray(self.value), name)(*args, **kwargs)


def _from_many(function: Any) -> Any:
    """x.reshape(2, 3) as well as x.reshape((2, 3))."""
    return lambda self, *sizes, **options: function(
        self, *([sizes[0] if len(sizes) == 1 else sizes] if sizes else ()), **options
    )


SAME = """sum prod max min mean var std ptp cumsum cumprod clip squeeze ravel swapaxes repeat take diagonal
trace dot astype round copy""".split()
VALUES = "argmax argmin argsort argpartition nonzero searchsorted any all".split()
METHODS: dict[str, Any] = {
    **{name: getattr(f, name) for name in SAME},
    **{name: _plain(name) for name in VALUES},
    **dict.fromkeys("sort fill partition resize put itemset".split(), ArrayVar._read_only),
    "__array_ufunc__": dispatch.array_ufunc,
    "__array_function__": dispatch.array_function,
    "__getitem__": f.getitem,
    "__matmul__": f.matmul,
    "__rmatmul__": lambda self, other: f.matmul(other, self),
    "reshape": _from_many(f.reshape),
    "transpose": _from_many(f.transpose),
    "compress": lambda self, condition, axis=None: f.compress(condition, self, axis),
    "flatten": f.ravel,
    "T": property(f.transpose),
    "mT": property(f.matrix_transpose),
}
for _name, _method in METHODS.items():
    setattr(ArrayVar, _name, _method)
