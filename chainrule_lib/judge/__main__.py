"""Judge one function in a plain file: python -m chainrule_lib.judge FILE.py --task a2.dz_dt [--json]

The file runs in a child process of yours with 10 seconds and 2 GB. It is for your own files: a stranger's
belongs in the sandbox (`chainrule grade`). Exit code 0: passed, 1: not passed, 2: the command was not
understood.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS, MEMORY = 10, 2 * 2**30
LARGEST = 20_000_000  # characters of answers

# What the child runs: the file, then the questions. Its answers go to a file, so that printing cannot spoil them.
CHILD = """
import importlib.util, json, runpy, sys
path, name, answering, questions, answers = sys.argv[1:]
if sys.platform != "win32":
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
spec = importlib.util.spec_from_file_location("answering", answering)
side = importlib.util.module_from_spec(spec)
spec.loader.exec_module(side)
with open(questions) as file:
    asked = json.load(file)
try:
    function = runpy.run_path(path, run_name="answers").get(name)
except BaseException as problem:
    given = [{{"fault": "file", "kind": type(problem).__name__}}]
else:
    given = [side.answer(function, question) for question in asked] if function else [{{"fault": "missing"}}]
with open(answers, "w") as file:
    json.dump(given, file)
"""


def answers(
    path: Path, name: str, questions: list[dict], seconds: float = SECONDS, memory: int = MEMORY
) -> list[dict]:
    """The answers of a file's function, given in a child process with limits; a fault where there are none."""
    from . import answering

    with tempfile.TemporaryDirectory() as folder:
        asked, given = Path(folder, "questions"), Path(folder, "answers")
        asked.write_text(json.dumps(questions))
        command = [
            sys.executable,
            "-c",
            CHILD.format(memory=memory),
            str(path),
            name,
            answering.__file__,
            str(asked),
            str(given),
        ]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as child:
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                return [{"fault": "timeout"}]
            finally:
                _end(child)
        try:
            with given.open() as file:
                found = json.loads(file.read(LARGEST))
        except (OSError, ValueError, RecursionError):
            return [{"fault": "died"}]
    return found if isinstance(found, list) else [{"fault": "protocol"}]


def _end(child: subprocess.Popen) -> None:
    """End the child and whatever it started in its session."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # all of them ended by themselves, or a system without process groups
        child.kill()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    from .decide import Exam, tasks

    parser = argparse.ArgumentParser(
        prog="python -m chainrule_lib.judge",
        description="Judge one function in a plain Python file: right or wrong, and which slip it is.",
        epilog="example:  python -m chainrule_lib.judge my_work.py --task a2.dz_dt    (the file defines dz_dt(t))",
    )
    parser.add_argument("file", metavar="FILE.py", help="a file of your own that defines the function")
    parser.add_argument("--task", required=True, help="which task it answers: " + ", ".join(sorted(tasks())))
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    options = parser.parse_args(arguments)
    path = Path(options.file)
    if options.task not in tasks():
        parser.error(f"there is no task {options.task!r}; the tasks are {', '.join(sorted(tasks()))}")
    if not path.is_file():
        parser.error(f"there is no file {options.file}")
    exam = Exam(options.task)
    given = answers(path, exam.task.function, exam.questions)
    if given and isinstance(given[0], dict) and given[0].get("fault") == "file":
        kind = str(given[0].get("kind"))
        parser.exit(
            1,
            f"{options.file} could not be run: it raised {kind if kind.isidentifier() else 'an exception'}.\n",
        )
    verdict = exam.verdict(given, path.read_text(encoding="utf-8", errors="replace"))
    print(json.dumps(verdict.to_json(), indent=1) if options.json else verdict.text())
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
