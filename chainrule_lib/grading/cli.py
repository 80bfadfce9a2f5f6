"""The `chainrule` command: thin verbs over plain functions.

Exit codes: 0 all well; 1 the work was done and something in it is not right (a task not passed, dead
letters, a lint); 2 wrong usage; 3 the machine or the course is not ready, and the message says what to
type; 130 stopped by Ctrl-C, and the message says what is kept.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

NOT_READY, STOPPED = 3, 130

try:
    import click
except ImportError:
    print(
        f"chainrule: this command needs click. Type: {sys.executable} -m pip install 'chainrule-lib[student]'",
        file=sys.stderr,
    )
    raise SystemExit(NOT_READY) from None


def _fail(sentence: str, code: int = NOT_READY):
    click.echo(f"chainrule: {sentence}", err=True)
    raise SystemExit(code)


@contextlib.contextmanager
def _room(extra: str):
    """Turn a missing extra and a course that is not ready into one sentence."""
    try:
        yield
    except ImportError as problem:
        _fail(
            f"this verb needs {problem.name}. Type: {sys.executable} -m pip install 'chainrule-lib[{extra}]'"
        )
    except Exception as problem:
        names = {kind.__name__ for kind in type(problem).__mro__}
        if names & {"CourseError", "MissingKey", "SandboxError", "HomeError"}:
            _fail(f"{problem}", STOPPED if "Stopped" in names else NOT_READY)
        raise


course_option = click.option(
    "--course",
    "course_dir",
    default="assignments",
    show_default=True,
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="The course folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
db_option = click.option(
    "--db",
    "db_url",
    metavar="URL",
    help="Another gradebook than the course's own: postgresql+psycopg://user@host/name or sqlite:////path.",
)


workers_option = click.option(
    "--workers",
    default=os.cpu_count() or 1,
    show_default="one a core",
    type=click.IntRange(1),
    help="Processes.",
)


def net_options(function):
    """Options of a verb that talks over the network."""
    function = click.option(
        "--insecure", is_flag=True, help="Plain tcp beyond this machine: WHOEVER REACHES IT RUNS CODE AS YOU."
    )(function)
    return click.option(
        "--tls",
        metavar="FOLDER",
        type=click.Path(file_okay=False),
        help="The keys for tls://, the same on every machine: ca.pem, cert.pem and key.pem. "
        "See chainrule scheduler --help.",
    )(function)


def scheduler_options(function):
    """--scheduler with what guards it; the verb is handed the address and the keys as one."""

    @functools.wraps(function)
    def guarded(scheduler, tls, insecure, **rest):
        if scheduler is None and (tls or insecure):
            _fail("--tls and --insecure go with --scheduler ADDRESS", 2)
        if scheduler is not None:
            with _room("cluster"):
                _guard(scheduler, insecure, tls)
            scheduler = (scheduler, tls)
        return function(scheduler=scheduler, **rest)

    return click.option(
        "--scheduler", metavar="ADDRESS", help="Workers of a dask scheduler do the work: tcp://127.0.0.1:8786."
    )(net_options(guarded))


roster_option = click.option(
    "--roster",
    "roster_file",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Canvas's gradebook export, Moodle's grading worksheet, or any class list.",
)
id_column_option = click.option(
    "--id-column", metavar="NAME", help="The roster's column of student ids [default: the first that fits]."
)


def _roster(path: Path | None, id_column: str | None):
    from .roster import read_roster

    if path is None and id_column:
        _fail("--id-column names a column of a roster; add --roster CSV", 2)
    return None if path is None else read_roster(path, id_column)


def sandbox_option(default: str | None, says: str):
    """`--sandbox`; without a default the first that starts here."""
    return click.option(
        "--sandbox",
        "executor",
        type=click.Choice(["fork", "bubblewrap", "none"]),
        default=default,
        show_default=default or "fork where it starts, else bubblewrap",
        help=says,
    )


def _tell(as_json: bool, data, text: str) -> None:
    click.echo(json.dumps(data, indent=1) if as_json else text)


@contextlib.contextmanager
def _progress(what: str, quiet: bool):
    """A function (done, of) that draws a bar on a terminal's standard error."""
    from tqdm import tqdm

    with tqdm(desc=what, unit="", disable=quiet or not sys.stderr.isatty(), leave=False) as bar:

        def step(done: int, of: int) -> None:
            bar.total, bar.n = of, done
            bar.refresh()

        yield step


