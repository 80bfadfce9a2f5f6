import json
import re
import shutil

import pytest

from chainrule_lib.grading import author


@pytest.fixture
def course(assignments, tmp_path):
    """A course folder of its own with the text of a2, to spoil."""
    (tmp_path / "text").mkdir()
    shutil.copy(assignments / "text" / "a2.md", tmp_path / "text")
    shutil.copy(assignments / "nbgrader_config.py", tmp_path)
    return tmp_path


def spoil(course, old, new):
    text = course / "text" / "a2.md"
    source = text.read_text()
    assert source.count(old) >= 1
    text.write_text(source.replace(old, new, 1))


def test_the_same_text_gives_the_same_bytes(course):
    first = author.build(course, "a2").read_bytes()
    (course / "source" / "a2" / "left_over.txt").write_text("from an earlier build")
    assert author.build(course, "a2").read_bytes() == first
    assert [path.name for path in (course / "source" / "a2").iterdir()] == ["a2.ipynb"]


def test_the_notebook_is_valid_and_every_cell_has_an_id_of_its_own(course):
    import nbformat

    made = nbformat.read(author.build(course, "a2"), as_version=4)
    nbformat.validate(made)
    ids = [cell["id"] for cell in made.cells]
    assert len(set(ids)) == len(ids)
    assert {"dz_dt", "dz_dt_check", "written", "written-answer"} <= set(ids)


