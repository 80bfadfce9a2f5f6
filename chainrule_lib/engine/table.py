"""The table: every scalar and elementwise primitive, its value beside its local partials.

Each row reads: name, z = f(x, y), (dz/dx, dz/dy). A rule takes m (the namespace it is read in), z (the
value, often the cheapest way to write a slope), then the arguments. `m.divide` stands where a slope may be
infinite; None stands where the slope is zero wherever it exists. At a kink: relu'(0) = 0, abs'(0) = 0, and
a tie of two maxima is shared evenly.
"""

from math import log as _ln, pi as _pi

from .primitive import Primitive, primitive
from .real import share  # noqa: F401  (a rule may ask for it in any namespace, and this module is one)

# arithmetic
add = primitive("add", lambda m, x, y: x + y, partials=(lambda m, z, x, y: 1.0, lambda m, z, x, y: 1.0))
sub = primitive("sub", lambda m, x, y: x - y, partials=(lambda m, z, x, y: 1.0, lambda m, z, x, y: -1.0))
mul = primitive("mul", lambda m, x, y: x * y, partials=(lambda m, z, x, y: y, lambda m, z, x, y: x))
div = divide = primitive(
    "div",
    lambda m, x, y: m.divide(x, y),
    partials=(lambda m, z, x, y: m.divide(1.0, y), lambda m, z, x, y: -m.divide(z, y)),
)
pow = primitive(
    "pow",
    lambda m, x, y: m.pow(x, y),
    partials=(
        lambda m, z, x, y: y * m.pow(x, m.where(y == 0, 1.0, y - 1)),
        lambda m, z, x, y: z * m.log(m.where(x == 0, 1.0, x)),
    ),
)
mod = primitive(
    "mod",
    lambda m, x, y: m.mod(x, y),
    partials=(lambda m, z, x, y: 1.0, lambda m, z, x, y: -m.floor(m.divide(x, y))),
)
neg = primitive("neg", lambda m, x: -x, partials=(lambda m, z, x: -1.0,))
identity = primitive("identity", lambda m, x: x, partials=(lambda m, z, x: 1.0,))
square = primitive("square", lambda m, x: x * x, partials=(lambda m, z, x: 2.0 * x,))
reciprocal = primitive("reciprocal", lambda m, x: m.divide(1.0, x), partials=(lambda m, z, x: -z * z,))

# powers, exponentials, logarithms
sqrt = primitive("sqrt", lambda m, x: m.sqrt(x), partials=(lambda m, z, x: m.divide(0.5, z),))
cbrt = primitive("cbrt", lambda m, x: m.cbrt(x), partials=(lambda m, z, x: m.divide(1.0, 3.0 * z * z),))
exp = primitive("exp", lambda m, x: m.exp(x), partials=(lambda m, z, x: z,))
exp2 = primitive("exp2", lambda m, x: m.exp2(x), partials=(lambda m, z, x: z * _ln(2.0),))
expm1 = primitive("expm1", lambda m, x: m.expm1(x), partials=(lambda m, z, x: z + 1.0,))
log = primitive("log", lambda m, x: m.log(x), partials=(lambda m, z, x: m.divide(1.0, x),))
log2 = primitive("log2", lambda m, x: m.log2(x), partials=(lambda m, z, x: m.divide(1.0 / _ln(2.0), x),))
log10 = primitive("log10", lambda m, x: m.log10(x), partials=(lambda m, z, x: m.divide(1.0 / _ln(10.0), x),))
log1p = primitive("log1p", lambda m, x: m.log1p(x), partials=(lambda m, z, x: m.divide(1.0, 1.0 + x),))

