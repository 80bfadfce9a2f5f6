"""Chapters 1 to 5: from one variable to many."""

import cmath
import math
from collections.abc import Callable

from equation import Equation, H, bend, slope

import chainrule_lib as cr

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


# Page 03. The air over the hill, other fields of three variables, and two dials around the summit.
def air(x, y, t):
    return 4 + x**2 + y**2 + 2 * t * x


AIRS = [air, lambda x, y, t: x * y + cr.sin(t * x), lambda x, y, t: t * cr.exp(y / 3) + x**3]
DRIFTS = [(f, g, h, t) for f in AIRS for g, h in TRACKS for t in (0.3, 1.0, 1.7)]
DIALS = [(f, r, th) for f in [*FIELDS, lambda x, y: air(x, y, 1)] for r, th in ((2.0, math.acos(0.6)), (0.7, -1.1), (1.3, 2.5))]


def terms(f, g, h, t):
    """The three shares of the total derivative: through x, through y, and directly."""
    fx, fy, ft = cr.grad(f, (0, 1, 2))(g(t), h(t), t)
    return fx * cr.grad(g)(t), fy * cr.grad(h)(t), ft


def drift_rest(f, g, h, t, dt, tweak=1.0):
    """What (three-steps) leaves over, in units of |dx| + |dy| + |dt|."""
    x, y = g(t), h(t)
    dx, dy = g(t + dt) - x, h(t + dt) - y
    fx, fy, ft = cr.grad(f, (0, 1, 2))(x, y, t)
    return (f(x + dx, y + dy, t + dt) - f(x, y, t) - fx * dx - fy * dy - tweak * ft * dt) / (abs(dx) + abs(dy) + abs(dt))


def turned(f, r, th):
    """The slopes of f(r cos th, r sin th) in r and in th, by complex step."""
    at = lambda s, a: f(s * cmath.cos(a), s * cmath.sin(a))  # noqa: E731
    return slope(lambda s: at(s, th), r), slope(lambda a: at(r, a), th)


def four_slopes(r, th):
    """dx/dr, dy/dr, dx/dth, dy/dth, by the engine."""
    east, north = (lambda s, a: s * cr.cos(a)), (lambda s, a: s * cr.sin(a))
    (xr, xth), (yr, yth) = cr.grad(east, (0, 1))(r, th), cr.grad(north, (0, 1))(r, th)
    return xr, yr, xth, yth


def polar_roads(f, r, th):
    fx, fy = partials(f, r * math.cos(th), r * math.sin(th))
    xr, yr, xth, yth = four_slopes(r, th)
    return fx * xr + fy * yr, fx * xth + fy * yth


def polar_slopes(f, r, th, arm=None):
    c, s, arm = math.cos(th), math.sin(th), r if arm is None else arm
    fx, fy = partials(f, r * c, r * s)
    return fx * c + fy * s, -fx * arm * s + fy * arm * c


# Page 04. The desk with its faders and loudspeakers, and other machines: functions of the inputs, and one of what they make.
DESK = [lambda x_1, x_2: 3 * x_1, lambda x_1, x_2: x_1 * x_2, lambda x_1, x_2: x_1**2 - x_2]


def power(u_1, u_2, u_3):
    return u_1**2 + u_2**2 + u_3**2


MACHINES = [
    (power, DESK, (1.0, 2.0)),
    (power, DESK, (-0.4, 1.3)),
    (lambda u_1, u_2: u_1 * cr.sin(u_2), [lambda a, b, c: a * b - c, lambda a, b, c: cr.exp(a / 2) + b * c], (0.7, -1.1, 0.4)),
    (lambda a, b, c, d: a * b + c**2 * d, [cr.sin, cr.exp, lambda x: x**3, lambda x: 2 - x], (0.6,)),
]


def through(f, gs, x):
    """f of what the functions gs make of x."""
    return f(*(g(*x) for g in gs))


