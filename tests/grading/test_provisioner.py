"""A real ipykernel within the walls, started by the stock Jupyter client from a kernelspec."""

import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from gradebooks import ASSIGNMENT, graded, url_of, write_sources
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from small_course import RIGHT, as_bytes, nbgrader

from chainrule_lib.grading import provisioner
from walled import nothing_new, running


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """The installed kernelspec's file, where Jupyter finds it."""
    folder = Path(provisioner.install_kernel(str(tmp_path)))
    monkeypatch.setenv("JUPYTER_PATH", str(folder.parents[1]))
    assert json.loads((folder / "kernel.json").read_text()) == provisioner.SPEC
    return folder / "kernel.json"


def executed(cells, folder):
    """A notebook of these cells, run by stock nbclient in the kernel that the spec names."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook,
        kernel_name=provisioner.NAME,
        timeout=120,
        startup_timeout=120,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return notebook.cells


def reply(client, asked):
    """The kernel's reply to one request (a late reply to another may come first)."""
    while True:
        message = client.get_shell_msg(timeout=120)
        if message["parent_header"].get("msg_id") == asked:
            return message["content"]


CELLS = [
    "print(6 * 7)\n[1, 2]",
    "import os\nprint(os.getuid() != 0, [name for name in os.listdir() if not name.startswith('.')], os.getcwd())",
    "import socket\ntry: socket.create_connection(('127.0.0.1', 22), 2); print('reached')\nexcept OSError as e: print('no network')\nprint(socket.if_nameindex())",
    "print(os.path.exists('/root'), os.path.exists('/work'), len([p for p in os.listdir('/proc') if p.isdigit()]) < 4)",
    "import numpy, matplotlib, chainrule_lib\ntry: chainrule_lib.check('a2.dz_dt', abs)\nexcept RuntimeError as e: print(e)",
    "import ctypes\nprint(ctypes.CDLL(None).unshare(0x10000000))",
    "import subprocess, sys\nleft = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])",
]


def test_a_notebook_runs_in_it_by_stock_nbclient_and_leaves_no_process(spec, tmp_path):
    before = running()
    (tmp_path / "secret.txt").write_text("not to be seen")
    cells = executed(CELLS, tmp_path)
    text = ["".join(out.get("text", "") for out in cell.outputs if out.output_type == "stream") for cell in cells]
    assert text[0] == "42\n" and cells[0].outputs[-1].data["text/plain"] == "[1, 2]"
    assert text[1] == "True [] /home/student\n"
    assert text[2] == "no network\n[(1, 'lo')]\n"
    assert text[3] == "False False True\n"
    assert text[4].startswith("nobody judges in this kernel, so this cell earns nothing. Grade with: chainrule grade")
    assert text[5] == "-1\n"
    nothing_new(before)


def test_stock_nbgrader_autogrades_in_it_and_a_check_that_nobody_judges_earns_nothing(spec, tmp_path):
    course = tmp_path / "course"
    write_sources(course)
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'chain-rule'\n")
    done = nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    assert done.returncode == 0, done.stderr
    book = course / "gradebook.db"
    answers = {"right": "two = 2", "wrong": "two = 3", "spy": f"import os\ntwo = 1 + os.path.exists({str(book)!r})"}
    for student, two in answers.items():
        folder = shutil.copytree(course / "release" / ASSIGNMENT, course / "submitted" / student / ASSIGNMENT)
        for file in folder.iterdir():
            content = json.loads(file.read_text())
            for cell in content["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                cell["source"] = {"two": two, "dz_dt": RIGHT["dz_dt"]}.get(name, cell["source"])
            file.write_bytes(as_bytes(content))
    before = running()
    done = nbgrader(course, "autograde", ASSIGNMENT, f"--ExecutePreprocessor.kernel_name={provisioner.NAME}")
    assert done.returncode == 0, done.stderr
    nothing_new(before)
    scores = graded(url_of(course))
    assert book.exists() and {student: scores[student, "two_test"] for student in answers} == {
        "right": 2.0,
        "wrong": 0.0,
        "spy": 0.0,
    }
    assert [scores[student, "dz_dt_check"] for student in answers] == [0.0] * 3


def test_the_data_files_that_the_kernelspec_names_are_there_and_no_others(spec, tmp_path):
    content = json.loads(spec.read_text())
    content["metadata"]["kernel_provisioner"]["config"] = {"data": ["*.csv"]}
    spec.write_text(json.dumps(content))
    (tmp_path / "a.csv").write_text("1,2\n")
    (tmp_path / "b.txt").write_text("no")
    (tmp_path / "c.csv").symlink_to("/etc/passwd")
    look = "import os\nprint(sorted(n for n in os.listdir() if n[0] != '.'), open('a.csv').read())"
    assert executed([look], tmp_path)[0].outputs[0].text == "['a.csv'] 1,2\n\n"


def test_an_interrupt_reaches_the_kernel_and_it_goes_on(spec):
    before = running()
    manager = KernelManager(kernel_name=provisioner.NAME)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        assert client.transport == "ipc" and len(f"{client.ip}-5") < 108
        # An error aborts what is asked next, unless one says otherwise.
        asked = client.execute("print('begun', flush=True)\nimport time\ntime.sleep(600)", stop_on_error=False)
        while client.get_iopub_msg(timeout=120)["content"].get("text") != "begun\n":
            pass
        manager.interrupt_kernel()
        assert reply(client, asked)["ename"] == "KeyboardInterrupt"
        assert reply(client, client.execute("1 + 1"))["status"] == "ok"
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=120)
        assert reply(client, client.execute("2 + 2"))["status"] == "ok"
        folder = manager.provisioner.folder
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not os.path.exists(folder)
    nothing_new(before)
