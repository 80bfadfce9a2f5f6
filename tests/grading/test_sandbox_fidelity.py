"""The two executors and no sandbox at all show one and the same notebook; clumsy and odd honest work costs nothing."""

import json
import os
import re
import subprocess
import sys

import pytest

from chainrule_lib.grading import sandbox
from chainrule_lib.grading.sandbox import Limits, SandboxError, run
from small_course import FULL, RIGHT, submitted
from walled import PATIENT, WALLED, grade, nothing_new, running, scores

CELLS = [
    "import sys\nimport numpy as np\n1 + 1",
    "x = np.arange(6.0).reshape(2, 3)\nx",
    "print('out'); print('err', file=sys.stderr)",
    "1 / 0",
    "def f(x):\n    return undefined\nf(1)",
    "x = [",
    "'last'; _",
    "_2, In[1], len(Out)",
    "from IPython.display import HTML, Markdown, display, update_display\nh = display('one', display_id='d')\nupdate_display('two', display_id='d')",
    "display(Markdown('*a*'), HTML('<b>b</b>'))\nprint('after')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [1, 4, 9]);",
    "fig, ax = plt.subplots()\nax.imshow(np.eye(3))\nplt.show()",
    "%matplotlib inline\nplt.rcParams['figure.dpi'], plt.get_backend()",
    "%time y = 1",
    "%%writefile a.txt\nhello",
    "!echo hello\n%pip install numpy",
    "import os; os.write(1, b'raw'); os.getcwd(), sorted(os.environ), os.umask(0o22)",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "input('who?')",
    "import warnings; warnings.warn('careful')",
    "np.log(np.array([-1.0]))",
    "get_ipython().execution_count, __name__, type(get_ipython()).__name__",
    "[path.replace('/py', '') for path in sys.path if path.endswith(('site', 'standin'))], sys.argv[1:], hash('a')",
    "class A:\n    def _repr_html_(self): return '<i>a</i>'\nA()",
    "import threading, signal; threading.active_count(), signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGCHLD)",
    "import json, chainrule_lib as cr\ncr.check('a2.dz_dt', f), cr.grad(f)",
    "raise KeyboardInterrupt",
    "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
    "sys.exit(3)",
    "%history -n 1-2",
    "%load_ext autoreload\n%autoreload 2\n%who",
    "%reset -f\n'x' in globals()",
]  # fmt: skip


def shown(executor):
    frames = list(run({"cells": [{"source": cell} for cell in CELLS], "files": {"d/e.csv": b"1"}}, PATIENT, executor))
    text = json.dumps([[frame["execution_count"], frame["outputs"]] for frame in frames], ensure_ascii=False)
    for pattern, word in ((r"0x[0-9a-f]+", "ADDRESS"), (r"[\d.]+(e\+\d+)? \S*s\b", "TIME"), (r"(Compiler|Parser) +: TIME\\n", ""), (r"ipython-input-[\w-]+", "CELL"), (r"_\d+/\d+\.py", "CELL")):
        text = re.sub(pattern, word, text)
    return dict(zip(CELLS, json.loads(text), strict=True))


def test_both_executors_show_the_same_outputs():
    warm, cold = shown("fork"), shown("bubblewrap")
    assert {cell: (warm[cell], cold[cell]) for cell in CELLS if warm[cell] != cold[cell]} == {}
    pictures = [cell for cell in CELLS if "image/png" in json.dumps(warm[cell])]
    assert len(pictures) == 2 and "[1, 2]" in json.dumps(warm[CELLS[27]])


@pytest.mark.parametrize("executor", WALLED)
def test_an_honest_notebook_earns_all_its_points(source, executor):
    result = grade(source, submitted(), executor)
    assert scores(result) == FULL
    assert result["status"] == "graded"


HONEST_CELLS = [
    "name = input('your name?')",
    "import sys; sys.exit('bye')",
    "quit()",
    "raise KeyboardInterrupt",
    "%matplotlib inline\n%time 1 + 1\n%load_ext autoreload\n%autoreload 2",
    "%%timeit -n1 -r1\n1 + 1",
    "!ls\n%pip install numpy",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "import asyncio\nawait asyncio.sleep(0.01)",
    "import warnings; warnings.warn('careful'); print('oops', file=sys.stderr); np.log(-1.0)",
    "open('out.txt', 'w').write('mine')",
    "class E(Exception):\n    def __str__(self): raise E()\nraise E()",
    "'x' * 50_000_000",
    "x = " + "(" * 3000 + "1" + ")" * 3000,
    "import threading, time\nthreading.Thread(target=lambda: time.sleep(1000)).start()",
    "import subprocess; left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])",
    "get_ipython().events.register('post_run_cell', lambda *a: 1 / 0)",
    "sys.stdout.close()",
    "import os; os.makedirs('/tmp/x'); os.chdir('/tmp/x'); os.rmdir('/tmp/x')",
    "print = float = len = isinstance = check = None",
    "print('\ud800', file=sys.stderr) if print else '\ud800'",
]


@pytest.mark.parametrize("executor", WALLED)
def test_clumsy_cells_of_an_honest_student_cost_nothing(source, executor):
    before = running()
    result = grade(source, submitted(before=HONEST_CELLS, extra=["%reset -f"]), executor)
    assert scores(result) == FULL and result["status"] == "graded"
    json.dumps(result, ensure_ascii=False).encode()  # no half letter is left that no file can hold
    nothing_new(before)


def inner(name):
    return RIGHT[name].replace(f"def {name}", "def inner")


