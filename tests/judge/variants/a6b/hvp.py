"""a6b.hvp: L = mean(-y log p - (1-y) log(1-p)), p = sigmoid(X w); the answer is H v."""

# %% plain  right
# X^T (p (1 - p) (X v)) / N, no Hessian built.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p) * (X @ v)) / len(y)

# %% hessian_built  right
# H first.
def hvp(w, X, y, v):
    N = X.shape[0]
    p = 1 / (1 + np.exp(-(X @ w)))
    H = X.T @ np.diag(p * (1 - p)) @ X / N
    return H @ v

# %% example_by_example  right  held-out
# A sum over rows.
def hvp(w, X, y, v):
    total = np.zeros(len(w))
    for x in X:
        p = 1 / (1 + math.exp(-np.dot(x, w)))
        total += p * (1 - p) * np.dot(x, v) * x
    return total / len(X)

# %% complex_step  right
# The gradient at w + i e v.
def hvp(w, X, y, v):
    def grad(w):
        p = 1 / (1 + np.exp(-X @ w))
        return X.T @ (p - y) / len(y)
    e = 1e-20
    return grad(w + 1j * e * v).imag / e

# %% tangent_of_the_gradient  right
# Forward over reverse, each quantity with its dot.
def hvp(w, X, y, v):
    z, z_dot = X @ w, X @ v
    e = np.exp(-z)
    e_dot = -e * z_dot
    p_dot = -e_dot / (1 + e)**2
    r_dot = p_dot / len(y)
    return r_dot @ X

# %% einsum  right  held-out
# Letters; tanh for the slope of the sigmoid.
def hvp(w, X, y, v):
    s = (1 - np.tanh(X @ w / 2)**2) / 4
    return np.einsum("n,ni,nj,j->i", s, X, X, v) / X.shape[0]

# %% float32  right
# Single precision.
def hvp(w, X, y, v):
    w, X, v = w.astype(np.float32), X.astype(np.float32), v.astype(np.float32)
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p) * (X @ v)) / np.float32(len(X))

# %% as_list  right
# A list comes back.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X.dot(w)))
    weights = (p - p**2) * X.dot(v)
    return [float(np.mean(weights * X[:, j])) for j in range(X.shape[1])]

# %% central_difference  right  remark  held-out
# Of the gradient; good to about nine digits.
def hvp(w, X, y, v):
    def grad(w):
        p = 1 / (1 + np.exp(-X @ w))
        return X.T @ (p - y) / len(y)
    e = 1e-5
    return (grad(w + e * v) - grad(w - e * v)) / (2 * e)

# %% no_mean  M06
# No 1/N.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p) * (X @ v))

# %% divided_twice  M06
# 1/N^2.
def hvp(w, X, y, v):
    N = len(X)
    p = 1 / (1 + np.exp(-X @ w))
    s = p * (1 - p) / N
    return X.T @ (s * (X @ v)) / N

# %% divided_by_entries  M06  held-out
# / X.size.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p) * (X @ v)) / X.size

# %% slope_missing  M09
# X^T X v / N.
def hvp(w, X, y, v):
    return X.T @ (X @ v) / len(y)

# %% slope_missing_in_loop  M09  held-out
# The same, row by row.
def hvp(w, X, y, v):
    Hv = np.zeros(w.shape)
    for x in X:
        Hv += x * (x @ v)
    return Hv / len(X)

# %% slope_of_z  M08
# z (1 - z).
def hvp(w, X, y, v):
    z = X @ w
    return X.T @ (z * (1 - z) * (X @ v)) / len(y)

# %% sigmoid_twice  M08  held-out
# The slope at p.
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def hvp(w, X, y, v):
    p = sigmoid(X @ w)
    s = sigmoid(p) * (1 - sigmoid(p))
    return X.T @ (s * (X @ v)) / len(y)

# %% direction_missing  M20
# v is not used.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p)) / len(y)

# %% direction_is_w  M40
# X w where X v belongs.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p) * (X @ w)) / len(y)

