"""Assignment a6: differences, a step downhill, training, and weights and statistics that are used many times."""

from ... import engine as cr
from ...study.array_mutations import ArraySlip
from .. import answering
from ..graphs import name, upstream
from ..probes import array, call
from ..task import Block, Extra, Task
from .training import behaviour, sample_train
from .training import forward as train

MIXED = ("square", "plain", "plain", "square", "plain")


def matrix(rng, *shape, **limits):
    """A matrix of numbers of one decimal as a JSON argument."""
    return {"array": array(rng, *shape, **limits)}


def sizes(rng, kind):
    """The lengths N, D and H of a batch: all three the same, or all distinct."""
    return (4, 4, 4) if kind == "square" else rng.choice(((5, 3, 2), (6, 2, 4), (7, 3, 4)))


# a gradient from nothing but values


def numerical_grad(f, x, h):
    """A picture of the first entry's quotient; nobody asks for the local partials of its two roads."""
    import numpy

    step = h * (numpy.arange(numpy.size(x.value)) == 0).reshape(x.value.shape)
    value = cr.primitive("f", lambda m, x: f(x), vjp=(lambda m, g, z, x: g + 0 * x,))
    up, down = name("x + h e", x + step), name("x − h e", x - step)
    return name("quotient", (name("f₊", value(up)) - name("f₋", value(down))) / (2 * h))


def quotient(f, x, h, forward=1.0, back=1.0, over=None, moved=None):
    """An array like x of (f(x + forward h e) - f(x - back h e)) / over, by default the central difference."""
    import numpy

    found = numpy.zeros(numpy.shape(x))
    for i in numpy.ndindex(found.shape):
        up, down = numpy.array(x, float), numpy.array(x, float)
        up[i if moved is None else moved(i)] += forward * h
        down[i if moved is None else moved(i)] -= back * h
        found[i] = (f(up) - f(down)) / ((forward + back) * h if over is None else over)
    return found


def central(task, arguments):
    """The central difference itself is right, with its own error of order h squared."""
    f, x, h = (answering.realise(argument) for argument in arguments)
    return {"x": quotient(f, x, h)}


def sample_numerical_grad(rng, kind):
    shape = {"vector": (4,), "matrix": (2, 3), "whole": (3,), "whole matrix": (3, 2), "box": (2, 2, 2)}[kind]
    f = call("hills", round(rng.uniform(0.6, 1.7), 1), round(rng.uniform(0.6, 1.9), 1))
    x = {"array": array(rng, *shape)}
    if "whole" in kind:
        x = {"array": _whole(rng, *shape), "dtype": "int64"}
    return [f, x, {"matrix": 0.25, "vector": 0.01, "whole": 0.2, "box": 0.3, "whole matrix": 0.02}[kind]]


def _whole(rng, *shape):
    if len(shape) == 1:
        return [rng.choice((-3, -2, 2, 3, 4)) for _ in range(shape[0])]
    return [_whole(rng, *shape[1:]) for _ in range(shape[0])]


def recipe(id, site, rule):
    """A wrong recipe, from f, x and h."""
    return Extra(id, site, answer=lambda arguments, blocks: {"x": rule(*arguments)})


def walked(stay, whole, over=2.0):
    """One array is moved to and fro, entry by entry, and not put back where it was; a whole one swallows steps."""

    def rule(f, x, h):
        import numpy

        found, at = numpy.zeros(numpy.shape(x)), numpy.array(x) if whole else numpy.array(x, float)

        def value(i, move):
            at[i] = at[i] + move
            return f(at)

        for i in numpy.ndindex(found.shape):
            if stay == "above":
                minus = value(i, -h)
                found[i] = (value(i, 2 * h) - minus) / (over * h)
            elif stay == "one side":
                base = f(at)
                found[i] = (value(i, h) - base) / h
            else:
                plus = value(i, h)
                found[i] = (plus - value(i, -h if stay == "back" else -2 * h)) / (over * h)
        return found

    return rule


def everywhere(forward, back, over):
    def rule(f, x, h):
        import numpy

        x = numpy.array(x, float)
        return numpy.full(x.shape, (f(x + forward * h) - f(x - back * h)) / (over * h))

    return rule


def in_whole_numbers(f, x, h):
    """The entries of a whole-numbered copy swallow the step, or take all of it."""
    import numpy

    found = numpy.zeros(numpy.shape(x))
    for i in numpy.ndindex(found.shape):
        up, down = numpy.array(x), numpy.array(x)
        up[i] = up[i] + h
        down[i] = down[i] - h
        found[i] = (f(up) - f(down)) / (2 * h)
    return found


