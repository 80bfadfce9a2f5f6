"""a5.backward_clf: ReLU hidden layer, mean softmax cross-entropy, + lam/2 (|W1|^2 + |W2|^2); cache has X, Z1, A1, Z2."""

# %% plain  right
# p minus one-hot, a gate, a penalty on the weights.
def backward_clf(params, cache, X, y, lam):
    N = len(y)
    E = np.exp(cache["Z2"] - cache["Z2"].max(axis=1, keepdims=True))
    dZ2 = E / E.sum(axis=1, keepdims=True)
    dZ2[np.arange(N), y] -= 1
    dZ2 /= N
    dZ1 = (dZ2 @ params["W2"].T) * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam * params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam * params["W2"], "b2": dZ2.sum(axis=0)}

# %% helpers  right
# A function for the start and one for a layer.
def start(S, y):
    P = np.exp(S - np.logaddexp.reduce(S, axis=1)[:, None])
    return (P - np.eye(S.shape[1])[y]) / S.shape[0]

def layer(G, A, W, lam):
    return A.T @ G + lam * W, G.sum(0), G @ W.T

def backward_clf(params, cache, X, y, lam):
    g = {}
    d = start(cache["Z2"], y)
    g["W2"], g["b2"], d = layer(d, cache["A1"], params["W2"], lam)
    d = np.where(cache["A1"] > 0, d, 0)
    g["W1"], g["b1"], _ = layer(d, X, params["W1"], lam)
    return g

# %% example_by_example  right  held-out
# A loop over the batch; the penalty first.
def backward_clf(params, cache, X, y, lam):
    g = {"W1": lam * params["W1"], "W2": lam * params["W2"],
         "b1": np.zeros(len(params["b1"])), "b2": np.zeros(len(params["b2"]))}
    for n in range(len(X)):
        s = cache["Z2"][n]
        p = np.exp(s - s.max())
        p = p / p.sum()
        p[y[n]] -= 1
        p = p / len(X)
        h = params["W2"] @ p
        h[cache["Z1"][n] <= 0] = 0
        g["W2"] += np.outer(cache["A1"][n], p)
        g["b2"] += p
        g["W1"] += np.outer(X[n], h)
        g["b1"] += h
    return g

# %% einsum  right
# Letters; the mean taken last.
def backward_clf(params, cache, X, y, lam):
    N, C = cache["Z2"].shape
    P = np.exp(cache["Z2"])
    P = P / P.sum(axis=1)[:, None]
    D = P - (np.arange(C)[None, :] == np.asarray(y)[:, None])
    B = np.einsum("nc,hc->nh", D, params["W2"]) * np.heaviside(cache["Z1"], 0)
    return {"W1": np.einsum("ni,nh->ih", X, B) / N + lam * params["W1"], "b1": B.mean(0),
            "W2": np.einsum("nh,nc->hc", cache["A1"], D) / N + lam * params["W2"], "b2": D.mean(0)}

# %% gate_on_its_own_copy  right
# Zeros written into a fresh array.
def backward_clf(params, cache, X, y, lam):
    Z2 = cache["Z2"]
    P = np.exp(Z2) / np.sum(np.exp(Z2), axis=1, keepdims=True)
    onehot = np.zeros(P.shape)
    for n, label in enumerate(y):
        onehot[n, label] = 1
    G = (P - onehot) / len(X)
    dA1 = G @ params["W2"].T
    dA1[cache["Z1"] < 0] = 0
    W1, W2 = X.T @ dA1, cache["A1"].T @ G
    W1 += lam * params["W1"]
    W2 += lam * params["W2"]
    return {"W1": W1, "b1": list(dA1.sum(0)), "W2": W2, "b2": list(G.sum(0))}

# %% float32  right  held-out
# Single precision.
def backward_clf(params, cache, X, y, lam):
    f = np.float32
    W1, W2 = params["W1"].astype(f), params["W2"].astype(f)
    S = cache["Z2"].astype(f)
    P = np.exp(S - S.max(1, keepdims=True))
    P /= P.sum(1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    P /= f(len(y))
    D = (P @ W2.T) * (cache["Z1"] > 0)
    return {"W1": X.astype(f).T @ D + f(lam) * W1, "b1": D.sum(0),
            "W2": cache["A1"].astype(f).T @ P + f(lam) * W2, "b2": P.sum(0)}

# %% runs_forward_again  right
# Its own activations, no cache.
def backward_clf(params, cache, X, y, lam):
    Z = X @ params["W1"] + params["b1"]
    A = np.maximum(Z, 0)
    S = A @ params["W2"] + params["b2"]
    G = np.exp(S - S.max(1)[:, None])
    G /= G.sum(1)[:, None]
    G[range(len(y)), list(y)] -= 1.0
    G = G / len(y)
    D = G.dot(params["W2"].T) * (Z > 0)
    return {"W1": X.T.dot(D) + lam * params["W1"], "b1": D.sum(0), "W2": A.T.dot(G) + lam * params["W2"], "b2": G.sum(0)}

# %% penalty_missing  M38
# lam is not used.
def softmax_delta(S, y):
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)