STYLES = {  # of writing the two functions, all right
    "wrapped": (
        "import functools\n@functools.lru_cache\n" + RIGHT["dz_dt"].lstrip(),
        inner("polar") + "polar = functools.partial(inner)\n",
    ),
    "made": (
        f"exec({RIGHT['dz_dt']!r})",
        inner("polar") + "class Polar:\n    def __call__(self, *a): return list(inner(*a))\npolar = Polar()",
    ),
    "other names, more arguments": (
        RIGHT["dz_dt"].replace("(t):", "(time=0.3, *, scale=1):\n    t = time"),
        inner("polar") + "def polar(*args, **more): return np.array(inner(*args))",
    ),
    "vectorised, with state": (
        "@np.vectorize\n" + RIGHT["dz_dt"].lstrip(),
        "calls = 0\n" + inner("polar") + "def polar(*a):\n    global calls\n    calls += 1\n    print(calls)\n"
        "    return tuple(map(np.float32, inner(*a)))",
    ),
    "tabs and carriage returns": (
        RIGHT["dz_dt"].replace("    ", "\t"),
        RIGHT["polar"].replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize("executor", WALLED)
@pytest.mark.parametrize("style", STYLES)
def test_a_right_function_in_any_style_earns_all_its_points(source, style, executor):
    assert scores(grade(source, submitted(*STYLES[style]), executor)) == FULL


@pytest.mark.parametrize("executor", WALLED)
def test_a_function_that_hangs_in_a_fork_because_of_its_threads_is_asked_where_it_lives(source, executor):
    threaded = (
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\npool.submit(int).result()\n"
        + RIGHT["dz_dt"].replace("def dz_dt", "def inner")
        + "\ndef dz_dt(t):\n    return pool.submit(inner, t).result()\n"
    )
    assert scores(grade(source, submitted(dz_dt=threaded), executor)) == FULL


def test_why_there_is_no_function_is_said(source):
    result = grade(
        source,
        submitted(dz_dt="def dz_dt(t)\n    retun t", polar="def polar(*a):\n    return float(input())"),
        "fork",
    )
    say = {task["task_id"]: task["message"] for task in result["tasks"]}
    assert say["a2.dz_dt"].endswith(" A cell above its check stopped with SyntaxError.")
    assert "EOFError at line 2" in say["a2.polar"]


def test_a_task_may_give_a_call_more_time_than_usual():
    slow = "import time\ndef f(x):\n    time.sleep(1.0)\n    return x"
    limits = Limits(question_wall=0.3)
    for seconds, answer in (({}, {"fault": "timeout"}), ({"seconds": 8.0}, {"answer": 2.0})):
        question = {"arguments": [2.0], **seconds}
        plan = {"cells": [{"source": slow}, {"source": "", "expression": "f", "questions": [question]}]}
        assert list(run(plan, limits))[-1]["list"] == [answer]


def test_doctor_finds_the_sandbox_whole():
    assert [sandbox.doctor(executor) for executor in WALLED] == [None, None]


def test_an_unknown_executor_is_refused_by_name():
    with pytest.raises(ValueError, match="no executor is called 'docker'; there are fork, bubblewrap, none"):
        list(run({"cells": []}, executor="docker"))


LOOK_OUT = """
from chainrule_lib.grading import runtime, sandbox
cells = [{'source': 'import os, numpy\\nprint(os.getuid(), os.listdir("/home"))\\nf = abs'},
         {'source': '', 'expression': 'f', 'questions': [{'arguments': [-2.0]}]}]
for executor in ('fork', 'bubblewrap'):
    frames = list(sandbox.run({'cells': cells}, executor=executor))
    print(runtime.own_uid(), frames[0]['outputs'][0]['text'].strip(), frames[-1]['list'])
"""
SEEN = "None 65534 ['student'] [{'answer': 2.0}]\n"


def within(outer, tmp_path, code=LOOK_OUT):
    return subprocess.run(
        [*outer, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )


def test_an_ordinary_user_gets_the_same_walls(tmp_path):
    """In a user namespace with one unprivileged number, as any user has; the Python may stand under a 0700 home."""
    done = within(["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.getuid() == 0 else [], tmp_path)
    assert done.stdout == 2 * SEEN, done.stderr[-2000:]


def test_within_another_container_that_forbids_proc_the_sandbox_still_starts(tmp_path):
    outer = f"bwrap --unshare-user --unshare-pid --ro-bind / / --dev /dev --bind {tmp_path} {tmp_path} --proc /proc"
    done = within([*outer.split(), *"--tmpfs /proc/fs --ro-bind /proc/sys /proc/sys --".split()], tmp_path)
    assert done.stdout == 2 * SEEN, done.stderr[-2000:]


def test_where_no_namespace_starts_grading_is_refused_with_what_to_do(tmp_path):
    outer = "bwrap --unshare-user --disable-userns --cap-drop ALL --dev-bind / / --".split()
    code = "from chainrule_lib.grading import sandbox\ntry: sandbox.choose()\nexcept sandbox.SandboxError as e: print(e)"
    said = within(outer, tmp_path, code).stdout
    assert "the warm fork did not start: OSError: [Errno 28] unshare" in said
    assert "Use bubblewrap in its place: chainrule grade --sandbox bubblewrap" in said
    assert "bwrap: Creating new namespace failed" in said
    assert said.endswith("Without a sandbox strangers' notebooks are not graded.\n")


def test_the_limits_document_themselves():
    text = Limits.describe()
    assert all(name in text for name in ("cell_wall", "memory", "processes", "output"))


def test_a_sandbox_that_cannot_start_is_our_fault_and_no_score(source, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        SandboxError, match="bubblewrap is not installed. Type: sudo apt-get install bubblewrap"
    ):
        grade(source, submitted(), "bubblewrap")
