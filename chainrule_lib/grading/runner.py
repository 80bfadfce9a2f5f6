"""The inside of the sandbox: run a notebook's cells, then answer questions about its functions.

Uses the standard library, IPython, NumPy and `answering.py`; it is started as a file, not imported, and
nothing here is trusted by the host once the first cell has run.  Three kinds of process share this file:

- the supervisor, which never runs a student's code: it starts the kernel, tells the host when it dies, and
  kills what the host asks it to kill;
- the kernel, an IPython shell in process: one request of the host is one cell, one frame goes back;
- a snapshot, forked from the kernel at the end, or at a check cell whose function could change after it: it holds
  functions as they are there and answers.

A frame is four bytes of length, big end first, then JSON.
"""

import builtins
import contextlib
import errno
import functools
import json
import os
import re
import select
import signal
import socket
import struct
import sys
import threading

FRAME_CAP = 8_000_000


# frames


def send(sock, message):
    """Write one frame."""
    body = json.dumps(message).encode()
    sock.sendall(struct.pack(">I", len(body)) + body)


def receive(sock):
    """Read one frame; None at the end of the stream."""

    def exactly(size):
        parts = []
        while size:
            part = sock.recv(min(size, 65536))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    head = exactly(4)
    if head is None:
        return None
    size = struct.unpack(">I", head)[0]
    body = exactly(size) if size <= FRAME_CAP else None
    return None if body is None else json.loads(body)


# before any student code


