"""Headings told by how their lines look, where nothing in the file says which they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from yinju.readers import outline
from yinju.readers.dates import iso_date

_LARGER = 1.12  # times the body's size
_LONGEST = 120  # columns
_NOT_HEADINGS = ("。", "；", "，", "、", "：", ";", ",", ":", "！", "?", "？")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, list item or row, and how it looks. size: points, 0 where unknown. level: where the file says it."""

    text: str
    size: float = 0.0
    is_bold: bool = False
    is_entry: bool = False
    level: int | None = None  # 0 for the title


def found_headings(lines: Sequence[Line]) -> dict[int, int]:
    """The level of each line that is a heading, by its index; 0 for the lines that are the title.

    A heading is set larger than the body, or bold or numbered as headings are, and stands alone on its line.
    """
    body = _body_size(lines)
    bold_body = _mostly_bold(lines)
    looks = {index: look for index, line in enumerate(lines) if (look := _look(line, body, bold_body)) is not None}
    title = _title(lines, looks, body)
    for index in title:
        del looks[index]
    for index in [index for index in looks if _is_in_a_list(index, looks, lines)]:
        del looks[index]
    ranked = {look: rank for rank, look in enumerate(sorted(set(looks.values())))}
    levels = outline.nested([ranked[look] for look in looks.values()])
    return dict.fromkeys(title, 0) | dict(zip(looks, levels, strict=True))


_Look = tuple[float, bool, int]
"""What ranks a heading, the highest first: its size (negative), whether it isn't bold, its numbering."""


def _look(line: Line, body: float, bold_body: bool) -> _Look | None:
    words = line.text
    if line.is_entry or "\n" in words or outline.columns(words) > _LONGEST or words.endswith(_NOT_HEADINGS):
        return None
    if not any(map(str.isalpha, words)) or iso_date(words.strip("()（）")):
        return None
    numbered = outline.numbering(words)
    is_larger = body > 0 and line.size >= body * _LARGER
    is_bold = line.is_bold and not bold_body and outline.columns(words) <= 80
    if not (is_larger or is_bold or numbered):
        return None
    return (-round(line.size * 2) / 2 if is_larger else 0.0, not is_bold and not is_larger, numbered)


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _mostly_bold(lines: Sequence[Line]) -> bool:
    return sum(len(line.text) for line in lines if line.is_bold) * 2 > sum(len(line.text) for line in lines)


def _title(lines: Sequence[Line], looks: dict[int, _Look], body: float) -> list[int]:
    """The first lines of all in the largest size there is, where that is larger than the body's."""
    largest = max((line.size for line in lines), default=0.0)
    start = next((index for index, line in enumerate(lines[:12]) if index in looks and line.size == largest), None)
    if start is None or body == 0 or largest < body * _LARGER:
        return []
    end = start
    while end < len(lines) and end - start < 4 and lines[end].size == largest and end in looks:
        end += 1
    return list(range(start, end)) if end < len(lines) else []


def _is_in_a_list(index: int, looks: dict[int, _Look], lines: Sequence[Line]) -> bool:
    """Whether lines of the same look stand beside it, or nothing below: items of a list, a table of contents."""
    look = looks[index]
    is_told_by_number = look[0] == 0.0 and look[1]
    if not is_told_by_number:
        return False
    return index + 1 == len(lines) or looks.get(index + 1) == look or looks.get(index - 1) == look
