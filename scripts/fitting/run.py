"""One run over a folder of public question files: the weights of ranking and of confidence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zlib import crc32

from scripts.fitting import confidence, ranking
from scripts.fitting.samples import Sample, as_asked, swapped, with_near_misses
from yinju.encoder import Encoder
from yinju.evaluation.corpus import indexed
from yinju.evaluation.squad import SquadCorpus, read_squad
from yinju.progress import Progress
from yinju.question import prepare

FILES = {
    "cmrc": "cmrc2018_trial.json",
    "drcd": "drcd_dev.json",
    "xquad-zh": "xquad.zh.json",
    "xquad-en": "xquad.en.json",
    "xquad-de": "xquad.de.json",
    "xquad-ru": "xquad.ru.json",
    "squad2-zh": "squad2_zh_dev.json",
}
SOURCES = "CMRC 2018 trial (CC BY-SA 4.0), DRCD dev (CC BY-SA 3.0), XQuAD zh, en, de, ru (CC BY-SA 4.0)"
MEASURED_ONLY = frozenset({"squad2-zh"})  # translated by machine and adversarial: nothing like what people ask
_NEAR_MISSES = 0.45  # of the paragraphs lose a sentence
_ELSEWHERE = 250  # questions of another corpus, put to each
_MOST = 1500  # questions a corpus
_SEED = 7


@dataclass(frozen=True, slots=True)
class Put:
    """Samples put to a corpus of paragraphs."""

    name: str
    paragraphs: Sequence[str]
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one sample."""

    corpus: str
    held_out: bool
    choice: ranking.Choice | None
    judged: confidence.Judged | None


def read(folder: Path) -> dict[str, SquadCorpus]:
    """The files named in FILES. Raises InvalidRequest for one that is missing."""
    return {name: read_squad(folder / file) for name, file in FILES.items()}


def puts(corpora: Mapping[str, SquadCorpus]) -> Iterator[Put]:
    """What is asked of which corpus; the same at every call."""
    random = Random(_SEED)
    others = {"cmrc": "drcd", "drcd": "cmrc", "xquad-zh": "cmrc"}
    for name, other in others.items():
        paragraphs, samples = with_near_misses(corpora[name], _NEAR_MISSES, random)
        samples += list(swapped(samples, paragraphs, random))
        samples = random.sample(samples, min(_MOST, len(samples)))
        yield Put(name, paragraphs, samples + _elsewhere(corpora[other], random))
        if name == "xquad-zh":
            for language in ("en", "de", "ru"):
                yield Put(f"xquad-{language}", paragraphs, _translated(samples, corpora, language))
    yield Put("squad2-zh", corpora["squad2-zh"].paragraphs, as_asked(corpora["squad2-zh"], _MOST, random))
    foreign = [sample for language in ("en", "de", "ru") for sample in _elsewhere(corpora[f"xquad-{language}"], random)]
    yield Put("cmrc-foreign", corpora["cmrc"].paragraphs, foreign)


def see(put: Put, encoder: Encoder, progress: Progress) -> Iterator[Seen]:
    """Put every sample to its corpus."""
    with indexed(put.paragraphs, encoder, progress) as derived:
        for number, sample in enumerate(put.samples, start=1):
            question = prepare(sample.question, encoder)
            chosen = None
            if sample.paragraph is not None and sample.start is not None:
                chosen = ranking.choice(derived, question, sample.paragraph, sample.start)
            judged = confidence.judge(derived, question, sample)
            yield Seen(put.name, _held_out(sample), chosen, judged)
            progress("ask", number, len(put.samples))


def write(path: Path, weights: Mapping[str, object], fitted_on: Counter[str]) -> None:
    """A weights file with its provenance."""
    about = {"made_by": "make fit", "from": SOURCES, "fitted_on": dict(sorted(fitted_on.items()))}
    path.write_text(json.dumps({**about, "weights": weights}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _held_out(sample: Sample) -> bool:
    """A third of the paragraphs, and of the questions that have none, by what they are and not by their order."""
    return crc32(str(sample.paragraph or sample.question).encode()) % 3 == 0


def _elsewhere(corpus: SquadCorpus, random: Random) -> list[Sample]:
    return [Sample(question.question, "elsewhere") for question in random.sample(corpus.questions, _ELSEWHERE)]


def _translated(samples: Sequence[Sample], corpora: Mapping[str, SquadCorpus], language: str) -> list[Sample]:
    """The same samples asked in another language; those with a swapped number are left out."""
    theirs = {question.id: question.question for question in corpora[f"xquad-{language}"].questions}
    wording = {question.question: theirs[question.id] for question in corpora["xquad-zh"].questions}
    return [
        Sample(wording[sample.question], sample.kind, sample.paragraph, sample.start, sample.answers)
        for sample in samples
        if sample.question in wording
    ]
