"""Submissions whose own code is more alike than chance explains: worth a look, no proof.

A student's code is cut into *pieces*: the expression of each statement, in a form that does not change when
variables are renamed, statements, terms or factors change places, results get names of their own, or
comments come and go.  What the released notebook or the reference solution says too is no piece.  Two
students are compared function by function; in each the rarest piece that both have counts its rarity in the
class, log2(students / students who have it), never more than its size allows, and what is long beyond a
short answer counts a little more.  Summed over functions, these bits say how many pairs so alike a class of
this size has by chance, were answers chosen independently, and how many larger groups; what is told has
fewer than EXPECTED.  A small class or a one-line answer cannot reach it, and that is meant.

An inverted index finds who shares what is rare; no step looks at all pairs.
"""

from __future__ import annotations

import ast
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .course import Course
from .pipeline import TEXT_CAP, find_check, is_fixed

EXPECTED = 0.05  # groups in the whole class by chance
MOST = 0.8  # of the shorter one's code, for more than two
LEAST = 6  # nodes of the smallest piece
SHORT = 60  # nodes of a function that add nothing by their number alone; or twice the reference's
CROWD = 60  # a piece that more students have is looked at only beside its likest neighbours
CLOSEST = 20  # candidates that are compared in full
NODES_A_BIT = 4

Pieces = dict[str, dict[int, int]]  # function -> piece -> nodes


@dataclass(frozen=True)
class Cluster:
    """Students whose code is alike. Of the likest two: the functions, how much of the shorter one's own code
    both have (0 to 1), and how many students of the class have the rarest of it; and how many such groups a
    class of this size has by chance."""

    students: list[str]
    where: list[str]
    share: float
    holders: int
    expected: float

    def to_json(self) -> dict:
        return vars(self)


# a program as pieces


def pieces(texts: Iterable[str]) -> Pieces:
    """The pieces of these cells: {function: {piece: its nodes}}; code outside functions, and functions that no
    cell asks for, are together under an empty name until `own` sorts them."""
    found: Pieces = {}
    for text in texts:
        if len(text) > TEXT_CAP:
            continue
        try:
            for name, body, bound in _units(ast.parse(text)):
                _collect(body, bound, found.setdefault(name, {}))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return found


def _units(tree: ast.Module) -> Iterator[tuple[str, list[ast.AST], dict[str, str]]]:
    """(name, statements, names of its own) of each function, and of the rest under an empty name."""
    rest: list[ast.AST] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.body, _bound(node.args, node.body)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, [ast.Return(node.value.body)], _bound(node.value.args, [node.value.body])
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            rest.append(node)
    if rest:
        yield "", rest, _bound(None, rest)


def _bound(args: ast.arguments | None, body: list[ast.AST]) -> dict[str, str]:
    """What a function's own names are called in a form: parameters by their place, all others alike."""
    names = {}
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = "L"
            elif isinstance(node, ast.arg):
                names[node.arg] = "L"
            elif isinstance(node, ast.FunctionDef):
                names[node.name] = "L"
    for place, arg in enumerate((*args.posonlyargs, *args.args, *args.kwonlyargs) if args else ()):
        names[arg.arg] = f"P{place}"
    return names


def _collect(body: list, bound: dict[str, str], into: dict[int, int]) -> None:
    todo = [(node, "") for node in reversed(body)]
    while todo:
        node, tag = todo.pop()
        if isinstance(node, ast.expr):
            if isinstance(node, ast.Tuple | ast.List) and not tag:
                todo += [(part, "") for part in node.elts]
                continue
            form, size = _form(node, bound)
            if size >= LEAST:
                digest = hashlib.blake2b(f"{tag}{form}".encode(errors="replace"), digest_size=8).digest()
                into[int.from_bytes(digest, "big")] = size
            continue
        tag = {ast.For: "for", ast.If: "if", ast.While: "while", ast.AugAssign: "aug"}.get(type(node), "")
        for name, value in ast.iter_fields(node):
            if name in ("target", "targets", "decorator_list", "args", "returns", "annotation"):
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.expr):
                    todo.append((part, tag))
                elif isinstance(part, ast.stmt | ast.excepthandler | ast.withitem):
                    todo.append((part, ""))


