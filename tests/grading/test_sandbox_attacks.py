"""Attacks from inside a notebook: none gains a point, reads a secret or harms anybody; an honest twin is graded right."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chainrule_lib.grading import pipeline, sandbox
from chainrule_lib.grading.sandbox import Limits, SandboxError, run
from small_course import FULL, RIGHT, as_bytes, submitted

KEY = b"k" * 32
MINE = 60_000_000 + os.getpid()  # a limit's odd value: it marks the processes that these tests started
LIMITS = Limits(cell_wall=8.0, cell_cpu=2.0, question_wall=2.0, notebook_wall=40.0, scratch=MINE)
WRONG = "\ndef dz_dt(t):\n    return 0.5\n"


def grade(source, content, **more):
    return pipeline.grade_notebook(
        as_bytes(content), source, limits=more.pop("limits", LIMITS), seed=KEY, **more
    )


def scores(result):
    return {task["task_id"]: task["score"] for task in result["tasks"] if task["task_id"]}


def printed(result):
    """All that the student's own cells showed."""
    return json.dumps(
        [
            cell.get("outputs")
            for cell in result["notebook"]["cells"]
            if not cell["metadata"].get("nbgrader", {}).get("grade")
        ]
    )


def test_an_honest_notebook_earns_all_its_points(source):
    result = grade(source, submitted())
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


def test_clumsy_cells_of_an_honest_student_cost_nothing(source):
    result = grade(source, submitted(before=HONEST_CELLS, extra=["%reset -f"]), limits=Limits())
    assert scores(result) == FULL and result["status"] == "graded"
    json.dumps(result, ensure_ascii=False).encode()  # no half letter is left that no file can hold
    assert not _left_behind()


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


@pytest.mark.parametrize("style", STYLES)
def test_a_right_function_in_any_style_earns_all_its_points(source, style):
    assert scores(grade(source, submitted(*STYLES[style]))) == FULL


