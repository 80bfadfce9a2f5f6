"""`chainrule check` at home: run a student's own notebook in a child process, ask the public questions, say
what is left.

A Jupyter kernel of the student's own machine runs the cells (this is their code on their computer: no
sandbox), then answers for each task of the assignment.  Nothing is uploaded and no secret probe exists
here.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

ASK = """
from chainrule_lib.judge import judge as _judge
import json as _json
try:
    _function = {name}
except NameError:
    print({mark!r} + "null")
else:
    _verdict = _judge({task_id!r}, _function)
    _facts = {{"score": _verdict.score, "passed": bool(_verdict.passed), "text": _verdict.text()}}
    print({mark!r} + _json.dumps(_facts))
"""
MARK = "chainrule-verdict "


class HomeError(RuntimeError):
    """The notebook cannot be run; the sentence says why."""


def open_notebook(path: Path) -> dict:
    """A notebook of one's own as an nbformat 4 dictionary.  Raises HomeError where it cannot be read."""
    from .pipeline import Unreadable, read_notebook

    try:
        return read_notebook(Path(path).read_bytes())
    except OSError as problem:
        raise HomeError(f"{path} cannot be read: {problem.strerror}") from None
    except Unreadable as problem:
        raise HomeError(f"{path}: {problem}.") from None


def check_notebook(path: Path, timeout: int = 30) -> list[dict]:
    """A verdict for each task of the notebook's assignment: task_id, title, score, max_score, passed, text.

    The assignment is read from the notebook's own check cells; cells that fail are reported in the text.
    Raises HomeError where the file is no notebook or checks no task.
    """
    import nbformat
    from nbclient import NotebookClient

    from chainrule_lib.judge import tasks

    from .pipeline import find_check

    notebook = nbformat.from_dict(open_notebook(path))
    known = tasks()
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    asked = [found[0] for text in sources if (found := find_check(text)) and found[0] in known]
    assignments = {known[name].assignment for name in asked} or {Path(path).stem.partition("_")[0]}
    wanted = [task for task in known.values() if task.assignment in assignments]
    if not wanted:
        raise HomeError(
            f"{path} has no cell with check(...): which assignment is it? Work on the notebook you were given"
        )
    notebook.cells = [nbformat.v4.new_code_cell(text) for text in sources]
    for task in wanted:
        notebook.cells.append(
            nbformat.v4.new_code_cell(ASK.format(name=task.id.partition(".")[2], task_id=task.id, mark=MARK))
        )
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        allow_errors=True,
        interrupt_on_timeout=True,
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except Exception as problem:
        raise HomeError(f"the kernel stopped while it ran {path}: {problem}") from None
    results = []
    for task, cell in zip(wanted, notebook.cells[len(sources) :], strict=True):
        said = next(
            (
                line[len(MARK) :]
                for output in cell.outputs
                if output.output_type == "stream"
                for line in output.text.splitlines()
                if line.startswith(MARK)
            ),
            None,
        )
        verdict = json.loads(said) if said else None
        results.append(
            {
                "task_id": task.id,
                "title": task.title,
                "max_score": float(task.points),
                **(
                    verdict
                    or {
                        "score": 0.0,
                        "passed": False,
                        "text": f"{task.id}: {task.title}   not yet, 0 of {task.points:g} points\n"
                        f"  {task.id.partition('.')[2]} is not defined, or its answer took too long.",
                    }
                ),
            }
        )
    return results
