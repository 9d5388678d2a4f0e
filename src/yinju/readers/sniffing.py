"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from yinju.readers.formats import ENDINGS, FORMATS, NOUNS, Format
from yinju.readers.reasons import Reason, refusal

_AGAIN = "Save it as PDF, Word (.docx) or text and add that."
_RECOGNISE = "Have its text recognised (OCR) and add the result."
_UNPACK = "Unpack it and add the documents in it."


@dataclass(frozen=True, slots=True)
class Content:
    """What the first bytes show: a format that is read here, or why the file is refused and what to do about it."""

    noun: str
    format: Format | None = None
    reason: Reason = "binary"
    advice: str = _AGAIN


_PICTURE = Content("a picture", reason="picture", advice=_RECOGNISE)
_MEDIA = Content("a recording", reason="media", advice="Write down what it says and add that.")
_PROGRAM = Content("a program", reason="executable", advice="Add documents only.")
_DATABASE = Content("a database", reason="database", advice="Export what is to be found as .xlsx or text and add that.")
_OLD_OFFICE = Content(
    "a document of Office before 2007 (or of WPS)",
    reason="old-office",
    advice="Open it, save it as .docx, .xlsx or .pptx, and add that.",
)
_ENCRYPTED = Content("protected by a password", reason="password", advice="Save it without the password and add that.")
_ODF = Content("an OpenDocument file", reason="unsupported-format", advice="Save it as .docx, .xlsx or .pptx.")


def _archive(kind: str) -> Content:
    return Content(f"a {kind} archive", reason="archive", advice=_UNPACK)


def _unsupported(noun: str) -> Content:
    return Content(noun, reason="unsupported-format")


