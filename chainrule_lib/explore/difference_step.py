"""Page 11: a slope from two values. How large is the error, and which step is best?"""

import math
import sys
from collections.abc import Callable
from typing import NamedTuple

from chainrule_lib.engine import exp, grad, sin
from chainrule_lib.explore.explorable import Choice, Explorable, Panel, Picture, Slider
from chainrule_lib.study.drawing import caption, number, path, shape, text, width

X = 1.0  # where the slope is wanted
LEAST, MOST = -15, 0  # decades of h
LOW, HIGH = -17, 3  # decades of the error
EPS = sys.float_info.epsilon / 2  # how far, relatively, a rounded number may be off
FUNCTIONS: dict[str, tuple[str, Callable]] = {
    "sine": ("sin x", sin),
    "exp": ("e^x", exp),
    "lifted": ("1000 + sin x", lambda x: 1000.0 + sin(x)),
}


class Recipe(NamedTuple):
    """How a slope is made from values: its name, its formula, and the order of its error."""

    name: str
    formula: str
    order: int


RECIPES = {
    "central": Recipe("both sides", "(f(x + h) − f(x − h)) / 2h", 2),
    "forward": Recipe("one side", "(f(x + h) − f(x)) / h", 1),
    "complex": Recipe("complex step", "Im f(x + ih) / h", 2),
}


def values(f: Callable, recipe: str, h: float) -> tuple[float, float]:
    """The two numbers that the recipe makes a slope of: two values of f, or the real and imaginary part of one."""
    if recipe == "complex":
        z = f(complex(X, h))
        return z.real, z.imag
    return f(X + h), f(X if recipe == "forward" else X - h)


def slope(f: Callable, recipe: str, h: float) -> float:
    """What the recipe says f'(X) is."""
    one, other = values(f, recipe, h)
    return other / h if recipe == "complex" else (one - other) / (h if recipe == "forward" else 2 * h)


def truncation(f: Callable, recipe: str, h: float) -> float:
    """The leading part of the error that exact arithmetic leaves: h f''/2, or h^2 f'''/6, by the engine."""
    second = grad(grad(f))
    return abs(h * second(X) / 2) if recipe == "forward" else abs(h * h * grad(second)(X) / 6)


def rounding(f: Callable, recipe: str, h: float) -> float:
    """The size of the error that rounding makes: of both values over their distance, or of the result alone."""
    if recipe == "complex":
        return EPS * abs(grad(f)(X))
    return 2 * EPS * abs(f(X)) / (h if recipe == "forward" else 2 * h)


def picture(function: str, recipe: str, h: float) -> Picture:
    """Left the numbers of one quotient with their digits, right the error against the step on logarithmic scales."""
    name, f = FUNCTIONS[function]
    exact, found = grad(f)(X), slope(f, recipe, h)
    shape_of = (
        "The error falls with the square of the step until it is as small as rounding allows, and stays there."
        if recipe == "complex"
        else "As the step shrinks, the error first falls "
        f"{'in proportion to it' if recipe == 'forward' else 'with its square'}, then rises again, and jitters: a V."
    )
    desc = (
        f"The slope of {name} at {number(X)} by the recipe {RECIPES[recipe].name} with h = {number(h)} is "
        f"{found:.10g}; exact is {exact:.10g}, so the error is {number(abs(found - exact), 2)}. {shape_of}"
    )
    return Picture((_digits(name, f, recipe, h, exact, found),), (_fall(f, recipe, h, abs(found - exact)),), desc)


