"""a6.tied_grad: a student a cell; see the README one folder up."""

# %% per_example  right
# One example at a time, two outer products each.
def tied_grad(W, X):
    total = np.zeros_like(W)
    for x in X:
        a = np.tanh(x @ W)
        r = W @ a - x
        total += np.outer(r, a) + np.outer(x, (r @ W)*(1 - a**2))
    return total

# %% einsum_both_uses  right
# Both uses with index letters.
def tied_grad(W, X):
    A = np.tanh(np.einsum("nd,dh->nh", X, W))
    R = np.einsum("nh,dh->nd", A, W) - X
    Z = np.einsum("nd,dh->nh", R, W)/np.cosh(X @ W)**2
    return np.einsum("nd,nh->dh", R, A) + np.einsum("nd,nh->dh", X, Z)

# %% encoder_only  M36
# The decoder's use is forgotten.
def tied_grad(W, X):
    A = np.tanh(X @ W)
    E = A @ W.T - X
    return X.T @ ((E @ W)*(1 - A**2))

# %% decoder_only  M36
# The encoder's use is forgotten.
def tied_grad(W, X):
    hidden = np.tanh(X.dot(W))
    diff = hidden.dot(W.T) - X
    dW = diff.T.dot(hidden)
    return dW

# %% no_slope  M09
# The encoder's road has no tanh slope.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    enc = X.T @ (R @ W)
    dec = R.T @ H
    return enc + dec

# %% with_two  M11
# Differentiates the square and forgets the half.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = 2*(H @ W.T - X)
    return R.T @ H + X.T @ ((R @ W)*(1 - H*H))

# %% sign_and_slope  M10+M08
# X minus the copy, and the slope formula with the pre-activation.
def tied_grad(W, X):
    Z = X @ W
    A = np.tanh(Z)
    R = X - A @ W.T
    return X.T @ (R @ W*(1 - Z**2)) + R.T @ A
