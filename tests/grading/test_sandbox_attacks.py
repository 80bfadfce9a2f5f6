"""Attacks from inside a notebook, on both executors: none gains a point, reads a secret or harms anybody."""

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from multiprocessing import shared_memory

import pytest

from chainrule_lib.grading.sandbox import run
from small_course import FULL, RIGHT, submitted
from walled import KEY, PATIENT, WALLED, beside_an_honest_one, grade, nothing_new, printed, running, scores

WRONG = "\ndef dz_dt(t):\n    return 0.5\n"
HASTY = replace(PATIENT, cell_wall=6.0, cell_cpu=3.0)

# to gain a point: the text follows a wrong function, in the same cell

FORGERIES = {
    "printed pass": 'print("passed"); 8.0',
    "check redefined": "check = lambda *a: 8.0",
    "library patched": "import chainrule_lib, sys\nchainrule_lib.check = lambda *a: 8.0\n"
    "sys.modules['chainrule_lib'].check = lambda *a: 8.0",
    "runner patched": "import sys\nfor m in list(sys.modules.values()):\n    if hasattr(m, 'send') and hasattr(m, 'receive'):\n"
    "        old = m.send\n        m.send = lambda s, x: old(s, {**x, 'passed': True, 'score': 8.0})",
    "answering patched": "import gc, types\nfor o in gc.get_objects():\n"
    "    if isinstance(o, types.ModuleType) and o.__name__ == '_answering':\n"
    "        o.answer = o.encode = lambda *a: {'answer': 8.0}\n",
    "an answer with an odd equality": "class Yes(float):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0.0\n"
    "    __rsub__ = __sub__\n    def __abs__(s): return 0.0\ndef dz_dt(t): return Yes(0.5)",
    "an array with an odd equality": "class Yes(np.ndarray):\n    def __eq__(s, o): return True\n    def tolist(s): return [True]\n"
    "def dz_dt(t): return np.zeros(()).view(Yes)",
    "an object that lies about its class": "class Yes:\n    __class__ = float\n    def __float__(s): return 1.0\n"
    "    def __eq__(s, o): return True\ndef dz_dt(t): return Yes()",
    "the engine asked": "import chainrule_lib as cr\ndef dz_dt(t):\n    return cr.grad(lambda t: t*t)(t)",
    "other engines asked": "def dz_dt(t):\n    for name in ('torch', 'jax', 'autograd', 'sympy', 'chainrule_lib.engine.modes'):\n"
    "        try:\n            return float(__import__(name, fromlist=['x']).grad(t))\n        except ImportError: pass\n    return 0.5",
    "frames of the answering side walked": "import sys, json, struct\ndef dz_dt(t):\n    f = sys._getframe()\n    while f:\n"
    "        a = f.f_locals.get('asked')\n        if a:\n            m = json.dumps({**a, 'answer': {'answer': 1.0, 'score': 8, 'passed': True}}).encode()\n"
    "            f.f_locals['sock'].sendall(struct.pack('>I', len(m)) + m)\n        f = f.f_back\n    return 0.1",
    "the truth looked for in memory": "import gc\ndef dz_dt(t):\n    for o in gc.get_objects():\n        if isinstance(o, dict):\n"
    "            for key in ('expected', 'truth', 'right'):\n                if key in o:\n"
    "                    try: return float(o[key])\n                    except Exception: pass\n    return 0.5",
    "standard modules patched": "import json, os, socket\njson.dumps = lambda *a, **k: '{\"answer\": 8.0}'\njson.loads = lambda *a, **k: {}\n"
    "os._exit = lambda c: None\nsocket.socket.recv = None",
    "NumPy patched": "import numpy, math\nfor m in (numpy, math):\n    for name in ('sin', 'cos', 'exp', 'allclose', 'abs', 'isclose'):\n"
    "        if hasattr(m, name): setattr(m, name, lambda *a, **k: True)\nnumpy.testing.assert_allclose = lambda *a, **k: None",
    "builtins patched": "import builtins\nbuiltins.abs = lambda x: 0.0\nbuiltins.max = lambda *a, **k: 8.0\nbuiltins.all = lambda x: True\n"
    "builtins.AssertionError = type('Never', (Exception,), {})",
    "sys.modules replaced": "import sys, types\nfor name in ('numpy', 'json', 'math', '_answering', 'runner', '__main__'):\n"
    "    sys.modules[name] = types.ModuleType(name)",
    "a display hook that adds a score": "def add(*a):\n    from IPython.display import publish_display_data as p\n"
    "    get_ipython().display_pub.publish({'text/plain': '8.0'})\n    get_ipython().displayhook(8.0)\n"
    "get_ipython().events.register('post_run_cell', add)",
    "the list of outputs filled": "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Outputs':\n"
    "        o.finished = lambda: [{'output_type': 'execute_result', 'data': {'text/plain': '8.0'}, 'metadata': {}, 'execution_count': 1}]",
    "run_cell replaced": "s = get_ipython()\nold = s.run_cell\n"
    "s.run_cell = lambda text, **k: old('8.0' if 'check' in text else text, **k)",
    "input transformed": "get_ipython().input_transformers_cleanup.append(lambda lines: ['8.0\\n'] if 'check(' in ''.join(lines) else lines)",
    "frames written to every descriptor": "import os, struct, json\nm = json.dumps({'index': 3, 'outputs': [], 'answer': {'answer': 1.0}, 'nonce': ''}).encode()\n"
    "for fd in range(3, 40):\n    try: os.write(fd, struct.pack('>I', len(m)) + m)\n    except OSError: pass",
    "a huge frame announced": "import os, struct\nfor fd in range(3, 40):\n    try: os.write(fd, struct.pack('>I', 2**32 - 1))\n    except OSError: pass",
    "a frame of brackets": "import os, struct\nfor fd in range(3, 40):\n    try: os.write(fd, struct.pack('>I', 10**5) + b'[' * 10**5)\n    except OSError: pass",
    "descriptors that come in a message": "import socket, array\nfor fd in range(3, 40):\n    try: socket.socket(fileno=fd).sendmsg([b'p'], "
    "[(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0, 1, 2]))])\n    except OSError: pass",
    "answers that a thread reads first": "import threading, os\ndef spy():\n    for fd in range(3, 40):\n        try: os.read(fd, 1 << 16)\n        except OSError: pass\n"
    "threading.Thread(target=spy, daemon=True).start()",
    "a trace over the answering side": "import sys, threading\ndef t(frame, event, arg):\n    if 'result' in frame.f_locals: frame.f_locals['result'] = 8.0\n    return t\n"
    "sys.settrace(t); threading.settrace(t)",
    "the answers of the neighbour": "def dz_dt(t):\n    return polar(lambda *a: 1.0, lambda *a: 1.0, lambda *a: 1.0, t, t)[0]",
    "a snapshot that is somebody else": "import os\nos.fork = lambda: 1",
    "a finalizer that answers": "class D:\n    def __del__(s): raise SystemExit(8)\ndef dz_dt(t):\n    D()\n    return None",
}


