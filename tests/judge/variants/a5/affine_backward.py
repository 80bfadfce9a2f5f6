"""a5.affine_backward: Z = X W + b, G = dL/dZ; the answer is (dX, dW, db)."""

# %% plain  right
# Three lines.
def affine_backward(G, X, W):
    dX = G @ W.T
    dW = X.T @ G
    db = G.sum(axis=0)
    return dX, dW, db

# %% einsum  right
# One line of letters each.
def affine_backward(G, X, W):
    return np.einsum("nh,ih->ni", G, W), np.einsum("ni,nh->ih", X, G), np.einsum("nh->h", G)

# %% example_by_example  right  held-out
# A loop over the batch with +=.
def affine_backward(G, X, W):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n in range(len(X)):
        dX[n] = W @ G[n]
        dW += np.outer(X[n], G[n])
        db += G[n]
    return dX, dW, db

# %% column_of_ones  right
# The bias as one more row of W.
def affine_backward(G, X, W):
    ones = np.ones((X.shape[0], 1))
    dWb = np.hstack([X, ones]).T @ G
    return G @ W.T, dWb[:-1], dWb[-1]

# %% bare_loops  right
# Three loops, nested lists out.
def affine_backward(G, X, W):
    N, D, H = len(X), len(W), len(W[0])
    dX = [[0.0]*D for _ in range(N)]
    dW = [[0.0]*H for _ in range(D)]
    db = [0.0]*H
    for n in range(N):
        for h in range(H):
            db[h] += G[n][h]
            for d in range(D):
                dX[n][d] += G[n][h]*W[d][h]
                dW[d][h] += G[n][h]*X[n][d]
    return dX, dW, db

# %% float32  right  held-out
# Single precision.
def affine_backward(G, X, W):
    G, X, W = [np.asarray(a, np.float32) for a in (G, X, W)]
    return np.dot(G, W.T), np.dot(X.T, G), np.sum(G, 0)

# %% ones_times_g  right
# The bias gradient as a product with ones, and transposes taken round.
def affine_backward(G, X, W):
    db = np.ones(len(G)) @ G
    dW = (G.T @ X).T
    dX = (W @ G.T).T
    return [dX, dW, db]

# %% w_not_transposed  M04
# G @ W.
def affine_backward(G, X, W):
    return G @ W, X.T @ G, G.sum(axis=0)

# %% x_not_transposed  M04  held-out
# X @ G.
def affine_backward(G, X, W):
    dX = np.dot(G, W.T)
    dW = np.dot(X, G)
    db = np.sum(G, axis=0)
    return dX, dW, db

# %% letters_of_w_exchanged  M04  held-out
# einsum over the wrong index of W.
def affine_backward(G, X, W):
    dX = np.einsum("nh,hi->ni", G, W)
    return dX, X.T @ G, G.sum(0)

# %% bias_not_summed  M05
# db = G.
def affine_backward(G, X, W):
    dX = G @ W.T
    dW = X.T @ G
    db = G
    return dX, dW, db

# %% bias_times_one  M05  held-out
# The local slope 1, and no sum.
def affine_backward(G, X, W):
    db = np.ones_like(G) * G
    return G @ W.T, X.T @ G, db

# %% bias_mean  M06
# mean where sum belongs.
def affine_backward(G, X, W):
    return G @ W.T, X.T @ G, G.mean(axis=0)

# %% weights_averaged  M06
# dW and db are divided by N although G is complete.
def affine_backward(G, X, W):
    N = X.shape[0]
    dX = G @ W.T
    dW = X.T @ G / N
    db = np.sum(G, axis=0) / N
    return dX, dW, db

# %% all_averaged  M06  held-out
# 1/N in front of all three.
def affine_backward(G, X, W):
    G = G / len(G)
    return G @ W.T, X.T @ G, G.sum(axis=0)

# %% bias_first_row  M47
# G[0].
def affine_backward(G, X, W):
    return G @ W.T, X.T @ G, G[0]

# %% weights_first_row  M47  held-out
# dW from the first example only.
def affine_backward(G, X, W):
    dW = np.outer(X[0], G[0])
    return G @ W.T, dW, G.sum(axis=0)

