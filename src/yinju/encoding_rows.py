"""Passages and their vectors to rows and back, by what encoded them.

Every function works on a connection inside an open transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yinju import digests
from yinju.blobs import Packed, PassageVectors
from yinju.errors import IndexMismatch
from yinju.records import Passage
from yinju.stored import Origin, StoredDocument, StoredPassage

_DOCUMENTS = "SELECT count(*) FROM documents"
_BLOBS = "pooled, tokens, offsets, sentences, sentence_pooled, sentence_tokens, sentence_offsets"


def origins(connection: sqlite3.Connection) -> list[Origin]:
    """What documents were encoded by, the oldest first."""
    return [Origin(*row) for row in connection.execute("SELECT encoder, splitter, dimension FROM origins ORDER BY key")]


def unencoded(connection: sqlite3.Connection, origin: Origin) -> list[str]:
    """The ids of the documents that were not split and encoded by `origin`."""
    query = """
        SELECT id FROM documents WHERE key NOT IN (
            SELECT document FROM encodings JOIN origins ON origins.key = encodings.origin
            WHERE encoder = ? AND splitter = ? AND dimension = ?
        ) ORDER BY id
    """
    return [row[0] for row in connection.execute(query, _values(origin))]


def complete(connection: sqlite3.Connection) -> list[Origin]:
    """The origins that encoded every document there is, the oldest first."""
    query = """
        SELECT encoder, splitter, dimension FROM origins
        WHERE (SELECT count(*) FROM encodings WHERE origin = origins.key) = (SELECT count(*) FROM documents)
        ORDER BY key
    """
    return [Origin(*row) for row in connection.execute(query)]


def check(connection: sqlite3.Connection, wanted: Origin, path: Path) -> None:
    """Raises IndexMismatch unless every document was encoded by `wanted`, or there are none."""
    missing = unencoded(connection, wanted)
    if missing:
        raise mismatch(connection, wanted, path)


def mismatch(connection: sqlite3.Connection, wanted: Origin, path: Path) -> IndexMismatch:
    """Why `wanted` can't serve."""
    again = "Run `yinju reindex` to encode the stored texts anew"
    there = origins(connection)
    for begun in (each for each in there if (each.encoder, each.splitter) == (wanted.encoder, wanted.splitter)):
        missing, (documents,) = len(unencoded(connection, begun)), connection.execute(_DOCUMENTS).fetchone()
        return IndexMismatch(
            f"{missing} of {documents} documents in {path} are not encoded by this model yet. {again}."
        )
    if any(origin.encoder == wanted.encoder for origin in there):
        return IndexMismatch(
            f"{path} was made by a version of Yinju that cuts or encodes documents otherwise. {again}."
        )
    named = ", ".join(dict.fromkeys(origin.encoder for origin in there)) or "no model"
    return IndexMismatch(
        f"{path} was made with the model {named}, and {wanted.encoder} is configured. {again}, or configure "
        "the model it was made with."
    )


def forget_others(connection: sqlite3.Connection, kept: Origin) -> list[Origin]:
    """Delete what other origins encoded; returns them."""
    others = [origin for origin in origins(connection) if origin != kept]
    query = "DELETE FROM origins WHERE encoder = ? AND splitter = ? AND dimension = ?"
    connection.executemany(query, [_values(origin) for origin in others])
    return others