def _nbgrader(course: Path, *words: str) -> None:
    """Run stock nbgrader in the course folder (it looks for alembic on the PATH)."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": path},
    )
    if done.returncode:
        _fail(f"nbgrader {' '.join(words)} failed:\n{done.stderr.strip()[-3000:]}", 1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chainrule-lib")
def main():
    """A course on the chain rule: check your notebook, or grade a class."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    os.environ["PATH"] = path
    # jsonschema, which nbformat loads, would build a grammar of URIs for two seconds; no notebook needs one.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# for students


@main.command()
@click.argument("assignment")
@click.option(
    "--to",
    "folder",
    default=".",
    show_default=True,
    type=click.Path(file_okay=False),
    help="Where to put it.",
)
@course_option
@json_option
def start(assignment, folder, course_dir, as_json):
    """Copy a clean ASSIGNMENT to work on.

    Example: chainrule start a2 --to homework
    """
    source = Path(course_dir) / "release" / assignment
    if not source.is_dir():
        _fail(
            f"{source} does not exist: ask for the released assignment, or type: chainrule release {assignment}"
        )
    target = Path(folder) / assignment
    if target.exists():
        _fail(f"{target} exists already; your work in it is left alone. Name another place with --to", 1)
    shutil.copytree(source, target)
    _tell(
        as_json,
        {"folder": str(target)},
        f"{target}: work on {assignment}.ipynb, then type: chainrule check {target / assignment}.ipynb",
    )


