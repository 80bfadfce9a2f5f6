"""a4.backward: the reverse sweep over a DAG of Node, sets .grad; given_topo(root) lists parents first."""

# %% plain  right
# Reset, seed, sweep.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.local):
            parent.grad += node.grad * slope

# %% mapping_first  right
# Cotangents in a dictionary, written to the nodes at the end.
def backward(root):
    order = given_topo(root)
    bar = {id(node): 0.0 for node in order}
    bar[id(root)] = 1.0
    for node in order[::-1]:
        for k in range(len(node.parents)):
            bar[id(node.parents[k])] += bar[id(node)] * node.local[k]
    for node in order:
        node.grad = bar[id(node)]

# %% own_order  right  held-out
# A sort of its own.
def backward(root):
    order = []
    def visit(node):
        if node not in order:
            for p in node.parents:
                visit(p)
            order.append(node)
    visit(root)
    for n in order:
        n.grad = 0
    root.grad = 1
    while order:
        n = order.pop()
        for p, d in zip(n.parents, n.local):
            p.grad = p.grad + d * n.grad

# %% every_path_pushed  right
# Recursion down every path, carrying its product.
def backward(root):
    for node in given_topo(root):
        node.grad = 0.0
    def push(node, product):
        node.grad += product
        for p, d in zip(node.parents, node.local):
            push(p, product * d)
    push(root, 1.0)

# %% gathered_from_users  right
# Each node asks its users.
def backward(root):
    order = given_topo(root)
    users = {id(node): [] for node in order}
    for node in order:
        for p, d in zip(node.parents, node.local):
            users[id(p)].append((node, d))
    for node in reversed(order):
        if node is root:
            node.grad = 1.0
        else:
            node.grad = sum(child.grad * d for child, d in users[id(node)])

# %% linear_solve  right  held-out
# (I - M)^-1 from the local slopes.
def backward(root):
    order = given_topo(root)
    place = {id(node): i for i, node in enumerate(order)}
    M = np.zeros((len(order), len(order)))
    for node in order:
        for p, d in zip(node.parents, node.local):
            M[place[id(p)], place[id(node)]] += d
    seed = np.zeros(len(order))
    seed[place[id(root)]] = 1
    bars = np.linalg.solve(np.eye(len(order)) - M, seed)
    for node, bar in zip(order, bars):
        node.grad = float(bar)

# %% float32  right
# Single precision accumulators.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = np.float32(0)
    root.grad = np.float32(1)
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad = p.grad + node.grad * np.float32(d)

# %% no_reset  M23
# The gradients of the last call are still there.
def backward(root):
    root.grad = 1.0
    for node in reversed(given_topo(root)):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d

# %% leaves_reset_only  M23  held-out
# Only the leaves are set back.
def backward(root):
    order = given_topo(root)
    for node in order:
        if not node.parents:
            node.grad = 0.0
    root.grad = 1.0
    for node in order[::-1]:
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d

