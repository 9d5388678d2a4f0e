"""Question files: JSON Lines, one question with its gold answer and evidence a line."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from yinju.errors import InvalidRequest
from yinju.evaluation.squad import SquadCorpus
from yinju.records import Role, Turn

OFF_TOPIC = "offtopic"
_OFF_TOPIC_COUNT = 200

_Text = Annotated[str, StringConstraints(min_length=1)]


class _Turn(BaseModel):
    role: Role
    content: str


class Question(BaseModel):
    """One line of a question file; fields it does not name are ignored.

    evidence: sentences of the document that show the answer, verbatim. answers: ways to write it, or with `all_of`
    the parts it is made of. An id that starts with OFF_TOPIC marks a question from outside the documents' subject.
    """

    model_config = ConfigDict(frozen=True)

    id: _Text
    question: _Text
    kind: _Text = "question"
    lang: _Text = "und"
    evidence: tuple[_Text, ...] = ()
    answers: tuple[_Text, ...] = ()
    all_of: bool = False
    answerable: bool
    history: tuple[_Turn, ...] = ()

    def turns(self) -> list[Turn]:
        return [Turn(turn.role, turn.content) for turn in self.history]


def read_questions(path: Path) -> list[Question]:
    """The questions of a file, in order; empty lines are passed over.

    Raises InvalidRequest for a file that can't be read or holds none, and for the first line that is no question.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InvalidRequest(f"{path} can't be read ({error.strerror}). Name a file of questions.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path} is not UTF-8. Save it as UTF-8.") from error
    questions = [_question(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not questions:
        raise InvalidRequest(f"{path} holds no question. Write one JSON object a line.")
    return questions


def off_topic(corpus: SquadCorpus) -> list[Question]:
    """200 questions of another corpus, which the documents asked about do not answer; the same at every call."""
    pool = [question.question for question in corpus.questions]
    Random(0).shuffle(pool)
    return [
        Question(id=f"{OFF_TOPIC}-q{number}", lang="zh", kind="unanswerable", question=text, answerable=False)
        for number, text in enumerate(pool[:_OFF_TOPIC_COUNT])
        if text.strip()
    ]


def _question(path: Path, number: int, line: str) -> Question:
    try:
        return Question.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise InvalidRequest(f"{path}, line {number}: {what}. Correct the line.") from error