@main.command()
@click.argument("notebook", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--timeout", default=30, show_default=True, help="Seconds for one cell.")
@json_option
def check(notebook, timeout, as_json):
    """Run NOTEBOOK here and say what is left. It asks the public questions; nothing is uploaded.

    Example: chainrule check a2.ipynb
    """
    with _room("student"):
        from .home import check_notebook

        results = check_notebook(notebook, timeout)
    left = [result for result in results if not result["passed"]]
    if as_json:
        _tell(
            True,
            {"notebook": str(notebook), "tasks": results, "left": [result["task_id"] for result in left]},
            "",
        )
    else:
        for result in results:
            first, *rest = result["text"].splitlines()
            click.echo(click.style(first, fg="green" if result["passed"] else "red", bold=True))
            click.echo("\n".join(rest) + "\n")
        total, most = sum(r["score"] for r in results), sum(r["max_score"] for r in results)
        click.echo(
            f"{total:g} / {most:g} points on the public probes. "
            + (
                f"Left: {', '.join(r['task_id'] for r in left)}."
                if left
                else "Nothing is left but the written answers."
            )
        )
    raise SystemExit(1 if left else 0)


@main.command()
@click.argument("notebook", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The page to write [default: beside the notebook].",
)
@sandbox_option("none", "It is your own notebook: none is fine.")
@json_option
def view(notebook, out, executor, as_json):
    """Write the feedback page of NOTEBOOK. It is the page an instructor's run would show, on the public
    questions.

    Example: chainrule view a2.ipynb
    """
    with _room("grading"):
        from .feedback import preview

        page = out or notebook.with_suffix(".feedback.html")
        preview(notebook, page, executor)
    _tell(as_json, {"page": str(page)}, f"{page}")


# for instructors


@main.command()
@click.argument("assignment")
@course_option
@db_option
@json_option
def release(assignment, course_dir, db_url, as_json):
    """Release ASSIGNMENT and list its files. It is built from its text where there is one, and released by
    nbgrader.

    Example: chainrule release a2
    """
    with _room("grading"):
        from . import author
        from .course import Course

        course = Course(course_dir, db_url)
        if (course.root / "text" / f"{assignment}.md").is_file():
            author.build(course.root, assignment)
        elif not course.path("source", ".", assignment).is_dir():
            _fail(f"{course.root} has neither text/{assignment}.md nor source/{assignment}/", 2)
        source, folder = course.path("source", ".", assignment), course.path("release", ".", assignment)
        # nbgrader copies every file of source/ to students: refuse before it does.
        if told := [name for name in _files(source) if name.startswith(".") or name.endswith((".md", ".py"))]:
            _fail(
                f"students would be given {', '.join(told)}. Keep only the .ipynb and its data files in {source}",
                1,
            )
        words = [f"--CourseDirectory.db_url={course.db_url.render_as_string(False)}"] if db_url else []
        _nbgrader(course.root, "generate_assignment", assignment, "--create", "--force", *words)
        files = _files(folder)
    _tell(
        as_json,
        {"assignment": assignment, "folder": str(folder), "files": files},
        f"{folder}\n" + "\n".join(f"  {name}" for name in files),
    )


@main.command()
@click.argument("source", metavar="FOLDER|ZIP", type=click.Path(path_type=Path))
@click.option("--assignment", required=True, metavar="NAME", help="The assignment that these are submissions of.")
@roster_option
@id_column_option
@click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="Of the times in a Moodle worksheet, as Europe/Berlin.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@course_option
@db_option
@json_option
def collect(source, assignment, roster_file, id_column, timezone, dry_run, course_dir, db_url, as_json):
    """Take submissions from FOLDER or ZIP, as Canvas, Moodle or nbgrader lays them out. Nothing is lost: what
    they replace is kept, and named.

    Example: chainrule collect submissions.zip --assignment a2 --roster grades.csv
    """
    with _room("grading"):
        from zoneinfo import ZoneInfo

        from .collect import collect as take
        from .collect import told
        from .course import Course

        try:
            ZoneInfo(timezone)
        except (ValueError, OSError, KeyError):
            _fail(f"{timezone!r} is no time zone; write one as Europe/Berlin", 2)
        course, roster = Course(course_dir, db_url), _roster(roster_file, id_column)
        with _progress("collecting", as_json) as step:
            result = take(course, assignment, source, roster=roster, zone=timezone, dry_run=dry_run, progress=step)
    _tell(as_json, result.to_json(), told(result))
    raise SystemExit(1 if result.problems else 0)


@main.command()
@click.argument("assignment")
@course_option
@db_option
@workers_option
@scheduler_options
@sandbox_option(None, "none: NO PROTECTION, for notebooks of your own only.")
@click.option("--feedback", is_flag=True, help="Write everybody's feedback page in the same run.")
@click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only this student (repeat for more)."
)
@click.option("--resume/--afresh", default=True, help="Take what was graded before from the store, or not.")
@click.option(
    "--new-key", is_flag=True, help="Make a new key for the secret probes where the old one is lost."
)
@json_option
def grade(
    assignment,
    course_dir,
    db_url,
    workers,
    scheduler,
    executor,
    feedback,
    students,
    resume,
    new_key,
    as_json,
):
    """Grade every submission to ASSIGNMENT. Each runs in the sandbox and is judged outside; a rerun resumes.

    Example: chainrule grade a2 --course _build/sample --workers 2 --feedback
    """
    with _room("grading" if scheduler is None else "cluster"):
        from .course import Course
        from .pool import grade_class
        from .sandbox import choose

        course = Course(course_dir, db_url)
        executor = choose(executor) if scheduler is None else executor or "fork"  # there each worker has looked
        if executor == "none":
            click.echo(
                "chainrule: NO SANDBOX. These notebooks run with your rights: they can read, change and send "
                "your files. "
                "Only grade notebooks of your own like this.",
                err=True,
            )
        with _progress("grading", as_json) as step:
            balance = grade_class(
                course,
                assignment,
                workers=workers,
                scheduler=scheduler,
                executor=executor,
                students=list(students) or None,
                fresh_key=new_key,
                resume=resume,
                feedback=feedback,
                progress=step,
            )
    text = (
        f"{balance.submitted} submitted = {balance.recorded} recorded + {balance.faults} unreadable + "
        f"{len(balance.dead)} dead letters ({balance.reused} were graded before)"
    )
    for student, sentence in sorted(balance.dead.items()):
        text += f"\n  dead letter: {student}: {sentence}"
    if feedback:
        text += f"\n{balance.pages} pages in {course.root / course.directory.feedback_directory}"
        text += _unprinted(balance.unprinted)
    _tell(as_json, balance.to_json(), text)
    raise SystemExit(0 if balance.well else 1)


def _unprinted(problems: dict[str, str]) -> str:
    return "".join(f"\n  no page for {name}: {sentence}" for name, sentence in sorted(problems.items()))


@main.command()
@click.argument("assignment")
@course_option
@db_option
@workers_option
@scheduler_options
@json_option
def feedback(assignment, course_dir, db_url, workers, scheduler, as_json):
    """Write a page for every graded student, with the marks and comments of a person.

    Example: chainrule feedback a2 --course _build/sample
    """
    with _room("grading" if scheduler is None else "cluster"):
        from .course import Course
        from .pool import write_feedback

        course = Course(course_dir, db_url)
        with _progress("feedback", as_json) as step:
            pages, problems = write_feedback(
                course, assignment, workers=workers, scheduler=scheduler, progress=step
            )
    _tell(
        as_json,
        {"pages": pages, "problems": problems},
        f"{len(pages)} pages in {course.root / course.directory.feedback_directory}" + _unprinted(problems),
    )
    raise SystemExit(1 if problems else 0)


