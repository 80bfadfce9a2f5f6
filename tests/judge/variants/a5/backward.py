"""a5.backward: tanh hidden layer, linear output, the loss of mse_grad; cache has X, Z1, A1, Z2."""

# %% plain  right
# Layer by layer from the loss.
def backward(params, cache, X, Y):
    N = X.shape[0]
    dZ2 = 2 * (cache["Z2"] - Y) / N
    dW2 = cache["A1"].T @ dZ2
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ params["W2"].T
    dZ1 = dA1 * (1 - cache["A1"]**2)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% affine_helper  right
# One helper for both layers; the slope from cosh.
def affine_back(G, X, W):
    return G @ W.T, X.T @ G, G.sum(0)

def backward(params, cache, X, Y):
    grads = {}
    delta = (cache["Z2"] - Y) * (2 / len(X))
    dA, grads["W2"], grads["b2"] = affine_back(delta, cache["A1"], params["W2"])
    dZ = dA / np.cosh(cache["Z1"])**2
    _, grads["W1"], grads["b1"] = affine_back(dZ, cache["X"], params["W1"])
    return grads

# %% example_by_example  right  held-out
# Sums over the batch with +=.
def backward(params, cache, X, Y):
    g = {k: np.zeros(np.shape(v)) for k, v in params.items()}
    for n in range(len(X)):
        d2 = 2 * (cache["Z2"][n] - Y[n]) / len(X)
        g["W2"] += np.outer(cache["A1"][n], d2)
        g["b2"] += d2
        d1 = (params["W2"] @ d2) * (1 - cache["A1"][n]**2)
        g["W1"] += np.outer(X[n], d1)
        g["b1"] += d1
    return g

# %% einsum  right
# Letters for every product.
def backward(params, cache, X, Y):
    d2 = 2.0 / len(Y) * (cache["Z2"] - Y)
    d1 = np.einsum("nk,hk,nh->nh", d2, params["W2"], 1 - np.square(cache["A1"]))
    return dict(W1=np.einsum("ni,nh->ih", X, d1), b1=np.einsum("nh->h", d1),
                W2=np.einsum("nh,nk->hk", cache["A1"], d2), b2=np.einsum("nk->k", d2))

# %% runs_forward_again  right
# Computes its own activations.
def backward(params, cache, X, Y):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    H = np.tanh(X @ W1 + b1)
    R = (H @ W2 + b2 - Y) * 2 / X.shape[0]
    D = R @ W2.T
    D -= D * H * H
    return {"W1": X.T @ D, "b1": np.sum(D, axis=0), "W2": H.T @ R, "b2": np.sum(R, axis=0)}

# %% float32  right  held-out
# Single precision.
def backward(params, cache, X, Y):
    f = np.float32
    A1, Z2, W2 = cache["A1"].astype(f), cache["Z2"].astype(f), params["W2"].astype(f)
    d2 = f(2 / len(X)) * (Z2 - Y.astype(f))
    d1 = d2 @ W2.T * (1 - A1 * A1)
    return {"W1": X.T.astype(f) @ d1, "b1": d1.sum(0), "W2": A1.T @ d2, "b2": d2.sum(0)}

# %% mean_at_the_end  right
# 1/N is applied last; lists for the biases.
def backward(params, cache, X, Y):
    N = float(len(X))
    E = 2 * (cache["Z2"] - Y)
    back = (params["W2"] @ E.T).T * (1 - np.tanh(cache["Z1"])**2)
    return {"W2": cache["A1"].T @ E / N, "b2": list(E.mean(axis=0)),
            "W1": X.T @ back / N, "b1": list(back.mean(axis=0))}

# %% tanh_slope_missing  M09
# dA1 goes on as dZ1.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% tanh_slope_missing_in_loop  M09  held-out
# The same, an example at a time.
def backward(params, cache, X, Y):
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    for x, a, z, y in zip(X, cache["A1"], cache["Z2"], Y):
        d2 = 2 * (z - y) / len(X)
        d1 = params["W2"] @ d2
        g["W2"] += np.outer(a, d2)
        g["b2"] += d2
        g["W1"] += np.outer(x, d1)
        g["b1"] += d1
    return g

