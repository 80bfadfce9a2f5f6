"""The chain rule of one graph, written out: the sum over paths in LaTeX, in symbols and then in numbers.

The symbols come from the same rows as the numbers: a rule read with m = `TEX` builds a formula.
"""

from __future__ import annotations

from typing import Any

from ..engine import Var, sweep
from .paths import Path, count_paths, paths

SHOWN = 12  # paths written out; of more, the heaviest

_GREEK = """alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi
omega""".split()
_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly the outermost operation of a formula binds


class Tex:
    """A formula: LaTeX text and how tightly it binds, so that brackets stand only where they must."""

    def __init__(self, text: str, level: int = _ATOM) -> None:
        self.text, self.level = text, level

    def at(self, level: int) -> str:
        return self.text if self.level >= level else rf"\left({self.text}\right)"

    def __add__(self, other: Any) -> Tex:
        return Tex(f"{self.at(_SUM)} + {tex(other).at(_SUM)}", _SUM)

    def __radd__(self, other: Any) -> Tex:
        return tex(other) + self

    def __sub__(self, other: Any) -> Tex:
        return Tex(f"{self.at(_SUM)} - {tex(other).at(_PRODUCT)}", _SUM)

    def __rsub__(self, other: Any) -> Tex:
        return tex(other) - self

    def __mul__(self, other: Any) -> Tex:
        if not isinstance(other, Tex) and other == 1:
            return self
        right = tex(other).at(_PRODUCT)
        dot = r" \cdot " if right[:1] in "-0123456789" else r" \, "
        return Tex(f"{self.at(_PRODUCT)}{dot}{right}", _PRODUCT)

    def __rmul__(self, other: Any) -> Tex:
        return self if other == 1 else tex(other) * self

    def __truediv__(self, other: Any) -> Tex:
        return Tex(rf"\frac{{{self.text}}}{{{tex(other).text}}}", _PRODUCT)

    def __rtruediv__(self, other: Any) -> Tex:
        return tex(other) / self

    def __pow__(self, other: Any) -> Tex:
        return (
            self
            if not isinstance(other, Tex) and other == 1
            else Tex(f"{self.at(_ATOM)}^{{{tex(other).text}}}", _POWER)
        )

    def __rpow__(self, other: Any) -> Tex:
        return tex(other) ** self

    def __neg__(self) -> Tex:
        return Tex(f"-{self.at(_PRODUCT)}", _SUM)

    def __abs__(self) -> Tex:
        return Tex(rf"\left|{self.text}\right|")

    def __gt__(self, other: Any) -> Tex:
        return Tex(f"[{self.text} > {tex(other).text}]")

    def __lt__(self, other: Any) -> Tex:
        return Tex(f"[{self.text} < {tex(other).text}]")

    def __ge__(self, other: Any) -> Tex:
        return Tex(rf"[{self.text} \ge {tex(other).text}]")

    def __le__(self, other: Any) -> Tex:
        return Tex(rf"[{self.text} \le {tex(other).text}]")

    def __eq__(self, other: Any) -> Tex:  # type: ignore[override]
        return Tex(f"[{self.text} = {tex(other).text}]")

    __hash__ = object.__hash__


