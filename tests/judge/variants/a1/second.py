"""a1.second: the second derivative of f(g(x)), from callables: f''(g) g'^2 + f'(g) g''."""

# %% plain  right
# Two terms.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)**2 + df(g(x))*d2g(x)

# %% named  right
# With names.
def second(df, d2f, g, dg, d2g, x):
    u, du, d2u = g(x), dg(x), d2g(x)
    curve_of_f = d2f(u)*du*du
    curve_of_g = df(u)*d2u
    return curve_of_g + curve_of_f

# %% lambda_line  right  held-out
# A lambda.
second = lambda df, d2f, g, dg, d2g, x: df(g(x))*d2g(x) + d2f(g(x))*dg(x)*dg(x)

# %% product_rule  right
# The product rule on f'(g(x)) times g'(x).
def second(df, d2f, g, dg, d2g, x):
    first, d_first = df(g(x)), d2f(g(x))*dg(x)
    other, d_other = dg(x), d2g(x)
    return d_first*other + first*d_other

# %% float32  right
# Single precision.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    a = np.array([d2f(u), df(u)], dtype=np.float32)
    b = np.array([dg(x)**2, d2g(x)], dtype=np.float32)
    return a @ b

# %% jets  right  held-out
# Value, slope and curvature as a triple.
def second(df, d2f, g, dg, d2g, x):
    def push(slope, curve, jet):
        v, d, dd = jet
        return slope(v)*d, curve(v)*d*d + slope(v)*dd
    return push(df, d2f, (g(x), dg(x), d2g(x)))[1]

# %% loop  right
# A loop over the terms.
def second(df, d2f, g, dg, d2g, x):
    total = 0.0
    for outer, inner in ((d2f, dg(x)**2), (df, d2g(x))):
        total += outer(g(x))*inner
    return total

# %% zero_d  right  held-out
# A 0-d array.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return np.asarray(d2f(u)*np.square(dg(x)) + df(u)*d2g(x))

# %% second_term_missing  M45
# f'' g'^2 alone.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)**2

# %% first_term_missing  M45  held-out
# f' g'' alone.
def second(df, d2f, g, dg, d2g, x):
    return df(g(x))*d2g(x)

# %% not_squared  M45
# g' not squared.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x) + df(g(x))*d2g(x)

# %% only_second_derivatives  M45
# f'' g''.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*d2g(x)

# %% chain_rule_of_seconds  M45  held-out
# f''(g) g', as if f' were a plain outer function.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)

# %% minus  M10
# A minus between the terms.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)**2 - df(g(x))*d2g(x)

# %% whole_minus  M10  held-out
# The whole negated.
def second(df, d2f, g, dg, d2g, x):
    return -(d2f(g(x))*dg(x)**2 + df(g(x))*d2g(x))

# %% at_x  M07
# Outer slopes at x.
def second(df, d2f, g, dg, d2g, x):
    return d2f(x)*dg(x)**2 + df(x)*d2g(x)

# %% one_at_x  M07
# f'' at x.
def second(df, d2f, g, dg, d2g, x):
    return d2f(x)*dg(x)**2 + df(g(x))*d2g(x)

# %% at_slope  M07  held-out
# Outer slopes at g'(x).
def second(df, d2f, g, dg, d2g, x):
    return d2f(dg(x))*dg(x)**2 + df(dg(x))*d2g(x)

# %% f_slopes_exchanged  M50
# df and d2f exchanged.
def second(df, d2f, g, dg, d2g, x):
    return df(g(x))*dg(x)**2 + d2f(g(x))*d2g(x)

# %% g_slopes_exchanged  M50
# dg and d2g exchanged.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*d2g(x)**2 + df(g(x))*dg(x)

# %% outer_missing  M20
# The second term is g'' alone.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)**2 + d2g(x)

# %% inner_missing  M01
# f''(g) without g'^2.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x)) + df(g(x))*d2g(x)

# %% curvature_missing  M01  held-out
# f'(g) without g''.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)**2 + df(g(x))

# %% terms_multiplied  M15
# * between the terms.
def second(df, d2f, g, dg, d2g, x):
    return (d2f(g(x))*dg(x)**2)*(df(g(x))*d2g(x))

# %% factors_added  M18
# + inside the terms.
def second(df, d2f, g, dg, d2g, x):
    return (d2f(g(x)) + dg(x)**2) + (df(g(x)) + d2g(x))

# %% doubled  M11
# Twice.
def second(df, d2f, g, dg, d2g, x):
    return 2*(d2f(g(x))*dg(x)**2 + df(g(x))*d2g(x))

# %% second_term_twice  M22
# 2 f' g'', as in the rule for a product.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x)**2 + 2*df(g(x))*d2g(x)

# %% value_for_slope  M44
# g(x)^2 for g'(x)^2.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*g(x)**2 + df(g(x))*d2g(x)

# %% first_derivative  unnameable
# The first derivative.
def second(df, d2f, g, dg, d2g, x):
    return df(g(x))*dg(x)

# %% integer_box  M46  held-out
# An integer array.
def second(df, d2f, g, dg, d2g, x):
    out = np.zeros(1, int)
    out[0] = d2f(g(x))*dg(x)**2 + df(g(x))*d2g(x)
    return out[0]

# %% not_squared_and_minus  M45+M10
# g' not squared, and a minus.
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*dg(x) - df(g(x))*d2g(x)

# %% one_term_at_x  M45+M07
# f''(x) g'^2.
def second(df, d2f, g, dg, d2g, x):
    return d2f(x)*dg(x)**2

# %% no_return  unnameable
# Returns nothing.
def second(df, d2f, g, dg, d2g, x):
    answer = d2f(g(x))*dg(x)**2 + df(g(x))*d2g(x)

# %% difference_of_slopes  unnameable
# Differences of f'(g(x)) g'(x): wrong as soon as the slopes handed over do not belong together.
def second(df, d2f, g, dg, d2g, x):
    h = 1e-5
    first = lambda s: df(g(s))*dg(s)
    return (first(x + h) - first(x - h))/(2*h)

# %% two_terms_apart  unnameable  held-out
# A list of the two terms.
def second(df, d2f, g, dg, d2g, x):
    return [d2f(g(x))*dg(x)**2, df(g(x))*d2g(x)]
