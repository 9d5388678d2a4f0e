"""Indexes that are torn, behind or left over are noticed, and made again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Thread

import pytest

from tests.derived import COMPONENTS, ENCODER, ORIGIN, TEXTS, assert_agrees, opened, place, places, reported
from tests.storing import SECONDS
from yinju import derived, derived_parts, manifest
from yinju.catalogue import Catalogue
from yinju.derived import Derived, find_derived, place_of, prune
from yinju.lexical import LexicalWriter
from yinju.progress import Progress
from yinju.sentence_table import SentenceWriter
from yinju.snapshot import Snapshot
from yinju.stored import Origin
from yinju.token_store import LARGE_FILES, SENTENCES
from yinju.vectors import VectorWriter


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "catalogue.db") as opened:
        for name, text in TEXTS.items():
            opened.put(reported(name, text, heading=("标题一", name)), ORIGIN)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "derived"


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


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), ValueError("tantivy: no space"), RuntimeError("FAISS: write error")],
)
@pytest.mark.parametrize("part", [LexicalWriter, VectorWriter, SentenceWriter])
def test_what_can_not_be_written_leaves_nothing_and_says_what_to_do(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch, part: type, error: Exception
) -> None:
    def fail(_: object) -> None:
        raise type(error)(*error.args)

    with monkeypatch.context() as patched:
        patched.setattr(part, "finish", fail)
        with pytest.raises(
            OSError, match=r"\((\[Errno 28\] )?(No space|tantivy|FAISS).*\)\. Free some space"
        ) as caught:
            opened(catalogue, folder)
    assert [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"] == []
    ends = time.monotonic() + SECONDS
    while (left := [name for name in open_files() if str(folder) in name]) and time.monotonic() < ends:
        time.sleep(0.01)  # for tantivy's threads
    assert left == [], caught  # the error is still held: deleted, they would take room nevertheless
    assert_agrees(opened(catalogue, folder), catalogue)


def open_files() -> list[str]:
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(path.readlink()))
    return found


def test_pruning_waits_for_nobody_and_keeps_the_present_generation(catalogue: Catalogue, folder: Path) -> None:
    prune(catalogue, folder)
    assert not folder.exists()
    kept = place(folder, opened(catalogue, folder))
    (kept.parent / "unfinished").mkdir()
    (kept.parent / "g000001-00000000").mkdir()
    with derived._alone(folder):
        prune(catalogue, folder)
    assert len(places(folder)) == 3
    prune(catalogue, folder)
    assert places(folder) == [kept]
    catalogue.announce()  # nor is one that is behind of use to anyone
    prune(catalogue, folder)
    assert places(folder) == []
