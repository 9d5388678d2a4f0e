"""Fit what ships with Yinju: python -m scripts.fitting centres, or weights FOLDER (a folder of public question files).

Centres come first: the weights are fitted over centred vectors. A third of the paragraphs is held out of the fit, and
the figures printed are those of its questions.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

import yinju
from scripts.fitting import centres, confidence, ranking, run
from yinju.encoder import open_encoder
from yinju.encoder.bundled import ensure_bundled
from yinju.encoder.loading import open_built
from yinju.evaluation.calibration import calibrate
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
    found = centres.fit(encoder, centres.parallel_questions())
    (PACKAGE / "encoder" / "centres.json").write_text(found.to_json() + "\n", encoding="utf-8")
    print(f"{len(found.queries)} centres for {found.model}")


def fit_weights(folder: Path) -> None:
    encoder = open_encoder(Settings.load())
    seen: list[run.Seen] = []
    for put in run.puts(run.read(folder)):
        seen += run.see(put, encoder, silent)
        print(f"{put.name}: {len(put.samples)} questions over {len(put.paragraphs)} paragraphs", flush=True)
    finish(seen)


def finish(seen: Sequence[run.Seen]) -> None:
    """Fit on two thirds, print the held-out third's figures, write the weights."""
    kept = [each for each in seen if not each.held_out and each.corpus not in run.MEASURED_ONLY]
    choices = [each.choice for each in kept if each.choice is not None]
    found = ranking.fit(choices)
    counts = Counter(each.corpus for each in kept if each.choice is not None)
    run.write(PACKAGE / "ranking.json", found, counts)
    print("ranking", found)
    judged = [each for each in kept if each.judged is not None]
    counts = Counter(each.judged.kind for each in judged if each.judged is not None)
    weights = confidence.fit([each.judged for each in judged if each.judged is not None])
    run.write(PACKAGE / "evidence" / "confidence.json", weights, counts)
    print("confidence", weights)
    report([each for each in seen if each.held_out and each.judged is not None], weights)


def report(held_out: Sequence[run.Seen], weights: Weights) -> None:
    """AUROC, calibration and both sides of refusal, a corpus a line."""
    for corpus in ["all", *sorted({each.corpus for each in held_out})]:
        part = [each.judged for each in held_out if corpus in ("all", each.corpus) and each.judged is not None]
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
        print(f"{corpus:14s}", "; ".join(figures))


def _calibration_error(values: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    found = calibrate(list(zip(values.tolist(), right.tolist(), strict=True)))
    return found.error if found else 0.0


if __name__ == "__main__":
    main()
