"""a1.neuron_grads: L = (sigmoid(w x + b) - y)^2; the pair (dL_dw, dL_db)."""

# %% tanh_form  right
# sigmoid by tanh, its slope by sech^2.
def neuron_grads(w, b, x, y):
    half = (w * x + b) / 2
    a = (1 + math.tanh(half)) / 2
    slope = 1 / (4 * math.cosh(half) ** 2)
    delta = 2 * (a - y) * slope
    return delta * x, delta

# %% homogeneous_weights  right
# (w, b) dotted with (x, 1), gradient as an array.
def neuron_grads(w, b, x, y):
    theta, feat = np.array([w, b]), np.array([x, 1.0])
    a = 1/(1 + np.exp(-theta @ feat))
    return 2*(a - y)*a*(1 - a)*feat

# %% reduce_over_chain  right
# A list of slopes and functools.reduce.
from functools import reduce

def neuron_grads(w, b, x, y):
    a = 1 / (1 + math.exp(-(w * x + b)))
    shared = reduce(lambda p, q: p * q, (2 * (a - y), a, 1 - a))
    return tuple(shared * s for s in (x, 1))

# %% taped_closures  right
# Closures that pass the cotangent backwards.
def neuron_grads(w, b, x, y):
    grads = {}
    def linear():
        def back(bar):
            grads["w"] = bar * x
            grads["b"] = bar
        return w * x + b, back
    def sigma(z):
        a = 1 / (1 + math.exp(-z))
        return a, lambda bar: bar * a * (1 - a)
    z, back_z = linear()
    a, back_a = sigma(z)
    back_z(back_a(2 * (a - y)))
    return grads["w"], grads["b"]

# %% class_neuron  right
# A class with __call__ and backward.
class Neuron:
    def __init__(self, w, b):
        self.w, self.b = w, b
    def __call__(self, x):
        self.x = x
        self.e = math.exp(-(self.w*x + self.b))
        return 1/(1 + self.e)
    def backward(self, g):
        dz = g*self.e/(1 + self.e)**2
        return dz*self.x, dz

def neuron_grads(w, b, x, y):
    n = Neuron(w, b)
    a = n(x)
    return n.backward(2*a - 2*y)

# %% complex_end_real  right
# Complex arithmetic whose imaginary part stays zero.
import cmath

def neuron_grads(w, b, x, y):
    z = complex(w * x + b, 0)
    a = 1 / (1 + cmath.exp(-z))
    delta = (2 * (a - y) * (a - a ** 2)).real
    return [delta * x, delta]

# %% walrus_pair  right
# The pair in one line with walruses, a polynomial in a.
def neuron_grads(w, b, x, y):
    return (x * (d := np.polyval([-2, 2 + 2*y, -2*y, 0], a := 1/(1 + np.exp(-w*x - b)))), d)

# %% two_forgotten  M11|M44
# d(a - y)^2 = a - y.
def neuron_grads(w, b, x, y):
    z = w*x + b
    a = 1/(1 + math.exp(-z))
    dz = (a - y)*a*(1 - a)
    return dz*x, dz

# %% two_forgotten_numpy  M11|M44
# The same in another style.
def neuron_grads(w, b, x, y):
    sig = lambda s: 1 / (1 + np.exp(-s))
    p = sig(np.dot(w, x) + b)
    err = p - y
    g = err * p * (1 - p)
    return (g * x, g * 1)

# %% sigma_slope_forgotten  M09
# 2(a - y) goes past the sigmoid.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    dL_da = 2*(a - y)
    return dL_da*x, dL_da

# %% sigma_slope_only_in_w  M09
# The bias gradient lacks a(1 - a).
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    dw = 2*(a - y)*a*(1 - a)*x
    db = 2*(a - y)
    return dw, db

# %% target_minus_answer  M10
# y - a.
def neuron_grads(w, b, x, y):
    z = w * x + b
    a = 1 / (1 + np.exp(-z))
    e = y - a
    d = 2 * e * a * (1 - a)
    return d * x, d

# %% minus_in_bias  M10
# A minus on the bias gradient.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    d = 2*(a - y)*a*(1 - a)
    return d*x, -d

