"""How the catalogue's SQLite file is created, recognised, upgraded and connected to."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from yinju import upgrades
from yinju.errors import IndexBusy, IndexDamaged, IndexMismatch, SettingsError, StorageFull, YinjuError
from yinju.tables import TABLES, statements

VERSION = 3
APPLICATION_ID = 0x59494E4A  # "YINJ", so that another program's database is told apart from an empty one


def prepare(path: Path, timeout: float) -> None:
    """Create the catalogue where there is none, upgrade an older one; otherwise only look.

    Raises IndexMismatch for a file of another program or of a newer version, IndexDamaged for one that can't be read,
    SettingsError where no catalogue can be kept, IndexBusy when locked for `timeout` seconds.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with reporting(path), closing(_connected(path, timeout, mode="rwc")) as connection:
            if _is_blank(connection):
                _patiently(timeout, lambda: _create(connection))
            if recognise(connection, path) < VERSION:
                _patiently(timeout, lambda: _upgrade(connection, path))
    except OSError as error:
        raise _unusable(path, error) from error


def connect(path: Path, timeout: float, *, writing: bool = False) -> sqlite3.Connection:
    """A connection that may be handed from thread to thread. One that is not for writing refuses to.

    Raises SettingsError when the file is no longer there.
    """
    with reporting(path):
        connection = _connected(path, timeout, mode="rw")
        connection.execute("PRAGMA synchronous = FULL")  # an acknowledged document survives a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not only unlinked
        connection.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        return connection


@contextmanager
def transaction(path: Path, timeout: float) -> Iterator[sqlite3.Connection]:
    """Everything inside is committed at once, or not at all. One at a time over all processes.

    The lock is SQLite's own and ends with the process that holds it. Raises IndexBusy after `timeout` seconds,
    StorageFull, IndexDamaged, SettingsError when the file is gone or can't be written.
    """
    with reporting(path), closing(connect(path, timeout, writing=True)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            yield connection


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """SQLite's errors as ours: IndexBusy, StorageFull, IndexDamaged, SettingsError. What only a bug raises stays."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        raise _translated(error, path) from error
    except UnicodeDecodeError as error:  # a table's description is no longer UTF-8: sqlite3 fails to say so
        raise _damaged(path, error) from error


def new_mark() -> str:
    """Tells apart two states of equal generation number, as after a backup is restored and written to."""
    return secrets.token_hex(4)


def recognise(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a catalogue of ours. Raises IndexMismatch for any other."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise IndexMismatch(f"{path} is a database of another program. Set YINJU_INDEX to another folder.")
    if version > VERSION:
        raise IndexMismatch(
            f"{path} has schema version {version}; this Yinju knows up to {VERSION}. Upgrade Yinju, or set YINJU_INDEX "
            "to another folder."
        )
    return int(version)


def _connected(path: Path, timeout: float, mode: str) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)


def _patiently(timeout: float, do: Callable[[], None]) -> None:
    """Again while another process has the file: SQLite waits for a lock, but not to change the journal's mode."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return do()
        except sqlite3.OperationalError as error:
            if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        time.sleep(0.01)


def _is_blank(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return (tables, application) == (0, 0)


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if not _is_blank(connection):  # another process came first
            return
        for statement in statements(TABLES):
            connection.execute(statement)
        connection.execute("INSERT INTO meta (only, generation, mark) VALUES (1, 0, ?)", (new_mark(),))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")  # tables are made anew under their old names
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        version = recognise(connection, path)  # another process may have come first
        if version < VERSION:
            upgrades.apply(connection, version)
            connection.execute(f"PRAGMA user_version = {VERSION}")


def _translated(error: sqlite3.DatabaseError, path: Path) -> YinjuError:
    code = _primary_code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy(f"Another process is writing to {path}. Wait for it to finish, or stop it, then try again.")
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(f"There is no room left for {path}. Nothing was stored; free some space, then try again.")
    # SQLITE_ERROR is a table or column that was there. Python says without a code that a text is no longer UTF-8.
    damage = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    if code in damage or str(error).startswith("Could not decode"):
        return _damaged(path, error)
    return _unusable(path, error)


def _damaged(path: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(
        f"{path} can't be read as a catalogue ({error}). Restore it from a backup: yinju restore FILE. Without one, "
        "move it away and run `yinju index`."
    )


def _primary_code(error: sqlite3.DatabaseError) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _unusable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(
        f"{path} can't be opened or written ({error}). Its folder must be there and writable: see to that, or set "
        "YINJU_INDEX to one that is."
    )
