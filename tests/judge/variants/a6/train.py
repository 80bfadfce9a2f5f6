"""a6.train: the two-layer ReLU net of a5 by gradient descent; the answer is (params, losses).

given_backward_clf(params, cache, X, y, lam) is there as in the notebook; X is (N, D), y holds int labels."""

# %% plain  right
# Forward, loss, backward, step.
def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    N, D = X.shape
    C = int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) * np.sqrt(2 / D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) * np.sqrt(2 / hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        Z1 = X @ params["W1"] + params["b1"]
        A1 = np.maximum(Z1, 0)
        Z2 = A1 @ params["W2"] + params["b2"]
        S = Z2 - Z2.max(axis=1, keepdims=True)
        logp = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
        losses.append(float(-logp[np.arange(N), y].mean()))
        grads = given_backward_clf(params, {"X": X, "Z1": Z1, "A1": A1, "Z2": Z2}, X, y, 0.0)
        for name in params:
            params[name] = params[name] - lr * grads[name]
    return params, losses

# %% helpers  right
# Small functions, the loss after each step.
def start(rng, D, H, C):
    return {"W1": rng.standard_normal((D, H)) / np.sqrt(D), "b1": np.zeros(H),
            "W2": rng.standard_normal((H, C)) / np.sqrt(H), "b2": np.zeros(C)}

def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.where(Z1 > 0, Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def cross_entropy(S, y):
    return np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])

def train(X, y, hidden, lr, steps, seed):
    p = start(np.random.default_rng(seed), X.shape[1], hidden, len(np.unique(y)))
    losses = []
    while len(losses) < steps:
        g = given_backward_clf(p, forward(p, X), X, y, 0)
        p = {k: p[k] - lr * g[k] for k in p}
        losses.append(cross_entropy(forward(p, X)["Z2"], y))
    return p, losses

