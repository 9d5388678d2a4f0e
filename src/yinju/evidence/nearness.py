"""How strongly the words of a sentence that a question's words align with speak for one span of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yinju.encoder import Floats
from yinju.question import Question
from yinju.records import Span
from yinju.text import clauses, fold

_REACH = 20.0  # characters; how far an aligned word speaks for what stands near it
_ANOTHER_CLAUSE = 0.6  # a word behind a comma speaks for what is there
_ANOTHER_PART = 0.4  # a semicolon parts what is said of one thing from what is said of the next
_SAID = 0.2  # for a clause that says the question word for word
# What stands before such a comma, often a date, belongs to the clause after it.
_ADVERBIAL = re.compile(r"[\d年月日号至到底前初中末上下旬今去全其截凌晨午夜间里、，:：\s]{0,12}|[^\d一-十]{0,7}")

_PART = re.compile("[；;]")


class Nearness:
    """How near to a span the words stand that the question's words align with, each weighed by how well it does.

    similar: (question tokens, sentence tokens); offsets: (sentence tokens, 2) into `sentence`. behind: what a word
    after the span counts.
    """

    def __init__(
        self, sentence: str, question: Question, similar: Floats, offsets: NDArray[np.int32], behind: float = 1.0
    ) -> None:
        self._behind = behind
        self._offsets = offsets
        self.pieces = clauses(sentence, Span(0, len(sentence)))
        self._breaks = [piece.end for piece in self.pieces if not _ADVERBIAL.fullmatch(piece.of(sentence))]
        self._parts = [match.end() for match in _PART.finditer(sentence)]
        text = fold(sentence)
        self._sentence = text if len(text) == len(sentence) else sentence
        self._asked = _pairs(fold(question.text))
        # A word that aligns with everything alike points nowhere.
        points = similar - similar.mean(axis=1, keepdims=True) if similar.size else similar
        self._pointing = question.token_weights[:, np.newaxis] * np.maximum(points, 0.0)

    def of(self, span: Span) -> float:
        if self._pointing.size == 0:
            return 0.0
        starts, ends = self._offsets[:, 0], self._offsets[:, 1]
        distance = np.maximum(np.maximum(starts - span.end, span.start - ends), 0)
        near = np.exp(-distance / _REACH) * self._between(self._breaks, span, _ANOTHER_CLAUSE)
        near *= self._between(self._parts, span, _ANOTHER_PART) * np.where(starts >= span.end, self._behind, 1.0)
        return float((self._pointing * near).max(axis=1).sum()) + _SAID * self._said(span)

    def _said(self, span: Span) -> float:
        """The share of the question's pairs of characters that the clause around the span holds."""
        if not self._asked:
            return 0.0
        at, breaks = bisect_right(self._breaks, span.start), self._breaks
        start, end = breaks[at - 1] if at else 0, breaks[at] if at < len(breaks) else len(self._sentence)
        return len(self._asked & _pairs(self._sentence[start:end])) / len(self._asked)

    def _between(self, breaks: list[int], span: Span, factor: float) -> NDArray[np.float64]:
        own = np.searchsorted(breaks, span.start, side="right")
        crossed = np.abs(np.searchsorted(breaks, self._offsets[:, 0], side="right") - own)
        found: NDArray[np.float64] = np.power(factor, crossed)
        return found


def _pairs(text: str) -> set[str]:
    return {a + b for a, b in pairwise(text) if "\u4e00" <= a <= "\u9fff" and "\u4e00" <= b <= "\u9fff"}
