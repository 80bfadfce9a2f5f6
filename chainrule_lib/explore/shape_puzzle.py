"""Page 08: which product is the gradient? Each formula must fit three times: inside, in its shape, in its numbers."""

from collections.abc import Callable
from typing import NamedTuple

from chainrule_lib.engine import Var, sweep
from chainrule_lib.explore.explorable import COLUMN, Choice, Explorable, Panel, Picture
from chainrule_lib.study.drawing import caption, path, shape, text

TONES = {"N": "a", "D": "b", "H": "c"}
SHAPES = {"X": "ND", "W": "DH", "G": "NH"}
WANTED = {"dX": "ND", "dW": "DH", "db": "H"}
SIZES = {"423": (4, 2, 3), "334": (3, 3, 4), "433": (4, 3, 3), "323": (3, 2, 3), "333": (3, 3, 3)}  # N, D, H

Matrix = list[list[float]]


class Formula(NamedTuple):
    """How it is written, its factors ("G", "WT": a T is a transpose) and what is done with them."""

    written: str
    factors: tuple[str, ...]
    act: Callable[..., object]


def matmul(a: Matrix, b: Matrix) -> Matrix:
    """Rows times columns; the inner lengths are equal."""
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*b)] for row in a]


def turned(a: Matrix) -> Matrix:
    """The transpose."""
    return [list(row) for row in zip(*a)]


def down(a: Matrix) -> list[float]:
    """The sum of all rows."""
    return [sum(column) for column in zip(*a)]


def along(a: Matrix) -> list[float]:
    """The sum of each row."""
    return [sum(row) for row in a]


FORMULAS = {
    "GWT": Formula("G W^T", ("G", "WT"), matmul),
    "GW": Formula("G W", ("G", "W"), matmul),
    "WGT": Formula("W G^T", ("W", "GT"), matmul),
    "XTG": Formula("X^T G", ("XT", "G"), matmul),
    "XG": Formula("X G", ("X", "G"), matmul),
    "GTX": Formula("G^T X", ("GT", "X"), matmul),
    "down": Formula("G summed over n", ("G",), down),
    "along": Formula("G summed over h", ("G",), along),
    "G": Formula("G itself", ("G",), lambda g: g),
}


def letters(factor: str) -> str:
    """Rows and columns of a factor, as letters: "XT" is D by N."""
    both = SHAPES[factor[0]]
    return both[::-1] if factor.endswith("T") else both


def outcome(formula: str) -> str:
    """The letters of a formula's result, its inner lengths left out."""
    names = FORMULAS[formula].factors
    if len(names) == 2:
        return letters(names[0])[0] + letters(names[1])[1]
    return {"down": "H", "along": "N", "G": "NH"}[formula]


def arrays(n: int, d: int, h: int) -> dict[str, Matrix]:
    """Some X, W and G of these sizes, with no pattern that a wrong formula could hit by luck."""

    def some(rows: int, columns: int, seed: int) -> Matrix:
        return [[float((7 * i * i + 5 * j + 3 * i * j + seed) % 11 - 4) for j in range(columns)] for i in range(rows)]

    return {"X": some(n, d, 1), "W": some(d, h, 6), "G": some(n, h, 9)}


def truth(n: int, d: int, h: int) -> dict[str, object]:
    """dX, dW and db by the engine, through the stand-in loss L = sum of G Z."""
    data = arrays(n, d, h)
    x, w = ([[Var(v) for v in row] for row in data[name]] for name in "XW")
    b = [Var(0.5) for _ in range(h)]
    z = [[sum((row[k] * w[k][j] for k in range(d)), b[j]) for j in range(h)] for row in x]
    bars = sweep(sum(g * one for gs, zs in zip(data["G"], z) for g, one in zip(gs, zs)))
    return {
        "dX": [[bars[v] for v in row] for row in x],
        "dW": [[bars[v] for v in row] for row in w],
        "db": [bars[v] for v in b],
    }


