"""a5.mse_grad: L = (1/N) sum_n ||P_n - Y_n||^2: a sum over outputs, a mean over the batch; the answer is dL/dP."""

# %% plain  right
# 2 (P - Y) / N.
def mse_grad(P, Y):
    N = P.shape[0]
    return 2 * (P - Y) / N

# %% residual_named  right
# len for N.
def mse_grad(P, Y):
    residual = np.subtract(P, Y)
    return (2.0 / len(residual)) * residual

# %% loops  right  held-out
# Entry by entry.
def mse_grad(P, Y):
    N, K = np.shape(P)
    dP = np.zeros((N, K))
    for n in range(N):
        for k in range(K):
            dP[n, k] = (P[n][k] - Y[n][k]) * 2 / N
    return dP

# %% in_place_on_its_own  right
# Works on its own difference.
def mse_grad(P, Y):
    D = np.array(P, dtype=float)
    D -= Y
    D *= 2
    D /= D.shape[0]
    return D

# %% rows_as_lists  right
# Lists come back.
def mse_grad(P, Y):
    scale = 2 / len(P)
    return [[scale * (p - y) for p, y in zip(p_row, y_row)] for p_row, y_row in zip(P, Y)]

# %% float32  right  held-out
# Single precision.
def mse_grad(P, Y):
    P, Y = P.astype(np.float32), Y.astype(np.float32)
    return np.float32(2) * (P - Y) / np.float32(len(P))

# %% minus_of_the_other  right
# -2 (Y - P) / N.
def mse_grad(P, Y):
    return -2 * (Y - P) / Y.shape[0]

# %% sum_over_n  M06
# No mean at all.
def mse_grad(P, Y):
    return 2 * (P - Y)

# %% mean_over_entries  M06
# Divided by N K.
def mse_grad(P, Y):
    return 2 * (P - Y) / P.size

# %% mean_over_entries_by_loop  M06  held-out
# The same with shape.
def mse_grad(P, Y):
    rows, columns = P.shape
    out = np.empty((rows, columns))
    for n in range(rows):
        out[n] = 2 / (rows * columns) * (P[n] - Y[n])
    return out

# %% divided_by_outputs  M06
# Divided by K.
def mse_grad(P, Y):
    return 2 * (P - Y) / P.shape[1]

# %% divided_twice  M06  held-out
# Once in a mean, once by hand.
def mse_grad(P, Y):
    N = len(P)
    mean_residual = (P - Y) / N
    return 2 * mean_residual / N

# %% two_forgotten  M11
# (P - Y) / N.
def mse_grad(P, Y):
    return (P - Y) / P.shape[0]

# %% four  M11  held-out
# The 2 comes twice.
def mse_grad(P, Y):
    d_square = 2 * (P - Y)
    return 2 * d_square / len(P)

# %% sign  M10
# Y - P.
def mse_grad(P, Y):
    return 2 * (Y - P) / len(Y)

# %% sign_outside  M10  held-out
# A minus in front.
def mse_grad(P, Y):
    N = P.shape[0]
    return -(2 / N) * (P - Y)

# %% target_forgotten  M30|M33
# 2 P / N.
def mse_grad(P, Y):
    return 2 * P / P.shape[0]

# %% square_kept  M44
# The square is not differentiated.
def mse_grad(P, Y):
    return (P - Y)**2 / len(P)

# %% two_times_square  M44
# 2 (P - Y)^2 / N: the power is not lowered.
def mse_grad(P, Y):
    return 2 * (P - Y)**2 / len(P)

# %% absolute_value  M44|M10  held-out
# 2 |P - Y| / N.
def mse_grad(P, Y):
    return 2 * np.abs(P - Y) / len(P)

# %% residual_missing  M20
# 2 / N everywhere.
def mse_grad(P, Y):
    return np.full(P.shape, 2 / P.shape[0])

# %% cross_entropy_start  M33
# -Y / P, the start of another loss.
def mse_grad(P, Y):
    return -Y / P / len(P)

# %% mean_residual_of_each_output  M12
# The residual is averaged over the batch and spread.
def mse_grad(P, Y):
    mean = np.mean(P - Y, axis=0)
    return 2 * np.tile(mean, (len(P), 1))

# %% summed_over_outputs  M12  held-out
# The residuals of a row are summed and spread.
def mse_grad(P, Y):
    total = (P - Y).sum(axis=1, keepdims=True)
    return 2 * np.broadcast_to(total, P.shape) / len(P)

# %% first_row_only  M47
# Only one example is filled.
def mse_grad(P, Y):
    dP = np.zeros(P.shape)
    dP[0] = 2 * (P[0] - Y[0]) / len(P)
    return dP

# %% return_inside_loop  M47  held-out
# Leaves after the first row.
def mse_grad(P, Y):
    dP = np.zeros_like(P, dtype=float)
    for n in range(len(P)):
        dP[n] = 2 * (P[n] - Y[n]) / len(P)
        return dP

# %% integer_box  M46
# The answer in whole numbers.
def mse_grad(P, Y):
    dP = np.zeros(P.shape, dtype=int)
    dP += (2 * (P - Y) / len(P)).astype(int)
    return dP

# %% works_in_p  M24
# -= on the caller's P.
def mse_grad(P, Y):
    P -= Y
    return 2 * P / len(P)

# %% works_in_p_alias  M24  held-out
# dP = P is not a copy.
def mse_grad(P, Y):
    dP = P
    dP -= Y
    dP *= 2 / len(P)
    return dP

# %% two_and_mean_forgotten  M11+M06
# P - Y.
def mse_grad(P, Y):
    return P - Y

# %% sign_and_mean  M10+M06
# 2 (Y - P).
def mse_grad(P, Y):
    return 2 * (Y - P)

# %% two_forgotten_over_entries  M11+M06  held-out
# (P - Y) / (N K).
def mse_grad(P, Y):
    return (P - Y) / np.size(P)

# %% loss_returned  unnameable
# The loss itself.
def mse_grad(P, Y):
    return np.sum((P - Y)**2) / len(P)

# %% one_number  unnameable
# The mean of the gradient.
def mse_grad(P, Y):
    return np.mean(2 * (P - Y))

# %% towards_y  unnameable
# A pair of gradients.
def mse_grad(P, Y):
    d = 2 * (P - Y) / len(P)
    return d, -d
