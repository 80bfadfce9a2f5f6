"""Explorables: pictures that answer to a few controls, each a pure function from control values to SVG.

    explore.explorables()                         # names and what each one is about
    explore.render("linked-dials", t=1.5)         # SVG, 360 pixels wide
    explore.figure("two-roads", road_y=False)     # HTML: one or two columns, whichever fits
    explore.widget("increments")                  # sliders in a notebook

Standard library only; ipywidgets is imported when a widget is asked for. New ones are a file and a row below.
"""

from typing import Any

from chainrule_lib.explore import (
    bowl,
    cross_entropy,
    deep_product,
    difference_step,
    downhill,
    frozen_knob,
    increments,
    jacobian_product,
    linked_dials,
    opened_gradient,
    shape_puzzle,
    softmax_slopes,
    sweep_steps,
    two_roads,
    unrolled,
    which_end,
    wiring,
    wrong_gradient,
)
from chainrule_lib.explore.explorable import Choice, Explorable, Slider, Toggle

__all__ = ["Choice", "Explorable", "Slider", "Toggle", "describe", "explorables", "figure", "render", "widget"]

_IN_ORDER = (
    linked_dials,
    two_roads,
    increments,
    frozen_knob,
    wiring,
    jacobian_product,
    softmax_slopes,
    which_end,
    sweep_steps,
    shape_puzzle,
    downhill,
    opened_gradient,
    cross_entropy,
    unrolled,
    difference_step,
    deep_product,
    bowl,
    wrong_gradient,
)
_ALL = {module.EXPLORABLE.name: module.EXPLORABLE for module in _IN_ORDER}


def explorables() -> dict[str, Explorable]:
    """Every explorable by name, in the order of the book."""
    return dict(_ALL)


def render(name: str, *, theme: str = "auto", wide: bool = False, **controls: Any) -> str:
    """The picture as SVG, 360 pixels wide (720 with `wide`); controls that are not given keep their default."""
    return _find(name).render(theme=theme, wide=wide, **controls)


def figure(name: str, *, theme: str = "auto", **controls: Any) -> str:
    """The picture as HTML for a page: two columns where there is room, one where there is not."""
    return _find(name).figure(theme=theme, **controls)


def describe(name: str) -> dict[str, object]:
    """The explorable's title, page and controls as plain data for a front end (JSON-able)."""
    return _find(name).describe()


def widget(name: str, **controls: Any):
    """The explorable as ipywidgets, starting from the given values; a page without a kernel shows its figure."""
    from chainrule_lib.explore import notebook

    return notebook.widget(_find(name), controls)


def _find(name: str) -> Explorable:
    if name not in _ALL:
        raise ValueError(f"asked for the explorable {name!r}; there are {', '.join(_ALL)}: use one of these names")
    return _ALL[name]
