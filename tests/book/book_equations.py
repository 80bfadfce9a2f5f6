"""The proof of every displayed equation of the book: one row each, in the order of the pages.

A row holds the label and the TeX as the page has it, both sides as functions of a point, and a wrong twin: the right side
with a term dropped, a sign flipped or a factor read off at the wrong place, which must *not* agree. Derivatives on a left
side are found without the chain rule: by complex step (no cancellation, exact to rounding) or as the limit of quotients.
Where the right side needs a slope of one function, the engine gives it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import chainrule_lib as cr

H = 1e-30


def slope(f: Callable, t: float) -> float:
    """df/dt by complex step."""
    return f(complex(t, H)).imag / H


def bend(f: Callable, t: float, h: float = 1e-3) -> float:
    """The second derivative: central differences of complex-step slopes, extrapolated to an error of order h^4."""
    one, two = ((slope(f, t + s) - slope(f, t - s)) / (2 * s) for s in (h, 2 * h))
    return (4 * one - two) / 3


@dataclass(frozen=True)
class Equation:
    """`left(*point)`, `right(*point)` and `wrong(*point)` are numbers or sequences of numbers, for every point of `at`."""

    page: str
    label: str
    tex: str
    left: Callable
    right: Callable
    wrong: Callable
    at: Sequence[tuple]
    rtol: float = 1e-9

    def holds(self, claim: Callable) -> bool:
        """Does `claim` equal the left side at every point?"""
        return all(self._agree(self.left(*point), claim(*point)) for point in self.at)

    def _agree(self, left, right) -> bool:
        pairs = zip(left, right, strict=True) if isinstance(left, (list, tuple)) else [(left, right)]
        return all(math.isclose(a, b, rel_tol=self.rtol, abs_tol=self.rtol) for a, b in pairs)


# Page 01. Outer and inner functions, from the engine's own: they take floats, complex numbers and nodes.
F = [cr.sin, lambda u: u**3, lambda u: cr.exp(u / 2)]
G = [lambda t: t * t + 1, lambda t: 3 * t, lambda t: cr.sin(t) + 2]
PAIRS = [(f, g, t) for f in F for g in G for t in (-0.7, 0.4, 1.3)]
TRIPLES = [(f, h, g, t) for f in F for h in F for g in G for t in (-0.3, 0.6)]
NUDGES = [(f, g, t, d) for f, g, t in PAIRS for d in (0.1, -0.02)]


def dials(t):
    return (t * t + 1) ** 2


def longer(t):
    return (1 + cr.sin(3 * t)) ** 2


def phi(f, u, u0):
    """Carathéodory's function of f at u0: the quotient of the increments, and f'(u0) where there is none."""
    return cr.grad(f)(u0) if u == u0 else (f(u) - f(u0)) / (u - u0)


# Page 02. The walk, other fields and tracks, and the ridge that is not differentiable at the origin.
def hill(x, y):
    return 10 - x**2 - y**2


def east(t):
    return 3 - t


def north(t):
    return t**2 / 2


FIELDS = [hill, lambda x, y: x * y**2 + cr.sin(x), lambda x, y: cr.exp(x / 3) * y]
TRACKS = [(east, north), (lambda t: cr.sin(t), lambda t: t * t + 1)]
WALKS = [(f, g, h, t) for f in FIELDS for g, h in TRACKS for t in (0.3, 1.0, 1.7)]
STEPS = [(f, x, y, dx, dy) for f in FIELDS for x, y in ((2.0, 0.5), (-0.4, 1.1)) for dx, dy in ((-0.1, 0.3), (0.02, -0.01))]


def partials(f, x, y):
    return cr.grad(f, (0, 1))(x, y)


def ridge(x, y):
    return x * x * y / (x * x + y * y) if (x, y) != (0, 0) else 0.0


def rest(f, g, h, t, dt, tweak=1.0):
    """What (differentiable) leaves over, in units of |dx| + |dy|, for the step that dt causes."""
    x, y = g(t), h(t)
    dx, dy = g(t + dt) - x, h(t + dt) - y
    fx, fy = partials(f, x, y)
    return (f(x + dx, y + dy) - f(x, y) - fx * dx - tweak * fy * dy) / (abs(dx) + abs(dy))


def fades(error: Callable[[float], float]) -> bool:
    """Does an error go to zero with its step, in proportion to it?"""
    sizes = [abs(error(10.0**-k)) for k in (1, 2, 3, 4)]
    return all(b <= 0.2 * a for a, b in zip(sizes, sizes[1:]))


def quotient_parts(f, g, h, t, dt):
    """dz/dt, dx/dt, dy/dt as quotients of increments, with the partials and the rest's epsilon."""
    x, y = g(t), h(t)
    dx, dy = g(t + dt) - x, h(t + dt) - y
    return (f(x + dx, y + dy) - f(x, y)) / dt, dx / dt, dy / dt, *partials(f, x, y), rest(f, g, h, t, dt)


