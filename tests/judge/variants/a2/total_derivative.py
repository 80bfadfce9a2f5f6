"""a2.total_derivative: z = F(x, y, t) = x y + t x^2, x = sin t, y = exp(k t)."""

# %% plain  right
# Direct term, x road, y road.
def total_derivative(t, k):
    x = np.sin(t)
    y = np.exp(k*t)
    F_t = x**2
    F_x = y + 2*t*x
    F_y = x
    return F_t + F_x*np.cos(t) + F_y*k*np.exp(k*t)

# %% one_line  right
# One expression with math.
def total_derivative(t, k): return math.sin(t)**2 + (math.exp(k*t) + 2*t*math.sin(t))*math.cos(t) + math.sin(t)*k*math.exp(k*t)

# %% expanded_then_differentiated  right
# Substitutes first and uses the product rule on functions of t alone.
def total_derivative(t, k):
    s, c, e = math.sin(t), math.cos(t), math.exp(k*t)
    return c*e + s*k*e + s*s + 2*t*s*c

# %% three_roads  right  held-out
# A road has slope and speed; t's own speed is 1.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    roads = [(y + 2*t*x, math.cos(t)), (x, k*y), (x*x, 1.0)]
    dz = 0
    for partial, speed in roads:
        dz += partial*speed
    return dz

# %% dot_of_three  right
# Arrays of length three.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    grad_F = np.array([y + 2*t*x, x, x**2])
    speeds = np.array([np.cos(t), k*y, 1])
    return grad_F.dot(speeds)

# %% float32  right
# Single precision.
def total_derivative(t, k):
    t, k = np.float32(t), np.float32(k)
    x, y = np.sin(t), np.exp(k*t)
    return x*x + (y + np.float32(2)*t*x)*np.cos(t) + x*k*y

# %% double_angle  right  held-out
# 2 sin cos = sin 2t.
def total_derivative(t, k):
    e = np.exp(k*t)
    return np.sin(t)**2 + t*np.sin(2*t) + e*(np.cos(t) + k*np.sin(t))

# %% nested_helpers  right
# Partials as nested functions.
def total_derivative(t, k):
    x = lambda s: math.sin(s)
    y = lambda s: math.exp(k*s)
    def Fx(x, y, t): return y + 2*t*x
    def Fy(x, y, t): return x
    def Ft(x, y, t): return x**2
    p = (x(t), y(t), t)
    return Fx(*p)*math.cos(t) + Fy(*p)*k*y(t) + Ft(*p)

# %% zero_d  right
# 0-d arrays all the way.
def total_derivative(t, k):
    t = np.array(t, dtype=float)
    x, y = np.sin(t), np.exp(k*t)
    return np.array(x**2 + (y + 2*t*x)*np.cos(t) + x*k*y)

# %% reverse_sweep  right  held-out
# Bars by hand, with a dictionary.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    bar = {"x": 0.0, "y": 0.0, "t": 0.0}
    bar["x"] += y
    bar["y"] += x
    bar["x"] += 2*t*x
    bar["t"] += x*x
    bar["t"] += bar["y"]*k*y
    bar["t"] += bar["x"]*math.cos(t)
    return bar["t"]

# %% complex_step  right  held-out
# An exact numerical derivative.
def total_derivative(t, k):
    s = t + 1e-25j
    x, y = np.sin(s), np.exp(k*s)
    return (x*y + s*x**2).imag/1e-25

# %% direct_term_forgotten  M14
# The explicit t of F is lost.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return (y + 2*t*x)*np.cos(t) + x*k*np.exp(k*t)

# %% direct_term_forgotten_loop  M14  held-out
# Loops over x and y only.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    total = 0.0
    for slope, speed in zip([y + 2*t*x, x], [math.cos(t), k*y]):
        total += slope*speed
    return total

# %% partial_for_total  M13
# Only the round d.
def total_derivative(t, k):
    x = np.sin(t)
    return x**2

# %% partial_for_total_lambda  M13  held-out
# The same in one line.
total_derivative = lambda t, k: math.sin(t)**2

# %% x_road_forgotten  M02
# Direct term and y road only.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + x*k*y

# %% y_road_forgotten  M02|M13
# y is held still as if it were a constant.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return x**2 + (y + 2*t*x)*math.cos(t)

# %% x_used_once  M02  held-out
# x is used twice in F; its use in t x^2 is lost.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    F_x = y
    return x**2 + F_x*np.cos(t) + x*k*y

# %% last_road_kept  M03
# = where += belongs.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    for partial, speed in [(x**2, 1), (x, k*y), (y + 2*t*x, np.cos(t))]:
        dz = partial*speed
    return dz

# %% x_bar_overwritten  M03  held-out
# x has two uses; the second replaces the first.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    x_bar = y
    y_bar = x
    t_bar = x*x
    x_bar = 2*t*x
    t_bar += x_bar*math.cos(t)
    t_bar += y_bar*k*y
    return t_bar

