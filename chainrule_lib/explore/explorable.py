"""What an explorable is: a few controls, described as data, and a pure function from their values to a picture.

Both front ends (ipywidgets, a web page) read the controls from here and know nothing of the mathematics.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from chainrule_lib.study.drawing import document

_FIGURE = (
    ".cr-figure{container-type:inline-size;contain-intrinsic-inline-size:720px;text-align:center}"
    ".cr-wide{display:none}"
    "@container (min-width:640px){.cr-narrow{display:none}.cr-wide{display:block}}"
)
COLUMN = 360.0  # width of a panel in pixels; a wide picture has two columns


@dataclass(frozen=True)
class Slider:
    """A number between min and max; `step` is a distance, or with `log` a number of decades."""

    name: str
    label: str
    min: float
    max: float
    step: float
    default: float
    log: bool = False

    def read(self, value: object) -> float:
        number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
        if not self.min - 1e-9 <= number <= self.max + 1e-9:
            raise ValueError(
                f"asked for {self.name} = {value!r}; {self.label} runs from {self.min:g} to {self.max:g}: "
                "choose a number between"
            )
        return float(number)


@dataclass(frozen=True)
class Choice:
    """One of a few; `options` pairs each value with what the reader sees."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    default: str

    def read(self, value: object) -> str:
        known = [option for option, _ in self.options]
        if value not in known:
            raise ValueError(
                f"asked for {self.name} = {value!r}; {self.label} is one of {', '.join(known)}: choose one of them"
            )
        return value


@dataclass(frozen=True)
class Toggle:
    """On or off."""

    name: str
    label: str
    default: bool

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"asked for {self.name} = {value!r}; {self.label} is on or off: give True or False")
        return value


Control = Slider | Choice | Toggle


class Panel(NamedTuple):
    """A part of a picture, drawn in a frame COLUMN wide and `height` high."""

    height: float
    body: str


class Picture(NamedTuple):
    """Two columns of panels (one under the other where the page is narrow) and what the picture says, in words."""

    left: tuple[Panel, ...]
    right: tuple[Panel, ...]
    desc: str


@dataclass(frozen=True)
class Explorable:
    """A name (used in links), a title, the page it belongs to, its controls and the function that draws it."""

    name: str
    title: str
    page: str
    controls: tuple[Control, ...]
    picture: Callable[..., Picture]

    def values(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The value of every control, as given or its default. ValueError: an unknown name, a value out of range."""
        known = {control.name: control for control in self.controls}
        for name in given:
            if name not in known:
                raise ValueError(
                    f"asked {self.name} for {name!r}; its controls are {', '.join(known)}: use one of these names"
                )
        return {name: control.read(given.get(name, control.default)) for name, control in known.items()}

    def render(self, *, theme: str = "auto", wide: bool = False, **given: Any) -> str:
        """The picture as SVG: 360 pixels wide, or 720 in two columns."""
        left, right, desc = self.picture(**self.values(given))
        columns = [left, right] if wide else [left + right]
        body = "".join(
            f'<g transform="translate({COLUMN * k:g} {sum(p.height for p in column[:j]):g})">{panel.body}</g>'
            for k, column in enumerate(columns)
            for j, panel in enumerate(column)
        )
        height = max(sum(panel.height for panel in column) for column in columns)
        return document(COLUMN * len(columns), height, body, title=self.title, desc=desc, theme=theme)

    def figure(self, *, theme: str = "auto", **given: Any) -> str:
        """The picture as HTML for a page: both layouts; the browser shows the one that fits, with no script."""
        narrow, wide = (self.render(theme=theme, wide=w, **given) for w in (False, True))
        narrow = narrow.replace("<style>", f"<style>{_FIGURE}", 1)  # HTML has no <style> in a <div>, SVG has
        layouts = f'<div class="cr-narrow">{narrow}</div><div class="cr-wide">{wide}</div>'
        return f'<div class="cr-figure">{layouts}</div>'

    def describe(self) -> dict[str, object]:
        """Name, title, page and controls as plain data for a front end (JSON-able)."""
        controls = [{"kind": type(control).__name__.lower(), **asdict(control)} for control in self.controls]
        return {"name": self.name, "title": self.title, "page": self.page, "controls": controls}
