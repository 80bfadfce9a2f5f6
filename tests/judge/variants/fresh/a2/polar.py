"""a2.polar: z = f(r cos th, r sin th); the pair (dz_dr, dz_dth)."""

# %% rotation_matrix  right
# Row gradient times the 2x2 Jacobian of the polar map.
def polar(f, fx, fy, r, th):
    J = np.array([[np.cos(th), -r * np.sin(th)],
                  [np.sin(th), r * np.cos(th)]])
    x, y = r * J[:, 0]
    return tuple(np.array([fx(x, y), fy(x, y)]) @ J)

# %% complex_number  right
# conj(fx + i fy) times e^{i th}: real part and r times minus the imaginary part.
import cmath

def polar(f, fx, fy, r, th):
    p = cmath.rect(r, th)
    grad = complex(fx(p.real, p.imag), fy(p.real, p.imag))
    dr = grad.conjugate() * p / abs(p)
    dth = grad.conjugate() * p * 1j
    return dr.real, dth.real

# %% via_x_and_y  right
# dz_dth = fy x - fx y, and dz_dr = (fx x + fy y)/r.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return (a*x + b*y)/r, b*x - a*y

# %% quarter_turn  right
# A closure for the direction, a quarter of a turn further for th.
def polar(f, fx, fy, r, th):
    def along(angle):
        at = (r * math.cos(th), r * math.sin(th))
        return math.cos(angle) * fx(*at) + math.sin(angle) * fy(*at)
    return along(th), r * along(th + math.pi / 2)

# %% einsum_both  right
# einsum over the stacked speeds.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    partials = np.array([fx(x, y), fy(x, y)])
    speeds = np.array([[math.cos(th), math.sin(th)], [-y, x]])
    dr, dth = np.einsum("i,ji->j", partials, speeds)
    return dr, dth

# %% dict_of_roads  right
# A lookup by (variable, dial) and an accumulating double loop.
def polar(f, fx, fy, r, th):
    x = r * math.cos(th)
    y = r * math.sin(th)
    slope = {"x": fx(x, y), "y": fy(x, y)}
    speed = {("x", "r"): math.cos(th), ("y", "r"): math.sin(th),
             ("x", "th"): -r * math.sin(th), ("y", "th"): r * math.cos(th)}
    out = {"r": 0.0, "th": 0.0}
    for var, dial in speed:
        out[dial] += slope[var] * speed[var, dial]
    return out["r"], out["th"]

# %% callable_class  right
# A class that keeps the two partials and is called with the speeds.
class Total:
    def __init__(self, a, b):
        self.a, self.b = a, b
    def __call__(self, dx, dy):
        return self.a*dx + self.b*dy

def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    total = Total(fx(r*c, r*s), fy(r*c, r*s))
    return [total(c, s), total(-r*s, r*c)]

# %% r_forgotten_for_th  M01|M44
# dx/dth = -sin th, dy/dth = cos th.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    dz_dr = fx(x, y)*math.cos(th) + fy(x, y)*math.sin(th)
    dz_dth = -fx(x, y)*math.sin(th) + fy(x, y)*math.cos(th)
    return dz_dr, dz_dth

# %% r_forgotten_once  M01|M44
# Only dy/dth lacks r.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    x, y = r*c, r*s
    p, q = fx(x, y), fy(x, y)
    return p*c + q*s, p*(-r*s) + q*c

# %% r_too_many  M44
# dx/dr = r cos th, the value in place of the slope.
def polar(f, fx, fy, r, th):
    x, y = r * math.cos(th), r * math.sin(th)
    dz_dr = fx(x, y) * x + fy(x, y) * y
    dz_dth = -fx(x, y) * y + fy(x, y) * x
    return dz_dr, dz_dth

# %% plus_in_th  M10|M44
# d cos = + sin.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    dz_dr = fx(x, y)*math.cos(th) + fy(x, y)*math.sin(th)
    dz_dth = fx(x, y)*r*math.sin(th) + fy(x, y)*r*math.cos(th)
    return dz_dr, dz_dth

# %% minus_on_the_sine  M10
# The minus went to dy/dth.
def polar(f, fx, fy, r, th):
    x, y = r * np.cos(th), r * np.sin(th)
    gx, gy = fx(x, y), fy(x, y)
    xt, yt = r * np.sin(th), -r * np.cos(th)
    return gx * np.cos(th) + gy * np.sin(th), gx * xt + gy * yt

# %% minus_in_dr  M10
# A minus in the first sum.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    x, y = r*c, r*s
    dr = fx(x, y)*c - fy(x, y)*s
    dth = -fx(x, y)*r*s + fy(x, y)*r*c
    return (dr, dth)

# %% partials_at_r_th  M07
# fx(r, th).
def polar(f, fx, fy, r, th):
    dz_dr = fx(r, th)*math.cos(th) + fy(r, th)*math.sin(th)
    dz_dth = -fx(r, th)*r*math.sin(th) + fy(r, th)*r*math.cos(th)
    return dz_dr, dz_dth

