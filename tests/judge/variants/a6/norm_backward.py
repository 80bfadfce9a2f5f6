"""a6.norm_backward: xhat = (X - mean) / sqrt(var + 1e-3) over the batch axis, G = dL/dxhat; the answer is dX."""

# %% plain  right
# The three roads in one line.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return (G - G.mean(axis=0) - xhat * (G * xhat).mean(axis=0)) / s

# %% step_by_step  right
# Through every intermediate of the forward pass.
def norm_backward(G, X):
    N = X.shape[0]
    mu = X.mean(axis=0)
    c = X - mu
    var = np.mean(c**2, axis=0)
    s = np.sqrt(var + 1e-3)
    dc = G / s
    ds = np.sum(-G * c / s**2, axis=0)
    dvar = ds / (2 * s)
    dc = dc + 2 * c * dvar / N
    dmu = -dc.sum(axis=0)
    return dc + dmu / N

# %% column_by_column  right  held-out
# The Jacobian of one column, times G.
def norm_backward(G, X):
    N, D = X.shape
    dX = np.zeros((N, D))
    for j in range(D):
        c = X[:, j] - X[:, j].mean()
        s = math.sqrt((c * c).mean() + 1e-3)
        J = (np.eye(N) - 1 / N) / s - np.outer(c, c) / (N * s**3)
        dX[:, j] = J.T @ G[:, j]
    return dX

# %% n_in_front  right
# 1/(N s) (N G - sum G - xhat sum G xhat).
def norm_backward(G, X):
    N = len(X)
    inv = (np.var(X, axis=0) + 1e-3)**-0.5
    h = (X - np.mean(X, axis=0)) * inv
    return inv / N * (N * G - np.sum(G, axis=0) - h * np.sum(G * h, axis=0))

# %% centring_helper  right
# Centring is its own adjoint.
def centre(A):
    return A - np.sum(A, axis=0) / len(A)

def norm_backward(G, X):
    C = centre(X)
    v = np.einsum("ni,ni->i", C, C) / len(X) + 1e-3
    inside = G / np.sqrt(v) - C * np.einsum("ni,ni->i", G, C) / (len(X) * v**1.5)
    return centre(inside)

# %% float32  right  held-out
# Single precision.
def norm_backward(G, X):
    G, X = G.astype(np.float32), X.astype(np.float32)
    s = np.sqrt(X.var(0) + np.float32(1e-3))
    h = (X - X.mean(0)) / s
    return (G - G.mean(0) - h * (G * h).mean(0)) / s

# %% bare_loops  right
# Lists and sums.
def norm_backward(G, X):
    N = len(X)
    columns = []
    for x, g in zip(zip(*X), zip(*G)):
        m = sum(x) / N
        s = (sum((a - m)**2 for a in x) / N + 1e-3)**0.5
        h = [(a - m) / s for a in x]
        g_mean = sum(g) / N
        gh_mean = sum(a * b for a, b in zip(g, h)) / N
        columns.append([(a - g_mean - b * gh_mean) / s for a, b in zip(g, h)])
    return [list(row) for row in zip(*columns)]

# %% mean_and_variance_constant  M49
# G / s.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    return G / s

# %% variance_constant  M49
# Only the mean moves.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    return (G - G.mean(axis=0)) / s

# %% mean_constant  M49
# Only the variance moves.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return (G - xhat * (G * xhat).mean(axis=0)) / s

# %% variance_constant_steps  M49  held-out
# The sweep leaves var out.
def norm_backward(G, X):
    N = len(X)
    c = X - X.mean(axis=0)
    s = np.sqrt((c**2).mean(axis=0) + 1e-3)
    dc = G / s
    dmu = -dc.sum(axis=0)
    return dc + dmu / N

# %% constants_in_loop  M49  held-out
# Each column divided by its deviation.
def norm_backward(G, X):
    dX = np.zeros(X.shape)
    for j in range(X.shape[1]):
        dX[:, j] = G[:, j] / math.sqrt(X[:, j].var() + 1e-3)
    return dX

# %% over_the_features  M12
# axis=1.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=1, keepdims=True) + 1e-3)
    xhat = (X - X.mean(axis=1, keepdims=True)) / s
    return (G - G.mean(axis=1, keepdims=True) - xhat * (G * xhat).mean(axis=1, keepdims=True)) / s

# %% means_of_g_over_everything  M12
# mean() without an axis.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return (G - G.mean() - xhat * (G * xhat).mean()) / s

# %% sums_for_means  M06
# No 1/N in the two corrections.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return (G - G.sum(axis=0) - xhat * (G * xhat).sum(axis=0)) / s

# %% averaged  M06
# Everything divided by N once more.
def norm_backward(G, X):
    N = len(X)
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return (N * G - G.sum(axis=0) - h * (G * h).sum(axis=0)) / (N * N * s)

# %% one_sum_for_mean  M06  held-out
# The variance's road without its 1/N.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return (G - G.mean(axis=0) - xhat * (G * xhat).sum(axis=0)) / s

