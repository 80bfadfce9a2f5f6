"""The warm template: it holds no truth, no submission reaches it, it comes back when it dies and goes when its worker goes."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chainrule_lib.grading import warm
from chainrule_lib.grading.sandbox import run
from walled import PATIENT, running

ADD = {"cells": [{"source": "f = abs"}, {"source": "", "expression": "f", "questions": [{"arguments": [-2.0]}]}]}


def text_of(*cells):
    frames = list(run({"cells": [{"source": cell} for cell in cells]}, PATIENT, "fork"))
    return "".join(output.get("text", "") for frame in frames for output in frame["outputs"])


def test_the_template_has_imported_what_notebooks_import_and_nothing_of_ours():
    loaded = text_of("import sys\nprint(*sys.modules)").split()
    assert {"numpy", "numpy.random", "numpy.testing", "IPython"} <= set(loaded)
    assert {name for name in loaded if name.startswith("chainrule_lib")} == {"chainrule_lib"}
    assert text_of("import chainrule_lib\nprint(chainrule_lib.__file__)") == "/rt/standin/chainrule_lib/__init__.py\n"


@pytest.fixture(autouse=True)
def no_template_of_another_test():
    warm.templates.close()


def test_the_template_itself_has_an_empty_environment_and_no_file_of_this_machine_open():
    list(run(ADD, PATIENT, "fork"))
    outer = warm.templates.idle[-1].process.pid
    inner = int(Path(f"/proc/{outer}/task/{outer}/children").read_text())
    names = {word.partition(b"=")[0] for word in Path(f"/proc/{inner}/environ").read_bytes().split(b"\0") if word}
    assert names == {name.encode() for name in warm.runtime.environment()}
    assert eventually(lambda: not _foreign(inner)), _foreign(inner)


def _foreign(pid):
    """Its open files that are neither nothing, nor its log, nor its own /proc and namespace, nor its socket."""
    links = []
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(os.readlink(fd))
        except FileNotFoundError:  # closed just now
            continue
    own = ("/dev/null", "/proc", "pid:", "socket:")
    return [link for link in links if not link.startswith(own) and "(deleted)" not in link]


def eventually(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


def test_a_template_that_was_killed_is_started_again():
    list(run(ADD, PATIENT, "fork"))
    before = {template.process.pid for template in warm.templates.idle}
    for pid in before:
        os.killpg(pid, signal.SIGKILL)
    assert list(run(ADD, PATIENT, "fork"))[-1]["list"] == [{"answer": 2.0}]
    assert not before & {template.process.pid for template in warm.templates.idle}


def test_many_threads_run_at_once_and_each_has_its_own_answer():
    def ask(number):
        plan = {"cells": [{"source": f"f = lambda x: x + {number}"}, ADD["cells"][1]]}
        return list(run(plan, PATIENT, "fork"))[-1]["list"][0]["answer"]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(18))) == [number - 2.0 for number in range(18)]


def test_plots_are_imported_only_where_a_notebook_asks_for_them():
    here = "import sys\nprint('mat' 'plotlib.pyplot' in sys.modules)"
    warm.templates.close()
    assert text_of(here) == "False\n"
    assert text_of(here + "\n# matplotlib") == "True\n"


WORKER = """
import os, sys
from chainrule_lib.grading.sandbox import run
for frame in run({"cells": [{"source": "f = 1"}, {"source": "import time; time.sleep(600)"}]}, executor="fork"):
    print("one cell is over", flush=True)
"""


def test_a_worker_that_is_killed_takes_its_template_and_every_fork_with_it():
    before = running()
    worker = subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE, text=True)
    assert worker.stdout.readline() == "one cell is over\n"
    born = set(running()) - set(before) - {worker.pid}
    assert len(born) >= 4  # the template and the one above it, a supervisor, a kernel
    worker.kill()
    worker.wait()
    assert eventually(lambda: not any(map(_alive, born)))


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


FORKED = """
import json, os, sys
from chainrule_lib.grading import warm
from chainrule_lib.grading.sandbox import run
plan = json.loads(sys.argv[1])
answers = [list(run(plan, executor="fork"))[-1]["list"]]
if (child := os.fork()) == 0:
    os._exit(0 if list(run(plan, executor="fork"))[-1]["list"] == answers[0] else 1)
print(os.waitpid(child, 0)[1], list(run(plan, executor="fork"))[-1]["list"])
"""


def test_a_worker_that_forks_does_not_share_its_template():
    done = subprocess.run([sys.executable, "-c", FORKED, json.dumps(ADD)], capture_output=True, text=True, timeout=300)
    assert done.stdout == "0 [{'answer': 2.0}]\n", done.stderr[-2000:]
