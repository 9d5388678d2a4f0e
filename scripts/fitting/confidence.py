"""The weights of confidence: a logistic regression over questions with and without an answer in the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from scripts.fitting.samples import Sample
from yinju.derived import Derived
from yinju.evidence.confidence import FEATURES, TOPIC_FEATURES, features
from yinju.evidence.expected import expected
from yinju.evidence.selection import select
from yinju.question import Question
from yinju.repetition import unrepeated
from yinju.retriever import search
from yinju.text import fold

Doubles = NDArray[np.float64]
_DEPTH = 10
_AGAINST = frozenset({"elsewhere", "unheard", "untyped", "missing_numbers", "unknown_numbers", "missing_names"})


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


def fit(judged: Sequence[Judged], counts: Sequence[float]) -> dict[str, dict[str, dict[str, float]]]:
    """As `yinju.evidence.confidence.Weights`. counts: how much each question does.

    The topic is learned from all questions; whether it is answered from those that are not from elsewhere.
    """
    seen = [(each, count, each.kind != "elsewhere") for each, count in zip(judged, counts, strict=True)]
    return {
        "topic": _both_scripts([(each, count, on_topic) for each, count, on_topic in seen], TOPIC_FEATURES),
        "answer": _both_scripts([(each, count, each.right) for each, count, on_topic in seen if on_topic], FEATURES),
    }


def _both_scripts(seen: Sequence[tuple[Judged, float, bool]], names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Apart for questions in the passages' script and in another."""
    scripts = {"same": 0.0, "foreign": 1.0}
    return {
        name: _fit([one for one in seen if one[0].features["foreign"] == flag], names) for name, flag in scripts.items()
    }


def _fit(seen: Sequence[tuple[Judged, float, bool]], names: Sequence[str]) -> dict[str, float]:
    """Logits a unit of each feature, on its own side of 0, and an `intercept`."""
    values = np.array([[each.features[name] for name in names] for each, _, _ in seen])
    spread = values.std(axis=0) + 1e-9
    columns = np.hstack((values / spread, np.ones((len(seen), 1))))
    outcome = np.array([outcome for _, _, outcome in seen], float)
    loss = _Loss(columns, outcome, np.array([count for _, count, _ in seen]))
    sides = [(None, 0.0) if name in _AGAINST else (0.0, None) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*sides, (None, None)]).x
    weights = {"intercept": found[-1], **dict(zip(names, found[:-1] / spread, strict=True))}
    return {name: round(float(weight), 3) + 0.0 for name, weight in weights.items()}  # + 0.0: no minus zero


@dataclass(frozen=True, slots=True)
class _Loss:
    """Of a logistic regression whose last column is the intercept's, with an L2 penalty on the others."""

    columns: Doubles
    outcome: Doubles
    counts: Doubles

    def __call__(self, weights: Doubles) -> tuple[float, Doubles]:
        """The loss, with its gradient."""
        logits = self.columns @ weights
        probability = 1 / (1 + np.exp(-logits))
        penalised = np.append(weights[:-1], 0.0)
        loss = self.counts @ np.logaddexp(0, -logits * (2 * self.outcome - 1)) + penalised @ penalised / 2
        return float(loss), self.columns.T @ (self.counts * (probability - self.outcome)) + penalised
