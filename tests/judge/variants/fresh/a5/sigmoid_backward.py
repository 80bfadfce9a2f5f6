"""a5.sigmoid_backward: a student a cell; see the README one folder up."""

# %% tanh_of_half  right
# The slope by way of tanh(z/2).
def sigmoid_backward(G, Z):
    t = np.tanh(Z/2)
    return G*(1 - t*t)/4

# %% exponentials_only  right
# The quotient rule, with no sigmoid in sight.
def sigmoid_backward(G, Z):
    e = np.exp(-Z)
    return np.divide(e*G, np.square(1 + e))

# %% z_one_minus_z  M08
# Puts Z into a(1 - a).
def sigmoid_backward(G, Z):
    return G*Z*(1-Z)

# %% no_upstream  M20
# The local slope alone.
def sigmoid_backward(G, Z):
    sig = 1/(1+np.exp(-Z))
    dZ = sig*(1-sig)
    return dZ

# %% value_for_slope  M44
# Multiplies by the sigmoid itself.
def sigmoid_backward(G, Z):
    def sigmoid(t):
        return 1/(1 + np.exp(-t))
    return G*sigmoid(Z)

# %% sigmoid_twice  M08
# Applies the sigmoid to the activation again before taking the slope.
def sigmoid_backward(G, Z):
    sigmoid = lambda t: 1/(1 + np.exp(-t))
    slope = lambda t: sigmoid(t)*(1 - sigmoid(t))
    A = sigmoid(Z)
    return G*slope(A)

# %% turned_bracket  M10
# Writes a(a - 1).
def sigmoid_backward(G, Z):
    A = np.power(1 + np.exp(-Z), -1)
    return np.multiply(G, A*(A - 1))
