"""a6.gd_step: one gradient-descent step on (1/N) sum ||X W + b - Y||^2; the answer is the new {W, b}."""

# %% plain  right
# Gradients first, then both steps.
def gd_step(params, X, Y, lr):
    N = X.shape[0]
    dP = 2 * (X @ params["W"] + params["b"] - Y) / N
    return {"W": params["W"] - lr * X.T @ dP, "b": params["b"] - lr * dP.sum(axis=0)}

# %% copies_in_place  right
# -= on copies.
def gd_step(params, X, Y, lr):
    W, b = params["W"].copy(), params["b"].copy()
    D = 2 / len(X) * (X @ W + b - Y)
    W -= lr * (X.T @ D)
    b -= lr * D.sum(0)
    return {"W": W, "b": b}

# %% example_by_example  right  held-out
# The gradient adds up in a loop.
def gd_step(params, X, Y, lr):
    W, b = np.asarray(params["W"]), np.asarray(params["b"])
    gW, gb = np.zeros(W.shape), np.zeros(b.shape)
    for x, y in zip(X, Y):
        r = x @ W + b - y
        gW += 2 * np.outer(x, r) / len(X)
        gb += 2 * r / len(X)
    return {"W": W - lr * gW, "b": b - lr * gb}

# %% loop_over_names  right
# A dictionary of gradients.
def gd_step(params, X, Y, lr):
    residual = X.dot(params["W"]) + params["b"] - Y
    grads = {"W": 2 * X.T.dot(residual) / len(Y), "b": 2 * residual.mean(axis=0)}
    new = {}
    for name in params:
        new[name] = params[name] - lr * grads[name]
    return new

# %% column_of_ones  right
# W and b as one matrix; b comes back as a list.
def gd_step(params, X, Y, lr):
    A = np.hstack([X, np.ones((len(X), 1))])
    V = np.vstack([params["W"], params["b"]])
    V = V - lr * 2 * A.T @ (A @ V - Y) / len(X)
    return dict(W=V[:-1], b=list(V[-1]))

# %% float32  right  held-out
# Single precision.
def gd_step(params, X, Y, lr):
    f = np.float32
    W, b, X, Y = params["W"].astype(f), params["b"].astype(f), X.astype(f), Y.astype(f)
    D = f(2 / len(X)) * (X @ W + b - Y)
    return {"W": W - f(lr) * (X.T @ D), "b": b - f(lr) * D.sum(0)}

# %% step_helper  right
# einsum, a helper for the step.
def step(p, g, lr):
    return p - lr * g

def gd_step(params, X, Y, lr):
    R = np.einsum("ni,ik->nk", X, params["W"]) + params["b"] - Y
    G = R * (2.0 / R.shape[0])
    return {"W": step(params["W"], np.einsum("ni,nk->ik", X, G), lr), "b": step(params["b"], np.einsum("nk->k", G), lr)}

# %% uphill  M42|M10
# Plus the gradient.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] + lr * X.T @ D, "b": params["b"] + lr * D.sum(axis=0)}

# %% bias_uphill  M42|M10  held-out
# Only b goes the wrong way.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    W = params["W"] - lr * X.T @ D
    b = params["b"] + lr * D.sum(axis=0)
    return {"W": W, "b": b}

# %% no_learning_rate  M42
# A full gradient is taken off.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - X.T @ D, "b": params["b"] - D.sum(axis=0)}

# %% step_returned  M42
# The step instead of the new parameters.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": -lr * X.T @ D, "b": -lr * D.sum(axis=0)}

# %% gradient_returned  M42  held-out
# The gradients instead of the new parameters.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": X.T @ D, "b": D.sum(axis=0)}

# %% learning_rate_twice  M42
# lr is in the residual already.
def gd_step(params, X, Y, lr):
    D = lr * 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=0)}

# %% bias_left_alone  M42
# b comes back as it was.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"].copy()}

# %% nothing_stored  M42  held-out
# The new values are made and dropped.
def gd_step(params, X, Y, lr):
    new = dict(params)
    D = 2 * (X @ new["W"] + new["b"] - Y) / len(X)
    grads = {"W": X.T @ D, "b": D.sum(axis=0)}
    for name, value in new.items():
        value = value - lr * grads[name]
    return new

# %% divided_by_learning_rate  M42  held-out
# / lr.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - X.T @ D / lr, "b": params["b"] - D.sum(axis=0) / lr}

# %% shrinks_the_weights  M42|M38
# lr takes a share of W, not of the gradient.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": (1 - lr) * params["W"] - lr * X.T @ D, "b": (1 - lr) * params["b"] - lr * D.sum(axis=0)}

# %% bias_after_the_weights  M34
# The residual for b is taken with the new W.
def gd_step(params, X, Y, lr):
    W, b = params["W"].copy(), params["b"].copy()
    W -= lr * 2 * X.T @ (X @ W + b - Y) / len(X)
    b -= lr * 2 * (X @ W + b - Y).mean(axis=0)
    return {"W": W, "b": b}

