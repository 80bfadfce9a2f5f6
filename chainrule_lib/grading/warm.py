"""The warm fork: a template process for each worker, and for each notebook a fork of it with walls of its own.

The template holds Python, IPython and NumPy and nothing else: no engine, no judge, no key, an empty environment, a
root that is the runtime alone.  It is started at the first notebook, and again where it has died.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from . import runtime
from .cgroup import Cgroup
from .cold import joined
from .talk import STARTING, Limits, SandboxError, conversation, memory_file, spec

OWN_MEMORY, OWN_PROCESSES = 200 * 2**20, 4  # what a template needs itself, plots included
ELSE = "Use bubblewrap in its place: chainrule grade --sandbox bubblewrap"


class Template:
    """A template process that has said it is ready; `fork` asks it for one more, after the last has ended.

    It stands in a control group that is large enough for itself and one notebook: nothing needs to be made or moved
    for each.
    """

    def __init__(self, size: tuple[int, int]):
        memory, processes = self.size = size
        self.cgroup = Cgroup(memory + OWN_MEMORY, processes + OWN_PROCESSES)
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        inside = [runtime.PYTHON, *runtime.OPTIONS, "/rt/template.py", str(theirs.fileno()), json.dumps(runtime.PATHS)]
        told = json.dumps([runtime.mounts(), runtime.environment(), inside])
        maker = [sys.executable, "-I", "-S", "-B", str(runtime.HERE / "namespaces.py"), told]
        with tempfile.TemporaryFile() as log, theirs:
            self.process = subprocess.Popen(
                joined(maker, self.cgroup),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )
            theirs.close()
            self.link.settimeout(STARTING)
            try:
                word = self.link.recv(16)
            except OSError:
                word = b""
            if word != b"ready":
                self.close()
                log.seek(0)
                said = log.read()[-4000:].decode("utf-8", "replace").strip().rpartition("\n")[2]
                raise SandboxError(f"the warm fork did not start: {said or 'it did not say why'}. {ELSE}")

    def fork(self, fds: list[int], plots: bool) -> int:
        """One more fork, which gets these file descriptors; returns a pidfd of it. OSError or ValueError: it is
        dead."""
        socket.send_fds(self.link, [b"p" if plots else b"n"], fds)
        word, (handle,), _, _ = socket.recv_fds(self.link, 1, 1)
        return handle

    def close(self) -> None:
        self.link.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.cgroup.close()


class Templates:
    """The idle templates of this process; each serves one notebook at a time, so each thread at work has its own."""

    def __init__(self):
        self.lock, self.owner, self.idle, self.foreign = threading.Lock(), os.getpid(), [], []

    def fork(self, size: tuple[int, int], fds: list[int], plots: bool) -> tuple[Template, int]:
        """A fork of an idle template of that size, or of a new one."""
        while (template := self._idle(size)) is not None:
            try:
                return template, template.fork(fds, plots)
            except (OSError, ValueError):  # it has died since: try the next
                template.close()
        template = Template(size)
        try:
            return template, template.fork(fds, plots)
        except (OSError, ValueError) as problem:
            template.close()
            raise SandboxError(f"the warm fork's template ended: {problem}. {ELSE}") from None

    def _idle(self, size: tuple[int, int]) -> Template | None:
        with self.lock:
            if self.owner != os.getpid():  # a fork of the worker leaves its parent's alone
                self.owner, self.idle, self.foreign = os.getpid(), [], self.idle
            template = next((one for one in self.idle if one.size == size), None)
            if template is not None:
                self.idle.remove(template)
            return template

    def give_back(self, template: Template) -> None:
        with self.lock:
            self.idle.append(template)

    def close(self) -> None:
        with self.lock:
            while self.owner == os.getpid() and self.idle:
                self.idle.pop().close()


templates = Templates()
atexit.register(templates.close)


def fork(plan: dict, limits: Limits):
    """A fork of a warm template in namespaces of its own, with all that bubblewrap's would see and no more."""
    plots = any(word in cell["source"] for cell in plan["cells"] for word in ("matplotlib", "pylab"))

    def start(fds, log):
        files = {name: base64.b64encode(data).decode() for name, data in plan.get("files", {}).items()}
        sent = memory_file(spec(limits, fds, confine=True, uid=runtime.own_uid(), files=files).encode())
        try:
            template, handle = templates.fork((limits.memory, limits.processes), [sent, log, *fds], plots)
        finally:
            os.close(sent)

        def end():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            gone = select.poll()
            gone.register(handle, select.POLLIN)
            gone.poll()
            os.close(handle)
            templates.give_back(template)

        return end, template.cgroup

    return conversation(plan, limits, start)
