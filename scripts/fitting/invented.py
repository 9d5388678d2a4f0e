"""Invented reports of Chinese institutions with questions written by hand: thirty of them, ten never fitted on.

Public question files are about encyclopaedia articles, and their near misses are made by machine. These are of the kind
the service is for, and a fourth of their questions are near misses a colleague might ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from scripts.fitting.samples import Sample
from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived
from yinju.encoder import Encoder
from yinju.evaluation.libraries import written
from yinju.evaluation.questions import Question, read_questions
from yinju.indexing import index_folder
from yinju.progress import Progress, silent

_FOLDER = Path(__file__).with_name("reports")
FITTED, HELD_OUT = _FOLDER / "fitted", _FOLDER / "held_out"
_SMALL_TALK = Path(__file__).with_name("small_talk.txt")


@contextmanager
def opened(
    folder: Path, encoder: Encoder, progress: Progress = silent, *, only: str = "", articles: Sequence[str] = ()
) -> Iterator[Derived]:
    """A temporary index of a folder of reports or `only` one of them, each of `articles` beside."""
    with TemporaryDirectory(prefix="yinju-") as name, Catalogue(Path(name) / "catalogue.db") as catalogue:
        if only:
            alone = Path(name) / "alone"
            alone.mkdir()
            folder = Path(copy(folder / only, alone)).parent
        index_folder(catalogue, encoder, folder, progress)
        if articles:
            index_folder(catalogue, encoder, written(Path(name) / "articles", articles), progress)
        yield open_derived(catalogue, Path(name) / "derived", encoder.fingerprint, progress)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.txt"))


def samples(folder: Path, only: str = "") -> list[Sample]:
    """The questions on a folder of reports, or on `only` one; a question's id starts with its report's name."""
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in names(folder)}
    questions = read_questions(folder / "questions.jsonl")
    return [_sample(each, texts) for each in questions if only in ("", _report(each))]


def _report(question: Question) -> str:
    return question.id.partition("-")[0] + ".txt"


def small_talk() -> list[str]:
    """What people type that is no question to a report, in several languages."""
    return _SMALL_TALK.read_text(encoding="utf-8").splitlines()


def _sample(question: Question, texts: dict[str, str]) -> Sample:
    turns = tuple(question.turns())
    if not question.answerable:
        return Sample(question.question, "written", history=turns)
    name = _report(question)
    starts = tuple(texts[name].index(sentence) for sentence in question.evidence)
    return Sample(question.question, "answerable", name, starts, question.answers, question.all_of, turns)
