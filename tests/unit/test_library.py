"""The facade over an encoder whose numbers can be computed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import CharacterEncoder
from yinju import retriever
from yinju.answering import DEPTH
from yinju.catalogue import Catalogue
from yinju.derived import Derived
from yinju.errors import InvalidRequest, NotFound, SettingsError, Unsupported
from yinju.library import CATALOGUE, Library
from yinju.question import Question
from yinju.records import Turn
from yinju.retriever import Found, Rows
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


def ids(library: Library) -> list[str]:
    return [document.id for document in library.documents()]


def test_an_answer_quotes_the_report(library: Library) -> None:
    answer = library.ask(ASKED)
    assert (answer.status, answer.reason, answer.mode, answer.language) == ("answered", None, "extractive", "zh")
    cited = answer.citations[0]
    assert library.document(cited.document_id).text[cited.start : cited.end] == cited.quote == SCHOOLS
    assert [mark.text for mark in cited.highlights] == ["121期"]
    assert answer.timing_ms.total >= answer.timing_ms.encode + answer.timing_ms.search > 0
    assert len({library.ask(ASKED).id for _ in range(3)}) == 3


def test_top_k_bounds_the_passages_and_not_what_is_cited(library: Library) -> None:
    few, many = library.ask(ASKED, top_k=1), library.ask(ASKED, top_k=50)
    assert (len(few.passages), len(many.passages)) == (1, 2)
    assert few.citations == many.citations
    assert few.confidence == many.confidence
    assert few.passages == many.passages[:1]


def test_confidence_does_not_hang_on_how_many_passages_are_shown(opened: Library, folder: Path) -> None:
    for number in range(30):
        (folder / f"{number}.txt").write_text(
            f"夜校第{number}课讲了{number * 7}件事，{chr(0x4E00 + number)}同学参加。", "utf-8"
        )
    opened.index(folder)
    few, many = opened.ask("夜校开办了多少期？", top_k=1), opened.ask("夜校开办了多少期？", top_k=50)
    assert len(many.passages) > DEPTH
    assert (few.confidence, few.citations) == (many.confidence, many.citations)


def test_copies_of_a_report_take_no_place_of_what_else_there_is(opened: Library, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for number in range(40):
        (folder / f"copy-{number}.txt").write_text(SCHOOLS, "utf-8")
    for number in range(3):
        (folder / f"other-{number}.txt").write_text(f"夜校{'甲乙丙'[number]}班开课，学员{number + 5}名。", "utf-8")
    opened.index(folder)
    shown = [hit.passage.text for hit in opened.search(ASKED, top_k=4)]
    assert len(shown) == len(set(shown)) == 4
    assert SCHOOLS in shown


def test_a_few_documents_are_searched_once(opened: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        (folder / f"{number}.txt").write_text(f"夜校第{number}课，学员{number + 5}名。", "utf-8")
    opened.index(folder)
    ranked, searches = retriever.ranked, []

    def counted(derived: Derived, question: Question, least: int, allowed: Rows | None = None) -> Iterator[Found]:
        searches.append(least)
        return ranked(derived, question, least, allowed)

    monkeypatch.setattr(retriever, "ranked", counted)
    assert len(opened.search(ASKED, document_ids=["7"])) == 1
    assert len(searches) == 1


def test_a_search_finds_the_passages_an_answer_shows(library: Library) -> None:
    assert tuple(library.search(ASKED)) == library.ask(ASKED).passages
    assert library.search(ASKED)[0].passage.text == SCHOOLS


def test_only_the_documents_named_are_searched(library: Library) -> None:
    one = library.search(ASKED)[1].passage.document_id
    assert {hit.passage.document_id for hit in library.search(ASKED, document_ids=[one, one])} == {one}
    assert {cited.document_id for cited in library.ask(ASKED, document_ids=[one]).citations} <= {one}


@pytest.mark.parametrize("ask", [Library.ask, Library.search])
def test_what_can_not_be_asked_is_refused(library: Library, ask: Callable[..., object]) -> None:
    for question in ("", " \n\t\u3000", "问" * 2001):
        with pytest.raises(InvalidRequest, match=r"\.$"):
            ask(library, question)
    for top_k in (0, 51, -1):
        with pytest.raises(InvalidRequest, match="choose 1 to 50"):
            ask(library, "夜校", top_k=top_k)
    with pytest.raises(InvalidRequest, match="document_ids is empty"):
        ask(library, "夜校", document_ids=[])
    with pytest.raises(NotFound, match="nowhere"):
        ask(library, "夜校", document_ids=["nowhere"])


def test_the_bounds_themselves_can_be_asked(library: Library) -> None:
    assert library.ask(" " + "问" * 2000 + "\n", top_k=50).id
    assert library.ask("夜", top_k=1).id


def test_modes(library: Library) -> None:
    assert library.ask(ASKED, mode="extractive").mode == "extractive"
    with pytest.raises(Unsupported, match="extractive"):
        library.ask(ASKED, mode="generative")
    with pytest.raises(InvalidRequest, match="'poetic'"):
        library.ask(ASKED, mode="poetic")


def test_a_follow_up_keeps_its_own_language_and_finds_what_it_is_about(library: Library) -> None:
    history = [Turn("user", "书画展展出多少件作品？"), Turn("assistant", EXHIBITION + "[1]")]
    answer = library.ask("What about it?", history=history)
    assert answer.language == "en"
    assert answer.passages[0].passage.text == EXHIBITION


def test_an_empty_index_answers_that_it_is_empty(opened: Library) -> None:
    answer = opened.ask(ASKED)
    assert (answer.status, answer.reason, answer.confidence) == ("not_found", "empty_index", 0.0)
    assert (answer.citations, answer.passages) == ((), ())
    assert opened.search(ASKED) == []
    with pytest.raises(NotFound):
        opened.ask(ASKED, document_ids=["x"])


def test_documents_are_listed_and_read(library: Library) -> None:
    first, second = ids(library)
    assert [document.id for document in library.documents(limit=1)] == [first]
    assert [document.id for document in library.documents(after=first)] == [second]
    assert library.summary(first).characters == len(library.document(first).text)
    assert (library.counts().documents, library.counts().passages) == (2, 2)
    for read in (library.summary, library.document):
        with pytest.raises(NotFound):
            read("nowhere")


def test_a_folder_that_can_not_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError):
        Library.open(Settings.load(index=tmp_path / "file" / "index"))


def test_opening_loads_no_model(tmp_path: Path) -> None:
    with Library.open(Settings.load(index=tmp_path / "index", model="no/such-model")) as library:
        assert library.documents() == []
        assert library.counts().documents == 0