def _digits(name: str, f: Callable, recipe: str, h: float, exact: float, found: float) -> Panel:
    one, other = values(f, recipe, h)
    body = caption(14, 26, f"The slope of ${name}$ at $x = {number(X)}$", 14, look=["muted"])
    body += caption(14, 50, f"{RECIPES[recipe].name}: ${RECIPES[recipe].formula}$", 14)
    body += text(14, 76, f"h = {number(h, 3)}", 15, "start", ["c"])
    if recipe == "complex":
        for k, (what, value) in enumerate((("real part", one), ("imaginary part", other))):
            body += caption(14, 108 + 26 * k, what, 14, look=["muted"])
            body += text(346, 108 + 26 * k, _full(value), 15, "end")
        body += caption(14, 164, "Nothing is subtracted, so no digit is lost.", 13, look=["muted"])
    else:
        rows = ("f(x + h)", one), ("f(x)" if recipe == "forward" else "f(x − h)", other)
        shown = [f"{value:.15f}" if abs(value) < 100 else f"{value:.12f}" for _, value in rows]
        same = _shared(*shown)
        split = 110 + width(shown[0][:same], 15)
        for k, ((what, _), digits) in enumerate(zip(rows, shown)):
            body += text(14, 108 + 26 * k, what, 15, "start", ["muted"])
            body += text(split, 108 + 26 * k, digits[:same], 15, "end", ["off"]) if same else ""
            body += text(split + 1, 108 + 26 * k, digits[same:], 15, "start", ["a", "strong"])
        body += caption(14, 164, "Grey digits cancel; only the others make the slope.", 13, look=["muted"])
    body += shape("path", ["axis"], d=path([(14, 180), (346, 180)]))
    for k, (what, value, look) in enumerate((("slope found", found, "a"), ("exact slope", exact, "muted"))):
        body += caption(14, 204 + 26 * k, what, 14, look=[look])
        body += text(346, 204 + 26 * k, _full(value), 15, "end", [look])
    body += caption(14, 258, "error", 15, look=["c"])
    return Panel(280, body + text(346, 258, number(abs(found - exact), 2), 16, "end", ["c", "strong"]))


def _full(value: float) -> str:
    """All the digits of a number that a float holds, or its power of ten where it is tiny."""
    return number(value, 13) if value and abs(value) < 1e-3 else f"{value:.15f}".replace("-", "−")


def _shared(one: str, other: str) -> int:
    """How many characters two numbers have in common at their start."""
    return next((k for k, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def _fall(f: Callable, recipe: str, h: float, error: float) -> Panel:
    left, top, unit_x, unit_y = 58.0, 44.0, 19.0, 11.0  # pixels to a decade
    wide, tall = unit_x * (MOST - LEAST), unit_y * (HIGH - LOW)

    def at(step: float, size: float) -> tuple[float, float]:
        high = min(max(math.log10(size) if size else LOW, LOW), HIGH)
        return left + (math.log10(step) - LEAST) * unit_x, top + (HIGH - high) * unit_y

    body = caption(14, 26, "The error against the step", 14, look=["muted"])
    body += shape("rect", ["paper"], x=left, y=top, width=wide, height=tall, rx=4)
    for k in range(LEAST, MOST + 1, 3):
        x = left + (k - LEAST) * unit_x
        body += shape("path", ["hair"], d=path([(x, top), (x, top + tall)]))
        body += text(x, top + tall + 17, _power(k), 12, look=["muted"])
    for k in range(-15, HIGH + 1, 3):
        y = top + (HIGH - k) * unit_y
        body += shape("path", ["hair"], d=path([(left, y), (left + wide, y)]))
        body += text(left - 7, y + 4, _power(k), 12, "end", ["muted"])
    steps = [10 ** (LEAST + (MOST - LEAST) * k / 75) for k in range(76)]
    for guide, tone in ((truncation, "b"), (rounding, "a")):
        line = [(step, guide(f, recipe, step)) for step in steps]
        inside = path(at(*one) for one in line if 10.0**LOW <= one[1] <= 10.0**HIGH)
        body += shape("path", ["curve", tone, "dash"], d=inside)
    exact = grad(f)(X)
    for step in steps:
        x, y = at(step, abs(slope(f, recipe, step) - exact))
        body += shape("circle", ["dot", "off"], cx=x, cy=y, r=2)
    x, y = at(h, error)
    body += shape("path", ["axis", "c"], d=path([(x, top), (x, top + tall)]))
    body += shape("circle", ["dot", "c"], cx=x, cy=y, r=5)
    base = top + tall + 36
    body += text(left + wide / 2, base, "h", 15) + caption(14, base + 24, "dashed:", 13, look=["muted"])
    body += caption(72, base + 24, "rounding", 13, look=["a"])
    cut = "truncation, $h$" if RECIPES[recipe].order == 1 else "truncation, $h^2$"
    return Panel(base + 38, body + caption(146, base + 24, cut, 13, look=["b"]))


def _power(k: int) -> str:
    return "1" if k == 0 else f"10^{{{k}}}".replace("-", "−")


EXPLORABLE = Explorable(
    "difference-step",
    "A slope from two values: the error against the step",
    "11-shared-weights",
    (
        Choice("function", "Function", (("sine", "sin x"), ("exp", "eˣ"), ("lifted", "1000 + sin x")), "sine"),
        Choice("recipe", "Recipe", tuple((key, recipe.name) for key, recipe in RECIPES.items()), "central"),
        Slider("h", "Step h", 10.0**LEAST, 10.0**MOST, 0.1, 1e-8, log=True),
    ),
    picture,
)
