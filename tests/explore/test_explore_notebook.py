"""The widget front end, in this process and in a real kernel."""

import nbformat
import pytest
from nbclient import NotebookClient

from chainrule_lib import explore


@pytest.mark.parametrize("name", sorted(explore.explorables()))
def test_a_moved_control_redraws_the_picture(name):
    box = explore.widget(name)
    *controls, picture = box.children
    assert [c.description for c in controls] == [c.label for c in explore.explorables()[name].controls]
    assert picture.value == explore.figure(name)
    moved = next((c for c in controls if hasattr(c, "step") and c.value), controls[0])
    moved.value = moved.value * 0.5 if hasattr(moved, "step") else moved.options[0][1]
    names = [c.name for c in explore.explorables()[name].controls]
    assert (
        picture.value
        == explore.figure(name, **dict(zip(names, (c.value for c in controls))))
        != explore.figure(name)
    )


def test_a_widget_starts_from_the_values_it_is_given():
    box = explore.widget("two-roads", t=0.5, road_y=False)
    assert [c.value for c in box.children[:-1]] == [0.5, True, False]
    with pytest.raises(ValueError, match="its controls are"):
        explore.widget("two-roads", s=1)


def test_the_ends_of_every_slider_can_be_reached():
    for name, explorable in explore.explorables().items():
        for end in ("min", "max"):
            explore.widget(name, **{c.name: getattr(c, end) for c in explorable.controls if hasattr(c, "min")})


def test_in_a_real_kernel_it_is_a_widget_and_a_picture_for_pages_without_one():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from chainrule_lib import explore\nbox = explore.widget('two-roads')\nbox.children[0].value = 1.5\nbox"
            )
        ]
    )
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    data = notebook.cells[0].outputs[0]["data"]
    assert set(data) >= {"application/vnd.jupyter.widget-view+json", "text/html"}
    assert data["text/html"] == explore.figure("two-roads")
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    shown = [s["state"]["value"] for s in states if s["model_name"] == "HTMLModel"]
    assert shown == [explore.figure("two-roads", t=1.5)]