@pytest.mark.parametrize("executor", WALLED)
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_earns_nothing(source, name, executor):
    result = beside_an_honest_one(
        source, submitted(dz_dt=WRONG + FORGERIES[name]), executor, limits=replace(HASTY, question_wall=6.0)
    )
    assert scores(result)["a2.dz_dt"] == 0.0
    cells = result["notebook"]["cells"]
    marks = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    assert cells[marks.index("dz_dt_check")]["outputs"][-1]["data"]["text/plain"] == "0.0"
    assert scores(result)["a2.polar"] <= FULL["a2.polar"]


# to read a secret: each is a cell that prints what it finds; {names} are where this test has put it

LOOKS = {
    "a file by its path": "print(open({file!r}).read())",
    "a file through /proc": "for p in ('self', '1', '2', 'thread-self'):\n    print(open('/proc/' + p + '/root' + {file!r}).read())",
    "a file through a link": "import os\nos.symlink({file!r}, 'link'); print(open('link').read())",
    "a file by walking": "import os\nfor top, _, names in os.walk({folder!r}):\n    for n in names: print(open(top + '/' + n).read())",
    "the folders of people": "import glob\nhomes = [p for top in ('/work', '/root', '/home', '/mnt', '/srv') for p in glob.glob(top + '/*', include_hidden=True)]\n"
    "if [p for p in homes if 'student' not in p]: print(FOUND)",
    "the environment of every process": "import glob\nfor p in glob.glob('/proc/*/environ'):\n    try: print(open(p).read())\n    except OSError: pass",
    "the command line of every process": "import glob\nfor p in glob.glob('/proc/*/cmdline'):\n    try: print(open(p).read())\n    except OSError: pass",
    "the open files of every process": "import glob, os, re\nfor p in glob.glob('/proc/*/fd/*'):\n    try:\n        if os.path.isfile(p): print(*re.findall('secret-[0-9a-f]+', open(p, errors='replace').read(10**6)))\n    except OSError: pass",
    "descriptors that were inherited": "import os\nfor fd in range(3, 256):\n    try: print(os.pread(fd, 10**5, 0))\n    except OSError: pass",
    "a server on the loopback": "import socket\ns = socket.create_connection(('127.0.0.1', {port}), 2); print(s.recv(99))",
    "a server on an abstract socket": "import socket\ns = socket.socket(socket.AF_UNIX); s.connect({abstract!r}); print(s.recv(99))",
    "a server on a socket in a folder": "import socket\ns = socket.socket(socket.AF_UNIX); s.connect({folder!r} + '/socket'); print(s.recv(99))",
    "shared memory": "print(open('/dev/shm/' + {shared!r}).read())",
    "its own memory": "for line in open('/proc/self/maps'):\n    span, kind = line.split()[:2]\n    low, high = (int(x, 16) for x in span.split('-'))\n"
    "    if 'rw' in kind and high - low < 2**28:\n        try:\n            m = open('/proc/self/mem', 'rb'); m.seek(low); b = m.read(high - low)\n        except (OSError, ValueError): continue\n"
    "        for word in ({backward!r}, {key!r}):\n            if word.encode() in b[::-1]: print(FOUND)",
    "every object in memory": "import gc\nfor o in gc.get_objects():\n    if isinstance(o, dict) and 'gradebook' in str(list(o)[:50]).lower(): print(FOUND)",
    "the memory of its parent": "import os\np = '/proc/%d/' % os.getppid()\nlow = int(open(p + 'maps').read().split('-')[0], 16)\n"
    "m = open(p + 'mem', 'rb'); m.seek(low)\nif m.read(4): print(FOUND)",
    "the engine and the judge": "import os, importlib\nfor name in ('chainrule_lib.engine', 'chainrule_lib.judge.decide', 'chainrule_lib.grading.keys'):\n"
    "    m = importlib.import_module(name)\n    if getattr(m, '__file__', None): print(FOUND)\n"
    "for top, _, names in os.walk('/rt'):\n    if 'decide.py' in names or 'mutations.py' in names: print(FOUND)",
}  # fmt: skip

