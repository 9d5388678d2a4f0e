"""Tables drawn with rules: which characters stand in which cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from yinju.readers.cleaning import on_one_line
from yinju.readers.pdf.glyphs import Glyph, Rule
from yinju.readers.pdf.lines import Line, lines, runs

_NEAR = 2.5  # points two rules may be apart and still meet
_MOST_RULES = 3000


@dataclass(slots=True)
class Grid:
    """xs and ys: where its columns and rows are divided, ys from the top down."""

    xs: list[float]
    ys: list[float]
    rules: list[Rule]
    cells: dict[tuple[int, int], list[Glyph]] = field(default_factory=dict)

    def cell(self, glyph: Glyph) -> tuple[int, int] | None:
        """(row, column) of a character; None where it stands outside."""
        x, y = (glyph.left + glyph.right) / 2, glyph.base + 0.3 * glyph.size
        if not (self.xs[0] <= x <= self.xs[-1] and self.ys[-1] <= y <= self.ys[0]):
            return None
        row = bisect_right([-each for each in self.ys], -y) - 1
        return min(row, len(self.ys) - 2), min(bisect_right(self.xs, x) - 1, len(self.xs) - 2)

    def line(self) -> Line:
        """The table as one line of its page, with its rows."""
        texts = {place: _words(glyphs) for place, glyphs in self.cells.items()}
        rows: list[list[str | None]] = []
        for row in range(len(self.ys) - 1):
            cells: list[str | None] = []
            for column in range(len(self.xs) - 1):
                words = texts.get((row, column), "")
                if column and not words and not self._is_divided(row, column):
                    cells.append(None)
                elif row and not words and not self._is_closed_above(row, column):
                    cells.append(rows[-1][column])
                else:
                    cells.append(words)
            rows.append(cells)
        size = next((glyph.size for glyphs in self.cells.values() for glyph in glyphs), 0.0)
        ends = (self.xs[0], self.xs[-1])
        return Line("", *ends, self.ys[0] - size, size, column=ends, rows=rows, height=self.ys[0] - size - self.ys[-1])

    def _is_divided(self, row: int, column: int) -> bool:
        """Whether a rule stands between a cell and the one to its left."""
        x, y = self.xs[column], (self.ys[row] + self.ys[row + 1]) / 2
        return any(
            not rule.is_horizontal and abs(rule.left - x) <= _NEAR and rule.bottom - _NEAR <= y <= rule.top + _NEAR
            for rule in self.rules
        )

    def _is_closed_above(self, row: int, column: int) -> bool:
        x, y = (self.xs[column] + self.xs[column + 1]) / 2, self.ys[row]
        return any(
            rule.is_horizontal and abs(rule.top - y) <= _NEAR and rule.left - _NEAR <= x <= rule.right + _NEAR
            for rule in self.rules
        )


def divided(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> tuple[list[Grid], list[Glyph]]:
    """The ruled tables of a page with what is in them, and the characters that are in none."""
    grids = _grids(rules)
    outside = []
    for glyph in glyphs:
        for grid in grids:
            place = grid.cell(glyph)
            if place is not None:
                grid.cells.setdefault(place, []).append(glyph)
                break
        else:
            outside.append(glyph)
    kept = []
    for grid in grids:
        columns = {column for _, column in grid.cells}
        rows = {row for row, _ in grid.cells}
        if len(columns) > 1 and len(rows) > 1:
            kept.append(grid)
        else:  # a frame
            outside += [glyph for cell in grid.cells.values() for glyph in cell]
    return kept, outside


def _grids(rules: Sequence[Rule]) -> list[Grid]:
    if not 4 <= len(rules) <= _MOST_RULES:
        return []
    grids = []
    for group in _touching(rules):
        xs = _places(rule.left for rule in group if not rule.is_horizontal)
        ys = _places(rule.top for rule in group if rule.is_horizontal)
        if len(xs) > 2 and len(ys) > 2:
            grids.append(Grid(xs, ys[::-1], group))
    return grids


def _touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules in groups that meet, directly or through others."""
    groups = list(range(len(rules)))

    def root(index: int) -> int:
        while groups[index] != index:
            groups[index] = groups[groups[index]]
            index = groups[index]
        return index

    order = sorted(range(len(rules)), key=lambda index: rules[index].left)
    open_: list[int] = []
    for index in order:
        rule = rules[index]
        open_ = [other for other in open_ if rules[other].right + _NEAR >= rule.left]
        for other in open_:
            if rules[other].bottom <= rule.top + _NEAR and rules[other].top >= rule.bottom - _NEAR:
                groups[root(other)] = root(index)
        open_.append(index)
    found: dict[int, list[Rule]] = {}
    for index, rule in enumerate(rules):
        found.setdefault(root(index), []).append(rule)
    return list(found.values())


def _places(values: Iterable[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _words(glyphs: Sequence[Glyph]) -> str:
    found = runs(glyphs)
    return on_one_line("\n".join(line.text for line in lines(found))) if found else ""
