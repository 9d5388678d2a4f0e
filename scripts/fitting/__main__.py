"""Fit what ships with Yinju: python -m scripts.fitting centres, or weights FOLDER (a folder of public question files).

Centres come first: the weights are fitted over centred vectors. Half of the paragraphs is held out of the fit, and
the figures printed are those of its questions; held-out FOLDER prints them for the shipped weights, fitting nothing.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yinju
from scripts.fitting import centres, confidence, figures, ranking, run
from yinju import retriever
from yinju.encoder.bundled import ensure_bundled
from yinju.encoder.loading import open_built
from yinju.evaluation.encoders import cached_encoder
from yinju.progress import silent
from yinju.settings import Settings

PACKAGE = Path(yinju.__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("centres", "weights", "held-out"))
    parser.add_argument("folder", type=Path, nargs="?")
    wanted = parser.parse_args()
    if wanted.what == "centres":
        fit_centres()
    elif wanted.folder is None:
        parser.error(f"{wanted.what}: name the folder of public question files")
    else:
        {"weights": fit_weights, "held-out": show_held_out}[wanted.what](wanted.folder)


def fit_centres() -> None:
    settings = Settings.load()
    encoder = open_built(ensure_bundled(settings.home, silent), settings.threads)
    found = centres.fit(encoder, centres.parallel_questions(), centres.report_sentences())
    found.save(PACKAGE / "encoder")
    print(f"{len(found.queries)} centres and {0 if found.axes is None else len(found.axes)} axes for {found.model}")


def fit_weights(folder: Path) -> None:
    """Ranking first: what is quoted, and so how probably it answers, depends on it."""
    with cached_encoder(Settings.load()) as (encoder, _):
        puts = list(run.puts(*run.read(folder)))
        fit_ranking([seen for put in puts for seen in _told(put, run.choices(put, encoder, silent))])
        fit_confidence([seen for put in puts for seen in _told(put, run.judgements(put, encoder, silent))])


def _told(put: run.Put, seen: Iterable[run.Seen[run.Found]]) -> Iterator[run.Seen[run.Found]]:
    yield from seen
    print(f"{put.name}: {len(put.samples)} questions", flush=True)


def fit_ranking(seen: Sequence[run.Seen[ranking.Choice]]) -> None:
    """Write the retriever's weights and rank by them from now on."""
    kept = [each for each in seen if not each.held_out and each.corpus not in run.MEASURED_ONLY]
    fitted_on = Counter(each.corpus for each in kept)
    # Each corpus counts the same: the largest would speak for Chinese alone.
    found = ranking.fit([each.found for each in kept], [1 / fitted_on[each.corpus] for each in kept])
    run.write(PACKAGE / "ranking.json", found, fitted_on)
    retriever.weights.cache_clear()
    print("ranking", found)
    for corpus in sorted({each.corpus for each in seen}):
        part = [each.found for each in seen if each.corpus == corpus and each.held_out]
        if part:
            print(f"{corpus:17s} n {len(part)} passage first {ranking.recall(part, found):.3f}")


def fit_confidence(seen: Sequence[run.Seen[confidence.Judged]]) -> None:
    """Fit on what is not held out, write the weights, print the figures of what is."""
    kept = [each for each in seen if not each.held_out and each.corpus not in run.MEASURED_ONLY]
    weights = confidence.fit([each.found for each in kept])
    run.write(PACKAGE / "evidence" / "confidence.json", weights, Counter(each.found.kind for each in kept))
    print("confidence", weights)
    figures.report([each for each in seen if each.held_out], weights)


def show_held_out(folder: Path) -> None:
    """The figures of what the shipped weights were not fitted on."""
    with cached_encoder(Settings.load()) as (encoder, _):
        puts = [put for put in run.puts(*run.read(folder)) if put.name in run.SHOWN]
        seen = [each for put in puts for each in run.judgements(put, encoder, silent) if each.held_out]
    figures.report(seen, None)


if __name__ == "__main__":
    main()
