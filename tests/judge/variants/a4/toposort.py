"""a4.toposort: a list of Node, parents before children; judged through the gradients that the order yields."""

# %% recursive_postorder  right
# The classic depth-first visit.
def toposort(root):
    order, seen = [], set()

    def visit(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        for parent in node.parents:
            visit(parent)
        order.append(node)

    visit(root)
    return order

# %% two_stage_stack  right
# A stack of (node, ready) pairs, no recursion.
def toposort(root):
    order, done = [], set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            for p in node.parents:
                stack.append((p, False))
    return order

# %% counts_users  right  held-out
# Kahn from the root: a node is ready when all its users are placed.
def toposort(root):
    users = {}
    nodes, stack = {id(root)}, [root]
    while stack:
        node = stack.pop()
        for p in node.parents:
            users[id(p)] = users.get(id(p), 0) + 1
            if id(p) not in nodes:
                nodes.add(id(p))
                stack.append(p)
    ready, order = [root], []
    while ready:
        node = ready.pop()
        order.append(node)
        for p in node.parents:
            users[id(p)] -= 1
            if users[id(p)] == 0:
                ready.append(p)
    return order[::-1]

# %% not_in_list  right
# Membership in the list itself.
def toposort(root):
    order = []
    def build(v):
        if v not in order:
            for p in v.parents:
                build(p)
            order.append(v)
    build(root)
    return order

# %% by_longest_depth  right
# Sorted by the longest distance from a leaf.
def toposort(root):
    depth, nodes = {}, []
    def measure(node):
        if node not in depth:
            depth[node] = 1 + max([measure(p) for p in node.parents], default=-1)
            nodes.append(node)
        return depth[node]
    measure(root)
    return sorted(nodes, key=lambda node: depth[node])

# %% generator  right  held-out
# A generator inside, a list outside; parents in reverse.
def walk(node, seen):
    if node in seen:
        return
    seen.add(node)
    for p in reversed(node.parents):
        yield from walk(p, seen)
    yield node

def toposort(root):
    return list(walk(root, set()))

# %% peels_ready_nodes  right
# Again and again takes every node whose parents are all placed.
def toposort(root):
    everything = [root]
    for node in everything:
        for p in node.parents:
            if p not in everything:
                everything.append(p)
    order = []
    while len(order) < len(everything):
        for node in everything:
            if node not in order and all(p in order for p in node.parents):
                order.append(node)
    return order

# %% breadth_first_reversed  M21
# Level by level from the root, first visit counts, then reversed.
def toposort(root):
    order, seen, queue = [], {id(root)}, [root]
    while queue:
        node = queue.pop(0)
        order.append(node)
        for p in node.parents:
            if id(p) not in seen:
                seen.add(id(p))
                queue.append(p)
    return order[::-1]

# %% breadth_first_with_deque  M21  held-out
# The same with a deque and appendleft.
from collections import deque

def toposort(root):
    order = deque()
    queue = deque([root])
    visited = set()
    while queue:
        node = queue.popleft()
        if node in visited:
            continue
        visited.add(node)
        order.appendleft(node)
        queue.extend(node.parents)
    return list(order)

# %% preorder_reversed  M21
# The node is appended before its parents, then the list is turned round.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        order.append(node)
        for p in node.parents:
            visit(p)
    visit(root)
    order.reverse()
    return order

# %% stack_reversed  M21  held-out
# Iterative preorder, reversed.
def toposort(root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        order.append(node)
        stack.extend(node.parents)
    return list(reversed(order))

# %% children_first  M21
# A right order turned round: the root comes first.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        if node not in seen:
            seen.add(node)
            for p in node.parents:
                visit(p)
            order.append(node)
    visit(root)
    return order[::-1]

# %% insert_at_front  M21
# insert(0, node) in a postorder visit.
def toposort(root):
    order = []
    def visit(node):
        if node in order:
            return
        for p in node.parents:
            visit(p)
        order.insert(0, node)
    visit(root)
    return order

# %% by_shortest_depth  M21  held-out
# Sorted by the shortest distance from the root.
def toposort(root):
    depth = {root: 0}
    queue = [root]
    for node in queue:
        for p in node.parents:
            if p not in depth:
                depth[p] = depth[node] + 1
                queue.append(p)
    return sorted(queue, key=lambda node: -depth[node])

# %% by_value  M21  held-out
# Sorted by the stored value.
def toposort(root):
    nodes = [root]
    for node in nodes:
        nodes += [p for p in node.parents if p not in nodes]
    return sorted(nodes, key=lambda node: node.value)

# %% last_visit_kept  M21
# Every repeat moves a node back to the end.
def toposort(root):
    order = []
    def visit(node):
        for p in node.parents:
            visit(p)
        if node in order:
            order.remove(node)
        order.append(node)
    visit(root)
    return order

# %% no_seen_set  M22
# Shared nodes are listed again for every user.
def toposort(root):
    order = []
    for p in root.parents:
        order += toposort(p)
    order.append(root)
    return order

# %% seen_marked_too_late  M22
# seen is filled but never asked.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        for p in node.parents:
            visit(p)
        seen.add(node)
        order.append(node)
    visit(root)
    return order

# %% seen_for_each_branch  M22  held-out
# Each branch gets a copy of seen.
def visit(node, seen, order):
    if node in seen:
        return
    for p in node.parents:
        visit(p, seen | {node}, order)
    order.append(node)

def toposort(root):
    order = []
    visit(root, set(), order)
    return order

# %% first_parent_only  M02
# Follows parents[0] alone.
def toposort(root):
    order = []
    node = root
    while True:
        order.append(node)
        if not node.parents:
            break
        node = node.parents[0]
    return order[::-1]

# %% last_parent_only  M02  held-out
# A return inside the loop over parents.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for p in node.parents[::-1]:
            visit(p)
            break
        order.append(node)
    visit(root)
    return order

# %% two_levels_only  M37  held-out
# Parents and grandparents, then it stops.
def toposort(root):
    near = []
    for p in root.parents:
        for q in p.parents:
            if q not in near and q not in root.parents:
                near.append(q)
    middle = [p for i, p in enumerate(root.parents) if p not in root.parents[:i]]
    return near + middle + [root]

# %% root_forgotten  M20|M21
# Only the ancestors are listed: the seed never enters.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        for p in node.parents:
            if p not in seen:
                seen.add(p)
                visit(p)
                order.append(p)
    visit(root)
    return order

# %% list_in_a_default  M23
# The order of the last call is still in the default list.
def toposort(root, order=[]):
    if root not in order:
        for p in root.parents:
            toposort(p, order)
        order.append(root)
    return order

# %% seen_outside  M23  held-out
# A global set: the second call finds everything seen.
seen = set()

def toposort(root):
    order = []
    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for p in node.parents:
            visit(p)
        order.append(node)
    visit(root)
    return order

# %% parents_popped  M24
# The graph is taken apart on the way.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        if node in seen:
            return
        seen.add(node)
        while node.parents:
            visit(node.parents.pop())
        order.append(node)
    visit(root)
    return order

# %% parents_deduplicated  M24
# y * y loses an entry of the node's own list.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        if node in seen:
            return
        seen.add(node)
        node.parents[:] = dict.fromkeys(node.parents)
        for p in node.parents:
            visit(p)
        order.append(node)
    visit(root)
    return order

# %% first_parent_and_backwards  M02+M21|M21
# One parent each, and the root first.
def toposort(root):
    order = [root]
    while order[-1].parents:
        order.append(order[-1].parents[0])
    return order

# %% values_returned  unnameable
# Numbers instead of nodes.
def toposort(root):
    order, seen = [], set()
    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for p in node.parents:
            visit(p)
        order.append(node.value)
    visit(root)
    return order

# %% forgot_return  unnameable  held-out
# Builds the list and keeps it.
def toposort(root):
    order = []
    def visit(node):
        if node not in order:
            for p in node.parents:
                visit(p)
            order.append(node)
    visit(root)

# %% wrong_attribute  unnameable
# Node has no children.
def toposort(root):
    order = []
    def visit(node):
        for c in node.children:
            visit(c)
        order.append(node)
    visit(root)
    return order
