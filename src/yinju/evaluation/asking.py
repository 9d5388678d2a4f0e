"""Ask every question of a file, and judge what comes back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yinju.errors import YinjuError
from yinju.evaluation.answers import RANKS, Judgement, judge, judge_error
from yinju.evaluation.questions import Question
from yinju.evaluation.summary import summarise
from yinju.evaluation.trust import Trust, trust
from yinju.progress import Progress, silent
from yinju.records import Answer, Document, Turn

_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")


class Answering(Protocol):
    """The part of a Library that is evaluated."""

    def ask(
        self, question: str, *, history: Sequence[Turn] = ..., top_k: int = ..., mode: str | None = ...
    ) -> Answer: ...

    def document(self, document_id: str) -> Document: ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """judgements, seconds and shown: one a question, in order.

    altered: ids of documents whose text is not their file's. shown: whether the evidence found was right, that of a
    refused question included; None where that is not known.
    """

    judgements: tuple[Judgement, ...]
    seconds: tuple[float, ...]
    altered: tuple[str, ...]
    shown: tuple[bool | None, ...]

    def summary(self) -> dict[str, object]:
        """Every figure by its name; see `summarise`."""
        return summarise(self.judgements, len(self.altered), self.seconds)

    def trust(self) -> Trust:
        """What was quoted and refused, and what confidence is worth."""
        return trust(self.judgements, self.shown)


def evaluate(
    library: Answering, questions: Sequence[Question], progress: Progress = silent, candid: Answering | None = None
) -> Evaluation:
    """Ask the questions one after the other, extractively. `progress` hears of stage `ask`.

    `candid` is the same library without a threshold: what was refused is asked again of it, to learn whether the
    evidence held back was right. A question that ends in a YinjuError is judged as one; anything else is raised.
    `questions` is not empty.
    """
    documents: dict[str, Document] = {}
    judgements: list[Judgement] = []
    seconds: list[float] = []
    shown: list[bool | None] = []
    for question in questions:
        started = time.perf_counter()
        answer = _ask(library, question)
        seconds.append(time.perf_counter() - started)
        judgements.append(_judged(question, answer, library, documents))
        shown.append(_shown(judgements[-1], candid, documents))
        progress("ask", len(judgements), len(questions))
    altered = sorted(key for key, document in documents.items() if is_altered(document))
    return Evaluation(tuple(judgements), tuple(seconds), tuple(altered), tuple(shown))


def _ask(library: Answering, question: Question) -> Answer | YinjuError:
    try:
        return library.ask(question.question, history=question.turns(), top_k=RANKS, mode="extractive")
    except YinjuError as error:
        return error


def _judged(
    question: Question, answer: Answer | YinjuError, library: Answering, documents: dict[str, Document]
) -> Judgement:
    """`documents` gains those the answer mentions."""
    if isinstance(answer, YinjuError):
        return judge_error(question, answer)
    for document_id in _mentioned(answer) - documents.keys():
        documents[document_id] = library.document(document_id)
    return judge(question, answer, {key: found.text for key, found in documents.items()})


def _shown(judgement: Judgement, candid: Answering | None, documents: dict[str, Document]) -> bool | None:
    if judgement.answered or not judgement.question.answerable:
        return judgement.right
    if candid is None or judgement.status != "not_found":
        return None
    return _judged(judgement.question, _ask(candid, judgement.question), candid, documents).right


def _mentioned(answer: Answer) -> set[str]:
    return {citation.document_id for citation in answer.citations} | {
        hit.passage.document_id for hit in answer.passages
    }


def is_altered(document: Document) -> bool:
    """Whether the stored text differs from the document's file, line ends and a byte-order mark aside.

    The file is decoded here and not by the readers, whose work this checks. False where there is no file to compare
    with: an upload, or a file that is gone.
    """
    if document.root is None:
        return False
    path = Path(document.root) / document.name
    if not path.is_file():
        return False
    data = path.read_bytes()
    return all(_decoded(data, encoding) != document.text for encoding in _ENCODINGS)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")
