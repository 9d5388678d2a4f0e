"""Documents on their way into the index, as rows of the catalogue: neither a crash nor a restart loses one.

A job holds the bytes that were sent until they are a document, or refused.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4

from yinju import clock, digests, idempotency, rows
from yinju.catalogue import Catalogue, check_match
from yinju.errors import BacklogFull, UnknownJob
from yinju.records import Job, JobError, JobKind, JobState

_KEPT = timedelta(days=1)  # after a job ended
CHUNK = 1 << 20
MOST_WAITING, MOST_BYTES = 200, 1 << 30
"""Uploads, and their bytes, that may wait to be worked off; one sender may take half of either."""
UNFINISHED = "state IN ('queued', 'running')"
_COLUMNS = (
    *("id", "kind", "state", "stage", "done", "total", "name", "collection", "document_id", "version"),
    *("created_at", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be added, or to replace the document `replaces`.

    path: where its bytes are. if_match: the SHA-256 the replaced text must have. idempotency: the same for the same
    request sent again.
    """

    name: str
    path: Path
    collection: str
    replaces: str | None = None
    if_match: str | None = None
    actor: str = ""
    idempotency: str | None = None


def submit(catalogue: Catalogue, upload: Upload) -> Job:
    """Store an upload to be worked on; when this returns, it survives the process and the power.

    The same bytes, there already and with nothing under way that would change them, are a job that is done. Raises
    NotFound, Gone, PreconditionFailed, IdempotencyConflict, BacklogFull, IndexBusy, StorageFull.
    """
    with upload.path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    request = digests.of_texts((upload.replaces, upload.collection, upload.name, digest))
    with catalogue.writing() as connection:
        forget_old(connection)
        earlier = idempotency.job_of(connection, upload.idempotency, request)
        if earlier is not None:
            return replace(_job(connection, earlier), replayed=True)
        if upload.replaces is not None:
            check_match(rows.summary(connection, upload.replaces), upload.if_match)
        same = same_bytes(connection, digest, upload)
        values = _new(upload, request)
        if same is None or _under_way(connection, same[0]):
            _check_backlog(connection, upload)
            _store_bytes(connection, digest, upload.path)
            values |= {"original": digest}
        else:
            values |= {"state": "done", "document_id": same[0], "version": same[1]}
        _insert(connection, values)
        return _job(connection, str(values["id"]))


def _new(upload: Upload, request: str) -> dict[str, object]:
    return {
        "id": uuid4().hex,
        "kind": "add" if upload.replaces is None else "replace",
        "state": "queued",
        "name": upload.name,
        "collection": upload.collection,
        "document_id": upload.replaces,
        "version": None,
        "original": None,
        "if_match": upload.if_match,
        "actor": upload.actor,
        "idempotency": upload.idempotency,
        "request": request,
        "now": clock.stamp(),
    }


def _insert(connection: sqlite3.Connection, values: dict[str, object]) -> None:
    query = """
        INSERT INTO jobs (id, kind, state, stage, done, total, attempts, name, collection, document_id, version,
                          created, original, if_match, actor, idempotency, request, created_at, updated_at)
        VALUES (:id, :kind, :state, '', 0, 0, 0, :name, :collection, :document_id, :version, 0, :original, :if_match,
                :actor, :idempotency, :request, :now, :now)
    """
    connection.execute(query, values)


def _under_way(connection: sqlite3.Connection, document_id: str) -> bool:
    query = f"SELECT 1 FROM jobs WHERE document_id = ? AND {UNFINISHED}"  # noqa: S608
    return connection.execute(query, (document_id,)).fetchone() is not None


