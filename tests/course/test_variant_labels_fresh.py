"""The labels of the unseen set in tests/judge/variants/fresh, on the probes of the first set; no judge."""

import contextlib
import copy
import dataclasses
import io
import json

import numpy as np
import pytest
from labelling import LIBRARY, ROOT, assert_catalogued, assert_label_holds, worst_error
from test_variant_labels import PROBES as EARLY_PROBES
from test_variant_labels_a3 import PROBES as A3_PROBES
from test_variant_labels_a4 import PROBES as A4_PROBES
from test_variant_labels_a4 import SHAPES, build, given_topo, worst_on_graphs
from test_variant_labels_a5 import PROBES as A5_PROBES
from test_variant_labels_a6 import PROBES as A6_PROBES

PROBES = EARLY_PROBES | A3_PROBES | A4_PROBES | A5_PROBES | A6_PROBES
GRAPH_TASKS = {"a4.backward", "a4.toposort"}
PROBES |= {task: [((build(shape, seed)[0][-1],), None) for seed, shape in enumerate(SHAPES)] for task in GRAPH_TASKS}
CELLS = {task: LIBRARY["read"](task, "fresh") for task in LIBRARY["tasks"]("fresh")}
ALL = [variant for cells in CELLS.values() for variant in cells]


def answers_somewhere(variant, probes):
    """Whether the function returns at least once: wrong by its numbers, not by a misspelt name."""
    function = variant.function()
    function.__globals__.update(given_topo=given_topo)
    for arguments, _ in probes:
        with contextlib.suppress(ValueError, TypeError, IndexError), contextlib.redirect_stdout(io.StringIO()), \
                np.errstate(all="ignore"):
            function(*copy.deepcopy(arguments))
            return True
    return False


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_fresh_variant_is_right_exactly_when_its_label_says_so(variant):
    on_graphs = variant.task in GRAPH_TASKS
    assert_label_holds(variant, worst_on_graphs(variant) if on_graphs else worst_error(variant, PROBES[variant.task]))


@pytest.mark.parametrize("variant", ALL, ids=lambda v: f"{v.task}-{v.name}")
def test_a_fresh_variant_answers_at_least_once(variant):
    assert answers_somewhere(variant, PROBES[variant.task])


def test_a_misspelt_name_is_not_taken_for_a_slip():
    misspelt = dataclasses.replace(CELLS["a1.chain"][0], source="def chain(f, df, g, dg, x):\n    return fd(x)\n")
    with pytest.raises(NameError):
        answers_somewhere(misspelt, PROBES["a1.chain"])


def test_every_fresh_label_names_slips_of_the_catalogue():
    catalogue = json.loads((ROOT / "chainrule_lib/judge/misconceptions.json").read_text())
    assert_catalogued(ALL, {row["id"] for row in catalogue})


EARLY = [task for task in CELLS if task < "a4"]
LATE = [task for task in CELLS if task > "a4"]


@pytest.mark.parametrize("task", EARLY)
def test_each_early_fresh_task_has_seven_right_and_at_least_twenty_two_wrong_functions(task):
    cells = CELLS[task]
    assert len({variant.name for variant in cells}) == len(cells)
    assert sum(variant.right for variant in cells) == 7
    assert sum(not variant.right for variant in cells) >= 22
    assert sum(variant.label == "unnameable" for variant in cells) == 2
    assert sum("+" in variant.label for variant in cells) == 3


@pytest.mark.parametrize("task", LATE)
def test_each_late_fresh_task_has_two_right_and_five_wrong_functions(task):
    cells = CELLS[task]
    assert len({variant.name for variant in cells}) == len(cells)
    assert sum(variant.right for variant in cells) == 2
    assert sum(not variant.right for variant in cells) == 5
    assert sum("+" in variant.label for variant in cells) <= 1


def test_the_late_fresh_tasks_are_those_of_a4_to_a6b_but_for_training():
    assert set(LATE) == {task for task in PROBES if task > "a4"}
