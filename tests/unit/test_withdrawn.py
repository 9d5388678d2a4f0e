"""What a person deleted or replaced by hand stays so, though its file stays in the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.storing import library_at, sent, texts_found, worked_off
from yinju import indexing, intake
from yinju.errors import Gone
from yinju.indexing import IndexReport, Way
from yinju.library import Library
from yinju.stored import Draft

OLD, NEW, OTHER = "开办夜校一百期。", "开办夜校二百期。", "书画展展出作品。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "夜校.txt").write_text(OLD, "utf-8")
    (reports / "书画.txt").write_text(OTHER, "utf-8")
    return reports


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        opened.index(folder)
        yield opened


def test_a_deleted_document_stays_away_from_every_later_indexing(library: Library, folder: Path) -> None:
    library.remove("夜校")
    for _ in range(2):
        assert library.index(folder) == IndexReport(unchanged=("书画.txt",), withdrawn=("夜校.txt",))
    assert texts_found(library, "夜校") == [OTHER]


def test_the_same_bytes_stay_away_under_any_name_and_in_any_folder(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    library.remove("夜校")
    (folder / "夜校.txt").rename(folder / "别名.txt")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "copy.txt").write_text(OLD, "utf-8")
    assert library.index(folder).withdrawn == ("别名.txt",)
    assert library.index(elsewhere) == IndexReport(withdrawn=("copy.txt",))


def test_other_bytes_bring_the_file_back_as_another_document(library: Library, folder: Path) -> None:
    library.remove("夜校")
    (folder / "夜校.txt").write_text(NEW, "utf-8")
    assert library.index(folder).added == ("夜校.txt",)
    assert library.document("夜校-2").text == NEW
    with pytest.raises(Gone):
        library.summary("夜校")
    (folder / "夜校.txt").write_text(OLD, "utf-8")  # the deleted bytes, now a change of a document that is there
    assert library.index(folder).replaced == ("夜校.txt",)
    assert library.document("夜校-2").text == OLD


def test_restoring_brings_it_back_under_another_id(library: Library, folder: Path) -> None:
    library.remove("夜校")
    assert library.index(folder, way=Way(restore=True)).added == ("夜校.txt",)
    assert library.document("夜校-2").text == OLD
    assert library.index(folder).unchanged == ("书画.txt", "夜校.txt")
    with pytest.raises(Gone):
        library.summary("夜校")


def test_replacing_a_folder_s_document_withdraws_its_file(library: Library, folder: Path) -> None:
    job = worked_off(library, sent(library, "夜校.txt", NEW, replaces="夜校"))
    assert (job.state, job.document_id, job.version) == ("done", "夜校", 2)
    assert library.summary("夜校").root is None
    assert library.index(folder) == IndexReport(unchanged=("书画.txt",), withdrawn=("夜校.txt",))
    assert library.document("夜校").text == NEW
    (folder / "夜校.txt").write_text(OLD + NEW, "utf-8")
    assert library.index(folder).added == ("夜校.txt",)
    assert library.document("夜校-2").text == OLD + NEW
    assert library.document("夜校").text == NEW


def test_replacing_a_folder_s_document_by_its_own_bytes_makes_it_an_upload(library: Library, folder: Path) -> None:
    worked_off(library, sent(library, "夜校.txt", OLD, replaces="夜校"))
    assert (library.summary("夜校").root, library.summary("夜校").version) == (None, 1)
    assert library.index(folder).withdrawn == ("夜校.txt",)
    assert texts_found(library, "夜校").count(OLD) == 1


def test_a_file_that_is_gone_for_a_while_is_not_withdrawn(library: Library, folder: Path) -> None:
    (folder / "夜校.txt").unlink()
    assert library.index(folder).removed == ("夜校.txt",)
    with pytest.raises(Gone):
        library.document("夜校")
    (folder / "夜校.txt").write_text(OLD, "utf-8")
    assert library.index(folder).added == ("夜校.txt",)
    assert library.document("夜校-2").text == OLD


def test_an_upload_that_was_deleted_may_be_sent_again(library: Library, folder: Path) -> None:
    first = worked_off(library, sent(library, "新.txt", NEW))
    library.remove(str(first.document_id))
    again = worked_off(library, sent(library, "新.txt", NEW))
    assert (again.state, again.document_id) == ("done", "新-2")
    (folder / "新.txt").write_text(NEW, "utf-8")  # nor does deleting an upload withdraw a file
    library.remove("新-2")
    assert library.index(folder).added == ("新.txt",)


Act = Callable[[], object]


@pytest.fixture
def while_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Act], None]:
    """Has something done by another process once: after a file of this name was read, before it is stored."""
    drafted = intake.drafted

    def arrange(name: str, act: Act) -> None:
        left = [act]

        def reading(source: intake.Source, *rest: Any) -> Draft:
            draft = drafted(source, *rest)
            if source.name == name and left:
                left.pop()()
            return draft

        monkeypatch.setattr(indexing, "drafted", reading)

    return arrange


def test_what_is_deleted_while_its_file_is_read_for_the_first_time_stays_away(
    library: Library, folder: Path, while_read: Callable[[str, Act], None]
) -> None:
    (folder / "新.txt").write_text(NEW, "utf-8")
    with library_at(library._settings.index) as person:
        while_read("新.txt", lambda: (person.index(folder), person.remove("新")))
        report = library.index(folder)
    assert report == IndexReport(unchanged=("书画.txt", "夜校.txt"), withdrawn=("新.txt",))
    assert sorted(texts_found(library, "夜校")) == sorted([OLD, OTHER])


@pytest.mark.parametrize("name", ["书画.txt", "夜校.txt"])
def test_what_is_deleted_while_files_are_read_again_stays_away(
    library: Library,
    folder: Path,
    while_read: Callable[[str, Act], None],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """Before its own file is read, or in the midst of it; the rest of the run is done."""
    for module in (indexing, intake):
        monkeypatch.setattr(module, "STRUCTURE", "of tomorrow")
    with library_at(library._settings.index) as person:
        while_read(name, lambda: person.remove("夜校"))
        report = library.index(folder)
    assert report == IndexReport(replaced=("书画.txt",), withdrawn=("夜校.txt",))
    assert texts_found(library, "夜校") == [OTHER]


def test_what_is_replaced_by_hand_while_its_file_is_read_stays_so(
    library: Library, folder: Path, while_read: Callable[[str, Act], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (indexing, intake):
        monkeypatch.setattr(module, "STRUCTURE", "of tomorrow")
    with library_at(library._settings.index) as person:
        while_read("夜校.txt", lambda: worked_off(person, sent(person, "夜校.txt", NEW, replaces="夜校")))
        assert library.index(folder).withdrawn == ("夜校.txt",)
    assert library.document("夜校").text == NEW


@pytest.mark.parametrize("by_hand", ["removed", "replaced"])
def test_a_file_moved_while_its_document_is_changed_by_hand(
    library: Library, folder: Path, while_read: Callable[[str, Act], None], by_hand: str
) -> None:
    (folder / "sub").mkdir()
    (folder / "夜校.txt").rename(folder / "sub" / "夜校.txt")
    (folder / "a.txt").write_text("先读的一份。", "utf-8")
    (folder / "书画.txt").unlink()
    with library_at(library._settings.index) as person:
        changed: dict[str, Act] = {
            "removed": lambda: person.remove("夜校"),
            "replaced": lambda: worked_off(person, sent(person, "改.txt", NEW, replaces="夜校")),
        }
        while_read("a.txt", changed[by_hand])
        report = library.index(folder)
    assert report.withdrawn == ("sub/夜校.txt",)
    assert (report.added, report.moved) == (("a.txt",), ())
    if by_hand == "replaced":  # nor is the upload taken for a file that is gone
        assert (library.document("夜校").text, library.summary("夜校").name) == (NEW, "改.txt")
    else:
        assert texts_found(library, "夜校") == ["先读的一份。"]


def test_restoring_goes_on_where_a_document_is_deleted_meanwhile(
    library: Library, folder: Path, while_read: Callable[[str, Act], None]
) -> None:
    library.remove("夜校")
    (folder / "书画.txt").write_text(OTHER + NEW, "utf-8")
    with library_at(library._settings.index) as person:
        while_read("书画.txt", lambda: person.remove("书画"))
        report = library.index(folder, way=Way(restore=True))
    assert (report.added, report.withdrawn) == (("书画.txt", "夜校.txt"), ())  # other bytes than those deleted
    assert [each.id for each in library.documents()] == ["书画-2", "夜校-2"]