# %% slope_of_z  M08
# z(1 - z).
def neuron_grads(w, b, x, y):
    z = w*x + b
    a = 1/(1 + math.exp(-z))
    d = 2*(a - y)*z*(1 - z)
    return d*x, d

# %% sigma_twice  M08
# sigmoid'(a): the sigmoid of a sigmoid.
def neuron_grads(w, b, x, y):
    def sigmoid(z):
        return 1 / (1 + math.exp(-z))
    def dsigmoid(z):
        return sigmoid(z) * (1 - sigmoid(z))
    a = sigmoid(w * x + b)
    delta = 2 * (a - y) * dsigmoid(a)
    return delta * x, delta

# %% x_forgotten  M01
# dL_dw without x.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    d = 2*(a - y)*a*(1 - a)
    return d, d

# %% w_for_x  M25
# d(wx)/dw = w.
def neuron_grads(w, b, x, y):
    a = 1 / (1 + math.exp(-(w * x + b)))
    dL_da = 2 * (a - y)
    da_dz = a * (1 - a)
    dz_dw = w
    dz_db = 1
    return dL_da * da_dz * dz_dw, dL_da * da_dz * dz_db

# %% bias_times_b  M25|M44
# dz/db = b.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    d = 2*(a - y)*a*(1 - a)
    return d*x, d*b

# %% swapped  M50
# (dL_db, dL_dw).
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    db = 2*(a - y)*a*(1 - a)
    dw = db*x
    return db, dw

# %% slope_only  M20
# The loss's slope is left out.
def neuron_grads(w, b, x, y):
    a = 1 / (1 + math.exp(-(w * x + b)))
    return a * (1 - a) * x, a * (1 - a)

# %% tanh_slope  M44
# 1 - a^2.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    d = 2*(a - y)*(1 - a**2)
    return d*x, d

# %% one_minus_a  M44
# The sigmoid's slope as 1 - a.
def neuron_grads(w, b, x, y):
    a = 1 / (1 + np.exp(-(w * x + b)))
    chain = [2 * (a - y), 1 - a]
    d = np.prod(chain)
    return d * x, d

# %% one_plus_a  M44|M10
# a(1 + a).
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    d = 2*(a - y)*a*(1 + a)
    return d*x, d

# %% loss_for_its_slope  M44
# (a - y)^2 in place of 2(a - y).
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    L = (a - y)**2
    d = L*a*(1 - a)
    return d*x, d

# %% slope_squared  M31
# a(1 - a) twice.
def neuron_grads(w, b, x, y):
    a = 1 / (1 + math.exp(-(w * x + b)))
    s = a * (1 - a)
    delta = 2 * (a - y) * s
    return delta * s * x, delta * s

# %% cross_entropy  M33
# a - y, the gradient of the logistic loss.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    d = a - y                  # sigmoid cancels with the log
    return d*x, d

# %% no_two_and_sign  M11+M10
# (y - a) a (1 - a).
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    d = (y - a)*a*(1 - a)
    return x*d, d

# %% no_two_and_slope_of_z  M11+M08
# (a - y) z (1 - z).
def neuron_grads(w, b, x, y):
    z = w*x + b
    a = 1/(1 + np.exp(-z))
    g = (a - y)*z*(1 - z)
    return g*x, g

# %% swapped_and_no_slope  M50+M09
# Outputs exchanged, no a(1 - a).
def neuron_grads(w, b, x, y):
    a = 1 / (1 + math.exp(-(w * x + b)))
    e = 2 * (a - y)
    return e, e * x

# %% bias_outside  unnameable
# The bias is added after the sigmoid.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-w*x)) + b
    d = 2*(a - y)
    s = 1/(1 + math.exp(-w*x))
    return d*s*(1 - s)*x, d

# %% plus_in_exponent  unnameable
# A sigmoid with base 2.
def neuron_grads(w, b, x, y):
    a = 1 / (1 + 2 ** (-(w * x + b)))
    d = 2 * (a - y) * a * (1 - a)
    return d * x, d
