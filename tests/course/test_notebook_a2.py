import re

import nbformat
import pytest


def run(path, folder):
    """Execute a notebook in a real kernel; the executed notebook."""
    from nbclient import NotebookClient

    made, resources = nbformat.read(path, as_version=4), {"metadata": {"path": str(folder)}}
    return NotebookClient(made, timeout=60, kernel_name="python3", resources=resources).execute()


def cells(made):
    return {cell["id"]: cell for cell in made.cells}


def scores(made):
    """The numbers that the four check cells returned."""
    numbers = []
    for name in ("dz_dt", "two_path", "total_derivative", "polar"):
        outputs = cells(made)[f"{name}_check"].outputs
        results = [output.data["text/plain"] for output in outputs if output.output_type == "execute_result"]
        numbers.append(float(*results))
    return numbers


@pytest.fixture(scope="module")
def released(sample):
    return sample / "release" / "a2" / "a2.ipynb"


@pytest.fixture(scope="module")
def solved(sample, tmp_path_factory):
    return run(sample / "source" / "a2" / "a2.ipynb", tmp_path_factory.mktemp("solved"))


def test_the_released_folder_holds_the_notebook_alone(released):
    assert [path.name for path in released.parent.iterdir()] == ["a2.ipynb"]


def test_the_released_notebook_holds_no_solution_and_no_mark_scheme(released, assignments):
    text = released.read_text()
    assert "SOLUTION" not in text and "MARK SCHEME" not in text and "tied" not in text
    source = (assignments / "text" / "a2.md").read_text()
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL)
    assert len(regions) == 4
    for line in filter(str.strip, "".join(regions).splitlines()):
        assert line.strip() not in text, line


def test_the_released_notebook_runs_from_top_to_bottom_and_earns_nothing(released, tmp_path):
    assert scores(run(released, tmp_path)) == [0, 0, 0, 0]


def test_the_solved_notebook_earns_full_marks_at_home(solved):
    assert scores(solved) == [8, 8, 8, 6]


def test_the_hand_checks_of_the_text_come_out(solved):
    shown = {cell.source.split("(")[0]: cell.outputs[-1].get("data", {}).get("text/plain") for cell in solved.cells
             if cell.cell_type == "code" and cell.outputs and cell.outputs[-1].output_type == "execute_result"}
    assert float(shown["dz_dt"]) == 2
    assert float(shown["two_path"]) == 14
    assert float(shown["total_derivative"]) == 1
    dz_dr, dz_dth = eval(shown["polar"])
    assert (round(dz_dr, 12), round(dz_dth, 12)) == (3, 0)


def test_the_warm_up_shows_two_graphs_and_the_two_shares(solved):
    pictures = [output for cell in solved.cells if cell.cell_type == "code" for output in cell.outputs
                if "image/svg+xml" in output.get("data", {}) or "<svg" in output.get("data", {}).get("text/html", "")]
    assert len(pictures) >= 3
    printed = [output.text.split() for cell in solved.cells if cell.cell_type == "code" for output in cell.outputs
               if output.output_type == "stream"]
    assert sorted(map(float, printed[0])) == [4, 10, 14]


def test_nothing_is_written_to_the_error_stream(solved):
    for cell in solved.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output


def test_the_mark_scheme_of_the_text_has_the_numbers_of_its_formula(assignments):
    from math import cos, sin

    text = (assignments / "text" / "a2.md").read_text()
    t = 0.5
    x, y = cos(2 * t), t * t + t
    through_x, through_y = 2 * x * y * -2 * sin(2 * t), (x * x + cos(y)) * (2 * t + 1)
    for number in (through_x, through_y, through_x + through_y):
        assert f"{number:.4f}" in text
