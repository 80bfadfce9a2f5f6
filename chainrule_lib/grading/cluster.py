"""Workers on other machines, by dask.distributed: the same pure function, no shared folder, no gradebook.

The driver reads submissions, keeps the results and records; a worker is handed bytes and hands bytes back.
Both must run the same code (`identity`), or the run is refused.  A worker may die at any moment: dask gives its
batch to another, and what kills one worker after another comes back as LOST.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import ipaddress
import os
import pickle
import queue
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import feedback, pipeline
from .course import CourseError
from .desk import Desk, Job, Opened, Rules
from .processes import AHEAD, LOST, Batch, without_uri_grammar
from .store import write_whole

PATIENCE = 10.0  # seconds to find a scheduler
GLANCE = 2.0  # seconds between two looks at who is there
DEATHS = 1  # workers that a batch may kill before another is not risked


class OtherCode(CourseError):
    """A worker runs another version than the driver."""


def open_to_others(address: str) -> bool:
    """Whether an address is plain tcp beyond this machine."""
    scheme, _, place = address.rpartition("://")
    host = place.rpartition(":")[0].strip("[]") or place
    if scheme == "tls":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _security(tls: str | None):
    """dask's settings for a folder with ca.pem, cert.pem and key.pem; None without one."""
    from distributed.security import Security

    if tls is None:
        return None
    ca, cert, key = (str(Path(tls) / f"{name}.pem") for name in ("ca", "cert", "key"))
    if missing := [path for path in (ca, cert, key) if not Path(path).is_file()]:
        raise CourseError(f"{missing[0]} does not exist; --tls names a folder with ca.pem, cert.pem and key.pem")
    sides: dict[str, Any] = {
        f"tls_{side}_{what}": path
        for side in ("client", "scheduler", "worker")
        for what, path in (("cert", cert), ("key", key))
    }
    return Security(tls_ca_file=ca, require_encryption=True, **sides)


def _nobody(address: str, tls: str | None, problem: BaseException) -> CourseError:
    """The error of a scheduler that is not reached."""
    keys, same = (f" --tls {tls}", " Every machine needs the same keys.") if tls else ("", "")
    return CourseError(
        f"no scheduler answers at {address} ({problem}). Start one: chainrule scheduler{keys}; then workers: "
        f"chainrule worker {address}{keys}.{same}"
    )


@functools.cache
def identity() -> dict[str, str]:
    """What must be the same at both ends: the code that grades and prints, Python, NumPy."""
    import numpy

    here = Path(__file__).parent
    pages = hashlib.sha256(pipeline.code_version().encode())
    for path in (here / "feedback.py", here / "desk.py", *sorted((here / "templates").glob("feedback.*"))):
        pages.update(path.read_bytes())
    python = ".".join(map(str, sys.version_info[:2]))
    return {"chainrule_lib": pages.hexdigest()[:12], "Python": python, "NumPy": numpy.__version__}


def _quiet() -> None:
    """dask's logs from errors on, and no web server of its own; before distributed is imported."""
    os.environ["DASK_DISTRIBUTED__LOGGING__DISTRIBUTED"] = "critical"  # a nanny's worker reads its own settings
    import dask

    dask.config.set(
        {
            "distributed.logging": {"distributed": "critical"},
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            "distributed.scheduler.allowed-failures": DEATHS,
        }
    )


# what a worker runs


@functools.lru_cache(4)
def _rules(data: bytes) -> Rules:
    return pickle.loads(data)


def _same(asked: dict[str, str]) -> None:
    mine = identity()
    if mine != asked:
        told = ", ".join(
            f"{name} {mine.get(name)} there and {version} here"
            for name, version in asked.items()
            if mine.get(name) != version
        )
        raise OtherCode(
            f"a worker runs other code: {told}. Install the same versions at both ends and start it again"
        )


def grade_there(asked: dict[str, str], rules: bytes, jobs: list[Job]) -> dict[str, tuple[bytes | str, float]]:
    """The judged notebook or the sentence of our own fault, and the seconds it took, by the key of each job."""
    _same(asked)
    found: dict[str, tuple[bytes | str, float]] = {}
    for job in jobs:
        start = time.perf_counter()
        outcome = _rules(rules).grade(job)
        found[job.key] = outcome, time.perf_counter() - start
    return found


def print_there(asked: dict[str, str], pages: list[tuple[bytes, dict, dict]]) -> list[bytes | str]:
    """Each page's bytes, or a sentence."""
    _same(asked)
    without_uri_grammar()
    printed: list[bytes | str] = []
    for page in pages:
        try:
            printed.append(feedback.render(*page))
        except Exception as error:
            printed.append(f"{type(error).__name__}: {error}")
    return printed


# the driver's side


