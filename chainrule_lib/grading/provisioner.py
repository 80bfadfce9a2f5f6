"""The sandbox for every Jupyter front end: a kernel provisioner that starts ipykernel within bubblewrap's walls.

A kernelspec chooses it (`chainrule doctor --install-kernel` writes one), so that stock `nbgrader autograde`, nbclient
or a notebook server runs strangers' cells with no network, an empty home and the limits of `sandbox.Limits`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import asdict, replace
from fnmatch import fnmatch
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Dict, List, Unicode

from . import runtime
from .cgroup import Cgroup
from .cold import joined, walls
from .talk import Limits, SandboxError, memory_file

NAME = "chainrule-sandbox"
LIMITS = Limits(notebook_cpu=600.0)  # a person may sit at it; nbclient has limits of its own for a cell
SPEC = {
    "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3 (sandbox)",
    "language": "python",
    "metadata": {"debugger": False, "kernel_provisioner": {"provisioner_name": NAME, "config": {}}},
}


def install_kernel(prefix: str) -> str:
    """Write the kernelspec `chainrule-sandbox` under `prefix`; returns its folder."""
    from jupyter_client.kernelspec import KernelSpecManager

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "kernel.json").write_text(json.dumps(SPEC, indent=1))
        return KernelSpecManager().install_kernel_spec(folder, NAME, prefix=prefix)


class SandboxProvisioner(LocalProvisioner):
    """One kernel in namespaces of its own; its sockets are files in a folder that it shares with the front end."""

    limits: dict = Dict(help="limits that differ from the default").tag(config=True)
    data: list = List(
        Unicode(), help="which files of the kernel's folder it may read, as patterns like *.csv; none by default"
    ).tag(config=True)
    folder: str | None = None
    cgroup: Cgroup | None = None
    child = 0

    async def pre_launch(self, **kwargs):
        if shutil.which("bwrap") is None:
            raise SandboxError("bubblewrap is not installed. Type: sudo apt-get install bubblewrap")
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix="cr-", dir="/tmp")  # a socket's path has at most 108 bytes
            manager = self.parent
            manager.cache_ports = False
            manager.transport = "ipc"  # TCP does not cross the walls
            manager.ip = f"{self.folder}/k"
            manager.connection_file = f"{self.folder}/kernel.json"
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        uid = runtime.own_uid()
        for path in (self.folder, f"{self.folder}/kernel.json"):
            if uid is not None:
                os.chown(path, uid, uid)
        limits = replace(LIMITS, **self.limits)
        self.cgroup = Cgroup(limits.memory, limits.processes)
        rows = runtime.mounts((*runtime.DISTRIBUTIONS, "ipykernel"))
        environment = runtime.environment() | {"JPY_PARENT_PID": "1"}  # somebody is there: ipykernel says nothing
        args = walls(limits, rows, environment, uid is not None)
        args += ["--as-pid-1", "--bind", self.folder, self.folder]
        told = json.dumps({"limits": asdict(limits), "uid": uid, "path": runtime.PATHS})
        with contextlib.ExitStack() as opened:
            passed = []

            def pass_on(fd):
                opened.callback(os.close, fd)
                passed.append(fd)
                return str(fd)

            for path in sorted(Path(kwargs.get("cwd") or ".").iterdir()) if self.data else ():
                if path.is_file() and not path.is_symlink() and any(fnmatch(path.name, one) for one in self.data):
                    file = pass_on(memory_file(path.read_bytes()))
                    args += ["--perms", "0644", "--file", file, f"{runtime.HOME}/{path.name}"]
            status, end = os.pipe()
            opened.callback(os.close, status)
            args += ["--info-fd", str(end)]
            listed = pass_on(memory_file(b"\0".join(arg.encode() for arg in args) + b"\0"))
            inside = [runtime.PYTHON, *runtime.OPTIONS, "/rt/inside_kernel.py", told, "-f", f"{self.folder}/kernel.json"]
            self.process = subprocess.Popen(
                joined(["bwrap", "--args", listed, "--", *inside], self.cgroup),
                pass_fds=[*passed, end],
                stdin=subprocess.DEVNULL,
                stdout=kwargs.get("stdout"),
                stderr=kwargs.get("stderr"),
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", os.defpath)},
            )
            os.close(end)
            said = b""
            while part := os.read(status, 4096):  # it arrives in pieces, and ends
                said += part
        if not said:
            raise SandboxError("bubblewrap did not start; `chainrule doctor` says why")
        self.pid, self.child = self.process.pid, json.loads(said)["child-pid"]
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """To the kernel itself: bubblewrap above it would die of an interrupt, and process 1 ignores SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child, signal.SIGKILL if signum == signal.SIGTERM else signum)

    async def cleanup(self, restart: bool = False) -> None:
        if self.cgroup is not None:
            self.cgroup.close()
            self.cgroup = None
        if not restart and self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
