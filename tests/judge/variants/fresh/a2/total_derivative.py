"""a2.total_derivative: z = x y + t x^2 with x = sin t and y = exp(k t), the total dz/dt."""

# %% product_rules  right
# Everything written in t, two product rules on one line.
def total_derivative(t, k):
    s, c, e = math.sin(t), math.cos(t), math.exp(k*t)
    return c*e + s*k*e + s*s + t*2*s*c

# %% double_angle  right
# 2 sin cos = sin 2t and sin^2 = (1 - cos 2t)/2.
def total_derivative(t, k):
    return np.exp(k * t) * (np.cos(t) + k * np.sin(t)) + (1 - np.cos(2 * t)) / 2 + t * np.sin(2 * t)

# %% complex_exponential  right
# sin t e^{kt} as the imaginary part of one exponential.
import cmath

def total_derivative(t, k):
    a = k + 1j
    first = (a * cmath.exp(a * t)).imag
    s, c = math.sin(t), math.cos(t)
    return first + s ** 2 + 2 * t * s * c

# %% tape_with_classes  right
# A tiny reverse sweep over a dict of edges.
class Edge:
    def __init__(self, to, slope):
        self.to = to
        self.slope = slope

    def __call__(self, bar):
        return self.to, bar * self.slope

def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k * t)
    tape = {
        "z": [Edge("x", y + 2 * t * x), Edge("y", x), Edge("t", x ** 2)],
        "y": [Edge("t", k * y)],
        "x": [Edge("t", math.cos(t))],
    }
    bar = {"z": 1.0, "x": 0.0, "y": 0.0, "t": 0.0}
    for node in ("z", "y", "x"):
        for edge in tape[node]:
            name, share = edge(bar[node])
            bar[name] += share
    return bar["t"]

# %% row_times_column  right
# The t road as a third variable of speed one.
def total_derivative(t, k):
    x = np.sin(t)
    y = np.exp(k*t)
    grad = np.array([y + 2*t*x, x, x**2])
    velocity = np.array([np.cos(t), k*y, 1.0])
    return grad @ velocity

# %% recursive_sum  right
# A generator of roads added by a recursive helper.
def total_derivative(t, k):
    def add(it):
        try:
            return next(it) + add(it)
        except StopIteration:
            return 0.0
    x = math.sin(t)
    y = math.exp(k * t)
    roads = ((y, math.cos(t)), (x, k * y), (1, x * x), (2 * t * x, math.cos(t)))
    return add(a * b for a, b in roads)

# %% lambda_with_defaults  right
# Nested lambdas, factored by x.
def total_derivative(t, k):
    F = lambda x, y, dx: x*(k*y + x) + dx*(y + 2*t*x)
    return F(np.sin(t), np.exp(k*t), np.cos(t))

# %% the_partial  M13
# x^2, everything else frozen.
def total_derivative(t, k):
    x = math.sin(t)
    return x**2

# %% partial_by_dict  M13
# Works everything out and returns the partial.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k * t)
    partials = {"x": y + 2 * t * x, "y": x, "t": x ** 2}
    return partials["t"]

# %% two_roads_only  M14
# F_t is missing.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    F_x = y + 2*t*x
    F_y = x
    return F_x*math.cos(t) + F_y*k*y

# %% direct_road_lost_in_line  M14
# The product rule on t x^2 only differentiates x^2.
def total_derivative(t, k):
    return np.cos(t)*np.exp(k*t) + k*np.sin(t)*np.exp(k*t) + 2*t*np.sin(t)*np.cos(t)

# %% k_forgotten  M01
# d exp(kt) = exp(kt).
def total_derivative(t, k):
    x = math.sin(t)
    y = math.exp(k * t)
    dx = math.cos(t)
    dy = math.exp(k * t)
    return x ** 2 + (y + 2 * t * x) * dx + x * dy

# %% cos_forgotten  M01
# The square's inner slope: d(x^2) = 2x.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    d_xy = math.cos(t)*y + x*k*y
    d_tx2 = x**2 + t*2*x
    return d_xy + d_tx2

