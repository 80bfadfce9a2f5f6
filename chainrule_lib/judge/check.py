"""check(): the last line of a test cell. It shows the verdict and returns the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .decide import Verdict


def check(task_id: str, function: Any) -> float:
    """Judge a function on the public probes, show the verdict, and return the score, a float from 0 to the
    task's points.

    It never raises: an unknown task or anything unforeseen is said in a sentence and scores 0.0.
    """
    from .decide import judge, tasks

    if not isinstance(task_id, str) or task_id not in tasks():
        print(f"There is no task {str(task_id)[:40]!r}; the tasks are {', '.join(sorted(tasks()))}.")
        return 0.0
    try:
        verdict = judge(task_id, function)
    except Exception as odd:
        print(f"The check itself failed ({type(odd).__name__}); please report it. No points were given.")
        return 0.0
    try:
        _show(verdict)
    except Exception as odd:  # a broken display or a closed stream must not cost a score
        print(f"The verdict could not be shown ({type(odd).__name__}).")
    return float(verdict.score)


def _show(verdict: Verdict) -> None:
    """In a notebook as HTML with the plain text beside it, elsewhere as text."""
    import sys

    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import display

        display({"text/html": verdict.html(), "text/plain": verdict.text()}, raw=True)
    else:
        print(verdict.text())