def boxed(f, x, h):
    """The answers are laid into an array like x, which cuts them off where x is whole."""
    import numpy

    right = quotient(f, x, h)
    return numpy.trunc(right) if numpy.asarray(x).dtype.kind == "i" else right


def kept(choose):
    """Only some entries are visited, the others stay at nothing."""

    def rule(f, x, h):
        import numpy

        right = quotient(f, x, h)
        mask = numpy.zeros(right.shape, bool)
        choose(mask)
        return right * mask

    return rule


def _first_row(mask):
    mask.flat[: mask.shape[-1]] = True


def _as_many_as_rows(mask):
    mask.flat[: len(mask)] = True


def _first_column(mask):
    mask[..., 0] = True


def _last(mask):
    mask.flat[-1] = True


def _first(mask):
    mask.flat[0] = True


def _diagonal(mask):
    for i in range(min(mask.shape)):
        mask[(i,) * mask.ndim] = True


RECIPES = (
    recipe("M41", "divided by h, not by 2h", lambda f, x, h: quotient(f, x, h, over=h)),
    recipe("M41", "divided by 2 and multiplied with h", lambda f, x, h: quotient(f, x, h, over=2 / h)),
    recipe("M41", "not divided at all", lambda f, x, h: quotient(f, x, h, over=1.0)),
    recipe("M41", "divided by 2 alone", lambda f, x, h: quotient(f, x, h, over=2.0)),
    recipe("M41", "divided by h squared", lambda f, x, h: quotient(f, x, h, over=h * h)),
    recipe("M41", "divided by 2 h squared", lambda f, x, h: quotient(f, x, h, over=2 * h * h)),
    recipe("M41", "multiplied with 2h", lambda f, x, h: quotient(f, x, h, over=1 / (2 * h))),
    recipe("M41", "multiplied with h", lambda f, x, h: quotient(f, x, h, over=1 / h)),
    recipe("M41", "a step to one side only", lambda f, x, h: quotient(f, x, h, back=0.0)),
    recipe("M41", "a step to the other side only", lambda f, x, h: quotient(f, x, h, forward=0.0)),
    recipe(
        "M41", "a step to one side, divided by 2h", lambda f, x, h: quotient(f, x, h, back=0.0, over=2 * h)
    ),
    recipe(
        "M41",
        "a step to the other side, divided by 2h",
        lambda f, x, h: quotient(f, x, h, forward=0.0, over=2 * h),
    ),
    recipe("M41", "a step to one side, not divided", lambda f, x, h: quotient(f, x, h, back=0.0, over=1.0)),
    recipe("M41", "half a step either way, divided by 2h", lambda f, x, h: quotient(f, x, h / 2, over=2 * h)),
    recipe("M41", "half a step either way", lambda f, x, h: quotient(f, x, h / 2)),
    recipe("M41", "two steps either way, divided by 2h", lambda f, x, h: quotient(f, x, 2 * h, over=2 * h)),
    recipe("M41", "two steps either way", lambda f, x, h: quotient(f, x, 2 * h)),
    recipe("M41", "a step of h squared", lambda f, x, h: quotient(f, x, h * h)),
    recipe("M41", "a step of the size of each entry", lambda f, x, h: _relative(f, x, h)),
    recipe(
        "M41",
        "a step of the size of each entry, divided by 2h",
        lambda f, x, h: _relative(f, x, h, over=2 * h),
    ),
    *(
        recipe(
            "M41",
            f"a step of {step:g}, whatever h was asked",
            lambda f, x, h, step=step: quotient(f, x, step),
        )
        for step in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1.0)
    ),
    *(
        recipe(
            "M41",
            f"a step of {step:g}, but divided by 2h",
            lambda f, x, h, step=step: quotient(f, x, step, over=2 * h),
        )
        for step in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
    ),
    recipe("M41", "all entries are moved at once", everywhere(1, 1, 2)),
    recipe("M41", "all entries are moved at once, to one side", everywhere(1, 0, 1)),
    recipe("M41", "all entries are moved at once, divided by h", everywhere(1, 1, 1)),
    *(
        recipe(
            "M41",
            f"an entry is not put back before the next is moved: it stays {where}",
            walked(stay, integers),
        )
        for stay, where in (
            ("below", "below"),
            ("above", "above"),
            ("back", "where it was, as the step back is h, not 2h"),
        )
        for integers in (False, True)
    ),
    recipe("M41", "an entry is not put back before the next is moved, one-sided", walked("one side", False)),
    recipe("M41", "an entry is not put back before the next is moved, one-sided", walked("one side", True)),
    recipe(
        "M41", "an entry is not put back before the next is moved, divided by h", walked("below", False, 1.0)
    ),
    recipe("M46", "the step is lost in an array of whole numbers", in_whole_numbers),
    recipe("M46", "the slopes are laid into an array of whole numbers", boxed),
    *(
        recipe(id, f"only {what} visited", kept(choose))
        for what, choose in (
            ("the first row is", _first_row),
            ("as many entries as there are rows are", _as_many_as_rows),
            ("the first column is", _first_column),
            ("the last entry is", _last),
            ("the first entry is", _first),
            ("the diagonal is", _diagonal),
        )
        for id in ("M47", "M02")
    ),
)


