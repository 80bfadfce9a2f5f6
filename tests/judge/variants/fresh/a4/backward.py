"""a4.backward: a student a cell; see the README one folder up."""

# %% pull_from_users  right
# Collects for each node the shares of its users, in place of pushing.
def backward(root):
    order = given_topo(root)
    users = {id(n): [] for n in order}
    for n in order:
        for p, s in zip(n.parents, n.local):
            users[id(p)].append((n, s))
    for n in order[::-1]:
        n.grad = 1.0 if n is root else sum(c.grad*s for c, s in users[id(n)])

# %% dictionary_of_bars  right
# Keeps the bars in a dictionary and writes them into the nodes at the end.
def backward(root):
    bar = {root: 1.0}
    order = given_topo(root)
    while order:
        n = order.pop()
        n.grad = bar.get(n, 0.0)
        for k in range(len(n.parents)):
            p = n.parents[k]
            bar[p] = bar.get(p, 0.0) + n.grad*n.local[k]

# %% plain_equals  M03
# Writes = where += belongs.
def backward(root):
    order = given_topo(root)
    for n in order: n.grad = 0.0
    root.grad = 1.0
    for n in order[::-1]:
        for k, p in enumerate(n.parents):
            p.grad = n.local[k]*n.grad

# %% never_reset  M23
# Sets the seed and adds up, but old gradients stay in the nodes.
def backward(root):
    root.grad = 1.0
    for n in reversed(given_topo(root)):
        for p, s in zip(n.parents, n.local):
            p.grad += s*n.grad

# %% forgot_reversed  M21
# Sweeps from the leaves to the root.
def backward(root):
    nodes = given_topo(root)
    for n in nodes:
        n.grad = 0.0
    root.grad = 1.0
    for n in nodes:
        for p, s in zip(n.parents, n.local):
            p.grad += s*n.grad

# %% local_only  M20
# Adds the local slopes and forgets what arrives from above.
def backward(root):
    nodes = given_topo(root)
    for n in nodes:
        n.grad = 0.0
    root.grad = 1.0
    for n in reversed(nodes):
        for i in range(len(n.parents)):
            n.parents[i].grad += n.local[i]

# %% added_and_never_reset  M18+M23
# Adds the slope to the bar in place of multiplying, and does not reset.
def backward(root):
    root.grad = 1.0
    for n in reversed(given_topo(root)):
        for p, s in zip(n.parents, n.local):
            p.grad += n.grad + s
