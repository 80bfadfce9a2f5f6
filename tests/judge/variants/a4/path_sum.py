"""a4.path_sum: W[(i, j)] = d node_j / d node_i for i < j; the answer is d node_{n-1} / d node_0."""

# %% forward_rates  right
# The rate of every node towards node 0, from left to right.
def path_sum(W, n):
    rate = [0.0] * n
    rate[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            if (i, j) in W:
                rate[j] += rate[i] * W[(i, j)]
    return rate[n - 1]

# %% backward_bars  right
# The same from the output back.
def path_sum(W, n):
    bar = np.zeros(n)
    bar[-1] = 1
    for i in range(n - 2, -1, -1):
        bar[i] = sum(W.get((i, j), 0) * bar[j] for j in range(i + 1, n))
    return bar[0]

# %% recursion  right  held-out
# Every path, by recursion.
def path_sum(W, n):
    def below(i):
        if i == n - 1:
            return 1.0
        return sum(w * below(b) for (a, b), w in W.items() if a == i)
    return below(0)

# %% inverse  right
# The corner of (I - M)^-1.
def path_sum(W, n):
    M = np.zeros((n, n))
    for (i, j), w in W.items():
        M[i, j] = w
    return np.linalg.inv(np.eye(n) - M)[0, n - 1]

# %% powers  right
# Paths of one edge, two edges, three edges.
def path_sum(W, n):
    M = np.zeros((n, n))
    for edge in W:
        M[edge] = W[edge]
    total, power = 0.0, np.eye(n)
    for _ in range(n):
        total += power[0, n - 1]
        power = power @ M
    return float(total)

# %% stack_of_paths  right  held-out
# A stack of half-finished paths.
def path_sum(W, n):
    total, stack = 0.0, [(0, 1.0)]
    while stack:
        node, product = stack.pop()
        if node == n - 1:
            total += product
            continue
        for j in range(node + 1, n):
            if (node, j) in W:
                stack.append((j, product * W[node, j]))
    return total

# %% float32  right
# Single precision.
def path_sum(W, n):
    d = np.zeros(n, dtype=np.float32)
    d[0] = 1
    for (i, j) in sorted(W, key=lambda edge: edge[1]):
        d[j] += d[i] * np.float32(W[(i, j)])
    return d[n - 1]

# %% memo_of_this_call  right
# A memory made anew for each call.
def path_sum(W, n):
    memo = {0: 1.0}
    def rate(j):
        if j not in memo:
            memo[j] = sum(rate(i) * w for (i, k), w in W.items() if k == j)
        return memo[j]
    return rate(n - 1)

# %% direct_edge_left_out  M14|M02
# The edge from 0 straight to the end is skipped.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            if (i, j) == (0, n - 1):
                continue
            d[j] += d[i] * W.get((i, j), 0.0)
    return d[-1]

# %% longest_chain_only  M02
# Only the path through every node.
def path_sum(W, n):
    product = 1.0
    for i in range(n - 1):
        product *= W.get((i, i + 1), 0.0)
    return product

# %% each_node_once  M02  held-out
# A visited set stops the second path through a node.
def path_sum(W, n):
    visited = set()
    def walk(i, product):
        if i == n - 1:
            return product
        if i in visited:
            return 0.0
        visited.add(i)
        return sum(walk(j, product * W[(i, j)]) for j in range(i + 1, n) if (i, j) in W)
    return walk(0, 1.0)

# %% inner_loop_from_one  M02
# Edges that leave node 0 count only into node 1.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    d[1] = W.get((0, 1), 0.0)
    for j in range(2, n):
        for i in range(1, j):
            d[j] += d[i] * W.get((i, j), 0.0)
    return d[n - 1]

# %% equals_for_plus_equals  M03
# = where += belongs.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            if (i, j) in W:
                d[j] = d[i] * W[(i, j)]
    return d[n - 1]

# %% bars_overwritten  M03  held-out
# = in the sweep from the output.
def path_sum(W, n):
    bar = np.zeros(n)
    bar[n - 1] = 1.0
    for j in range(n - 1, 0, -1):
        for i in range(j):
            if (i, j) in W:
                bar[i] = bar[j] * W[i, j]
    return bar[0]

# %% direct_edge_only  M13|M02
# W[(0, n-1)] is taken for the whole.
def path_sum(W, n):
    return W.get((0, n - 1), 0.0)

# %% paths_multiplied  M15
# A product over the paths.
def path_sum(W, n):
    total = 1.0
    stack = [(0, 1.0)]
    while stack:
        i, product = stack.pop()
        if i == n - 1:
            total *= product
        else:
            stack += [(j, product * w) for (a, j), w in W.items() if a == i]
    return total

# %% edges_added  M18  held-out
# The edges of a path are added.
def path_sum(W, n):
    total = 0.0
    stack = [(0, 0.0)]
    while stack:
        i, length = stack.pop()
        if i == n - 1:
            total += length
        for (a, j), w in W.items():
            if a == i:
                stack.append((j, length + w))
    return total

# %% slopes_not_used  M01|M20
# Counts the paths.
def path_sum(W, n):
    d = [0] * n
    d[0] = 1
    for j in range(1, n):
        for i in range(j):
            if (i, j) in W:
                d[j] += d[i]
    return d[n - 1]

# %% product_of_sums  M16
# At each node the outgoing slopes are summed, then all sums multiplied.
def path_sum(W, n):
    answer = 1.0
    for i in range(n - 1):
        answer *= sum(W.get((i, j), 0.0) for j in range(i + 1, n))
    return answer

# %% product_of_incoming_sums  M16  held-out
# The same with the incoming slopes.
def path_sum(W, n):
    into = np.zeros(n)
    for (i, j), w in W.items():
        into[j] += w
    return np.prod(into[1:])

# %% two_edges_at_most  M37
# Paths of one or two edges.
def path_sum(W, n):
    total = W.get((0, n - 1), 0.0)
    for k in range(1, n - 1):
        total += W.get((0, k), 0.0) * W.get((k, n - 1), 0.0)
    return total

# %% last_edge_lost  M37  held-out
# Adds up the rates of the last node's parents.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n - 1):
        for i in range(j):
            d[j] += d[i] * W.get((i, j), 0.0)
    return sum(d[i] for i in range(n - 1) if (i, n - 1) in W)

# %% wrong_order  M21
# Nodes from the right although the rates come from the left.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(n - 1, 0, -1):
        for i in range(j):
            d[j] += d[i] * W.get((i, j), 0.0)
    return d[n - 1]

# %% by_source_from_the_right  M21  held-out
# The outer loop over sources runs down.
def path_sum(W, n):
    d = np.zeros(n)
    d[0] = 1.0
    for i in reversed(range(n)):
        for j in range(i + 1, n):
            if (i, j) in W:
                d[j] += d[i] * W[(i, j)]
    return d[-1]

# %% seed_forgotten  M20
# All rates stay zero.
def path_sum(W, n):
    d = [0.0] * n
    for j in range(1, n):
        for i in range(j):
            d[j] += d[i] * W.get((i, j), 0.0)
    return d[n - 1]

# %% direct_edge_twice  M22
# The direct edge is added again at the end.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            d[j] += d[i] * W.get((i, j), 0.0)
    return d[n - 1] + W.get((0, n - 1), 0.0)

# %% negated  M10
# A minus at the end.
def path_sum(W, n):
    def rate(j):
        return 1.0 if j == 0 else sum(rate(i) * W.get((i, j), 0.0) for i in range(j))
    return -rate(n - 1)

# %% minus_each_edge  M10  held-out
# -= at every edge: the sign of a path depends on its length.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            d[j] -= d[i] * W.get((i, j), 0.0)
    return d[n - 1]

# %% mean_of_paths  M06
# Divided by the number of paths.
def path_sum(W, n):
    products = []
    def walk(i, product):
        if i == n - 1:
            products.append(product)
        for j in range(i + 1, n):
            if (i, j) in W:
                walk(j, product * W[(i, j)])
    walk(0, 1.0)
    return np.mean(products)

# %% memory_in_a_default  M23
# The rates of an earlier graph are remembered.
def path_sum(W, n, memo={}):
    def rate(j):
        if j == 0:
            return 1.0
        if j not in memo:
            memo[j] = sum(rate(i) * W.get((i, j), 0.0) for i in range(j))
        return memo[j]
    return rate(n - 1)

# %% global_rates  M23  held-out
# A global table that is never cleared collects on.
rates = {}

def path_sum(W, n):
    rates[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            rates[j] = rates.get(j, 0.0) + rates[i] * W.get((i, j), 0.0)
    return rates[n - 1]

# %% edges_filled_in  M24
# setdefault writes the missing edges into W.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            d[j] += d[i] * W.setdefault((i, j), 0.0)
    return d[n - 1]

# %% edges_used_up  M24  held-out
# pop() takes the edges out of W.
def path_sum(W, n):
    d = [0.0] * n
    d[0] = 1.0
    for j in range(1, n):
        for i in range(j):
            d[j] += d[i] * W.pop((i, j), 0.0)
    return d[n - 1]

# %% whole_number  M46
# int() at the end.
def path_sum(W, n):
    d = [1.0] + [0.0] * (n - 1)
    for j in range(1, n):
        d[j] = sum(d[i] * W.get((i, j), 0.0) for i in range(j))
    return int(d[n - 1])

# %% chain_and_minus  M02+M10
# Only the longest chain, negated.
def path_sum(W, n):
    product = -1.0
    for i in range(n - 1):
        product *= W.get((i, i + 1), 0.0)
    return product

# %% largest_path  unnameable
# max where sum belongs.
def path_sum(W, n):
    best = {0: 1.0}
    for j in range(1, n):
        best[j] = max((best[i] * W[(i, j)] for i in range(j) if (i, j) in W), default=0.0)
    return best[n - 1]

# %% sum_of_edges  unnameable
# Adds up all of W.
def path_sum(W, n):
    return sum(W.values())

# %% missing_edge  unnameable  held-out
# Asks for edges that are not there: a KeyError.
def path_sum(W, n):
    d = [1.0]
    for j in range(1, n):
        d.append(sum(d[i] * W[(i, j)] for i in range(j)))
    return d[-1]
