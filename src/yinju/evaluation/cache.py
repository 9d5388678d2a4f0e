"""Encodings kept between evaluations, by what made them and of which text, in one SQLite file that is safe to delete.

Passages are kept as the index keeps them, token vectors in int8; questions in float32. A row's dimension is that of its
tokens. A cache that can't be read is made anew, and one that can't be written is done without: it only saves time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Literal, TypeVar
from zlib import crc32

import numpy as np

from yinju.blobs import SCALE, quantise
from yinju.encoder import Encoder, Encoding

Role = Literal["query", "passage"]
Result = TypeVar("Result")
_Row = tuple[bytes, int, int, bytes, bytes, bytes, int]  # as the table's columns

LIMIT = 1 << 30
"""Bytes of encodings kept; what was not used for longest goes first. About 10,000 passages of 300 characters."""

_FORMAT = "2"  # of a row's bytes; part of every key
_WAIT = 5.0  # seconds for another evaluation to finish writing
_BATCH = 256  # encodings written at once, at most
_BATCH_SECONDS = 5.0  # what a killed evaluation loses at most
_DAY = 86_400
_TABLE = """
CREATE TABLE IF NOT EXISTS encodings (
    key BLOB PRIMARY KEY,
    used INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    pooled BLOB NOT NULL,
    tokens BLOB NOT NULL,
    offsets BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""
_DIMENSIONS = "CREATE TABLE IF NOT EXISTS encoders (fingerprint TEXT PRIMARY KEY, dimension INTEGER NOT NULL) STRICT"
_SIZE = "length(pooled) + length(tokens) + length(offsets)"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class EncodingCache:
    """An open cache. Safe to use from several threads and processes.

    `problem` says why nothing is kept, where nothing can be; None while all is well.
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path = path
        self.problem: str | None = None
        self._limit = limit
        self._lock = Lock()
        self._used: set[bytes] = set()
        self._waiting: dict[bytes, _Row] = {}
        self._written = time.monotonic()
        self._connection: sqlite3.Connection | None = None
        self._guarded(self._open)

    def __enter__(self) -> EncodingCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is still held, and forget what is over the limit."""
        with self._lock:
            self._guarded(self._write)
            self._guarded(self._prune)
            self._disconnect()

    def get(self, fingerprint: str, role: Role, text: str) -> Encoding | None:
        """What was kept for a text; None where nothing sound was."""
        key = _key(fingerprint, role, text)
        with self._lock:
            row = self._guarded(lambda: self._row(key))
            if row is None:
                return None
            self._used.add(key)
        return _unpacked(role, *row)

    def put(self, fingerprint: str, role: Role, text: str, encoding: Encoding) -> None:
        """Keep a text's encoding."""
        key, blobs = _key(fingerprint, role, text), _packed(role, encoding)
        with self._lock:
            self._waiting[key] = (key, _today(), encoding.tokens.shape[1], *blobs, crc32(b"".join(blobs)))
            if len(self._waiting) >= _BATCH or time.monotonic() - self._written > _BATCH_SECONDS:
                self._guarded(self._write)
                self._waiting.clear()

    def dimension(self, fingerprint: str) -> int | None:
        """The numbers a vector of an encoder whose encodings were kept before."""
        query = "SELECT dimension FROM encoders WHERE fingerprint = ?"
        with self._lock:
            row = self._guarded(lambda: self._connected.execute(query, (fingerprint,)).fetchone())
        return None if row is None else int(row[0])

    def keep_dimension(self, fingerprint: str, dimension: int) -> None:
        query = "INSERT OR REPLACE INTO encoders VALUES (?, ?)"
        with self._lock:
            self._guarded(lambda: self._execute_many(query, [(fingerprint, dimension)]))

    @property
    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("not connected")
        return self._connection

    def _guarded(self, work: Callable[[], Result]) -> Result | None:
        """The result of some work on the file; None where the file would not have it."""
        if self.problem is not None:
            return None
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                self.problem = f"Encodings are not kept for the next evaluation: {self.path} can't be used ({error})."
                return None
        self._start_anew()
        return None

    def _start_anew(self) -> None:
        try:
            for ending in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            self._open()
        except (sqlite3.Error, OSError) as error:
            self.problem = f"Encodings are not kept for the next evaluation: {self.path} can't be used ({error})."

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(self.path, timeout=_WAIT, check_same_thread=False)
        self._connection.execute("PRAGMA auto_vacuum = FULL")  # before the first table, or it has no effect
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_TABLE)
        self._connection.execute(_DIMENSIONS)
        self._connection.commit()

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _row(self, key: bytes) -> tuple[int, bytes, bytes, bytes] | None:
        query = "SELECT * FROM encodings WHERE key = ?"
        found = self._waiting.get(key) or self._connected.execute(query, (key,)).fetchone()
        if found is None:
            return None
        _, _, dimension, pooled, tokens, offsets, checksum = found
        return (dimension, pooled, tokens, offsets) if crc32(pooled + tokens + offsets) == checksum else None

    def _write(self) -> None:
        # In one short transaction: a lock held between encodings would keep another evaluation from writing.
        self._written = time.monotonic()
        self._execute_many("INSERT OR REPLACE INTO encodings VALUES (?, ?, ?, ?, ?, ?, ?)", self._waiting.values())

    def _execute_many(self, query: str, rows: Iterable[tuple[object, ...]]) -> None:
        with self._connected as connection:
            connection.executemany(query, rows)

    def _prune(self) -> None:
        connection, today = self._connected, _today()
        touched = ((today, key, today) for key in self._used)
        self._execute_many("UPDATE encodings SET used = ? WHERE key = ? AND used != ?", touched)
        (size,) = connection.execute(f"SELECT coalesce(sum({_SIZE}), 0) FROM encodings").fetchone()  # noqa: S608
        oldest = f"SELECT key, {_SIZE} FROM encodings ORDER BY used, key"  # noqa: S608
        forgotten = []
        for key, own in connection.execute(oldest) if size > self._limit else ():
            if size <= self._limit:
                break
            forgotten.append((key,))
            size -= own
        self._execute_many("DELETE FROM encodings WHERE key = ?", forgotten)