POWERS = {  # each says GOT where it worked
    "root again": "import os\nos.setuid(0); print('GOT')",
    "a set-user-id file": "import os, shutil, subprocess, sys\nshutil.copy(sys.executable or '/proc/self/exe', 'py'); os.chmod('py', 0o4755)\n"
    "print('GOT' if subprocess.run(['./py', '-IS', '-c', 'import os; print(os.geteuid())'], capture_output=True).stdout == b'0\\n' else '')",
    "sudo and su": "import subprocess\nfor c in (['sudo', '-n', 'id'], ['su', '-c', 'id'], ['pkexec', 'id']):\n    subprocess.run(c); print('GOT')",
    "capabilities": "print('GOT' if any(int(l.split()[1], 16) for l in open('/proc/self/status') if l.startswith(('CapEff', 'CapPrm', 'CapBnd', 'CapAmb'))) else '')",
    "a new user namespace": "print('GOT' if libc.unshare(0x10000000) == 0 else '')",
    "every other namespace": "for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000):\n    print('GOT' if libc.unshare(flag) == 0 else '')",
    "a clone in a user namespace": "pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)\nif pid == 0: libc._exit(0)\nprint('GOT' if pid > 0 else '')",
    "a clone3": "import ctypes\nb = ctypes.create_string_buffer(struct.pack('=QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64)\n"
    "pid = libc.syscall(435, b, 64)\nif pid == 0: libc._exit(0)\nprint('GOT' if pid > 0 else '')",
    "its parent's namespace": "import os\nprint('GOT' if libc.setns(os.open('/proc/1/ns/user', 0), 0) == 0 else '')",
    "a mount": "print('GOT' if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0 else '')",
    "a mount taken away": "print('GOT' if libc.umount2(b'/proc', 2) == 0 or libc.umount2(b'/tmp', 2) == 0 else '')",
    "a mount made writable": "print('GOT' if libc.mount(None, b'/rt/runner.py', None, 4096 | 32, None) == 0 else '')",
    "another root": "import os\nos.chroot('.'); print('GOT')",
    "a device": "import os, stat\nos.mknod('disk', stat.S_IFBLK | 0o666, os.makedev(8, 0)); print('GOT')",
    "ptrace of process 1": "print('GOT' if libc.ptrace(16, 1, 0, 0) == 0 else '')",
    "ptrace of its own child": "import os\nif (p := os.fork()) == 0:\n    import time; time.sleep(30); os._exit(0)\nprint('GOT' if libc.ptrace(16, p, 0, 0) == 0 else ''); os.kill(p, 9)",
    "the memory of process 1": "import ctypes\nb = ctypes.create_string_buffer(64)\nv = struct.pack('=QQ', ctypes.addressof(b), 64)\n"
    "print('GOT' if libc.process_vm_readv(1, v, 1, struct.pack('=QQ', 0x400000, 64), 1, 0) > 0 else '')",
    "the descriptors of process 1": "import os\np = os.pidfd_open(1)\nprint('GOT' if any(libc.syscall(438, p, fd, 0) >= 0 for fd in range(64)) else '')",
    "a key in the keyring": "print('GOT' if libc.syscall(248, b'user', b'left', b'secret', 6, -4) > 0 else '')",
    "the keys of others": "print('GOT' if libc.syscall(250, 0, -4, 0) > 0 or libc.syscall(249, b'user', b'chainrule', None, -4) > 0 else '')",
    "a program in the kernel": "print('GOT' if libc.syscall(321, 0, bytes(128), 128) >= 0 else '')",
    "the performance counters": "print('GOT' if libc.syscall(298, struct.pack('=II', 1, 112) + bytes(104), 0, -1, -1, 0) >= 0 else '')",
    "an io_uring": "print('GOT' if libc.syscall(425, 8, bytes(120)) >= 0 else '')",
    "userfaultfd": "print('GOT' if libc.syscall(323, 0) >= 0 else '')",
    "a file by its handle": "print('GOT' if libc.syscall(304, -100, struct.pack('=II', 8, 1) + bytes(8), 0) >= 0 else '')",
    "the machine's log": "print('GOT' if libc.klogctl(3, bytes(4096), 4096) > 0 else '')",
    "a socket to the hypervisor": "import socket\nsocket.socket(40, socket.SOCK_STREAM); print('GOT')",
    "a raw socket": "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_RAW, 1); print('GOT')",
    "a packet socket": "import socket\nsocket.socket(17, socket.SOCK_RAW); print('GOT')",
    "a network interface": "import socket\nprint('GOT' if [n for _, n in socket.if_nameindex() if n != 'lo'] else '')",
    "an address outside": "import socket\nfor a in (('1.1.1.1', 53), ('169.254.169.254', 80)):\n    try: socket.create_connection(a, 2); print('GOT')\n    except OSError: pass",
    "the runtime rewritten": "import os\nfor p in ('/rt/runner.py', '/rt/x', '/py/site/numpy/__init__.py', '/py/x', '/etc/x', '/usr/x', '/dev/x', '/x'):\n"
    "    try: os.chmod(os.path.dirname(p), 0o777)\n    except OSError: pass\n    try: open(p, 'w'); print('GOT')\n    except OSError: pass",
    "the kernel's settings": "import os\nfor p in ('/proc/sys/kernel/core_pattern', '/proc/sys/user/max_user_namespaces', '/proc/sysrq-trigger', '/proc/sys/kernel/hostname'):\n"
    "    try: os.write(os.open(p, os.O_WRONLY), b'1'); print('GOT')\n    except OSError: pass",
    "its limits raised": "import resource\nfor k in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CPU):\n"
    "    try: resource.setrlimit(k, (-1, -1)); print('GOT')\n    except (ValueError, OSError): pass",
    "its control group left": "import glob, os\nfor p in glob.glob('/sys/fs/cgroup/**/cgroup.procs', recursive=True): os.write(os.open(p, os.O_WRONLY), b'0'); print('GOT')",
    "the last place for the memory killer": "import os\nos.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000'); print('GOT')",
}  # fmt: skip
POWER_SETUP = "import ctypes, struct\nlibc = ctypes.CDLL(None, use_errno=True)"


