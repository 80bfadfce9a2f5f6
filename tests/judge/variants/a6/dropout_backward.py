"""a6.dropout_backward: A = tanh(Z) * mask / keep, G = dL/dA; the answer is dZ."""

# %% plain  right
# The same mask, the same scale, the slope of tanh.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * (1 - np.tanh(Z)**2)

# %% two_steps  right
# Dropout first, then tanh.
def dropout_backward(G, Z, mask, keep):
    H = np.tanh(Z)
    dH = G * (mask / keep)
    dZ = dH * (1 - H * H)
    return dZ

# %% where  right  held-out
# np.where for the mask, cosh for the slope.
def dropout_backward(G, Z, mask, keep):
    return np.where(mask > 0, G / keep, 0.0) / np.cosh(Z)**2

# %% loops  right
# Entry by entry; dropped entries are skipped.
def dropout_backward(G, Z, mask, keep):
    out = np.zeros(np.shape(Z))
    for i in np.ndindex(out.shape):
        if not mask[i]:
            continue
        out[i] = G[i] * (1 - math.tanh(Z[i])**2) / keep
    return out

# %% float32  right
# Single precision.
def dropout_backward(G, Z, mask, keep):
    t = np.tanh(Z.astype(np.float32))
    return G.astype(np.float32) * mask.astype(np.float32) / np.float32(keep) * (1 - t * t)

# %% in_place_on_a_copy  right  held-out
# *= on a copy of G.
def dropout_backward(G, Z, mask, keep):
    dZ = np.array(G, dtype=float)
    dZ *= mask
    dZ /= keep
    dZ *= 1 - np.tanh(Z)**2
    return dZ

# %% lists  right
# Rows as lists.
def dropout_backward(G, Z, mask, keep):
    return [[g * m / keep * (1 - math.tanh(z)**2) for g, z, m in zip(*rows)] for rows in zip(G, Z, mask)]

# %% mask_missing  M39
# Only the scale.
def dropout_backward(G, Z, mask, keep):
    return G / keep * (1 - np.tanh(Z)**2)

# %% scale_missing  M39
# Only the mask.
def dropout_backward(G, Z, mask, keep):
    return G * mask * (1 - np.tanh(Z)**2)

# %% mask_and_scale_missing  M39
# As if there were no dropout.
def dropout_backward(G, Z, mask, keep):
    H = np.tanh(Z)
    return G * (1 - H**2)

# %% times_keep  M39  held-out
# * keep where / keep belongs.
def dropout_backward(G, Z, mask, keep):
    return G * mask * keep * (1 - np.tanh(Z)**2)

# %% scale_twice  M39
# The mask is taken for scaled, then scaled again.
def dropout_backward(G, Z, mask, keep):
    scaled = mask / keep
    dH = G * scaled / keep
    return dH * (1 - np.tanh(Z)**2)

# %% divided_by_drop_rate  M39  held-out
# / (1 - keep).
def dropout_backward(G, Z, mask, keep):
    return G * mask / (1 - keep) * (1 - np.tanh(Z)**2)

# %% mask_inverted  M39
# The dropped units pass.
def dropout_backward(G, Z, mask, keep):
    return G * (1 - mask) / keep * (1 - np.tanh(Z)**2)

# %% new_mask  M39
# A mask drawn anew.
def dropout_backward(G, Z, mask, keep):
    rng = np.random.default_rng(0)
    mask = rng.random(Z.shape) < keep
    return G * mask / keep * (1 - np.tanh(Z)**2)

# %% scaled_by_kept_share  M39  held-out
# The mean of the mask stands for keep.
def dropout_backward(G, Z, mask, keep):
    return G * mask / np.mean(mask) * (1 - np.tanh(Z)**2)

# %% tanh_slope_missing  M09
# Only the dropout.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep

# %% slope_of_z  M08
# 1 - z^2.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * (1 - Z**2)

# %% slope_of_the_dropped_activation  M08|M39
# The slope at a, after mask and scale.
def dropout_backward(G, Z, mask, keep):
    A = np.tanh(Z) * mask / keep
    return G * mask / keep * (1 - A**2)

# %% tanh_twice  M08  held-out
# 1 - tanh(tanh z)^2.
def slope(z):
    return 1 - np.tanh(z)**2

def dropout_backward(G, Z, mask, keep):
    H = np.tanh(Z)
    return G * mask / keep * slope(H)

# %% upstream_missing  M20
# G is left out.
def dropout_backward(G, Z, mask, keep):
    return mask / keep * (1 - np.tanh(Z)**2)

# %% negated  M10
# tanh^2 - 1.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * (np.tanh(Z)**2 - 1)

# %% plus_for_minus  M10|M44
# 1 + tanh^2.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * (1 + np.tanh(Z)**2)

# %% slope_twice  M31
# (1 - h^2)^2.
def dropout_backward(G, Z, mask, keep):
    s = 1 - np.tanh(Z)**2
    dH = G * mask / keep * s
    return dH * s

# %% value_for_slope  M44
# tanh where its slope belongs.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * np.tanh(Z)

# %% not_squared  M44  held-out
# 1 - tanh.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * (1 - np.tanh(Z))

# %% averaged  M06  held-out
# Divided by the number of rows.
def dropout_backward(G, Z, mask, keep):
    return G * mask / keep * (1 - np.tanh(Z)**2) / len(Z)

# %% mask_on_the_callers_g  M24
# *= on G.
def dropout_backward(G, Z, mask, keep):
    G *= mask
    G /= keep
    return G * (1 - np.tanh(Z)**2)

# %% tanh_written_over_z  M24  held-out
# Z becomes tanh(Z).
def dropout_backward(G, Z, mask, keep):
    np.tanh(Z, out=Z)
    return G * mask / keep * (1 - Z**2)

# %% whole_numbers  M46
# The answer in whole numbers.
def dropout_backward(G, Z, mask, keep):
    dZ = np.zeros(Z.shape, dtype=int)
    dZ[...] = G * mask / keep * (1 - np.tanh(Z)**2)
    return dZ

# %% no_mask_no_slope  M39+M09
# G / keep.
def dropout_backward(G, Z, mask, keep):
    return G / keep

# %% no_scale_of_z  M39+M08  held-out
# No scale, and 1 - z^2.
def dropout_backward(G, Z, mask, keep):
    return G * mask * (1 - Z**2)

# %% no_scale_no_slope  M39+M09
# G * mask.
def dropout_backward(G, Z, mask, keep):
    dZ = np.where(mask, G, 0)
    return dZ

# %% forward_returned  unnameable
# A itself.
def dropout_backward(G, Z, mask, keep):
    return np.tanh(Z) * mask / keep

# %% kept_entries_only  unnameable  held-out
# A flat array of the entries that were kept.
def dropout_backward(G, Z, mask, keep):
    kept = mask > 0
    return G[kept] / keep * (1 - np.tanh(Z[kept])**2)
