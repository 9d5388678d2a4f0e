"""Many uploads at once: whose turn it is, how many may wait, and what does not stop the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.fakes import CharacterEncoder
from tests.storing import SECONDS, library_at, sent, spooled, worked_off
from yinju import jobs, runner, working
from yinju.encoder import Encoding
from yinju.errors import BacklogFull, IndexBusy, IndexDamaged, ModelError, SettingsError, StorageFull
from yinju.library import Library
from yinju.records import JobError


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        yield opened


class Refusing(CharacterEncoder):
    """Fails over one text, as a model might."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        if any("毒" in text for text in texts):
            raise self.error
        return super().encode_passages(texts)


def test_the_same_bytes_are_not_there_already_while_others_are_under_way(library: Library) -> None:
    worked_off(library, sent(library, "a.txt", "甲。"))
    library._runner.stop()  # type: ignore[union-attr]
    library._runner = None
    other = sent(library, "a.txt", "乙。", replaces="a")
    back = sent(library, "a.txt", "甲。", replaces="a")
    anew = sent(library, "a.txt", "甲。")
    assert [job.state for job in (other, back, anew)] == ["queued", "queued", "queued"]
    assert [worked_off(library, job).state for job in (other, back, anew)] == ["done", "done", "done"]
    assert library.document("a").text == "甲。"
    assert [each.id for each in library.documents()] == ["a"]


def test_the_same_bytes_under_another_name_rename(library: Library) -> None:
    worked_off(library, sent(library, "a.txt", "甲。"))
    job = worked_off(library, sent(library, "b.txt", "甲。", replaces="a"))
    assert (job.state, library.summary("a").name, library.summary("a").version) == ("done", "b.txt", 1)


def test_senders_take_turns_and_one_document_keeps_its_order(library: Library) -> None:
    def send(name: str, text: str, actor: str, replaces: str | None = None) -> str:
        return library.submit(name, spooled(library, text), actor=actor, replaces=replaces).id

    worked_off(library, sent(library, "d.txt", "零。"))
    library._runner.stop()  # type: ignore[union-attr]
    many = [send(f"{number}.txt", f"第{number}份。", "a") for number in range(3)]
    first, second = send("d.txt", "一。", "c", replaces="d"), send("d.txt", "二。", "b", replaces="d")
    one = send("one.txt", "就一份。", "b")
    order, last = [], ""
    while (work := working.next_work(library._catalogue, last)) is not None:
        order.append(work.job_id)
        last = work.actor
        working.failed(library._catalogue, work.job_id, JobError("crashed", ""))
    assert order == [many[0], one, first, many[1], second, many[2]]


def test_as_many_wait_as_may_and_nobody_takes_all_places(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 4)

    def send(number: int, actor: str) -> None:
        library.submit(f"{number}.txt", spooled(library, f"第{number}份。"), actor=actor)

    for number, actor in enumerate("aabb"):
        send(number, actor)
    for actor in "abc":
        with pytest.raises(BacklogFull, match="again later"):
            send(9, actor)


def test_bytes_that_wait_are_bounded_but_one_file_always_may(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_BYTES", 100)
    sent(library, "a.txt", "甲" * 50)  # more than all, and alone
    with pytest.raises(BacklogFull):
        sent(library, "b.txt", "乙")


def test_a_text_the_model_can_not_take_fails_alone(tmp_path: Path) -> None:
    refusing = Refusing(ModelError("The model gave numbers that are none. Rebuild it."))
    with library_at(tmp_path / "index", refusing) as library:
        bad, good = sent(library, "a.txt", "有毒。"), sent(library, "b.txt", "无害。")
        done = worked_off(library, bad)
        assert (done.state, done.error and done.error.reason) == ("failed", "crashed")
        assert library.wait(good.id, SECONDS).state == "done"


def test_what_nobody_foresaw_ends_neither_the_work_nor_other_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_WAIT", 0.01)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    with library_at(tmp_path / "index", Refusing(RuntimeError("no one knows"))) as library:
        bad, good = sent(library, "a.txt", "有毒。"), sent(library, "b.txt", "无害。")
        done = worked_off(library, bad)
        assert (done.state, done.error and done.error.reason) == ("failed", "crashed")
        assert library.wait(good.id, SECONDS).state == "done"


@pytest.mark.parametrize("error", [StorageFull, IndexBusy, IndexDamaged, SettingsError, OSError])
def test_what_is_no_fault_of_the_file_is_no_attempt(
    library: Library, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(runner, "_WAIT", 0.01)
    tried: list[int] = []
    store = runner.Runner._store

    def failing_at_first(self: runner.Runner, work: jobs.Work, draft: object) -> None:
        tried.append(work.attempts)
        if len(tried) <= runner._MOST_ATTEMPTS + 2:
            raise error("Not now. Wait.")
        store(self, work, draft)  # type: ignore[arg-type]

    monkeypatch.setattr(runner.Runner, "_store", failing_at_first)
    assert worked_off(library, sent(library, "a.txt", "其一。")).state == "done"
    assert set(tried) == {1}


def test_progress_that_can_not_be_told_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise IndexBusy("Another process is writing. Wait.")

    monkeypatch.setattr(runner, "_REPORT", 0.0)
    monkeypatch.setattr(working, "progressed", busy)
    encoder = CharacterEncoder()
    with library_at(tmp_path / "index", encoder) as library:
        assert worked_off(library, sent(library, "a.txt", "其一。")).state == "done"
        assert len(encoder.encoded) == len(set(encoder.encoded))


def test_work_on_a_job_that_a_restored_backup_does_not_know_is_dropped(library: Library) -> None:
    sent(library, "a.txt", "其一。")
    work = working.next_work(library._catalogue)
    assert work is not None
    with library._catalogue.writing() as connection:
        connection.execute("DELETE FROM jobs")
        connection.execute("DELETE FROM originals")
    worker = runner.Runner(library._catalogue, library._settings.index, library.encoder, lambda: None, lambda *_: None)
    assert worker._do(work) is False
    assert worked_off(library, sent(library, "b.txt", "其二。")).document_id == "b"
    assert [each.id for each in library.documents()] == ["b"]


def tmp_folder(library: Library) -> Path:
    return library._settings.index


def damage_structure(library: Library, document_id: str) -> None:
    with library._catalogue.writing() as connection:
        query = "UPDATE versions SET blocks = '[[' WHERE document = (SELECT key FROM documents WHERE id = ?)"
        connection.execute(query, (document_id,))


def test_a_damaged_document_is_healed_by_its_next_version(library: Library) -> None:
    worked_off(library, sent(library, "a.txt", "甲。"))
    damage_structure(library, "a")
    with pytest.raises(IndexDamaged):
        library.document("a")
    assert worked_off(library, sent(library, "a.txt", "乙。", replaces="a")).state == "done"
    assert library.document("a").text == "乙。"


def test_a_damaged_document_can_be_deleted(library: Library) -> None:
    worked_off(library, sent(library, "a.txt", "甲。"))
    damage_structure(library, "a")
    assert library.remove("a").versions == 1
    assert library.documents() == []


def test_a_file_that_is_there_already_is_not_encoded_again(tmp_path: Path) -> None:
    encoder = CharacterEncoder()
    with library_at(tmp_path / "index", encoder) as library:
        path = spooled(library, "甲。")
        first = library.add(path, name="a.txt")
        encoded = len(encoder.encoded)
        assert (library.add(path, name="b.txt"), len(encoder.encoded)) == (first, encoded)
