"""Assignment a3: the general sum, Jacobians, their products, softmax, and the slope of an implicit curve."""

from ... import engine as cr
from ..graphs import given, given_map, hidden, name, trace
from ..probes import array, call, pick, two_variables
from ..task import Block, Extra, Invariant, Task

SHAPES = {"square": (4, 4), "wide": (3, 5), "tall": (5, 3)}


def general_grad(dz_du, du_dx):
    x = hidden("x", 0 * du_dx[0] + 0.5)
    return name("z", dz_du @ name("u", du_dx @ x))


def sample_general_grad(rng, kind):
    m, n = SHAPES[kind]
    return [{"array": array(rng, m)}, {"array": array(rng, m, n)}]


def jacobian_chain(f, Jf, g, Jg, x):
    u = name("u", given_map("g", g, Jg)(x))
    return name("y", given_map("f", f, Jf)(u))


def sample_jacobian_chain(rng, kind):
    n, m, k = (3, 3, 3) if "square" in kind else (3, 4, 2)

    def pair(rows, columns, inner=2):
        constants = array(rng, rows, inner, high=1.2), array(rng, inner, columns, high=1.2)
        others = (
            (array(rng, rows, inner, high=1.2), array(rng, inner, columns, high=1.2))
            if "decoy" in kind
            else constants
        )
        return call("weave", *constants), call("weave_slope", *others)

    return [*pair(k, m), *pair(m, n), {"array": array(rng, n, high=1.2)}]


def vjp_chain(v, jacs):
    u = hidden("x", 0 * jacs[0][0] + 0.5)
    for i, jacobian in enumerate(jacs, 1):
        u = name(f"u_{i}", jacobian @ u)
    return name("z", v @ u)


def sample_vjp_chain(rng, kind):
    sizes = (4, 4, 4, 4) if kind == "square" else rng.choice(((3, 5, 4, 2), (2, 4, 3, 5), (5, 3, 4, 3)))
    jacs = [{"array": array(rng, m, n, high=1.2)} for n, m in zip(sizes, sizes[1:])]
    return [{"array": array(rng, sizes[-1])}, jacs]


def softmax_jacobian(z):
    e = name("e", cr.exp(z))
    return name("s", e / name("n", e.sum()))


def sample_softmax_jacobian(rng, kind):
    return [{"array": array(rng, rng.choice((3, 4, 5)), high=1.5)}]


def implicit_slope(F, Fx, Fy, x, y):
    return name("F", given("F", F, Fx, Fy)(x, y))


def slope_of_curve(task, arguments):
    output, leaves = trace(task, arguments, also="y")
    slopes = cr.sweep(output)
    return {"x": -slopes[leaves["x"]] / slopes[leaves["y"]]}


def sample_implicit_slope(rng, kind):
    return [*two_variables(rng, kind == "decoy"), pick(rng, 0.4, 1.6), pick(rng, 0.4, 1.6)]


PLACES = (  # where a slope is taken, and the names of that slip
    ("M50 M07", "(y, x)", lambda x, y: (y, x)),
    ("M07", "(x, x)", lambda x, y: (x, x)),
    ("M07", "(y, y)", lambda x, y: (y, y)),
    ("M07", "(x, 0)", lambda x, y: (x, 0.0)),
    ("M07", "(0, y)", lambda x, y: (0.0, y)),
    ("M07", "(0, 0)", lambda x, y: (0.0, 0.0)),
)


def right(x, y):
    return x, y


POINTS: tuple = (("", "", right, right),)  # names, words, where F_x and where F_y is taken
for names, words, place in PLACES:
    POINTS += (
        (names, f"the slopes are taken at {words}", place, place),
        (names, f"F_x is taken at {words}", place, right),
        (names, f"F_y is taken at {words}", right, place),
    )