# %% leaves_left_out_of_reset  M23
# Only the inner nodes are set back.
def backward(root):
    order = given_topo(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d

# %% equals_for_plus_equals  M03
# = where += belongs.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad = node.grad * d

# %% dictionary_overwritten  M03
# The same in a mapping.
def backward(root):
    order = given_topo(root)
    bar = dict.fromkeys(order, 0.0)
    bar[root] = 1.0
    for node in order[::-1]:
        for p, d in zip(node.parents, node.local):
            bar[p] = bar[node] * d
    for node in order:
        node.grad = bar[node]

# %% overwritten_from_the_last_slot  M03  held-out
# =, with the parents taken from the last to the first.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    while order:
        node = order.pop()
        for k in range(len(node.parents) - 1, -1, -1):
            node.parents[k].grad = node.local[k] * node.grad

# %% update_of_a_dictionary  M03
# dict.update replaces what was there.
def backward(root):
    order = given_topo(root)
    grads = {n: 0.0 for n in order}
    grads[root] = 1.0
    for n in reversed(order):
        grads.update({p: grads[n] * d for p, d in zip(n.parents, n.local)})
    for n, g in grads.items():
        n.grad = g

# %% same_parent_once  M02|M03  held-out
# dict(zip(...)) keeps one slot for y * y.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in dict(zip(node.parents, node.local)).items():
            p.grad += node.grad * d

# %% first_parent_only  M02
# parents[0] alone.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        if node.parents:
            node.parents[0].grad += node.grad * node.local[0]

# %% last_parent_skipped  M02  held-out
# range(len - 1) where a node has two.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        n = len(node.parents)
        for k in range(n - 1 if n > 1 else n):
            node.parents[k].grad += node.grad * node.local[k]

# %% not_reversed  M21
# The sweep runs from the leaves.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in order:
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d

# %% breadth_first  M21
# A queue, each node once, at its first visit.
def backward(root):
    for node in given_topo(root):
        node.grad = 0.0
    root.grad = 1.0
    queue, seen = [root], {root}
    while queue:
        node = queue.pop(0)
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d
            if p not in seen:
                seen.add(p)
                queue.append(p)

# %% depth_first  M21  held-out
# Recursion at the first visit, each node once.
def backward(root):
    for node in given_topo(root):
        node.grad = 0.0
    root.grad = 1.0
    seen = set()
    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d
            visit(p)
    visit(root)

# %% pushed_again_and_again  M22
# Recursion hands on the whole gradient at each visit, not what just arrived.
def backward(root):
    for node in given_topo(root):
        node.grad = 0.0
    root.grad = 1.0
    def push(node):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d
            push(p)
    push(root)

# %% added_twice  M22
# Parents that appear twice get both slots twice.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p in node.parents:
            for q, d in zip(node.parents, node.local):
                if q is p:
                    p.grad += node.grad * d

# %% seed_forgotten  M20|M21
# Everything stays zero.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d

# %% seed_wiped_out  M20|M21  held-out
# The reset comes after the seed.
def backward(root):
    root.grad = 1.0
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    for node in order[::-1]:
        for k, p in enumerate(node.parents):
            p.grad += node.local[k] * node.grad

# %% upstream_missing  M20  held-out
# Only the local slopes are added.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += d

# %% local_missing  M01
# The gradient is handed on as it is.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p in node.parents:
            p.grad += node.grad

# %% edges_added  M18
# + between upstream and local.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad + d

# %% paths_multiplied  M15
# *= from one.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad *= node.grad * d

# %% parent_value_as_slope  M25|M44
# The parent's own value stands for the local slope.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p in node.parents:
            p.grad += node.grad * p.value

# %% minus_equals  M10
# -= at every edge.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad -= node.grad * d

# %% negative_seed  M10  held-out
# The seed is -1.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = -1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d

# %% mean_over_parents  M06
# Divided by the number of parents.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d / len(node.parents)

# %% slope_twice  M31
# The local slope is squared.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d * d

# %% parents_only  M37
# Stops after the root's parents.
def backward(root):
    for node in given_topo(root):
        node.grad = 0.0
    root.grad = 1.0
    for p, d in zip(root.parents, root.local):
        p.grad += d

# %% grandparents_and_stop  M37  held-out
# Two levels, then it stops.
def backward(root):
    for node in given_topo(root):
        node.grad = 0.0
    root.grad = 1.0
    for p, d in zip(root.parents, root.local):
        p.grad += d
    for p, d in zip(root.parents, root.local):
        for q, e in zip(p.parents, p.local):
            q.grad += d * e

# %% whole_numbers  M46
# int() at the end.
def backward(root):
    order = given_topo(root)
    bar = {n: 0.0 for n in order}
    bar[root] = 1.0
    for n in reversed(order):
        for p, d in zip(n.parents, n.local):
            bar[p] += bar[n] * d
    for n in order:
        n.grad = int(bar[n])

# %% graph_used_up  M24
# pop() takes the parents and slopes away.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        while node.parents:
            node.parents.pop().grad += node.grad * node.local.pop()

# %% slopes_overwritten  M24  held-out
# node.local becomes the products.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for k, p in enumerate(node.parents):
            node.local[k] *= node.grad
            p.grad += node.local[k]

# %% no_reset_and_first_parent  M23+M02
# No reset, and parents[0] alone.
def backward(root):
    root.grad = 1.0
    for node in reversed(given_topo(root)):
        for p, d in zip(node.parents[:1], node.local[:1]):
            p.grad += node.grad * d

# %% no_reset_and_no_upstream  M23+M20
# No reset, and only the local slopes.
def backward(root):
    root.grad = 1.0
    for node in given_topo(root)[::-1]:
        for p, d in zip(node.parents, node.local):
            p.grad += d

# %% no_reset_and_minus  M23+M10  held-out
# No reset, and -=.
def backward(root):
    root.grad = 1.0
    for node in given_topo(root)[::-1]:
        for p, d in zip(node.parents, node.local):
            p.grad -= node.grad * d

# %% returned_not_stored  unnameable
# The mapping is returned; .grad is never set.
def backward(root):
    order = given_topo(root)
    bar = {n: 0.0 for n in order}
    bar[root] = 1.0
    for n in reversed(order):
        for p, d in zip(n.parents, n.local):
            bar[p] += bar[n] * d
    return bar

# %% wrong_attribute  unnameable
# An attribute that Node has not.
def backward(root):
    root.grad = 1.0
    for node in reversed(given_topo(root)):
        for p, d in zip(node.parents, node.locals):
            p.grad += node.grad * d

# %% not_a_number_seed  unnameable  held-out
# None where zero belongs: an exception.
def backward(root):
    order = given_topo(root)
    for node in order:
        node.grad = None
    root.grad = 1.0
    for node in reversed(order):
        for p, d in zip(node.parents, node.local):
            p.grad += node.grad * d
