"""The retriever's weights: a conditional logit (McFadden 1974) over the candidate sentences of each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from scripts.fitting.samples import Sample
from yinju.derived import Derived
from yinju.question import Question
from yinju.retriever import FEATURES, measure

Doubles = NDArray[np.float64]
_PENALTY = 1e-3
_PASSAGE_SHARE = 0.5  # how much of the loss is about the passage; the rest is about the very sentence


@dataclass(frozen=True, slots=True)
class Choice:
    """A question's candidate sentences. features: (n, features); passage, sentence: (n,) whether it is right."""

    features: NDArray[np.float32]
    passage: NDArray[np.bool_]
    sentence: NDArray[np.bool_]


def choice(derived: Derived, question: Question, sample: Sample) -> Choice | None:
    """What there was to choose from; None if what answers was no candidate."""
    measured = measure(derived, question)
    places, owner = measured.sentences.places, measured.owner
    own = np.array([derived.passages.document(int(row)).name == sample.document for row in measured.rows], bool)
    begins = np.array(sample.starts)[:, np.newaxis]
    sentence = own[owner] & ((places["start"] <= begins) & (begins < places["end"])).any(axis=0)
    passage = np.isin(owner, owner[sentence])
    return Choice(measured.features, passage, sentence) if sentence.any() else None


def fit(choices: Sequence[Choice], counts: Sequence[float]) -> dict[str, float]:
    """A weight for each of FEATURES, logits a unit. counts: how much each choice does."""
    features = np.concatenate([each.features for each in choices]).astype(np.float64)
    spread = features.std(axis=0) + 1e-9
    starts = np.cumsum([0, *(len(each.features) for each in choices)])[:-1]
    passage = np.concatenate([each.passage for each in choices])
    sentence = np.concatenate([each.sentence for each in choices])
    loss = _Loss(features / spread, starts, passage, sentence, np.array(counts) / sum(counts))
    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return {name: round(float(weight), 3) for name, weight in zip(FEATURES, found.x / spread, strict=True)}


def recall(choices: Sequence[Choice], weights: Mapping[str, float]) -> float:
    """How often a right passage comes first among the candidates."""
    values = np.array([weights[name] for name in FEATURES])
    return float(np.mean([each.passage[int(np.argmax(each.features @ values))] for each in choices]))


@dataclass(frozen=True, slots=True)
class _Loss:
    features: Doubles
    starts: NDArray[np.int64]
    passage: NDArray[np.bool_]
    sentence: NDArray[np.bool_]
    counts: Doubles  # (choices,), summing to 1

    def __call__(self, weights: Doubles) -> tuple[float, Doubles]:
        """The mean negative log-likelihood, with its gradient."""
        scores = self.features @ weights
        everything, share = self._soft(scores, np.ones(len(scores), bool))
        loss, gradient = _PENALTY * float(weights @ weights), 2 * _PENALTY * weights
        for right, part in ((self.passage, _PASSAGE_SHARE), (self.sentence, 1 - _PASSAGE_SHARE)):
            chosen, chosen_share = self._soft(scores, right)
            loss += part * float(self.counts @ (everything - chosen))
            per_sentence = np.repeat(self.counts, np.diff(np.append(self.starts, len(scores))))
            gradient = gradient + part * ((share - chosen_share) * per_sentence @ self.features)
        return loss, gradient

    def _soft(self, scores: Doubles, among: NDArray[np.bool_]) -> tuple[Doubles, Doubles]:
        """(questions,) log-sum-exp over the sentences `among`, and (sentences,) each one's share of it."""
        masked = np.where(among, scores, -np.inf)
        counts = np.diff(np.append(self.starts, len(scores)))
        highest = np.maximum.reduceat(masked, self.starts)
        powers = np.exp(masked - np.repeat(highest, counts))
        totals = np.add.reduceat(powers, self.starts)
        return highest + np.log(totals), powers / np.repeat(totals, counts)
