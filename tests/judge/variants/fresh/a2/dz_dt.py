"""a2.dz_dt: z = x^2 y + sin y with x = cos 2t and y = t^2 + t."""

# %% dual_numbers  right
# A little class of (value, slope) pairs with operators, forward mode by hand.
class Dual:
    def __init__(self, v, d):
        self.v, self.d = v, d

    def __add__(self, o):
        return Dual(self.v + o.v, self.d + o.d)

    def __mul__(self, o):
        return Dual(self.v * o.v, self.v * o.d + self.d * o.v)

def sin(a):
    return Dual(math.sin(a.v), math.cos(a.v) * a.d)

def dz_dt(t):
    tt = Dual(t, 1.0)
    x = Dual(math.cos(2 * t), -2 * math.sin(2 * t))
    y = tt * tt + tt
    return (x * x * y + sin(y)).d

# %% polyval_for_y  right
# y and its slope through np.polyval and np.polyder.
def dz_dt(t):
    p = [1, 1, 0]
    y = np.polyval(p, t)
    ydot = np.polyval(np.polyder(p), t)
    x = np.cos(2*t)
    return 2*x*y * (-2*np.sin(2*t)) + (x*x + np.cos(y)) * ydot

# %% euler_formula  right
# Cosine and sine of 2t from one complex exponential.
import cmath

def dz_dt(t):
    e = cmath.exp(2j * t)
    edot = 2j * e
    x, xdot = e.real, edot.real
    y = t * (t + 1)
    ydot = t + (t + 1)
    return 2 * x * xdot * y + x ** 2 * ydot + cmath.cos(y).real * ydot

# %% reduce_over_dicts  right
# Roads in a lookup table, multiplied by functools.reduce and added by sum.
from functools import reduce
from operator import mul

def dz_dt(t):
    x = math.cos(2 * t)
    y = t ** 2 + t
    roads = {
        "t-x-z": (2 * x * y, -math.sin(2 * t), 2),
        "t-y-product-z": (x ** 2, 2 * t + 1),
        "t-y-sine-z": (math.cos(y), 2 * t + 1),
    }
    return sum(reduce(mul, edges) for edges in roads.values())

# %% double_angle_walrus  right
# x^2 rewritten as (1 + cos 4t)/2 and a walrus for the two values.
def dz_dt(t):
    return -2 * math.sin(4 * t) * (y := t * t + t) + ((1 + math.cos(4 * t)) / 2 + math.cos(y)) * (2 * t + 1)

# %% gradient_dot_velocity  right
# grad z . r'(t) as a 1x2 by 2x1 matrix product.
def dz_dt(t):
    x, y = np.cos(2.0 * t), t**2 + t
    grad = np.array([[2.0 * x * y, x**2 + np.cos(y)]])
    velocity = np.array([[-2.0 * np.sin(2.0 * t)], [2.0 * t + 1.0]])
    return (grad @ velocity).item()

# %% closure_of_partials  right
# An inner function makes each road's share, a generator is summed.
def dz_dt(t):
    def make(outer, inner):
        return lambda: outer(math.cos(2 * t), t * t + t) * inner(t)
    roads = [
        make(lambda x, y: 2 * x * y, lambda s: -2 * math.sin(2 * s)),
        make(lambda x, y: x * x + math.cos(y), lambda s: 1 + 2 * s),
    ]
    return sum(road() for road in roads)

# %% two_of_the_double_angle  M01
# d cos 2t = -sin 2t.
def dz_dt(t):
    x = math.cos(2*t)
    y = t**2 + t
    dzdx = 2*x*y
    dzdy = x**2 + math.cos(y)
    dxdt = -math.sin(2*t)
    dydt = 2*t + 1
    return dzdx*dxdt + dzdy*dydt

# %% sine_of_y_without_speed  M01
# cos y is not multiplied by 2t + 1 in a long one-liner.
def dz_dt(t):
    return -4*np.cos(2*t)*np.sin(2*t)*(t**2+t) + np.cos(2*t)**2*(2*t+1) + np.cos(t**2+t)

# %% x_road_without_speed  M01
# The slope towards x is added without dx/dt.
def dz_dt(t):
    x, y = math.cos(2 * t), t ** 2 + t
    through_x = 2 * x * y
    through_y = (x ** 2 + math.cos(y)) * (2 * t + 1)
    return through_x + through_y

# %% partials_added_bare  M01
# Neither speed.
def dz_dt(t):
    x = np.cos(2*t)
    y = t*t + t
    zx = 2*x*y
    zy = x*x + np.cos(y)
    return zx + zy

# %% minus_of_cosine  M10|M44
# d cos = + sin.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    dx, dy = 2*math.sin(2*t), 2*t + 1
    return 2*x*y*dx + (x**2 + math.cos(y))*dy

# %% minus_before_cos_y  M10|M44
# d sin y = -cos y.
def dz_dt(t):
    x = math.cos(2 * t)
    y = t * (t + 1)
    grad = [2 * x * y, x ** 2 - math.cos(y)]
    vel = [-2 * math.sin(2 * t), 2 * t + 1]
    return sum(g * v for g, v in zip(grad, vel))

