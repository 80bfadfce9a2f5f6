"""a2.dz_dt: z = x^2 y + sin y, x = cos 2t, y = t^2 + t."""

# %% plain  right
# Four factors, two products, one sum.
def dz_dt(t):
    x = np.cos(2 * t)
    y = t**2 + t
    dz_dx = 2 * x * y
    dz_dy = x**2 + np.cos(y)
    dx_dt = -2 * np.sin(2 * t)
    dy_dt = 2 * t + 1
    return dz_dx * dx_dt + dz_dy * dy_dt

# %% one_line  right
# Everything substituted, with math.
dz_dt = lambda t: -4*math.cos(2*t)*(t*t + t)*math.sin(2*t) + (math.cos(2*t)**2 + math.cos(t*t + t))*(2*t + 1)

# %% loop_over_roads  right  held-out
# A list of pairs and +=.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    roads = [(2*x*y, -2*math.sin(2*t)), (x**2 + math.cos(y), 2*t + 1)]
    total = 0.0
    for slope, speed in roads:
        total += slope * speed
    return total

# %% dot_product  right
# Gradient dot velocity; the answer is a NumPy scalar.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    gradient = np.array([2*x*y, x**2 + np.cos(y)])
    velocity = np.array([-2*np.sin(2*t), 2*t + 1])
    return gradient @ velocity

# %% helpers  right
# One small function for each slope.
def x_of(t):
    return np.cos(2*t)

def y_of(t):
    return t*(t + 1)

def z_x(x, y):
    return 2*x*y

def z_y(x, y):
    return x*x + np.cos(y)

def dz_dt(t):
    x, y = x_of(t), y_of(t)
    return z_x(x, y) * (-2*np.sin(2*t)) + z_y(x, y) * (2*t + 1)

# %% double_angle  right  held-out
# -4 cos sin written as -2 sin 4t.
def dz_dt(t):
    y = t*(1 + t)
    first = -2*y*math.sin(4*t)
    second = (0.5 + 0.5*math.cos(4*t) + math.cos(y))*(1 + 2*t)
    return first + second

# %% float32  right
# Single precision throughout.
def dz_dt(t):
    t = np.float32(t)
    two, one = np.float32(2), np.float32(1)
    x = np.cos(two*t)
    y = t*t + t
    return two*x*y*(-two*np.sin(two*t)) + (x*x + np.cos(y))*(two*t + one)

# %% zero_d_array  right  held-out
# Returns a 0-d array.
def dz_dt(t):
    t = np.asarray(t, dtype=float)
    x = np.cos(2*t)
    y = t**2 + t
    out = np.zeros(())
    out += 2*x*y*(-2*np.sin(2*t))
    out += (x**2 + np.cos(y))*(2*t + 1)
    return out

# %% dual_numbers  right
# Carries (value, rate) pairs by hand: forward mode.
def dz_dt(t):
    def mul(a, b):
        return a[0]*b[0], a[0]*b[1] + a[1]*b[0]
    def add(a, b):
        return a[0] + b[0], a[1] + b[1]
    def sin(a):
        return math.sin(a[0]), math.cos(a[0])*a[1]
    def cos(a):
        return math.cos(a[0]), -math.sin(a[0])*a[1]
    s = (t, 1.0)
    x = cos(mul((2.0, 0.0), s))
    y = add(mul(s, s), s)
    return add(mul(mul(x, x), y), sin(y))[1]

# %% dict_of_edges  right
# Edges in a dictionary, a path at a time, and prints on the way.
def dz_dt(t):
    v = {"x": np.cos(2*t), "y": t**2 + t}
    edge = {("z", "x"): 2*v["x"]*v["y"], ("z", "y"): v["x"]**2 + np.cos(v["y"]),
            ("x", "t"): -2*np.sin(2*t), ("y", "t"): 2*t + 1}
    for name in edge:
        print(name, edge[name])
    return sum(edge[("z", u)] * edge[(u, "t")] for u in ("x", "y"))

# %% reverse_sweep  right  held-out
# Bars from the output back to the input.
def dz_dt(t):
    a = 2*t
    x = math.cos(a)
    s = t*t
    y = s + t
    z_bar = 1.0
    x_bar = z_bar*2*x*y
    y_bar = z_bar*(x*x + math.cos(y))
    a_bar = x_bar*-math.sin(a)
    t_bar = 2*a_bar + y_bar + y_bar*2*t
    return t_bar

# %% complex_step  right
# A complex step has no rounding error: its numbers are exact.
import cmath
def dz_dt(t):
    h = 1e-30
    t = complex(t, h)
    x = cmath.cos(2*t)
    y = t*t + t
    return (x*x*y + cmath.sin(y)).imag / h

# %% central_difference  right  remark
# Numerical, good to about ten digits.
def dz_dt(t):
    def z(t):
        x, y = math.cos(2*t), t**2 + t
        return x**2*y + math.sin(y)
    h = 1e-5
    return (z(t + h) - z(t - h))/(2*h)

