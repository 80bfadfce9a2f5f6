"""a3.implicit_slope: F(x, y) = const defines y(x); dy/dx = -Fx/Fy."""

# %% solve_linear  right
# The total derivative as a 1x1 system.
def implicit_slope(F, Fx, Fy, x, y):
    return float(np.linalg.solve([[Fy(x, y)]], [-Fx(x, y)])[0])

# %% gradient_turned  right
# A quarter turn of the gradient by a complex number, then rise over run.
def implicit_slope(F, Fx, Fy, x, y):
    grad = complex(Fx(x, y), Fy(x, y))
    tangent = grad * 1j
    return tangent.imag / tangent.real

# %% tangent_line_root  right
# The root of Fx + Fy s, a polynomial in s.
def implicit_slope(F, Fx, Fy, x, y):
    return np.roots([Fy(x, y), Fx(x, y)])[0] if Fx(x, y) else 0.0

# %% determinant  right
# Cramer's rule.
def implicit_slope(F, Fx, Fy, x, y):
    top = np.linalg.det(np.array([[-Fx(x, y)]]))
    bottom = np.linalg.det(np.array([[Fy(x, y)]]))
    return top / bottom

# %% operator_module  right
# truediv and neg, over a dict of slopes.
import operator

def implicit_slope(F, Fx, Fy, x, y):
    at = {name: slope(x, y) for name, slope in {"x": Fx, "y": Fy}.items()}
    return operator.truediv(operator.neg(at["x"]), at["y"])

# %% contour_class  right
# A class that is called with the point.
class Contour:
    def __init__(self, **slopes):
        self.slopes = slopes
    def __call__(self, *p):
        return -self.slopes["x"](*p) * self.slopes["y"](*p)**-1

def implicit_slope(F, Fx, Fy, x, y):
    return Contour(x=Fx, y=Fy)(x, y)

# %% straight_line_through_residuals  right
# The residual Fx + Fy s is affine in s; its zero from two values.
def implicit_slope(F, Fx, Fy, x, y):
    total = lambda s: Fx(x, y) + Fy(x, y)*s
    return total(0)/(total(0) - total(1))

# %% sign_lost  M52|M10
# Fx/Fy.
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(x, y)/Fy(x, y)

# %% sign_lost_in_steps  M52|M10
# Moves the term over without changing its sign.
def implicit_slope(F, Fx, Fy, x, y):
    a = Fx(x, y)
    b = Fy(x, y)
    # a + b*dydx = 0
    dydx = a / b
    return dydx

# %% sign_lost_twice  M52|M10
# Two minuses that cancel.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y)/-Fy(x, y)

# %% absolute_value  M52|M10
# The minus in front of an abs of the numerator.
def implicit_slope(F, Fx, Fy, x, y):
    return -abs(Fx(x, y))/Fy(x, y)

# %% upside_down  M52
# -Fy/Fx.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fy(x, y)/Fx(x, y)

# %% upside_down_numpy  M52
# np.divide with its arguments exchanged.
def implicit_slope(F, Fx, Fy, x, y):
    p, q = Fx(x, y), Fy(x, y)
    return np.negative(np.divide(q, p))

# %% gradient_direction  M52
# Fy/Fx, the slope of the gradient.
def implicit_slope(F, Fx, Fy, x, y):
    run, rise = Fx(x, y), Fy(x, y)
    return rise/run

# %% product  M52
# -Fx Fy.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y)*Fy(x, y)

# %% product_without_sign  M52
# Fx Fy, as along a road.
def implicit_slope(F, Fx, Fy, x, y):
    dF_dx = Fx(x, y)
    dF_dy = Fy(x, y)
    return dF_dx * dF_dy

# %% difference  M52|M18
# -Fx - Fy: subtracts instead of dividing.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y) - Fy(x, y)

# %% numerator_only  M52|M20
# -Fx: never divides.
def implicit_slope(F, Fx, Fy, x, y):
    slope = -Fx(x, y)
    return slope

# %% partial_only  M13|M52
# Fx with y held still.
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(x, y)

# %% value_for_fx  M44
# -F/Fy, a Newton step.
def implicit_slope(F, Fx, Fy, x, y):
    return -F(x, y)/Fy(x, y)

# %% value_for_fy  M44
# -Fx/F.
def implicit_slope(F, Fx, Fy, x, y):
    z = F(x, y)
    return -Fx(x, y) / z

# %% point_exchanged  M50|M07
# Both slopes at (y, x).
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(y, x)/Fy(y, x)

# %% point_exchanged_below  M50|M07
# Fy at (y, x).
def implicit_slope(F, Fx, Fy, x, y):
    num = Fx(x, y)
    den = Fy(y, x)
    return -num/den

# %% both_at_x_x  M07
# Fx(x, x), Fy(x, x).
def implicit_slope(F, Fx, Fy, x, y):
    p = (x, x)
    return -Fx(*p) / Fy(*p)

# %% other_variable_zero  M07
# The other variable set to 0, as if held there.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, 0)/Fy(x, y)

# %% floor_division  M46
# //.
def implicit_slope(F, Fx, Fy, x, y):
    return -Fx(x, y)//Fy(x, y)

# %% doubled  M11
# A 2 in front, from the circle's example.
def implicit_slope(F, Fx, Fy, x, y):
    return -2*Fx(x, y)/Fy(x, y)

# %% sign_lost_at_exchanged_point  M52+M50|M52+M07|M10+M50|M10+M07
# Fx(y, x)/Fy(y, x).
def implicit_slope(F, Fx, Fy, x, y):
    return Fx(y, x)/Fy(y, x)

# %% upside_down_at_exchanged_point  M52+M50|M52+M07
# -Fy(y, x)/Fx(y, x).
def implicit_slope(F, Fx, Fy, x, y):
    a, b = Fx(y, x), Fy(y, x)
    return -b / a

# %% sign_lost_and_value  M52+M44|M10+M44
# F/Fy.
def implicit_slope(F, Fx, Fy, x, y):
    return F(x, y)/Fy(x, y)

# %% ray_from_origin  unnameable
# y/x minus the ratio.
def implicit_slope(F, Fx, Fy, x, y):
    return y/x - Fx(x, y)/Fy(x, y)

# %% angle  unnameable
# The angle of the line instead of its slope.
def implicit_slope(F, Fx, Fy, x, y):
    return math.atan2(-Fx(x, y), Fy(x, y))
