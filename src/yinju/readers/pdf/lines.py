"""Characters on a page to lines of text, column after column."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from yinju.readers.cleaning import is_wide
from yinju.readers.pdf.glyphs import Glyph

_SPACE = 0.18  # of the font's size: a wider gap between words is a space
_WIDE_SPACE = 0.8  # at Chinese marks and between Chinese and Western words, where typesetting leaves room by itself
_BREAK = 1.4  # a wider one ends the run: another column, another cell
_ROW_GAP = 2.0
_MARKER = re.compile(r"[-*+•·●○■◆▪▶►]|[(（]?[\da-zA-Z一二三四五六七八九十]{1,3}[)）.、．]?|[①-⑳]")


@dataclass(slots=True)
class Run:
    """Characters that stand together on one line; or a ruled table, whose place among them is told as theirs is."""

    glyphs: list[Glyph]
    left: float = 0.0
    right: float = 0.0
    base: float = 0.0
    size: float = 0.0
    text: str = ""
    table: Line | None = None

    @classmethod
    def around(cls, table: Line) -> Run:
        return cls([], table.left, table.right, table.base - table.height, table.size, "", table)

    @classmethod
    def of(cls, glyphs: list[Glyph]) -> Run | None:
        """None for white space alone."""
        while glyphs and glyphs[-1].char.isspace():
            glyphs.pop()
        while glyphs and glyphs[0].char.isspace():
            del glyphs[0]
        if not glyphs:
            return None
        size = median(glyph.size for glyph in glyphs)
        base = median(glyph.base for glyph in glyphs)
        right = max(glyph.right for glyph in glyphs)
        return cls(glyphs, glyphs[0].left, right, base, size, _text(glyphs))


@dataclass(slots=True)
class Line:
    """A line of text. left and right: its own ends; column: those of all the lines it stands among. base: its y.

    is_row: words with wide gaps between them, as in a table without rules.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool = False
    is_row: bool = False
    column: tuple[float, float] = (0.0, 0.0)
    page: int = 0
    rows: list[list[str | None]] = field(default_factory=list)  # for a ruled table, which counts as one line
    height: float = 0.0  # of a ruled table, from its first line's base to its end


def runs(glyphs: Iterable[Glyph]) -> list[Run]:
    """Runs in the order they were drawn in."""
    found: list[Run | None] = []
    current: list[Glyph] = []
    spaces = 0
    last: Glyph | None = None
    for glyph in glyphs:
        if last is not None and (not _follows(last, glyph) or spaces > 2):
            found.append(Run.of(current))
            current = []
        elif last is not None and _is_double(last, glyph):
            continue  # a character drawn twice, to look bold
        spaces = spaces + 1 if glyph.char.isspace() else 0
        current.append(glyph)
        last = glyph
    found.append(Run.of(current))
    return [run for run in found if run is not None]


def lines(region: Sequence[Run]) -> list[Line]:
    """The runs of one column as its lines, from the top down."""
    rows: list[list[Run]] = []
    for run in sorted(region, key=lambda run: -run.base):
        if rows and not run.table and not rows[-1][0].table and _on_one_line(rows[-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    column = (min(run.left for run in region), max(run.right for run in region))
    return [_line(_in_order(row), column) for row in rows]


def _in_order(row: Sequence[Run]) -> list[Run]:
    """A line's runs from left to right; anew where one stands inside another, as marks in a font of their own do."""
    ordered = sorted(row, key=lambda run: run.left)
    if all(after.left > before.right - 0.3 * before.size for before, after in pairwise(ordered)):
        return ordered
    return runs(sorted((glyph for run in row for glyph in run.glyphs), key=lambda glyph: glyph.left))


def _follows(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    raised = abs(glyph.base - last.base)
    gap = glyph.left - last.right
    return raised < 0.2 * size and -0.6 * size < gap < _BREAK * size and glyph.left > last.left - 0.3 * size


def _is_double(last: Glyph, glyph: Glyph) -> bool:
    return glyph.char == last.char and abs(glyph.left - last.left) < 0.15 * glyph.size


def _on_one_line(row: Sequence[Run], run: Run) -> bool:
    """Whether a run stands on the line of those before it: a raised figure does, the next line does not."""
    low = min(each.base for each in row)
    high = max(each.base + 0.7 * each.size for each in row)
    overlap = min(high, run.base + 0.7 * run.size) - max(low, run.base)
    return overlap > 0.5 * 0.7 * min(run.size, *(each.size for each in row))


def _line(row: Sequence[Run], column: tuple[float, float]) -> Line:
    if row[0].table:
        return row[0].table
    text, is_row = row[0].text, False
    for before, run in itertools.pairwise(row):
        gap, size = run.left - before.right, max(before.size, run.size)
        is_row |= gap > _ROW_GAP * size and not _MARKER.fullmatch(text)
        text += _between(before.text[-1], run.text[0], gap, size) + run.text
    characters = [glyph for run in row for glyph in run.glyphs]
    bold = sum(glyph.is_bold for glyph in characters) * 10 >= len(characters) * 9
    largest = max(row, key=lambda run: len(run.text))
    return Line(text, row[0].left, max(run.right for run in row), largest.base, largest.size, bold, is_row, column)


def _text(glyphs: Sequence[Glyph]) -> str:
    # How far apart justification sets the characters of this run: a space is what stands out from it.
    gaps = [after.left - before.right for before, after in pairwise(glyphs)]
    usual = max(0.0, median(gaps)) if gaps else 0.0
    text = ""
    last: Glyph | None = None
    for glyph in glyphs:
        if last is not None and not glyph.char.isspace() and not last.char.isspace():
            text += _between(last.char, glyph.char, glyph.left - last.right - usual, glyph.size)
        text += " " if glyph.char.isspace() else glyph.char
        last = glyph
    return text


def _between(before: str, after: str, gap: float, size: float) -> str:
    if before.isalpha() and after.isalpha() and is_wide(before) == is_wide(after):
        needed = _SPACE
    else:
        needed = _WIDE_SPACE if is_wide(before) or is_wide(after) else _SPACE
    return " " if gap > needed * size else ""
