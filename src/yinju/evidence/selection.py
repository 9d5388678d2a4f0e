"""From found passages to the sentences quoted: the fewest that answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from yinju.evidence.expected import Expected
from yinju.evidence.highlights import answers
from yinju.records import Span
from yinju.retriever import Found
from yinju.text import clauses

LONGEST_QUOTE = 400
_PASSAGES = 5  # evidence comes from the best few; what ranks below has never been the answer to a clear question
_TYPED = 1.5  # logits for holding what is asked for (a number, a date, a name)
_NEAR_BEST = 0.4  # logits: a second sentence so close to the best that either may be the answer
_ALSO = 3.5  # logits below the best at which a sentence still belongs to a list
_MOST, _MOST_LISTED = 2, 7
_LISTED = 2  # "、" between things named in a row
_RUNS = re.compile("[，。；：！？]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence to quote, `[start, end)` in the document, out of one passage. `typed`: it holds what is asked for.

    score: a logit. late, coverage: 0 to 1, the sentence's own. cut: the source breaks off before the sentence ends.
    """

    found: Found
    span: Span
    score: float
    late: float
    coverage: float
    typed: bool
    cut: bool = False

    @property
    def text(self) -> str:
        start = self.found.passage.start
        return self.found.passage.text[self.span.start - start : self.span.end - start]


def select(found: Sequence[Found], wanted: Expected, limit: int = _PASSAGES) -> list[Evidence]:
    """Sentences to quote out of the first `limit` passages, best first; empty only where none holds a sentence.

    One for a single fact, or two where two are as good; several for a list. The same words are quoted once.
    """
    reach, most = (_ALSO, _MOST_LISTED) if wanted.many else (_NEAR_BEST, _MOST)
    ranked = sorted(_rated(found[:limit], wanted, reach), key=_place_in_order)
    near = (each for each in ranked if each.score >= ranked[0].score - reach)
    return _unrepeated(near)[:most]


def _rated(found: Iterable[Found], wanted: Expected, reach: float) -> Iterator[Evidence]:
    """The sentences, less those that can't come within `reach` of the best whatever they hold."""
    best = -inf
    plain = (
        Evidence(passage, sentence.span, sentence.score, sentence.late, sentence.coverage, False, sentence.cut)
        for passage in found
        for sentence in passage.sentences
    )
    for each in sorted(plain, key=_place_in_order):
        if each.score + _TYPED < best - reach:
            return
        typed = bool(answers(each.text, wanted)) if wanted.kind != "other" else wanted.many and _lists(each.text)
        rated = replace(each, score=each.score + _TYPED, typed=True) if typed else each
        best = max(best, rated.score)
        yield rated


def _lists(text: str) -> bool:
    """Whether a sentence names several things in a row."""
    return any(run.count("、") >= _LISTED for run in _RUNS.split(text))


def _place_in_order(evidence: Evidence) -> tuple[float, int, int]:
    """Best first, equals as the documents have them."""
    return -evidence.score, evidence.found.row, evidence.span.start


def _unrepeated(ranked: Iterable[Evidence]) -> list[Evidence]:
    """Reports say some sentences twice, in the text and under a picture."""
    seen: dict[str, Evidence] = {}
    for each in ranked:
        seen.setdefault("".join(each.text.split()), each)
    return list(seen.values())


def shortened(text: str, span: Span, marks: Sequence[Span]) -> Span:
    """`span` itself, or where it is longer than a quote may be, the clauses around the first mark that fit.

    All spans are in `text`. Only a clause too long by itself is cut elsewhere than at its marks.
    """
    if span.end - span.start <= LONGEST_QUOTE:
        return span
    pieces = clauses(text, span)
    mark = marks[0] if marks else pieces[0]
    first = next(i for i, piece in enumerate(pieces) if piece.end > mark.start)
    last = max(first, next((i for i, piece in enumerate(pieces) if piece.end >= mark.end), len(pieces) - 1))
    if pieces[last].end - pieces[first].start > LONGEST_QUOTE:
        return _window(Span(pieces[first].start, pieces[last].end), mark)
    # What follows explains more often than what leads up to it.
    while last + 1 < len(pieces) and pieces[last + 1].end - pieces[first].start <= LONGEST_QUOTE:
        last += 1
    while first > 0 and pieces[last].end - pieces[first - 1].start <= LONGEST_QUOTE:
        first -= 1
    return Span(pieces[first].start, pieces[last].end)


def _window(clause: Span, mark: Span) -> Span:
    """As many characters of a clause as a quote may have, from a little before the mark."""
    start = max(clause.start, min(mark.start - LONGEST_QUOTE // 4, clause.end - LONGEST_QUOTE))
    return Span(start, min(start + LONGEST_QUOTE, clause.end))