# %% minus_between_roads  M10
# The two shares are subtracted.
def dz_dt(t):
    x = np.cos(2*t); y = t**2 + t
    a = 2*x*y * -2*np.sin(2*t)
    b = (x**2 + np.cos(y)) * (2*t + 1)
    return a - b

# %% only_through_y  M02
# x is taken for a number.
def dz_dt(t):
    x = math.cos(2*t)
    y = t**2 + t
    dzdt = (x**2 + math.cos(y)) * (2*t + 1)
    return dzdt

# %% sine_term_forgotten  M02
# Second use of y lost: no cos y.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    zx, zy = 2*x*y, x**2
    xt, yt = -2*np.sin(2*t), 2*t + 1
    return np.dot([zx, zy], [xt, yt])

# %% product_half_done  M02
# d(x^2 y) = 2 x x' y only; the sine is right.
def dz_dt(t):
    x = math.cos(2 * t)
    xp = -2 * math.sin(2 * t)
    y = t ** 2 + t
    yp = 2 * t + 1
    first = 2 * x * xp * y
    second = math.cos(y) * yp
    return first + second

# %% square_without_two  M44
# d(x^2) = x.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    return x*y*(-2*math.sin(2*t)) + (x**2 + math.cos(y))*(2*t + 1)

# %% y_speed_without_one  M44|M02
# d(t^2 + t) = 2t.
def dz_dt(t):
    x = math.cos(2 * t)
    y = t ** 2 + t
    dx_dt = -2 * math.sin(2 * t)
    dy_dt = 2 * t
    return 2 * x * y * dx_dt + (x ** 2 + math.cos(y)) * dy_dt

# %% sine_stays_sine  M44
# d sin y = sin y.
def dz_dt(t):
    x = np.cos(2*t)
    y = t**2 + t
    dzdx = 2*x*y
    dzdy = x**2 + np.sin(y)
    return dzdx*(-2*np.sin(2*t)) + dzdy*(2*t + 1)

# %% cos_at_t  M07
# cos t where cos y belongs.
def dz_dt(t):
    x = math.cos(2*t)
    y = t**2 + t
    return 2*x*y*(-2*math.sin(2*t)) + (x**2 + math.cos(t))*(2*t + 1)

# %% sine_of_t_in_speed  M07|M44
# dx/dt = -2 sin t.
def dz_dt(t):
    x, y = math.cos(2 * t), t * t + t
    dx_dt = -2 * math.sin(t)
    dy_dt = 2 * t + 1
    dz_dx = 2 * x * y
    dz_dy = x * x + math.cos(y)
    return dz_dx * dx_dt + dz_dy * dy_dt

# %% crossed  M17
# Each partial with the other's speed.
def dz_dt(t):
    x, y = np.cos(2*t), t**2 + t
    dx = -2*np.sin(2*t)
    dy = 2*t + 1
    partials = np.array([2*x*y, x**2 + np.cos(y)])
    speeds = np.array([dy, dx])
    return float(np.sum(partials*speeds))

# %% loop_with_equals  M03|M02
# = in the loop, the last road wins.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    partials = [2*x*y, x**2 + math.cos(y)]
    speeds = [-2*math.sin(2*t), 2*t + 1]
    total = 0
    for p, s in zip(partials, speeds):
        total = p*s
    return total

# %% sum_times_sum  M16
# (z_x + z_y)(x' + y').
def dz_dt(t):
    x = math.cos(2*t)
    y = t**2 + t
    dz = 2*x*y + x**2 + math.cos(y)
    dt = -2*math.sin(2*t) + 2*t + 1
    return dz*dt

# %% roads_times  M15
# The two shares multiplied.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    road1 = 2*x*y*(-2*math.sin(2*t))
    road2 = (x**2 + math.cos(y))*(2*t + 1)
    return road1*road2

# %% sign_and_two  M10+M01
# d cos 2t = sin 2t.
def dz_dt(t):
    x = np.cos(2 * t)
    y = t ** 2 + t
    return 2 * x * y * np.sin(2 * t) + (x ** 2 + np.cos(y)) * (2 * t + 1)

# %% square_and_sine_term  M44+M02
# The 2 of x^2 is lost, and the sine's road too.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    dzdx = x*y
    dzdy = x**2
    return dzdx*-2*math.sin(2*t) + dzdy*(2*t + 1)

# %% no_x_road_and_cos_at_t  M02+M07
# Only the road through y, with cos t.
def dz_dt(t):
    x = math.cos(2 * t)
    dy = 2 * t + 1
    return (x ** 2 + math.cos(t)) * dy

# %% in_degrees  unnameable
# t turned into degrees before the cosine.
def dz_dt(t):
    d = math.degrees(t)
    x, y = math.cos(2*d), t**2 + t
    return 2*x*y*(-2*math.sin(2*d)) + (x**2 + math.cos(y))*(2*t + 1)

# %% length_of_shares  unnameable
# Pythagoras over the two shares.
def dz_dt(t):
    x, y = math.cos(2*t), t**2 + t
    a = 2*x*y*(-2*math.sin(2*t))
    b = (x**2 + math.cos(y))*(2*t + 1)
    return math.hypot(a, b)
