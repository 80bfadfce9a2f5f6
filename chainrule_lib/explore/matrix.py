"""A matrix in a picture: brackets, numbers, and the size of each entry as depth of colour (a above 0, b below)."""

from collections.abc import Collection, Sequence

from chainrule_lib.study.drawing import number, path, shape, text

LINE = 30.0  # the height of a row
DEEP = 0.34  # opacity of the largest entry: the number on it stays legible


def brackets(left: float, wide: float, top: float, high: float) -> str:
    """Square brackets around a box."""
    foot, sides = top + high, ((left, left + 5), (left + wide, left + wide - 5))
    return "".join(
        shape("path", ["axis"], d=path([(tip, top), (x, top), (x, foot), (tip, foot)])) for x, tip in sides
    )


def heat(
    left: float,
    top: float,
    rows: Sequence[Sequence[float]],
    cell: float,
    largest: float,
    lit: Collection[tuple[int, int]] = (),
) -> str:
    """The entries as a heat map; `largest` gets the deepest colour, `lit` are the (row, column) that are framed."""
    body = brackets(left - 3, cell * len(rows[0]) + 6, top - 2, LINE * len(rows) + 4)
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            x, y = left + cell * j, top + LINE * i
            depth = f"{DEEP * min(1.0, abs(entry) / (largest or 1.0)):.3f}"
            tone = "a" if entry > 0 else "b"
            box = {"x": x + 2, "y": y + 2, "width": cell - 4, "height": LINE - 4, "rx": 4}
            body += shape("rect", [tone, "dot"], fill_opacity=depth, **box)
            if (i, j) in lit:
                body += shape("rect", ["c", "edge"], **box)
            weight = ["strong"] if (i, j) in lit else []
            body += text(x + cell / 2, y + LINE / 2 + 5, entry_text(entry), 14, look=weight)
    return body


def entry_text(entry: float) -> str:
    """An entry in five characters."""
    return number(round(entry, 2), 3)
