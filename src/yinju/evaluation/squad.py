"""Question files in SQuAD's format: CMRC 2018, DRCD, XQuAD, JaQuAD and others come in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from yinju.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """paragraph: its number in the corpus. answers: (text, start) in that paragraph; empty where unanswerable.

    impossible: the file says that the paragraph does not answer it. A question may be blank: CMRC 2018 has one.
    """

    id: str
    question: str
    paragraph: int
    answers: tuple[tuple[str, int], ...]
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class SquadCorpus:
    paragraphs: tuple[str, ...]
    questions: tuple[SquadQuestion, ...]


def read_squad(path: Path) -> SquadCorpus:
    """Raises InvalidRequest for a file that can't be read or is not in SQuAD's format."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8-sig"))
        articles = stored["data"] if isinstance(stored, dict) else stored
        listed = [paragraph for article in articles for paragraph in article["paragraphs"]]
        questions = tuple(_question(qa, number) for number, paragraph in enumerate(listed) for qa in paragraph["qas"])
        return SquadCorpus(tuple(_text(paragraph, "context") for paragraph in listed), questions)
    except OSError as error:
        raise InvalidRequest(f"{path} can't be read ({error.strerror}). Name a question file.") from error
    except KeyError as error:
        raise _not_squad(path, f"a part has no {error}") from error
    except (ValueError, TypeError) as error:  # json's errors and those of decoding are ValueErrors
        raise _not_squad(path, str(error)) from error


def _not_squad(path: Path, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"{path} is not a question file in SQuAD's format ({why}). "
        'Write {"data": [{"paragraphs": [{"context": …, "qas": [{"id": …, "question": …}, …]}, …]}, …]}, in UTF-8.'
    )


def _question(qa: object, paragraph: int) -> SquadQuestion:
    if not isinstance(qa, dict):
        raise TypeError(f"{qa!r} is no question")
    # CAIL writes the flag as a string.
    impossible = str(qa.get("is_impossible", "")).lower() == "true"
    answers = () if impossible else _answers(qa)
    return SquadQuestion(str(qa["id"]), _text(qa, "question"), paragraph, answers, impossible)


def _text(part: dict[str, object], name: str) -> str:
    value = part[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, no text")
    return value


def _answers(qa: dict[str, object]) -> tuple[tuple[str, int], ...]:
    answers = qa.get("answers") or []
    if not isinstance(answers, list):
        raise ValueError("answers is not a list")
    return tuple((str(answer["text"]), int(answer["answer_start"])) for answer in answers)