def _relative(f, x, h, over=None):
    import numpy

    found = numpy.zeros(numpy.shape(x))
    for i in numpy.ndindex(found.shape):
        up, down = numpy.array(x, float), numpy.array(x, float)
        step = h * abs(up[i])
        up[i] += step
        down[i] -= step
        found[i] = (f(up) - f(down)) / (over or 2 * step)
    return found


# one step downhill


def gd_step(params, X, Y, lr):
    P = name("P", X @ params["W"] + params["b"])
    return name("L", ((P - Y) ** 2).sum() / len(X))


def moved(arguments, slopes):
    """The new parameters, from the slopes."""
    params, _, _, lr = arguments
    return {key: params[key] - lr * slopes[key] for key in params}


def sample_gd_step(rng, kind):
    N, D, K = sizes(rng, kind)
    params = {"dict": {"W": matrix(rng, D, K), "b": matrix(rng, K)}}
    return [params, matrix(rng, N, D), matrix(rng, N, K, low=2.0, high=6.0), rng.choice((0.05, 0.2, 0.4))]


UPDATES = (  # p, the slope g and lr -> the slope whose right use would give the same wrong parameters
    ("the step is not multiplied with lr", lambda p, g, lr: g / lr),
    ("lr is applied twice", lambda p, g, lr: g * lr),
    ("the slope is divided by lr", lambda p, g, lr: g / lr**2),
    ("the step is returned, not the new parameters", lambda p, g, lr: g + p / lr),
    ("the step is returned, with the other sign", lambda p, g, lr: p / lr - g),
    ("the slope is returned, not the new parameters", lambda p, g, lr: (p - g) / lr),
    ("the parameters stay as they were", lambda p, g, lr: 0 * g),
    ("the parameters shrink by lr besides", lambda p, g, lr: g + p),
    ("the step is taken twice", lambda p, g, lr: 2 * g),
)


def updates(recording):
    """Wrong ways to use the right slopes."""
    for site, rule in UPDATES:

        def after(r, found, rule=rule):
            return {key: rule(r.values[r.leaves[key]], g, r.constants["lr"]) for key, g in found.items()}

        yield ArraySlip("update", site, after=after, role="whole")


def one_after_the_other(id, site, first, scale=lambda N, K: 1.0):
    """One parameter is moved, and the slope of the other is taken with the new one."""

    def answer(arguments, blocks):
        params, X, Y, lr = arguments
        rate, new = lr * 2 / len(X) * scale(*Y.shape), dict(params)
        for key in ("W", "b") if first == "W" else ("b", "W"):
            R = X @ new["W"] + new["b"] - Y
            new[key] = new[key] - rate * (X.T @ R if key == "W" else R.sum(axis=0))
        return new

    return Extra(id, site, answer=answer)


def example_by_example(id, site, mean):
    """A step after every example."""

    def answer(arguments, blocks):
        params, X, Y, lr = arguments
        W, b = params["W"], params["b"]
        for x, y in zip(X, Y):
            r = lr * 2 / (len(X) if mean else 1) * (x @ W + b - y)
            W, b = W - x[:, None] * r, b - r
        return {"W": W, "b": b}

    return Extra(id, site, answer=answer)