class _TexFunctions:
    """The namespace `m` in which a rule writes its own formula."""

    _BACKSLASH = "sin cos tan sinh cosh tanh exp arcsin arccos arctan".split()
    _SPECIAL: dict[str, Any] = {
        "sqrt": lambda x: Tex(rf"\sqrt{{{x.text}}}"),
        "cbrt": lambda x: Tex(rf"\sqrt[3]{{{x.text}}}"),
        "log": lambda x: Tex(rf"\ln {x.at(_ATOM)}", _PRODUCT),
        "absolute": abs,
        "sigmoid": lambda x: Tex(rf"\sigma\left({x.text}\right)"),
        "divide": lambda x, y: tex(x) / y,
        "pow": lambda x, y: tex(x) ** y,
        "share": lambda wins, ties: tex(wins) + tex(0.5) * tex(ties),
        "floor": lambda x: Tex(rf"\lfloor {x.text} \rfloor"),
    }

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        if not isinstance(condition, Tex):
            return x if condition else y
        if x is True or y is True:
            return condition if x is True else 1.0 - condition
        if x in (0.0, 1.0) and not isinstance(
            x, Tex
        ):  # a guard for one exceptional value: the formula is the rule
            return y
        return Tex(
            rf"\begin{{cases}} {tex(x).text} & {condition.text} \\ {tex(y).text} & \text{{otherwise}} \end{{cases}}"
        )

    def __getattr__(self, name: str) -> Any:
        special = self._SPECIAL.get(name)
        if special:
            return lambda *args: (
                special(*map(tex, args)) if name not in ("divide", "pow", "share") else special(*args)
            )
        head = rf"\{name}" if name in self._BACKSLASH else rf"\operatorname{{{name}}}"
        return lambda *args: Tex(head + r"\left(" + ", ".join(tex(a).text for a in args) + r"\right)")


TEX = _TexFunctions()


def tex(value: Any) -> Tex:
    """A value as a formula."""
    if isinstance(value, Tex):
        return value
    if isinstance(value, bool):
        return Tex(str(int(value)))
    if isinstance(value, (int, float)):
        text = number(value)
        return Tex(text, _SUM if text.startswith("-") else _PRODUCT if "times" in text else _ATOM)
    shape = getattr(value, "shape", ())
    return Tex(r"\mathbf{c}_{" + r" \times ".join(map(str, shape)) + "}") if shape else tex(float(value))


def number(value: float, digits: int = 6) -> str:
    """A number as LaTeX.

    >>> number(0.5), number(-2.0), number(1e-9), number(float("inf"))
    ('0.5', '-2', '1 \\\\times 10^{-9}', '\\\\infty')
    """
    if value != value or abs(value) == float("inf"):
        return r"\text{nan}" if value != value else r"\infty" if value > 0 else r"-\infty"
    mantissa, e, exponent = f"{value:.{digits}g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if e else mantissa


def symbol(name: str) -> str:
    """A name as LaTeX: theta, w1 and x_in become a Greek letter and letters with an index.

    >>> symbol("x"), symbol("theta"), symbol("w1"), symbol("loss")
    ('x', '\\\\theta', 'w_{1}', '\\\\mathit{loss}')
    """
    stem, _, index = name.partition("_")
    if not index:
        stem, index = (bare, name[len(bare) :]) if (bare := name.rstrip("0123456789")) else (name, "")
    letters = rf"\{stem}" if stem.lower() in _GREEK else stem if len(stem) == 1 else rf"\mathit{{{stem}}}"
    return letters.replace("_", r"\_") + (f"_{{{index}}}".replace("_{_", "_{") if index else "")