def verdict(wanted: str, formula: str, n: int, d: int, h: int) -> dict:
    """What fits: `inside` (can it be multiplied), `shape`, `numbers`; None where the question does not arise."""
    size = {"N": n, "D": d, "H": h}
    names = FORMULAS[formula].factors
    said: dict = {"inside": True, "shape": None, "numbers": None, "luck": []}
    if len(names) == 2:
        inner = (letters(names[0])[1], letters(names[1])[0])
        said["inside"] = size[inner[0]] == size[inner[1]]
        said["luck"] += [inner] if said["inside"] and inner[0] != inner[1] else []
    if not said["inside"]:
        return said
    got, want = outcome(formula), WANTED[wanted]
    said["shape"] = [size[one] for one in got] == [size[one] for one in want]
    if said["shape"]:
        said["luck"] += [pair for pair in zip(got, want) if pair[0] != pair[1]]
        data = arrays(n, d, h)
        taken = [turned(data[f[0]]) if f.endswith("T") else data[f] for f in names]
        said["numbers"] = FORMULAS[formula].act(*taken) == truth(n, d, h)[wanted]
    return said


def picture(wanted: str, formula: str, sizes: str) -> Picture:
    """Left the layer with its shapes, right the formula with its shapes and the three questions."""
    n, d, h = SIZES[sizes]
    size = {"N": n, "D": d, "H": h}
    said = verdict(wanted, formula, n, d, h)
    words = _words(wanted, formula, size, said)
    desc = (
        f"The layer Z = X W + b with N = {n} examples, D = {d} inputs and H = {h} outputs. "
        f"Is {FORMULAS[formula].written.replace('^', '')} the gradient {wanted}? "
        + " ".join(f"{question} {answer}." for question, answer, _ in words)
    )
    return Picture((_layer(size),), (_formula(wanted, formula, size), _questions(words)), desc)


def _words(wanted: str, formula: str, size: dict[str, int], said: dict) -> list[tuple[str, str, str]]:
    """The three questions, each with its answer and tone."""
    names = FORMULAS[formula].factors
    equal = " = ".join(letter for letter in "NDH" if letter in {one for pair in said["luck"] for one in pair})
    if len(names) == 1:
        first = ("Do the inner lengths match?", "nothing is multiplied", "muted")
    else:
        p, q = letters(names[0])[1], letters(names[1])[0]
        lengths = f"both are {p}" if p == q else f"{p} = {size[p]}, {q} = {size[q]}"
        first = ("Do the inner lengths match?", f"{'yes' if said['inside'] else 'no'}: {lengths}", "a" if said["inside"] else "fault")
    if said["shape"] is None:
        return [first, (f"Has it the shape of {wanted[1]}?", "there is no result", "muted"), ("Is it the gradient?", "no", "fault")]
    got, want = (" × ".join(str(size[one]) for one in of) for of in (outcome(formula), WANTED[wanted]))
    second = (
        f"Has it the shape of {wanted[1]}?",
        f"yes: {got}" if said["shape"] else f"no: {got}, not {want}",
        "a" if said["shape"] else "fault",
    )
    if not said["shape"]:
        return [first, second, ("Is it the gradient?", "no", "fault")]
    if said["numbers"]:
        return [first, second, ("Is it the gradient?", "yes", "a")]
    third = f"no: it fits by luck, {equal}" if equal else "no"
    return [first, second, ("Is it the gradient?", third, "fault")]


def _box(x: float, y: float, of: str, size: dict[str, int], name: str, unit: float) -> str:
    """A rectangle with a cell for each entry; each side in the tone of its letter, with letter and length."""
    rows, columns = (of[0], of[1]) if len(of) == 2 else ("", of)
    high, wide = unit * (size[rows] if rows else 1), unit * size[columns]
    body = shape("rect", ["paper"], x=x, y=y, width=wide, height=high)
    for i in range(1, round(high / unit)):
        body += shape("path", ["hair"], d=path([(x, y + unit * i), (x + wide, y + unit * i)]))
    for j in range(1, round(wide / unit)):
        body += shape("path", ["hair"], d=path([(x + unit * j, y), (x + unit * j, y + high)]))
    if rows:
        body += shape("path", ["edge", TONES[rows]], d=path([(x, y), (x, y + high)]))
        body += text(x - 5, y + high / 2 + 5, rows, 14, "end", [TONES[rows]])
    body += shape("path", ["edge", TONES[columns]], d=path([(x, y), (x + wide, y)]))
    body += text(x + wide / 2, y - 6, columns, 14, look=[TONES[columns]])
    return body + text(x + wide / 2, y + high + 19, name, 15)