@pytest.fixture
def secret(tmp_path, monkeypatch):
    """A secret in every place of this machine where one can lie, and where it is."""
    token = f"secret-{secrets.token_hex(8)}"
    (tmp_path / "file").write_text(token)
    (tmp_path / "file").chmod(0o644)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    monkeypatch.setenv("CHAINRULE_SECRET", token)
    held = os.open(tmp_path / "file", os.O_RDONLY)
    os.set_inheritable(held, True)
    shared = shared_memory.SharedMemory(create=True, size=64)
    shared.buf[: len(token)] = token.encode()
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", token])
    servers = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
    abstract = f"\0{secrets.token_hex(8)}"
    servers[1].bind(abstract)
    servers[2].bind(str(tmp_path / "socket"))
    os.chmod(tmp_path / "socket", 0o777)

    def serve(server):
        while True:
            try:
                server.accept()[0].sendall(token.encode())
            except OSError:
                return

    for server in servers:
        server.listen(64)
        threading.Thread(target=serve, args=(server,), daemon=True).start()
    yield {
        "secret": token,
        "backward": token[::-1],  # to look for it without holding it
        "file": str(tmp_path / "file"),
        "folder": str(tmp_path),
        "port": servers[0].getsockname()[1],
        "abstract": abstract,
        "shared": shared.name.lstrip("/"),
        "key": KEY.decode()[::-1],
    }
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
    sleeper.kill()
    sleeper.wait()
    shared.close()
    shared.unlink()
    os.close(held)


