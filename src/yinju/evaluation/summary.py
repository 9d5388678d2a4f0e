"""Figures over many judged answers."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from yinju.evaluation.answers import Judgement
from yinju.evaluation.questions import OFF_TOPIC

Figures = dict[str, object]

RESAMPLES = 300
_FALSE_REFUSALS = 0.05


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The probability that a positive scores above a negative, ties counting half. Neither is empty."""
    scored = sorted([(value, 1) for value in positive] + [(value, 0) for value in negative])
    ranks = 0.0
    start = 0
    while start < len(scored):
        end = start
        while end < len(scored) and scored[end][0] == scored[start][0]:
            end += 1
        ranks += (start + end + 1) / 2 * sum(label for _, label in scored[start:end])
        start = end
    return (ranks - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def interval(figure: Callable[..., float], *groups: Sequence[float]) -> list[float]:
    """A 95 % bootstrap interval of `figure(*groups)`, every group resampled; the same at every call."""
    chance = random.Random(0)
    values = sorted(figure(*[[chance.choice(group) for _ in group] for group in groups]) for _ in range(RESAMPLES))
    return [round(values[int(RESAMPLES * 0.025)], 3), round(values[int(RESAMPLES * 0.975)], 3)]


def summarise(judgements: Sequence[Judgement], altered: int, seconds: Sequence[float]) -> dict[str, object]:
    """Every figure by its name, in the order they are printed; percentages are 0 to 100.

    altered: documents whose stored text is not their file's. seconds: how long each answer took.
    """
    asked = [j for j in judgements if j.question.answerable]
    unanswerable = [j for j in judgements if not j.question.answerable]
    strays = [j for j in unanswerable if j.question.id.startswith(OFF_TOPIC)]
    near = [j for j in unanswerable if not j.question.id.startswith(OFF_TOPIC)]
    figures: dict[str, object] = {"all": _block(asked)}
    for kind in sorted({j.question.kind for j in asked}):
        figures[kind] = _block([j for j in asked if j.question.kind == kind])
    for lang in sorted({j.question.lang for j in asked}):
        figures[f"lang {lang}"] = _block([j for j in asked if j.question.lang == lang])
    for name, group in (("near_miss", near), ("off_topic", strays)):
        if group and asked:
            figures[name] = _refusals(group, asked)
    lengths = [length for j in judgements for length in j.passage_lengths]
    figures["honesty"] = _honesty(judgements, altered)
    figures["passage_chars_median"] = statistics.median(lengths) if lengths else None
    figures["latency_ms"] = _latency(seconds)
    return figures


def _block(group: Sequence[Judgement]) -> Figures:
    return {
        "n": len(group),
        "hit1": _percent(j.hit1 for j in group),
        "hit3": _percent(j.hit3 for j in group),
        "hit5": _percent(j.hit5 for j in group),
        "answer": _percent(j.answer for j in group),
        "cite1": _percent(j.first_citation for j in group),
        "span": _percent(j.span for j in group if j.span is not None),
        "kept": _percent(j.answered for j in group),
        "precision": _mean(j.precision for j in group),
        "load": _median(j.load for j in group),
        "evidence": _mean(j.evidence for j in group),
    }


def _refusals(group: Sequence[Judgement], asked: Sequence[Judgement]) -> Figures:
    positive = [j.confidence for j in asked]
    negative = [j.confidence for j in group]
    threshold = sorted(positive)[int(_FALSE_REFUSALS * len(positive))]
    return {
        "n": len(group),
        "refused": _percent(j.status == "not_found" for j in group),
        "refused_at_5pct_false": _percent(value < threshold for value in negative),
        "auroc": round(auroc(positive, negative), 3),
        "auroc_95": interval(auroc, positive, negative),
        "reasons": dict(Counter(j.reason for j in group)),
    }


def _honesty(judgements: Sequence[Judgement], altered: int) -> Figures:
    return {
        "citations": sum(j.citations for j in judgements),
        "not_verbatim": sum(j.unverified for j in judgements),
        "answered_uncited": sum(j.answered and not j.citations for j in judgements),
        "refused_but_cited": sum(j.status == "not_found" and j.citations > 0 for j in judgements),
        "document_altered": altered,
        "verbose": sum(j.verbose for j in judgements),
        "errors": sum(j.status.startswith("error") for j in judgements),
    }


def _latency(seconds: Sequence[float]) -> Figures:
    slow = sorted(seconds)[max(0, int(0.95 * len(seconds)) - 1)]
    return {"p50": round(1e3 * statistics.median(seconds), 1), "p95": round(1e3 * slow, 1)}


def _percent(truths: Iterable[bool]) -> float | None:
    values = list(truths)
    return round(100 * sum(values) / len(values), 1) if values else None


def _mean(numbers: Iterable[float | None]) -> float | None:
    values = [number for number in numbers if number is not None]
    return round(statistics.mean(values), 3) if values else None


def _median(numbers: Iterable[float | None]) -> float | None:
    values = [number for number in numbers if number is not None]
    return round(statistics.median(values), 2) if values else None
