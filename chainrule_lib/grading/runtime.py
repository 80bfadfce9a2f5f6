"""What the inside of a sandbox can see: a Python with what a notebook needs; no course, no engine, no venv.

Both executors show the same: `mounts()` is data for either.
"""

from __future__ import annotations

import functools
import os
import secrets
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
DISTRIBUTIONS = ("numpy", "matplotlib", "ipython", "ipywidgets")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON = f"/py/bin/python{VERSION}"
OPTIONS = ("-s", "-P", "-S", "-B")  # no site, no user's packages, no script's folder; the environment is ours alone
INSIDE = ("runner.py", "template.py", "namespaces.py", "inside_kernel.py")  # of this room, bound under /rt
PATHS = ["/rt/standin", "/py/site", ""]  # what follows the standard library on the inside's sys.path
ANSWERING = "/rt/answering.py"
HOME = "/home/student"


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


@functools.cache
def mounts(distributions: tuple[str, ...] = DISTRIBUTIONS) -> tuple[tuple[str, str, str], ...]:
    """Rows (kind, source, target) in the order they are made: "bind" shows a path of this machine, read-only,
    "link" is a symbolic link to `source`, "empty" hides a folder under an empty one."""
    rows: list[tuple[str, str, str]] = []
    targets: set[str] = set()

    def bind(source, target):
        if os.path.exists(source) and str(target) not in targets:
            targets.add(str(target))
            rows.append(("bind", os.path.realpath(source), str(target)))

    base = Path(sys.base_prefix)
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    narrow = f"/{multiarch}" if multiarch else ""

    def library(top):
        return top + narrow if os.path.isdir(top + narrow) else top

    for top in ("/lib", "/lib64"):
        if os.path.islink(top):
            rows.append(("link", os.readlink(top), top))
        elif os.path.isdir(top):
            bind(library(top), library(top))
    for path in (library("/usr/lib"), "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo"):
        bind(path, path)
    if library("/usr/lib") == "/usr/lib":
        rows.extend(("empty", "", str(path)) for path in Path("/usr/lib").glob("python*"))
    bind(base / "bin" / f"python{VERSION}", PYTHON)
    for file in (base / "lib").glob(f"libpython{VERSION}*"):
        bind(file, f"/py/lib/{file.name}")
    home = dict.fromkeys(("base", "platbase", "installed_base", "installed_platbase"), str(base))
    for key in ("stdlib", "platstdlib"):
        stdlib = Path(sysconfig.get_path(key, vars=home))
        target = Path("/py") / stdlib.relative_to(base)
        if str(target) not in targets:
            bind(stdlib, target)
            rows.extend(
                ("empty", "", str(target / packages))
                for packages in ("site-packages", "dist-packages")
                if (stdlib / packages).is_dir()
            )
    tops = {}
    for distribution in _closure(distributions):
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__"):
                tops[top] = distribution.locate_file(top)
    for top, source in sorted(tops.items()):
        bind(source, f"/py/site/{top}")
    bind(HERE / "standin" / "chainrule_lib", "/rt/standin/chainrule_lib")
    for name in INSIDE:
        bind(HERE / name, f"/rt/{name}")
    bind(HERE.parent / "judge" / "answering.py", "/rt/answering.py")
    return tuple(rows)


def environment(home: str = HOME, library_path: str = "/py/lib") -> dict[str, str]:
    """All the environment variables that a notebook sees."""
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        "HOME": home,
        "PWD": home,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": library_path,
        "TERM": "dumb",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        **one,
    }


def own_uid() -> int | None:
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
