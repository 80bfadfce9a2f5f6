"""a1.chain: d/dx f(g(x)), from callables."""

# %% plain  right
# Outer slope at the inner value, times inner slope.
def chain(f, df, g, dg, x):
    return df(g(x)) * dg(x)

# %% named  right
# Every number has a name.
def chain(f, df, g, dg, x):
    u = g(x)
    dy_du = df(u)
    du_dx = dg(x)
    dy_dx = dy_du * du_dx
    return dy_dx

# %% lambda_line  right  held-out
# A lambda.
chain = lambda f, df, g, dg, x: dg(x)*df(g(x))

# %% float32  right
# The product in single precision.
def chain(f, df, g, dg, x):
    return np.float32(df(g(x))) * np.float32(dg(x))

# %% reduce  right
# A loop over the factors.
def chain(f, df, g, dg, x):
    factors = [dg(x), df(g(x))]
    slope = 1.0
    for factor in factors:
        slope *= factor
    return slope

# %% zero_d  right  held-out
# np.prod into a 0-d array.
def chain(f, df, g, dg, x):
    return np.array(np.prod([df(g(x)), dg(x)]))

# %% early_return  right
# Leaves early where the inner slope is zero.
def chain(f, df, g, dg, x):
    inner = dg(x)
    if inner == 0:
        return 0.0
    return inner*df(g(x))

# %% compose_helper  right
# A helper that composes two functions.
def after(outer, inner):
    return lambda x: outer(inner(x))

def chain(f, df, g, dg, x):
    return after(df, g)(x)*dg(x)

# %% bars  right  held-out
# A backward sweep.
def chain(f, df, g, dg, x):
    u = g(x)
    y_bar = 1.0
    u_bar = y_bar*df(u)
    x_bar = u_bar*dg(x)
    return x_bar

# %% inner_slope_missing  M01
# f'(g(x)) alone.
def chain(f, df, g, dg, x):
    return df(g(x))

# %% inner_slope_missing_named  M01  held-out
# Computes the inner slope and forgets to use it.
def chain(f, df, g, dg, x):
    u = g(x)
    du = dg(x)
    dy = df(u)
    return dy

# %% outer_slope_at_x  M07
# f'(x) g'(x).
def chain(f, df, g, dg, x):
    return df(x)*dg(x)

# %% outer_slope_at_inner_slope  M07
# f'(g'(x)) g'(x).
def chain(f, df, g, dg, x):
    return df(dg(x))*dg(x)

# %% outer_slope_at_value  M07  held-out
# f'(f(g(x))) g'(x).
def chain(f, df, g, dg, x):
    y = f(g(x))
    return df(y)*dg(x)

# %% outer_slope_missing  M20
# g'(x) alone.
def chain(f, df, g, dg, x):
    return dg(x)

# %% slopes_added  M18
# + where * belongs.
def chain(f, df, g, dg, x):
    return df(g(x)) + dg(x)

# %% slopes_added_loop  M18  held-out
# += in a loop over the factors.
def chain(f, df, g, dg, x):
    total = 0
    for slope in (df(g(x)), dg(x)):
        total += slope
    return total

# %% product_rule  M19
# The product rule for f(x) g(x).
def chain(f, df, g, dg, x):
    return df(x)*g(x) + f(x)*dg(x)

# %% product_rule_inside  M19  held-out
# The product rule with f taken at g(x).
def chain(f, df, g, dg, x):
    u = g(x)
    return df(u)*u + f(u)*dg(x)

# %% composed_the_other_way  M50
# The slope of g(f(x)).
def chain(f, df, g, dg, x):
    return dg(f(x))*df(x)

# %% f_for_its_slope  M44
# f(g(x)) g'(x).
def chain(f, df, g, dg, x):
    return f(g(x))*dg(x)

# %% g_for_its_slope  M44  held-out
# f'(g(x)) g(x).
def chain(f, df, g, dg, x):
    u = g(x)
    return df(u)*u

# %% sign  M10
# A stray minus.
def chain(f, df, g, dg, x):
    return -df(g(x))*dg(x)

# %% halved  M11
# The mean of a one-element list, over two.
def chain(f, df, g, dg, x):
    return df(g(x))*dg(x)/2

# %% inner_slope_twice  M31
# The inner slope comes twice.
def chain(f, df, g, dg, x):
    du = dg(x)
    dy = df(g(x))*du
    return dy*du

# %% integer_box  M46
# The answer is stored in an integer array.
def chain(f, df, g, dg, x):
    out = np.empty(1, dtype=int)
    out[0] = df(g(x))*dg(x)
    return out[0]

# %% slope_of_slope  M01+M07
# f'(g'(x)).
def chain(f, df, g, dg, x):
    return df(dg(x))

# %% outer_slope_only_at_x  M01+M07  held-out
# f'(x).
def chain(f, df, g, dg, x):
    return df(x)

# %% at_x_and_sign  M07+M10  held-out
# -f'(x) g'(x).
def chain(f, df, g, dg, x):
    return -df(x)*dg(x)

# %% value  unnameable
# f(g(x)) itself.
def chain(f, df, g, dg, x):
    return f(g(x))

# %% difference_quotient  unnameable
# Differences of f(g(x)): wrong as soon as the slopes handed over are not those of f and g.
def chain(f, df, g, dg, x):
    h = 1e-6
    return (f(g(x + h)) - f(g(x - h)))/(2*h)

# %% pair  unnameable  held-out
# Both slopes, not multiplied.
def chain(f, df, g, dg, x):
    return df(g(x)), dg(x)

# %% quotient  unnameable  held-out
# Divides where it should multiply.
def chain(f, df, g, dg, x):
    return df(g(x))/(dg(x) + 3.0)

# %% functions_multiplied  unnameable
# Multiplies functions: an exception.
def chain(f, df, g, dg, x):
    return (df*dg)(x)