def shown_by(cells, executor):
    """The text that each of the cells prints."""
    frames = list(run({"cells": [{"source": cell} for cell in cells]}, PATIENT, executor))
    assert [frame.get("cell") for frame in frames] == list(range(len(cells)))
    return ["".join(output.get("text", "") for output in frame["outputs"]) for frame in frames]


def found(names, secret, executor):
    """The looks among `names` that show the secret."""
    shown = shown_by(["FOUND = 'fou' + 'nd it'", *(LOOKS[name].format(**secret) for name in names)], executor)
    return {name for name, text in zip(names, shown[1:]) if secret["secret"] in text or "found it" in text}


@pytest.mark.parametrize("executor", WALLED)
def test_no_look_finds_a_secret(secret, executor):
    assert found(LOOKS, secret, executor) == set()


def test_without_walls_the_same_looks_find_it(secret):
    """A look that could find nothing would prove nothing."""
    blind = {"descriptors that were inherited", "its own memory", "every object in memory", "the engine and the judge"}
    assert found(LOOKS, secret, "none") >= set(LOOKS) - blind


@pytest.mark.parametrize("executor", WALLED)
def test_no_power_is_gained(executor):
    cells = [POWER_SETUP, *POWERS.values()]
    shown = dict(zip(POWERS, shown_by(cells, executor)[1:]))
    assert not [name for name, text in shown.items() if "GOT" in text]


