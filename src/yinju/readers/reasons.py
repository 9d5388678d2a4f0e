"""Every way a file can be refused: a slug for programs, and what it means in one line for whoever reads the API."""

from __future__ import annotations

import unicodedata
from typing import Literal, get_args

from yinju.errors import Unreadable

Reason = Literal[
    "archive",
    "bad-name",
    "binary",
    "broken-encoding",
    "crashed",
    "damaged",
    "database",
    "empty",
    "entities",
    "executable",
    "inaccessible",
    "media",
    "memory",
    "no-text",
    "old-office",
    "password",
    "picture",
    "scan",
    "timeout",
    "too-deep",
    "too-large",
    "truncated",
    "uncalculated",
    "unknown-format",
    "unmapped-fonts",
    "unsafe-archive",
    "unsupported-format",
    "wrong-encoding",
    "wrong-name",
    "zip-bomb",
]

REASONS: dict[Reason, str] = {
    "archive": "The file is an archive of other files, not a document.",
    "bad-name": "The file's name can't be used: it leads out of its folder, is too long, or holds control characters.",
    "binary": "The file is neither text nor in a document format known here.",
    "broken-encoding": "The file names a text encoding and does not keep to it.",
    "crashed": "The process that read the file broke down over it.",
    "damaged": "The file begins as its format does and is not well-formed further on.",
    "database": "The file is a database.",
    "empty": "The file holds nothing, or nothing but white space.",
    "entities": "The file's XML declares entities, which documents never need and attacks do.",
    "executable": "The file is a program.",
    "inaccessible": "The file can't be opened where it lies.",
    "media": "The file is a sound recording or a film.",
    "memory": "Reading the file takes more memory than one document may.",
    "no-text": "The document is well-formed and no text is in it.",
    "old-office": "The file is in the binary format of Office before 2007.",
    "password": "The file is encrypted and can't be read without its password.",
    "picture": "The file is a picture.",
    "scan": "The PDF holds pictures of pages and no text.",
    "timeout": "Reading the file takes longer than one document may.",
    "too-deep": "The file's parts are nested deeper than any document's.",
    "too-large": "The document has more pages, cells or characters than one document may.",
    "truncated": "The end of the file is missing.",
    "uncalculated": "The workbook's formulas were never calculated, so its figures are not in it.",
    "unknown-format": "The file's ending names no format read here.",
    "unmapped-fonts": "The PDF's fonts do not say which characters they show.",
    "unsafe-archive": "The file's inner names lead out of it, or it holds the same name twice.",
    "unsupported-format": "The file is a document in a format that is not read here.",
    "wrong-encoding": "The file's text is in an encoding that is not read here.",
    "wrong-name": "The file's ending names one format, and its content is another.",
    "zip-bomb": "The file expands to far more than its own size.",
}


CONTROLS = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's categories of what no name of a file needs: control characters, lone surrogates, separators of lines."""


def refusal(name: str, reason: Reason, sentence: str) -> Unreadable:
    """The error for a file that is refused. `sentence` goes on from the name and ends with what to do."""
    return Unreadable(f"{printable(name)} {sentence}", reason)


def is_reason(slug: str) -> bool:
    return slug in get_args(Reason)


def printable(name: str) -> str:
    """A file's name as a message may show it: one line, shortened, without control characters or lone surrogates."""
    shown = "".join("�" if unicodedata.category(char) in (*CONTROLS, "Cf") else char for char in name)
    return shown if len(shown) <= 200 else f"{shown[:120]}…{shown[-60:]}"
