"""a2.polar: z = f(r cos th, r sin th), from callables; the answer is (dz_dr, dz_dth)."""

# %% plain  right
# Two sums of two roads.
def polar(f, fx, fy, r, th):
    x = r*np.cos(th)
    y = r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = -fx(x, y)*r*np.sin(th) + fy(x, y)*r*np.cos(th)
    return dz_dr, dz_dth

# %% as_list  right
# A list instead of a tuple.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a, b = fx(r*c, r*s), fy(r*c, r*s)
    return [a*c + b*s, r*(b*c - a*s)]

# %% jacobian_product  right
# A row times the 2 x 2 Jacobian of (x, y) towards (r, th).
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    x, y = r*c, r*s
    J = np.array([[c, -r*s], [s, r*c]])
    return np.array([fx(x, y), fy(x, y)]) @ J

# %% x_and_y_in_the_answer  right  held-out
# dx/dth = -y, dy/dth = x.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    p, q = fx(x, y), fy(x, y)
    return (p*x + q*y)/r, q*x - p*y

# %% complex_number  right
# Multiplies by exp(-i th): real part along r, imaginary part along th.
def polar(f, fx, fy, r, th):
    u = complex(math.cos(th), math.sin(th))
    w = complex(fx(r*u.real, r*u.imag), fy(r*u.real, r*u.imag))*u.conjugate()
    return w.real, r*w.imag

# %% float32  right
# Single precision products.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    g = np.array([fx(x, y), fy(x, y)], dtype=np.float32)
    J = np.array([[np.cos(th), -r*np.sin(th)], [np.sin(th), r*np.cos(th)]], dtype=np.float32)
    return tuple(g @ J)

# %% loops  right  held-out
# Loops over outputs and roads.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    speeds = {"r": (np.cos(th), np.sin(th)), "th": (-r*np.sin(th), r*np.cos(th))}
    answer = []
    for name in ("r", "th"):
        total = 0.0
        for partial, speed in zip((fx, fy), speeds[name]):
            total += partial(x, y)*speed
        answer.append(total)
    return tuple(answer)

# %% two_helpers  right
# A function for each output.
def along_r(fx, fy, r, th):
    p = (r*math.cos(th), r*math.sin(th))
    return fx(*p)*math.cos(th) + fy(*p)*math.sin(th)

def along_th(fx, fy, r, th):
    p = (r*math.cos(th), r*math.sin(th))
    return fy(*p)*p[0] - fx(*p)*p[1]

def polar(f, fx, fy, r, th):
    return along_r(fx, fy, r, th), along_th(fx, fy, r, th)

# %% lambda_line  right
# Slopes bound by a lambda.
polar = lambda f, fx, fy, r, th: (lambda p, q, c, s: (p*c + q*s, -p*r*s + q*r*c))(
    fx(r*math.cos(th), r*math.sin(th)), fy(r*math.cos(th), r*math.sin(th)), math.cos(th), math.sin(th))

# %% bars  right  held-out
# A reverse sweep with +=, 0-d arrays out.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    x_bar, y_bar = fx(x, y), fy(x, y)
    r_bar, th_bar = np.zeros(()), np.zeros(())
    r_bar += x_bar*np.cos(th)
    th_bar += x_bar*r*-np.sin(th)
    r_bar += y_bar*np.sin(th)
    th_bar += y_bar*r*np.cos(th)
    return r_bar, th_bar

# %% minus_forgotten  M10
# dx/dth = r sin th.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = fx(x, y)*r*np.sin(th) + fy(x, y)*r*np.cos(th)
    return dz_dr, dz_dth

# %% minus_on_the_other  M10  held-out
# dy/dth = -r cos th and dx/dth = -r sin th.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a, b = fx(r*c, r*s), fy(r*c, r*s)
    return a*c + b*s, -a*r*s - b*r*c