def test_without_walls_the_same_powers_are_there():
    if os.getuid() != 0:  # an ordinary user has few powers to lose
        return
    harmless = ["ptrace of its own child", "a clone3", "userfaultfd", "a raw socket", "its limits raised"]
    harmless.append("a new user namespace")  # the last: whoever is in it is nobody
    shown = shown_by([POWER_SETUP, *(POWERS[name] for name in harmless)], "none")[1:]
    assert all("GOT" in text for text in shown), dict(zip(harmless, shown))


# to harm: the cell comes after right functions, which keep their points, and another's notebook is graded meanwhile

HARM = {
    "an exit": "import os; os._exit(0)",
    "a kill of itself": "import os; os.kill(os.getpid(), 9)",
    "a segmentation fault": "import ctypes; ctypes.string_at(0)",
    "a polite exit": "raise SystemExit(0)",
    "an exit at the end of all": "import atexit, os; atexit.register(os._exit, 3); exit()",
    "a kill of everybody": "import os\nfor s in (15, 9): os.kill(-1, s)",
    "a kill of its group": "import os\nos.killpg(0, 9)",
    "a kill of process 1": "import os\nfor s in (2, 15, 19, 9): os.kill(1, s)",
    "limits set for process 1": "import resource, time\nfor k in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS):\n"
    "    try: resource.prlimit(1, k, (1, 1))\n    except OSError as e: print(e)",
    "a fork bomb": "import os, time\nfor _ in range(5000):\n    try:\n        if os.fork() == 0: time.sleep(600); os._exit(0)\n    except OSError: print('stopped'); break",
    "a bomb that doubles": "import os, time\nend = time.time() + 1\nwhile time.time() < end:\n    try: os.fork()\n    except OSError: pass",
    "a bomb of threads": "import threading, time\ntry:\n    for _ in range(5000): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\nexcept RuntimeError: print('stopped')",
    "daemons": "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            for fd in range(256):\n                try: os.close(fd)\n                except OSError: pass\n            while True: time.sleep(600)\n        os._exit(0)",
    "a child that ignores signals": "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import signal, time\\nfor s in range(1, 65):\\n try: signal.signal(s, signal.SIG_IGN)\\n except (OSError, ValueError): pass\\ntime.sleep(600)'])",
    "one great allocation": "x = bytearray(8 * 2**30)",
    "a recursion without end": "def f(x): return max([x], key=f)\nimport sys; sys.setrecursionlimit(10**8); f(1)",
    "output without end": "for i in range(10**5): print('x' * 1000)",
    "output without end by descriptor": "import os\nfor i in range(10**5): os.write(1, b'y' * 1000)",
    "a display without end": "from IPython.display import display, HTML\nfor i in range(300): display(HTML('z' * 10**5))",
    "an exception with a huge message": "raise ValueError('w' * 10**8)",
    "a disk filled": "try:\n    for k in range(64):\n        open(f'f{k}', 'wb').write(bytes(8 * 2**20))\nexcept OSError: print('stopped')",
    "a file without end": "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nf = open('big', 'wb')\ntry:\n    while True: f.write(bytes(2**20))\nexcept OSError: print('stopped')",
    "folders without end": "import os\ntry:\n    for k in range(30000): os.mkdir(f'd{k}')\nexcept OSError: print('stopped')",
    "descriptors without end": "import os\ntry:\n    while True: os.open('/dev/null', 0)\nexcept OSError: print('stopped')",
    "its own folder taken away": "import os, shutil\nshutil.rmtree('/home/student', ignore_errors=True); shutil.rmtree('/tmp', ignore_errors=True)",
    "a module that shadows": "import sys\nfor n in ('numpy', 'json', 'math', 'struct', 'chainrule_lib', 'sitecustomize', 'random'):\n    open(n + '.py', 'w').write('raise RuntimeError(1)')\nsys.path.insert(0, '.')",
    "start-up files": "import os\nfor d in ('.ipython/profile_default/startup', '.local/lib/python3/site-packages'):\n    os.makedirs(d, exist_ok=True)\n"
    "    for n in ('00.py', 'x.pth', 'usercustomize.py', 'sitecustomize.py'): open(d + '/' + n, 'w').write('import os; os._exit(1)')",
    "a nice that is not": "import os\ntry: os.setpriority(os.PRIO_PROCESS, 0, -20); print('HASTE')\nexcept OSError: pass\ntry: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)); print('HASTE')\nexcept OSError: pass",
}  # fmt: skip
HANGS = {
    "a loop": "while True: pass",
    "a sleep": "import time; time.sleep(600)",
    "a loop that swallows the interrupt": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "a loop that ignores the alarms": "import signal, time\nfor s in (signal.SIGALRM, signal.SIGPROF): signal.signal(s, signal.SIG_IGN)\ntime.sleep(600)",
    "a process that stops itself": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "a wait for a lock": "import threading; l = threading.Lock(); l.acquire(); l.acquire()",
    "a wait for input": "import os, sys; os.read(0, 1); sys.stdin.read(); import time; time.sleep(600)",
}


