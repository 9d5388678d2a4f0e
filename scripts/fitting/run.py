"""One run over a folder of public question files: the weights of ranking and of confidence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Generic, TypeVar
from zlib import crc32

from scripts.fitting import confidence, invented, ranking
from scripts.fitting.samples import Sample, as_asked, swapped, with_near_misses
from yinju.derived import Derived
from yinju.encoder import Encoder
from yinju.evaluation.corpus import indexed
from yinju.evaluation.squad import SquadCorpus, read_squad
from yinju.evaluation.texts import read_articles
from yinju.progress import Progress
from yinju.question import Question, prepare

FILES = {
    "cmrc": "cmrc2018_trial.json",
    "drcd": "drcd_dev.json",
    "xquad-zh": "xquad.zh.json",
    "xquad-en": "xquad.en.json",
    "xquad-de": "xquad.de.json",
    "xquad-ru": "xquad.ru.json",
    "squad2-zh": "squad2_zh_dev.json",
}
NEWS = "crud_news_1.txt"
SOURCES = (
    "CMRC 2018 trial (CC BY-SA 4.0), DRCD dev (CC BY-SA 3.0), XQuAD zh, en, de, ru (CC BY-SA 4.0), "
    "scripts/fitting/reports (Apache-2.0, written for this), news of CRUD-RAG (Apache-2.0) as distractors"
)
MEASURED_ONLY = frozenset({"squad2-zh"})  # translated by machine and adversarial: nothing like what people ask
_NEAR_MISSES = 0.45  # of the paragraphs lose a sentence
_BESIDE = 60  # questions from elsewhere, put to one report
_ELSEWHERE = 250  # questions of another corpus, put to each
_MOST = 1500  # questions a corpus
_NEWS = 500  # articles beside the reports
_SEED = 7
SHOWN = frozenset({"cmrc", "drcd", "reports-held-out", "reports-alone-held-out"})
"""Whose held-out questions tell of the shipped weights."""
ALL_FITTED = frozenset({"reports", "reports-news", "reports-alone"})  # other reports are held out


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Put:
    """Samples put to a corpus. opened: makes its indexes for the occasion. held_out: all of them, or half."""

    name: str
    opened: Callable[[Encoder, Progress], AbstractContextManager[Derived]]
    samples: Sequence[Sample]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Seen(Generic[Found]):
    """What came of one sample."""

    corpus: str
    held_out: bool
    found: Found


def read(folder: Path) -> tuple[dict[str, SquadCorpus], list[str]]:
    """The files named in FILES, and the articles of NEWS. Raises InvalidRequest for one that is missing."""
    return {name: read_squad(folder / file) for name, file in FILES.items()}, read_articles([folder / NEWS])


def puts(corpora: Mapping[str, SquadCorpus], articles: Sequence[str]) -> Iterator[Put]:
    """What is asked of which corpus; the same at every call."""
    random = Random(_SEED)
    others = {"cmrc": "drcd", "drcd": "cmrc", "xquad-zh": "cmrc"}
    for name, other in others.items():
        paragraphs, samples = with_near_misses(corpora[name], _NEAR_MISSES, random)
        samples += list(swapped(samples, paragraphs, random))
        most = _MOST if name == "xquad-zh" else len(samples)  # XQuAD is asked in four languages
        samples = random.sample(samples, min(most, len(samples)))
        yield Put(name, _opened(paragraphs), samples + _elsewhere(corpora[other], random))
        if name == "xquad-zh":
            for language in ("en", "de", "ru"):
                yield Put(f"xquad-{language}", _opened(paragraphs), _translated(samples, corpora, language))
    yield Put("squad2-zh", _opened(corpora["squad2-zh"].paragraphs), as_asked(corpora["squad2-zh"], _MOST, random))
    foreign = [sample for language in ("en", "de", "ru") for sample in _elsewhere(corpora[f"xquad-{language}"], random)]
    yield Put("cmrc-foreign", _opened(corpora["cmrc"].paragraphs), foreign)
    yield from _reports(corpora, articles, random)


def _reports(corpora: Mapping[str, SquadCorpus], articles: Sequence[str], random: Random) -> Iterator[Put]:
    """The invented reports together, among news, and each alone, with questions from elsewhere and what is none."""
    beside = _elsewhere(corpora["cmrc"], random) + [Sample(text, "elsewhere") for text in invented.small_talk()]
    asked = invented.samples(invented.FITTED)
    yield Put("reports", partial(invented.opened, invented.FITTED), asked + beside)
    yield Put("reports-news", partial(invented.opened, invented.FITTED, articles=articles[:_NEWS]), asked + beside)
    others = _elsewhere(corpora["drcd"], random)
    held_out = invented.samples(invented.HELD_OUT) + others
    yield Put("reports-held-out", partial(invented.opened, invented.HELD_OUT), held_out, True)
    yield from _alone("reports-alone", invented.FITTED, beside, random)
    yield from _alone("reports-alone-held-out", invented.HELD_OUT, others, random)


def _alone(name: str, folder: Path, beside: Sequence[Sample], random: Random) -> Iterator[Put]:
    """Each report of a folder by itself: what most people index first."""
    for report in invented.names(folder):
        asked = invented.samples(folder, report) + random.sample(beside, _BESIDE)
        yield Put(name, partial(invented.opened, folder, only=report), asked, name.endswith("held-out"))


def _opened(paragraphs: Sequence[str]) -> Callable[[Encoder, Progress], AbstractContextManager[Derived]]:
    return partial(indexed, paragraphs)


def choices(put: Put, encoder: Encoder, progress: Progress) -> Iterator[Seen[ranking.Choice]]:
    """What there was to choose from, for every sample that has an answer among its candidates."""
    for derived, question, sample, held_out in _asked(put, encoder, progress):
        found = None if sample.document is None else ranking.choice(derived, question, sample)
        if found is not None:
            yield Seen(put.name, held_out, found)


def judgements(put: Put, encoder: Encoder, progress: Progress) -> Iterator[Seen[confidence.Judged]]:
    """How the evidence selected for each sample, as the passages now rank, fares."""
    for derived, question, sample, held_out in _asked(put, encoder, progress):
        found = confidence.judge(derived, question, sample)
        if found is not None:
            yield Seen(put.name, held_out, found)


def _asked(put: Put, encoder: Encoder, progress: Progress) -> Iterator[tuple[Derived, Question, Sample, bool]]:
    with put.opened(encoder, progress) as derived:
        for number, sample in enumerate(put.samples, start=1):
            held_out = put.held_out or (put.name not in ALL_FITTED and _held_out(sample))
            yield derived, prepare(sample.question, encoder, sample.history), sample, held_out
            progress("ask", number, len(put.samples))


def write(path: Path, weights: Mapping[str, object], fitted_on: Counter[str]) -> None:
    """A weights file with its provenance."""
    about = {"made_by": "make fit", "from": SOURCES, "fitted_on": dict(sorted(fitted_on.items()))}
    path.write_text(json.dumps({**about, "weights": weights}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _held_out(sample: Sample) -> bool:
    """Half of the paragraphs, and of the questions that have none, by what they are and not by their order."""
    return crc32(str(sample.document or sample.question).encode()) % 2 == 0


def _elsewhere(corpus: SquadCorpus, random: Random) -> list[Sample]:
    return [Sample(question.question, "elsewhere") for question in random.sample(corpus.questions, _ELSEWHERE)]


def _translated(samples: Sequence[Sample], corpora: Mapping[str, SquadCorpus], language: str) -> list[Sample]:
    """The same samples asked in another language; those with a swapped number are left out."""
    theirs = {question.id: question.question for question in corpora[f"xquad-{language}"].questions}
    wording = {question.question: theirs[question.id] for question in corpora["xquad-zh"].questions}
    return [replace(sample, question=wording[sample.question]) for sample in samples if sample.question in wording]
