"""Run a stranger's notebook where it can neither read, reach nor keep anything, and ask its functions
questions.

`run(plan, limits)` is the one door, whichever executor stands behind it.  A plan is data::

    {"cells": [{"source": "..."}, {"source": "...", "expression": "dz_dt", "questions": [...]}],
     "files": {"a.csv": b"1,2"}}

It yields frames as they come: `{"cell": i, "outputs": [...], "execution_count": n}` for each cell that
ended, `{"fault": kind, "cell": i, "message": "..."}` where one did not, and, when every cell is over,
`{"answers": i, "list": [...]}` for each cell that has questions.  The fault kinds are timeout,
died, memory and protocol.  A sandbox that cannot start is nobody's fault but ours: `SandboxError`.

Questions leave the host only when the last cell's output is in, so no page can show one.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

HERE = Path(__file__).parent
STARTING = 60.0  # seconds a runner may need to say it is ready, on a busy machine
GRACE = 3.0  # seconds between a cell's own alarm and the kill
DISTRIBUTIONS = ("numpy", "matplotlib", "ipython", "ipywidgets")


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


# what the sandbox can see


def _closure(names: tuple[str, ...]) -> Iterator:
    """The installed distributions `names` need, themselves included, by their own metadata."""
    from importlib import metadata

    from packaging.requirements import Requirement

    seen, waiting = set(), list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield found
        for line in found.requires or ():
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(need.name)


def _parents(target: str, known: list[str]) -> list[str]:
    """`--dir` for the folders above `target` (bubblewrap would make them for root alone)."""
    above = [str(parent) for parent in reversed(Path(target).parents)][1:]
    return [word for folder in above if folder not in known for word in ("--dir", folder)]


@functools.cache
def _runtime() -> tuple[str, ...]:
    """bubblewrap's arguments for a read-only Python with only what a notebook needs: no course, no engine,
    no venv."""
    args: list[str] = []

    def bind(source, target):
        if os.path.exists(source):
            args.extend((*_parents(str(target), args), "--ro-bind", os.path.realpath(source), str(target)))

    base, version = Path(sys.base_prefix), f"{sys.version_info[0]}.{sys.version_info[1]}"
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    for top in ("/lib", "/lib64"):
        if os.path.islink(top):
            args.extend(("--symlink", os.readlink(top), top))
        elif os.path.isdir(top):
            bind(
                f"{top}/{multiarch}" if multiarch and os.path.isdir(f"{top}/{multiarch}") else top,
                f"{top}/{multiarch}" if multiarch and os.path.isdir(f"{top}/{multiarch}") else top,
            )
    libraries = (
        [f"/usr/lib/{multiarch}"] if multiarch and os.path.isdir(f"/usr/lib/{multiarch}") else ["/usr/lib"]
    )
    for folder in (*libraries, "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo"):
        bind(folder, folder)
    if libraries == ["/usr/lib"]:
        args.extend(word for path in Path("/usr/lib").glob("python*") for word in ("--tmpfs", str(path)))
    bind(base / "bin" / f"python{version}", f"/py/bin/python{version}")
    for library in (base / "lib").glob(f"libpython{version}*"):
        bind(library, f"/py/lib/{library.name}")
    home = dict.fromkeys(("base", "platbase", "installed_base", "installed_platbase"), str(base))
    for key in ("stdlib", "platstdlib"):
        stdlib = Path(sysconfig.get_path(key, vars=home))
        target = Path("/py") / stdlib.relative_to(base)
        if str(target) not in args:
            bind(stdlib, target)
            for packages in ("site-packages", "dist-packages"):
                if (stdlib / packages).is_dir():
                    args.extend(("--tmpfs", str(target / packages)))
    tops = {}
    for distribution in _closure(DISTRIBUTIONS):
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__"):
                tops[top] = distribution.locate_file(top)
    for top, source in sorted(tops.items()):
        bind(source, f"/py/site/{top}")
    bind(HERE / "standin" / "chainrule_lib", "/rt/standin/chainrule_lib")
    bind(HERE / "runner.py", "/rt/runner.py")
    bind(HERE.parent / "judge" / "answering.py", "/rt/answering.py")
    return tuple(args)


def _own_uid() -> int | None:
    """As root: a user number for one sandbox, so that its processes are counted alone; None as an ordinary
    user.

    Root in a container may own only a few numbers (/proc/self/uid_map); without any other the user
    namespace serves.
    """
    if os.getuid() != 0:
        return None
    ranges = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    first, count = max(((inside, count) for inside, _, count in ranges), key=lambda pair: pair[1])
    if first + count > 2**31:
        return 2**30 + secrets.randbelow(2**29)
    return 65534 if first <= 65534 < first + count else None


@functools.cache
def _bwrap_knows(option: str) -> bool:
    return option in subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout


@functools.cache
def _walls(as_root: bool) -> tuple[str, ...]:
    """The strictest namespaces that bubblewrap can make here: a container around us may forbid some of the
    finer points."""
    user = ("--unshare-all", "--uid", "65534", "--gid", "65534")
    # Root builds the mounts (a Python under a 0700 home stays reachable), then the runner becomes another user.
    root = (
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--cap-drop",
        "ALL",
        "--cap-add",
        "CAP_SETUID",
        "--cap-add",
        "CAP_SETGID",
        "--cap-add",
        "CAP_SETPCAP",
    )
    no_more = ("--unshare-user", "--disable-userns") if _bwrap_knows("--disable-userns") else ()
    choices = [(*root,)] if as_root else [(*user, *no_more), user]
    choices = [(*choice, *proc) for proc in (("--proc", "/proc"), ("--dir", "/proc")) for choice in choices]
    for choice in choices:
        tried = subprocess.run(
            ["bwrap", "--ro-bind", "/", "/", *choice, "--", sys.executable, "-IS", "-c", ""],
            capture_output=True,
        )
        if tried.returncode == 0:
            return choice
    return choices[0]


class _Cgroup:
    """A control group for one notebook, version 1 or 2, where this machine lets us make one; else it does
    nothing."""

    ROOT = Path("/sys/fs/cgroup")

    def __init__(self, limits: Limits):
        self.folders: list[Path] = []
        name = f"chainrule-{os.getpid()}-{secrets.token_hex(4)}"
        if (self.ROOT / "cgroup.controllers").exists():
            own = Path("/proc/self/cgroup").read_text().rpartition("::")[2].strip().lstrip("/")
            wanted = [
                (
                    self.ROOT / own / name,
                    {"memory.max": limits.memory, "memory.swap.max": 0, "pids.max": limits.processes},
                )
            ]
        else:
            wanted = [
                (self.ROOT / "memory" / name, {"memory.limit_in_bytes": limits.memory}),
                (self.ROOT / "pids" / name, {"pids.max": limits.processes + 8}),
            ]
        for folder, settings in wanted:
            with contextlib.suppress(OSError):
                folder.mkdir()
                self.folders.append(folder)
                for file, value in settings.items():
                    with contextlib.suppress(FileNotFoundError):
                        (folder / file).write_text(str(value))

    def join(self) -> None:
        """Called in the child between fork and exec."""
        for folder in self.folders:
            try:
                (folder / "cgroup.procs").write_text(str(os.getpid()))
            except OSError:
                pass

    def out_of_memory(self) -> bool:
        for folder in self.folders:
            for file, key in (("memory.oom_control", "oom_kill "), ("memory.events", "oom_kill ")):
                with contextlib.suppress(OSError):
                    for line in (folder / file).read_text().splitlines():
                        if line.startswith(key) and line.split()[1] != "0":
                            return True
        return False

    def close(self) -> None:
        for folder in self.folders:
            for _ in range(100):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)


def sweep() -> None:
    """Remove the control groups of runs that were killed."""
    for folder in _Cgroup.ROOT.glob("**/chainrule-*-*"):
        if not Path(f"/proc/{folder.name.split('-')[1]}").exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


# the conversation


def plain_json(data: bytes):
    """Untrusted UTF-8 JSON; half a surrogate pair, which no file and no database can hold, becomes `?`.

    Raises ValueError or RecursionError where it is not JSON.
    """
    text = data.decode("utf-8-sig")
    value = json.loads(text)
    if "\\u" in text:
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


class _Fault(Exception):
    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind, self.message = kind, message


class _Channel:
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
                    raise _Fault("protocol", "the notebook's process did not read what it was sent") from None
            except OSError:
                raise _Fault("died", "the notebook's process ended") from None

    def pop(self) -> dict | None:
        """The next whole frame in the buffer."""
        if len(self.buffer) < 4:
            return None
        size = struct.unpack(">I", self.buffer[:4])[0]
        if size > self.cap:
            raise _Fault("protocol", f"a message of {size:,} bytes was announced; {self.cap:,} are allowed")
        if len(self.buffer) < 4 + size:
            return None
        body, self.buffer = bytes(self.buffer[4 : 4 + size]), self.buffer[4 + size :]
        try:
            message = plain_json(body)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise _Fault("protocol", "a message from the notebook's process was not JSON")
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


def _pid(reply: dict) -> int | None:
    pid = reply.get("snapshot")
    return pid if isinstance(pid, int) and pid > 1 else None


class _Talk:
    """The host's side of one notebook, over channels that an executor opened."""

    def __init__(self, plan: dict, limits: Limits, control, kernel, answers, cgroup: _Cgroup | None):
        self.cells, self.limits, self.cgroup = plan["cells"], limits, cgroup
        self.control = _Channel(control, 10_000)
        self.kernel = _Channel(kernel, limits.frame)
        self.answers = [_Channel(sock, limits.frame) for sock in answers]
        self.end = time.monotonic() + limits.notebook_wall
        self.dead = self.threads = False

    def wait(self, channel: _Channel, deadline: float) -> dict:
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
                raise _Fault("timeout", "time was up")
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

    def death(self) -> _Fault:
        if self.cgroup is not None and self.cgroup.out_of_memory():
            return _Fault(
                "memory", f"the notebook needed more than {self.limits.memory / 2**30:.1f} GB of memory"
            )
        return _Fault("died", "the notebook's process ended in the middle of its work")

    def kill(self, pid: int | None = None) -> None:
        with contextlib.suppress(_Fault):
            self.control.send({"kill": pid or 0})

    def frames(self) -> Iterator[dict]:
        """Every cell first; then the questions."""
        slots = [i for i, cell in enumerate(self.cells) if cell.get("expression")]
        snapshots: dict[int, int | None] = {}
        for index, cell in enumerate(self.cells):
            request = {"index": index, "source": cell["source"]}
            if index in slots:
                request |= {"expression": cell["expression"], "slot": slots.index(index)}
            try:
                self.kernel.send(request)
                reply = self.wait(self.kernel, time.monotonic() + self.limits.cell_wall + GRACE)
                if reply.get("index") != index or not isinstance(reply.get("outputs"), list):
                    raise _Fault("protocol", "the notebook's process answered something that was not asked")
            except _Fault as fault:
                self.kill()
                yield {"fault": fault.kind, "cell": index, "message": fault.message}
                self.dead = True
                break
            snapshots[index] = _pid(reply)
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
                with contextlib.suppress(_Fault):
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
            yield {"answers": index, "list": self.ask(slot, index, snapshots)}

    def ask(self, slot: int, index: int, snapshots: dict) -> list[dict]:
        """The answers of one snapshot; after a timeout the live kernel is asked once more, then nobody is."""
        questions = self.cells[index]["questions"]
        if index not in snapshots:
            return [{"fault": "died"}] * len(questions)
        if snapshots[index] is None:
            return [{"fault": "missing"}] * len(questions)
        answers: list[dict] = []
        channel, live = self.answers[slot], False
        while len(answers) < len(questions):
            try:
                answers.append(self.question(channel, len(answers), questions[len(answers)]))
            except _Fault as fault:
                if channel is not self.kernel:
                    self.kill(snapshots[index])
                if fault.kind == "timeout" and self.threads and not live and not self.dead:
                    # A pool of threads does not survive the fork of a snapshot: a right function may hang there.
                    live, channel = True, self.kernel
                    with contextlib.suppress(_Fault):
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

    def question(self, channel: _Channel, number: int, question: dict) -> dict:
        nonce = secrets.token_hex(8)
        channel.send({"index": number, "nonce": nonce, "question": question})
        reply = self.wait(channel, time.monotonic() + question.get("seconds", self.limits.question_wall))
        if (
            reply.get("index") != number
            or reply.get("nonce") != nonce
            or not isinstance(reply.get("answer"), dict)
        ):
            raise _Fault("protocol", "an answer carried a number that was not asked")
        return reply["answer"]