SCALES = (
    ("", "", lambda N, K: 1.0),
    ("+M11", ", and the 2 of the square is missing", lambda N, K: 0.5),
    ("+M06", ", and the mean is a sum", lambda N, K: N),
    ("+M06", ", and the mean runs over all entries", lambda N, K: 1 / K),
    ("+M10", ", and the sign is wrong", lambda N, K: -1.0),
    ("+M42", ", and the sign is wrong", lambda N, K: -1.0),
)
STEPS = tuple(
    one_after_the_other(
        "M34" + id, f"{first} is moved first, and the other slope is taken there{site}", first, scale
    )
    for first in ("W", "b")
    for id, site, scale in SCALES
) + (
    example_by_example("M34", "a step after every example", True),
    example_by_example("M34", "a step after every example, without the mean", False),
)


def no_target(params, X, Y, lr):
    P = name("P", X @ params["W"] + params["b"])
    return name("L", (P**2).sum() / len(X))


# a net with a memory


def rnn_backward(params, X, Y):
    h, losses = params["h0"], []
    for t in range(len(X)):
        h = name(f"h_{t + 1}", cr.tanh(X[t] @ params["Wx"] + h @ params["Wh"] + params["b"]))
        losses.append(((h - Y[t]) ** 2).sum())
    return name("L", sum(losses[1:], losses[0]) / 2)


def sample_rnn_backward(rng, kind):
    D, H = (4, 4) if kind == "square" else rng.choice(((3, 2), (2, 3), (3, 5)))
    T = 6 if kind == "long" else 4
    small = {"low": 0.2, "high": 0.8}
    params = {
        "Wx": matrix(rng, D, H, **small),
        "Wh": matrix(rng, H, H, **small),
        "b": matrix(rng, H, **small),
    }
    params["h0"] = matrix(rng, H, **small)
    return [{"dict": params}, matrix(rng, T, D, high=1.5), matrix(rng, T, H)]


def steps(recording):
    """The loop over time as the graph holds it: (tanh, h @ Wh, x @ Wx, the state before, the step to the loss)."""
    found, rec = [], recording
    for t in range(1, sum(text.startswith("h_") for text in rec.names.values()) + 1):
        here = next(k for k, text in rec.names.items() if text == f"h_{t}")
        before = next(k for k, text in rec.names.items() if text == (f"h_{t - 1}" if t > 1 else "h0"))
        through = next(n for n, i in rec.uses[before] if rec.rows[n].name == "matmul")
        inputs = sorted(n for n, _ in rec.uses[rec.leaves["Wx"]])[t - 1]
        loss = next(n for n, i in rec.uses[here] if rec.rows[n].name == "sub")
        found.append((here, through, inputs, before, loss))
    return found


