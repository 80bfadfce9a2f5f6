"""The judge: asks a student's function questions, compares with what the engine derives, and names the slip.

    from chainrule_lib import check
    check("a2.dz_dt", dz_dt)            # shows the verdict, returns the score

`answering` is the only part that ever runs beside code that nobody trusts.
"""

from . import answering
from .decide import Exam, Plan, Probe, Record, Verdict, judge, tasks
from .check import check
from .task import Block, Extra, Invariant, Task

__all__ = [
    *"Block Exam Extra Invariant Plan Probe Record Task Verdict".split(),
    *"answering check judge tasks".split(),
]
