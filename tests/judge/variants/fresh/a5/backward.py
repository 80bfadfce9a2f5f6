"""a5.backward: a student a cell; see the README one folder up."""

# %% per_example  right
# Goes through the batch one example at a time.
def backward(params, cache, X, Y):
    g = {k: np.zeros_like(v) for k, v in params.items()}
    for x, a, out, y in zip(X, cache["A1"], cache["Z2"], Y):
        e = 2*(out - y)/len(X)
        g["W2"] += np.outer(a, e)
        g["b2"] += e
        d = (params["W2"] @ e)*(1 - a)*(1 + a)
        g["W1"] += np.outer(x, d)
        g["b1"] += d
    return g

# %% einsum_and_cosh  right
# Index letters, the slope as 1/cosh^2 of Z1, the mean at the end.
def backward(params, cache, X, Y):
    R = cache["Z2"] - Y
    D = np.einsum("nk,hk->nh", R, params["W2"])/np.cosh(cache["Z1"])**2
    c = 2/len(Y)
    return dict(W1=c*np.einsum("nd,nh->dh", X, D), b1=c*np.einsum("nh->h", D),
                W2=c*np.einsum("nh,nk->hk", cache["A1"], R), b2=c*np.einsum("nk->k", R))

# %% no_activation_slope  M09
# Passes the tanh without its slope.
def backward(params, cache, X, Y):
    N = len(X)
    d2 = 2*(cache["Z2"] - Y)/N
    d1 = d2 @ params["W2"].T
    return {"W1": X.T @ d1, "b1": d1.sum(0), "W2": cache["A1"].T @ d2, "b2": d2.sum(0)}

# %% slope_of_z  M08
# Puts Z1 into 1 - a^2.
def backward(params, cache, X, Y):
    dZ2 = 2*(cache["Z2"] - Y)/X.shape[0]
    dW2 = cache["A1"].T.dot(dZ2)
    db2 = dZ2.sum(axis=0)
    dZ1 = dZ2.dot(params["W2"].T)*(1 - cache["Z1"]**2)
    dW1 = X.T.dot(dZ1)
    db1 = dZ1.sum(axis=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% z1_into_w2  M40
# Multiplies with Z1 where W2 met A1.
def backward(params, cache, X, Y):
    Z1, A1, Z2 = cache["Z1"], cache["A1"], cache["Z2"]
    e = 2/len(X)*(Z2 - Y)
    h = (e @ params["W2"].T)*(1 - A1*A1)
    return {"W2": Z1.T @ e, "b2": np.sum(e, 0), "W1": X.T @ h, "b1": np.sum(h, 0)}

# %% steps_first  M34
# Takes a step with W2 before it goes on to the hidden layer.
def backward(params, cache, X, Y):
    dZ2 = 2*(cache["Z2"] - Y)/len(X)
    dW2 = cache["A1"].T @ dZ2
    W2 = params["W2"] - 0.1*dW2
    dZ1 = (dZ2 @ W2.T)*(1 - cache["A1"]**2)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": dZ2.sum(axis=0)}

# %% bias_rows_and_sign  M05+M10
# Starts with Y - Z2, and does not sum the hidden bias.
def backward(params, cache, X, Y):
    err = 2*(Y - cache["Z2"])/len(Y)
    hid = err @ params["W2"].T*(1 - np.tanh(cache["Z1"])**2)
    return {"W1": X.T @ hid, "b1": hid, "W2": cache["A1"].T @ err, "b2": err.sum(axis=0)}
