"""Sanitising: every cell the instructor fixed comes from the instructor; a broken file is a sentence, not a crash."""

import copy
import json

import pytest

from chainrule_lib.grading import pipeline
from chainrule_lib.grading.keys import MissingKey, course_key, task_seed
from small_course import FULL, RIGHT, as_bytes, submitted


def clean(content, source):
    return pipeline.sanitise(pipeline.read_notebook(as_bytes(content)), source)


def ids(notebook):
    return [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]


def cell_of(content, name):
    return next(
        cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def test_the_source_of_a_released_course_has_every_cell_in_order(source):
    assert [cell["metadata"]["nbgrader"]["grade_id"] for cell in source["cells"]] == [
        "dz_dt",
        "dz_dt_check",
        "polar",
        "polar_check",
        "why",
    ]
    assert [cell["metadata"]["nbgrader"].get("points") for cell in source["cells"]] == [
        None,
        8.0,
        None,
        6.0,
        3.0,
    ]


def test_an_edited_check_and_changed_points_are_restored(source):
    content = submitted()
    cell = cell_of(content, "dz_dt_check")
    cell["source"] = 'print("passed")\n8.0'
    cell["metadata"]["nbgrader"].update(points=800, locked=False, grade=True, solution=True)
    cell["cell_type"] = "code"
    cell["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": "8.0"}, "metadata": {}, "execution_count": 1}
    ]
    restored = cell_of(clean(content, source), "dz_dt_check")
    assert restored["source"] == 'check("a2.dz_dt", dz_dt)'
    assert restored["metadata"]["nbgrader"]["points"] == 8.0
    assert restored["outputs"] == []


def test_a_deleted_check_is_put_back_after_its_function(source):
    content = submitted()
    content["cells"] = [cell for cell in content["cells"] if cell is not cell_of(content, "dz_dt_check")]
    assert ids(clean(content, source)) == [None, "dz_dt", "dz_dt_check", "polar", "polar_check", "why"]


def test_when_everything_is_deleted_every_graded_cell_is_back(source):
    assert ids(clean({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}, source)) == [
        "dz_dt",
        "dz_dt_check",
        "polar",
        "polar_check",
        "why",
    ]


def test_of_two_cells_with_one_id_the_last_counts_and_a_locked_twin_is_dropped(source):
    content = submitted()
    content["cells"] += [
        copy.deepcopy(cell_of(content, "dz_dt_check")),
        copy.deepcopy(cell_of(content, "dz_dt")),
    ]
    result = clean(content, source)
    assert ids(result).count("dz_dt") == ids(result).count("dz_dt_check") == 1
    assert sum("def dz_dt" in cell["source"] for cell in result["cells"]) == 2


def test_foreign_ids_and_odd_metadata_are_plain_cells(source):
    content = submitted(extra=["1"])
    content["cells"][-1]["metadata"] = {
        "nbgrader": {"grade_id": "mine", "grade": True, "points": 100, "locked": True},
        "tags": ["x"],
    }
    content["cells"].append(
        {"cell_type": "code", "source": ["a\n", "b"], "metadata": {"nbgrader": "nonsense"}}
    )
    content["cells"].append({"cell_type": "heading", "source": "x", "metadata": None})
    result = clean(content, source)
    assert [cell["metadata"] for cell in result["cells"][-3:]] == [{}, {}, {}]
    assert result["cells"][-2]["source"] == "a\nb"
    assert result["cells"][-1]["cell_type"] == "raw"


def test_a_check_moved_above_its_function_still_counts(source):
    content = submitted()
    check = cell_of(content, "dz_dt_check")
    content["cells"].remove(check)
    content["cells"].insert(0, check)
    result = pipeline.grade_notebook(as_bytes(content), source, seed=b"k" * 32)
    assert {task["task_id"]: task["score"] for task in result["tasks"] if task["task_id"]} == FULL


BROKEN = {
    "cut off": as_bytes(submitted())[:900],
    "empty": b"",
    "no JSON": b"hello",
    "a list": b"[]",
    "no cells": b"{}",
    "NUL bytes": b"\0" * 100,
    "deep brackets": b"[" * 100_000,
    "latin-1": '{"cells": ["é"]}'.encode("latin-1"),
    "cells of a wrong kind": b'{"cells": 3}',
    "too long": b" " * 20_000_001,
    "an odd format 3": b'{"nbformat": 3, "worksheets": 7}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_student_fault_with_a_sentence(source, name):
    result = pipeline.grade_notebook(BROKEN[name], source)
    assert result["status"] == "student_fault" and not result["readable"]
    assert result["message"].startswith("The file") and result["message"].endswith(".")
    assert [task["score"] for task in result["tasks"]] == [0.0, 0.0, None]
    assert ids(result["notebook"]) == ["dz_dt", "dz_dt_check", "polar", "polar_check", "why"]


def test_a_missing_file_is_a_student_fault(source):
    result = pipeline.grade_notebook(None, source)
    assert result["message"] == "There is no file a2.ipynb in the submission."


def test_a_byte_order_mark_and_an_old_format_are_read(source):
    content = submitted()
    assert pipeline.read_notebook(b"\xef\xbb\xbf" + as_bytes(content))["cells"]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "input": "x = 1",
                        "outputs": [],
                        "language": "python",
                        "collapsed": False,
                        "metadata": {},
                    }
                ],
            }
        ],
    }
    assert pipeline.read_notebook(as_bytes(old))["cells"][0]["source"] in ("x = 1", ["x = 1"])


