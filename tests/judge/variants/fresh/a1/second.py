"""a1.second: the second derivative of f(g(x)) from the handed derivatives."""

# %% jets  right
# Second-order jets (value, slope, bend) pushed through a class.
class Jet:
    def __init__(self, v, d, dd):
        self.v, self.d, self.dd = v, d, dd

    def through(self, df, d2f):
        return Jet(None, df(self.v) * self.d, d2f(self.v) * self.d ** 2 + df(self.v) * self.dd)

def second(df, d2f, g, dg, d2g, x):
    return Jet(g(x), dg(x), d2g(x)).through(df, d2f).dd

# %% quadratic_form  right
# A 2-vector dotted with a 2-vector.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    outer = np.array([d2f(u), df(u)])
    inner = np.array([dg(x)**2, d2g(x)])
    return outer @ inner

# %% product_rule_nested  right
# The product rule with an inner chain rule, as closures.
def second(df, d2f, g, dg, d2g, x):
    chain = lambda do, i, di: lambda s: do(i(s)) * di(s)
    product = lambda p, dp, q, dq: lambda s: dp(s) * q(s) + p(s) * dq(s)
    outer = lambda s: df(g(s))
    return product(outer, chain(d2f, g, dg), dg, d2g)(x)

# %% generator_sum  right
# Terms as tuples, math.prod summed.
def second(df, d2f, g, dg, d2g, x):
    u, v = g(x), dg(x)
    return sum(math.prod(term) for term in ((d2f(u), v, v), (df(u), d2g(x))))

# %% hessian_sandwich  right
# J^T H J + gradient times bend, with 1x1 arrays.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    J = np.atleast_2d(dg(x))
    H = np.atleast_2d(d2f(u))
    return float((J.T @ H @ J)[0, 0] + df(u) * d2g(x))

# %% polyval_in_the_speed  right
# The answer as a quadratic in g', by np.polyval and a walrus.
def second(df, d2f, g, dg, d2g, x):
    return np.polyval([d2f(u := g(x)), 0, df(u)*d2g(x)], dg(x))

# %% binomial_loop  right
# Exponents and slopes by enumerate.
def second(df, d2f, g, dg, d2g, x):
    total = 0.0
    for k, slope in enumerate([df, d2f], start=1):
        inner = d2g(x) if k == 1 else pow(dg(x), k)
        total += slope(g(x)) * inner
    return total

# %% bend_term_missing  M45
# d2f dg^2 only.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(x)**2

# %% square_missing  M45
# dg not squared.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(x) + df(u)*d2g(x)

# %% square_missing_named  M45
# The product rule without the inner chain rule, in steps.
def second(df, d2f, g, dg, d2g, x):
    a = df(g(x))
    b = dg(x)
    da = d2f(g(x)) * b
    db = d2g(x)
    return da + a * db

# %% first_term_missing  M45
# df d2g only.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    first = df(u)
    return first * d2g(x)

# %% chain_rule_copied  M45
# d2f(g(x)) d2g(x).
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x))*d2g(x)

# %% chain_rule_once  M45
# d2f(g(x)) dg(x).
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    du = dg(x)
    return d2f(u) * du

# %% doubled_not_squared  M45|M44
# 2 dg for dg^2.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*2*dg(x) + df(u)*d2g(x)

# %% bend_of_g_without_df  M20
# df is missing from the second term.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u) * dg(x) ** 2 + d2g(x)

# %% speed_of_f_without_bend  M01|M45
# The second term lacks d2g.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(x)**2 + df(u)

# %% no_speed_at_all  M01|M45
# d2f without dg.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    terms = [d2f(u), df(u) * d2g(x)]
    return sum(terms)

# %% minus_between  M10
# A minus between the terms.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(x)**2 - df(u)*d2g(x)

# %% d2f_at_x  M07
# d2f(x).
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(x)*dg(x)**2 + df(u)*d2g(x)

# %% df_at_x  M07
# df(x).
def second(df, d2f, g, dg, d2g, x):
    return d2f(g(x)) * dg(x) * dg(x) + df(x) * d2g(x)

# %% all_at_x  M07
# Both outer slopes at x.
def second(df, d2f, g, dg, d2g, x):
    t1 = d2f(x) * np.square(dg(x))
    t2 = df(x) * d2g(x)
    return t1 + t2

# %% d2f_at_speed  M07
# d2f(dg(x)).
def second(df, d2f, g, dg, d2g, x):
    v = dg(x)
    return d2f(v)*v**2 + df(g(x))*d2g(x)

# %% inner_slopes_at_u  M07
# dg and d2g at u.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(u)**2 + df(u)*d2g(u)

# %% terms_multiplied  M15
# The two terms multiplied.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return (d2f(u)*dg(x)**2)*(df(u)*d2g(x))

# %% square_around_term  M44|M31
# (d2f dg)^2: the square has slipped around both.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return (d2f(u)*dg(x))**2 + df(u)*d2g(x)

# %% value_squared  M40|M44
# g(x)^2 where dg(x)^2 belongs.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u) * u ** 2 + df(u) * d2g(x)

# %% second_term_twice  M22
# 2 f' g'', as if the mixed term came twice.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(x)**2 + 2*df(u)*d2g(x)

# %% at_x_and_no_square  M07+M45
# d2f(x) dg(x) + df(g(x)) d2g(x).
def second(df, d2f, g, dg, d2g, x):
    return d2f(x)*dg(x) + df(g(x))*d2g(x)

# %% at_x_and_one_term  M07+M45
# d2f(x) dg(x)^2.
def second(df, d2f, g, dg, d2g, x):
    speed = dg(x)
    return d2f(x) * speed ** 2

# %% minus_and_no_square  M10+M45
# d2f dg - df d2g.
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    return d2f(u)*dg(x) - df(u)*d2g(x)

# %% curvature  unnameable
# Divides by (1 + slope^2)^(3/2).
def second(df, d2f, g, dg, d2g, x):
    u = g(x)
    z1 = df(u)*dg(x)
    z2 = d2f(u)*dg(x)**2 + df(u)*d2g(x)
    return z2/(1 + z1**2)**1.5

# %% slope_squared  unnameable
# The first derivative squared.
def second(df, d2f, g, dg, d2g, x):
    first = df(g(x)) * dg(x)
    return first ** 2
