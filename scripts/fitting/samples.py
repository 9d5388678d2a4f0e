"""Questions with known answers, questions whose answer was taken out, and questions from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from yinju.evaluation.corpus import paragraph_name
from yinju.evaluation.squad import SquadCorpus, SquadQuestion
from yinju.records import Turn
from yinju.text import sentences

_DIGITS = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class Sample:
    """A question put to a corpus.

    document, starts: the file its answer stands in, and where the sentences that give it start; None where nothing
    answers it. answers: ways to write it, or with `all_of` the parts it is made of.
    """

    question: str
    kind: str  # answerable, deleted, swapped, written, elsewhere
    document: str | None = None
    starts: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()
    all_of: bool = False
    history: tuple[Turn, ...] = ()


def with_near_misses(corpus: SquadCorpus, share: float, random: Random) -> tuple[list[str], list[Sample]]:
    """Paragraphs and samples: in a `share` of the paragraphs the sentence that answers one question is deleted.

    Every question answered by that sentence becomes a near miss; the others keep their answer.
    """
    by_paragraph: dict[int, list[SquadQuestion]] = {}
    for question in corpus.questions:
        by_paragraph.setdefault(question.paragraph, []).append(question)
    paragraphs, samples = list(corpus.paragraphs), []
    for number, asked in by_paragraph.items():
        answered = [question for question in asked if question.answers]
        cut = _cut(paragraphs[number], random.choice(answered)) if answered and random.random() < share else None
        if cut is not None:
            start, end = cut
            paragraphs[number] = paragraphs[number][:start] + paragraphs[number][end:]
        samples += [_sample(question, cut, paragraphs[number]) for question in answered]
    return paragraphs, samples


def as_asked(corpus: SquadCorpus, most: int, random: Random) -> list[Sample]:
    """A corpus that brings its own near misses, written by people: so many questions, answerable or not."""
    asked = random.sample(corpus.questions, min(most, len(corpus.questions)))
    return [
        _sample(question, None, corpus.paragraphs[question.paragraph])
        if question.answers
        else Sample(question.question, "written")
        for question in asked
    ]


def _cut(paragraph: str, question: SquadQuestion) -> tuple[int, int] | None:
    """The sentence that answers, where others are left and none of them says the same."""
    text, at = question.answers[0]
    spans = sentences(paragraph, 0, len(paragraph))
    own = next((span for span in spans if span.start <= at < span.end), None)
    if own is None or len(spans) < 3 or text in paragraph[: own.start] + paragraph[own.end :]:
        return None
    return own.start, own.end


def _sample(question: SquadQuestion, cut: tuple[int, int] | None, paragraph: str) -> Sample:
    text, at = question.answers[0]
    answers = tuple(dict.fromkeys(answer for answer, _ in question.answers))
    if cut is not None and cut[0] <= at < cut[1]:
        return Sample(question.question, "deleted")
    start = at - (cut[1] - cut[0]) if cut is not None and at >= cut[1] else at
    if paragraph[start : start + len(text)] != text:  # a file whose offsets are off
        start = paragraph.find(text)
    return Sample(question.question, "answerable", paragraph_name(question.paragraph), (start,), answers)


def swapped(samples: Sequence[Sample], paragraphs: Sequence[str], random: Random) -> Iterator[Sample]:
    """Questions with a false premise: a number that stands in the paragraph, made another that does not."""
    for sample in samples:
        match = _DIGITS.search(sample.question)
        if sample.document is None or match is None:
            continue
        paragraph = paragraphs[int(sample.document.partition(".")[0])]
        if match.group() not in paragraph:
            continue
        value = int(match.group())
        other = str(value + random.choice([-7, -3, -2, -1, 1, 2, 3, 7]))
        if other.startswith("-") or other in paragraph:
            continue
        question = sample.question[: match.start()] + other + sample.question[match.end() :]
        yield replace(sample, question=question, kind="swapped", document=None, starts=(), answers=())
