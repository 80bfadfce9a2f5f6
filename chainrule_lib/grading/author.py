"""An assignment from its one text source: build the notebook, and say what is wrong with it before a student does.

    build(Path("assignments"), "a2")     # text/a2.md -> source/a2/a2.ipynb, and data files beside it
    lint(Path("assignments"), "a2")      # a list of Problems, empty when all is well

In a text, `[Two roads](book:02-two-roads)` is a link to that page of the book, published where `SITE_URL` says.
Data files that students may have stand in `text/<assignment>/`.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SITE_URL = "http://127.0.0.1:8000/"
TIME_LIMIT = 120  # seconds for all functions of one assignment
REGIONS = {"SOLUTION": "solution", "MARK SCHEME": "task"}  # a region's name: the mark of the cells that may hold it
MARKS = {"grade", "solution", "locked", "task", "schema_version"}


@dataclass(frozen=True)
class Problem:
    """One fault: in which `file` and `cell` (grade id or number, may be empty), `what` is wrong, and what `todo`."""

    file: str
    cell: str
    what: str
    todo: str

    def __str__(self) -> str:
        where = f"{self.file}, cell {self.cell}" if self.cell else self.file
        return f"{where}: {self.what}; {self.todo}"


def build(course_dir: Path, assignment: str, *, text_dir: Path | None = None) -> Path:
    """Make a course folder's `source/<a>/<a>.ipynb` from `text/<a>.md`, copy data files, return the notebook's path.

    `text_dir` is the folder of the texts when it is not `course_dir/text`. The same text gives the same bytes. Raises
    FileNotFoundError when there is no such text.
    """
    text, data = _places(course_dir, assignment, text_dir)
    folder = Path(course_dir) / "source" / assignment
    if folder.exists():
        shutil.rmtree(folder)
    if data.is_dir():
        shutil.copytree(data, folder)
    else:
        folder.mkdir(parents=True)
    path = folder / f"{assignment}.ipynb"
    made = json.dumps(notebook(text), indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(made + "\n", encoding="utf-8")
    return path


def notebook(text: Path) -> dict:
    """The notebook of one MyST text as an nbformat 4 dictionary; cell ids do not change from build to build."""
    import jupytext

    site = os.environ.get("SITE_URL", SITE_URL).rstrip("/")
    cells = []
    for number, cell in enumerate(jupytext.read(text).cells):
        source, metadata = cell.source, json.loads(json.dumps(cell.metadata))
        if cell.cell_type == "markdown":
            source = re.sub(r"\]\(book:([\w-]+)", rf"]({site}/book/\1.html", source)
        name = metadata.get("nbgrader", {}).get("grade_id") or metadata.get("name") or f"cell-{number:02d}"
        row = {"cell_type": cell.cell_type, "id": name, "metadata": metadata, "source": source}
        if cell.cell_type == "code":
            row |= {"execution_count": None, "outputs": []}
        cells.append(row)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def lint(course_dir: Path, assignment: str, *, text_dir: Path | None = None) -> list[Problem]:
    """Every fault of an assignment's text and, where it has been released, of `release/<a>/`; empty when all is well.

    The solution and the stub of each function are run in a child process and judged, on public and on secret probes.
    """
    text, data = _places(course_dir, assignment, text_dir)
    cells = notebook(text)["cells"]
    faults = (*_regions(cells), *_marks(cells), *_checks(assignment, cells))
    problems = [Problem(text.name, *fault) for fault in faults]
    if not problems:
        problems = [Problem(text.name, *fault) for fault in _scores(Path(course_dir), assignment, cells, data)]
    return problems + list(_release(Path(course_dir), assignment, data))


def stubs(cells: list[dict], course_dir: Path) -> list[str]:
    """The sources of the cells as nbgrader will release them, with the code stub of the course's configuration."""
    import nbformat
    from nbgrader.preprocessors import ClearSolutions
    from traitlets.config import PyFileConfigLoader

    path = Path(course_dir) / "nbgrader_config.py"
    config = PyFileConfigLoader(path.name, path=str(path.parent)).load_config() if path.exists() else None
    made = {"cells": json.loads(json.dumps(cells)), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    cleared, _ = ClearSolutions(config=config).preprocess(nbformat.from_dict(made), {})
    return [cell.source for cell in cleared.cells]


def _places(course_dir: Path, assignment: str, text_dir: Path | None) -> tuple[Path, Path]:
    """The text of an assignment and the folder of its data files, which need not exist."""
    folder = Path(text_dir) if text_dir else Path(course_dir) / "text"
    text = folder / f"{assignment}.md"
    if not text.exists():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.md"))) or "none"
        raise FileNotFoundError(f"asked for assignment {assignment!r}; {folder} has no {text.name} (it has: {known})")
    return text, folder / assignment


# The faults of a text, each a triple (cell, what, todo).

Faults = Iterator[tuple[str, str, str]]


def _named(cells: list[dict]) -> Iterator[tuple[str, dict, dict]]:
    """Each cell with its grade id, or its number from 1, and its nbgrader marks."""
    for number, cell in enumerate(cells, 1):
        marks = cell["metadata"].get("nbgrader", {})
        yield marks.get("grade_id") or str(number), cell, marks


def _regions(cells: list[dict]) -> Faults:
    """Regions in unmarked cells, regions that do not close, and hidden tests, which would show in feedback pages."""
    for name, cell, marks in _named(cells):
        source = cell["source"]
        if "HIDDEN TESTS" in source:
            yield name, "it has hidden tests", "remove them: the judge outside holds all that is secret"
        for region, mark in REGIONS.items():
            found = re.findall(rf"(BEGIN|END) {region}\b", source)
            if found and not marks.get(mark):
                yield (name, f"a {region} region in a cell that is not a {mark} cell, so it would be published",
                       f"give the cell nbgrader metadata with `{mark}: true`")
            if found != ["BEGIN", "END"] * (len(found) // 2):
                yield name, f"its {region} region does not close", "write BEGIN and END in pairs"
        if marks.get("solution") and cell["cell_type"] == "code" and "BEGIN SOLUTION" not in source:
            yield (name, "a solution cell without a SOLUTION region, so a release takes all of it away",
                   "put the solution between ### BEGIN SOLUTION and ### END SOLUTION")


def _marks(cells: list[dict]) -> Faults:
    """Grade ids that are missing or used twice, and metadata that nbgrader would refuse."""
    for name, count in Counter(name for name, _, marks in _named(cells) if marks).items():
        if count > 1:
            yield name, f"the grade id is used {count} times", "rename all but one of these cells"
    for name, _, marks in _named(cells):
        if not marks:
            continue
        if not marks.get("grade_id"):
            yield name, "a cell with nbgrader metadata has no grade_id", "give it one"
        if lacks := MARKS - set(marks):
            yield name, f"its nbgrader metadata lacks {', '.join(sorted(lacks))}", "add it"
        if (marks.get("grade") or marks.get("task")) and not marks.get("points", 0) > 0:
            yield name, "a graded cell without points", "give it points above 0"


def _checks(assignment: str, cells: list[dict]) -> Faults:
    """Check cells against the judge's task table: last line, lock, points, and a solution cell for each function."""
    table = _tasks(assignment)
    defined = {}
    for _, cell, marks in _named(cells):
        if marks.get("solution") and cell["cell_type"] == "code":
            defined |= _functions(cell["source"])
    checked = Counter()
    for name, cell, marks in _named(cells):
        if not marks.get("grade") or cell["cell_type"] != "code":
            continue
        task_id, function = _check_call(cell["source"])
        if task_id is None:
            yield (name, "its last line is not check(...)",
                   'end it with check("a2.dz_dt", dz_dt), the task and the function of this cell')
            continue
        if not marks.get("locked"):
            yield name, "a check cell that students may edit", "set `locked: true`"
        if task_id not in table:
            known = ", ".join(sorted(table))
            yield (name, f"the judge has no task {task_id!r} in {assignment}",
                   f"use one of {known}" if known else "write its row in the judge's tasks")
            continue
        task = table[task_id]
        checked[task_id] += 1
        if marks.get("points") != task.points:
            yield (name, f"it gives {marks.get('points')} points; the judge's table says {task.points:g}",
                   f"write `points: {task.points:g}`")
        if function != task.function or defined.get(function) != task.parameters:
            yield name, f"no solution cell defines {task.signature}", "use the names of the judge's table"
    for task_id in sorted(table):
        if checked[task_id] != 1:
            yield "", f"{task_id} has {checked[task_id]} check cells", "give every task exactly one"


def _scores(course_dir: Path, assignment: str, cells: list[dict], data: Path) -> Faults:
    """Solutions below full marks and stubs above zero."""
    needed = [number for number, (_, cell, marks) in enumerate(_named(cells))
              if cell["cell_type"] == "code" and marks and not marks.get("grade")]
    folder = data if data.is_dir() else None
    for kind, sources in (("solution", [cell["source"] for cell in cells]), ("stub", stubs(cells, course_dir))):
        scores = _judged([sources[number] for number in needed], sorted(_tasks(assignment)), folder)
        if isinstance(scores, str):
            yield ("", f"the {kind}s cannot be judged: {scores}",
                   "run the marked cells alone, in order: they must not need any other cell")
            continue
        for task_id, (score, full) in scores.items():
            if kind == "solution" and score < full:
                yield task_id, f"its solution gets {score:g} of {full:g} points", "mend the solution or the task"
            if kind == "stub" and score > 0:
                yield task_id, f"its stub gets {score:g} points", "leave nothing right outside the SOLUTION region"


def _tasks(assignment: str) -> dict:
    """The judge's tasks of one assignment, by id."""
    from chainrule_lib.judge import tasks

    return {task.id: task for task in tasks().values() if task.assignment == assignment}


def _check_call(source: str) -> tuple[str | None, str | None]:
    """The task id and the function's name of a last line check("...", name)."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return None, None
    match last:
        case ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(str(task_id)), ast.Name(function)], [])):
            return task_id, function
    return None, None


def _functions(source: str) -> dict[str, list[str]]:
    """The functions that a cell defines, with their parameters' names; none where it does not parse."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return {}
    return {node.name: [arg.arg for arg in node.args.args] for node in body if isinstance(node, ast.FunctionDef)}


_CHILD = """
import contextlib, io, json, sys
order = json.load(sys.stdin)
from chainrule_lib.judge import judge
space = {"__name__": "__main__"}
scores = {}
with contextlib.redirect_stdout(io.StringIO()):
    for source in order["sources"]:
        exec(source, space)
    for task_id in order["tasks"]:
        verdicts = [judge(task_id, space[task_id.split(".")[1]], seed) for seed in (None, b"author")]
        scores[task_id] = [min(verdict.score for verdict in verdicts), verdicts[0].max_score]
json.dump(scores, sys.stdout)
"""


def _judged(sources: list[str], asked: list[str], folder: Path | None) -> dict[str, list[float]] | str:
    """For each task the lower of its public and secret scores, and the full score; a sentence when there are none."""
    order = json.dumps({"sources": sources, "tasks": asked})
    try:
        child = subprocess.run([sys.executable, "-c", _CHILD], input=order, capture_output=True, text=True,
                               timeout=TIME_LIMIT, cwd=folder)
    except subprocess.TimeoutExpired:
        return f"they did not end within {TIME_LIMIT} s"
    return child.stderr.strip().splitlines()[-1] if child.returncode else json.loads(child.stdout)


def _release(course_dir: Path, assignment: str, data: Path) -> Iterator[Problem]:
    """Files in release/<a>/ that no student should get, and notebooks there that still hold a solution."""
    folder = course_dir / "release" / assignment
    allowed = {path.relative_to(data) for path in data.rglob("*")} if data.is_dir() else set()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder)
        file = f"release/{assignment}/{name.as_posix()}"
        if path.suffix == ".ipynb":
            source = path.read_text(encoding="utf-8")
            for region in REGIONS:
                if f"BEGIN {region}" in source:
                    yield Problem(file, "", f"it still holds a {region}", f"release {assignment} again")
        elif path.is_file() and name not in allowed:
            yield Problem(file, "", "neither a notebook nor a data file of the assignment",
                          "delete it, and keep it out of source/")
