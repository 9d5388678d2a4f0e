"""Nothing of a deleted text is left in any file of the index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import CharacterEncoder
from tests.storing import SECONDS, library_at, sent, spooled, texts_found, worked_off
from yinju import current, moments
from yinju.backup import backup, restore
from yinju.library import Library

KEPT = "书画展展出作品若干件。" * 30
SECRETS = [f"绝密第{word}版，仅限内部传阅。" * 60 for word in ("甲", "乙")]
MARKS = ["绝密第甲版", "绝密第乙版", "仅限内部传阅"]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        opened.add(spooled(opened, KEPT), name="书画.txt")
        yield opened


def traces(library: Library) -> dict[str, list[str]]:
    """Each file of the index that holds a mark of the secret."""
    found: dict[str, list[str]] = {}
    for path in sorted(library._settings.index.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        for mark in MARKS:
            if mark.encode() in data:
                found.setdefault(mark, []).append(str(path.relative_to(library._settings.index)))
    return found


def store_secrets(library: Library) -> str:
    first = worked_off(library, sent(library, "内部.txt", SECRETS[0]))
    identifier = str(first.document_id)
    worked_off(library, sent(library, "内部.txt", SECRETS[1], replaces=identifier))
    assert set(traces(library)) == set(MARKS)
    return identifier


def nothing_left(library: Library) -> bool:
    ends = time.monotonic() + SECONDS
    while traces(library) and time.monotonic() < ends:
        time.sleep(0.05)
    return traces(library) == {}


def test_a_deletion_overwrites_every_version_while_the_service_runs(library: Library) -> None:
    identifier = store_secrets(library)
    library.ask("书画展")
    library.remove(identifier)
    assert nothing_left(library)
    assert library.document("书画").text == KEPT


def test_the_last_document_leaves_nothing_either(library: Library) -> None:
    identifier = store_secrets(library)
    library.remove("书画")
    library.remove(identifier)
    assert nothing_left(library)
    library._current.close()  # the files go a moment before what was made takes their place
    assert library.ask("书画展").reason == "empty_index"


def test_what_another_model_made_of_it_goes_too(library: Library) -> None:
    identifier = store_secrets(library)
    with library_at(library._settings.index, CharacterEncoder("other")) as other:
        assert other.reindex().documents == 2
        library._current.refresh()
        assert len(list((library._settings.index / "derived").glob("*/*"))) == 2
        other.remove(identifier)
        assert nothing_left(library)
        assert other.search("书画展")[0].passage.document_id == "书画"


def test_bytes_that_could_not_be_read_are_overwritten(library: Library) -> None:
    failed = worked_off(library, sent(library, "内部.docx", b"PK\3\4" + SECRETS[0].encode()))
    assert failed.state == "failed"
    assert nothing_left(library)


def test_restoring_an_older_backup_does_not_bring_it_back_into_any_file(library: Library, tmp_path: Path) -> None:
    identifier = store_secrets(library)
    backup(library._settings.index, tmp_path / "backup.tar")
    library.remove(identifier)
    assert nothing_left(library)
    assert restore(library._settings.index, tmp_path / "backup.tar").stayed_deleted == (identifier,)
    library._catalogue.tidy()
    library._current.refresh()
    assert nothing_left(library)


def test_keeping_what_is_not_deleted(library: Library) -> None:
    store_secrets(library)
    library.remove("书画")
    library.close()
    assert set(traces(library)) == set(MARKS)
    with library_at(library._settings.index) as again:
        again.add(spooled(again, "新。"), name="新.txt")
        assert set(traces(again)) == set(MARKS)


class Cut(BaseException):
    """Stands for the end of the process."""


def test_a_process_killed_before_it_cleaned_up_is_cleaned_up_after_by_the_next(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = store_secrets(library)

    def reached(moment: str) -> None:
        if moment == "swap 7":
            raise Cut

    monkeypatch.setattr(moments, "reached", reached)
    monkeypatch.setattr(library._current, "refresh_soon", lambda: None)
    library.remove(identifier)
    with pytest.raises(Cut):
        library._current.refresh()
    monkeypatch.undo()
    assert any("derived" in name for names in traces(library).values() for name in names)
    with library_at(library._settings.index) as again:
        again.warm_up()
        assert traces(again) == {}
        assert texts_found(again, "绝密") == [KEPT]


def test_a_deletion_under_another_model_that_can_not_make_the_indexes(library: Library) -> None:
    identifier = store_secrets(library)
    library.warm_up()
    with library_at(library._settings.index, CharacterEncoder("not used yet")) as other:
        other.remove(identifier)
    assert traces(library) == {}
    assert texts_found(library, "绝密") == [KEPT]


def test_a_deletion_after_a_failure_is_not_forgotten(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried a while later; or at once, where the process ends."""
    identifier = store_secrets(library)
    library.warm_up()
    monkeypatch.setattr(current, "_RETRY", 1000.0)
    library._current._failed(OSError("no room"))
    library.remove(identifier)
    time.sleep(0.1)
    assert traces(library)
    library.close()
    assert traces(library) == {}
    monkeypatch.setattr(current, "_RETRY", 0.3)
    with library_at(library._settings.index) as again:
        identifier = store_secrets(again)
        again._current._failed(OSError("no room"))
        again.remove(identifier)
        assert nothing_left(again)
