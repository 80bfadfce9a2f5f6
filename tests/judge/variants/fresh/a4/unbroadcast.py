"""a4.unbroadcast: a student a cell; see the README one folder up."""

# %% one_axis_at_a_time  right
# Sums away leading axes in a loop, then the stretched ones.
def unbroadcast(g, shape):
    while np.ndim(g) > len(shape):
        g = np.add.reduce(g)
    for k in range(len(shape)):
        if shape[k] == 1:
            g = np.add.reduce(g, axis=k, keepdims=True)
    return np.asarray(g)

# %% scatter_add  right
# Lets NumPy say where each number was copied to and adds it back there.
def unbroadcast(g, shape):
    out = np.zeros(math.prod(shape))
    where = np.broadcast_to(np.arange(out.size).reshape(shape), g.shape)
    np.add.at(out, where.ravel(), g.ravel())
    return out.reshape(shape)

# %% mean_of_copies  M06
# Takes means over the copies.
def unbroadcast(g, shape):
    g = g.mean(axis=tuple(range(g.ndim - len(shape))))
    for i, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=i, keepdims=True)
    return g

# %% missing_half  unnameable
# Undoes the added axes only, so a stretched axis stays long.
def unbroadcast(g, shape):
    extra = g.ndim - len(shape)
    for _ in range(extra):
        g = g.sum(axis=0)
    return g

# %% last_axis_first  M12
# Sums the extra axes from the right.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=-1)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g

# %% first_copy  M47|M36
# Takes the first of the copies in place of their sum.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0]
    for i, n in enumerate(shape):
        if n == 1:
            g = np.take(g, [0], axis=i)
    return g

# %% last_along_stretched  M47|M36
# Keeps only the last copy along stretched axes.
def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    for i, n in enumerate(shape):
        if n == 1:
            g = np.take(g, [-1], axis=i)
    return g