# angles
sin = primitive("sin", lambda m, x: m.sin(x), partials=(lambda m, z, x: m.cos(x),))
cos = primitive("cos", lambda m, x: m.cos(x), partials=(lambda m, z, x: -m.sin(x),))
tan = primitive("tan", lambda m, x: m.tan(x), partials=(lambda m, z, x: 1.0 + z * z,))
arcsin = primitive(
    "arcsin", lambda m, x: m.arcsin(x), partials=(lambda m, z, x: m.divide(1.0, m.sqrt(1.0 - x * x)),)
)
arccos = primitive(
    "arccos", lambda m, x: m.arccos(x), partials=(lambda m, z, x: m.divide(-1.0, m.sqrt(1.0 - x * x)),)
)
arctan = primitive("arctan", lambda m, x: m.arctan(x), partials=(lambda m, z, x: 1.0 / (1.0 + x * x),))
arctan2 = primitive(
    "arctan2",
    lambda m, y, x: m.arctan2(y, x),
    partials=(lambda m, z, y, x: m.divide(x, x * x + y * y), lambda m, z, y, x: m.divide(-y, x * x + y * y)),
)
deg2rad = primitive("deg2rad", lambda m, x: m.deg2rad(x), partials=(lambda m, z, x: _pi / 180.0,))
rad2deg = primitive("rad2deg", lambda m, x: m.rad2deg(x), partials=(lambda m, z, x: 180.0 / _pi,))

# hyperbolic
sinh = primitive("sinh", lambda m, x: m.sinh(x), partials=(lambda m, z, x: m.cosh(x),))
cosh = primitive("cosh", lambda m, x: m.cosh(x), partials=(lambda m, z, x: m.sinh(x),))
tanh = primitive("tanh", lambda m, x: m.tanh(x), partials=(lambda m, z, x: 1.0 - z * z,))
arcsinh = primitive(
    "arcsinh", lambda m, x: m.arcsinh(x), partials=(lambda m, z, x: 1.0 / m.sqrt(x * x + 1.0),)
)
arccosh = primitive(
    "arccosh", lambda m, x: m.arccosh(x), partials=(lambda m, z, x: m.divide(1.0, m.sqrt(x * x - 1.0)),)
)
arctanh = primitive(
    "arctanh", lambda m, x: m.arctanh(x), partials=(lambda m, z, x: m.divide(1.0, 1.0 - x * x),)
)

# smooth steps, stable at any size of x
sigmoid = primitive("sigmoid", lambda m, x: m.sigmoid(x), partials=(lambda m, z, x: z * (1.0 - z),))
softplus = primitive("softplus", lambda m, x: m.softplus(x), partials=(lambda m, z, x: m.sigmoid(x),))
logaddexp = primitive(
    "logaddexp",
    lambda m, x, y: m.logaddexp(x, y),
    partials=(lambda m, z, x, y: m.sigmoid(x - y), lambda m, z, x, y: m.sigmoid(y - x)),
)

# kinks and choices
relu = primitive("relu", lambda m, x: m.maximum(x, 0.0), partials=(lambda m, z, x: x > 0,))
absolute = primitive("abs", lambda m, x: m.absolute(x), partials=(lambda m, z, x: m.sign(x),))
maximum = primitive(
    "maximum",
    lambda m, x, y: m.maximum(x, y),
    partials=(lambda m, z, x, y: m.share(x > y, x == y), lambda m, z, x, y: m.share(y > x, x == y)),
)
minimum = primitive(
    "minimum",
    lambda m, x, y: m.minimum(x, y),
    partials=(lambda m, z, x, y: m.share(x < y, x == y), lambda m, z, x, y: m.share(y < x, x == y)),
)
hypot = primitive(
    "hypot",
    lambda m, x, y: m.hypot(x, y),
    partials=(lambda m, z, x, y: x / m.where(z == 0, 1.0, z), lambda m, z, x, y: y / m.where(z == 0, 1.0, z)),
)
where = primitive(
    "where",
    lambda m, c, x, y: m.where(c, x, y),
    partials=(
        None,
        lambda m, z, c, x, y: m.where(c, True, False),
        lambda m, z, c, x, y: m.where(c, False, True),
    ),
)

# steps: flat wherever they have a slope
sign = primitive("sign", lambda m, x: m.sign(x), partials=(None,))
floor = primitive("floor", lambda m, x: m.floor(x), partials=(None,))
ceil = primitive("ceil", lambda m, x: m.ceil(x), partials=(None,))
trunc = primitive("trunc", lambda m, x: m.trunc(x), partials=(None,))
rint = primitive("rint", lambda m, x: m.rint(x), partials=(None,))

TABLE: dict[str, Primitive] = {
    row.name: row for row in list(globals().values()) if isinstance(row, Primitive)
}