# %% slope_of_z  M08
# 1 - z^2.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["Z1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% tanh_twice  M08
# 1 - tanh(a)^2.
def dtanh(z):
    return 1 - np.tanh(z)**2

def backward(params, cache, X, Y):
    A1, Z2 = cache["A1"], cache["Z2"]
    dZ2 = 2 * (Z2 - Y) / len(X)
    dZ1 = (dZ2 @ params["W2"].T) * dtanh(A1)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% w2_not_transposed  M04
# dZ2 @ W2: fits when H = K only.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dA1 = dZ2 @ params["W2"]
    dZ1 = dA1 * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% bias_of_layer_one_not_summed  M05
# b1 gets dZ1.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1, "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% biases_not_summed  M05  held-out
# Both biases get their deltas.
def backward(params, cache, X, Y):
    grads = {}
    grads["b2"] = 2 * (cache["Z2"] - Y) / len(X)
    grads["W2"] = cache["A1"].T @ grads["b2"]
    grads["b1"] = grads["b2"] @ params["W2"].T * (1 - cache["A1"]**2)
    grads["W1"] = X.T @ grads["b1"]
    return grads

# %% no_mean  M06
# No 1/N.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% mean_over_entries  M06  held-out
# 1/(N K).
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / Y.size
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% bias_means  M06
# mean for both biases, after the 1/N.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.mean(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.mean(axis=0)}

# %% two_forgotten  M11
# (Z2 - Y) / N.
def backward(params, cache, X, Y):
    dZ2 = (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% residual_sign  M10
# Y - Z2.
def backward(params, cache, X, Y):
    error = Y - cache["Z2"]
    dZ2 = 2 * error / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% slope_sign  M10  held-out
# 1 + a^2.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 + cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% bias_wrong_axis  M12
# axis=1 for b1.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=1), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% bias_one_number  M12  held-out
# np.sum without an axis, spread over b1 and b2.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": np.full(dZ1.shape[1], np.sum(dZ1)),
            "W2": cache["A1"].T @ dZ2, "b2": np.full(dZ2.shape[1], np.sum(dZ2))}

# %% pre_activation_for_w2  M40
# Z1 where A1 belongs.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["Z1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% activation_for_w1  M40  held-out
# A1 where X belongs: fits when D = H only.
def backward(params, cache, X, Y):
    A1 = cache["A1"]
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - A1**2)
    return {"W1": A1.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% sigmoid_slope  M44
# a (1 - a) where 1 - a^2 belongs.
def backward(params, cache, X, Y):
    A1 = cache["A1"]
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * A1 * (1 - A1)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% slope_not_squared  M44
# 1 - a.
def backward(params, cache, X, Y):
    A1 = cache["A1"]
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - A1)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% activation_as_slope  M44  held-out
# a where 1 - a^2 belongs.
def backward(params, cache, X, Y):
    A1 = cache["A1"]
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * A1
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% slope_on_the_output_too  M31
# A tanh slope at the linear output.
def backward(params, cache, X, Y):
    A1 = cache["A1"]
    dZ2 = 2 * (cache["Z2"] - Y) / len(X) * (1 - np.tanh(cache["Z2"])**2)
    dZ1 = dZ2 @ params["W2"].T * (1 - A1**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% slope_twice  M31  held-out
# 1 - a^2 in dA1 and again in dZ1.
def backward(params, cache, X, Y):
    slope = 1 - cache["A1"]**2
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dA1 = dZ2 @ params["W2"].T * slope
    dZ1 = dA1 * slope
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% updates_on_the_way  M34
# W2 has taken a step of 0.1 (on a copy) before it carries the gradient back.
def backward(params, cache, X, Y):
    p = {k: v.copy() for k, v in params.items()}
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dW2, db2 = cache["A1"].T @ dZ2, dZ2.sum(axis=0)
    p["W2"] -= 0.1 * dW2
    dZ1 = dZ2 @ p["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": db2}

# %% slope_written_over_the_cache  M24
# A1 is squared in place, after its use for W2.
def backward(params, cache, X, Y):
    A1 = cache["A1"]
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dW2 = A1.T @ dZ2
    A1 *= A1
    dZ1 = dZ2 @ params["W2"].T * (1 - A1)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": dZ2.sum(axis=0)}

# %% residual_in_the_cache  M24  held-out
# Z2 becomes the residual.
def backward(params, cache, X, Y):
    dZ2 = cache["Z2"]
    dZ2 -= Y
    dZ2 *= 2 / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% loop_overwrites  M03|M47
# = in the loop over examples.
def backward(params, cache, X, Y):
    g = {}
    for n in range(len(X)):
        d2 = 2 * (cache["Z2"][n] - Y[n]) / len(X)
        d1 = params["W2"] @ d2 * (1 - cache["A1"][n]**2)
        g["W2"], g["b2"] = np.outer(cache["A1"][n], d2), d2
        g["W1"], g["b1"] = np.outer(X[n], d1), d1
    return g

# %% first_row_for_biases  M47  held-out
# delta[0].
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1[0], "W2": cache["A1"].T @ dZ2, "b2": dZ2[0]}

