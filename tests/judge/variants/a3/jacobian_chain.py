"""a3.jacobian_chain: the Jacobian of f(g(x)) from callables, (k, n); Jacobians are [output, input]."""

# %% plain  right
# Outer Jacobian at g(x), times the inner one at x.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) @ Jg(x)

# %% named_steps  right
# Every factor has a name.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    J_outer = np.asarray(Jf(u))
    J_inner = np.asarray(Jg(x))
    J = np.dot(J_outer, J_inner)
    return J

# %% einsum  right  held-out
# Summed over the intermediate index.
def jacobian_chain(f, Jf, g, Jg, x):
    return np.einsum("ki,ij->kj", Jf(g(x)), Jg(x))

# %% triple_loop  right
# Three loops and +=.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    k, m = np.shape(A)
    n = np.shape(B)[1]
    J = np.zeros((k, n))
    for a in range(k):
        for j in range(n):
            for i in range(m):
                J[a, j] += A[a][i] * B[i][j]
    return J

# %% column_by_column  right
# One tangent at a time.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = np.asarray(Jf(g(x))), np.asarray(Jg(x))
    columns = []
    for e in np.eye(len(x)):
        columns.append(A @ (B @ e))
    return np.stack(columns, axis=1)

# %% row_by_row  right  held-out
# One cotangent at a time; a list of rows comes back.
def jacobian_chain(f, Jf, g, Jg, x):
    inner = np.asarray(Jg(x))
    return [list(row @ inner) for row in np.asarray(Jf(g(x)))]

# %% float32  right
# Single precision product.
def jacobian_chain(f, Jf, g, Jg, x):
    outer = np.array(Jf(g(x)), dtype=np.float32)
    inner = np.array(Jg(x), dtype=np.float32)
    return outer @ inner

# %% lambda_line  right
# One line.
jacobian_chain = lambda f, Jf, g, Jg, x: np.matmul(Jf(g(x)), Jg(x))

# %% sum_of_outer_products  right  held-out
# One rank-one matrix for each intermediate.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = np.asarray(Jf(g(x))), np.asarray(Jg(x))
    total = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[1]):
        total += np.outer(A[:, i], B[i, :])
    return total

# %% outer_at_x  M07
# Jf at x: fits when g keeps the length only.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(x) @ Jg(x)

# %% outer_at_f_of_u  M07  held-out
# Jf at the output f(g(x)).
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    z = f(u)
    return Jf(z) @ Jg(x)

# %% outer_at_the_tangent  M07
# Jf at Jg(x) x.
def jacobian_chain(f, Jf, g, Jg, x):
    u = Jg(x) @ x
    return Jf(u) @ Jg(x)

# %% inner_on_the_left  M27
# The factors in reading order.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jg(x) @ Jf(g(x))

# %% inner_on_the_left_dot  M27  held-out
# The same with dot and names.
def jacobian_chain(f, Jf, g, Jg, x):
    first = Jg(x)
    second = Jf(g(x))
    return np.dot(first, second)

# %% transposed_at_the_end  M28
# Rows and columns exchanged in the answer.
def jacobian_chain(f, Jf, g, Jg, x):
    return (Jf(g(x)) @ Jg(x)).T

# %% both_transposed  M28  held-out
# Jg^T Jf^T.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jg(x).T @ Jf(g(x)).T

# %% columns_stacked_as_rows  M28
# Each tangent becomes a row.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    return np.array([A @ B[:, j] for j in range(B.shape[1])])

# %% outer_transposed  M04
# Jf^T.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)).T @ Jg(x)

# %% inner_transposed  M04  held-out
# Jg^T.
def jacobian_chain(f, Jf, g, Jg, x):
    return np.einsum("ki,ji->kj", Jf(g(x)), Jg(x))

# %% elementwise  M26
# * where @ belongs.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) * Jg(x)

# %% elementwise_named  M26  held-out
# np.multiply after naming.
def jacobian_chain(f, Jf, g, Jg, x):
    outer, inner = Jf(g(x)), Jg(x)
    return np.multiply(outer, inner)

# %% outer_only  M01
# The inner Jacobian is forgotten.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jf(u)

# %% inner_only  M20
# The outer Jacobian is forgotten.
def jacobian_chain(f, Jf, g, Jg, x):
    u = g(x)
    return Jg(x)

# %% added  M18
# The sum of the two Jacobians.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf(g(x)) + Jg(x)

# %% composed_the_other_way  M50
# The Jacobian of g(f(x)).
def jacobian_chain(f, Jf, g, Jg, x):
    return Jg(f(x)) @ Jf(x)

# %% negated  M10
# A minus in front.
def jacobian_chain(f, Jf, g, Jg, x):
    return -Jf(g(x)) @ Jg(x)

# %% first_intermediate_skipped  M02
# The loop over intermediates starts at 1.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    J = np.zeros((A.shape[0], B.shape[1]))
    for i in range(1, A.shape[1]):
        J += np.outer(A[:, i], B[i])
    return J

# %% equals_for_plus_equals  M03
# = in the innermost loop.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    J = np.zeros((len(A), B.shape[1]))
    for k in range(A.shape[0]):
        for j in range(B.shape[1]):
            for i in range(A.shape[1]):
                J[k, j] = A[k, i] * B[i, j]
    return J

# %% outer_product_overwritten  M03  held-out
# The rank-one matrices replace each other.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    for i in range(len(B)):
        J = np.outer(A[:, i], B[i])
    return J

# %% product_of_sums  M16
# Row sums of Jf against column sums of Jg.
def jacobian_chain(f, Jf, g, Jg, x):
    return np.outer(Jf(g(x)).sum(axis=1), Jg(x).sum(axis=0))

# %% mean_over_intermediates  M06  held-out
# mean where sum belongs.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    return np.mean(A[:, :, None] * B[None, :, :], axis=1)

# %% integer_box  M46
# The answer lands in an integer array.
def jacobian_chain(f, Jf, g, Jg, x):
    A, B = Jf(g(x)), Jg(x)
    J = np.zeros((A.shape[0], B.shape[1]), dtype=int)
    J[:] = A @ B
    return J

# %% reversed_and_at_x  M27+M07  held-out
# Factors exchanged, and the outer one at x.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jg(x) @ Jf(x)

# %% transposed_and_minus  M28+M10
# Transposed and negated.
def jacobian_chain(f, Jf, g, Jg, x):
    return -(Jf(g(x)) @ Jg(x)).T

# %% difference_quotient  unnameable
# Differences f(g(x)): wrong as soon as the handed Jacobians are not those of f and g.
def jacobian_chain(f, Jf, g, Jg, x):
    h = 1e-6
    columns = []
    for e in np.eye(len(x)):
        columns.append((np.asarray(f(g(x + h*e))) - np.asarray(f(g(x - h*e)))) / (2*h))
    return np.stack(columns, axis=1)

# %% value_returned  unnameable
# f(g(x)) itself.
def jacobian_chain(f, Jf, g, Jg, x):
    return f(g(x))

# %% functions_multiplied  unnameable  held-out
# The callables, not their values: an exception.
def jacobian_chain(f, Jf, g, Jg, x):
    return Jf @ Jg
