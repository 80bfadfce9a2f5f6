"""a1.chain: d/dx f(g(x)) from the handed derivatives."""

# %% composed_closure  right
# compose first, then a closure for the slope.
def chain(f, df, g, dg, x):
    def compose(a, b):
        return lambda s: a(b(s))
    outer = compose(df, g)
    return outer(x) * dg(x)

# %% reduce_mul  right
# reduce over the list of factors.
import operator
from functools import reduce

def chain(f, df, g, dg, x):
    return reduce(operator.mul, [df(g(x)), dg(x)], 1)

# %% link_class  right
# Each link pushes a (value, slope) pair on.
class Link:
    def __init__(self, fn, dfn):
        self.fn = fn
        self.dfn = dfn

    def __call__(self, pair):
        v, s = pair
        return self.fn(v), self.dfn(v) * s

def chain(f, df, g, dg, x):
    return Link(f, df)(Link(g, dg)((x, 1.0)))[1]

# %% recursion  right
# A recursive walk from the inside outwards.
def chain(f, df, g, dg, x):
    def walk(links, at):
        if not links:
            return 1
        (fn, dfn), *rest = links
        return dfn(at) * walk(rest, fn(at))
    return walk([(g, dg), (f, df)], x)

# %% one_by_one_matrices  right
# 1x1 Jacobians multiplied by @.
def chain(f, df, g, dg, x):
    Jf = np.array([[df(g(x))]])
    Jg = np.array([[dg(x)]])
    return (Jf @ Jg)[0, 0]

# %% jacobian_keywords_walrus  right
# A dict of slopes filled with a walrus.
def chain(f, df, g, dg, x):
    slopes = {"dz/du": df(u := g(x)), "du/dx": dg(x), "u": u}
    return slopes["dz/du"] * slopes["du/dx"]

# %% divided_by_inverse  right
# dz/du divided by dx/du, with the zero slope set apart.
def chain(f, df, g, dg, x):
    du_dx = dg(x)
    if du_dx == 0:
        return 0.0
    dx_du = 1/du_dx
    return df(g(x))/dx_du

# %% inner_forgotten  M01
# df(g(x)).
def chain(f, df, g, dg, x):
    u = g(x)
    return df(u)

# %% inner_computed_not_used  M01
# dg(x) is computed and left aside.
def chain(f, df, g, dg, x):
    inner_slope = dg(x)
    outer_slope = df(g(x))
    answer = outer_slope
    return answer

# %% outer_at_x  M07
# df(x) dg(x).
def chain(f, df, g, dg, x):
    return df(x)*dg(x)

# %% outer_at_x_in_steps  M07
# u is computed, but df takes x.
def chain(f, df, g, dg, x):
    u = g(x)
    dz_du = df(x)
    du_dx = dg(x)
    return dz_du * du_dx

# %% outer_at_inner_slope  M07
# df(dg(x)) dg(x).
def chain(f, df, g, dg, x):
    d = dg(x)
    return df(d)*d

# %% outer_at_final_value  M07
# df at f(g(x)).
def chain(f, df, g, dg, x):
    u = g(x)
    z = f(u)
    return df(z) * dg(x)

# %% inner_slope_at_u  M07
# dg at g(x).
def chain(f, df, g, dg, x):
    u = g(x)
    return df(u)*dg(u)

# %% slopes_added  M18
# df(g(x)) + dg(x).
def chain(f, df, g, dg, x):
    return df(g(x)) + dg(x)

# %% slopes_summed_in_loop  M18
# += over the links, with a pair of slopes.
def chain(f, df, g, dg, x):
    total = 0
    for s in (dg(x), df(g(x))):
        total += s
    return total

# %% product_rule  M19
# f' g + f g'.
def chain(f, df, g, dg, x):
    return df(x)*g(x) + f(x)*dg(x)

# %% product_rule_at_u  M19
# The product rule with the outer functions at u.
def chain(f, df, g, dg, x):
    u = g(x)
    return df(u) * u + f(u) * dg(x)

# %% outer_value  M44
# f for f'.
def chain(f, df, g, dg, x):
    u = g(x)
    return f(u)*dg(x)

# %% inner_value  M44
# g for g'.
def chain(f, df, g, dg, x):
    u = g(x)
    return df(u)*u

# %% only_inner_slope  M20
# dg(x).
def chain(f, df, g, dg, x):
    slope = dg(x)
    return slope

# %% other_order  M50
# The derivative of g(f(x)).
def chain(f, df, g, dg, x):
    u = f(x)
    return dg(u)*df(x)

# %% negative  M10
# A minus in front.
def chain(f, df, g, dg, x):
    return -df(g(x)) * dg(x)

# %% halved  M11
# The mean of "both halves".
def chain(f, df, g, dg, x):
    return 0.5 * df(g(x)) * dg(x)

# %% inner_slope_squared  M31|M22
# dg twice.
def chain(f, df, g, dg, x):
    result = df(g(x)) * dg(x)
    result *= dg(x)
    return result

# %% whole_number  M46
# int() around the answer.
def chain(f, df, g, dg, x):
    return int(df(g(x)) * dg(x))

# %% at_x_and_added  M07+M18
# df(x) + dg(x).
def chain(f, df, g, dg, x):
    return df(x) + dg(x)

# %% at_x_and_no_inner  M07+M01
# df(x).
def chain(f, df, g, dg, x):
    return df(x)

# %% inner_slope_as_argument  M07+M01
# df(dg(x)), nothing multiplied.
def chain(f, df, g, dg, x):
    return df(dg(x))

# %% quotient_rule  unnameable
# (f' g - f g') / g^2.
def chain(f, df, g, dg, x):
    u = g(x)
    return (df(x)*u - f(x)*dg(x))/(u**2 + 1e-12)

# %% power_of_slopes  unnameable
# ** for *.
def chain(f, df, g, dg, x):
    return abs(df(g(x))) ** dg(x)
