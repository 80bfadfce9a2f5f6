"""Results by content address: the truth of a run, which a kill at any moment leaves whole.

A result is the bytes of a judged notebook; its facts (status, tasks) stand in the notebook's own metadata.
A file appears by rename, with all its bytes or not at all.  Nothing is synced to the platter: after a power
failure a file may be short or empty, which does not parse, so it counts as absent and is graded again; what
must survive is the gradebook, and the database syncs that.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path


class Store:
    """The results of a course, one file each, under the hash of all that they depend on."""

    def __init__(self, root: Path):
        self.root = Path(root) / "results"

    def path(self, key: str) -> Path:
        return self.root / key[:2] / f"{key}.json"

    def get(self, key: str) -> bytes | None:
        """The judged notebook's bytes, or None where there is no whole one."""
        try:
            data = self.path(key).read_bytes()
            facts(data)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return data

    def put(self, key: str, data: bytes) -> None:
        write_whole(self.path(key), data)

    def result(self, key: str) -> dict:
        """The result as `pipeline.grade_notebook` gave it."""
        notebook = json.loads(self.path(key).read_bytes())
        return {**notebook["metadata"]["chainrule"], "notebook": notebook}


def facts(data: bytes) -> dict:
    """What a judged notebook says of itself: status, readable, message, tasks. ValueError where it is none."""
    return json.loads(data)["metadata"]["chainrule"]


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """The file appears with all its bytes or not at all."""
    draft = path.with_name(f".{secrets.token_hex(6)}.{os.getpid()}")
    for last in (False, True):
        try:
            file = open(draft, "wb")
            break
        except FileNotFoundError:
            if last:
                raise
            path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file:
            file.write(data)
        os.chmod(draft, mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
