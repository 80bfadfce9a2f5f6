"""a6.rnn_backward: h_t = tanh(x_t Wx + h_{t-1} Wh + b), L = 1/2 sum_t |h_t - y_t|^2; gradients of Wx, Wh, b, h0.

X is (T, D), Y is (T, H), h0 is (H,)."""

# %% plain  right
# Forward with a list of states, then back through time.
def rnn_backward(params, X, Y):
    Wx, Wh, b, h0 = params["Wx"], params["Wh"], params["b"], params["h0"]
    h = [h0]
    for x in X:
        h.append(np.tanh(x @ Wx + h[-1] @ Wh + b))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in range(len(X), 0, -1):
        dh = dh + h[t] - Y[t - 1]
        delta = dh * (1 - h[t]**2)
        dWx += np.outer(X[t - 1], delta)
        dWh += np.outer(h[t - 1], delta)
        db += delta
        dh = delta @ Wh.T
    return {"Wx": dWx, "Wh": dWh, "b": db, "h0": dh}

# %% table_of_deltas  right
# All deltas first, then three products.
def rnn_backward(params, X, Y):
    T, H = len(X), len(params["b"])
    S = np.zeros((T + 1, H))
    S[0] = params["h0"]
    for t in range(T):
        S[t + 1] = np.tanh(X[t] @ params["Wx"] + S[t] @ params["Wh"] + params["b"])
    delta = np.zeros((T + 1, H))
    for t in reversed(range(T)):
        delta[t] = (S[t + 1] - Y[t] + params["Wh"] @ delta[t + 1]) * (1 - S[t + 1]**2)
    D = delta[:-1]
    return {"Wx": X.T @ D, "Wh": S[:-1].T @ D, "b": D.sum(axis=0), "h0": params["Wh"] @ D[0]}

# %% recursion  right  held-out
# Forward on the way down, backward on the way up.
def rnn_backward(params, X, Y):
    g = {k: np.zeros(np.shape(v)) for k, v in params.items()}
    def run(t, h_prev):
        if t == len(X):
            return np.zeros(len(h_prev))
        h = np.tanh(X[t] @ params["Wx"] + h_prev @ params["Wh"] + params["b"])
        bar = (run(t + 1, h) + h - Y[t]) * (1 - h * h)
        g["Wx"] += np.outer(X[t], bar)
        g["Wh"] += np.outer(h_prev, bar)
        g["b"] += bar
        return params["Wh"] @ bar
    g["h0"] = run(0, np.asarray(params["h0"]))
    return g

# %% pre_activations_kept  right
# Keeps z and uses 1/cosh^2; einsum for the outer products.
def rnn_backward(params, X, Y):
    Wx, Wh, b = params["Wx"], params["Wh"], params["b"]
    states, zs = [np.array(params["h0"])], []
    for t in range(X.shape[0]):
        zs.append(X[t] @ Wx + states[t] @ Wh + b)
        states.append(np.tanh(zs[t]))
    grads = dict(Wx=0.0, Wh=0.0, b=0.0)
    carried = 0.0
    for t in range(X.shape[0] - 1, -1, -1):
        d = (states[t + 1] - Y[t] + carried) / np.cosh(zs[t])**2
        grads["Wx"] = grads["Wx"] + np.einsum("d,h->dh", X[t], d)
        grads["Wh"] = grads["Wh"] + np.einsum("g,h->gh", states[t], d)
        grads["b"] = grads["b"] + d
        carried = Wh @ d
    grads["h0"] = carried
    return grads

# %% unrolled_copies  right
# One copy of each weight for each step, summed at the end.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    copies = {"Wx": [], "Wh": [], "b": []}
    bar = np.zeros(len(params["b"]))
    for x, before, h, y in reversed(list(zip(X, hs, hs[1:], Y))):
        delta = (bar + h - y) * (1 - h**2)
        copies["Wx"].append(x[:, None] * delta)
        copies["Wh"].append(before[:, None] * delta)
        copies["b"].append(delta)
        bar = (params["Wh"] * delta).sum(axis=1)
    total = {k: sum(v) for k, v in copies.items()}
    total["h0"] = bar
    return total

