"""Reading a graph from outside: its paths, its formula, its drawing, and a check of its gradient.

`paths` lists what the sweep sums, `explain` writes it out, `graph` draws it, `gradcheck` compares it with
numbers that owe it nothing. Nothing here loads NumPy for scalar work.
"""

# Functions have the names of their modules: imported here once, the names mean the functions from then on.
from .explain import explain
from .gradcheck import Report, check_grad
from .graph import Graph, GraphEdge, GraphNode, graph
from .paths import Path, count_paths, paths

__all__ = "Graph GraphEdge GraphNode Path Report check_grad count_paths explain graph paths".split()
