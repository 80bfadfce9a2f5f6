"""Real schedulers, workers and runs as processes of their own, to be used and to be killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

COMMAND = [sys.executable, "-m", "chainrule_lib.grading.cli"]
LONG = 240  # seconds that anything may take on a busy machine

# a cell that kills the worker it runs under, where no sandbox is in the way
KILLER = """
import os, signal
pid = os.getpid()
while pid > 1:
    with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline") as command:
        parent, words = int(stat.read().rpartition(")")[2].split()[1]), command.read()
    if "spawn_main" in words:
        os.kill(pid, signal.SIGKILL)
    pid = parent
"""


def start(*words, **how):
    how = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    return subprocess.Popen([*COMMAND, *map(str, words)], **how)


def grading(course, *words, **how):
    return start("grade", "a2", "--course", course, "--json", *words, **how)


def kept(course):
    """How many results are in the store."""
    return len(list((course / ".chainrule" / "results").rglob("*.json")))


def until(true, what):
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def descendants(pid):
    """The processes below a process, children first."""
    parents = {}
    for folder in os.listdir("/proc"):
        if folder.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{folder}/stat") as stat:
                parents.setdefault(int(stat.read().rpartition(")")[2].split()[1]), []).append(int(folder))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def pool_workers(pid):
    """The processes below a process that multiprocessing started to do its work."""

    def works(child):
        with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline") as command:
            return "spawn_main" in command.read()
        return False

    return [child for child in descendants(pid) if works(child)]


def said(process, key):
    """The JSON that a server prints when it is there, as `{key: value}`."""
    text = ""
    while True:
        line = process.stdout.readline()
        assert line, f"the server ended: {process.communicate()[1]}"
        text += line
        with contextlib.suppress(ValueError):
            return json.loads(text)[key]


def stop(process):
    """End a process and all below it; each is named by its own id."""
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(LONG)
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


@contextlib.contextmanager
def scheduler(*words):
    """A running scheduler and its address."""
    process = start("scheduler", "--port", 0, "--json", *words, stderr=subprocess.DEVNULL)
    try:
        yield process, said(process, "scheduler")
    finally:
        stop(process)


@contextlib.contextmanager
def workers(address, count=2, *words, **how):
    """Running workers, in an empty folder of their own where `cwd` says so."""
    process = start("worker", address, "--workers", count, "--json", *words, stderr=subprocess.DEVNULL, **how)
    try:
        assert len(said(process, "workers")) == count
        yield process
    finally:
        stop(process)