FORMS = (  # what is made of F_x, F_y and F, and the names of that slip
    ("", "", lambda a, b, v: -a / b),
    ("M52", "the minus is missing", lambda a, b, v: a / b),
    ("M52", "the ratio is upside down", lambda a, b, v: -b / a),
    ("M52", "the ratio is upside down, without the minus", lambda a, b, v: b / a),
    ("M52", "a product stands for the quotient", lambda a, b, v: -a * b),
    ("M52", "a product stands for the quotient, without the minus", lambda a, b, v: a * b),
    ("M52 M13", "only -F_x is left", lambda a, b, v: -a),
    ("M13", "only F_x is left", lambda a, b, v: a),
    ("M52 M01 M20", "F_x is left out", lambda a, b, v: -1 / b),
    ("M52 M01 M20", "F_x and the minus are left out", lambda a, b, v: 1 / b),
    ("M44", "F stands for F_x", lambda a, b, v: -v / b),
    ("M44", "F stands for F_y", lambda a, b, v: -a / v),
    ("M18", "the slopes are added", lambda a, b, v: -(a + b)),
    ("M31", "the ratio is squared", lambda a, b, v: -((a / b) ** 2)),
    ("M11", "the answer is doubled", lambda a, b, v: -2 * a / b),
    ("M11", "the answer is halved", lambda a, b, v: -a / b / 2),
    ("M52 M10", "the sign of F_x is lost", lambda a, b, v: -abs(a) / b),
    ("M52 M10", "the sign of F_y is lost", lambda a, b, v: -a / abs(b)),
    ("M52 M10", "the sign of the ratio is lost", lambda a, b, v: abs(a / b)),
    ("M44+M52", "F stands for F_x, without the minus", lambda a, b, v: v / b),
    ("M44+M52", "F stands for F_y, without the minus", lambda a, b, v: a / v),
    ("M46", "the fraction is cut off", lambda a, b, v: int(-a / b)),
)


def ratio(ids, sites, first, second, form):
    """A wrong ratio: the slopes at some points, put together in some way."""

    def answer(arguments, blocks):
        F, Fx, Fy, x, y = arguments
        return {"x": form(Fx(*first(x, y)), Fy(*second(x, y)), F(*first(x, y)))}

    return Extra("+".join(filter(None, ids)), "; ".join(filter(None, sites)), answer=answer)


RATIOS = tuple(
    ratio((where, name), (place, words), first, second, form)
    for places, place, first, second in POINTS
    for names, words, form in FORMS
    for where in places.split(" ")
    for name in names.split(" ")
    if (where or name) and not (where and "+" in name)
)


def jacobians(id, site, rule):
    """A wrong product of Jacobians, from the functions and the point."""
    return Extra(id, site, answer=lambda arguments, blocks: {"x": rule(*arguments)})


PRODUCTS = (
    jacobians("M50", "the functions are composed in the other order", lambda f, Jf, g, Jg, x: Jg(f(x)) @ Jf(x)),
    jacobians("M07", "Jf is taken at Jg(x) x", lambda f, Jf, g, Jg, x: Jf(Jg(x) @ x) @ Jg(x)),
    jacobians("M07", "Jg is taken at g(x)", lambda f, Jf, g, Jg, x: Jf(g(x)) @ Jg(g(x))),
    jacobians("M07+M27", "Jf is taken at x, and stands on the right", lambda f, Jf, g, Jg, x: Jg(x) @ Jf(x)),
    jacobians("M07", "both Jacobians are taken at x", lambda f, Jf, g, Jg, x: Jf(x) @ Jg(x)),
)


def once_more(s):
    """Softmax of the probabilities, a column."""
    return cr.exp(s) / cr.exp(s).sum()


def softmaxes(id, site, rule):
    """A wrong Jacobian, from the probabilities as a column and as a row, and the identity matrix."""

    def answer(arguments, blocks):
        import numpy

        (z,) = arguments
        s = numpy.exp(z) / numpy.exp(z).sum()
        return {"z": rule(s[:, None], s[None, :], numpy.eye(z.size), z)}

    return Extra(id, site, answer=answer)


