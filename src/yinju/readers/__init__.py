"""Bytes to text with title, date, headings and pages: one reader a format, in one table.

Every reader takes the decoded text and the file's name, and raises Unreadable for what it can't read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from yinju.errors import Unreadable
from yinju.readers import markdown, plain
from yinju.readers.decoding import decode
from yinju.records import Reading

__all__ = ["FORMATS", "STRUCTURE", "is_readable", "read"]

# Part of what makes an index's passages: change it when the same file would be read differently.
STRUCTURE = "1"

FORMATS: dict[str, Callable[[str, str], Reading]] = {
    ".txt": plain.read,
    ".text": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
}


def is_readable(name: str) -> bool:
    """Whether a file of this name is one `read` has a reader for, by its ending."""
    return _suffix(name) in FORMATS


def read(name: str, data: bytes) -> Reading:
    """Read a file. `name` may have folders in it; only its last part and ending matter.

    Raises Unreadable, with what to do, for a format or an encoding that is not read, and for a file without text.
    """
    text = decode(name, data)
    if not text.strip():
        raise Unreadable(f"{name} holds no text. Add a file that does.")
    reader = FORMATS.get(_suffix(name))
    if reader is None:
        known = ", ".join(sorted(FORMATS))
        raise Unreadable(f"{name} is in no format read here. Known endings are {known}; save it as one of them.")
    return reader(text, PurePosixPath(name).name)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
