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
from yinju.text import clauses, fold

_REACH = 12.0  # characters; how far an aligned word speaks for what stands near it
_ANOTHER_CLAUSE = 0.4  # a word behind a comma speaks for what is there
_ADVERBIAL = 8  # characters; what stands before such a comma, often a date, belongs to the clause after it
_UNIT_CHARACTER = 2.0  # for each character of what is counted that follows the figure; outweighs any nearness
# Asked for a day, a year beside one tells of which edition or plan the sentence speaks.
_BARE_YEAR = re.compile(r"\d{4}\s?[年년]?")
_ASKS_YEAR = re.compile(r"[哪何几]一?个?年|年份|\byears?\b|몇\s?년|어느 해|\bгод|ann[eé]e|jahr|\baños?\b|\banos?\b")
_MAGNITUDES = "百千万亿"
_FIGURE = re.compile(rf"第?[约近超逾达过]*(?:[\d,.]+|[一二三四五六七八九十百千两零〇]+)[{_MAGNITUDES}]*[余多来]?\s?")


def answers(sentence: str, wanted: Expected) -> list[Span]:
    """Spans of `sentence`, in order, that may answer: of the kind asked for and not said by the question itself."""
    found = [span for span in candidates(sentence, wanted.kind) if fold(span.of(sentence)) not in wanted.asked]
    if wanted.kind != "date" or _ASKS_YEAR.search(wanted.asked):
        return found
    finer = [span for span in found if not _BARE_YEAR.fullmatch(span.of(sentence))]
    return finer or found


def highlights(
    sentence: str, question: Question, wanted: Expected, similar: Floats, offsets: NDArray[np.int32]
) -> list[Span]:
    """Spans of `sentence`: the best one, all in order where several things are asked for, none where none fits.

    similar: (question tokens, sentence tokens); offsets: (sentence tokens, 2) into `sentence`.
    """
    found = answers(sentence, wanted)
    if wanted.many or len(found) <= 1:
        return found
    nearness = _Nearness(sentence, question, similar, offsets)
    # The first of equals: max keeps it.
    return [max(found, key=lambda span: _unit_match(sentence, span, wanted) + nearness.of(span))]


def _unit_match(sentence: str, span: Span, wanted: Expected) -> float:
    """For what is counted, as far as it stands by the figure in the question's own words; for an ordinal, its mark."""
    unit = wanted.unit.lstrip(_MAGNITUDES)
    if not unit:
        return 0.0
    text = fold(sentence[span.start : span.end + len(unit)])
    figure = _FIGURE.match(text)
    behind = text[figure.end() :] if figure else text
    before = fold(sentence[max(span.start - len(unit), 0) : span.start])  # 覆盖青年6000余人次
    heads = (unit[:length] for length in range(len(unit), 0, -1))
    matched = next((len(head) for head in heads if _follows(behind, head) or before.endswith(head)), 0)
    return _UNIT_CHARACTER * (matched + (text.startswith("第") == ("第几" in wanted.asked)))


def _follows(behind: str, head: str) -> bool:
    """Whether what is counted stands behind the figure, or behind its measure word, which questions leave out."""
    return behind.startswith(head) or (len(head) > 1 and (behind.startswith(head, 1) or behind.startswith(head, 2)))


class _Nearness:
    """How near to a span the words stand that the question's words align with, each weighed by how well it does."""

    def __init__(self, sentence: str, question: Question, similar: Floats, offsets: NDArray[np.int32]) -> None:
        self._offsets = offsets
        pieces = clauses(sentence, Span(0, len(sentence)))
        self._breaks = [piece.end for piece in pieces if piece.end - piece.start > _ADVERBIAL]
        # A word that aligns with everything alike points nowhere.
        points = similar - similar.mean(axis=1, keepdims=True) if similar.size else similar
        self._pointing = question.token_weights[:, np.newaxis] * np.maximum(points, 0.0)

    def of(self, span: Span) -> float:
        if self._pointing.size == 0:
            return 0.0
        starts, ends = self._offsets[:, 0], self._offsets[:, 1]
        distance = np.maximum(np.maximum(starts - span.end, span.start - ends), 0)
        own = np.searchsorted(self._breaks, span.start, side="right")
        between = np.abs(np.searchsorted(self._breaks, starts, side="right") - own)
        near = np.exp(-distance / _REACH) * _ANOTHER_CLAUSE**between
        return float((self._pointing * near).max(axis=1).sum())
