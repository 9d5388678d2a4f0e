"""Word, Excel and PowerPoint files are zip archives of XML: what is checked before a library unpacks one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from lxml import etree

from yinju.errors import Unreadable
from yinju.readers.limits import FREE_RATIO, MOST_EXPANDED, MOST_MEMBERS, MOST_RATIO
from yinju.readers.reasons import refusal

_ENCRYPTED = 0x1
_HEAD = 1 << 16  # bytes. A document type can only stand before the first element, and no program puts that further in
_DRAWN = (".svg", ".htm", ".html", ".xhtml")  # carried along, not read: their programs do write a document type
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
        for member in members:  # whatever their endings: what a part is for is said elsewhere
            with archive.open(member) as part:
                _check_head(name, part.read(_HEAD), member.filename.lower().endswith(_DRAWN))


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


def _check_head(name: str, head: bytes, is_drawn: bool) -> None:
    """Refuse XML that declares a document type, as either parser reads it that the libraries use.

    What a parser can't read so far does no harm through it; its error is raised, or not, once the part is wanted.
    """
    for prolog in (_by_expat(head), _by_libxml(head)):
        if prolog.entities or (prolog.doctype and not is_drawn):
            raise refusal(name, "entities", f"declares XML entities, which no office program writes. {_SAVE_AGAIN}")
        if prolog.is_endless and len(head) == _HEAD:
            raise refusal(
                name, "damaged", f"has a part that holds nothing in its first {_HEAD >> 10} KiB. {_SAVE_AGAIN}"
            )


@dataclass(slots=True)
class _Prolog:
    """What stands before the first element. is_endless: well-formed so far, and no element yet."""

    doctype: bool = False
    entities: bool = False
    is_endless: bool = True


def _by_expat(head: bytes) -> _Prolog:
    # Of what is no XML at all, expat takes long words for the beginning of something.
    found = _Prolog(is_endless=head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] in (b"<", b""))
    parser = expat.ParserCreate()

    def on_doctype(*_: object) -> None:
        found.doctype = True

    def on_entity(*_: object) -> None:
        found.entities = True

    def on_element(*_: object) -> None:
        found.is_endless = False

    parser.StartDoctypeDeclHandler = on_doctype
    parser.EntityDeclHandler = on_entity
    parser.StartElementHandler = on_element
    try:
        parser.Parse(head, False)
    except (expat.ExpatError, ValueError, LookupError):  # the last two: an encoding it does not know
        found.is_endless = False
    return found


def _by_libxml(head: bytes) -> _Prolog:
    found = _Prolog()
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, load_dtd=False, no_network=True)
    try:
        parser.feed(head)
    except etree.XMLSyntaxError:
        found.is_endless = False
    root: Any = next((element for _, element in parser.read_events()), None)  # the stubs know but half of what it has
    if root is not None:
        types = root.getroottree().docinfo.internalDTD
        found.is_endless = False
        found.doctype = types is not None
        found.entities = types is not None and any(True for _ in types.iterentities())
    return found
