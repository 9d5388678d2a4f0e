"""The same request sent twice is done once: what an idempotency key stood for.

After draft-ietf-httpapi-idempotency-key-header. Keys are kept for as long as the jobs and removals they made.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from yinju.errors import IdempotencyConflict
from yinju.records import Removal


def job_of(connection: sqlite3.Connection, key: str | None, request: str) -> str | None:
    """The id of the job this request made when it came before. Raises IdempotencyConflict for another request."""
    if key is None:
        return None
    row = connection.execute("SELECT id, request FROM jobs WHERE idempotency = ?", (key,)).fetchone()
    removed = connection.execute("SELECT 1 FROM removals WHERE idempotency = ?", (key,)).fetchone()
    if removed is not None or (row is not None and row[1] != request):
        raise _conflict()
    return None if row is None else str(row[0])


def removal_of(connection: sqlite3.Connection, key: str | None, document_id: str) -> Removal | None:
    """What a removal answered when it was asked for before. Raises IdempotencyConflict for another request."""
    if key is None:
        return None
    query = "SELECT document_id, passages, vectors, versions FROM removals WHERE idempotency = ?"
    row = connection.execute(query, (key,)).fetchone()
    sent = connection.execute("SELECT 1 FROM jobs WHERE idempotency = ?", (key,)).fetchone()
    if sent is not None or (row is not None and row[0] != document_id):
        raise _conflict()
    return None if row is None else replace(Removal(*row), replayed=True)


def remember(connection: sqlite3.Connection, key: str | None, removal: Removal, at: str) -> None:
    if key is not None:
        values = (key, removal.document_id, removal.passages, removal.vectors, removal.versions, at)
        connection.execute("INSERT INTO removals VALUES (?, ?, ?, ?, ?, ?)", values)


def forget(connection: sqlite3.Connection, before: str) -> None:
    connection.execute("DELETE FROM removals WHERE removed_at < ?", (before,))


def _conflict() -> IdempotencyConflict:
    return IdempotencyConflict(
        "This Idempotency-Key came before with another request. Nothing was changed; send a new key with a new request."
    )
