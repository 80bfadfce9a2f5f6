"""a3.general_grad: dz/dx_j = sum_i dz/du_i du_i/dx_j; du_dx[i, j] = du_i/dx_j."""

# %% plain  right
# A row times the Jacobian.
def general_grad(dz_du, du_dx):
    return dz_du @ du_dx

# %% double_loop  right
# Over every wire, with +=.
def general_grad(dz_du, du_dx):
    m, n = np.shape(du_dx)
    grad = np.zeros(n)
    for j in range(n):
        for i in range(m):
            grad[j] += dz_du[i] * du_dx[i, j]
    return grad

# %% einsum  right
# Index letters as in the formula.
def general_grad(dz_du, du_dx):
    return np.einsum("i,ij->j", dz_du, du_dx)

# %% transposed_product  right  held-out
# The column form.
def general_grad(dz_du, du_dx):
    J = np.asarray(du_dx)
    return J.T.dot(dz_du)

# %% list_comprehension  right
# A plain list comes back.
def general_grad(dz_du, du_dx):
    return [sum(slope * speed for slope, speed in zip(dz_du, column)) for column in zip(*du_dx)]

# %% scaled_rows  right  held-out
# Rows scaled by broadcasting, then summed.
def general_grad(dz_du, du_dx):
    contributions = np.array(dz_du)[:, None] * np.array(du_dx)
    return contributions.sum(axis=0)

# %% float32  right
# Single precision.
def general_grad(dz_du, du_dx):
    a = np.asarray(dz_du, dtype=np.float32)
    J = np.asarray(du_dx, dtype=np.float32)
    return a @ J

# %% in_place_on_a_copy  right
# Scales the rows of a copy of its own.
def general_grad(dz_du, du_dx):
    J = np.array(du_dx, dtype=float)
    for i in range(len(J)):
        J[i] *= dz_du[i]
    return np.sum(J, 0)

# %% helper_for_one_input  right  held-out
# One function for one j; an early return for a single intermediate.
def towards(j, dz_du, du_dx):
    if len(dz_du) == 1:
        return dz_du[0] * du_dx[0][j]
    total = 0.0
    for slope, row in zip(dz_du, du_dx):
        total = total + slope * row[j]
    return total

def general_grad(dz_du, du_dx):
    return np.array([towards(j, dz_du, du_dx) for j in range(len(du_dx[0]))])

# %% first_intermediate_skipped  M02
# range starts at 1.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    grad = np.zeros(n)
    for i in range(1, m):
        grad += dz_du[i] * du_dx[i]
    return grad

# %% last_intermediate_skipped  M02  held-out
# A slice that stops one short.
def general_grad(dz_du, du_dx):
    return dz_du[:-1] @ du_dx[:-1]

# %% return_inside_loop  M02
# The return stands inside the loop.
def general_grad(dz_du, du_dx):
    grad = np.zeros(du_dx.shape[1])
    for slope, row in zip(dz_du, du_dx):
        grad += slope * row
        return grad

# %% equals_for_plus_equals  M03
# = in the inner loop.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    grad = np.zeros(n)
    for j in range(n):
        for i in range(m):
            grad[j] = dz_du[i] * du_dx[i, j]
    return grad

# %% rows_overwritten  M03  held-out
# The variable is rebound for each intermediate.
def general_grad(dz_du, du_dx):
    x_bar = 0
    for u_bar, row in zip(dz_du, du_dx):
        x_bar = u_bar * row
    return x_bar

# %% jacobian_on_the_left  M04
# du_dx @ dz_du: fits when m = n only.
def general_grad(dz_du, du_dx):
    return du_dx @ dz_du

# %% indices_exchanged  M04  held-out
# du_dx[j, i] where du_dx[i, j] belongs.
def general_grad(dz_du, du_dx):
    n = du_dx.shape[1]
    grad = np.zeros(n)
    for j in range(n):
        for i in range(len(dz_du)):
            grad[j] += dz_du[i] * du_dx[j, i]
    return grad

# %% summed_over_inputs  M12
# axis=1: one number for each intermediate.
def general_grad(dz_du, du_dx):
    return (dz_du[:, None] * du_dx).sum(axis=1)

# %% summed_over_everything  M12  held-out
# One number spread over all inputs.
def general_grad(dz_du, du_dx):
    total = np.sum(dz_du[:, None] * du_dx)
    return np.full(du_dx.shape[1], total)

