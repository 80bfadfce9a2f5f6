"""Assignment a4: orders, sweeps and paths on any graph; back through a product and through broadcasting."""

from math import prod

from ... import engine as cr
from ...study.wrong_sweeps import all_paths, created, path_sums, sweeps
from ..graphs import hidden, name, recorded, upstream
from ..probes import array, pick
from ..task import Block, Extra, Task

# any graph

GRAPHS = {  # each node's parents by number, in the order in which the nodes are made; the last is the root
    "square": ((), (0, 0), (1, 1), (2, 0)),
    "long and short": ((), (), (0, 1), (2,), (3, 1), (4, 0, 2)),
    "short first": ((), (0, 0), (1, 0), (1, 2)),
    "long first": ((), (0,), (1,), (2, 0), (0, 3), (4, 1)),
    "diamond": ((), (), (1, 0), (2,), (2, 3), (4, 4, 3)),
    "many uses": ((), (), (0, 1), (0, 2), (1, 3, 0), (4, 2, 2)),
    "chain": ((), (0,), (1,), (2, 0), (3,), (4, 4), (5,), (6, 3)),
}


def sample_graph(read):
    def sample(rng, kind):
        rows = []
        for parents in GRAPHS[kind]:
            value = rows[0][0] if len(rows) == 2 else pick(rng, 1.2, 2.9)  # two nodes have one value
            rows.append([value, list(parents), [pick(rng, 1.2, 2.3) for _ in parents]])
        return [{"graph": rows, "read": read}]

    return sample


def last_of(nodes):
    return recorded(nodes)[-1]


def gradients(task, arguments):
    """d root / d node for every node, in the order in which they were made."""
    import numpy

    from ..answering import build

    found = recorded(build(arguments[0]["graph"]))
    bars = cr.sweep(found[-1])
    return {"root": numpy.array([float(bars[var]) for var in found])}


def along(arguments, record):
    """A list of nodes as the gradients it yields: what a sweep along it finds in each node at its turn."""
    rows, order = arguments[0]["graph"], listed(arguments, record)
    if order is None:
        return record
    bars, told = [0.0] * (len(rows) - 1) + [1.0], [0.0] * len(rows)
    for node in reversed(order):
        told[node] += bars[node]
        for parent, slope in zip(rows[node][1], rows[node][2]):
            bars[parent] += bars[node] * slope
    return {**record, "answer": {"items": told, "type": "list"}}


def listed(arguments, record):
    """The nodes by number of an answer that is a list of this graph's nodes, else None."""
    answer = record.get("answer") if isinstance(record, dict) else None
    order = answer.get("items") if isinstance(answer, dict) else None
    last = len(arguments[0]["graph"]) - 1
    whole = isinstance(order, list) and all(type(node) is int and 0 <= node <= last for node in order)
    return order if whole else None


def seen_in_order(arguments, record):
    """What is wrong with an order, as the order itself shows."""
    rows, order = arguments[0]["graph"], listed(arguments, record)
    if order is None:
        return set()
    reached, found = set(order), list[str]()
    lost = set(created(rows)) - reached
    if lost and len(rows) - 1 not in reached:
        return {("M20",), ("M21",)}
    stories = _stories_of_loss(rows, reached) if lost else [""]
    if len(order) > len(reached):
        first = list(dict.fromkeys(order))
        late = any(p in reached and first.index(p) > first.index(n) for n in first for p in rows[n][1])
        return {("M22",), ("M21",)} if late else {("M22",)}
    elif any(p in reached and order.index(p) > order.index(n) for n in order for p in rows[n][1]):
        found.append("M21")
    return {tuple(sorted({story, *found} - {""})) for story in stories} - {()}


def _stories_of_loss(rows, reached):
    """How nodes can have been lost: roads never followed (M02), or a search that stops too early (M37)."""
    near = {len(rows) - 1}
    while near < reached:
        near = near | {parent for node in near for parent in rows[node][1]}
    early = near == reached or reached == {node for node in created(rows) if rows[node][1]}
    partly = any(0 < len(reached.intersection(rows[node][1])) < len(set(rows[node][1])) for node in reached)
    return ["M02"] if partly and not early else ["M02", "M37"]


def sweep_extra(sweep, names):
    def answer(arguments, blocks):
        import numpy

        place = {node: k for k, node in enumerate(arguments[0])}
        rows = [[node.value, [place[parent] for parent in node.parents], node.local] for node in place]
        return {"root": numpy.array(sweep.run(rows))}

    return Extra(names, sweep.site, answer=answer, rank=1.0 + names.count("+"))


SWEEPS = tuple(sweep_extra(sweep, names) for sweep in sweeps() for names in sweep.names.split("|"))

# a table of slopes

TABLES = {  # the number of nodes, and the edges that are missing
    "four": (4, ()),
    "five": (5, ((1, 2), (0, 3))),
    "six": (6, ((0, 5), (2, 3))),
    "five whole": (5, ()),
    "no direct edge": (5, ((0, 4), (1, 3))),
}


