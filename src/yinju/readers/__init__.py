"""Bytes to text with title, date, headings and pages: one reader a format, in one table (`formats.READERS`).

`read_file` is for files from anywhere: a worker process that can be killed reads them. `read` reads in this process.
Both raise Unreadable, whose `reason` is one of `REASONS`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from yinju.progress import Progress, silent
from yinju.readers.formats import FORMATS, reader
from yinju.readers.limits import LIMITS, READ_HERE, Limits
from yinju.readers.reasons import CONTROLS, REASONS, refusal
from yinju.readers.sniffing import checked_format, named_format
from yinju.readers.worker import read_apart
from yinju.records import Reading

__all__ = [
    "FORMATS",
    "REASONS",
    "STRUCTURE",
    "is_readable",
    "read",
    "read_apart",
    "read_file",
]

# Part of what makes an index's passages: change it when the same file would be read differently.
STRUCTURE = "2"

_LONGEST_NAME = 255  # bytes, as in most file systems


def is_readable(name: str) -> bool:
    """Whether a file of this name is one `read` has a reader for, by its ending."""
    return named_format(name) is not None


def read_file(name: str, data: bytes | Path, limits: Limits = LIMITS, progress: Progress = silent) -> Reading:
    """Read a file that may hold anything: small text here, all else in a worker process within `limits`.

    `name` may have folders in it; its ending says the format. A path is opened, its own name meaning nothing.
    Safe in any thread and process; takes until the worker is done, or `progress` raises something. Raises Unreadable.
    """
    _check_name(name)
    if named_format(name) in ("plain", "markdown"):
        size = _size(name, data)
        limits = limits.of_text(size)
        if size <= READ_HERE:
            return read(name, _bytes(name, data))
    return read_apart(name, data, limits, progress)


def read(name: str, data: bytes) -> Reading:
    """Read a file in this process, which has to be able to spare what reading takes. Otherwise as `read_file`."""
    return reader(checked_format(name, data))(data, name)


def _size(name: str, data: bytes | Path) -> int:
    if isinstance(data, bytes):
        return len(data)
    with _accessible(name):
        return data.stat().st_size


def _bytes(name: str, data: bytes | Path) -> bytes:
    if isinstance(data, bytes):
        return data
    with _accessible(name):
        return data.read_bytes()


@contextmanager
def _accessible(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refusal(
            name, "inaccessible", f"can't be read ({error.strerror}). Check that it is there and may be read."
        ) from error


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    parts = [*path.parts, *PurePosixPath(name.replace("\\", "/")).parts]
    if (
        not path.name
        or any(unicodedata.category(char) in CONTROLS for char in name)
        or path.is_absolute()
        or ".." in parts
        or any(len(part.encode(errors="replace")) > _LONGEST_NAME for part in path.parts)
    ):
        raise refusal(name, "bad-name", "is not a name to keep a document under. Rename the file and add it again.")
