"""The whole truth in one file, taken while the service runs, and put back by the hash.

What is derived is not in it. One backup or restore of an index at a time.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju import audit, backup_archive, manifest, rows, schema
from yinju.backup_archive import CATALOGUE, KEYS
from yinju.catalogue import Catalogue
from yinju.errors import IndexBusy, IndexDamaged, InvalidRequest
from yinju.progress import Progress, silent

_BUSY = 10.0  # seconds
_PAGES = 2000  # copied between two reports of progress
_FEW_PAGES = 16  # fewer than any catalogue has: a copy is not at its end after the first so many


@dataclass(frozen=True, slots=True)
class Restored:
    """documents: how many there are now. stayed_deleted: ids of documents of the backup that were deleted since.

    keys: whether the backup's keys were taken; not so where the index has some already. keyless: there are none now.
    deletions_known: False where the catalogue that was there could not be read; what was deleted since is back then.
    """

    documents: int
    stayed_deleted: tuple[str, ...]
    keys: bool
    keyless: bool = False
    deletions_known: bool = True


@dataclass(frozen=True, slots=True)
class _Deleted:
    """What a catalogue knows to be deleted: its tombstones, and the SHA-256 of files that must not come back."""

    graves: tuple[tuple[str, str, str], ...] = ()
    withdrawn: tuple[tuple[str], ...] = ()


def backup(index: Path, target: Path, progress: Progress = silent) -> int:
    """Write a backup of an index folder, which may be in use, to a file that is not there yet; its size in bytes.

    One committed state. Raises InvalidRequest for a file that is there, or where there is no catalogue; IndexBusy
    while another backup or a restore is under way.
    """
    if target.exists():
        raise InvalidRequest(f"{target} is there already. Nothing was written; name another file.")
    if not (index / CATALOGUE).is_file():
        raise InvalidRequest(f"There is no catalogue in {index} to back up. Set YINJU_INDEX to where it is.")
    unfinished = target.with_name(f"{target.name}.part")
    with _scratch(index) as scratch:
        for name in (CATALOGUE, KEYS):
            if (index / name).is_file():
                _copy(index / name, scratch / name, progress)
        unfinished.unlink(missing_ok=True)  # of one that was killed
        try:
            backup_archive.write(scratch, unfinished)
            manifest.flush(unfinished)
            unfinished.rename(target)
            manifest.flush(target.absolute().parent)
        finally:
            unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def clear(index: Path) -> None:
    """Delete the copies of the catalogue that a killed backup or restore left; not those of one under way."""
    with _alone(index) as alone:
        if alone:
            _clear(index)


def _clear(index: Path) -> None:
    for left in (*index.glob(".backup-*"), *index.glob(".restore-*")):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _alone(index: Path) -> Iterator[bool]:
    """Whether no other backup or restore is under way, and none will be. The lock ends with the process."""
    index.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(index, os.O_RDONLY)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        flock(descriptor, LOCK_EX | LOCK_NB)
        return True
    return False


@contextmanager
def _scratch(index: Path) -> Iterator[Path]:
    """A folder on the index's own disk, which nobody else may read."""
    with _alone(index) as alone:
        if not alone:
            raise IndexBusy(f"Another backup or restore of {index} is under way. Wait for it to end, then try again.")
        _clear(index)
        with TemporaryDirectory(prefix=".backup-", dir=index) as folder:
            yield Path(folder)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    def report(_status: int, left: int, total: int) -> None:
        progress("copy", total - left, total)

    uri = f"{source.resolve().as_uri()}?mode=ro"
    with schema.reporting(source), closing(sqlite3.connect(uri, uri=True, timeout=_BUSY)) as reading:
        # Over one read transaction, so that what is written meanwhile neither enters the copy nor starts it anew.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        with closing(sqlite3.connect(target)) as writing:
            reading.backup(writing, pages=_PAGES, progress=report)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself


def restore(index: Path, source: Path, *, with_deleted: bool = False, actor: str = "") -> Restored:
    """Put a backup in the place of an index folder's catalogue, which may be in use; nothing is changed before every
    byte of the backup is found to be as it was written.

    What was deleted since the backup stays deleted, unless `with_deleted`. Raises InvalidRequest for what is no
    backup, IndexDamaged for a damaged one, IndexMismatch for one of a newer version, IndexBusy.
    """
    with _scratch(index) as scratch:
        backup_archive.unpack(source, scratch)
        _check(scratch / CATALOGUE, source)
        stayed, known = _put_back_but(scratch / CATALOGUE, index / CATALOGUE, with_deleted, actor)
        with_keys = (scratch / KEYS).is_file() and not (index / KEYS).exists()
        if with_keys:
            (scratch / KEYS).rename(index / KEYS)
    with Catalogue(index / CATALOGUE) as catalogue:
        return Restored(catalogue.counts().documents, stayed, with_keys, not (index / KEYS).exists(), known)


