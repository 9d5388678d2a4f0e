"""From found passages to the sentences quoted: the fewest that answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yinju.evidence.expected import Expected
from yinju.evidence.spans import candidates
from yinju.records import Span
from yinju.retriever import Found, FoundSentence
from yinju.text import clauses

LONGEST_QUOTE = 400
_PASSAGES = 5  # evidence comes from the best few; what ranks below has never been the answer to a clear question
_TYPED = 1.5  # logits for holding what is asked for (a number, a date, a name)
_NEAR_BEST = 0.4  # logits: a second sentence so close to the best that either may be the answer
_ALSO = 3.5  # logits below the best at which a sentence still belongs to a list
_MOST, _MOST_LISTED = 2, 7


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sentences to quote, `[start, end)` in the document, out of one passage. `typed`: it holds what is asked for."""

    found: Found
    span: Span
    score: float
    late: float
    coverage: float
    typed: bool


def select(found: Sequence[Found], wanted: Expected, limit: int = _PASSAGES) -> list[Evidence]:
    """Sentences to quote, best first; empty only where no passage holds a sentence.

    One for a single fact, or two where two are as good; several for a list.
    """
    ranked = sorted(_rated(found[:limit], wanted), key=lambda each: (-each.score, each.found.row, each.span.start))
    if not ranked:
        return []
    reach, most = (_ALSO, _MOST_LISTED) if wanted.many else (_NEAR_BEST, _MOST)
    return [each for each in ranked[:most] if each.score >= ranked[0].score - reach]


def _rated(found: Sequence[Found], wanted: Expected) -> Iterator[Evidence]:
    for passage in found:
        for sentence in passage.sentences:
            typed = bool(_candidates(passage, sentence, wanted))
            bonus = _TYPED if typed and wanted.kind != "other" else 0.0
            yield Evidence(passage, sentence.span, sentence.score + bonus, sentence.late, sentence.coverage, typed)


def _candidates(passage: Found, sentence: FoundSentence, wanted: Expected) -> list[Span]:
    start = passage.passage.start
    return candidates(passage.passage.text[sentence.span.start - start : sentence.span.end - start], wanted.kind)


def shortened(text: str, span: Span, marks: Sequence[Span]) -> Span:
    """`span` itself, or where it is longer than a quote may be, the clauses around the first mark that fit.

    All spans are in the document's `text`.
    """
    if span.end - span.start <= LONGEST_QUOTE:
        return span
    pieces = clauses(text, span)
    anchor = marks[0] if marks else pieces[0]
    first = last = next((i for i, piece in enumerate(pieces) if piece.end > anchor.start), 0)
    while True:
        wider = [
            (low, high)
            for low, high in ((first, last + 1), (first - 1, last))
            if low >= 0 and high < len(pieces) and pieces[high].end - pieces[low].start <= LONGEST_QUOTE
        ]
        if not wider:
            break
        first, last = wider[0]
    start, end = pieces[first].start, pieces[last].end
    if end - start > LONGEST_QUOTE:  # a single clause of that length: what stands around the mark
        start = max(start, min(anchor.start - LONGEST_QUOTE // 4, end - LONGEST_QUOTE))
        end = start + LONGEST_QUOTE
    return Span(start, end)
