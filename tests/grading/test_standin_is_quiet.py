"""Inside the sandbox the library's names exist, show nothing and compute nothing."""

import json
import subprocess
import sys
from pathlib import Path

import chainrule_lib.grading

FOLDER = Path(chainrule_lib.grading.__file__).parent / "standin"


def inside(code):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(FOLDER)!r})\n{code}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_import_and_use_of_the_library_goes_through():
    code = """
import chainrule_lib as cr
import chainrule_lib.numpy as cnp
from chainrule_lib import check, Var, grad
from chainrule_lib.explore import widget
from chainrule_lib.engine.modes import whatever
x = cr.Var(2.0, name="x")
z = x * cnp.sin(x) + 3 ** x - -x
z.name = "z"
z.backward()
for path in cr.paths(z, x): print("never")
with widget("two_roads") as w: w.children[0].value = 3
print(repr(z), f"{z.value:.3f}", check("a2.dz_dt", None), float(z) == float(z), bool(z), len(z), z < 3, 3 in z)
"""
    assert inside(code) == "  None False False 0  False\n"


def test_nothing_of_the_engine_is_within_reach():
    assert json.loads(
        inside(
            "import chainrule_lib, json; print(json.dumps([float(chainrule_lib.grad(lambda t: t * t)(3.0)) == 6.0, "
            "chainrule_lib.__file__.endswith('standin/chainrule_lib/__init__.py')]))"
        )
    ) == [False, True]


def test_a_dunder_or_a_repr_that_a_front_end_probes_is_absent():
    assert (
        inside(
            "import chainrule_lib as cr; print(hasattr(cr.graph(1), '_repr_html_'), hasattr(cr.graph(1), '__array__'))"
        )
        == "False False\n"
    )
