"""a6b.hvp: a student a cell; see the README one folder up."""

# %% example_by_example  right
# Adds each example's share.
def hvp(w, X, y, v):
    out = np.zeros(len(w))
    for x in X:
        out += x*(x @ v)/(2 + 2*np.cosh(x @ w))
    return out/len(X)

# %% whole_table  right
# Builds H and multiplies.
def hvp(w, X, y, v):
    t = np.tanh(X @ w/2)
    H = (X.T*(1 - t**2)/4) @ X/X.shape[0]
    return H.dot(v)

# %% no_mean  M06
# Forgets the 1/N.
def hvp(w, X, y, v):
    p = 1/(1 + np.exp(-(X @ w)))
    return X.T @ (p*(1-p)*(X @ v))

# %% no_slope  M09
# The sigmoid's slope is missing.
def hvp(w, X, y, v):
    N = X.shape[0]
    speed = X @ v
    return X.T @ speed/N

# %% slope_of_z  M08
# Puts z into p(1 - p).
def hvp(w, X, y, v):
    z = X.dot(w)
    dz = X.dot(v)
    return X.T.dot(z*(1 - z)*dz)/len(y)

# %% direction_forgotten  M20|M01
# The direction v is not used.
def hvp(w, X, y, v):
    p = 1/(1 + np.exp(-X @ w))
    s = p*(1 - p)
    return X.T @ s/len(X)

# %% turned_bracket_no_mean  M10+M06
# Writes p(p - 1), and forgets the mean.
def hvp(w, X, y, v):
    p = np.reciprocal(1 + np.exp(-np.dot(X, w)))
    return np.sum(X*(p*(p - 1)*(X @ v))[:, None], axis=0)
