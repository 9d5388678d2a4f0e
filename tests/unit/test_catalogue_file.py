"""The catalogue's file: what is refused, who waits for whom, what is read while others write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from tests.documents import ORIGIN, draft, passages_of
from yinju import schema
from yinju.catalogue import Catalogue
from yinju.errors import IndexBusy, IndexDamaged, IndexMismatch, SettingsError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "索引 index" / "catalogue.db"


@pytest.fixture
def catalogue(path: Path) -> Iterator[Catalogue]:
    with Catalogue(path, busy_timeout=0.1) as opened:
        yield opened


def test_opening_again_writes_nothing(catalogue: Catalogue, path: Path) -> None:
    catalogue.put(draft("a.txt", "甲"), ORIGIN)
    catalogue.close()
    before = path.read_bytes()
    with Catalogue(path) as again:
        assert again.counts().documents == 1
    assert path.read_bytes() == before


def test_a_read_can_not_write(catalogue: Catalogue) -> None:
    with catalogue.reading() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM documents")


def test_a_file_of_another_kind_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(IndexDamaged, match=r"Restore it from a backup: yinju restore FILE\. Without one, move it away"):
        Catalogue(path)
    assert path.read_bytes() == b"not a database, " * 100


def test_another_programs_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(IndexMismatch, match="another program"):
        Catalogue(path)


def test_a_place_no_file_can_be_kept_in_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(SettingsError, match="set YINJU_INDEX"):
        Catalogue(path)
    (path / "file").touch()
    with pytest.raises(SettingsError, match="set YINJU_INDEX"):
        Catalogue(path / "file" / "catalogue.db")


def test_a_newer_schema_is_refused(catalogue: Catalogue, path: Path) -> None:
    catalogue.close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    with pytest.raises(IndexMismatch, match="Upgrade Yinju"):
        Catalogue(path)


def test_a_second_writer_is_told_to_wait(catalogue: Catalogue, path: Path) -> None:
    with schema.transaction(path, 0.1), pytest.raises(IndexBusy, match="Wait for it"):
        catalogue.put(draft("a.txt", "甲"), ORIGIN)
    catalogue.put(draft("a.txt", "甲"), ORIGIN)


def test_reading_goes_on_during_a_write(catalogue: Catalogue, path: Path) -> None:
    catalogue.put(draft("a.txt", "旧"), ORIGIN)
    with schema.transaction(path, 0.1) as connection:
        connection.execute("UPDATE versions SET text = '新'")
        assert catalogue.document("a").text == "旧"
    assert catalogue.document("a").text == "新"


def test_readers_see_whole_documents_while_they_are_replaced(path: Path) -> None:
    texts = ["甲" * 30 + "\n" + "乙" * 5, "丙" * 7]
    torn: list[object] = []
    stop = Event()

    def read(catalogue: Catalogue) -> None:
        while not stop.is_set():
            document, passages = catalogue.document("a"), passages_of(catalogue, "a")
            if sha256(document.text.encode()).hexdigest() != document.text_sha256:
                torn.append(document)
            if "\n".join(passage.text for passage in passages) not in texts:
                torn.append(passages)

    with Catalogue(path) as catalogue:
        catalogue.put(draft("a.txt", texts[0]), ORIGIN)
        threads = [Thread(target=read, args=(catalogue,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for turn in range(20):
            catalogue.put(draft("a.txt", texts[turn % 2]), ORIGIN)
        stop.set()
        for thread in threads:
            thread.join()
    assert torn == []


def test_several_may_create_it_at_once(path: Path) -> None:
    opened: list[Catalogue] = []
    failed: list[Exception] = []
    start = Barrier(8)

    def create() -> None:
        start.wait()
        try:
            opened.append(Catalogue(path))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to fail for it
            failed.append(error)

    threads = [Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len({catalogue.generation() for catalogue in opened}) == 1
    for catalogue in opened:
        catalogue.close()


def test_creating_waits_for_who_holds_the_file(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IndexBusy, match="Wait for it"):
            Catalogue(path, busy_timeout=0.05)
        other.execute("ROLLBACK")
    Catalogue(path).close()


def test_a_catalogue_that_is_deleted_while_open_is_not_made_anew(catalogue: Catalogue, path: Path) -> None:
    path.unlink()
    with pytest.raises(SettingsError, match="YINJU_INDEX"):
        catalogue.put(draft("a.txt", "甲"), ORIGIN)
    assert not path.exists()


def test_a_closed_catalogue_says_so(catalogue: Catalogue) -> None:
    catalogue.close()
    with pytest.raises(ValueError, match="closed"):
        catalogue.counts()


def test_a_read_that_outlives_the_catalogue_ends_well(catalogue: Catalogue) -> None:
    with catalogue.snapshot() as snapshot:
        catalogue.close()
        assert snapshot.counts.documents == 0
    assert catalogue._idle == []
