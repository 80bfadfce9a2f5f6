"""The host's side of one notebook: what it may use, the frames it sends, and how it may fail.

Frames are JSON from a process that may lie, stall or die, so every length, number and wait is bounded.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import socket
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields

from .cgroup import Cgroup
from .later import changes

STARTING = 60.0  # seconds a runner may need to say it is ready, on a busy machine
AT_THE_END = 0  # in place of a pid: the function will be the same at the end
GRACE = 3.0  # seconds between a cell's own alarm and the kill


class SandboxError(RuntimeError):
    """The sandbox could not do its work; the submission was not judged."""


def _limit(default, doc):
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True)
class Limits:
    """What one notebook may use; `describe()` prints this table."""

    cell_wall: float = _limit(30.0, "seconds on the clock for one cell")
    cell_cpu: float = _limit(10.0, "seconds of processor time for one cell")
    notebook_wall: float = _limit(180.0, "seconds on the clock for a whole notebook, questions included")
    notebook_cpu: float = _limit(60.0, "seconds of processor time for one process of a notebook")
    question_wall: float = _limit(
        4.0,
        "seconds for one call of a student's function, where its task names no other; after one timeout its "
        "rest is not asked",
    )
    memory: int = _limit(
        2 * 2**30, "bytes of address space a process, and of memory in all where a cgroup can be made"
    )
    processes: int = _limit(64, "processes and threads alive at once")
    file_size: int = _limit(16 * 2**20, "bytes of one file")
    scratch: int = _limit(64 * 2**20, "bytes of all files together")
    output: int = _limit(200_000, "bytes of output kept of one cell")
    frame: int = _limit(4_000_000, "bytes of one message from the sandbox")

    @classmethod
    def describe(cls) -> str:
        """One line a limit: name, default, meaning."""
        return "\n".join(f"{f.name:>14} = {f.default:<12,} {f.metadata['doc']}" for f in fields(cls))


def plain_json(data: bytes):
    """Untrusted UTF-8 JSON; half a surrogate pair, which no file and no database can hold, becomes `?`.

    Raises ValueError or RecursionError where it is not JSON.
    """
    text = data.decode("utf-8-sig")
    value = json.loads(text)
    if "\\u" in text:
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


class Fault(Exception):
    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind, self.message = kind, message


class Channel:
    """Frames over a socket to a process that may lie, stall or die."""

    def __init__(self, sock: socket.socket, cap: int):
        self.sock, self.cap, self.buffer = sock, cap, bytearray()
        sock.setblocking(False)

    def send(self, message: dict) -> None:
        body = json.dumps(message).encode()
        data, deadline = memoryview(struct.pack(">I", len(body)) + body), time.monotonic() + GRACE
        while data:
            try:
                data = data[self.sock.send(data) :]
            except BlockingIOError:
                if not select.select([], [self.sock], [], max(0.0, deadline - time.monotonic()))[1]:
                    raise Fault("protocol", "the notebook's process did not read what it was sent") from None
            except OSError:
                raise Fault("died", "the notebook's process ended") from None

    def pop(self) -> dict | None:
        """The next whole frame in the buffer."""
        if len(self.buffer) < 4:
            return None
        size = struct.unpack(">I", self.buffer[:4])[0]
        if size > self.cap:
            raise Fault("protocol", f"a message of {size:,} bytes was announced; {self.cap:,} are allowed")
        if len(self.buffer) < 4 + size:
            return None
        body, self.buffer = bytes(self.buffer[4 : 4 + size]), self.buffer[4 + size :]
        try:
            message = plain_json(body)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise Fault("protocol", "a message from the notebook's process was not JSON")
        return message

    def fill(self) -> bool:
        """Read what is there; False when the other side has hung up."""
        try:
            part = self.sock.recv(1 << 18)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.buffer += part
        return bool(part)


def _pid(reply: dict, pinned: bool = True) -> int | None:
    """The snapshot's pid, AT_THE_END where that may be, or None where the name is not defined."""
    pid = reply.get("snapshot")
    return pid if type(pid) is int and (pid > 1 or pid == AT_THE_END and not pinned) else None