# the executors


def _spec(limits: Limits, **more) -> str:
    return json.dumps({"limits": asdict(limits), **more})


@contextlib.contextmanager
def _started(
    command, plan: dict, limits: Limits, cgroup: _Cgroup | None, cwd=None, env=None
) -> Iterator[_Talk]:
    """Start a runner with its sockets, wait until it is ready, and leave nothing of it behind."""
    slots = sum(1 for cell in plan["cells"] if cell.get("expression"))
    pairs = [socket.socketpair() for _ in range(2 + slots)]
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    fds = [sock.fileno() for sock in theirs]
    argv, passed = command(fds)
    log = tempfile.TemporaryFile()
    process = None
    try:
        process = subprocess.Popen(
            argv,
            pass_fds=(*fds, *passed),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=cgroup.join if cgroup else None,
        )
        for sock in theirs:
            sock.close()
        talk = _Talk(plan, limits, ours[0], ours[1], ours[2:], cgroup)
        try:
            if talk.wait(talk.kernel, time.monotonic() + STARTING) != {"ready": True}:
                raise _Fault("protocol", "the runner did not say that it is ready")
        except _Fault as fault:
            log.seek(0)
            said = log.read(4000).decode("utf-8", "replace").strip()
            raise SandboxError(f"the sandbox did not start: {said or fault.message}") from None
        yield talk
    except OSError as problem:
        raise SandboxError(f"the sandbox could not be started: {problem}") from problem
    finally:
        for sock in (*ours, *theirs):
            sock.close()
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for fd in passed:
            os.close(fd)
        log.close()
        if cgroup is not None:
            cgroup.close()