# %% k_lost  M01
# d exp(kt)/dt without its inner slope.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + (y + 2*t*x)*np.cos(t) + x*y

# %% y_speed_missing  M01
# F_y is not multiplied by dy/dt.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    F_y = x
    return x**2 + (y + 2*t*x)*np.cos(t) + F_y

# %% x_speed_missing  M01  held-out
# F_x is not multiplied by dx/dt.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return x*x + (y + 2*t*x) + x*k*y

# %% cosine_sign  M10
# d sin = -cos.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    dx_dt = -np.cos(t)
    dy_dt = k*y
    return x**2 + (y + 2*t*x)*dx_dt + x*dy_dt

# %% direct_sign  M10
# The direct term is subtracted.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return (y + 2*t*x)*math.cos(t) + x*k*y - x**2

# %% y_road_sign  M10  held-out
# The y road is subtracted.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + (y + 2*t*x)*np.cos(t) - x*k*y

# %% two_of_the_square_lost  M44
# F_x = y + t x.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    F_x = y + t*x
    return x**2 + F_x*np.cos(t) + x*k*y

# %% power_rule_on_exp  M44
# d exp(kt)/dt by the power rule.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    dy_dt = k*t*np.exp(k*t - 1)
    return x**2 + (y + 2*t*x)*np.cos(t) + x*dy_dt

# %% sine_kept  M44  held-out
# dx/dt = sin t.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return x**2 + (y + 2*t*x)*math.sin(t) + x*k*y

# %% own_factor_as_slope  M25
# For x y the slopes towards x and y are taken to be x and y.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    F_t = x**2
    F_x = x + 2*t*x
    F_y = y
    return F_t + F_x*np.cos(t) + F_y*k*y

# %% speeds_swapped  M17
# F_x with dy/dt, F_y with dx/dt.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    dx, dy = np.cos(t), k*y
    return x**2 + (y + 2*t*x)*dy + x*dx

# %% roads_multiplied  M15
# The two roads are multiplied.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + ((y + 2*t*x)*np.cos(t)) * (x*k*y)

# %% product_of_sums  M16
# All slopes summed, all speeds summed.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    slopes = [x**2, y + 2*t*x, x]
    speeds = [1, np.cos(t), k*y]
    return sum(slopes)*sum(speeds)

# %% edges_added  M18
# + along the two roads.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + ((y + 2*t*x) + np.cos(t)) + (x + k*y)

# %% exp_of_t  M07
# The slope of exp at t instead of at k t.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    dy_dt = k*np.exp(t)
    return x**2 + (y + 2*t*x)*np.cos(t) + x*dy_dt

# %% exp_of_k  M07  held-out
# The slope of exp at k instead of at k t.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return x**2 + (y + 2*t*x)*math.cos(t) + x*k*math.exp(k)

# %% outer_slope_of_y_missing  M20
# The y road has its speed only.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + (y + 2*t*x)*np.cos(t) + k*y

# %% direct_term_twice  M22
# The direct term is added in each turn of the loop.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    dz = 0
    for partial, speed in [(y + 2*t*x, np.cos(t)), (x, k*y)]:
        dz += partial*speed + x**2
    return dz

# %% k_twice  M31
# k is multiplied in twice.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    dy_dt = k*y
    return x**2 + (y + 2*t*x)*math.cos(t) + x*k*dy_dt

# %% doubled  M11
# Twice the answer.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return 2*(x**2 + (y + 2*t*x)*np.cos(t) + x*k*y)

# %% integer_box  M46  held-out
# np.zeros_like of a list of integers.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    out = np.zeros_like([0])
    out[0] = x**2 + (y + 2*t*x)*np.cos(t) + x*k*y
    return out[0]

# %% t_and_k_exchanged  M50
# The arguments are taken in the other order.
def total_derivative(k, t):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + (y + 2*t*x)*np.cos(t) + x*k*y

# %% no_direct_no_k  M14+M01
# No direct term, no inner slope.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return (y + 2*t*x)*np.cos(t) + x*y

# %% no_direct_wrong_sign  M14+M10  held-out
# No direct term, and d sin = -cos.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return -(y + 2*t*x)*math.cos(t) + x*k*y

# %% no_x_road_no_k  M02+M01
# No x road, no inner slope in the other.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + x*y

# %% value_of_z  unnameable
# Returns z.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x*y + t*x**2

# %% towards_k  unnameable
# dz/dk, the other dial.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return x*t*y

# %% misspelt_name  unnameable
# A NameError at the call.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    return F_t + (y + 2*t*x)*np.cos(t) + x*k*y

# %% array_of_one  unnameable  held-out
# The right number in an array of length 1: a wrong shape.
def total_derivative(t, k):
    t = np.array([t])
    x, y = np.sin(t), np.exp(k*t)
    return x**2 + (y + 2*t*x)*np.cos(t) + x*k*y

# %% direct_slope_at_t  M07  held-out
# F_t at t instead of at x.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return t**2 + (y + 2*t*x)*math.cos(t) + x*k*y
