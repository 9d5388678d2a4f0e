"""Who changed what: a row for each write, in the transaction of the write itself."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from yinju import clock

Action = Literal["store", "remove", "reindex", "restore"]


@dataclass(frozen=True, slots=True)
class Entry:
    """actor: the id of an API key, `anonymous`, or what a command line says. Holds no text and no file name."""

    at: str
    actor: str
    action: Action
    document_id: str
    version: int | None
    bytes_sha256: str | None


def write(
    connection: sqlite3.Connection,
    actor: str,
    action: Action,
    document_id: str = "",
    version: int | None = None,
    bytes_sha256: str | None = None,
) -> None:
    """Remember a change, in its own transaction."""
    query = "INSERT INTO audit (at, actor, action, document_id, version, bytes_sha256) VALUES (?, ?, ?, ?, ?, ?)"
    connection.execute(query, (clock.stamp(), actor, action, document_id, version, bytes_sha256))


def entries(connection: sqlite3.Connection, limit: int) -> list[Entry]:
    """The newest first."""
    query = "SELECT at, actor, action, document_id, version, bytes_sha256 FROM audit ORDER BY key DESC LIMIT ?"
    return [Entry(*row) for row in connection.execute(query, (limit,))]