# %% evaluated_at_v  M07|M40  held-out
# p at X v.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ v))
    return X.T @ (p * (1 - p) * (X @ v)) / len(y)

# %% inner_slope_once  M45
# The second factor of x is lost: x s times v.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p)) / len(y) * v

# %% diagonal_of_the_hessian  M26|M29
# Only the diagonal of H.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    diagonal = (X**2).T @ (p * (1 - p)) / len(y)
    return diagonal * v

# %% hessian_times_elementwise  M26
# H * v keeps a matrix.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    H = (X.T * (p * (1 - p))) @ X / len(y)
    return H * v

# %% slope_twice  M31
# (p (1 - p))^2.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    s = p * (1 - p)
    return X.T @ (s * s * (X @ v)) / len(y)

# %% third_factor  M31|M44  held-out
# The slope of the slope, 1 - 2p, comes along.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 - p) * (1 - 2*p) * (X @ v)) / len(y)

# %% residual_for_slope  M44
# p - y where p (1 - p) belongs.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ ((p - y) * (X @ v)) / len(y)

# %% value_for_slope  M44
# p where p (1 - p) belongs.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (X @ v)) / len(y)

# %% one_minus_p  M44  held-out
# 1 - p where p (1 - p) belongs.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ ((1 - p) * (X @ v)) / len(y)

# %% negated  M10
# p (p - 1).
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (p - 1) * (X @ v)) / len(y)

# %% plus_for_minus  M10|M44
# p (1 + p).
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p * (1 + p) * (X @ v)) / len(y)

# %% doubled  M11
# A stray 2.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return 2 * X.T @ (p * (1 - p) * (X @ v)) / len(y)

# %% not_transposed  M04
# X where X^T belongs: fits when N = D only.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X @ (p * (1 - p) * (X @ v)) / len(y)

# %% first_example_only  M47
# Row 0.
def hvp(w, X, y, v):
    x = X[0]
    p = 1 / (1 + np.exp(-x @ w))
    return p * (1 - p) * (x @ v) * x / len(y)

# %% rows_overwritten  M47|M03  held-out
# = where += belongs.
def hvp(w, X, y, v):
    for x in X:
        p = 1 / (1 + np.exp(-x @ w))
        Hv = p * (1 - p) * (x @ v) * x
    return Hv / len(X)

# %% one_number  M12
# A sum over the examples and the weights, spread.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    total = np.sum(X.T * (p * (1 - p) * (X @ v)))
    return np.full(len(w), total / len(y))

# %% step_left_in_w  M24
# w is moved along v and not moved back exactly: it keeps a tiny step.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    before = X.T @ (p * (1 - p) * (X @ v)) / len(y)
    w += 1e-6 * v
    return before

# %% scores_in_x  M24  held-out
# The rows of X are scaled in place.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    Xv = X @ v
    X *= (p * (1 - p) * Xv)[:, None]
    return X.mean(axis=0)

# %% whole_numbers  M46
# Zeros of whole numbers.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    Hv = np.zeros(len(w), dtype=int)
    Hv[:] = X.T @ (p * (1 - p) * (X @ v)) / len(y)
    return Hv

# %% no_slope_no_mean  M09+M06
# X^T X v.
def hvp(w, X, y, v):
    return X.T @ (X @ v)

# %% of_z_and_no_mean  M08+M06
# z (1 - z), and no 1/N.
def hvp(w, X, y, v):
    z = X @ w
    return X.T @ (z * (1 - z) * (X @ v))

# %% negated_no_mean  M10+M06  held-out
# Two slips in one line.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return -X.T @ (p * (1 - p) * (X @ v))

# %% gradient_returned  unnameable
# The gradient.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p - y) / len(y)

# %% gradient_along_v  unnameable  held-out
# The slope of L along v, times v.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    g = X.T @ (p - y) / len(y)
    return (g @ v) * v

# %% quadratic_form  unnameable  held-out
# v^T H v, one number.
def hvp(w, X, y, v):
    p = 1 / (1 + np.exp(-X @ w))
    return np.mean(p * (1 - p) * (X @ v)**2)