# dask: workers on other machines


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8786, show_default=True, type=click.IntRange(0, 65535))
@net_options
@json_option
def scheduler(host, port, tls, insecure, as_json):
    """Start a dask scheduler for `chainrule worker` and `chainrule grade --scheduler`. It runs until Ctrl-C.

    Other machines reach it by keys alone. Make them once, and give every machine a copy of the folder:

    \b
      mkdir keys
      openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=chainrule \\
        -keyout keys/key.pem -out keys/cert.pem
      cp keys/cert.pem keys/ca.pem

    Example: chainrule scheduler --host 10.0.0.5 --tls keys
    """
    with _room("cluster"):
        from . import cluster

        address = f"{'tls' if tls else 'tcp'}://{host}:{port}"
        _guard(address, insecure, tls)
        cluster.serve_scheduler(host, port, tls, lambda at: _tell(as_json, {"scheduler": at}, f"{at}"))


@main.command()
@click.argument("address", metavar="ADDRESS")
@workers_option
@net_options
@json_option
def worker(address, workers, tls, insecure, as_json):
    """Grade for the scheduler at ADDRESS. It needs the sandbox, no course folder and no gradebook, and runs
    until Ctrl-C.

    Example: chainrule worker tcp://127.0.0.1:8786 --workers 2, or tls://10.0.0.5:8786 --tls keys
    """
    with _room("cluster"):
        from . import cluster
        from .sandbox import choose

        _guard(address, insecure, tls)
        choose()
        cluster.serve_workers(
            address,
            workers,
            tls,
            lambda at: _tell(as_json, {"workers": at}, "".join(f"{each}\n" for each in at).rstrip()),
        )


def _guard(address: str, insecure: bool, tls: str | None) -> None:
    """Dask over plain tcp runs code for whoever reaches it: only on this machine, or loudly."""
    from .cluster import open_to_others

    if address.startswith("tls://") != bool(tls):
        _fail(f"tls://... and --tls FOLDER go together; this is {address} with{'' if tls else 'out'} --tls", 2)
    if not open_to_others(address):
        return
    if not insecure:
        _fail(
            f"{address} is open to other machines, and whoever reaches it can run code as you. Use tls:// with "
            "--tls FOLDER, or say --insecure on a network where you trust everybody",
            2,
        )
    click.echo(
        f"chainrule: INSECURE. Whoever reaches {address} can run code as you and read your course's key.", err=True
    )


@main.command()
@click.argument("assignment")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "canvas", "moodle"]),
    default="csv",
    show_default=True,
    help="A row for each question, or the file that the LMS imports.",
)
@roster_option
@id_column_option
@click.option(
    "--column", metavar="TITLE", help="The LMS's own column, as 'Homework 2 (4242)' [default: found in the roster]."
)
@click.option("--final", is_flag=True, help="For an LMS: answers that no person has marked count as nothing.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file [default: in the course, grades.csv or ASSIGNMENT-canvas.csv].",
)
@course_option
@db_option
@json_option
def export(assignment, kind, roster_file, id_column, column, final, out, course_dir, db_url, as_json):
    """Write the grades as a table. Columns of csv: student_id, assignment, task_id, score, max_score, status,
    diagnosis. A student with an answer that waits for a person is not in a file for an LMS, without --final.

    Example: chainrule export a2 --format canvas --roster gradebook.csv
    """
    if kind == "csv" and (roster_file or column or final):
        _fail("--roster, --column and --final are for --format canvas or moodle", 2)
    with _room("grading"):
        from . import export as room
        from .course import Course
        from .report import rows
        from .store import write_whole

        course, roster = Course(course_dir, db_url), _roster(roster_file, id_column)
        if kind == "csv":
            table = rows(course, assignment)
            path = out or course.root / "grades.csv"
            write_whole(path, room.grades_csv(table).encode(errors="backslashreplace"))
            waiting = sum(row.score is None and not row.status for row in table)
            _tell(
                as_json,
                {"file": str(path), "rows": len(table), "waiting": waiting},
                f"{path}: {len(table)} rows" + (f", of which {waiting} wait for a person" if waiting else ""),
            )
            return
        done = room.lms_export(course, assignment, kind, roster=roster, column=column, final=final)
        path = out or course.root / f"{assignment}-{kind}.csv"
        write_whole(path, done.text.encode(errors="backslashreplace"))
    facts = {name: value for name, value in vars(done).items() if name != "text"}
    _tell(as_json, {"file": str(path), "whole": done.whole, **facts}, room.told(done, path))
    raise SystemExit(0 if done.whole else 1)