def be_expendable():
    """Where this machine's memory runs out, this process and what it starts go first."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def confine(limits, uid):
    """Give up root for `uid` (its own number, so that a limit on processes is its own) and every capability,
    then set the limits and close the doors to the rest of the kernel."""
    import ctypes
    import resource

    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: refused past the last, and where there is none to lose
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    nothing = (struct.pack("=Ii", 0x20080522, 0), bytes(24))
    if libc.capset(*nothing) or libc.prctl(47, 4, 0, 0, 0):  # PR_CAP_AMBIENT_CLEAR_ALL
        raise OSError(ctypes.get_errno(), "the capabilities could not be given up")
    if libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
        raise OSError(ctypes.get_errno(), "no_new_privs was refused")
    for name, value in (
        ("AS", limits["memory"]),
        ("NPROC", limits["processes"]),
        ("FSIZE", limits["file_size"]),
        ("CPU", int(limits["notebook_cpu"]) + 1),
        ("CORE", 0),
        ("NOFILE", 256),
    ):
        kind = getattr(resource, "RLIMIT_" + name, None)
        if kind is not None:
            ceiling = resource.getrlimit(kind)[1]
            value = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
            resource.setrlimit(kind, (value, value))
    forbid(libc)


CLONE_NEW = 0x7E020000  # the flags of clone that ask for a namespace
FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink: all of them end at the network namespace
FORBIDDEN = {  # system calls that no notebook needs and that an exploit of the kernel begins with: x86-64, arm64
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "mount_setattr": (442, 442), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fspick": (433, 433), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
    "perf_event_open": (298, 241), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "swapon": (167, 224), "reboot": (169, 142), "syslog": (103, 116), "acct": (163, 89), "quotactl": (179, 60),
    "personality": (135, 92), "vhangup": (153, 58), "mbind": (237, 235), "move_pages": (279, 239),
}  # fmt: skip


def forbid(libc):
    """Refuse those system calls for this process and all it starts (a seccomp filter, with EPERM)."""
    import ctypes

    if rows := filter_program():
        program = ctypes.create_string_buffer(rows, len(rows))
        filter = struct.pack("@HP", len(rows) // 8, ctypes.addressof(program))
        if libc.prctl(22, 2, filter, 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
            raise OSError(ctypes.get_errno(), "the filter of system calls was refused")


@functools.cache
def filter_program():
    """The filter as the kernel reads it; empty on a machine whose numbers are not known."""
    machine = {"x86_64": (0, 0xC000003E, 41, 56, 435), "aarch64": (1, 0xC00000B7, 198, 220, 435)}
    if os.uname().machine not in machine:
        return b""
    column, architecture, socket_call, clone, clone3 = machine[os.uname().machine]
    allow, refuse, absent = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
    load, equal, above, some, give = 0x20, 0x15, 0x35, 0x45, 0x06
    rows = [(load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, refuse), (load, 0, 0, 0)]
    rows += [(above, 0, 1, 0x40000000), (give, 0, 0, refuse)]  # the x32 twins of the same calls
    rows += [(equal, 0, 1, clone3), (give, 0, 0, absent)]  # its flags cannot be seen; the C library goes back to clone
    for pair in FORBIDDEN.values():
        rows += [(equal, 0, 1, pair[column]), (give, 0, 0, refuse)]
    rows += [(equal, 0, 4, clone), (load, 0, 0, 16), (some, 0, 1, CLONE_NEW), (give, 0, 0, refuse), (give, 0, 0, allow)]
    rows += [(equal, 0, 2 + len(FAMILIES), socket_call), (load, 0, 0, 16)]
    rows += [(equal, len(FAMILIES) - i, 0, family) for i, family in enumerate(FAMILIES)]
    rows += [(give, 0, 0, refuse), (give, 0, 0, allow)]
    return b"".join(struct.pack("=HBBI", *row) for row in rows)


def supervise(control, kernel_pid):
    """Serve the host until it hangs up: report the kernel's death, kill what it names, bury the orphans."""
    import ctypes

    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: no ptrace by the student
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended, wake = socket.socketpair()
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    while True:
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] == kernel_pid:
                    send(control, {"died": os.waitstatus_to_exitcode(found[1])})
        except ChildProcessError:
            pass
        ready, _, _ = select.select([control, ended], [], [])
        if ended in ready:
            ended.recv(4096)
        if control in ready:
            order = receive(control)
            if order is None:
                return
            try:
                os.kill(order["kill"] or kernel_pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


# the kernel


class CellTimeout(BaseException):
    """A cell ran past its limit."""


class Outputs:
    """The outputs of the running cell, in nbformat's own form, never more than `cap` bytes of them."""

    def __init__(self, cap):
        self.cap = cap
        self.clear()

    def clear(self):
        self.items, self.size, self.full = [], 0, False

    def add(self, item, size):
        if self.full:
            return
        if self.size + size > self.cap:
            self.full = True
            item = {
                "output_type": "stream",
                "name": "stdout",
                "parts": [f"\n[output cut here: a cell may print {self.cap:,} bytes]\n"],
            }
        self.size += size
        self.items.append(item)

    def text(self, name, text):
        room = self.cap - self.size
        if len(text) > room > 0:
            self.text(name, text[:room])
        last = self.items[-1] if self.items else {}
        if not self.full and last.get("name") == name and self.size + len(text) <= self.cap:
            last["parts"].append(text)
            self.size += len(text)
        else:
            self.add({"output_type": "stream", "name": name, "parts": [text]}, len(text))

    def error(self, problem):
        """An exception in one line."""
        line = f"{type(problem).__name__}: {problem}"[:2000]
        name, value = type(problem).__name__, str(problem)[:2000]
        self.add({"output_type": "error", "ename": name, "evalue": value, "traceback": [line]}, 0)

    def finished(self):
        """The outputs as nbformat has them."""
        return [
            {"text": "".join(item.pop("parts")), **item} if "parts" in item else item for item in self.items
        ]

    def data(self, kind, data, metadata, **more):
        data = {mime: value for mime, value in data.items() if isinstance(value, str)}
        if data:
            self.add(
                {"output_type": kind, "data": data, "metadata": {}, **more}, sum(map(len, data.values()))
            )


def stream(outputs, name):
    """A text stream that writes into `outputs`."""
    import io

    class Stream(io.TextIOBase):
        encoding = "utf-8"

        def writable(self):
            return True

        def write(self, text):
            if not isinstance(text, str):
                raise TypeError(f"write() argument must be str, not {type(text).__name__}")
            outputs.text(name, text)
            return len(text)

        def close(self):
            """A student's close() must not end the output of later cells."""

        def fileno(self):
            return {"stdout": 1, "stderr": 2}[name]

    return Stream()


def file_descriptors(outputs):
    """Point fds 1 and 2 at memory; returns a function that moves what was written there into `outputs`."""
    import fcntl

    held = []
    for number, name in ((1, "stdout"), (2, "stderr")):
        fd = os.memfd_create(name)
        fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
        os.dup2(fd, number)
        held.append((fd, name))

    def drain():
        for fd, name in held:
            if os.fstat(fd).st_size:
                text = os.pread(fd, outputs.cap + 1, 0).decode("utf-8", "replace")
                os.ftruncate(fd, 0)
                outputs.text(name, text)

    return drain


def make_shell(outputs):
    """An IPython shell whose displays, results and errors end in `outputs`."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    shown = {}

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
            name = (transient or {}).get("display_id")
            if update and name in shown:
                shown[name]["data"] = {mime: value for mime, value in data.items() if isinstance(value, str)}
                return
            before = len(outputs.items)
            outputs.data("display_data", data, metadata)
            if name is not None and len(outputs.items) > before:
                shown[name] = outputs.items[-1]

        def clear_output(self, wait=False):
            outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            outputs.data("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

        def finish_displayhook(self):
            pass

        def quiet(self):
            return ";" in self.shell.history_manager.input_hist_parsed[-1] and super().quiet()

    class Shell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)

        def _showtraceback(self, etype, evalue, stb):
            if etype is CellTimeout:
                stb = [f"{etype.__name__}: {evalue}"]
            lines = [str(line) for line in stb]
            outputs.add(
                {
                    "output_type": "error",
                    "ename": str(getattr(etype, "__name__", etype)),
                    "evalue": str(evalue)[:2000],
                    "traceback": lines,
                },
                sum(map(len, lines)),
            )

        def system(self, cmd):
            outputs.text("stdout", "[shell commands are not run when a notebook is graded]\n")

        system_raw = system_piped = system

        def getoutput(self, cmd, split=True, depth=0):
            self.system(cmd)
            return ""

        def ask_exit(self):
            pass

        def enable_gui(self, gui=None):
            pass

        def should_run_async(self, raw_cell, *, transformed_cell=None, **more):
            text = transformed_cell or raw_cell
            return ("await" in text or "async" in text) and super().should_run_async(
                raw_cell, transformed_cell=transformed_cell, **more
            )

    def no_input(*_):
        raise EOFError("input() has nobody to ask when a notebook is graded")

    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(config=config)
    shell.colors = "nocolor"
    builtins.input = no_input
    leave_plain_python(shell.input_transformer_manager)
    return shell


def leave_plain_python(manager):
    """Let IPython look for its own syntax in a cell only where a mark of it stands: to look is a fifth of a cell's
    time."""
    marks, known, look = re.compile(r"[%!?]|^\s*[,;/]", re.M), [*manager.token_transformers], manager.do_token_transforms

    def transformed(lines):
        return look(lines) if manager.token_transformers != known or marks.search("".join(lines)) else lines

    manager.do_token_transforms = transformed


def load_answering(path):
    """`answering.py` as a module of its own, from the one path the host bound."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("_answering", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def serve(sock, held, answer):
    """Answer the host's questions about the functions in `held`, one frame each, until it hangs up."""
    while (asked := receive(sock)) is not None:
        for index, question in enumerate(asked["questions"], asked["first"]):
            told = answer(held.get(asked["slot"]), question)
            send(sock, {"index": index, "nonce": asked["nonce"], "answer": told})


STATEFUL = {"exec", "eval", "globals", "locals", "vars", "setattr", "getattr", "__import__", "__dict__"}


def keeps(function, space, changing):
    """Whether this function will answer at the end of the notebook as it does now, when only the names in `changing`
    may be bound anew: it uses numbers, modules and functions like itself, and keeps nothing between calls."""
    from opcode import opmap
    from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

    plain = (int, float, complex, str, type(None), ModuleType, BuiltinFunctionType)
    writes = {opmap[name] for name in ("STORE_GLOBAL", "DELETE_GLOBAL", "STORE_ATTR", "DELETE_ATTR")}
    waiting, seen = [function], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if type(one) is FunctionType:
            given = (*(one.__defaults__ or ()), *(one.__kwdefaults__ or {}).values())
            if one.__globals__ is not space or one.__closure__ or vars(one) or any(type(v) not in plain for v in given):
                return False
            waiting.append(one.__code__)
        elif type(one) is CodeType:
            names = set(one.co_names)
            if writes & set(one.co_code[::2]) or names & STATEFUL or names & changing:
                return False
            waiting += [part for part in one.co_consts if type(part) is CodeType]
            waiting += [space[name] for name in names if name in space]
        elif type(one) not in plain and type(one).__name__ != "ufunc":
            return False
    return True


def prepare(answering):
    """What a kernel needs and can be made before there is a notebook: its shell and the answering side."""
    import site

    site.sethelper()
    outputs = Outputs(0)
    return load_answering(answering).answer, outputs, make_shell(outputs)


def kernel(spec, prepared=None):
    """Execute what the host sends, a cell at a time."""
    limits = spec["limits"]
    host = socket.socket(fileno=spec["kernel"])
    answer_socks = [socket.socket(fileno=fd) for fd in spec["answers"]]
    answer, outputs, shell = prepared or prepare(spec["answering"])
    outputs.cap = limits["output"]
    os.makedirs(os.path.join(shell.profile_dir.location, "db"), exist_ok=True)  # a template's is not a fork's
    if "numpy" in sys.modules:  # a fork must not draw the numbers of its neighbours
        sys.modules["numpy"].random.seed()
    drain = file_descriptors(outputs)
    sys.stdout, sys.stderr = stream(outputs, "stdout"), stream(outputs, "stderr")
    held = {}
    running, stopped = False, None

    def alarm(signum, _):
        nonlocal stopped
        if running:
            what = "of processor time" if signum == signal.SIGPROF else "on the clock"
            seconds = limits["cell_cpu" if signum == signal.SIGPROF else "cell_wall"]
            stopped = CellTimeout(f"this cell was stopped after {seconds:g} s {what}")
            raise stopped

    def set_alarms(on):
        for timer, signum, seconds in (
            (signal.ITIMER_REAL, signal.SIGALRM, limits["cell_wall"]),
            (signal.ITIMER_PROF, signal.SIGPROF, limits["cell_cpu"]),
        ):
            signal.signal(signum, alarm)
            signal.setitimer(timer, seconds if on else 0, 1.0 if on else 0)

    def look(request):
        """Take hold of the function of a check cell: a snapshot's pid, 0 where the end will do, None without one."""
        try:
            function = held[request["slot"]] = eval(request["expression"], shell.user_ns)
            if request.get("changing") is not None and type(function).__name__ == "function":
                if threading.active_count() == 1 and keeps(function, shell.user_ns, set(request["changing"])):
                    return 0
        except BaseException:
            return None
        return snapshot(request["slot"])

    def snapshot(slot):
        """Fork a process that holds the functions as they are and answers on that slot's socket; its pid."""
        pid = os.fork()
        if pid == 0:
            leave_group(spec)
            host.close()
            for other in answer_socks[:slot] + answer_socks[slot + 1 :]:
                other.close()
            outputs.full = True
            try:
                serve(answer_socks[slot], held, answer)
            finally:
                os._exit(0)
        if spec["confine"]:
            try:  # here as well as there: the next cell may kill this group before the child has left it
                os.setpgid(pid, pid)
            except OSError:
                pass  # it is over already
        answer_socks[slot].close()
        return pid

    send(host, {"ready": True})
    while (request := receive(host)) is not None:
        if "live" in request:
            serve(host, held, answer)
            continue
        if "snapshot" in request:
            send(host, {"snapshot": snapshot(request["snapshot"])})
            continue
        outputs.clear()
        result, pid = None, None
        try:
            running, stopped = True, None
            set_alarms(True)
            result = shell.run_cell(request["source"], store_history=True)
        except BaseException as problem:
            outputs.error(problem)
        finally:
            running = False
            set_alarms(False)
        drain()
        if request.get("expression"):
            pid = look(request)
        timed_out = stopped is not None and (result is None or not result.success)
        if timed_out and not any(item["output_type"] == "error" for item in outputs.items):
            outputs.error(stopped)  # a second alarm had met IPython in the middle of telling of the first
        send(
            host,
            {
                "index": request["index"],
                "outputs": outputs.finished(),
                "snapshot": pid,
                "timeout": timed_out,
                "threads": threading.active_count() > 1,
                "execution_count": getattr(result, "execution_count", None),
            },
        )


def leave_group(spec):
    """A notebook that kills its process group kills nothing that holds its answers."""
    if spec["confine"]:
        os.setpgid(0, 0)


def run(spec, prepared=None):
    """Confine this process, start the kernel in another, and supervise it."""
    if spec["confine"]:
        confine(spec["limits"], spec["uid"])
    control = socket.socket(fileno=spec["control"])
    kernel_pid = os.fork()
    if kernel_pid == 0:
        leave_group(spec)
        control.close()
        try:
            kernel(spec, prepared)
        except BaseException:
            import traceback

            traceback.print_exc()
        os._exit(0)
    for fd in (spec["kernel"], *spec["answers"]):
        os.close(fd)
    supervise(control, kernel_pid)


def main():
    spec = json.loads(sys.argv.pop())
    be_expendable()
    sys.path += spec["path"]
    run(spec)


if __name__ == "__main__":
    main()
