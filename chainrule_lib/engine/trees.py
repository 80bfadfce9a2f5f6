"""Arguments and results may be nests of dicts, lists and tuples; a leaf is anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def map_tree(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The tree of function(leaf, other leaves) with the structure of `tree`; ValueError if another one
    differs.

    >>> map_tree(lambda a, b: a + b, {"W": 1, "b": [2, 3]}, {"W": 10, "b": (20, 30)})
    {'W': 11, 'b': [22, 33]}
    """
    if not isinstance(tree, (dict, list, tuple)):
        return function(tree, *others)
    if isinstance(tree, dict):
        for other in others:
            if not isinstance(other, dict) or other.keys() != tree.keys():
                raise ValueError(f"the keys {sorted(map(str, tree))} were wanted, and {_keys(other)} given")
        return {key: map_tree(function, tree[key], *(other[key] for other in others)) for key in tree}
    for other in others:
        if not hasattr(other, "__len__") or len(other) != len(tree):
            raise ValueError(f"{len(tree)} entries were wanted, and {_count(other)} given")
    made = [map_tree(function, *branches) for branches in zip(tree, *others)]
    return type(tree)(*made) if hasattr(tree, "_fields") else made if type(tree) is list else type(tree)(made)


def _keys(tree: Any) -> Any:
    return sorted(map(str, tree)) if isinstance(tree, dict) else f"a {type(tree).__name__}"


def _count(tree: Any) -> Any:
    return len(tree) if hasattr(tree, "__len__") else f"a {type(tree).__name__}"


def leaves(tree: Any) -> list:
    """The leaves of a tree, in order."""
    if not isinstance(tree, (dict, list, tuple)):
        return [tree]
    return [leaf for branch in (tree.values() if isinstance(tree, dict) else tree) for leaf in leaves(branch)]
