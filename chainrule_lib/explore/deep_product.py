"""Page 12: many layers, each with the same small slope. What is left of a gradient, without shortcuts and with them?"""

import math

from chainrule_lib.explore.explorable import Explorable, Panel, Picture, Slider
from chainrule_lib.explore.plot import Plot
from chainrule_lib.study.drawing import caption, number, path, shape, text

SHOWN = 0.002  # a bar whose share of the sum is smaller is left out
FLOOR, CEILING = -12, 12  # powers of ten that the first plot shows at most


def roads(depth: int, slope: float) -> list[tuple[int, float]]:
    """For k = 0 .. depth: how many roads go through k of the blocks, and what all of them carry together."""
    return [(math.comb(depth, k), math.comb(depth, k) * slope**k) for k in range(depth + 1)]


def picture(depth: float, slope: float) -> Picture:
    """Left what is left of the slope, layer by layer, on the way back; right the roads by their length."""
    layers = round(depth)
    plain, skipped, lengths = slope**layers, (1 + slope) ** layers, roads(layers, slope)
    total = sum(share for _, share in lengths)
    mean = sum(k * share for k, (_, share) in enumerate(lengths)) / total
    most = max(range(layers + 1), key=lambda k: lengths[k][1])
    desc = (
        f"{layers} layers of slope {number(slope)}. One after another they leave {number(plain)} of a gradient; "
        f"with a shortcut around each, {number(skipped)}. In a plot of powers of ten both are straight lines. "
        f"Of the {number(2.0**layers)} roads those through {most} of the blocks carry the largest part, "
        f"{number(lengths[most][1])}."
    )
    left = (_decay(layers, slope), _products(layers, slope, plain, skipped))
    return Picture(left, (_bars(layers, lengths, total, most), _table(layers, slope, lengths, most, mean)), desc)


def _decay(layers: int, slope: float) -> Panel:
    falls, grows = math.log10(slope), math.log10(1 + slope)
    low = max(FLOOR, min(-1, math.floor(layers * falls)))
    high = min(CEILING, max(1, math.ceil(layers * max(falls, grows))))
    plot = Plot(46, 40, 300, 176, 0, layers, low, high)
    body = caption(14, 26, "What is left of a gradient on its way back", 14, look=["muted"])
    body += shape("rect", ["paper"], x=plot.left, y=plot.top, width=plot.width, height=plot.height, rx=4)
    step = max(1, math.ceil((high - low) / 5))
    for power in range(low - low % step, high + 1, step):
        if low <= power:
            body += shape("path", ["hair"], d=path([plot.at(0, power), plot.at(layers, power)]))
            y = plot.at(0, power)[1]
            body += text(plot.left - 6, y + 4, f"10^{{{power}}}".replace("-", "−"), 12, "end", ["muted"])
    for rate, look in ((falls, ["b", "dash"]), (grows, ["a"])):
        ends = [plot.at(x, rate * x) for x in plot.inside(0, 0, rate, layers)]
        body += shape("path", ["edge", *look], d=path(ends))
    base = plot.top + plot.height + 15
    body += text(plot.left, base, "0", 12, look=["muted"]) + text(346, base, str(layers), 12, "end", ["muted"])
    body += caption(plot.left + plot.width / 2, base, "layers passed", 13, "middle", ["muted"])
    return Panel(base + 8, body)


def _products(layers: int, slope: float, plain: float, skipped: float) -> Panel:
    a = number(slope, 3)
    rows = (
        ("dashed: no shortcuts", f"{a}^{{{layers}}} = {number(plain, 3)}", ["b", "strong"]),
        ("solid: with shortcuts", f"{number(1 + slope, 3)}^{{{layers}}} = {number(skipped, 3)}", ["a", "strong"]),
        ("roads with shortcuts", f"2^{{{layers}}} = {number(2.0**layers, 4)}", []),
    )
    body = ""
    for k, (words, formula, look) in enumerate(rows):
        y = 24 + 27 * k
        body += caption(18, y, words, 14, look=look[:1]) + text(344, y, formula, 16, "end", look)
    return Panel(94, body)


def _bars(layers: int, lengths: list[tuple[int, float]], total: float, most: int) -> Panel:
    shown = [k for k, (_, share) in enumerate(lengths) if share >= SHOWN * total]
    left, top, wide, high = 20.0, 44.0, 326.0, 132.0
    column, tallest = min(40.0, wide / len(shown)), lengths[most][1]
    start = left + (wide - column * len(shown)) / 2
    body = caption(14, 26, "The roads that carry it, by blocks crossed", 14, look=["muted"])
    body += shape("path", ["axis"], d=path([(left, top + high), (left + wide, top + high)]))
    every = 1 if column >= 17 else 3
    for place, k in enumerate(shown):
        tall, x = high * lengths[k][1] / tallest, start + column * place
        tone = "c" if k == most else "a"
        body += shape("rect", [tone, "fill"], x=x + 1, y=top + high - tall, width=column - 2, height=tall, rx=2)
        if k % every == most % every:
            body += text(x + column / 2, top + high + 15, str(k), 12, look=[tone if k == most else "muted"])
    return Panel(top + high + 24, body)


def _table(layers: int, slope: float, lengths: list[tuple[int, float]], most: int, mean: float) -> Panel:
    """The heaviest length and its neighbours: how many roads, what one carries, what all of them carry."""
    body, ends = "", (58, 158, 252, 344)
    for x, words in zip(ends, ("blocks", "roads", "each carries", "together")):
        body += caption(x, 22, words, 13, "end", ["muted"])
    first = max(0, min(most - 2, layers - 4))
    for place, k in enumerate(range(first, min(first + 5, layers + 1))):
        y, look = 45 + 23 * place, ["c", "strong"] if k == most else []
        count, share = lengths[k]
        for x, shown in zip(ends, (str(k), number(count, 3), number(slope**k, 3), number(share, 3))):
            body += text(x, y, shown, 14, "end", look)
    words = f"Blocks crossed on average: {number(round(mean, 1), 3)} of {layers}."
    return Panel(178, body + caption(14, 164, words, 13, look=["muted"]))


EXPLORABLE = Explorable(
    "deep-product",
    "A deep product, with shortcuts and without",
    "12-deep-products",
    (
        Slider("depth", "Layers", 1, 50, 1, 20),
        Slider("slope", "Slope of a layer", 0.05, 1.5, 0.05, 0.1),
    ),
    picture,
)