# %% speeds_forgotten  M01
# The three partials added.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    Fx, Fy, Ft = y + 2*t*x, x, x**2
    return Fx + Fy + Ft

# %% minus_cos  M10|M44
# d sin = -cos.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k * t)
    dxdt = -math.cos(t)
    dydt = k * y
    return x ** 2 + (y + 2 * t * x) * dxdt + x * dydt

# %% minus_k  M10
# exp(kt) differentiated with -k.
def total_derivative(t, k):
    x = np.sin(t)
    y = np.exp(k*t)
    total = x**2
    total += (y + 2*t*x)*np.cos(t)
    total += x*(-k*y)
    return total

# %% square_lost_its_two  M44
# F_x = y + t x.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    F_x = y + t*x
    F_y = x
    F_t = x**2
    return F_t + F_x*math.cos(t) + F_y*k*y

# %% y_road_missing  M02
# y is taken for a constant.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    dx_dt = math.cos(t)
    return x**2 + (y + 2*t*x)*dx_dt

# %% second_use_of_x_missing  M02
# F_x = y: the square's road is lost.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k * t)
    Fx, Fy, Ft = y, x, x ** 2
    dx, dy, dt = np.cos(t), k * y, 1
    return Fx * dx + Fy * dy + Ft * dt

# %% slope_in_k  M25|M44
# The derivative of exp(kt) towards k: t exp(kt).
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    dy = t*y
    return x**2 + (y + 2*t*x)*math.cos(t) + x*dy

# %% power_rule_for_exp  M44
# k t exp(kt - 1).
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k * t)
    dx = math.cos(t)
    dy = k * t * math.exp(k * t - 1)
    return (y + 2 * t * x) * dx + x * dy + x ** 2

# %% exp_at_t  M07|M44
# k exp(t).
def total_derivative(t, k):
    x = np.sin(t)
    y = np.exp(k*t)
    dydt = k*np.exp(t)
    return x**2 + (y + 2*t*x)*np.cos(t) + x*dydt

# %% speeds_exchanged  M17
# F_x with dy/dt.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    dx, dy = math.cos(t), k*y
    return x**2 + (y + 2*t*x)*dy + x*dx

# %% slopes_of_x_and_y_own  M25
# F_x of x y is written x, F_y is written y.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k * t)
    Fx = x + 2 * t * x
    Fy = y
    Ft = x ** 2
    return Ft + Fx * math.cos(t) + Fy * k * y

# %% all_roads_overwritten  M03|M02
# = in the loop; the y road stays.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    for slope, speed in [(x**2, 1), (y + 2*t*x, math.cos(t)), (x, k*y)]:
        dz = slope*speed
    return dz

# %% direct_road_twice  M22
# x^2 is added a second time.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    xdot, ydot = math.cos(t), k*y
    d_of_xy = xdot*y + x*ydot
    d_of_txx = x**2 + 2*t*x*xdot
    partial = x**2
    return d_of_xy + d_of_txx + partial

# %% no_direct_and_no_k  M14+M01
# F_t and k are both missing.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k*t)
    return (y + 2*t*x)*math.cos(t) + x*y

# %% no_direct_and_lost_two  M14+M44
# F_t missing and the 2 of x^2 lost.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k*t)
    dx, dy = np.cos(t), k*np.exp(k*t)
    return (y + t*x)*dx + x*dy

# %% no_k_and_minus  M01+M10
# k is missing, and cos has a minus.
def total_derivative(t, k):
    x, y = math.sin(t), math.exp(k * t)
    dx = -math.cos(t)
    dy = y
    return x ** 2 + (y + 2 * t * x) * dx + x * dy

# %% mean_slope  unnameable
# (z(t) - z(0)) / t: the mean rate since the start.
def total_derivative(t, k):
    def z(s):
        return math.sin(s)*math.exp(k*s) + s*math.sin(s)**2
    return (z(t) - z(0))/t

# %% log_derivative  unnameable
# Divides the total by z, a relative rate.
def total_derivative(t, k):
    x, y = np.sin(t), np.exp(k * t)
    z = x * y + t * x ** 2
    dz = x ** 2 + (y + 2 * t * x) * np.cos(t) + x * k * y
    return dz / z
