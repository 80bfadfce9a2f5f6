"""What holds for every assignment's notebook; test_notebook_<assignment>.py says what holds for one."""

import re

import pytest
from playing import TEXTS, cells_of, play

from chainrule_lib.grading import author

POINTS = {
    "a1": {"chain": 6, "d_triple": 6, "neuron_grads": 8, "second": 5, "written": 3},
    "a2": {"dz_dt": 8, "two_path": 8, "total_derivative": 8, "polar": 6, "written": 3},
    "a3": {"general_grad": 8, "jacobian_chain": 9, "vjp_chain": 9, "softmax_jacobian": 8, "implicit_slope": 5,
           "written": 3},
    "a4": {"toposort": 8, "backward": 14, "path_sum": 8, "matmul_backward": 9, "unbroadcast": 8, "written": 3},
    "a5": {"affine_backward": 10, "sigmoid_backward": 5, "relu_backward": 5, "mse_grad": 6, "softmax_ce_grad": 9,
           "backward": 10, "backward_clf": 9, "written": 3},
    "a6": {"numerical_grad": 10, "gd_step": 8, "train": 15, "rnn_backward": 14, "tied_grad": 6,
           "residual_backward": 10, "dropout_backward": 4, "norm_backward": 6, "written": 3},
    "a6b": {"hvp": 6, "written": 3},
}
PAGES = """01-slope-inside-a-slope 02-two-roads 03-total-or-partial 04-general-sum 05-jacobians 06-which-end-first
    07-accumulation 08-batches-and-shapes 09-learning 10-softmax 11-shared-weights 12-deep-products 13-second-order
    14-reading-a-wrong-gradient""".split()
NUMBERS = "no one two three four five six seven eight".split()

every_text = pytest.mark.parametrize("assignment", [path.stem for path in TEXTS])


@every_text
def test_the_points_of_the_cells_are_those_of_the_course_and_of_the_text(assignment):
    points = {cell["id"]: cell["metadata"].get("nbgrader", {}).get("points") for cell in cells_of(assignment)}
    given = {name.removesuffix("_check"): value for name, value in points.items() if value}
    assert given == POINTS[assignment]
    functions = f"{NUMBERS[len(given) - 1]} function{'s' * (len(given) > 2)}"
    said = (f"**Points:** {sum(given.values())}, of which {sum(given.values()) - 3} for {functions} "
            "and 3 for one answer in words")
    assert said in " ".join("".join(cell["source"] for cell in cells_of(assignment)).split())


@every_text
def test_every_linked_page_is_a_chapter_of_the_book(assignment, assignments):
    slugs = re.findall(r"\]\(book:([\w-]+)", (assignments / "text" / f"{assignment}.md").read_text())
    assert slugs and set(slugs) <= set(PAGES)


def test_every_chapter_that_is_written_has_the_name_that_links_use(assignments):
    assert {path.stem for path in (assignments.parent / "book").glob("[0-9][0-9]-*.md")} <= set(PAGES)


@every_text
def test_no_line_of_a_solution_stands_outside_its_region(assignment, assignments):
    cells = cells_of(assignment)
    left = "\n".join(author.stubs(cells, assignments))
    regions = [region for cell in cells
               for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell["source"], re.DOTALL)]
    assert len(regions) == len(POINTS[assignment]) - 1
    for line in map(str.strip, "".join(regions).splitlines()):
        assert len(line) < 10 or line not in left  # shorter ones, u = g(x), stand in formulas as well


@every_text
def test_the_released_notebook_runs_from_top_to_bottom_and_earns_nothing(assignment, assignments):
    shown = play(assignment, author.stubs(cells_of(assignment), assignments))[1]
    checks = {name: score for name, score in shown.items() if name.endswith("_check")}
    assert checks == {f"{name}_check": 0 for name in POINTS[assignment] if name != "written"}