# %% partials_on_unit_circle  M07
# At (cos th, sin th).
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    a = fx(c, s)
    b = fy(c, s)
    return a * c + b * s, -a * r * s + b * r * c

# %% exchanged_outputs  M50
# (dz_dth, dz_dr).
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    dz_dr = fx(x, y)*np.cos(th) + fy(x, y)*np.sin(th)
    dz_dth = fx(x, y)*(-y) + fy(x, y)*x
    return dz_dth, dz_dr

# %% point_exchanged  M50|M07
# x = r sin th, y = r cos th in the point only.
def polar(f, fx, fy, r, th):
    x, y = r * math.sin(th), r * math.cos(th)
    c, s = math.cos(th), math.sin(th)
    return fx(x, y) * c + fy(x, y) * s, r * (fy(x, y) * c - fx(x, y) * s)

# %% crossed_in_both  M17
# fx with y's speed.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    fx_, fy_ = fx(x, y), fy(x, y)
    dz_dr = fx_*math.sin(th) + fy_*math.cos(th)
    dz_dth = fx_*r*math.cos(th) + fy_*(-r*math.sin(th))
    return dz_dr, dz_dth

# %% crossed_in_dr  M17
# sin and cos exchanged in the first sum only.
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    gx, gy = fx(r*c, r*s), fy(r*c, r*s)
    return gx*s + gy*c, r*(gy*c - gx*s)

# %% one_road_each  M02
# r moves x only, th moves y only.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    return fx(x, y)*math.cos(th), fy(x, y)*r*math.cos(th)

# %% y_road_of_r_lost  M02
# The first sum lacks its second road.
def polar(f, fx, fy, r, th):
    x = r * math.cos(th)
    y = r * math.sin(th)
    dz_dr = fx(x, y) * math.cos(th)
    dz_dth = fx(x, y) * -y + fy(x, y) * x
    return dz_dr, dz_dth

# %% equals_in_loop  M03|M02
# out[j] = instead of +=.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    g = [fx(r*c, r*s), fy(r*c, r*s)]
    J = [[c, -r*s], [s, r*c]]
    out = [0, 0]
    for i in range(2):
        for j in range(2):
            out[j] = g[i]*J[i][j]
    return out[0], out[1]

# %% bare_partials  M01
# fx + fy for r, times r for th.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    dz_dr = fx(x, y) + fy(x, y)
    dz_dth = -fx(x, y)*r*math.sin(th) + fy(x, y)*r*math.cos(th)
    return dz_dr, dz_dth

# %% sums_multiplied  M16
# (fx + fy)(c + s).
def polar(f, fx, fy, r, th):
    c, s = np.cos(th), np.sin(th)
    x, y = r*c, r*s
    both = fx(x, y) + fy(x, y)
    return both*(c + s), both*(-r*s + r*c)

# %% value_for_partials  M44
# f in place of fx and fy.
def polar(f, fx, fy, r, th):
    x, y = r * math.cos(th), r * math.sin(th)
    z = f(x, y)
    return z * math.cos(th) + z * math.sin(th), -z * y + z * x

# %% only_speeds  M20
# The partials are not in it.
def polar(f, fx, fy, r, th):
    return math.cos(th) + math.sin(th), -r*math.sin(th) + r*math.cos(th)

# %% plus_and_no_r  M10+M01|M10+M44
# The minus and r are both missing from the second sum.
def polar(f, fx, fy, r, th):
    c, s = math.cos(th), math.sin(th)
    x, y = r*c, r*s
    return fx(x, y)*c + fy(x, y)*s, fx(x, y)*s + fy(x, y)*c

# %% at_r_th_and_plus  M07+M10
# fx(r, th), and d cos = + sin.
def polar(f, fx, fy, r, th):
    a, b = fx(r, th), fy(r, th)
    return a * np.cos(th) + b * np.sin(th), a * r * np.sin(th) + b * r * np.cos(th)

# %% exchanged_and_plus  M50+M10
# Outputs exchanged and the minus lost.
def polar(f, fx, fy, r, th):
    x, y = r*math.cos(th), r*math.sin(th)
    dth = fx(x, y)*y + fy(x, y)*x
    dr = fx(x, y)*math.cos(th) + fy(x, y)*math.sin(th)
    return dth, dr

# %% angle_in_degrees  unnameable
# th is taken for degrees.
def polar(f, fx, fy, r, th):
    a = th*math.pi/180
    c, s = math.cos(a), math.sin(a)
    x, y = r*c, r*s
    return fx(x, y)*c + fy(x, y)*s, -fx(x, y)*r*s + fy(x, y)*r*c

# %% length_and_direction  unnameable
# The gradient's length and direction.
def polar(f, fx, fy, r, th):
    x, y = r*np.cos(th), r*np.sin(th)
    a, b = fx(x, y), fy(x, y)
    return np.hypot(a, b), np.arctan2(b, a)
