"""a1.d_triple: h(x) = exp(sin(x^2)), h'(x)."""

# %% polyval_inside  right
# The square by np.polyval and np.polyder.
def d_triple(x):
    p = np.array([1, 0, 0])
    u = np.polyval(p, x)
    return np.exp(np.sin(u)) * np.cos(u) * np.polyval(np.polyder(p), x)

# %% stages_in_a_loop  right
# A list of (function, slope) links, with the running product.
def d_triple(x):
    links = [(lambda s: s * s, lambda s: 2 * s), (math.sin, math.cos), (math.exp, math.exp)]
    value, slope = x, 1
    for fn, dfn in links:
        value, slope = fn(value), slope * dfn(value)
    return slope

# %% complex_step  right  remark
# The imaginary part of h(x + i eps) over eps.
import cmath

def d_triple(x):
    eps = 1e-40
    return cmath.exp(cmath.sin((x + 1j * eps) ** 2)).imag / eps

# %% logs_derivative  right
# h' = h (log h)'.
def d_triple(x):
    h = np.exp(np.sin(x*x))
    dlog = 2*x*np.cos(x*x)
    return h*dlog

# %% generator_prod  right
# math.prod over a generator.
def d_triple(x):
    u = x ** 2
    return math.prod(f(a) for f, a in [(math.exp, math.sin(u)), (math.cos, u), (float, 2 * x)])

# %% shifted_sine  right
# cos as sin a quarter turn later; 2x as x + x; a closure.
def d_triple(x):
    turn = lambda a: math.sin(a + math.pi/2)
    return (x + x)*turn(x*x)*math.e**math.sin(x*x)

# %% diagonal_matrices  right
# Three 1x1 matrices by multi_dot.
def d_triple(x):
    u = x**2
    v = np.sin(u)
    return np.linalg.multi_dot([[[np.exp(v)]], [[np.cos(u)]], [[2*x]]])[0][0]

# %% square_forgotten  M01|M37
# No 2x.
def d_triple(x):
    return math.exp(math.sin(x**2))*math.cos(x**2)

# %% square_forgotten_stepwise  M01|M37
# The last link is computed and not used.
def d_triple(x):
    u = x ** 2
    v = math.sin(u)
    dz_dv = math.exp(v)
    dv_du = math.cos(u)
    du_dx = 2 * x
    return dz_dv * dv_du

# %% cosine_forgotten  M01
# exp(sin x^2) 2x.
def d_triple(x):
    return np.exp(np.sin(x**2))*2*x

# %% outer_only  M37|M01
# exp is its own derivative, and that was it.
def d_triple(x):
    return math.exp(math.sin(x ** 2))

# %% exp_forgotten  M20
# cos(x^2) 2x.
def d_triple(x):
    return math.cos(x**2)*2*x

# %% exp_at_square  M07
# exp(x^2) for the outer slope.
def d_triple(x):
    u = x**2
    return math.exp(u)*math.cos(u)*2*x

# %% exp_at_x  M07
# Every slope is taken at x.
def d_triple(x):
    return np.exp(x) * np.cos(x) * 2 * x

# %% cos_at_x  M07
# cos(x).
def d_triple(x):
    u = x ** 2
    v = math.sin(u)
    return math.exp(v) * math.cos(x) * 2 * x

# %% cos_at_2x  M07
# cos at the slope 2x.
def d_triple(x):
    return math.exp(math.sin(x**2))*math.cos(2*x)*2*x

# %% exp_at_cosine  M07
# The outer exponential at cos(x^2).
def d_triple(x):
    u = x**2
    return np.exp(np.cos(u))*np.cos(u)*2*x

# %% minus_cosine  M10
# d sin = -cos.
def d_triple(x):
    dsin = -math.cos(x**2)
    dsq = 2*x
    dexp = math.exp(math.sin(x**2))
    return dexp*dsin*dsq

# %% two_lost  M44|M11
# d x^2 = x.
def d_triple(x):
    u = x ** 2
    return math.exp(math.sin(u)) * math.cos(u) * x

# %% x_lost  M44
# d x^2 = 2.
def d_triple(x):
    u = x ** 2
    return math.exp(math.sin(u)) * math.cos(u) * 2

# %% sine_for_cosine  M44
# d sin = sin.
def d_triple(x):
    u = x**2
    v = math.sin(u)
    return math.exp(v)*v*2*x

# %% power_rule_for_exp  M44
# e^v differentiated as v e^(v-1).
def d_triple(x):
    u = x**2
    v = np.sin(u)
    dv = v*np.exp(v - 1)
    return dv*np.cos(u)*2*x

# %% square_for_slope  M44
# x^2 in place of 2x.
def d_triple(x):
    u = x ** 2
    v = math.sin(u)
    factors = [math.exp(v), math.cos(u), u]
    return math.prod(factors)

# %% slopes_added  M18
# Three slopes in a sum.
def d_triple(x):
    u = x**2
    return math.exp(math.sin(u)) + math.cos(u) + 2*x

# %% last_one_added  M18
# + before 2x.
def d_triple(x):
    u = x**2
    v = math.sin(u)
    return math.exp(v)*math.cos(u) + 2*x

# %% inner_product_rule  M19
# sin(x^2) differentiated as sin times x^2.
def d_triple(x):
    inner = math.cos(x)*x**2 + math.sin(x)*2*x
    return math.exp(math.sin(x**2))*inner

# %% two_x_twice  M31|M22
# 2x once too often.
def d_triple(x):
    u = x ** 2
    du = 2 * x
    dv = math.cos(u) * du
    dz = math.exp(math.sin(u)) * dv * du
    return dz

# %% minus_and_no_square  M10+M01|M10+M37
# -cos, and no 2x.
def d_triple(x):
    return -math.exp(math.sin(x**2))*math.cos(x**2)

# %% cos_at_x_and_lost_two  M07+M44|M07+M11
# cos(x), and d x^2 = x.
def d_triple(x):
    v = np.sin(x**2)
    return np.exp(v)*np.cos(x)*x

# %% no_exp_and_minus  M20+M10
# -cos(x^2) 2x.
def d_triple(x):
    dv = -math.cos(x**2)*2*x
    return dv

# %% squared_sine  unnameable
# sin(x)^2 for sin(x^2) everywhere: another function, rightly differentiated.
def d_triple(x):
    return math.exp(math.sin(x)**2)*2*math.sin(x)*math.cos(x)

# %% log_taken  unnameable
# The derivative of log(sin(x^2) + 2).
def d_triple(x):
    u = x ** 2
    return math.cos(u) * 2 * x / (math.sin(u) + 2)
