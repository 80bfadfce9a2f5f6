"""Control groups: memory and processes of one notebook counted together, where this machine lets us."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import secrets
import time
from pathlib import Path


class Cgroup:
    """A control group for one notebook, version 1 or 2, where this machine lets us make one; else it does
    nothing."""

    ROOT = Path("/sys/fs/cgroup")

    def __init__(self, memory: int, processes: int):
        self.folders: list[Path] = []
        name = f"chainrule-{os.getpid()}-{secrets.token_hex(4)}"
        if (self.ROOT / "cgroup.controllers").exists():
            own = Path("/proc/self/cgroup").read_text().rpartition("::")[2].strip().lstrip("/")
            wanted = [
                (
                    self.ROOT / own / name,
                    {"memory.max": memory, "memory.swap.max": 0, "pids.max": processes},
                )
            ]
        else:
            wanted = [
                (self.ROOT / "memory" / name, {"memory.limit_in_bytes": memory}),
                (self.ROOT / "pids" / name, {"pids.max": processes + 8}),
            ]
        for folder, settings in wanted:
            with contextlib.suppress(OSError):
                folder.mkdir()
                self.folders.append(folder)
                for file, value in settings.items():
                    with contextlib.suppress(FileNotFoundError):
                        (folder / file).write_text(str(value))

    @property
    def doors(self) -> list[str]:
        """Files: a process that writes `0` into all of them has joined."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

    def kills(self) -> int:
        """How often a process of the group was killed for its memory."""
        for folder in self.folders:
            for file, key in (("memory.oom_control", "oom_kill "), ("memory.events", "oom_kill ")):
                with contextlib.suppress(OSError):
                    for line in (folder / file).read_text().splitlines():
                        if line.startswith(key):
                            return int(line.split()[1])
        return 0

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
    for place, folders, _ in os.walk(Cgroup.ROOT):  # which passes over a folder that is removed meanwhile
        for name in fnmatch.filter(folders, "chainrule-*-*"):
            if not os.path.exists(f"/proc/{name.split('-')[1]}"):
                with contextlib.suppress(OSError):
                    os.rmdir(os.path.join(place, name))
