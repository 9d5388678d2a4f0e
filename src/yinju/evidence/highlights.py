"""Which characters of a quoted sentence answer: of the kind expected, those nearest to what the question names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yinju.evidence.expected import Expected
from yinju.evidence.spans import candidates
from yinju.question import Question
from yinju.records import Span
from yinju.text import fold

_REACH = 12.0  # characters; how far an aligned word speaks for what stands near it
_AFTER = 0.8  # what is counted or dated mostly stands behind its number: a word before it speaks a little less


def highlights(
    sentence: str, question: Question, wanted: Expected, similar: NDArray[np.float32], offsets: NDArray[np.int32]
) -> list[Span]:
    """Spans of `sentence`, best first; several only where several things are asked for, none where none fits.

    similar: (question tokens, sentence tokens); offsets: (sentence tokens, 2) into `sentence`.
    """
    found = candidates(sentence, wanted.kind)
    if wanted.kind == "other" or not found:
        return []
    scores = [
        _unit_match(sentence, span, wanted.unit)
        + _nearness(span, question, similar, offsets)
        - _asked(sentence, span, question)
        for span in found
    ]
    order = sorted(range(len(found)), key=lambda i: (-scores[i], found[i].start))
    if wanted.many and wanted.kind in ("organization", "person", "title", "place"):
        return [found[i] for i in sorted(order)]
    return [_with_unit(sentence, found[order[0]], wanted.unit)]


def _unit_match(sentence: str, span: Span, unit: str) -> float:
    """2 for each leading character of what is counted that stands at or right behind the number."""
    if not unit:
        return 0.0
    tail = fold(sentence[span.start : span.end + len(unit)])
    return max((2.0 * length for length in range(len(unit), 0, -1) if unit[:length] in tail), default=0.0)


def _with_unit(sentence: str, span: Span, unit: str) -> Span:
    """The number with as much of the counted thing as follows it in the question's own words."""
    end = span.end
    for length in range(len(unit), 0, -1):
        at = fold(sentence[span.start : span.end + len(unit)]).find(unit[:length])
        if at >= 0:
            end = max(end, min(span.start + at + length, len(sentence)))
            break
    return Span(span.start, end)


def _nearness(span: Span, question: Question, similar: NDArray[np.float32], offsets: NDArray[np.int32]) -> float:
    """How near the words aligned with the question's stand, each weighed by how well it aligns."""
    if similar.size == 0:
        return 0.0
    best = similar.argmax(axis=1)
    strength = question.token_weights * similar.max(axis=1)
    starts, ends = offsets[best, 0], offsets[best, 1]
    after, before = starts - span.end, span.start - ends
    distance = np.maximum(np.maximum(after, before), 0)
    side = np.where(after >= 0, 1.0, _AFTER)
    return float((strength * side * np.exp(-distance / _REACH)).sum())


def _asked(sentence: str, span: Span, question: Question) -> float:
    """1 for what the question itself says: that is not what it asks for."""
    return 1.0 if fold(span.of(sentence)) in fold(question.text) else 0.0
