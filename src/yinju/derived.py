"""The derived indexes: what a search reads, made from the catalogue and safe to delete.

Each generation is a folder, written beside, flushed to disk, checked and renamed into place; it is opened only when its
manifest, its files and the catalogue agree, and made again from the catalogue (nothing is encoded) otherwise. What
different models made lies in folders of its own, so that one can serve while another is made.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from pathlib import Path

from yinju import derived_parts, manifest, moments
from yinju.catalogue import Catalogue
from yinju.derived_parts import Derived, opened
from yinju.passages import SEARCHABLE, SPLITTER
from yinju.progress import Progress, silent
from yinju.snapshot import Snapshot
from yinju.stored import Generation, Origin

__all__ = ["Derived", "find_derived", "is_sound", "open_derived", "opened", "place_of", "prune"]

_LOCK = ".lock"
_UNFINISHED = "unfinished"
_TORN = (OSError, ValueError, KeyError, TypeError, RuntimeError)  # what numpy, FAISS, tantivy and json raise on damage


def open_derived(catalogue: Catalogue, folder: Path, fingerprint: str, progress: Progress = silent) -> Derived:
    """The indexes of the catalogue's present generation, made first where they are missing, torn or behind.

    Raises IndexMismatch when `fingerprint` is not of an encoder that encoded every document.
    """
    found = find_derived(catalogue, folder, fingerprint)
    if found is not None:
        return found
    with _alone(folder), catalogue.snapshot() as snapshot:
        origin = _serving(snapshot, fingerprint)
        made_meanwhile = _opened(place_of(folder, origin, snapshot.generation), snapshot.generation, origin)
        return made_meanwhile or _made(snapshot, folder, origin, progress)


def find_derived(catalogue: Catalogue, folder: Path, fingerprint: str, most_bytes: int | None = None) -> Derived | None:
    """The indexes of the catalogue's present generation if they are there and sound; makes and writes nothing.

    most_bytes: their files may have together, None for any number: they are read to tell whether they are sound.
    Raises IndexMismatch when `fingerprint` is not of an encoder that encoded every document.
    """
    with catalogue.snapshot() as snapshot:
        origin = _serving(snapshot, fingerprint)
        place = place_of(folder, origin, snapshot.generation)
        if most_bytes is not None and _size(place) > most_bytes:
            return None
        return _opened(place, snapshot.generation, origin)


def _size(folder: Path) -> int:
    """Bytes; of what is being deleted, as many as are still seen."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0


def prune(catalogue: Catalogue, folder: Path) -> None:
    """Delete every generation but the present one, whether that is made yet or not, and what was left unfinished.

    They hold texts that may be deleted by now, and nobody opens them any more; who has one open keeps reading it: the
    files go when the last reader does. Left to who is making one now. Raises OSError where the folder can't be written.
    """
    if not folder.is_dir():
        return
    with _alone(folder, wait=False) as alone:
        if alone:
            with catalogue.snapshot() as snapshot:
                _prune(folder, snapshot)


def place_of(folder: Path, origin: Origin | None, generation: Generation) -> Path:
    """Where a generation of what `origin` made lies."""
    return folder / _name(origin) / f"g{generation}"


def _name(origin: Origin | None) -> str:
    if origin is None:
        return "empty"
    return sha256(f"{origin.encoder}\n{origin.splitter}\n{origin.dimension}".encode()).hexdigest()[:12]


def _serving(snapshot: Snapshot, fingerprint: str) -> Origin | None:
    """What made the vectors a question encoded by `fingerprint` can be compared with; None where there are none.

    While an index is encoded anew for a new way of splitting, what the old way made goes on serving.
    """
    if snapshot.counts.documents == 0:
        return None
    able = [each for each in snapshot.complete() if each.encoder == fingerprint and each.splitter in SEARCHABLE]
    if not able:
        snapshot.refuse(fingerprint, SPLITTER)
    return max(able, key=lambda origin: SEARCHABLE.index(origin.splitter))


def _opened(folder: Path, generation: Generation, made_by: Origin | None) -> Derived | None:
    try:
        return opened(folder, generation, made_by) if manifest.agrees(folder, generation, made_by) else None
    except _TORN:
        return None


def is_sound(folder: Path, generation: Generation, made_by: Origin | None) -> bool:
    """Whether every byte of a generation is as it was written, token vectors included."""
    try:
        return manifest.agrees(folder, generation, made_by, thorough=True)
    except _TORN:
        return False


def _made(snapshot: Snapshot, folder: Path, origin: Origin | None, progress: Progress) -> Derived:
    target = place_of(folder, origin, snapshot.generation)
    unfinished = target.with_name(_UNFINISHED)
    try:
        _write(snapshot, unfinished, origin, progress)
        moments.reached("swap 3")
        _check(unfinished, snapshot, origin)
        moments.reached("swap 4")
        shutil.rmtree(target, ignore_errors=True)  # there only when it was found torn
        moments.reached("swap 5")
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)  # or it keeps the disk full that it failed on
    moments.reached("swap 6")
    manifest.flush(target.parent)
    manifest.flush(folder)
    moments.reached("swap 7")
    _prune(folder, snapshot)
    moments.reached("swap 8")
    return opened(target, snapshot.generation, origin)


def _write(snapshot: Snapshot, folder: Path, origin: Origin | None, progress: Progress) -> None:
    """Raises OSError whatever way a writer has of saying that it can't write."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        moments.reached("swap 1")
        derived_parts.write(snapshot, folder, origin, progress)
        moments.reached("swap 2")
        manifest.write(folder, snapshot.generation, origin)
    except _TORN as error:
        failed = str(error)
    else:
        return
    # Out of the error's reach: with it go the writers, which keep their files, and so the room, until then.
    raise OSError(
        f"The indexes can't be written to {folder.parent} ({failed}). Free some space, or check the disk and that the "
        "folder may be written; if it was neither, run: yinju verify"
    )


def _check(folder: Path, snapshot: Snapshot, origin: Origin | None) -> None:
    """Read back what was just written: whole, as many passages as the catalogue has, found by vector and by words.

    Raises OSError for what is not so; the generation that serves goes on serving.
    """
    made = _opened(folder, snapshot.generation, origin)
    expected = 0 if origin is None else snapshot.count(origin)
    if made is None or len(made.passages) != expected or not derived_parts.finds_itself(made, snapshot):
        raise OSError(
            f"The indexes made in {folder} can't be read back as they were written. Check the disk, then start again."
        )


@contextmanager
def _alone(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """One at a time, over threads and processes; False without waiting where another is at it.

    The lock ends with the process that holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            flock(descriptor, LOCK_EX if wait else LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _prune(folder: Path, snapshot: Snapshot) -> None:
    """Of every model the catalogue knows, the present generation stays."""
    alive = set(map(_name, snapshot.origins())) if snapshot.counts.documents else {_name(None)}
    kept = place_of(folder, None, snapshot.generation).name
    for made_by in [each for each in folder.iterdir() if each.is_dir()]:
        known = made_by.name in alive
        for other in [made_by] if not known else [each for each in made_by.iterdir() if each.name != kept]:
            shutil.rmtree(other, ignore_errors=True)
