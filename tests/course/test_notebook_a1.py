import math
import re

import pytest

from chainrule_lib.grading import author


@pytest.fixture(scope="module")
def cells(assignments):
    return author.notebook(assignments / "text" / "a1.md")["cells"]


def test_the_hand_checks_of_the_text_come_out(cells):
    space, shown = {}, {}
    for cell in cells:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and marks and not marks["grade"]:
            exec(cell["source"], space)
        elif found := re.match(r"(chain|d_triple|neuron_grads|second)\(", cell["source"]):
            shown[found[1]] = eval(cell["source"], space)
    assert shown["chain"] == 54
    assert shown["d_triple"] == pytest.approx(-2 * math.sqrt(math.pi))
    assert shown["neuron_grads"] == (0.75, 0.25)
    assert shown["second"] == 30


def test_the_points_of_the_cells_are_those_of_the_text(cells):
    points = {cell["id"]: cell["metadata"].get("nbgrader", {}).get("points") for cell in cells}
    given = {name: value for name, value in points.items() if value}
    assert given == {"chain_check": 6, "d_triple_check": 6, "neuron_grads_check": 8, "second_check": 5, "written": 3}
    text = " ".join("".join(cell["source"] for cell in cells).split())
    assert "**Points:** 28, of which 25 for four functions and 3 for one answer in words" in text


def test_every_page_that_is_linked_exists(assignments):
    slugs = re.findall(r"\]\(book:([\w-]+)", (assignments / "text" / "a1.md").read_text())
    assert slugs
    for slug in slugs:
        assert (assignments.parent / "book" / f"{slug}.md").is_file(), slug