# %% own_gradient  right  held-out
# Writes the backward pass out, no helper used.
def train(X, y, hidden, lr, steps, seed):
    rng = np.random.RandomState(seed)
    N, D = X.shape
    C = max(y) + 1
    onehot = np.eye(C)[y]
    W1, b1 = rng.randn(D, hidden) * (2 / D)**0.5, np.zeros(hidden)
    W2, b2 = rng.randn(hidden, C) * (2 / hidden)**0.5, np.zeros(C)
    losses = []
    for t in range(steps):
        H = np.maximum(X @ W1 + b1, 0)
        E = np.exp(H @ W2 + b2)
        P = E / E.sum(axis=1, keepdims=True)
        losses.append(-np.sum(onehot * np.log(P)) / N)
        d2 = (P - onehot) / N
        d1 = d2 @ W2.T * (H > 0)
        W1 -= lr * X.T @ d1
        b1 -= lr * d1.sum(0)
        W2 -= lr * H.T @ d2
        b2 -= lr * d2.sum(0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, losses

# %% small_penalty  right
# A touch of weight penalty, counted in the loss as well.
def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    lam = 1e-4
    sizes = [X.shape[1], hidden, int(np.max(y)) + 1]
    params = {}
    for layer in (1, 2):
        fan_in, fan_out = sizes[layer - 1], sizes[layer]
        params[f"W{layer}"] = rng.normal(0, math.sqrt(2 / fan_in), (fan_in, fan_out))
        params[f"b{layer}"] = np.zeros(fan_out)
    losses = []
    for _ in range(steps):
        cache = {"X": X, "Z1": X @ params["W1"] + params["b1"]}
        cache["A1"] = np.maximum(cache["Z1"], 0)
        cache["Z2"] = cache["A1"] @ params["W2"] + params["b2"]
        top = cache["Z2"].max(axis=1)
        lse = top + np.log(np.exp(cache["Z2"] - top[:, None]).sum(axis=1))
        data = (lse - cache["Z2"][np.arange(len(y)), y]).mean()
        losses.append(data + lam / 2 * sum((params[w]**2).sum() for w in ("W1", "W2")))
        grads = given_backward_clf(params, cache, X, y, lam)
        for k, g in grads.items():
            params[k] -= lr * g
    return params, losses

# %% float32  right
# Single precision throughout.
def train(X, y, hidden, lr, steps, seed):
    f = np.float32
    rng = np.random.default_rng(seed)
    X = X.astype(f)
    C = len(set(y.tolist()))
    p = {"W1": rng.normal(size=(X.shape[1], hidden)).astype(f) * f((2 / X.shape[1])**0.5), "b1": np.zeros(hidden, f),
         "W2": rng.normal(size=(hidden, C)).astype(f) * f((2 / hidden)**0.5), "b2": np.zeros(C, f)}
    losses = []
    for _ in range(steps):
        Z1 = X @ p["W1"] + p["b1"]
        A1 = np.maximum(Z1, f(0))
        Z2 = A1 @ p["W2"] + p["b2"]
        losses.append(float(np.mean(np.logaddexp.reduce(Z2, axis=1) - Z2[np.arange(len(y)), y])))
        g = given_backward_clf(p, dict(X=X, Z1=Z1, A1=A1, Z2=Z2), X, y, f(0))
        p = {k: (p[k] - f(lr) * g[k]).astype(f) for k in p}
    return p, losses

# %% loss_kept_in_an_array  right  held-out
# The losses in a NumPy array; a list of the four parameters inside.
def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    C = np.unique(y).size
    names = ["W1", "b1", "W2", "b2"]
    values = [rng.normal(scale=1 / np.sqrt(X.shape[1]), size=(X.shape[1], hidden)), np.zeros(hidden),
              rng.normal(scale=1 / np.sqrt(hidden), size=(hidden, C)), np.zeros(C)]
    losses = np.empty(steps)
    for t in range(steps):
        W1, b1, W2, b2 = values
        Z1 = X.dot(W1) + b1
        A1 = Z1 * (Z1 > 0)
        Z2 = A1.dot(W2) + b2
        P = np.exp(Z2 - Z2.max(1, keepdims=True))
        P /= P.sum(1, keepdims=True)
        losses[t] = -np.log(P[range(len(y)), y]).mean()
        g = given_backward_clf(dict(zip(names, values)), {"X": X, "Z1": Z1, "A1": A1, "Z2": Z2}, X, y, 0.0)
        values = [v - lr * g[n] for n, v in zip(names, values)]
    return dict(zip(names, values)), losses

# %% scaled_copy  right
# Keeps its own copy of X, and the labels as whole numbers.
def train(X, y, hidden, lr, steps, seed):
    inputs, labels = np.array(X, dtype=float), np.asarray(y).astype(int)
    rng = np.random.default_rng(seed)
    D, C = inputs.shape[1], labels.max() + 1
    p = dict(W1=rng.uniform(-1, 1, (D, hidden)) * np.sqrt(6 / (D + hidden)), b1=np.full(hidden, 0.01),
             W2=rng.uniform(-1, 1, (hidden, C)) * np.sqrt(6 / (hidden + C)), b2=np.zeros(C))
    losses = []
    for step in range(steps):
        Z1 = inputs @ p["W1"] + p["b1"]
        A1 = np.clip(Z1, 0, None)
        Z2 = A1 @ p["W2"] + p["b2"]
        losses.append(sum(np.logaddexp.reduce(s) - s[c] for s, c in zip(Z2, labels)) / len(labels))
        g = given_backward_clf(p, {"X": inputs, "Z1": Z1, "A1": A1, "Z2": Z2}, inputs, labels, 0.0)
        for k in g:
            p[k] = p[k] - lr * g[k]
    return p, losses

# %% uphill  M42
# Plus the gradient.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] = params[k] + lr * grads[k]
    return params, losses

# %% nothing_stored  M42
# The loop variable is rebound, the parameters stay.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k, value in params.items():
            value = value - lr * grads[k]
    return params, losses

# %% step_for_parameters  M42  held-out
# The step replaces the parameters.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        params = {k: -lr * grads[k] for k in params}
    return params, losses

# %% learning_rate_shared_out  M42
# lr is divided by the number of steps.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] = params[k] - lr / steps * grads[k]
    return params, losses

# %% biases_only  M42  held-out
# The loop over names leaves the weights out.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in ("b1", "b2"):
            params[k] -= lr * grads[k]
    return params, losses

# %% averaged_again  M06
# The gradient, a mean already, is divided by N.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k] / len(X)
    return params, losses

# %% centred_in_place  M24
# X -= mean on the caller's array, and the net learns on that.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    X -= X.mean(axis=0)
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% shuffled_in_place  M24  held-out
# The caller's rows and labels are shuffled together.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% goes_on_from_last_time  M23
# Global parameters: the second call starts where the first ended.
params = {}

def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    if not params:
        params.update(W1=rng.normal(size=(D, hidden)) / np.sqrt(D), b1=np.zeros(hidden),
                      W2=rng.normal(size=(hidden, C)) / np.sqrt(hidden), b2=np.zeros(C))
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] = params[k] - lr * grads[k]
    return params, losses

