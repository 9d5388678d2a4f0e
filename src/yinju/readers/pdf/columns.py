"""Which parts of a page are columns of text, and in which order they are read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from yinju.readers.pdf.lines import Run, lines

_GUTTER = 1.0  # of the usual size: a narrower gap divides no columns
_FEWEST_LINES = 3
_FULL = 0.7  # of its column's width: a line that long is running text
_DEEPEST = 3

_Interval = tuple[float, float]


@dataclass(slots=True)
class _Band:
    """Runs that share their height on the page with each other and with nothing else."""

    runs: list[Run]
    covered: list[_Interval]


def regions(found: Sequence[Run], depth: int = 0) -> list[list[Run]]:
    """The runs in parts to be read one after the other: columns where there are any, else what stands between them."""
    if not found:
        return []
    gutter = _GUTTER * median(run.size for run in found)
    parts: list[list[Run]] = []
    single: list[Run] = []
    for group in _groups(_bands(found), gutter):
        columns = _columns(group, gutter) if depth < _DEEPEST else []
        if not columns:
            single += [run for band in group for run in band.runs]
            continue
        if single:
            parts.append(single)
            single = []
        for column in columns:
            parts += regions(column, depth + 1)
    return [*parts, single] if single else parts


def _bands(found: Sequence[Run]) -> list[_Band]:
    bands: list[_Band] = []
    bottom = float("inf")
    for run in sorted(found, key=lambda run: -_top(run)):
        if bands and _top(run) > bottom:
            bands[-1].runs.append(run)
        else:
            bands.append(_Band([run], []))
            bottom = float("inf")
        bottom = min(bottom, run.base)
    for band in bands:
        band.covered = _union([(run.left, run.right) for run in band.runs])
    return bands


def _top(run: Run) -> float:
    return run.base + (run.table.height if run.table else 0.0) + 0.6 * run.size


def _groups(bands: Sequence[_Band], gutter: float) -> list[list[_Band]]:
    """Bands one below the other that leave the same gaps free; a line across a gap begins another group."""
    groups: list[list[_Band]] = []
    covered: list[_Interval] = []
    for band in bands:
        joined = _union([*covered, *band.covered])
        fits = bool(_gaps(joined, gutter)) if _gaps(covered, gutter) else not _gaps(band.covered, gutter)
        if groups and fits:
            groups[-1].append(band)
            covered = joined
        else:
            groups.append([band])
            covered = band.covered
    return groups


def _columns(group: Sequence[_Band], gutter: float) -> list[list[Run]]:
    """The columns a group is made of; none where its gaps are those of a table or of chance."""
    found = [run for band in group for run in band.runs]
    gaps = _gaps(_union([(run.left, run.right) for run in found]), gutter)
    widest = sorted(gaps, key=lambda gap: gap[0] - gap[1])
    for chosen in (gaps, *([gap] for gap in widest[:3])):
        bounds = [(left + right) / 2 for left, right in chosen]
        columns: list[list[Run]] = [[] for _ in range(len(bounds) + 1)]
        for run in found:
            columns[sum(run.left > bound for bound in bounds)].append(run)
        if bounds and all(_is_text(column) for column in columns):
            return columns
    return []


def _is_text(column: Sequence[Run]) -> bool:
    """Whether it reads as running text: enough lines, most of them as long as the column is wide."""
    found = [line for line in lines(column) if not line.rows]
    if len(found) < _FEWEST_LINES:
        return False
    left, right = min(line.left for line in found), max(line.right for line in found)
    full = sum(line.right - line.left >= _FULL * (right - left) for line in found)
    length = median(len(line.text) for line in found)
    rows = sum(line.is_row for line in found)
    return full * 2 >= len(found) and length >= 7 and rows * 3 <= len(found)


def _union(intervals: Sequence[_Interval]) -> list[_Interval]:
    merged: list[_Interval] = []
    for left, right in sorted(intervals):
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _gaps(covered: Sequence[_Interval], least: float) -> list[_Interval]:
    return [(before[1], after[0]) for before, after in itertools.pairwise(covered) if after[0] - before[1] >= least]
