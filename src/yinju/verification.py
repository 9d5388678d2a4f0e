"""Whether the whole store is what was written: hashes, offsets, vectors, and the indexes made from them."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_NB, LOCK_SH, flock
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np

from yinju import derived, digests, encoding_rows, rows
from yinju.blobs import unpack_pooled
from yinju.catalogue import Catalogue
from yinju.derived import Derived
from yinju.progress import Progress, silent
from yinju.snapshot import Snapshot
from yinju.stored import Origin, StoredPassage

Part = Literal["catalogue", "text", "structure", "original", "vectors", "indexes"]
_CLOSE = 1e-2  # half precision, of vectors of length one
_LOOKS, _PAUSE = 20, 0.25  # at indexes that are made anew meanwhile; seconds between two
_LOCK = ".lock"  # held by who makes them
_TORN = (OSError, ValueError, KeyError, TypeError, RuntimeError)  # what numpy, FAISS, tantivy and json raise on damage


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. where: a document's id, its version behind `@`; or a folder or file.

    origin: what made the vectors or indexes at fault.
    """

    part: Part
    where: str
    what: str
    origin: Origin | None = None


def verify(catalogue: Catalogue, folder: Path, progress: Progress = silent) -> Iterator[Finding]:
    """Everything wrong with a catalogue and the indexes in `folder`, as it is found. Writes nothing, loads no model.

    `progress` hears of stages `texts`, `vectors` and `indexes`. Raises IndexDamaged where the catalogue can't be read.
    """
    with catalogue.reading() as connection, _leniently(connection):
        broken = list(_broken_pages(connection, catalogue.path))
        yield from broken
        if broken:  # what can be read of the rest means little
            return
        wrong = [*_wrong_versions(connection), *_wrong_texts(connection, progress)]
        yield from wrong
        yield from _wrong_originals(connection)
        snapshot = Snapshot(connection, catalogue.path)
        for origin in snapshot.origins():
            found = list(_wrong_vectors(connection, snapshot, origin, progress))
            yield from found
            wrong += found
        complete = snapshot.complete() if snapshot.counts.documents else []
    for origin in complete:
        comparable = all(each.origin not in (None, origin) for each in wrong)
        yield from _wrong_indexes(catalogue, folder, origin, comparable)
        progress("indexes", 1, 1)


@contextmanager
def _leniently(connection: sqlite3.Connection) -> Iterator[None]:
    """A text that is no longer UTF-8 is read all the same, and found not to be the one that was stored."""
    connection.text_factory = lambda data: data.decode(errors="replace")
    try:
        yield
    finally:
        connection.text_factory = str


