"""From found passages to the sentences quoted: the fewest that answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from yinju.evidence.expected import Expected
from yinju.evidence.highlights import answers
from yinju.evidence.listing import asked_count, asks_which, items
from yinju.records import Span
from yinju.retriever import Found
from yinju.text import clauses, fold

LONGEST_QUOTE = 400
_PASSAGES = 5  # evidence comes from the best few; what ranks below has never been the answer to a clear question
# Logits of the retriever, to be chosen anew when it is fitted: the best of a grid, one after the other, by the answers
# to list questions about invented reports, then by the precision of their citations.
_TYPED = 1.0  # for holding what is asked for (a number, a date, a name, things in a row)
_COUNTED = 1.0  # beside that, for a number of what the question counts: 多少条, 58条
_AS_MANY = 3.0  # for naming as many things as the question asks for
_NEAR_BEST = 0.4  # a second sentence so close to the best that either may be the answer
_ALSO = 3.5  # below the best at which a sentence still belongs to a list
_ALSO_NAMED = 5.0  # the same for one that holds as much of what the question names
_TOO_FEW = 4.5  # the same where the best sentence names fewer things than the question asks for
_BESIDE_A_ROW = 1.5  # below a best sentence that itself lists things, at which another one still belongs to it
_ELSEWHERE = 1.5  # a list is one report's: how much nearer a sentence of another one has to be
_AS_NAMED = 0.6  # of the best sentence's coverage of the question
_MOST, _MOST_LISTED = 2, 7
_SHORTEST_NAME = 2  # characters
_NAMELESS = ("other", "number")  # kinds of which a list's members are not


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


def select(found: Sequence[Found], wanted: Expected) -> list[Evidence]:
    """Sentences to quote out of the first few passages, best first; empty only where none holds a sentence.

    One for a single fact, or two where two are as good; for a list one that holds it, or several. The same words are
    quoted once.
    """
    if not asks_for_list(wanted):
        ranked = sorted(_rated(found[:_PASSAGES], wanted, None, _NEAR_BEST), key=_place_in_order)
        return _unrepeated(each for each in ranked if each.score >= ranked[0].score - _NEAR_BEST)[:_MOST]
    count = asked_count(wanted.asked)
    ranked = sorted(_rated(found[:_PASSAGES], wanted, count, _ALSO_NAMED), key=_place_in_order)
    return _listed(_unrepeated(ranked), count)


def asks_for_list(wanted: Expected) -> bool:
    """Whether several things are asked for by name: 哪些, 哪三项, 六个基地叫什么."""
    return wanted.many or asks_which(wanted.asked) or (wanted.kind == "title" and asked_count(wanted.asked) is not None)


def _listed(ranked: Sequence[Evidence], count: int | None) -> list[Evidence]:
    """The best sentence alone where it names as many things as are asked for, or else those that belong to it."""
    if not ranked:
        return []
    best = ranked[0]
    named = len(items(best.text))
    if count is not None and named >= count:
        return [best]
    also = _TOO_FEW if count is not None else _BESIDE_A_ROW if named else _ALSO
    chosen = [best]
    for each in ranked[1:]:
        if _belongs(each, best, also) and _adds(each, chosen):
            chosen.append(each)
    return chosen[: min(count or _MOST_LISTED, _MOST_LISTED)]


def _adds(each: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether a sentence says something that those chosen do not: a row they name already is no news."""
    row = items(each.text)
    if not row:
        return True
    # Words stand before the first thing of a row and behind the last.
    named = [row[0][-_SHORTEST_NAME:], *row[1:-1], row[-1][:_SHORTEST_NAME]]
    return any(all(name not in other.text for other in chosen) for name in named)


def _belongs(each: Evidence, best: Evidence, also: float) -> bool:
    """Whether a sentence goes on with the list that the best one begins; also: logits it may be below that one."""
    if each.found.passage.document_id != best.found.passage.document_id:
        return best.score - each.score <= also - _ELSEWHERE
    named = bool(best.coverage) and each.coverage >= _AS_NAMED * best.coverage
    return best.score - each.score <= (max(also, _ALSO_NAMED) if named else also)


def _rated(found: Iterable[Found], wanted: Expected, count: int | None, reach: float) -> Iterator[Evidence]:
    """The sentences, less those that can't come within `reach` of the best whatever they hold."""
    best = -inf
    most = _TYPED + (_AS_MANY if count else _COUNTED)
    plain = (
        Evidence(passage, sentence.span, sentence.score, sentence.late, sentence.coverage, False, sentence.cut)
        for passage in found
        for sentence in passage.sentences
    )
    for each in sorted(plain, key=_place_in_order):
        if each.score + most < best - reach:
            return
        gain = _gain(each.text, wanted, count)
        rated = replace(each, score=each.score + gain, typed=True) if gain else each
        best = max(best, rated.score)
        yield rated


def _gain(text: str, wanted: Expected, count: int | None) -> float:
    """Logits for holding what is asked for."""
    if asks_for_list(wanted) and (wanted.kind in _NAMELESS or asks_which(wanted.asked)):
        named = len(items(text))
        return (_TYPED if named else 0.0) + (_AS_MANY if count and named == count else 0.0)
    held = answers(text, wanted)
    if not held:
        return 0.0
    return _TYPED + (_COUNTED if any(_is_counted(text, span, wanted) for span in held) else 0.0)


def _is_counted(text: str, span: Span, wanted: Expected) -> bool:
    """Whether the measure word of the question follows the figure."""
    return bool(wanted.measure) and wanted.measure in fold(text[span.start : span.end + 1])


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
    first = next((i for i, piece in enumerate(pieces) if piece.end > mark.start), len(pieces) - 1)
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
