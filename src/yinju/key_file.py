"""The SQLite file of the keys: made whole or not at all, recognised, read and written."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from yinju.errors import IndexBusy, IndexDamaged, SettingsError, StorageFull, YinjuError

MARK = "keyed"  # beside the file, empty: there were keys
VERSION = 1
APPLICATION_ID = 0x59494E4B  # "YINK"
READ_TIMEOUT, WRITE_TIMEOUT = 1.0, 10.0  # seconds; readers wait for nothing in WAL mode but a recovery

_TABLES = """
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    scopes TEXT NOT NULL,
    collections TEXT,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    seal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    token_sha256 TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    created REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""


class KeyFile:
    """Reads through one connection for all threads; each write has its own. Sees every commit of other processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None  # which file `_connection` is open on

    def close(self) -> None:
        with self._lock:
            self._let_go()

    def row(self, query: str, parameters: tuple[object, ...] = ()) -> tuple[object, ...] | None:
        """The first row; None where there is none, or no file. Tens of microseconds.

        Raises IndexDamaged, IndexBusy, SettingsError.
        """
        with self._lock, _translated(self.path):
            connection = self._current()
            found = None if connection is None else connection.execute(query, parameters).fetchone()
        return found if found is None else tuple(found)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """As `row`, all of them."""
        with self._lock, _translated(self.path):
            connection = self._current()
            return [] if connection is None else [tuple(row) for row in connection.execute(query)]

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, durable when the block ends. The file is made where there is none.

        Raises StorageFull beside what `row` raises.
        """
        with _translated(self.path):
            if not self.path.exists():
                self._make()
            with closing(_connected(self.path, WRITE_TIMEOUT)) as connection:
                _recognise(connection, self.path)
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    yield connection
                # So that a log that is lost or torn later takes no revocation with it.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def mark(self) -> None:
        """Note, beside the file, that there were keys in it. A folder that can't be written goes without."""
        with suppress(OSError):
            self.path.with_name(MARK).touch()

    def is_marked(self) -> bool:
        return self.path.with_name(MARK).exists()

    def _current(self) -> sqlite3.Connection | None:
        """The connection, opened anew where another file lies at the path by now; None where there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._let_go()
            return None
        which = (found.st_dev, found.st_ino)
        if which != self._opened:
            self._let_go()
            connection = _connected(self.path, READ_TIMEOUT)
            with _closed_on_error(connection):
                _recognise(connection, self.path)
                connection.execute("PRAGMA query_only = ON")
            self._connection, self._opened = connection, which
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._opened = None

    def _make(self) -> None:
        # Beside and linked into place: a file without tables is damage then, and never taken for "no keys yet".
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            with closing(sqlite3.connect(beside, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_TABLES)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
            with suppress(FileExistsError):  # another process came first
                os.link(beside, self.path)
        finally:
            beside.unlink(missing_ok=True)


def _connected(path: Path, timeout: float) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, YinjuError):
        connection.close()
        raise


def _recognise(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise damaged(path, "it is not one of Yinju")
    if version > VERSION:
        raise SettingsError(f"{path} was written by a newer Yinju. Upgrade this one.")


def damaged(path: Path, how: str) -> IndexDamaged:
    return IndexDamaged(
        f"The keys in {path} can't be trusted: {how}. No key is accepted until it is restored from a copy. Without "
        "one, stop the service, move the file away, and add keys anew with `yinju keys add`."
    )


def lost(path: Path) -> IndexDamaged:
    return IndexDamaged(
        f"There were keys, and {path} with them is gone. Nobody is let in until it is back from a copy or a backup, or "
        f"made anew by `yinju keys add NAME`. Only to need no key again, delete {path.with_name(MARK)} as well."
    )


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unusable(path, error) from error
    except sqlite3.DatabaseError as error:
        primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary_code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise IndexBusy(f"Another process is writing to {path}. Try again in a moment.") from error
        if primary_code == sqlite3.SQLITE_FULL:
            raise StorageFull(f"There is no room left to write {path}. Free some space, then try again.") from error
        if primary_code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            raise _unusable(path, error) from error
        raise damaged(path, str(error)) from error


def _unusable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(
        f"{path} can't be opened ({error}). It and its folder must be readable and writable for whoever runs the "
        "service: see to that, or set YINJU_INDEX to a folder that is."
    )
