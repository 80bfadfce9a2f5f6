"""a6.tied_grad: tied autoencoder, L = 1/2 sum |tanh(X W) W^T - X|^2; the answer is dW."""

# %% plain  right
# W is used twice, so two contributions.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    decoder = R.T @ H
    encoder = X.T @ ((R @ W) * (1 - H**2))
    return encoder + decoder

# %% accumulate  right
# += into one array.
def tied_grad(W, X):
    Z = X @ W
    A = np.tanh(Z)
    R = A @ W.T - X
    dW = np.zeros(W.shape)
    dW += (A.T @ R).T
    dA = R @ W
    dZ = dA / np.cosh(Z)**2
    dW += X.T @ dZ
    return dW

# %% example_by_example  right  held-out
# A loop over the rows of X.
def tied_grad(W, X):
    dW = np.zeros(np.shape(W))
    for x in X:
        h = np.tanh(x @ W)
        r = W @ h - x
        dW = dW + np.outer(r, h) + np.outer(x, (r @ W) * (1 - h * h))
    return dW

# %% two_copies  right
# Untied first: one gradient for each copy, then their sum.
def untied(W_in, W_out, X):
    H = np.tanh(X @ W_in)
    R = H @ W_out - X
    return X.T @ (R @ W_out.T * (1 - H * H)), H.T @ R

def tied_grad(W, X):
    first, second = untied(W, W.T, X)
    return first + second.T

# %% einsum  right
# Letters for every product.
def tied_grad(W, X):
    H = np.tanh(np.einsum("ni,ih->nh", X, W))
    R = np.einsum("nh,ih->ni", H, W) - X
    back = np.einsum("ni,ih->nh", R, W) * (1 - H**2)
    return np.einsum("ni,nh->ih", R, H) + np.einsum("ni,nh->ih", X, back)

# %% float32  right  held-out
# Single precision.
def tied_grad(W, X):
    W, X = W.astype(np.float32), X.astype(np.float32)
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H + X.T @ (R @ W * (1 - H * H))

# %% lists_at_the_end  right
# A list of rows comes back.
def tied_grad(W, X):
    H = np.tanh(np.dot(X, W))
    R = np.subtract(np.dot(H, W.T), X)
    G = np.multiply(np.dot(R, W), 1 - np.square(H))
    total = np.dot(X.T, G) + np.dot(R.T, H)
    return [list(row) for row in total]

# %% encoder_only  M36
# The use in the decoder is forgotten.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return X.T @ ((R @ W) * (1 - H**2))

# %% decoder_only  M36
# The use in the encoder is forgotten.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H

# %% decoder_only_as_loop  M36  held-out
# The hidden values are taken for constants.
def tied_grad(W, X):
    dW = np.zeros(W.shape)
    for x in X:
        h = np.tanh(x @ W)
        dW += np.outer(W @ h - x, h)
    return dW

# %% second_use_overwrites  M36|M03
# dW is assigned twice.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    dW = R.T @ H
    dA = R @ W
    dZ = dA * (1 - H**2)
    dW = X.T @ dZ
    return dW

# %% grads_in_a_dictionary  M36|M03  held-out
# The same key twice.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    grads = {}
    grads["W"] = X.T @ ((R @ W) * (1 - H**2))
    grads["W"] = R.T @ H
    return grads["W"]

# %% decoder_term_transposed  M28|M04
# H^T R: fits when D = H only.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return H.T @ R + X.T @ ((R @ W) * (1 - H**2))

# %% w_transposed_on_the_way_back  M04  held-out
# R W^T: fits when D = H only.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H + X.T @ ((R @ W.T) * (1 - H**2))

# %% answer_transposed  M28
# The whole answer with rows and columns exchanged.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return H.T @ R + ((R @ W) * (1 - H**2)).T @ X

# %% tanh_slope_missing  M09
# The encoder term without 1 - h^2.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H + X.T @ (R @ W)

# %% slope_of_z  M08
# 1 - z^2.
def tied_grad(W, X):
    Z = X @ W
    H = np.tanh(Z)
    R = H @ W.T - X
    return R.T @ H + X.T @ ((R @ W) * (1 - Z**2))

