"""One answer, judged against the gold answer and against the stored text of the documents it quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yinju.evaluation.matching import contains, flat, holds_evidence, normal
from yinju.evaluation.questions import Question
from yinju.records import Answer, Citation, Hit

MAX_PASSAGE = 700
MAX_QUOTE = 400
RANKS = 5
SPARE = 6  # characters a highlight may have beside the answer
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one answer was worth. None where a figure has no meaning for the question or the answer.

    hit1, hit3, hit5: a passage among the first so many holds the evidence. answer: the gold answer is in a verified
    quote or in the answer's text. first_citation: it is verified and holds the evidence. precision: the share of
    citations that hold it. load: quoted characters for each evidence character. evidence: the share of evidence
    sentences quoted. span: a highlight is the gold answer, give or take. unverified: citations that are not the
    document's own text at their offsets, or too long. verbose: more was written than the quotes carry.
    """

    question: Question
    status: str  # answered, not_found, or `error` and the error's name
    reason: str | None = None
    confidence: float = 0.0
    hit1: bool = False
    hit3: bool = False
    hit5: bool = False
    answer: bool = False
    first_citation: bool = False
    precision: float | None = None
    load: float | None = None
    evidence: float | None = None
    span: bool | None = None
    citations: int = 0
    unverified: int = 0
    verbose: bool = False
    text: str = ""
    passage_lengths: tuple[int, ...] = ()

    @property
    def answered(self) -> bool:
        return self.status == "answered"

    @property
    def right(self) -> bool:
        """Whether there is an answer, it was given, and a citation holds the evidence: what confidence speaks of."""
        return self.question.answerable and self.answer and bool(self.precision)

    @property
    def missed(self) -> bool:
        """Whether a person looking for faults should look here."""
        return not (self.hit1 and self.answer) if self.question.answerable else self.answered


def judge_error(question: Question, error: Exception) -> Judgement:
    """The judgement of a question that got no answer at all."""
    return Judgement(
        question,
        status=f"error {type(error).__name__}",
        evidence=0.0 if question.evidence else None,
        span=False if _has_span(question) else None,
    )


def judge(question: Question, answer: Answer, texts: Mapping[str, str]) -> Judgement:
    """`texts` holds the stored text of every document the answer cites or lists, by id."""
    answered = answer.status == "answered"
    verified = [citation for citation in answer.citations if _is_verbatim_quote(citation, texts)]
    quotes = [citation.quote for citation in verified]
    quoted = flat("".join(quotes))
    evidence = [flat(sentence) for sentence in question.evidence]
    holding = [_holds(question, quote) for quote in quotes]
    ranks = [_is_verbatim_passage(hit, texts) and _holds(question, hit.passage.text) for hit in answer.passages[:RANKS]]
    count = len(answer.citations)
    return Judgement(
        question,
        status=answer.status,
        reason=answer.reason,
        confidence=answer.confidence,
        hit1=any(ranks[:1]),
        hit3=any(ranks[:3]),
        hit5=any(ranks),
        answer=answered and _gives(question, [*quotes, answer.answer]),
        first_citation=answered and count > 0 and verified[:1] == [answer.citations[0]] and holding[0],
        precision=sum(holding) / count if answered and count else None,
        load=len(quoted) / max(1, len("".join(evidence))) if answered and evidence else None,
        evidence=sum(sentence in quoted for sentence in evidence) / len(evidence) if evidence else None,
        span=answered and _is_marked(question, verified, texts) if _has_span(question) else None,
        citations=count,
        unverified=count - len(verified),
        verbose=answered and len(answer.answer) > 2 * sum(map(len, quotes)) + 120,
        text=answer.answer[:_SHOWN],
        passage_lengths=tuple(len(hit.passage.text) for hit in answer.passages[:RANKS]),
    )


def _is_verbatim_quote(citation: Citation, texts: Mapping[str, str]) -> bool:
    source = texts[citation.document_id][citation.start : citation.end]
    return 0 < len(citation.quote) <= MAX_QUOTE and source == citation.quote


def _is_verbatim_passage(hit: Hit, texts: Mapping[str, str]) -> bool:
    passage = hit.passage
    source = texts[passage.document_id][passage.start : passage.end]
    return 0 < len(passage.text) <= MAX_PASSAGE and source == passage.text


def _holds(question: Question, text: str) -> bool:
    return holds_evidence(text, question.evidence, question.answers, question.all_of)


def _gives(question: Question, texts: Sequence[str]) -> bool:
    found = [any(contains(text, answer) for text in texts) for answer in question.answers]
    return bool(found) and (all(found) if question.all_of else any(found))


def _has_span(question: Question) -> bool:
    return bool(question.answers) and not question.all_of


def _is_marked(question: Question, verified: Sequence[Citation], texts: Mapping[str, str]) -> bool:
    marks = [
        mark.text
        for citation in verified
        for mark in citation.highlights
        if texts[citation.document_id][mark.start : mark.end] == mark.text
    ]
    return any(
        contains(mark, answer) and len(normal(mark)) <= len(normal(answer)) + SPARE
        for answer in question.answers
        for mark in marks
    )
