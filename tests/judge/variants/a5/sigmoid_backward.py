"""a5.sigmoid_backward: A = sigmoid(Z), G = dL/dA; Z is the pre-activation; the answer is dZ."""

# %% plain  right
# G a (1 - a).
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * A * (1 - A)

# %% exponentials  right
# e^-z / (1 + e^-z)^2.
def sigmoid_backward(G, Z):
    e = np.exp(-np.asarray(Z, dtype=float))
    return G * e / (1 + e)**2

# %% by_tanh  right  held-out
# sigmoid(z) = (1 + tanh(z/2)) / 2.
def sigmoid_backward(G, Z):
    t = np.tanh(Z / 2)
    return G * (1 - t * t) / 4

# %% loops  right
# Entry by entry, with a helper.
def sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))

def sigmoid_backward(G, Z):
    dZ = np.zeros(np.shape(Z))
    for i in range(len(Z)):
        for j in range(len(Z[i])):
            s = sigmoid(Z[i][j])
            dZ[i, j] = G[i][j] * s * (1 - s)
    return dZ

# %% other_sign_of_z  right
# sigmoid(-z) is 1 - sigmoid(z), and the slope is the same.
def sigmoid_backward(G, Z):
    q = 1.0 / (1.0 + np.exp(Z))
    slope = q - q**2
    return np.multiply(slope, G)

# %% float32  right  held-out
# Single precision.
def sigmoid_backward(G, Z):
    a = 1 / (1 + np.exp(-Z.astype(np.float32)))
    return G.astype(np.float32) * a * (1 - a)

# %% in_place_on_its_own  right
# Works in one array of its own.
def sigmoid_backward(G, Z):
    out = np.negative(Z, dtype=float)
    np.exp(out, out=out)
    out += 1
    np.reciprocal(out, out=out)
    out -= out**2
    out *= G
    return out

# %% hyperbolic  right
# 1 / (4 cosh^2(z/2)), rows as lists.
def sigmoid_backward(G, Z):
    return [list(g / (4*np.cosh(z/2)**2)) for g, z in zip(G, Z)]

# %% slope_of_z  M08
# z (1 - z): the formula for a, fed with z.
def sigmoid_backward(G, Z):
    return G * Z * (1 - Z)

# %% sigmoid_twice  M08
# The slope at the activation.
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def sigmoid_backward(G, Z):
    A = sigmoid(Z)
    return G * sigmoid(A) * (1 - sigmoid(A))

# %% helper_fed_with_a  M08  held-out
# The helper applies the sigmoid itself.
def slope(z):
    s = 1 / (1 + np.exp(-z))
    return s - s*s

def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return slope(A) * G

# %% half_and_half  M08  held-out
# a (1 - z).
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * A * (1 - Z)

# %% no_slope  M09
# G as it came.
def sigmoid_backward(G, Z):
    dA = G
    dZ = dA.copy()
    return dZ

# %% upstream_missing  M20
# The local slope alone.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return A * (1 - A)

# %% upstream_missing_exponentials  M20  held-out
# The same by exponentials.
def sigmoid_backward(G, Z):
    e = np.exp(-Z)
    return e / (1 + e)**2

# %% activation_for_slope  M44
# G a.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * A

# %% one_minus_a  M44
# G (1 - a).
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * (1 - A)

# %% tanh_slope  M44
# 1 - a^2, the slope of tanh.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * (1 - A**2)

# %% a_minus_one  M44  held-out
# Below the fraction 1 + e^-z is not squared.
def sigmoid_backward(G, Z):
    e = np.exp(-Z)
    slope = e / (1 + e)
    return G * slope

# %% plus_for_minus  M10|M44
# a (1 + a).
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * A * (1 + A)

# %% negated  M10
# a (a - 1).
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * A * (A - 1)

# %% inner_minus_kept  M10  held-out
# The -1 of -z without the -1 of the power.
def sigmoid_backward(G, Z):
    e = np.exp(-Z)
    return -e / (1 + e)**2 * G

# %% slope_twice  M31
# a (1 - a) squared.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    slope = A * (1 - A)
    dA = G * slope
    return dA * slope

# %% averaged  M06  held-out
# Divided by the number of examples.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return G * A * (1 - A) / len(Z)

# %% doubled  M11
# A stray 2.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return 2 * G * A * (1 - A)

# %% integer_box  M46
# Zeros of whole numbers.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    dZ = np.zeros(Z.shape, dtype=int)
    dZ[:] = G * A * (1 - A)
    return dZ

# %% works_in_z  M24
# The sigmoid is written over Z.
def sigmoid_backward(G, Z):
    np.exp(-Z, out=Z)
    Z += 1
    A = 1 / Z
    return G * A * (1 - A)

# %% works_in_g  M24  held-out
# *= on the caller's G.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    G *= A
    G *= 1 - A
    return G

# %% last_row_only  M47
# = rebinds the row; the others stay zero.
def sigmoid_backward(G, Z):
    dZ = np.zeros(Z.shape)
    for n in range(len(Z)):
        a = 1 / (1 + np.exp(-Z[n]))
        row = G[n] * a * (1 - a)
    dZ[n] = row
    return dZ

# %% of_z_and_no_upstream  M08+M20
# z (1 - z) alone.
def sigmoid_backward(G, Z):
    return Z * (1 - Z)

# %% of_z_and_minus  M08+M10  held-out
# G z (z - 1).
def sigmoid_backward(G, Z):
    return G * Z * (Z - 1)

# %% activation_returned  unnameable
# A itself.
def sigmoid_backward(G, Z):
    return 1 / (1 + np.exp(-Z))

# %% one_total  unnameable  held-out
# Summed to one number.
def sigmoid_backward(G, Z):
    A = 1 / (1 + np.exp(-Z))
    return np.sum(G * A * (1 - A))

# %% math_on_arrays  unnameable
# math.exp of an array: an exception.
def sigmoid_backward(G, Z):
    A = 1 / (1 + math.exp(-Z))
    return G * A * (1 - A)
