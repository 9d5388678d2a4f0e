"""One committed state of a catalogue, unchanging for as long as it is looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from yinju import encoding_rows, rows
from yinju.stored import Origin, StoredDocument, StoredPassage


class Snapshot:
    """One committed state of a catalogue."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self.generation = rows.generation(connection)
        self.counts = rows.counts(connection)

    def complete(self) -> list[Origin]:
        """What encoded every document, the oldest first."""
        return encoding_rows.complete(self._connection)

    def origins(self) -> list[Origin]:
        """Everything that encoded a document, the oldest first."""
        return encoding_rows.origins(self._connection)

    def refuse(self, encoder: str, splitter: str) -> NoReturn:
        """Raises IndexMismatch: says what encoder and splitter would have to be."""
        raise encoding_rows.mismatch(self._connection, Origin(encoder, splitter, 0), self._path)

    def count(self, origin: Origin) -> int:
        """Passages."""
        return encoding_rows.count(self._connection, origin)

    def documents(self) -> Iterator[StoredDocument]:
        """In the order of their ids."""
        return rows.stored_documents(self._connection)

    def passages(self, document: StoredDocument, origin: Origin) -> Iterator[StoredPassage]:
        """The document's passages in order, with the vectors `origin` made."""
        return encoding_rows.stored_passages(self._connection, document, origin)
