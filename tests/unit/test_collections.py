"""Documents in collections: each question over one or several, and none tells of what lies in another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storing import library_at, sent, spooled, texts_found, worked_off
from yinju.collections import LONGEST, checked
from yinju.errors import InvalidRequest, NotFound, UnknownCollection
from yinju.indexing import Way
from yinju.library import Library
from yinju.records import Collection

SCHOOL, EXHIBITION, CANTEEN = "开办夜校一百期。", "书画展展出作品。\n五月闭幕。", "食堂添了三道菜。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        opened.add(spooled(opened, SCHOOL), name="夜校.txt")
        opened.add(spooled(opened, EXHIBITION), name="书画.txt", collection="展览")
        opened.add(spooled(opened, CANTEEN), name="食堂.txt", collection="后勤")
        yield opened


def test_a_question_looks_into_the_collections_it_names(library: Library) -> None:
    assert texts_found(library, "夜校", collections=["default"]) == [SCHOOL]
    assert set(texts_found(library, "夜校", collections=["default", "后勤", "后勤"])) == {SCHOOL, CANTEEN}
    assert texts_found(library, "夜校") == texts_found(library, "夜校", collections=["default", "展览", "后勤"])
    answer = library.ask("夜校开办了多少期？", collections=["后勤"])
    assert {hit.passage.document_id for hit in answer.passages} == {"食堂"}
    assert {cited.document_id for cited in answer.citations} <= {"食堂"}


def test_a_collection_nobody_made_is_unknown(library: Library) -> None:
    for ask in (library.ask, library.search):
        with pytest.raises(UnknownCollection, match=r"'没有'\. Check its name"):
            ask("夜校", collections=["default", "没有"])
        with pytest.raises(InvalidRequest, match="document_ids is empty"):
            ask("夜校", document_ids=[])


def test_in_no_collection_there_is_nothing(library: Library) -> None:
    assert library.search("夜校", collections=[]) == []
    answer = library.ask("夜校开办了多少期？", collections=[])
    assert (answer.reason, answer.citations, answer.passages) == ("empty_index", (), ())


def test_the_default_is_there_before_anything_is_in_it(tmp_path: Path) -> None:
    with library_at(tmp_path / "other") as library:
        assert library.ask("夜校", collections=["default"]).reason == "empty_index"
        library.add(spooled(library, EXHIBITION), name="书画.txt", collection="展览")
        assert library.search("夜校", collections=["default"]) == []
        answer = library.ask("夜校", collections=["default"])
        assert (answer.status, answer.passages, answer.citations) == ("not_found", (), ())


def test_documents_named_must_lie_in_the_collections_named(library: Library) -> None:
    assert texts_found(library, "夜校", document_ids=["夜校", "食堂"], collections=["default", "后勤"])
    with pytest.raises(NotFound, match="'书画'"):
        library.search("夜校", document_ids=["夜校", "书画"], collections=["default"])
    with pytest.raises(NotFound, match="'书画'"):  # as one that is nowhere
        library.search("夜校", document_ids=["书画"], collections=["没有"])
    assert len(texts_found(library, "夜校", document_ids=["书画"])) == 1


def test_a_refusal_does_not_tell_which_words_another_collection_holds(library: Library, tmp_path: Path) -> None:
    with library_at(tmp_path / "alone", least=1.0) as alone, library_at(library._settings.index, least=1.0) as among:
        alone.add(spooled(alone, CANTEEN), name="食堂.txt", collection="后勤")
        for question in ("食堂的“夜校”添了三道菜？", "夜校开办了几期？", "书画展五月闭幕了吗？"):
            one, other = (each.ask(question, collections=["后勤"]) for each in (alone, among))
            assert (one.status, one.reason, one.answer) == (other.status, other.reason, other.answer)
            assert one.status == "not_found"
        assert "没有出现“夜校”" in among.ask("食堂的“夜校”添了三道菜？", collections=["后勤"]).answer
        assert "没有出现" not in among.ask("开办“夜校”一百期？", collections=["default"]).answer


def test_collections_are_listed_with_what_they_hold(library: Library) -> None:
    assert library.collections() == [
        Collection("default", 1, 1), Collection("后勤", 1, 1), Collection("展览", 1, 1)
    ]  # fmt: skip
    assert [each.id for each in library.documents(collections=["展览", "后勤"])] == ["书画", "食堂"]
    assert library.documents(collections=["没有"]) == []
    assert library.summary("书画").collection == library.document("书画").collection == "展览"
    library.remove("书画")
    assert [each.name for each in library.collections()] == ["default", "后勤"]
    library._current.refresh()
    with pytest.raises(UnknownCollection):
        library.ask("作品", collections=["展览"])


def test_the_same_bytes_may_lie_in_two_collections(library: Library) -> None:
    other = worked_off(library, sent(library, "夜校.txt", SCHOOL, collection="后勤"))
    assert (other.document_id, other.created) == ("夜校-2", True)
    same = sent(library, "other-name.txt", SCHOOL, collection="后勤")
    assert (same.state, same.document_id, same.created) == ("done", "夜校-2", False)
    assert library.add(spooled(library, SCHOOL), name="夜校.txt", collection="后勤").id == "夜校-2"


def test_a_collection_made_since_the_indexes_is_known_at_once(library: Library) -> None:
    library.warm_up()
    with library_at(library._settings.index) as other:
        sent(other, "新.txt", "新的一句。", collection="新")
    with pytest.raises(UnknownCollection):  # submitted, and not yet in any
        library.ask("新", collections=["新"])
    job = worked_off(library, sent(library, "新.txt", "新的一句。", collection="新"))
    assert job.state == "done"
    assert texts_found(library, "新", collections=["新"]) == ["新的一句。"]


def test_a_folder_is_indexed_into_a_collection_and_moved_to_another(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text("甲的一句。", "utf-8")
    assert library.index(folder, way=Way("一")).added == ("a.txt",)
    assert library.index(folder, way=Way("一")).unchanged == ("a.txt",)
    assert library.index(folder, way=Way("二")).replaced == ("a.txt",)
    assert (library.summary("a").collection, library.summary("a").version) == ("二", 1)
    assert texts_found(library, "甲", collections=["二"]) == ["甲的一句。"]
    with pytest.raises(UnknownCollection):
        library.search("甲", collections=["一"])


@pytest.mark.parametrize("name", ["a", "2025年", "a-b_c.d", "é", "报告", "x" * LONGEST])
def test_names_that_a_collection_may_have(name: str) -> None:
    assert checked(name) == name


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a-", ".", "a/b", "a:b", "x" * (LONGEST + 1), "a\n", "\ud800"])
def test_names_that_it_may_not(name: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 64 letters"):
        checked(name)


def test_two_ways_of_writing_a_name_are_one() -> None:
    assert checked("e\u0301") == checked("\u00e9") == "\u00e9"
