"""Question files in SQuAD's format: CMRC 2018, DRCD, XQuAD, JaQuAD and others come in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from yinju.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """paragraph: its number in the corpus. answers: (text, start) in that paragraph; empty where unanswerable."""

    id: str
    question: str
    paragraph: int
    answers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SquadCorpus:
    paragraphs: tuple[str, ...]
    questions: tuple[SquadQuestion, ...]


def read_squad(path: Path) -> SquadCorpus:
    """Raises InvalidRequest for a file that is not in SQuAD's format."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        articles = stored["data"] if isinstance(stored, dict) else stored
        listed = [paragraph for article in articles for paragraph in article["paragraphs"]]
        questions = tuple(
            SquadQuestion(str(qa["id"]), qa["question"], number, _answers(qa))
            for number, paragraph in enumerate(listed)
            for qa in paragraph["qas"]
        )
        return SquadCorpus(tuple(paragraph["context"] for paragraph in listed), questions)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(
            f"{path} is not a question file in SQuAD's format ({error}). Check the path and the file."
        ) from error


def _answers(qa: dict[str, object]) -> tuple[tuple[str, int], ...]:
    # CAIL writes the flag as a string.
    if str(qa.get("is_impossible", "")).lower() == "true":
        return ()
    answers = qa.get("answers") or []
    if not isinstance(answers, list):
        raise ValueError("answers is not a list")
    return tuple((str(answer["text"]), int(answer["answer_start"])) for answer in answers)
