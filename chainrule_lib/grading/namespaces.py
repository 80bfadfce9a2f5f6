"""Walls by plain system calls: the root that a warm template lives in, and those around each of its forks.

Run as a file, it makes the template: namespaces, then a root of the runtime alone, then the Python inside it.  Every
call that fails raises an OSError that names it.  Linux 5.12 or newer; as root, or as any user whom the kernel lets
make a user namespace.
"""

import ctypes
import json
import os
import struct
import sys

NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
)  # fmt: skip
RDONLY, NOSUID, NODEV, NOEXEC, BIND, REC, SLAVE = 1, 2, 4, 8, 4096, 16384, 1 << 19
REMOUNT, DETACH = 32, 2
MOUNT_SETATTR, AT_RECURSIVE = 442, 0x8000
HOME = "/home/student"
DEVICES = ("null", "zero", "full", "random", "urandom")
SCRATCH = ("/tmp", "/dev/shm", HOME)
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    """One system call by its name in the C library; the numbers among `args` are passed as longs."""
    words = [ctypes.c_long(arg) if isinstance(arg, int) else os.fsencode(arg) if isinstance(arg, str) else arg for arg in args]
    result = getattr(_libc, name)(*words)
    if result == -1:
        number = ctypes.get_errno()
        told = ", ".join(repr(arg) for arg in args if isinstance(arg, (str, int)))
        raise OSError(number, f"{name}({told}): {os.strerror(number)}")
    return result


def seal(path, but=0):
    """Make what is mounted at `path` read-only, without devices or set-user-id, below it too."""
    attributes = struct.pack("=QQQQ", (RDONLY | NOSUID | NODEV) & ~but, 0, 0, 0)
    call("syscall", MOUNT_SETATTR, -100, path, AT_RECURSIVE, attributes, len(attributes))


def own_number(number, proc=None):
    """In a new user namespace: this process' user and group become `number`, and no other exists.

    proc: an open folder that is a /proc with this process in it, or None for the one in sight.
    """
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", NEWUSER)
    rows = (("setgroups", "deny"), ("uid_map", f"{number} {uid} 1"), ("gid_map", f"{number} {gid} 1"))
    for name, text in rows:
        fd = os.open(f"/proc/self/{name}" if proc is None else f"self/{name}", os.O_WRONLY, dir_fd=proc)
        os.write(fd, text.encode())
        os.close(fd)


def _point(path, folder):
    """A place to mount on."""
    os.makedirs(path if folder else os.path.dirname(path), mode=0o755, exist_ok=True)
    if not folder and not os.path.exists(path):
        os.close(os.open(path, os.O_CREAT, 0o644))


def _scratch(size):
    """Empty folders that anybody may write in."""
    for folder in SCRATCH:
        call("mount", "tmpfs", folder, "tmpfs", NOSUID | NODEV, f"mode=777,size={size},nr_inodes=20000")


def build_root(rows):
    """Make rows (kind, source, target) of runtime.mounts() all that there is, read-only; new processes see it
    too."""
    os.umask(0o022)
    call("mount", "none", "/", None, REC | SLAVE, None)
    call("mount", "tmpfs", "/tmp", "tmpfs", NOSUID | NODEV, "mode=755,size=4m")
    os.chdir("/tmp")
    os.mkdir("old")
    call("syscall", {"x86_64": 155}.get(os.uname().machine, 41), ".", "old")  # pivot_root
    os.chdir("/")
    for kind, source, target in rows:
        if kind == "link":
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.symlink(source, target)
        elif kind == "empty":
            _point(target, True)
            call("mount", "tmpfs", target, "tmpfs", RDONLY | NOSUID | NODEV, "mode=755,size=4k")
        else:
            _point(target, os.path.isdir(f"/old{source}"))
            call("mount", f"/old{source}", target, None, BIND | REC, None)
            seal(target)
    for name in DEVICES:
        _point(f"/dev/{name}", False)
        call("mount", f"/old/dev/{name}", f"/dev/{name}", None, BIND, None)
        seal(f"/dev/{name}", but=NODEV)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{target}", f"/dev/{name}")
    for folder in (*SCRATCH, "/proc"):
        _point(folder, True)
    _scratch("1m")
    try:
        call("mount", "proc", "/proc", "proc", NOSUID | NODEV | NOEXEC, None)
    except PermissionError:  # within a container that hides parts of it: only the template looks at that one
        call("mount", "/old/proc", "/proc", None, BIND | REC, None)
    call("umount2", "/old", DETACH)
    os.rmdir("/old")
    call("mount", "none", "/", None, BIND | REMOUNT | RDONLY | NOSUID | NODEV, None)


def enclose(scratch):
    """Around a fork that is process 1 of a new pid namespace: everything else that it could share with anybody."""
    os.setsid()
    call("unshare", NEWNS | NEWNET | NEWIPC | NEWUTS | NEWCGROUP)
    call("sethostname", "sandbox", len("sandbox"))
    try:
        call("mount", "proc", "/proc", "proc", NOSUID | NODEV | NOEXEC, None)
    except PermissionError:
        call("mount", "tmpfs", "/proc", "tmpfs", RDONLY | NOSUID | NODEV | NOEXEC, "mode=555,size=4k")
    _scratch(scratch)
    os.chdir(HOME)


def become_nobody(uid, proc):
    """Give up root for `uid` where there is one to give up, and be 65534 in a user namespace of one's own."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        call("prctl", 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE, or the maps would still belong to root
    own_number(NOBODY, proc)


def main():
    rows, environment, command = json.loads(sys.argv[1])
    single = False
    try:
        call("unshare", NEWNS | NEWPID)
    except PermissionError:
        single = True  # an ordinary user, who is one number in a user namespace
        own_number(0)
        call("unshare", NEWNS | NEWPID)
    child = os.fork()
    if child:
        os.closerange(3, 1 << 16)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0)
    build_root(rows)
    os.execve(command[0], [*command, "single" if single else "many"], environment)


if __name__ == "__main__":
    main()
