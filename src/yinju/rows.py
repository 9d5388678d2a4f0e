"""Documents and their versions to rows and back. Every function works on a connection inside an open transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from yinju import clock, digests
from yinju.document_ids import document_id, unused_id
from yinju.errors import Gone, IndexDamaged, NotFound, UnknownVersion
from yinju.records import Block, Collection, Document, DocumentSummary, Removal, Version
from yinju.schema import new_mark
from yinju.stored import Counts, Draft, Generation, StoredDocument

# A document may be encoded several times over; what was encoded last counts.
_COUNTED = """
    (SELECT count(*) FROM passages WHERE encoding =
        (SELECT max(encodings.key) FROM encodings WHERE encodings.document = documents.key))
"""
_CURRENT = "documents JOIN versions ON versions.document = documents.key AND versions.version = documents.version"
_SUMMARIES = f"""
SELECT id, title, date, name, root, characters, {_COUNTED}, documents.version, text_sha256, added_at, updated_at,
       collection
FROM {_CURRENT}
"""  # noqa: S608
_STORED = f"""
SELECT documents.key, id, title, date, name, text, text_sha256, blocks, pages, collection, documents.version
FROM {_CURRENT}
"""  # noqa: S608


def generation(connection: sqlite3.Connection) -> Generation:
    return Generation(*connection.execute("SELECT generation, mark FROM meta").fetchone())


def bump(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE meta SET generation = generation + 1, mark = ?", (new_mark(),))


def counts(connection: sqlite3.Connection) -> Counts:
    (documents,) = connection.execute("SELECT count(*) FROM documents").fetchone()
    (passages,) = connection.execute(f"SELECT coalesce(sum({_COUNTED}), 0) FROM documents").fetchone()  # noqa: S608
    return Counts(documents, passages)


def summaries(
    connection: sqlite3.Connection, after: str, limit: int, collections: Sequence[str] | None
) -> list[DocumentSummary]:
    chosen = "" if collections is None else f"AND collection IN ({_marks(collections)})"
    query = f"{_SUMMARIES} WHERE id > ? {chosen} ORDER BY id LIMIT ?"
    return [DocumentSummary(*row) for row in connection.execute(query, (after, *(collections or ()), limit))]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def summary(connection: sqlite3.Connection, identifier: str) -> DocumentSummary:
    row = connection.execute(f"{_SUMMARIES} WHERE id = ?", (identifier,)).fetchone()
    if row is None:
        raise absent(connection, identifier)
    return DocumentSummary(*row)


def absent(connection: sqlite3.Connection, identifier: str) -> NotFound | Gone:
    """Why there is no document of this id."""
    row = connection.execute("SELECT deleted_at FROM tombstones WHERE id = ?", (identifier,)).fetchone()
    return NotFound(identifier) if row is None else Gone(identifier, row[0])


def collections(connection: sqlite3.Connection) -> list[Collection]:
    query = f"SELECT collection, count(*), sum({_COUNTED}) FROM documents GROUP BY collection ORDER BY 1"  # noqa: S608
    return [Collection(*row) for row in connection.execute(query)]


def document(connection: sqlite3.Connection, identifier: str, version: int | None = None) -> Document:
    """Raises NotFound, Gone, UnknownVersion."""
    query = """
        SELECT id, title, date, name, root, text, blocks, pages, bytes_sha256, text_sha256, versions.version, added_at,
               CASE WHEN versions.version = documents.version THEN updated_at ELSE stored_at END, collection
        FROM documents JOIN versions ON versions.document = documents.key
        WHERE id = ? AND versions.version = coalesce(?, documents.version)
    """
    row = connection.execute(query, (identifier, version)).fetchone()
    if row is None:
        newest = summary(connection, identifier).version
        raise UnknownVersion(identifier, newest if version is None else version, newest)
    identifier, title, date, name, root, text, blocks, pages, *rest = row
    starts = tuple(_parsed(pages, identifier))
    return Document(identifier, title, date, name, root, text, _blocks(blocks, identifier), starts, *rest)


def versions(connection: sqlite3.Connection, identifier: str) -> list[Version]:
    query = """
        SELECT versions.version, title, text_sha256, stored_at
        FROM documents JOIN versions ON versions.document = documents.key WHERE id = ? ORDER BY versions.version
    """
    return [Version(*row) for row in connection.execute(query, (identifier,))]


def _parsed(stored: str, identifier: str) -> list[Any]:
    try:
        return list(json.loads(stored))
    except (ValueError, TypeError) as error:
        raise IndexDamaged(
            f"What is stored of the document {identifier!r} is damaged. Run: yinju verify --repair"
        ) from error


def _blocks(stored: str, identifier: str) -> tuple[Block, ...]:
    return tuple(Block(*block) for block in _parsed(stored, identifier))


def stored_document(connection: sqlite3.Connection, identifier: str) -> StoredDocument:
    """Raises NotFound, Gone."""
    row = connection.execute(_STORED + "WHERE id = ?", (identifier,)).fetchone()
    if row is None:
        raise absent(connection, identifier)
    return _stored_document(row)


def stored_documents(connection: sqlite3.Connection) -> Iterator[StoredDocument]:
    return map(_stored_document, connection.execute(_STORED + "ORDER BY id"))


def _stored_document(row: Sequence[Any]) -> StoredDocument:
    key, identifier, title, date, name, text, text_sha256, blocks, pages, *rest = row
    structure = (_blocks(blocks, identifier), tuple(_parsed(pages, identifier)))
    return StoredDocument(key, identifier, title, date, name, text, text_sha256, *structure, *rest)


_DIGESTED = ("title", "date", "blocks", "pages", "bytes_sha256", "structure", "text_sha256")


def _columns(draft: Draft) -> dict[str, Any]:
    reading = draft.reading
    made: dict[str, Any] = {
        "title": reading.title,
        "date": reading.date,
        "text": reading.text,
        "characters": len(reading.text),
        "blocks": json.dumps([(b.kind, b.start, b.end, b.level, b.cut) for b in reading.blocks]),
        "pages": json.dumps(reading.pages),
        "bytes_sha256": draft.bytes_sha256,
        "structure": draft.structure,
        "text_sha256": sha256(reading.text.encode()).hexdigest(),
        "now": clock.stamp(),
    }
    return {**made, "digest": digests.of_texts(made[name] for name in _DIGESTED)}


DIGESTED = ", ".join(_DIGESTED)


def upsert(connection: sqlite3.Connection, draft: Draft, replaces: str | None) -> tuple[int, str]:
    """The document's key and id.

    A folder's document is the one of its root and name; an upload replaces what it says it does, and is another
    document otherwise: its name does not identify it.
    """
    columns = {**_columns(draft), "root": draft.root, "name": draft.name, "collection": draft.collection}
    there = _place_of(connection, draft, replaces)
    if there is not None:
        _update(connection, there[0], columns)
        return there
    identifier = unused_id(document_id(draft.name), lambda wanted: _is_taken(connection, wanted))
    return _insert(connection, {**columns, "id": identifier}), identifier


def _place_of(connection: sqlite3.Connection, draft: Draft, replaces: str | None) -> tuple[int, str] | None:
    if replaces is not None:
        return current(connection, replaces)[0], replaces
    query = "SELECT key, id FROM documents WHERE root = ? AND name = ?"
    found: tuple[int, str] | None = connection.execute(query, (draft.root, draft.name)).fetchone()
    return found


def _is_taken(connection: sqlite3.Connection, identifier: str) -> bool:
    # What was deleted is never another document: a link to it must go on saying that it is gone.
    query = "SELECT 1 FROM documents WHERE id = ?1 UNION SELECT 1 FROM tombstones WHERE id = ?1"
    return connection.execute(query, (identifier,)).fetchone() is not None


def _insert(connection: sqlite3.Connection, columns: dict[str, Any]) -> int:
    """The new document's key."""
    query = """
        INSERT INTO documents (id, collection, root, name, version, added_at, updated_at)
        VALUES (:id, :collection, :root, :name, 1, :now, :now) RETURNING key
    """
    (key,) = connection.execute(query, columns).fetchone()
    _insert_version(connection, key, 1, columns)
    return int(key)


