"""The weights of confidence: a logistic regression over questions with and without an answer in the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from scripts.fitting.samples import Sample
from yinju.derived import Derived
from yinju.evidence.confidence import FEATURES, features
from yinju.evidence.expected import expected
from yinju.evidence.selection import select
from yinju.question import Question
from yinju.repetition import unrepeated
from yinju.retriever import search
from yinju.text import fold

_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What was seen of a question, and whether the evidence chosen for it holds an answer."""

    kind: str
    features: dict[str, float]
    right: bool


def judge(derived: Derived, question: Question, sample: Sample) -> Judged | None:
    """None where not a single sentence was found."""
    found = unrepeated(search(derived, question, _DEPTH))
    wanted = expected(question.asking)
    evidence = select(found, wanted)
    if not evidence:
        return None
    quoted = fold(
        "\n".join(each.text for each in evidence if derived.passages.document(each.found.row).name == sample.document)
    )
    said = [fold(answer) in quoted for answer in sample.answers]
    right = bool(said) and (all(said) if sample.all_of else any(said))
    return Judged(sample.kind, features(question, wanted, found, evidence, derived), right)


def fit(judged: Sequence[Judged], weights: Sequence[float]) -> dict[str, dict[str, float]]:
    """Logits a unit of each feature and an `intercept`, for questions in the passages' script and in another.

    weights: how much each counts.
    """
    sides = {"same": 0.0, "foreign": 1.0}
    both = list(zip(judged, weights, strict=True))
    return {side: _fit([each for each in both if each[0].features["foreign"] == flag]) for side, flag in sides.items()}


def _fit(weighed: Sequence[tuple[Judged, float]]) -> dict[str, float]:
    judged = [each for each, _ in weighed]
    values = np.array([[each.features[name] for name in FEATURES] for each in judged])
    right = np.array([each.right for each in judged])
    spread = values.std(axis=0) + 1e-9
    counts = [weight for _, weight in weighed]
    model = LogisticRegression(C=1.0, max_iter=5000).fit(values / spread, right, sample_weight=counts)
    found = dict(zip(FEATURES, (model.coef_[0] / spread).tolist(), strict=True))
    return {name: round(weight, 3) for name, weight in {"intercept": float(model.intercept_[0]), **found}.items()}