def explain(z: Var, x: Var) -> str:
    """dz/dx as the sum over paths: named partials, then their formulas, then their numbers, then the sum.

    Returns a LaTeX `aligned` block, to be put between $$ and $$. Unnamed nodes are called u_1, u_2, ... and
    defined.

    >>> t = Var(2.0, "t"); x = t * t; x.name = "x"; z = x * t; z.name = "z"
    >>> print(explain(z, t))
    \\begin{aligned} \\frac{dz}{dt} &= \\frac{\\partial z}{\\partial x} \\, \\frac{\\partial x}{\\partial t}
    + \\frac{\\partial z}{\\partial x} \\, \\frac{\\partial x}{\\partial t} + \\frac{\\partial z}{\\partial
    t} \\\\ &= t \\cdot t + t \\cdot t + x \\\\ &= 2 \\cdot 2 + 2 \\cdot 2 + 4 \\\\ &= 12 \\end{aligned}
    """
    total = count_paths(z, x)
    scalars = all(type(node) is Var for node in (z, x))
    shown = []
    for path in paths(z, x, cap=total, order="heaviest" if total > SHOWN and scalars else "graph"):
        shown.append(path)
        if len(shown) == SHOWN:
            break
    names = _names(z, x, shown)
    bar = sweep(z, z._seed(None, "explain")).get(x)
    value = "0" if bar is None else _shown(x._own(bar))
    left = rf"\frac{{d{names[z]}}}{{d{names[x]}}}"
    if not shown or z is x:
        return rf"\begin{{aligned}}{chr(10)}{left} &= {value}{chr(10)}\end{{aligned}}"
    rest = rf" + \cdots \text{{ ({total - len(shown)} more paths)}}" if total > len(shown) else ""
    lines = [rf"{names[node]} &= {_formula(node, names)}" for node in _unnamed(shown)]
    named = " + ".join(r" \, ".join(_edge(names, a, b) for a, b in zip(p.nodes, p.nodes[1:])) for p in shown)
    lines.append(f"{left} &= {named}{rest}")
    lines.append(
        "&= "
        + " + ".join(_joined([_slope(n, s, names) for n, s in zip(p.nodes, p.slots)]) for p in shown)
        + rest
    )
    if all(type(node) is Var for p in shown for node in p.nodes):
        lines.append("&= " + " + ".join(_joined([tex(float(d)) for d in p.partials]) for p in shown) + rest)
    else:
        lines.append("&= " + " + ".join(_shown(p.product) for p in shown) + rest)
    lines.append(f"&= {value}")
    return "\\begin{aligned}\n" + " \\\\\n".join(dict.fromkeys(lines)) + "\n\\end{aligned}"


def _names(z: Var, x: Var, shown: list[Path]) -> dict[Var, str]:
    """A LaTeX name for every node on the paths and every argument of theirs."""
    nodes = {node for path in shown for node in path.nodes} | {z, x}
    nodes |= {parent for node in nodes for parent in node.parents}
    names: dict[Var, str] = {}
    count = 0
    for node in sorted(nodes, key=lambda node: node.id):
        if node.name:
            names[node] = symbol(node.name)
        elif node is z:
            names[node] = "z"
        elif node is x:
            names[node] = "x"
        else:
            count += 1
            names[node] = f"u_{{{count}}}"
    return names


def _unnamed(shown: list[Path]) -> list[Var]:
    inner = {node for path in shown for node in path.nodes[1:-1] if not node.name}
    return sorted(inner, key=lambda node: node.id)


def _reading(node: Var, names: dict[Var, str]) -> list:
    return [Tex(names[a]) if isinstance(a, Var) else a for a in node.args]


def _formula(node: Var, names: dict[Var, str]) -> str:
    if node.op.partials is None:
        inside = ", ".join(names[a] for a in node.parents)
        return rf"\operatorname{{{node.op.name.replace('_', ' ')}}}\left({inside}\right)"
    return tex(node.op.forward(TEX, *_reading(node, names))).text


def _edge(names: dict[Var, str], a: Var, b: Var) -> str:
    return rf"\frac{{\partial {names[a]}}}{{\partial {names[b]}}}"


def _slope(node: Var, slot: int, names: dict[Var, str]) -> Tex:
    """The local partial along one edge as a formula, or as its name where the rule is not elementwise."""
    i = [i for i, a in enumerate(node.args) if isinstance(a, Var)][slot]
    rule = node.op.partials[i] if node.op.partials else None
    if rule is None:
        return Tex("0") if node.op.partials else Tex(_edge(names, node, node.args[i]))
    try:
        return tex(rule(TEX, Tex(names[node]), *_reading(node, names)))
    except Exception:  # a user's rule may do what no formula can
        return Tex(_edge(names, node, node.args[i]))


def _joined(factors: list[Tex]) -> str:
    """A product of factors, with brackets where one is a sum or a negative number."""
    return r" \cdot ".join(factor.at(_PRODUCT) for factor in factors)


def _shown(value: Any) -> str:
    """A derivative in numbers: a number, a short vector, or the shape of anything larger."""
    shape = getattr(value, "shape", ())
    if not shape:
        return number(float(value))
    if len(shape) == 1 and shape[0] <= 6:
        return r"\left(" + r",\; ".join(number(float(v), 4) for v in value) + r"\right)"
    return r"\text{array of shape } " + r" \times ".join(map(str, shape))