# %% float32  right  held-out
# Single precision; lists for the vectors.
def rnn_backward(params, X, Y):
    p = {k: np.asarray(v, np.float32) for k, v in params.items()}
    X, Y = X.astype(np.float32), Y.astype(np.float32)
    hs = [p["h0"]]
    for x in X:
        hs.append(np.tanh(x @ p["Wx"] + hs[-1] @ p["Wh"] + p["b"]))
    dWx, dWh, db, dh = 0 * p["Wx"], 0 * p["Wh"], 0 * p["b"], 0 * p["h0"]
    for t in range(len(X) - 1, -1, -1):
        d = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        dWx, dWh, db, dh = dWx + np.outer(X[t], d), dWh + np.outer(hs[t], d), db + d, p["Wh"] @ d
    return {"Wx": dWx, "Wh": dWh, "b": list(db), "h0": list(dh)}

# %% term_by_term  right
# Sums, over every loss term, the way back from that term alone.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    for s in range(1, len(hs)):
        bar = hs[s] - Y[s - 1]
        for t in range(s, 0, -1):
            bar = bar * (1 - hs[t]**2)
            g["b"] += bar
            g["Wx"] += np.outer(X[t - 1], bar)
            g["Wh"] += np.outer(hs[t - 1], bar)
            bar = params["Wh"] @ bar
        g["h0"] += bar
    return g

# %% last_use_only  M36
# Only the last step's use of the weights.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    T = len(X)
    deltas = [None] * T
    dh = 0
    for t in reversed(range(T)):
        deltas[t] = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        dh = params["Wh"] @ deltas[t]
    return {"Wx": np.outer(X[T-1], deltas[T-1]), "Wh": np.outer(hs[T-1], deltas[T-1]), "b": deltas[T-1], "h0": dh}

# %% equals_for_plus_equals  M36|M03
# = for all three weights: the first step is left at the end.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    dh = np.zeros_like(params["h0"])
    for t in range(len(X) - 1, -1, -1):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        dWx = np.outer(X[t], delta)
        dWh = np.outer(hs[t], delta)
        db = delta
        dh = params["Wh"] @ delta
    return {"Wx": dWx, "Wh": dWh, "b": db, "h0": dh}

# %% recurrent_weight_overwritten  M36|M03  held-out
# = for Wh only.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] = np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% nothing_carried_back  M37
# Each step sees only its own loss term.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    H = np.array(hs)
    D = (H[1:] - Y) * (1 - H[1:]**2)
    return {"Wx": X.T @ D, "Wh": H[:-1].T @ D, "b": D.sum(axis=0), "h0": params["Wh"] @ D[0]}

# %% one_step_back  M37
# The carried part comes from the next loss term alone.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    H = np.array(hs)
    own = (H[1:] - Y) * (1 - H[1:]**2)
    D = own.copy()
    D[:-1] += own[1:] @ params["Wh"].T * (1 - H[1:-1]**2)
    return {"Wx": X.T @ D, "Wh": H[:-1].T @ D, "b": D.sum(axis=0), "h0": params["Wh"] @ D[0]}

# %% carried_reset_each_step  M37  held-out
# dh is set to zero inside the loop.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    for t in range(len(X) - 1, -1, -1):
        dh = np.zeros(len(params["b"]))
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% start_state_cut_off  M37|M01
# h0 gets delta_1, not Wh delta_1.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = delta
    return g

# %% recurrent_not_transposed  M04
# delta @ Wh.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = delta @ params["Wh"]
    g["h0"] = dh
    return g

# %% transposed_before_a_column  M04  held-out
# Wh.T @ delta, which is the same as delta @ Wh.
def rnn_backward(params, X, Y):
    Wx, Wh, b, h0 = (params[k] for k in ("Wx", "Wh", "b", "h0"))
    hs = [h0]
    for x in X:
        hs.append(np.tanh(x @ Wx + hs[-1] @ Wh + b))
    dWx, dWh, db, dh = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape), np.zeros(h0.shape)
    for t in range(len(X))[::-1]:
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        dWx += np.outer(X[t], delta)
        dWh += np.outer(hs[t], delta)
        db += delta
        dh = Wh.T @ delta
    return {"Wx": dWx, "Wh": dWh, "b": db, "h0": dh}

