"""A backup of an index in use holds one state; restored, that state serves, and nothing deleted comes back."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.storing import library_at, sent, spooled, texts_found, worked_off
from yinju import backup as backup_module
from yinju.backup import Restored, backup, restore
from yinju.catalogue import Catalogue
from yinju.errors import Gone
from yinju.library import CATALOGUE, DERIVED, Library

OLD, NEW, OTHER, LATER = "开办夜校一百期。", "开办夜校二百期。", "书画展展出作品若干件。", "后来的一份。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An upload in two versions, another, a job that waits, and one document deleted."""
    with library_at(tmp_path / "index") as opened:
        worked_off(opened, sent(opened, "夜校.txt", OLD))
        worked_off(opened, sent(opened, "夜校.txt", NEW, replaces="夜校"))
        opened.add(spooled(opened, OTHER), name="书画.txt", collection="展览")
        opened.remove(opened.add(spooled(opened, "要删的。"), name="删.txt").id)
        opened.warm_up()
        yield opened


@pytest.fixture
def saved(library: Library, tmp_path: Path) -> Path:
    backup(library._settings.index, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


def contents(index: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(index / CATALOGUE)) as connection:
        tables = ("documents", "versions", "originals", "passages", "vectors", "tombstones", "withdrawn", "jobs")
        return [row for table in tables for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]


def test_what_is_restored_elsewhere_is_what_was_saved(library: Library, saved: Path, tmp_path: Path) -> None:
    assert restore(tmp_path / "new", saved) == Restored(2, stayed_deleted=(), keys=False, keyless=True)
    assert contents(tmp_path / "new") == contents(library._settings.index)
    with library_at(tmp_path / "new") as again:
        assert again.verify() == []
        assert set(texts_found(again, "夜校")) == {NEW, OTHER}
        assert [again.document("夜校", number).text for number in (1, 2)] == [OLD, NEW]
        assert again.search("作品", collections=["展览"])[0].version == 1
        with pytest.raises(Gone):
            again.document("删")
        assert again.audit(1)[0].action == "restore"


def test_a_backup_holds_no_indexes_and_says_what_it_holds(library: Library, saved: Path) -> None:
    with tarfile.open(saved) as archive:
        assert archive.getnames() == ["manifest.json", CATALOGUE]
        described = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        assert {(member.uid, member.uname, member.mode) for member in archive} == {(0, "", 0o600)}
    assert described["files"].keys() == {CATALOGUE}
    assert {path.name for path in library._settings.index.iterdir()} >= {CATALOGUE, DERIVED}
    assert not [path for path in library._settings.index.iterdir() if path.name.startswith(".backup")]


def test_a_backup_of_an_index_being_written_to_is_one_state(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_module, "_PAGES", 1)
    copied: list[int] = []
    texts = [f"第{number}份。" for number in range(3)]

    def write_meanwhile(stage: str, done: int, total: int) -> None:
        if len(copied) < 3:
            library.add(spooled(library, texts[len(copied)]), name="meanwhile.txt")
        copied.append(done)

    backup(library._settings.index, tmp_path / "backup.tar", write_meanwhile)
    assert len(copied) > 10
    restore(tmp_path / "new", tmp_path / "backup.tar")
    with library_at(tmp_path / "new") as again:
        assert again.verify() == []
        assert sorted(again.document(each.id).text for each in again.documents()) == sorted([NEW, OTHER])
    assert library.counts().documents == 5


def test_restoring_into_an_index_in_use(library: Library, saved: Path) -> None:
    index, stop, failed = library._settings.index, Event(), []

    def ask(reader: Library) -> None:
        while not stop.is_set():
            found = set(texts_found(reader, "夜校"))
            if found - {LATER} != {NEW, OTHER}:
                failed.append(found)

    with library_at(index) as other:
        library.add(spooled(library, LATER), name="later.txt")
        other.warm_up()
        asking = [Thread(target=ask, args=(reader,)) for reader in (library, other)]
        for thread in asking:
            thread.start()
        restored = restore(index, saved, actor="me")
        stop.set()
        for thread in asking:
            thread.join()
        assert failed == []
        assert restored.documents == 2
        for reader in (library, other):
            reader._current.refresh()
            assert set(texts_found(reader, "夜校")) == {NEW, OTHER}
            assert reader.counts().documents == 2
        added = other.add(spooled(other, LATER), name="later.txt")
        assert set(texts_found(library, "夜校")) == {NEW, OTHER, LATER}
        assert (added.id, library.verify()) == ("later", [])


def test_what_was_deleted_since_stays_deleted(library: Library, saved: Path) -> None:
    index = library._settings.index
    library.remove("夜校")
    assert restore(index, saved) == Restored(1, ("夜校",), keys=False, keyless=True)
    with pytest.raises(Gone):
        library.document("夜校", 1)
    assert texts_found(library, "夜校") == [OTHER]
    assert library.add(spooled(library, NEW), name="夜校.txt").id == "夜校-2"
    assert restore(index, saved).stayed_deleted == ("夜校",)
    assert restore(index, saved, with_deleted=True) == Restored(2, (), keys=False, keyless=True)
    assert library.document("夜校").text == NEW


def test_what_was_deleted_from_a_folder_since_does_not_come_back_from_it(library: Library, tmp_path: Path) -> None:
    index, reports = library._settings.index, tmp_path / "reports"
    reports.mkdir()
    for name in ("kept.txt", "left.txt"):
        (reports / name).write_text(f"{name} as it was.", "utf-8")
    library.index(reports)
    backup(index, tmp_path / "backup.tar")
    (reports / "kept.txt").write_text("changed.", "utf-8")
    (reports / "late.txt").write_text(LATER, "utf-8")
    left = (reports / "left.txt").rename(tmp_path / "left.txt")
    library.index(reports)
    for identifier in ("kept", "late"):
        library.remove(identifier)
    assert set(restore(index, tmp_path / "backup.tar").stayed_deleted) == {"kept", "left"}
    left.rename(reports / "left.txt")  # nobody deleted it: it only was elsewhere
    report = library.index(reports)
    assert (report.withdrawn, report.added) == (("kept.txt", "late.txt"), ("left.txt",))
    restore(index, tmp_path / "backup.tar", with_deleted=True)
    assert library.index(reports).withdrawn == ()


def test_what_is_deleted_while_a_backup_is_restored_stays_deleted(
    library: Library, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bury, left = backup_module._bury, ["夜校", "书画"]

    def deleted_then(*arguments: Any) -> tuple[str, ...]:
        buried = bury(*arguments)
        if left:
            library.remove(left.pop())
        return buried

    monkeypatch.setattr(backup_module, "_bury", deleted_then)
    assert restore(library._settings.index, saved).stayed_deleted == ("书画", "夜校")
    assert library.documents() == []
    assert [entry.action for entry in library.audit(100)].count("restore") == 1


def test_nothing_is_written_between_the_last_look_and_the_restoring(
    library: Library, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []
    known = backup_module._deleted

    def refused(path: Path) -> Any:
        if looked:  # the second look: from then on nobody else may write
            with pytest.raises(sqlite3.OperationalError, match="locked"), closing(sqlite3.connect(path, 0)) as other:
                other.execute("BEGIN IMMEDIATE")
        looked.append(path)
        return known(path)

    monkeypatch.setattr(backup_module, "_deleted", refused)
    restore(library._settings.index, saved)
    assert len(looked) == 2


def test_no_reader_sees_what_was_deleted_since_not_even_for_a_moment(
    library: Library, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.remove("夜校")

    class Cut(BaseException):
        """Stands for the end of the process."""

    def cut(*_: object) -> None:
        raise Cut

    put_back = backup_module._put_back

    def put_back_and_end(source: Path, target: Path, still: Callable[[], bool]) -> None:
        put_back(source, target, still)
        cut()

    monkeypatch.setattr(backup_module, "_put_back", put_back_and_end)
    with pytest.raises(Cut):
        restore(library._settings.index, saved)
    with Catalogue(library._settings.index / CATALOGUE) as catalogue:
        assert [each.id for each in catalogue.documents()] == ["书画"]


def test_a_job_that_waited_is_done_after_the_restoring(library: Library, tmp_path: Path) -> None:
    library.close()
    with library_at(library._settings.index) as waiting:
        job = sent(waiting, "later.txt", LATER)
        backup(waiting._settings.index, tmp_path / "backup.tar")
    restore(tmp_path / "new", tmp_path / "backup.tar")
    with library_at(tmp_path / "new") as again:
        assert worked_off(again, job).state == "done"
        assert LATER in texts_found(again, "后来")