_SIGNATURES: tuple[tuple[int, bytes, Content], ...] = (
    (0, b"{\\rtf", _unsupported("a rich text document")),
    (0, b"\x89PNG", _PICTURE),
    (0, b"\xff\xd8\xff", _PICTURE),
    (0, b"GIF8", _PICTURE),
    (0, b"II*\x00", _PICTURE),
    (0, b"MM\x00*", _PICTURE),
    (0, b"8BPS\x00", _PICTURE),
    (8, b"WEBP", _PICTURE),
    (4, b"ftyphei", _PICTURE),
    (4, b"ftypavif", _PICTURE),
    (0, b"\x00\x00\x01\x00", _PICTURE),
    (0, b"AT&TFORM", Content("a DjVu scan", reason="picture", advice=_RECOGNISE)),
    (0, b"ID3", _MEDIA),
    (0, b"OggS", _MEDIA),
    (0, b"fLaC", _MEDIA),
    (8, b"WAVEfmt", _MEDIA),
    (8, b"AVI LIST", _MEDIA),
    (4, b"ftyp", _MEDIA),
    (0, b"\x1a\x45\xdf\xa3", _MEDIA),
    (0, b"\x1f\x8b", _archive("gzip")),
    (0, b"7z\xbc\xaf\x27\x1c", _archive("7z")),
    (0, b"Rar!\x1a\x07", _archive("RAR")),
    (0, b"BZh", _archive("bzip2")),
    (0, b"\xfd7zXZ\x00", _archive("xz")),
    (0, b"\x28\xb5\x2f\xfd", _archive("zstd")),
    (0, b"MSCF\x00", _archive("cabinet")),
    (257, b"ustar", _archive("tar")),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\x00asm", _PROGRAM),
    (0, b"SQLite format 3\x00", _DATABASE),
    (0, b"PAR1", _DATABASE),
    (4, b"Standard Jet DB", _DATABASE),
    (4, b"Standard ACE DB", _DATABASE),
)
_PACKAGES: dict[bytes, Content] = {
    b"wordprocessingml.document.main+xml": Content(NOUNS["docx"], "docx"),
    b"spreadsheetml.sheet.main+xml": Content(NOUNS["xlsx"], "xlsx"),
    b"presentationml.presentation.main+xml": Content(NOUNS["pptx"], "pptx"),
    b".macroEnabled.": _unsupported("an Office file with macros"),
    b".template.main+xml": _unsupported("an Office template"),
    b"presentationml.slideshow.main+xml": _unsupported("a PowerPoint show (.ppsx)"),
    b"spreadsheetml.template": _unsupported("an Office template"),
    b"ms-excel.sheet.binary": _unsupported("a binary workbook (.xlsb)"),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"(?:\s|<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(rb"<[a-zA-Z!/]")
_MHTML = re.compile(rb"(?:From: <Saved by|MIME-Version: 1\.0\s|Content-Type: multipart/related)", re.IGNORECASE)
_LARGEST_TYPES = 1 << 20


def checked_format(name: str, data: bytes) -> Format:
    """The format to read a file in: the one its name says, which its content has to agree with.

    A file of another format is refused rather than read as what it is: under a wrong name nobody finds it again, and
    most such names are mistakes. Raises Unreadable.
    """
    named = named_format(name)
    if not data.strip():
        raise refusal(name, "empty", "holds no text. Add a file that does.")
    found = content(data)
    if found is None:
        return _unmarked(name, named, data)
    if found.format is None:
        raise refusal(name, found.reason, f"is {found.noun}. {found.advice}")
    if found.format != named:
        wanted = PurePosixPath(name).stem + ENDINGS[found.format]
        raise refusal(name, "wrong-name", f"is {found.noun} by its content. Rename it to {wanted} and add it again.")
    return named


def named_format(name: str) -> Format | None:
    """The format a file's ending names; None for one that is not read here."""
    return FORMATS.get(PurePosixPath(name).suffix.lower())


def content(data: bytes) -> Content | None:
    """What the first bytes of a file show it to be; None where they show nothing, as with plain text."""
    if data[:1024].lstrip(b"\xef\xbb\xbf\r\n\t \x00").startswith(b"%PDF-"):
        return Content(NOUNS["pdf"], "pdf")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _package(data)
    if data.startswith(_OLE):
        return _ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in data else _OLD_OFFICE
    if data.startswith(b"MZ") and b"\x00" in data[:64]:
        return _PROGRAM
    if data.startswith(b"BM") and data[2:6] == len(data).to_bytes(4, "little"):
        return _PICTURE
    if _MHTML.match(data):
        return _unsupported("a web archive (MHTML)")
    if _HTML.match(_ascii_head(data)):
        return Content(NOUNS["html"], "html")
    return next((found for at, mark, found in _SIGNATURES if data.startswith(mark, at)), None)


def _unmarked(name: str, named: Format | None, data: bytes) -> Format:
    if named is None:
        known = ", ".join(sorted(FORMATS))
        raise refusal(
            name, "unknown-format", f"is in no format read here. Known endings are {known}; save it as one of them."
        )
    if named == "html" and not _TAG.search(data.replace(b"\x00", b"")):
        raise refusal(
            name, "wrong-name", "is no web page: it holds no tag. Rename it to end with .txt and add it again."
        )
    if named in ("plain", "markdown", "html"):
        return named
    if _is_text(data):
        raise refusal(
            name, "wrong-name", f"is plain text, not {NOUNS[named]}. Rename it to end with .txt and add it again."
        )
    raise refusal(
        name,
        "damaged",
        f"does not begin as {NOUNS[named]} does. Open it in its own program, save it again and add that.",
    )


def _package(data: bytes) -> Content:
    """What kind of zip archive this is, by its table of content types."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            types = _start(archive, "[Content_Types].xml", names)
            relations = _start(archive, "_rels/.rels", names)
            kind = _start(archive, "mimetype", names)
    except (BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return _broken_package(data)
    if b"purl.oclc.org/ooxml" in relations:
        return _unsupported("a strict Open XML file")
    for mark, found in _PACKAGES.items():
        if mark in types:
            return found
    if kind.startswith(b"application/epub"):
        return _unsupported("an electronic book (EPUB)")
    if kind.startswith(b"application/vnd.oasis"):
        return _ODF
    if "OFD.xml" in names:
        return _unsupported("an OFD document")
    return _archive("zip")


def _start(archive: ZipFile, member: str, names: set[str]) -> bytes:
    if member not in names:
        return b""
    with archive.open(member) as part:
        return part.read(_LARGEST_TYPES).replace(b"\x00", b"")


def _broken_package(data: bytes) -> Content:
    """A zip archive that can't be opened: which Office file it was is told by the names at its beginning."""
    if b"PK\x05\x06" not in data[-70_000:]:
        return Content(
            "cut off: its end is missing", reason="truncated", advice="Copy or download it again and add that."
        )
    return Content("damaged", reason="damaged", advice="Open it in its own program, save it again and add that.")


def _ascii_head(data: bytes) -> bytes:
    """The first bytes, those of UTF-16 made single, so that tags can be looked for."""
    head = data[:8192]
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"")


def _is_text(data: bytes) -> bool:
    head = data[:4096]
    return b"\x00" not in head and not re.search(rb"[\x01-\x08\x0e-\x1f]", head)
