from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.derived import COMPONENTS, ENCODER, ORIGIN, TEXTS, assert_agrees, opened, place, places, reported
from yinju.catalogue import Catalogue
from yinju.derived import find_derived, open_derived
from yinju.errors import IndexMismatch
from yinju.token_store import TokenStore


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "catalogue.db") as opened:
        for name, text in TEXTS.items():
            opened.put(reported(name, text, heading=("标题一", name)), ORIGIN)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "derived"


def test_every_part_agrees_with_the_catalogue(catalogue: Catalogue, folder: Path) -> None:
    found = opened(catalogue, folder)
    assert_agrees(found, catalogue)
    assert [document.id for document in found.passages.documents] == ["c", "乙", "无", "甲"]
    assert found.passages.document(40).id == "乙"
    assert found.passages.document(40).text_sha256 == catalogue.summary("乙").text_sha256
    for store in (found.tokens, found.sentence_tokens):
        assert (store.dimension, store.scale) == (COMPONENTS, 127)
    assert found.vectors.dimension == ENCODER.dimension
    # What no sentence covers is in the passage's tokens alone.
    assert len(found.tokens.tokens(41)[0]) == len(found.sentence_tokens.tokens(41)[0]) + len("……")


def test_rows_of_documents(catalogue: Catalogue, folder: Path) -> None:
    table = opened(catalogue, folder).passages
    assert table.rows(["甲", "乙", "甲"]).tolist() == [40, 41, 42]
    assert table.rows(["无"]).tolist() == []
    assert table.rows([]).tolist() == []
    assert table.rows(["甲", "came later"]).tolist() == [42]


def test_rows_of_collections(catalogue: Catalogue, folder: Path) -> None:
    catalogue.put(replace(reported("other.txt", "别处"), collection="别的"), ORIGIN)
    table = opened(catalogue, folder).passages
    assert table.collections == {"default", "别的"}
    (row,) = table.rows_in(["别的"]).tolist()
    assert table.document(row).id == "other"
    assert [*table.rows_in(["default"]), row] == [*range(40), 41, 42, 43, 40]
    assert table.rows_in(["default", "别的", "nix"]).tolist() == list(range(44))


@pytest.mark.parametrize("kind", ["tokens", "sentence_tokens"])
def test_gathered_tokens_are_the_rows_asked_for(catalogue: Catalogue, folder: Path, kind: str) -> None:
    store: TokenStore = getattr(opened(catalogue, folder), kind)
    gathered = store.gather(np.array([42, 0, 41]))
    parts = [gathered.vectors[a:b] for a, b in zip(gathered.starts, gathered.starts[1:], strict=False)]
    assert [part.tolist() for part in parts] == [store.tokens(row)[0].tolist() for row in (42, 0, 41)]
    assert store.gather(np.empty(0, np.int64)).vectors.shape == (0, COMPONENTS)


def test_an_empty_catalogue_has_indexes_too(tmp_path: Path, folder: Path) -> None:
    with Catalogue(tmp_path / "empty.db") as catalogue:
        found = opened(catalogue, folder)
        assert_agrees(found, catalogue)
        query = ENCODER.encode_query("甲").pooled
        assert found.vectors.search(query, 5)[0].tolist() == []
        assert found.lexical.search(["甲"], 5)[0].tolist() == []
        assert find_derived(catalogue, folder, ENCODER.fingerprint) is not None


def test_opening_again_makes_nothing(catalogue: Catalogue, folder: Path) -> None:
    opened(catalogue, folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if not path.name.startswith(".")}
    opened(catalogue, folder)
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_finding_makes_nothing(catalogue: Catalogue, folder: Path) -> None:
    assert find_derived(catalogue, folder, ENCODER.fingerprint) is None
    assert not folder.exists()


def test_what_is_behind_is_made_again(catalogue: Catalogue, folder: Path) -> None:
    old = opened(catalogue, folder)
    catalogue.remove("c")
    assert find_derived(catalogue, folder, ENCODER.fingerprint) is None
    new = opened(catalogue, folder)
    assert_agrees(new, catalogue)
    assert places(folder) == [place(folder, new)]
    # Who opened the old one goes on with it, though its files are gone.
    assert old.passages.passage(0).text == "one two"
    assert len(old.tokens.tokens(39)[0]) == 5
    assert old.lexical.search(["three"], 50)[0].tolist() == list(range(1, 40, 2))


def test_rebuilding_gives_the_same(catalogue: Catalogue, folder: Path) -> None:
    opened(catalogue, folder)
    shutil.rmtree(folder)
    encoded_before = len(ENCODER.encoded)
    assert_agrees(opened(catalogue, folder), catalogue)
    assert len(ENCODER.encoded) == encoded_before


def test_another_encoder_is_refused_with_the_command(catalogue: Catalogue, folder: Path) -> None:
    opened(catalogue, folder)
    for refused in (open_derived, find_derived):
        with pytest.raises(IndexMismatch, match="yinju reindex"):
            refused(catalogue, folder, "other")


def test_progress_counts_the_passages(catalogue: Catalogue, folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    open_derived(catalogue, folder, ENCODER.fingerprint, lambda *event: seen.append(event))
    assert seen == [("build", done, 43) for done in range(1, 44)]
