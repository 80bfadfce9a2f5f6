"""Chapter 14: what a wrong gradient's ratio and difference say."""

from math import prod

from equation import Equation, slope

import chainrule_lib as cr

WALK = {0.5: (5.0, -0.125), 1.0: (4.0, -1.0), 1.5: (3.0, -3.375)}  # t: what the x road and the y road carry
PATHS = [([4.0, -1.0], 1), ([12.0, 36.0], 0), ([0.7, -2.0, 5.0], 2)]
PRODUCTS = [([2.0, -0.3], 5.0, -1.5), ([1.5, 4.0, 0.2], 0.25, 3.0)]  # the other factors, the common one, the one in its place


def height(t):
    return 10 - (3 - t) ** 2 - (t * t / 2) ** 2


def without(paths, j):
    return sum(p for k, p in enumerate(paths) if k != j)


def off(r, g):
    return [claim - g for claim in r]


def ratios(r, g):
    return [claim / g for claim in r]


FIELDS = [  # f, g, h and a time
    (lambda x, y: x * x * y, lambda t: t + 1, lambda t: t * t, 0.7),
    (lambda x, y: cr.sin(x) + x * y**3, lambda t: 2 * t, lambda t: cr.exp(t), -0.4),
]


def four(f, g, h, t):
    """f_x, f_y, x', y' by complex step."""
    x, y = g(t), h(t)
    return slope(lambda s: f(s, y), x), slope(lambda s: f(x, s), y), slope(g, t), slope(h, t)


def swapped_less_turned(f, g, h, t):
    fx, fy, dx, dy = four(f, g, h, t)
    return (fx * dy + fy * dx) + slope(lambda s: f(g(s), h(s)), t)


def product_of_sums(f, g, h, t, sign=1):
    fx, fy, dx, dy = four(f, g, h, t)
    return (fx + sign * fy) * (dx + dy)


EQUATIONS = [
    Equation(
        "14-reading-a-wrong-gradient",
        "one-wrong-number",
        r"""\begin{aligned}
\frac{r}{g} &= \frac{4}{3}, \\[2pt]
r - g &= 4 - 3 = 1 .
\end{aligned}""",
        lambda t: [WALK[t][0] / slope(height, t), WALK[t][0] - slope(height, t)],
        lambda t: [4 / 3, 1.0],
        lambda t: [4 / 3, -1.0],
        [(1.0,)],
    ),
    Equation(
        "14-reading-a-wrong-gradient",
        "slips-in-the-sum",
        r"""\begin{aligned}
\text{left out:} \quad r - g &= -p_j, \\
\text{counted twice:} \quad r - g &= p_j, \\
\text{wrong sign:} \quad r - g &= -2\,p_j .
\end{aligned}""",
        lambda p, j: off([without(p, j), without(p, j) + 2 * p[j], without(p, j) - p[j]], sum(p)),
        lambda p, j: [-p[j], p[j], -2 * p[j]],
        lambda p, j: [-p[j], p[j], -p[j]],
        PATHS,
    ),
    Equation(
        "14-reading-a-wrong-gradient",
        "slips-in-the-product",
        r"""\begin{aligned}
\text{left out:} \quad \frac{r}{g} &= \frac{1}{c}, \\[2pt]
\text{twice:} \quad \frac{r}{g} &= c, \\[2pt]
\text{replaced:} \quad \frac{r}{g} &= \frac{c'}{c} .
\end{aligned}""",
        lambda rest, c, other: ratios([prod(rest), prod(rest) * c * c, prod(rest) * other], prod(rest) * c),
        lambda rest, c, other: [1 / c, c, other / c],
        lambda rest, c, other: [1 / c, c, c / other],
        PRODUCTS,
    ),
    Equation(
        "14-reading-a-wrong-gradient",
        "when-two-slips-agree",
        r"""\begin{aligned}
& \bigl(f_x\,y' + f_y\,x'\bigr) - \bigl(-f_x\,x' - f_y\,y'\bigr) \\
&\qquad = (f_x + f_y)\,(x' + y') .
\end{aligned}""",
        swapped_less_turned,
        product_of_sums,
        lambda f, g, h, t: product_of_sums(f, g, h, t, sign=-1),
        FIELDS,
    ),
]
