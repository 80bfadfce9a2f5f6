"""python -m chainrule_lib.judge: a child process with limits, an exit code, a verdict."""

import json
import subprocess
import sys
import time

import pytest
from chainrule_lib.judge import Exam
from chainrule_lib.judge.__main__ import answers, main

RIGHT = """
import math
print("noise on stdout")
def dz_dt(t):
    x, y = math.cos(2 * t), t * t + t
    return 2 * x * y * -2 * math.sin(2 * t) + (x * x + math.cos(y)) * (2 * t + 1)
"""


@pytest.fixture
def write(tmp_path):
    def to(text):
        path = tmp_path / "work.py"
        path.write_text(text)
        return path

    return to


def test_a_right_file_passes_with_exit_code_0(write, capsys):
    assert main([str(write(RIGHT)), "--task", "a2.dz_dt"]) == 0
    assert "passed, 8 of 8 points" in capsys.readouterr().out


def test_a_wrong_file_exits_with_1_and_json_is_json(write, capsys):
    path = write(RIGHT.replace("-2 * math.sin", "2 * math.sin"))
    assert main([str(path), "--task", "a2.dz_dt", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["diagnosis"] == [["M10"]]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--task", "a2.nothing"], "there is no task 'a2.nothing'; the tasks are a"),
        ([], "the following arguments are required: --task"),
    ],
)
def test_a_misunderstood_command_exits_with_2(write, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as stop:
        main([str(write(RIGHT)), *arguments])
    assert stop.value.code == 2 and sentence in capsys.readouterr().err


def test_a_missing_file_exits_with_2(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["/no/such/file.py", "--task", "a2.dz_dt"])
    assert stop.value.code == 2 and "there is no file /no/such/file.py" in capsys.readouterr().err


def test_a_file_that_cannot_run_says_so_and_exits_with_1(write, capsys):
    with pytest.raises(SystemExit) as stop:
        main([str(write("import math\n1 / 0")), "--task", "a2.dz_dt"])
    assert stop.value.code == 1 and "could not be run: it raised ZeroDivisionError" in capsys.readouterr().err


def test_a_file_without_the_function_says_so(write, capsys):
    assert main([str(write("x = 1")), "--task", "a2.dz_dt"]) == 1
    assert "There is no function named dz_dt here" in capsys.readouterr().out


def test_help_shows_an_example():
    done = subprocess.run(
        [sys.executable, "-m", "chainrule_lib.judge", "--help"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "python -m chainrule_lib.judge my_work.py --task a2.dz_dt" in " ".join(
        done.stdout.split()
    )


def test_time_and_memory_are_limited(write):
    questions = Exam("a2.dz_dt").questions
    started = time.monotonic()
    assert answers(write("def dz_dt(t):\n    while True: pass"), "dz_dt", questions, seconds=1.5) == [
        {"fault": "timeout"}
    ]
    assert time.monotonic() - started < 6
    greedy = answers(write("def dz_dt(t):\n    return bytearray(3 * 10**9)"), "dz_dt", questions)
    assert {given["raised"] for given in greedy} == {"MemoryError"}


def test_a_function_that_kills_its_process_is_told(write, capsys):
    assert main([str(write("import os\ndef dz_dt(t):\n    os._exit(0)")), "--task", "a2.dz_dt"]) == 1
    assert "Your function ended the process it ran in" in capsys.readouterr().out


def test_what_the_file_started_ends_with_it(write, tmp_path):
    note = tmp_path / "late"
    text = f"import os, time\ndef dz_dt(t):\n    if os.fork() == 0:\n        time.sleep(2)\n        open({str(note)!r}, 'w')\n        os._exit(0)\n    return 1.0"
    answers(write(text), "dz_dt", Exam("a2.dz_dt").questions[:1])
    time.sleep(2.5)
    assert not note.exists()
