"""An assignment's notebook played through in this process: what the tests of the notebooks share."""

import ast
import contextlib
import io

from labelling import LIBRARY, ROOT

from chainrule_lib.grading import author

TEXTS = sorted((ROOT / "assignments" / "text").glob("*.md"))


def cells_of(assignment):
    """The cells of an assignment as `chainrule author` builds them, solutions included."""
    return author.notebook(ROOT / "assignments" / "text" / f"{assignment}.md")["cells"]


def play(assignment, sources=None):
    """Run the code cells in order: the names they leave behind, and the value of each cell's last line by cell id.

    They run where the assignment's data files are. `sources` are other texts for all cells, such as a release's stubs.
    """
    cells, data = cells_of(assignment), ROOT / "assignments" / "text" / assignment
    space, shown = {"__name__": "__main__"}, {}
    with contextlib.chdir(data if data.is_dir() else "."), contextlib.redirect_stdout(io.StringIO()):
        for cell, source in zip(cells, sources or [cell["source"] for cell in cells], strict=True):
            if cell["cell_type"] == "code":
                body = ast.parse(source).body
                last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
                exec(compile(ast.Module(body, []), cell["id"], "exec"), space)
                shown[cell["id"]] = last and eval(compile(ast.Expression(last.value), cell["id"], "eval"), space)
    return space, shown


def hand_checks(assignment):
    """What the cell above each check shows, by the name of the function, with the solutions in place."""
    shown = play(assignment)[1]
    above = dict(zip(list(shown)[1:], shown))
    return {name.removesuffix("_check"): shown[above[name]] for name in shown if name.endswith("_check")}


def solution(task):
    """The solution of a task as a student's function, for the tests that measure those."""
    assignment, name = task.split(".")
    source = next(cell["source"] for cell in cells_of(assignment) if cell["id"] == name)
    return LIBRARY["Variant"](task, "solution", "right", frozenset(), "", source)
