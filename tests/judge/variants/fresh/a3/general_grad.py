"""a3.general_grad: dz/dx_j = sum over i of dz/du_i du_i/dx_j; du_dx[i, j] = du_i/dx_j."""

# %% einsum  right
# einsum over the shared index.
def general_grad(dz_du, du_dx):
    return np.einsum("i,ij->j", dz_du, du_dx)

# %% float32_tensordot  right
# Single precision and tensordot.
def general_grad(dz_du, du_dx):
    a = np.asarray(dz_du, dtype=np.float32)
    b = np.asarray(du_dx, dtype=np.float32)
    return np.tensordot(a, b, axes=1)

# %% zip_star_columns  right
# Columns by zip(*...), a generator summed for each; a list comes back.
def general_grad(dz_du, du_dx):
    return [sum(p * s for p, s in zip(dz_du, column)) for column in zip(*du_dx)]

# %% reduce_rows  right
# functools.reduce adds scaled rows.
from functools import reduce

def general_grad(dz_du, du_dx):
    return reduce(np.add, (slope * row for slope, row in zip(dz_du, du_dx)))

# %% recursion_on_rows  right
# The first row and the rest.
def general_grad(dz_du, du_dx):
    if len(dz_du) == 1:
        return dz_du[0] * du_dx[0]
    return dz_du[0] * du_dx[0] + general_grad(dz_du[1:], du_dx[1:])

# %% dict_of_totals  right
# A dict by column, filled with enumerate.
def general_grad(dz_du, du_dx):
    total = {}
    for i, row in enumerate(du_dx):
        for j, entry in enumerate(row):
            total[j] = total.get(j, 0.0) + dz_du[i] * entry
    return np.array([total[j] for j in sorted(total)])

# %% complex_matrix_real  right
# A complex row whose real part is returned, with conjugate transposes.
def general_grad(dz_du, du_dx):
    row = dz_du.astype(complex)[:, None]
    return (du_dx.astype(complex).conj().T @ row).real.ravel()

# %% factors_the_other_way  M04
# du_dx @ dz_du.
def general_grad(dz_du, du_dx):
    return du_dx @ dz_du

# %% transposed_by_dot  M04
# A transpose too many.
def general_grad(dz_du, du_dx):
    J = du_dx.T
    return np.dot(dz_du, J)

# %% einsum_wrong_letter  M04
# ij,j->i.
def general_grad(dz_du, du_dx):
    return np.einsum("ij,j->i", du_dx, dz_du)

# %% loop_indices_exchanged  M04
# du_dx[j, i].
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    out = np.zeros(n)
    for j in range(n):
        for i in range(m):
            out[j] += dz_du[i]*du_dx[j, i]
    return out

# %% star  M26
# * broadcasts along the rows.
def general_grad(dz_du, du_dx):
    return dz_du * du_dx

# %% star_by_column  M26
# The shares, not summed.
def general_grad(dz_du, du_dx):
    shares = dz_du[:, None] * du_dx
    return shares

# %% diagonal_only  M26
# du_dx[j, j].
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    out = np.zeros(n)
    for j in range(n):
        if j < m:
            out[j] = dz_du[j] * du_dx[j, j]
    return out

# %% summed_over_inputs  M12
# axis=1.
def general_grad(dz_du, du_dx):
    return (dz_du[:, None]*du_dx).sum(axis=1)

# %% summed_over_all  M12
# No axis: one number for every input.
def general_grad(dz_du, du_dx):
    total = np.sum(dz_du[:, None] * du_dx)
    return np.full(du_dx.shape[1], total)

# %% equals_for_plus_equals  M03
# The last intermediate wins.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    grad = np.zeros(n)
    for j in range(n):
        for i in range(m):
            grad[j] = dz_du[i]*du_dx[i][j]
    return grad

# %% counter_from_one  M02
# range(1, m): the first intermediate is lost.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    g = np.zeros(n)
    for i in range(1, m):
        g += dz_du[i] * du_dx[i]
    return g

# %% counter_too_short  M02
# range(m - 1).
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    return np.array([sum(dz_du[i]*du_dx[i, j] for i in range(m - 1)) for j in range(n)])

# %% return_in_loop  M02
# Returns after the first intermediate.
def general_grad(dz_du, du_dx):
    total = 0
    for d, row in zip(dz_du, du_dx):
        total = total + d*row
        return total

# %% columns_added  M20
# dz_du is not used.
def general_grad(dz_du, du_dx):
    return du_dx.sum(axis=0)

# %% sums_multiplied  M16
# (sum of slopes)(sum of columns).
def general_grad(dz_du, du_dx):
    return np.sum(dz_du) * np.sum(du_dx, axis=0)

# %% shares_multiplied  M15
# prod over the intermediates.
def general_grad(dz_du, du_dx):
    return np.prod(dz_du[:, None] * du_dx, axis=0)

# %% edges_added  M18
# dz_du + du_dx.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    out = []
    for j in range(n):
        s = 0
        for i in range(m):
            s += dz_du[i] + du_dx[i, j]
        out.append(s)
    return np.array(out)

# %% mean_over_roads  M06
# mean for sum.
def general_grad(dz_du, du_dx):
    return np.mean(dz_du[:, None]*du_dx, axis=0)

# %% whole_numbers  M46
# An int array.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    out = np.zeros(n, dtype=int)
    for j in range(n):
        out[j] = np.dot(dz_du, du_dx[:, j])
    return out

# %% minus_equals  M10
# -= for +=.
def general_grad(dz_du, du_dx):
    out = np.zeros(du_dx.shape[1])
    for slope, row in zip(dz_du, du_dx):
        out -= slope*row
    return out

# %% rows_scaled_in_place  M24
# Writes into du_dx.
def general_grad(dz_du, du_dx):
    for i in range(len(dz_du)):
        du_dx[i] *= dz_du[i]
    return du_dx.sum(axis=0)

# %% transpose_and_minus  M04+M10
# Wrong side and a minus.
def general_grad(dz_du, du_dx):
    return -(du_dx @ dz_du)

# %% short_and_minus  M02+M10
# range(m - 1) and -=.
def general_grad(dz_du, du_dx):
    out = np.zeros(du_dx.shape[1])
    for i in range(len(dz_du) - 1):
        out -= dz_du[i]*du_dx[i]
    return out

# %% mean_on_the_other_axis  M06+M12|M06
# mean over axis 1.
def general_grad(dz_du, du_dx):
    return (dz_du[:, None] * du_dx).mean(axis=1)

# %% normalised  unnameable
# Divided by its own length.
def general_grad(dz_du, du_dx):
    g = dz_du @ du_dx
    return g / np.linalg.norm(g)

# %% least_squares  unnameable
# Solves with the pseudo-inverse instead of multiplying.
def general_grad(dz_du, du_dx):
    return np.linalg.pinv(du_dx) @ dz_du
