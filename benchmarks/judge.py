"""The judge over labelled student functions: python benchmarks/judge.py [TASK ...] [--list] [--held-out]

Right functions should all be accepted in silence, wrong ones all rejected, and a slip that the catalogue knows
named, alone or in an honest tie.  The functions were written apart from the judge; a third of them is held out
of sight while it is tuned, and has a row of its own.  --list names those that went wrong (of the held-out ones
only with --held-out). Exit code 1 when a target is missed.
"""

import argparse
import contextlib
import io
import math
import re
import statistics
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "judge" / "variants"))

import variants  # noqa: E402

from chainrule_lib.judge import judge, tasks  # noqa: E402

SEED = b"benchmark"
TEXTS = Path(__file__).parents[1] / "assignments" / "text"
GIVEN = re.compile(r"^```\{code-cell\} ipython3\n:nbgrader: \{grade_id: given\w*,[^\n]*\n(.*?)^```", re.M | re.S)
TARGETS = {"accepted": 1.0, "rejected": 1.0, "named or tie": 0.95, "wrong name": 0.01, "seconds": 0.3}


@cache
def given(assignment: str) -> dict:
    """What the notebook of an assignment supplies besides NumPy and math, by name."""
    space = {"np": numpy, "math": math, "__name__": "__main__"}
    for cell in GIVEN.findall((TEXTS / f"{assignment}.md").read_text(encoding="utf-8")):
        exec(compile(cell, f"<given in {assignment}>", "exec"), space)
    return {name: thing for name, thing in space.items() if not name.startswith("__")}


def typed(variant):
    """The student's function, in a namespace that has what the notebook gives and the student did not define."""
    function = variant.function()
    for name, thing in given(variant.task.partition(".")[0]).items():
        function.__globals__.setdefault(name, thing)
    return function


def outcome(variant, verdict) -> str:
    """One word for what happened to one function."""
    if variant.right:
        loud = verdict.remarks and "remark" not in variant.tags
        return "right, refused" if not verdict.passed else "right, remarked" if loud else "accepted"
    if verdict.passed:
        return "wrong, accepted"
    found, fair = {frozenset(ids) for ids in verdict.diagnosis}, {frozenset(ids) for ids in variant.accepted}
    if not fair:
        return "unnameable, named" if found else "unnameable"
    if not found:
        return "unknown"
    return "wrong name" if not found & fair else "named" if len(found) == 1 else "tie"


def row(name: str, counted: Counter, seconds: list[float]) -> str:
    nameable = sum(counted[word] for word in ("named", "tie", "unknown", "wrong name"))
    right = sum(counted[word] for word in ("accepted", "right, refused", "right, remarked"))
    wrong = sum(counted.values()) - right

    def share(count: int, of: int) -> str:
        return f"{100 * count / of:5.1f}%" if of else "     -"

    return (
        f"{name:22}{right:6}{share(counted['accepted'], right):>9}{wrong:7}{share(wrong - counted['wrong, accepted'], wrong):>9}"
        f"{nameable:9}{share(counted['named'], nameable):>8}{share(counted['tie'], nameable):>8}"
        f"{share(counted['unknown'], nameable):>8}{share(counted['wrong name'], nameable):>8}"
        f"{counted['unnameable, named']:4}/{counted['unnameable'] + counted['unnameable, named']:<4}"
        f"{statistics.mean(seconds):7.3f}{max(seconds):7.3f}"
    )


def met(counted: Counter, seconds: list[float]) -> bool:
    nameable = sum(counted[word] for word in ("named", "tie", "unknown", "wrong name")) or 1
    return not (
        counted["right, refused"]
        or counted["right, remarked"]
        or counted["wrong, accepted"]
        or (counted["named"] + counted["tie"]) / nameable < TARGETS["named or tie"]
        or counted["wrong name"] / nameable > TARGETS["wrong name"]
        or statistics.mean(seconds) > TARGETS["seconds"]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="task ids; all that have functions if none is given")
    parser.add_argument("--list", action="store_true", help="name the functions that went wrong")
    parser.add_argument("--held-out", action="store_true", help="name held-out ones too")
    parser.add_argument("--room", default="", help="another set of functions, as 'fresh': written after the tuning")
    options = parser.parse_args()
    known = [
        task for task in variants.tasks(options.room) if task in tasks() and (not options.tasks or task in options.tasks)
    ]
    groups: dict[str, tuple[Counter, list[float]]] = {}
    for task in known:
        for variant in variants.read(task, options.room):
            started = time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()):
                verdict = judge(task, typed(variant), SEED, source=variant.source)
            verdict.html()
            spent = time.perf_counter() - started
            word = outcome(variant, verdict)
            for group in (task, "in sight" if not variant.held_out else "held out", "all"):
                counted, seconds = groups.setdefault(group, (Counter(), []))
                counted[word] += 1
                seconds.append(spent)
            good = word in ("accepted", "named", "tie", "unnameable")
            if options.list and not good and (options.held_out or not variant.held_out):
                print(
                    f"{task} {variant.name}: {word}; label {variant.label}, diagnosis {verdict.diagnosis}, {variant.story}"
                )
    print(
        f"{'':22}{'right':>6}{'accepted':>9}{'wrong':>7}{'rejected':>9}{'nameable':>9}{'named':>8}{'tie':>8}{'unknown':>8}{'wrong':>8}{'unn.':>8}{'mean s':>8}{'max s':>7}"
    )
    for group in [*known, "in sight", "held out", "all"]:
        if group in groups:
            print(row(group, *groups[group]))
    print(
        "unn.: of the wrong functions whose slip no catalogue entry fits, those that were given a name all the same"
    )
    return 0 if met(*groups["all"]) else 1


if __name__ == "__main__":
    sys.exit(main())
