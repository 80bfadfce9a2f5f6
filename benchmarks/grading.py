"""Grading against stock nbgrader, and how far ours scales: python benchmarks/grading.py [--quick] [--write]

The same submissions to a2 (distinct notebooks of labelled students' functions, most of them right) are graded by
stock `nbgrader autograde` and by `chainrule grade`, both as whole commands on this machine.  Stock is as light as it
can be: no judge and no check() in its kernels, but the test cells that an instructor would write, which compare with
numbers and give the points; that is how the same scores come about, and it is asserted that they are the same.  A rate is
what one more submission costs: of two runs of different sizes the difference, so that neither command's own start
counts.

CPU counts every process that the command started, by a control group of the run (cgroup v1's cpuacct or v2), also
those that nobody waits for.  Memory is looked at twice a second: PSS for all processes together (what forks
share counts once), and the peak of one process, as the kernel remembers it.

--class N grades N submissions end to end with pages.  --model-of FILE prints the model from the figures of a run that
was kept with --json FILE.  Exit code 1 where scores differ or a target is missed.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import random
import re
import runpy
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "grading"))

from graders import descendants, scheduler, workers  # noqa: E402

BUILD = runpy.run_path(str(ROOT / "assignments" / "sample" / "build.py"))
VARIANTS = runpy.run_path(str(BUILD["VARIANTS"]))
OURS = [sys.executable, "-m", "chainrule_lib.grading.cli"]
STOCK = [sys.executable, "-m", "nbgrader"]
GROUPS = Path("/sys/fs/cgroup")
RIGHT = 0.8  # of a class' functions
TARGETS = {"grade": 30.0, "feedback": 10.0, "record": 1000.0, "minutes": 15.0}
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",  # alembic is found there
    "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1",
}
TEST = """\
import numpy

from chainrule_lib.judge.answering import realise

def right(answer, expected):
    return abs(answer - expected) <= 1e-3*abs(expected) + 1e-9

asked = {asked}
blocks = {blocks}
answers = [numpy.ravel({function}(*map(realise, arguments))) for arguments, _ in asked]
float(sum(points*all(right(answer[i], expected[i]) for answer, (_, expected) in zip(answers, asked))
          for i, points in enumerate(blocks)))
