from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest

from tests.documents import draft, unpack_tokens
from tests.fakes import ContextEncoder
from yinju import derived, derived_parts, manifest
from yinju.blobs import quantise, unpack_offsets, unpack_pooled
from yinju.catalogue import Catalogue
from yinju.derived import Derived, find_derived, open_derived, place_of
from yinju.errors import IndexMismatch
from yinju.intake import origin_of
from yinju.progress import Progress
from yinju.snapshot import Snapshot
from yinju.stored import Draft, Origin, StoredPassage
from yinju.text import terms
from yinju.token_store import LARGE_FILES, SENTENCES, TokenStore

COMPONENTS = 11
ENCODER = ContextEncoder(components=COMPONENTS)  # fewer numbers a token than a text, and others for another text
ORIGIN = origin_of(ENCODER)
TEXTS = {
    "乙.txt": "开办青年 夜校121期。结对828名。\n\n……覆盖青年6000余人次😀。——很多。",
    "甲.txt": "第一段。",
    "无.txt": "",
    "c.md": "one two\nthree\n" * 20,
}


def reported(name: str, text: str, heading: tuple[str, ...] = ()) -> Draft:
    return draft(name, text, heading=heading, encoder=ENCODER)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "catalogue.db") as opened:
        for name, text in TEXTS.items():
            opened.put(reported(name, text, heading=("标题一", name)), ORIGIN)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "derived"


def opened(catalogue: Catalogue, folder: Path) -> Derived:
    return open_derived(catalogue, folder, ENCODER.fingerprint)


def place(folder: Path, found: Derived) -> Path:
    return place_of(folder, found.origin, found.generation)


def places(folder: Path) -> list[Path]:
    """Every generation there is, of every origin, and whatever else lies among them."""
    return sorted(path for path in folder.glob("*/*") if path.is_dir())


def assert_agrees(found: Derived, catalogue: Catalogue) -> None:
    """Every part holds what the catalogue holds, in the same rows."""
    assert found.generation == catalogue.generation()
    expected = [stored for summary in catalogue.documents() for stored in catalogue.stored(summary.id, ORIGIN)]
    parts = (found.passages, found.vectors, found.tokens, found.sentence_tokens, found.sentences, found.lexical)
    assert [len(part) for part in parts] == [len(expected)] * 6
    for row, stored in enumerate(expected):
        assert found.passages.passage(row) == stored.passage
        assert_vectors_agree(found, row, stored)
        own_terms = [*terms(stored.passage.text), *terms("\n".join(stored.passage.heading))]
        assert found.lexical.holds(own_terms, np.array([row])).all()


def assert_vectors_agree(found: Derived, row: int, stored: StoredPassage) -> None:
    whole, sentences = stored.vectors.whole, stored.vectors.sentences
    for packed in (whole, sentences):
        for pooled in unpack_pooled(packed.pooled, ENCODER.dimension):
            assert found.vectors.scores(pooled, np.array([row])) == pytest.approx([pooled @ pooled], abs=1e-3)
    for store, packed in ((found.tokens, whole), (found.sentence_tokens, sentences)):
        tokens, offsets = store.tokens(row)
        assert np.array_equal(tokens, unpack_tokens(packed.tokens, COMPONENTS))
        assert np.array_equal(offsets, unpack_offsets(packed.offsets))
    text = stored.passage.text
    covered = [text[a:b] for a, b in found.tokens.tokens(row)[1]]
    assert covered == [character for character in text if not character.isspace()]
    assert_sentences_are_encoded_alone(found, row, text, stored.passage.start)


