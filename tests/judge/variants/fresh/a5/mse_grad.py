"""a5.mse_grad: a student a cell; see the README one folder up."""

# %% entry_by_entry  right
# Two loops.
def mse_grad(P, Y):
    N, K = P.shape
    return np.array([[2.0/N*(P[n, k] - Y[n, k]) for k in range(K)] for n in range(N)])

# %% mean_times_k  right
# Divides by the number of entries and gives the K back.
def mse_grad(P, Y):
    return (P - Y)*P.shape[1]/(0.5*P.size)

# %% size_for_rows  M06
# Divides by N K.
def mse_grad(P, Y):
    return 2*(P-Y)/P.size

# %% no_two  M11
# The 2 of the square is lost.
def mse_grad(P, Y):
    n = len(Y)
    diff = P - Y
    return diff/n

# %% y_minus_p  M10
# The difference the other way round.
def mse_grad(P, Y):
    return (2/P.shape[0])*np.subtract(Y, P)

# %% no_mean  M06
# Forgets to divide.
def mse_grad(P, Y):
    err = P - Y
    return 2*err

# %% no_two_no_mean  M11+M06
# Only the difference.
def mse_grad(P, Y):
    return P - Y
