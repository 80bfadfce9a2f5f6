"""The course's secret: one key a course, from which every secret probe follows; it never enters a sandbox."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

NAME = ".course_key"


class MissingKey(RuntimeError):
    """The course has grades and no key: grading again would ask other questions than before."""


def course_key(course: Path, has_grades: bool = False) -> bytes:
    """The course's 32 bytes; made at the first grade, readable by their owner alone.

    Raises MissingKey where the gradebook has grades already: a new key would not ask the questions they
    came from.
    """
    path = Path(course) / NAME
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        if has_grades:
            raise MissingKey(
                f"{path} is missing, and the gradebook already has grades that came from it. Put the key "
                f"back from a "
                f"backup; or, to start anew and regrade everybody, type: chainrule grade ASSIGNMENT --new-key"
            ) from None
        return new_key(course)
    if len(key) != 32:
        raise MissingKey(f"{path} should hold 32 bytes and holds {len(key)}. Put the key back from a backup.")
    return key


def new_key(course: Path) -> bytes:
    """Write a new key beside the course, whole or not at all; of two makers at once, the first one's key is
    kept."""
    path, key = Path(course) / NAME, secrets.token_bytes(32)
    draft = path.with_name(f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        key = path.read_bytes()
    finally:
        draft.unlink()
    return key


def task_seed(key: bytes, task_id: str) -> bytes:
    """The seed of a task's secret probes: the same for the whole class and for a regrade."""
    return hmac.new(key, task_id.encode(), hashlib.sha256).digest()
