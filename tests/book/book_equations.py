"""The proof of every displayed equation of the book: one row each. The rows of a part of the book are in `equations_NN_*.py`.

A row holds the label and the TeX as the page has it, both sides as functions of a point, and a wrong twin: the right side
with a term dropped, a sign flipped or a factor read off at the wrong place, which must *not* agree. Derivatives on a left
side are found without the chain rule: by complex step (no cancellation, exact to rounding) or as the limit of quotients.
Where the right side needs a slope of one function, the engine gives it.
"""

from importlib import import_module
from pathlib import Path

EQUATIONS = [
    row
    for file in sorted(Path(__file__).parent.glob("equations_*.py"))
    for row in import_module(file.stem).EQUATIONS
]
