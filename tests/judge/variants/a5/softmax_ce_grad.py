"""a5.softmax_ce_grad: mean cross-entropy of softmax(S) for int labels y; the answer is dL/dS, (N, C)."""

# %% plain  right
# p minus one-hot, over N.
def softmax_ce_grad(S, y):
    N = S.shape[0]
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(N), y] -= 1
    return P / N

# %% one_hot_matrix  right
# Rows of the identity.
def softmax_ce_grad(S, y):
    N, C = S.shape
    E = np.exp(S)
    return (E / E.sum(1)[:, None] - np.eye(C)[y]) / N

# %% loops  right  held-out
# Entry by entry, with math.
def softmax_ce_grad(S, y):
    N, C = np.shape(S)
    dS = np.zeros((N, C))
    for n in range(N):
        top = max(S[n])
        e = [math.exp(s - top) for s in S[n]]
        for c in range(C):
            dS[n, c] = e[c] / sum(e) / N
        dS[n, y[n]] -= 1 / N
    return dS

# %% log_sum_exp  right
# exp(log-softmax).
def softmax_ce_grad(S, y):
    logp = S - np.logaddexp.reduce(S, axis=1, keepdims=True)
    target = np.zeros_like(logp)
    np.put_along_axis(target, np.asarray(y)[:, None], 1.0, axis=1)
    return (np.exp(logp) - target) / len(S)

# %% through_the_jacobian  right
# -1/p, then the softmax Jacobian of each row.
def softmax_ce_grad(S, y):
    rows = []
    for s, label in zip(S, y):
        p = np.exp(s - s.max())
        p /= p.sum()
        dp = np.zeros(len(p))
        dp[label] = -1 / p[label]
        rows.append((np.diag(p) - np.outer(p, p)) @ dp / len(S))
    return np.array(rows)

# %% float32  right  held-out
# Single precision.
def softmax_ce_grad(S, y):
    S = S.astype(np.float32)
    P = np.exp(S - S.max(1, keepdims=True))
    P /= P.sum(1, keepdims=True)
    P[range(len(y)), y] -= 1
    return P / np.float32(len(y))

# %% list_of_rows  right
# A helper, lists out; labels compared with the column numbers.
def softmax(row):
    e = np.exp(np.asarray(row) - max(row))
    return e / e.sum()

def softmax_ce_grad(S, y):
    N = len(y)
    columns = np.arange(len(S[0]))
    return [list((softmax(row) - (columns == label)) / N) for row, label in zip(S, y)]

# %% label_forgotten  M30
# Only P / N.
def softmax_ce_grad(S, y):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return P / len(S)

# %% whole_columns  M30
# P[:, y] -= 1 takes columns, not single entries.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    P[:, y] -= 1
    return P / len(S)

# %% off_by_one  M30  held-out
# Labels are taken to start at 1.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(S)), y - 1] -= 1
    return P / len(S)

# %% one_everywhere  M30
# 1 is subtracted from every class.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    return (P - 1) / len(S)

# %% label_number_subtracted  M30  held-out
# The label itself, not its one-hot row.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    return (P - np.asarray(y)[:, None]) / len(S)

# %% not_averaged  M06
# No 1/N.
def softmax_ce_grad(S, y):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P

# %% averaged_over_entries  M06
# 1 / (N C).
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    return (P - np.eye(S.shape[1])[y]) / S.size

# %% averaged_over_classes  M06  held-out
# 1 / C.
def softmax_ce_grad(S, y):
    N, C = S.shape
    P = np.exp(S) / np.exp(S).sum(axis=1).reshape(-1, 1)
    P[np.arange(N), y] -= 1
    return P / C

# %% sign  M10
# one-hot minus p.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    return (np.eye(S.shape[1])[y] - P) / len(S)

# %% plus_label  M10|M30
# += 1 at the label.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(S)), y] += 1
    return P / len(S)

