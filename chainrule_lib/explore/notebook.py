"""The notebook's front end: an explorable's controls as ipywidgets, its picture below them."""

import math
from collections.abc import Mapping

from chainrule_lib.explore.explorable import Choice, Control, Explorable, Toggle


def widget(explorable: Explorable, given: Mapping[str, object]):
    """A box of controls over a picture that follows them.

    Its mime bundle also holds the first picture as text/html, for a page that has no kernel or prefers no script.
    """
    import ipywidgets

    values = explorable.values(given)
    first = explorable.figure(**values)

    class Box(ipywidgets.VBox):
        def _repr_mimebundle_(self, **options):
            return {**super()._repr_mimebundle_(**options), "text/html": first}

    controls = {control.name: _control(control, values[control.name]) for control in explorable.controls}
    shown = ipywidgets.HTML(first, layout=ipywidgets.Layout(width="100%"))

    def draw(_change):
        shown.value = explorable.figure(**{name: control.value for name, control in controls.items()})

    for control in controls.values():
        control.observe(draw, "value")
    return Box([*controls.values(), shown])


def _control(control: Control, value):
    import ipywidgets

    common = {
        "description": control.label,
        "value": value,
        "layout": ipywidgets.Layout(width="min(100%, 460px)"),
        "style": {"description_width": "7.5em"},
    }
    if isinstance(control, Choice):
        return ipywidgets.Dropdown(options=[(label, option) for option, label in control.options], **common)
    if isinstance(control, Toggle):
        return ipywidgets.Checkbox(**common)
    if control.log:
        return ipywidgets.FloatLogSlider(
            min=math.log10(control.min), max=math.log10(control.max), step=control.step, **common
        )
    return ipywidgets.FloatSlider(min=control.min, max=control.max, step=control.step, **common)
