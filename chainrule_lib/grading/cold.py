"""The executors that start a Python of their own for each notebook: bubblewrap, and none at all."""

from __future__ import annotations

import contextlib
import functools
import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from . import runtime
from .cgroup import Cgroup
from .talk import Limits, SandboxError, conversation, memory_file, spec


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


def parents(target: str, known: list[str]) -> list[str]:
    """`--dir` for the folders above `target` (bubblewrap would make them for root alone)."""
    above = [str(parent) for parent in reversed(Path(target).parents)][1:]
    return [word for folder in above if folder not in known for word in ("--dir", folder)]


def walls(limits: Limits, rows, environment: dict[str, str], as_root: bool) -> list[str]:
    """bubblewrap's arguments for the walls, the read-only runtime, three scratch folders and the environment."""
    words = {"bind": ("--ro-bind",), "link": ("--symlink",), "empty": ("--tmpfs",)}
    size = ["--size", str(limits.scratch)] if _bwrap_knows("--size") else []
    args = [*_walls(as_root), "--die-with-parent", "--new-session", "--hostname", "sandbox", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm", runtime.HOME):
        args += [*size, "--perms", "0777", "--tmpfs", folder]
    for kind, source, target in rows:
        args += [*parents(target, args), *words[kind], *([source] if source else []), target]
    for name, value in environment.items():
        args += ["--setenv", name, value]
    return [*args, "--chdir", runtime.HOME]


def joined(argv: list[str], cgroup: Cgroup) -> list[str]:
    """The command that joins the control groups and becomes `argv`: by a shell, since Python code between fork
    and exec is not safe in a worker with threads."""
    join = "".join(f"echo 0 2>/dev/null >{shlex.quote(door)}; " for door in cgroup.doors)
    return ["/bin/sh", "-c", f'{join}exec "$@"', "sh", *argv]


def _started(argv: list[str], fds: list[int], log: int, cgroup: Cgroup | None, **more):
    """Start a process that inherits `fds`; returns the function that ends it, and its control group."""
    if cgroup:
        argv = joined(argv, cgroup)
    process = subprocess.Popen(
        argv, pass_fds=fds, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **more
    )

    def end():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if cgroup:
            cgroup.close()

    return end, cgroup


def bubblewrap(plan: dict, limits: Limits):
    """A cold start in namespaces of its own: no network, no other process, no file but the runtime and the
    data."""
    if shutil.which("bwrap") is None:
        raise SandboxError("bubblewrap is not installed. Type: sudo apt-get install bubblewrap")
    uid = runtime.own_uid()

    def start(fds, log):
        args = walls(limits, runtime.mounts(), runtime.environment(), uid is not None)
        passed = []
        try:
            for name, data in plan.get("files", {}).items():
                passed.append(memory_file(data))
                target = f"{runtime.HOME}/{name}"
                args += [*parents(target, args), "--perms", "0644", "--file", str(passed[-1]), target]
            passed.append(memory_file(b"\0".join(arg.encode() for arg in args) + b"\0"))
            argv = ["bwrap", "--args", str(passed[-1]), "--", runtime.PYTHON]
            argv += [*runtime.OPTIONS, "/rt/runner.py"]
            argv.append(spec(limits, fds, confine=True, uid=uid, answering=runtime.ANSWERING, path=runtime.PATHS))
            path = {"PATH": os.environ.get("PATH", os.defpath)}
            return _started(argv, [*fds, *passed], log, Cgroup(limits.memory, limits.processes), env=path)
        finally:
            for fd in passed:
                os.close(fd)

    return conversation(plan, limits, start)


@contextlib.contextmanager
def unconfined(plan: dict, limits: Limits):
    """The same runner with no walls: for notebooks of your own."""
    with tempfile.TemporaryDirectory(prefix="chainrule-") as home:
        for name, data in plan.get("files", {}).items():
            (Path(home) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(home) / name).write_bytes(data)

        def start(fds, log):
            here = runtime.HERE
            packages = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
            argv = [sys.executable, *runtime.OPTIONS, str(here / "runner.py")]
            answering = str(here.parent / "judge" / "answering.py")
            path = [str(here / "standin"), *packages, ""]
            argv.append(spec(limits, fds, confine=False, uid=None, answering=answering, path=path))
            return _started(argv, fds, log, None, cwd=home, env=runtime.environment(home, ""))

        with conversation(plan, limits, start) as talk:
            yield talk
