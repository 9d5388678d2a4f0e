"""The truth: documents with all their versions, passages and vectors, in one SQLite file. The rest is made from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from yinju import audit, encoding_rows, folder_rows, rows
from yinju.blobs import PassageVectors
from yinju.connections import Connections
from yinju.errors import PreconditionFailed
from yinju.records import Collection, Document, DocumentSummary, Passage, Removal, Version
from yinju.snapshot import Snapshot
from yinju.stored import Counts, Draft, Generation, Known, Origin, StoredPassage


class Catalogue(Connections):
    """An open catalogue. Safe to use from several threads; every read sees one committed state.

    Opening creates a missing file, upgrades an older one and otherwise writes nothing. Raises IndexMismatch for a file
    of another program or of a newer version. Every method may raise IndexDamaged, those that write IndexBusy and
    StorageFull.
    """

    def generation(self) -> Generation:
        """Which committed state this is; every change of a document makes another. Cheap enough for each question."""
        with self.borrowed() as connection:
            return rows.generation(connection)

    def complete(self) -> list[Origin]:
        """What encoded every document there is, the oldest first; more than one after a change of model."""
        with self.reading() as connection:
            return encoding_rows.complete(connection)

    def unencoded(self, origin: Origin) -> list[str]:
        """The ids of the documents `origin` has yet to encode."""
        with self.reading() as connection:
            return encoding_rows.unencoded(connection, origin)

    def check(self, origin: Origin) -> None:
        """Raises IndexMismatch unless `origin` encoded every document stored here (or there are none)."""
        with self.reading() as connection:
            encoding_rows.check(connection, origin, self.path)

    def counts(self) -> Counts:
        with self.reading() as connection:
            return rows.counts(connection)

    def collections(self) -> list[Collection]:
        """Those that hold a document, by name."""
        with self.reading() as connection:
            return rows.collections(connection)

    def documents(
        self, limit: int = 100, after: str | None = None, collections: Sequence[str] | None = None
    ) -> list[DocumentSummary]:
        """Summaries ordered by id, those after the id `after` only, of some collections or of all."""
        with self.reading() as connection:
            return rows.summaries(connection, after or "", limit, collections)

    def summary(self, document_id: str) -> DocumentSummary:
        """Raises NotFound, Gone."""
        with self.reading() as connection:
            return rows.summary(connection, document_id)

    def document(self, document_id: str, version: int | None = None) -> Document:
        """The newest version, or the one named. Raises NotFound, Gone, UnknownVersion."""
        with self.reading() as connection:
            return rows.document(connection, document_id, version)

    def versions(self, document_id: str) -> list[Version]:
        """The oldest first. Raises NotFound, Gone."""
        with self.reading() as connection:
            rows.summary(connection, document_id)
            return rows.versions(connection, document_id)

    def slice(self, document_id: str, text_sha256: str, start: int, end: int) -> str | None:
        """The characters `[start, end)` of that text of a document; None where it never had it, or is gone."""
        query = """
            SELECT substr(text, ?, ?) FROM versions JOIN documents ON documents.key = versions.document
            WHERE id = ? AND text_sha256 = ?
        """
        with self.borrowed() as connection:
            found = connection.execute(query, (start + 1, end - start, document_id, text_sha256)).fetchone()
        return None if found is None else str(found[0])

    def stored(self, document_id: str, origin: Origin) -> list[StoredPassage]:
        """The document's passages in order, with the vectors `origin` made. Raises NotFound, Gone."""
        with self.reading() as connection:
            found = rows.stored_document(connection, document_id)
            return list(encoding_rows.stored_passages(connection, found, origin))

    def known(self, root: str) -> dict[str, Known]:
        """The documents indexed from one folder, by name."""
        query = """
            SELECT name, id, bytes_sha256, structure, collection FROM documents
            JOIN versions ON versions.document = documents.key AND versions.version = documents.version
            WHERE root = ? ORDER BY name
        """
        with self.reading() as connection:
            return {name: Known(*rest) for name, *rest in connection.execute(query, (root,))}

    def withdrawn(self) -> frozenset[str]:
        """The SHA-256 of the bytes of what a person deleted from a folder's documents."""
        with self.reading() as connection:
            return frozenset(row[0] for row in connection.execute("SELECT bytes_sha256 FROM withdrawn"))

    def readmit(self, bytes_sha256: str) -> None:
        """Let a folder bring back what was deleted."""
        with self.writing() as connection:
            connection.execute("DELETE FROM withdrawn WHERE bytes_sha256 = ?", (bytes_sha256,))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One committed state, unchanging for as long as it is open."""
        with self.reading() as connection:
            yield Snapshot(connection, self.path)

    def put(self, draft: Draft, origin: Origin, actor: str = "") -> str:
        """Add a document, or replace the one of the same root and name; returns its id, which a replacement keeps.

        One transaction. Raises IndexMismatch when the catalogue's other documents were made by another encoder or
        splitter, IndexBusy when another process keeps writing.
        """
        with self.writing() as connection:
            return self.put_in(connection, draft, origin, actor)

    def put_in(
        self,
        connection: sqlite3.Connection,
        draft: Draft,
        origin: Origin,
        actor: str = "",
        replaces: str | None = None,
    ) -> str:
        """`put`, as a part of a larger transaction; `replaces`: the id of the document an upload takes the place of."""
        encoding_rows.check(connection, origin, self.path)
        if replaces is not None:
            _withdraw_file(connection, replaces)
        key, identifier = rows.upsert(connection, draft, replaces)
        encoding_rows.forget(connection, key)
        encoding_rows.store(connection, key, origin, draft.passages, draft.vectors)
        rows.bump(connection)
        version = rows.summary(connection, identifier).version
        audit.write(connection, actor, "store", identifier, version, draft.bytes_sha256)
        return identifier

    def rename(self, root: str, old: str, new: str) -> bool:
        """A folder's file got another name; its document keeps the id. False where that can't be, or is done."""
        with self.writing() as connection:
            return folder_rows.rename(connection, root, old, new)

    def remove(
        self, document_id: str, *, withdraw: bool = False, if_match: str | None = None, actor: str = ""
    ) -> Removal:
        """Forget a document: its versions, passages and vectors. What is left is a tombstone: id, hash and time.

        withdraw: a person does, and no folder shall bring the same bytes back. if_match: the SHA-256 its text must
        have. Raises NotFound, Gone, PreconditionFailed, IndexBusy.
        """
        with self.writing() as connection:
            return self.remove_in(connection, document_id, withdraw, if_match, actor)

    def remove_in(
        self, connection: sqlite3.Connection, document_id: str, withdraw: bool, if_match: str | None, actor: str
    ) -> Removal:
        """`remove`, as a part of a larger transaction."""
        check_match(rows.summary(connection, document_id), if_match)
        if withdraw:
            _withdraw_file(connection, document_id)
        removal, bytes_sha256 = rows.remove(connection, document_id)
        forget_originals(connection)
        rows.bump(connection)
        audit.write(connection, actor, "remove", document_id, None, bytes_sha256)
        return removal

    def encode(
        self,
        document_id: str,
        text_sha256: str,
        origin: Origin,
        passages: tuple[Passage, ...],
        vectors: tuple[PassageVectors, ...],
    ) -> bool:
        """Store what another origin makes of a document, beside what is there; False if its text is another by now."""
        with self.writing() as connection:
            found = rows.stored_document(connection, document_id)
            if found.text_sha256 == text_sha256:
                encoding_rows.store(connection, found.key, origin, passages, vectors)
            return found.text_sha256 == text_sha256

    def forget_others(self, kept: Origin) -> list[Origin]:
        """Delete what other models and splitters made. Raises IndexMismatch unless `kept` encoded every document."""
        with self.writing() as connection:
            encoding_rows.check(connection, kept, self.path)
            return encoding_rows.forget_others(connection, kept)

    def announce(self) -> None:
        """Make a new generation of the same documents, so that every process looks which indexes serve them."""
        with self.writing() as connection:
            rows.bump(connection)


def check_match(found: DocumentSummary, if_match: str | None) -> None:
    """Raises PreconditionFailed unless the document's text is the one its caller knows; `*` is any."""
    if if_match not in (None, "*", found.text_sha256):
        raise PreconditionFailed(
            f"The document {found.id!r} is another by now: version {found.version}, text {found.text_sha256}. Read it "
            "again, then decide. Nothing was changed."
        )


def _withdraw_file(connection: sqlite3.Connection, document_id: str) -> None:
    """A folder still holds the file of what is removed or replaced by hand: it must not come back from there."""
    query = """
        INSERT OR IGNORE INTO withdrawn SELECT bytes_sha256 FROM documents
        JOIN versions ON versions.document = documents.key AND versions.version = documents.version
        WHERE id = ? AND root IS NOT NULL
    """
    connection.execute(query, (document_id,))


def forget_originals(connection: sqlite3.Connection) -> None:
    """Delete the bytes that no version and no job needs any more."""
    connection.execute("""
        DELETE FROM originals WHERE sha256 NOT IN (
            SELECT original FROM versions WHERE original IS NOT NULL
            UNION SELECT original FROM jobs WHERE original IS NOT NULL
        )
    """)
