"""Jobs being worked off: the rows that the runner takes, and what becomes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from yinju import clock, rows
from yinju.catalogue import Catalogue, forget_originals
from yinju.errors import UnknownJob
from yinju.jobs import CHUNK, UNFINISHED, Work, forget_old, own
from yinju.records import JobError


def next_work(catalogue: Catalogue, last_actor: str = "") -> Work | None:
    """A job that waits or was interrupted, marked as running; None where there is none.

    Senders take turns, so that nobody's many files hold up another's one; what one document is to become stays in the
    order it was sent in.
    """
    query = f"""
        UPDATE jobs SET state = 'running', attempts = attempts + 1, updated_at = ? WHERE key = (
            SELECT key FROM jobs AS one WHERE {UNFINISHED} AND NOT EXISTS (
                SELECT 1 FROM jobs AS earlier WHERE earlier.document_id = one.document_id AND earlier.key < one.key
                    AND earlier.{UNFINISHED}
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
                while chunk := blob.read(CHUNK):
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
        own(connection, document_id, work.bytes_sha256)
    query = """
        UPDATE jobs SET state = 'indexing', stage = 'build', done = 0, total = 0, document_id = ?, version = ?,
            created = ?, original = NULL, updated_at = ? WHERE id = ?
    """
    connection.execute(query, (document_id, version, created, clock.stamp(), work.job_id))
    forget_originals(connection)


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
        forget_old(connection)
        query = "UPDATE jobs SET state = 'done', stage = '', updated_at = ? WHERE state = 'indexing'"
        connection.execute(query, (clock.stamp(),))