# %% diagonal_wires_only  M26
# u_j is taken to depend on x_j only.
def general_grad(dz_du, du_dx):
    m, n = du_dx.shape
    grad = np.zeros(n)
    for j in range(min(m, n)):
        grad[j] = dz_du[j] * du_dx[j, j]
    return grad

# %% outer_slopes_missing  M20
# The column sums of the Jacobian.
def general_grad(dz_du, du_dx):
    return du_dx.sum(axis=0)

# %% inner_slopes_missing  M01  held-out
# The outer slopes are summed, du_dx only gives the length.
def general_grad(dz_du, du_dx):
    grad = np.zeros(du_dx.shape[1])
    for slope in dz_du:
        grad += slope
    return grad

# %% product_of_sums  M16
# (sum of slopes) times (sum of speeds).
def general_grad(dz_du, du_dx):
    return np.sum(dz_du) * np.sum(du_dx, axis=0)

# %% edges_added  M18
# + along each road.
def general_grad(dz_du, du_dx):
    n = du_dx.shape[1]
    return np.array([sum(dz_du[i] + du_dx[i, j] for i in range(len(dz_du))) for j in range(n)])

# %% roads_multiplied  M15
# prod where sum belongs.
def general_grad(dz_du, du_dx):
    return np.prod(dz_du[:, None] * du_dx, axis=0)

# %% negated  M10
# The whole answer with a minus.
def general_grad(dz_du, du_dx):
    grad = np.zeros(du_dx.shape[1])
    for i, slope in enumerate(dz_du):
        grad -= slope * du_dx[i]
    return grad

# %% alternating  M10  held-out
# The last road is subtracted.
def general_grad(dz_du, du_dx):
    return dz_du[:-1] @ du_dx[:-1] - dz_du[-1] * du_dx[-1]

# %% mean_of_roads  M06
# mean where sum belongs.
def general_grad(dz_du, du_dx):
    return np.mean(np.asarray(dz_du)[:, None] * du_dx, axis=0)

# %% last_road_twice  M22
# The last intermediate is added again after the loop.
def general_grad(dz_du, du_dx):
    grad = np.zeros(du_dx.shape[1])
    for i in range(len(dz_du)):
        grad += dz_du[i] * du_dx[i]
    return grad + dz_du[i] * du_dx[i]

# %% outer_slope_twice  M31
# Rows are scaled, then multiplied by dz_du again.
def general_grad(dz_du, du_dx):
    J = dz_du[:, None] * du_dx
    return dz_du @ J

# %% integer_box  M46  held-out
# zeros with dtype=int.
def general_grad(dz_du, du_dx):
    n = du_dx.shape[1]
    grad = np.zeros(n, dtype=int)
    for j in range(n):
        grad[j] = dz_du @ du_dx[:, j]
    return grad

# %% jacobian_scaled_in_place  M24
# The caller's du_dx is multiplied.
def general_grad(dz_du, du_dx):
    du_dx *= dz_du[:, None]
    return du_dx.sum(axis=0)

# %% first_row_as_accumulator  M24  held-out
# A view of the caller's first row collects the sum.
def general_grad(dz_du, du_dx):
    grad = du_dx[0]
    grad *= dz_du[0]
    for i in range(1, len(dz_du)):
        grad += dz_du[i] * du_dx[i]
    return grad

# %% memory_in_a_default  M23
# A dictionary as default argument remembers the last call.
def general_grad(dz_du, du_dx, total={}):
    for j in range(du_dx.shape[1]):
        for i in range(len(dz_du)):
            total[j] = total.get(j, 0.0) + dz_du[i] * du_dx[i, j]
    return [total[j] for j in range(du_dx.shape[1])]

# %% one_road_and_minus  M02+M10
# The first road only, negated.
def general_grad(dz_du, du_dx):
    return -dz_du[0] * du_dx[0]

# %% mean_and_minus  M06+M10  held-out
# The mean, negated.
def general_grad(dz_du, du_dx):
    return -(dz_du[:, None] * du_dx).mean(axis=0)

# %% contributions_not_summed  unnameable
# Returns the table of contributions: a wrong shape.
def general_grad(dz_du, du_dx):
    return dz_du[:, None] * du_dx

# %% row_matrix  unnameable  held-out
# Right numbers in a (1, n) array.
def general_grad(dz_du, du_dx):
    return dz_du.reshape(1, -1) @ du_dx

# %% largest_road  unnameable
# Keeps the largest contribution.
def general_grad(dz_du, du_dx):
    return (dz_du[:, None] * du_dx).max(axis=0)