# %% losses_in_a_default  M23  held-out
# The list of losses grows from call to call.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def train(X, y, hidden, lr, steps, seed, losses=[]):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    for _ in range(steps):
        cache = forward(params, X)
        S = cache["Z2"]
        losses.append(float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% old_cache  M40|M23
# The forward pass runs once, before the loop.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    cache = forward(params, X)
    losses = []
    for _ in range(steps):
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] = params[k] - lr * grads[k]
    return params, losses

# %% whole_number_weights  M46
# The weights start as whole numbers and every step is cut off.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.integers(-1, 2, size=(D, hidden)), "b1": np.zeros(hidden, dtype=int),
              "W2": rng.integers(-1, 2, size=(hidden, C)), "b2": np.zeros(C, dtype=int)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k][...] = params[k] - lr * grads[k]
    return params, losses

# %% loss_sign  M10
# log p without its minus: the numbers rise.
def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        Z1 = X @ params["W1"] + params["b1"]
        A1 = np.maximum(Z1, 0)
        Z2 = A1 @ params["W2"] + params["b2"]
        P = np.exp(Z2) / np.exp(Z2).sum(axis=1, keepdims=True)
        losses.append(np.log(P[np.arange(len(y)), y]).mean())
        grads = given_backward_clf(params, {"X": X, "Z1": Z1, "A1": A1, "Z2": Z2}, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% answers_exchanged  M50
# (losses, params).
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        S = cache["Z2"]
        losses.append(float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return losses, params

# %% label_not_subtracted  M30
# Its own gradient, with p where p minus one-hot belongs.
def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    (N, D), C = X.shape, int(y.max()) + 1
    W1, b1 = rng.normal(size=(D, hidden)) / np.sqrt(D), np.zeros(hidden)
    W2, b2 = rng.normal(size=(hidden, C)) / np.sqrt(hidden), np.zeros(C)
    losses = []
    for _ in range(steps):
        A = np.maximum(X @ W1 + b1, 0)
        E = np.exp(A @ W2 + b2)
        P = E / E.sum(axis=1, keepdims=True)
        losses.append(-np.log(P[np.arange(N), y]).mean())
        d2 = P / N
        d1 = d2 @ W2.T * (A > 0)
        W2, b2 = W2 - lr * A.T @ d2, b2 - lr * d2.sum(axis=0)
        W1, b1 = W1 - lr * X.T @ d1, b1 - lr * d1.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, losses

# %% penalty_drowns_the_data  M38  held-out
# lam = 1 is left in from a test.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        losses.append(loss(cache["Z2"], y))
        grads = given_backward_clf(params, cache, X, y, 1.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% one_example  M47  held-out
# Every step learns from the first example.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        losses.append(loss(forward(params, X)["Z2"], y))
        grads = given_backward_clf(params, forward(params, X[:1]), X[:1], y[:1], 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% uphill_on_one_example  M42+M47
# Plus the gradient of the first example.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def loss(S, y):
    return float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        losses.append(loss(forward(params, X)["Z2"], y))
        grads = given_backward_clf(params, forward(params, X[:1]), X[:1], y[:1], 0.0)
        for k in params:
            params[k] += lr * grads[k]
    return params, losses

# %% all_zeros  unnameable
# All weights start at zero and stay alike.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def train(X, y, hidden, lr, steps, seed):
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": np.zeros((D, hidden)), "b1": np.zeros(hidden), "W2": np.zeros((hidden, C)), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        S = cache["Z2"]
        losses.append(float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% last_loss_only  unnameable
# One number where a list was asked for.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    for _ in range(steps):
        cache = forward(params, X)
        S = cache["Z2"]
        losses = float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y]))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses

# %% return_inside_loop  unnameable  held-out
# Leaves after one step.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng(seed)
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        S = cache["Z2"]
        losses.append(float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
        return params, losses

# %% seed_ignored  unnameable
# Fresh numbers at every call.
def forward(p, X):
    Z1 = X @ p["W1"] + p["b1"]
    A1 = np.maximum(Z1, 0)
    return {"X": X, "Z1": Z1, "A1": A1, "Z2": A1 @ p["W2"] + p["b2"]}

def train(X, y, hidden, lr, steps, seed):
    rng = np.random.default_rng()
    D, C = X.shape[1], int(y.max()) + 1
    params = {"W1": rng.normal(size=(D, hidden)) / np.sqrt(D), "b1": np.zeros(hidden),
              "W2": rng.normal(size=(hidden, C)) / np.sqrt(hidden), "b2": np.zeros(C)}
    losses = []
    for _ in range(steps):
        cache = forward(params, X)
        S = cache["Z2"]
        losses.append(float(np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])))
        grads = given_backward_clf(params, cache, X, y, 0.0)
        for k in params:
            params[k] -= lr * grads[k]
    return params, losses