def _memory_file(data: bytes) -> int:
    fd = os.memfd_create("data")
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _bubblewrap(plan: dict, limits: Limits):
    """A cold start in namespaces of its own: no network, no other process, no file but the runtime and the
    data."""
    if shutil.which("bwrap") is None:
        raise SandboxError("bubblewrap is not installed. Type: sudo apt-get install bubblewrap")
    uid = _own_uid()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    def command(fds):
        tmpfs = (["--size", str(limits.scratch)] if _bwrap_knows("--size") else []) + [
            "--perms",
            "0777",
            "--tmpfs",
        ]
        args = [
            *_walls(uid is not None),
            "--die-with-parent",
            "--new-session",
            "--hostname",
            "sandbox",
            "--dev",
            "/dev",
            *tmpfs,
            "/tmp",
            *tmpfs,
            "/home/student",
            *_runtime(),
        ]
        passed = []
        for name, data in plan.get("files", {}).items():
            passed.append(_memory_file(data))
            args += _parents(f"/home/student/{name}", args)
            args += ["--perms", "0644", "--file", str(passed[-1]), f"/home/student/{name}"]
        for name, value in _environment("/home/student", "/py/lib").items():
            args += ["--setenv", name, value]
        args += ["--chdir", "/home/student"]
        passed.append(_memory_file(b"\0".join(arg.encode() for arg in args) + b"\0"))
        spec = _spec(
            limits,
            confine=True,
            uid=uid,
            control=fds[0],
            kernel=fds[1],
            answers=fds[2:],
            answering="/rt/answering.py",
            path=["/rt/standin", "/py/site", ""],
        )
        return [
            "bwrap",
            "--args",
            str(passed[-1]),
            "--",
            f"/py/bin/python{version}",
            "-I",
            "-S",
            "-B",
            "/rt/runner.py",
            spec,
        ], passed

    return _started(command, plan, limits, _Cgroup(limits), env={"PATH": os.environ.get("PATH", os.defpath)})


