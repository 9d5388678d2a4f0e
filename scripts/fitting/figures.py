"""What the weights are worth on questions they were not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from sklearn.metrics import roc_auc_score

from scripts.fitting.confidence import Judged
from scripts.fitting.run import Seen
from yinju.evaluation.calibration import calibrate
from yinju.evidence.confidence import Weights
from yinju.evidence.confidence import confidence as probability

REPORTS = ("reports-held-out", "reports-alone-held-out")
THRESHOLDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_WIKIPEDIA = ("cmrc", "drcd")
_MADE = ("deleted", "swapped")
_UNANSWERABLE = 0.2  # of the questions calibration is measured on


def report(held_out: Sequence[Seen[Judged]], weights: Weights | None) -> None:
    """Print separation a corpus a line, calibration, and what each threshold refuses. `weights`: None for shipped."""
    for corpus in sorted({each.corpus for each in held_out}):
        _separation(corpus, [each.found for each in held_out if each.corpus == corpus], weights)
    _calibration([each.found for each in held_out if each.corpus in _WIKIPEDIA], weights)
    for corpus in REPORTS:
        _thresholds(corpus, [each.found for each in held_out if each.corpus == corpus], weights)


def _separation(corpus: str, judged: Sequence[Judged], weights: Weights | None) -> None:
    answerable = [probability(each.features, weights) for each in judged if each.kind == "answerable"]
    right = np.mean([float(each.right) for each in judged if each.kind == "answerable"] or [0.0])
    parts = [f"{len(answerable)} answerable, quoted right {right:.3f}"]
    for kind in sorted({each.kind for each in judged} - {"answerable"}):
        others = [probability(each.features, weights) for each in judged if each.kind == kind]
        if answerable:
            area = roc_auc_score(np.repeat([1, 0], [len(answerable), len(others)]), [*answerable, *others])
            parts.append(f"{len(others)} {kind} AUROC {area:.3f}")
    print(f"{corpus:17s}", "; ".join(parts))


def _calibration(judged: Sequence[Judged], weights: Weights | None) -> None:
    answerable = [each for each in judged if each.kind == "answerable"]
    made = [each for each in judged if each.kind in _MADE]
    random, most = Random(0), len(made) / _UNANSWERABLE
    asked = random.sample(answerable, min(round(most * (1 - _UNANSWERABLE)), len(answerable)))
    asked += random.sample(made, min(round(len(asked) * _UNANSWERABLE / (1 - _UNANSWERABLE)), len(made)))
    found = calibrate([(probability(each.features, weights), each.right) for each in asked])
    if found is not None:
        share = sum(each.kind in _MADE for each in asked) / found.count
        print(
            f"calibration error {found.error:.3f} over {len(found.bins)} bins of equal mass: {found.count} held-out "
            f"questions to CMRC and DRCD, {share:.0%} unanswerable"
        )


def _thresholds(corpus: str, judged: Sequence[Judged], weights: Weights | None) -> None:
    groups = {kind: _probabilities(judged, kind, weights) for kind in ("answerable", "written", "elsewhere")}
    print(f"threshold   kept   near misses refused   off topic refused   ({corpus})")
    for threshold in THRESHOLDS:
        below = {kind: float((values < threshold).mean()) for kind, values in groups.items() if len(values)}
        shares = (1 - below.get("answerable", 0.0), below.get("written", 0.0), below.get("elsewhere", 0.0))
        print(f"{threshold:9.2f}  {shares[0]:5.1%}  {shares[1]:20.1%}  {shares[2]:18.1%}")


def _probabilities(judged: Sequence[Judged], kind: str, weights: Weights | None) -> np.ndarray:
    return np.array([probability(each.features, weights) for each in judged if each.kind == kind])