def _row(boxes: list[tuple[str, str, str]], size: dict[str, int], top: float, unit: float) -> tuple[str, float]:
    """Boxes (letters, name, sign before it) side by side on one middle line; with the height they take."""
    tall = max(unit * (size[of[0]] if len(of) == 2 else 1) for of, _, _ in boxes)
    wides = [unit * size[of[-1]] + (16 if len(of) == 2 else 0) for of, _, _ in boxes]
    signs = [22 if sign else 0 for _, _, sign in boxes]
    x = (COLUMN - sum(wides) - sum(signs) - 10 * (len(boxes) - 1)) / 2
    body = ""
    for (of, name, sign), wide, room in zip(boxes, wides, signs):
        if sign:
            body += text(x + 8, top + tall / 2 + 5, sign, 16)
        x += room
        high = unit * (size[of[0]] if len(of) == 2 else 1)
        body += _box(x + wide - unit * size[of[-1]], top + (tall - high) / 2, of, size, name, unit)
        x += wide + 10
    return body, tall


def _layer(size: dict[str, int]) -> Panel:
    unit = 14.0
    body = caption(14, 26, "The layer", 14, look=["muted"])
    drawn, tall = _row([("ND", "X", ""), ("DH", "W", ""), ("H", "b", "+"), ("NH", "Z", "=")], size, 62, unit)
    base = 62 + tall + 52
    for x, letter, what in ((14, "N", "examples"), (138, "D", "inputs"), (246, "H", "outputs")):
        body += caption(x, base, f"${letter} = {size[letter]}$ {what}", 13, look=[TONES[letter]])
    body += caption(14, base + 30, "Each gradient has its variable's shape, $G$ that of $Z$.", 13, look=["muted"])
    return Panel(base + 46, body + drawn)


def _formula(wanted: str, formula: str, size: dict[str, int]) -> Panel:
    unit, names = 15.0, FORMULAS[formula].factors
    asked = f"${FORMULAS[formula].written}$" if len(names) == 2 else FORMULAS[formula].written
    body = caption(14, 26, f"Is this the gradient ${wanted}$: {asked}?", 14, look=["muted"])
    boxes = [(letters(name), name.replace("T", "^T"), "") for name in names]
    drawn, tall = _row([*boxes, (WANTED[wanted], f"{wanted}?", "→")], size, 62, unit)
    return Panel(62 + tall + 34, body + drawn)


def _questions(words: list[tuple[str, str, str]]) -> Panel:
    body = ""
    for k, (question, answer, tone) in enumerate(words):
        y = 22.0 + 26 * k
        body += caption(14, y, question, 13) + caption(346, y, answer, 13, "end", [tone])
    return Panel(22 + 26 * len(words), body)


EXPLORABLE = Explorable(
    "shape-puzzle",
    "Which product is the gradient?",
    "08-batches-and-shapes",
    (
        Choice("wanted", "Gradient", (("dX", "dX"), ("dW", "dW"), ("db", "db")), "dW"),
        Choice(
            "formula",
            "Formula",
            tuple((key, one.written.replace("^T", "ᵀ")) for key, one in FORMULAS.items()),
            "XTG",
        ),
        Choice(
            "sizes",
            "Lengths",
            tuple((key, "N = {}, D = {}, H = {}".format(*lengths)) for key, lengths in SIZES.items()),
            "423",
        ),
    ),
    picture,
)
