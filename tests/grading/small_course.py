"""A small course of one notebook, real nbgrader and a real sandbox; made once for the whole room."""

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from chainrule_lib.grading.cli import main

CONFIG = Path(__file__).parents[2] / "assignments" / "nbgrader_config.py"

RIGHT = {
    "dz_dt": """
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return 2*x*y*(-2*math.sin(2*t)) + (x*x + math.cos(y))*(2*t + 1)
""",
    "polar": """
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    return fx(r*c, r*s)*c + fy(r*c, r*s)*s, r*(fy(r*c, r*s)*c - fx(r*c, r*s)*s)
""",
}
FULL = {"a2.dz_dt": 8.0, "a2.polar": 6.0}


def _nbgrader(grade_id, **marks):
    return {
        "nbgrader": {
            "schema_version": 3,
            "grade_id": grade_id,
            "grade": False,
            "solution": False,
            "locked": False,
            "task": False,
            **marks,
        }
    }


def source_cells():
    """The instructor's notebook: a set-up cell, two functions with their checks, one written answer."""
    code = [
        (
            "set-up",
            "import math\nimport numpy as np\nfrom chainrule_lib import check\nimport chainrule_lib as cr",
            {},
        )
    ]
    for name, points in (("dz_dt", 8), ("polar", 6)):
        solved = f"### BEGIN SOLUTION{RIGHT[name]}### END SOLUTION\n"
        code.append((name, solved, _nbgrader(name, solution=True)))
        code.append(
            (
                f"{name}_check",
                f'check("a2.{name}", {name})',
                _nbgrader(f"{name}_check", grade=True, locked=True, points=points),
            )
        )
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": marks,
            "source": text,
            "outputs": [],
            "execution_count": None,
        }
        for name, text, marks in code
    ]
    cells.append(
        {
            "cell_type": "markdown",
            "id": "why",
            "source": "Why do the roads add?",
            "metadata": _nbgrader("why", grade=True, solution=True, points=3),
        }
    )
    return cells


def notebook(cells):
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    }


def submitted(dz_dt=None, polar=None, why="Because both move.", extra=(), before=()):
    """A student's notebook as bytes: right functions unless others are given, `extra` code cells at the end."""
    cells = source_cells()
    by_name = {cell["id"]: cell for cell in cells}
    by_name["dz_dt"]["source"] = RIGHT["dz_dt"] if dz_dt is None else dz_dt
    by_name["polar"]["source"] = RIGHT["polar"] if polar is None else polar
    by_name["why"]["source"] = why

    def plain(i, text):
        return {
            "cell_type": "code",
            "id": f"x{i}",
            "metadata": {},
            "source": text,
            "outputs": [],
            "execution_count": None,
        }

    cells = [
        cells[0],
        *(plain(f"b{i}", text) for i, text in enumerate(before)),
        *cells[1:],
        *(plain(i, text) for i, text in enumerate(extra)),
    ]
    return notebook(cells)


def as_bytes(content):
    return json.dumps(content).encode()


def nbgrader(course, *words):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PATH": path},
    )


def chainrule(*words):
    """The command in this process: what it printed and its exit code, as `subprocess.run` gives them."""
    done = CliRunner().invoke(main, list(map(str, words)))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def hand_in(course, student, data, stamp="2026-03-06 17:30:00 UTC"):
    folder = course / "submitted" / student / "a2"
    folder.mkdir(parents=True)
    (folder / "a2.ipynb").write_bytes(data if isinstance(data, bytes) else as_bytes(data))
    (folder / "timestamp.txt").write_text(stamp)
    return folder