def _insert_version(connection: sqlite3.Connection, key: int, version: int, columns: dict[str, Any]) -> None:
    query = """
        INSERT INTO versions (document, version, title, date, text, characters, blocks, pages, bytes_sha256, structure,
                              text_sha256, stored_at, digest)
        VALUES (:key, :version, :title, :date, :text, :characters, :blocks, :pages, :bytes_sha256, :structure,
                :text_sha256, :now, :digest)
    """
    connection.execute(query, {**columns, "key": key, "version": version})


def _update(connection: sqlite3.Connection, key: int, columns: dict[str, Any]) -> None:
    # A version is a version of the text: two processes may index the same change, a reader may learn new headings.
    query = "SELECT version, text_sha256 FROM versions WHERE document = ? ORDER BY version DESC LIMIT 1"
    version, text_sha256 = connection.execute(query, (key,)).fetchone()
    if text_sha256 == columns["text_sha256"]:
        connection.execute("DELETE FROM versions WHERE document = ? AND version = ?", (key, version))
    else:
        connection.execute("UPDATE versions SET original = NULL WHERE document = ?", (key,))
        version += 1
    _insert_version(connection, key, version, columns)
    query = """
        UPDATE documents SET version = :version, root = :root, name = :name, collection = :collection,
            updated_at = max(:now, added_at) WHERE key = :key
    """
    connection.execute(query, {**columns, "key": key, "version": version})


