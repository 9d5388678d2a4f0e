"""A document answers in its old version or in its new one, never in neither or both; a deleted one in none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, current_thread

import pytest

from tests.storing import SECONDS, library_at, sent, spooled, texts_found, worked_off
from yinju import current
from yinju.derived import Derived, open_derived
from yinju.library import Library

TEXTS = [f"开办夜校{number}期，覆盖青年若干人次。" for number in ("一百", "二百", "三百", "四百", "五百", "六百")]
OTHER = "书画展展出作品若干件。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        opened.add(spooled(opened, TEXTS[0]), name="夜校.txt")
        opened.add(spooled(opened, OTHER), name="书画.txt")
        yield opened


@pytest.fixture
def held(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """New indexes are not made before this is set."""
    library.warm_up()
    go = Event()

    def waiting(*arguments: object) -> Derived:
        assert go.wait(SECONDS)
        return open_derived(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(current, "open_derived", waiting)
    yield go
    go.set()


def test_the_old_version_answers_until_the_indexes_of_the_new_are_there(library: Library, held: Event) -> None:
    job = sent(library, "夜校.txt", TEXTS[1], replaces="夜校")
    library.start_jobs()
    while library.job(job.id).state != "indexing":
        pass
    assert library.document("夜校").text == TEXTS[1]
    for _ in range(3):
        answer = library.ask("开办夜校多少期？", document_ids=["夜校"])
        assert [(cited.version, cited.quote) for cited in answer.citations] == [(1, TEXTS[0])]
        assert [hit.version for hit in answer.passages] == [1]
        assert library.document("夜校", 1).text_sha256 == answer.citations[0].text_sha256
    held.set()
    assert library.wait(job.id, SECONDS).state == "done"
    answer = library.ask("开办夜校多少期？", document_ids=["夜校"])
    assert [(cited.version, cited.quote) for cited in answer.citations] == [(2, TEXTS[1])]
    assert [hit.version for hit in answer.passages] == [2]


def test_a_deleted_document_is_found_no_more_though_the_old_indexes_serve(library: Library, held: Event) -> None:
    assert len(texts_found(library, "夜校")) == 2
    library.remove("夜校")
    for _ in range(3):
        assert texts_found(library, "夜校") == [OTHER]
        answer = library.ask("开办夜校多少期？")
        assert {cited.document_id for cited in answer.citations} <= {"书画"}
        assert [hit.passage.document_id for hit in answer.passages] == ["书画"]
    assert not held.is_set()


def test_a_document_replaced_and_then_deleted_is_found_in_no_version(library: Library, held: Event) -> None:
    job = sent(library, "夜校.txt", TEXTS[1], replaces="夜校")
    library.start_jobs()
    while library.job(job.id).state != "indexing":
        pass
    assert TEXTS[0] in texts_found(library, "夜校")
    library.remove("夜校")
    assert texts_found(library, "夜校") == [OTHER]
    held.set()
    library.close()
    with library_at(library._settings.index) as again:
        assert texts_found(again, "夜校") == [OTHER]


def test_another_process_sees_each_change(library: Library) -> None:
    with library_at(library._settings.index) as other:
        other.warm_up()
        worked_off(library, sent(library, "夜校.txt", TEXTS[1], replaces="夜校"))
        assert set(texts_found(other, "夜校")) == {TEXTS[1], OTHER}
        assert other.summary("夜校").version == 2
        worked_off(library, sent(library, "新.txt", TEXTS[2]))
        assert set(texts_found(other, "夜校")) == {TEXTS[1], TEXTS[2], OTHER}
        library.remove("夜校")
        assert set(texts_found(other, "夜校")) == {TEXTS[2], OTHER}
        assert other.remove("新").versions == 1
        assert texts_found(library, "夜校") == [OTHER]


def test_every_question_finds_exactly_one_version_while_it_is_replaced_again_and_again(library: Library) -> None:
    ended = Event()

    def ask(reader: Library) -> list[str]:
        seen = []
        while not ended.is_set():
            found = [hit.passage.text for hit in reader.search("开办夜校", document_ids=["夜校"])]
            assert len(found) == 1, found
            seen += found
            cited = reader.ask("开办夜校多少期？", document_ids=["夜校"]).citations
            assert [each.quote for each in cited] == [reader.document("夜校", cited[0].version).text]
        return seen

    with ThreadPoolExecutor(4) as threads, library_at(library._settings.index) as other:
        asking = [threads.submit(ask, reader) for reader in (library, library, other, other)]
        try:
            for text in TEXTS[1:]:
                assert worked_off(library, sent(library, "夜校.txt", text, replaces="夜校")).state == "done"
        finally:
            ended.set()
        for each in asking:
            seen = each.result()
            assert seen == sorted(seen, key=TEXTS.index)  # and never goes back
    assert [hit.passage.text for hit in library.search("开办夜校", document_ids=["夜校"])] == [TEXTS[-1]]


def test_large_indexes_of_another_process_are_opened_beside_the_questions(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.warm_up()
    monkeypatch.setattr(current, "_READ_AT_ONCE", 0)
    opening, go, threads = Event(), Event(), []

    def waiting(*arguments: object) -> Derived:
        threads.append(current_thread().name)
        opening.set()
        assert go.wait(SECONDS)
        return open_derived(*arguments)  # type: ignore[arg-type]

    with library_at(library._settings.index) as other:
        other.add(spooled(other, TEXTS[2]), name="新.txt")
    monkeypatch.setattr(current, "open_derived", waiting)
    assert set(texts_found(library, "夜校")) == {TEXTS[0], OTHER}
    assert opening.wait(SECONDS)
    assert set(texts_found(library, "夜校")) == {TEXTS[0], OTHER}
    go.set()
    library._current.close()
    assert set(texts_found(library, "夜校")) == {TEXTS[0], TEXTS[2], OTHER}
    assert threads == ["refresh-indexes"]