"""


# what is graded


def plain_test(function: str) -> str:
    """A test cell as an instructor would write it: the numbers of the public probes, and points for each block."""
    from chainrule_lib.judge.decide import plan

    task = plan(f"a2.{function}")
    wanted = [block.wrt for block in task.task.blocks]
    asked = [(probe.arguments, [probe.expected[name] for name in wanted]) for probe in task.probes]
    return TEST.format(asked=asked, blocks=[float(block.points) for block in task.task.blocks], function=function)


def bare_course(folder: Path, stock: bool) -> dict:
    """An empty course with a2 released; returns the notebook that students get."""
    from chainrule_lib.grading import author

    folder.mkdir(parents=True)
    author.build(folder, "a2", text_dir=ROOT / "assignments" / "text")
    if stock:
        (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "chain-rule"\n')
        place = folder / "source" / "a2" / "a2.ipynb"
        notebook = json.loads(place.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if found := re.search(r'^check\("a2\.(\w+)"', "".join(cell["source"]), re.M):
                cell["source"] = plain_test(found[1])
        place.write_text(json.dumps(notebook), encoding="utf-8")
    else:
        shutil.copy(ROOT / "assignments" / "nbgrader_config.py", folder)
    done(subprocess.run([*STOCK, "generate_assignment", "a2", "--create"], cwd=folder, env=ENVIRONMENT, capture_output=True))
    released = json.loads((folder / "release" / "a2" / "a2.ipynb").read_text(encoding="utf-8"))
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"])
    return released


def done(process) -> None:
    if process.returncode:
        raise SystemExit(f"{process.args} ended with {process.returncode}:\n{process.stdout}\n{process.stderr}")


def hand_in(folder: Path, released: dict, first: int, many: int) -> None:
    """Submissions of students first .. first + many - 1, each a notebook that no other is."""
    cells, answers = BUILD["typed"](), BUILD["written"]()
    names: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    for function in BUILD["FUNCTIONS"]:
        for one in VARIANTS["read"](f"a2.{function}"):
            if one.right or one.accepted:
                names[one.right].setdefault(function, []).append(one.name)
    for number in range(first, first + many):
        draw = random.Random(number)
        row = {function: draw.choice(names[draw.random() < RIGHT][function]) for function in BUILD["FUNCTIONS"]}
        row |= {"written": draw.choice(sorted(answers)), "notebook": ""}
        mine = {function: typed | {row[function]: f"{typed[row[function]]}\n# {number}\n"} for function, typed in cells.items()}
        place = folder / "submitted" / f"student{number:06}" / "a2"
        place.mkdir(parents=True)
        (place / "a2.ipynb").write_bytes(BUILD["submission"](released, row, mine, answers))
        (place / "timestamp.txt").write_text(BUILD["IN_TIME"], encoding="ascii")


def scores(course: Path, before: str) -> dict:
    """What the gradebook has of the students whose id comes before this one."""
    with sqlite3.connect(course / "gradebook.db") as db:
        rows = db.execute(
            "select s.student_id, c.name, g.auto_score from grade g join submitted_notebook n on n.id = g.notebook_id "
            "join submitted_assignment s on s.id = n.assignment_id join base_cell c on c.id = g.cell_id where s.student_id < ?",
            (before,),
        )
        return {(student, cell): score for student, cell, score in rows}


# a command, measured


class Account:
    """A control group that counts the processor time of all that joins it, and of what that starts."""

    def __init__(self):
        name = f"bench-{os.getpid()}-{secrets.token_hex(4)}"
        self.v2 = (GROUPS / "cgroup.controllers").exists()
        own = Path("/proc/self/cgroup").read_text().rpartition("::")[2].strip().lstrip("/") if self.v2 else ""
        self.folder = GROUPS / own / name if self.v2 else GROUPS / "cpuacct" / name
        try:
            self.folder.mkdir()
        except OSError as problem:
            raise SystemExit(f"no control group can be made here ({problem}), so processor time cannot be counted honestly") from None

    def joined(self, command: list[str]) -> list[str]:
        return ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"', str(self.folder / "cgroup.procs"), *command]

    def seconds(self) -> float:
        if self.v2:
            return int(re.search(r"usage_usec (\d+)", (self.folder / "cpu.stat").read_text())[1]) / 1e6
        return int((self.folder / "cpuacct.usage").read_text()) / 1e9

    def close(self) -> None:
        for _ in range(200):
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(0.05)


def number_of(path: str, key: str) -> int:
    """A line `key: 123 kB` of a file of /proc, in kB; 0 where the process is gone."""
    with contextlib.suppress(OSError), open(path) as file:
        for line in file:
            if line.startswith(key):
                return int(line.split()[1])
    return 0


def own_cpu(pid: int) -> float:
    """Processor seconds of one process, its children not among them."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        words = file.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@dataclass
class Run:
    """One command: seconds, and MB."""

    wall: float = 0.0
    cpu: float = 0.0
    driver_cpu: float = 0.0
    all_memory: float = 0.0
    driver_memory: float = 0.0
    early_memory: float = 0.0  # the driver's, when a third of the time was over
    worker_memory: float = 0.0
    seen: list = field(default_factory=list, repr=False)