@contextlib.contextmanager
def _unconfined(plan: dict, limits: Limits):
    """The same runner with no walls: for notebooks of your own."""
    with tempfile.TemporaryDirectory(prefix="chainrule-") as home:
        for name, data in plan.get("files", {}).items():
            (Path(home) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(home) / name).write_bytes(data)

        def command(fds):
            packages = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
            spec = _spec(
                limits,
                confine=False,
                uid=None,
                control=fds[0],
                kernel=fds[1],
                answers=fds[2:],
                answering=str(HERE.parent / "judge" / "answering.py"),
                path=[str(HERE / "standin"), *packages, ""],
            )
            return [sys.executable, "-I", "-S", "-B", str(HERE / "runner.py"), spec], []

        with _started(command, plan, limits, None, cwd=home, env=_environment(home, "")) as talk:
            yield talk


def _environment(home: str, library_path: str) -> dict[str, str]:
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        "HOME": home,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": library_path,
        "TERM": "dumb",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        **one,
    }


EXECUTORS = {"bubblewrap": _bubblewrap, "none": _unconfined}


def run(plan: dict, limits: Limits = Limits(), executor: str = "bubblewrap") -> Iterator[dict]:
    """Execute the plan's cells and ask its questions; yields frames (see the module's first lines).

    A question's own "seconds" stand in place of `limits.question_wall`, and the notebook has as much more.
    Raises SandboxError where the executor cannot start: there is no answer then, and no fault of a student's.
    """
    if executor not in EXECUTORS:
        raise ValueError(f"no executor is called {executor!r}; there are {', '.join(EXECUTORS)}")
    more = sum(question.get("seconds", 0.0) for cell in plan["cells"] for question in cell.get("questions", ()))
    limits = replace(
        limits, notebook_wall=limits.notebook_wall + more, notebook_cpu=limits.notebook_cpu + more
    )
    with EXECUTORS[executor](plan, limits) as talk:
        yield from talk.frames()


def doctor() -> str | None:
    """Start a real sandbox and look out of it; None when it holds, else one sentence that says what to do."""
    plan = {"cells": [{"source": "import os, numpy\nprint(os.getuid(), sorted(os.listdir('/')))"}]}
    try:
        frames = list(run(plan))
    except SandboxError as problem:
        hint = ""
        if "ermission" in str(problem) or "not permitted" in str(problem):
            hint = (
                " This kernel or container forbids namespaces. On a machine of your own type: "
                "sudo sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
            )
        return f"{problem}.{hint}"
    text = "".join(output.get("text", "") for frame in frames for output in frame.get("outputs", ()))
    if "/home" in text or not text or text.split()[0] == "0":
        return f"the sandbox started but its walls are wrong: {text or frames}"
    return None
