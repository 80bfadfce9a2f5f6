"""The rooms of chainrule_lib and the arrows between them (design: each room may import what stands before it)."""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[1] / "chainrule_lib"
MAY_IMPORT = {
    "engine": set(),
    "numpy": {"engine"},
    "study": {"engine", "numpy"},
    "judge": {"engine", "numpy", "study"},
    "explore": {"engine", "numpy", "study", "judge"},
    "grading": {"engine", "numpy", "study", "judge"},
}
HEAVY = {"nbgrader", "dask", "distributed", "matplotlib", "ipywidgets", "IPython", "psycopg", "sqlalchemy", "torch", "jax"}
# These run only where their heavy import is the point: nbgrader loads the preprocessor, the sandbox starts the runner.
HEAVY_AT_HOME = {"grading/preprocessor.py", "grading/runner.py"}


def imports(tree: ast.AST, package: list[str], top_level_only: bool = False):
    """Dotted names that a module imports, relative ones made absolute."""
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join(base + ([node.module] if node.module else []))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def sources():
    # What lies in a standin/ folder is for the inside of the sandbox; it imports nothing of ours.
    return [path for path in sorted(LIBRARY.rglob("*.py")) if "standin" not in path.parts]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(LIBRARY)))
def test_a_room_imports_only_what_stands_before_it(path):
    parts = path.relative_to(LIBRARY).parts
    package = ["chainrule_lib", *parts[:-1]]
    room = parts[0] if len(parts) > 1 else None
    allowed = (MAY_IMPORT[room] | {room}) if room else set()
    for name in imports(ast.parse(path.read_text()), package):
        head, *rest = name.split(".")
        if head == "chainrule_lib" and rest and rest[0] in MAY_IMPORT:
            assert rest[0] in allowed, f"{path}: the room {room!r} may not import {name}"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(LIBRARY)))
def test_heavy_libraries_are_imported_inside_functions(path):
    relative = path.relative_to(LIBRARY)
    if str(relative) in HEAVY_AT_HOME:
        return
    package = ["chainrule_lib", *relative.parts[:-1]]
    names = {name.split(".")[0] for name in imports(ast.parse(path.read_text()), package, top_level_only=True)}
    assert not names & HEAVY, f"{path} imports {names & HEAVY} at module level"


def test_the_arrow_test_sees_a_wrong_arrow():
    tree = ast.parse("def f():\n    from ..grading import record\n")
    assert "chainrule_lib.grading" in set(imports(tree, ["chainrule_lib", "engine"]))
    assert "grading" not in MAY_IMPORT["engine"]
