"""Run a stranger's notebook where it can neither read, reach nor keep anything, and ask its functions
questions.

`run(plan, limits, executor)` is the one door, whichever executor stands behind it: "fork" of a warm template,
"bubblewrap" from cold, or "none" for notebooks of one's own.  A plan is data::

    {"cells": [{"source": "..."}, {"source": "...", "expression": "dz_dt", "questions": [...]}],
     "files": {"a.csv": b"1,2"}}

It yields frames as they come: `{"cell": i, "outputs": [...], "execution_count": n}` for each cell that
ended, `{"fault": kind, "cell": i, "message": "..."}` where one did not, and, when every cell is over,
`{"answers": i, "list": [...]}` for each cell that has questions.  The fault kinds are timeout,
died, memory and protocol.  A sandbox that cannot start is nobody's fault but ours: `SandboxError`.

Where the kernel dies with functions that nobody else holds, `{"again": True}` says that nothing of what came
counts: the notebook is run once more, each function held at its check cell.  Questions leave the host only when the last cell's output is in, so no page can show one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from . import runtime
from .cgroup import sweep
from .cold import bubblewrap, unconfined
from .talk import Limits, SandboxError, plain_json
from .warm import fork

__all__ = ["EXECUTORS", "Limits", "SandboxError", "choose", "doctor", "plain_json", "run", "sweep"]

EXECUTORS = {"fork": fork, "bubblewrap": bubblewrap, "none": unconfined}


def run(plan: dict, limits: Limits = Limits(), executor: str = "fork") -> Iterator[dict]:
    """Execute the plan's cells and ask its questions; yields frames (see the module's first lines).

    A question's own "seconds" stand in place of `limits.question_wall`, and the notebook has as much more.
    Raises SandboxError where the executor cannot start: there is no answer then, and no fault of a student's.
    """
    if executor not in EXECUTORS:
        raise ValueError(f"no executor is called {executor!r}; there are {', '.join(EXECUTORS)}")
    more = sum(question.get("seconds", 0.0) for cell in plan["cells"] for question in cell.get("questions", ()))
    limits = replace(
        limits, notebook_wall=limits.notebook_wall + more, notebook_cpu=limits.notebook_cpu + more
    )
    with EXECUTORS[executor](plan, limits) as talk:
        yield from talk.frames()
    if talk.lost:
        yield {"again": True}
        with EXECUTORS[executor](plan | {"pinned": True}, limits) as talk:
            yield from talk.frames()


def doctor(executor: str = "fork") -> str | None:
    """Start a real sandbox and look out of it; None when it holds, else one sentence that says what to do."""
    plan = {"cells": [{"source": "import os, numpy\nprint(os.getuid(), sorted(os.listdir('/')))"}]}
    try:
        frames = list(run(plan, executor=executor))
    except SandboxError as problem:
        hint = ""
        if "ermission" in str(problem) or "not permitted" in str(problem):
            hint = (
                " This kernel or container forbids namespaces. On a machine of your own type: "
                "sudo sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
            )
        return f"{str(problem).removesuffix('.')}.{hint}"
    text = "".join(output.get("text", "") for frame in frames for output in frame.get("outputs", ()))
    seen = {target.split("/")[1] for _, _, target in runtime.mounts()} | {"dev", "home", "proc", "tmp"}
    uid, _, rooms = text.strip().partition(" ")
    if uid in ("", "0") or rooms != str(sorted(seen)):
        return f"the sandbox started but its walls are wrong: {text or frames}"
    return None


@functools.cache
def choose(executor: str | None = None) -> str:
    """The executor asked for, or the first that starts here: fork, else bubblewrap.

    Raises SandboxError where it does not start: strangers' notebooks are not graded then.
    """
    problems = []
    for name in [executor] if executor else ["fork", "bubblewrap"]:
        problem = None if name == "none" else doctor(name)
        if problem is None:
            return name
        problems.append(problem)
    raise SandboxError("\n".join([*problems, "Without a sandbox strangers' notebooks are not graded."]))
