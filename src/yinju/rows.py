"""The catalogue's records to rows and back. Every function works on a connection inside an open transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from yinju.blobs import Packed, PassageVectors
from yinju.document_ids import document_id, unused_id
from yinju.errors import IndexMismatch
from yinju.records import Block, Document, DocumentSummary, Passage
from yinju.schema import new_mark
from yinju.stored import Counts, Draft, Generation, Origin, StoredDocument, StoredPassage

_SUMMARIES = """
SELECT id, title, date, name, root, characters,
       (SELECT count(*) FROM passages WHERE passages.document = documents.key),
       version, text_sha256, added_at, updated_at
FROM documents
"""
_STORED = "SELECT key, id, title, date, name, text, text_sha256, blocks FROM documents "
_VECTORS = "pooled, tokens, offsets, sentences, sentence_pooled, sentence_tokens, sentence_offsets"
SUMMARY_PAGE = _SUMMARIES + "WHERE id > ? ORDER BY id LIMIT ?"
SUMMARY_OF_ONE = _SUMMARIES + "WHERE id = ?"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def generation(connection: sqlite3.Connection) -> Generation:
    return Generation(*connection.execute("SELECT generation, mark FROM meta").fetchone())


def bump(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE meta SET generation = generation + 1, mark = ?", (new_mark(),))


def origin(connection: sqlite3.Connection) -> Origin | None:
    encoder, splitter, dimension = connection.execute("SELECT encoder, splitter, dimension FROM meta").fetchone()
    return None if encoder is None else Origin(encoder, splitter, dimension)


def set_origin(connection: sqlite3.Connection, made_by: Origin) -> None:
    values = (made_by.encoder, made_by.splitter, made_by.dimension)
    connection.execute("UPDATE meta SET encoder = ?, splitter = ?, dimension = ?", values)


def check_origin(connection: sqlite3.Connection, wanted: Origin, path: Path) -> None:
    found = origin(connection)
    if found is None or found == wanted or counts(connection).documents == 0:
        return
    again = "Run `yinju index --reencode` to make it again from the stored texts"
    if found.encoder == wanted.encoder:
        raise IndexMismatch(f"{path} was made by a version of Yinju that cuts or encodes documents otherwise. {again}.")
    raise IndexMismatch(
        f"{path} was made with the model {found.encoder}, and {wanted.encoder} is configured. {again}, or configure "
        "the model it was made with."
    )


def counts(connection: sqlite3.Connection) -> Counts:
    query = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"
    return Counts(*connection.execute(query).fetchone())


def summaries(connection: sqlite3.Connection, query: str, values: tuple[object, ...]) -> list[DocumentSummary]:
    return [DocumentSummary(*row) for row in connection.execute(query, values)]


def document(connection: sqlite3.Connection, document_id: str) -> Document | None:
    query = """
        SELECT id, title, date, name, root, text, blocks, pages,
               bytes_sha256, text_sha256, version, added_at, updated_at
        FROM documents WHERE id = ?
    """
    row = connection.execute(query, (document_id,)).fetchone()
    if row is None:
        return None
    identifier, title, date, name, root, text, blocks, pages, *rest = row
    return Document(identifier, title, date, name, root, text, _blocks(blocks), tuple(json.loads(pages)), *rest)


def _blocks(stored: str) -> tuple[Block, ...]:
    return tuple(Block(*block) for block in json.loads(stored))


def _columns(draft: Draft) -> dict[str, object]:
    reading = draft.reading
    return {
        "title": reading.title,
        "date": reading.date,
        "text": reading.text,
        "characters": len(reading.text),
        "blocks": json.dumps([(b.kind, b.start, b.end, b.level, b.cut) for b in reading.blocks]),
        "pages": json.dumps(reading.pages),
        "bytes_sha256": draft.bytes_sha256,
        "structure": draft.structure,
        "text_sha256": sha256(reading.text.encode()).hexdigest(),
        "now": now(),
    }


def _insert(connection: sqlite3.Connection, identifier: str, draft: Draft, columns: dict[str, object]) -> int:
    """The new document's key."""
    query = """
        INSERT INTO documents (id, title, date, root, name, text, characters, blocks, pages, bytes_sha256, structure,
                               text_sha256, version, added_at, updated_at)
        VALUES (:id, :title, :date, :root, :name, :text, :characters, :blocks, :pages, :bytes_sha256, :structure,
                :text_sha256, 1, :now, :now)
        RETURNING key
    """
    (key,) = connection.execute(query, {**columns, "id": identifier, "root": draft.root, "name": draft.name}).fetchone()
    return int(key)


