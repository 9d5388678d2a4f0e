"""One index that several processes answer from and write to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.fakes import CharacterEncoder
from yinju import current
from yinju.catalogue import Catalogue
from yinju.derived import open_derived
from yinju.errors import IndexMismatch
from yinju.library import CATALOGUE, DERIVED, Library
from yinju.question import prepare
from yinju.searching import search
from yinju.settings import Settings

SCHOOLS, EXHIBITION = "工委开办青年夜校121期，覆盖青年6000余人次。", "书画展展出258件作品，五月闭幕。"

ASKED = "开办了多少期青年夜校？"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "夜校.txt").write_text(SCHOOLS, "utf-8")
    (reports / "书画.txt").write_text(EXHIBITION, "utf-8")
    return reports


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Library]:
    settings = Settings.load(index=tmp_path / "index", min_confidence=0.0001)
    with Library(settings, Catalogue(settings.index / CATALOGUE), CharacterEncoder()) as library:
        yield library


@pytest.fixture
def library(opened: Library, folder: Path) -> Library:
    opened.index(folder)
    return opened


def elsewhere(library: Library) -> Library:
    """The same index in what might be another process."""
    return Library(library._settings, Catalogue(library._settings.index / CATALOGUE), CharacterEncoder())


def test_a_copy_is_found_while_the_other_is_already_removed(opened: Library, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(SCHOOLS, "utf-8")
    opened.index(folder)
    opened.warm_up()
    prepared = prepare(ASKED, opened.encoder)
    with elsewhere(opened) as other:
        other._catalogue.remove("a")
    held = opened._current.held  # of before: no indexes of the present generation were made yet
    assert held is not None
    assert [each.passage.document_id for each in search(held, opened._catalogue, prepared, 5, None)] == ["b"]


def test_what_another_process_added_is_found(library: Library, folder: Path) -> None:
    library.ask(ASKED)
    (folder / "新.txt").write_text("省公安厅党支部打造平台。", "utf-8")
    with elsewhere(library) as other:
        other.index(folder)
    assert library.search("省公安厅党支部")[0].passage.text == "省公安厅党支部打造平台。"


def test_what_was_removed_is_neither_quoted_nor_shown_while_indexes_are_made(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = Event()
    monkeypatch.setattr(current, "open_derived", lambda *args: (going.wait(30), open_derived(*args))[1])
    removed = library.search(ASKED)[0].passage.document_id
    library._catalogue.remove(removed)  # whoever did was killed before the indexes were made
    for _ in range(2):
        answer = library.ask(ASKED)
        assert removed not in {cited.document_id for cited in answer.citations}
        assert [hit.passage.text for hit in answer.passages] == [EXHIBITION]
    made_before = library._current.held
    going.set()
    library.close()
    assert made_before is not None
    made_after = library._current.held
    assert made_after is not None
    assert made_after.generation != made_before.generation
    assert len(made_after.passages) == 1


def test_questions_are_answered_while_documents_come_and_go(library: Library, folder: Path) -> None:
    library.ask(ASKED)

    def ask(_: int) -> None:
        for cited in library.ask(ASKED).citations:
            assert cited.quote in (SCHOOLS, EXHIBITION, "开办青年夜校130期。")

    with ThreadPoolExecutor(4) as threads, elsewhere(library) as other:
        asking = [threads.submit(ask, i) for i in range(40)]
        for text in ("开办青年夜校130期。", SCHOOLS, "开办青年夜校130期。"):
            (folder / "夜校.txt").write_text(text, "utf-8")
            other.index(folder)
        for each in asking:
            each.result()
    assert library.ask("开办青年夜校？").citations[0].quote == "开办青年夜校130期。"


def test_an_index_of_another_encoder_is_refused_with_the_command_that_fixes_it(library: Library) -> None:
    settings = library._settings
    with Library(settings, Catalogue(settings.index / CATALOGUE), CharacterEncoder("others")) as other:
        with pytest.raises(IndexMismatch, match=r"model characters, and others is configured.*yinju reindex"):
            other.ask(ASKED)
        assert other.reindex().documents == 2
        assert other.ask(ASKED).passages[0].passage.text == SCHOOLS
    assert library.ask(ASKED).passages[0].passage.text == SCHOOLS


def test_derived_indexes_may_be_deleted(library: Library) -> None:
    before = library.ask(ASKED).citations
    for path in sorted((library._settings.index / DERIVED).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with elsewhere(library) as other:
        other.warm_up()
        assert other.ask(ASKED).citations == before
