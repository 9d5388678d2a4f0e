"""What is sent becomes a document, or is refused; either way nothing else is left of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.storing import SECONDS, library_at, sent, spooled, texts_found, worked_off
from yinju import clock
from yinju.errors import Gone, IdempotencyConflict, NotFound, PreconditionFailed, UnknownJob
from yinju.library import CATALOGUE, Library
from yinju.readers.reasons import REASONS

OLD, NEW, NEWER = "开办夜校一百期。", "开办夜校二百期。", "开办夜校三百期。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        yield opened


def column(library: Library, query: str) -> list[object]:
    with closing(sqlite3.connect(library._settings.index / CATALOGUE)) as connection:
        return [row[0] for row in connection.execute(query)]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_what_is_submitted_waits_and_then_is_a_document(library: Library) -> None:
    job = sent(library, "夜校.txt", OLD)
    assert (job.kind, job.state, job.document_id, job.created, job.error) == ("add", "queued", None, False, None)
    assert library.documents() == []
    assert library.status().jobs == {"queued": 1}
    assert library.wait(job.id, 0.05) == library.job(job.id) == job
    done = worked_off(library, job)
    assert (done.state, done.document_id, done.version, done.created) == ("done", "夜校", 1, True)
    assert (library.document("夜校").text, texts_found(library, "夜校")) == (OLD, [OLD])
    assert library.status().jobs == {"done": 1}
    assert library.status().served == library.status().generation


def test_an_unknown_job_is_said_to_be_unknown(library: Library) -> None:
    for read in (library.job, lambda job_id: library.wait(job_id, 1)):
        with pytest.raises(UnknownJob, match="'nix'"):
            read("nix")


@pytest.mark.parametrize(
    "name, content", [("a.txt", b""), ("a.txt", b"\0\1\2\3" * 99), ("a.docx", b"PK\3\4 torn"), ("a", b"\x7fELF")]
)
def test_what_can_not_be_read_leaves_its_name_and_the_reason(library: Library, name: str, content: bytes) -> None:
    failed = worked_off(library, sent(library, name, content))
    assert (failed.state, failed.name, failed.document_id, failed.created) == ("failed", name, None, False)
    assert failed.error is not None
    assert failed.error.reason in REASONS
    assert failed.error.detail.endswith(".")
    assert column(library, "SELECT count(*) FROM originals") == [0]
    assert (library.documents(), library.audit()) == ([], [])


def test_an_unreadable_version_leaves_the_last_one(library: Library) -> None:
    library.add(spooled(library, OLD), name="夜校.txt")
    failed = worked_off(library, sent(library, "夜校.txt", b"\0" * 99, replaces="夜校"))
    assert failed.state == "failed"
    assert (library.document("夜校").text, library.summary("夜校").version) == (OLD, 1)
    assert texts_found(library, "夜校") == [OLD]


def test_the_same_bytes_again_are_a_job_done(library: Library) -> None:
    worked_off(library, sent(library, "夜校.txt", OLD))
    again = sent(library, "another.txt", OLD)
    assert (again.state, again.document_id, again.version, again.created) == ("done", "夜校", 1, False)
    replaced = sent(library, "夜校.txt", OLD, replaces="夜校")
    assert (replaced.kind, replaced.state, replaced.version, replaced.created) == ("replace", "done", 1, False)
    assert library.counts().documents == 1


def test_the_same_bytes_sent_twice_before_either_is_stored_are_one_document(library: Library) -> None:
    jobs = [sent(library, name, OLD) for name in ("a.txt", "b.txt", "c.txt")]
    library.start_jobs()
    ended = [library.wait(job.id, SECONDS) for job in jobs]
    assert [(job.state, job.document_id, job.created) for job in ended] == [
        ("done", "a", True), ("done", "a", False), ("done", "a", False)
    ]  # fmt: skip
    assert column(library, "SELECT sha256 FROM originals") == [digest(OLD)]


def test_only_the_newest_version_keeps_the_bytes_it_was_read_from(library: Library) -> None:
    worked_off(library, sent(library, "夜校.txt", OLD))
    waiting = sent(library, "else.txt", NEWER)  # what waits keeps its own
    assert worked_off(library, sent(library, "夜校.txt", NEW, replaces="夜校")).version == 2
    library.wait(waiting.id, SECONDS)
    assert set(column(library, "SELECT sha256 FROM originals")) == {digest(NEW), digest(NEWER)}
    assert column(library, "SELECT original IS NULL FROM versions ORDER BY document, version") == [1, 0, 0]
    library.remove("夜校")
    assert column(library, "SELECT sha256 FROM originals") == [digest(NEWER)]


def test_replacing_asks_for_the_text_one_has_read(library: Library) -> None:
    first = library.add(spooled(library, OLD), name="夜校.txt")
    with pytest.raises(PreconditionFailed, match="version 1"):
        sent(library, "夜校.txt", NEW, replaces="夜校", if_match="0" * 64)
    with pytest.raises(NotFound):
        sent(library, "夜校.txt", NEW, replaces="nix")
    assert column(library, "SELECT count(*) FROM jobs") == [0]
    jobs = [sent(library, "夜校.txt", text, replaces="夜校", if_match=first.text_sha256) for text in (NEW, NEWER)]
    library.start_jobs()
    one, other = (library.wait(job.id, SECONDS) for job in jobs)
    assert (one.state, one.version) == ("done", 2)
    assert (other.state, other.error and other.error.reason) == ("failed", "changed-document")
    assert library.document("夜校").text == NEW


def test_a_document_deleted_before_its_replacement_is_stored_stays_deleted(library: Library) -> None:
    library.add(spooled(library, OLD), name="夜校.txt")
    job = sent(library, "夜校.txt", NEW, replaces="夜校")
    library.remove("夜校")
    failed = worked_off(library, job)
    assert (failed.state, failed.error and failed.error.reason) == ("failed", "deleted-document")
    with pytest.raises(Gone):
        library.document("夜校")
    assert texts_found(library, "夜校") == []
    assert column(library, "SELECT count(*) FROM originals") == [0]


# ------------------------------------------------------------------------------------------------ sent again


def test_a_request_sent_twice_is_done_once(library: Library) -> None:
    first = sent(library, "夜校.txt", OLD, key="k")
    again = sent(library, "夜校.txt", OLD, key="k")
    assert (again.id, first.replayed, again.replayed) == (first.id, False, True)
    assert worked_off(library, first).document_id == "夜校"
    after = sent(library, "夜校.txt", OLD, key="k")
    assert (after.id, after.state, after.created, after.replayed) == (first.id, "done", True, True)
    removal = library.remove("夜校", idempotency_key="r")
    repeated = library.remove("夜校", idempotency_key="r")
    assert (removal.replayed, repeated.replayed) == (False, True)
    assert (repeated.passages, repeated.vectors, repeated.versions) == (1, 2, 1)


def test_a_key_that_came_before_with_another_request_changes_nothing(library: Library) -> None:
    library.add(spooled(library, OLD), name="夜校.txt")
    sent(library, "a.txt", NEW, key="k")
    for name, text, collection, replaces in (
        ("b.txt", NEW, "default", None),
        ("a.txt", NEWER, "default", None),
        ("a.txt", NEW, "other", None),
        ("a.txt", NEW, "default", "夜校"),
    ):
        with pytest.raises(IdempotencyConflict, match="Nothing was changed"):
            sent(library, name, text, collection=collection, replaces=replaces, key="k")
    with pytest.raises(IdempotencyConflict):
        library.remove("夜校", idempotency_key="k")
    other = library.add(spooled(library, NEWER), name="other.txt").id
    library.remove("夜校", idempotency_key="r")
    with pytest.raises(IdempotencyConflict):
        library.remove(other, idempotency_key="r")
    with pytest.raises(IdempotencyConflict):
        sent(library, "a.txt", NEW, key="r")
    assert column(library, "SELECT count(*) FROM jobs") == [1]
    assert library.summary(other).id == other


def test_jobs_that_ended_are_forgotten_after_a_day_and_others_never(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = worked_off(library, sent(library, "夜校.txt", OLD, key="k"))
    library.close()
    with library_at(library._settings.index) as later:
        waiting = sent(later, "waiting.txt", NEW)
        now = clock.utc()
        monkeypatch.setattr(clock, "utc", lambda: now + timedelta(hours=23))
        sent(later, "b.txt", OLD)
        assert later.job(done.id) == done
        monkeypatch.setattr(clock, "utc", lambda: now + timedelta(hours=25))
        assert sent(later, "夜校.txt", OLD, key="k").replayed is False
        with pytest.raises(UnknownJob, match="forgotten after a day"):
            later.job(done.id)
        assert later.job(waiting.id).state == "queued"


def test_the_same_request_once_more_does_not_bring_back_what_was_deleted(library: Library) -> None:
    """And of the name of what was deleted nothing is kept."""
    library.start_jobs()
    first = sent(library, "机密.txt", OLD, key="k")
    first = library.wait(first.id, SECONDS)
    waiting = sent(library, "机密二.txt", NEW, replaces="机密")
    library.wait(waiting.id, SECONDS)
    library.remove("机密")
    again = sent(library, "机密.txt", OLD, key="k")
    assert (again.id, again.replayed, again.document_id, again.name) == (first.id, True, "机密", "")
    assert library.documents() == []
    assert column(library, "SELECT count(*) FROM jobs WHERE name || request LIKE '%机密%'") == [0]