# %% loop_overwrites  M03|M47
# = for dW and db in the loop over examples.
def affine_backward(G, X, W):
    dX = np.empty(X.shape)
    for n in range(len(X)):
        dX[n] = W @ G[n]
        dW = np.outer(X[n], G[n])
        db = G[n]
    return dX, dW, db

# %% bias_wrong_axis  M12
# axis=1.
def affine_backward(G, X, W):
    return G @ W.T, X.T @ G, G.sum(axis=1)

# %% bias_one_number  M12  held-out
# One total spread over all biases.
def affine_backward(G, X, W):
    db = np.full(W.shape[1], np.sum(G))
    return G @ W.T, X.T @ G, db

# %% weights_transposed  M28
# dW with rows and columns exchanged.
def affine_backward(G, X, W):
    return G @ W.T, G.T @ X, G.sum(axis=0)

# %% inputs_transposed  M28
# dX with rows and columns exchanged.
def affine_backward(G, X, W):
    return W @ G.T, X.T @ G, G.sum(axis=0)

# %% factors_exchanged  M27
# W^T G and G X^T.
def affine_backward(G, X, W):
    return W.T @ G, G @ X.T, G.sum(axis=0)

# %% answers_exchanged  M50
# dW before dX.
def affine_backward(G, X, W):
    dX = G @ W.T
    dW = X.T @ G
    db = G.sum(axis=0)
    return dW, dX, db

# %% upstream_missing_in_weights  M20
# dW from ones.
def affine_backward(G, X, W):
    return G @ W.T, X.T @ np.ones_like(G), G.sum(axis=0)

# %% bias_counts_rows  M20  held-out
# db = N: G is left out.
def affine_backward(G, X, W):
    db = np.ones(W.shape[1]) * len(X)
    return G @ W.T, X.T @ G, db

# %% elementwise  M26
# * where @ belongs.
def affine_backward(G, X, W):
    return G * W.T, X.T * G, G.sum(axis=0)

# %% own_factor  M25
# The gradient of X from X and that of W from W.
def affine_backward(G, X, W):
    return G @ X.T, W.T @ G, G.sum(axis=0)

# %% bias_sign  M10
# db negated.
def affine_backward(G, X, W):
    return G @ W.T, X.T @ G, -G.sum(axis=0)

# %% doubled  M11  held-out
# A stray 2 in dW.
def affine_backward(G, X, W):
    return G @ W.T, 2 * X.T @ G, G.sum(axis=0)

# %% integer_bias  M46
# db collects in whole numbers.
def affine_backward(G, X, W):
    db = np.zeros(W.shape[1], dtype=int)
    db[:] = G.sum(axis=0)
    return G @ W.T, X.T @ G, db

# %% bias_into_the_first_row  M24
# The caller's G[0] collects the sum, after its other uses.
def affine_backward(G, X, W):
    dX = G @ W.T
    dW = X.T @ G
    db = G[0]
    for row in G[1:]:
        db += row
    return dX, dW, db

# %% written_over_x  M24  held-out
# dX is stored in X.
def affine_backward(G, X, W):
    dW = X.T @ G
    X[...] = G @ W.T
    return X, dW, G.sum(axis=0)

# %% bias_collects_over_calls  M23
# A global list of sums that is never cleared.
sums = {}

def affine_backward(G, X, W):
    for h in range(G.shape[1]):
        sums[h] = sums.get(h, 0.0) + sum(G[:, h])
    return G @ W.T, X.T @ G, [sums[h] for h in range(G.shape[1])]

# %% unsummed_and_untransposed  M05+M04
# db = G and G @ W.
def affine_backward(G, X, W):
    return G @ W, X.T @ G, G

# %% transposed_and_mean  M28+M06
# dW transposed, db averaged.
def affine_backward(G, X, W):
    return G @ W.T, G.T @ X, G.mean(axis=0)

# %% forgot_the_bias  unnameable
# Two answers.
def affine_backward(G, X, W):
    return G @ W.T, X.T @ G

# %% forward_pass  unnameable  held-out
# Runs forward instead.
def affine_backward(G, X, W):
    return X @ W, W, X.sum(axis=0)
