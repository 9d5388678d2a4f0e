"""The truth: documents, passages and their vectors, in one SQLite file. Everything else is made from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType

from yinju import rows, schema
from yinju.blobs import PassageVectors
from yinju.errors import NotFound
from yinju.records import Document, DocumentSummary, Passage
from yinju.stored import Counts, Draft, Generation, Known, Origin, StoredDocument, StoredPassage

BUSY_TIMEOUT = 10.0  # seconds; one document's transaction takes far less


class Catalogue:
    """An open catalogue. Safe to use from several threads; every read sees one committed state.

    Opening creates a missing file, upgrades an older one and otherwise writes nothing. Raises IndexMismatch for a file
    of another program or of a newer version.
    """

    def __init__(self, path: Path, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.path = path
        self._timeout = busy_timeout
        self._idle: list[sqlite3.Connection] = []
        self._lock = Lock()
        self._closed = False
        schema.prepare(path, busy_timeout)

    def close(self) -> None:
        """Close the idle connections; one in use closes when its read ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def generation(self) -> Generation:
        """Which committed state this is; every write makes another. Cheap enough to ask for each question."""
        with self._borrowed() as connection:
            return rows.generation(connection)

    def origin(self) -> Origin | None:
        """What made the vectors; None while no document was ever stored."""
        with self._reading() as connection:
            return rows.origin(connection)

    def check(self, origin: Origin) -> None:
        """Raises IndexMismatch unless `origin` is what made the documents stored here (or there are none)."""
        with self._reading() as connection:
            rows.check_origin(connection, origin, self.path)

    def counts(self) -> Counts:
        with self._reading() as connection:
            return rows.counts(connection)

    def documents(self, limit: int = 100, after: str | None = None) -> list[DocumentSummary]:
        """Summaries ordered by id, those after the id `after` only."""
        with self._reading() as connection:
            return rows.summaries(connection, rows.SUMMARY_PAGE, (after or "", limit))

    def summary(self, document_id: str) -> DocumentSummary:
        """Raises NotFound."""
        with self._reading() as connection:
            found = rows.summaries(connection, rows.SUMMARY_OF_ONE, (document_id,))
        if not found:
            raise NotFound(document_id)
        return found[0]

    def document(self, document_id: str) -> Document:
        """Raises NotFound."""
        with self._reading() as connection:
            found = rows.document(connection, document_id)
        if found is None:
            raise NotFound(document_id)
        return found

    def slice(self, document_id: str, start: int, end: int) -> tuple[str, str] | None:
        """The characters `[start, end)` of a document and its text's SHA-256; None where there is no such document."""
        query = "SELECT substr(text, ?, ?), text_sha256 FROM documents WHERE id = ?"
        with self._borrowed() as connection:
            found: tuple[str, str] | None = connection.execute(query, (start + 1, end - start, document_id)).fetchone()
        return found

    def passages(self, document_id: str) -> list[Passage]:
        """The document's passages in order. Raises NotFound."""
        with self._reading() as connection:
            found = rows.stored_document(connection, document_id)
            if found is None:
                raise NotFound(document_id)
            return rows.passages(connection, found)

    def stored(self, document_id: str) -> list[StoredPassage]:
        """The document's passages in order, with their vectors. Raises NotFound."""
        with self._reading() as connection:
            found = rows.stored_document(connection, document_id)
            if found is None:
                raise NotFound(document_id)
            return list(rows.stored_passages(connection, found))

    def known(self, root: str) -> dict[str, Known]:
        """The documents indexed from one folder, by name."""
        with self._reading() as connection:
            query = "SELECT name, id, bytes_sha256, structure FROM documents WHERE root = ? ORDER BY name"
            return {name: Known(*rest) for name, *rest in connection.execute(query, (root,))}

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One committed state, unchanging for as long as it is open."""
        with self._reading() as connection:
            yield Snapshot(connection, self.path)

    def put(self, draft: Draft, origin: Origin) -> str:
        """Add a document, or replace the one of the same root and name; returns its id, which a replacement keeps.

        One transaction. Raises IndexMismatch when the catalogue's other documents were made by another encoder or
        splitter, IndexBusy when another process keeps writing.
        """
        with schema.transaction(self.path, self._timeout) as connection:
            rows.check_origin(connection, origin, self.path)
            rows.set_origin(connection, origin)
            key, identifier = rows.upsert(connection, draft)
            rows.store_passages(connection, key, draft.passages, draft.vectors)
            rows.bump(connection)
        return identifier

    def rename(self, document_id: str, name: str) -> None:
        """A document's file got another name within its root; the id stays. Raises NotFound, IndexBusy."""
        with schema.transaction(self.path, self._timeout) as connection:
            changed = connection.execute(
                "UPDATE documents SET name = ?, updated_at = ? WHERE id = ?", (name, rows.now(), document_id)
            )
            if changed.rowcount == 0:
                raise NotFound(document_id)
            rows.bump(connection)

    def remove(self, document_id: str) -> None:
        """Forget a document, its passages and their vectors. Raises NotFound, IndexBusy."""
        with schema.transaction(self.path, self._timeout) as connection:
            if connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount == 0:
                raise NotFound(document_id)
            rows.bump(connection)

    @contextmanager
    def rewriting(self, origin: Origin) -> Iterator[Rewriting]:
        """Replace every document's passages and vectors in one transaction, whatever made the old ones.

        Other writers wait and give up with IndexBusy meanwhile; readers go on reading the old state.
        """
        with schema.transaction(self.path, self._timeout) as connection:
            rows.set_origin(connection, origin)
            yield Rewriting(connection)
            rows.bump(connection)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._borrowed() as connection:
            connection.execute("BEGIN")
            with connection:
                yield connection

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection outside any transaction: a single statement sees one state without."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise ValueError("the catalogue is closed")
            if self._idle:
                return self._idle.pop()
        return schema.connect(self.path, self._timeout)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


class Snapshot:
    """One committed state of a catalogue."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self.generation = rows.generation(connection)
        self.origin = rows.origin(connection)
        self.counts = rows.counts(connection)

    def check(self, origin: Origin) -> None:
        """Raises IndexMismatch unless `origin` is what made the documents stored here (or there are none)."""
        rows.check_origin(self._connection, origin, self._path)

    def documents(self) -> Iterator[StoredDocument]:
        """In the order of their ids."""
        return rows.stored_documents(self._connection)

    def passages(self, document: StoredDocument) -> Iterator[StoredPassage]:
        """The document's passages in order, with their vectors."""
        return rows.stored_passages(self._connection, document)


class Rewriting:
    """An open transaction that replaces passages and vectors."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def document_ids(self) -> list[str]:
        return [identifier for (identifier,) in self._connection.execute("SELECT id FROM documents ORDER BY id")]

    def document(self, document_id: str) -> Document:
        found = rows.document(self._connection, document_id)
        if found is None:
            raise NotFound(document_id)
        return found

    def put(self, document_id: str, passages: tuple[Passage, ...], vectors: tuple[PassageVectors, ...]) -> None:
        (key,) = self._connection.execute("SELECT key FROM documents WHERE id = ?", (document_id,)).fetchone()
        rows.store_passages(self._connection, key, passages, vectors)
