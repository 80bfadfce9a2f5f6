"""a3.vjp_chain: v^T J_L ... J_1, jacs listed from input to output, no matrix-matrix product."""

# %% reduce_reversed  right
# functools.reduce with v as the start.
from functools import reduce

def vjp_chain(v, jacs):
    return reduce(lambda bar, J: bar @ J, jacs[::-1], v)

# %% recursion  right
# The last one first, then the rest.
def vjp_chain(v, jacs):
    if not jacs:
        return v
    *rest, last = jacs
    return vjp_chain(v @ last, rest)

# %% transposes_on_columns  right
# J^T @ column.
def vjp_chain(v, jacs):
    col = np.asarray(v, dtype=float)
    i = len(jacs) - 1
    while i >= 0:
        col = jacs[i].T @ col
        i -= 1
    return col

# %% einsum_steps  right
# einsum in every step.
def vjp_chain(v, jacs):
    for k in range(1, len(jacs) + 1):
        v = np.einsum("i,ij->j", v, jacs[-k])
    return v

# %% pure_lists  right
# Sums of products, no NumPy in the work.
def vjp_chain(v, jacs):
    bar = list(v)
    for J in reversed(jacs):
        bar = [sum(b * row[j] for b, row in zip(bar, J)) for j in range(len(J[0]))]
    return bar

# %% pullback_closures  right
# A composed pullback, made from the input side.
def vjp_chain(v, jacs):
    pull = lambda bar: bar
    for J in jacs:
        pull = (lambda inner, J: lambda bar: inner(bar @ J))(pull, J)
    return pull(v)

# %% scaled_rows_float32  right
# Rows scaled by the cotangent and summed, in single precision.
def vjp_chain(v, jacs):
    stack = [J.astype(np.float32) for J in jacs]
    bar = v.astype(np.float32)
    while stack:
        bar = (bar[:, None] * stack.pop()).sum(axis=0)
    return bar

# %% input_first  M27
# Runs from the input.
def vjp_chain(v, jacs):
    bar = v
    for J in jacs:
        bar = bar @ J
    return bar

# %% input_first_by_index  M27
# range(len(jacs)) without reversing.
def vjp_chain(v, jacs):
    row = v.copy()
    for i in range(len(jacs)):
        row = np.dot(row, jacs[i])
    return row

# %% reduce_forwards  M27
# reduce over jacs as they come.
from functools import reduce

def vjp_chain(v, jacs):
    return reduce(np.matmul, jacs, v)

# %% columns_untransposed  M04
# J @ bar.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = J @ bar
    return bar

# %% row_times_transpose  M04
# bar @ J.T.
def vjp_chain(v, jacs):
    bar = v
    for J in jacs[::-1]:
        bar = bar @ J.T
    return bar

# %% first_skipped  M37
# range stops before 0.
def vjp_chain(v, jacs):
    bar = v
    for i in range(len(jacs) - 1, 0, -1):
        bar = bar @ jacs[i]
    return bar

# %% first_skipped_by_slice  M37
# jacs[1:].
def vjp_chain(v, jacs):
    g = np.array(v)
    for J in reversed(jacs[1:]):
        g = g @ J
    return g

# %% return_inside  M37
# Returns after one step.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = bar @ J
        return bar

# %% last_skipped  M37|M20
# jacs[:-1]: the output's own step is lost.
def vjp_chain(v, jacs):
    bar = v
    for J in jacs[-2::-1]:
        bar = bar @ J
    return bar

# %% fresh_start_each_time  M37|M03
# v @ J in the loop where bar @ J belongs: only v^T J_1 is left.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = v @ J
    return bar

# %% ones_for_v  M20
# Starts with ones.
def vjp_chain(v, jacs):
    bar = np.ones(jacs[-1].shape[0])
    for J in reversed(jacs):
        bar = bar @ J
    return bar

# %% v_unused  M20
# Starts with the last Jacobian's column sums.
def vjp_chain(v, jacs):
    bar = jacs[-1].sum(axis=0)
    for J in reversed(jacs[:-1]):
        bar = bar @ J
    return bar

# %% star  M26
# bar * J, the matrix goes on.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = bar * J
    return bar

# %% diagonals  M26
# Only the diagonal entries.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = bar * np.diag(J)
    return bar

# %% wrong_axis  M12
# axis=1 after the scaling.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = (bar[:, None] * J).sum(axis=1)
    return bar

# %% rows_added  M18
# + for @, with the rows summed.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = (bar[:, None] + J).sum(axis=0)
    return bar

# %% minus  M10
# A minus at the start.
def vjp_chain(v, jacs):
    bar = -v
    for J in reversed(jacs):
        bar = bar @ J
    return bar

# %% list_reversed_in_place  M24|M23
# jacs.reverse() turns the caller's list round.
def vjp_chain(v, jacs):
    jacs.reverse()
    for J in jacs:
        v = v @ J
    return v

# %% list_emptied  M24
# jacs.pop() empties the caller's list.
def vjp_chain(v, jacs):
    bar = v
    while jacs:
        bar = bar @ jacs.pop()
    return bar

# %% whole_numbers  M46
# astype(int) at each step.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = (bar @ J).astype(int)
    return bar

# %% forwards_and_untransposed  M27+M04
# J @ bar from the input: a JVP.
def vjp_chain(v, jacs):
    bar = v
    for J in jacs:
        bar = J @ bar
    return bar

# %% short_and_ones  M37+M20
# Stops before J_1 and starts with ones.
def vjp_chain(v, jacs):
    bar = np.ones_like(v)
    for J in jacs[:0:-1]:
        bar = bar @ J
    return bar

# %% forwards_and_short  M27+M37
# From the input, and the last one is left off.
def vjp_chain(v, jacs):
    bar = v
    for J in jacs[:-1]:
        bar = bar @ J
    return bar

# %% normalised_each_step  unnameable
# Divides by the length at each step.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = bar @ J
        bar = bar / np.linalg.norm(bar)
    return bar

# %% sorted_answer  unnameable
# Sorted before it is returned.
def vjp_chain(v, jacs):
    bar = v
    for J in reversed(jacs):
        bar = bar @ J
    return np.sort(np.abs(bar))
