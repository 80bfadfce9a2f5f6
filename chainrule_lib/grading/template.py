"""The warm template: a process within walls that has imported what notebooks import, and forks for each of them.

It never runs a line of a student's.  What it is sent is a letter ("p" for a notebook with plots, else "n") and file
descriptors; a fork, as the first process of
a pid namespace of its own, reads the rest.  When the worker hangs up, the template ends, and with it, since it is
process 1 itself, all that it ever started.
"""

import base64
import contextlib
import gc
import json
import os
import signal
import socket
import sys

sys.path.insert(0, "/rt")

import namespaces  # noqa: E402
import runner  # noqa: E402


USUAL = (  # what a notebook's cells do: whatever loads at its first use is loaded here, once
    "import numpy as np\nnp.arange(3.0)",
    "from IPython.display import Math, display\ndisplay(Math('x'))\nprint(1)",
    "1 / 0",
)
PLOTS = ("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "plt.close('all')")


def warm(prepared, cells):
    """Run cells of our own in the shell that is to be forked, and put it back to its beginning."""
    _, outputs, shell = prepared
    outputs.cap = 10**6
    with contextlib.redirect_stdout(runner.stream(outputs, "stdout")):
        for cell in cells:
            shell.run_cell(cell, store_history=True)
    shell.reset()
    outputs.clear()
    for name in ("last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
    gc.collect()
    gc.freeze()


def inside(fds, proc, single, prepared):
    """In the fork: build the walls, and be a runner like any other."""
    told, log, *ends = fds
    with open(told, "rb") as file:
        spec = json.load(file)
    os.dup2(log, 1)
    os.dup2(log, 2)
    runner.be_expendable()
    namespaces.enclose(spec["limits"]["scratch"])
    for name, data in spec["files"].items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(base64.b64decode(data))
    namespaces.become_nobody(None if single else spec["uid"], proc)
    spec["uid"] = None
    keep = sorted(ends)
    for low, high in zip([2, *keep], [*keep, 1 << 16]):
        os.closerange(low + 1, high)
    spec["control"], spec["kernel"], *spec["answers"] = ends
    runner.run(spec, prepared)


def main():
    number, paths, users = sys.argv[1:]
    del sys.argv[1:]
    link, single = socket.socket(fileno=int(number)), users == "single"
    sys.path[:] = [path for path in sys.path if path != "/rt"] + json.loads(paths)
    import chainrule_lib  # noqa: F401  the quiet stand-in
    import numpy.random
    import numpy.testing  # noqa: F401
    import resource  # noqa: F401

    prepared = runner.prepare("/rt/answering.py")
    warm(prepared, USUAL)
    runner.filter_program()
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork: it leaves no zombie
    link.send(b"ready")
    while True:
        word, fds, _, _ = socket.recv_fds(link, 1, 253)
        if not word:
            return
        if word == b"p" and "matplotlib.pyplot" not in sys.modules:
            warm(prepared, PLOTS)
        namespaces.call("unshare", namespaces.NEWPID)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                inside(fds, proc, single, prepared)
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(1)
        namespaces.call("setns", own, namespaces.NEWPID)
        for fd in fds:
            os.close(fd)
        handle = os.pidfd_open(pid)
        socket.send_fds(link, [b"1"], [handle])
        os.close(handle)


if __name__ == "__main__":
    main()