def backward_clf(params, cache, X, y, lam):
    dZ2 = softmax_delta(cache["Z2"], y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% penalty_doubled  M38  held-out
# 2 lam W, as if the penalty had no half.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + 2*lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + 2*lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% penalty_halved  M38  held-out
# lam/2 W: the square is not differentiated.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam/2*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam/2*params["W2"], "b2": dZ2.sum(axis=0)}

# %% penalty_on_everything  M38
# lam times every parameter, biases too.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    grads = {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}
    return {k: grads[k] + lam * params[k] for k in grads}

# %% penalty_divided_by_n  M38
# lam W / N.
def backward_clf(params, cache, X, y, lam):
    N = X.shape[0]
    E = np.exp(cache["Z2"])
    D = E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]
    B = D @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": (X.T @ B + lam * params["W1"]) / N, "b1": B.sum(axis=0) / N,
            "W2": (cache["A1"].T @ D + lam * params["W2"]) / N, "b2": D.sum(axis=0) / N}

# %% penalty_on_one_layer  M38  held-out
# Only on W2.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% penalty_sign  M38
# Minus lam W.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 - lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 - lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% penalty_itself_added  M38
# lam/2 |W|^2 is added to the gradient, undifferentiated.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam/2*np.sum(params["W1"]**2), "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam/2*np.sum(params["W2"]**2), "b2": dZ2.sum(axis=0)}

# %% gate_of_the_gradient  M32
# dA1 > 0.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dA1 = dZ2 @ params["W2"].T
    dZ1 = dA1 * (dA1 > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% gate_inverted  M32
# z < 0.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] < 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% gate_leaky  M32  held-out
# A hundredth leaks below zero.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * np.where(cache["Z1"] > 0, 1.0, 0.01)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% gate_missing  M09
# dA1 goes on as dZ1.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% activation_as_slope  M44|M08
# a1 stands for the slope of ReLU.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * cache["A1"]
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% label_not_subtracted  M30
# P / N.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = E / E.sum(axis=1, keepdims=True) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% label_from_whole_columns  M30  held-out
# [:, y] -= 1.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = E / E.sum(axis=1, keepdims=True)
    dZ2[:, y] -= 1
    dZ2 = dZ2 / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% no_mean  M06
# No 1/N.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% mean_over_entries  M06  held-out
# 1/(N C).
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / E.size
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% scores_for_probabilities  M33
# S minus one-hot.
def backward_clf(params, cache, X, y, lam):
    dZ2 = (cache["Z2"] - np.eye(cache["Z2"].shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% stops_before_the_softmax  M33
# -one-hot / p.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    P = E / E.sum(axis=1, keepdims=True)
    dZ2 = -np.eye(E.shape[1])[y] / P / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% output_slope_again  M31
# An extra p (1 - p).
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    P = E / E.sum(axis=1, keepdims=True)
    dZ2 = (P - np.eye(E.shape[1])[y]) * P * (1 - P) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% biases_not_summed  M05
# The deltas themselves.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1,
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2}

# %% softmax_over_the_batch  M12
# axis=0.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=0, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% w2_not_transposed  M04  held-out
# dZ2 @ W2: fits when H = C only.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"] * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% pre_activation_for_w2  M40
# Z1 where A1 belongs.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["Z1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% start_sign  M10  held-out
# one-hot minus p.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (np.eye(E.shape[1])[y] - E / E.sum(axis=1, keepdims=True)) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% softmax_in_the_cache  M24
# Z2 is shifted in place.
def backward_clf(params, cache, X, y, lam):
    S = cache["Z2"]
    S -= S.max(axis=1, keepdims=True)
    E = np.exp(S)
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% gate_in_the_cache  M24  held-out
# Z1 becomes a table of zeros and ones.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    gate = cache["Z1"]
    gate[gate > 0] = 1
    gate[gate <= 0] = 0
    dZ1 = dZ2 @ params["W2"].T * gate
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% first_example_only  M47  held-out
# Everything from row 0.
def backward_clf(params, cache, X, y, lam):
    p = np.exp(cache["Z2"][0])
    p /= p.sum()
    p[y[0]] -= 1
    p /= len(y)
    d = params["W2"] @ p * (cache["Z1"][0] > 0)
    return {"W1": np.outer(X[0], d) + lam*params["W1"], "b1": d,
            "W2": np.outer(cache["A1"][0], p) + lam*params["W2"], "b2": p}

# %% penalty_and_mean  M38+M06
# No penalty, no 1/N.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% penalty_and_gate  M38+M09
# No penalty, no gate.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": cache["A1"].T @ dZ2, "b2": dZ2.sum(axis=0)}

# %% label_and_gate  M30+M32  held-out
# P / N, and the gate inverted.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = E / E.sum(axis=1, keepdims=True) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] <= 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}

# %% tuple_returned  unnameable
# A tuple where a dictionary was asked for.
def backward_clf(params, cache, X, y, lam):
    E = np.exp(cache["Z2"])
    dZ2 = (E / E.sum(axis=1, keepdims=True) - np.eye(E.shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return X.T @ dZ1 + lam*params["W1"], dZ1.sum(axis=0), cache["A1"].T @ dZ2 + lam*params["W2"], dZ2.sum(axis=0)

# %% wrong_cache_key  unnameable
# The cache has no "P": an exception.
def backward_clf(params, cache, X, y, lam):
    dZ2 = (cache["P"] - np.eye(params["W2"].shape[1])[y]) / len(y)
    dZ1 = dZ2 @ params["W2"].T * (cache["Z1"] > 0)
    return {"W1": X.T @ dZ1 + lam*params["W1"], "b1": dZ1.sum(axis=0),
            "W2": cache["A1"].T @ dZ2 + lam*params["W2"], "b2": dZ2.sum(axis=0)}
