"""a3.vjp_chain: v^T J_L ... J_1, jacs listed from input to output, never a matrix times a matrix."""

# %% plain  right
# From the output inwards.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v @ J
    return v

# %% transposed_columns  right
# J^T v, the list read backwards by a slice.
def vjp_chain(v, jacs):
    bar = np.asarray(v)
    for J in jacs[::-1]:
        bar = np.asarray(J).T @ bar
    return bar

# %% reduce  right  held-out
# A fold.
from functools import reduce

def vjp_chain(v, jacs):
    return reduce(np.dot, list(jacs)[::-1], np.asarray(v))

# %% recursion  right
# Peels the last Jacobian off.
def vjp_chain(v, jacs):
    if len(jacs) == 0:
        return v
    return vjp_chain(v @ jacs[-1], jacs[:-1])

# %% pops_its_own_copy  right
# A stack of its own.
def vjp_chain(v, jacs):
    stack = list(jacs)
    out = np.array(v, dtype=float)
    while stack:
        out = out @ stack.pop()
    return out

# %% bare_loops  right  held-out
# Lists and three loops.
def vjp_chain(v, jacs):
    bar = [float(a) for a in v]
    for layer in range(len(jacs) - 1, -1, -1):
        J = jacs[layer]
        new = []
        for j in range(len(J[0])):
            total = 0.0
            for i in range(len(J)):
                total += bar[i] * J[i][j]
            new.append(total)
        bar = new
    return bar

# %% float32  right
# Single precision.
def vjp_chain(v, jacs):
    v = np.asarray(v, dtype=np.float32)
    for k in range(len(jacs)):
        v = v @ np.asarray(jacs[-1 - k], dtype=np.float32)
    return v

# %% einsum_steps  right
# One einsum a layer.
def vjp_chain(v, jacs):
    u_bar = v
    L = len(jacs)
    for l in range(L):
        u_bar = np.einsum("i,ij->j", u_bar, jacs[L - 1 - l])
    return u_bar

# %% pops_the_callers_list  M24
# The caller's list is empty afterwards.
def vjp_chain(v, jacs):
    while jacs:
        v = v @ jacs.pop()
    return v

# %% reverses_the_callers_list  M24  held-out
# reverse() works in place.
def vjp_chain(v, jacs):
    jacs.reverse()
    for J in jacs:
        v = v @ J
    return v

# %% forward_order  M27
# The list is read from the input.
def vjp_chain(v, jacs):
    for J in jacs:
        v = v @ J
    return v

# %% forward_order_fold  M27  held-out
# The same with indices.
def vjp_chain(v, jacs):
    out = v
    for k in range(len(jacs)):
        out = np.dot(out, jacs[k])
    return out

# %% not_transposed  M04
# J @ v where J^T v belongs.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = J @ v
    return v

# %% indices_exchanged  M04  held-out
# einsum over the wrong index of J.
def vjp_chain(v, jacs):
    bar = v
    for J in jacs[::-1]:
        bar = np.einsum("i,ji->j", bar, J)
    return bar

# %% first_jacobian_skipped  M37
# The loop stops before the input.
def vjp_chain(v, jacs):
    for k in range(len(jacs) - 1, 0, -1):
        v = v @ jacs[k]
    return v

# %% return_inside_loop  M37
# Only the last Jacobian is used.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v @ J
        return v

# %% last_two_only  M37  held-out
# Two factors, however long the chain.
def vjp_chain(v, jacs):
    return (v @ jacs[-1]) @ jacs[-2]

# %% last_jacobian_skipped  M37|M20
# [:-1] loses the factor next to the output.
def vjp_chain(v, jacs):
    for J in reversed(jacs[:-1]):
        v = v @ J
    return v

# %% ones_for_v  M20
# v is replaced by ones.
def vjp_chain(v, jacs):
    bar = np.ones(len(v))
    for J in reversed(jacs):
        bar = bar @ J
    return bar

# %% column_sums  M20  held-out
# Starts at the column sums of the last Jacobian; v is never used.
def vjp_chain(v, jacs):
    bar = jacs[-1].sum(axis=0)
    for J in jacs[-2::-1]:
        bar = bar @ J
    return bar

# %% diagonals_only  M26
# Elementwise with each diagonal.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v * np.diag(J)
    return v

# %% edges_added  M18
# + where * belongs inside each sum.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = (v[:, None] + J).sum(axis=0)
    return v

# %% negated  M10
# A minus at the end.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v @ J
    return -v

# %% minus_each_layer  M10
# A minus at every layer: it shows when their number is odd.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = -(v @ J)
    return v

# %% equals_for_plus_equals  M03
# = in the inner loop.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        new = np.zeros(J.shape[1])
        for i in range(J.shape[0]):
            new = v[i] * J[i]
        v = new
    return v

# %% unit_zero_skipped  M02  held-out
# The inner loop starts at 1.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        new = np.zeros(J.shape[1])
        for i in range(1, J.shape[0]):
            new += v[i] * J[i]
        v = new
    return v

# %% mean_at_each_layer  M06
# mean where sum belongs.
def vjp_chain(v, jacs):
    for J in jacs[::-1]:
        v = np.mean(v[:, None] * J, axis=0)
    return v

# %% last_jacobian_twice  M31
# J_L before the loop and again inside it: fits when it is square.
def vjp_chain(v, jacs):
    bar = v @ jacs[-1]
    for J in reversed(jacs):
        bar = bar @ J
    return bar

# %% wrong_axis  M12
# The sum runs over the inputs of each layer.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = (v[:, None] * J).sum(axis=1)
    return v

# %% integer_result  M46  held-out
# An integer array receives the answer.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v @ J
    out = np.empty(len(v), dtype=int)
    out[:] = v
    return out

# %% first_skipped_and_minus  M37+M10
# Stops before the input, and negated.
def vjp_chain(v, jacs):
    for J in reversed(jacs[1:]):
        v = v @ J
    return -v

# %% forward_and_ones  M27+M20  held-out
# The wrong end first, and ones for v.
def vjp_chain(v, jacs):
    bar = np.ones_like(v)
    for J in jacs:
        bar = bar @ J
    return bar

# %% normalised  unnameable
# v is scaled to length 1 at each step.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v @ J
        v = v / np.linalg.norm(v)
    return v

# %% reverse_returns_none  unnameable
# Loops over the None of reverse().
def vjp_chain(v, jacs):
    for J in list(jacs).reverse():
        v = v @ J
    return v

# %% scalar_at_the_end  unnameable  held-out
# Sums the answer up.
def vjp_chain(v, jacs):
    for J in reversed(jacs):
        v = v @ J
    return v.sum()