@pytest.mark.parametrize("executor", WALLED)
@pytest.mark.parametrize("name", [*HARM, *HANGS])
def test_harm_is_to_nobody_else_and_leaves_nothing(source, name, executor):
    code, limits = (HARM | HANGS)[name], HASTY if name in HANGS else PATIENT
    before = running()
    result = beside_an_honest_one(source, submitted(extra=[code, "print('the end')"]), executor, limits=limits)
    ends_all = name in ("a kill of process 1", "a kill of everybody", "limits set for process 1")
    assert scores(result) == FULL or ends_all, printed(result)
    assert len(json.dumps(result["notebook"])) < 2_500_000
    assert "HASTE" not in printed(result).replace("print('HASTE')", "")
    nothing_new(before)


@pytest.mark.parametrize("executor", WALLED)
def test_memory_of_many_processes_is_counted_together(source, executor):
    eat = (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = bytearray(2**27)\n        for i in range(0, len(x), 4096): x[i] = 1\n"
        "        time.sleep(1)\n        os._exit(0)\nfor _ in range(8): os.wait()\nprint('all ended')"
    )
    before = running()
    small = replace(PATIENT, memory=300 * 2**20, cell_wall=15.0)
    result = beside_an_honest_one(source, submitted(extra=[eat]), executor, limits=small)
    assert set(scores(result).values()) <= {0.0, *FULL.values()}
    nothing_new(before)


# to stay: what one notebook leaves, and what the next one finds

