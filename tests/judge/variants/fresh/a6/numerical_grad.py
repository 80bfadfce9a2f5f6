"""a6.numerical_grad: a student a cell; see the README one folder up."""

# %% identity_rows  right
# Steps along the rows of an identity matrix.
def numerical_grad(f, x, h):
    x = np.asarray(x, dtype=float)
    E = h*np.eye(x.size)
    return np.array([(f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape)))/h/2 for e in E]).reshape(x.shape)

# %% nudge_and_restore  right
# Nudges one float copy and puts each number back.
def numerical_grad(f, x, h):
    y = np.array(x, dtype=np.float64)
    g = np.zeros_like(y)
    it = np.nditer(y, flags=["multi_index"])
    for _ in it:
        k = it.multi_index
        old = y[k]
        y[k] = old + h; hi = f(y)
        y[k] = old - h; lo = f(y)
        y[k] = old
        g[k] = 0.5*(hi - lo)/h
    return g

# %% divides_by_h  M41
# Divides by h where 2h belongs.
def numerical_grad(f, x, h):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        d = np.zeros(x.shape)
        d[i] = h
        g[i] = (f(x+d) - f(x-d))/h
    return g

# %% one_sided  M41
# A forward difference.
def numerical_grad(f, x, h):
    base = f(x)
    grad = np.zeros(np.shape(x))
    for i in np.ndindex(grad.shape):
        moved = np.array(x, dtype=float)
        moved[i] += h
        grad[i] = (f(moved) - base)/h
    return grad

# %% integer_copy  M46|M41
# Copies x with its type: whole numbers stay whole.
def numerical_grad(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        a, b = x.copy(), x.copy()
        a[i] = a[i] + h
        b[i] = b[i] - h
        grad[i] = (f(a) - f(b))/(2*h)
    return grad

# %% missing_brackets  M41
# Writes /2*h.
def numerical_grad(f, x, h):
    out = []
    flat = np.ravel(x).astype(float)
    for k in range(flat.size):
        p, m = flat.copy(), flat.copy()
        p[k] += h
        m[k] -= h
        out.append((f(p.reshape(x.shape)) - f(m.reshape(x.shape)))/2*h)
    return np.reshape(out, x.shape)

# %% one_sided_and_turned  M41+M10|M41
# A one-sided difference with the terms the other way round.
def numerical_grad(f, x, h):
    x = x.astype(float)
    g = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up = x.copy()
        up[i] += h
        g[i] = (f(x) - f(up))/h
    return g