def _form(node: ast.AST, bound: dict[str, str]) -> tuple[str, int]:
    """An expression as text without the writer's names and order of terms, and how many nodes it has."""
    if isinstance(node, ast.Name):
        return bound.get(node.id, node.id), 1
    if isinstance(node, ast.Constant):
        value = node.value
        return (repr(float(value)) if isinstance(value, int) and abs(value) < 2**53 else repr(value)[:80]), 1
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        kind, parts, todo = type(node.op), [], [node]
        while todo:
            part = todo.pop()
            if isinstance(part, ast.BinOp) and isinstance(part.op, kind):
                todo += [part.left, part.right]
            else:
                parts.append(_form(part, bound))
        parts.sort()
        return f"{kind.__name__}({','.join(form for form, _ in parts)})", 2 * len(parts) - 1 + sum(n - 1 for _, n in parts)
    forms, size = [], 1
    for _, value in ast.iter_fields(node):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.expr_context):
                continue
            if isinstance(part, ast.AST):
                form, nodes = _form(part, bound)
                forms.append(form)
                size += nodes if isinstance(part, ast.expr | ast.comprehension | ast.keyword) else 0
            elif part is not None:
                forms.append(str(part)[:80])
    return f"{type(node).__name__}({','.join(forms)})", size


def own(found: Pieces, asked: set[str], common: set[int]) -> Pieces:
    """Without what everybody was given: {asked function, or `other code`: {piece: nodes}}."""
    mine: Pieces = {}
    for name, held in found.items():
        unit = mine.setdefault(name if name in asked else "other code", {})
        unit.update({piece: nodes for piece, nodes in held.items() if piece not in common})
    return {name: held for name, held in mine.items() if held}


# a class


def clusters(students: dict[str, Pieces], short: dict[str, int] | None = None) -> list[Cluster]:
    """The students whose pieces are more alike than EXPECTED allows, the rarest likeness first.

    short: for each function the nodes of an answer that is not long.
    """
    n = len(students)
    if n < 3:
        return []
    holders = Counter(piece for units in students.values() for piece in {p for held in units.values() for p in held})
    links = []
    for a, b in _candidates(students, holders, n):
        bits, where, shared, rarest = _likeness(students[a], students[b], holders, n, short or {})
        alone = n * 2.0**-bits  # how many others are as like one student, by chance
        share = shared / min(_size(students[a]), _size(students[b]))
        if alone * (n - 1) / 2 <= EXPECTED or (alone <= EXPECTED and share >= MOST):
            links.append((a, b, where, share, rarest, alone))
    return [cluster for cluster in _joined(links, n) if cluster.expected <= EXPECTED]


