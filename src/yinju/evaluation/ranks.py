"""What ranks are worth: recall at several depths and the mean reciprocal rank, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

DEPTHS = (1, 3, 5, 10)
DEEPEST = DEPTHS[-1]
RESAMPLES = 1000
_DECIMALS = 4

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its 95 % bootstrap interval; fractions from 0 to 1."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        return {name: round(value, _DECIMALS) for name, value in asdict(self).items()}


def figures(ranks: Sequence[int | None]) -> dict[str, Figure]:
    """Recall at each of DEPTHS and MRR@10 by name.

    ranks: of each question's own passage, from 1; None where it was not among the first ten. Not empty.
    """
    found = np.array([np.inf if rank is None or rank > DEEPEST else rank for rank in ranks], np.float64)
    columns = {f"recall@{depth}": (found <= depth).astype(np.float64) for depth in DEPTHS}
    return {name: mean(values) for name, values in {**columns, f"mrr@{DEEPEST}": 1 / found}.items()}


def mean(values: Doubles) -> Figure:
    """The mean of (n,) values, and between what the means of 95 % of their resamples lie; the same at every call."""
    chance = np.random.default_rng(0)
    counts = chance.multinomial(len(values), np.full(len(values), 1 / len(values)), RESAMPLES)
    low, high = np.quantile(counts @ values / len(values), (0.025, 0.975))
    return Figure(float(values.mean()), float(low), float(high))
