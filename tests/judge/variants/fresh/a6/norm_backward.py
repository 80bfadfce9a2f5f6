"""a6.norm_backward: a student a cell; see the README one folder up."""

# %% full_jacobian  right
# Builds the N x N Jacobian of each column.
def norm_backward(G, X):
    N, D = X.shape
    out = np.zeros((N, D))
    for d in range(D):
        c = X[:, d] - X[:, d].mean()
        s = np.sqrt(np.mean(c*c) + 1e-3)
        J = (np.eye(N) - 1/N)/s - np.outer(c, c)/(N*s**3)
        out[:, d] = J.T @ G[:, d]
    return out

# %% three_roads  right
# Walks the roads by x, the variance and the mean apart.
def norm_backward(G, X):
    N = len(X)
    c = X - X.mean(0)
    inv = (X.var(0) + 1e-3)**-0.5
    dv = np.sum(G*c, axis=0)*-0.5*inv**3
    dm = -inv*G.sum(0)
    return G*inv + dv*2*c/N + dm/N

# %% scale_only  M49
# Treats mean and variance as constants.
def norm_backward(G, X):
    return G/np.sqrt(X.var(axis=0) + 1e-3)

# %% variance_constant  M49
# Lets the mean move and not the variance.
def norm_backward(G, X):
    std = np.sqrt(np.var(X, axis=0) + 1e-3)
    dX = (G - np.mean(G, axis=0))/std
    return dX

# %% axis_one  M12
# Measures along the rows.
def norm_backward(G, X):
    m = X.mean(axis=1, keepdims=True)
    s = np.sqrt(X.var(axis=1, keepdims=True) + 1e-3)
    xh = (X - m)/s
    return (G - G.mean(axis=1, keepdims=True) - xh*(G*xh).mean(axis=1, keepdims=True))/s

# %% plus_variance_road  M10
# The variance's road comes in with a plus.
def norm_backward(G, X):
    s = np.sqrt(X.var(0) + 1e-3)
    n = (X - X.mean(0))/s
    return (G - G.mean(0) + n*np.mean(G*n, axis=0))/s

# %% sums_and_sign  M06+M10
# Sums in place of means, and the variance's road with a plus.
def norm_backward(G, X):
    s = np.sqrt(X.var(0) + 1e-3)
    xhat = (X - X.mean(0))/s
    return (G - G.sum(0) + xhat*(G*xhat).sum(0))/s
