"""Tables as lines that can be quoted alone: each row with its columns' labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yinju.readers.cleaning import on_one_line

Row = Sequence[str | None]
"""A row's cells. None: the cell to the left goes on here. A cell that spans rows is given in each of them."""

_NUMBER = re.compile(r"[-+−(（]?[¥￥$€£]?\d[\d,，.]*(?:[%‰)）]|\s?[a-zA-Z\u4e00-\u9fff]{1,3})?")
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_LONGEST_LABEL = 40
_ENOUGH_ROWS = 4


def lines(rows: Sequence[Row], headers: int | None = None) -> list[str]:
    """A line for each row under the headers. headers: how many of the first rows label the columns; None: to be seen.

    With headers a line is `label：value；label：value`, without them the cells alone; in two columns `label：value`.
    """
    return [line for _, line in numbered_lines(rows, headers)]


def numbered_lines(rows: Sequence[Row], headers: int | None = None) -> Iterator[tuple[int, str]]:
    """`lines`, each with the index of its row."""
    tidy = [(index, _tidy(row)) for index, row in enumerate(rows) if any(row)]
    tidy = [(index, row) for index, row in tidy if any(row)]
    width = max((len(row) for _, row in tidy), default=0)
    while headers is None and width > 1 and tidy and sum(map(bool, tidy[0][1])) == 1:
        index, row = tidy.pop(0)
        yield index, _plain(row)  # the table's title, its units
    found = [row for _, row in tidy]
    count = _headers(found) if headers is None else headers
    if count >= len(found):
        count = 0  # a table of nothing but headers is one of rows
    labels = _labels(found[:count])
    heads = [_filled(row) for row in found[:count]]
    for index, row in tidy[count:]:
        if count and _filled(row) in heads:
            continue  # repeated at the top of a page
        yield index, _labelled(row, labels) if count else _plain(row)


def _tidy(row: Row) -> list[str | None]:
    cells = [None if cell is None else on_one_line(cell) for cell in row]
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _headers(rows: Sequence[Row]) -> int:
    """1 where the first row labels the columns below it, as their content shows; otherwise 0."""
    if not rows:
        return 0
    first, rest = rows[0], rows[1:]
    if None in first and rest:
        return 2  # labels over several columns, and those of each column below them
    cells = [cell for cell in first if cell]
    width = max(len(row) for row in rows)
    if len(cells) < 2 or len(cells) < len(first[1:]) or "" in first[1:] or not rest:
        return 0
    if any(len(cell) > _LONGEST_LABEL or (_NUMBER.fullmatch(cell) and not _YEAR.fullmatch(cell)) for cell in cells):
        return 0
    if width == 2:  # a form's labels and values look the same, unless the values are figures
        return int(len(rest) > 1 and all(len(row) > 1 and _NUMBER.fullmatch(row[1] or "") for row in rest))
    if len(rows) >= _ENOUGH_ROWS:
        return 1
    columns = [[row[index] for row in rest if index < len(row) and row[index]] for index in range(len(first))]
    return int(any(column and all(_NUMBER.fullmatch(cell or "") for cell in column) for column in columns))


def _labels(heads: Sequence[Row]) -> list[str]:
    """Each column's label: what its header cells say from the top down, each thing once."""
    filled = [_filled(row) for row in heads]
    width = max(map(len, filled), default=0)
    columns = ([row[index] for row in filled if index < len(row) and row[index]] for index in range(width))
    return [" ".join(dict.fromkeys(column)) for column in columns]


def _filled(row: Row) -> list[str]:
    cells: list[str] = []
    for cell in row:
        cells.append((cells[-1] if cells else "") if cell is None else cell)
    return cells


def _labelled(row: Row, labels: Sequence[str]) -> str:
    parts: list[str] = []
    if len(labels) > 2 and sum(map(bool, row)) == 1:
        return _plain(row)  # a note across the table
    for index, cell in enumerate(row):
        if cell:
            label = labels[index] if index < len(labels) else ""
            parts.append(f"{label}：{cell}" if label and label != cell else cell)
    return "；".join(parts)


def _plain(row: Row) -> str:
    cells = [cell for cell in row if cell]
    if len(cells) == 2 and len(cells[0]) <= _LONGEST_LABEL and not cells[0].endswith(("：", ":", "。")):
        return "：".join(cells)
    return " ".join(cells)
