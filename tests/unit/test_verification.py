"""Verification finds every byte that is not as it was written, and says where."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import CharacterEncoder
from tests.storing import flipped, library_at, sent, spooled, worked_off
from yinju import derived, verification
from yinju.catalogue import Catalogue
from yinju.errors import IndexDamaged
from yinju.intake import origin_of
from yinju.library import CATALOGUE, DERIVED, Library
from yinju.verification import Finding, verify

OLD, NEW, OTHER = "开办夜校一百期。\n覆盖青年。", "开办夜校二百期。\n覆盖青年。", "书画展\n\n展出作品若干件。"
ORIGIN = origin_of(CharacterEncoder())


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An upload in two versions, and a folder's document in a collection of its own."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "书画.txt").write_text(OTHER, "utf-8")
    with library_at(tmp_path / "index") as opened:
        opened.index(tmp_path / "reports")
        worked_off(opened, sent(opened, "夜校.txt", OLD, collection="青年"))
        worked_off(opened, sent(opened, "夜校.txt", NEW, collection="青年", replaces="夜校"))
        yield opened


@pytest.fixture
def index(library: Library) -> Path:
    library.close()
    return library._settings.index


def findings(index: Path) -> list[Finding]:
    with Catalogue(index / CATALOGUE) as catalogue:
        return list(verify(catalogue, index / DERIVED))


def write(index: Path, statement: str) -> None:
    """Past everything that keeps rows sound."""
    with closing(sqlite3.connect(index / CATALOGUE)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def flip_byte_after(index: Path, text: bytes, offset: int = 0, bit: int = 1) -> None:
    flipped(index / CATALOGUE, lambda data: data.index(text) + offset, bit)


def test_what_is_as_it_was_written_has_no_findings(library: Library) -> None:
    seen: list[tuple[str, int, int]] = []
    assert library.verify(lambda *event: seen.append(event)) == []
    assert [event for event in seen if event[1] == event[2]] == [("texts", 3, 3), ("vectors", 2, 2), ("indexes", 1, 1)]


def test_verifying_writes_nothing(index: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.is_file() and ".lock" not in path.name}
    assert findings(index) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


DAMAGES: dict[str, tuple[Callable[[Path], None], list[tuple[str, str]]]] = {
    "a text": (
        lambda index: write(index, "UPDATE versions SET text = replace(text, '二', '三') WHERE version = 2"),
        [("text", "夜校@2")],
    ),
    "a byte of a replaced text": (lambda index: flip_byte_after(index, OLD.encode(), 4), [("text", "夜校@1")]),
    "a text no longer UTF-8": (lambda index: flip_byte_after(index, OLD.encode(), 3, 0x80), [("text", "夜校@1")]),
    "a title": (
        lambda index: write(index, "UPDATE versions SET title = title || '!' WHERE version = 2"),
        [("structure", "夜校@2")],
    ),
    "a structure no longer JSON": (
        lambda index: write(index, "UPDATE versions SET blocks = substr(blocks, 2) WHERE version = 2"),
        [("structure", "夜校@2")],
    ),
    "the bytes of an upload": (
        lambda index: write(index, "UPDATE originals SET data = CAST('other' AS BLOB)"),
        [("original", "")],
    ),
    "a vector": (
        lambda index: write(
            index,
            "UPDATE vectors SET pooled = zeroblob(64) WHERE passage = (SELECT max(key) FROM passages)",
        ),
        [("vectors", "夜校")],
    ),
    "a token vector": (
        lambda index: write(
            index,
            "UPDATE vectors SET tokens = zeroblob(64) WHERE passage = (SELECT max(key) FROM passages)",
        ),
        [("vectors", "夜校")],
    ),
    "where a passage ends": (
        lambda index: write(index, "UPDATE passages SET end = end - 1 WHERE key = (SELECT max(key) FROM passages)"),
        [("vectors", "夜校")],
    ),
    "a heading no longer JSON": (
        lambda index: write(index, "UPDATE passages SET heading = '[' WHERE key = (SELECT max(key) FROM passages)"),
        [("vectors", "夜校")],
    ),
    "a version's number": (
        lambda index: write(index, "UPDATE versions SET version = 7 WHERE version = 2"),
        [("catalogue", "夜校")],
    ),
    "which version is the newest": (
        lambda index: write(index, "UPDATE documents SET version = 1 WHERE version = 2"),
        [("catalogue", "夜校")],
    ),
    "a row of nothing": (
        lambda index: write(index, "DELETE FROM documents WHERE id = '书画'"),
        [("catalogue", CATALOGUE)],
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_the_catalogue_is_found_where_it_is(index: Path, damage: str) -> None:
    do, expected = DAMAGES[damage]
    do(index)
    found = findings(index)
    assert {(each.part, each.where if each.part != "original" else "") for each in found} == set(expected)


@pytest.mark.parametrize("column", ["collection", "id", "name"])
def test_a_byte_flipped_in_what_a_document_is_called_is_found(index: Path, column: str) -> None:
    value = {"collection": "青年", "id": "书画", "name": "书画.txt"}[column].encode()
    data = (index / CATALOGUE).read_bytes()
    with closing(sqlite3.connect(index / CATALOGUE)) as connection:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'documents'"
        (page,) = connection.execute(query).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    start = (page - 1) * size
    at = data.index(value, start, start + size)
    flipped(index / CATALOGUE, lambda _: at + 2)
    shutil.rmtree(index / DERIVED)  # so that nothing is there to compare it with
    assert {each.part for each in findings(index)} == {"catalogue"}


def test_a_byte_flipped_in_any_derived_file_is_found(library: Library) -> None:
    folder = library._settings.index / DERIVED
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    assert len(paths) > 10
    for path in paths:
        if path.stat().st_size == 0:
            continue
        for place in (0, path.stat().st_size // 2, path.stat().st_size - 1):
            data = path.read_bytes()
            flipped(path, lambda _, place=place: place)  # type: ignore[misc]
            (finding,) = library.verify()
            assert (finding.part, finding.where) == ("indexes", "/".join(path.relative_to(folder).parts[:2])), path
            path.write_bytes(data)
    assert library.verify() == []


def test_indexes_made_of_something_else_are_found(library: Library, tmp_path: Path) -> None:
    with library_at(tmp_path / "other") as other:
        other.add(spooled(other, "另一份。"), name="夜校.txt")
        made = next((tmp_path / "other" / DERIVED).glob("*/g*"))
        place = next((library._settings.index / DERIVED).glob("*/g*"))
        shutil.rmtree(place)
        shutil.copytree(made, place)
    (finding,) = library.verify()
    assert finding.part == "indexes"


@pytest.mark.parametrize("work", ["is_sound", "opened", "after opened"])
def test_indexes_replaced_while_they_are_looked_at_are_no_damage(
    library: Library, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    name = work.removeprefix("after ")
    do, left = getattr(derived, name), [True, True]

    def replaced_meanwhile(*arguments: Any) -> Any:
        done = do(*arguments) if work.startswith("after") else None
        if left:
            left.pop()
            library._catalogue.announce()
            with monkeypatch.context() as making:
                making.setattr(derived, name, do)
                library._current.refresh()
        return done or do(*arguments)

    monkeypatch.setattr(derived, name, replaced_meanwhile)
    monkeypatch.setattr(verification, "_PAUSE", 0)
    assert library.verify() == []
    assert left == []


def test_the_indexes_of_what_is_stored_meanwhile_are_looked_at(library: Library) -> None:
    def store(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("texts", total) and library.counts().documents == 2:
            library.add(spooled(library, "后来的一份。"), name="later.txt")
            (made,) = (library._settings.index / DERIVED).glob("*/g*/texts.utf8")
            flipped(made, lambda data: len(data) // 2)

    (finding,) = library.verify(store)
    assert finding.part == "indexes"


def test_indexes_being_made_are_waited_for(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    maker = os.open(library._settings.index / DERIVED / ".lock", os.O_RDWR)
    flock(maker, LOCK_EX)

    def made_meanwhile(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 2:
            os.close(maker)
            library._current.refresh()
            (made,) = (library._settings.index / DERIVED).glob("*/g*/texts.utf8")
            flipped(made, lambda data: len(data) // 2)

    monkeypatch.setattr(time, "sleep", made_meanwhile)
    library._catalogue.announce()
    (finding,) = library.verify()
    assert (finding.part, len(paused)) == ("indexes", 2)


def test_missing_indexes_are_no_damage(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", pytest.fail)  # nor are they waited for
    library._catalogue.announce()
    assert library.verify() == []
    shutil.rmtree(library._settings.index / DERIVED)
    assert library.verify() == []


def test_a_table_no_longer_described_is_damage_and_no_crash(index: Path) -> None:
    for bit in (0x01, 0x80):  # another name, and no longer UTF-8
        data = (index / CATALOGUE).read_bytes()
        flip_byte_after(index, b"CREATE TABLE versions", len(b"CREATE TABLE versions ("), bit)
        flip_byte_after(index, b"CREATE TABLE versions", len(b"CREATE TABLE v"), bit)
        with pytest.raises(IndexDamaged, match="yinju restore FILE"):
            findings(index)
        (index / CATALOGUE).write_bytes(data)


def test_any_page_that_was_never_written_is_found(index: Path) -> None:
    data, page = (index / CATALOGUE).read_bytes(), 4096
    shutil.rmtree(index / DERIVED)
    for start in range(page, len(data), page):
        (index / CATALOGUE).write_bytes(data[:start] + bytes(page) + data[start + page :])
        assert data[start : start + page] == bytes(page) or is_told_damaged(index), start // page


def is_told_damaged(index: Path) -> bool:
    try:
        return bool(findings(index))
    except IndexDamaged:
        return True
