"""a3.implicit_slope: F(x, y) = 0 defines y(x); dy/dx from the handed partials."""

# %% plain  right
# -Fx / Fy.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y) / Fy(x, y)

# %% named  right
# The total change of F is nought.
def implicit_slope(F, Fx, Fy, x, y):
    along_x = Fx(x, y)
    along_y = Fy(x, y)
    dy_dx = -(along_x / along_y)
    return dy_dx

# %% lambda_line  right  held-out
# Minus below.
implicit_slope = lambda F, Fx, Fy, x, y: Fx(x, y) / -Fy(x, y)

# %% linear_solve  right
# Solves Fx + Fy y' = 0.
def implicit_slope(F, Fx, Fy, x, y):
    A = np.array([[Fy(x, y)]], dtype=float)
    rhs = np.array([-Fx(x, y)], dtype=float)
    return np.linalg.solve(A, rhs)[0]

# %% float32  right
# Single precision.
def implicit_slope(F, Fx, Fy, x, y):
    return -np.float32(Fx(x, y)) / np.float32(Fy(x, y))

# %% early_return  right  held-out
# A flat curve first.
def implicit_slope(F, Fx, Fy, x, y):
    top = Fx(x, y)
    if top == 0:
        return 0.0
    return -top * Fy(x, y)**-1

# %% tangent_direction  right
# The tangent is the gradient turned by a right angle.
def implicit_slope(F, Fx, Fy, x, y):
    gradient = np.array([Fx(x, y), Fy(x, y)])
    turn = np.array([[0, 1], [-1, 0]])
    dx, dy = turn @ gradient
    return dy / dx

# %% zero_d  right
# A 0-d array.
def implicit_slope(F, Fx, Fy, x, y):
    return np.array(-Fx(x, y)) / np.array(Fy(x, y))

# %% minus_lost  M52|M10
# The minus is missing.
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(x, y) / Fy(x, y)

# %% minus_lost_twice_written  M52|M10  held-out
# Two minuses cancel.
def implicit_slope(F, Fx, Fy, x, y):
    a = -Fx(x, y)
    b = -Fy(x, y)
    return a / b

# %% upside_down  M52
# -Fy / Fx.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fy(x, y) / Fx(x, y)

# %% upside_down_named  M52  held-out
# The same, with names that hide it.
def implicit_slope(F, Fx, Fy, x, y):
    top, bottom = Fy(x, y), Fx(x, y)
    return -top / bottom

# %% product  M52  held-out
# A product for the quotient.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y) * Fy(x, y)

# %% upside_down_plus  M52|M52+M10
# Fy / Fx.
def implicit_slope(F, Fx, Fy, x, y):
    return Fy(x, y) / Fx(x, y)

# %% partial_alone  M13|M01
# Only Fx.
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(x, y)

# %% divisor_forgotten  M52|M01|M13+M10|M01+M10
# -Fx, undivided.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y)

# %% arguments_exchanged  M50
# The partials at (y, x).
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(y, x) / Fy(y, x)

# %% one_call_exchanged  M50|M07  held-out
# Only the lower one at (y, x).
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y) / Fy(y, x)

# %% at_y_zero  M07
# The partials on the axis, y = 0.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, 0.0) / Fy(x, 0.0)

# %% at_x_x  M07
# x in both places.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, x) / Fy(x, x)

# %% value_of_f  M07  held-out
# F(x, y) is taken for y.
def implicit_slope(F, Fx, Fy, x, y):
    v = F(x, y)
    return -Fx(x, v) / Fy(x, v)

# %% f_for_fx  M44
# The value for the slope.
def implicit_slope(F, Fx, Fy, x, y):
    return -F(x, y) / Fy(x, y)

# %% halved  M11
# A stray 2 below.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y) / (2 * Fy(x, y))

# %% doubled  M11  held-out
# A stray 2 above.
def implicit_slope(F, Fx, Fy, x, y):
    return -2*Fx(x, y) / Fy(x, y)

# %% whole_number  M46
# int() at the end.
def implicit_slope(F, Fx, Fy, x, y):
    return int(-Fx(x, y) / Fy(x, y))

# %% exchanged_and_sign  M50+M52|M50+M10
# At (y, x), without the minus.
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(y, x) / Fy(y, x)

# %% at_zero_and_inverted  M07+M52
# On the axis and upside down.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fy(x, 0.0) / Fx(x, 0.0)

# %% sum_of_partials  unnameable
# The total of F along (1, 1).
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(x, y) + Fy(x, y)

# %% difference_quotient  unnameable  held-out
# Differences F: wrong as soon as the handed partials are not those of F.
def implicit_slope(F, Fx, Fy, x, y):
    h = 1e-5
    return -(F(x + h, y) - F(x - h, y)) / (F(x, y + h) - F(x, y - h))

# %% angle  unnameable
# The angle of the slope.
def implicit_slope(F, Fx, Fy, x, y):
    return math.atan2(-Fx(x, y), Fy(x, y))

# %% functions_divided  unnameable  held-out
# The callables, not their values: an exception.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx / Fy