# %% plus_for_minus  M10
# The variance's road is added.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return (G - G.mean(axis=0) + xhat * (G * xhat).mean(axis=0)) / s

# %% both_added  M10  held-out
# Both corrections are added.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return (G + G.mean(axis=0) + h * (G * h).mean(axis=0)) / s

# %% mean_road_sign  M10
# The mean's road is added.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return (G + G.mean(axis=0) - h * (G * h).mean(axis=0)) / s

# %% deviation_missing  M01|M20
# Not divided by s.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    xhat = (X - X.mean(axis=0)) / s
    return G - G.mean(axis=0) - xhat * (G * xhat).mean(axis=0)

# %% divided_by_variance  M44|M31  held-out
# The root is forgotten at the end.
def norm_backward(G, X):
    v = X.var(axis=0) + 1e-3
    xhat = (X - X.mean(axis=0)) / np.sqrt(v)
    return (G - G.mean(axis=0) - xhat * (G * xhat).mean(axis=0)) / v

# %% root_slope_without_half  M44|M11
# ds/dvar = 1/s, the half of the root is lost.
def norm_backward(G, X):
    N = len(X)
    c = X - X.mean(axis=0)
    s = np.sqrt((c**2).mean(axis=0) + 1e-3)
    dvar = -(G * c).sum(axis=0) / s**3
    dc = G / s + 2 * c * dvar / N
    return dc - dc.mean(axis=0)

# %% square_slope_without_two  M44|M11  held-out
# d(c^2) = c.
def norm_backward(G, X):
    N = len(X)
    c = X - X.mean(axis=0)
    s = np.sqrt((c**2).mean(axis=0) + 1e-3)
    dvar = -0.5 * (G * c).sum(axis=0) / s**3
    dc = G / s + c * dvar / N
    return dc - dc.mean(axis=0)

# %% upstream_missing  M20
# Ones for G: nought all over, but for the small number.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    g = np.ones(G.shape)
    return (g - g.mean(axis=0) - h * (g * h).mean(axis=0)) / s

# %% g_missing_in_the_variance_road  M20  held-out
# mean of xhat^2 for mean of G xhat.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return (G - G.mean(axis=0) - h * (h * h).mean(axis=0)) / s

# %% raw_x_for_xhat  M40
# X where xhat belongs.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    return (G - G.mean(axis=0) - X * (G * X).mean(axis=0)) / s

# %% centred_for_xhat  M40
# X - mean where xhat belongs.
def norm_backward(G, X):
    c = X - X.mean(axis=0)
    s = np.sqrt(X.var(axis=0) + 1e-3)
    return (G - G.mean(axis=0) - c * (G * c).mean(axis=0)) / s

# %% doubled  M11
# A stray 2.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return 2 * (G - G.mean(axis=0) - h * (G * h).mean(axis=0)) / s

# %% mean_road_twice  M22  held-out
# The mean's road is taken off twice.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    dX = G - G.mean(axis=0)
    dX = dX - G.mean(axis=0) - h * (G * h).mean(axis=0)
    return dX / s

# %% centred_in_place  M24
# X -= mean.
def norm_backward(G, X):
    X -= X.mean(axis=0)
    s = np.sqrt((X**2).mean(axis=0) + 1e-3)
    X /= s
    return (G - G.mean(axis=0) - X * (G * X).mean(axis=0)) / s

# %% g_in_place  M24  held-out
# G is divided by s first, in place.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    G /= s
    return G - G.mean(axis=0) - h * (G * h).mean(axis=0)

# %% whole_numbers  M46
# The answer in whole numbers.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    dX = np.zeros(X.shape, dtype=int)
    dX[:] = (G - G.mean(axis=0) - h * (G * h).mean(axis=0)) / s
    return dX

# %% first_row_only  M47
# The corrections come from row 0.
def norm_backward(G, X):
    N = len(X)
    s = np.sqrt(X.var(axis=0) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return (G - G[0] / N - h * G[0] * h[0] / N) / s

# %% constants_and_sign  M49+M10
# -G / s.
def norm_backward(G, X):
    return -G / np.sqrt(X.var(axis=0) + 1e-3)

# %% variance_constant_wrong_axis  M49+M12  held-out
# The mean of G over the features, the variance held still.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-3)
    return (G - G.mean(axis=1, keepdims=True)) / s

# %% forward_returned  unnameable
# xhat itself.
def norm_backward(G, X):
    return (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-3)

# %% other_epsilon  unnameable  held-out
# 1e-1 where 1e-3 belongs.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0) + 1e-1)
    h = (X - X.mean(axis=0)) / s
    return (G - G.mean(axis=0) - h * (G * h).mean(axis=0)) / s

# %% sample_variance  unnameable
# ddof=1 below the root.
def norm_backward(G, X):
    s = np.sqrt(X.var(axis=0, ddof=1) + 1e-3)
    h = (X - X.mean(axis=0)) / s
    return (G - G.mean(axis=0) - h * (G * h).mean(axis=0)) / s
