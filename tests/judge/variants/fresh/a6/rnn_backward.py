"""a6.rnn_backward: a student a cell; see the README one folder up."""

# %% recursive_future  right
# A recursion over time: each call returns the bar of the state it started from.
def rnn_backward(params, X, Y):
    Wx, Wh, b = params["Wx"], params["Wh"], params["b"]
    g = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros_like(b)}
    def go(t, h):
        if t == len(X):
            return np.zeros_like(h)
        new = np.tanh(X[t] @ Wx + h @ Wh + b)
        d = (go(t + 1, new) + new - Y[t])*(1 - new*new)
        g["Wx"] += np.outer(X[t], d)
        g["Wh"] += np.outer(h, d)
        g["b"] += d
        return Wh @ d
    g["h0"] = go(0, params["h0"])
    return g

# %% collect_then_multiply  right
# Collects the deltas of all moments and multiplies once.
def rnn_backward(params, X, Y):
    H = [params["h0"]]
    for x in X:
        H.append(np.tanh(x @ params["Wx"] + H[-1] @ params["Wh"] + params["b"]))
    H = np.array(H)
    D = np.zeros_like(Y)
    later = 0
    for t in reversed(range(len(X))):
        D[t] = (H[t+1] - Y[t] + later)/np.cosh(np.arctanh(H[t+1]))**2
        later = D[t] @ params["Wh"].T
    return {"Wx": X.T @ D, "Wh": H[:-1].T @ D, "b": D.sum(0), "h0": later}

# %% no_carry  M37|M02
# Each moment's own loss alone; nothing goes back in time.
def rnn_backward(params, X, Y):
    h = params["h0"]
    g = {k: np.zeros_like(v) for k, v in params.items()}
    for t in range(len(X)):
        prev = h
        h = np.tanh(X[t] @ params["Wx"] + prev @ params["Wh"] + params["b"])
        dz = (h - Y[t])*(1 - h**2)
        g["Wx"] += np.outer(X[t], dz)
        g["Wh"] += np.outer(prev, dz)
        g["b"] += dz
        if t == 0: g["h0"] = params["Wh"] @ dz
    return g

# %% overwrites  M36|M03
# Writes = for the shared weights: the first moment's use is all that stays.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X: hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    grads, dh = {}, 0
    for t in range(len(X), 0, -1):
        dh = dh + hs[t] - Y[t-1]
        dz = dh*(1 - hs[t]**2)
        grads["Wx"] = np.outer(X[t-1], dz)
        grads["Wh"] = np.outer(hs[t-1], dz)
        grads["b"] = dz
        dh = params["Wh"] @ dz
    grads["h0"] = dh
    return grads

# %% state_of_now  M40
# Multiplies Wh's delta with the new state, not the one before.
def rnn_backward(params, X, Y):
    s = [params["h0"]]
    for x in X: s.append(np.tanh(x @ params["Wx"] + s[-1] @ params["Wh"] + params["b"]))
    gWx, gWh, gb, bar = 0, 0, 0, 0
    for t in range(len(X) - 1, -1, -1):
        dz = (bar + s[t+1] - Y[t])*(1 - s[t+1]**2)
        gWx = gWx + np.outer(X[t], dz)
        gWh = gWh + np.outer(s[t+1], dz)
        gb = gb + dz
        bar = dz @ params["Wh"].T
    return {"Wx": gWx, "Wh": gWh, "b": gb, "h0": bar}

# %% no_transpose  M04
# Goes back in time through Wh as it stands.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X: hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = np.zeros_like(params["b"])
    for t in range(len(X))[::-1]:
        dz = (dh + hs[t+1] - Y[t])*(1 - hs[t+1]**2)
        g["Wx"] += X[t][:, None]*dz
        g["Wh"] += hs[t][:, None]*dz
        g["b"] += dz
        dh = dz @ params["Wh"]
    g["h0"] = dh
    return g

# %% no_slope_and_mean  M09+M06
# Forgets the slope of the tanh, and divides by T.
def rnn_backward(params, X, Y):
    hs = [params["h0"]]
    for x in X: hs.append(np.tanh(x @ params["Wx"] + hs[-1] @ params["Wh"] + params["b"]))
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    dh = 0
    for t in range(len(X), 0, -1):
        dh = dh + (hs[t] - Y[t-1])/len(X)
        g["Wx"] += np.outer(X[t-1], dh)
        g["Wh"] += np.outer(hs[t-1], dh)
        g["b"] += dh
        dh = dh @ params["Wh"].T
    g["h0"] = dh
    return g
