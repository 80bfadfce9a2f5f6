"""A PostgreSQL server of one's own: made, started, stopped and restarted by its own process id.

It listens on a Unix socket in a short temporary folder alone, and runs as an unprivileged user where the
caller is root, as PostgreSQL demands.
"""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

INSTALL = "sudo apt-get install postgresql"


def program(name):
    """The path of one of PostgreSQL's programs; Debian keeps them off the PATH, one folder a version."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}")) or [shutil.which(name)]
    if found[-1] is None:
        raise FileNotFoundError(f"There is no PostgreSQL here ({name} is missing). Type: {INSTALL}")
    return found[-1]


class Server:
    def __init__(self, folder, *options):
        self.folder, self.options = folder, options
        self.who = self.process = None
        if os.geteuid() == 0:
            users = {entry.pw_name: entry for entry in pwd.getpwall()}
            self.who = users.get("postgres") or users["nobody"]
            os.chown(folder, self.who.pw_uid, self.who.pw_gid)

    def _as(self):
        plain = {"cwd": self.folder, "env": os.environ | {"LC_ALL": "C"}, "stdin": subprocess.DEVNULL}
        if self.who is None:
            return plain
        return plain | {"user": self.who.pw_uid, "group": self.who.pw_gid, "extra_groups": []}

    def _run(self, name, *words):
        done = subprocess.run([program(name), *words], capture_output=True, text=True, timeout=120, **self._as())
        assert done.returncode == 0, done.stderr

    def start(self):
        if not (self.folder / "data").is_dir():
            words = ("-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
            self._run("initdb", *words)
        fixed = ("-D", "data", "-k", str(self.folder), "-h", "", "-p", "5432")
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                [program("postgres"), *fixed, *self.options], stdout=log, stderr=log, **self._as()
            )
        deadline = time.monotonic() + 120
        ready = [program("pg_isready"), "-q", "-h", str(self.folder), "-U", "postgres", "-d", "postgres"]
        while subprocess.run(ready, timeout=60).returncode:
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self):
        """Drop every connection and end; what was committed is kept."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(120)

    def url(self, name):
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def database(self, name, like="template0"):
        """Make a database, empty or a copy of `like`, and give its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", "postgres", "-T", like, name)
        return self.url(name)


@contextlib.contextmanager
def server(*options):
    """A running server, stopped and removed at the end; options go to `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    made = Server(folder, *options)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
