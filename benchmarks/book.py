"""How long the book takes to build, how heavy its pages are, and what Lighthouse says of each.

    python benchmarks/book.py [--pages PAGE ...] [--no-build] [--write]

Prints the time of a cold build (every cell executed) and a warm one, then one row for each page and form factor. Targets:
accessibility, best practices and SEO 100; performance 95 on a desktop and 90 on a phone; layout shift under 0.1.
A busy machine lowers the performance figures: run it alone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
LEAST = {"desktop": 95, "mobile": 90}
TABLE = ROOT / "benchmarks" / "book.md"


def build_time() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, ROOT / "book" / "build.py", "--force"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def lighthouse(pages: list[str]) -> list[dict]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["node", ROOT / "benchmarks" / "lighthouse.mjs", HTML, *pages],
        env={**os.environ, "PATH": path}, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(run.stdout)


def every_page() -> list[str]:
    """The book's pages and those around them: the index, the search, the one for a wrong address. Not the door, which leads on."""
    found = sorted(p.relative_to(HTML).as_posix() for folder in ("book", ".") for p in (HTML / folder).glob("*.html"))
    return [page for page in found if page != "index.html"]


def misses(row: dict) -> list[str]:
    """What this page misses of the targets."""
    least = {"performance": LEAST[row["form"]], "accessibility": 100, "practices": 100, "seo": 100}
    low = [f"{name} {row[name]} < {bound}" for name, bound in least.items() if row[name] < bound]
    return low + ([f"layout shift {row['shift']}"] if row["shift"] >= 0.1 else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="*", help="pages below _build/html; all of them if none is named")
    parser.add_argument("--no-build", action="store_true", help="measure the pages that are there")
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/book.md")
    asked = parser.parse_args()
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
    lines = [f"{time.strftime('%Y-%m-%d')}, {load}, Python {sys.version.split()[0]}", ""]
    if not asked.no_build:
        shutil.rmtree(ROOT / "_build" / ".jupyter_cache", ignore_errors=True)
        cold, warm = build_time(), build_time()
        lines += [f"Built cold in {cold:.0f} s, warm in {warm:.0f} s.", ""]
    pages = asked.pages or every_page()
    rows = lighthouse(pages)
    lines += [
        "| page | form | performance | accessibility | practices | SEO | shift | largest paint | blocked | weight |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {Path(r['page']).stem} | {r['form']} | {r['performance']} | {r['accessibility']} | {r['practices']} | {r['seo']} | "
        f"{r['shift']} | {r['paint']} ms | {r['blocking']} ms | {r['bytes'] / 1000:.0f} kB |"
        for r in rows
    ]
    missed = [f"- {Path(r['page']).stem}, {r['form']}: {', '.join(misses(r))}" for r in rows if misses(r)]
    lines += ["", "Below the target:" if missed else "Every page meets every target.", *missed]
    print("\n".join(lines))
    if asked.write:
        TABLE.write_text("# The book: build times, weights, Lighthouse\n\n`make bench-book` prints this table.\n\n" + "\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
