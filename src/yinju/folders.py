"""What files a folder holds: which of them are to be read, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yinju.readers import FORMATS, is_readable


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder, by names relative to it with `/` between parts, in a fixed order.

    files: those to read. refused: (name, reason) of the others. unseen: folders, with a final `/`, that could not be
    looked into.
    """

    files: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]

    def gone(self, names: frozenset[str]) -> frozenset[str]:
        """Those of some names that are certainly no longer there."""
        there = {*self.files, *(name for name, _ in self.refused)}
        return frozenset(name for name in names - there if not name.startswith(self.unseen))


def list_folder(root: Path) -> Listing:
    """Look through a folder and those below it. Links are followed, but no folder is entered twice."""
    scan = _Scan()
    scan.enter(root, "")
    return Listing(tuple(scan.files), tuple(scan.refused), tuple(scan.unseen))


class _Scan:
    def __init__(self) -> None:
        self.files: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.unseen: list[str] = []
        self._entered: set[tuple[int, int]] = set()

    def enter(self, folder: Path, prefix: str) -> None:
        try:
            status = folder.stat()
            children = [(child, child.is_dir()) for child in sorted(folder.iterdir())]
        except OSError as error:
            self.unseen.append(prefix)
            why = f"The folder can't be read ({error.strerror}). Check its permissions."
            self.refused.append((prefix or "./", why))
            return
        if (status.st_dev, status.st_ino) in self._entered:  # a link to where we have been, or are
            return
        self._entered.add((status.st_dev, status.st_ino))
        for child, is_folder in children:
            name = prefix + child.name + ("/" if is_folder else "")
            reason = _reason_against(child, is_folder)
            if reason is not None:
                self.refused.append((_printable(name), reason))
            elif is_folder:
                self.enter(child, name)
            else:
                self.files.append(name)


def _reason_against(path: Path, is_folder: bool) -> str | None:
    if _printable(path.name) != path.name:
        return "The name is not valid UTF-8. Rename it."
    if path.name.startswith("."):
        return "Hidden. Rename it without the leading dot to have it indexed."
    if is_folder:
        return None
    if not path.is_file():
        return "Not a regular file. Put the file itself there."
    if not is_readable(path.name):
        return f"No reader for this kind of file. Save it as one of {', '.join(sorted(FORMATS))}."
    return None


def _printable(name: str) -> str:
    # Bytes that are no UTF-8 come from the file system as lone surrogates, which neither SQLite nor JSON takes.
    return name.encode(errors="replace").decode()
