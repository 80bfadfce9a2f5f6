"""a6.dropout_backward: a student a cell; see the README one folder up."""

# %% only_the_kept  right
# Computes the kept entries and leaves the others at zero.
def dropout_backward(G, Z, mask, keep):
    out = np.zeros_like(Z)
    on = mask == 1
    out[on] = G[on]/(keep*np.cosh(Z[on])**2)
    return out

# %% complex_step_by_hand  right
# A tiny imaginary step of all entries at once.
def dropout_backward(G, Z, mask, keep):
    return G*np.imag(np.tanh(Z + 1e-30j)*mask/keep)/1e-30

# %% no_keep  M39
# Masks, and forgets the scale.
def dropout_backward(G, Z, mask, keep):
    t = np.tanh(Z)
    return G*mask*(1 - t**2)

# %% no_mask  M39
# Scales, and forgets the mask.
def dropout_backward(G, Z, mask, keep):
    slope = 1 - np.tanh(Z)**2
    dZ = G/keep*slope
    return dZ

# %% no_slope  M09
# Hands the gradient through the tanh as it is.
def dropout_backward(G, Z, mask, keep):
    scaled = mask/keep
    return np.multiply(G, scaled)

# %% slope_of_dropped_a  M08|M39
# Takes the slope at the activation after mask and scale.
def dropout_backward(G, Z, mask, keep):
    A = np.tanh(Z)*mask/keep
    return (1 - A**2)*G*mask/keep

# %% times_keep_and_z  M39+M08
# Multiplies by keep, and puts Z into the slope formula.
def dropout_backward(G, Z, mask, keep):
    return G*mask*keep*(1 - Z**2)