# %% minus_in_r  M10
# A minus in dz_dr.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a, b = fx(r*c, r*s), fy(r*c, r*s)
    return a*c - b*s, -a*r*s + b*r*c

# %% r_lost  M01|M20|M37
# The factor r is missing from both roads to th.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = -fx(x, y)*np.sin(th) + fy(x, y)*np.cos(th)
    return dz_dr, dz_dth

# %% r_lost_once  M01|M20|M37  held-out
# The factor r is missing from one road.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = -fx(x, y)*np.sin(th) + fy(x, y)*r*np.cos(th)
    return dz_dr, dz_dth

# %% outputs_exchanged  M50
# (dz_dth, dz_dr).
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    x, y = r*c, r*s
    dz_dr = fx(x, y)*c + fy(x, y)*s
    dz_dth = -fx(x, y)*y + fy(x, y)*x
    return dz_dth, dz_dr

# %% slopes_called_with_y_x  M50  held-out
# The partials are called with (y, x).
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a, b = fx(r*s, r*c), fy(r*s, r*c)
    return a*c + b*s, r*(b*c - a*s)

# %% only_x_roads  M02
# Both outputs lack the road through y.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    return fx(x, y)*np.cos(th), -fx(x, y)*r*np.sin(th)

# %% th_lacks_a_road  M02
# dz_dr is right, dz_dth lacks the road through x.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = fy(x, y)*r*np.cos(th)
    return dz_dr, dz_dth

# %% one_road_each  M02  held-out
# x for r, y for th.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    return fx(x, y)*math.cos(th), fy(x, y)*r*math.cos(th)

# %% overwritten  M03
# = where += belongs, in both outputs.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    grad = {"r": 0, "th": 0}
    for partial, v in ((fx, {"r": np.cos(th), "th": -r*np.sin(th)}), (fy, {"r": np.sin(th), "th": r*np.cos(th)})):
        for name in grad:
            grad[name] = partial(x, y)*v[name]
    return grad["r"], grad["th"]

# %% slopes_at_polar  M07
# Partials at (r, th), the polar numbers.
def polar(f, fx, fy, r, th):
    a, b = fx(r, th), fy(r, th)
    return a*np.cos(th) + b*np.sin(th), -a*r*np.sin(th) + b*r*np.cos(th)

# %% slopes_at_unit_circle  M07  held-out
# Partials at (cos th, sin th).
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a, b = fx(c, s), fy(c, s)
    return a*c + b*s, r*(b*c - a*s)

# %% speeds_swapped  M17
# fx meets dy, fy meets dx, in both outputs.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    x, y = r*c, r*s
    return fx(x, y)*s + fy(x, y)*c, fx(x, y)*r*c - fy(x, y)*r*s

# %% outer_slopes_left_out  M20
# The sums of the speeds.
def polar(f, fx, fy, r, th):
    return np.cos(th) + np.sin(th), -r*np.sin(th) + r*np.cos(th)

# %% speeds_left_out  M01
# The same sum of partials twice.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    g = fx(x, y) + fy(x, y)
    return g, g

# %% r_speeds_left_out  M01  held-out
# dz_dr is the sum of the partials, dz_dth is right.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    a, b = fx(x, y), fy(x, y)
    return a + b, b*x - a*y

# %% roads_multiplied  M15
# Products of the two roads.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return (a*np.cos(th))*(b*np.sin(th)), (-a*y)*(b*x)

# %% product_of_sums  M16
# (fx + fy) times the sum of speeds.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    g = fx(r*c, r*s) + fy(r*c, r*s)
    return g*(c + s), g*(r*c - r*s)

# %% edges_added  M18
# + along the roads.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a, b = fx(r*c, r*s), fy(r*c, r*s)
    return (a + c) + (b + s), (a - r*s) + (b + r*c)

# %% cosine_kept  M44
# d cos/dth = cos.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = fx(x, y)*r*np.cos(th) + fy(x, y)*r*np.cos(th)
    return dz_dr, dz_dth