# %% tanh_twice  M08  held-out
# 1 - tanh(h)^2.
def slope(z):
    return 1 - np.tanh(z)**2

def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H + X.T @ ((R @ W) * slope(H))

# %% z_in_the_decoder  M40  held-out
# R^T Z.
def tied_grad(W, X):
    Z = X @ W
    H = np.tanh(Z)
    R = H @ W.T - X
    return R.T @ Z + X.T @ ((R @ W) * (1 - H**2))

# %% output_for_residual  M30|M33
# The reconstruction stands for the residual.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    out = H @ W.T
    return out.T @ H + X.T @ ((out @ W) * (1 - H**2))

# %% residual_sign  M10
# X - out.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = X - H @ W.T
    return R.T @ H + X.T @ ((R @ W) * (1 - H**2))

# %% one_term_sign  M10  held-out
# The decoder term is subtracted.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return X.T @ ((R @ W) * (1 - H**2)) - R.T @ H

# %% half_forgotten  M11
# As if the loss had no 1/2.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = 2 * (H @ W.T - X)
    return R.T @ H + X.T @ ((R @ W) * (1 - H**2))

# %% encoder_doubled  M36+M22|M36+M11
# Two uses, so twice the encoder's term.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return 2 * X.T @ ((R @ W) * (1 - H**2))

# %% averaged  M06  held-out
# Divided by N.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = (H @ W.T - X) / len(X)
    return R.T @ H + X.T @ ((R @ W) * (1 - H**2))

# %% average_of_the_uses  M11|M06
# The mean of the two uses.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return np.mean([R.T @ H, X.T @ ((R @ W) * (1 - H**2))], axis=0)

# %% slope_twice  M31
# 1 - h^2 squared.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    slope = 1 - H**2
    dH = (R @ W) * slope
    return R.T @ H + X.T @ (dH * slope)

# %% slope_on_the_output  M31  held-out
# A tanh slope at the linear output.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    out = H @ W.T
    R = (out - X) * (1 - np.tanh(out)**2)
    return R.T @ H + X.T @ ((R @ W) * (1 - H**2))

# %% sigmoid_slope  M44
# h (1 - h).
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H + X.T @ ((R @ W) * H * (1 - H))

# %% uses_multiplied  M15
# A product of the two contributions.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return (R.T @ H) * (X.T @ ((R @ W) * (1 - H**2)))

# %% first_example_only  M47  held-out
# The loop returns in its first turn.
def tied_grad(W, X):
    dW = np.zeros(W.shape)
    for x in X:
        h = np.tanh(x @ W)
        r = W @ h - x
        dW += np.outer(r, h) + np.outer(x, (r @ W) * (1 - h**2))
        return dW

# %% residual_missing_in_encoder  M20
# W's column sums stand for R W.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return R.T @ H + X.T @ (W.sum(axis=0) * (1 - H**2))

# %% integer_box  M46
# Zeros of whole numbers.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    dW = np.zeros(W.shape, dtype=int)
    dW[:] = R.T @ H + X.T @ ((R @ W) * (1 - H**2))
    return dW

# %% target_in_place  M24
# The residual is written over X at the end, for a print.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    dW = R.T @ H + X.T @ ((R @ W) * (1 - H**2))
    X -= H @ W.T
    print("left over", np.abs(X).max())
    return dW

# %% encoder_only_no_slope  M36+M09
# One use, without 1 - h^2.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return X.T @ (R @ W)

# %% decoder_only_sign  M36+M10
# One use, negated.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    return (X - H @ W.T).T @ H

# %% encoder_only_average  M36+M06  held-out
# One use, divided by N.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return X.T @ ((R @ W) * (1 - H**2)) / len(X)

# %% pair_returned  unnameable
# Both contributions, not their sum.
def tied_grad(W, X):
    H = np.tanh(X @ W)
    R = H @ W.T - X
    return X.T @ ((R @ W) * (1 - H**2)), R.T @ H

# %% loss_returned  unnameable
# The loss.
def tied_grad(W, X):
    return 0.5 * np.sum((np.tanh(X @ W) @ W.T - X)**2)