# %% upstream_missing_in_layer_one  M20
# W2's row sums instead of dZ2 W2^T.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = params["W2"].sum(axis=1) * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% target_forgotten  M30|M33
# Z2 alone.
def backward(params, cache, X, Y):
    dZ2 = 2 * cache["Z2"] / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% softmax_start  M33
# softmax(Z2) - Y, the start of another loss.
def backward(params, cache, X, Y):
    P = np.exp(cache["Z2"])
    P /= P.sum(axis=1, keepdims=True)
    dZ2 = (P - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% w1_transposed  M28
# dZ1^T X.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": dZ1.T @ X, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% biases_exchanged  M50  held-out
# The biases under each other's name.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b2": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b1": dZ2.sum(axis=0)}

# %% integer_biases  M46
# Both biases collect in whole numbers.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    db1, db2 = np.zeros(dZ1.shape[1], dtype=int), np.zeros(dZ2.shape[1], dtype=int)
    db1[:] = dZ1.sum(axis=0)
    db2[:] = dZ2.sum(axis=0)
    return {"W1": X.T @ dZ1, "b1": db1, "W2": cache["A1"].T @ dZ2, "b2": db2}

# %% grads_kept_between_calls  M23
# A global dictionary collects on.
totals = {}

def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    new = {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}
    for k, v in new.items():
        if k in totals and totals[k].shape == v.shape:
            totals[k] = totals[k] + v
        else:
            totals[k] = v
    return dict(totals)

# %% no_slope_no_mean  M09+M06
# No tanh slope, no 1/N.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y)
    dZ1 = dZ2 @ params["W2"].T
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% no_two_unsummed  M11+M05
# (Z2 - Y) / N, and b1 gets dZ1.
def backward(params, cache, X, Y):
    dZ2 = (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1, "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% of_z_and_sign  M08+M10  held-out
# 1 - z^2, and Y - Z2.
def backward(params, cache, X, Y):
    dZ2 = 2 * (Y - cache["Z2"]) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["Z1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% missing_key  unnameable
# The biases are forgotten.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "W2": cache["A1"].T @ dZ2}

# %% wrong_keys  unnameable  held-out
# Names with a d in front.
def backward(params, cache, X, Y):
    dZ2 = 2 * (cache["Z2"] - Y) / len(X)
    dZ1 = dZ2 @ params["W2"].T * (1 - cache["A1"]**2)
    return {"dW1": X.T @ dZ1, "db1": dZ1.sum(axis=0), "dW2": cache["A1"].T @ dZ2, "db2": dZ2.sum(axis=0)}
