"""Killed by SIGKILL at chosen moments, the next start finds each document old or new, and finishes the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ORIGIN, unpack_tokens
from tests.fakes import CharacterEncoder
from yinju.catalogue import Catalogue
from yinju.derived import find_derived, open_derived
from yinju.indexing import index_folder
from yinju.reindexing import reencode

pytestmark = pytest.mark.faults

# Indexes, then makes the derived indexes; stops dead at the moment named on its command line.
CHILD = """
import os, shutil, signal, sys
from pathlib import Path
from tests.fakes import CharacterEncoder
from yinju import derived, derived_parts, encoding_rows, indexing, manifest, reindexing, rows
from yinju.catalogue import Catalogue

moment, place, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def dying_after(module, name, call):
    inner, calls = getattr(module, name), []
    def dying(*arguments):
        result = inner(*arguments)
        calls.append(1)
        if len(calls) == call:
            die()
        return result
    setattr(module, name, dying)

def progress(stage, done, total):
    if moment == f"{stage} {done}":
        die()

if moment == "passages stored":
    dying_after(encoding_rows, "store", 2)
elif moment == "generation bumped":
    dying_after(rows, "bump", 2)
elif moment == "derived written":
    dying_after(derived_parts, "write", 1)
elif moment == "manifest written":
    dying_after(manifest, "write", 1)
elif moment == "renamed":
    dying_after(Path, "rename", 1)

encoder = CharacterEncoder("other" if moment.startswith("reencode") else "characters")
with Catalogue(place / "catalogue.db") as catalogue:
    if moment == "reencode":
        reindexing.reencode(catalogue, encoder, lambda stage, done, total: stage == "files" and done == 2 and die())
    indexing.index_folder(catalogue, encoder, folder, progress)
    derived.open_derived(catalogue, place / "derived", encoder.fingerprint, progress)
print("finished")
"""

OLD = {"a.txt": "旧的第一份。", "b.txt": "旧的第二份。", "c.txt": "旧的第三份。"}
NEW = {"a.txt": "新的第一份。", "b.txt": "新的第二份，更长一些。", "d.txt": "新的第四份。"}


def fill(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text)


def child(moment: str, place: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, moment, str(place), str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def assert_whole(catalogue: Catalogue) -> None:
    """Every document is one of its two versions, with the passages and vectors of that version."""
    for summary in catalogue.documents():
        document = catalogue.document(summary.id)
        assert document.text in {OLD.get(document.name), NEW.get(document.name)}
        stored = catalogue.stored(summary.id, ORIGIN)
        assert "".join(each.passage.text for each in stored) == document.text
        for each in stored:
            for packed in (each.vectors.whole, each.vectors.sentences):
                tokens = unpack_tokens(packed.tokens, CharacterEncoder().dimension)
                assert [int(row.argmax()) for row in tokens] == [ord(c) % 16 for c in each.passage.text]


MOMENTS = [
    "encode 1",
    "files 1",
    "passages stored",
    "generation bumped",
    "files 3",
    "build 2",
    "derived written",
    "manifest written",
    "renamed",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_indexing(tmp_path: Path, moment: str) -> None:
    place, folder, encoder = tmp_path / "index", tmp_path / "reports", CharacterEncoder()
    fill(folder, OLD)
    with Catalogue(place / "catalogue.db") as catalogue:
        index_folder(catalogue, encoder, folder)
        open_derived(catalogue, place / "derived", encoder.fingerprint)
    fill(folder, NEW)

    assert child(moment, place, folder).returncode == -signal.SIGKILL

    with Catalogue(place / "catalogue.db") as catalogue:
        assert_whole(catalogue)
        derived = open_derived(catalogue, place / "derived", encoder.fingerprint)
        assert {document.id for document in derived.passages.documents} == {s.id for s in catalogue.documents()}
        index_folder(catalogue, encoder, folder)
        assert {s.name: catalogue.document(s.id).text for s in catalogue.documents()} == NEW
        assert len(open_derived(catalogue, place / "derived", encoder.fingerprint).passages) == 3


def test_killed_while_reencoding(tmp_path: Path) -> None:
    place, folder, encoder = tmp_path / "index", tmp_path / "reports", CharacterEncoder()
    fill(folder, OLD)
    with Catalogue(place / "catalogue.db") as catalogue:
        index_folder(catalogue, encoder, folder)
        open_derived(catalogue, place / "derived", encoder.fingerprint)

    assert child("reencode", place, folder).returncode == -signal.SIGKILL

    with Catalogue(place / "catalogue.db") as catalogue:
        assert_whole(catalogue)
        assert find_derived(catalogue, place / "derived", encoder.fingerprint) is not None
        assert reencode(catalogue, CharacterEncoder("other")).documents == 1  # two are there already


def test_left_alone_it_finishes(tmp_path: Path) -> None:
    fill(tmp_path / "reports", NEW)
    ended = child("never", tmp_path / "index", tmp_path / "reports")
    assert (ended.stdout, ended.stderr, ended.returncode) == ("finished\n", "", 0)
