"""The connections to a catalogue's file: idle ones are kept for the next read, a write has one of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from yinju import schema

BUSY_TIMEOUT = 10.0  # seconds; one document's transaction takes far less
_File = tuple[int, int]  # device and inode


class Connections:
    """Safe to use from several threads. Opening creates a missing file and upgrades an older one.

    Where another file lies at the path by now, as after a damaged one was restored, what comes next goes to that.
    """

    def __init__(self, path: Path, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.path = path
        self._timeout = busy_timeout
        self._idle: list[tuple[_File | None, sqlite3.Connection]] = []
        self._lock = Lock()
        self._closed = False
        schema.prepare(path, busy_timeout)

    def close(self) -> None:
        """Close the idle connections; one in use closes when its read ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tidy(self) -> None:
        """Empty SQLite's log, which still holds what was deleted; left for the next time where someone is reading."""
        with closing(schema.connect(self.path, 0.0, writing=True)) as connection, schema.reporting(self.path):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction. Raises IndexBusy, StorageFull."""
        return schema.transaction(self.path, self._timeout)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state, unchanging."""
        with self.borrowed() as connection:
            connection.execute("BEGIN")
            with connection:
                yield connection

    @contextmanager
    def borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection outside any transaction: a single statement sees one state without."""
        file, connection = self._take()
        try:
            with schema.reporting(self.path):
                yield connection
        finally:
            self._give_back(file, connection)

    def _take(self) -> tuple[_File | None, sqlite3.Connection]:
        file = self._file()
        while (idle := self._popped()) is not None:
            opened_on, connection = idle
            if opened_on == file:
                return idle
            connection.close()
        return file, schema.connect(self.path, self._timeout)

    def _popped(self) -> tuple[_File | None, sqlite3.Connection] | None:
        with self._lock:
            if self._closed:
                raise ValueError("the catalogue is closed")
            return self._idle.pop() if self._idle else None

    def _file(self) -> _File | None:
        """Which file lies at the path; None where there is none that can be seen."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _give_back(self, file: _File | None, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append((file, connection))
                return
        connection.close()