# %% softmax_over_the_batch  M12
# axis=0.
def softmax_ce_grad(S, y):
    E = np.exp(S - S.max(axis=0))
    P = E / E.sum(axis=0)
    P[np.arange(len(S)), y] -= 1
    return P / len(S)

# %% softmax_over_everything  M12  held-out
# One sum for the whole array.
def softmax_ce_grad(S, y):
    P = np.exp(S) / np.sum(np.exp(S))
    P[np.arange(len(S)), y] -= 1
    return P / len(S)

# %% slope_again  M31
# An extra p (1 - p).
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    return (P - np.eye(S.shape[1])[y]) * P * (1 - P) / len(S)

# %% jacobian_again  M31  held-out
# p - y goes through the softmax Jacobian once more.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    D = P - np.eye(S.shape[1])[y]
    return np.array([(np.diag(p) - np.outer(p, p)) @ d for p, d in zip(P, D)]) / len(S)

# %% no_softmax  M33
# Scores minus one-hot.
def softmax_ce_grad(S, y):
    dS = S.copy()
    dS[np.arange(len(S)), y] -= 1
    return dS / len(S)

# %% stops_before_the_softmax  M33
# -1 / p at the label.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    dP = np.zeros(P.shape)
    dP[np.arange(len(S)), y] = -1 / P[np.arange(len(S)), y]
    return dP / len(S)

# %% squared_error  M33  held-out
# 2 (S - one-hot) / N, the gradient of another loss.
def softmax_ce_grad(S, y):
    return 2 * (S - np.eye(S.shape[1])[y]) / len(S)

# %% diagonal_jacobian  M29
# -1/p meets p (1 - p) on the diagonal only.
def softmax_ce_grad(S, y):
    N = len(S)
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    dS = np.zeros(P.shape)
    p = P[np.arange(N), y]
    dS[np.arange(N), y] = -1 / p * p * (1 - p)
    return dS / N

# %% normaliser_constant  M49|M33
# The log of the sum is held fixed: -one-hot / N.
def softmax_ce_grad(S, y):
    dS = np.zeros(S.shape)
    dS[np.arange(len(S)), y] = -1 / len(S)
    return dS

# %% first_row_only  M47
# The others stay zero.
def softmax_ce_grad(S, y):
    dS = np.zeros(S.shape)
    p = np.exp(S[0]) / np.exp(S[0]).sum()
    p[y[0]] -= 1
    dS[0] = p / len(S)
    return dS

# %% integer_box  M46
# Zeros of whole numbers.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    dS = np.zeros(S.shape, dtype=int)
    for n in range(len(S)):
        dS[n] = (P[n] - np.eye(S.shape[1])[y[n]]) / len(S)
    return dS

# %% shift_in_place  M24
# S -= max.
def softmax_ce_grad(S, y):
    S -= S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    P[np.arange(len(S)), y] -= 1
    return P / len(S)

# %% everything_in_s  M24  held-out
# P is S all the time.
def softmax_ce_grad(S, y):
    P = np.exp(S, out=S)
    P /= P.sum(axis=1, keepdims=True)
    P[np.arange(len(S)), y] -= 1
    P /= len(S)
    return P

# %% no_label_no_mean  M30+M06
# P alone.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    return E / E.sum(axis=1, keepdims=True)

# %% sign_and_no_mean  M10+M06  held-out
# one-hot minus p, unaveraged.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=1, keepdims=True)
    return np.eye(S.shape[1])[y] - P

# %% wrong_axis_no_mean  M12+M06
# axis=0 and no 1/N.
def softmax_ce_grad(S, y):
    E = np.exp(S)
    P = E / E.sum(axis=0)
    P[np.arange(len(S)), y] -= 1
    return P

# %% loss_returned  unnameable
# The loss.
def softmax_ce_grad(S, y):
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(S)), y]))

# %% hard_choice  unnameable
# argmax for the softmax.
def softmax_ce_grad(S, y):
    C = S.shape[1]
    return (np.eye(C)[S.argmax(axis=1)] - np.eye(C)[y]) / len(S)