class Talk:
    """The host's side of one notebook, over channels that an executor opened."""

    def __init__(self, plan: dict, limits: Limits, control, kernel, answers, cgroup: Cgroup | None):
        self.cells, self.limits, self.cgroup = plan["cells"], limits, cgroup
        self.control = Channel(control, 10_000)
        self.kernel = Channel(kernel, limits.frame)
        self.answers = [Channel(sock, limits.frame) for sock in answers]
        self.end = time.monotonic() + limits.notebook_wall
        self.kills = cgroup.kills() if cgroup is not None else 0
        self.dead = self.threads = False
        self.pinned = plan.get("pinned", False)  # every function is held at its check cell
        self.joint: tuple[Channel, int] | None = None  # the snapshot of the end, and its pid
        self.lost = False  # the kernel died with a function that nobody else holds: run it again, pinned

    def wait(self, channel: Channel, deadline: float) -> dict:
        """The next frame of `channel`, or a fault: timeout, died, memory or protocol."""
        deadline = min(deadline, self.end)
        while True:
            message = channel.pop()
            if message is not None:
                return message
            left = deadline - time.monotonic()
            watched = [channel.sock] + ([] if self.dead else [self.control.sock])
            ready = select.select(watched, [], [], max(0.0, left))[0]
            if not ready:
                raise Fault("timeout", "time was up")
            if channel.sock in ready and not channel.fill():
                raise self.death()
            if self.control.sock in ready and channel.sock not in ready:
                alive = self.control.fill()
                if not alive or self.control.pop() is not None:
                    self.dead = True
                    if channel is self.kernel:
                        channel.fill()
                        if not channel.buffer:
                            raise self.death()

    def death(self) -> Fault:
        if self.cgroup is not None and self.cgroup.kills() > self.kills:
            return Fault(
                "memory", f"the notebook needed more than {self.limits.memory / 2**30:.1f} GB of memory"
            )
        return Fault("died", "the notebook's process ended in the middle of its work")

    def kill(self, pid: int | None = None) -> None:
        with contextlib.suppress(Fault):
            self.control.send({"kill": pid or 0})

    def frames(self) -> Iterator[dict]:
        """Every cell first; then the questions."""
        slots = [i for i, cell in enumerate(self.cells) if cell.get("expression")]
        texts = [cell["source"] for cell in self.cells]
        snapshots: dict[int, int | None] = {}
        for index, cell in enumerate(self.cells):
            request = {"index": index, "source": cell["source"]}
            if index in slots:
                changing = None if self.pinned else changes(texts, index)
                request |= {"expression": cell["expression"], "slot": slots.index(index), "changing": changing}
            try:
                self.kernel.send(request)
                reply = self.wait(self.kernel, time.monotonic() + self.limits.cell_wall + GRACE)
                if reply.get("index") != index or not isinstance(reply.get("outputs"), list):
                    raise Fault("protocol", "the notebook's process answered something that was not asked")
            except Fault as fault:
                self.kill()
                yield {"fault": fault.kind, "cell": index, "message": fault.message}
                self.dead = True
                break
            snapshots[index] = _pid(reply, self.pinned)
            self.threads = reply.get("threads") is True
            yield {
                "cell": index,
                "outputs": reply["outputs"],
                "execution_count": reply.get("execution_count"),
                "timeout": reply.get("timeout") is True,
            }
        for slot, index in enumerate(slots):
            if not self.dead and snapshots.get(index, 0) is None:
                # Defined after its check cell, or in a cell of the student's own at the end: ask again now.
                with contextlib.suppress(Fault):
                    self.kernel.send(
                        {
                            "index": index,
                            "source": "",
                            "expression": self.cells[index]["expression"],
                            "slot": slot,
                        }
                    )
                    snapshots[index] = _pid(self.wait(self.kernel, time.monotonic() + GRACE))
        for slot, index in enumerate(slots):
            answers = self.ask(slot, index, snapshots)
            if self.lost:
                return
            yield {"answers": index, "list": answers}

    def ask(self, slot: int, index: int, snapshots: dict) -> list[dict]:
        """The answers of one snapshot; after a timeout the live kernel is asked once more, then nobody is."""
        questions = self.cells[index]["questions"]
        if index not in snapshots:
            return [{"fault": "died"}] * len(questions)
        if snapshots[index] is None:
            return [{"fault": "missing"}] * len(questions)
        answers: list[dict] = []
        channel, pid, live = self.answers[slot], snapshots[index], False
        if pid == AT_THE_END:
            if (joint := self._at_the_end(slot)) is None:
                self.lost = True
                return []
            channel, pid = joint
        while len(answers) < len(questions):
            try:
                for answer in self.answered(channel, slot, questions, len(answers)):
                    answers.append(answer)
            except Fault as fault:
                if channel is not self.kernel:
                    self.kill(pid)
                    if snapshots[index] == AT_THE_END:
                        self.joint = None
                if fault.kind == "timeout" and self.threads and not live and not self.dead:
                    # A pool of threads does not survive the fork of a snapshot: a right function may hang there.
                    live, channel = True, self.kernel
                    with contextlib.suppress(Fault):
                        channel.send({"live": slot})
                        continue
                if channel is self.kernel:
                    self.kill()
                    self.dead = True
                answers += [{"fault": fault.kind}] * (len(questions) - len(answers))
        if live and not self.dead:
            self.kill()
            self.dead = True
        return answers

    def _at_the_end(self, slot: int) -> tuple[Channel, int] | None:
        """One snapshot for all functions that are as they were; a new one where a question ended the last."""
        if self.joint is None and not self.dead:
            with contextlib.suppress(Fault):
                self.kernel.send({"snapshot": slot})
                if pid := _pid(self.wait(self.kernel, time.monotonic() + GRACE)):
                    self.joint = self.answers[slot], pid
        return self.joint

    def answered(self, channel: Channel, slot: int, questions: list[dict], first: int) -> Iterator[dict]:
        """The answers from the first of these questions on: asked all at once, each with its own time."""
        nonce = secrets.token_hex(8)
        channel.send({"slot": slot, "first": first, "nonce": nonce, "questions": questions[first:]})
        for number in range(first, len(questions)):
            seconds = questions[number].get("seconds", self.limits.question_wall)
            reply = self.wait(channel, time.monotonic() + seconds)
            answer = reply.get("answer")
            if reply.get("index") != number or reply.get("nonce") != nonce or not isinstance(answer, dict):
                raise Fault("protocol", "an answer carried a number that was not asked")
            yield answer


