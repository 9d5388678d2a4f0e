"""Which characters of a quoted sentence answer: of the candidates, the one nearest to what the question names."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from yinju.encoder import Floats
from yinju.evidence.expected import Expected
from yinju.evidence.spans import candidates
from yinju.question import Question
from yinju.records import Span
from yinju.text import fold

_REACH = 12.0  # characters; how far an aligned word speaks for what stands near it
_BEFORE = 0.8  # what is counted or dated mostly stands behind its number: a word before it speaks a little less
_UNIT_CHARACTER = 2.0  # for each character of what is counted that follows the figure; outweighs any nearness
_FIGURE = re.compile(r"第?[约近超逾达过]?(?:[\d,.]+|[一二三四五六七八九十百千两零〇]+)[百千万亿]*[余多来]?\s?")


def answers(sentence: str, wanted: Expected) -> list[Span]:
    """Spans of `sentence`, in order, that may answer: of the kind asked for and not said by the question itself."""
    return [span for span in candidates(sentence, wanted.kind) if fold(span.of(sentence)) not in wanted.asked]


def highlights(
    sentence: str, question: Question, wanted: Expected, similar: Floats, offsets: NDArray[np.int32]
) -> list[Span]:
    """Spans of `sentence`: the best one, all in order where several things are asked for, none where none fits.

    similar: (question tokens, sentence tokens); offsets: (sentence tokens, 2) into `sentence`.
    """
    found = answers(sentence, wanted)
    if wanted.many or len(found) <= 1:
        return found
    nearness = _Nearness(question, similar, offsets)
    # The first of equals: max keeps it.
    return [max(found, key=lambda span: _unit_match(sentence, span, wanted) + nearness.of(span))]


def _unit_match(sentence: str, span: Span, wanted: Expected) -> float:
    """For what is counted, as far as it follows the figure in the question's own words; for an ordinal, its mark."""
    if not wanted.unit:
        return 0.0
    text = fold(sentence[span.start : span.end + len(wanted.unit)])
    figure = _FIGURE.match(text)
    behind = text[figure.end() :] if figure else text
    length = next((i for i, (a, b) in enumerate(zip(behind, wanted.unit, strict=False)) if a != b), None)
    matched = min(len(behind), len(wanted.unit)) if length is None else length
    ordinal = "第几" in wanted.asked
    return _UNIT_CHARACTER * (matched + (ordinal == text.startswith("第")))


class _Nearness:
    """How near to a span the words stand that the question's words align with, each weighed by how well it does."""

    def __init__(self, question: Question, similar: Floats, offsets: NDArray[np.int32]) -> None:
        if similar.size == 0:
            similar, offsets = np.zeros((len(similar), 1), np.float32), np.zeros((1, 2), np.int32)
        best = similar.argmax(axis=1)
        # A word that aligns with everything alike points nowhere.
        self._strength = question.token_weights * (similar.max(axis=1) - similar.mean(axis=1))
        self._starts, self._ends = offsets[best, 0], offsets[best, 1]

    def of(self, span: Span) -> float:
        after, before = self._starts - span.end, span.start - self._ends
        distance = np.maximum(np.maximum(after, before), 0)
        side = np.where(after >= 0, 1.0, _BEFORE)
        return float((self._strength * side * np.exp(-distance / _REACH)).sum())
