"""Chapter 11: shared weights, nets that are unrolled in time, and what a difference quotient leaves over."""

import cmath
import math

from equation import Equation, H, slope

import chainrule_lib as cr

PAGE = "11-shared-weights"
EPS = 2.0**-53

# One number, several uses: a function of as many arguments, and where.
USES = [
    (lambda t_1, t_2: 10 - (3 - t_1) ** 2 - (t_2**2 / 2) ** 2, 2, 1.0),
    (lambda a, b, c: a * (b + 3) * c, 3, 2.0),
    (lambda a, b, c: cr.sin(a * b) + cr.exp(b - c) * a, 3, -0.6),
]

# The echo: weights, start, sounds, targets. Its numbers are those of the text, and others.
ECHOES = [
    (3.0, 0.5, 2.0, (1.0, 2.0, -1.0), (3.0, 9.0, -3.0)),
    (1.0, 2.0, 1.0, (1.0, 0.0, -2.0), (1.0, 7.0, 9.0)),
    (-0.7, 1.2, 0.4, (0.3, 1.1, -0.8, 2.0), (0.0, 0.5, 1.0, -1.0)),
]


def states(w, v, h_0, xs):
    h = [h_0]
    for x in xs:
        h.append(w * x + v * h[-1])
    return h


def half_square(h, ys):
    return sum((one - y) ** 2 for one, y in zip(h[1:], ys)) / 2


def echo_loss(w, v, h_0, xs, ys):
    return half_square(states(w, v, h_0, xs), ys)


def echo_deltas(w, v, h_0, xs, ys, carry=1.0):
    """delta_1 .. delta_T by the rule; carry=0 lets every moment hear its own error alone."""
    h, deltas, after = states(w, v, h_0, xs), [], 0.0
    for t in range(len(xs), 0, -1):
        after = (h[t] - ys[t - 1]) + carry * v * after
        deltas.insert(0, after)
    return deltas


def nudged_deltas(w, v, h_0, xs, ys):
    """dL/dh_t by complex step: the net goes on from a nudged state."""
    h, found = states(w, v, h_0, xs), []
    for t in range(1, len(xs) + 1):
        rest = lambda s: half_square([None, *h[1:t], *states(w, v, s, xs[t:])], ys)  # noqa: E731, B023
        found.append(slope(rest, h[t]))
    return found


def echo_slopes(w, v, h_0, xs, ys):
    return slope(lambda a: echo_loss(a, v, h_0, xs, ys), w), slope(lambda a: echo_loss(w, a, h_0, xs, ys), v)


# Nets of rows and matrices: Wx, Wh, b, h0, and the rows of X and Y, all as lists.
NETS = [
    (
        [[0.4, -0.7, 0.2], [1.1, 0.3, -0.5]], [[0.6, -0.2, 0.9], [0.1, 0.8, -0.4], [-0.7, 0.5, 0.3]], [0.1, -0.2, 0.3], [0.5, -0.6, 0.2],
        [[1.0, -0.5], [0.3, 1.2], [-0.8, 0.4], [0.7, 0.6]], [[0.2, 0.5, -0.1], [-0.6, 0.3, 0.8], [0.9, -0.4, 0.1], [0.0, 0.2, -0.7]],
    ),
]  # fmt: skip
SHAPES = ("Wx", "Wh", "b", "h0")


def row_times(row, matrix):
    return [sum(a * b for a, b in zip(row, column)) for column in zip(*matrix)]


def transposed(matrix):
    return [list(column) for column in zip(*matrix)]


def outer(column, row):
    return [[a * b for b in row] for a in column]


def entries(value):
    return [entry for row in value for entry in row] if isinstance(value[0], list) else list(value)


def like(value, flat):
    wide = len(value[0]) if isinstance(value[0], list) else 0
    return [flat[k : k + wide] for k in range(0, len(flat), wide)] if wide else flat