SOFTMAXES = (
    softmaxes("M26", "squares of s in place of the outer product", lambda s, t, one, z: one * s - t * t),
    softmaxes("M26", "squares of s in place of the outer product", lambda s, t, one, z: one * s - s * s),
    softmaxes("M08", "the formula for s is fed with z", lambda s, t, one, z: one * z - z[:, None] * z),
    softmaxes("M08", "softmax is taken twice", lambda s, t, one, z: once_more(s) * (one - once_more(s).T)),
    softmaxes("M31", "an extra s in front", lambda s, t, one, z: s * (one * s - s * t)),
    softmaxes("M31", "an extra s behind", lambda s, t, one, z: (one * s - s * t) * t),
    softmaxes(
        "M44",
        "the quotient rule without the square below",
        lambda s, t, one, z: (one * s - s * t) * cr.exp(z).sum(),
    ),
    softmaxes(
        "M44",
        "-s_i (1 - s_j) off the diagonal",
        lambda s, t, one, z: one * s * (1 - s) - (1 - one) * s * (1 - t),
    ),
    softmaxes("M44", "s_i (1 - s_j) off the diagonal", lambda s, t, one, z: s * (1 - t)),
    softmaxes("M10", "the sign of the outer product", lambda s, t, one, z: one * s + s * t),
    softmaxes("M10", "the sign on the diagonal", lambda s, t, one, z: one * s * (1 + s) - (1 - one) * s * t),
    softmaxes("M10", "the sign off the diagonal", lambda s, t, one, z: one * s * (1 - s) + (1 - one) * s * t),
    softmaxes("M44", "the diagonal is s", lambda s, t, one, z: one * s - (1 - one) * s * t),
    softmaxes("M44", "the diagonal is 1 - s", lambda s, t, one, z: one * (1 - s) - (1 - one) * s * t),
    softmaxes("M44", "the identity in place of diag(s)", lambda s, t, one, z: one - s * t),
    softmaxes("M20", "the factor s_i is missing", lambda s, t, one, z: one - t),
    softmaxes("M20", "the factor s_j is missing", lambda s, t, one, z: one - s),
    softmaxes("M18", "s is added, not multiplied", lambda s, t, one, z: s + one - t),
    softmaxes("M40", "s_i (delta_ij - s_i): its own value for the other", lambda s, t, one, z: s * (one - s)),
    softmaxes("M40", "exp(z) stands for s", lambda s, t, one, z: cr.exp(z)[:, None] * (one - cr.exp(z))),
    softmaxes("M40", "exp(z) stands for s on the diagonal", lambda s, t, one, z: one * cr.exp(z) - s * t),
    softmaxes("M08+M29", "z (1 - z) on the diagonal, and nothing else", lambda s, t, one, z: one * z * (1 - z)),
    softmaxes("M08", "z stands for s in the outer product", lambda s, t, one, z: one * s - z[:, None] * z),
    softmaxes("M08", "z stands for s on the diagonal", lambda s, t, one, z: one * z - s * t),
    softmaxes("M08", "z_j stands for s_j", lambda s, t, one, z: s * (one - z)),
    softmaxes("M08", "z_i stands for s_i", lambda s, t, one, z: z[:, None] * (one - t)),
    softmaxes("M26", "s . s in place of the outer product", lambda s, t, one, z: one * s - (s * s).sum()),
    softmaxes("M06", "the normaliser is a mean", lambda s, t, one, z: one * s * z.size - s * t * z.size**2),
    softmaxes("M15", "the two parts are multiplied", lambda s, t, one, z: one * s * -s * t),
)

RECTANGLES = ("square", "wide", "tall", "square", "wide")

TASKS = [
    Task(
        id="a3.general_grad",
        title="The general sum",
        signature="general_grad(dz_du, du_dx)",
        chapter="04-general-sum",
        forward=general_grad,
        sample=sample_general_grad,
        blocks=(Block("dz/dx", "x", 8),),
        arrays=True,
        kinds=RECTANGLES,
    ),
    Task(
        id="a3.jacobian_chain",
        title="The Jacobian of a composition",
        signature="jacobian_chain(f, Jf, g, Jg, x)",
        chapter="05-jacobians",
        forward=jacobian_chain,
        sample=sample_jacobian_chain,
        blocks=(Block("dy/dx", "x", 9),),
        arrays=True,
        jacobian=True,
        kinds=("square", "plain", "square decoy", "decoy", "plain"),
        extras=PRODUCTS,
    ),
    Task(
        id="a3.vjp_chain",
        title="From the left, one vector at a time",
        signature="vjp_chain(v, jacs)",
        chapter="06-which-end-first",
        forward=vjp_chain,
        sample=sample_vjp_chain,
        blocks=(Block("dz/dx", "x", 9),),
        arrays=True,
        kinds=("square", "plain", "square", "plain", "plain"),
    ),
    Task(
        id="a3.softmax_jacobian",
        title="The Jacobian of softmax",
        signature="softmax_jacobian(z)",
        chapter="05-jacobians",
        forward=softmax_jacobian,
        sample=sample_softmax_jacobian,
        blocks=(Block("ds/dz", "z", 8),),
        arrays=True,
        jacobian=True,
        extras=SOFTMAXES,
        names={"diagonal": ("M29",), ("path dropped", "middle"): ("M49",), "overwritten": (), "truncated": ()},
        invariants=(
            Invariant(
                "Each row should add up to 0: the probabilities always add up to 1.",
                lambda arguments, blocks: all(abs(sum(row)) < 1e-6 for row in blocks["z"]),
            ),
        ),
    ),
    Task(
        id="a3.implicit_slope",
        title="The slope of a curve F(x, y) = 0",
        signature="implicit_slope(F, Fx, Fy, x, y)",
        chapter="12-deep-products",
        forward=implicit_slope,
        sample=sample_implicit_slope,
        blocks=(Block("dy/dx", "x", 5),),
        derive=slope_of_curve,
        kinds=("plain", "decoy", "plain", "decoy", "plain", "decoy"),
        extras=RATIOS,
    ),
]