def test_why_there_is_no_function_is_said(source):
    result = grade(
        source,
        submitted(dz_dt="def dz_dt(t)\n    retun t", polar="def polar(*a):\n    return float(input())"),
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
    assert sandbox.doctor() is None


FORGERIES = {
    "printed pass": 'print("passed"); 8.0',
    "check redefined": "check = lambda *a: 8.0",
    "library patched": "import chainrule_lib, sys\nchainrule_lib.check = lambda *a: 8.0\nsys.modules['chainrule_lib'].check = lambda *a: 8.0",
    "runner's send patched": "import __main__\nold = __main__.send\n__main__.send = lambda s, m: old(s, {**m, 'passed': True, 'score': 8.0})",
    "answering patched": "import __main__\n__main__.load_answering = None\nimport gc\n"
    "for o in gc.get_objects():\n    if isinstance(o, type(__main__)) and o.__name__ == '_answering':\n"
    "        o.answer = lambda f, q: {'answer': 8.0}",
    "answer with an odd equality": "class Yes(float):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0.0\n"
    "    __rsub__ = __sub__\n    def __abs__(s): return 0.0\ndef dz_dt(t): return Yes(0.5)",
    "stub left and the engine asked": "import chainrule_lib as cr\ndef dz_dt(t):\n    return cr.grad(lambda t: t*t)(t)",
    "torch and jax asked": "def dz_dt(t):\n    for name in ('torch', 'jax', 'autograd', 'sympy', 'chainrule_lib.engine.modes'):\n"
    "        try:\n            return float(__import__(name, fromlist=['x']).grad(t))\n        except ImportError: pass\n    return 0.5",
    "frames of the answering side walked": "import sys, json, struct\ndef dz_dt(t):\n    f = sys._getframe()\n    while f:\n"
    "        a = f.f_locals.get('asked')\n        if a:\n            m = json.dumps({**a, 'answer': {'answer': 1.0, 'score': 8, 'passed': True}}).encode()\n"
    "            f.f_locals['sock'].sendall(struct.pack('>I', len(m)) + m)\n        f = f.f_back\n    return 0.1",
    "runner's modules patched": "import json, os, socket\njson.dumps = lambda *a, **k: '{\"answer\": 8.0}'\njson.loads = lambda *a, **k: {}\n"
    "os._exit = lambda c: None\nsocket.socket.recv = None",
    "frames written to every descriptor": "import os, struct, json\nm = json.dumps({'index': 3, 'outputs': [], 'answer': {'answer': 1.0}, 'nonce': ''}).encode()\n"
    "for fd in range(3, 40):\n    try: os.write(fd, struct.pack('>I', len(m)) + m)\n    except OSError: pass",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_earns_nothing(source, name):
    result = grade(source, submitted(dz_dt=WRONG + FORGERIES[name]))
    assert scores(result)["a2.dz_dt"] == 0.0
    cell = next(
        cell
        for cell in result["notebook"]["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "dz_dt_check"
    )
    assert cell["outputs"][-1]["data"]["text/plain"] == "0.0"


def test_a_forged_frame_with_a_huge_length_is_a_protocol_fault_and_costs_nobody_else(source):
    flood = "import os, struct\nfor fd in range(3, 40):\n    try: os.write(fd, struct.pack('>I', 2**32 - 1))\n    except OSError: pass"
    result = grade(source, submitted(dz_dt=WRONG + flood))
    assert scores(result)["a2.dz_dt"] == 0.0
    assert "announced" in json.dumps(result["notebook"]["cells"])


LOOKS = {
    "the course folder and the key": (
        "import glob, os\nprint([p for top in ('/work', '/root', '/home', '/mnt', '/tmp') "
        "for p in glob.glob(top + '/**', recursive=True)])",
        ["course_key", "gradebook", "submitted", "source/"],
    ),
    "other processes": (
        "import os\nprint(len([p for p in os.listdir('/proc') if p.isdigit()]) < 8)\n"
        "print([open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()])",
        ["pytest"],
    ),
    "the environment": ("import os\nprint(dict(os.environ))", ["VIRTUAL_ENV", "pytest", str(Path.cwd())]),
    "the engine": (
        "import os\nfor room in os.listdir('/'):\n    if room not in ('proc', 'dev', 'sys'):\n"
        "        for top, _, files in os.walk('/' + room):\n"
        "            print([os.path.join(top, file) for file in files if 'chainrule' in top or 'chainrule' in file])",
        ["engine", "decide"],
    ),
}


@pytest.mark.parametrize("name", LOOKS)
def test_nothing_of_the_host_is_seen(source, name):
    code, secrets = LOOKS[name]
    shown = printed(grade(source, submitted(before=[code + "\nprint('LOOKED')"])))
    assert "LOOKED" in shown
    assert not [secret for secret in secrets if secret in shown]


def test_there_is_no_network(source):
    code = (
        "import socket\nfor a in (('127.0.0.1', 22), ('1.1.1.1', 53)):\n    try:\n        socket.create_connection(a, 1); print('REACHED')\n"
        "    except OSError as e: print('refused', e.errno)\nprint(socket.if_nameindex())"
    )
    shown = printed(grade(source, submitted(before=[code])))
    assert "REACHED" not in shown and shown.count("refused") == 2
    assert "eth" not in shown


def test_the_student_is_not_root_and_can_write_only_in_the_scratch(source):
    code = (
        "import os\nprint('uid', os.getuid())\nfor p in ('/py/x', '/rt/x', '/etc/x', '/usr/x', '/home/student/x'):\n"
        "    try: open(p, 'w'); print('wrote', p)\n    except OSError: pass\n"
        "try: os.setuid(0); print('became root')\nexcept OSError: pass\nprint(open('numbers.csv').read())"
    )
    shown = printed(grade(source, submitted(before=[code]), files={"numbers.csv": b"1,2,3\n"}))
    assert "uid 0" not in shown and "became root" not in shown
    assert shown.count("wrote") == 1 and "1,2,3" in shown


def test_a_fork_bomb_is_stopped_and_the_functions_still_count(source):
    bomb = "import os, time\nfor _ in range(5000):\n    try:\n        if os.fork() == 0: time.sleep(60); os._exit(0)\n    except OSError as e:\n        print('stopped', e.errno); break"
    result = grade(source, submitted(extra=[bomb]))
    assert scores(result) == FULL
    assert "stopped" in printed(result)
    assert not _left_behind()


def test_memory_is_limited_and_the_functions_still_count(source):
    result = grade(source, submitted(extra=["x = bytearray(8 * 2**30)"]))
    assert scores(result) == FULL
    assert "MemoryError" in printed(result)


def test_memory_taken_by_many_processes_harms_nobody_else(source):
    eat = (
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        x = bytearray(200 * 2**20)\n        for i in range(0, len(x), 4096): x[i] = 1\n"
        "        time.sleep(20)\n        os._exit(0)\ntime.sleep(1)\nprint('alive')"
    )
    start = time.monotonic()
    result = grade(
        source, submitted(extra=[eat]), limits=Limits(memory=600 * 2**20, cell_wall=8.0, question_wall=2.0)
    )
    assert scores(result)["a2.dz_dt"] in (0.0, 8.0)
    assert time.monotonic() - start < 30
    assert scores(grade(source, submitted())) == FULL


def test_an_endless_loop_in_a_cell_is_interrupted_and_the_rest_goes_on(source):
    result = grade(source, submitted(before=["while True: pass"]))
    assert scores(result) == FULL
    assert "CellTimeout" in printed(result)


def test_a_loop_that_swallows_the_interrupt_is_killed_and_what_came_before_is_kept(source):
    stubborn = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nsignal.signal(signal.SIGPROF, signal.SIG_IGN)\nwhile True: pass"
    result = grade(
        source, submitted(extra=[stubborn, "print('never')"]), limits=Limits(cell_wall=2.0, cell_cpu=2.0)
    )
    assert scores(result) == FULL
    assert "never" not in printed(result).replace("print('never')", "")


def test_a_function_that_does_not_end_is_a_fault_of_its_task_alone(source):
    result = grade(source, submitted(polar="def polar(f, fx, fy, r, th):\n    while True: pass"))
    assert scores(result) == {"a2.dz_dt": 8.0, "a2.polar": 0.0}
    assert {task["task_id"]: task["status"] for task in result["tasks"] if task["task_id"]} == {
        "a2.dz_dt": "graded",
        "a2.polar": "student_fault",
    }


def test_a_function_that_hangs_in_a_fork_because_of_its_threads_is_asked_where_it_lives(source):
    pool = "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\npool.submit(int).result()\n"
    threaded = (
        pool
        + RIGHT["dz_dt"].replace("def dz_dt", "def inner")
        + "\ndef dz_dt(t):\n    return pool.submit(inner, t).result()\n"
    )
    assert scores(grade(source, submitted(dz_dt=threaded))) == FULL


@pytest.mark.parametrize(
    "end",
    [
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os.kill(os.getppid(), 9)",
        "import ctypes; ctypes.string_at(0)",
        "exit()",
        "raise SystemExit(0)",
    ],
)
def test_a_notebook_that_ends_itself_keeps_what_was_asked_for_before(source, end):
    result = grade(source, submitted(polar=f"{end}\n{RIGHT['polar']}"))
    assert scores(result)["a2.dz_dt"] in (8.0, 0.0 if "getppid" in end else 8.0)
    honest = grade(source, submitted())
    assert scores(honest) == FULL


def test_output_without_end_is_cut(source):
    result = grade(
        source,
        submitted(
            before=[
                "for i in range(10**6): print('x' * 1000)",
                "import os\nfor i in range(10**5): os.write(1, b'y' * 1000)",
            ]
        ),
    )
    assert scores(result) == FULL
    assert len(json.dumps(result["notebook"])) < 2_000_000
    assert "cut here" in printed(result)


@pytest.mark.parametrize("file", ["numpy.py", "chainrule_lib.py", "sitecustomize.py", "json.py", "math.py"])
def test_a_shadowing_file_does_not_reach_the_answering_side(source, file):
    write = (
        f"open({file!r}, 'w').write('raise RuntimeError(\"shadowed\")')\nimport sys\nsys.path.insert(0, '.')"
    )
    assert scores(grade(source, submitted(before=[write]))) == FULL


def test_nothing_is_left_for_the_next_student(source):
    leave = (
        "import os\nfor top in ('/tmp', '/home/student', '/dev/shm', '/var/tmp'):\n    try: open(top + '/left', 'w').write('secret answer')\n    except OSError: pass\n"
        "if os.fork() == 0:\n    import time\n    time.sleep(600)"
    )
    look = "import os\nprint([p for top in ('/tmp', '/home/student', '/dev/shm', '/var/tmp') if os.path.exists(top) for p in os.listdir(top)])"
    assert scores(grade(source, submitted(extra=[leave]))) == FULL
    shown = printed(grade(source, submitted(extra=[look])))
    assert "left" not in shown
    assert not _left_behind()


def test_questions_never_reach_a_page(source):
    spy = (
        RIGHT["dz_dt"]
        + "\nimport os\n_old = dz_dt\ndef dz_dt(t):\n    os.write(1, f'ASKED {t}'.encode()); print('ASKED', t)\n    return _old(t)\n"
    )
    listen = (
        "import os, time\nif os.fork() == 0:\n    time.sleep(3)\n    os.write(1, b'ASKED')\n    os._exit(0)"
    )
    result = grade(source, submitted(dz_dt=spy, extra=[listen]))
    assert scores(result) == FULL
    assert "ASKED" not in printed(result).replace("f'ASKED", "").replace("'ASKED'", "").replace(
        "b'ASKED'", ""
    )


def test_a_sandbox_that_cannot_start_is_our_fault_and_no_score(source, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        SandboxError, match="bubblewrap is not installed. Type: sudo apt-get install bubblewrap"
    ):
        grade(source, submitted())


def test_an_unknown_executor_is_refused_by_name():
    with pytest.raises(ValueError, match="no executor is called 'docker'; there are fork, bubblewrap, none"):
        list(run({"cells": []}, executor="docker"))


def test_an_ordinary_user_gets_the_same_walls(tmp_path):
    """In a user namespace with one unprivileged number, as any user has; the Python may stand under a 0700 home."""
    code = (
        "from chainrule_lib.grading import sandbox\n"
        "frames = list(sandbox.run({'cells': [{'source': 'import os, numpy\\nprint(os.getuid(), os.listdir(\"/home\"))'}]}))\n"
        "print(sandbox._own_uid(), frames[0]['outputs'][0]['text'])"
    )
    become = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.getuid() == 0 else []
    done = subprocess.run(
        [*become, sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.stdout.strip() == "None 65534 ['student']", done.stderr[-2000:]


def test_within_another_container_that_forbids_proc_the_sandbox_still_starts(tmp_path):
    code = (
        "from chainrule_lib.grading import sandbox\n"
        "frames = list(sandbox.run({'cells': [{'source': 'f = abs'}, {'source': '', 'expression': 'f', 'questions': [{'arguments': [-2.0]}]}]}))\n"
        "print(sandbox._walls(sandbox._own_uid() is not None)[-2:], frames[-1]['list'])"
    )
    outer = [
        "bwrap",
        "--unshare-user",
        "--unshare-pid",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--bind",
        str(tmp_path),
        str(tmp_path),
        "--proc",
        "/proc",
        "--tmpfs",
        "/proc/fs",
        "--ro-bind",
        "/proc/sys",
        "/proc/sys",
    ]
    done = subprocess.run(
        [*outer, "--", sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert done.stdout.strip() == "('--dir', '/proc') [{'answer': 2.0}]", done.stderr[-2000:]


def test_the_limits_document_themselves():
    text = Limits.describe()
    assert all(name in text for name in ("cell_wall", "memory", "processes", "output"))


def _left_behind():
    """Processes of these tests' sandboxes that outlived their notebook."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if str(MINE).encode() in (folder / "cmdline").read_bytes():
                    found.append(folder.name)
            except OSError:
                continue
    return found