def current(connection: sqlite3.Connection, identifier: str) -> tuple[int, int, str]:
    """A document's key, its newest version, and the SHA-256 of that one's bytes, whatever the rest of it is.

    Raises NotFound, Gone.
    """
    query = f"SELECT documents.key, documents.version, bytes_sha256 FROM {_CURRENT} WHERE id = ?"  # noqa: S608
    found: tuple[int, int, str] | None = connection.execute(query, (identifier,)).fetchone()
    if found is None:
        raise absent(connection, identifier)
    return found


def rewrite(connection: sqlite3.Connection, key: int, version: int, draft: Draft) -> bool:
    """A version once more, as it was read from the same bytes: whether it reads as it once did, by its digest."""
    query = "DELETE FROM versions WHERE document = ? AND version = ? RETURNING original, digest"
    original, digest = connection.execute(query, (key, version)).fetchone()
    columns = _columns(draft)
    _insert_version(connection, key, version, columns)
    connection.execute("UPDATE versions SET original = ? WHERE document = ? AND version = ?", (original, key, version))
    return bool(columns["digest"] == digest)


def remove(connection: sqlite3.Connection, identifier: str) -> tuple[Removal, str]:
    """Forget a document with all its versions, and leave a tombstone; also the SHA-256 of its last bytes."""
    key, _, _ = current(connection, identifier)  # what is damaged can be deleted, too
    query = """
        SELECT count(*), coalesce(sum(1 + length(sentences) / 4), 0)
        FROM passages JOIN vectors ON vectors.passage = passages.key
        WHERE encoding = (SELECT max(key) FROM encodings WHERE document = ?)
    """
    passages, vectors = connection.execute(query, (key,)).fetchone()
    told = [row[0] for row in connection.execute(
        "SELECT bytes_sha256 FROM versions WHERE document = ? ORDER BY version", (key,)
    )]  # fmt: skip
    connection.execute("INSERT INTO tombstones VALUES (?, ?, ?)", (identifier, told[-1], clock.stamp()))
    # A job outlives its document for a day, nameless: the same request sent once more must not bring it back.
    connection.execute("UPDATE jobs SET name = '' WHERE document_id = ? AND state IN ('done', 'failed')", (identifier,))
    connection.execute("DELETE FROM documents WHERE key = ?", (key,))
    return Removal(identifier, passages, vectors, len(told)), told[-1]
