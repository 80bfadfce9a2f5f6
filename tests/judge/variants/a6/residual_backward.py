"""a6.residual_backward: y = x + tanh(x W1) W2, G = dL/dy, x is (N, D); the answer is {W1, W2, x}."""

# %% plain  right
# The branch, then the road past it.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dW2 = A.T @ G
    dZ = (G @ W2.T) * (1 - A**2)
    dW1 = x.T @ dZ
    dx = G + dZ @ W1.T
    return {"W1": dW1, "W2": dW2, "x": dx}

# %% accumulate_x  right
# x_bar collects with += on a copy.
def residual_backward(W1, W2, x, G):
    Z = x @ W1
    A = np.tanh(Z)
    x_bar = G.copy()
    A_bar = G @ W2.T
    Z_bar = A_bar / np.cosh(Z)**2
    x_bar += Z_bar @ W1.T
    return dict(x=x_bar, W1=x.T @ Z_bar, W2=A.T @ G)

# %% example_by_example  right  held-out
# A loop over rows, sums for the weights.
def residual_backward(W1, W2, x, G):
    g = {"W1": np.zeros(W1.shape), "W2": np.zeros(W2.shape), "x": np.zeros(x.shape)}
    for n in range(len(x)):
        a = np.tanh(x[n] @ W1)
        d = (W2 @ G[n]) * (1 - a * a)
        g["W2"] += np.outer(a, G[n])
        g["W1"] += np.outer(x[n], d)
        g["x"][n] = G[n] + W1 @ d
    return g

# %% einsum  right
# Letters for every product.
def residual_backward(W1, W2, x, G):
    A = np.tanh(np.einsum("ni,ih->nh", x, W1))
    D = np.einsum("ne,he->nh", G, W2) * (1 - np.square(A))
    return {"W1": np.einsum("ni,nh->ih", x, D), "W2": np.einsum("nh,ne->he", A, G), "x": np.einsum("nh,ih->ni", D, W1) + G}

# %% jacobian_of_each_row  right
# I + J for each example.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    rows = []
    for a, g in zip(A, G):
        J = np.eye(x.shape[1]) + (W1 * (1 - a**2) @ W2).T
        rows.append(g @ J)
    back = (G @ W2.T) * (1 - A**2)
    return {"x": rows, "W1": x.T @ back, "W2": A.T @ G}

# %% float32  right  held-out
# Single precision.
def residual_backward(W1, W2, x, G):
    W1, W2, x, G = (np.asarray(a, np.float32) for a in (W1, W2, x, G))
    A = np.tanh(x @ W1)
    D = (1 - A * A) * (G @ W2.T)
    return {"W1": x.T @ D, "W2": A.T @ G, "x": G + D @ W1.T}

# %% helpers  right
# A product rule helper.
def through_product(G, A, B):
    return G @ B.T, A.T @ G

def residual_backward(W1, W2, x, G):
    H = np.tanh(x @ W1)
    dH, dW2 = through_product(G, H, W2)
    dZ = dH - dH * H**2
    branch, dW1 = through_product(dZ, x, W1)
    return {"W1": dW1, "W2": dW2, "x": branch + G}

# %% skip_lost  M14|M02
# The road past the branch is missing.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": dZ @ W1.T}

# %% skip_lost_in_loop  M14|M02  held-out
# The same, row by row.
def residual_backward(W1, W2, x, G):
    dW1, dW2, dx = np.zeros(W1.shape), np.zeros(W2.shape), []
    for row, g in zip(x, G):
        a = np.tanh(row @ W1)
        z_bar = (W2 @ g) * (1 - a**2)
        dW2 += np.outer(a, g)
        dW1 += np.outer(row, z_bar)
        dx.append(W1 @ z_bar)
    return {"W1": dW1, "W2": dW2, "x": np.array(dx)}

# %% branch_lost  M02
# x gets G alone.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G.copy()}

# %% branch_overwrites  M03|M14
# = where += belongs.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dx = G
    dZ = (G @ W2.T) * (1 - A**2)
    dx = dZ @ W1.T
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": dx}

# %% skip_overwrites  M03|M02  held-out
# The skip is stored over the branch.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    grads = {"W2": A.T @ G}
    dZ = (G @ W2.T) * (1 - A**2)
    grads["W1"] = x.T @ dZ
    grads["x"] = dZ @ W1.T
    grads["x"] = G.copy()
    return grads

# %% roads_multiplied  M15  held-out
# G times the branch.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G * (dZ @ W1.T)}