def assert_sentences_are_encoded_alone(found: Derived, row: int, text: str, start: int) -> None:
    tokens, offsets = found.sentence_tokens.tokens(row)
    places = found.sentences.gather(np.array([row])).places
    for place in places:
        own = slice(int(place["first_token"]), int(place["last_token"]))
        said = text[place["start"] - start : place["end"] - start]
        assert "".join(text[a:b] for a, b in offsets[own]) == said.replace(" ", "")
        assert np.array_equal(tokens[own], quantise(ContextEncoder(components=COMPONENTS).encode_query(said).tokens))
    assert len(tokens) == sum(int(place["last_token"] - place["first_token"]) for place in places)


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


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def changed(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "deleted": lambda data: None,
    "cut": lambda data: data[:-1],
    "extended": lambda data: data + b"\0",
    "changed": changed,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_torn_files_are_noticed_and_made_again(catalogue: Catalogue, folder: Path, damage: str) -> None:
    target = place(folder, opened(catalogue, folder))
    paths = all_files(target)
    assert {path.name for path in paths} > LARGE_FILES
    for path in paths:
        if damage == "changed" and path.name in LARGE_FILES:
            continue  # too large to be read whole at each start: only their size is checked
        data = path.read_bytes()
        damaged = DAMAGES[damage](data)
        path.unlink()
        if damaged is not None:
            path.write_bytes(damaged)
        assert find_derived(catalogue, folder, ENCODER.fingerprint) is None, path.name
        path.write_bytes(data)
    assert find_derived(catalogue, folder, ENCODER.fingerprint) is not None
    paths[-1].unlink()
    assert_agrees(opened(catalogue, folder), catalogue)


def test_rebuilding_gives_the_same(catalogue: Catalogue, folder: Path) -> None:
    opened(catalogue, folder)
    shutil.rmtree(folder)
    encoded_before = len(ENCODER.encoded)
    assert_agrees(opened(catalogue, folder), catalogue)
    assert len(ENCODER.encoded) == encoded_before


TOKEN_FILES = [SENTENCES + ending for ending in (".i8", ".offsets.u2", ".starts.npy", ".json")]


@pytest.mark.parametrize("names", [["vectors.faiss"], ["vectors.faiss", "vector_firsts.npy"], TOKEN_FILES])
def test_parts_of_unequal_length_are_made_again(catalogue: Catalogue, folder: Path, names: list[str]) -> None:
    # As a mistake in writing would leave them: every file whole, and not belonging together.
    one = opened(catalogue, folder)
    target = place(folder, one)
    longer = {name: (target / name).read_bytes() for name in names}
    catalogue.remove("c")
    shorter = place(folder, opened(catalogue, folder))
    for name, data in longer.items():
        (shorter / name).write_bytes(data)
    manifest.write(shorter, catalogue.generation(), ORIGIN)
    assert find_derived(catalogue, folder, ENCODER.fingerprint) is None
    assert_agrees(opened(catalogue, folder), catalogue)


@pytest.mark.parametrize("name", sorted(LARGE_FILES))
def test_token_files_of_unequal_length_are_made_again(catalogue: Catalogue, folder: Path, name: str) -> None:
    target = place(folder, opened(catalogue, folder))
    (target / name).write_bytes((target / name).read_bytes()[COMPONENTS:])
    manifest.write(target, catalogue.generation(), ORIGIN)
    assert find_derived(catalogue, folder, ENCODER.fingerprint) is None


def test_another_format_is_made_again(catalogue: Catalogue, folder: Path) -> None:
    path = place(folder, opened(catalogue, folder)) / "manifest.json"
    described = json.loads(path.read_text())
    path.write_text(json.dumps({**described, "format": manifest.FORMAT + 1}))
    assert find_derived(catalogue, folder, ENCODER.fingerprint) is None
    assert_agrees(opened(catalogue, folder), catalogue)


def test_a_restored_backup_is_told_from_what_it_was(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    catalogue.close()
    shutil.copy(tmp_path / "catalogue.db", tmp_path / "backup.db")
    with Catalogue(tmp_path / "catalogue.db") as lost:
        lost.put(reported("new.txt", "失"), ORIGIN)
        opened(lost, folder)
    with Catalogue(tmp_path / "backup.db") as restored:
        restored.put(reported("new.txt", "得"), ORIGIN)
        found = opened(restored, folder)
        assert_agrees(found, restored)
        assert found.passages.passage(int(found.passages.rows(["new"])[0])).text == "得"


def test_another_encoder_is_refused_with_the_command(catalogue: Catalogue, folder: Path) -> None:
    opened(catalogue, folder)
    for refused in (open_derived, find_derived):
        with pytest.raises(IndexMismatch, match="yinju reindex"):
            refused(catalogue, folder, "other")


def test_leftovers_of_a_killed_maker_are_cleared(catalogue: Catalogue, folder: Path) -> None:
    for parent in (place_of(folder, ORIGIN, catalogue.generation()).parent, folder / "of another model", folder):
        (parent / "unfinished" / "tantivy").mkdir(parents=True)
        (parent / "unfinished" / "manifest.json").write_text("{}")
        (parent / "g000001-00000000").mkdir()
    found = opened(catalogue, folder)
    assert places(folder) == [place(folder, found)]


def test_several_openers_make_it_once(catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Snapshot] = []
    found: list[Derived] = []
    write = derived_parts.write

    def counting(snapshot: Snapshot, folder: Path, origin: Origin | None, progress: Progress) -> None:
        made.append(snapshot)
        write(snapshot, folder, origin, progress)

    monkeypatch.setattr(derived_parts, "write", counting)
    start = Barrier(4)

    def opener() -> None:
        start.wait()
        found.append(opened(catalogue, folder))

    threads = [Thread(target=opener) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(found)) == (1, 4)
    for each in found:
        assert_agrees(each, catalogue)


def test_what_can_not_be_read_back_is_said(catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "_opened", lambda *arguments: None)
    with pytest.raises(OSError, match="Check the disk"):
        opened(catalogue, folder)


def test_progress_counts_the_passages(catalogue: Catalogue, folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    open_derived(catalogue, folder, ENCODER.fingerprint, lambda *event: seen.append(event))
    assert seen == [("build", done, 43) for done in range(1, 44)]
