"""Fit what ships with Yinju: python -m scripts.fitting centres, or weights FOLDER (a folder of public question files).

Centres come first: the weights are fitted over centred vectors. Half of the paragraphs is held out of the fit, and
the figures printed are those of its questions.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

import yinju
from scripts.fitting import centres, confidence, ranking, run
from yinju import retriever
from yinju.encoder.bundled import ensure_bundled
from yinju.encoder.loading import open_built
from yinju.evaluation.calibration import calibrate
from yinju.evaluation.encoders import cached_encoder
from yinju.evidence.confidence import Weights
from yinju.evidence.confidence import confidence as probability
from yinju.progress import silent
from yinju.settings import Settings

PACKAGE = Path(yinju.__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("centres", "weights"))
    parser.add_argument("folder", type=Path, nargs="?")
    wanted = parser.parse_args()
    if wanted.what == "centres":
        fit_centres()
    elif wanted.folder is None:
        parser.error("weights need the folder of public question files")
    else:
        fit_weights(wanted.folder)


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
    found = ranking.fit([each.found for each in kept])
    run.write(PACKAGE / "ranking.json", found, Counter(each.corpus for each in kept))
    retriever.weights.cache_clear()
    print("ranking", found)
    for corpus in sorted({each.corpus for each in seen}):
        part = [each.found for each in seen if each.corpus == corpus and each.held_out]
        if part:
            print(f"{corpus:17s} n {len(part)} passage first {ranking.recall(part, found):.3f}")


def fit_confidence(seen: Sequence[run.Seen[confidence.Judged]]) -> None:
    """Fit on what is not held out, write the weights, print the figures of what is."""
    kept = [each for each in seen if not each.held_out and each.corpus not in run.MEASURED_ONLY]
    counts = [run.REPORT_WEIGHT if each.corpus in run.ALL_FITTED else 1.0 for each in kept]
    weights = confidence.fit([each.found for each in kept], counts)
    run.write(PACKAGE / "evidence" / "confidence.json", weights, Counter(each.found.kind for each in kept))
    print("confidence", weights)
    report([each for each in seen if each.held_out], weights)


def report(held_out: Sequence[run.Seen[confidence.Judged]], weights: Weights) -> None:
    """AUROC, calibration and both sides of refusal, a corpus a line."""
    for corpus in ["all", *sorted({each.corpus for each in held_out})]:
        part = [each.found for each in held_out if corpus in ("all", each.corpus)]
        values = np.array([probability(each.features, weights) for each in part])
        right = np.array([each.right for each in part])
        answerable = np.array([each.kind == "answerable" for each in part])
        figures = [f"n {len(part)}", f"right {right.mean():.3f}", f"ece {_calibration_error(values, right):.3f}"]
        for kind in ("deleted", "swapped", "written", "elsewhere"):
            these = np.array([each.kind == kind for each in part])
            if these.any() and answerable.any():
                both = np.concatenate([values[answerable], values[these]])
                area = roc_auc_score(np.repeat([1, 0], [answerable.sum(), these.sum()]), both)
                figures.append(f"{kind} AUROC {area:.3f} refused at ½ {(values[these] < 0.5).mean():.2f}")
        if answerable.any():
            figures.append(f"kept at ½ {(values[answerable] >= 0.5).mean():.3f}")
        print(f"{corpus:17s}", "; ".join(figures))


def _calibration_error(values: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    found = calibrate(list(zip(values.tolist(), right.tolist(), strict=True)))
    return found.error if found else 0.0


if __name__ == "__main__":
    main()