def test_an_old_format_keeps_its_cells_and_their_places(source):
    cells = [
        {"metadata": cell["metadata"], "cell_type": cell["cell_type"]}
        | (
            {"input": cell["source"], "outputs": [], "language": "python", "collapsed": False}
            if cell["cell_type"] == "code"
            else {"source": cell["source"]}
        )
        for cell in submitted()["cells"]
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    old["worksheets"] = [{"metadata": {}, "cells": cells}]
    result = clean(old, source)
    assert ids(result) == [None, "dz_dt", "dz_dt_check", "polar", "polar_check", "why"]
    assert cell_of(result, "dz_dt")["source"] == RIGHT["dz_dt"]


ODD = {
    "a kernel of another language": lambda content: content["metadata"].update(kernelspec={"name": "julia"}),
    "metadata that is a list": lambda content: content.update(metadata=[]),
    "a format of tomorrow": lambda content: content.update(nbformat=5),
    "NUL and half a letter": lambda content: cell_of(content, "dz_dt").update(source=RIGHT["dz_dt"] + "\0\ud800"),
    "an answer turned into text": lambda content: cell_of(content, "dz_dt").update(cell_type="markdown"),
    "lines": lambda content: cell_of(content, "dz_dt").update(source=RIGHT["dz_dt"].splitlines(True)),
    "points that are words": lambda content: cell_of(content, "dz_dt_check")["metadata"]["nbgrader"].update(
        points="lots"
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_notebook_becomes_the_plain_one(source, name):
    content = submitted()
    ODD[name](content)
    result = clean(content, source)
    assert ids(result) == [None, "dz_dt", "dz_dt_check", "polar", "polar_check", "why"]
    assert cell_of(result, "dz_dt")["source"].rstrip("?") == RIGHT["dz_dt"]
    assert cell_of(result, "dz_dt")["cell_type"] == "code"
    assert cell_of(result, "dz_dt_check")["metadata"]["nbgrader"]["points"] == 8.0
    assert result["metadata"]["kernelspec"]["name"] == "python3"
    json.dumps(result, ensure_ascii=False).encode()


def test_the_check_and_the_function_are_found_in_the_text():
    assert pipeline.find_check("# look\nx = 1\ncheck('a2.polar', polar)") == ("a2.polar", "polar")
    assert pipeline.find_check("check(polar)") is None and pipeline.find_check("def (") is None
    cells = [{"cell_type": "code", "source": RIGHT["dz_dt"]}, {"cell_type": "code", "source": "def ("}]
    assert pipeline.function_text(cells, "dz_dt").startswith("def dz_dt(t):")
    assert pipeline.function_text(cells, "other") is None


def test_a_result_is_another_when_anything_it_depends_on_is(source):
    from chainrule_lib.grading.sandbox import Limits

    base = dict(
        submitted=b"x", source=source, limits=Limits(), seed=b"k", files={"a": b"1"}, executor="bubblewrap"
    )
    changed = [
        base | change
        for change in (
            {"submitted": b"y"},
            {"submitted": None},
            {"source": {**source, "name": "z"}},
            {"seed": b"l"},
            {"limits": Limits(memory=1)},
            {"files": {"a": b"2"}},
            {"executor": "none"},
        )
    ]
    keys = {
        pipeline.result_key(submitted, pipeline.terms_key(**terms))
        for submitted, terms in ((each.pop("submitted"), each) for each in (base, *changed))
    }
    assert len(keys) == 1 + len(changed)


def test_the_key_is_made_once_readable_by_its_owner_alone(tmp_path):
    key = course_key(tmp_path)
    assert len(key) == 32 and course_key(tmp_path) == key
    assert (tmp_path / ".course_key").stat().st_mode & 0o777 == 0o600
    assert task_seed(key, "a2.polar") != task_seed(key, "a2.dz_dt") != task_seed(b"x" * 32, "a2.dz_dt")
    assert [path.name for path in tmp_path.iterdir()] == [".course_key"]


def test_a_lost_key_stops_a_course_that_has_grades(tmp_path):
    with pytest.raises(MissingKey, match="is missing, and the gradebook already has grades"):
        course_key(tmp_path, has_grades=True)
    (tmp_path / ".course_key").write_bytes(b"short")
    with pytest.raises(MissingKey, match="should hold 32 bytes and holds 5"):
        course_key(tmp_path)


def test_the_result_is_plain_json(source):
    result = pipeline.grade_notebook(as_bytes(submitted()), source, seed=b"k" * 32)
    assert json.loads(json.dumps(result)) == result
