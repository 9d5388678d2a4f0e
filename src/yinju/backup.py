"""The whole truth in one file, taken while the service runs, and put back by the hash.

A backup is a tar archive: `manifest.json` (sizes and SHA-256), `catalogue.db`, and `keys.db` where there are keys.
What is derived is not in it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju import audit, manifest, rows, schema
from yinju.catalogue import Catalogue
from yinju.errors import IndexDamaged, InvalidRequest
from yinju.progress import Progress, silent

CATALOGUE, KEYS, _MANIFEST = "catalogue.db", "keys.db", "manifest.json"
_FORMAT = 1
_BUSY = 10.0  # seconds
_PAGES = 2000  # copied between two reports of progress


@dataclass(frozen=True, slots=True)
class Restored:
    """documents: how many there are now. stayed_deleted: ids of documents of the backup that were deleted since.

    keys: whether the backup's keys were taken; not so where the index has some already.
    """

    documents: int
    stayed_deleted: tuple[str, ...]
    keys: bool


def backup(index: Path, target: Path, progress: Progress = silent) -> int:
    """Write a backup of an index folder, which may be in use, to a file that is not there yet; its size in bytes.

    One committed state. Raises InvalidRequest for a file that is there, or where there is no catalogue.
    """
    if target.exists():
        raise InvalidRequest(f"{target} is there already. Nothing was written; name another file.")
    if not (index / CATALOGUE).is_file():
        raise InvalidRequest(f"There is no catalogue in {index} to back up. Set YINJU_INDEX to where it is.")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with TemporaryDirectory(prefix=".backup-", dir=index) as folder:
            scratch = Path(folder)
            for name in (CATALOGUE, KEYS):
                if (index / name).is_file():
                    _copy(index / name, scratch / name, progress)
            _write(scratch, unfinished)
        manifest.flush(unfinished)
        unfinished.rename(target)
        manifest.flush(target.absolute().parent)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


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


def _write(folder: Path, target: Path) -> None:
    files = {path.name: [path.stat().st_size, _digest(path)] for path in sorted(folder.glob("*.db"))}
    (folder / _MANIFEST).write_text(json.dumps({"format": _FORMAT, "files": files}, indent=1), "utf-8")
    with tarfile.open(target, "x", format=tarfile.PAX_FORMAT) as archive:
        for name in (_MANIFEST, *files):
            archive.add(folder / name, name, recursive=False, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def restore(index: Path, source: Path, *, with_deleted: bool = False, actor: str = "") -> Restored:
    """Put a backup in the place of an index folder's catalogue, which may be in use; nothing is changed before every
    byte of the backup is found to be as it was written.

    What was deleted since the backup stays deleted, unless `with_deleted`. Raises InvalidRequest for what is no
    backup, IndexDamaged for a damaged one, IndexMismatch for one of a newer version.
    """
    index.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restore-", dir=index) as folder:
        scratch = Path(folder)
        _unpack(source, scratch)
        _check(scratch / CATALOGUE, source)
        graves = [] if with_deleted else _graves(index / CATALOGUE)
        stayed = _bury(scratch / CATALOGUE, graves, actor)
        _put_back(scratch / CATALOGUE, index / CATALOGUE)
        with_keys = (scratch / KEYS).is_file() and not (index / KEYS).exists()
        if with_keys:
            (scratch / KEYS).rename(index / KEYS)
    with Catalogue(index / CATALOGUE) as catalogue:
        return Restored(catalogue.counts().documents, stayed, with_keys)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            for name in (_MANIFEST, CATALOGUE, KEYS):
                member = archive.extractfile(name) if name in archive.getnames() else None
                if member is not None:
                    with (folder / name).open("wb") as file:
                        shutil.copyfileobj(member, file)
        described = json.loads((folder / _MANIFEST).read_text("utf-8"))
        files: dict[str, list[int | str]] = described["files"]
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(
            f"{source} is not a backup made by `yinju backup` ({error}). Nothing was changed; name one that is."
        ) from error
    for name, (size, digest) in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or _digest(path) != digest:
            raise IndexDamaged(
                f"{source} is damaged: {name} in it is not what was written. Nothing was changed; take another backup."
            )


def _check(path: Path, source: Path) -> None:
    with schema.reporting(path), closing(sqlite3.connect(path)) as connection:
        schema.recognise(connection, path)
        told = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        if told != ["ok"]:
            raise IndexDamaged(f"{source} holds a damaged catalogue ({told[0]}). Nothing was changed; take another.")


def _graves(path: Path) -> list[tuple[str, str, str]]:
    """What the present catalogue knows to be deleted; nothing where it can't be read."""
    if not path.is_file():
        return []
    try:
        with Catalogue(path) as catalogue, catalogue.borrowed() as connection:
            return connection.execute("SELECT id, bytes_sha256, deleted_at FROM tombstones").fetchall()
    except IndexDamaged:
        return []


def _put_back(source: Path, target: Path) -> None:
    """Into the very file that is in use, as one transaction; beside and renamed where that can't be read."""
    try:
        with schema.reporting(target), closing(sqlite3.connect(source)) as reading:
            schema.prepare(target, _BUSY)
            with closing(schema.connect(target, _BUSY, writing=True)) as writing:
                reading.backup(writing)
    except IndexDamaged:
        for ending in ("", "-wal", "-shm"):
            damaged = target.with_name(target.name + ending)
            if damaged.exists():
                damaged.replace(target.with_name(f"damaged-{target.name}{ending}"))
        source.replace(target)
        manifest.flush(target)
        manifest.flush(target.parent)
    schema.prepare(target, _BUSY)
    with closing(sqlite3.connect(target, timeout=_BUSY)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _bury(path: Path, graves: list[tuple[str, str, str]], actor: str) -> tuple[str, ...]:
    """Delete what was deleted since the backup, and go on refusing its ids: before anybody reads what is restored."""
    stayed = []
    with Catalogue(path) as catalogue, catalogue.writing() as connection:
        for identifier, digest, deleted_at in graves:
            there = connection.execute("SELECT 1 FROM documents WHERE id = ?", (identifier,)).fetchone()
            if there is not None:
                catalogue.remove_in(connection, identifier, True, None, actor)
                stayed.append(identifier)
            else:
                values = (identifier, digest, deleted_at)
                connection.execute("INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?)", values)
        rows.bump(connection)  # so that no indexes of before the restoring are taken for its own
        audit.write(connection, actor, "restore")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
    return tuple(stayed)
