"""Works off the jobs: one process at a time over an index, one job after the other, the indexes once for several."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import Event, Thread

from yinju import jobs, moments, working
from yinju.catalogue import Catalogue, check_match
from yinju.encoder import Encoder
from yinju.errors import (
    Gone,
    IndexBusy,
    IndexDamaged,
    ModelError,
    NotFound,
    PreconditionFailed,
    StorageFull,
    UnknownJob,
    Unreadable,
    YinjuError,
)
from yinju.intake import NONE_READY, Source, drafted, origin_of, ready_from
from yinju.records import JobError
from yinju.rows import summary
from yinju.stored import Draft

log = logging.getLogger(__name__)

_LOCK = "jobs.lock"
_LOOK = 0.5  # seconds between looks for what another process submitted
_GATHER = 2.0  # seconds of stored documents that one making of the indexes may serve
_REPORT = 1.0  # seconds between two reports of progress, each of them a write
_WAIT = 5.0  # seconds after something that may pass: a full disk, a busy index
_MOST_ATTEMPTS = 10  # that ended the process, or this thread
_REASONS: dict[type[YinjuError], str] = {
    Gone: "deleted-document",
    NotFound: "unknown-document",
    PreconditionFailed: "changed-document",
    ModelError: "crashed",  # the model is loaded before any job is begun: it can't encode this text
}


class Stopped(Exception):
    """The runner was told to stop in the middle of a job, which goes on at the next start."""


class Runner:
    """A thread. `refresh` makes the indexes of the present generation and serves them.

    observe: hears how many seconds each stage took: `read` (encoding included), `store`, `index`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        folder: Path,
        encoder: Encoder,
        refresh: Callable[[], object],
        observe: Callable[[str, float], None],
    ) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._encoder = encoder
        self._refresh = refresh
        self._observe = observe
        self._stop = Event()
        self._wake = Event()
        self._thread = Thread(target=self._supervise, name="jobs")
        self._last_actor = ""
        self._gather = _GATHER

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def stop(self) -> None:
        """End after the passage being encoded; what is not done goes on at the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _supervise(self) -> None:
        """A thread that something unforeseen ends (its traceback is in the log) is followed by another."""
        while not self._stop.is_set():
            thread = Thread(target=self._run, name="jobs-work")
            thread.start()
            thread.join()
            self._stop.wait(_WAIT)

    def _run(self) -> None:
        told = ""
        while not self._stop.is_set():
            try:
                with self._alone() as alone:
                    while alone and not self._stop.is_set():
                        self._turn()
                        told = ""
            except Stopped:
                return
            except (YinjuError, OSError) as error:
                if str(error) != told:
                    log.error("Documents wait to be indexed: %s", error)
                told = str(error)
                self._stop.wait(_WAIT)

    def _turn(self) -> None:
        self._wake.clear()
        if working.waiting(self._catalogue):
            self._work()
        self._wake.wait(_LOOK)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """True once no other process works off this index's jobs; False when told to stop first."""
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            while not self._stop.is_set():
                try:
                    flock(descriptor, LOCK_EX | LOCK_NB)
                except BlockingIOError:
                    self._stop.wait(_LOOK)
                else:
                    break
            yield not self._stop.is_set()
        finally:
            os.close(descriptor)

    def _work(self) -> None:
        """All jobs there are, with the indexes made whenever documents have waited for them for a while."""
        self._catalogue.check(origin_of(self._encoder))
        oldest: float | None = None
        while not self._stop.is_set() and (work := working.next_work(self._catalogue, self._last_actor)) is not None:
            self._last_actor = work.actor
            moments.reached("job 1")
            if self._do(work):
                oldest = oldest or time.monotonic()
            if oldest is not None and time.monotonic() - oldest > self._gather:
                self._index()
                oldest = None
        self._index()

    def _index(self) -> None:
        started = time.monotonic()
        with self._timed("index"):
            self._refresh()
        self._gather = max(_GATHER, time.monotonic() - started)  # making indexes takes half of the time at most
        moments.reached("job 4")
        working.indexed(self._catalogue)
        moments.reached("job 5")
        self._catalogue.tidy()

    def _do(self, work: jobs.Work) -> bool:
        """Whether a document was stored."""
        if work.attempts > _MOST_ATTEMPTS:
            detail = f"{work.name} was cut short {_MOST_ATTEMPTS} times while it was read. Send it in another form."
            working.failed(self._catalogue, work.job_id, JobError("crashed", detail))
            return False
        try:
            with self._timed("read"):
                draft = self._drafted(work)
            moments.reached("job 2")
            with self._timed("store"):
                self._store(work, draft)
            moments.reached("job 3")
        except Unreadable as error:
            working.failed(self._catalogue, work.job_id, JobError(error.reason, str(error)))
            return False
        except (Gone, NotFound, PreconditionFailed, ModelError) as error:
            working.failed(self._catalogue, work.job_id, JobError(_REASONS[type(error)], str(error)))
            return False
        except UnknownJob:
            return False
        except (YinjuError, Stopped, OSError):  # it came back: no fault of the file's
            working.requeued(self._catalogue, work.job_id)
            raise
        return True

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        yield  # what failed is not told: it says nothing of how long the stage takes
        self._observe(stage, time.monotonic() - started)

    def _drafted(self, work: jobs.Work) -> Draft:
        origin = origin_of(self._encoder)
        ready = NONE_READY
        if work.replaces is not None:
            with suppress(IndexDamaged):  # a new version may be just what heals it
                ready = ready_from(self._catalogue, work.replaces, origin)
        with working.bytes_of(self._catalogue, work) as path:
            source = Source(work.name, path, work.bytes_sha256, work.collection)
            return drafted(source, self._encoder, self._progress_of(work), ready)

    def _store(self, work: jobs.Work, draft: Draft) -> None:
        with self._catalogue.writing() as connection:
            working.check(connection, work)
            same = jobs.same_bytes(connection, work.bytes_sha256, work)
            if same is not None:  # sent twice at once, or stored by a run that was interrupted
                working.stored(connection, work, same[0], created=False)
                return
            if work.replaces is not None:
                check_match(summary(connection, work.replaces), work.if_match)
            origin = origin_of(self._encoder)
            identifier = self._catalogue.put_in(connection, draft, origin, work.actor, work.replaces)
            working.stored(connection, work, identifier, created=True)

    def _progress_of(self, work: jobs.Work) -> Callable[[str, int, int], None]:
        last = time.monotonic()

        def report(stage: str, done: int, total: int) -> None:
            nonlocal last
            if self._stop.is_set():
                raise Stopped
            if time.monotonic() - last >= _REPORT:
                last = time.monotonic()
                with suppress(IndexBusy, StorageFull):  # progress is worth telling, not waiting for
                    working.progressed(self._catalogue, work.job_id, stage, done, total)

        return report
