"""a3.softmax_jacobian: J[i, j] = ds_i/dz_j of softmax."""

# %% kronecker_loop  right
# s_i (delta - s_j), in nested comprehensions.
def softmax_jacobian(z):
    e = [math.exp(v) for v in z]
    s = [v / sum(e) for v in e]
    return [[a * ((i == j) - b) for j, b in enumerate(s)] for i, a in enumerate(s)]

# %% logsumexp  right
# Differentiates s = exp(z - logsumexp): J = s_i (I - 1 s^T).
def softmax_jacobian(z):
    top = z.max()
    lse = top + np.log(np.exp(z - top).sum())
    s = np.exp(z - lse)
    return s[:, None] * (np.eye(len(z)) - s)

# %% quotient_rule  right
# (e_i' T - e_i T') / T^2, straight from the quotient.
def softmax_jacobian(z):
    e = np.exp(z)
    T = e.sum()
    return (np.diag(e) * T - np.outer(e, e)) / T**2

# %% column_by_column  right
# A column for each dial.
def softmax_jacobian(z):
    s = np.exp(z) / np.sum(np.exp(z))
    J = np.empty((z.size, z.size))
    for j in range(z.size):
        one = np.zeros(z.size)
        one[j] = 1
        J[:, j] = s * one - s * s[j]
    return J

# %% two_jacobians  right
# The chain z -> (e, T) -> s as a product of two matrices.
def softmax_jacobian(z):
    n = len(z)
    e = np.exp(z)
    T = e.sum()
    inner = np.vstack([np.diag(e), e[None, :]])
    outer = np.hstack([np.eye(n) / T, -(e / T**2)[:, None]])
    return outer @ inner

# %% einsum_float32  right
# Single precision, einsum for the outer product, the diagonal by fancy index.
def softmax_jacobian(z):
    s = np.exp(np.float32(z))
    s /= s.sum()
    J = -np.einsum("i,j->ij", s, s)
    J[np.diag_indices(len(s))] += s
    return J

# %% complex_step  right  remark
# Columns by a complex step.
def softmax_jacobian(z):
    n = len(z)
    h = 1e-30
    def s(w):
        e = np.exp(w)
        return e / e.sum()
    return np.column_stack([s(z + 1j*h*np.eye(n)[j]).imag/h for j in range(n)])

# %% diagonal  M29
# diag(s (1 - s)).
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    return np.diag(s*(1 - s))

# %% diagonal_by_loop  M29
# Only i == j is filled.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    n = len(s)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                J[i, j] = s[i] * (1 - s[i])
            else:
                J[i, j] = 0
    return J

# %% vector_slope  M29
# s (1 - s) as a vector, like a sigmoid.
def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / e.sum()
    return s * (1 - s)

# %% sigmoid_times_eye  M29
# eye * s (1 - s).
def softmax_jacobian(z):
    s = np.exp(z)/sum(np.exp(z))
    return np.eye(len(z))*s*(1 - s)

# %% normaliser_constant  M49
# diag(s).
def softmax_jacobian(z):
    e = np.exp(z)
    T = e.sum()
    return np.diag(e/T)

# %% normaliser_constant_loop  M49
# e_i / T on the diagonal.
def softmax_jacobian(z):
    T = sum(math.exp(v) for v in z)
    n = len(z)
    J = np.zeros((n, n))
    for i, v in enumerate(z):
        J[i, i] = math.exp(v)/T
    return J

# %% plus_outer  M10
# diag(s) + s s^T.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    return np.diag(s) + np.outer(s, s)

# %% whole_sign  M10
# s s^T - diag(s).
def softmax_jacobian(z):
    s = np.exp(z - z.max())
    s = s / s.sum()
    return np.outer(s, s) - np.diag(s)

# %% positive_off_diagonal  M10
# + s_i s_j outside the diagonal.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e / np.sum(e)
    n = len(z)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i][j] = s[i]*(1 - s[i]) if i == j else s[i]*s[j]
    return J

# %% one_plus_s  M10
# s (1 + s) on the diagonal.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    J = -np.outer(s, s)
    np.fill_diagonal(J, s*(1 + s))
    return J

# %% own_road_lost  M02
# -s s^T: the direct road through e_i is lost.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e / e.sum()
    return -s[:, None] * s[None, :]

# %% own_value_on_diagonal  M49|M02|M44
# s_i on the diagonal; off it all is right.
def softmax_jacobian(z):
    s = np.exp(z)/np.exp(z).sum()
    n = s.size
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                J[i, j] = s[i]
            else:
                J[i, j] = -s[i]*s[j]
    return J

# %% star_for_outer  M26
# diag(s) - s * s, broadcast along the rows.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    return np.diag(s) - s*s

# %% s_at_s_transposed  M26|M04|M12
# s @ s.T of a flat array is one number.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e / e.sum()
    return np.diag(s) - s @ s.T

# %% own_index_twice  M40|M44
# s_i (delta - s_i).
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    n = len(s)
    J = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            J[i, j] = s[i]*((i == j) - s[i])
    return J

# %% scores_in_the_outer  M08|M40
# z_j for s_j.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s) - np.outer(s, z)

# %% softmax_twice  M08
# The formula fed with softmax(s).
def softmax_jacobian(z):
    def softmax(a):
        e = np.exp(a - a.max())
        return e / e.sum()
    s = softmax(z)
    p = softmax(s)
    return np.diag(p) - np.outer(p, p)

# %% mean_over_scores  M06
# Divided by n.
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    return (np.diag(s) - np.outer(s, s))/len(z)

# %% whole_numbers  M46
# Filled into an int array.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    n = len(z)
    J = np.zeros((n, n), dtype=int)
    for i in range(n):
        for j in range(n):
            J[i, j] = s[i] * (int(i == j) - s[j])
    return J

# %% diagonal_and_plus  M29+M10
# diag(s (1 + s)).
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    return np.diag(s*(1 + s))

# %% diagonal_and_mean  M29+M06
# diag(s (1 - s)) / n.
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s * (1 - s)) / s.size

# %% diagonal_at_scores  M29+M08
# diag(z (1 - z)).
def softmax_jacobian(z):
    e = np.exp(z)
    s = e/e.sum()
    return np.diag(z*(1 - z))

# %% no_normaliser  unnameable
# exp without the sum.
def softmax_jacobian(z):
    s = np.exp(z)
    return np.diag(s) - np.outer(s, s)

# %% normalised_scores  unnameable
# z / sum(z^2) for softmax.
def softmax_jacobian(z):
    s = z**2/np.sum(z**2)
    return np.diag(s) - np.outer(s, s)
