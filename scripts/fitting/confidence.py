"""The weights of confidence: a logistic regression over questions with and without an answer in the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from scripts.fitting.samples import Sample
from yinju.answering import DEPTH
from yinju.derived import Derived
from yinju.evidence.confidence import FEATURES, TOPIC_FEATURES, features
from yinju.evidence.expected import expected
from yinju.evidence.selection import select
from yinju.question import Question
from yinju.repetition import unrepeated
from yinju.retriever import ranked
from yinju.text import fold

Doubles = NDArray[np.float64]
_AGAINST = frozenset({"elsewhere", "untyped", "unfigured", "missing_numbers", "unknown_numbers", "missing_names"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What was seen of a question, and whether the evidence chosen for it holds an answer."""

    kind: str
    features: dict[str, float]
    right: bool


def judge(derived: Derived, question: Question, sample: Sample) -> Judged | None:
    """None where not a single sentence was found."""
    found = list(islice(unrepeated(ranked(derived, question, DEPTH)), DEPTH))  # as the library does
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


def fit(judged: Sequence[Judged]) -> dict[str, dict[str, dict[str, float]]]:
    """As `yinju.evidence.confidence.Weights`.

    The topic is learned from all questions; whether it is answered from those that are not from elsewhere.
    """
    on_topic = [each.kind != "elsewhere" for each in judged]
    topical = [each for each, kept in zip(judged, on_topic, strict=True) if kept]
    return {
        "topic": _both_scripts(judged, on_topic, TOPIC_FEATURES),
        "answer": _both_scripts(topical, [each.right for each in topical], FEATURES),
    }


def _both_scripts(
    judged: Sequence[Judged], outcomes: Sequence[bool], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Apart for questions in the passages' script and in another."""
    values = np.array([[each.features[name] for name in names] for each in judged])
    foreign = np.array([each.features["foreign"] for each in judged], bool)
    outcome = np.array(outcomes, float)
    return {
        "same": _fit(values[~foreign], outcome[~foreign], names),
        "foreign": _fit(values[foreign], outcome[foreign], names),
    }


def _fit(values: Doubles, outcome: Doubles, names: Sequence[str]) -> dict[str, float]:
    """Logits a unit of each feature, on its own side of 0, and an `intercept`."""
    spread = values.std(axis=0) + 1e-9
    loss = _Loss(np.hstack((values / spread, np.ones((len(values), 1)))), outcome)
    sides = [(None, 0.0) if name in _AGAINST else (0.0, None) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*sides, (None, None)]).x
    weights = {"intercept": found[-1], **dict(zip(names, found[:-1] / spread, strict=True))}
    return {name: round(float(weight), 3) + 0.0 for name, weight in weights.items()}  # + 0.0: no minus zero


@dataclass(frozen=True, slots=True)
class _Loss:
    """Of a logistic regression whose last column is the intercept's, with an L2 penalty on the others."""

    columns: Doubles
    outcome: Doubles

    def __call__(self, weights: Doubles) -> tuple[float, Doubles]:
        """The loss, with its gradient."""
        logits = self.columns @ weights
        probability = 1 / (1 + np.exp(-logits))
        penalised = np.append(weights[:-1], 0.0)
        loss = np.logaddexp(0, -logits * (2 * self.outcome - 1)).sum() + penalised @ penalised / 2
        return float(loss), self.columns.T @ (probability - self.outcome) + penalised