ONE, TWO = "01-slope-inside-a-slope", "02-two-roads"

EQUATIONS = [
    Equation(
        ONE, "dials", r"\begin{aligned} u &= g(t) = t^2 + 1, \\ z &= f(u) = u^2 . \end{aligned}",
        left=lambda t, u, z: (u, z),  # the numbers of the text
        right=lambda t, u, z: (t**2 + 1, (t**2 + 1) ** 2),
        wrong=lambda t, u, z: (t**2 + 1, t**2),
        at=[(2, 5, 25), (2.01, 5.0401, 25.40260801)],
    ),
    Equation(
        ONE, "chain", r"\frac{dz}{dt} = f'\bigl(g(t)\bigr)\, g'(t) .",
        left=lambda f, g, t: slope(lambda s: f(g(s)), t),
        right=lambda f, g, t: cr.grad(f)(g(t)) * cr.grad(g)(t),
        wrong=lambda f, g, t: cr.grad(f)(t) * cr.grad(g)(t),
        at=PAIRS,
    ),
    Equation(
        ONE, "chain-leibniz", r"\frac{dz}{dt} = \frac{dz}{du}\,\frac{du}{dt} .",
        left=lambda f, g, t: slope(lambda s: f(g(s)), t),
        right=lambda f, g, t: cr.jvp(f, (g(t),), (1.0,))[1] * cr.jvp(g, (t,), (1.0,))[1],
        wrong=lambda f, g, t: cr.jvp(f, (g(t),), (1.0,))[1] + cr.jvp(g, (t,), (1.0,))[1],
        at=PAIRS,
    ),
    Equation(
        ONE, "dials-slope",
        r"\begin{aligned} \frac{dz}{dt} &= \frac{dz}{du}\,\frac{du}{dt} = 2u \cdot 2t \\[2pt] &= 2\,(t^2 + 1)\cdot 2t = 4t^3 + 4t \\"
        r" &= 4 \cdot 8 + 4 \cdot 2 = 40 \quad \text{at } t = 2 . \end{aligned}",
        left=lambda t: (slope(dials, t), slope(dials, t), slope(dials, 2)),
        right=lambda t: (2 * (t**2 + 1) * 2 * t, 4 * t**3 + 4 * t, 40),
        wrong=lambda t: (2 * (t**2 + 1) * 2 * t, 4 * t**3, 40),
        at=[(2,), (-1.5,), (0.3,)],
    ),
    Equation(
        ONE, "chain-three", r"\frac{dz}{dt} = \frac{dz}{dv}\,\frac{dv}{du}\,\frac{du}{dt} .",
        left=lambda f, h, g, t: slope(lambda s: f(h(g(s))), t),
        right=lambda f, h, g, t: cr.grad(f)(h(g(t))) * cr.grad(h)(g(t)) * cr.grad(g)(t),
        wrong=lambda f, h, g, t: cr.grad(f)(h(g(t))) * cr.grad(h)(g(t)),
        at=TRIPLES,
    ),
    Equation(
        ONE, "chain-three-example", r"\frac{dz}{dt} = 2\,(1 + \sin 3t)\cdot \cos 3t \cdot 3 .",
        left=lambda t: slope(longer, t),
        right=lambda t: 2 * (1 + math.sin(3 * t)) * math.cos(3 * t) * 3,
        wrong=lambda t: 2 * (1 + math.sin(3 * t)) * math.cos(3 * t),
        at=[(0.2,), (1.0,), (-2.0,)],
    ),
    Equation(
        ONE, "chain-second", r"\frac{d^2z}{dt^2} = f''\bigl(g(t)\bigr)\,g'(t)^2 + f'\bigl(g(t)\bigr)\,g''(t) .",
        left=lambda f, g, t: bend(lambda s: f(g(s)), t),
        right=lambda f, g, t: cr.grad(cr.grad(f))(g(t)) * cr.grad(g)(t) ** 2 + cr.grad(f)(g(t)) * cr.grad(cr.grad(g))(t),
        wrong=lambda f, g, t: cr.grad(cr.grad(f))(g(t)) * cr.grad(g)(t) ** 2,
        at=PAIRS, rtol=1e-7,
    ),
    Equation(
        ONE, "dials-second", r"\frac{d^2z}{dt^2} = 2 \cdot 4^2 + 10 \cdot 2 = 52 .",
        left=lambda t: (bend(dials, t), 52),
        right=lambda t: (2 * 4**2 + 10 * 2, 12 * t**2 + 4),
        wrong=lambda t: (2 * 4 + 10 * 2, 12 * t**2 + 4),
        at=[(2,)], rtol=1e-7,
    ),
    Equation(
        ONE, "increment-quotient", r"\frac{\Delta z}{\Delta t} = \frac{\Delta z}{\Delta u}\,\frac{\Delta u}{\Delta t} \qquad (\Delta u \ne 0),",
        left=lambda f, g, t, d: (f(g(t + d)) - f(g(t))) / d,
        right=lambda f, g, t, d: (f(g(t + d)) - f(g(t))) / (g(t + d) - g(t)) * (g(t + d) - g(t)) / d,
        wrong=lambda f, g, t, d: (f(t + d) - f(t)) / d * (g(t + d) - g(t)) / d,
        at=NUDGES,
    ),
    Equation(
        ONE, "caratheodory", r"f(u) - f(u_0) = \varphi(u)\,(u - u_0) \qquad \text{for all } u \text{ near } u_0,",
        left=lambda f, u, u0: (f(u) - f(u0), phi(f, u0 + 1e-7, u0)),  # and phi is continuous at u0
        right=lambda f, u, u0: (phi(f, u, u0) * (u - u0), phi(f, u0, u0)),
        wrong=lambda f, u, u0: (phi(f, u, u0) * u, phi(f, u0, u0)),
        at=[(f, u, 0.7) for f in F for u in (0.7, 0.9, -1.0)], rtol=1e-5,
    ),
    Equation(
        ONE, "caratheodory-chain",
        r"f\bigl(g(t)\bigr) - f\bigl(g(t_0)\bigr) = \varphi\bigl(g(t)\bigr)\,\gamma(t)\,(t - t_0) .",
        left=lambda f, g, t, t0: f(g(t)) - f(g(t0)),
        right=lambda f, g, t, t0: phi(f, g(t), g(t0)) * phi(g, t, t0) * (t - t0),
        wrong=lambda f, g, t, t0: phi(f, t, t0) * phi(g, t, t0) * (t - t0),
        at=[(f, g, t, 0.4) for f in F for g in G for t in (0.4, -0.4, 1.0)],  # t*t + 1 is the same at 0.4 and -0.4
    ),
    Equation(
        TWO, "hill",
        r"\begin{aligned} z &= f(x, y) = 10 - x^2 - y^2, \\ x &= g(t) = 3 - t, \\ y &= h(t) = \tfrac12 t^2 . \end{aligned}",
        left=lambda t, x, y, z: (x, y, z),  # the numbers of the text
        right=lambda t, x, y, z: (3 - t, t**2 / 2, 10 - (3 - t) ** 2 - (t**2 / 2) ** 2),
        wrong=lambda t, x, y, z: (3 - t, t**2 / 2, 10 - (3 - t) ** 2 + (t**2 / 2) ** 2),
        at=[(1, 2, 0.5, 5.75), (1.01, 1.99, 0.51005, 5.7797489974999995)],
    ),
    Equation(
        TWO, "walk-increment", r"\Delta z \approx \frac{\partial z}{\partial x}\,\Delta x + \frac{\partial z}{\partial y}\,\Delta y .",
        left=lambda f, g, h, t: True,  # the error, divided by the step, fades with the step
        right=lambda f, g, h, t: fades(lambda dt: rest(f, g, h, t, dt)),
        wrong=lambda f, g, h, t: fades(lambda dt: rest(f, g, h, t, dt, tweak=0.0)),
        at=WALKS,
    ),
    Equation(
        TWO, "two-roads",
        r"\frac{dz}{dt} = \frac{\partial z}{\partial x}\,\frac{dx}{dt} + \frac{\partial z}{\partial y}\,\frac{dy}{dt}",
        left=lambda f, g, h, t: slope(lambda s: f(g(s), h(s)), t),
        right=lambda f, g, h, t: partials(f, g(t), h(t))[0] * cr.grad(g)(t) + partials(f, g(t), h(t))[1] * cr.grad(h)(t),
        wrong=lambda f, g, h, t: partials(f, g(t), h(t))[0] * cr.grad(g)(t),
        at=WALKS,
    ),
    Equation(
        TWO, "hill-slope",
        r"\begin{aligned} \frac{dz}{dt} &= (-2x)\cdot(-1) + (-2y)\cdot t \\ &= 2\,(3 - t) - 2\cdot\tfrac12 t^2 \cdot t \\"
        r" &= 6 - 2t - t^3 \\ &= 4 - 1 = 3 \quad\text{at } t = 1 . \end{aligned}",
        left=lambda t: [slope(lambda s: hill(east(s), north(s)), t)] * 3 + [slope(lambda s: hill(east(s), north(s)), 1)],
        right=lambda t: [-2 * east(t) * -1 + -2 * north(t) * t, 2 * (3 - t) - 2 * t**2 / 2 * t, 6 - 2 * t - t**3, 3],
        wrong=lambda t: [-2 * east(t) * -1 + -2 * north(t) * t, 2 * (3 - t) - 2 * t**2 / 2 * t, 6 - 2 * t + t**3, 3],
        at=[(1,), (0.5,), (2,)],
    ),
    Equation(
        TWO, "increment-split",
        r"\begin{aligned} \Delta z = {}& \bigl[f(x + \Delta x,\, y + \Delta y) - f(x,\, y + \Delta y)\bigr] \\"
        r" & {} + \bigl[f(x,\, y + \Delta y) - f(x, y)\bigr] . \end{aligned}",
        left=lambda f, x, y, dx, dy: f(x + dx, y + dy) - f(x, y),
        right=lambda f, x, y, dx, dy: (f(x + dx, y + dy) - f(x, y + dy)) + (f(x, y + dy) - f(x, y)),
        wrong=lambda f, x, y, dx, dy: (f(x + dx, y) - f(x, y + dy)) + (f(x, y + dy) - f(x, y)),
        at=STEPS,
    ),
    Equation(
        TWO, "differentiable",
        r"\begin{aligned} f(x + {}&\Delta x,\, y + \Delta y) \\ = {}& f(x, y) + f_x\,\Delta x + f_y\,\Delta y \\"
        r" & {} + \varepsilon\,\bigl(|\Delta x| + |\Delta y|\bigr), \end{aligned}",
        left=lambda f, g, h, t: True,  # epsilon goes to zero with the step
        right=lambda f, g, h, t: fades(lambda dt: rest(f, g, h, t, dt)),
        wrong=lambda f, g, h, t: fades(lambda dt: rest(f, g, h, t, dt, tweak=-1.0)),
        at=WALKS,
    ),
    Equation(
        TWO, "increment-limit",
        r"\begin{aligned} \frac{\Delta z}{\Delta t} = {}& f_x\,\frac{\Delta x}{\Delta t} + f_y\,\frac{\Delta y}{\Delta t} \\"
        r" & {} \pm \varepsilon\,\left(\left|\frac{\Delta x}{\Delta t}\right| + \left|\frac{\Delta y}{\Delta t}\right|\right), \end{aligned}",
        left=lambda dz, dx, dy, fx, fy, e, sign: dz,
        right=lambda dz, dx, dy, fx, fy, e, sign: fx * dx + fy * dy + sign * e * (abs(dx) + abs(dy)),
        wrong=lambda dz, dx, dy, fx, fy, e, sign: fx * dx + fy * dy - sign * e * (abs(dx) + abs(dy)),
        at=[(*quotient_parts(*walk, dt), math.copysign(1, dt)) for walk in WALKS for dt in (0.1, -0.1)],
    ),
    Equation(
        TWO, "ridge", r"f(x, y) = \frac{x^2\,y}{x^2 + y^2}, \qquad f(0, 0) = 0 .",
        left=lambda s: (0, 0, 1 / 4),  # both partials at the origin, and epsilon on the diagonal
        right=lambda s: (ridge(s, 0) / s, ridge(0, s) / s, ridge(s, s) / (2 * abs(s)) * math.copysign(1, s)),
        wrong=lambda s: (ridge(s, 0) / s, ridge(0, s) / s, ridge(s, -s) / (2 * abs(s)) * math.copysign(1, s)),
        at=[(0.1,), (1e-3,), (-1e-6,)],
    ),
    Equation(
        TWO, "ridge-slope", r"z = \frac{t^2\,t}{t^2 + t^2} = \frac{t}{2}, \qquad \frac{dz}{dt} = \frac12 \ne 0 .",
        left=lambda t: (ridge(t, t), (ridge(t, t) - ridge(0, 0)) / t),
        right=lambda t: (t / 2, 1 / 2),
        wrong=lambda t: (t / 2, 0),  # what the rule would say
        at=[(0.5,), (-1e-3,), (1e-6,)],
    ),
]  # fmt: skip
