"""Files that strangers hand in, in a folder or a zip file: listed first, opened one at a time, and never trusted.

A name that leaves its folder, a link, a device, an encrypted or damaged entry and a bomb are listed with the reason
why they must not be opened.
"""

from __future__ import annotations

import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .course import CourseError, read_plain
from .pipeline import SIZE_CAP

FILE_CAP = 200_000_000  # bytes of one file; of a student's own zip, all that is in it
RATIO_CAP = 200  # times its packed size, for what is larger than a notebook may be
ENTRY_CAP = 400_000
NESTED_CAP = 1_000


class Refused(ValueError):
    """A file that was not taken; the sentence says why."""


@dataclass(frozen=True)
class Entry:
    """One file on offer: its path, size in bytes, why it must not be opened, and `read(cap)`."""

    path: tuple[str, ...]
    size: int
    refused: str
    read: Callable[[int], bytes]


@contextmanager
def offered(source: Path) -> Iterator[list[Entry]]:
    """Every file of a folder or a zip file, none of them opened yet.

    Raises CourseError where `source` is neither, or is a zip file that cannot be read at all.
    """
    if source.is_dir():
        yield list(_folder(source))
    elif not source.exists():
        raise CourseError(f"{source} does not exist")
    else:
        with open_zip(source, str(source)) as archive:
            yield list(zip_entries(archive, str(source), ENTRY_CAP))


def _folder(top: Path) -> Iterator[Entry]:
    def complain(problem: OSError):
        raise CourseError(f"{problem.filename} cannot be read: {problem.strerror}")

    for folder, below, names in os.walk(top, onerror=complain):
        for name in sorted(names + [name for name in below if os.path.islink(os.path.join(folder, name))]):
            path = Path(folder, name)
            status = os.lstat(path)
            refused = "" if stat.S_ISREG(status.st_mode) else "it is a link or a device; it was not opened"
            yield Entry(
                path.relative_to(top).parts,
                status.st_size,
                refused or too_large(status.st_size),
                lambda cap, path=path: _read_file(path, cap),
            )
        below.sort()


def _read_file(path: Path, cap: int) -> bytes:
    try:
        return read_plain(path, cap)
    except OSError as problem:
        raise Refused(f"it cannot be read: {problem.strerror or problem}") from None


def open_zip(file, title: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as problem:
        raise CourseError(f"{title} is no whole zip file ({problem}). Download it again") from None


def zip_entries(archive: zipfile.ZipFile, title: str, most: int) -> Iterator[Entry]:
    found = archive.infolist()
    if len(found) > most:
        raise CourseError(f"{title} holds {len(found):,} files; at most {most:,} are looked at")
    last = {info.orig_filename: info for info in found}
    for info in found:
        if not info.is_dir():
            parts, refused = _parts(info)
            if not refused and last[info.orig_filename] is not info:
                refused = "its name occurs twice in the zip file; the last one counts"
            yield Entry(
                parts,
                info.file_size,
                refused or _zip_refusal(info),
                lambda cap, info=info: _unpack(archive, info, cap),
            )


def _parts(info: zipfile.ZipInfo) -> tuple[tuple[str, ...], str]:
    """An entry's path, and why it may not be used: a path that is absolute or climbs is no path of a
    submission."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:  # no mark of UTF-8: often it is UTF-8 all the same
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    parts = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))
    if "\0" in name:
        return parts or ("?",), "its name holds a NUL character"
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:[\\/]", name):
        return parts or ("?",), "its path leaves the folder it belongs in"
    return parts or ("?",), ""


def _zip_refusal(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link or a device; it was not opened"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.file_size > SIZE_CAP and info.file_size > RATIO_CAP * max(info.compress_size, 1):
        return f"it would grow to {info.file_size:,} bytes from {info.compress_size:,}; it was not unpacked"
    return too_large(info.file_size)


def too_large(size: int) -> str:
    return f"it has {size:,} bytes; more than {FILE_CAP:,} are not taken" if size > FILE_CAP else ""


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, cap: int) -> bytes:
    """At most `cap` bytes of an entry, whatever size it says it has."""
    try:
        with archive.open(info) as file:
            return file.read(cap)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError) as problem:
        raise Refused(f"it is damaged: {problem}") from None
