"""A catalogue of an older version, made one of today's. Every step runs in the one transaction of the upgrade."""

from __future__ import annotations

import sqlite3

from yinju import digests
from yinju.tables import TABLES, statements

SENTENCES = ("sentences", "sentence_pooled", "sentence_tokens", "sentence_offsets")
"""The columns that came with version 2. What is encoded anew fills them: an older catalogue's splitter is another one,
too, so nothing is searched before."""
_REMADE = ("meta", "documents", "passages", "vectors")

# Versions became a table of their own, and so did what made the vectors: a document may have several of each.
_TO_3 = """
INSERT INTO meta SELECT only, generation, mark FROM old_meta;
INSERT INTO documents SELECT key, id, 'default', root, name, version, added_at, updated_at FROM old_documents;
INSERT INTO versions (document, version, title, date, text, characters, blocks, pages, bytes_sha256, structure,
    text_sha256, stored_at, digest)
    SELECT key, version, title, date, text, characters, blocks, pages, bytes_sha256, structure, text_sha256, updated_at,
    digest_texts(title, date, blocks, pages, bytes_sha256, structure, text_sha256) FROM old_documents;
INSERT INTO origins SELECT 1, encoder, splitter, dimension FROM old_meta WHERE encoder IS NOT NULL;
INSERT INTO encodings SELECT old_documents.key, old_documents.key, origins.key FROM old_documents, origins;
INSERT INTO passages SELECT key, document, ordinal, start, end, heading, page FROM old_passages;
INSERT INTO vectors SELECT passage, pooled, tokens, offsets, sentences, sentence_pooled, sentence_tokens,
    sentence_offsets, digest_blobs(ordinal, start, end, heading, page, pooled, tokens, offsets, sentences,
    sentence_pooled, sentence_tokens, sentence_offsets)
    FROM old_vectors JOIN old_passages ON old_passages.key = old_vectors.passage
"""


def apply(connection: sqlite3.Connection, version: int) -> None:
    """From `version` to today's, in an open transaction with foreign keys off."""
    if version < 2:
        for column in SENTENCES:
            connection.execute(f"ALTER TABLE vectors ADD COLUMN {column} BLOB NOT NULL DEFAULT x''")
    if version < 3:
        _to_3(connection)


def _to_3(connection: sqlite3.Connection) -> None:
    connection.create_function("digest_texts", -1, lambda *columns: digests.of_texts(columns), deterministic=True)
    connection.create_function(
        "digest_blobs", -1, lambda *columns: digests.of_blobs(columns[:5], columns[5:]), deterministic=True
    )
    connection.execute("PRAGMA legacy_alter_table = ON")  # a rename leaves what other tables refer to alone
    for table in _REMADE:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in (*statements(TABLES), *statements(_TO_3)):
        connection.execute(statement)
    for table in reversed(_REMADE):
        connection.execute(f"DROP TABLE old_{table}")
    connection.execute("PRAGMA legacy_alter_table = OFF")
