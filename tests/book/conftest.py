"""The built book, once a session: `site` is its folder, `pages` its parsed pages by name (`book/02-two-roads.html`)."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site() -> Path:
    at_home = {name: value for name, value in os.environ.items() if name != "SITE_URL"}
    built = subprocess.run([sys.executable, ROOT / "book" / "build.py"], env=at_home, capture_output=True, text=True, timeout=600)
    assert built.returncode == 0, f"the book does not build:\n{built.stdout[-4000:]}\n{built.stderr[-4000:]}"
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def pages(site):
    found = sorted(p for p in site.rglob("*.html") if "_static" not in p.relative_to(site).parts)
    return {str(p.relative_to(site)): parsed(p) for p in found}


def parsed(path: Path):
    """A page with each typeset formula as the TeX that it was made from, in \\(...\\) or \\[...\\]."""
    from bs4 import BeautifulSoup

    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    for formula in page.select(".math[data-tex]"):
        opening, closing = (r"\[", r"\]") if formula.name == "div" else (r"\(", r"\)")
        formula.find("mjx-container").replace_with(opening + formula["data-tex"] + closing)
    return page


@pytest.fixture(scope="session")
def book_extension():
    """Load one of the book's own modules, `book/_ext/<name>.py` or `book/<name>.py`."""

    def load(name: str):
        path = next(p for p in (ROOT / "book" / "_ext" / f"{name}.py", ROOT / "book" / f"{name}.py") if p.exists())
        sys.path.insert(0, str(path.parent))
        try:
            spec = importlib.util.spec_from_file_location(f"book_{name}", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        finally:
            sys.path.remove(str(path.parent))
        return module

    return load


@pytest.fixture(scope="session")
def node() -> str:
    """Node of the environment, which `make` puts there."""
    own = Path(sys.executable).parent / "node"
    return str(own) if own.exists() else "node"