@main.command()
@click.argument("assignment")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The page [default: report.html in the course].",
)
@course_option
@db_option
@json_option
def report(assignment, out, course_dir, db_url, as_json):
    """Write the class page. It has points, each question, which slip how many, what tells students apart,
    similar submissions, faults.

    Example: chainrule report a2 --course _build/sample
    """
    with _room("grading"):
        from .course import Course
        from .store import write_whole
        from .report import report_html, summary

        course = Course(course_dir, db_url)
        facts = summary(course, assignment)
        path = out or course.root / "report.html"
        write_whole(path, report_html(facts).encode(errors="backslashreplace"))
    _tell(as_json, {"file": str(path), **facts}, f"{path}")


@main.command()
@click.option("--limits", is_flag=True, help="Print the sandbox's limits too.")
@click.option("--install-kernel", is_flag=True, help="Install the Jupyter kernel that runs within the sandbox.")
@json_option
def doctor(limits, install_kernel, as_json):
    """Say what is missing on this machine. It names the line to type, and starts both sandboxes.

    Example: chainrule doctor
    """
    from importlib.util import find_spec

    if install_kernel:
        with _room("student"):
            from . import provisioner

            folder = provisioner.install_kernel(sys.prefix)
            use = f"nbgrader autograde a2 --ExecutePreprocessor.kernel_name={provisioner.NAME}"
            _tell(as_json, {"kernel": folder}, f"{folder}: choose it in any front end, or type: {use}")
            return

    checks = []
    for extra, modules in (
        ("student", ("nbclient", "ipykernel", "ipywidgets", "matplotlib")),
        ("grading", ("nbgrader", "nbformat", "jupytext", "nh3", "tqdm")),
    ):
        missing = [name for name in modules if find_spec(name) is None]
        checks.append(
            {
                "what": f"packages for {extra}",
                "ok": not missing,
                "say": ""
                if not missing
                else f"missing {', '.join(missing)}. Type: {sys.executable} -m pip install 'chainrule-lib[{extra}]'",
            }
        )
    checks.append(
        {
            "what": "alembic on the PATH",
            "ok": shutil.which("alembic") is not None,
            "say": 'nbgrader needs it for a new gradebook. Type: export PATH="'
            + str(Path(sys.executable).parent)
            + ':$PATH"',
        }
    )
    sandboxes = []
    for executor in ("fork", "bubblewrap"):
        try:
            from .sandbox import Limits
            from .sandbox import doctor as sandbox_doctor

            problem = sandbox_doctor(executor)
        except ImportError as missing:
            problem = f"cannot be tried without {missing.name}"
        sandboxes.append({"what": f"sandbox ({executor})", "ok": problem is None, "say": problem or ""})
    lines = [
        f"{click.style('ok  ', fg='green') if c['ok'] else click.style('NO  ', fg='red')}{c['what']}"
        + ("" if c["ok"] else f": {c['say']}")
        for c in (*checks, *sandboxes)
    ]
    if limits:
        lines.append(Limits.describe())
    _tell(as_json, [*checks, *sandboxes], "\n".join(lines))
    ready = all(c["ok"] for c in checks) and any(c["ok"] for c in sandboxes)  # one of them is enough
    raise SystemExit(0 if ready else NOT_READY)


@main.command()
@click.argument("assignment")
@course_option
@json_option
def author(assignment, course_dir, as_json):
    """Build ASSIGNMENT from its text and lint it. The text is text/ASSIGNMENT.md in the course folder.

    Example: chainrule author a2
    """
    with _room("grading"):
        from . import author as workshop

        path = workshop.build(Path(course_dir), assignment)
        problems = workshop.lint(Path(course_dir), assignment)
    _tell(
        as_json,
        {"notebook": str(path), "problems": [str(problem) for problem in problems]},
        f"{path}\n" + ("\n".join(f"  {problem}" for problem in problems) or "  no problem found"),
    )
    raise SystemExit(1 if problems else 0)


if __name__ == "__main__":
    main()