def in_time(recording):
    """Slips that a loop over time makes at every step."""
    at = steps(recording)

    def edges(parts):
        return tuple(dict.fromkeys(end for n, i in parts for end in recording.ends(n, i)))

    def slip(kind, site, pulls, rank=1.0):
        return ArraySlip(kind, site, pulls, edges=edges(pulls), role="own", rank=rank)

    nothing = lambda r, n, i, g: None
    yield slip(
        "not carried",
        "nothing is carried from one state to the one before",
        {(s[1], 0): nothing for s in at[1:]},
    )
    for cut in range(2, len(at)):
        site = f"nothing is carried from h_{cut + 1} to h_{cut}"
        yield slip("not carried", site, {(at[cut][1], 0): nothing}, 1.5)
    yield slip(
        "one loss", "only the last state's part of the loss counts", {(s[4], 0): nothing for s in at[:-1]}
    )
    yield slip(
        "one loss", "only the first state's part of the loss counts", {(s[4], 0): nothing for s in at[1:]}
    )
    yield slip("one loss", "the last state's part of the loss does not count", {(at[-1][4], 0): nothing})
    yield slip("one loss", "the first state's part of the loss does not count", {(at[0][4], 0): nothing})
    slope = lambda k: lambda r, n, i, g: r.pull(n, i, g, z=r.values[k])
    yield slip(
        "another slope here",
        "the slope of tanh is that of the state before",
        {(s[0], 0): slope(s[3]) for s in at},
    )
    later = [s[0] for s in at[1:]] + [at[-1][0]]
    yield slip(
        "another slope here",
        "the slope of tanh is that of the state after",
        {(s[0], 0): slope(k) for s, k in zip(at, later)},
    )
    last = at[-1][0]
    yield slip(
        "another slope here",
        "the slope of tanh is that of the last state",
        {(s[0], 0): slope(last) for s in at},
    )
    factor = lambda k: lambda r, n, i, g: r.pull(n, i, g, instead={0: r.values[k]})
    yield slip(
        "wrong value",
        "Wh meets the state of the same step, not the one before",
        {(s[1], 1): factor(s[0]) for s in at},
    )
    earlier = [at[0][3]] + [s[3] for s in at[:-1]]
    yield slip(
        "wrong value",
        "Wh meets the state two steps before",
        {(s[1], 1): factor(k) for s, k in zip(at, earlier)},
    )
    yield slip("wrong value", "Wh meets the last state at every step", {(s[1], 1): factor(last) for s in at})
    yield slip(
        "wrong value", "Wh meets the first state at every step", {(s[1], 1): factor(at[0][3]) for s in at}
    )
    for shift, word in ((1, "after"), (-1, "before")):

        def row(t, shift=shift):
            def pull(r, n, i, g):
                X = r.constants["X"]
                return X[(t + shift) % len(X)][:, None] * g

            return pull

        yield slip(
            "wrong value",
            f"Wx meets the input of the step {word}",
            {(s[2], 1): row(t) for t, s in enumerate(at)},
        )
    for axis in (1, 0):
        square = lambda r, n, i, g, axis=axis: g[:, None] * r.operands(n)[0] if axis else r.operands(n)[0] * g
        kind = "result transposed" if axis else "entries"
        yield slip(
            kind,
            "the product into Wh lies the other way round" if axis else "entries are multiplied into Wh",
            {(s[1], 1): square for s in at},
        )
        yield slip(
            kind,
            "the product into Wx lies the other way round" if axis else "entries are multiplied into Wx",
            {(s[2], 1): square for s in at},
        )
    twice = lambda r, n, i, g: 2 * r.pull(n, i, g)
    yield slip("path twice", "the carried part is counted twice", {(s[1], 0): twice for s in at[1:]})
    minus = lambda r, n, i, g: -r.pull(n, i, g)
    yield slip("sign", "the sign of what is carried", {(s[1], 0): minus for s in at})
    yield slip("sign", "the sign of each state's own error", {(s[4], 0): minus for s in at})
    dropped = lambda r, n, i, g: r.pull(n, i, r.np.ones_like(g))
    yield slip("upstream left out", "the errors are left out", {(s[4], 0): dropped for s in at})


def walk(id, site, start=lambda h, Y: h - Y, order=lambda T: range(T, 0, -1), far=None):
    """The walk back in another order, from another error, or with what is carried forgotten after `far` steps."""

    def answer(arguments, blocks):
        import numpy

        params, X, Y = arguments
        h, T = [params["h0"]], len(X)
        for x in X:
            h.append(numpy.tanh(x @ params["Wx"] + h[-1] @ params["Wh"] + params["b"]))
        found = {key: numpy.zeros(value.shape) for key, value in params.items()}

        def use(t, dz):
            found["Wx"] += numpy.outer(X[t - 1], dz)
            found["Wh"] += numpy.outer(h[t - 1], dz)
            found["b"] += dz
            return params["Wh"] @ dz

        if far is None:
            dh = 0.0
            for t in order(T):
                dh = use(t, (dh + start(h[t], Y[t - 1])) * (1 - h[t] ** 2))
            return found | {"h0": dh}
        for s in range(T, 0, -1):
            dh = start(h[s], Y[s - 1])
            for t in range(s, max(s - far - 1, 0), -1):
                dh = use(t, dh * (1 - h[t] ** 2))
            found["h0"] += dh if s - far - 1 < 1 else 0.0
        return found

    return Extra(id, site, answer=answer)


WALKS = (
    walk("M30", "y is not subtracted", lambda h, y: h),
    walk("M33", "the walk starts from h, which belongs to another loss", lambda h, y: h),
    walk("M20", "the walk starts from ones, not from the errors", lambda h, y: 1.0),
    walk("M21", "the walk goes from the first step to the last", order=lambda T: range(1, T + 1)),
    walk("M37", "the walk stops before the first step", order=lambda T: range(T, 1, -1)),
    *(
        walk(
            "M37", f"an error is carried {far} {'step' if far == 1 else 'steps'} back and no further", far=far
        )
        for far in (1, 2, 3)
    ),
)


# in and out by the same door


def tied_grad(W, X):
    A = name("A", cr.tanh(X @ W))
    R = name("R", A @ W.T - X)
    return name("L", (R**2).sum() / 2)


