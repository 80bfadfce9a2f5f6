"""a4.matmul_backward: C = A @ B, G = dL/dC; the answer is (dA, dB)."""

# %% plain  right
# Each factor's gradient has that factor's shape.
def matmul_backward(A, B, G):
    dA = G @ B.T
    dB = A.T @ G
    return dA, dB

# %% einsum  right
# C_ij = A_ik B_kj, read off the letters.
def matmul_backward(A, B, G):
    return np.einsum("ij,kj->ik", G, B), np.einsum("ik,ij->kj", A, G)

# %% triple_loop  right  held-out
# Every product of the forward pass gives two contributions.
def matmul_backward(A, B, G):
    dA, dB = np.zeros(A.shape), np.zeros(B.shape)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                dA[i, k] += G[i, j] * B[k, j]
                dB[k, j] += G[i, j] * A[i, k]
    return dA, dB

# %% transposed_round  right
# (B G^T)^T and (G^T A)^T.
def matmul_backward(A, B, G):
    return (B @ G.T).T, (G.T @ A).T

# %% sum_of_outer_products  right
# dB as a sum over the rows of A and G.
def matmul_backward(A, B, G):
    dB = np.zeros(np.shape(B))
    for a, g in zip(A, G):
        dB += np.outer(a, g)
    dA = np.array([B @ g for g in G])
    return [dA, dB]

# %% float32  right
# Single precision.
def matmul_backward(A, B, G):
    A, B, G = (np.asarray(M, dtype=np.float32) for M in (A, B, G))
    return G @ B.T, A.T @ G

# %% nested_lists  right  held-out
# Lists of lists come back.
def matmul_backward(A, B, G):
    dA = [[sum(g * b for g, b in zip(G_row, B_row)) for B_row in B] for G_row in G]
    dB = [[sum(a * g for a, g in zip(A_col, G_col)) for G_col in zip(*G)] for A_col in zip(*A)]
    return dA, dB

# %% tensordot  right
# Contracted axes named by number.
def matmul_backward(A, B, G):
    return np.tensordot(G, B, axes=([1], [1])), np.tensordot(A, G, axes=([0], [0]))

# %% no_transpose  M04
# G @ B and A @ G.
def matmul_backward(A, B, G):
    return G @ B, A @ G

# %% b_not_transposed  M04
# Only dA lacks its transpose.
def matmul_backward(A, B, G):
    dA = np.dot(G, B)
    dB = np.dot(A.T, G)
    return dA, dB

# %% a_not_transposed  M04  held-out
# Only dB lacks its transpose, with einsum letters exchanged.
def matmul_backward(A, B, G):
    dA = np.einsum("ij,kj->ik", G, B)
    dB = np.einsum("ki,ij->kj", A, G)
    return dA, dB

# %% g_transposed  M04
# G^T where G belongs.
def matmul_backward(A, B, G):
    return G.T @ B.T, A.T @ G.T

# %% factors_exchanged  M27
# B^T G and G A^T.
def matmul_backward(A, B, G):
    return B.T @ G, G @ A.T

# %% one_product_exchanged  M27  held-out
# Only dB has its factors exchanged.
def matmul_backward(A, B, G):
    dA = G.dot(B.T)
    dB = G.dot(A.T)
    return dA, dB

# %% first_result_transposed  M28
# dA with rows and columns exchanged.
def matmul_backward(A, B, G):
    return B @ G.T, A.T @ G

# %% second_result_transposed  M28  held-out
# dB with rows and columns exchanged.
def matmul_backward(A, B, G):
    dB = G.T @ A
    return G @ B.T, dB

# %% both_transposed  M28
# Both answers with rows and columns exchanged.
def matmul_backward(A, B, G):
    dA = np.einsum("ij,kj->ki", G, B)
    dB = np.einsum("ik,ij->jk", A, G)
    return dA, dB

# %% answers_exchanged  M50
# (dB, dA).
def matmul_backward(A, B, G):
    dA = G @ B.T
    dB = A.T @ G
    return dB, dA

