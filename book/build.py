"""Build the book into _build/html, warnings as errors, unless it is up to date; `--force` builds it anyway.

It wants node_modules/ (`npm ci`). The one place that says how the book is built: `make book` and the tests use it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
TOOLS = Path(sys.executable).parent
BOOK = ["_config.yml", "_toc.yml", "package-lock.json", "book"]
LIBRARY = ["chainrule_lib/__init__.py", *(f"chainrule_lib/{room}" for room in ("engine", "numpy", "study", "judge", "explore"))]


def environment() -> dict[str, str]:
    """This process's environment with the tools beside this Python first on the PATH: jupyter-book, node."""
    return {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}


def digest(names: list[str]) -> str:
    """SHA-256 over the files at and below `names`, and over the site's address, which is in every page."""
    seen = hashlib.sha256(os.environ.get("SITE_URL", "").encode())
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                seen.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return seen.hexdigest()


def build(force: bool = False) -> int:
    """The exit code of the build: 0 if the book stands as its sources say."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / ".book.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, library = BUILD / ".book.sources", BUILD / ".book.library"
        now, now_library = digest(BOOK + LIBRARY), digest(LIBRARY)
        if not force and (BUILD / "html" / "index.html").exists() and _read(stamp) == now:
            return 0
        if _read(library) != now_library:  # executed cells are cached by their text alone
            shutil.rmtree(BUILD / ".jupyter_cache", ignore_errors=True)
        stamp.unlink(missing_ok=True)
        shutil.rmtree(BUILD / "html", ignore_errors=True)
        sys.path.insert(0, str(ROOT / "book"))
        import vendor

        vendor.build()
        command = [TOOLS / "jupyter-book", "build", ".", "--all", "-W", "-n", "--keep-going", "-q"]
        code = subprocess.run(command, cwd=ROOT, env=environment()).returncode
        if code == 0:
            stamp.write_text(now)
            library.write_text(now_library)
        return code


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(build(force="--force" in sys.argv[1:]))
