"""A reading as JSON values, and back with every value checked: what wrote it may have been taken over by a file."""

from __future__ import annotations

from typing import Any, get_args

from yinju.records import Block, BlockKind, Reading

_KINDS = frozenset(get_args(BlockKind))


def values_of(reading: Reading) -> dict[str, object]:
    return {
        "text": reading.text,
        "title": reading.title,
        "date": reading.date,
        "blocks": [[block.kind, block.start, block.end, block.level, block.cut] for block in reading.blocks],
        "pages": list(reading.pages),
    }


def reading_of(values: Any) -> Reading:
    """Raises ValueError, TypeError or KeyError for values that are no reading."""
    blocks = tuple(_block(*each) for each in values["blocks"])
    reading = Reading(values["text"], values["title"], values["date"], blocks, tuple(values["pages"]))
    _check(reading)
    return reading


def _block(kind: Any, start: Any, end: Any, level: Any, cut: Any) -> Block:
    if kind not in _KINDS or not all(type(number) is int for number in (start, end, level)) or type(cut) is not bool:
        raise ValueError("not a block")
    return Block(kind, start, end, level, cut)


def _check(reading: Reading) -> None:
    if (
        not _is_text(reading.text)
        or not _is_text(reading.title)
        or not (reading.date is None or _is_text(reading.date))
    ):
        raise TypeError("text, title and date are strings")
    end = 0
    for block in reading.blocks:
        if not end <= block.start < block.end <= len(reading.text):
            raise ValueError("blocks are in order and within the text")
        end = block.end
    before = 0
    for page in reading.pages:
        if type(page) is not int or not before <= page <= len(reading.text):
            raise ValueError("pages are offsets in order")
        before = page


def _is_text(value: object) -> bool:
    """Whether it is a string that SQLite and UTF-8 take. Raises ValueError for lone surrogates, which JSON lets by."""
    return isinstance(value, str) and len(value.encode()) >= len(value)
