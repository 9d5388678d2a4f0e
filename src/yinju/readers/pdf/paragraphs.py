"""Lines to paragraphs, over the ends of columns and pages where the break proves that they go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from yinju.readers.cleaning import clean, is_wide
from yinju.readers.damage import goes_on, is_closed
from yinju.readers.outline import numbering
from yinju.readers.pdf.lines import Line

_INDENT = 0.8  # of the font's size
_DEEPEST_INDENT = 6.0
_PITCH = 1.35  # times the usual distance of lines
_SAME_SIZE = 0.08
_ENOUGH = 5  # lines
_NOTE = 0.92  # of the body's size: smaller text at a page's foot is a note
_MARKER = re.compile(
    r"(?:[-*+•·●○■◆▪▶►]\s?|[(（]?\d{1,2}[)）.、．]\s?(?!\d)|[(（][一二三四五六七八九十]{1,3}[)）]|[①-⑳])\S"
)
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_FIRST_WORD = re.compile(r"^[^\W\d_]+")
_WORD = re.compile(r"[^\W\u2e80-\uffff]+")
_CONTENTS = re.compile(r".*(?:[.．·…]\s?){4,}\s*[\divxlc]+\s*", re.IGNORECASE)
_NO_START = re.compile(r"[a-z，。、；：！？）」』》”’%）,.;:!?)\]]")


@dataclass(slots=True)
class Paragraph:
    """A paragraph with its first line, its last line, and its text in one piece for each page it stands on."""

    first: Line
    last: Line
    pieces: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    is_entry: bool = False
    is_bold: bool = False
    rows: list[list[str | None]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def paragraphs(region: Sequence[Line], words: frozenset[str]) -> list[Paragraph]:
    """The paragraphs of one region, a column of a page. words: the document's."""
    found: list[Paragraph] = []
    pitch = _pitch(region)
    for before, line in pairwise([None, *region]):
        assert line is not None
        if _CONTENTS.fullmatch(line.text) and len(line.text) > 8:
            continue
        if found and before is not None and found[-1].last is before and _continues(found[-1], before, line, pitch):
            paragraph = found[-1]
            paragraph.pieces[-1] = joined(paragraph.pieces[-1], clean(line.text), words)
            paragraph.last, paragraph.is_bold = line, paragraph.is_bold and line.is_bold
        else:
            is_entry = line.is_row or bool(line.rows) or _MARKER.match(line.text) is not None
            found.append(Paragraph(line, line, [clean(line.text)], [line.page], is_entry, line.is_bold, line.rows))
    return [paragraph for paragraph in found if paragraph.text or paragraph.rows]


def linked(parts: Sequence[Sequence[Paragraph]], words: frozenset[str]) -> list[Paragraph]:
    """All paragraphs of a document, given by regions: the last of one joined with the first of the next where the
    break proves that they are one. Notes at the foot of a page come after a paragraph that goes on over them."""
    everything = [paragraph for part in parts for paragraph in part]
    body = _body_size(everything)
    indents = _uses_indents(everything)
    out: list[Paragraph] = []
    for part in parts:
        for index, paragraph in enumerate(part):
            last = next((each for each in reversed(out) if not _is_note(each, body)), None) if index == 0 else None
            if last is not None and _is_proven(last, paragraph, indents):
                _join(last, paragraph, words)
            else:
                out.append(paragraph)
    return out


def set_columns(parts: Sequence[Sequence[Line]], widths: Sequence[float]) -> None:
    """Say of each line where its column begins and ends: where a good share of the column's lines do.

    A region of few lines says little of that: its column is that of a larger one in the same place or, where no two of
    its lines end together, a page's with equal margins. widths: of the pages.
    """
    ends = [_ends(part) for part in parts]
    known = [end for part, end in zip(parts, ends, strict=True) if end[1] is not None and len(part) >= _ENOUGH]
    for part, (left, right) in zip(parts, ends, strict=True):
        size, furthest = part[0].size, max(line.right for line in part)
        if right is None or len(part) < _ENOUGH:
            near = [end for end in known if abs(end[0] - left) < 4 * size and furthest - size <= (end[1] or 0)]
            page = (left, right or max(furthest, widths[part[0].page] - left))
            left, right = max(near, default=page)
        for line in part:
            line.column = (left, right or furthest)


