"""What the tests of the sandbox share: grading one notebook, reading what it showed, finding what it left."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chainrule_lib.grading import pipeline, warm
from chainrule_lib.grading.sandbox import Limits
from small_course import FULL, as_bytes, submitted

KEY = b"the course's key: thirty-two byte"[:32]
WALLED = ("fork", "bubblewrap")
MARK = 60_000_000 + os.getpid()  # a limit's odd value: it marks the command lines that these tests started
PATIENT = Limits(scratch=MARK)


def grade(source, content, executor, limits=PATIENT, **more):
    return pipeline.grade_notebook(
        as_bytes(content), source, limits=limits, seed=KEY, executor=executor, **more
    )


def scores(result):
    return {task["task_id"]: task["score"] for task in result["tasks"] if task["task_id"]}


def printed(result):
    """All that the student's own cells showed."""
    cells = result["notebook"]["cells"]
    own = [cell for cell in cells if not cell["metadata"].get("nbgrader", {}).get("grade")]
    return json.dumps([cell.get("outputs") for cell in own])


def beside_an_honest_one(source, content, executor, **more):
    """The result of a notebook while a right one is graded at the same time; that one must earn all its points."""
    with ThreadPoolExecutor(2) as pool:
        attack = pool.submit(grade, source, content, executor, **more)
        honest = pool.submit(grade, source, submitted(), executor)
        assert scores(honest.result()) == FULL
        return attack.result()


def _parents():
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                found[int(folder.name)] = (int(stat[1]), stat[0], (folder / "cmdline").read_bytes())
            except (OSError, IndexError):
                continue
    return found


def templates():
    """The warm templates at rest, and the processes above them: they may stay."""
    above = [template.process.pid for template in warm.templates.idle]
    return [*above, *(int(Path(f"/proc/{pid}/task/{pid}/children").read_text()) for pid in above)]


def running():
    """The processes that descend from this one or carry its mark, by number: their command lines."""
    all_of_them = _parents()

    def ours(pid):
        while pid in all_of_them:
            if pid == os.getpid():
                return True
            pid = all_of_them[pid][0]
        return False

    return {
        pid: command
        for pid, (_, state, command) in all_of_them.items()
        if pid not in (os.getpid(), *templates()) and state != "Z" and (ours(pid) or str(MARK).encode() in command)
    }


def nothing_new(before, seconds=60):
    """Wait until no process is left that was not there before; what is left at the end fails the test."""
    deadline = time.monotonic() + seconds
    while (left := {pid: said for pid, said in running().items() if pid not in before}) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    assert not left