# %% weights_after_the_bias  M34  held-out
# The residual for W is taken with the new b.
def residual(W, b, X, Y):
    return 2 * (X @ W + b - Y) / len(X)

def gd_step(params, X, Y, lr):
    b = params["b"] - lr * residual(params["W"], params["b"], X, Y).sum(axis=0)
    W = params["W"] - lr * X.T @ residual(params["W"], b, X, Y)
    return {"W": W, "b": b}

# %% step_for_each_example  M34  held-out
# Steps from example to example.
def gd_step(params, X, Y, lr):
    W, b = params["W"].copy(), params["b"].copy()
    for x, y in zip(X, Y):
        r = 2 * (x @ W + b - y) / len(X)
        W = W - lr * np.outer(x, r)
        b = b - lr * r
    return {"W": W, "b": b}

# %% callers_parameters_changed  M24
# -= on the arrays in params.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    params["W"] -= lr * X.T @ D
    params["b"] -= lr * D.sum(axis=0)
    return params

# %% shallow_copy  M24  held-out
# dict(params) shares the arrays.
def gd_step(params, X, Y, lr):
    new = dict(params)
    D = 2 * (X @ new["W"] + new["b"] - Y) / len(X)
    for name, grad in (("W", X.T @ D), ("b", D.sum(axis=0))):
        new[name] -= lr * grad
    return new

# %% params_rebound  M24
# New arrays, but stored in the caller's dictionary.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    params["W"] = params["W"] - lr * X.T @ D
    params["b"] = params["b"] - lr * D.sum(axis=0)
    return {"W": params["W"], "b": params["b"]}

# %% no_mean  M06
# No 1/N.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=0)}

# %% mean_over_entries  M06  held-out
# 1/(N K).
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / Y.size
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=0)}

# %% bias_mean_again  M06
# mean for b, after the 1/N.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.mean(axis=0)}

# %% two_forgotten  M11
# The 2 of the square.
def gd_step(params, X, Y, lr):
    D = (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=0)}

# %% residual_turned  M10|M42
# Y - P, and still minus.
def gd_step(params, X, Y, lr):
    error = Y - (X @ params["W"] + params["b"])
    D = 2 * error / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=0)}

# %% bias_not_summed  M05
# Every row takes b along.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D}

# %% bias_one_number  M12
# One total for every bias.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * np.sum(D)}

# %% bias_wrong_axis  M12  held-out
# axis=1: fits when N = K only.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=1)}

# %% first_example_only  M47
# The gradient of row 0.
def gd_step(params, X, Y, lr):
    r = 2 * (X[0] @ params["W"] + params["b"] - Y[0]) / len(X)
    return {"W": params["W"] - lr * np.outer(X[0], r), "b": params["b"] - lr * r}

# %% target_forgotten  M30|M33  held-out
# X W + b alone.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"]) / len(X)
    return {"W": params["W"] - lr * X.T @ D, "b": params["b"] - lr * D.sum(axis=0)}

# %% whole_number_parameters  M46
# The new parameters are cut to whole numbers.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    W = np.zeros(params["W"].shape, dtype=int)
    b = np.zeros(params["b"].shape, dtype=int)
    W[:] = params["W"] - lr * X.T @ D
    b[:] = params["b"] - lr * D.sum(axis=0)
    return {"W": W, "b": b}

# %% momentum_remembered  M23
# A velocity that lives from call to call.
velocity = {}

def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    grads = {"W": X.T @ D, "b": D.sum(axis=0)}
    new = {}
    for k in grads:
        old = velocity.get(k)
        velocity[k] = grads[k] if old is None or old.shape != grads[k].shape else 0.9*old + grads[k]
        new[k] = params[k] - lr * velocity[k]
    return new

# %% uphill_and_no_mean  M42+M06
# Plus, and no 1/N.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y)
    return {"W": params["W"] + lr * X.T @ D, "b": params["b"] + lr * D.sum(axis=0)}

# %% two_and_mean_forgotten  M11+M06  held-out
# Neither the 2 nor the 1/N.
def gd_step(params, X, Y, lr):
    R = X @ params["W"] + params["b"] - Y
    return {"W": params["W"] - lr * X.T @ R, "b": params["b"] - lr * R.sum(axis=0)}

# %% sequential_and_no_two  M34+M11
# b after W, without the 2.
def gd_step(params, X, Y, lr):
    W = params["W"] - lr * X.T @ (X @ params["W"] + params["b"] - Y) / len(X)
    b = params["b"] - lr * (X @ W + params["b"] - Y).mean(axis=0)
    return {"W": W, "b": b}

# %% solved_exactly  unnameable
# Least squares instead of a step.
def gd_step(params, X, Y, lr):
    A = np.hstack([X, np.ones((len(X), 1))])
    V = np.linalg.lstsq(A, Y, rcond=None)[0]
    return {"W": V[:-1], "b": V[-1]}

# %% tuple_returned  unnameable
# A tuple where a dictionary was asked for.
def gd_step(params, X, Y, lr):
    D = 2 * (X @ params["W"] + params["b"] - Y) / len(X)
    return params["W"] - lr * X.T @ D, params["b"] - lr * D.sum(axis=0)
