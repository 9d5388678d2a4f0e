"""A catalogue as the second schema version wrote it, opened by this one: nothing is encoded again, nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.documents import ENCODER, ORIGIN, draft
from tests.fakes import CharacterEncoder
from tests.storing import library_at, sent, texts_found, worked_off
from yinju import schema, upgrades
from yinju.catalogue import Catalogue
from yinju.errors import YinjuError
from yinju.indexing import IndexReport
from yinju.library import CATALOGUE
from yinju.readers import STRUCTURE
from yinju.stored import Draft
from yinju.verification import verify

# What version 2 was made by, word for word.
SECOND = """
CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    generation INTEGER NOT NULL,
    mark TEXT NOT NULL,
    encoder TEXT,
    splitter TEXT,
    dimension INTEGER
) STRICT;
CREATE TABLE documents (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    date TEXT,
    root TEXT,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    characters INTEGER NOT NULL,
    blocks TEXT NOT NULL,
    pages TEXT NOT NULL,
    bytes_sha256 TEXT NOT NULL,
    structure TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    version INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (root, name)
) STRICT;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    heading TEXT NOT NULL,
    page INTEGER,
    UNIQUE (document, ordinal)
) STRICT;
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
    pooled BLOB NOT NULL,
    tokens BLOB NOT NULL,
    offsets BLOB NOT NULL,
    sentences BLOB NOT NULL DEFAULT x'',
    sentence_pooled BLOB NOT NULL DEFAULT x'',
    sentence_tokens BLOB NOT NULL DEFAULT x'',
    sentence_offsets BLOB NOT NULL DEFAULT x''
) STRICT;
PRAGMA application_id = 1497976394;
PRAGMA user_version = 2;
"""
TEXTS = {"夜校.txt": "开办夜校一百期。覆盖青年六千人。\n结对关爱若干名。", "书画.txt": "展出作品若干件。😀"}
ADDED, UPDATED = "2025-11-22T08:00:00Z", "2025-11-23T08:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "reports" / name).write_text(text, "utf-8")
    return tmp_path / "reports"


@pytest.fixture
def second(tmp_path: Path, folder: Path) -> Path:
    """Two documents of `folder`, replaced before: version 2 kept the number of versions, and no earlier text."""
    path = tmp_path / "index" / CATALOGUE
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SECOND)
        values = (ORIGIN.encoder, ORIGIN.splitter, ORIGIN.dimension)
        connection.execute("INSERT INTO meta VALUES (1, 5, '0123abcd', ?, ?, ?)", values)
        for name in TEXTS:
            insert(connection, made(folder, name))
    return path


def made(folder: Path, name: str) -> Draft:
    return draft(name, TEXTS[name], root=str(folder), heading=("标题", name))


def insert(connection: sqlite3.Connection, stored: Draft) -> None:
    """As version 2 did."""
    reading, stem = stored.reading, stored.name.removesuffix(".txt")
    blocks = json.dumps([(b.kind, b.start, b.end, b.level, b.cut) for b in reading.blocks])
    digest = sha256(reading.text.encode()).hexdigest()
    query = f"INSERT INTO documents VALUES (NULL, {', '.join('?' * 15)}) RETURNING key"
    (key,) = connection.execute(
        query,
        (
            *(stem, reading.title, reading.date, stored.root, stored.name, reading.text, len(reading.text), blocks),
            *(json.dumps(reading.pages), stored.bytes_sha256, STRUCTURE, digest, 4, ADDED, UPDATED),
        ),
    ).fetchone()
    for ordinal, (passage, vectors) in enumerate(zip(stored.passages, stored.vectors, strict=True)):
        place = (key, ordinal, passage.start, passage.end, json.dumps(passage.heading), passage.page)
        query = "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?) RETURNING key"
        (row,) = connection.execute(query, place).fetchone()
        whole, sentences = vectors.whole, vectors.sentences
        blobs = (*(whole.pooled, whole.tokens, whole.offsets), vectors.spans)
        alone = (sentences.pooled, sentences.tokens, sentences.offsets)
        connection.execute("INSERT INTO vectors VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row, *blobs, *alone))


@pytest.fixture
def upgraded(second: Path) -> Iterator[Catalogue]:
    with Catalogue(second) as catalogue:
        yield catalogue


def schema_of(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        return [*connection.execute("PRAGMA user_version").fetchall(), *connection.execute(query).fetchall()]


def test_it_becomes_what_is_made_today(upgraded: Catalogue, tmp_path: Path) -> None:
    Catalogue(tmp_path / "new.db").close()
    assert schema_of(upgraded.path) == schema_of(tmp_path / "new.db")
    assert schema_of(upgraded.path)[0] == (schema.VERSION,)


@pytest.mark.parametrize("name", TEXTS)
def test_every_document_passage_and_vector_is_kept(upgraded: Catalogue, folder: Path, name: str) -> None:
    stored, found = made(folder, name), upgraded.document(name.removesuffix(".txt"))
    assert (found.text, found.title, found.date) == (TEXTS[name], name, "2025-10")
    assert (found.blocks, found.pages, found.root) == (stored.reading.blocks, (0,), str(folder))
    assert (found.version, found.added_at, found.updated_at, found.collection) == (4, ADDED, UPDATED, "default")
    assert [each.version for each in upgraded.versions(found.id)] == [4]
    kept = upgraded.stored(found.id, ORIGIN)
    assert [each.passage.text for each in kept] == [passage.text for passage in stored.passages]
    assert [each.passage.heading for each in kept] == [("标题", name)] * len(kept)
    assert tuple(each.vectors for each in kept) == stored.vectors


def test_the_digests_are_those_of_what_is_stored_today(upgraded: Catalogue, folder: Path, tmp_path: Path) -> None:
    with Catalogue(tmp_path / "new.db") as new:
        for name in TEXTS:
            new.put(made(folder, name), ORIGIN)
    told = []
    for path in (upgraded.path, tmp_path / "new.db"):
        with closing(sqlite3.connect(path)) as connection:
            query = "SELECT hex(vectors.digest) FROM vectors ORDER BY 1"
            told.append(connection.execute(query).fetchall())
    assert told[0] == told[1]
    assert list(verify(upgraded, tmp_path / "derived")) == []


def test_it_serves_at_once_and_encodes_nothing(second: Path, folder: Path) -> None:
    encoder = CharacterEncoder(ENCODER.fingerprint)
    with library_at(second.parent, encoder) as library:
        assert library._catalogue.complete() == [ORIGIN]
        assert set(texts_found(library, "夜校")) == {line for text in TEXTS.values() for line in text.split("\n")}
        assert library.index(folder) == IndexReport(unchanged=("书画.txt", "夜校.txt"))
        assert encoder.encoded == []
        assert library.verify() == []
        done = worked_off(library, sent(library, "夜校.txt", "开办夜校二百期。", replaces="夜校"))
        assert (done.state, done.version) == ("done", 5)
        assert [library.document("夜校", number).text for number in (4, 5)] == [TEXTS["夜校.txt"], "开办夜校二百期。"]
        assert library.remove("夜校").versions == 2


def test_an_upgrade_cut_short_changes_nothing(second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dumped(second)
    monkeypatch.setattr(upgrades, "_TO_3", upgrades._TO_3 + "; INSERT INTO nowhere VALUES (1)")
    with pytest.raises(YinjuError):
        Catalogue(second)
    assert dumped(second) == before
    monkeypatch.undo()
    with Catalogue(second) as catalogue:
        assert catalogue.counts().documents == len(TEXTS)


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_an_empty_one_is_upgraded_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "empty.db")) as connection, connection:
        connection.executescript(SECOND)
        connection.execute("INSERT INTO meta VALUES (1, 0, '0123abcd', NULL, NULL, NULL)")
    with Catalogue(tmp_path / "empty.db") as catalogue:
        assert (catalogue.complete(), catalogue.counts().documents) == ([], 0)
        assert catalogue.put(draft("a.txt", "甲"), ORIGIN) == "a"
