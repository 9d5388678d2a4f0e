"""How probable it is that the quoted evidence answers the question."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from yinju.evidence.expected import Expected
from yinju.evidence.selection import Evidence
from yinju.retriever import Found

_INTERCEPT = -27.0
_WEIGHTS = {"late": 27.0, "coverage": 4.0, "untyped": -1.0}


def features(found: Sequence[Found], evidence: Sequence[Evidence], wanted: Expected) -> dict[str, float]:
    """What the probability is worked out from; every number is 0 to 1."""
    best = evidence[0]
    return {
        "late": best.late,
        "coverage": best.found.signals["lexical"],
        "untyped": float(wanted.kind in ("number", "date", "title") and not best.typed),
    }


def confidence(found: Sequence[Found], evidence: Sequence[Evidence], wanted: Expected) -> float:
    """0 to 1; 0 where there is no evidence at all."""
    if not evidence:
        return 0.0
    values = features(found, evidence, wanted)
    logit = _INTERCEPT + sum(weight * values[name] for name, weight in _WEIGHTS.items())
    return 1.0 / (1.0 + exp(-logit))
