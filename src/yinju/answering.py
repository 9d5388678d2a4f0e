"""From what a search found to an answer: evidence, confidence, and quotes or a refusal that says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp

from yinju.derived import Derived
from yinju.evidence.confidence import confidence, features, topical
from yinju.evidence.conflicts import conflict
from yinju.evidence.expected import Expected, expected
from yinju.evidence.highlights import highlights
from yinju.evidence.selection import Evidence, select, shortened
from yinju.evidence.wording import answer_text, conflict_text, missing_words, refusal_text
from yinju.question import Question
from yinju.records import Citation, Highlight, Hit, Reason, Span
from yinju.retriever import Found, Rows
from yinju.text import terms

Stored = Callable[[str, str, int, int], str | None]
"""(document id, SHA-256 of its text, start, end) to the characters stored there; None for a document that is gone."""

_OFF_TOPIC = 0.3  # a question less topical than this is about something else
DEPTH = 10
"""Passages looked at for evidence, however few the caller wants to see: confidence was fitted over so many."""
_DECIMALS = 4  # of a confidence; rounded before it is compared, so that what is shown agrees with what was done
_MIDDLE, _SPREAD = 20.0, 4.0  # of a passage's logit, for a score between 0 and 1
_FURTHEST = 700.0  # beyond it exp overflows


@dataclass(frozen=True, slots=True)
class Outcome:
    """reason is None for an answer; then `citations` holds at least one."""

    reason: Reason | None
    text: str
    confidence: float
    citations: tuple[Citation, ...]


def hits(found: Sequence[Found]) -> tuple[Hit, ...]:
    """Found passages as they are shown."""
    return tuple(Hit(each.passage, each.title, _between(each.score), each.signals, each.version) for each in found)


def conclude(
    question: Question,
    found: Sequence[Found],
    derived: Derived,
    stored: Stored,
    threshold: float,
    allowed: Rows | None = None,
) -> Outcome:
    """Answer from the passages found, or refuse. allowed: the rows that were asked about; None for all.

    Every quote is compared with what is stored at this moment and left out where it no longer stands there.
    """
    if len(derived.passages if allowed is None else allowed) == 0:
        return Outcome("empty_index", refusal_text(question.language, "empty_index"), 0.0, ())
    wanted = expected(question.asking)
    evidence = select(found, wanted)
    # Without a letter or a figure nothing is asked, and such a text's vector may lie near anything.
    seen = features(question, wanted, found, evidence, derived) if evidence and terms(question.text) else None
    probability = round(confidence(seen), _DECIMALS) if seen else 0.0
    if not evidence or probability < threshold:
        near = seen is not None and topical(seen) >= _OFF_TOPIC
        return _refusal(question, _known(derived, allowed), probability, near)
    citations, told = _quotes(question, wanted, found, evidence, derived, stored)
    if not citations:  # evidence that vanished while it was being quoted is no evidence
        below = max(0.0, min(probability, round(threshold - 10**-_DECIMALS, _DECIMALS)))
        return _refusal(question, _known(derived, allowed), below, near=True)
    text = answer_text(question.language, citations)
    if told:
        text += "\n" + conflict_text(question.language, citations)
    return Outcome(None, text, probability, citations)


def _quotes(
    question: Question,
    wanted: Expected,
    found: Sequence[Found],
    evidence: Sequence[Evidence],
    derived: Derived,
    stored: Stored,
) -> tuple[tuple[Citation, ...], bool]:
    """What is quoted, and whether that is two sentences that contradict each other in what they have marked."""
    # 那X呢: what is asked and of what stand in two questions, and their words together would tell of the wrong thing.
    told = None if question.asking != question.text else conflict(evidence[0], found, wanted, question.terms)
    if told is None:
        marked = [(each, _marks(each, question, wanted, derived)) for each in evidence]
    else:
        marked = [(each, [figure]) for each, figure in zip(told.evidence, told.figures, strict=True)]
    quoted = (_cited(each, marks, derived, stored) for each, marks in marked)
    citations = tuple(
        replace(citation, number=number)
        for number, citation in enumerate((each for each in quoted if each is not None), start=1)
    )
    return citations, told is not None and len(citations) == len(told.evidence)


def _known(derived: Derived, allowed: Rows | None) -> Callable[[str], bool]:
    """Whether a term occurs in what was asked about: of other documents a refusal must tell nothing."""
    if allowed is None:
        return derived.lexical.knows
    return lambda term: bool(derived.lexical.holds([term], allowed).any())


def _refusal(question: Question, known: Callable[[str], bool], probability: float, near: bool) -> Outcome:
    reason: Reason = "no_evidence" if near else "off_topic"
    missing = missing_words(question.text, question.language, known)
    return Outcome(reason, refusal_text(question.language, reason, missing), probability, ())


def _between(logit: float) -> float:
    return 1.0 / (1.0 + exp(min(-(logit - _MIDDLE) / _SPREAD, _FURTHEST)))


def _cited(evidence: Evidence, marks: Sequence[Span], derived: Derived, stored: Stored) -> Citation | None:
    """A sentence with what is marked in it, spans of the document; None where it no longer stands there."""
    passage = evidence.found.passage
    offset = passage.start
    text = passage.text
    whole = evidence.span.moved(-offset)
    span = shortened(text, whole, [mark.moved(-offset) for mark in marks])
    start, end = offset + span.start, offset + span.end
    quote = span.of(text)
    if stored(passage.document_id, evidence.found.text_sha256, start, end) != quote:
        return None
    kept = [mark for mark in marks if start <= mark.start and mark.end <= end]
    return Citation(
        number=0,
        document_id=passage.document_id,
        title=evidence.found.title,
        document_date=evidence.found.date,
        heading=passage.heading,
        page=derived.passages.document(evidence.found.row).page(start),
        passage_id=passage.id,
        quote=quote,
        start=start,
        end=end,
        highlights=tuple(Highlight(mark.start, mark.end, mark.moved(-offset).of(text)) for mark in kept),
        text_sha256=evidence.found.text_sha256,
        cut=evidence.cut and span.end == whole.end,
        version=evidence.found.version,
    )


def _marks(evidence: Evidence, question: Question, wanted: Expected, derived: Derived) -> list[Span]:
    """What answers within a sentence, spans of the document."""
    sentence = evidence.span.moved(-evidence.found.passage.start)
    vectors, offsets = derived.sentence_tokens.tokens(evidence.found.row)
    own = (offsets[:, 1] > sentence.start) & (offsets[:, 0] < sentence.end)  # as the sentence table tells them
    similar = question.encoding.tokens @ (vectors[own].T / derived.sentence_tokens.scale).astype("float32")
    found = highlights(evidence.text, question, wanted, similar, offsets[own] - sentence.start)
    return [mark.moved(evidence.span.start) for mark in found]
