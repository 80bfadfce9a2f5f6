"""The chain rule as a graph you can walk.

    import chainrule_lib as cr
    x = cr.Var(2.0, "x")
    z = x * x + cr.sin(x)
    z.backward()
    x.grad                      # 2x + cos x

Names load on first use, so importing this package costs nothing and never loads NumPy for scalar work.
"""

from importlib import import_module

_ROOM = {
    **dict.fromkeys(
        """Var grad value_and_grad jvp vjp jacobian hessian hvp primitive topological_order sweep
        add sub mul div pow mod neg square reciprocal sqrt cbrt exp exp2 expm1 log log2 log10 log1p
        sin cos tan arcsin arccos arctan arctan2 deg2rad rad2deg sinh cosh tanh arcsinh arccosh arctanh
        sigmoid softplus relu logaddexp absolute maximum minimum hypot where sign floor ceil
        ChainRuleError ShapeError InputTypeError DomainError PathExplosionError CycleError""".split(),
        "engine",
    ),
    **dict.fromkeys("paths count_paths Path graph Graph explain check_grad".split(), "study"),
    "check": "judge",
}
__all__ = sorted(_ROOM)
__version__ = "0.1.0"


def __getattr__(name: str):
    if name in "engine numpy study judge explore".split():
        return import_module(f"{__name__}.{name}")
    if name not in _ROOM:
        raise AttributeError(f"module 'chainrule_lib' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_ROOM[name]}"), name)
    return value


def __dir__():
    return __all__
