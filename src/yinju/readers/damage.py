"""Paragraphs broken by pages: which go on in the next, and which end in mid-sentence for good."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from yinju.records import Block

# A paragraph longer than this is not one that pages broke, but a text that is all fragments.
_LONGEST = 3000
_PAIRS = dict(zip("”’」』》〉）】]", "“‘「『《〈（【[", strict=True))
_BRACKET = re.compile(rf"[{re.escape(''.join(_PAIRS))}{re.escape(''.join(_PAIRS.values()))}]")
_CLOSED = re.compile(r"[。！？!?…：:；;.。।॥؟۔—~～|][”’」』》〉）)】\]\"'*_`\s]*$|[”’」』）)】\]\"`*_]$")


def mend(text: str, blocks: Sequence[Block], entries: Collection[int] = ()) -> tuple[Block, ...]:
    """Join paragraphs where the break proves that they are one, and mark as cut those that end without a mark.

    `entries` are the starts of blocks that need no mark and continue nothing: list items, table rows, code.
    The proof is a quotation mark or bracket that opens in the one and closes in the next, or a final 、 or ，.
    """
    out: list[Block] = []
    for block in blocks:
        before = out[-1] if out else None
        if (
            before is not None
            and _is_prose(before, entries)
            and _is_prose(block, entries)
            and goes_on(text[before.start : before.end], text[block.start : block.end])
        ):
            out[-1] = replace(before, end=block.end)
        else:
            out.append(block)
    return tuple(
        replace(block, cut=True) if _is_prose(block, entries) and _is_cut(text[block.start : block.end]) else block
        for block in out
    )


def _is_prose(block: Block, entries: Collection[int]) -> bool:
    return block.kind == "paragraph" and block.start not in entries


def goes_on(first: str, second: str) -> bool:
    """Whether the break between two paragraphs proves that they are one."""
    if _CLOSED.search(first) or len(first) > _LONGEST:
        return False
    return first[-1] in "、，" or bool(unmatched(first)[0] & unmatched(second)[1])


def is_closed(words: str) -> bool:
    """Whether words end with a mark that ends something, and so go on in no other paragraph."""
    return _CLOSED.search(words) is not None


def unmatched(text: str) -> tuple[set[str], set[str]]:
    """The opening marks never closed, and those that closing marks without an opening one stand for."""
    opened: Counter[str] = Counter()
    missing: set[str] = set()
    for char in _BRACKET.findall(text):
        opening = _PAIRS.get(char)
        if opening is None:
            opened[char] += 1
        elif opened[opening]:
            opened[opening] -= 1
        else:
            missing.add(opening)
    return {mark for mark, count in opened.items() if count}, missing


def _is_cut(words: str) -> bool:
    """Whether prose lacks a mark at its end. A short line without one is a name, a date or an entry."""
    return not _CLOSED.search(words) and (len(words) > 40 or any(mark in words for mark in "，。；、"))
