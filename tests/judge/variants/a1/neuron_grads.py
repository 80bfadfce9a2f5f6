"""a1.neuron_grads: L = (sigmoid(w x + b) - y)^2, scalars; the answer is (dL_dw, dL_db)."""

# %% plain  right
# Step by step.
def neuron_grads(w, b, x, y):
    z = w*x + b
    a = 1/(1 + np.exp(-z))
    dL_da = 2*(a - y)
    da_dz = a*(1 - a)
    dL_dw = dL_da*da_dz*x
    dL_db = dL_da*da_dz
    return dL_dw, dL_db

# %% helper  right
# sigmoid and its slope as helpers.
def sigmoid(z):
    return 1/(1 + math.exp(-z))

def d_sigmoid(z):
    return sigmoid(z)*(1 - sigmoid(z))

def neuron_grads(w, b, x, y):
    delta = 2*(sigmoid(w*x + b) - y)*d_sigmoid(w*x + b)
    return delta*x, delta

# %% list_out  right  held-out
# A list, and the slope as exp(-z)/(1 + exp(-z))^2.
def neuron_grads(w, b, x, y):
    e = math.exp(-(w*x + b))
    a = 1/(1 + e)
    delta = 2*(a - y)*e/(1 + e)**2
    return [delta*x, delta]

# %% array_out  right
# An array: delta times (x, 1).
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(np.array([w, b]) @ np.array([x, 1.0]))))
    return 2*(a - y)*a*(1 - a)*np.array([x, 1.0])

# %% float32  right
# Single precision.
def neuron_grads(w, b, x, y):
    w, b, x, y = (np.float32(v) for v in (w, b, x, y))
    a = np.float32(1)/(np.float32(1) + np.exp(-(w*x + b)))
    d = np.float32(2)*(a - y)*a*(np.float32(1) - a)
    return d*x, d

# %% bars  right  held-out
# A backward sweep with +=.
def neuron_grads(w, b, x, y):
    z = w*x + b
    a = 1/(1 + math.exp(-z))
    bar = dict.fromkeys("wba", 0.0)
    bar["a"] += (a - y)
    bar["a"] += (a - y)
    z_bar = bar["a"]*(a - a*a)
    bar["w"] += z_bar*x
    bar["b"] += z_bar
    return bar["w"], bar["b"]

# %% tanh_form  right
# sigmoid by tanh.
def neuron_grads(w, b, x, y):
    s = math.tanh((w*x + b)/2)
    a = (1 + s)/2
    d = (a - y)*(1 - s*s)/2
    return d*x, d

# %% complex_step  right
# Complex steps.
def neuron_grads(w, b, x, y):
    L = lambda w, b: (1/(1 + np.exp(-(w*x + b))) - y)**2
    h = 1e-25
    return L(w + h*1j, b).imag/h, L(w, b + h*1j).imag/h

# %% expanded_square  right  held-out
# L = a^2 - 2 a y + y^2.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-w*x - b))
    d = (2*a - 2*y)*a*(1 - a)
    grads = []
    for slope in (x, 1):
        grads.append(d*slope)
    return tuple(grads)

# %% slope_missing  M09
# Without a (1 - a).
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(a - y)
    return delta*x, delta

# %% slope_missing_in_b  M09  held-out
# Without a (1 - a) in one of the two.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    return 2*(a - y)*a*(1 - a)*x, 2*(a - y)

# %% two_missing  M11
# Without the 2 of the square.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = (a - y)*a*(1 - a)
    return delta*x, delta

# %% x_missing  M01
# dL_dw without the input.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = 2*(a - y)*a*(1 - a)
    return delta, delta

# %% y_minus_a  M10
# y - a.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(y - a)*a*(1 - a)
    return delta*x, delta

# %% sign_in_w  M10  held-out
# A minus in dL_dw.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(a - y)*a*(1 - a)
    return -delta*x, delta

# %% slope_of_activation  M08
# The slope function is fed a instead of z.
def s(z):
    return 1/(1 + math.exp(-z))

def ds(z):
    return s(z)*(1 - s(z))

def neuron_grads(w, b, x, y):
    a = s(w*x + b)
    delta = 2*(a - y)*ds(a)
    return delta*x, delta

# %% z_for_a  M08
# z (1 - z).
def neuron_grads(w, b, x, y):
    z = w*x + b
    a = 1/(1 + np.exp(-z))
    delta = 2*(a - y)*z*(1 - z)
    return delta*x, delta

# %% upstream_missing  M20
# Without 2 (a - y).
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    d = a*(1 - a)
    return d*x, d

# %% slope_twice  M31
# a (1 - a) comes twice.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    slope = a*(1 - a)
    delta = 2*(a - y)*slope
    return delta*slope*x, delta*slope

# %% outputs_exchanged  M50
# (dL_db, dL_dw).
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(a - y)*a*(1 - a)
    return delta, delta*x

# %% w_for_x  M25
# The slope of w x towards w is taken to be w.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = 2*(a - y)*a*(1 - a)
    return delta*w, delta

# %% half_of_the_slope  M44
# 1 - a for a (1 - a).
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(a - y)*(1 - a)
    return delta*x, delta

# %% slope_of_tanh  M44  held-out
# 1 - a^2: the slope of another activation.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(a - y)*(1 - a**2)
    return delta*x, delta

# %% activation_for_slope  M44
# a for its slope.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = 2*(a - y)*a
    return delta*x, delta

# %% label_in_the_slope  M40|M08
# y (1 - y).
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = 2*(a - y)*y*(1 - y)
    return delta*x, delta

# %% bias_times_x  M40|M31|M44
# The input also multiplies dL_db.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    g = 2*(a - y)*a*(1 - a)*x
    return g, g

# %% cross_entropy  M33|M09+M11
# a - y: the start of another loss.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    delta = a - y
    return delta*x, delta

# %% factors_added  M18  held-out
# + for * along the chain.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = 2*(a - y) + a*(1 - a)
    return delta + x, delta

# %% doubled  M11
# 4 for 2.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = 4*(a - y)*a*(1 - a)
    return delta*x, delta

# %% integer_box  M46  held-out
# An integer array.
def neuron_grads(w, b, x, y):
    a = 1/(1 + np.exp(-(w*x + b)))
    out = np.array([0, 0])
    out[:] = 2*(a - y)*a*(1 - a)*np.array([x, 1])
    return out

# %% no_two_and_sign  M11+M10
# y - a, without the 2.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = (y - a)*a*(1 - a)
    return delta*x, delta

# %% no_x_and_no_two  M01+M11
# Neither x nor 2.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = (a - y)*a*(1 - a)
    return delta, delta

# %% no_slope_and_sign  M09+M10  held-out
# y - a, without a (1 - a).
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    delta = 2*(y - a)
    return delta*x, delta

# %% one_number  unnameable
# dL_dw alone.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    return 2*(a - y)*a*(1 - a)*x

# %% loss  unnameable
# The loss and the activation.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-(w*x + b)))
    return (a - y)**2, a

# %% undefined  unnameable
# A helper that was never written.
def neuron_grads(w, b, x, y):
    a = sigma(w*x + b)
    d = 2*(a - y)*a*(1 - a)
    return d*x, d

# %% bias_forgotten  unnameable  held-out
# z = w x.
def neuron_grads(w, b, x, y):
    a = 1/(1 + math.exp(-w*x))
    d = 2*(a - y)*a*(1 - a)
    return d*x, d
