"""The manifest of a derived generation: what it was made from, and the size and SHA-256 of each of its files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from yinju.stored import Generation, Origin
from yinju.token_store import LARGE_FILES

FORMAT = 6
_NAME = "manifest.json"


def write(folder: Path, generation: Generation, made_by: Origin | None) -> None:
    """Describe the folder's files and flush all of them to disk."""
    described = {**_heading(generation, made_by), "files": _files(folder, hashed=lambda _: True)}
    (folder / _NAME).write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in [folder, *folder.rglob("*")]:
        flush(path)


def agrees(folder: Path, generation: Generation, made_by: Origin | None, *, thorough: bool = False) -> bool:
    """Whether the folder was made from this generation and holds every file whole.

    thorough: the token vectors are read, too. They can be gigabytes, and damage to them could lower a score, never
    alter a quote; otherwise their size is looked at. Raises OSError, ValueError or KeyError where there is no manifest,
    or none that can be read.
    """
    described = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    files: dict[str, list[int | str]] = described.pop("files")
    found = _files(folder, hashed=lambda path: thorough or path.name not in LARGE_FILES)
    if described != _heading(generation, made_by) or files.keys() != found.keys():
        return False
    return all(size == files[name][0] and digest in ("", files[name][1]) for name, (size, digest) in found.items())


def flush(path: Path) -> None:
    """Have the disk hold what was written to a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _heading(generation: Generation, made_by: Origin | None) -> dict[str, object]:
    return {
        "format": FORMAT,
        "generation": list(generation),
        "made_by": None if made_by is None else asdict(made_by),
    }


def _files(folder: Path, hashed: Callable[[Path], bool]) -> dict[str, tuple[int, str]]:
    """The size of each file, and the SHA-256 of those that are `hashed`."""
    # tantivy leaves and takes lock files, whose names start with a dot, in a folder it only reads.
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {
        str(path.relative_to(folder)): (path.stat().st_size, _digest(path) if hashed(path) else "")
        for path in paths
        if path.name != _NAME
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
