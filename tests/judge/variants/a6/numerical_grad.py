"""a6.numerical_grad: central differences of f at x with step h, an array like x; x is left unchanged."""

# %% plain  right
# One entry at a time, on a copy.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = (f(up) - f(down)) / (2 * h)
    return grad

# %% nditer  right
# multi_index, and the old value put back.
def numerical_grad(f, x, h):
    x = np.asarray(x).astype(float)
    grad = np.empty_like(x)
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        i = it.multi_index
        old = x[i]
        x[i] = old + h
        plus = f(x)
        x[i] = old - h
        minus = f(x)
        x[i] = old
        grad[i] = (plus - minus) / (2 * h)
    return grad

# %% basis_vectors  right  held-out
# Rows of the identity, reshaped.
def numerical_grad(f, x, h):
    x = np.asarray(x, dtype=float)
    slopes = []
    for e in np.eye(x.size):
        step = h * e.reshape(x.shape)
        slopes.append((f(x + step) - f(x - step)) / (2 * h))
    return np.reshape(slopes, x.shape)

# %% flat_copy  right
# Works on a flat list and restores the shape for f.
def numerical_grad(f, x, h):
    shape = np.shape(x)
    flat = [float(v) for v in np.ravel(x)]
    grad = []
    for k in range(len(flat)):
        higher, lower = list(flat), list(flat)
        higher[k] += h
        lower[k] -= h
        difference = f(np.array(higher).reshape(shape)) - f(np.array(lower).reshape(shape))
        grad.append(difference / (2 * h))
    return np.array(grad).reshape(shape)

# %% half_the_sum  right
# The mean of the forward and the backward quotient.
def quotient(f, x, step):
    return (f(x + step) - f(x)) / step.sum()

def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = h
        grad[i] = 0.5 * (quotient(f, x, step) + quotient(f, x, -step))
    return grad

# %% enumerate_entries  right  held-out
# ndenumerate; the quotient as two halves.
def numerical_grad(f, x, h):
    out = np.zeros(np.shape(x))
    for i, value in np.ndenumerate(x):
        y = np.array(x, dtype=float)
        y[i] = value + h
        a = f(y) / (2 * h)
        y[i] = value - h
        b = f(y) / (2 * h)
        out[i] = a - b
    return out

# %% list_comprehension  right
# A helper for one entry.
def shifted(x, i, amount):
    y = np.array(x, dtype=float)
    y.flat[i] += amount
    return y

def numerical_grad(f, x, h):
    values = [(f(shifted(x, i, h)) - f(shifted(x, i, -h))) / (2*h) for i in range(np.size(x))]
    return np.array(values).reshape(np.shape(x))

# %% divided_by_h  M41
# h where 2h belongs.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / h
    return grad

# %% two_h_without_brackets  M41
# / 2 * h multiplies by h.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / 2 * h
    return grad

# %% forward_difference  M41
# One-sided.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    base = f(x)
    for i in np.ndindex(x.shape):
        up = x.astype(float)
        up[i] += h
        grad[i] = (f(up) - base) / h
    return grad

# %% backward_difference  M41  held-out
# One-sided, the other way.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    slopes = [(f(x) - f(x - h*e.reshape(x.shape))) / h for e in np.eye(x.size)]
    return np.array(slopes).reshape(x.shape)

# %% not_divided  M41  held-out
# The bare difference.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = f(x + step) - f(x - step)
    return grad

# %% half_not_taken_back  M41  held-out
# Divided by 2, not by h.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x + step) - f(x - step)) / 2
    return grad

# %% one_sided_over_two_h  M41
# A forward difference divided by 2h.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        y = x.astype(float)
        y[i] += h
        grad[i] = (f(y) - f(x)) / (2 * h)
    return grad

# %% own_step  M41
# h is set to 1e-5, whatever was asked.
def numerical_grad(f, x, h):
    h = 1e-5
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x + step) - f(x - step)) / (2 * h)
    return grad

# %% relative_step  M41  held-out
# h times the entry.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h * abs(x[i])
        grad[i] = (f(x + step) - f(x - step)) / (2 * step[i])
    return grad

# %% half_steps  M41  held-out
# x + h/2 and x - h/2, divided by h.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h / 2
        grad[i] = (f(x + step) - f(x - step)) / h
    return grad

# %% all_entries_moved  M41
# x + h moves every entry at once.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        grad[i] = (f(x + h) - f(x - h)) / (2 * h)
    return grad

# %% not_restored  M41
# Each entry of the copy stays at x - h.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        plus = f(x)
        x[i] -= 2 * h
        minus = f(x)
        grad[i] = (plus - minus) / (2 * h)
    return grad

# %% not_restored_in_the_callers_x  M41|M41+M24
# The same on the caller's own array.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        plus = f(x)
        x[i] -= 2 * h
        grad[i] = (plus - f(x)) / (2 * h)
    return grad

# %% only_one_step_back  M41  held-out
# After + h only - h follows: the lower point is x itself.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        plus = f(x)
        x[i] -= h
        minus = f(x)
        grad[i] = (plus - minus) / (2 * h)
    return grad

# %% moved_and_left  M24|M41
# Right quotients, but the caller's x keeps a shift of h in its last entry.
def numerical_grad(f, x, h):
    start = x.astype(float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[...] = start
        x[i] -= h
        minus = f(x)
        x[i] = start[i] + h
        grad[i] = (f(x) - minus) / (2 * h)
    return grad

# %% sign  M10|M41
# minus - plus.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x - step) - f(x + step)) / (2 * h)
    return grad

# %% integer_grad  M46
# A gradient of whole numbers.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape, dtype=int)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x + step) - f(x - step)) / (2 * h)
    return grad

# %% zeros_like_x  M46
# zeros_like takes over the whole numbers of x: wrong where x holds integers.
def numerical_grad(f, x, h):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad

# %% first_row_only  M47|M02
# Visits as many entries as the last axis has: the first row of a matrix.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for k in range(x.shape[-1]):
        step = np.zeros(x.shape)
        step.flat[k] = h
        grad.flat[k] = (f(x + step) - f(x - step)) / (2 * h)
    return grad

# %% rows_moved_at_once  M41  held-out
# range(len(x)) moves a whole row of a matrix at once.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad

# %% one_sided_sign  M41+M10
# f(x) - f(x + h), over h.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x) - f(x + step)) / h
    return grad

# %% flat_answer  unnameable
# Right numbers, flattened.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    return np.array([(f(x + h*e.reshape(x.shape)) - f(x - h*e.reshape(x.shape))) / (2*h) for e in np.eye(x.size)])

# %% values_of_f  unnameable
# The upper values, not the slopes.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = f(x + step)
    return grad

# %% tuple_returned  unnameable  held-out
# The value of f comes along.
def numerical_grad(f, x, h):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x + step) - f(x - step)) / (2 * h)
    return f(x), grad