def _broken_pages(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    for (told,) in connection.execute("PRAGMA integrity_check(10)"):
        if told != "ok":
            yield Finding("catalogue", path.name, told)
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield Finding("catalogue", path.name, f"a row of {table} belongs to nothing")


def _wrong_versions(connection: sqlite3.Connection) -> Iterator[Finding]:
    query = """
        SELECT id FROM documents LEFT JOIN versions ON versions.document = documents.key GROUP BY documents.key
        HAVING documents.version IS NOT max(versions.version)
            OR count(*) <> max(versions.version) - min(versions.version) + 1
    """
    for (identifier,) in connection.execute(query):
        yield Finding("catalogue", identifier, "its versions are not numbered as they were")


def _wrong_texts(connection: sqlite3.Connection, progress: Progress) -> Iterator[Finding]:
    query = f"""
        SELECT id, versions.version, text, characters, {rows.DIGESTED}, digest
        FROM versions JOIN documents ON documents.key = versions.document ORDER BY id, versions.version
    """  # noqa: S608
    (total,) = connection.execute("SELECT count(*) FROM versions").fetchone()
    for done, (identifier, version, text, characters, *columns, digest) in enumerate(connection.execute(query), 1):
        where = f"{identifier}@{version}"
        *_, text_sha256 = columns
        if sha256(text.encode()).hexdigest() != text_sha256 or len(text) != characters:
            yield Finding("text", where, "the text is not the one that was stored")
        if digests.of_texts(columns) != digest:
            yield Finding("structure", where, "title, date, headings or pages are not those that were stored")
        progress("texts", done, total)


def _wrong_originals(connection: sqlite3.Connection) -> Iterator[Finding]:
    for key, digest in connection.execute("SELECT key, sha256 FROM originals").fetchall():
        with connection.blobopen("originals", "data", key, readonly=True) as blob:
            hashed = sha256()
            while chunk := blob.read(1 << 20):
                hashed.update(chunk)
        if hashed.hexdigest() != digest:
            yield Finding("original", digest, "the bytes that were uploaded are not those that were stored")


def _wrong_vectors(
    connection: sqlite3.Connection, snapshot: Snapshot, origin: Origin, progress: Progress
) -> Iterator[Finding]:
    done, total = 0, snapshot.count(origin)
    query = """
        SELECT documents.key, id, characters FROM documents
        JOIN versions ON versions.document = documents.key AND versions.version = documents.version ORDER BY id
    """
    for key, identifier, characters in connection.execute(query).fetchall():
        what = ""
        for place, blobs in encoding_rows.raw(connection, key, origin):
            ordinal, start, end, heading, _ = place
            if digests.of_blobs(place, blobs[:-1]) != blobs[-1]:
                what = f"the vectors of passage {ordinal} are not those that were stored"
            elif not 0 <= start < end <= characters or not isinstance(json.loads(heading), list):
                what = f"passage {ordinal} does not lie within the text"
            done += 1
            progress("vectors", done, total)
        if what:
            yield Finding("vectors", identifier, what, origin)


def _wrong_indexes(catalogue: Catalogue, folder: Path, origin: Origin, comparable: bool) -> list[Finding]:
    """In the indexes of the newest state: a service that is written to has deleted those of the state read so far.

    comparable: whether what they were made from is sound.
    """
    for _ in range(_LOOKS):
        with catalogue.reading() as connection, _leniently(connection):
            snapshot = Snapshot(connection, catalogue.path)
            place = derived.place_of(folder, origin, snapshot.generation)
            seen, what = place.is_dir(), _wrong_in(place, snapshot, origin, comparable)
        if place.is_dir():  # all the while, so that what was found is no matter of its being deleted
            return [] if what is None else [Finding("indexes", f"{place.parent.name}/{place.name}", what, origin)]
        if not seen and not _are_being_made(folder):
            break
        time.sleep(_PAUSE)
    return []  # made, and checked, when they are next needed


def _are_being_made(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("rb") as file:
            flock(file, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _wrong_in(place: Path, snapshot: Snapshot, origin: Origin, comparable: bool) -> str | None:
    torn = "a file is missing or is not as it was written"
    if not derived.is_sound(place, snapshot.generation, origin):
        return torn
    try:
        opened = derived.opened(place, snapshot.generation, origin)
    except _TORN:
        return torn
    return _disagreement(opened, snapshot, origin) if comparable else None


def _disagreement(opened: Derived, snapshot: Snapshot, origin: Origin) -> str | None:
    """How indexes that are whole differ from the catalogue."""
    row, listed = 0, iter(opened.passages.documents)
    for document in snapshot.documents():
        there = next(listed, None)
        if there is None or (there.id, there.text_sha256, there.collection, there.version, there.name) != (
            *(document.id, document.text_sha256, document.collection, document.version, document.name),
        ):
            return f"the document {document.id} is not the one in the catalogue"
        for stored in snapshot.passages(document, origin):
            if row >= len(opened.passages) or not _agrees(opened, row, stored):
                return f"the passage {stored.passage.id} is not the one in the catalogue"
            row += 1
    return None if row == len(opened.passages) else "there are passages that are not in the catalogue"


def _agrees(opened: Derived, row: int, stored: StoredPassage) -> bool:
    pooled = unpack_pooled(stored.vectors.whole.pooled, opened.vectors.dimension)[0]
    near = opened.vectors.scores(pooled, np.array([row]))[0]
    tokens, _ = opened.tokens.tokens(row)
    same = opened.passages.passage(row) == stored.passage and tokens.tobytes() == stored.vectors.whole.tokens
    return bool(same and near >= pooled @ pooled - _CLOSE)
