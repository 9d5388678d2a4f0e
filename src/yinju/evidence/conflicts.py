"""Whether the sources contradict themselves: another sentence gives another figure for what the best one speaks of."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from yinju.evidence.expected import Expected
from yinju.evidence.figures import PERSONS, Figure, differ, figures
from yinju.evidence.highlights import answers
from yinju.evidence.selection import Evidence
from yinju.evidence.spans import candidates
from yinju.records import Span
from yinju.retriever import Found
from yinju.text import fold, terms

# A contradiction is told only where it is plain: a false alarm costs more trust than a missed one. Chosen on invented
# reports that hold one each, so that no notice there names two figures for different things.
_AS_NEAR = 0.8  # of the best sentence's late interaction
_AS_COVERED = 0.4  # of the best sentence's coverage of the question, or it of this one's
_ASKED_ALIKE = 0.5  # of the question's terms that either sentence holds, both do
_SAID_ALIKE = 0.5  # of the terms around a figure, those around the other one have too
_ONE_SERIES = 0.5  # of a title's terms, those another one shares: parts or editions of one report
_SAID_THE_SAME = 0.8  # where the question words it otherwise
_MOST_FIGURES = 20  # of one sentence; each is compared with each of the other one

_PIECE_END = re.compile(r"[，。；：！？\n]|,(?!\d)|[;!?]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ORDINAL = re.compile(r"第[\d一二三四五六七八九十百]+")
_PLANNED = re.compile(r"计划|预算|预计|力争|目标|拟|将(?![军领士])|\b(?:plan|will|expect|target|budget)")
_FORMERLY = re.compile(r"[由从][^，。；到至]{0,6}$")  # 由2.14万人增加到2.38万人: what it was
_MONEY = {"钱": "元"}
_MORE_THAN = re.compile(r"(?:多出|少了|增加|减少|增长|下降|提高|上升)了?的?$")  # by how much, not how many


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sentences to quote, and in each the figure that the other one contradicts, `[start, end)` in its document."""

    evidence: tuple[Evidence, Evidence]
    figures: tuple[Span, Span]


@dataclass(frozen=True, slots=True)
class _Said:
    """A figure with the terms that stand around it, up to the next comma."""

    figure: Figure
    around: frozenset[str]
    planned: bool


def conflict(best: Evidence, found: Sequence[Found], wanted: Expected, asked: Collection[str]) -> Conflict | None:
    """The nearest contradiction of `best` among the sentences of `found`, for a question after one number or date.

    asked: the question's search terms. A figure contradicts another where both are counted in the same unit, the
    question is as near to both sentences, and the words around them are alike. In another language than the sources'
    no words are alike, and nothing is told.
    """
    if wanted.many or wanted.kind not in ("number", "date") or not best.coverage:
        return None
    said = _asked_for(_said(best.text, wanted), wanted)
    for other in _rivals(best, found) if said else ():
        figures_apart = _contradiction(best.text, said, other.text, wanted, frozenset(asked))
        if figures_apart is not None:
            one, two = figures_apart
            return Conflict((best, other), (one.moved(best.span.start), two.moved(other.span.start)))
    return None


def _rivals(best: Evidence, found: Sequence[Found]) -> list[Evidence]:
    """Sentences as near to the question as `best` is, nearest first."""
    near = [
        Evidence(passage, sentence.span, sentence.score, sentence.late, sentence.coverage, True, sentence.cut)
        for passage in found
        if _one_series(best.found, passage)
        for sentence in passage.sentences
        if sentence.late >= _AS_NEAR * best.late
        and min(sentence.coverage, best.coverage) >= _AS_COVERED * max(sentence.coverage, best.coverage)
        and (passage.row, sentence.span) != (best.found.row, best.span)
    ]
    return sorted(near, key=lambda each: (-each.score, each.found.row, each.span.start))


def _one_series(one: Found, other: Found) -> bool:
    """Whether two passages are of one document, or of reports on the same year under like titles."""
    if one.passage.document_id == other.passage.document_id:
        return True
    years = [frozenset(_YEAR.findall(f"{each.title} {each.date or ''}")) for each in (one, other)]
    titles = _words(one.title), _words(other.title)
    return not _apart(*years) and _shared(*titles) >= _ONE_SERIES


def _contradiction(
    best: str, said: Sequence[_Said], other: str, wanted: Expected, asked: frozenset[str]
) -> tuple[Span, Span] | None:
    """Of the figures in `best` and in `other`, the two most alike in what is said of them, where they differ."""
    held = _words(best) & asked, _words(other) & asked
    if len(held[0] & held[1]) < _ASKED_ALIKE * len(held[0] | held[1]) or _of_other_times(best, other, wanted):
        return None
    theirs = _said(other, wanted)
    alike = (
        (_shared(one.around, two.around), len(one.around & two.around & asked), one.figure, two.figure)
        for one in said
        for two in theirs
        if one.figure.unit == two.figure.unit and one.planned == two.planned and _on_the_point(one, two, asked)
    )
    closest = max(alike, key=lambda pair: (pair[:2], not differ(*pair[2:])), default=None)
    if closest is None or closest[0] < _SAID_ALIKE or not differ(*closest[2:]):
        return None
    return closest[2].span, closest[3].span


def _on_the_point(one: _Said, two: _Said, asked: frozenset[str]) -> bool:
    """Whether both figures stand beside a word of the question, or beside the very same words."""
    shared = one.around & two.around
    return bool(shared & asked) or _shared(one.around, two.around) >= _SAID_THE_SAME


def _said(text: str, wanted: Expected) -> list[_Said]:
    """The figures of a sentence that say how many there are, not how many there were or how many more.

    None of a sentence that is a table of figures.
    """
    said = []
    read = figures(text, answers(text, wanted), wanted.kind)
    for figure in read if len(read) <= _MOST_FIGURES else ():
        start = max((mark.end() for mark in _PIECE_END.finditer(text, 0, figure.span.start)), default=0)
        mark = _PIECE_END.search(text, figure.span.end)
        piece = text[start : mark.start() if mark else len(text)]
        before = text[start : figure.span.start]
        if not (_FORMERLY.search(before) or _MORE_THAN.search(before)):
            said.append(_Said(figure, _words(piece), bool(_PLANNED.search(fold(before)))))
    return said


def _asked_for(said: Sequence[_Said], wanted: Expected) -> Sequence[_Said]:
    """Those counted in the measure word the question counts in; all of them where it names none."""
    measure = "人" if wanted.measure in PERSONS else _MONEY.get(wanted.measure, wanted.measure)
    # What follows 多少 may also be what is counted: 多少经费.
    if not measure or candidates(f"1{measure}", "number") != [Span(0, 2)]:
        return said
    return [each for each in said if fold(each.figure.unit).startswith(measure)]


def _of_other_times(one: str, other: str, wanted: Expected) -> bool:
    """Whether the sentences speak of other dates, or of other editions: 第八届 and 第九届."""
    if wanted.kind != "date" and _apart(*(_dates(text) for text in (one, other))):
        return True
    return _apart(*(frozenset(_ORDINAL.findall(text)) for text in (one, other)))


def _dates(text: str) -> frozenset[str]:
    return frozenset(span.of(text) for span in candidates(text, "date"))


def _words(text: str) -> frozenset[str]:
    """Search terms, less single characters and figures."""
    return frozenset(term for term in terms(text) if len(term) > 1 and not any(map(str.isdigit, term)))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that is in the other."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name some, and none in common."""
    return bool(one and other) and one.isdisjoint(other)
