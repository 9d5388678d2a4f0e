"""The catalogue's tables, and how its SQLite file is created, recognised and connected to."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from yinju.errors import IndexBusy, IndexMismatch, SettingsError, YinjuError

VERSION = 2
APPLICATION_ID = 0x59494E4A  # "YINJ", so that another program's database is told apart from an empty one

_TABLES = """
CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    generation INTEGER NOT NULL,
    mark TEXT NOT NULL,
    encoder TEXT,
    splitter TEXT,
    dimension INTEGER
) STRICT;
CREATE TABLE documents (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    date TEXT,
    root TEXT,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    characters INTEGER NOT NULL,
    blocks TEXT NOT NULL,
    pages TEXT NOT NULL,
    bytes_sha256 TEXT NOT NULL,
    structure TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    version INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (root, name)
) STRICT;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    heading TEXT NOT NULL,
    page INTEGER,
    UNIQUE (document, ordinal)
) STRICT;
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
    pooled BLOB NOT NULL,
    tokens BLOB NOT NULL,
    offsets BLOB NOT NULL,
    sentences BLOB NOT NULL DEFAULT x'',
    sentence_pooled BLOB NOT NULL DEFAULT x'',
    sentence_tokens BLOB NOT NULL DEFAULT x'',
    sentence_offsets BLOB NOT NULL DEFAULT x''
) STRICT;
"""
_ADDED = {2: ("sentences", "sentence_pooled", "sentence_tokens", "sentence_offsets")}
"""The columns of `vectors` that came with a version. What is encoded anew fills them: an older catalogue's splitter is
another one, too, so nothing is searched before."""


def prepare(path: Path, timeout: float) -> None:
    """Create the catalogue where there is none, upgrade an older one; otherwise only look.

    Raises IndexMismatch for a file of another program or of a newer version, SettingsError where no catalogue can be
    kept, IndexBusy when locked for `timeout` seconds.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connected(path, timeout, mode="rwc")) as connection:
            if _is_blank(connection):
                _create(connection)
            if _recognise(connection, path) < VERSION:
                _upgrade(connection, path)
    except OSError as error:
        raise _unusable(path, error) from error
    except sqlite3.DatabaseError as error:
        raise _translated(error, path) from error


def connect(path: Path, timeout: float, *, writing: bool = False) -> sqlite3.Connection:
    """A connection that may be handed from thread to thread. One that is not for writing refuses to.

    Raises SettingsError when the file is no longer there.
    """
    try:
        connection = _connected(path, timeout, mode="rw")
    except sqlite3.OperationalError as error:
        raise _translated(error, path) from error
    connection.execute("PRAGMA synchronous = FULL")  # an acknowledged document survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
    return connection


@contextmanager
def transaction(path: Path, timeout: float) -> Iterator[sqlite3.Connection]:
    """Everything inside is committed at once, or not at all. One at a time over all processes.

    The lock is SQLite's own and ends with the process that holds it. Raises IndexBusy after `timeout` seconds,
    SettingsError when the file is gone.
    """
    with closing(connect(path, timeout, writing=True)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise _translated(error, path) from error
        with connection:
            yield connection


def new_mark() -> str:
    """Tells apart two states of equal generation number, as after a backup is restored and written to."""
    return secrets.token_hex(4)


def _connected(path: Path, timeout: float, mode: str) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)


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
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.execute("INSERT INTO meta (only, generation, mark) VALUES (1, 0, ?)", (new_mark(),))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a catalogue of ours."""
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


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        version = _recognise(connection, path)  # another process may have come first
        for added in range(version + 1, VERSION + 1):
            for column in _ADDED[added]:
                connection.execute(f"ALTER TABLE vectors ADD COLUMN {column} BLOB NOT NULL DEFAULT x''")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _translated(error: sqlite3.DatabaseError, path: Path) -> YinjuError:
    primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary_code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy(f"Another process is writing to {path}. Wait for it to finish, or stop it, then try again.")
    if primary_code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return IndexMismatch(
            f"{path} can't be read as a catalogue ({error}). Restore it from a backup, or move it away and run "
            "`yinju index`."
        )
    return _unusable(path, error)


def _unusable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(
        f"{path} can't be opened ({error}). Its folder must be there and writable: see to that, or set YINJU_INDEX to "
        "one that is."
    )
