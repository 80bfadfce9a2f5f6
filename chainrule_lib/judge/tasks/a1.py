"""Assignment a1: a function inside a function, three of them, a neuron, and the second derivative."""

from ... import engine as cr
from ..graphs import given, name
from ..probes import one_variable, pick
from ..task import Block, Extra, Task

MIXED = ("plain", "decoy", "plain", "decoy", "plain", "decoy")


def chain(f, df, g, dg, x):
    u = name("u", given("g", g, dg)(x))
    return name("y", given("f", f, df)(u))


def sample_chain(rng, kind):
    outer, f = one_variable(rng, kind == "decoy")
    _, g = one_variable(rng, kind == "decoy", besides=outer)
    return [f[0], f[1], g[0], g[1], pick(rng, 0.4, 1.6)]


def d_triple(x):
    u = name("u", x**2)
    v = name("v", cr.sin(u))
    return name("h", cr.exp(v))


def sample_d_triple(rng, kind):
    return [rng.choice((1, 2, -2)) if kind == "integer" else pick(rng, 0.4, 1.9)]


def neuron_grads(w, b, x, y):
    s = name("s", w * x + b)
    a = name("a", cr.sigmoid(s))
    return name("L", (a - y) ** 2)


def neuron(id, site, rule):
    """A slip in the start of the sweep: from the activation and the label, the derivative in w x + b."""

    def answer(arguments, blocks):
        w, b, x, y = arguments
        start = rule(cr.sigmoid(w * x + b), y)
        return {"w": start * x, "b": start}

    return Extra(id, site, answer=answer)


NEURON = (
    neuron("M33", "a - y belongs to another loss, the cross-entropy", lambda a, y: a - y),
    neuron("M09+M11", "the slope of the activation and the 2 of the square are missing", lambda a, y: a - y),
    neuron("M30", "y is not subtracted", lambda a, y: 2 * a * a * (1 - a)),
    neuron("M40", "y is not subtracted", lambda a, y: 2 * a * a * (1 - a)),
)


def sample_neuron_grads(rng, kind):
    return [pick(rng, 0.4, 1.8), pick(rng, 0.2, 1.2), pick(rng, 0.4, 1.9), pick(rng, 0.6, 4.0)]


def second(df, d2f, g, dg, d2g, x):
    u = name("u", given("g", g, dg)(x))
    p = name("p", given("f'", df, d2f)(u))
    q = name("q", given("g'", dg, d2g)(x))
    return name("s", p * q)


def sample_second(rng, kind):
    outer, f = one_variable(rng, kind == "decoy")
    _, g = one_variable(rng, kind == "decoy", besides=outer)
    return [f[1], f[2], *g, pick(rng, 0.4, 1.6)]


def formula(id, site, rule):
    """A slip in the written-out rule: from f', f'', g', g'' and g at their right points."""

    def answer(arguments, blocks):
        df, d2f, g, dg, d2g, x = arguments
        return {"x": rule(df(g(x)), d2f(g(x)), dg(x), d2g(x), g(x))}

    return Extra(id, site, answer=answer)


SECOND = (
    formula("M45", "f'' g'' stands alone", lambda f1, f2, g1, g2, g: f2 * g2),
    formula("M01", "g' is missing in the first term, twice", lambda f1, f2, g1, g2, g: f2 + f1 * g2),
    formula("M18", "factors are added, not multiplied", lambda f1, f2, g1, g2, g: f2 + g1**2 + f1 + g2),
    formula("M18", "factors are added, not multiplied", lambda f1, f2, g1, g2, g: (f2 + g1**2) * (f1 + g2)),
    formula("M44", "g in place of g', squared", lambda f1, f2, g1, g2, g: f2 * g**2 + f1 * g2),
    formula("M44", "2 g' in place of g' squared", lambda f1, f2, g1, g2, g: f2 * 2 * g1 + f1 * g2),
)

TASKS = [
    Task(
        id="a1.chain",
        title="A slope inside a slope",
        signature="chain(f, df, g, dg, x)",
        chapter="01-slope-inside-a-slope",
        forward=chain,
        sample=sample_chain,
        blocks=(Block("dy/dx", "x", 6),),
        kinds=MIXED,
    ),
    Task(
        id="a1.d_triple",
        title="Three functions deep",
        signature="d_triple(x)",
        chapter="01-slope-inside-a-slope",
        forward=d_triple,
        sample=sample_d_triple,
        blocks=(Block("dh/dx", "x", 6),),
        kinds=("plain", "plain", "integer", "plain", "plain"),
    ),
    Task(
        id="a1.neuron_grads",
        title="One neuron",
        signature="neuron_grads(w, b, x, y)",
        chapter="01-slope-inside-a-slope",
        forward=neuron_grads,
        sample=sample_neuron_grads,
        blocks=(Block("dL/dw", "w", 4), Block("dL/db", "b", 4)),
        output="tuple",
        extras=NEURON,
    ),
    Task(
        id="a1.second",
        title="The second derivative of a chain",
        signature="second(df, d2f, g, dg, d2g, x)",
        chapter="13-second-order",
        forward=second,
        sample=sample_second,
        blocks=(Block("d²y/dx²", "x", 5),),
        kinds=MIXED,
        extras=SECOND,
        names={kind: ("M45",) for kind in ("path dropped", "overwritten", "bare speed", "cut short")}
        | {
            ("left out", "inner"): ("M45", "M01"),
            ("left out", "outer"): ("M45", "M20"),
            "factor left out": ("M45",),
        },
    ),
]
