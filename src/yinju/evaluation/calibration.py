"""Whether a confidence of 0.8 means right eight times in ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of similar confidence. confidence: their mean. right: the share of them that were right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """error: the expected calibration error over `bins` of equal mass (Naeini et al. 2015), 0 to 1.

    tenths: bins of equal width, from 0 to 0.1 and so on; None for one nothing falls into.
    """

    count: int
    error: float
    bins: tuple[Bin, ...]
    tenths: tuple[Bin | None, ...]


def calibrate(answers: Sequence[tuple[float, bool]], bins: int = BINS) -> Calibration | None:
    """From (confidence, whether it was right); None where there are none. Fewer bins where there are fewer answers."""
    if not answers:
        return None
    ordered = sorted(answers, key=lambda answer: answer[0])
    bins = min(bins, len(ordered))
    bounds = [len(ordered) * number // bins for number in range(bins + 1)]
    even = tuple(_bin(ordered[start:end]) for start, end in pairwise(bounds))
    tenths: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for answer in ordered:
        tenths[min(int(answer[0] * 10), 9)].append(answer)
    error = sum(each.count * abs(each.confidence - each.right) for each in even) / len(ordered)
    return Calibration(len(ordered), error, even, tuple(_bin(group) if group else None for group in tenths))


def _bin(group: Sequence[tuple[float, bool]]) -> Bin:
    return Bin(len(group), fmean(confidence for confidence, _ in group), fmean(right for _, right in group))
