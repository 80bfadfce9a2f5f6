"""Read the labelled student functions; README.md describes the format."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

HERE = Path(__file__).parent
HEADER = re.compile(r"^# %% (?P<name>\w+)  (?P<label>\S+)(?P<tags>(?:  [\w-]+)*)$")


@dataclass(frozen=True)
class Variant:
    """One student's cell: `task` "a2.dz_dt", `name` unique there, `story` our comment, `source` the cell as typed."""

    task: str
    name: str
    label: str
    tags: frozenset[str]
    story: str
    source: str

    @property
    def right(self) -> bool:
        return self.label == "right"

    @property
    def held_out(self) -> bool:
        return "held-out" in self.tags

    @property
    def accepted(self) -> list[tuple[str, ...]]:
        """Fair names, each a tuple of ids; empty when right or unnameable."""
        if self.label in ("right", "unnameable"):
            return []
        return [tuple(name.split("+")) for name in self.label.split("|")]

    def function(self) -> Callable:
        """The student's function, made afresh in a namespace of its own."""
        namespace = {"np": np, "math": math, "__name__": "__main__"}
        exec(compile(self.source, f"<{self.task} {self.name}>", "exec"), namespace)
        return namespace[self.task.split(".")[1]]


def read(task: str, room: str = "") -> list[Variant]:
    """All variants of a task, in the order of its file; `room` is a folder of another set, as "fresh"."""
    path = HERE.joinpath(room, *task.split(".")).with_suffix(".py")
    variants = []
    for cell in re.split(r"(?m)^(?=# %% )", path.read_text(encoding="utf-8"))[1:]:
        header, story, source = cell.split("\n", 2)
        match = HEADER.match(header)
        if not match or not story.startswith("# "):
            raise ValueError(f"{path.name}: cannot read {header!r} and the line below; write '# %% name  label  tags', "
                             "two spaces between, and a one-line comment")
        tags = frozenset(match["tags"].split())
        variants.append(Variant(task, match["name"], match["label"], tags, story[2:], source.strip() + "\n"))
    return variants


def tasks(room: str = "") -> list[str]:
    """The task ids that have variants."""
    return sorted(f"{path.parent.name}.{path.stem}" for path in HERE.joinpath(room).glob("*/*.py"))