def sample_table(rng, kind):
    n, missing = TABLES[kind]
    pairs = [(i, j) for j in range(n) for i in range(j) if (i, j) not in missing]
    for _ in range(50):
        W = {pair: pick(rng, 1.2, 2.3) for pair in pairs}
        shares = [prod(W[edge] for edge in path) for path in all_paths(W, n)]
        if abs(sum(shares)) > 0.4 * max(map(abs, shares)):  # little is lost where terms cancel
            break
    return [{"edges": [[i, j, slope] for (i, j), slope in W.items()]}, n]


def path_graph(W, n):
    """The graph of a table: node j is the sum of W[(i, j)] times node i."""
    u = [hidden("u_0", 1.0)]
    for j in range(1, n):
        shares = [W[i, j] * u[i] for i in range(j) if (i, j) in W]
        u.append(name(f"u_{j}", sum(shares[1:], shares[0])))
    return u[-1]


def sum_over_paths(task, arguments):
    from ..answering import realise

    output = path_graph(*map(realise, arguments))
    bars = cr.sweep(output)
    return {"u_0": float(next(bar for node, bar in bars.items() if node.name == "u_0"))}


def path_extra(names, site, rule):
    return Extra(names, site, answer=lambda arguments, blocks: {"u_0": rule(*arguments)})


PATHS = tuple(path_extra(ids, site, rule) for names, site, rule in path_sums() for ids in names.split("|"))

# a product, and a copy


def matmul_backward(A, B, G):
    return name("L", upstream(G, name("C", A @ B)))


def sample_matmul(rng, kind):
    p, q, r = (4, 4, 4) if kind == "square" else rng.choice(((4, 3, 5), (5, 2, 3), (3, 5, 4)))
    return [
        {"array": array(rng, p, q)},
        {"array": array(rng, q, r)},
        {"array": array(rng, p, r, low=2.0, high=4.0)},
    ]


SHAPES = {
    "row": ((3,), (4, 3)),
    "one row": ((1, 3), (5, 3)),
    "column": ((4, 1), (4, 3)),
    "number": ((), (3, 4)),
    "both": ((2, 1, 3), (5, 2, 4, 3)),
    "as it is": ((3, 4), (3, 4)),
    "square": ((4,), (4, 4)),
    "one square row": ((1, 4), (4, 4)),
    "one by one": ((1, 1), (3, 5)),
}


def unbroadcast(g, shape):
    import numpy

    small = hidden("x", numpy.zeros(shape))
    return name("L", upstream(g, name("y", cr_numpy().broadcast_to(small, g.shape))))


def cr_numpy():
    from ... import numpy as cnp

    return cnp


def sample_unbroadcast(rng, kind):
    small, large = SHAPES[kind]
    return [{"array": array(rng, *large, low=1.2, high=4.0)}, {"tuple": list(small)}]


TASKS = [
    Task(
        id="a4.toposort",
        title="An order to visit",
        signature="toposort(root)",
        chapter="07-accumulation",
        forward=last_of,
        sample=sample_graph("order"),
        blocks=(Block("the gradients along your order", "root", 8),),
        arrays=True,
        derive=gradients,
        translate=along,
        seen=seen_in_order,
        kinds=("short first", "square", "long and short", "long first", "diamond", "many uses", "chain"),
    ),
    Task(
        id="a4.backward",
        title="The reverse sweep",
        signature="backward(root)",
        chapter="07-accumulation",
        forward=last_of,
        sample=sample_graph("grads"),
        blocks=(Block("the gradients of the nodes", "root", 14),),
        arrays=True,
        derive=gradients,
        kinds=("short first", "square", "long and short", "long first", "diamond", "many uses", "chain"),
        extras=SWEEPS,
    ),
    Task(
        id="a4.path_sum",
        title="The sum over all paths",
        signature="path_sum(W, n)",
        chapter="07-accumulation",
        forward=path_graph,
        sample=sample_table,
        blocks=(Block("the sum over all paths", "u_0", 8),),
        arrays=True,
        derive=sum_over_paths,
        kinds=(
            "four",
            "five",
            "six",
            "five whole",
            "no direct edge",
            "four",
        ),  # two of one size: is a rate remembered?
        extras=PATHS,
    ),
    Task(
        id="a4.matmul_backward",
        title="Back through a matrix product",
        signature="matmul_backward(A, B, G)",
        chapter="08-batches-and-shapes",
        forward=matmul_backward,
        sample=sample_matmul,
        blocks=(Block("dL/dA", "A", 4.5), Block("dL/dB", "B", 4.5)),
        arrays=True,
        output="tuple",
        kinds=("plain", "square", "plain", "square", "plain"),
    ),
    Task(
        id="a4.unbroadcast",
        title="The value that NumPy copied",
        signature="unbroadcast(g, shape)",
        chapter="08-batches-and-shapes",
        forward=unbroadcast,
        sample=sample_unbroadcast,
        blocks=(Block("the gradient of the small array", "x", 8),),
        arrays=True,
        kinds=tuple(SHAPES),
    ),
]