def _ends(part: Sequence[Line]) -> tuple[float, float | None]:
    prose = [line for line in part if not line.rows] or part
    least = max(2, len(prose) // 6)
    size = median(line.size for line in prose)
    lefts, rights = sorted(line.left for line in prose), sorted((line.right for line in prose), reverse=True)
    left = next((each for each in lefts if sum(0 <= other - each <= size for other in lefts) >= least), lefts[0])
    right = next((each for each in rights if sum(0 <= each - other <= 1.5 * size for other in rights) >= least), None)
    return left, right


def joined(before: str, after: str, words: frozenset[str]) -> str:
    """Two lines as one: words broken at the end joined, Chinese without a space, others with one.

    words: the document's. A hyphen after one of them is the writer's, another the typesetter's.
    """
    if before.endswith("-") and before[-2:-1].isalpha() and after[:1].islower():
        first, second = _LAST_WORD.findall(before[:-1])[-1].lower(), _FIRST_WORD.findall(after)[0].lower()
        stays = f"{first}-{second}" in words or (first in words and first + second not in words)
        return before + after if stays else before[:-1] + after
    if is_wide(before[-1:]) or is_wide(after[:1]) or not before or before.endswith(("-", "/", "–")):
        return before + after
    return f"{before} {after}"


def words_of(lines: Sequence[Line]) -> frozenset[str]:
    """The document's Western words in lower case, hyphenated ones too; not those at line ends, which may be broken."""
    found: set[str] = set()
    for line in lines:
        inner = line.text.split(" ")[1:-1]
        for word in inner:
            bare = word.lower().strip(".,;:!?()[]\"'“”‘’")
            found |= {bare, *bare.split("-")} if bare.count("-") == 1 else {bare}
    return frozenset(found)


def _pitch(region: Sequence[Line]) -> float:
    distances = [above.base - below.base for above, below in pairwise(region) if not above.rows and not below.rows]
    close = [distance for distance in distances if distance > 0]
    return median(close) if close else 0.0


def _continues(paragraph: Paragraph, before: Line, line: Line, pitch: float) -> bool:
    """Whether a line goes on the paragraph that the line before it, `before`, stands in."""
    size = max(before.size, line.size)
    if paragraph.is_entry and not _MARKER.match(paragraph.first.text):
        return False
    if line.is_row or line.rows or abs(before.size - line.size) > _SAME_SIZE * size:
        return False
    if before.base - line.base > max(_PITCH * pitch, 1.2 * size) or line.base >= before.base:
        return False
    if before.is_bold != line.is_bold and (paragraph.is_bold or line.is_bold) and not is_full(before, line.text):
        return False
    if _MARKER.match(line.text) and (paragraph.is_entry or is_closed(before.text)):
        return False
    if line.text[0].islower() and not is_closed(before.text):
        return True  # Western words, wherever the lines end
    indent = (line.left - before.left) / size
    if paragraph.is_entry and paragraph.first is before:
        return is_full(before, line.text) and indent > -0.5  # what hangs below an item's own words
    # Set in from the line before, or as far in as it where that one begins its paragraph: a first line.
    set_in = (line.left - line.column[0]) / size
    is_like_first = paragraph.first is before and abs(indent) < 0.3 and _INDENT < set_in < _DEEPEST_INDENT / 2
    if _INDENT < indent < _DEEPEST_INDENT or is_like_first:
        return False
    return is_full(before, line.text)


def is_full(line: Line, following: str = "") -> bool:
    """Whether a line reaches the end of its column, so that the first word of the next would have found no room."""
    left, right = line.column
    word = _WORD.match(following)
    room = 2.2 if not word or is_wide(following[:1]) else max(1.5, 0.62 * len(word[0]) + 0.3)
    return right - line.right < room * line.size and line.right - left > 4 * line.size


def _is_proven(before: Paragraph, after: Paragraph, indents: bool) -> bool:
    if before.is_entry or after.is_entry or abs(before.last.size - after.first.size) > _SAME_SIZE * after.first.size:
        return False
    first, second = before.text, after.text
    if goes_on(first, second):
        return True
    if is_closed(first) or numbering(second) or not is_full(before.last, second) or before.is_bold != after.is_bold:
        return False
    next_column = before.pages[-1] == after.pages[0] and after.first.base > before.last.base
    if _NO_START.match(second) or next_column:
        return True
    # In a document that sets every paragraph's first line in, one that stands out is no first line.
    return indents and after.first.left - after.first.column[0] < 0.3 * after.first.size


def _join(before: Paragraph, after: Paragraph, words: frozenset[str]) -> None:
    if before.pages[-1] == after.pages[0]:
        before.pieces[-1] = joined(before.pieces[-1], after.pieces[0], words)
    else:
        whole = joined(before.pieces[-1], after.pieces[0], words)
        length = len(whole) - len(after.pieces[0])
        before.pieces[-1:] = [whole[:length], after.pieces[0]]
        before.pages.append(after.pages[0])
    before.pieces += after.pieces[1:]
    before.pages += after.pages[1:]
    before.last = after.last


def _body_size(found: Sequence[Paragraph]) -> float:
    sizes: dict[float, int] = {}
    for paragraph in found:
        sizes[paragraph.first.size] = sizes.get(paragraph.first.size, 0) + len(paragraph.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _is_note(paragraph: Paragraph, body: float) -> bool:
    return paragraph.first.size < _NOTE * body


def _uses_indents(found: Sequence[Paragraph]) -> bool:
    """Whether paragraphs of several lines begin further in than they go on."""
    several = [paragraph for paragraph in found if paragraph.first is not paragraph.last and not paragraph.is_entry]
    indented = sum(paragraph.first.left - paragraph.last.left > _INDENT * paragraph.first.size for paragraph in several)
    return len(several) > 1 and indented * 2 > len(several)
