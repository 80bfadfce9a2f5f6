"""a4.path_sum: a student a cell; see the README one folder up."""

# %% inverse_matrix  right
# The sum over paths as a solution of a triangular system.
def path_sum(W, n):
    M = np.zeros((n, n))
    for (i, j), w in W.items():
        M[i, j] = w
    return float(np.linalg.solve(np.eye(n) - M, np.eye(n)[:, n - 1])[0])

# %% push_sorted_edges  right
# Pushes along the edges in the order of where they start.
def path_sum(W, n):
    got = {0: 1.0}
    for i, j in sorted(W):
        got[j] = got.get(j, 0.0) + got.get(i, 0.0)*W[i, j]
    return got.get(n - 1, 0.0)

# %% overwrites  M03|M02
# The last road into a node replaces the ones before.
def path_sum(W, n):
    d = [0.0]*n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            if (i, j) in W:
                d[j] = d[i]*W[i, j]
    return d[n-1]

# %% adds_along  M18
# Adds the slopes along each path.
def path_sum(W, n):
    total = 0.0
    def walk(i, length):
        nonlocal total
        if i == n - 1:
            total += length
        for j in range(i + 1, n):
            if (i, j) in W:
                walk(j, length + W[i, j])
    walk(0, 0.0)
    return total

# %% range_starts_late  M14|M02
# The direct edge from the first to the last node is lost: a range starts at 1.
def path_sum(W, n):
    d = [1.0] + [0.0]*(n-1)
    for j in range(1, n-1):
        d[j] = sum(d[i]*W.get((i, j), 0) for i in range(j))
    return sum(d[i]*W.get((i, n-1), 0) for i in range(1, n-1))

# %% paths_multiplied  M15
# Multiplies the products of the paths.
def path_sum(W, n):
    products = []
    def walk(i, prod):
        if i == n-1: products.append(prod)
        for (a, b), w in W.items():
            if a == i: walk(b, prod*w)
    walk(0, 1.0)
    return math.prod(products)

# %% neighbours_only  M02
# Follows the one road through all neighbours.
def path_sum(W, n):
    r = 1.0
    for i in range(n-1):
        r = r*W.get((i, i+1), 0.0)
    return r
