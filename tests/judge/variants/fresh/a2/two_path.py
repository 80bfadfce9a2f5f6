"""a2.two_path: z = f(g(t), h(t)) from the handed derivatives."""

# %% starred_point  right
# The point as a tuple, unpacked into both slopes.
def two_path(f, fx, fy, g, dg, h, dh, t):
    at = [inner(t) for inner in (g, h)]
    return sum(slope(*at) * speed(t) for slope, speed in ((fx, dg), (fy, dh)))

# %% recursion_over_roads  right
# A recursive sum over a list of roads.
def two_path(f, fx, fy, g, dg, h, dh, t):
    p = (g(t), h(t))

    def total(roads):
        if not roads:
            return 0
        (outer, inner), *rest = roads
        return outer(*p) * inner(t) + total(rest)

    return total([(fx, dg), (fy, dh)])

# %% class_with_call  right
# A Road object that is called with t.
class Road:
    def __init__(self, partial, speed, where):
        self.partial = partial
        self.speed = speed
        self.where = where

    def __call__(self, t):
        x, y = (w(t) for w in self.where)
        return self.partial(x, y) * self.speed(t)

def two_path(f, fx, fy, g, dg, h, dh, t):
    return Road(fx, dg, (g, h))(t) + Road(fy, dh, (g, h))(t)

# %% einsum_row  right
# Gradient and velocity contracted by einsum.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    grad = np.array([fx(x, y), fy(x, y)])
    vel = np.array([dg(t), dh(t)])
    return float(np.einsum("i,i->", grad, vel))

# %% complex_pairing  right
# Real part of conj(gradient) times velocity in the complex plane.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    grad = complex(fx(x, y), fy(x, y))
    v = complex(dg(t), dh(t))
    return (grad.conjugate() * v).real

# %% enumerate_and_dict  right
# A dict of speeds by index and a loop with enumerate.
def two_path(f, fx, fy, g, dg, h, dh, t):
    speeds = {0: dg, 1: dh}
    x = g(t)
    y = h(t)
    out = 0.0
    for i, partial in enumerate([fx, fy]):
        out += partial(x, y) * speeds[i](t)
    return out

# %% walrus  right
# One line with walruses.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(x := g(t), y := h(t)) * dg(t) + fy(x, y) * dh(t)

# %% slopes_at_t_t  M07
# fx(t, t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(t, t)*dg(t) + fy(t, t)*dh(t)

# %% slopes_at_speeds  M07
# The partials are taken at the speeds.
def two_path(f, fx, fy, g, dg, h, dh, t):
    dx, dy = dg(t), dh(t)
    return fx(dx, dy)*dx + fy(dx, dy)*dy

# %% own_variable_only  M07
# Each partial moves only its own variable, the other slot gets t.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x = g(t)
    y = h(t)
    through_x = fx(x, t) * dg(t)
    through_y = fy(t, y) * dh(t)
    return through_x + through_y

# %% fy_at_wrong_place  M07
# Only fy is at (t, t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    result = fx(x, y) * dg(t)
    result += fy(t, t) * dh(t)
    return result

# %% inner_slopes_at_values  M07
# dg at g(t), dh at h(t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(x) + fy(x, y)*dh(y)

# %% no_speeds  M01
# fx + fy.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y) + fy(x, y)

# %% no_dh  M01
# The road through y lacks its speed.
def two_path(f, fx, fy, g, dg, h, dh, t):
    u = g(t)
    v = h(t)
    a = fx(u, v)*dg(t)
    b = fy(u, v)
    return a + b

# %% no_dg  M01
# The road through x lacks its speed, in a dot product.
def two_path(f, fx, fy, g, dg, h, dh, t):
    p = (g(t), h(t))
    return np.dot([fx(*p), fy(*p)], [1, dh(t)])

# %% x_road_only  M02
# The road through y is forgotten.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    dz_dx = fx(x, y)
    dx_dt = dg(t)
    return dz_dx * dx_dt

# %% early_return  M02
# A return inside the loop.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    s = 0
    for partial, speed in [(fx, dg), (fy, dh)]:
        s += partial(x, y) * speed(t)
        return s

# %% last_road_stays  M03|M02
# = for +=.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    dz = fx(x, y) * dg(t)
    dz = fy(x, y) * dh(t)
    return dz

# %% speeds_the_other_way  M17
# fx with dh.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dh(t) + fy(x, y)*dg(t)

# %% point_the_other_way  M50|M07
# The partials at (h, g).
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = h(t), g(t)
    return fx(x, y)*dg(t) + fy(x, y)*dh(t)

# %% subtracted  M10
# A minus between the roads.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(t) - fy(x, y)*dh(t)

# %% f_instead_of_partials  M44
# f itself for both partials.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x = g(t)
    y = h(t)
    z = f(x, y)
    return z*dg(t) + z*dh(t)

# %% values_for_speeds  M44
# g and h instead of dg and dh.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y) * x + fy(x, y) * y

# %% everything_multiplied  M15
# Four factors in one product.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(t)*fy(x, y)*dh(t)

# %% everything_added  M18
# Four numbers in one sum.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return sum([fx(x, y), dg(t), fy(x, y), dh(t)])

# %% at_t_and_no_speeds  M07+M01
# fx(t, t) + fy(t, t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(t, t) + fy(t, t)

# %% at_t_and_crossed  M07+M17
# At (t, t), with crossed speeds.
def two_path(f, fx, fy, g, dg, h, dh, t):
    dzdx = fx(t, t)
    dzdy = fy(t, t)
    return dzdx * dh(t) + dzdy * dg(t)

# %% one_road_at_t  M02+M07
# Only the y road, with fy at (t, t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    dydt = dh(t)
    dzdy = fy(t, t)
    return dzdy*dydt

# %% weighted_mean  unnameable
# Divides by the sum of the speeds' sizes.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    num = fx(x, y)*dg(t) + fy(x, y)*dh(t)
    return num/(1 + abs(dg(t)) + abs(dh(t)))

# %% larger_share  unnameable
# Takes the larger of the two shares' sizes.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return 1.5*max(abs(fx(x, y)*dg(t)), abs(fy(x, y)*dh(t)))