class CachedEncoder:
    """An encoder that asks the cache first. The model behind it may never be loaded."""

    def __init__(self, encoder: Encoder, cache: EncodingCache, *, queries: bool = True) -> None:
        """With `queries` off questions are encoded each time, so that their time can be measured."""
        self._encoder = encoder
        self._cache = cache
        self._queries = queries

    @cached_property
    def fingerprint(self) -> str:  # asked for with every text
        return self._encoder.fingerprint

    @cached_property
    def dimension(self) -> int:
        known = self._cache.dimension(self.fingerprint)
        if known is None:
            known = self._encoder.dimension
            self._cache.keep_dimension(self.fingerprint, known)
        return known

    def encode_query(self, text: str) -> Encoding:
        if not self._queries:
            return self._encoder.encode_query(text)
        found = self._cache.get(self.fingerprint, "query", text)
        if found is None:
            found = self._encoder.encode_query(text)
            self._cache.put(self.fingerprint, "query", text, found)
        return found

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for text in texts:
            found = self._cache.get(self.fingerprint, "passage", text)
            if found is None:
                (found,) = self._encoder.encode_passages([text])
                self._cache.put(self.fingerprint, "passage", text, found)
            yield found


def _key(fingerprint: str, role: Role, text: str) -> bytes:
    # A lone surrogate, which JSON allows, has no UTF-8; what tells texts apart need not be valid.
    return sha256("\0".join((_FORMAT, fingerprint, role, text)).encode("utf-8", "surrogatepass")).digest()


def _today() -> int:
    return int(time.time()) // _DAY


def _packed(role: Role, encoding: Encoding) -> tuple[bytes, bytes, bytes]:
    tokens = quantise(encoding.tokens) if role == "passage" else encoding.tokens.astype("<f4")
    return encoding.pooled.astype("<f4").tobytes(), tokens.tobytes(), encoding.offsets.astype("<i4").tobytes()


def _unpacked(role: Role, dimension: int, pooled: bytes, tokens: bytes, offsets: bytes) -> Encoding:
    stored = np.frombuffer(tokens, "i1" if role == "passage" else "<f4").reshape(-1, dimension)
    vectors = stored.astype(np.float32) / np.float32(SCALE) if role == "passage" else stored.astype(np.float32)
    places = np.frombuffer(offsets, "<i4").reshape(-1, 2).astype(np.int32)
    return Encoding(np.frombuffer(pooled, "<f4").astype(np.float32), vectors, places)
