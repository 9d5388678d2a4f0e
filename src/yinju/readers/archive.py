"""Word, Excel and PowerPoint files are zip archives of XML: what is checked before a library unpacks one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from lxml import etree

from yinju.errors import Unreadable
from yinju.readers.limits import FREE_RATIO, MOST_EXPANDED, MOST_MEMBERS, MOST_RATIO
from yinju.readers.reasons import refusal

_ENCRYPTED = 0x1
_HEAD = 1 << 16  # a document type can only stand before the first element
_TYPES = [
    form.encode(encoding) for form in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
]
_XML = (".xml", ".rels", ".vml")
_SAVE_AGAIN = "Open it in its own program, save it again and add that."
# What the libraries raise over archives and XML that are not as they should be.
_DAMAGE = (
    AssertionError, AttributeError, BadZipFile, EOFError, IndexError, KeyError, LookupError, NotImplementedError,
    OSError, OverflowError, SyntaxError, TypeError, ValueError, etree.LxmlError, struct.error, zlib.error,
)  # fmt: skip


def check(name: str, data: bytes) -> None:
    """Raise Unreadable for an archive that is not to be unpacked, by what it says of itself and by each part's head.

    The zip library takes no more out of a part than the part's stated size, so those sizes can be relied on.
    """
    with damage_refused(name), ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        _check_sizes(name, members)
        _check_names(name, members)
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise refusal(name, "password", "is protected by a password. Save it without one and add that.")
        for member in members:
            if member.filename.lower().endswith(_XML):
                with archive.open(member) as part:
                    _check_head(name, part.read(_HEAD))


@contextmanager
def damage_refused(name: str) -> Iterator[None]:
    """What a library raises over a file that is not well-formed, as one refusal."""
    try:
        yield
    except RecursionError as error:
        raise too_deep(name) from error
    except _DAMAGE as error:
        if "depth" in str(error):  # libxml2's own limit
            raise too_deep(name) from error
        raise refusal(name, "damaged", f"is damaged inside. {_SAVE_AGAIN}") from error


def too_deep(name: str) -> Unreadable:
    return refusal(name, "too-deep", "is nested deeper than any document. Save its text as a plain file and add that.")


def _check_sizes(name: str, members: list[ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise refusal(name, "zip-bomb", f"has more than {MOST_MEMBERS:,} parts. Divide it and add the parts.")
    for member in members:
        if member.file_size > FREE_RATIO and member.file_size > MOST_RATIO * max(1, member.compress_size):
            raise refusal(
                name, "zip-bomb", f"has a part that unpacks to over {MOST_RATIO} times its size. {_SAVE_AGAIN}"
            )
    if sum(member.file_size for member in members) > MOST_EXPANDED:
        raise refusal(
            name, "zip-bomb", f"unpacks to more than {MOST_EXPANDED >> 20} MiB. Take its pictures out or divide it."
        )


def _check_names(name: str, members: list[ZipInfo]) -> None:
    names = [member.filename for member in members]
    for inner in names:
        path = PurePosixPath(inner.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
            raise refusal(name, "unsafe-archive", f"holds a part whose name leads out of it. {_SAVE_AGAIN}")
    if len(set(names)) < len(names):
        raise refusal(name, "unsafe-archive", f"holds two parts of one name. {_SAVE_AGAIN}")


def _check_head(name: str, head: bytes) -> None:
    if any(mark in head for mark in _TYPES):
        raise refusal(name, "entities", f"declares XML entities, which no office program writes. {_SAVE_AGAIN}")