# %% f_for_its_slopes  M44  held-out
# f where fx and fy belong.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    z = f(r*c, r*s)
    return z*c + z*s, -z*r*s + z*r*c

# %% own_value_as_slope  M25
# For r cos th the slope towards r is taken to be r.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*r + fy(x, y)*r
    dz_dth = -fx(x, y)*r*np.sin(th) + fy(x, y)*r*np.cos(th)
    return dz_dr, dz_dth

# %% halved  M11|M06
# The mean over the two roads.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    J = np.array([[c, -r*s], [s, r*c]])
    g = np.array([[fx(r*c, r*s)], [fy(r*c, r*s)]])
    return tuple((g*J).mean(axis=0))

# %% x_road_twice  M22
# The x road counts twice in dz_dr.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    a, b = fx(x, y), fy(x, y)
    dz_dr = 0
    dz_dr += a*math.cos(th)
    dz_dr += b*math.sin(th)
    dz_dr += a*math.cos(th)
    return dz_dr, b*x - a*y

# %% r_once_too_often  M31
# x already holds r, and r comes again.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return a*np.cos(th) + b*np.sin(th), -a*r*y + b*r*x

# %% jacobian_transposed  M04
# J where its transpose belongs.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    J = np.array([[c, -r*s], [s, r*c]])
    g = np.array([fx(r*c, r*s), fy(r*c, r*s)])
    return tuple(J @ g)

# %% axis_exchanged  M12  held-out
# The sum of slope times speed runs over the inputs instead of the roads.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    J = np.array([[c, -r*s], [s, r*c]])
    g = np.array([[fx(r*c, r*s)], [fy(r*c, r*s)]])
    return tuple((g*J).sum(axis=1))

# %% diagonal_only  M26|M02
# Entries multiplied where a sum over roads belongs.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    return fx(r*c, r*s)*c, fy(r*c, r*s)*r*c

# %% integer_box  M46
# Both numbers land in an integer array.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    out = np.array([0, 0])
    out[0] = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    out[1] = fy(x, y)*x - fx(x, y)*y
    return out

# %% minus_and_exchanged  M10+M50
# The minus is forgotten and the outputs are exchanged.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return a*y + b*x, a*np.cos(th) + b*np.sin(th)

# %% at_polar_and_minus  M07+M10
# Slopes at (r, th), minus forgotten.
def polar(f, fx, fy, r, th):
    a, b = fx(r, th), fy(r, th)
    return a*np.cos(th) + b*np.sin(th), a*r*np.sin(th) + b*r*np.cos(th)

# %% road_and_minus  M02+M10  held-out
# Only the x roads, minus forgotten.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    return fx(x, y)*math.cos(th), fx(x, y)*r*math.sin(th)

# %% one_number  unnameable
# Returns dz_dr alone.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    return fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)

# %% inverse_jacobian  unnameable
# Slopes of r and th towards x and y: the inverse map.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return a*x/r + b*y/r, -a*y/r**2 + b*x/r**2

# %% total_of_both  unnameable
# Adds dz_dr and dz_dth and returns the sum twice.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    a, b = fx(x, y), fy(x, y)
    total = a*math.cos(th) + b*math.sin(th) + b*x - a*y
    return total, total

# %% differences  unnameable  held-out
# Difference quotients of f: wrong as soon as fx and fy are not its slopes.
def polar(f, fx, fy, r, th):
    z = lambda r, th: f(r*math.cos(th), r*math.sin(th))
    e = 1e-6
    return (z(r + e, th) - z(r - e, th))/(2*e), (z(r, th + e) - z(r, th - e))/(2*e)

# %% outside_the_domain  unnameable  held-out
# An exception at every call.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    return fx(x, y)*math.acos(2 + r*r), fy(x, y)

# %% dictionary  unnameable
# The right numbers by name, not in a pair.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return {"dz_dr": a*np.cos(th) + b*np.sin(th), "dz_dth": b*x - a*y}
