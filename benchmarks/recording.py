"""How fast results enter a gradebook: python benchmarks/recording.py [--quick] [--sizes 0,10000,50000]

A real gradebook of the real assignment a2, on SQLite and on a PostgreSQL server started for this run, filled
with synthetic students who share a few real results.  At each size it records new students in bulk, the same
ones again (a regrade), and new ones in calls of 50, as a running class does; a row has submissions a second of
wall time and this process's CPU-ms for one.  Exit code 1 where recording in bulk misses 1,000 a second.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

import postgres  # noqa: E402
from click.testing import CliRunner  # noqa: E402

from chainrule_lib.grading import cli, pipeline  # noqa: E402
from chainrule_lib.grading.course import Course, Submission  # noqa: E402
from chainrule_lib.grading.record import record  # noqa: E402

TARGET = 1000.0
CALL = 50


def course_with_a2(folder: Path, url: str | None) -> Course:
    (folder / "text").mkdir(parents=True)
    shutil.copy(ROOT / "assignments" / "nbgrader_config.py", folder)
    shutil.copy(ROOT / "assignments" / "text" / "a2.md", folder / "text")
    done = CliRunner().invoke(cli.main, ["release", "a2", "--course", str(folder), *(["--db", url] if url else [])])
    if done.exit_code:
        raise SystemExit(done.output + done.stderr)
    return Course(folder, url)


def real_results(course: Course) -> list[dict]:
    """What grading gives for the solved notebook, the released one and a file that is no notebook."""
    source = course.sources("a2")["a2"]
    files = [(course.root / step / "a2" / "a2.ipynb").read_bytes() for step in ("source", "release")]
    results = [pipeline.grade_notebook(data, source, seed=b"k" * 32, executor="none") for data in files]
    return [*results, pipeline.grade_notebook(b"{", source)]


def students(first: int, many: int, results: list[dict]):
    for n in range(first, first + many):
        name = f"student {n:06}"
        yield (
            Submission(name, Path(name), {}, timestamp="2026-03-06 17:30:00 UTC"),
            {"a2": results[0 if n % 20 else 1 + n // 20 % 2]},
        )


def timed(work) -> tuple[float, float]:
    """Wall and CPU seconds of work()."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def in_calls(course: Course, first: int, many: int, results: list[dict]) -> None:
    for start in range(first, first + many, CALL):
        record(course, "a2", list(students(start, CALL, results)))


def measure(name: str, course: Course, sizes: list[int], many: int) -> list[dict]:
    results, there, rows = real_results(course), 0, []
    for size in sizes:
        record(course, "a2", students(there, max(0, size - there), results))
        there = max(size, there)
        row: dict = {"database": name, "students": there}
        first = there
        for kind, work in (
            ("new", lambda: record(course, "a2", students(first, many, results))),
            ("again", lambda: record(course, "a2", students(first, many, results))),
            ("calls", lambda: in_calls(course, first + many, many, results)),
        ):
            wall, cpu = timed(work)
            row |= {kind: many / wall, f"{kind}_cpu_ms": 1000 * cpu / many}
        there += 2 * many
        rows.append(row)
        print(
            f"{name:11}{row['students']:9,}"
            + "".join(f"{row[kind]:9,.0f}/s {row[f'{kind}_cpu_ms']:6.2f}" for kind in ("new", "again", "calls")),
            flush=True,
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few students, to see that it works")
    parser.add_argument("--sizes", default="0,10000,50000", help="students there before, ascending")
    parser.add_argument("--many", type=int, default=2000, help="submissions measured at each size")
    parser.add_argument("--json", metavar="FILE", help="write the rows here too")
    options = parser.parse_args()
    sizes, many = [int(size) for size in options.sizes.split(",")], options.many
    if options.quick:
        sizes, many = [0, 1000], 200
    print(f"{'database':11}{'students':>9}{'new':>11} {'CPU ms':>6}{'again':>11} {'CPU ms':>6}{'calls of 50':>11} {'CPU ms':>6}")
    with tempfile.TemporaryDirectory() as folder, postgres.server() as server:
        rows = measure("SQLite", course_with_a2(Path(folder) / "sqlite", None), sizes, many)
        url = server.database("gradebook")
        rows += measure("PostgreSQL", course_with_a2(Path(folder) / "postgresql", url), sizes, many)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1))
    slow = [row for row in rows if row["new"] < TARGET]
    return 1 if slow and not options.quick else 0


if __name__ == "__main__":
    sys.exit(main())