def untied(W, X):
    A = name("A", cr.tanh(X @ W))
    return name("L", ((A @ W.T) ** 2).sum() / 2)


def sample_tied_grad(rng, kind):
    N, D, H = sizes(rng, kind)
    return [matrix(rng, D, H, low=0.2, high=0.8), matrix(rng, N, D)]


# a shortcut


def residual_backward(W1, W2, x, G):
    Z = name("Z", x @ W1)
    A = name("A", cr.tanh(Z))
    return name("L", upstream(G, name("y", x + A @ W2)))


def sample_residual_backward(rng, kind):
    N, D, H = sizes(rng, kind)
    return [
        matrix(rng, D, H, high=0.9),
        matrix(rng, H, D),
        matrix(rng, N, D),
        matrix(rng, N, D, low=2.0, high=4.0),
    ]


# dropout


def dropout_backward(G, Z, mask, keep):
    h = name("h", cr.tanh(Z))
    return name("L", upstream(G, name("A", h * mask / keep)))


def sample_dropout_backward(rng, kind):
    N, H = rng.choice(((4, 3), (5, 4), (3, 5)))
    mask = [1.0, 0.0] * (N * H)
    mask = mask[: N * H]
    rng.shuffle(mask)
    rows = [mask[i * H : (i + 1) * H] for i in range(N)]
    keep = rng.choice((0.8, 0.7, 0.6, 0.3))
    return [matrix(rng, N, H, low=2.0, high=6.0), matrix(rng, N, H), {"array": rows}, keep]


MASKS = (  # what stands in the place of mask / keep
    ("mask and scale are left out", lambda m, k: 1.0 + 0 * m),
    ("the dropped ones pass, the others do not", lambda m, k: (1 - m) / k),
    ("the dropped ones pass, the others do not, without the scale", lambda m, k: 1 - m),
    ("keep is multiplied with, not divided by", lambda m, k: m * k),
    ("the scale is keep, without the mask", lambda m, k: k + 0 * m),
    ("the scale is 1/(1 - keep)", lambda m, k: m / (1 - k)),
    ("the scale is 1 - keep", lambda m, k: m * (1 - k)),
    ("the scale is 1/(1 - keep), without the mask", lambda m, k: 1 / (1 - k) + 0 * m),
    ("the scale is the share that was kept", lambda m, k: m / m.mean()),
    ("the root of keep is the scale", lambda m, k: m / k**0.5),
    ("the dropped ones are scaled too, and the kept ones are not", lambda m, k: m + (1 - m) / k),
    ("the kept ones are scaled, the dropped ones pass", lambda m, k: m / k + (1 - m)),
    ("mask is divided by its sum", lambda m, k: m / m.sum()),
)


def masks(recording):
    """Wrong masks and scales, where the right ones are."""
    rec = recording
    out = next(k for k, text in rec.names.items() if text == "A")
    inner = next(k for k in rec.args[out] if isinstance(k, int))
    for site, rule in MASKS:

        def pull(r, n, i, g, rule=rule):
            return g * rule(r.constants["mask"], r.constants["keep"])

        pulls = {(out, 0): pull, (inner, 0): lambda r, n, i, g: g}
        yield ArraySlip("mask", site, pulls, edges=rec.ends(out, 0), role="own")


def another_mask(arguments, blocks, answer):
    """Is each entry what the right one would be under some other mask?"""
    import numpy

    G, Z, mask, keep = arguments
    whole = G / keep * (1 - numpy.tanh(Z) ** 2)
    kept = abs(answer) > 1e-9
    return numpy.allclose(answer, whole * kept, rtol=1e-6, atol=1e-9) and bool((kept != (mask > 0)).any())


# normalisation


def norm_backward(G, X):
    m = name("m", X.mean(axis=0))
    v = name("v", ((X - m) ** 2).mean(axis=0))
    return name("L", upstream(G, name("x̂", (X - m) / cr.sqrt(v + 1e-3))))


def sample_norm_backward(rng, kind):
    N, D = (4, 4) if kind == "square" else rng.choice(((5, 3), (7, 4), (6, 2)))
    return [matrix(rng, N, D, high=4.0), matrix(rng, N, D, high=4.0)]


def normalised(id, site, rule):
    """A slip in the written-out rule: from G, its mean g, x̂, the mean c of G x̂, and the root s."""

    def answer(arguments, blocks):
        import numpy

        G, X = arguments
        s = numpy.sqrt(X.var(axis=0) + 1e-3)
        h = (X - X.mean(axis=0)) / s
        return {"X": rule(G, X, h, s)}

    return Extra(id, site, answer=answer)