def run(Wx, Wh, b, h0, X):
    """The rows z_1 .. z_T before the tanh, and h_0 .. h_T."""
    zs, hs = [], [h0]
    for x in X:
        zs.append([p + q + c for p, q, c in zip(row_times(x, Wx), row_times(hs[-1], Wh), b)])
        hs.append([cmath.tanh(z) for z in zs[-1]])
    return zs, hs


def net_loss(Wx, Wh, b, h0, X, Y):
    return sum((h - y) ** 2 for row, ys in zip(run(Wx, Wh, b, h0, X)[1][1:], Y) for h, y in zip(row, ys)) / 2


def net_deltas(Wx, Wh, b, h0, X, Y, turn=transposed):
    hs = [[h.real for h in row] for row in run(Wx, Wh, b, h0, X)[1]]
    after, deltas = [0.0] * len(b), []
    for h, y in zip(hs[:0:-1], Y[::-1]):
        back = row_times(after, turn(Wh))
        after = [(a - c + d) * (1 - a * a) for a, c, d in zip(h, y, back)]
        deltas.insert(0, after)
    return deltas, hs


def nudged_rows(Wx, Wh, b, h0, X, Y):
    """dL/dz_t for every moment and entry by complex step: a nudge of z_t is a bias at that moment alone."""
    found = []
    for t in range(len(X)):
        _, hs = run(Wx, Wh, b, h0, X[:t])
        for j in range(len(b)):
            nudge = [1j * H * (k == j) for k in range(len(b))]
            z = [p + q + c + n for p, q, c, n in zip(row_times(X[t], Wx), row_times(hs[-1], Wh), b, nudge)]
            after = run(Wx, Wh, b, [cmath.tanh(one) for one in z], X[t + 1 :])[1]
            later = sum((h - y) ** 2 for row, ys in zip(after, Y[t:]) for h, y in zip(row, ys)) / 2
            found.append(later.imag / H)
    return found


def net_slopes(Wx, Wh, b, h0, X, Y):
    """In every entry of every parameter, by complex step."""
    params, found = [Wx, Wh, b, h0], []
    for k, value in enumerate(params):
        flat = entries(value)
        for i in range(len(flat)):
            moved = like(value, [e + 1j * H * (i == j) for j, e in enumerate(flat)])
            found.append(net_loss(*params[:k], moved, *params[k + 1 :], X, Y).imag / H)
    return found


def net_sums(Wx, Wh, b, h0, X, Y, shift=0):
    """The four sums of the text, with h_{t-1+shift} at the memory."""
    deltas, hs = net_deltas(Wx, Wh, b, h0, X, Y)
    through = lambda rows: [  # noqa: E731
        sum(one) for one in zip(*(entries(outer(row, delta)) for row, delta in zip(rows, deltas)))
    ]
    return [*through(X), *through(hs[shift:]), *map(sum, zip(*deltas)), *row_times(deltas[0], transposed(Wh))]


# The tied net, for one row: W of shape (D, H).
TIED = [([[1.0], [-2.0]], [3.0, 1.0]), ([[0.4, -1.1], [0.9, 0.3], [-0.5, 0.7]], [1.2, -0.6, 0.8])]


def tied_parts(W, x):
    a = row_times(x, W)
    return a, [p - q for p, q in zip(row_times(a, transposed(W)), x)]


def tied_loss(W, x):
    return sum(r * r for r in tied_parts(W, x)[1]) / 2


def tied_slopes(W, x):
    flat = entries(W)
    return [
        tied_loss(like(W, [e + 1j * H * (i == j) for j, e in enumerate(flat)]), x).imag / H for i in range(len(flat))
    ]


def tied_sum(W, x, decoder=1.0):
    a, r = tied_parts(W, x)
    back = row_times(r, W)
    return [xi * bj + decoder * ri * aj for xi, ri in zip(x, r) for bj, aj in zip(back, a)]


# Differences: functions with their first three derivatives, and places.
SMOOTH = [(lambda x: x**3, 1.0), (cr.sin, 1.0), (cr.exp, -0.4), (lambda x: cr.sin(2 * x) * x, 0.7)]


def jet(f, x):
    first, second, third = cr.grad(f), cr.grad(cr.grad(f)), cr.grad(cr.grad(cr.grad(f)))
    return first(x), second(x), third(x)


