"""Runs of rows and columns, and maxima over them: the arithmetic of late interaction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

NOTHING = -1.0  # the similarity of what has no tokens; below any cosine


def segment_max(values: Floats, bounds: Rows) -> Floats:
    """(n, segments): the maximum of each row of `values` over each `[first, last)`; `NOTHING` over an empty one."""
    if len(bounds) == 0:
        return np.empty((len(values), 0), np.float32)
    highest: Floats = np.maximum.reduceat(values, bounds.ravel(), axis=1)[:, ::2]
    highest[:, bounds[:, 0] == bounds[:, 1]] = NOTHING
    return highest


def with_neighbours(values: Floats, starts: Rows) -> Floats:
    """(n, sentences): the maximum over each sentence and those beside it in its passage."""
    wide = values.copy()
    same = np.ones(max(values.shape[1] - 1, 0), bool)
    inner = starts[1:-1]
    same[inner[(inner > 0) & (inner < values.shape[1])] - 1] = False
    np.maximum(wide[:, 1:], values[:, :-1], out=wide[:, 1:], where=same)
    np.maximum(wide[:, :-1], values[:, 1:], out=wide[:, :-1], where=same)
    return wide


def reduce_max(values: Floats, starts: Rows) -> Floats:
    """(segments,): the maximum of `values` between consecutive `starts`, -inf for an empty segment."""
    padded = np.append(values, np.float32(-np.inf))
    highest: Floats = np.maximum.reduceat(padded, starts[:-1])
    highest[np.diff(starts) == 0] = -np.inf
    return highest


def ranges(starts: Rows, lengths: Rows) -> Rows:
    """starts[0], starts[0] + 1, … for lengths[0] numbers, then the same from starts[1], and so on."""
    before = np.cumsum(lengths) - lengths
    numbers: Rows = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return numbers
