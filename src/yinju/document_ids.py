"""Readable, URL-safe document ids from file names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import count
from pathlib import PurePosixPath

MAX_LENGTH = 80
_KEPT_PUNCTUATION = "-_."
_KEPT_CATEGORIES = "LNM"  # letters, numbers, and the marks Indic scripts write vowels with


def document_id(name: str) -> str:
    """The id a file name asks for: its stem in NFKC, whatever a URL or a passage id reserves turned into `-`."""
    stem = unicodedata.normalize("NFKC", PurePosixPath(name).stem)
    kept = "".join(c if c in _KEPT_PUNCTUATION or unicodedata.category(c)[0] in _KEPT_CATEGORIES else "-" for c in stem)
    return _trimmed("-".join(filter(None, kept.split("-")))) or "document"


def unused_id(wanted: str, taken: Callable[[str], bool]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, … that is not taken."""
    if not taken(wanted):
        return wanted
    numbered = (f"{_trimmed(wanted, MAX_LENGTH - len(str(n)) - 1)}-{n}" for n in count(2))
    return next(candidate for candidate in numbered if not taken(candidate))


def _trimmed(text: str, length: int = MAX_LENGTH) -> str:
    # A leading or trailing dot would make "." and "..", which browsers and proxies resolve away.
    return text.strip("-.")[:length].strip("-.")
