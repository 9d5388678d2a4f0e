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
    """judgements and seconds: one a question, in order. altered: ids of documents whose text is not their file's."""

    judgements: tuple[Judgement, ...]
    seconds: tuple[float, ...]
    altered: tuple[str, ...]

    def summary(self) -> dict[str, object]:
        """Every figure by its name; see `summarise`."""
        return summarise(self.judgements, len(self.altered), self.seconds)


def evaluate(library: Answering, questions: Sequence[Question], progress: Progress = silent) -> Evaluation:
    """Ask the questions one after the other, extractively. `progress` hears of stage `ask`.

    A question that ends in a YinjuError is judged as one; anything else is raised. `questions` is not empty.
    """
    documents: dict[str, Document] = {}
    judgements: list[Judgement] = []
    seconds: list[float] = []
    for question in questions:
        started = time.perf_counter()
        try:
            answer = library.ask(question.question, history=question.turns(), top_k=RANKS, mode="extractive")
        except YinjuError as error:
            judgements.append(judge_error(question, error))
            seconds.append(time.perf_counter() - started)
        else:
            seconds.append(time.perf_counter() - started)
            for document_id in _mentioned(answer) - documents.keys():
                documents[document_id] = library.document(document_id)
            judgements.append(judge(question, answer, {key: found.text for key, found in documents.items()}))
        progress("ask", len(judgements), len(questions))
    altered = sorted(key for key, document in documents.items() if is_altered(document))
    return Evaluation(tuple(judgements), tuple(seconds), tuple(altered))


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