def along_rows(G, X):
    m = name("m", X.mean(axis=1, keepdims=True))
    v = name("v", ((X - m) ** 2).mean(axis=1, keepdims=True))
    return name("L", upstream(G, name("x̂", (X - m) / cr.sqrt(v + 1e-3))))


def mean(a):
    return a.mean(axis=0)


MEANS = (  # one mean in the written-out rule (G - mean(G) - x̂ mean(G x̂))/s, taken wrongly
    ("M06", "a sum for a mean", lambda a: a.sum(axis=0)),
    ("M06", "divided by N twice", lambda a: a.mean(axis=0) / len(a)),
    ("M12", "a mean over everything", lambda a: a.mean()),
    ("M12", "a mean along the rows", lambda a: a.mean(axis=1, keepdims=True)),
    ("M06", "divided by N - 1", lambda a: a.sum(axis=0) / (len(a) - 1)),
    ("M47", "one row in place of the mean", lambda a: a[0] / len(a)),
    ("M47", "one row in place of the mean", lambda a: a[0]),
    ("M05", "not summed over the batch", lambda a: a / len(a)),
    ("M05", "not summed over the batch", lambda a: a),
    ("M10", "with a plus sign", lambda a: -a.mean(axis=0)),
    ("M22", "counted twice", lambda a: 2 * a.mean(axis=0)),
    ("M11", "halved", lambda a: a.mean(axis=0) / 2),
)


def corrected(G, h, s, one, two):
    return (G - one(G) - h * two(G * h)) / s


def meant(id, site, one, two):
    return normalised(id, site, lambda G, X, h, s: corrected(G, h, s, one, two))


NORMS = (
    *(meant(id, f"{site}, in both corrections", rule, rule) for id, site, rule in MEANS),
    *(meant(id, f"{site}, in the mean's road", rule, mean) for id, site, rule in MEANS),
    *(meant(id, f"{site}, in the variance's road", mean, rule) for id, site, rule in MEANS),
    Extra("M12", "mean and variance are taken along the rows", forward=along_rows),
    normalised("M01", "1/s is left out", lambda G, X, h, s: corrected(G, h, 1.0, mean, mean)),
    normalised("M20", "1/s is left out", lambda G, X, h, s: corrected(G, h, 1.0, mean, mean)),
    normalised(
        "M44",
        "divided by the variance, not by its root",
        lambda G, X, h, s: corrected(G, h, s**2, mean, mean),
    ),
    normalised("M31", "1/s is applied twice", lambda G, X, h, s: corrected(G, h, s**2, mean, mean)),
    normalised(
        "M44", "multiplied with s, not divided", lambda G, X, h, s: corrected(G, h, 1 / s, mean, mean)
    ),
    normalised(
        "M20", "G is left out in the variance's road", lambda G, X, h, s: (G - mean(G) - h * mean(h * h)) / s
    ),
    normalised(
        "M20", "G is left out in the variance's road", lambda G, X, h, s: (G - mean(G) - h * mean(h)) / s
    ),
    normalised("M20", "x̂ is left out of the mean of G x̂", lambda G, X, h, s: (G - mean(G) - h * mean(G)) / s),
    normalised(
        "M20", "x̂ is left out behind the mean of G x̂", lambda G, X, h, s: (G - mean(G) - mean(G * h)) / s
    ),
    *(
        normalised(
            "M40",
            f"{site} stands for x̂{where}",
            lambda G, X, h, s, f=f, a=a, b=b: (
                (G - mean(G) - (f(X, h, s) if a else h) * mean(G * (f(X, h, s) if b else h))) / s
            ),
        )
        for site, f in (
            ("x", lambda X, h, s: X),
            ("x - m", lambda X, h, s: h * s),
            ("x/s", lambda X, h, s: X / s),
        )
        for where, a, b in (("", 1, 1), (", outside the mean", 1, 0), (", inside the mean", 0, 1))
    ),
    normalised(
        "M49",
        "one term of the variance's road is held still",
        lambda G, X, h, s: (G - mean(G)) / s - h * mean(G * h),
    ),
)

