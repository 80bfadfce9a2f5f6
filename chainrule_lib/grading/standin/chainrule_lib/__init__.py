"""A quiet stand-in for the library inside the sandbox: every name exists, nothing is computed or shown.

A notebook's demonstration cells draw graphs and ask the engine; when graded they must not fail, and there
must be no engine to borrow an answer from.  The judge outside writes what a reader sees.
"""

import importlib.abc
import importlib.machinery
import sys
import types


class Quiet:
    """An object that accepts everything and answers with itself, nothing or not-a-number."""

    def __getattr__(self, name):
        if (
            name.startswith("__")
            or name.startswith("_repr_")
            or name in ("_ipython_canary_method_should_not_exist_",)
        ):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self

    def _ipython_display_(self, **kwargs):
        pass

    def __repr__(self):
        return ""

    def __format__(self, spec):
        return ""

    def __float__(self):
        return float("nan")

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __bool__(self):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return False

    def __contains__(self, item):
        return False

    def __hash__(self):
        return 0

    def __setattr__(self, name, value):
        pass

    def __setitem__(self, key, value):
        pass


def _same(self, *args):
    return self


for _name in (
    "add sub mul truediv floordiv mod pow matmul radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul "
    "neg pos abs getitem lt le gt ge eq ne round"
).split():
    setattr(Quiet, f"__{_name}__", _same)

quiet = Quiet()


def check(*args, **kwargs):
    """The score is given outside; here there is nothing to say."""


class _QuietModule(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return quiet


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Any `chainrule_lib.something` is a quiet module."""

    def find_spec(self, name, path=None, target=None):
        if name.startswith(__name__ + "."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _QuietModule(spec.name)

    def exec_module(self, module):
        module.check = check


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return quiet


sys.meta_path.insert(0, _Finder())
