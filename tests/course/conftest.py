import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def assignments():
    """The folder assignments/ of this repository."""
    return ROOT / "assignments"


@pytest.fixture(scope="session")
def sample_script(assignments):
    """The names that assignments/sample/build.py defines."""
    return runpy.run_path(str(assignments / "sample" / "build.py"))


@pytest.fixture(scope="session")
def sample(sample_script, tmp_path_factory):
    """The course folder of the sample class, built once."""
    course = tmp_path_factory.mktemp("sample") / "course"
    sample_script["build"](course)
    return course
