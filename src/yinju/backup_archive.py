"""The file of a backup: a tar archive of `manifest.json` (sizes and SHA-256), `catalogue.db`, and `keys.db` where
there are keys."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from hashlib import file_digest
from pathlib import Path

from yinju.errors import IndexDamaged, InvalidRequest

CATALOGUE, KEYS, _MANIFEST = "catalogue.db", "keys.db", "manifest.json"
_FORMAT = 1


def write(folder: Path, target: Path) -> None:
    """Pack the databases in a folder into a file that nobody else may read. Raises FileExistsError."""
    files = {path.name: [path.stat().st_size, _digest(path)] for path in sorted(folder.glob("*.db"))}
    (folder / _MANIFEST).write_text(json.dumps({"format": _FORMAT, "files": files}, indent=1), "utf-8")
    with (
        open(target, "xb", opener=_private) as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in (_MANIFEST, *files):
            archive.add(folder / name, name, recursive=False, filter=_anonymous)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # it holds every text


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def unpack(source: Path, folder: Path) -> None:
    """Raises InvalidRequest for what is no backup, IndexDamaged for one that is not as it was written."""
    try:
        with tarfile.open(source) as archive:
            for name in (_MANIFEST, CATALOGUE, KEYS):
                member = archive.extractfile(name) if name in archive.getnames() else None
                if member is not None:
                    with (folder / name).open("wb") as file:
                        shutil.copyfileobj(member, file)
        described = json.loads((folder / _MANIFEST).read_text("utf-8"))
        files: dict[str, list[int | str]] = described["files"]
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(
            f"{source} is not a backup made by `yinju backup` ({error}). Nothing was changed; name one that is."
        ) from error
    for name, (size, digest) in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or _digest(path) != digest:
            raise IndexDamaged(
                f"{source} is damaged: {name} in it is not what was written. Nothing was changed; take another backup."
            )