def _check(path: Path, source: Path) -> None:
    with schema.reporting(path), closing(sqlite3.connect(path)) as connection:
        schema.recognise(connection, path)
        told = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        if told != ["ok"]:
            raise IndexDamaged(f"{source} holds a damaged catalogue ({told[0]}). Nothing was changed; take another.")


def _put_back_but(source: Path, target: Path, with_deleted: bool, actor: str) -> tuple[tuple[str, ...], bool]:
    """Put a catalogue back but for what was deleted since: the ids of that, and whether it could be known."""
    with Catalogue(source) as catalogue, catalogue.writing() as connection:
        rows.bump(connection)  # so that no indexes of before the restoring are taken for its own
        audit.write(connection, actor, "restore")
    stayed: tuple[str, ...] = ()
    deleted: _Deleted | None = _Deleted()

    def still() -> bool:
        return with_deleted or _deleted(target) == deleted

    while True:
        deleted = _Deleted() if with_deleted else _deleted(target)
        stayed += _bury(source, deleted or _Deleted(), actor)
        if _put_back(source, target, still):
            return stayed, deleted is not None


def _deleted(path: Path) -> _Deleted | None:
    """None where the catalogue can't be read."""
    if not path.is_file():
        return _Deleted()
    try:
        with Catalogue(path) as catalogue, catalogue.reading() as connection:
            graves = connection.execute("SELECT id, bytes_sha256, deleted_at FROM tombstones ORDER BY id").fetchall()
            return _Deleted(tuple(graves), tuple(connection.execute("SELECT bytes_sha256 FROM withdrawn ORDER BY 1")))
    except IndexDamaged:
        return None


def _bury(path: Path, deleted: _Deleted, actor: str) -> tuple[str, ...]:
    """Delete what was deleted since the backup, and go on refusing its ids: before anybody reads what is restored."""
    stayed = []
    with Catalogue(path) as catalogue, catalogue.writing() as connection:
        for identifier, digest, deleted_at in deleted.graves:
            there = connection.execute("SELECT 1 FROM documents WHERE id = ?", (identifier,)).fetchone()
            if there is not None:
                catalogue.remove_in(connection, identifier, False, None, actor)
                stayed.append(identifier)
            else:
                values = (identifier, digest, deleted_at)
                connection.execute("INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?)", values)
        connection.executemany("INSERT OR IGNORE INTO withdrawn VALUES (?)", deleted.withdrawn)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
    return tuple(stayed)


class _Stale(Exception):
    """Something was deleted since."""


def _put_back(source: Path, target: Path, still: Callable[[], bool]) -> bool:
    """Into the very file that is in use, as one transaction; in its place where that can't be read.

    False, with nothing changed, where it is not `still` so once nobody else can write. Raises IndexBusy.
    """
    try:
        with schema.reporting(target), closing(sqlite3.connect(source)) as reading:
            schema.prepare(target, _BUSY)
            with closing(schema.connect(target, _BUSY, writing=True)) as writing:
                writing.execute("PRAGMA journal_mode = WAL")  # so that it can be read while it is written
                reading.backup(writing, pages=_FEW_PAGES, progress=_watching(target, still))
    except _Stale:
        return False
    except IndexDamaged:
        for ending in ("", "-wal", "-shm"):
            damaged = target.with_name(target.name + ending)
            if damaged.exists():
                damaged.replace(target.with_name(f"damaged-{target.name}{ending}"))
        source.replace(target)
        with closing(sqlite3.connect(target, timeout=_BUSY)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        manifest.flush(target)
        manifest.flush(target.parent)
    return True


def _watching(target: Path, still: Callable[[], bool]) -> Callable[[int, int, int], None]:
    """What is called after every few pages of a copy, which holds the target's lock by then unless it is refused."""
    asked = False

    def watch(status: int, _left: int, _total: int) -> None:
        nonlocal asked
        if status not in (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE):  # sqlite3 itself would try again without end
            raise IndexBusy(f"Another process keeps writing to {target}. Wait for it, or stop it, then try again.")
        if not asked and not still():
            raise _Stale
        asked = True

    return watch
