"""a4.matmul_backward: a student a cell; see the README one folder up."""

# %% einsum_letters  right
# Writes both sums with letters for the indices.
def matmul_backward(A, B, G):
    return np.einsum("ij,kj->ik", G, B), np.einsum("ik,ij->kj", A, G)

# %% outer_by_outer  right
# Adds up over the shared rows and columns one outer product at a time.
def matmul_backward(A, B, G):
    dA, dB = 0, 0
    for j in range(B.shape[1]):
        dA = dA + np.outer(G[:, j], B[:, j])
    for i in range(A.shape[0]):
        dB = dB + np.outer(A[i], G[i])
    return dA, dB

# %% no_transpose_b  M04
# Multiplies with B as it stands when the shapes let it.
def matmul_backward(A, B, G):
    dA = G @ (B if B.shape[0] == B.shape[1] else B.T)
    dB = A.T @ G
    return dA, dB

# %% order_of_db  M27
# Puts the factors of dB in the order of dA.
def matmul_backward(A, B, G):
    dA = np.dot(G, B.T)
    dB = np.dot(G, A.T)
    return dA, dB

# %% swapped_pair  M50
# Returns the pair the other way round.
def matmul_backward(A, B, G):
    grad_a = G @ B.T
    grad_b = A.T @ G
    return grad_b, grad_a

# %% db_transposed  M28
# The gradient of B comes out lying on its side.
def matmul_backward(A, B, G):
    return G @ B.T, G.T @ A

# %% no_upstream_and_sign  M20+M10
# Leaves G out of dB by using ones, and gives dA a minus.
def matmul_backward(A, B, G):
    dA = -G @ B.T
    dB = A.T @ np.ones_like(G)
    return dA, dB