def nudged(f, gs, x, j, d):
    return through(f, gs, [a + d * (k == j) for k, a in enumerate(x)])


def row_and_rectangle(f, gs, x):
    """The slopes of f in each u_i, and those of each u_i in each x_j, by the engine."""
    u, inputs = [g(*x) for g in gs], tuple(range(len(x)))
    return cr.grad(f, tuple(range(len(u))))(*u), [cr.grad(g, inputs)(*x) for g in gs]


def general_sum(f, gs, x, last=None):
    row, rectangle = row_and_rectangle(f, gs, x)
    return [sum(row[i] * rectangle[i][j] for i in range(len(gs))[:last]) for j in range(len(x))]


def many_rest(f, gs, x, d, last=None):
    """What (many-increments) leaves over for the steps that d, on every input, causes; in units of their sum."""
    row, _ = row_and_rectangle(f, gs, x)
    steps = [g(*(a + d for a in x)) - g(*x) for g in gs]
    change = through(f, gs, [a + d for a in x]) - through(f, gs, x)
    return (change - sum([r * s for r, s in zip(row, steps)][:last])) / sum(map(abs, steps))


# Page 05. Functions from lists to lists (outer, inner, at), and softmax at the scores of the text and others.
def desk(x):
    return [g(*x) for g in DESK]


def listeners(u):
    return [power(*u), u[0] + u[1] * u[2]]


MAPS = [
    (lambda u: [u[0] * u[1], cr.sin(u[0])], lambda x: [x[0] + x[1] ** 2, x[0] * x[1]], [0.6, -1.1]),  # square: any order fits
    (listeners, desk, [1.0, 2.0]),
    (lambda u: [u[0] * u[1] - u[1] ** 3], lambda x: [cr.exp(x[0]), x[0] * x[1] * x[2]], [0.3, -0.7, 1.2]),
]
SCORES = [([0.0, math.log(2), math.log(5)],), ([1.2, -0.4, 0.3],), ([0.5, -1.5],)]


def jacobian_by_steps(f, x):
    """Rows are outputs, columns inputs; by complex step."""
    columns = [[v.imag / H for v in f([a + 1j * H * (k == j) for k, a in enumerate(x)])] for j in range(len(x))]
    return [list(row) for row in zip(*columns)]


def along(rows, others):
    """Every row times every one of the others, entry by entry, added up."""
    others = list(others)
    return [sum(p * q for p, q in zip(row, other)) for row in rows for other in others]


def times(a, b):
    return [along([row], zip(*b)) for row in a]


def flat(*matrices):
    return [entry for matrix in matrices for row in matrix for entry in row]


def softmax(z):
    e = [cmath.exp(score) for score in z]
    return [one / sum(e) for one in e]


def square(z, entry):
    """entry(s_i, s_j, i == j) for all i and j, row by row, of the probabilities that softmax makes of z."""
    s = [p.real for p in softmax(z)]
    return [entry(a, b, i == j) for i, a in enumerate(s) for j, b in enumerate(s)]


def step_rest(f, x, jacobian, d):
    """What a Jacobian leaves over of a step, in units of the step."""
    steps = [d * (1 - 2 * (k % 2)) * (1 + k) for k in range(len(x))]
    moved, here = f([a + s for a, s in zip(x, steps)]), f(x)
    told = [sum(p * s for p, s in zip(row, steps)) for row in jacobian]
    return max(abs(b - a - t) for a, b, t in zip(here, moved, told)) / max(map(abs, steps))