LEAVE = """
import builtins, ctypes, math, os, random, resource, socket, sys, threading, time
libc = ctypes.CDLL(None)
for top in ('/tmp', '/home/student', '/dev/shm', '/var/tmp', '/run', '/dev/mqueue'):
    try: open(top + '/left', 'w').write('left')
    except OSError: pass
segment = libc.shmget(4711, 4096, 0o1666)
libc.sem_open(b'/left', 64, 0o666, 1)
libc.syscall(248, b'user', b'left', b'left', 4, -4)
if os.fork() == 0:
    s = socket.socket(socket.AF_UNIX); s.bind('\\0left'); s.listen()
    time.sleep(600)
builtins.left = math.left = sys.left = 'left'
os.environ['LEFT'] = 'left'
os.umask(0)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
random.seed(1); np.random.seed(1)
sys.modules['left'] = math
get_ipython().user_ns['left'] = 1
get_ipython().ast_transformers.append(None)
np.sin = None
print('done')
"""
LOOK = """
import builtins, ctypes, math, os, random, resource, socket, sys, time
import numpy as np
libc = ctypes.CDLL(None)
for top in ('/tmp', '/home/student', '/dev/shm', '/var/tmp', '/run', '/dev/mqueue'):
    if os.path.exists(top + '/left'): print('found', top)
if libc.shmget(4711, 4096, 0o666) >= 0: print('found a segment')
if libc.sem_open(b'/left', 0): print('found a semaphore')
s = socket.socket(socket.AF_UNIX)
try: s.connect('\\0left'); print('found a server')
except OSError: pass
for thing in (builtins, math, sys):
    if hasattr(thing, 'left'): print('found a name')
if 'LEFT' in os.environ or 'left' in sys.modules or 'left' in globals(): print('found a variable')
if os.umask(0o22) != 0o22: print('found a umask')
if resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 64: print('found a limit')
if np.sin is None: print('found a patch')
print(sorted(int(p) for p in os.listdir('/proc') if p.isdigit())[:9], len([p for p in os.listdir('/proc') if p.isdigit()]) < 5)
print('drawn', random.random(), np.random.rand())
"""


@pytest.mark.parametrize("executor", WALLED)
def test_nothing_is_left_for_the_next_notebook(executor):
    left = list(run({"cells": [{"source": "import numpy as np"}, {"source": LEAVE}]}, PATIENT, executor))
    assert "done" in json.dumps(left)
    looks = [shown_by([LOOK], executor)[0] for _ in range(2)]
    for text in looks:
        assert "drawn" in text and "found" not in text and "True" in text
    drawn = [line.split()[1:] for text in looks for line in text.splitlines() if line.startswith("drawn")]
    assert len({number for pair in drawn for number in pair}) == 4, "two notebooks drew the same random numbers"


@pytest.mark.parametrize("executor", WALLED)
def test_questions_never_reach_a_page(source, executor):
    spy = RIGHT["dz_dt"] + (
        "\nimport os\n_old = dz_dt\ndef dz_dt(t):\n    os.write(1, f'ASKED {t}'.encode()); print('ASKED', t)\n    return _old(t)\n"
    )
    listen = "import os, time\nif os.fork() == 0:\n    time.sleep(3)\n    os.write(1, b'ASKED')\n    os._exit(0)"
    result = grade(source, submitted(dz_dt=spy, extra=[listen]), executor)
    assert scores(result) == FULL
    shown = printed(result)
    for written in ("f'ASKED", "'ASKED'", "b'ASKED'"):
        shown = shown.replace(written, "")
    assert "ASKED" not in shown


@pytest.mark.parametrize("executor", WALLED)
def test_a_function_that_does_not_end_is_a_fault_of_its_task_alone(source, executor):
    content = submitted(polar="def polar(f, fx, fy, r, th):\n    while True: pass")
    result = beside_an_honest_one(source, content, executor, limits=replace(PATIENT, question_wall=3.0))
    assert scores(result) == {"a2.dz_dt": 8.0, "a2.polar": 0.0}
    status = {task["task_id"]: task["status"] for task in result["tasks"] if task["task_id"]}
    assert status == {"a2.dz_dt": "graded", "a2.polar": "student_fault"}


def test_there_are_more_than_a_hundred_attacks():
    assert len(FORGERIES) + len(LOOKS) + len(POWERS) + len(HARM) + len(HANGS) > 100