# %% upstream_missing  M20
# Ones stand for G.
def matmul_backward(A, B, G):
    ones = np.ones_like(G)
    return ones @ B.T, A.T @ ones

# %% local_slopes_only  M20
# The transposes of the other factor, spread over the missing axis.
def matmul_backward(A, B, G):
    dA = np.tile(B.sum(axis=1), (A.shape[0], 1))
    dB = np.tile(A.sum(axis=0)[:, None], (1, B.shape[1]))
    return dA, dB

# %% elementwise  M26  held-out
# * where @ belongs: fits for square matrices only.
def matmul_backward(A, B, G):
    return G * B.T, A.T * G

# %% own_factor  M25
# Each factor meets itself.
def matmul_backward(A, B, G):
    dA = G @ A.T
    dB = B.T @ G
    return dA, dB

# %% negated  M10
# A minus before dB.
def matmul_backward(A, B, G):
    return G @ B.T, -A.T @ G

# %% averaged_over_rows  M06
# dB divided by the number of rows.
def matmul_backward(A, B, G):
    dA = G @ B.T
    dB = A.T @ G / A.shape[0]
    return dA, dB

# %% both_averaged  M06  held-out
# Both answers divided by the number of rows.
def matmul_backward(A, B, G):
    n = len(G)
    return G @ B.T / n, A.T @ G / n

# %% first_row_only  M47
# dB from the first row of A and G.
def matmul_backward(A, B, G):
    dA = G @ B.T
    dB = np.outer(A[0], G[0])
    return dA, dB

# %% rows_overwritten  M03|M47
# = where += belongs in the sum over rows.
def matmul_backward(A, B, G):
    dA = np.zeros(A.shape)
    for n in range(A.shape[0]):
        dA[n] = B @ G[n]
        dB = np.outer(A[n], G[n])
    return dA, dB

# %% inner_loop_overwritten  M03  held-out
# = in the three loops.
def matmul_backward(A, B, G):
    dA, dB = np.zeros(A.shape), np.zeros(B.shape)
    for i in range(A.shape[0]):
        for k in range(A.shape[1]):
            for j in range(B.shape[1]):
                dA[i, k] = G[i, j] * B[k, j]
                dB[k, j] = A[i, k] * G[i, j]
    return dA, dB

# %% wrong_axis  M12
# Column sums of G spread over all rows.
def matmul_backward(A, B, G):
    spread = np.broadcast_to(G.sum(axis=0), G.shape)
    return spread @ B.T, A.T @ G

# %% doubled  M11  held-out
# A stray 2 in both.
def matmul_backward(A, B, G):
    return 2 * G @ B.T, 2 * A.T @ G

# %% integer_boxes  M46
# Both answers in integer arrays.
def matmul_backward(A, B, G):
    dA = np.zeros(A.shape, dtype=int)
    dB = np.zeros(B.shape, dtype=int)
    dA[:] = G @ B.T
    dB[:] = A.T @ G
    return dA, dB

# %% written_over_a  M24
# dA is stored in A, after its last use.
def matmul_backward(A, B, G):
    dB = A.T @ G
    A[:] = G @ B.T
    return A, dB

# %% transposed_and_averaged  M28+M06
# dB transposed and divided by the rows.
def matmul_backward(A, B, G):
    return G @ B.T, G.T @ A / len(A)

# %% not_transposed_and_minus  M04+M10  held-out
# No transposes, and a minus.
def matmul_backward(A, B, G):
    return -G @ B, -A @ G

# %% forward_again  unnameable
# C twice.
def matmul_backward(A, B, G):
    return A @ B, A @ B

# %% one_answer  unnameable
# Only dA.
def matmul_backward(A, B, G):
    return G @ B.T

# %% solved  unnameable  held-out
# Divides by B and A by least squares.
def matmul_backward(A, B, G):
    return G @ np.linalg.pinv(B), np.linalg.pinv(A) @ G
