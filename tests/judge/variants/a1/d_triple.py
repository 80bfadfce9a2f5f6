"""a1.d_triple: h(x) = exp(sin(x^2)); h'(x)."""

# %% plain  right
# Three factors.
def d_triple(x):
    return np.exp(np.sin(x**2)) * np.cos(x**2) * 2*x

# %% peeled  right
# From the inside out, with names.
def d_triple(x):
    u = x*x
    v = math.sin(u)
    w = math.exp(v)
    du_dx = 2*x
    dv_du = math.cos(u)
    dw_dv = w
    return dw_dv*dv_du*du_dx

# %% loop  right  held-out
# A list of slopes multiplied in a loop.
def d_triple(x):
    slopes = [math.exp(math.sin(x*x)), math.cos(x*x), 2*x]
    product = 1.0
    for s in slopes:
        product *= s
    return product

# %% one_line  right
# A lambda.
d_triple = lambda x: 2*x*math.cos(x**2)*math.exp(math.sin(x**2))

# %% float32  right
# Single precision.
def d_triple(x):
    x = np.float32(x)
    u = x*x
    return np.exp(np.sin(u))*np.cos(u)*(x + x)

# %% two_steps  right  held-out
# The chain rule used twice, with a nested helper.
def d_triple(x):
    def d_inner(x):
        return math.cos(x*x)*(x + x)
    return math.exp(math.sin(x*x))*d_inner(x)

# %% zero_d  right
# A 0-d array.
def d_triple(x):
    x = np.asarray(x, dtype=float)
    return np.asarray(np.exp(np.sin(x*x))*np.cos(x*x)*2*x)

# %% complex_step  right
# A complex step.
def d_triple(x):
    z = x + 1e-30j
    return np.exp(np.sin(z**2)).imag/1e-30

# %% tangents  right  held-out
# Values and speeds side by side.
def d_triple(x):
    u, du = x**2, 2*x
    v, dv = np.sin(u), np.cos(u)*du
    w, dw = np.exp(v), np.exp(v)*dv
    return dw

# %% inner_missing  M01|M37
# The slope of x^2 is missing.
def d_triple(x):
    return np.exp(np.sin(x**2))*np.cos(x**2)

# %% inner_missing_named  M01|M37  held-out
# Stops one step too early.
def d_triple(x):
    u = x**2
    v = math.sin(u)
    dw_dv = math.exp(v)
    dv_du = math.cos(u)
    return dw_dv*dv_du

# %% middle_missing  M01|M37
# The slope of the sine is missing.
def d_triple(x):
    return np.exp(np.sin(x**2))*2*x

# %% outer_missing  M20
# The slope of exp is missing.
def d_triple(x):
    return math.cos(x**2)*2*x

# %% only_outer  M37
# Only the first factor.
def d_triple(x):
    return math.exp(math.sin(x**2))

# %% exp_at_x  M07
# exp taken at x.
def d_triple(x):
    return np.exp(x)*np.cos(x**2)*2*x

# %% cos_at_x  M07
# cos taken at x.
def d_triple(x):
    return np.exp(np.sin(x**2))*np.cos(x)*2*x

# %% exp_at_square  M07  held-out
# exp taken at x^2.
def d_triple(x):
    u = x**2
    return math.exp(u)*math.cos(u)*2*x

# %% exp_at_slope  M07
# exp of the slope of the inside.
def d_triple(x):
    inner = math.cos(x*x)*2*x
    return math.exp(inner)*inner

# %% sign_of_cos  M10
# The slope of sin with a minus.
def d_triple(x):
    return np.exp(np.sin(x**2))*-np.cos(x**2)*2*x

# %% sine_kept  M44
# sin for cos.
def d_triple(x):
    return np.exp(np.sin(x**2))*np.sin(x**2)*2*x

# %% two_lost  M44|M11
# The slope of x^2 is taken as x.
def d_triple(x):
    return math.exp(math.sin(x**2))*math.cos(x**2)*x

# %% square_for_its_slope  M44  held-out
# x^2 where 2x belongs.
def d_triple(x):
    u = x**2
    return np.exp(np.sin(u))*np.cos(u)*u

# %% power_rule_on_exp  M44
# The power rule for exp.
def d_triple(x):
    v = math.sin(x**2)
    return v*math.exp(v - 1)*math.cos(x**2)*2*x

# %% factors_added  M18
# + for *.
def d_triple(x):
    return math.exp(math.sin(x**2)) + math.cos(x**2) + 2*x

# %% last_edge_added  M18  held-out
# One + for *.
def d_triple(x):
    return math.exp(math.sin(x**2))*(math.cos(x**2) + 2*x)

# %% product_rule  M19
# The product rule for exp(x) times sin(x^2).
def d_triple(x):
    return math.exp(x)*math.sin(x**2) + math.exp(x)*math.cos(x**2)*2*x

# %% square_of_sine  M50
# Differentiates exp((sin x)^2).
def d_triple(x):
    s = np.sin(x)
    return np.exp(s**2)*2*s*np.cos(x)

# %% cos_twice  M31
# cos comes twice.
def d_triple(x):
    inner = math.cos(x**2)*2*x
    return math.exp(math.sin(x**2))*math.cos(x**2)*inner

# %% doubled  M11
# Four for two.
def d_triple(x):
    return 4*x*math.cos(x**2)*math.exp(math.sin(x**2))

# %% integer_box  M46  held-out
# Cut to a whole number.
def d_triple(x):
    return int(math.exp(math.sin(x**2))*math.cos(x**2)*2*x)

# %% inner_missing_and_sign  M01+M10|M37+M10
# No inner slope, and a minus.
def d_triple(x):
    return -np.exp(np.sin(x**2))*np.cos(x**2)

# %% cos_at_x_and_sign  M07+M10
# cos at x, and a minus.
def d_triple(x):
    return -np.exp(np.sin(x**2))*np.cos(x)*2*x

# %% exp_at_x_and_two_lost  M07+M44|M07+M11  held-out
# exp at x, and the 2 lost.
def d_triple(x):
    return np.exp(x)*np.cos(x**2)*x

# %% value  unnameable
# sin(x^2) under the exponential, and nothing else done: log of h.
def d_triple(x):
    return math.sin(x**2)

# %% nothing  unnameable
# print for return.
def d_triple(x):
    print(math.exp(math.sin(x**2))*math.cos(x**2)*2*x)

# %% degrees  unnameable  held-out
# Degrees.
def d_triple(x):
    u = math.radians(x**2)
    return math.exp(math.sin(u))*math.cos(u)*2*x

# %% text  unnameable
# A formula as text.
def d_triple(x):
    return "exp(sin(x**2))*cos(x**2)*2*x"