def test_links_to_the_book_follow_site_url(course, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/chain")
    text = author.build(course, "a2").read_text()
    assert "(https://example.org/chain/book/02-two-roads.html)" in text
    assert "book:" not in text


def test_data_files_stand_beside_the_notebook(course):
    (course / "text" / "a2").mkdir()
    (course / "text" / "a2" / "points.csv").write_text("1,2\n")
    author.build(course, "a2")
    assert sorted(path.name for path in (course / "source" / "a2").iterdir()) == ["a2.ipynb", "points.csv"]


def test_an_unknown_assignment_is_refused_with_the_known_ones(course):
    with pytest.raises(FileNotFoundError, match=r"no a9.md \(it has: a2\)"):
        author.build(course, "a9")


def test_every_text_as_it_ships_has_no_problem(assignments):
    from chainrule_lib.judge import tasks

    judged = {task.assignment for task in tasks().values()}
    texts = sorted(path.stem for path in (assignments / "text").glob("*.md"))
    assert "a2" in texts and judged <= set(texts)
    for assignment in texts:
        found = [str(problem) for problem in author.lint(assignments, assignment)]
        if assignment not in judged:  # written before its tasks
            found = [problem for problem in found if "the judge has no task" not in problem]
        assert found == []


POLAR_CHECK = 'check("a2.polar", polar)'
POLAR_MARKS = "grade_id: polar_check, grade: true, solution: false, locked: true, task: false, points: 6"
TWO_PATH = "    x, y = g(t), h(t)\n    return fx(x, y)*dg(t) + fy(x, y)*dh(t)\n"
FAULTS = {  # name: (what stands in the text, what is put there, what the linter says)
    "a region in an unmarked cell": (
        "(sheet_z(1.0001) - sheet_z(0.9999))/0.0002", "### BEGIN SOLUTION\nsheet_z(1)\n### END SOLUTION",
        r"a SOLUTION region in a cell that is not a solution cell"),
    "a mark scheme in an unmarked cell": (
        "Two roads, 4 and 10.", "=== BEGIN MARK SCHEME ===\nno\n=== END MARK SCHEME ===\n",
        r"a MARK SCHEME region in a cell that is not a task cell"),
    "a region that does not close": (
        "    ### END SOLUTION\n", "\n", r"cell dz_dt: its SOLUTION region does not close"),
    "a solution cell without a region": (
        f"    ### BEGIN SOLUTION\n{TWO_PATH}    ### END SOLUTION\n", TWO_PATH,
        r"two_path: a solution cell without a SOLUTION region"),
    "hidden tests": (
        POLAR_CHECK, f"### BEGIN HIDDEN TESTS\n{POLAR_CHECK}", r"polar_check: it has hidden tests"),
    "a grade id twice": (
        "grade_id: polar,", "grade_id: two_path,", r"cell two_path: the grade id is used 2 times"),
    "a cell without a grade id": (
        "grade_id: setup, ", "", r"cell 2: a cell with nbgrader metadata has no grade_id"),
    "metadata that nbgrader refuses": (
        POLAR_MARKS, POLAR_MARKS.replace("task: false, ", ""), r"polar_check: its nbgrader metadata lacks task"),
    "a task without points": (
        '"points": 3, ', "", r"cell written: a graded cell without points"),
    "points that differ from the judge's": (
        "points: 6,", "points: 7,", r"polar_check: it gives 7 points; the judge's table says 6"),
    "a check cell that checks nothing": (
        POLAR_CHECK, f'{POLAR_CHECK}\nprint("done")', r"polar_check: its last line is not check"),
    "a check of a task that is not": (
        'check("a2.polar"', 'check("a2.polaroid"', r"no task 'a2.polaroid' in a2"),
    "a check of another function": (
        POLAR_CHECK, 'check("a2.polar", dz_dt)', r"polar_check: no solution cell defines polar\(f"),
    "a check that students may edit": (
        POLAR_MARKS, POLAR_MARKS.replace("locked: true", "locked: false"), r"polar_check: a check cell that students may edit"),
    "another signature": (
        "def polar(f, fx, fy, r, th)", "def polar(f, fx, fy, th, r)", r"no solution cell defines polar"),
    "a task never checked": (
        POLAR_CHECK, 'check("a2.two_path", two_path)', r"a2.polar has 0 check cells"),
    "a wrong solution": (
        "    return through_x + through_y\n", "    return through_x - through_y\n",
        r"a2.dz_dt: its solution gets 0 of 8 points"),
    "a stub that is right": (
        f"    ### BEGIN SOLUTION\n{TWO_PATH}", f"{TWO_PATH}    ### BEGIN SOLUTION\n", r"a2.two_path: its stub gets 8 points"),
    "a solution that needs an unmarked cell": (
        "    x, y = math.sin(t)", "    sheet_z(t)\n    x, y = math.sin(t)", r"a2.total_derivative: its solution gets 0 of 8"),
    "a cell that fails": (
        "import math\n", "import mathematics\n", r"the solutions cannot be judged: ModuleNotFoundError"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_linter_finds(course, fault):
    old, new, sentence = FAULTS[fault]
    spoil(course, old, new)
    found = [str(problem) for problem in author.lint(course, "a2")]
    assert any(re.search(sentence, problem) for problem in found), found


def test_the_linter_finds_what_no_student_should_get(course):
    folder = course / "release" / "a2"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("for the teacher")
    (folder / "a2.ipynb").write_bytes(author.build(course, "a2").read_bytes())
    found = [str(problem) for problem in author.lint(course, "a2")]
    assert any("release/a2/notes.txt: neither a notebook nor a data file" in problem for problem in found)
    assert any("release/a2/a2.ipynb: it still holds a SOLUTION" in problem for problem in found)
    assert any("release/a2/a2.ipynb: it still holds a MARK SCHEME" in problem for problem in found)


def test_a_solution_that_does_not_end_is_a_sentence(course, monkeypatch):
    monkeypatch.setattr(author, "TIME_LIMIT", 3)
    spoil(course, "import math\n", "import math\nwhile True: pass\n")
    assert any("they did not end within 3 s" in str(problem) for problem in author.lint(course, "a2"))


def test_a_problem_says_where_what_and_what_to_do():
    problem = author.Problem("a2.md", "polar_check", "it gives 7 points", "write `points: 6`")
    assert str(problem) == "a2.md, cell polar_check: it gives 7 points; write `points: 6`"
    assert json.dumps(vars(problem))