def store(
    connection: sqlite3.Connection,
    document_key: int,
    origin: Origin,
    passages: tuple[Passage, ...],
    vectors: tuple[PassageVectors, ...],
) -> None:
    """One encoding of a document's newest version, instead of an earlier one by the same origin."""
    connection.execute("INSERT OR IGNORE INTO origins (encoder, splitter, dimension) VALUES (?, ?, ?)", _values(origin))
    query = "SELECT key FROM origins WHERE encoder = ? AND splitter = ? AND dimension = ?"
    (origin_key,) = connection.execute(query, _values(origin)).fetchone()
    connection.execute("DELETE FROM encodings WHERE document = ? AND origin = ?", (document_key, origin_key))
    query = "INSERT INTO encodings (document, origin) VALUES (?, ?) RETURNING key"
    (encoding,) = connection.execute(query, (document_key, origin_key)).fetchone()
    insert_passage = """
        INSERT INTO passages (encoding, ordinal, start, end, heading, page) VALUES (?, ?, ?, ?, ?, ?) RETURNING key
    """
    insert_vectors = f"INSERT INTO vectors (passage, {_BLOBS}, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    for ordinal, (passage, made) in enumerate(zip(passages, vectors, strict=True)):
        place = (ordinal, passage.start, passage.end, json.dumps(passage.heading), passage.page)
        (key,) = connection.execute(insert_passage, (encoding, *place)).fetchone()
        blobs = (*_parts(made.whole), made.spans, *_parts(made.sentences))
        connection.execute(insert_vectors, (key, *blobs, digests.of_blobs(place, blobs)))


def forget(connection: sqlite3.Connection, document_key: int) -> None:
    """Delete every encoding of a document: its text is another one now."""
    connection.execute("DELETE FROM encodings WHERE document = ?", (document_key,))


def _parts(packed: Packed) -> tuple[bytes, bytes, bytes]:
    return packed.pooled, packed.tokens, packed.offsets


def _values(origin: Origin) -> tuple[str, str, int]:
    return origin.encoder, origin.splitter, origin.dimension


_OF_ONE = """
FROM passages JOIN encodings ON encodings.key = passages.encoding JOIN origins ON origins.key = encodings.origin
"""
_CHOSEN = "WHERE document = ? AND encoder = ? AND splitter = ? AND dimension = ? ORDER BY ordinal"


def count(connection: sqlite3.Connection, origin: Origin) -> int:
    """How many passages an origin encoded."""
    query = f"SELECT count(*) {_OF_ONE} WHERE encoder = ? AND splitter = ? AND dimension = ?"
    (passages,) = connection.execute(query, _values(origin)).fetchone()
    return int(passages)


def stored_passages(connection: sqlite3.Connection, of: StoredDocument, origin: Origin) -> Iterator[StoredPassage]:
    """A document's passages in order, with the vectors that `origin` made."""
    query = f"""
        SELECT {_BLOBS}, start, end, heading, page
        {_OF_ONE} JOIN vectors ON vectors.passage = passages.key {_CHOSEN}
    """
    for *blobs, start, end, heading, page in connection.execute(query, (of.key, *_values(origin))):
        vectors = PassageVectors(Packed(*blobs[:3]), blobs[3], Packed(*blobs[4:]))
        yield StoredPassage(_passage(of.id, of.text, start, end, heading, page), vectors)


def raw(
    connection: sqlite3.Connection, document_key: int, origin: Origin
) -> Iterator[tuple[tuple[Any, ...], tuple[bytes, ...]]]:
    """A document's passages in order, as they lie in the tables: (ordinal, start, end, heading, page), and the blobs
    with their digest at the end."""
    query = f"""
        SELECT ordinal, start, end, heading, page, {_BLOBS}, digest
        {_OF_ONE} JOIN vectors ON vectors.passage = passages.key {_CHOSEN}
    """
    for row in connection.execute(query, (document_key, *_values(origin))):
        yield row[:5], row[5:]


def forget_one(connection: sqlite3.Connection, document_id: str, origin: Origin) -> None:
    """Delete what an origin made of a document."""
    query = """
        DELETE FROM encodings WHERE document = (SELECT key FROM documents WHERE id = ?) AND origin =
            (SELECT key FROM origins WHERE encoder = ? AND splitter = ? AND dimension = ?)
    """
    connection.execute(query, (document_id, *_values(origin)))


def _passage(document_id: str, text: str, start: int, end: int, heading: str, page: int | None) -> Passage:
    return Passage(document_id, start, end, text[start:end], tuple(json.loads(heading)), page)