def _check_backlog(connection: sqlite3.Connection, upload: Upload) -> None:
    """Raises BacklogFull: what is acknowledged must be worked off in a time that makes sense, and fit on the disk."""
    query = f"""
        SELECT count(*), coalesce(sum(length(data)), 0) FROM jobs JOIN originals ON sha256 = original
        WHERE {UNFINISHED} AND coalesce(actor = ?, 1)
    """  # noqa: S608
    size = upload.path.stat().st_size
    for actor, share in ((None, 1), (upload.actor, 2)):
        waiting, held = connection.execute(query, (actor,)).fetchone()
        if waiting and (waiting >= MOST_WAITING // share or held + size > MOST_BYTES // share):
            raise BacklogFull(
                f"{waiting} uploads are waiting to be worked off, as many as may. Nothing was stored; send this one "
                "again later."
            )


def same_bytes(connection: sqlite3.Connection, digest: str, wanted: Upload | Work) -> tuple[str, int] | None:
    """The document that is already what an upload would make of it, and its version."""
    query = """
        SELECT id, documents.version FROM versions
        CROSS JOIN documents ON documents.key = versions.document AND documents.version = versions.version
        WHERE bytes_sha256 = ?
    """
    values: tuple[str, ...]
    if wanted.replaces is not None:  # under another name it would be renamed
        chosen, values = "AND id = ? AND name = ? AND root IS NULL", (wanted.replaces, wanted.name)
    else:
        chosen, values = "AND collection = ? ORDER BY documents.key", (wanted.collection,)
    found: tuple[str, int] | None = connection.execute(f"{query} {chosen}", (digest, *values)).fetchone()
    return found


def _store_bytes(connection: sqlite3.Connection, digest: str, path: Path) -> None:
    query = "INSERT OR IGNORE INTO originals (sha256, data) VALUES (?, zeroblob(?)) RETURNING key"
    inserted = connection.execute(query, (digest, path.stat().st_size)).fetchone()
    if inserted is None:
        return
    with path.open("rb") as file, connection.blobopen("originals", "data", inserted[0]) as blob:
        while chunk := file.read(CHUNK):
            blob.write(chunk)


def job(catalogue: Catalogue, job_id: str) -> Job:
    """Raises UnknownJob."""
    with catalogue.borrowed() as connection:
        return _job(connection, job_id)


def _job(connection: sqlite3.Connection, job_id: str) -> Job:
    query = f"SELECT {', '.join(_COLUMNS)}, created, reason, detail FROM jobs WHERE id = ?"  # noqa: S608
    row = connection.execute(query, (job_id,)).fetchone()
    if row is None:
        raise UnknownJob(job_id)
    *columns, created, reason, detail = row
    error = None if reason is None else JobError(reason, detail)
    named = dict(zip(_COLUMNS, columns, strict=True))
    return Job(**named, created=bool(created), error=error)


def counts(catalogue: Catalogue) -> dict[JobState, int]:
    """How many jobs are in each state there is one in."""
    with catalogue.borrowed() as connection:
        return dict(connection.execute("SELECT state, count(*) FROM jobs GROUP BY state"))


@dataclass(frozen=True, slots=True)
class Work:
    """What the runner needs to know of a job."""

    job_id: str
    kind: JobKind
    attempts: int
    name: str
    collection: str
    replaces: str | None
    if_match: str | None
    actor: str
    bytes_sha256: str


def keep_original(connection: sqlite3.Connection, document_id: str, digest: str, path: Path) -> None:
    """Keep the bytes a document's newest version was read from."""
    _store_bytes(connection, digest, path)
    own(connection, document_id, digest)


def own(connection: sqlite3.Connection, document_id: str, digest: str) -> None:
    query = """
        UPDATE versions SET original = ?1 FROM documents
        WHERE documents.key = versions.document AND documents.version = versions.version AND documents.id = ?2
    """
    connection.execute(query, (digest, document_id))


def forget_old(connection: sqlite3.Connection) -> None:
    before = clock.stamp(ago=_KEPT)
    connection.execute("DELETE FROM jobs WHERE state IN ('done', 'failed') AND updated_at < ?", (before,))
    idempotency.forget(connection, before)
