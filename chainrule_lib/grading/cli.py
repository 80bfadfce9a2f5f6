"""The `chainrule` command: thin verbs over plain functions.

Exit codes: 0 all well; 1 the work was done and something in it is not right (a task not passed, dead
letters, a lint); 2 wrong usage; 3 the machine or the course is not ready, and the message says what to
type.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

NOT_READY = 3

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
        if type(problem).__name__ in ("CourseError", "GradebookBusy", "MissingKey", "SandboxError", "HomeError"):
            _fail(f"{problem}")
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
db_option = click.option("--db", "db_url", metavar="URL", help="Another gradebook than the course's own.")


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
@json_option
def release(assignment, course_dir, as_json):
    """Release ASSIGNMENT and list its files. It is built from its text where there is one, and released by
    nbgrader.

    Example: chainrule release a2
    """
    with _room("grading"):
        from . import author
        from .course import Course

        course = Course(course_dir)
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
        _nbgrader(course.root, "generate_assignment", assignment, "--create", "--force")
        files = _files(folder)
    _tell(
        as_json,
        {"assignment": assignment, "folder": str(folder), "files": files},
        f"{folder}\n" + "\n".join(f"  {name}" for name in files),
    )


@main.command()
@click.argument("assignment")
@course_option
@db_option
@click.option(
    "--workers",
    default=os.cpu_count() or 1,
    show_default="one a core",
    type=click.IntRange(1),
    help="Processes.",
)
@sandbox_option(None, "none: NO PROTECTION, for notebooks of your own only.")
@click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only this student (repeat for more)."
)
@click.option("--resume/--afresh", default=True, help="Take what was graded before from the store, or not.")
@click.option(
    "--new-key", is_flag=True, help="Make a new key for the secret probes where the old one is lost."
)
@json_option
def grade(assignment, course_dir, db_url, workers, executor, students, resume, new_key, as_json):
    """Grade every submission to ASSIGNMENT. Each runs in the sandbox and is judged outside; a rerun resumes.

    Example: chainrule grade a2 --course _build/sample --workers 2
    """
    with _room("grading"):
        from .course import Course
        from .pool import grade_class
        from .sandbox import choose

        course = Course(course_dir, db_url)
        executor = choose(executor)
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
                executor=executor,
                students=list(students) or None,
                fresh_key=new_key,
                resume=resume,
                progress=step,
            )
    text = (
        f"{balance.submitted} submitted = {balance.recorded} recorded + {balance.faults} unreadable + "
        f"{len(balance.dead)} dead letters ({balance.reused} were graded before)"
    )
    for student, sentence in sorted(balance.dead.items()):
        text += f"\n  dead letter: {student}: {sentence}"
    _tell(as_json, balance.to_json(), text)
    raise SystemExit(0 if balance.closed and not balance.dead else 1)


@main.command()
@click.argument("assignment")
@course_option
@db_option
@json_option
def feedback(assignment, course_dir, db_url, as_json):
    """Write a page for every graded student.

    Example: chainrule feedback a2 --course _build/sample
    """
    with _room("grading"):
        from .course import Course
        from .report import write_feedback

        course = Course(course_dir, db_url)
        with _progress("feedback", as_json) as step:
            pages, problems = write_feedback(course, assignment, step)
    _tell(
        as_json,
        {"pages": [str(page) for page in pages], "problems": problems},
        f"{len(pages)} pages in {course.root / course.directory.feedback_directory}"
        + "".join(f"\n  no page for {name}: {sentence}" for name, sentence in sorted(problems.items())),
    )
    raise SystemExit(1 if problems else 0)


@main.command()
@click.argument("assignment")
@click.option(
    "--format", "kind", type=click.Choice(["csv"]), default="csv", show_default=True, help="The table's form."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file [default: grades.csv in the course].",
)
@course_option
@db_option
@json_option
def export(assignment, kind, out, course_dir, db_url, as_json):
    """Write the grades as a table. Columns: student_id, assignment, task_id, score, max_score, status,
    diagnosis.

    Example: chainrule export a2 --format csv
    """
    with _room("grading"):
        from .course import Course
        from .pool import write_whole
        from .report import grades_csv, rows

        course = Course(course_dir, db_url)
        table = rows(course, assignment)
        path = out or course.root / "grades.csv"
        write_whole(path, grades_csv(table).encode(errors="backslashreplace"))
    _tell(as_json, {"file": str(path), "rows": len(table)}, f"{path}: {len(table)} rows")


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
    faults.

    Example: chainrule report a2 --course _build/sample
    """
    with _room("grading"):
        from .course import Course
        from .pool import write_whole
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
            _tell(as_json, {"kernel": folder}, f"{folder}: choose it with --kernel {provisioner.NAME}")
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
