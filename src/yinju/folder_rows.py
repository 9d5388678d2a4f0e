"""A folder's documents as rows: what became of one since the folder was listed is looked up in the very transaction.

Every function works on a connection inside an open transaction.
"""

from __future__ import annotations

import sqlite3

from yinju import clock, rows
from yinju.stored import Draft


def document_of(connection: sqlite3.Connection, root: str | None, name: str) -> str | None:
    """The id of the document of a file; None where it is deleted by now, or was replaced by an upload."""
    row = connection.execute("SELECT id FROM documents WHERE root = ? AND name = ?", (root, name)).fetchone()
    return None if row is None else str(row[0])


def stays_away(connection: sqlite3.Connection, draft: Draft) -> bool:
    """Whether a person deleted these bytes, and no document of this file is there for them to be a change of."""
    if document_of(connection, draft.root, draft.name) is not None:
        return False
    query = "SELECT 1 FROM withdrawn WHERE bytes_sha256 = ?"
    return connection.execute(query, (draft.bytes_sha256,)).fetchone() is not None


def rename(connection: sqlite3.Connection, root: str, old: str, new: str) -> bool:
    """A file got another name within its root; the document's id stays.

    False where there is none of the old name, or one of the new already.
    """
    query = "UPDATE OR IGNORE documents SET name = ?, updated_at = max(?, added_at) WHERE root = ? AND name = ?"
    renamed = connection.execute(query, (new, clock.stamp(), root, old)).rowcount > 0
    if renamed:
        rows.bump(connection)
    return renamed
