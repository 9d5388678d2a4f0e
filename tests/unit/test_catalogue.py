from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests.documents import ENCODER, ORIGIN, ROOT, draft, passages_of, unpack_tokens
from yinju.blobs import Packed, unpack_offsets, unpack_pooled, unpack_spans
from yinju.catalogue import Catalogue
from yinju.errors import Gone, IndexMismatch, NotFound
from yinju.records import Passage, Removal, Span
from yinju.stored import Counts, Draft

TABLES = (
    *("meta", "documents", "versions", "originals", "origins", "encodings", "passages", "vectors"),
    *("tombstones", "withdrawn", "jobs", "removals", "audit"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "索引 index" / "catalogue.db"


@pytest.fixture
def catalogue(path: Path) -> Iterator[Catalogue]:
    with Catalogue(path, busy_timeout=0.1) as opened:
        yield opened


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def everything(path: Path) -> list[tuple[object, ...]]:
    return [row for table in TABLES for row in rows(path, table)]


def test_what_is_put_is_read_back(catalogue: Catalogue) -> None:
    stored = draft("报告.txt", "第一段。\n\n第二段\0😀。", heading=("一、总体", "（一）细节"))
    identifier = catalogue.put(stored, ORIGIN)
    found = catalogue.document(identifier)
    assert identifier == "报告"
    assert (found.title, found.date, found.name, found.root) == ("报告.txt", "2025-10", "报告.txt", ROOT)
    assert (found.text, found.blocks, found.pages) == (stored.reading.text, stored.reading.blocks, (0,))
    assert found.bytes_sha256 == stored.bytes_sha256
    assert found.text_sha256 == sha256(found.text.encode()).hexdigest()
    assert found.version == 1
    assert found.added_at == found.updated_at
    assert passages_of(catalogue, identifier) == [replace(passage, document_id="报告") for passage in stored.passages]
    assert passages_of(catalogue, identifier)[0].id == "报告:0-4"
    assert catalogue.complete() == [ORIGIN]


def test_vectors_are_stored_as_promised(catalogue: Catalogue) -> None:
    catalogue.put(draft("a.txt", "开 办开。夜。"), ORIGIN)
    (stored,) = catalogue.stored("a", ORIGIN)
    numbers = {character: ord(character) % ENCODER.dimension for character in "开办夜。"}
    assert len(set(numbers.values())) == 4
    whole, sentences = stored.vectors.whole, stored.vectors.sentences
    (pooled,) = unpack_pooled(whole.pooled, ENCODER.dimension)
    assert pooled[[numbers[each] for each in "开办夜。"]] == pytest.approx(np.array([2, 1, 1, 2]) / 10**0.5)
    first, second = unpack_pooled(sentences.pooled, ENCODER.dimension)
    assert first[[numbers[each] for each in "开办夜。"]] == pytest.approx(np.array([2, 1, 0, 1]) / 6**0.5)
    assert second[[numbers[each] for each in "开办夜。"]] == pytest.approx(np.array([0, 0, 1, 1]) / 2**0.5)
    for packed in (whole, sentences):
        tokens = unpack_tokens(packed.tokens, ENCODER.dimension)
        assert [int(row.argmax()) for row in tokens] == [numbers[each] for each in "开办开。夜。"]
        assert (tokens.max(axis=1) == 127).all()
        assert unpack_offsets(packed.offsets).tolist() == [[0, 1], [2, 3], [3, 4], [4, 5], [5, 6], [6, 7]]
    assert unpack_spans(stored.vectors.spans) == [Span(0, 5), Span(5, 7)]


def test_replacing_keeps_the_id_and_makes_a_version(catalogue: Catalogue, path: Path) -> None:
    catalogue.put(draft("报告.txt", "旧\n旧二\n旧三"), ORIGIN)
    assert catalogue.put(draft("报告.txt", "新"), ORIGIN) == "报告"
    assert (catalogue.document("报告").text, catalogue.document("报告").version) == ("新", 2)
    assert [passage.text for passage in passages_of(catalogue, "报告")] == ["新"]
    assert catalogue.counts() == Counts(documents=1, passages=1)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
    connection.close()


def test_the_same_text_again_is_no_new_version(catalogue: Catalogue) -> None:
    catalogue.put(draft("a.txt", "同"), ORIGIN)
    catalogue.put(draft("a.txt", "同"), ORIGIN)
    assert catalogue.document("a").version == 1


def test_equal_names_of_different_roots_are_different_documents(catalogue: Catalogue) -> None:
    names = [catalogue.put(draft("a.txt", "甲", root=root), ORIGIN) for root in ("/one", "/two", None, None)]
    assert names == ["a", "a-2", "a-3", "a-4"]
    assert list(catalogue.known("/one")) == ["a.txt"]


def test_removing_leaves_nothing(catalogue: Catalogue, path: Path) -> None:
    catalogue.put(draft("a.txt", "甲\n乙"), ORIGIN)
    catalogue.put(draft("a.txt", "丙"), ORIGIN)
    stored = catalogue.document("a")
    assert catalogue.remove("a", actor="key:1") == Removal("a", passages=1, vectors=2, versions=2)
    left = {table: rows(path, table) for table in TABLES}
    ((identifier, bytes_sha256, deleted_at),) = left.pop("tombstones")
    assert (identifier, bytes_sha256, len(str(deleted_at))) == ("a", stored.bytes_sha256, len(stored.added_at))
    assert left.pop("audit")[-1][2:] == ("key:1", "remove", "a", None, stored.bytes_sha256)
    assert {table for table, found in left.items() if found} == {"meta", "origins"}
    with pytest.raises(Gone, match=r"'a' was deleted on .*none of its text is kept"):
        catalogue.remove("a")


def test_renaming_keeps_the_id(catalogue: Catalogue) -> None:
    catalogue.put(draft("a.txt", "甲"), ORIGIN)
    assert catalogue.rename(ROOT, "a.txt", "sub/a.txt")
    assert list(catalogue.known(ROOT)) == ["sub/a.txt"]
    assert catalogue.summary("a").name == "sub/a.txt"
    generation = catalogue.generation()
    assert not catalogue.rename(ROOT, "a.txt", "c.txt")
    catalogue.put(draft("c.txt", "乙"), ORIGIN)
    assert not catalogue.rename(ROOT, "sub/a.txt", "c.txt")
    assert catalogue.generation().number == generation.number + 1


@pytest.mark.parametrize(
    "read",
    [
        lambda catalogue: catalogue.document("nix"),
        lambda catalogue: catalogue.document("nix", 1),
        lambda catalogue: catalogue.summary("nix"),
        lambda catalogue: catalogue.versions("nix"),
        lambda catalogue: catalogue.stored("nix", ORIGIN),
        lambda catalogue: catalogue.remove("nix"),
    ],
)
def test_an_unknown_id_says_where_the_ids_are(catalogue: Catalogue, read: Callable[[Catalogue], object]) -> None:
    with pytest.raises(NotFound, match=r"'nix'.*yinju documents"):
        read(catalogue)


def test_pages_of_summaries(catalogue: Catalogue) -> None:
    for name in ("c", "a", "乙", "b"):
        catalogue.put(draft(f"{name}.txt", "一\n二"), ORIGIN)
    first = catalogue.documents(limit=3)
    assert [summary.id for summary in first] == ["a", "b", "c"]
    assert [summary.id for summary in catalogue.documents(limit=3, after="c")] == ["乙"]
    assert (first[0].characters, first[0].passages) == (3, 2)


def test_every_write_makes_another_generation(catalogue: Catalogue) -> None:
    seen = [catalogue.generation()]
    for write in (
        lambda: catalogue.put(draft("a.txt", "甲"), ORIGIN),
        lambda: catalogue.put(draft("a.txt", "乙"), ORIGIN),
        lambda: catalogue.rename(ROOT, "a.txt", "b.txt"),
        lambda: catalogue.remove("a"),
    ):
        write()
        seen.append(catalogue.generation())
    assert [generation.number for generation in seen] == [0, 1, 2, 3, 4]
    assert len({generation.mark for generation in seen}) == 5


def test_a_restored_backup_never_reaches_a_generation_twice(catalogue: Catalogue, path: Path, tmp_path: Path) -> None:
    catalogue.close()
    shutil.copy(path, tmp_path / "backup.db")
    with Catalogue(path) as one, Catalogue(tmp_path / "backup.db") as other:
        one.put(draft("a.txt", "甲"), ORIGIN)
        other.put(draft("a.txt", "乙"), ORIGIN)
        assert one.generation().number == other.generation().number
        assert one.generation() != other.generation()


def test_a_failing_write_leaves_the_old(catalogue: Catalogue, path: Path) -> None:
    catalogue.put(draft("a.txt", "甲"), ORIGIN)
    before = everything(path)
    good = draft("a.txt", "乙\n丙")
    torn = replace(good.vectors[1], sentences=Packed(b"", "no bytes", b""))  # type: ignore[arg-type]
    bad = replace(good, vectors=(good.vectors[0], torn))
    with pytest.raises(TypeError):
        catalogue.put(bad, ORIGIN)
    assert everything(path) == before


def test_another_encoder_is_refused(catalogue: Catalogue) -> None:
    catalogue.put(draft("a.txt", "甲"), ORIGIN)
    other = replace(ORIGIN, encoder="other")
    for refused in (lambda: catalogue.check(other), lambda: catalogue.put(draft("b.txt", "乙"), other)):
        with pytest.raises(IndexMismatch, match=r"model characters, and other is.*yinju reindex"):
            refused()
    with pytest.raises(IndexMismatch, match="a version of Yinju that cuts or encodes"):
        catalogue.check(replace(ORIGIN, splitter="other"))
    assert catalogue.counts().documents == 1


def test_an_empty_catalogue_takes_any_encoder(catalogue: Catalogue) -> None:
    catalogue.put(draft("a.txt", "甲"), ORIGIN)
    catalogue.remove("a")
    other = replace(ORIGIN, encoder="other")
    catalogue.put(draft("a.txt", "甲"), other)
    assert catalogue.complete() == [other]
    assert passages_of(catalogue, "a-2", other)


def test_a_snapshot_does_not_change(catalogue: Catalogue) -> None:
    catalogue.put(draft("a.txt", "旧\n二"), ORIGIN)
    with catalogue.snapshot() as snapshot:
        catalogue.put(draft("a.txt", "新"), ORIGIN)
        assert [document.text for document in snapshot.documents()] == ["旧\n二"]
        (document,) = snapshot.documents()
        assert [stored.passage.text for stored in snapshot.passages(document, ORIGIN)] == ["旧", "二"]
        assert snapshot.generation.number == 1


def test_a_draft_must_be_slices_with_a_vector_each() -> None:
    good = draft("a.txt", "甲\n乙")
    with pytest.raises(ValueError, match="2 passages with 1"):
        replace(good, vectors=good.vectors[:1])
    with pytest.raises(ValueError, match="not a slice"):
        Draft(ROOT, "a", "", "1", good.reading, (Passage("a", 0, 1, "丁"),), good.vectors[:1])
