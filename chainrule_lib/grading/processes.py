"""Worker processes of this machine: each has the desk, a pipe, and at most two batches in hand."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import deque
from typing import Any, NamedTuple

from .desk import Desk
from .sandbox import SandboxError

AHEAD = 2  # batches that a worker has in hand, so that it never waits for the driver
READY = "ready"
LOST = "lost"  # what `take` says of a batch whose worker was killed


class Batch(NamedTuple):
    """Some papers to grade or pages to print, by the name of the desk's method."""

    number: int
    what: str
    items: list


class Processes:
    """A pool that knows which batch a killed worker had: `give` a batch where there is `room`, `take` an answer."""

    def __init__(self, desk: Desk, workers: int):
        self.desk, self.workers = desk, workers
        self.hands: list[_Hand] = []
        self.stillborn = 0

    @property
    def room(self) -> int:
        return AHEAD * self.workers - sum(len(hand.batches) for hand in self.hands)

    def give(self, batch: Batch) -> None:
        hand = min(self.hands, key=lambda hand: len(hand.batches), default=None)
        if hand is None or (hand.batches and len(self.hands) < self.workers):
            hand = _Hand(self.desk)
            self.hands.append(hand)
        hand.give(batch)

    def take(self) -> tuple[Batch, Any]:
        """The next batch that ended, with its answer or LOST.

        Raises what the desk raised, and SandboxError where workers die before they begin.
        """
        from multiprocessing.connection import wait

        while True:
            ready = wait([end for hand in self.hands for end in (hand.pipe, hand.process.sentinel)])
            for hand in self.hands:
                if hand.pipe in ready or hand.process.sentinel in ready:
                    try:
                        answer = hand.pipe.recv() if hand.pipe.poll() or hand.process.is_alive() else LOST
                    except (EOFError, OSError):
                        answer = LOST
                    if answer == READY:
                        hand.begun = True
                        continue
                    if isinstance(answer, Exception):
                        raise answer
                    if answer != LOST:
                        return hand.batches.popleft(), answer
                    if lost := self._bury(hand):
                        return lost, LOST
                    break

    def _bury(self, hand: _Hand) -> Batch | None:
        """Take a dead worker out; the batch it was at is lost, the one behind that goes to another."""
        self.hands.remove(hand)
        hand.close(kill=True)
        self.stillborn = 0 if hand.begun else self.stillborn + 1
        if self.stillborn == 3:
            raise SandboxError(
                f"worker processes end before they begin (exit code {hand.process.exitcode}); is there memory left?"
            )
        lost = hand.batches.popleft() if hand.begun and hand.batches else None
        for batch in hand.batches:
            self.give(batch)
        return lost

    def close(self, kill: bool = False) -> None:
        """End the workers: as soon as they see that nothing more comes, or at once."""
        for hand in self.hands:
            hand.pipe.close()
        for hand in self.hands:
            hand.close(kill)


class _Hand:
    """One worker process with its pipe and the batches it was given."""

    def __init__(self, desk: Desk):
        from multiprocessing import get_context

        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()
        self.batches: deque[Batch] = deque()
        self.begun = False
        with contextlib.suppress(OSError):  # a worker that is dead already is met by `take`
            self.pipe.send(desk)

    def give(self, batch: Batch) -> None:
        self.batches.append(batch)
        with contextlib.suppress(OSError):
            self.pipe.send((batch.what, batch.items))

    def close(self, kill: bool) -> None:
        self.pipe.close()
        if not kill:
            self.process.join(10)
        self.process.kill()
        self.process.join()


def _serve(pipe, parent: int) -> None:
    """A worker: it leaves Ctrl-C to the driver, dies with it, and answers one batch after another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(parent)
    without_uri_grammar()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        desk = pipe.recv()
        pipe.send(READY)
        while True:
            what, items = pipe.recv()
            try:
                answer = getattr(desk, what)(items)
            except Exception as problem:
                answer = problem if isinstance(problem, RuntimeError) else RuntimeError(repr(problem))
            pipe.send(answer)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        raise SystemExit(1)


def without_uri_grammar() -> None:
    """jsonschema, which nbformat loads, would build a grammar of URIs for two seconds; no notebook needs one."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
