"""a3.softmax_jacobian: J[i, j] = ds_i/dz_j."""

# %% plain  right
# diag(s) - s s^T.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e / e.sum()
    return np.diag(s) - np.outer(s, s)

# %% shifted  right
# The largest score is taken off first, in a new array.
def softmax_jacobian(z):
    shifted = z - np.max(z)
    s = np.exp(shifted) / np.sum(np.exp(shifted))
    return np.diag(s) - s[:, None] * s[None, :]

# %% two_cases  right  held-out
# An if inside two loops.
def softmax_jacobian(z):
    n = len(z)
    top = max(z)
    e = [math.exp(a - top) for a in z]
    total = sum(e)
    s = [a / total for a in e]
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                J[i, j] = s[i] * (1 - s[i])
            else:
                J[i, j] = -s[i] * s[j]
    return J

# %% kronecker  right
# s_i (delta_ij - s_j) by broadcasting.
def softmax_jacobian(z):
    s = np.exp(z - np.logaddexp.reduce(z))
    return s[:, None] * (np.eye(len(z)) - s)

# %% list_of_lists  right
# Nested lists come back.
def softmax_jacobian(z):
    s = np.exp(z - np.max(z))
    s = s / s.sum()
    return [[float(a * ((i == j) - b)) for j, b in enumerate(s)] for i, a in enumerate(s)]

# %% quotient_rule  right  held-out
# (e_i' S - e_i S') / S^2.
def softmax_jacobian(z):
    e = np.exp(np.asarray(z, dtype=float))
    S = e.sum()
    return (np.diag(e) * S - np.outer(e, e)) / S**2

# %% float32  right
# Single precision.
def softmax_jacobian(z):
    z = np.asarray(z, dtype=np.float32)
    e = np.exp(z - z.max())
    s = e / e.sum()
    return np.diag(s) - np.outer(s, s)

# %% in_place_on_its_own  right
# Subtracts inside its own matrix; a helper for the softmax.
def softmax(z):
    z = np.array(z, dtype=float)
    z -= z.max()
    np.exp(z, out=z)
    z /= z.sum()
    return z

def softmax_jacobian(z):
    s = softmax(z)
    J = -np.outer(s, s)
    J[np.diag_indices(len(s))] += s
    return J

# %% complex_step  right
# One complex step for each score.
def softmax_jacobian(z):
    n = len(z)
    J = np.zeros((n, n))
    for j in range(n):
        w = np.array(z, dtype=complex)
        w[j] += 1e-30j
        e = np.exp(w)
        J[:, j] = (e / e.sum()).imag / 1e-30
    return J

# %% central_difference  right  remark  held-out
# Numerical, good to about ten digits.
def softmax_jacobian(z):
    def s(z):
        e = np.exp(z - z.max())
        return e / e.sum()
    h = 1e-5
    return np.stack([(s(z + h*e) - s(z - h*e)) / (2*h) for e in np.eye(len(z))], axis=1)

# %% diagonal_only  M29
# diag(s (1 - s)).
def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / e.sum()
    return np.diag(s * (1 - s))

# %% diagonal_loop  M29
# The loop fills i = j only.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    J = np.zeros((len(z), len(z)))
    for i in range(len(z)):
        J[i, i] = s[i] - s[i]**2
    return J

# %% diagonal_by_eye  M29  held-out
# The identity kills the rest.
def softmax_jacobian(z):
    s = np.exp(z) / np.sum(np.exp(z))
    return np.eye(s.size) * s * (1 - s)

# %% normaliser_constant  M49
# diag(s): the sum below is held fixed.
def softmax_jacobian(z):
    e = np.exp(z)
    total = e.sum()
    return np.diag(e / total)

# %% normaliser_constant_loop  M49  held-out
# d e_i / S only, entry by entry.
def softmax_jacobian(z):
    n = len(z)
    S = sum(math.exp(a) for a in z)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = math.exp(z[i]) / S if i == j else 0.0
    return J

# %% whole_sign  M10
# outer - diag.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return np.outer(s, s) - np.diag(s)

# %% plus_outer  M10
# + where - belongs.
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    s = e / e.sum()
    return np.diag(s) + np.outer(s, s)

# %% off_diagonal_sign  M10  held-out
# The off-diagonal entries without their minus.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    n = len(z)
    J = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = s[i]*(1 - s[i]) if i == j else s[i]*s[j]
    return J

# %% elementwise_square  M26
# s * s where the outer product belongs.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s) - s * s

# %% inner_for_outer  M26  held-out
# s @ s is one number.
def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / e.sum()
    return np.diag(s) - s @ s

# %% scores_for_probabilities  M08|M40
# The formula for s, fed with z.
def softmax_jacobian(z):
    return np.diag(z) - np.outer(z, z)

# %% softmax_twice  M08|M40  held-out
# The formula at softmax(softmax(z)).
def softmax(v):
    e = np.exp(v - v.max())
    return e / e.sum()

def softmax_jacobian(z):
    s = softmax(softmax(z))
    return np.diag(s) - np.outer(s, s)

# %% slope_twice  M31
# An extra s in front.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return s[:, None] * (np.diag(s) - np.outer(s, s))

# %% quotient_not_squared  M44
# The quotient rule divides by S, not by S^2.
def softmax_jacobian(z):
    e = np.exp(z)
    S = e.sum()
    return (np.diag(e)*S - np.outer(e, e)) / S

# %% off_diagonal_slope  M44
# -s_i (1 - s_j) off the diagonal.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    J = -np.outer(s, 1 - s)
    np.fill_diagonal(J, s * (1 - s))
    return J

# %% averaged  M06  held-out
# Divided by the number of classes.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return (np.diag(s) - np.outer(s, s)) / len(z)

# %% doubled  M11
# A stray 2.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return 2 * (np.diag(s) - np.outer(s, s))

# %% integer_box  M46
# Zeros of whole numbers.
def softmax_jacobian(z):
    n = len(z)
    s = np.exp(z) / np.exp(z).sum()
    J = np.zeros((n, n), dtype=int)
    for i in range(n):
        J[i] = s[i] * (np.eye(n)[i] - s)
    return J

# %% shift_in_place  M24
# z -= max changes the caller's scores.
def softmax_jacobian(z):
    z -= z.max()
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s) - np.outer(s, s)

# %% exponential_in_place  M24  held-out
# np.exp writes over z.
def softmax_jacobian(z):
    np.exp(z, out=z)
    s = z / z.sum()
    return np.diag(s) - np.outer(s, s)

# %% constant_and_minus  M49+M10
# -diag(s).
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return -np.diag(s)

# %% diagonal_of_scores  M29+M08  held-out
# diag(z (1 - z)).
def softmax_jacobian(z):
    return np.diag(z * (1 - z))

# %% sigmoid_for_softmax  unnameable
# Each score through a sigmoid of its own.
def softmax_jacobian(z):
    s = 1 / (1 + np.exp(-z))
    return np.diag(s) - np.outer(s, s)

# %% vector_only  unnameable
# The diagonal as a vector: a wrong shape.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return s * (1 - s)

# %% softmax_returned  unnameable  held-out
# s itself.
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    return e / e.sum()
