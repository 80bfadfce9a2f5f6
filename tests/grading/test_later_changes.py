"""A function answers as it was at its check cell, whatever the cells below do, and with as few snapshots as that takes."""

import pytest
from walled import PATIENT

from chainrule_lib.grading.later import changes
from chainrule_lib.grading.sandbox import run

ASKED = [{"task": "a2.dz_dt", "function": "f", "arguments": [1.0]}]
BELOW = {  # what stands above the check, and what below would change the answer, which is 2.0 at the check
    "a number": ("k = 1.0\ndef f(t): return t + k", "k = 5.0"),
    "a helper": ("def h(t): return 2*t\ndef f(t): return h(t)", "def h(t): return 7*t"),
    "a helper's helper": ("def g(t): return 2*t\ndef h(t): return g(t)\ndef f(t): return h(t)", "g = abs"),
    "a name in a function": ("k = 1.0\ndef turn():\n    global k\n    k = 9.0\ndef f(t): return t + k", "turn()"),
    "a list": ("ks = [1.0]\ndef f(t): return t + ks[0]", "ks[0] = 4.0"),
    "an array": ("import numpy as np\nks = np.ones(1)\ndef f(t): return t + float(ks[0])", "ks += 1"),
    "a default": ("def f(t, k=[1.0]): return t + k[0]", "f.__defaults__[0][0] = 6.0"),
    "an attribute": ("def f(t): return t + f.k\nf.k = 1.0", "f.k = 3.0"),
    "a module's name": ("import math\nmath.k = 1.0\ndef f(t): return t + math.k", "math.k = 3.0"),
    "a closure": ("def make():\n    k = [1.0]\n    def f(t): return t + k[0]\n    return f, k\nf, k = make()", "k[0] = 5.0"),
    "an object": ("class K: v = 1.0\nk = K()\ndef f(t): return t + k.v", "K.v = 5.0"),
    "text that is run": ("k = 1.0\ndef f(t): return t + k", "exec('k = 5.0')"),
    "a dictionary of names": ("k = 1.0\ndef f(t): return t + k", "globals()['k'] = 5.0"),
    "an import of all": ("pi = 1.0\ndef f(t): return t + pi", "from math import *"),
    "a loop": ("k = 1.0\ndef f(t): return t + k", "for k in (3.0, 4.0): pass"),
    "a magic": ("k = 1.0\ndef f(t): return t + k", "%reset -f"),
    "the end of the process": ("k = 1.0\ndef f(t): return t + k", "import os\nos._exit(1)"),
    "nothing": ("k = 1.0\ndef f(t): return t + k", "other = 1"),
    "a memory of calls": ("n = 0.0\ndef f(t):\n    global n\n    n += 1\n    return t + n", "f(1.0); f(1.0)"),
}


def answers(*cells):
    """The answers of the last run: cells are sources, or (source, expression)."""
    plan = [
        {"source": cell} if isinstance(cell, str) else {"source": cell[0], "expression": cell[1], "questions": ASKED}
        for cell in cells
    ]
    found = {}
    for frame in run({"cells": plan}, PATIENT, "fork"):
        if "again" in frame:
            found = {}
        if "answers" in frame:
            found[frame["answers"]] = frame["list"][0]
    return found


@pytest.mark.parametrize("what", BELOW)
def test_what_stands_below_a_check_does_not_change_its_answer(what):
    above, below = BELOW[what]
    assert answers(above, ("1", "f"), below)[1] == {"answer": 2.0}


def test_an_end_in_one_answer_costs_no_other():
    cells = ("def f(t): return 2*t", ("", "f"), "import os\ndef g(t): os._exit(1)", ("", "g"), "def h(t): return 3*t", ("", "h"))
    found = answers(*cells)
    assert found == {1: {"answer": 2.0}, 3: {"fault": "died"}, 5: {"answer": 3.0}}


def test_one_that_says_it_waits_for_the_end_and_has_none_costs_its_points_alone():
    forge = "import sys\nframe = sys._getframe()\nwhile frame.f_code.co_name != 'kernel': frame = frame.f_back\n"
    forge += "frame.f_globals['keeps'] = lambda *_: True\nimport os\nos.fork = lambda: 1/0\ndef f(t): return t"
    assert "fault" in answers(forge, ("", "f"))[1]


def test_names_that_other_cells_bind_are_found():
    cells = ["def f(x):\n    global a\n    m.b = 1", "check", "import c.d, e as g\nh, *i = 1, 2\ndef j(): pass"]
    assert changes(cells, 1) == ["a", "b", "c", "g", "h", "i", "j"]
    assert changes(["x = 1", "check"], 1) == []


@pytest.mark.parametrize("text", ["exec('x')", "%time x = 1", "from math import *", "vars()['x'] = 1", "x ="])
def test_a_cell_that_cannot_be_foreseen_may_bind_any_name(text):
    assert changes(["check", text], 0) is None
