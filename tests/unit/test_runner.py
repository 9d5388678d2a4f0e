"""Who works off the jobs: one over an index, until told to stop; then whoever is next goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from tests.fakes import CharacterEncoder, GatedEncoder
from tests.storing import SECONDS, library_at, sent, spooled, worked_off
from yinju import jobs, moments, runner, working
from yinju.errors import StorageFull
from yinju.library import Library
from yinju.records import Job

TWO_PASSAGES = f"第一节\n\n{'开办夜校一百期。' * 40}\n\n第二节\n\n{'覆盖青年六千人。' * 40}\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        yield opened


def until(library: Library, job: Job, state: str) -> Job:
    ends = time.monotonic() + SECONDS
    while (found := library.job(job.id)).state != state and time.monotonic() < ends:
        time.sleep(0.01)
    return found


def test_a_job_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_REPORT", 0.0)
    encoder = GatedEncoder()
    with library_at(tmp_path / "index", encoder) as library:
        job = sent(library, "a.txt", TWO_PASSAGES)
        library.start_jobs()
        assert encoder.begun.acquire(timeout=SECONDS)
        assert (until(library, job, "running").stage, library.job(job.id).done) == ("", 0)
        while (found := library.job(job.id)).done == 0:
            encoder.let(1)
            time.sleep(0.01)
        assert (found.state, found.stage, found.total) == ("running", "encode", 2)
        assert 1 <= found.done <= found.total
        encoder.open()
        done = library.wait(job.id, SECONDS)
        assert (done.state, done.stage, library.summary("a").passages) == ("done", "", 2)


def test_being_stopped_in_the_middle_of_a_job_puts_it_back(tmp_path: Path) -> None:
    encoder = GatedEncoder()
    with library_at(tmp_path / "index", encoder) as library:
        job = sent(library, "a.txt", TWO_PASSAGES)
        library.start_jobs()
        assert encoder.begun.acquire(timeout=SECONDS)
        Timer(0.1, encoder.open).start()  # `close` waits for the text being encoded
    whole = CharacterEncoder()
    with library_at(tmp_path / "index", whole) as again:
        assert (again.job(job.id).state, again.documents()) == ("queued", [])
        work = working.next_work(again._catalogue)
        assert work is not None
        assert work.attempts == 1  # being stopped counts as none
        assert worked_off(again, job).state == "done"
        assert again.document("a").text == TWO_PASSAGES
        assert 0 < len(encoder.encoded) < len(whole.encoded)


def test_one_works_and_the_next_takes_over_when_it_stops(tmp_path: Path) -> None:
    busy, other_encoder = GatedEncoder(), CharacterEncoder()
    with library_at(tmp_path / "index", other_encoder) as other:
        with library_at(tmp_path / "index", busy) as first:
            job = sent(first, "a.txt", TWO_PASSAGES)
            first.start_jobs()
            assert busy.begun.acquire(timeout=SECONDS)
            other.start_jobs()
            later = sent(other, "b.txt", "另一份。")
            assert other.wait(later.id, 3 * runner._LOOK).state == "queued"
            assert other_encoder.encoded == []
            Timer(0.1, busy.open).start()
        assert [other.wait(each.id, SECONDS).state for each in (job, later)] == ["done", "done"]
        assert other_encoder.encoded
        assert [each.id for each in other.documents()] == ["a", "b"]


CHILD = """
import sys
from pathlib import Path
from tests.fakes import GatedEncoder
from tests.storing import library_at
encoder = GatedEncoder()
library = library_at(Path(sys.argv[1]), encoder)
library.start_jobs()
encoder.begun.acquire()
print("begun", flush=True)
input()
"""


def test_what_a_killed_process_worked_on_is_done_by_another(library: Library) -> None:
    job = sent(library, "a.txt", TWO_PASSAGES)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", CHILD, str(library._settings.index)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            library.start_jobs()
            assert library.wait(job.id, 2 * runner._LOOK).state == "running"
        finally:
            process.send_signal(signal.SIGKILL)
    done = library.wait(job.id, SECONDS)
    assert (done.state, done.document_id, done.created) == ("done", "a", True)
    assert [each.id for each in library.documents()] == ["a"]


def test_what_ends_its_process_each_time_is_given_up(library: Library) -> None:
    job, other = sent(library, "a.txt", "其一。"), sent(library, "b.txt", "其二。")
    for _ in range(runner._MOST_ATTEMPTS):  # claimed, then killed
        assert working.next_work(library._catalogue) is not None
    failed = worked_off(library, job)
    assert (failed.state, failed.error and failed.error.reason) == ("failed", "crashed")
    assert library.wait(other.id, SECONDS).state == "done"


def test_what_was_stored_and_not_indexed_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with library_at(tmp_path / "index") as library:
        job = sent(library, "a.txt", "其一。")
        monkeypatch.setattr(runner.Runner, "_index", lambda self: self._stop.set())
        library.start_jobs()
        stored = until(library, job, "indexing")
        assert (stored.state, stored.stage, stored.document_id) == ("indexing", "build", "a")
    monkeypatch.undo()
    with library_at(tmp_path / "index") as again:
        assert worked_off(again, job).state == "done"
        assert again.search("其一")[0].passage.text == "其一。"
        assert again.summary("a").version == 1


def test_what_may_pass_is_tried_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_WAIT", 0.05)
    tried: list[int] = []
    store = runner.Runner._store

    def full_at_first(self: runner.Runner, work: jobs.Work, draft: object) -> None:
        tried.append(work.attempts)
        if len(tried) <= 12:
            raise StorageFull("There is no room left. Free some space.")
        store(self, work, draft)  # type: ignore[arg-type]

    monkeypatch.setattr(runner.Runner, "_store", full_at_first)
    job = worked_off(library, sent(library, "a.txt", "其一。"))
    assert (job.state, job.document_id) == ("done", "a")
    assert set(tried) == {1}  # waiting for room is no attempt


def test_many_documents_are_indexed_together(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []
    monkeypatch.setattr(moments, "reached", reached.append)
    submitted = [sent(library, f"{number}.txt", f"第{number}份。") for number in range(12)]
    library.start_jobs()
    assert {library.wait(job.id, SECONDS).state for job in submitted} == {"done"}
    assert library.counts().documents == 12
    assert (reached.count("job 3"), reached.count("swap 6")) == (12, 1)
    library.add(spooled(library, "又一份。"), name="again.txt")
    assert len(library.search("份", top_k=50)) == 13
