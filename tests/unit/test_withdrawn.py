"""What a person deleted or replaced by hand stays so, though its file stays in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storing import library_at, sent, texts_found, worked_off
from yinju.errors import Gone
from yinju.indexing import IndexReport, Way
from yinju.library import Library

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
