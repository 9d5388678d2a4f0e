"""What can't be restored is refused with nothing changed; what can't be backed up leaves nothing."""

from __future__ import annotations

import io
import json
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.storing import flipped, library_at, spooled, texts_found
from yinju import backup as backup_module
from yinju import manifest
from yinju.backup import Restored, backup, clear, restore
from yinju.errors import IndexBusy, IndexDamaged, IndexMismatch, InvalidRequest
from yinju.keys import FILE as KEYS
from yinju.library import CATALOGUE, Library
from yinju.schema import VERSION

NEW, OTHER = "开办夜校二百期。", "书画展展出作品若干件。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        opened.add(spooled(opened, NEW), name="夜校.txt")
        opened.add(spooled(opened, OTHER), name="书画.txt")
        opened.warm_up()
        yield opened


@pytest.fixture
def saved(library: Library, tmp_path: Path) -> Path:
    backup(library._settings.index, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


def contents(index: Path) -> list[str]:
    with closing(sqlite3.connect(index / CATALOGUE)) as connection:
        return list(connection.iterdump())


def refused(library: Library, file: Path, error: type[Exception], match: str) -> None:
    """Nothing is changed in the index, nothing is left beside it, and it goes on answering."""
    index = library._settings.index
    before, names = contents(index), {path.name for path in index.iterdir()}
    generation = library._catalogue.generation()
    with pytest.raises(error, match=match):
        restore(index, file)
    assert contents(index) == before
    assert library._catalogue.generation() == generation
    assert {path.name for path in index.iterdir()} == names
    assert set(texts_found(library, "夜校")) == {NEW, OTHER}


def test_a_damaged_backup_is_refused(library: Library, saved: Path, tmp_path: Path) -> None:
    data = saved.read_bytes()
    for place in (0.3, 0.6, 0.9):
        flipped(saved, lambda data, place=place: int(len(data) * place))  # type: ignore[misc]
        refused(library, saved, IndexDamaged, "is damaged: catalogue.db in it is not what was written")
        saved.write_bytes(data)
    for kept in (0.3, 0.9):
        saved.write_bytes(data[: int(len(data) * kept)])
        refused(library, saved, InvalidRequest, "not a backup made by `yinju backup`.*Nothing was changed")
    saved.write_bytes(data[:-1000])  # only the end mark is torn
    assert restore(tmp_path / "new", saved).documents == 2


def test_what_is_no_backup_is_refused(library: Library, tmp_path: Path) -> None:
    no_tar, foreign, hostile = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    no_tar.write_bytes(b"not a tar archive" * 100)
    with tarfile.open(foreign, "w") as archive:
        archive.add(library._settings.index / CATALOGUE, CATALOGUE)
    with tarfile.open(hostile, "w") as archive:
        named = json.dumps({"format": 1, "files": {"../outside": [0, "0"]}}).encode()
        member = tarfile.TarInfo("manifest.json")
        member.size = len(named)
        archive.addfile(member, io.BytesIO(named))
    for file in (no_tar, foreign, tmp_path / "nowhere"):
        refused(library, file, InvalidRequest, "Nothing was changed")
    refused(library, hostile, IndexDamaged, "Nothing was changed")


def test_a_backup_of_a_newer_version_is_refused(library: Library, tmp_path: Path) -> None:
    shutil.copytree(library._settings.index, tmp_path / "newer")
    with closing(sqlite3.connect(tmp_path / "newer" / CATALOGUE)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    backup(tmp_path / "newer", tmp_path / "newer.tar")
    refused(library, tmp_path / "newer.tar", IndexMismatch, "Upgrade Yinju")


def test_no_file_is_overwritten_and_nothing_half_is_left(
    library: Library, saved: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = saved.read_bytes()
    with pytest.raises(InvalidRequest, match="there already"):
        backup(library._settings.index, saved)
    assert saved.read_bytes() == before
    with pytest.raises(InvalidRequest, match="no catalogue"):
        backup(tmp_path / "reports", tmp_path / "other.tar")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "flush", full)
    with pytest.raises(OSError, match="No space left"):
        backup(library._settings.index, tmp_path / "other.tar")
    assert not list(tmp_path.glob("other.tar*"))


def test_a_copy_is_for_its_owner_only(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def copies(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir() if path.name.startswith("."))


def kill_in_a_backup(index: Path) -> None:
    """When the catalogue is copied, and the file has been begun."""
    script = """
import os, signal, sys
from pathlib import Path
from yinju import backup
backup.backup_archive._digest = lambda _: os.kill(os.getpid(), signal.SIGKILL)
backup.backup(*map(Path, sys.argv[1:]))
"""
    ended = subprocess.run([sys.executable, "-c", script, index, index.parent / "killed.tar"], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(copies(index)) == 1


def test_what_a_kill_leaves_is_cleared_and_in_nobodys_way(library: Library, saved: Path, tmp_path: Path) -> None:
    index = library._settings.index
    for do in (lambda: clear(index), lambda: restore(index, saved), lambda: backup(index, tmp_path / "killed.tar")):
        kill_in_a_backup(index)
        (tmp_path / "killed.tar.part").write_bytes(b"half")
        do()
        assert copies(index) == []
    assert sorted(path.name for path in tmp_path.glob("killed*")) == ["killed.tar"]


def test_clearing_spares_a_backup_under_way_and_no_other_begins(library: Library, tmp_path: Path) -> None:
    index, seen = library._settings.index, []

    def meanwhile(*_: object) -> None:
        seen.append(copies(index))
        clear(index)
        assert copies(index) == seen[-1]
        for do in (backup, restore):
            with pytest.raises(IndexBusy, match="under way"):
                do(index, tmp_path / "other.tar")

    backup(index, tmp_path / "backup.tar", meanwhile)
    assert [len(names) for names in seen] == [1]
    assert restore(index, tmp_path / "backup.tar").documents == 2
    clear(tmp_path / "nowhere")


def test_another_backup_to_the_same_file_spoils_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, flush = library._settings.index, manifest.flush

    def flushed_beside(path: Path) -> None:
        if path.suffix == ".part":
            with pytest.raises(IndexBusy, match="under way"):
                backup(index, tmp_path / "backup.tar")
        flush(path)

    monkeypatch.setattr(manifest, "flush", flushed_beside)
    backup(index, tmp_path / "backup.tar")
    assert restore(tmp_path / "new", tmp_path / "backup.tar").documents == 2


def test_a_catalogue_that_stays_locked_is_told(library: Library, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_module, "_BUSY", 0.05)
    with closing(sqlite3.connect(library._settings.index / CATALOGUE)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        refused(library, saved, IndexBusy, "keeps writing")
    assert restore(library._settings.index, saved).documents == 2


def test_a_damaged_catalogue_is_put_aside_for_the_backup(library: Library, saved: Path) -> None:
    library.close()
    index = library._settings.index
    (index / CATALOGUE).write_bytes(b"not a database, " * 1000)
    assert restore(index, saved) == Restored(2, (), keys=False, keyless=True, deletions_known=False)
    assert (index / f"damaged-{CATALOGUE}").read_bytes() == b"not a database, " * 1000
    with library_at(index) as again:
        assert set(texts_found(again, "夜校")) == {NEW, OTHER}
        assert again.verify() == []


def test_a_running_service_goes_over_to_what_took_the_place_of_a_damaged_catalogue(
    library: Library, saved: Path
) -> None:
    index = library._settings.index
    library.add(spooled(library, "后来的一份。"), name="later.txt")
    library._catalogue.tidy()
    with library._catalogue.reading() as reading:  # this one is open while the file changes
        assert reading.execute("SELECT count(*) FROM documents").fetchone() == (3,)
        with (index / CATALOGUE).open("r+b") as file:
            file.write(b"garbage!" * 4)
        assert restore(index, saved).deletions_known is False
        assert library.counts().documents == 2
        library.add(spooled(library, "又一份。"), name="again.txt")
    assert library.counts().documents == 3
    library._catalogue.close()  # what was open on the damaged file takes nothing of the other's with it
    with library_at(index) as again:
        assert [each.id for each in again.documents()] == ["again", "书画", "夜校"]
        assert again.verify() == []


def test_keys_are_restored_only_where_there_are_none(library: Library, tmp_path: Path) -> None:
    with closing(sqlite3.connect(library._settings.index / KEYS)) as connection, connection:
        connection.execute("CREATE TABLE marks (mark)")
        connection.execute("INSERT INTO marks VALUES ('saved')")
    backup(library._settings.index, tmp_path / "keys.tar")
    with closing(sqlite3.connect(library._settings.index / KEYS)) as connection, connection:
        connection.execute("UPDATE marks SET mark = 'revoked since'")
    for index, taken in ((library._settings.index, False), (tmp_path / "new", True)):
        done = restore(index, tmp_path / "keys.tar")
        assert (done.keys, done.keyless) == (taken, False)
    for index, expected in ((library._settings.index, "revoked since"), (tmp_path / "new", "saved")):
        with closing(sqlite3.connect(index / KEYS)) as connection:
            assert connection.execute("SELECT mark FROM marks").fetchall() == [(expected,)]