class Cluster:
    """The workers of a dask scheduler as a pool; see `pool.Pool`."""

    def __init__(self, desk: Desk, address: str, tls: str | None = None):
        _quiet()
        from distributed import Client

        warnings.filterwarnings("ignore", "Sending large graph")
        self.desk, self.address = desk, address
        self.rules = pickle.dumps(desk.rules)
        try:
            self.client = Client(
                address, timeout=PATIENCE, set_as_default=False, security=_security(tls), name="chainrule"
            )
        except (OSError, TimeoutError, ValueError) as problem:
            raise _nobody(address, tls, problem) from None
        self.ended: queue.SimpleQueue = queue.SimpleQueue()
        self.batches: dict[int, tuple[Batch, list[Opened], Any]] = {}
        self.looked = -GLANCE
        self.workers = 1
        self.told = False
        self._look()

    def _look(self) -> None:
        """How many workers there are; a scheduler that is gone is an error."""
        if self.client.status != "running":
            raise CourseError(
                f"the scheduler at {self.address} is gone. What was graded is kept: start a scheduler and workers, "
                "and type the same line again"
            )
        if time.monotonic() - self.looked < GLANCE:
            return
        self.looked = time.monotonic()
        with contextlib.suppress(OSError, TimeoutError):
            there = sum(self.client.nthreads().values())
            self.workers = max(1, there)
            if not there and not self.told:
                self.told = True
                print(
                    f"chainrule: no worker has joined {self.address}; waiting. Type: chainrule worker {self.address}",
                    file=sys.stderr,
                    flush=True,
                )

    @property
    def room(self) -> int:
        return AHEAD * self.workers - len(self.batches)

    def give(self, batch: Batch) -> None:
        opened: list[Opened] = []
        task: tuple | None
        if batch.what == "grade":
            opened = [self.desk.open(paper) for paper in batch.items]
            jobs = [job for each in opened for job in each.jobs]
            task = (grade_there, identity(), self.rules, jobs) if jobs else None
            for each in opened:  # the bytes travel; of a job the driver keeps its name
                each.jobs = [job._replace(submitted=None) for job in each.jobs]
        else:
            try:
                inputs = [(Path(page.judged).read_bytes(), page.known, page.marks) for page in batch.items]
            except OSError:  # one that vanished costs the others nothing: each by itself tells which
                inputs = [(_bytes(page.judged), page.known, page.marks) for page in batch.items]
            task = (print_there, identity(), inputs)
        if task is None:
            self.batches[batch.number] = batch, opened, None
            self.ended.put(batch.number)
            return
        key = f"chainrule-{batch.what}-{time.time_ns()}-{batch.number}"
        future = self.client.submit(*task, pure=False, key=key)
        self.batches[batch.number] = batch, opened, future
        future.add_done_callback(lambda _, number=batch.number: self.ended.put(number))

    def take(self) -> tuple[Batch, Any]:
        while True:
            self._look()
            try:
                number = self.ended.get(timeout=GLANCE / 2)
            except queue.Empty:
                continue
            batch, opened, future = self.batches.pop(number)
            answer = {} if future is None else self._answer(future)
            if answer == LOST:
                return batch, LOST
            return batch, self._keep(batch, opened, answer)

    def _answer(self, future) -> Any:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            return future.result(timeout=PATIENCE)
        except KilledWorker:
            return LOST
        except CourseError:
            raise
        except (CancelledError, OSError, TimeoutError):
            if self.client.status == "running":  # a scheduler that ends cancels first and closes then
                time.sleep(GLANCE)
            self._look()
            return LOST
        except Exception as problem:
            raise OtherCode(
                f"a worker cannot run this version of chainrule_lib ({type(problem).__name__}: {problem}). Install the "
                "same version at both ends and start it again"
            ) from None
        finally:
            future.release()

    def _keep(self, batch: Batch, opened: list[Opened], answer: Any) -> list:
        if batch.what == "grade":
            done = []
            for each in opened:
                outcomes = {job.key: answer[job.key][0] for job in each.jobs}
                seconds = sum(answer[job.key][1] for job in each.jobs)
                done.append(self.desk.close(each, outcomes, seconds))
            return done
        problems = []
        for page, printed in zip(batch.items, answer, strict=True):
            if isinstance(printed, bytes):
                write_whole(Path(page.target), printed)
            problems.append("" if isinstance(printed, bytes) else f"{page.judged}: {printed}")
        return problems

    def close(self, kill: bool = False) -> None:
        with contextlib.suppress(Exception):
            futures = [future for _, _, future in self.batches.values() if future is not None]
            self.client.cancel(futures, force=True)
        with contextlib.suppress(Exception):
            self.client.close(timeout=2)


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        return f"{problem}".encode()  # no notebook: the page's own sentence says so


# the servers


def serve_scheduler(host: str, port: int, tls: str | None, tell: Callable[[str], None]) -> None:
    """A scheduler until Ctrl-C."""
    import asyncio

    _quiet()
    from distributed import Scheduler

    async def serve():
        security = _security(tls)
        async with Scheduler(
            host=host,
            port=port,
            protocol="tls" if tls else "tcp",
            security=security,
            dashboard_address="127.0.0.1:0",
            dashboard=False,
        ) as made:
            tell(made.address)
            await made.finished()

    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve())
        except OSError as problem:
            raise CourseError(f"no scheduler can listen at {host}:{port} ({problem.strerror or problem})") from None


def serve_workers(address: str, workers: int, tls: str | None, tell: Callable[[list[str]], None]) -> None:
    """Worker processes until Ctrl-C; where the scheduler ends they wait for the next one at the same address."""
    import asyncio

    _quiet()
    from distributed import Nanny

    own = {"host": "127.0.0.1"} if _loopback(address) else {}

    async def serve():
        joined = False
        while True:
            made = [
                Nanny(
                    address,
                    nthreads=1,
                    memory_limit=0,
                    dashboard_address="127.0.0.1:0",
                    dashboard=False,
                    security=_security(tls),
                    protocol="tls" if tls else "tcp",
                    **own,
                )
                for _ in range(workers)
            ]
            try:
                await asyncio.gather(*made)
            except (OSError, RuntimeError) as problem:
                await asyncio.gather(*(nanny.close() for nanny in made), return_exceptions=True)
                if not joined:
                    raise _nobody(address, tls, problem.__cause__ or problem) from None
            else:
                joined = True
                tell([nanny.worker_address for nanny in made])
                await asyncio.gather(*(nanny.finished() for nanny in made))
            await asyncio.sleep(GLANCE)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


def _loopback(address: str) -> bool:
    return not open_to_others(address.replace("tls://", "tcp://"))