def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def between(f, order, left, right, value):
    """Is `value` taken by the derivative of this order somewhere on left..right (sampled, with room for rounding)?"""
    for _ in range(order):
        f = cr.grad(f)
    seen = [f(left + (right - left) * k / 60) for k in range(61)]
    room = 1e-3 * (max(seen) - min(seen)) + 1e-5
    return min(seen) - room <= value <= max(seen) + room


def most_error(f, x, h):
    """The right side of (two-errors), with room for the handful of roundings that a value takes."""
    third = max(abs(jet(f, x + d)[2]) for d in (-h, 0.0, h))
    return h * h / 6 * third, 4 * EPS * abs(f(x)) / h


def lowest(error):
    """Where a function with one valley on the positive axis is least, by thirds of the logarithm."""
    low, high = math.log(1e-12), math.log(1.0)
    for _ in range(200):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, other) if error(math.exp(one)) < error(math.exp(other)) else (one, high)
    return math.exp(low)


EQUATIONS = [
    Equation(
        PAGE, "walk-named",
        r"\begin{aligned} z &= F(t_1, t_2) \\ &= 10 - (3 - t_1)^2 - \bigl(\tfrac12 t_2^2\bigr)^2 \end{aligned}",
        left=lambda t: 10 - (3 - t) ** 2 - (t * t / 2) ** 2,  # the walk of chapter 2
        right=lambda t: USES[0][0](t, t),
        wrong=lambda t: USES[0][0](t, 0.0),
        at=[(1.0,), (0.3,), (1.7,)],
    ),
    Equation(
        PAGE, "walk-shared",
        r"\begin{aligned} \frac{dz}{dt} &= \frac{\partial F}{\partial t_1} + \frac{\partial F}{\partial t_2} \\"
        r" &= 2\,(3 - t_1) - t_2^3 \\ &= 4 - 1 = 3 \quad\text{at } t_1 = t_2 = 1 . \end{aligned}",
        left=lambda t: (slope(lambda s: USES[0][0](s, s), t),) * 2 + (slope(lambda s: USES[0][0](s, s), 1.0),),
        right=lambda t: (sum(cr.grad(USES[0][0], (0, 1))(t, t)), 2 * (3 - t) - t**3, 4 - 1),
        wrong=lambda t: (cr.grad(USES[0][0])(t, t), 2 * (3 - t), 4),  # one use alone
        at=[(1.0,), (0.3,), (1.7,)],
    ),
    Equation(
        PAGE, "shared-sum", r"\frac{dz}{dw} = \sum_{k=1}^{K} \frac{\partial F}{\partial w_k}",
        left=lambda F, uses, w: slope(lambda s: F(*[s] * uses), w),
        right=lambda F, uses, w: sum(cr.grad(F, tuple(range(uses)))(*[w] * uses)),
        wrong=lambda F, uses, w: cr.grad(F, uses - 1)(*[w] * uses),  # the last use alone
        at=USES,
    ),
    Equation(
        PAGE, "echo",
        r"\begin{aligned} h_t &= w\,x_t + v\,h_{t-1}, \\ L &= \tfrac12 \sum_{t=1}^{T} (h_t - y_t)^2 . \end{aligned}",
        left=lambda echo, numbers: numbers,  # of the text: h_1, h_2, h_3, L
        right=lambda echo, numbers: (*states(*echo[:4])[1:], echo_loss(*echo)),
        wrong=lambda echo, numbers: (*[echo[0] * x for x in echo[3]], echo_loss(*echo)),  # no memory
        at=[(ECHOES[0], (4.0, 8.0, 1.0, 9.0))],
    ),
    Equation(
        PAGE, "echo-delta",
        r"\begin{aligned} \delta_t &= (h_t - y_t) + v\,\delta_{t+1}, \\ \delta_{T+1} &= 0 . \end{aligned}",
        left=lambda *echo: nudged_deltas(*echo),
        right=lambda *echo: echo_deltas(*echo),
        wrong=lambda *echo: echo_deltas(*echo, carry=0.0),
        at=ECHOES,
    ),
    Equation(
        PAGE, "echo-deltas",
        r"\begin{aligned} \delta_3 &= 4, \\ \delta_2 &= -1 + \tfrac12 \cdot 4 = 1, \\ \delta_1 &= 1 + \tfrac12 \cdot 1 = 1.5 . \end{aligned}",
        left=lambda *echo: nudged_deltas(*echo)[::-1] * 2,
        right=lambda *echo: [4, -1 + 4 / 2, 1 + 1 / 2, 4, 1, 1.5],
        wrong=lambda *echo: [4, -1 + 4 / 2, 1 + -1 / 2, 4, 1, 0.5],  # carried one step and no further
        at=ECHOES[:1],
    ),
    Equation(
        PAGE, "echo-sums",
        r"\begin{aligned} \frac{\partial L}{\partial w} &= \sum_t x_t\,\delta_t \\ &= 1 \cdot 1.5 + 2 \cdot 1 - 1 \cdot 4 \\ &= -0.5, \\[4pt]"
        r" \frac{\partial L}{\partial v} &= \sum_t h_{t-1}\,\delta_t \\ &= 2 \cdot 1.5 + 4 \cdot 1 + 8 \cdot 4 \\ &= 39 . \end{aligned}",
        left=lambda *echo: (*echo_slopes(*echo), *echo_slopes(*ECHOES[0]), -0.5, 39),
        right=lambda *echo: (
            sum(x * d for x, d in zip(echo[3], echo_deltas(*echo))),
            sum(h * d for h, d in zip(states(*echo[:4]), echo_deltas(*echo))),
            *(-0.5, 39, 1 * 1.5 + 2 * 1 - 1 * 4, 2 * 1.5 + 4 * 1 + 8 * 4),
        ),
        wrong=lambda *echo: (
            sum(x * d for x, d in zip(echo[3], echo_deltas(*echo))),
            sum(h * d for h, d in zip(states(*echo[:4])[1:], echo_deltas(*echo))),  # the state of the same moment
            *(-0.5, 39, 1 * 1.5 + 2 * 1 - 1 * 4, 2 * 1.5 + 4 * 1 + 8 * 4),
        ),
        at=ECHOES,
    ),
    Equation(
        PAGE, "recurrent", r"\begin{aligned} z_t &= x_t W_x + h_{t-1} W_h + b, \\ h_t &= \varphi(z_t) \end{aligned}",
        left=lambda *net: [h.real for row in run(*net[:5])[1][1:] for h in row],
        right=lambda *net: [
            math.tanh(sum(x[d] * net[0][d][j] for d in range(len(x))) + sum(h[i].real * net[1][i][j] for i in range(len(h))) + net[2][j])
            for x, h in zip(net[4], run(*net[:5])[1]) for j in range(len(net[2]))
        ],
        wrong=lambda *net: [
            math.tanh(sum(x[d] * net[0][d][j] for d in range(len(x))) + sum(h[i].real * net[1][j][i] for i in range(len(h))) + net[2][j])
            for x, h in zip(net[4], run(*net[:5])[1]) for j in range(len(net[2]))
        ],
        at=NETS,
    ),
    Equation(
        PAGE, "bptt-delta",
        r"\delta_t = \Bigl(\frac{\partial \ell_t}{\partial h_t} + \delta_{t+1} W_h^{\mathsf T}\Bigr) \ast \varphi'(z_t)",
        left=lambda *net: nudged_rows(*net),
        right=lambda *net: [d for row in net_deltas(*net)[0] for d in row],
        wrong=lambda *net: [d for row in net_deltas(*net, turn=lambda W: W)[0] for d in row],  # no transpose
        at=NETS,
    ),
    Equation(
        PAGE, "bptt-sums",
        r"\begin{aligned} \frac{\partial L}{\partial W_x} &= \sum_{t} x_t^{\mathsf T}\,\delta_t, \\"
        r" \frac{\partial L}{\partial W_h} &= \sum_{t} h_{t-1}^{\mathsf T}\,\delta_t, \\"
        r" \frac{\partial L}{\partial b} &= \sum_{t} \delta_t, \\ \frac{\partial L}{\partial h_0} &= \delta_1 W_h^{\mathsf T} . \end{aligned}",
        left=net_slopes,
        right=net_sums,
        wrong=lambda *net: net_sums(*net, shift=1),  # h_t for h_{t-1}
        at=NETS,
    ),
    Equation(
        PAGE, "tied-net",
        r"\begin{aligned} a &= x\,W, \qquad r = a\,W^{\mathsf T} - x, \\ L &= \tfrac12 \lVert r \rVert^2 . \end{aligned}",
        left=lambda W, x, numbers: numbers,  # of the text: a, r, L
        right=lambda W, x, numbers: (*tied_parts(W, x)[0], *tied_parts(W, x)[1], tied_loss(W, x)),
        wrong=lambda W, x, numbers: (*tied_parts(W, x)[0], *tied_parts(W, x)[1], 2 * tied_loss(W, x)),
        at=[(*TIED[0], (1.0, -2.0, -3.0, 6.5))],
    ),
    Equation(
        PAGE, "tied-slope", r"\frac{\partial L}{\partial W} = x^{\mathsf T}(r\,W) + r^{\mathsf T} a .",
        left=tied_slopes,
        right=tied_sum,
        wrong=lambda W, x: tied_sum(W, x, decoder=0.0),
        at=TIED,
    ),
    Equation(
        PAGE, "tied-example",
        r"\begin{aligned} r\,W &= -2 + 6 = 4, \\ \frac{\partial L}{\partial W} &= 4 \begin{pmatrix} 3 \\ 1 \end{pmatrix}"
        r" + 1 \begin{pmatrix} -2 \\ -3 \end{pmatrix} \\ &= \begin{pmatrix} 10 \\ 1 \end{pmatrix} . \end{aligned}",
        left=lambda W, x: (*row_times(tied_parts(W, x)[1], W), *tied_slopes(W, x) * 2),
        right=lambda W, x: (-2 + 6, 4 * 3 - 2, 4 * 1 - 3, 10, 1),
        wrong=lambda W, x: (-2 + 6, 4 * 3, 4 * 1, 12, 4),  # the encoder alone
        at=TIED[:1],
    ),
    Equation(
        PAGE, "difference-errors",
        r"\begin{aligned} & \frac{f(x + h) - f(x - h)}{2h} \\ & \qquad = f'(x) + \frac{h^2}{6} f'''(\xi), \\[4pt]"
        r" & \frac{f(x + h) - f(x)}{h} \\ & \qquad = f'(x) + \frac{h}{2} f''(\xi) . \end{aligned}",
        left=lambda f, x, h: (True, True),
        right=lambda f, x, h: (
            between(f, 3, x - h, x + h, (central(f, x, h) - cr.grad(f)(x)) * 6 / h**2),
            between(f, 2, x, x + h, ((f(x + h) - f(x)) / h - cr.grad(f)(x)) * 2 / h),
        ),
        wrong=lambda f, x, h: (
            between(f, 3, x - h, x + h, (central(f, x, h) - cr.grad(f)(x)) * 2 / h**2),  # a half for a sixth
            between(f, 2, x, x + h, ((f(x + h) - f(x)) / h - cr.grad(f)(x)) * 2 / h),
        ),
        at=[(f, x, h) for f, x in SMOOTH for h in (0.1, 0.01)],
    ),
    Equation(
        PAGE, "taylor-pair",
        r"\begin{aligned} & f(x \pm h) \\ & \quad = f(x) \pm h f'(x) \\ & \qquad + \tfrac{h^2}{2} f''(x) \\"
        r" & \qquad \pm \tfrac{h^3}{6} f'''(\xi_\pm) . \end{aligned}",
        left=lambda f, x, h: True,
        right=lambda f, x, h: all(
            between(f, 3, min(x, x + s), max(x, x + s), (f(x + s) - f(x) - s * jet(f, x)[0] - s * s / 2 * jet(f, x)[1]) * 6 / s**3)
            for s in (h, -h)
        ),
        wrong=lambda f, x, h: all(
            between(f, 3, min(x, x + s), max(x, x + s), (f(x + s) - f(x) - s * jet(f, x)[0] + s * s / 2 * jet(f, x)[1]) * 6 / s**3)
            for s in (h, -h)
        ),
        at=[(f, x, h) for f, x in SMOOTH for h in (0.2, 0.05)],
    ),
    Equation(
        PAGE, "two-errors", r"E(h) = \frac{h^2}{6}\,|f'''| + \frac{\varepsilon\,|f|}{h} .",
        left=lambda f, x, h: True,
        right=lambda f, x, h: abs(central(f, x, h) - cr.grad(f)(x)) <= sum(most_error(f, x, h)) + 4 * EPS,
        wrong=lambda f, x, h: abs(central(f, x, h) - cr.grad(f)(x)) <= most_error(f, x, h)[0] + 4 * EPS,  # no rounding
        at=[(f, 1.0, 2.0**-k) for f, _ in SMOOTH for k in range(3, 44)],  # 1 + h and 1 - h are exact
    ),
    Equation(
        PAGE, "best-step", r"h^* = \left(\frac{3\,\varepsilon\,|f|}{|f'''|}\right)^{1/3} .",
        left=lambda size, third: (lowest(lambda h: h * h / 6 * third + EPS * size / h), lowest(lambda h: h * h / 6 * third + EPS * size / h)),
        right=lambda size, third: ((3 * EPS * size / third) ** (1 / 3),) * 2,
        wrong=lambda size, third: ((3 * EPS * size / third) ** (1 / 2),) * 2,
        at=[(1.0, 6.0), (20.0, 0.5), (0.3, 3.0)], rtol=1e-6,
    ),
    Equation(
        PAGE, "complex-step",
        r"\begin{aligned} f'(x) = {}& \frac{\operatorname{Im} f(x + ih)}{h} \\ & {} + \frac{h^2}{6} f'''(x) - \dots \end{aligned}",
        left=lambda f, x: (cr.grad(f)(x), cr.grad(f)(x)),
        right=lambda f, x: (f(complex(x, 1e-30)).imag / 1e-30, f(complex(x, 1e-3)).imag / 1e-3 + 1e-6 / 6 * jet(f, x)[2]),
        wrong=lambda f, x: (f(complex(x, 1e-30)).imag / 1e-30, f(complex(x, 1e-3)).imag / 1e-3 - 1e-6 / 6 * jet(f, x)[2]),
        at=SMOOTH, rtol=1e-10,
    ),
    Equation(
        PAGE, "relative-error", r"r = \frac{|a - n|}{\max(|a|,\, |n|)}",
        left=lambda a, n, r: r,  # of the text; and it is the same both ways round, and in other units
        right=lambda a, n, r: round(abs(a - n) / max(abs(a), abs(n)), 2),
        wrong=lambda a, n, r: round(abs(a - n), 2),
        at=[(30, 39, 0.23), (39, 30, 0.23), (-3000, -3900, 0.23), (5.0, 5.0, 0.0)],
    ),
    Equation(
        PAGE, "direction-check",
        r"\begin{aligned} & \frac{L(w + hv) - L(w - hv)}{2h} \\ & \qquad \approx \sum_i g_i\,v_i \end{aligned}",
        left=lambda echo, along: central(lambda s: echo_loss(echo[0] + s * along[0], echo[1] + s * along[1], *echo[2:]), 0.0, 1e-5),
        right=lambda echo, along: sum(g * one for g, one in zip(echo_slopes(*echo), along)),
        wrong=lambda echo, along: sum(
            sum(a * d for a, d in zip(fed, echo_deltas(*echo, carry=0.0))) * one  # nothing is carried back
            for fed, one in zip((echo[3], states(*echo[:4])), along)
        ),
        at=[(echo, along) for echo in ECHOES for along in ((0.7, -1.3), (-0.2, 0.9))], rtol=1e-7,
    ),
]  # fmt: skip