def _candidates(students: dict[str, Pieces], holders: Counter, n: int) -> Iterator[tuple[str, str]]:
    """Pairs that share something rare, each once: for each student the CLOSEST by what they share."""
    all_pieces = {name: frozenset(p for held in units.values() for p in held) for name, units in students.items()}
    likest = sorted(all_pieces, key=lambda name: (sorted(all_pieces[name], key=lambda p: (holders[p], p))[:8], name))
    index: dict[int, list[str]] = {}
    for name in likest:
        for piece in all_pieces[name]:
            if 2 <= holders[piece] <= max(4, n // 4):
                index.setdefault(piece, []).append(name)
    place = {name: i for i, name in enumerate(likest)}
    after: Counter = Counter()  # how far each posting list was read: names come in its own order
    for name in likest:
        near: Counter = Counter()
        for piece in all_pieces[name]:
            group = index.get(piece)
            if group is None:
                continue
            after[piece] += 1
            ahead = group[after[piece] :] if len(group) <= CROWD else group[after[piece] : after[piece] + 2]
            weight = math.log2(n / holders[piece])
            for other in ahead:
                near[other] += weight
        for other in sorted(near, key=lambda one: (-near[one], place[one]))[:CLOSEST]:
            yield name, other


def _likeness(a: Pieces, b: Pieces, holders: Counter, n: int, short: dict[str, int]):
    """(bits, functions, nodes shared, students who have the rarest of it) of two students."""
    bits, where, shared, rarest = 0.0, [], 0, n
    for unit in a.keys() & b.keys():
        both = a[unit].keys() & b[unit].keys()
        if not both:
            continue
        nodes = sum(a[unit][piece] for piece in both)
        fewest = min(holders[piece] for piece in both)
        few = sum(a[unit][piece] for piece in both if holders[piece] <= max(4, n // 50))
        mine = min(math.log2(n / fewest), nodes / NODES_A_BIT) + max(0, few - short.get(unit, SHORT)) / (2 * NODES_A_BIT)
        shared += nodes
        if mine >= 1:
            bits += mine
            where.append(unit)
            rarest = min(rarest, fewest)
    return bits, sorted(where), shared, rarest


def _size(units: Pieces) -> int:
    return sum(sum(held.values()) for held in units.values())


def _joined(links: list[tuple], n: int) -> list[Cluster]:
    """Links as groups: of a pair as many are expected as pairs times their likeness, of a larger group as many
    as a Poisson law gives students with that many others alike."""
    root = {name: name for link in links for name in link[:2]}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = name = root[root[name]]
        return name

    for a, b, *_ in links:
        root[find(a)] = find(b)
    groups: dict[str, list[tuple]] = {}
    for link in links:
        groups.setdefault(find(link[0]), []).append(link)
    found = []
    for group in groups.values():
        *_, where, share, rarest, alone = min(group, key=lambda link: (link[5], link[:2]))
        names = sorted({name for link in group for name in link[:2]})
        others, weakest = len(names) - 1, max(link[5] for link in group)
        together = math.exp(math.log(n) + others * math.log(weakest) - math.lgamma(others + 1))
        found.append(Cluster(names, where, share, rarest, min(alone * (n - 1) / 2, together)))
    return sorted(found, key=lambda cluster: (cluster.expected, cluster.students))


# a course


def similar(course: Course, assignment: str, students: Iterable[str]) -> list[Cluster]:
    """The clusters among these students' graded notebooks."""
    sources = course.sources(assignment)
    given = pieces(text for source in sources.values() for text in _code(source["cells"]))
    reference: Pieces = {}
    folder = course.path("source", ".", assignment)
    for name in sources:
        try:
            cells = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError):
            continue
        for unit, held in pieces("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code").items():
            reference.setdefault(unit, {}).update(held)
    asked = {
        found[1]
        for source in sources.values()
        for cell in source["cells"]
        if cell["cell_type"] == "code" and (found := find_check(cell["source"]))
    }
    common = {piece for found in (given, reference) for held in found.values() for piece in held}
    short = {unit: max(SHORT, 2 * sum(held.values())) for unit, held in reference.items()}
    every = {}
    for student in students:
        texts: list[str] = []
        for name in sources:
            path = course.path("autograded", student, assignment) / f"{name}.ipynb"
            try:
                texts += _code(json.loads(path.read_text(encoding="utf-8"))["cells"])
            except (OSError, ValueError, KeyError):
                continue
        every[student] = own(pieces(texts), asked, common)
    return clusters({name: units for name, units in every.items() if units}, short)


def _code(cells: list[dict]) -> list[str]:
    """The code a student may have written: of cells that are not the instructor's."""
    return [
        cell["source"]
        for cell in cells
        if cell["cell_type"] == "code" and not is_fixed(cell["metadata"].get("nbgrader", {}))
    ]
