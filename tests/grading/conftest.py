"""The small course as fixtures: released once for the whole room, copied for whoever changes it."""

import shutil

import pytest
from gradebooks import ASSIGNMENT, write_sources
from small_course import CONFIG, as_bytes, nbgrader, notebook, source_cells


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A released course with nobody in it; copy it, never change it."""
    course = tmp_path_factory.mktemp("released") / "course"
    (course / "source" / "a2").mkdir(parents=True)
    shutil.copy(CONFIG, course)
    (course / "source" / "a2" / "a2.ipynb").write_bytes(as_bytes(notebook(source_cells())))
    (course / "source" / "a2" / "numbers.csv").write_text("1,2,3\n")
    done = nbgrader(course, "generate_assignment", "a2", "--create")
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture
def course(released, tmp_path):
    return shutil.copytree(released, tmp_path / "course")


@pytest.fixture(scope="session")
def source(released):
    from chainrule_lib.grading.course import Course

    return Course(released).sources("a2")["a2"]


@pytest.fixture(scope="session")
def released_pair(tmp_path_factory):
    """A released course of two notebooks with every kind of cell; copy it, never change it."""
    course = tmp_path_factory.mktemp("pair") / "course"
    write_sources(course)
    shutil.copy(CONFIG, course)
    done = nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture
def pair(released_pair, tmp_path):
    return shutil.copytree(released_pair, tmp_path / "pair")
