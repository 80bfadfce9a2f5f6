"""Page 06: three Jacobians in a row. How many multiplications from the outputs' end, how many from the inputs'?"""

import math

from chainrule_lib.explore.explorable import COLUMN, Explorable, Panel, Picture, Slider
from chainrule_lib.study.drawing import caption, number, path, shape, text

MOST = 1000.0  # values at one place of the chain


def costs(n: int, m_1: int, m_2: int, k: int) -> dict[str, list[tuple[int, int, int]]]:
    """The products p by q times q by r of both ways, as (p, q, r): p q r multiplications each."""
    return {
        "outputs": [(k, m_2, m_1), (k, m_1, n)],  # J_3 J_2, then that times J_1
        "inputs": [(m_2, m_1, n), (k, m_2, n)],  # J_2 J_1, then J_3 times that
    }


def picture(n: float, m_1: float, m_2: float, k: float) -> Picture:
    """Left the three Jacobians in their shapes, right both ways to multiply them, counted."""
    sizes = [round(size) for size in (n, m_1, m_2, k)]
    ways = costs(*sizes)
    sums = {end: sum(math.prod(product) for product in products) for end, products in ways.items()}
    desc = (
        f"A chain with {sizes[0]:,} inputs, {sizes[1]:,} and {sizes[2]:,} values in between and {sizes[3]:,} outputs. "
        f"Its Jacobian takes {sums['outputs']:,} multiplications from the outputs' end and {sums['inputs']:,} from the "
        f"inputs' end. {_verdict(sums)}"
    )
    names = {"outputs": ("J_3 J_2", "(J_3 J_2) J_1"), "inputs": ("J_2 J_1", "J_3 (J_2 J_1)")}
    ends = [_way(end, names[end], ways[end], sums[end], tone) for end, tone in (("outputs", "a"), ("inputs", "b"))]
    return Picture((_shapes(sizes), _bars(sums)), tuple(ends), desc)


def _verdict(sums: dict) -> str:
    (end, least), (_, most) = sorted(sums.items(), key=lambda item: item[1])
    return "Both ends cost the same." if least == most else f"From the {end}: {number(most / least, 3)} times less work."


def _shapes(sizes: list[int]) -> Panel:
    """The Jacobians as boxes: heights are outputs, widths are inputs, on a logarithmic scale."""
    side = [10 + 26 * math.log10(size) for size in sizes]
    middle = 96.0
    body = caption(14, 26, "Height: outputs. Width: inputs. (Logarithmic)", 14, look=["muted"])
    base = middle + max(side[1:]) / 2 + 24
    for step in (3, 2, 1):
        wide, high = side[step - 1], side[step]
        centre = COLUMN / 2 + 118 * (2 - step)
        box = {"x": centre - wide / 2, "y": middle - high / 2, "width": wide, "height": high}
        body += shape("rect", ["c", "fill"], rx=3, **box)
        body += text(centre, base, f"J_{step}", 17, look=["strong"])
        body += text(centre, base + 21, f"{sizes[step]} × {sizes[step - 1]}", 14)
    return Panel(base + 34, body)


def _way(end: str, names: tuple[str, str], products: list[tuple[int, int, int]], whole: int, tone: str) -> Panel:
    """The two products of one way, then the sum."""
    body = caption(14, 26, f"From the {end}' end", 15, look=[tone, "strong"])
    for row, (name, (p, q, r)) in enumerate(zip(names, products)):
        y = 54.0 + 44 * row
        body += text(18, y, name, 16, "start")
        body += text(122, y, f"{p} · {q} · {r}", 14, "start", ["muted"])
        body += text(344, y + 20, f"{p * q * r:,}", 15, "end")
    body += shape("path", ["axis"], d=path([(18, 128), (344, 128)]))
    body += caption(18, 152, "multiplications", 14, look=["muted"])
    return Panel(166, body + text(344, 152, f"{whole:,}", 17, "end", [tone, "strong"]))


def _bars(sums: dict) -> Panel:
    most, body = max(sums.values()), ""
    for row, (end, tone) in enumerate((("outputs", "a"), ("inputs", "b"))):
        y = 18.0 + 30 * row
        body += caption(18, y + 14, end, 14, look=[tone])
        body += shape("rect", [tone, "dot"], x=92, y=y, width=max(1.5, 252 * sums[end] / most), height=18, rx=3)
    return Panel(112, body + caption(18, 96, _verdict(sums), 14, look=["strong"]))


EXPLORABLE = Explorable(
    "which-end",
    "Which end first? The work of both orders",
    "06-which-end-first",
    (
        Slider("n", "Inputs", 1.0, MOST, 0.1, 1000.0, log=True),
        Slider("m_1", "After step 1", 1.0, MOST, 0.1, 500.0, log=True),
        Slider("m_2", "After step 2", 1.0, MOST, 0.1, 100.0, log=True),
        Slider("k", "Outputs", 1.0, MOST, 0.1, 1.0, log=True),
    ),
    picture,
)
