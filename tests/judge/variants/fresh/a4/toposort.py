"""a4.toposort: a student a cell; see the README one folder up."""

# %% two_colour_stack  right
# Depth first without recursion: every node goes on the stack twice.
def toposort(root):
    out, done, stack = [], set(), [(root, False)]
    while stack:
        n, ready = stack.pop()
        if ready:
            out.append(n)
        elif id(n) not in done:
            done.add(id(n))
            stack.append((n, True))
            stack += [(p, False) for p in n.parents]
    return out

# %% by_depth  right
# Sorts by the length of the longest road from a leaf.
def toposort(root):
    depth = {}
    def d(n):
        if n not in depth:
            depth[n] = 1 + max((d(p) for p in n.parents), default=0)
        return depth[n]
    d(root)
    return sorted(depth, key=depth.get)

# %% no_seen  M22
# Forgot to remember visited nodes: reused ones stand in the list several times.
def toposort(root):
    order = []
    for p in root.parents:
        order += toposort(p)
    return order + [root]

# %% children_first  M21
# Appends the node before its parents, and never turns the list.
def toposort(root):
    order = []
    def go(n):
        if n in order: return
        order.append(n)
        for p in n.parents: go(p)
    go(root)
    return order

# %% preorder_reversed  M21
# Thinks that a reversed preorder is as good as a postorder.
def toposort(root):
    order = []
    def go(n):
        if n in order: return
        order.append(n)
        for p in n.parents: go(p)
    go(root)
    return list(reversed(order))

# %% breadth_first  M21
# Breadth first from the root, then reversed: a short road puts a node too late.
def toposort(root):
    queue, i = [root], 0
    while i < len(queue):
        for p in queue[i].parents:
            if p not in queue:
                queue.append(p)
        i += 1
    return queue[::-1]

# %% first_parent_only  M02
# Follows the first parent alone, so other roads never enter the list.
def toposort(root):
    order = [root]
    while order[0].parents:
        order.insert(0, order[0].parents[0])
    return order