# %% x_road_only  M02
# Stops after the first road.
def dz_dt(t):
    x = np.cos(2 * t)
    y = t**2 + t
    dz_dx = 2 * x * y
    dx_dt = -2 * np.sin(2 * t)
    return dz_dx * dx_dt

# %% y_road_only  M02
# Only the road through y.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return (x**2 + math.cos(y)) * (2*t + 1)

# %% sine_of_y_forgotten  M02  held-out
# y is used twice in z; the use inside sin y is lost.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dz_dy = x**2
    return 2*x*y * (-2*np.sin(2*t)) + dz_dy*(2*t + 1)

# %% equals_for_plus_equals  M03
# The loop keeps the last road only.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    total = 0.0
    for slope, speed in [(2*x*y, -2*math.sin(2*t)), (x**2 + math.cos(y), 2*t + 1)]:
        total = slope * speed
    return total

# %% overwritten_in_dict  M03  held-out
# The second road is stored over the first.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    grad = {}
    grad["t"] = (x**2 + np.cos(y)) * (2*t + 1)
    grad["t"] = 2*x*y * (-2*np.sin(2*t))
    return grad["t"]

# %% cosine_sign  M10
# The slope of cos without its minus.
def dz_dt(t):
    x = np.cos(2 * t)
    y = t**2 + t
    return 2*x*y * (2*np.sin(2*t)) + (x**2 + np.cos(y)) * (2*t + 1)

# %% sine_sign  M10  held-out
# The slope of sin with a minus it does not have.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    zy = x**2 - math.cos(y)
    return 2*x*y*-2*math.sin(2*t) + zy*(2*t + 1)

# %% difference_of_roads  M10
# One road minus the other.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    a = 2*x*y * (-2*np.sin(2*t))
    b = (x**2 + np.cos(y)) * (2*t + 1)
    return a - b

# %% whole_sign  M10
# The whole answer negated.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    a = 2*x*y * (2*np.sin(2*t))
    b = (x**2 + np.cos(y)) * (2*t + 1)
    return a - b

# %% inner_two_lost  M01
# d cos(2t)/dt without the inner 2.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dx = -np.sin(2*t)
    dy = 2*t + 1
    return 2*x*y*dx + (x**2 + np.cos(y))*dy

# %% y_speed_missing  M01
# z_y is not multiplied by dy/dt.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return 2*x*y * (-2*math.sin(2*t)) + (x**2 + math.cos(y))

# %% both_speeds_missing  M01  held-out
# The sum of the two partials.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return 2*x*y + x**2 + np.cos(y)

# %% speeds_only  M20
# The sum of the two speeds, the outer slopes left out.
def dz_dt(t):
    dx_dt = -2*np.sin(2*t)
    dy_dt = 2*t + 1
    return dx_dt + dy_dt

# %% one_outer_slope_missing  M20
# z_y is left out.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return 2*x*y * (-2*math.sin(2*t)) + (2*t + 1)

# %% y_lost_from_z_x  M20|M44
# The partial of x^2 y towards x written as 2x.
def dz_dt(t):
    x = np.cos(2 * t)
    y = t**2 + t
    dz_dx = 2 * x
    dz_dy = x**2 + np.cos(y)
    return dz_dx * (-2 * np.sin(2 * t)) + dz_dy * (2 * t + 1)

# %% roads_multiplied  M15
# A product where the sum belongs.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dz = 1
    for road in (2*x*y * (-2*np.sin(2*t)), (x**2 + np.cos(y)) * (2*t + 1)):
        dz *= road
    return dz

# %% product_of_sums  M16
# (sum of slopes) times (sum of speeds).
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    slopes = np.array([2*x*y, x**2 + np.cos(y)])
    speeds = np.array([-2*np.sin(2*t), 2*t + 1])
    return slopes.sum() * speeds.sum()

# %% speeds_swapped  M17
# Each slope meets the other road's speed.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dx, dy = -2*np.sin(2*t), 2*t + 1
    return 2*x*y*dy + (x**2 + np.cos(y))*dx

# %% swapped_by_unpacking  M17  held-out
# The helper returns the speeds in the other order.
def speeds(t):
    return 2*t + 1, -2*math.sin(2*t)

def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    dx, dy = speeds(t)
    return 2*x*y*dx + (x*x + math.cos(y))*dy

# %% edges_added  M18
# Along each road the two slopes are added.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return (2*x*y + -2*np.sin(2*t)) + ((x**2 + np.cos(y)) + (2*t + 1))

# %% slopes_at_t  M07
# Both partials evaluated at t instead of at x and y.
def dz_dt(t):
    zx = lambda x, y: 2*x*y
    zy = lambda x, y: x**2 + math.cos(y)
    return zx(t, t)*(-2*math.sin(2*t)) + zy(t, t)*(2*t + 1)