def _update(connection: sqlite3.Connection, key: int, columns: dict[str, object]) -> None:
    # A version is a version of the text: two processes may index the same change, a reader may learn new headings.
    query = """
        UPDATE documents SET title = :title, date = :date, text = :text, characters = :characters, blocks = :blocks,
            pages = :pages, bytes_sha256 = :bytes_sha256, structure = :structure,
            version = version + (text_sha256 != :text_sha256), text_sha256 = :text_sha256, updated_at = :now
        WHERE key = :key
    """
    connection.execute(query, {**columns, "key": key})


def upsert(connection: sqlite3.Connection, draft: Draft) -> tuple[int, str]:
    """The document's key and id. A document without a root is never replaced: its name does not identify it."""
    columns = _columns(draft)
    old = connection.execute("SELECT key, id FROM documents WHERE root = ? AND name = ?", (draft.root, draft.name))
    found: tuple[int, str] | None = old.fetchone()
    if found is not None:
        _update(connection, found[0], columns)
        return found
    identifier = unused_id(
        document_id(draft.name),
        lambda wanted: connection.execute("SELECT 1 FROM documents WHERE id = ?", (wanted,)).fetchone() is not None,
    )
    return _insert(connection, identifier, draft, columns), identifier


def store_passages(
    connection: sqlite3.Connection, document_key: int, passages: Sequence[Passage], vectors: Sequence[PassageVectors]
) -> None:
    """In place of those the document had."""
    insert_passage = """
        INSERT INTO passages (document, ordinal, start, end, heading, page) VALUES (?, ?, ?, ?, ?, ?) RETURNING key
    """
    insert_vectors = f"INSERT INTO vectors (passage, {_VECTORS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    connection.execute("DELETE FROM passages WHERE document = ?", (document_key,))
    for ordinal, (passage, made) in enumerate(zip(passages, vectors, strict=True)):
        place = (document_key, ordinal, passage.start, passage.end, json.dumps(passage.heading), passage.page)
        (key,) = connection.execute(insert_passage, place).fetchone()
        connection.execute(insert_vectors, (key, *_parts(made.whole), made.spans, *_parts(made.sentences)))


def _parts(packed: Packed) -> tuple[bytes, bytes, bytes]:
    return packed.pooled, packed.tokens, packed.offsets


def passages(connection: sqlite3.Connection, of: StoredDocument) -> list[Passage]:
    query = "SELECT start, end, heading, page FROM passages WHERE document = ? ORDER BY ordinal"
    return [_passage(of.id, of.text, *row) for row in connection.execute(query, (of.key,))]


def stored_document(connection: sqlite3.Connection, document_id: str) -> StoredDocument | None:
    row = connection.execute(_STORED + "WHERE id = ?", (document_id,)).fetchone()
    return None if row is None else _stored_document(row)


def stored_documents(connection: sqlite3.Connection) -> Iterator[StoredDocument]:
    return map(_stored_document, connection.execute(_STORED + "ORDER BY id"))


def _stored_document(row: Sequence[Any]) -> StoredDocument:
    key, identifier, title, date, name, text, text_sha256, blocks = row
    return StoredDocument(key, identifier, title, date, name, text, text_sha256, _blocks(blocks))


def stored_passages(connection: sqlite3.Connection, of: StoredDocument) -> Iterator[StoredPassage]:
    query = f"""
        SELECT {_VECTORS}, start, end, heading, page
        FROM passages JOIN vectors ON vectors.passage = passages.key
        WHERE document = ? ORDER BY ordinal
    """  # noqa: S608
    for *blobs, start, end, heading, page in connection.execute(query, (of.key,)):
        vectors = PassageVectors(Packed(*blobs[:3]), blobs[3], Packed(*blobs[4:]))
        yield StoredPassage(_passage(of.id, of.text, start, end, heading, page), vectors)


def _passage(document_id: str, text: str, start: int, end: int, heading: str, page: int | None) -> Passage:
    return Passage(document_id, start, end, text[start:end], tuple(json.loads(heading)), page)
