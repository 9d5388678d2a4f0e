"""The manifest of a derived generation: what it was made from, and the size and SHA-256 of each of its files."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from yinju.stored import Generation, Origin
from yinju.token_store import LARGE_FILES

FORMAT = 4
_NAME = "manifest.json"


def write(folder: Path, generation: Generation, made_by: Origin | None) -> None:
    """Describe the folder's files and flush all of them to disk."""
    described = {**_heading(generation, made_by), "files": _files(folder)}
    (folder / _NAME).write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in [folder, *folder.rglob("*")]:
        flush(path)


def agrees(folder: Path, generation: Generation, made_by: Origin | None) -> bool:
    """Whether the folder was made from this generation and holds every file whole.

    Raises OSError or ValueError where there is no manifest, or none that can be read.
    """
    described = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    files = described.pop("files")
    return bool(described == _heading(generation, made_by) and files == _files(folder))


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


def _files(folder: Path) -> dict[str, list[int | str]]:
    # tantivy leaves and takes lock files, whose names start with a dot, in a folder it only reads.
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): _described(path) for path in paths if path.name != _NAME}


def _described(path: Path) -> list[int | str]:
    size = path.stat().st_size
    # The token vectors can be gigabytes; damage to them could lower a score, never alter a quote.
    if path.name in LARGE_FILES:
        return [size, ""]
    with path.open("rb") as file:
        return [size, hashlib.file_digest(file, "sha256").hexdigest()]
