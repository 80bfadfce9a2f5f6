"""a3.jacobian_chain: the (k, n) Jacobian of f(g(x)) from the handed Jacobians."""

# %% einsum  right
# einsum with named axes.
def jacobian_chain(f, Jf, g, Jg, x):
    return np.einsum("lm,mn->ln", Jf(g(x)), Jg(x))

# %% columns_pushed  right
# One JVP for each basis vector.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    cols = [A @ (B @ e) for e in np.eye(len(x))]
    return np.stack(cols, axis=1)

# %% rows_pulled  right
# One VJP for each output, through a closure.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    def pull(v):
        return v @ Jf(u) @ Jg(x)
    k = Jf(u).shape[0]
    return np.array([pull(np.eye(k)[l]) for l in range(k)])

# %% outer_products  right
# Sum over the intermediates of outer products.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    return sum(np.outer(A[:, i], B[i]) for i in range(B.shape[0]))

# %% reduce_matmul  right
# reduce over a list, transposed twice.
from functools import reduce

def jacobian_chain(f, Jf, g, Jg, x):
    transposed = [Jg(x).T, Jf(g(x)).T]
    return reduce(np.matmul, transposed).T

# %% nested_lists  right
# Pure Python comprehension, a list of lists comes back.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)).tolist(), Jg(x).tolist()
    return [[sum(a * b for a, b in zip(row, col)) for col in zip(*B)] for row in A]

# %% single_precision_class  right
# A Map class with a @ operator in float32.
class Map:
    def __init__(self, J):
        self.J = np.asarray(J, dtype=np.float32)
    def __matmul__(self, other):
        return Map(self.J @ other.J)

def jacobian_chain(f, Jf, g, Jg, x):
    return (Map(Jf(u := g(x))) @ Map(Jg(x))).J

# %% inner_first  M27
# Jg @ Jf.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jg(x) @ Jf(u)

# %% inner_first_dot  M27
# np.dot with the inner Jacobian on the left.
def jacobian_chain(f, Jf, g, Jg, x):
    inner = Jg(x)
    outer = Jf(g(x))
    return np.dot(inner, outer)

# %% outer_at_x  M07
# Jf(x).
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(x) @ Jg(x)

# %% outer_at_x_einsum  M07
# u is computed but unused.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    outer = Jf(x)
    inner = Jg(x)
    return np.einsum("ij,jk->ik", outer, inner)

# %% inner_at_u  M07
# Jg(g(x)).
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jf(u) @ Jg(u)

# %% star  M26
# * for @.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jf(u) * Jg(x)

# %% np_multiply  M26
# np.multiply.
def jacobian_chain(f, Jf, g, Jg, x):
    return np.multiply(Jf(g(x)), Jg(x))

# %% diagonal_roads  M26
# Only i = j in the middle.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    k, n = A.shape[0], B.shape[1]
    out = np.zeros((k, n))
    for l in range(min(k, B.shape[0], A.shape[1])):
        for j in range(n):
            out[l, j] = A[l, l] * B[l, j]
    return out

# %% result_transposed  M28
# (n, k).
def jacobian_chain(f, Jf, g, Jg, x):
    J = Jf(g(x)) @ Jg(x)
    return J.T

# %% result_by_columns  M28
# out[j][l].
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    k, n = A.shape[0], B.shape[1]
    out = np.zeros((n, k))
    for l in range(k):
        for j in range(n):
            out[j, l] = A[l] @ B[:, j]
    return out

# %% inner_transposed  M04
# Jf @ Jg.T.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) @ Jg(x).T

# %% outer_transposed  M04
# Jf.T @ Jg.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jf(u).T @ Jg(x)

# %% einsum_transposed  M04
# The wrong letter is repeated.
def jacobian_chain(f, Jf, g, Jg, x):
    return np.einsum("ij,kj->ik", Jf(g(x)), Jg(x))

# %% only_outer  M01
# Jf(g(x)).
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jf(u)

# %% only_inner  M20
# Jg(x).
def jacobian_chain(f, Jf, g, Jg, x):
    J = Jg(x)
    return J

# %% added  M18
# Jf + Jg.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) + Jg(x)

# %% overwritten  M03
# = in the innermost loop.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    k, m = A.shape
    n = B.shape[1]
    J = np.zeros((k, n))
    for l in range(k):
        for j in range(n):
            for i in range(m):
                J[l, j] = A[l, i] * B[i, j]
    return J

# %% one_intermediate_short  M02
# range(m - 1).
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    J = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[1] - 1):
        J += np.outer(A[:, i], B[i, :])
    return J

# %% negative  M10
# A minus.
def jacobian_chain(f, Jf, g, Jg, x):
    return -Jf(g(x)) @ Jg(x)

# %% other_composition  M50
# The Jacobian of g(f(x)).
def jacobian_chain(f, Jf, g, Jg, x):
    v = f(x)
    return Jg(v) @ Jf(x)

# %% inner_first_at_x  M27+M07
# Jg(x) @ Jf(x).
def jacobian_chain(f, Jf, g, Jg, x):
    return Jg(x) @ Jf(x)

# %% at_x_and_star  M07+M26
# Jf(x) * Jg(x).
def jacobian_chain(f, Jf, g, Jg, x):
    a = Jf(x)
    b = Jg(x)
    return a * b

# %% at_x_and_transposed  M07+M28
# (Jf(x) Jg(x))^T.
def jacobian_chain(f, Jf, g, Jg, x):
    J = Jf(x) @ Jg(x)
    return J.transpose()

# %% solved  unnameable
# A pseudo-inverse of the inner Jacobian.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) @ np.linalg.pinv(Jg(x)).T

# %% clipped  unnameable
# Entries are kept between -1 and 1.
def jacobian_chain(f, Jf, g, Jg, x):
    J = Jf(g(x)) @ Jg(x)
    return np.clip(J, -1, 1)
