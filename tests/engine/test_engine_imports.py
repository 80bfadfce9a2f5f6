"""What importing costs: scalar work never loads NumPy, and the engine needs the standard library only."""

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule_lib

HOME = Path(chainrule_lib.__file__).parent
SCALAR_WORK = """
import sys, chainrule_lib as cr
import chainrule_lib.engine, chainrule_lib.study, chainrule_lib.explore
x = cr.Var(2.0, "x")
z = x * x + cr.sin(x)
z.backward()
cr.grad(cr.grad(cr.exp))(1.0), cr.jacobian(cr.sin)(1.0), cr.hvp(cr.sin, 1.0, 1.0)
cr.grad(lambda x: cr.where(x > 0, x ** 3 + abs(x), 0))(1.0)
list(cr.paths(z, x)), cr.count_paths(z, x), cr.explain(z, x), cr.graph(z), bool(cr.check_grad(cr.sin, at=(1.0,)))
print([m for m in sys.modules if m.split(".")[0] in ("numpy", "matplotlib", "IPython", "nbgrader", "dask")])
"""


def test_scalar_work_loads_no_numpy():
    out = subprocess.run([sys.executable, "-c", SCALAR_WORK], capture_output=True, text=True, timeout=60)
    assert out.returncode == 0, out.stderr
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "module", ["chainrule_lib", "chainrule_lib.engine", "chainrule_lib.study", "chainrule_lib.explore"]
)
def test_importing_a_room_loads_no_numpy(module):
    code = f"import sys, {module}; print('numpy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert out.stdout.strip() == "False", out.stderr


def test_the_engine_imports_the_standard_library_only():
    for path in (HOME / "engine").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level <= 1, f"{path.name} imports from above"
                names = [] if node.level else [node.module]
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


ROOMS = [
    f"chainrule_lib.{p.parent.name}.{p.stem}"
    for room in ("engine", "numpy")
    for p in sorted((HOME / room).glob("[a-z]*.py"))
]
ROOMS += [f"chainrule_lib.study.{name}" for name in ("paths", "explain", "gradcheck")]


@pytest.mark.parametrize("module", ROOMS)
def test_doctests_of_every_public_docstring_run(module):
    assert (
        doctest.testmod(importlib.import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0
    )
