"""Documents on their way into the index, as rows of the catalogue: neither a crash nor a restart loses one.

A job holds the bytes that were sent until they are a document, or refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

from yinju import clock, digests, idempotency, rows
from yinju.catalogue import Catalogue, check_match, forget_originals
from yinju.errors import BacklogFull, UnknownJob
from yinju.records import Job, JobError, JobKind, JobState

_KEPT = timedelta(days=1)  # after a job ended
_CHUNK = 1 << 20
MOST_WAITING, MOST_BYTES = 200, 1 << 30
"""Uploads, and their bytes, that may wait to be worked off; one sender may take half of either."""
_UNFINISHED = "state IN ('queued', 'running')"
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
        _forget_old(connection)
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
    query = f"SELECT 1 FROM jobs WHERE document_id = ? AND {_UNFINISHED}"  # noqa: S608
    return connection.execute(query, (document_id,)).fetchone() is not None


def _check_backlog(connection: sqlite3.Connection, upload: Upload) -> None:
    """Raises BacklogFull: what is acknowledged must be worked off in a time that makes sense, and fit on the disk."""
    query = f"""
        SELECT count(*), coalesce(sum(length(data)), 0) FROM jobs JOIN originals ON sha256 = original
        WHERE {_UNFINISHED} AND coalesce(actor = ?, 1)
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
        SELECT id, documents.version FROM documents
        JOIN versions ON versions.document = documents.key AND versions.version = documents.version
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
        while chunk := file.read(_CHUNK):
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


def next_work(catalogue: Catalogue, last_actor: str = "") -> Work | None:
    """A job that waits or was interrupted, marked as running; None where there is none.

    Senders take turns, so that nobody's many files hold up another's one; what one document is to become stays in the
    order it was sent in.
    """
    query = f"""
        UPDATE jobs SET state = 'running', attempts = attempts + 1, updated_at = ? WHERE key = (
            SELECT key FROM jobs AS one WHERE {_UNFINISHED} AND NOT EXISTS (
                SELECT 1 FROM jobs AS earlier WHERE earlier.document_id = one.document_id AND earlier.key < one.key
                    AND earlier.{_UNFINISHED}
            ) ORDER BY state = 'running' DESC, actor <= ?, actor, key LIMIT 1
        ) RETURNING id, kind, attempts, name, collection, document_id, if_match, actor, original
    """  # noqa: S608
    with catalogue.writing() as connection:
        row = connection.execute(query, (clock.stamp(), last_actor)).fetchone()
    return None if row is None else Work(*row)


def waiting(catalogue: Catalogue) -> bool:
    """Whether there is anything left to do, told without writing."""
    with catalogue.borrowed() as connection:
        query = "SELECT 1 FROM jobs WHERE state IN ('queued', 'running', 'indexing') LIMIT 1"
        return connection.execute(query).fetchone() is not None


@contextmanager
def bytes_of(catalogue: Catalogue, work: Work) -> Iterator[Path]:
    """A file with what was uploaded, for this process alone: without a name in any folder, it ends with the process."""
    with TemporaryFile() as file:
        with catalogue.borrowed() as connection:
            row = connection.execute("SELECT key FROM originals WHERE sha256 = ?", (work.bytes_sha256,)).fetchone()
            if row is None:  # a backup of before it was sent has taken the catalogue's place
                raise UnknownJob(work.job_id)
            with connection.blobopen("originals", "data", row[0], readonly=True) as blob:
                while chunk := blob.read(_CHUNK):
                    file.write(chunk)
        file.flush()
        yield Path(f"/proc/self/fd/{file.fileno()}")


def progressed(catalogue: Catalogue, job_id: str, stage: str, done: int, total: int) -> None:
    with catalogue.writing() as connection:
        query = "UPDATE jobs SET stage = ?, done = ?, total = ?, updated_at = ? WHERE id = ?"
        connection.execute(query, (stage, done, total, clock.stamp(), job_id))


def check(connection: sqlite3.Connection, work: Work) -> None:
    """Raises UnknownJob for a job that is no longer there, as when a backup was restored meanwhile."""
    query = "SELECT 1 FROM jobs WHERE id = ? AND state = 'running'"
    if connection.execute(query, (work.job_id,)).fetchone() is None:
        raise UnknownJob(work.job_id)


def stored(connection: sqlite3.Connection, work: Work, document_id: str, *, created: bool) -> None:
    """The document of a job is stored, in this transaction; what is left is to make the indexes."""
    version = rows.summary(connection, document_id).version
    if created:
        _own(connection, document_id, work.bytes_sha256)
    query = """
        UPDATE jobs SET state = 'indexing', stage = 'build', done = 0, total = 0, document_id = ?, version = ?,
            created = ?, original = NULL, updated_at = ? WHERE id = ?
    """
    connection.execute(query, (document_id, version, created, clock.stamp(), work.job_id))
    forget_originals(connection)


def keep_original(connection: sqlite3.Connection, document_id: str, digest: str, path: Path) -> None:
    """Keep the bytes a document's newest version was read from."""
    _store_bytes(connection, digest, path)
    _own(connection, document_id, digest)


def _own(connection: sqlite3.Connection, document_id: str, digest: str) -> None:
    query = """
        UPDATE versions SET original = ?1 FROM documents
        WHERE documents.key = versions.document AND documents.version = versions.version AND documents.id = ?2
    """
    connection.execute(query, (digest, document_id))


def failed(catalogue: Catalogue, job_id: str, error: JobError) -> None:
    """The job is over, and nothing of what was sent is left but its name."""
    with catalogue.writing() as connection:
        query = """
            UPDATE jobs SET state = 'failed', reason = ?, detail = ?, original = NULL, updated_at = ?,
                name = CASE WHEN document_id IN (SELECT id FROM tombstones) THEN '' ELSE name END WHERE id = ?
        """
        connection.execute(query, (error.reason, error.detail, clock.stamp(), job_id))
        forget_originals(connection)


def requeued(catalogue: Catalogue, job_id: str) -> None:
    """Try again later, as if it had not been tried."""
    with catalogue.writing() as connection:
        query = "UPDATE jobs SET state = 'queued', attempts = max(attempts - 1, 0), updated_at = ? WHERE id = ?"
        connection.execute(query, (clock.stamp(), job_id))


def indexed(catalogue: Catalogue) -> None:
    """The indexes were made after these jobs were stored: they are done."""
    with catalogue.writing() as connection:
        _forget_old(connection)
        query = "UPDATE jobs SET state = 'done', stage = '', updated_at = ? WHERE state = 'indexing'"
        connection.execute(query, (clock.stamp(),))


def _forget_old(connection: sqlite3.Connection) -> None:
    before = clock.stamp(ago=_KEPT)
    connection.execute("DELETE FROM jobs WHERE state IN ('done', 'failed') AND updated_at < ?", (before,))
    idempotency.forget(connection, before)
