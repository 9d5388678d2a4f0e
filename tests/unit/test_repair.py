"""Repair makes anew what can be made anew, and leaves the rest for a backup."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import CharacterEncoder
from tests.storing import flipped, library_at, sent, texts_found, worked_off
from yinju import intake
from yinju import repair as repair_module
from yinju.catalogue import Catalogue
from yinju.library import CATALOGUE, DERIVED, Library
from yinju.repair import repair
from yinju.stored import Draft, StoredPassage

OLD, NEW, OTHER = "开办夜校一百期。\n覆盖青年。", "开办夜校二百期。\n覆盖青年。", "书画展\n\n展出作品若干件。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "书画.txt").write_text(OTHER, "utf-8")
    return tmp_path / "reports"


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    """An upload in two versions, and a folder's document."""
    with library_at(tmp_path / "index") as opened:
        opened.index(folder)
        worked_off(opened, sent(opened, "夜校.txt", OLD))
        worked_off(opened, sent(opened, "夜校.txt", NEW, replaces="夜校"))
        opened.warm_up()
        yield opened


def write(library: Library, statement: str, *values: object) -> None:
    """Past everything that keeps rows sound."""
    with closing(sqlite3.connect(library._settings.index / CATALOGUE)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


def vectors_of(library: Library) -> list[list[StoredPassage]]:
    origin = library._catalogue.complete()[0]
    return [library._catalogue.stored(each, origin) for each in ("夜校", "书画")]


def mended(library: Library) -> list[str]:
    """Verify, repair, and verify again; what is left."""
    found = library.verify()
    assert found
    left = library.repair(found)
    with library_at(library._settings.index) as again:
        assert {each.part for each in again.verify()} == {each.part for each in left}
    return [each.part for each in left]


NEWEST = "WHERE version = (SELECT max(version) FROM versions AS v WHERE v.document = versions.document)"


@pytest.mark.parametrize("identifier", ["夜校", "书画"])
@pytest.mark.parametrize(
    "change", ["text = substr(text, 3)", "title = '?'", "blocks = '['", "pages = 'x'", "text = 'x', blocks = '[]'"]
)
def test_the_newest_version_is_read_again_from_its_bytes(library: Library, identifier: str, change: str) -> None:
    before = library.document(identifier)
    passages = library._catalogue.stored(identifier, library._catalogue.complete()[0])
    key = "document = (SELECT key FROM documents WHERE id = ?)"
    write(library, f"UPDATE versions SET {change} {NEWEST} AND {key}", identifier)
    assert mended(library) == []
    assert library.document(identifier) == before
    assert library._catalogue.stored(identifier, library._catalogue.complete()[0]) == passages
    assert set(texts_found(library, "夜校")) == {NEW, "展出作品若干件。"}


def test_what_has_no_source_any_more_is_left_as_it_is(library: Library, folder: Path) -> None:
    write(library, "UPDATE versions SET text = 'x' WHERE version = 1 AND text = ?", OLD)  # replaced: its bytes are gone
    assert mended(library) == ["text"]
    (folder / "书画.txt").write_text("另一份。", "utf-8")  # no longer the bytes it was read from
    write(library, "UPDATE versions SET title = '?' WHERE text = ?", OTHER)
    assert sorted(mended(library)) == ["structure", "text"]
    assert library.document("书画").text == OTHER
    assert set(texts_found(library, "夜校")) == {NEW, "展出作品若干件。"}


def test_an_unreadable_structure_without_a_source_does_not_stop_the_rest(library: Library, folder: Path) -> None:
    (folder / "书画.txt").unlink()
    write(library, "UPDATE versions SET blocks = '[' WHERE text = ?", OTHER)
    write(library, "UPDATE vectors SET pooled = zeroblob(length(pooled))")
    found = library.verify()
    assert {(each.part, each.where.partition("@")[0]) for each in found} == {
        ("structure", "书画"), ("vectors", "书画"), ("vectors", "夜校")
    }  # fmt: skip
    left = library.repair(found)
    assert {(each.part, each.where.partition("@")[0]) for each in left} == {("structure", "书画"), ("vectors", "书画")}


def test_uploaded_bytes_that_changed_are_told_and_left(library: Library) -> None:
    write(library, "UPDATE originals SET data = zeroblob(3)")
    assert mended(library) == ["original"]
    assert library.document("夜校").text == NEW


def test_vectors_are_encoded_again_from_the_text(library: Library) -> None:
    before = vectors_of(library)
    for column in ("pooled", "tokens", "sentence_pooled"):
        write(library, f"UPDATE vectors SET {column} = zeroblob(length({column}))")
        assert mended(library) == []
        assert before == [
            library._catalogue.stored(each, library._catalogue.complete()[0]) for each in ("夜校", "书画")
        ]
    write(library, "UPDATE passages SET end = end - 1, heading = '['")
    assert mended(library) == []
    assert before == vectors_of(library)


def test_vectors_of_another_model_are_left_for_it_to_make_again(library: Library) -> None:
    with library_at(library._settings.index, CharacterEncoder("other")) as other:
        other.reindex()
    write(library, "UPDATE vectors SET pooled = zeroblob(64) WHERE passage = (SELECT max(key) FROM passages)")
    assert mended(library) == []
    assert [origin.encoder for origin in library._catalogue.complete()] == ["characters"]
    with library_at(library._settings.index, CharacterEncoder("other")) as other:
        assert other.reindex().documents == 1
        assert other.verify() == []


def damaged_passage(library: Library) -> None:
    write(library, "UPDATE vectors SET pooled = zeroblob(64) WHERE passage = (SELECT max(key) FROM passages)")


def test_under_another_model_nothing_that_serves_is_deleted(library: Library, folder: Path) -> None:
    damaged_passage(library)
    write(library, f"UPDATE versions SET title = '?' {NEWEST}")
    with Catalogue(library._settings.index / CATALOGUE) as catalogue:
        found = library.verify()
        assert sorted(finding.part for finding in found) == ["structure", "structure", "vectors"]
        left = repair(catalogue, library._settings.index / DERIVED, CharacterEncoder("other"), found)
        assert [finding.part for finding in left] == ["vectors"]  # the title is as it was when it was encoded
    library._current.refresh()
    assert library.document("夜校").title == "夜校"
    assert [origin.encoder for origin in library._catalogue.complete()] == ["characters"]
    assert mended(library) == []  # by the model that made them


def test_what_reads_otherwise_today_is_left_to_the_model_that_serves(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = intake.drafted

    def otherwise(*arguments: Any) -> Draft:
        draft = read(*arguments)
        return dataclasses.replace(draft, reading=dataclasses.replace(draft.reading, title="otherwise"))

    monkeypatch.setattr(repair_module, "drafted", otherwise)
    write(library, f"UPDATE versions SET title = '?' {NEWEST}")
    with Catalogue(library._settings.index / CATALOGUE) as catalogue:
        found = library.verify()
        left = repair(catalogue, library._settings.index / DERIVED, CharacterEncoder("other"), found)
    assert left == found
    assert [origin.encoder for origin in library._catalogue.complete()] == ["characters"]
    assert mended(library) == []
    assert library.document("夜校").title == "otherwise"


Meanwhile = Callable[[Library], object]


@pytest.mark.parametrize(
    "meanwhile, left, text",
    [
        (
            lambda library: worked_off(library, sent(library, "夜校.txt", "短。", replaces="夜校")),
            ["structure"],
            "短。",
        ),
        (lambda library: library.remove("夜校"), [], None),
    ],
    ids=["replaced", "deleted"],
)
@pytest.mark.parametrize("damage", ["structure", "vectors"])
def test_a_document_that_changes_while_it_is_repaired_keeps_its_change(
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    damage: str,
    meanwhile: Meanwhile,
    left: list[str],
    text: str | None,
) -> None:
    work = "drafted" if damage == "structure" else "encoded"
    do = getattr(repair_module, work)

    def slowly(*arguments: Any) -> Any:
        done = do(*arguments)
        meanwhile(library)
        return done

    monkeypatch.setattr(repair_module, work, slowly)
    if damage == "structure":
        write(library, "UPDATE versions SET title = '?' WHERE version = 2")
    else:
        damaged_passage(library)
    found = library.verify()
    assert [(finding.part, finding.where.partition("@")[0]) for finding in found] == [(damage, "夜校")]
    left = left if damage == "structure" else []
    assert [finding.part for finding in library.repair(found)] == left
    assert [finding.part for finding in library.verify()] == left
    assert text is None or library.document("夜校").text == text
    assert library.repair(found if text is None else []) == []  # found before it was deleted


def test_damaged_indexes_are_made_again_and_served(library: Library) -> None:
    paths = sorted((library._settings.index / DERIVED).glob("*/*/*"))
    damaged = next(path for path in paths if path.name == "texts.utf8")
    flipped(damaged, lambda data: len(data) // 2)
    assert mended(library) == []
    assert set(texts_found(library, "夜校")) == {NEW, "展出作品若干件。"}
    with library_at(library._settings.index) as other:
        assert set(texts_found(other, "夜校")) == {NEW, "展出作品若干件。"}


def test_another_process_takes_what_was_repaired(library: Library) -> None:
    with library_at(library._settings.index) as serving:
        serving.warm_up()
        before = serving.status().generation
        damaged = next((library._settings.index / DERIVED).glob("*/*/texts.utf8"))
        flipped(damaged, lambda data: len(data) // 2)
        assert mended(library) == []
        serving.ask("夜校")
        assert serving.status().served == serving.status().generation == before + 1
