"""The warm fork: one template a worker process, and for each notebook a fork of it with walls of its own.

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
from .talk import STARTING, Limits, SandboxError, conversation, memory_file, spec

ELSE = "Use bubblewrap in its place: chainrule grade --sandbox bubblewrap"


class Template:
    """A template process that has said it is ready; `fork` asks it for one more."""

    def __init__(self):
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        inside = [runtime.PYTHON, *runtime.OPTIONS, "/rt/template.py", str(theirs.fileno()), json.dumps(runtime.PATHS)]
        told = json.dumps([runtime.mounts(), runtime.environment(), inside])
        with tempfile.TemporaryFile() as log, theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(runtime.HERE / "namespaces.py"), told],
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


class _Templates:
    """The template of this process, whoever of its threads asks."""

    def __init__(self):
        self.lock, self.owner, self.template = threading.Lock(), 0, None

    def fork(self, fds: list[int], plots: bool) -> int:
        with self.lock:
            if self.owner != os.getpid():  # a fork of the worker must not share its template
                self.owner, self.template = os.getpid(), None
            if self.template is not None:
                with contextlib.suppress(OSError, ValueError):
                    return self.template.fork(fds, plots)
                self._close()
            self.template = Template()
            try:
                return self.template.fork(fds, plots)
            except (OSError, ValueError) as problem:
                self._close()
                raise SandboxError(f"the warm fork's template ended: {problem}. {ELSE}") from None

    def _close(self) -> None:
        self.template.close()
        self.template = None

    def close(self) -> None:
        with self.lock:
            if self.owner == os.getpid() and self.template is not None:
                self._close()


_templates = _Templates()
atexit.register(_templates.close)


def fork(plan: dict, limits: Limits):
    """A fork of a warm template in namespaces of its own, with all that bubblewrap's would see and no more."""
    cgroup = Cgroup(limits.memory, limits.processes)
    plots = any(word in cell["source"] for cell in plan["cells"] for word in ("matplotlib", "pylab"))

    def start(fds, log):
        files = {name: base64.b64encode(data).decode() for name, data in plan.get("files", {}).items()}
        with contextlib.ExitStack() as opened:
            doors = []
            for path in cgroup.doors:
                with contextlib.suppress(OSError):
                    doors.append(opened.enter_context(open(path, "wb")).fileno())
            told = spec(limits, fds, confine=True, uid=runtime.own_uid(), doors=len(doors), files=files)
            sent = memory_file(told.encode())
            opened.callback(os.close, sent)
            handle = _templates.fork([sent, log, *doors, *fds], plots)

        def end():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            gone = select.poll()
            gone.register(handle, select.POLLIN)
            gone.poll()
            os.close(handle)

        return end

    return conversation(plan, limits, cgroup, start)