def measure(command: list, cwd: Path, also: Account | None = None) -> Run:
    """Run a command to its end. also: the account of servers that work for it."""
    account, run = Account(), Run()
    there = also.seconds() if also else 0.0
    over = threading.Event()
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(account.joined(list(map(str, command))), cwd=cwd, env=ENVIRONMENT, stdout=log, stderr=log)

        def look():
            while not over.wait(0.5):
                below = descendants(process.pid)
                together = sum(number_of(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in [process.pid, *below])
                run.all_memory = max(run.all_memory, together / 1024)
                driver = number_of(f"/proc/{process.pid}/status", "VmHWM:") / 1024
                run.seen.append((time.perf_counter() - start, driver))
                run.driver_memory = max(run.driver_memory, driver)
                for pid in below:
                    run.worker_memory = max(run.worker_memory, number_of(f"/proc/{pid}/status", "VmHWM:") / 1024)

        looker = threading.Thread(target=look)
        looker.start()
        try:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # its account lasts until it is waited for
            run.driver_cpu = own_cpu(process.pid)
            code = process.wait()
        finally:
            over.set()
            looker.join()
        run.wall, run.cpu = time.perf_counter() - start, account.seconds() + (also.seconds() - there if also else 0.0)
        words = " ".join(map(str, command)).replace(sys.executable, "")
        print(f"{run.wall:7.1f} s {run.cpu:7.1f} CPU-s {words[:110]}", file=sys.stderr, flush=True)
        account.close()
        run.early_memory = max((driver for at, driver in run.seen if at < run.wall / 3), default=0.0)
        if code:
            log.seek(0)
            raise SystemExit(f"{command} ended with {code}:\n{log.read()[-4000:].decode('utf-8', 'replace')}")
    return run


def one_more(small: Run, large: Run, more: int) -> dict:
    """What each of `more` submissions costs, the commands' starts taken off."""
    wall, cpu, driver = (
        (getattr(large, name) - getattr(small, name)) / more for name in ("wall", "cpu", "driver_cpu")
    )
    return {
        "rate": 1 / wall,
        "cpu": cpu,
        "driver_cpu": driver,
        "memory": large.all_memory,
        "driver_memory": large.driver_memory,
        "worker_memory": large.worker_memory,
    }


# the parts of the benchmark


class Bench:
    def __init__(self, folder: Path, same: int, many: int):
        self.folder, self.same, self.many, self.courses = folder, same, many, 0
        self.released = bare_course(folder / "empty", stock=False)
        bare_course(folder / "empty_stock", stock=True)
        chainrule = [*OURS, "doctor"]
        subprocess.run(chainrule, env=ENVIRONMENT, capture_output=True)  # compiled files, for the first run too

    def course(self, many: int, stock: bool = False, first: int = 0) -> Path:
        """A new course that has these submissions and no grades."""
        self.courses += 1
        place = self.folder / f"course{self.courses}"
        shutil.copytree(self.folder / ("empty_stock" if stock else "empty"), place)
        hand_in(place, self.released, first, many)
        return place

    def ours(self, many: int, *words, also: Account | None = None) -> tuple[Run, Path]:
        place = self.course(many)
        return measure([*OURS, "grade", "a2", "--course", place, *words], self.folder, also), place

    def stock(self) -> dict:
        one, all_ = self.course(1, stock=True), self.course(self.same, stock=True)
        runs = {}
        for verb in ("autograde", "generate_feedback"):
            runs[verb] = [measure([*STOCK, verb, "a2"], place) for place in (one, all_)]
        graded = one_more(*runs["autograde"], self.same - 1)
        pages = one_more(*runs["generate_feedback"], self.same - 1)
        both = graded | {"rate": 1 / (1 / graded["rate"] + 1 / pages["rate"]), "cpu": graded["cpu"] + pages["cpu"]}
        both["memory"] = max(graded["memory"], pages["memory"])
        return {"grade": graded, "feedback": both, "scores": scores(all_, "t"), "start": runs["autograde"][0].wall}

    def both_sizes(self, *words, also: Account | None = None) -> dict:
        small, place = self.ours(self.same, *words, also=also)
        large, _ = self.ours(self.many, *words, also=also)
        return one_more(small, large, self.many - self.same) | {"place": place}

    def dask(self, *words) -> dict:
        """Two workers of one thread each, of a scheduler on 127.0.0.1."""
        account = Account()
        with scheduler() as (_, address):
            nowhere = self.folder / "nowhere"
            nowhere.mkdir(exist_ok=True)
            with workers(address, 2, cwd=nowhere) as process:
                for pid in [process.pid, *descendants(process.pid)]:
                    with contextlib.suppress(OSError):
                        (account.folder / "cgroup.procs").write_text(str(pid))
                row = self.both_sizes("--scheduler", address, *words, also=account)
        account.close()
        return row

    def whole_class(self, many: int) -> dict:
        run, place = self.ours(many, "--feedback")
        pages = sum(1 for _ in (place / "feedback").glob("*/a2/a2.html"))
        if pages != many:
            raise SystemExit(f"{pages} pages of {many}")
        keep = ("wall", "cpu", "driver_memory", "early_memory", "worker_memory", "all_memory")
        return {"many": many, "minutes": run.wall / 60} | {name: getattr(run, name) for name in keep}

    def bytes_each(self, place: Path) -> dict:
        """What travels for one submission: the notebook out, the judged notebook back; and its page."""
        patterns = {"submitted": "submitted/*/a2/a2.ipynb", "judged": "autograded/*/a2/a2.ipynb", "page": "feedback/*/a2/a2.html"}
        sizes = {kind: [path.stat().st_size for path in place.glob(pattern)] for kind, pattern in patterns.items()}
        return {kind: sum(found) / max(1, len(found)) for kind, found in sizes.items()}


def recording(quick: bool) -> list[dict]:
    """The rows of benchmarks/recording.py, at no student and, in a whole run, at 10,000."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        more = ["--quick"] if quick else ["--sizes", "0,10000", "--many", "1000"]
        script = Path(__file__).with_name("recording.py")
        found = subprocess.run(
            [sys.executable, script, *more, "--json", file.name], env=ENVIRONMENT, capture_output=True, text=True
        )
        try:
            return json.loads(Path(file.name).read_text())
        except ValueError:
            raise SystemExit(f"{script} wrote no rows:\n{found.stdout}\n{found.stderr}") from None


def model(figures: dict) -> list[dict]:
    """What 1, 16 and 256 dask workers would do, each with a core like those here, by the measured parts: workers share
    nothing, and the driver, which records too, is one core."""
    task, size = figures["scaling"]["2 dask workers"], figures["bytes"]
    network = size["submitted"] + size["judged"]
    worker = task["cpu"] - task["driver_cpu"]
    rows = []
    for count in (1, 16, 256):
        rate = min(count / worker, 1 / task["driver_cpu"])
        rows.append({
            "workers": count,
            "rate": rate,
            "busy": rate * worker / count,
            "driver": rate * task["driver_cpu"],
            "network": rate * network / 1e6,
            "minutes": {many: many / rate / 60 for many in (10_000, 100_000)},
        })  # fmt: skip
    return rows


# what is told


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---", *["---:"] * (len(head) - 1)], *rows])


def told(figures: dict) -> str:
    """The page."""
    stock, ours, ratio = figures["stock"], figures["ours"], figures["ratio"]
    page = [
        "# Grading against stock nbgrader, and how far it scales",
        f"{figures['date']}, {figures['machine']}; load {figures['load']:.1f} when it began. Written by `make bench-grading`.",
        f"The same {figures['same']} submissions to a2, the same scores. A rate is what one more submission costs, the "
        f"commands' starts taken off; ours over {figures['many']:,} submissions with 2 workers, in the sandbox.",
        table(
            ["", "submissions/s", "times stock", "wanted", "CPU-s each", "stock's CPU to it", "peak memory, MB"],
            [
                [f"{name}, {words}", f"{row['rate']:.2f}", times, wanted, f"{row['cpu']:.3f}",
                 f"{stock[what]['cpu'] / row['cpu']:.1f}", f"{row['memory']:.0f}"]
                for words, what in (("grade", "grade"), ("grade and feedback pages", "feedback"))
                for name, row, times, wanted in (
                    ("stock nbgrader", stock[what], "1.0", ""),
                    *((f"ours, {kind}", ours[kind][what], f"{ratio[kind][what]:.1f}", f"{TARGETS[what]:.0f}") for kind in ours),
                )
            ],
        ),
        "## Workers",
        table(
            ["grade", "submissions/s", "CPU-ms each", "of them the driver's", "driver, MB", "a worker, MB"],
            [
                [name, f"{row['rate']:.1f}", f"{1000 * row['cpu']:.1f}", f"{1000 * row['driver_cpu']:.1f}",
                 f"{row['driver_memory']:.0f}", f"{row['worker_memory']:.0f}" if row["worker_memory"] else ""]
                for name, row in figures["scaling"].items()
            ],
        ),
    ]  # fmt: skip
    if figures.get("recording"):
        page += [
            "## Recording",
            "Submissions a second into a gradebook of the real a2, by `benchmarks/recording.py`.",
            table(
                ["students there", "database", "new", "again", "in calls of 50"],
                [[f"{r['students']:,}", r["database"], *(f"{r[kind]:,.0f}" for kind in ("new", "again", "calls"))]
                 for r in figures["recording"]],
            ),
        ]  # fmt: skip
    if figures.get("class"):
        page += ["## A whole class", whole(figures["class"])]
    page += ["## How far it scales", modelled(figures)]
    return "\n\n".join(page) + "\n"


def whole(row: dict) -> str:
    return (
        f"{row['many']:,} submissions, graded and recorded, with a feedback page each: {row['minutes']:.1f} minutes "
        f"(wanted for 10,000: under {TARGETS['minutes']:.0f}), {1000 * row['cpu'] / row['many']:.0f} CPU-ms each. Peak memory: driver "
        f"{row['driver_memory']:.0f} MB ({row['early_memory']:.0f} MB after a third of the time), the largest other process "
        f"{row['worker_memory']:.0f} MB, all together {row['all_memory']:.0f} MB."
    )


def modelled(figures: dict) -> str:
    task, size = figures["scaling"]["2 dask workers"], figures["bytes"]
    return "\n\n".join([
        "A model, not a measurement: a worker shares nothing, so workers add up until the one driver, which reads, hands out, "
        f"keeps and records, is busy. Its parts are measured above: {1000 * (task['cpu'] - task['driver_cpu']):.1f} CPU-ms of a worker "
        f"for one submission and {1000 * task['driver_cpu']:.1f} of the driver (dask's share and SQLite's recording in both); "
        f"{size['submitted'] / 1000:.0f} kB travel out and {size['judged'] / 1000:.0f} kB back.",
        table(
            ["workers", "submissions/s", "workers busy", "driver busy", "network, MB/s", "10,000 take", "100,000 take"],
            [
                [f"{row['workers']}", f"{row['rate']:.0f}", f"{row['busy']:.0%}", f"{row['driver']:.0%}", f"{row['network']:.1f}",
                 *(f"{minutes:.1f} min" for minutes in row["minutes"].values())]
                for row in model(figures)
            ],
        ),
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few submissions: it works, and some idea of the figures")
    parser.add_argument("--class", type=int, dest="many", metavar="N", help="only grade a class of N, with pages")
    parser.add_argument("--model-of", metavar="FILE", help="only print the model from the figures of an earlier run")
    parser.add_argument("--json", metavar="FILE", help="keep the figures here")
    parser.add_argument("--write", action="store_true", help="write the page to benchmarks/grading.md, a class of 10,000 included")
    options = parser.parse_args()
    if options.model_of:
        print(modelled(json.loads(Path(options.model_of).read_text())))
        return 0
    same, many = (8, 160) if options.quick else (100, 1500)
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as folder:
        bench = Bench(Path(folder), same, many)
        if options.many:
            row = bench.whole_class(options.many)
            print(whole(row))
            return 0 if row["minutes"] < TARGETS["minutes"] * max(1, options.many / 10_000) else 1
        figures: dict = {
            "date": f"{datetime.date.today()}",
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
            "load": os.getloadavg()[0],
            "same": same,
            "many": many,
        }
        figures["stock"] = bench.stock()
        wanted = figures["stock"].pop("scores")
        figures["ours"] = {}
        for kind in ("fork", "bubblewrap"):
            bench.many = many if kind == "fork" else 2 * same
            rows = {what: bench.both_sizes("--sandbox", kind, *more) for what, more in (("grade", []), ("feedback", ["--feedback"]))}
            for row in rows.values():
                mine = scores(row.pop("place"), "t")
                if mine != wanted:
                    odd = sorted(key for key in mine.keys() | wanted if mine.get(key) != wanted.get(key))
                    raise SystemExit(f"scores differ: {[(key, wanted.get(key), mine.get(key)) for key in odd[:10]]}")
            figures["ours"][kind] = rows
        bench.many = many
        place = bench.ours(same, "--feedback")[1]
        figures["bytes"] = bench.bytes_each(place)
        figures["scaling"] = {
            "1 worker": bench.both_sizes("--workers", "1"),
            "2 workers": figures["ours"]["fork"]["grade"],
            "2 dask workers": bench.dask(),
        }
        for row in figures["scaling"].values():
            row.pop("place", None)
        figures["recording"] = recording(options.quick)
        if options.write:
            figures["class"] = bench.whole_class(10_000)
    figures["ratio"] = {
        kind: {what: rows[what]["rate"] / figures["stock"][what]["rate"] for what in rows}
        for kind, rows in figures["ours"].items()
    }
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))
    print(page := told(figures))
    if options.write:
        Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    met = all(figures["ratio"]["fork"][what] >= TARGETS[what] for what in ("grade", "feedback"))
    return 0 if met or options.quick else 1


if __name__ == "__main__":
    sys.exit(main())