ONE, TWO, THREE, FOUR, FIVE = (
    "01-slope-inside-a-slope", "02-two-roads", "03-total-or-partial", "04-general-sum", "05-jacobians",
)  # fmt: skip

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
        ONE, "chain-second",
        r"""\begin{aligned}
\frac{d^2z}{dt^2} = {}& f''\bigl(g(t)\bigr)\,g'(t)^2 \\
& {} + f'\bigl(g(t)\bigr)\,g''(t) .
\end{aligned}""",
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
        ONE, "caratheodory", r"f(u) - f(u_0) = \varphi(u)\,(u - u_0)",
        left=lambda f, u, u0: (f(u) - f(u0), phi(f, u0 + 1e-7, u0)),  # and phi is continuous at u0
        right=lambda f, u, u0: (phi(f, u, u0) * (u - u0), phi(f, u0, u0)),
        wrong=lambda f, u, u0: (phi(f, u, u0) * u, phi(f, u0, u0)),
        at=[(f, u, 0.7) for f in F for u in (0.7, 0.9, -1.0)], rtol=1e-5,
    ),
    Equation(
        ONE, "caratheodory-chain",
        r"""\begin{aligned}
& f\bigl(g(t)\bigr) - f\bigl(g(t_0)\bigr) \\
& \qquad = \varphi\bigl(g(t)\bigr)\,\gamma(t)\,(t - t_0) .
\end{aligned}""",
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
        r"\begin{aligned} \Delta z = {}& \bigl[f(x + \Delta x,\, y + \Delta y) \\ & \quad {} - f(x,\, y + \Delta y)\bigr] \\"
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
    Equation(
        THREE, "air",
        r"\begin{aligned} z &= F(x, y, t) = 4 + x^2 + y^2 + 2tx, \\ x &= g(t) = 3 - t, \\ y &= h(t) = \tfrac12 t^2 . \end{aligned}",
        left=lambda t, x, y, z: (x, y, z),  # the numbers of the text
        right=lambda t, x, y, z: (3 - t, t**2 / 2, 4 + (3 - t) ** 2 + (t**2 / 2) ** 2 + 2 * t * (3 - t)),
        wrong=lambda t, x, y, z: (3 - t, t**2 / 2, 4 + (3 - t) ** 2 + (t**2 / 2) ** 2 - 2 * t * (3 - t)),
        at=[(1, 2, 0.5, 12.25), (1.01, 1.99, 0.51005, 12.2400510025), (0.5, 2.5, 0.125, 13 - 0.25 + 0.5**4 / 4)],
    ),
    Equation(
        THREE, "total",
        r"\frac{dz}{dt} = \frac{\partial F}{\partial t} + \frac{\partial F}{\partial x}\,\frac{dx}{dt}"
        r" + \frac{\partial F}{\partial y}\,\frac{dy}{dt}",
        left=lambda f, g, h, t: slope(lambda s: f(g(s), h(s), s), t),
        right=lambda f, g, h, t: sum(terms(f, g, h, t)),
        wrong=lambda f, g, h, t: sum(terms(f, g, h, t)[:2]),  # without the explicit term
        at=DRIFTS,
    ),
    Equation(
        THREE, "air-slope",
        r"\begin{aligned} \frac{dz}{dt} &= 2x + (2x + 2t)\cdot(-1) + 2y\cdot t \\"
        r" &= 2\,(3 - t) - 6 + t^2\cdot t \\ &= t^3 - 2t \\ &= 4 - 6 + 1 = -1 \quad\text{at } t = 1 . \end{aligned}",
        left=lambda t: [slope(lambda s: air(east(s), north(s), s), t)] * 3 + [slope(lambda s: air(east(s), north(s), s), 1)],
        right=lambda t: [
            2 * east(t) + (2 * east(t) + 2 * t) * -1 + 2 * north(t) * t,
            2 * (3 - t) - 6 + t**2 * t, t**3 - 2 * t, 4 - 6 + 1,
        ],
        wrong=lambda t: [
            2 * east(t) + 2 * east(t) * -1 + 2 * north(t) * t,
            2 * (3 - t) - 6 + t**2 * t, t**3 - 2 * t, 4 - 6 + 1,
        ],
        at=[(1,), (0.5,), (2,)],
    ),
    Equation(
        THREE, "held-still",
        r"\left(\frac{\partial z}{\partial x}\right)_{\!y} = -2x, \qquad \left(\frac{\partial z}{\partial x}\right)_{\!r} = 0 .",
        left=lambda x, y: (slope(lambda s: hill(s, y), x), slope(lambda s: hill(s, cmath.sqrt(x * x + y * y - s * s)), x)),
        right=lambda x, y: (-2 * x, 0),
        wrong=lambda x, y: (-2 * x, -2 * x),
        at=[(2.0, 0.5), (0.3, 1.2), (-1.0, 0.4)],
    ),
    Equation(
        THREE, "polar", r"\begin{aligned} z &= f(x, y), \\ x &= r\cos\theta, \\ y &= r\sin\theta . \end{aligned}",
        left=lambda r, th, x, y, z: (x, y, z),  # the numbers of the text
        right=lambda r, th, x, y, z: (r * math.cos(th), r * math.sin(th), air(r * math.cos(th), r * math.sin(th), 1)),
        wrong=lambda r, th, x, y, z: (r * math.sin(th), r * math.cos(th), air(r * math.cos(th), r * math.sin(th), 1)),
        at=[(2, math.acos(0.6), 1.2, 1.6, 4 + 4 + 2 * 2 * 0.6)],
    ),
    Equation(
        THREE, "polar-roads",
        r"\begin{aligned} \frac{\partial z}{\partial r} &= \frac{\partial f}{\partial x}\,\frac{\partial x}{\partial r}"
        r" + \frac{\partial f}{\partial y}\,\frac{\partial y}{\partial r}, \\[4pt]"
        r" \frac{\partial z}{\partial\theta} &= \frac{\partial f}{\partial x}\,\frac{\partial x}{\partial\theta}"
        r" + \frac{\partial f}{\partial y}\,\frac{\partial y}{\partial\theta} . \end{aligned}",
        left=turned, right=polar_roads,
        wrong=lambda f, r, th: polar_roads(f, r, th)[::-1],
        at=DIALS,
    ),
    Equation(
        THREE, "polar-slopes",
        r"\begin{aligned} \frac{\partial z}{\partial r} &= f_x\cos\theta + f_y\sin\theta, \\[2pt]"
        r" \frac{\partial z}{\partial\theta} &= -f_x\, r\sin\theta + f_y\, r\cos\theta . \end{aligned}",
        left=turned, right=polar_slopes,
        wrong=lambda f, r, th: polar_slopes(f, r, th, arm=1.0),
        at=DIALS,
    ),
    Equation(
        THREE, "polar-example",
        r"\begin{aligned} \frac{\partial z}{\partial r} &= 4.4\cdot 0.6 + 3.2\cdot 0.8 = 5.2, \\[2pt]"
        r" \frac{\partial z}{\partial\theta} &= -4.4\cdot 1.6 + 3.2\cdot 1.2 = -3.2 . \end{aligned}",
        left=lambda r, th: turned(lambda x, y: air(x, y, 1), r, th) * 2,
        right=lambda r, th: (4.4 * 0.6 + 3.2 * 0.8, -4.4 * 1.6 + 3.2 * 1.2, 5.2, -3.2),
        wrong=lambda r, th: (4.4 * 0.6 + 3.2 * 0.8, 4.4 * 1.6 + 3.2 * 1.2, 5.2, -3.2),
        at=[(2, math.acos(0.6))],
    ),
    Equation(
        THREE, "three-steps",
        r"\begin{aligned} \Delta z = {}& F_x\,\Delta x + F_y\,\Delta y + F_t\,\Delta t \\"
        r" & {} + \varepsilon\,\bigl(|\Delta x| + |\Delta y| + |\Delta t|\bigr), \end{aligned}",
        left=lambda f, g, h, t: True,  # epsilon goes to zero with the step
        right=lambda f, g, h, t: fades(lambda dt: drift_rest(f, g, h, t, dt)),
        wrong=lambda f, g, h, t: fades(lambda dt: drift_rest(f, g, h, t, dt, tweak=0.0)),
        at=DRIFTS,
    ),
    Equation(
        FOUR, "desk",
        r"\begin{aligned} u_1 &= 3x_1, \\ u_2 &= x_1 x_2, \\ u_3 &= x_1^2 - x_2, \\[2pt] z &= u_1^2 + u_2^2 + u_3^2 . \end{aligned}",
        left=lambda x, u, z: (*u, z),  # the numbers of the text
        right=lambda x, u, z: (*(g(*x) for g in DESK), through(power, DESK, x)),
        wrong=lambda x, u, z: (*(g(*reversed(x)) for g in DESK), through(power, DESK, x[::-1])),
        at=[((1, 2), (3, 2, -1), 14), ((1.01, 2), (3.03, 2.02, -0.9799), 14 + 0.1809 + 0.0804 - 0.03979599)],
    ),
    Equation(
        FOUR, "desk-outer",
        r"\begin{aligned} \frac{\partial z}{\partial u_1} &= 2u_1 = 6, \\[2pt] \frac{\partial z}{\partial u_2} &= 2u_2 = 4, \\[2pt]"
        r" \frac{\partial z}{\partial u_3} &= 2u_3 = -2 . \end{aligned}",
        left=lambda *u: [slope(lambda s: power(*(s if k == i else v for k, v in enumerate(u))), u[i]) for i in range(3)] * 2,  # noqa: B023
        right=lambda *u: [2 * v for v in u] + [6, 4, -2],
        wrong=lambda *u: [2 * v for v in u] + [6, 4, 2],
        at=[(3, 2, -1)],
    ),
    Equation(
        FOUR, "first-input",
        r"\begin{aligned} \frac{\partial z}{\partial x_1} = {}& \frac{\partial z}{\partial u_1}\,\frac{\partial u_1}{\partial x_1}"
        r" + \frac{\partial z}{\partial u_2}\,\frac{\partial u_2}{\partial x_1} \\[2pt]"
        r" & {} + \frac{\partial z}{\partial u_3}\,\frac{\partial u_3}{\partial x_1} \\[4pt]"
        r" = {}& 6\cdot 3 + 4\cdot 2 + (-2)\cdot 2 \\ = {}& 18 + 8 - 4 = 22 . \end{aligned}",
        left=lambda x_1, x_2: [slope(lambda s: through(power, DESK, (s, x_2)), x_1)] * 4,
        right=lambda x_1, x_2: (general_sum(power, DESK, (x_1, x_2))[0], 6 * 3 + 4 * 2 + -2 * 2, 18 + 8 - 4, 22),
        wrong=lambda x_1, x_2: (general_sum(power, DESK, (x_1, x_2), last=2)[0], 6 * 3 + 4 * 2, 18 + 8, 26),
        at=[(1.0, 2.0)],
    ),
    Equation(
        FOUR, "second-input",
        r"\begin{aligned} \frac{\partial z}{\partial x_2} = {}& \frac{\partial z}{\partial u_1}\,\frac{\partial u_1}{\partial x_2}"
        r" + \frac{\partial z}{\partial u_2}\,\frac{\partial u_2}{\partial x_2} \\[2pt]"
        r" & {} + \frac{\partial z}{\partial u_3}\,\frac{\partial u_3}{\partial x_2} \\[4pt]"
        r" = {}& 6\cdot 0 + 4\cdot 1 + (-2)\cdot(-1) \\ = {}& 0 + 4 + 2 = 6 . \end{aligned}",
        left=lambda x_1, x_2: [slope(lambda s: through(power, DESK, (x_1, s)), x_2)] * 4,
        right=lambda x_1, x_2: (general_sum(power, DESK, (x_1, x_2))[1], 6 * 0 + 4 * 1 + -2 * -1, 0 + 4 + 2, 6),
        wrong=lambda x_1, x_2: (general_sum(power, DESK, (x_1, x_2))[1], 6 * 0 + 4 * 1 + -2 * 1, 0 + 4 - 2, 2),
        at=[(1.0, 2.0)],
    ),
    Equation(
        FOUR, "general-setting",
        r"\begin{aligned} z &= f(u_1, \dots, u_m), \\ u_i &= g_i(x_1, \dots, x_n), \quad i = 1, \dots, m . \end{aligned}",
        left=lambda x_1, x_2: 9 * x_1**2 + x_1**2 * x_2**2 + (x_1**2 - x_2) ** 2,  # the desk, put together by hand
        right=lambda x_1, x_2: through(power, DESK, (x_1, x_2)),
        wrong=lambda x_1, x_2: through(power, DESK, (x_2, x_1)),
        at=[(1.0, 2.0), (-0.4, 1.3)],
    ),
    Equation(
        FOUR, "general-sum",
        r"\frac{\partial z}{\partial x_j} = \sum_{i=1}^{m} \frac{\partial z}{\partial u_i}\,\frac{\partial u_i}{\partial x_j} .",
        left=lambda f, gs, x: [slope(lambda s: nudged(f, gs, x, j, s), 0) for j in range(len(x))],  # noqa: B023
        right=general_sum,
        wrong=lambda f, gs, x: general_sum(f, gs, x, last=-1),  # the last road is lost
        at=MACHINES,
    ),
    Equation(
        FOUR, "row-times-matrix",
        r"\begin{pmatrix} 6 & 4 & -2 \end{pmatrix} \begin{pmatrix} 3 & 0 \\ 2 & 1 \\ 2 & -1 \end{pmatrix}"
        r" = \begin{pmatrix} 22 & 6 \end{pmatrix} .",
        left=lambda row, rectangle: [sum(a * b for a, b in zip(row, column)) for column in zip(*rectangle)],
        right=lambda row, rectangle: (22, 6),
        wrong=lambda row, rectangle: (18, 4),  # the entries of a diagonal
        at=[row_and_rectangle(power, DESK, (1.0, 2.0)), ((6, 4, -2), ((3, 0), (2, 1), (2, -1)))],
    ),
    Equation(
        FOUR, "many-increments",
        r"\Delta z = \sum_i \frac{\partial z}{\partial u_i}\,\Delta u_i + \varepsilon \sum_i |\Delta u_i| ,",
        left=lambda f, gs, x: True,  # epsilon goes to zero with the step
        right=lambda f, gs, x: fades(lambda d: many_rest(f, gs, x, d)),
        wrong=lambda f, gs, x: fades(lambda d: many_rest(f, gs, x, d, last=-1)),
        at=MACHINES,
    ),
    Equation(
        FIVE, "two-listeners", r"\begin{aligned} z_1 &= u_1^2 + u_2^2 + u_3^2, \\ z_2 &= u_1 + u_2 u_3 . \end{aligned}",
        left=lambda x, z: z,  # the numbers of the text
        right=lambda x, z: listeners(desk(x)),
        wrong=lambda x, z: listeners(desk(x)[::-1]),
        at=[((1, 2), (14, 1))],
    ),
    Equation(
        FIVE, "second-output",
        r"\begin{aligned} \frac{\partial z_2}{\partial x_1} &= 1\cdot 3 + (-1)\cdot 2 + 2\cdot 2 \\ &= 5, \\[4pt]"
        r" \frac{\partial z_2}{\partial x_2} &= 1\cdot 0 + (-1)\cdot 1 + 2\cdot(-1) \\ &= -3 . \end{aligned}",
        left=lambda x: jacobian_by_steps(lambda x: listeners(desk(x)), x)[1] * 2,
        right=lambda x: (1 * 3 + -1 * 2 + 2 * 2, 1 * 0 + -1 * 1 + 2 * -1, 5, -3),
        wrong=lambda x: (1 * 3 + -1 * 2, 1 * 0 + -1 * 1, 1, -1),
        at=[([1, 2],)],
    ),
    Equation(
        FIVE, "two-jacobians",
        r"\begin{aligned} J_g &= \begin{pmatrix} 3 & 0 \\ x_2 & x_1 \\ 2x_1 & -1 \end{pmatrix}"
        r" = \begin{pmatrix} 3 & 0 \\ 2 & 1 \\ 2 & -1 \end{pmatrix}, \\[6pt]"
        r" J_f &= \begin{pmatrix} 2u_1 & 2u_2 & 2u_3 \\ 1 & u_3 & u_2 \end{pmatrix} \\[4pt]"
        r" &= \begin{pmatrix} 6 & 4 & -2 \\ 1 & -1 & 2 \end{pmatrix} . \end{aligned}",
        left=lambda x, u: flat(jacobian_by_steps(desk, x), jacobian_by_steps(listeners, u)) * 2,
        right=lambda x, u: flat(
            [[3, 0], [x[1], x[0]], [2 * x[0], -1]], [[2 * u[0], 2 * u[1], 2 * u[2]], [1, u[2], u[1]]],
            [[3, 0], [2, 1], [2, -1]], [[6, 4, -2], [1, -1, 2]],
        ),
        wrong=lambda x, u: flat(
            [[3, 0], [x[0], x[1]], [2 * x[0], -1]], [[2 * u[0], 2 * u[1], 2 * u[2]], [1, u[1], u[2]]],
            [[3, 0], [2, 1], [2, -1]], [[6, 4, -2], [1, -1, 2]],
        ),
        at=[([1, 2], [3, 2, -1])],
    ),
    Equation(
        FIVE, "jacobian-step", r"g(x + \Delta x) \approx g(x) + J_g\,\Delta x .",
        left=lambda f, g, x: True,  # the error, divided by the step, fades with the step
        right=lambda f, g, x: fades(lambda d: step_rest(g, x, cr.jacobian(g)(x), d)),
        wrong=lambda f, g, x: fades(lambda d: step_rest(g, x, cr.jacobian(g)(x)[::-1], d)),
        at=MAPS,
    ),
    Equation(
        FIVE, "jacobian-chain", r"J_{f \circ g}(x) = J_f\bigl(g(x)\bigr)\, J_g(x)",
        left=lambda f, g, x: flat(jacobian_by_steps(lambda x: f(g(x)), x)),
        right=lambda f, g, x: flat(times(cr.jacobian(f)(g(x)), cr.jacobian(g)(x))),
        wrong=lambda f, g, x: flat(times(cr.jacobian(g)(x), cr.jacobian(f)(g(x)))),
        at=MAPS,
    ),
    Equation(
        FIVE, "jacobian-entry",
        r"\frac{\partial z_l}{\partial x_j} = \sum_{i=1}^{m} \frac{\partial z_l}{\partial u_i}\,\frac{\partial u_i}{\partial x_j},",
        left=lambda f, g, x: flat(jacobian_by_steps(lambda x: f(g(x)), x)),
        right=lambda f, g, x: along(cr.jacobian(f)(g(x)), zip(*cr.jacobian(g)(x))),
        wrong=lambda f, g, x: along(cr.jacobian(f)(g(x)), cr.jacobian(g)(x)),  # row times row
        at=MAPS,
    ),
    Equation(
        FIVE, "desk-product",
        r"\begin{aligned} & \begin{pmatrix} 6 & 4 & -2 \\ 1 & -1 & 2 \end{pmatrix}"
        r" \begin{pmatrix} 3 & 0 \\ 2 & 1 \\ 2 & -1 \end{pmatrix} \\[4pt] & \qquad = \begin{pmatrix} 22 & 6 \\ 5 & -3 \end{pmatrix} . \end{aligned}",
        left=lambda x: flat(times([[6, 4, -2], [1, -1, 2]], [[3, 0], [2, 1], [2, -1]]), jacobian_by_steps(lambda x: listeners(desk(x)), x)),
        right=lambda x: [22, 6, 5, -3] * 2,
        wrong=lambda x: [22, 5, 6, -3] * 2,
        at=[([1, 2],)],
    ),
    Equation(
        FIVE, "softmax", r"s_i = \frac{e^{z_i}}{e^{z_1} + \dots + e^{z_n}} .",
        left=lambda z, s: s,  # the numbers of the text
        right=lambda z, s: [math.exp(score) / sum(map(math.exp, z)) for score in z],
        wrong=lambda z, s: [score / sum(z) for score in z],
        at=[([math.log(1), math.log(2), math.log(5)], (1 / 8, 2 / 8, 5 / 8))],
    ),
    Equation(
        FIVE, "softmax-slopes",
        r"\frac{\partial s_i}{\partial z_j} = \begin{cases} s_i\,(1 - s_i) & i = j, \\ -s_i s_j & i \ne j . \end{cases}",
        left=lambda z: flat(jacobian_by_steps(softmax, z)),
        right=lambda z: square(z, lambda a, b, same: a * (1 - a) if same else -a * b),
        wrong=lambda z: square(z, lambda a, b, same: a * (1 - a) if same else 0.0),  # a diagonal matrix
        at=SCORES,
    ),
    Equation(
        FIVE, "softmax-jacobian", r"J = \operatorname{diag}(s) - s\, s^{\mathsf T} .",
        left=lambda z: flat(jacobian_by_steps(softmax, z)),
        right=lambda z: square(z, lambda a, b, same: a * same - a * b),
        wrong=lambda z: square(z, lambda a, b, same: a * same),  # the total held still
        at=SCORES,
    ),
    Equation(
        FIVE, "softmax-example",
        r"J = \frac{1}{64} \begin{pmatrix} 7 & -2 & -5 \\ -2 & 12 & -10 \\ -5 & -10 & 15 \end{pmatrix} .",
        left=lambda z: flat(jacobian_by_steps(softmax, z)),
        right=lambda z: [a / 64 for a in (7, -2, -5, -2, 12, -10, -5, -10, 15)],
        wrong=lambda z: [a / 64 for a in (7, 2, 5, 2, 12, 10, 5, 10, 15)],
        at=SCORES[:1],
    ),
    Equation(
        FIVE, "jacobian-proof",
        r"\begin{aligned} \Delta z = {}& J_f\,J_g\,\Delta x \\ & {} + J_f\,(\text{small}) + \text{small} . \end{aligned}",
        left=lambda f, g, x: True,  # all that is small fades against the step
        right=lambda f, g, x: fades(lambda d: step_rest(lambda x: f(g(x)), x, times(cr.jacobian(f)(g(x)), cr.jacobian(g)(x)), d)),
        wrong=lambda f, g, x: fades(lambda d: step_rest(lambda x: f(g(x)), x, times(cr.jacobian(f)(x), cr.jacobian(g)(x)), d)),
        at=MAPS,
    ),
    Equation(
        FIVE, "square-case",
        r"\begin{aligned} J_f &= \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}, \quad J_g = \begin{pmatrix} 0 & 1 \\ -1 & 2 \end{pmatrix},"
        r" \\[6pt] J_f J_g &= \begin{pmatrix} -2 & 5 \\ -4 & 11 \end{pmatrix} . \end{aligned}",
        left=lambda outer, inner: flat(times(outer, inner)),
        right=lambda outer, inner: (-2, 5, -4, 11),
        wrong=lambda outer, inner: (3, 4, 5, 6),  # the other order
        at=[([[1, 2], [3, 4]], [[0, 1], [-1, 2]])],
    ),
]  # fmt: skip
