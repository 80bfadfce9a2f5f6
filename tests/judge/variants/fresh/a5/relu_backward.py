"""a5.relu_backward: a student a cell; see the README one folder up."""

# %% heaviside  right
# NumPy's own step function.
def relu_backward(G, Z):
    return np.heaviside(Z, 0.0)*G

# %% copy_and_blank  right
# Copies G and blanks the sleeping entries.
def relu_backward(G, Z):
    out = G.copy()
    out[~(Z > 0)] = 0
    return out

# %% gate_of_g  M32
# The gate looks at the gradient.
def relu_backward(G, Z):
    return np.where(G > 0, G, 0)

# %% relu_for_slope  M44|M32
# Multiplies by the activation where its slope belongs.
def relu_backward(G, Z):
    return G*np.maximum(0, Z)

# %% no_upstream  M20
# Zeros and ones only.
def relu_backward(G, Z):
    dZ = np.zeros_like(Z)
    dZ[Z > 0] = 1.0
    return dZ

# %% blanks_in_place  M24
# Blanks the entries in the caller's G.
def relu_backward(G, Z):
    G[Z <= 0] = 0
    return G

# %% passes_through  M09|M32
# Hands the gradient on as it is.
def relu_backward(G, Z):
    A = np.maximum(Z, 0)
    dZ = G + 0*A
    return dZ