@contextlib.contextmanager
def conversation(
    plan: dict, limits: Limits, start: Callable[[list[int], int], tuple[Callable[[], None], Cgroup | None]]
) -> Iterator[Talk]:
    """Start a runner with its sockets, wait until it is ready, and leave nothing of it behind.

    `start(fds, log)` is given the runner's ends (control, kernel, one for each check cell) and a file for what it says
    where it fails; it returns a function that kills the runner and all it started, and waits until they are
    gone, and the control group that counts them.
    """
    slots = sum(1 for cell in plan["cells"] if cell.get("expression"))
    pairs = [socket.socketpair() for _ in range(2 + slots)]
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    end = None
    log = tempfile.TemporaryFile()
    try:
        end, cgroup = start([sock.fileno() for sock in theirs], log.fileno())
        for sock in theirs:
            sock.close()
        talk = Talk(plan, limits, ours[0], ours[1], ours[2:], cgroup)
        try:
            if talk.wait(talk.kernel, time.monotonic() + STARTING) != {"ready": True}:
                raise Fault("protocol", "the runner did not say that it is ready")
        except Fault as fault:
            log.seek(0)
            said = log.read(4000).decode("utf-8", "replace").strip()
            raise SandboxError(f"the sandbox did not start: {said or fault.message}") from None
        yield talk
    except OSError as problem:
        raise SandboxError(f"the sandbox could not be started: {problem}") from problem
    finally:
        for sock in (*ours, *theirs):
            sock.close()
        if end is not None:
            end()
        log.close()


def memory_file(data: bytes) -> int:
    """A file descriptor of a file that has no name, at its beginning."""
    fd = os.memfd_create("data")
    with open(fd, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def spec(limits: Limits, fds: list[int], **more) -> str:
    """What a runner is told, as JSON: the limits, and its ends of the sockets by number."""
    control, kernel, *answers = fds
    return json.dumps({"limits": asdict(limits), "control": control, "kernel": kernel, "answers": answers, **more})
