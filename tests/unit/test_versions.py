"""Every version stays readable; what is deleted is gone everywhere, and for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.documents import ORIGIN, draft
from tests.storing import library_at, sent, spooled, texts_found, worked_off
from yinju.catalogue import Catalogue
from yinju.errors import Gone, NotFound, PreconditionFailed, UnknownVersion
from yinju.library import Library
from yinju.records import Removal

FIRST, SECOND, THIRD = "开办夜校一百期。", "开办夜校二百期，覆盖六千人。", "开办夜校三百期。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        yield opened


@pytest.fixture
def thrice(library: Library) -> Library:
    """One upload in three versions."""
    library.add(spooled(library, FIRST), name="夜校.txt")
    for text in (SECOND, THIRD):
        assert worked_off(library, sent(library, "夜校.txt", text, replaces="夜校")).state == "done"
    return library


def test_each_version_is_read_by_its_number(thrice: Library) -> None:
    assert [thrice.document("夜校", number).text for number in (1, 2, 3)] == [FIRST, SECOND, THIRD]
    assert thrice.document("夜校") == thrice.document("夜校", 3)
    told = thrice.versions("夜校")
    assert [each.version for each in told] == [1, 2, 3]
    assert [each.text_sha256 for each in told] == [thrice.document("夜校", n).text_sha256 for n in (1, 2, 3)]
    assert thrice.summary("夜校").version == 3
    assert thrice.status().versions == 3


def test_a_version_that_never_was_is_told_from_the_others(thrice: Library) -> None:
    for number in (0, 4, -1, 10**12):
        with pytest.raises(UnknownVersion, match=rf"no version {number}\. Its versions go from 1 to 3"):
            thrice.document("夜校", number)


def test_a_citation_into_a_replaced_version_still_finds_its_quote(library: Library) -> None:
    library.add(spooled(library, FIRST), name="夜校.txt")
    (cited,) = library.ask("开办夜校多少期？").citations
    worked_off(library, sent(library, "夜校.txt", "前言。\n" + SECOND, replaces="夜校"))
    (now,) = library.ask("开办夜校多少期？").citations
    assert (cited.version, now.version) == (1, 2)
    for each in (cited, now):
        version = library.document(each.document_id, each.version)
        assert version.text[each.start : each.end] == each.quote
        assert version.text_sha256 == each.text_sha256


def test_deleting_removes_every_version_and_says_what_it_removed(thrice: Library) -> None:
    assert thrice.remove("夜校") == Removal("夜校", passages=1, vectors=2, versions=3)
    assert texts_found(thrice, "夜校") == []
    assert thrice.status().versions == 0
    assert thrice.counts().documents == 0


WAYS_TO_IT: list[Callable[[Library], object]] = [
    lambda library: library.document("夜校"),
    lambda library: library.document("夜校", 1),
    lambda library: library.document("夜校", 99),
    lambda library: library.summary("夜校"),
    lambda library: library.versions("夜校"),
    lambda library: library.remove("夜校"),
    lambda library: library.remove("夜校", if_match="0" * 64),
    lambda library: library.ask("夜校", document_ids=["夜校"]),
    lambda library: library.search("夜校", document_ids=["夜校"]),
    lambda library: sent(library, "夜校.txt", "新", replaces="夜校"),
]


def test_what_is_deleted_is_gone_and_not_unknown(thrice: Library) -> None:
    thrice.remove("夜校")
    with library_at(thrice._settings.index) as other:
        for library in (thrice, other):
            for reach in WAYS_TO_IT:
                with pytest.raises(Gone, match=r"'夜校' was deleted on \d{4}-") as gone:
                    reach(library)
                assert gone.value.document_id == "夜校"


def test_what_never_was_is_unknown_and_not_gone(library: Library) -> None:
    for reach in WAYS_TO_IT:
        with pytest.raises(NotFound, match="No document has the id '夜校'"):
            reach(library)


def test_an_id_is_never_given_again(thrice: Library) -> None:
    thrice.remove("夜校")
    again = thrice.add(spooled(thrice, THIRD), name="夜校.txt")
    assert (again.id, again.version) == ("夜校-2", 1)
    assert texts_found(thrice, "夜校") == [THIRD]
    with pytest.raises(Gone):
        thrice.summary("夜校")
    thrice.remove("夜校-2")
    assert thrice.add(spooled(thrice, THIRD), name="夜校.txt").id == "夜校-3"


def test_deleting_asks_for_the_text_one_has_read(thrice: Library) -> None:
    known = thrice.versions("夜校")[1].text_sha256
    with pytest.raises(PreconditionFailed, match=r"another by now: version 3.*Nothing was changed"):
        thrice.remove("夜校", if_match=known)
    assert thrice.document("夜校").text == THIRD
    assert thrice.remove("夜校", if_match=thrice.summary("夜校").text_sha256).versions == 3


def test_the_same_text_from_other_bytes_is_no_new_version(library: Library) -> None:
    library.add(spooled(library, "同。\n"), name="a.txt")
    job = worked_off(library, sent(library, "a.txt", "同。\r\n", replaces="a"))
    assert (job.state, job.version, job.created) == ("done", 1, True)
    assert [each.version for each in library.versions("a")] == [1]
    assert library.document("a").bytes_sha256 != draft("a.txt", "同。\n").bytes_sha256


def test_a_version_read_by_better_readers_is_no_new_one(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        catalogue.put(draft("a.txt", "旧"), ORIGIN)
        catalogue.put(draft("a.txt", "同", heading=("前",)), ORIGIN)
        catalogue.put(draft("a.txt", "同", heading=("后",)), ORIGIN)
        assert [each.version for each in catalogue.versions("a")] == [1, 2]
        ((stored),) = catalogue.stored("a", ORIGIN)
        assert stored.passage.heading == ("后",)