TASKS = [
    Task(
        id="a6.numerical_grad",
        title="A gradient from nothing but values",
        signature="numerical_grad(f, x, h)",
        chapter="11-shared-weights",
        forward=numerical_grad,
        derive=central,
        sample=sample_numerical_grad,
        blocks=(Block("the gradient", "x", 10),),
        arrays=True,
        kinds=("matrix", "vector", "whole", "box", "whole matrix"),
        extras=RECIPES,
        names={("sign", "whole"): ("M41", "M10"), "factor": ()},
    ),
    Task(
        id="a6.train",
        title="A net that learns to read",
        signature="train(X, y, hidden, lr, steps, seed)",
        chapter="09-learning",
        forward=train,
        derive=lambda task, arguments: {},
        behaviour=behaviour,
        seconds=20.0,
        sample=sample_train,
        blocks=(Block("the losses fall", "losses", 5), Block("strangers are read", "params", 10)),
        arrays=True,
        kinds=("first", "short", "later"),
    ),
    Task(
        id="a6.gd_step",
        title="One step downhill",
        signature="gd_step(params, X, Y, lr)",
        chapter="09-learning",
        forward=gd_step,
        finish=moved,
        sample=sample_gd_step,
        blocks=(Block("new W", "W", 5), Block("new b", "b", 3)),
        arrays=True,
        slips=updates,
        extras=(
            *STEPS,
            Extra("M30", "Y is not subtracted", forward=no_target),
            Extra("M33", "the slope starts from P, which belongs to another loss", forward=no_target),
        ),
        names={"update": ("M42",), ("sign", "whole"): ("M42", "M10"), "elsewhere": ()},
        output="dict",
        kinds=MIXED,
    ),
    Task(
        id="a6.rnn_backward",
        title="A net with a memory",
        signature="rnn_backward(params, X, Y)",
        chapter="11-shared-weights",
        forward=rnn_backward,
        sample=sample_rnn_backward,
        blocks=(
            Block("dL/dWx", "Wx", 4),
            Block("dL/dWh", "Wh", 5),
            Block("dL/db", "b", 3),
            Block("dL/dh0", "h0", 2),
        ),
        arrays=True,
        slips=in_time,
        extras=WALKS,
        names={
            "not carried": ("M37",),
            "one loss": ("M02", "M47"),
            "another slope here": ("M08", "M40"),
            ("overwritten", "use"): ("M36", "M03"),
            "path dropped": ("M36",),
            "elsewhere": (),
        },
        output="dict",
        kinds=("square", "plain", "long", "square", "plain"),
    ),
    Task(
        id="a6.tied_grad",
        title="In and out by the same door",
        signature="tied_grad(W, X)",
        chapter="11-shared-weights",
        forward=tied_grad,
        sample=sample_tied_grad,
        blocks=(Block("dL/dW", "W", 6),),
        arrays=True,
        extras=(
            Extra("M30", "X is not subtracted", forward=untied),
            Extra("M33", "the slope starts from A Wᵀ, which belongs to another loss", forward=untied),
        ),
        names={"path dropped": ("M36",), "overwritten": ("M36", "M03"), "elsewhere": ()},
        kinds=MIXED,
    ),
    Task(
        id="a6.residual_backward",
        title="A shortcut",
        signature="residual_backward(W1, W2, x, G)",
        chapter="12-deep-products",
        forward=residual_backward,
        sample=sample_residual_backward,
        blocks=(Block("dL/dW1", "W1", 3), Block("dL/dW2", "W2", 3), Block("dL/dx", "x", 4)),
        arrays=True,
        output="dict",
        kinds=MIXED,
    ),
    Task(
        id="a6.dropout_backward",
        title="Neurons that skip a lesson",
        signature="dropout_backward(G, Z, mask, keep)",
        chapter="12-deep-products",
        forward=dropout_backward,
        sample=sample_dropout_backward,
        blocks=(Block("dL/dZ", "Z", 4),),
        arrays=True,
        slips=masks,
        extras=(Extra("M39", "another mask than the one of the forward pass", fits=another_mask),),
        names={"factor left out": ("M39",), "factor twice": ("M39",), "mask": ("M39",), "own value": ()},
    ),
    Task(
        id="a6.norm_backward",
        title="In the company of others",
        signature="norm_backward(G, X)",
        chapter="12-deep-products",
        forward=norm_backward,
        sample=sample_norm_backward,
        blocks=(Block("dL/dX", "X", 6),),
        arrays=True,
        extras=NORMS,
        kinds=MIXED,
    ),
]