# %% cosine_of_t  M07
# cos t where cos y belongs.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return 2*x*y*(-2*np.sin(2*t)) + (x**2 + np.cos(t))*(2*t + 1)

# %% slopes_at_the_speeds  M07  held-out
# Both partials evaluated at (dx/dt, dy/dt).
def dz_dt(t):
    dx, dy = -2*np.sin(2*t), 2*t + 1
    return 2*dx*dy*dx + (dx**2 + np.cos(dy))*dy

# %% two_of_the_square_lost  M44
# d(x^2)/dx = x.
def dz_dt(t):
    x = np.cos(2 * t)
    y = t**2 + t
    dz_dx = x * y
    dz_dy = x**2 + np.cos(y)
    return dz_dx * (-2 * np.sin(2 * t)) + dz_dy * (2 * t + 1)

# %% sine_for_its_slope  M44
# sin y kept as sin y.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return 2*x*y*(-2*math.sin(2*t)) + (x**2 + math.sin(y))*(2*t + 1)

# %% two_of_t_squared_lost  M44  held-out
# dy/dt = t + 1.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dx_dt, dy_dt = -2*np.sin(2*t), t + 1
    return 2*x*y*dx_dt + (x**2 + np.cos(y))*dy_dt

# %% one_lost_from_y  M44|M02
# dy/dt = 2t: the slope of + t is forgotten.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dx_dt, dy_dt = -2*np.sin(2*t), 2*t
    return 2*x*y*dx_dt + (x**2 + np.cos(y))*dy_dt

# %% own_value_as_slope  M25
# For x^2 y the slope towards y is taken to be y.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dz_dx = 2*x*y
    dz_dy = y + np.cos(y)
    return dz_dx*(-2*np.sin(2*t)) + dz_dy*(2*t + 1)

# %% mean_of_roads  M11|M06
# np.mean where np.sum belongs.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    roads = [2*x*y*(-2*np.sin(2*t)), (x**2 + np.cos(y))*(2*t + 1)]
    return np.mean(roads)

# %% doubled  M11
# A stray factor of two.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return 2*(2*x*y*(-2*np.sin(2*t)) + (x**2 + np.cos(y))*(2*t + 1))

# %% y_road_twice  M22
# The y road is added twice.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    dz = 2*x*y*(-2*math.sin(2*t))
    dz += (x**2 + math.cos(y))*(2*t + 1)
    dz += (x**2 + math.cos(y))*(2*t + 1)
    return dz

# %% y_speed_twice  M31
# dy/dt is already inside z_y, then comes again.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dy = 2*t + 1
    dz_dy = (x**2 + np.cos(y))*dy
    return 2*x*y*(-2*np.sin(2*t)) + dz_dy*dy

# %% x_and_y_exchanged  M50
# x and y are given each other's formula.
def dz_dt(t):
    y = np.cos(2*t)
    x = t**2 + t
    dy, dx = -2*np.sin(2*t), 2*t + 1
    return 2*x*y*dx + (x**2 + np.cos(y))*dy

# %% integer_box  M46  held-out
# The answer is stored in an integer array.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    answer = np.array([0])
    answer[0] = 2*x*y*(-2*np.sin(2*t)) + (x**2 + np.cos(y))*(2*t + 1)
    return answer[0]

# %% x_road_and_sign  M02+M10
# Only the x road, and the minus of the cosine is lost.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return 2*x*y*2*np.sin(2*t)

# %% inner_two_and_sign  M01+M10  held-out
# dx/dt = sin 2t: no minus, no 2.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return 2*x*y*math.sin(2*t) + (x**2 + math.cos(y))*(2*t + 1)

# %% swapped_and_inner_two  M17+M01
# Speeds swapped, one of them without its inner 2.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dx, dy = -np.sin(2*t), 2*t + 1
    return 2*x*y*dy + (x**2 + np.cos(y))*dx

# %% value_of_z  unnameable
# Returns z itself.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return x**2*y + np.sin(y)

# %% forgot_return  unnameable
# Prints and returns nothing.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    print(2*x*y*(-2*np.sin(2*t)) + (x**2 + np.cos(y))*(2*t + 1))

# %% roads_not_summed  unnameable  held-out
# Returns the two contributions as a pair.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    return 2*x*y*(-2*np.sin(2*t)), (x**2 + np.cos(y))*(2*t + 1)

# %% degrees  unnameable  held-out
# Takes t for degrees.
def dz_dt(t):
    t = np.radians(t)
    x, y = np.cos(2*t), t**2 + t
    return 2*x*y*(-2*np.sin(2*t)) + (x**2 + np.cos(y))*(2*t + 1)

# %% rounded  unnameable
# Rounded to two decimals.
def dz_dt(t):
    x, y = math.cos(2*t), t*t + t
    return round(2*x*y*(-2*math.sin(2*t)) + (x**2 + math.cos(y))*(2*t + 1), 2)
