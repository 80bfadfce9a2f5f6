"""a5.relu_backward: A = max(Z, 0), G = dL/dA; the value at 0 is not judged; the answer is dZ."""

# %% plain  right
# A mask of the pre-activation.
def relu_backward(G, Z):
    return G * (Z > 0)

# %% where  right
# np.where.
def relu_backward(G, Z):
    return np.where(np.asarray(Z) > 0, G, 0.0)

# %% mask_on_a_copy  right  held-out
# Sets entries of a copy to zero.
def relu_backward(G, Z):
    dZ = np.array(G, dtype=float)
    dZ[Z <= 0] = 0
    return dZ

# %% loops  right
# An if inside two loops, lists out.
def relu_backward(G, Z):
    dZ = []
    for g_row, z_row in zip(G, Z):
        row = []
        for g, z in zip(g_row, z_row):
            if z > 0:
                row.append(g)
            else:
                row.append(0.0)
        dZ.append(row)
    return dZ

# %% gate_of_the_activation  right
# a > 0 says the same as z > 0.
def relu_backward(G, Z):
    A = np.maximum(Z, 0)
    gate = np.zeros_like(A, dtype=float)
    gate[A > 0] = 1.0
    return gate * G

# %% heaviside  right  held-out
# A step function.
def relu_backward(G, Z):
    return np.heaviside(Z, 1.0) * G

# %% float32  right
# Single precision.
def relu_backward(G, Z):
    return np.asarray(G, np.float32) * (np.asarray(Z) > 0).astype(np.float32)

# %% half_of_sign  right
# (1 + sign z) / 2.
def relu_backward(G, Z):
    return G * (1 + np.sign(Z)) / 2

# %% gate_of_the_gradient  M32
# G > 0.
def relu_backward(G, Z):
    return G * (G > 0)

# %% relu_of_the_gradient  M32
# max(G, 0).
def relu_backward(G, Z):
    return np.maximum(G, 0)

# %% both_gates  M32  held-out
# z > 0 and g > 0.
def relu_backward(G, Z):
    return np.where((Z > 0) & (G > 0), G, 0)

# %% inverted  M32
# z < 0.
def relu_backward(G, Z):
    return G * (Z < 0)

# %% inverted_where  M32  held-out
# The branches of where exchanged.
def relu_backward(G, Z):
    return np.where(Z > 0, 0, G)

# %% leaky  M32
# A hundredth passes below zero.
def relu_backward(G, Z):
    return np.where(Z > 0, G, 0.01 * G)

# %% sign  M32
# sign z.
def relu_backward(G, Z):
    return G * np.sign(Z)

# %% gate_of_absolute_value  M32|M09  held-out
# |z| > 0 is always open.
def relu_backward(G, Z):
    return np.where(np.abs(Z) > 0, G, 0)

# %% gate_at_one  M32  held-out
# z > 1.
def relu_backward(G, Z):
    gate = (Z > 1).astype(float)
    return gate * G

# %% no_gate  M09
# G as it came.
def relu_backward(G, Z):
    return G.copy()

# %% upstream_missing  M20
# The gate alone.
def relu_backward(G, Z):
    return (Z > 0).astype(float)

# %% upstream_missing_where  M20  held-out
# Ones and zeros.
def relu_backward(G, Z):
    return np.where(Z > 0, 1.0, 0.0)

# %% activation_as_slope  M44|M08
# G max(z, 0).
def relu_backward(G, Z):
    return G * np.maximum(Z, 0)

# %% pre_activation_as_slope  M44|M08
# G z.
def relu_backward(G, Z):
    return G * Z

# %% negated  M10
# A minus.
def relu_backward(G, Z):
    return -np.where(Z > 0, G, 0)

# %% averaged  M06
# Divided by the number of examples.
def relu_backward(G, Z):
    return G * (Z > 0) / Z.shape[0]

# %% averaged_over_entries  M06  held-out
# Divided by the number of entries.
def relu_backward(G, Z):
    dZ = G.copy()
    dZ[Z < 0] = 0
    return dZ / dZ.size

# %% doubled  M11
# A stray 2.
def relu_backward(G, Z):
    return 2.0 * G * (Z > 0)

# %% integer_box  M46
# Zeros of whole numbers.
def relu_backward(G, Z):
    dZ = np.zeros(G.shape, dtype=int)
    dZ[Z > 0] = G[Z > 0]
    return dZ

# %% mask_on_the_callers_g  M24
# The zeros go into G itself.
def relu_backward(G, Z):
    G[Z <= 0] = 0
    return G

# %% alias_of_g  M24  held-out
# dZ = G is not a copy.
def relu_backward(G, Z):
    dZ = G
    dZ[Z <= 0] = 0.0
    return dZ

# %% relu_written_over_z  M24  held-out
# The forward pass again, in place.
def relu_backward(G, Z):
    np.maximum(Z, 0, out=Z)
    return G * (Z > 0)

# %% last_row_only  M47
# dZ is made anew in each turn.
def relu_backward(G, Z):
    for n in range(len(Z)):
        dZ = np.zeros(Z.shape)
        dZ[n] = G[n] * (Z[n] > 0)
    return dZ

# %% one_gate_for_a_row  M32|M12
# A whole row passes if its sum is positive.
def relu_backward(G, Z):
    gate = Z.sum(axis=1, keepdims=True) > 0
    return G * gate

# %% inverted_and_minus  M32+M10
# -G where z < 0.
def relu_backward(G, Z):
    return np.where(Z < 0, -G, 0)

# %% inverted_and_no_upstream  M32+M20  held-out
# z < 0, without G.
def relu_backward(G, Z):
    return (Z < 0) * 1.0

# %% activation_returned  unnameable
# A itself.
def relu_backward(G, Z):
    return np.maximum(Z, 0)

# %% if_on_an_array  unnameable
# The truth value of an array: an exception.
def relu_backward(G, Z):
    if Z > 0:
        return G
    return 0