# %% skip_without_upstream  M20
# 1 where G belongs.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": 1 + dZ @ W1.T}

# %% upstream_missing_in_w2  M20
# W2's gradient from ones.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ np.ones(G.shape), "x": G + dZ @ W1.T}

# %% tanh_slope_missing  M09
# dA goes on as dZ.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = G @ W2.T
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% slope_of_z  M08
# 1 - z^2.
def residual_backward(W1, W2, x, G):
    Z = x @ W1
    A = np.tanh(Z)
    dZ = (G @ W2.T) * (1 - Z**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% tanh_twice  M08  held-out
# 1 - tanh(a)^2.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - np.tanh(A)**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% slope_twice  M31  held-out
# 1 - a^2 squared.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    slope = 1 - A**2
    dA = (G @ W2.T) * slope
    dZ = dA * slope
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% slope_on_the_skip  M31
# The whole of x's gradient goes through the tanh slope: fits when H = D only.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    slope = 1 - A**2
    dZ = (G @ W2.T) * slope
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": (G + dZ @ W1.T) * slope}

# %% w2_not_transposed  M04
# G W2: fits when H = D only.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% w1_not_transposed  M04  held-out
# dZ W1: fits when H = D only.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1}

# %% matrices_exchanged  M40|M50
# W1 carries the gradient back where W2 belongs: fits when H = D only.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W1.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% input_for_w2  M40
# x where A belongs: fits when H = D only.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": x.T @ G, "x": G + dZ @ W1.T}

# %% pre_activation_for_w2  M40  held-out
# Z where A belongs.
def residual_backward(W1, W2, x, G):
    Z = x @ W1
    A = np.tanh(Z)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": Z.T @ G, "x": G + dZ @ W1.T}

# %% keys_exchanged  M50
# W1 and W2 under each other's name.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W2": x.T @ dZ, "W1": A.T @ G, "x": G + dZ @ W1.T}

# %% branch_sign  M10
# G minus the branch.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G - dZ @ W1.T}

# %% weights_averaged  M06  held-out
# Divided by N.
def residual_backward(W1, W2, x, G):
    N = len(x)
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ / N, "W2": A.T @ G / N, "x": G + dZ @ W1.T}

# %% skip_twice  M22
# G is added at the start and at the end.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dx = G.copy()
    dZ = (G @ W2.T) * (1 - A**2)
    dx += dZ @ W1.T + G
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": dx}

# %% transposed_weights  M28
# Both weight gradients with rows and columns exchanged.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": dZ.T @ x, "W2": G.T @ A, "x": G + dZ @ W1.T}

# %% sigmoid_slope  M44
# a (1 - a).
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * A * (1 - A)
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": G + dZ @ W1.T}

# %% first_example_only  M47
# The weights learn from row 0 alone.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": np.outer(x[0], dZ[0]), "W2": np.outer(A[0], G[0]), "x": G + dZ @ W1.T}

# %% added_to_the_callers_g  M24
# dx = G is not a copy.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dW2 = A.T @ G
    dZ = (G @ W2.T) * (1 - A**2)
    dx = G
    dx += dZ @ W1.T
    return {"W1": x.T @ dZ, "W2": dW2, "x": dx}

# %% written_over_x  M24  held-out
# The answer for x is stored in x.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    dW1 = x.T @ dZ
    x[:] = G + dZ @ W1.T
    return {"W1": dW1, "W2": A.T @ G, "x": x}

# %% whole_number_x  M46
# x's gradient in whole numbers.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    dx = np.zeros(x.shape, dtype=int)
    dx[:] = G + dZ @ W1.T
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": dx}

# %% no_skip_no_slope  M14+M09|M02+M09
# Neither the skip nor the tanh slope.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = G @ W2.T
    return {"W1": x.T @ dZ, "W2": A.T @ G, "x": dZ @ W1.T}

# %% no_skip_average  M14+M06|M02+M06  held-out
# No skip, and the weights divided by N.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ / len(x), "W2": A.T @ G / len(x), "x": dZ @ W1.T}

# %% forward_returned  unnameable
# y itself.
def residual_backward(W1, W2, x, G):
    return x + np.tanh(x @ W1) @ W2

# %% no_x  unnameable
# x is left out of the answer.
def residual_backward(W1, W2, x, G):
    A = np.tanh(x @ W1)
    dZ = (G @ W2.T) * (1 - A**2)
    return {"W1": x.T @ dZ, "W2": A.T @ G}
