"""What a graded function is: data that says how to ask, what is right, and how many points each part is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(frozen=True)
class Block:
    """One number or array of an answer: the derivative of the output in the leaf named `wrt`, worth `points`."""

    name: str  # as the reader knows it, "dz/dt"
    wrt: str
    points: float


@dataclass(frozen=True)
class Extra:
    """A slip that no mutation of the graph makes: another forward function, differentiated rightly, or other
    numbers.

    `id` is one of misconceptions.json, or two joined by a plus sign. `forward` has the task's own signature and
    returns a graph; `answer` maps (realised arguments, true blocks) to wrong blocks;
    `fits` says of (realised arguments, true blocks, an array that was answered) whether the slip gives it.
    """

    id: str
    site: str
    forward: Callable[..., Any] | None = None
    answer: Callable[[list, dict], dict] | None = None
    fits: Callable[[list, dict, Any], bool] | None = None
    rank: float = 1


@dataclass(frozen=True)
class Invariant:
    """A law that every right answer obeys, with the sentence for one that does not."""

    sentence: str
    holds: Callable[[list, dict], bool]


@dataclass(frozen=True)
class Task:
    """A graded function as data.

    `forward(*arguments)` is written with the engine: it receives the realised arguments, with a named `Var` for
    every argument that a block differentiates in, names its intermediates, and returns the output node.
    `sample(rng, kind)` returns one probe's JSON arguments; `kinds` lists the probes of one examination.
    """

    id: str
    title: str
    signature: str
    chapter: str  # slug of the page that teaches it
    forward: Callable[..., Any]
    sample: Callable[[Random, str], list]
    blocks: tuple[Block, ...]
    arrays: bool = False  # the graph holds arrays
    jacobian: bool = False  # the answer is the whole Jacobian of the forward function, [output, input]
    derive: Callable[..., dict] | None = (
        None  # (task, arguments) -> blocks, where the answer is made from derivatives
    )
    finish: Callable[[list, dict], dict] | None = None  # (realised arguments, derivatives) -> the blocks asked
    slips: Callable[..., Any] | None = None  # recording -> ArraySlips of this task's own, besides the general ones
    translate: Callable[[list, Any], Any] | None = None  # (arguments, answer record) -> the record that is judged
    seen: Callable[[list, Any], set] | None = None  # (arguments, answer record) -> names (tuples of ids) it shows
    behaviour: Callable[[list, Any], Any] | None = None  # (arguments, answer record) -> a Reading, where no number is asked
    seconds: float | None = None  # that one call may take, if it is more than usual
    output: str = "number"  # "number", "tuple" or "dict" (keys are the blocks' wrt)
    kinds: tuple[str, ...] = ("plain",) * 5
    extras: tuple[Extra, ...] = field(default=())
    invariants: tuple[Invariant, ...] = field(default=())
    names: dict[Any, tuple[str, ...]] = field(
        default_factory=dict
    )  # kinds of slip with another name here, as diagnose.NAMES

    @property
    def assignment(self) -> str:
        return self.id.partition(".")[0]

    @property
    def function(self) -> str:
        return self.id.partition(".")[2]

    @property
    def points(self) -> float:
        return float(sum(block.points for block in self.blocks))

    @property
    def parameters(self) -> list[str]:
        """The parameter names of the signature, in order."""
        inside = self.signature[self.signature.index("(") + 1 : self.signature.index(")")]
        return [name.strip() for name in inside.split(",")]
