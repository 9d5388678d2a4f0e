"""Folding: one form for all spellings of the same word, with the way back to the source's characters."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, normalize

from opencc import OpenCC

# Characters that are drawn as nothing: they split words for a program and for no reader.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# OpenCC speaks UTF-8 and can't be given a lone surrogate, which a JSON string may hold.
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


def _converted(converter: OpenCC, text: str) -> str:
    """As long as `text`, always: offsets depend on it."""
    out: str = converter.convert(text)
    return out if len(out) == len(text) else "".join(_one_for_one(converter, char) for char in text)


def _one_for_one(converter: OpenCC, char: str) -> str:
    out: str = converter.convert(char)
    return out if len(out) == 1 else char


def _normal(text: str) -> str:
    # Case folding can undo NFKC ("ǰ" becomes two characters), hence the second pass.
    return normalize("NFKC", normalize("NFKC", _INVISIBLE.sub("", text)).casefold())


def _joins_previous(char: str) -> bool:
    """Whether NFKC may merge this character into the one before it."""
    return category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or char in "\uff9e\uff9f"


def fold(text: str) -> str:
    """NFKC, case-folded, traditional characters made simplified, invisible ones dropped: for matching only."""
    return _converted(_to_simplified(), _normal(_SURROGATE.sub("\ufffd", text)))


def folded(text: str) -> tuple[str, list[int]]:
    """`fold(text)`, and for each of its characters the index in `text` of the character it came from.

    Where several source characters make one folded character, the index is the first one's.
    """
    text = _SURROGATE.sub("\ufffd", text)
    parts: list[str] = []
    offsets: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _continues(text, end):
            continue
        part = _normal(text[start:end])
        parts.append(part)
        offsets.extend(_spread(text, start, end, part))
        start = end
    return _converted(_to_simplified(), "".join(parts)), offsets


def _continues(text: str, at: int) -> bool:
    """Whether `text[at]` must be normalised together with what stands before it."""
    return _joins_previous(text[at]) or bool(_INVISIBLE.match(text[at]))


def _spread(text: str, start: int, end: int, part: str) -> list[int]:
    """Source indexes for `part`, the normal form of `text[start:end]`."""
    visible = [index for index in range(start, end) if not _INVISIBLE.match(text[index])]
    if len(visible) == len(part):
        return visible
    return [visible[0]] * len(part) if visible else []


def is_traditional(text: str) -> bool:
    """Whether `text` holds characters that only traditional Chinese uses, and no more that only simplified does."""
    text = _SURROGATE.sub("\ufffd", text)
    traditional = sum(a != b for a, b in zip(text, _converted(_to_simplified(), text), strict=True))
    simplified = sum(a != b for a, b in zip(text, _converted(_to_traditional(), text), strict=True))
    return 0 < traditional >= simplified
