"""From what a search found to an answer: evidence, confidence, and quotes or a refusal that says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp

from yinju.derived import Derived
from yinju.evidence.confidence import confidence
from yinju.evidence.expected import Expected, expected
from yinju.evidence.highlights import highlights
from yinju.evidence.selection import Evidence, select, shortened
from yinju.evidence.wording import answer_text, missing_words, refusal_text
from yinju.question import Question
from yinju.records import Citation, Highlight, Hit, Reason, Span
from yinju.retriever import Found

Stored = Callable[[str, int, int], tuple[str, str] | None]
"""(document id, start, end) to the characters stored there and the text's SHA-256; None for a document that is gone."""

_OFF_TOPIC = 0.15  # below this confidence not even the topic is in the reports
_MIDDLE, _SPREAD = 40.0, 4.0  # of a passage's logit, for a score between 0 and 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """reason is None for an answer; then `citations` holds at least one."""

    reason: Reason | None
    text: str
    confidence: float
    citations: tuple[Citation, ...]


def hits(found: Sequence[Found]) -> tuple[Hit, ...]:
    """Found passages as they are shown."""
    return tuple(Hit(each.passage, each.title, _between(each.score), each.signals) for each in found)


def conclude(
    asked: str, question: Question, found: Sequence[Found], derived: Derived, stored: Stored, threshold: float
) -> Outcome:
    """Answer from the passages found, or refuse. `asked` is the question as put, `question` as searched for.

    Every quote is compared with what is stored at this moment and left out where it no longer stands there.
    """
    wanted = expected(asked)
    language = question.language
    evidence = select(found, wanted)
    probability = confidence(found, evidence, wanted)
    quoted = [_cited(each, question, wanted, derived, stored) for each in evidence] if probability >= threshold else []
    citations = tuple(citation for citation in quoted if citation is not None)
    if citations:
        numbered = tuple(_numbered(citation, number) for number, citation in enumerate(citations, start=1))
        return Outcome(None, answer_text(language, numbered), probability, numbered)
    # Evidence that vanished while it was being quoted is no evidence.
    probability = min(probability, threshold - 1e-6) if quoted else probability
    reason: Reason = "off_topic" if probability < min(_OFF_TOPIC, threshold) else "no_evidence"
    missing = missing_words(asked, [each.passage.text for each in found]) if language.startswith("zh") else []
    return Outcome(reason, refusal_text(language, reason, missing), max(probability, 0.0), ())


def nothing_indexed(language: str) -> Outcome:
    """The refusal of an empty index."""
    return Outcome("empty_index", refusal_text(language, "empty_index"), 0.0, ())


def _between(logit: float) -> float:
    return 1.0 / (1.0 + exp(-(logit - _MIDDLE) / _SPREAD))


def _cited(
    evidence: Evidence, question: Question, wanted: Expected, derived: Derived, stored: Stored
) -> Citation | None:
    passage = evidence.found.passage
    text = passage.text
    whole = Span(evidence.span.start - passage.start, evidence.span.end - passage.start)
    marks = _marks(text, whole, evidence, question, wanted, derived)
    span = shortened(text, whole, marks)
    start, end = passage.start + span.start, passage.start + span.end
    quote = span.of(text)
    if stored(passage.document_id, start, end) != (quote, evidence.found.text_sha256):
        return None
    inside = [mark for mark in marks if span.start <= mark.start and mark.end <= span.end]
    return Citation(
        number=0,
        document_id=passage.document_id,
        title=evidence.found.title,
        document_date=evidence.found.date,
        heading=passage.heading,
        page=passage.page,
        passage_id=passage.id,
        quote=quote,
        start=start,
        end=end,
        highlights=tuple(Highlight(passage.start + m.start, passage.start + m.end, m.of(text)) for m in inside),
        text_sha256=evidence.found.text_sha256,
    )


def _marks(
    text: str, sentence: Span, evidence: Evidence, question: Question, wanted: Expected, derived: Derived
) -> list[Span]:
    """What answers within the sentence; all spans in the passage's `text`."""
    vectors, offsets = derived.tokens.tokens(evidence.found.row)
    own = (offsets[:, 0] >= sentence.start) & (offsets[:, 1] <= sentence.end)
    similar = question.encoding.tokens @ (vectors[own].T / derived.tokens.scale).astype("float32")
    found = highlights(sentence.of(text), question, wanted, similar, offsets[own] - sentence.start)
    return [Span(mark.start + sentence.start, mark.end + sentence.start) for mark in found]


def _numbered(citation: Citation, number: int) -> Citation:
    return replace(citation, number=number)
