"""A catalogue as the first schema version wrote it, opened by this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Thread

import pytest

from tests.documents import passages_of
from tests.fakes import CharacterEncoder
from yinju import schema, upgrades
from yinju.blobs import unpack_spans
from yinju.catalogue import Catalogue
from yinju.derived import Derived, find_derived, open_derived, place_of
from yinju.errors import IndexBusy, IndexMismatch, YinjuError
from yinju.indexing import IndexReport, index_folder
from yinju.intake import origin_of
from yinju.manifest import FORMAT
from yinju.readers import STRUCTURE
from yinju.records import Span
from yinju.reindexing import Reindexed, reencode
from yinju.stored import Origin

ENCODER = CharacterEncoder()
OLD = Origin("characters", "sentences-1", 16)
TEXT = "开办青年夜校121期。覆盖青年6000余人次。\n"

# What version 1 was made by, word for word.
FIRST = """
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
    offsets BLOB NOT NULL
) STRICT;
PRAGMA application_id = 1497976394;
PRAGMA user_version = 1;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "年报.txt").write_text(TEXT)
    return tmp_path / "reports"


@pytest.fixture
def first(tmp_path: Path, folder: Path) -> Path:
    """One document of one passage, from `folder`."""
    path = tmp_path / "index" / "catalogue.db"
    path.parent.mkdir()
    digest, length = sha256(TEXT.encode()).hexdigest(), len(TEXT) - 1
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(FIRST)
        connection.execute("INSERT INTO meta VALUES (1, 1, '0123abcd', 'characters', 'sentences-1', 16)")
        connection.execute(
            "INSERT INTO documents VALUES (1, '年报', '年报', NULL, ?, '年报.txt', ?, ?, ?, '[]', ?, ?, ?, 3, ?, ?)",
            (
                *(str(folder), TEXT, len(TEXT), f'[["paragraph", 0, {length}, 0, false]]', digest, STRUCTURE, digest),
                *("2025-11-22T08:00:00Z", "2025-11-23T08:00:00Z"),
            ),
        )
        connection.execute("INSERT INTO passages VALUES (1, 1, 0, 0, ?, '[]', NULL)", (length,))
        connection.execute(
            "INSERT INTO vectors VALUES (1, zeroblob(64), zeroblob(?), zeroblob(?))", (length * 16, length * 4)
        )
    return path


@pytest.fixture
def upgraded(first: Path) -> Iterator[Catalogue]:
    with Catalogue(first, busy_timeout=5) as catalogue:
        yield catalogue


def described(path: Path) -> list[object]:
    """The version, and each table's columns as SQLite has them."""
    with closing(sqlite3.connect(path)) as connection:
        tables = ("meta", "documents", "passages", "vectors")
        columns = [(table, connection.execute(f"PRAGMA table_info({table})").fetchall()) for table in tables]
        return [*connection.execute("PRAGMA user_version").fetchone(), *columns]


def test_it_becomes_what_is_made_today(upgraded: Catalogue, first: Path, tmp_path: Path) -> None:
    Catalogue(tmp_path / "new.db").close()
    assert described(first) == described(tmp_path / "new.db")
    assert described(first)[0] == schema.VERSION


def test_what_it_holds_is_kept(upgraded: Catalogue, folder: Path) -> None:
    document = upgraded.document("年报")
    assert (document.text, document.root, document.version) == (TEXT, str(folder), 3)
    assert (document.added_at, document.updated_at) == ("2025-11-22T08:00:00Z", "2025-11-23T08:00:00Z")
    assert [passage.text for passage in passages_of(upgraded, "年报", OLD)] == [TEXT.strip()]
    assert (upgraded.generation().number, upgraded.generation().mark) == (1, "0123abcd")
    (stored,) = upgraded.stored("年报", OLD)
    assert stored.vectors.whole.pooled == bytes(64)
    assert (stored.vectors.spans, stored.vectors.sentences.tokens) == (b"", b"")


def test_opening_it_again_writes_nothing(upgraded: Catalogue, first: Path) -> None:
    upgraded.close()
    before = first.read_bytes()
    Catalogue(first).close()
    assert first.read_bytes() == before


def test_nothing_is_searched_or_added_before_it_is_encoded_anew(
    upgraded: Catalogue, folder: Path, tmp_path: Path
) -> None:
    encoder = CharacterEncoder()
    (folder / "new.txt").write_text("新的一句。")
    for refused in (
        lambda: upgraded.check(origin_of(encoder)),
        lambda: open_derived(upgraded, tmp_path / "derived", encoder.fingerprint),
        lambda: find_derived(upgraded, tmp_path / "derived", encoder.fingerprint),
        lambda: index_folder(upgraded, encoder, folder),
    ):
        with pytest.raises(IndexMismatch, match=r"a version of Yinju that cuts or encodes.*yinju reindex"):
            refused()
    assert (encoder.encoded, upgraded.counts().documents) == ([], 1)


def test_reencoding_repairs_it(upgraded: Catalogue, folder: Path, tmp_path: Path) -> None:
    assert reencode(upgraded, ENCODER) == Reindexed(1, (OLD,))
    assert upgraded.complete() == [OLD, origin_of(ENCODER)]
    (stored,) = upgraded.stored("年报", origin_of(ENCODER))
    assert unpack_spans(stored.vectors.spans) == [Span(0, 11), Span(11, 23)]
    derived = open_derived(upgraded, tmp_path / "derived", ENCODER.fingerprint)
    assert tokens_of(derived, 0) == [ord(character) % 16 for character in TEXT.strip()]
    assert index_folder(upgraded, ENCODER, folder) == IndexReport(unchanged=("年报.txt",))
    assert upgraded.document("年报").version == 3


def tokens_of(derived: Derived, row: int) -> list[int]:
    """The component each token of the row's sentences points to."""
    vectors, _ = derived.sentence_tokens.tokens(row)
    return [int(vector.argmax()) for vector in vectors]


def test_indexes_of_an_older_format_are_not_taken_for_those_of_today(upgraded: Catalogue, tmp_path: Path) -> None:
    reencode(upgraded, ENCODER)
    folder = tmp_path / "derived"
    open_derived(upgraded, folder, ENCODER.fingerprint)
    assert find_derived(upgraded, folder, ENCODER.fingerprint) is not None
    described = place_of(folder, origin_of(ENCODER), upgraded.generation()) / "manifest.json"
    described.write_text(described.read_text("utf-8").replace(f'"format": {FORMAT}', '"format": 3'), "utf-8")
    assert find_derived(upgraded, folder, ENCODER.fingerprint) is None


def test_an_upgrade_cut_short_changes_nothing(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = described(first)
    monkeypatch.setattr(upgrades, "_TO_3", upgrades._TO_3 + "; INSERT INTO nowhere VALUES (1)")
    with pytest.raises(YinjuError):
        Catalogue(first)
    assert described(first) == before
    monkeypatch.undo()
    Catalogue(first).close()
    assert described(first)[0] == schema.VERSION


def test_several_may_upgrade_it_at_once(first: Path) -> None:
    failed: list[Exception] = []
    start = Barrier(8)

    def upgrade() -> None:
        start.wait()
        try:
            Catalogue(first, busy_timeout=10).close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to fail for it
            failed.append(error)

    threads = [Thread(target=upgrade) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert described(first)[0] == schema.VERSION


def test_upgrading_waits_for_who_writes(first: Path) -> None:
    with closing(sqlite3.connect(first, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(IndexBusy, match="Wait for it"):
            Catalogue(first, busy_timeout=0.05)
        other.execute("ROLLBACK")
    Catalogue(first).close()
