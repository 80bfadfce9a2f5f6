"""a5.backward_clf: a student a cell; see the README one folder up."""

# %% ones_column_and_loop  right
# Goes down the layers in a loop; biases as one more row of weights.
def backward_clf(params, cache, X, y, lam):
    P = np.exp(cache["Z2"])
    P = P/P.sum(1)[:, None]
    D = (P - np.eye(P.shape[1])[y])/len(y)
    out = {}
    for layer, inp in (("2", cache["A1"]), ("1", X)):
        W = params["W" + layer]
        both = np.c_[inp, np.ones(len(inp))].T @ D
        out["W" + layer], out["b" + layer] = both[:-1] + lam*W, both[-1]
        if layer == "2":
            D = (D @ W.T)*np.sign(inp)
    return out

# %% per_example_penalty_shared  right
# Each example carries a share of the penalty.
def backward_clf(params, cache, X, y, lam):
    N = len(X)
    total = {k: 0 for k in params}
    for n in range(N):
        s = cache["Z2"][n]
        p = np.exp(s - s.max())
        p = p/p.sum()
        p[y[n]] -= 1
        d = np.where(cache["Z1"][n] > 0, params["W2"] @ p, 0)
        one = {"W2": np.outer(cache["A1"][n], p) + lam*params["W2"], "b2": p,
               "W1": np.outer(X[n], d) + lam*params["W1"], "b1": d}
        total = {k: total[k] + one[k]/N for k in params}
    return total

# %% no_penalty  M38
# Does not use lam.
def backward_clf(params, cache, X, y, lam):
    e = np.exp(cache["Z2"])
    d2 = e/e.sum(axis=1, keepdims=True)
    d2[np.arange(len(y)), y] -= 1
    d2 /= len(y)
    d1 = d2 @ params["W2"].T
    d1[cache["Z1"] <= 0] = 0
    return {"W1": X.T @ d1, "b1": d1.sum(axis=0), "W2": cache["A1"].T @ d2, "b2": d2.sum(axis=0)}

# %% no_gate  M09|M32
# The ReLU is not on the way back.
def backward_clf(params, cache, X, y, lam):
    W1, W2 = params["W1"], params["W2"]
    probs = np.exp(cache["Z2"])/np.exp(cache["Z2"]).sum(1, keepdims=True)
    dZ2 = (probs - np.eye(W2.shape[1])[y])/len(X)
    dZ1 = dZ2 @ W2.T
    return {"W1": X.T @ dZ1 + lam*W1, "b1": dZ1.sum(0), "W2": cache["A1"].T @ dZ2 + lam*W2, "b2": dZ2.sum(0)}

# %% penalty_by_n  M38
# Divides the penalty by the batch too.
def backward_clf(params, cache, X, y, lam):
    N = len(y)
    E = np.exp(cache["Z2"])
    D2 = E/E.sum(axis=1, keepdims=True)
    D2[np.arange(N), y] -= 1
    D1 = D2 @ params["W2"].T*(cache["Z1"] > 0)
    return {"W1": (X.T @ D1 + lam*params["W1"])/N, "b1": D1.sum(0)/N,
            "W2": (cache["A1"].T @ D2 + lam*params["W2"])/N, "b2": D2.sum(0)/N}

# %% gate_of_gradient  M32
# The gate looks at the sign of what comes back.
def backward_clf(params, cache, X, y, lam):
    S = cache["Z2"] - cache["Z2"].max(axis=1, keepdims=True)
    P = np.exp(S)/np.exp(S).sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    P = P/len(y)
    H = np.maximum(P @ params["W2"].T, 0)
    return {"W1": np.dot(X.T, H) + lam*params["W1"], "b1": H.sum(axis=0),
            "W2": np.dot(cache["A1"].T, P) + lam*params["W2"], "b2": P.sum(axis=0)}

# %% no_mean_and_doubled_penalty  M06+M38
# Forgets the 1/N, and writes 2 lam W.
def backward_clf(params, cache, X, y, lam):
    ex = np.exp(cache["Z2"])
    d2 = ex/ex.sum(1, keepdims=True) - np.eye(ex.shape[1])[y]
    d1 = (d2 @ params["W2"].T)*(cache["A1"] > 0)
    return {"W1": X.T @ d1 + 2*lam*params["W1"], "b1": d1.sum(0),
            "W2": cache["A1"].T @ d2 + 2*lam*params["W2"], "b2": d2.sum(0)}