# %% outer_turned  M28  held-out
# dWh = outer(delta, h).
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(delta, hs[t])
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% state_of_this_step  M40
# h_t where h_{t-1} belongs.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t + 1], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% target_of_another_step  M40  held-out
# Y is read from the other end of time.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for k, t in enumerate(reversed(range(len(X)))):
        delta = (dh + hs[t + 1] - Y[k]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% slope_of_the_state_before  M08|M40
# 1 - h_{t-1}^2.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% slope_of_z  M08  held-out
# 1 - z^2.
def rnn_backward(params, X, Y):
    hs, zs = [params["h0"]], []
    for x in X:
        zs.append(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"])
        hs.append(np.tanh(zs[-1]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - zs[t]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% tanh_slope_missing  M09
# delta is dh.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    delta = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = params["Wh"] @ delta + hs[t + 1] - Y[t]
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
    g["h0"] = params["Wh"] @ delta
    return g

# %% slope_twice  M31
# 1 - h^2 in dh and again in delta.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        dh = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        delta = dh * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% last_loss_term_only  M02|M47
# Only |h_T - y_T|^2 counts.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = hs[-1] - Y[-1]
    for t in reversed(range(len(X))):
        delta = dh * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% own_term_replaces_the_carried  M03|M37  held-out
# dh = h - y where dh += h - y belongs.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    for t in reversed(range(len(X))):
        dh = hs[t + 1] - Y[t]
        delta = dh * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% forward_in_time  M21
# The loop back runs from the first step.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in range(len(X)):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% bias_not_summed  M05
# b gets the table of deltas.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    H, D = np.array(hs), np.zeros((len(X), len(params["b"])))
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        D[t] = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        dh = params["Wh"] @ D[t]
    return {"Wx": X.T @ D, "Wh": H[:-1].T @ D, "b": D, "h0": dh}

# %% doubled  M11
# The 1/2 of the loss is forgotten.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + 2 * (hs[t + 1] - Y[t])) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% averaged_over_time  M06  held-out
# Divided by T.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + (hs[t + 1] - Y[t]) / len(X)) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% residual_sign  M10
# y - h.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + Y[t] - hs[t + 1]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% sigmoid_slope  M44  held-out
# h (1 - h).
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * hs[t + 1] * (1 - hs[t + 1])
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% target_forgotten  M30|M33
# h alone.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% start_state_used_up  M24
# += on h0 itself in the forward pass.
def rnn_backward(params, X, Y):
    h = params["h0"]
    hs = [h.copy()]
    for x in X:
        h[:] = np.tanh(x @ params["Wx"] + h @ params["Wh"] + params["b"])
        hs.append(h.copy())
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    return g

# %% whole_number_bias  M46
# The bias gradient lands in whole numbers.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    g["h0"] = dh
    g["b"] = g["b"].astype(int)
    return g

# %% uncarried_and_no_slope  M37+M09
# Nothing carried back, no tanh slope.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    H = np.array(hs)
    D = H[1:] - Y
    return {"Wx": X.T @ D, "Wh": H[:-1].T @ D, "b": D.sum(axis=0), "h0": params["Wh"] @ D[0]}

# %% not_transposed_and_doubled  M04+M11  held-out
# delta @ Wh, and a 2.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + 2 * (hs[t + 1] - Y[t])) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = delta @ params["Wh"]
    g["h0"] = dh
    return g

# %% states_returned  unnameable
# Only the forward pass.
def rnn_backward(params, X, Y):
    h = params["h0"]
    for x in X:
        h = np.tanh(x @ params["Wx"] + h @ params["Wh"] + params["b"])
    return {"Wx": h, "Wh": h, "b": h, "h0": h}

# %% start_state_forgotten  unnameable  held-out
# No entry for h0.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X:
        hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(params[k].shape) for k in ("Wx", "Wh", "b")}
    dh = np.zeros_like(params["h0"])
    for t in reversed(range(len(X))):
        delta = (dh + hs[t + 1] - Y[t]) * (1 - hs[t + 1]**2)
        g["Wx"] += np.outer(X[t], delta)
        g["Wh"] += np.outer(hs[t], delta)
        g["b"] += delta
        dh = params["Wh"] @ delta
    return g
