"""a4.unbroadcast: the adjoint of NumPy broadcasting; g is summed back to `shape`."""

# %% plain  right
# Leading axes first, then the axes of length one.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g

# %% axes_at_once  right
# One sum over a tuple of axes, then a reshape.
def unbroadcast(g, shape):
    extra = g.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(extra + k for k, s in enumerate(shape) if s == 1 and g.shape[extra + k] != 1)
    return g.sum(axis=axes).reshape(shape)

# %% early_return  right  held-out
# Nothing to do when the shapes agree.
def unbroadcast(g, shape):
    if g.shape == tuple(shape):
        return g.copy()
    lead = g.ndim - len(shape)
    g = np.sum(g, axis=tuple(range(lead)))
    ones = tuple(k for k in range(len(shape)) if shape[k] == 1)
    return np.sum(g, axis=ones, keepdims=True)

# %% entry_by_entry  right
# Every entry of g goes where it came from.
def unbroadcast(g, shape):
    out = np.zeros(shape)
    lead = g.ndim - len(shape)
    for index in np.ndindex(g.shape):
        home = tuple(0 if s == 1 else i for i, s in zip(index[lead:], shape))
        out[home] += g[index]
    return out

# %% scatter  right
# np.add.at on a broadcast table of positions.
def unbroadcast(g, shape):
    size = int(np.prod(shape))
    place = np.broadcast_to(np.arange(size).reshape(shape), g.shape)
    out = np.zeros(size)
    np.add.at(out, place.ravel(), np.asarray(g, dtype=float).ravel())
    return out.reshape(shape)

# %% padded_shape  right  held-out
# The shape is padded with ones, as broadcasting does.
def unbroadcast(g, shape):
    padded = (1,) * (np.ndim(g) - len(shape)) + tuple(shape)
    for axis in range(len(padded)):
        if padded[axis] == 1:
            g = np.sum(g, axis, keepdims=True)
    return np.reshape(g, shape)

# %% float32  right
# Single precision.
def unbroadcast(g, shape):
    g = g.astype(np.float32)
    while g.ndim > len(shape):
        g = np.add.reduce(g)
    for k in range(g.ndim):
        if g.shape[k] != shape[k]:
            g = g.sum(k, keepdims=True)
    return g

# %% recursive  right
# One axis a call.
def unbroadcast(g, shape):
    if np.ndim(g) > len(shape):
        return unbroadcast(sum(g), shape)
    for k, size in enumerate(shape):
        if g.shape[k] > size:
            return unbroadcast(g.sum(axis=k, keepdims=True), shape)
    return g

# %% returned_unsummed  M05
# g as it came.
def unbroadcast(g, shape):
    return g

# %% leading_axes_only  M05  held-out
# The axes of length one stay stretched.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g

# %% means_everywhere  M06
# mean where sum belongs.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            g = g.mean(axis=k, keepdims=True)
    return g

# %% mean_of_leading_axes  M06  held-out
# Only the leading axes are averaged.
def unbroadcast(g, shape):
    lead = g.ndim - len(shape)
    g = np.mean(g, axis=tuple(range(lead))) if lead else g
    ones = tuple(k for k, s in enumerate(shape) if s == 1)
    return np.sum(g, axis=ones, keepdims=True)

# %% mean_of_stretched_axes  M06
# Only the axes of length one are averaged.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis in range(g.ndim):
        if shape[axis] == 1 and g.shape[axis] > 1:
            g = np.mean(g, axis=axis, keepdims=True)
    return g

# %% first_slice  M47
# Takes the first entry along each stretched axis.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0]
    for k, size in enumerate(shape):
        if size == 1:
            g = np.take(g, [0], axis=k)
    return g

# %% first_of_leading_axes  M47  held-out
# g[0] for a leading axis; the others are summed.
def unbroadcast(g, shape):
    for _ in range(g.ndim - len(shape)):
        g = g[0]
    axes = tuple(k for k, s in enumerate(shape) if s == 1)
    return g.sum(axis=axes, keepdims=True)

# %% overwritten  M03|M47
# = where += belongs.
def unbroadcast(g, shape):
    out = np.zeros(shape)
    lead = g.ndim - len(shape)
    for index in np.ndindex(*g.shape):
        home = tuple(0 if s == 1 else i for i, s in zip(index[lead:], shape))
        out[home] = g[index]
    return out

# %% fancy_plus_equals  M03|M47  held-out
# out[place] += g keeps the last one where places repeat.
def unbroadcast(g, shape):
    size = int(np.prod(shape))
    place = np.broadcast_to(np.arange(size).reshape(shape), g.shape).ravel()
    out = np.zeros(size)
    out[place] += g.ravel()
    return out.reshape(shape)

# %% trailing_axes_summed  M12
# The surplus axes are taken off at the end.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=-1)
    for k, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=k, keepdims=True)
    return g

# %% spread_over_all  M12
# One total in every place.
def unbroadcast(g, shape):
    return np.full(shape, g.sum())

# %% wrong_stretched_axis  M12  held-out
# The axis that should survive is summed, then reshaped.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            other = g.ndim - 1 - k
            g = g.sum(axis=other, keepdims=True)
    return g if g.shape == tuple(shape) else g.T

# %% cut_to_size  M47
# np.resize keeps the first block of numbers.
def unbroadcast(g, shape):
    return np.resize(g, shape)

# %% negated  M10
# A minus.
def unbroadcast(g, shape):
    lead = g.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(lead + k for k, s in enumerate(shape) if s == 1)
    return -g.sum(axis=axes).reshape(shape)

# %% doubled  M11
# A stray 2.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for k in range(g.ndim):
        if shape[k] == 1:
            g = g.sum(axis=k, keepdims=True)
    return 2*g

# %% integer_box  M46
# The sum lands in zeros of whole numbers.
def unbroadcast(g, shape):
    total = g
    while total.ndim > len(shape):
        total = total.sum(axis=0)
    for k, s in enumerate(shape):
        if s == 1:
            total = total.sum(axis=k, keepdims=True)
    out = np.zeros(shape, dtype=int)
    out[...] = total
    return out

# %% sums_into_the_first_row  M24
# The caller's g[0] collects the rows.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        for row in g[1:]:
            g[0] += row
        g = g[0]
    for k, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=k, keepdims=True)
    return g

# %% shape_assigned  M24  held-out
# The caller's g is given another shape in place.
def unbroadcast(g, shape):
    lead = g.ndim - len(shape)
    g.shape = (int(np.prod(g.shape[:lead])),) + g.shape[lead:]
    out = g.sum(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            out = out.sum(axis=k, keepdims=True)
    return out

# %% first_entry_twice  M22
# The first slice is counted again.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0] + g.sum(axis=0)
    for k, size in enumerate(shape):
        if size == 1 and g.shape[k] > 1:
            g = np.take(g, [0], axis=k) + g.sum(axis=k, keepdims=True)
    return g

# %% average_and_minus  M06+M10
# Means, negated.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            g = g.mean(axis=k, keepdims=True)
    return -g

# %% broadcast_again  unnameable
# The forward direction: an exception.
def unbroadcast(g, shape):
    return np.broadcast_to(g, shape)

# %% largest  unnameable
# max where sum belongs.
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.max(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            g = g.max(axis=k, keepdims=True)
    return g

# %% keepdims_lost  unnameable  held-out
# Right numbers, but the axes of length one are gone.
def unbroadcast(g, shape):
    lead = g.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(lead + k for k, s in enumerate(shape) if s == 1)
    return g.sum(axis=axes)
