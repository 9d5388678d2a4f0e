"""Whether answers can be trusted: what is quoted, what is refused, and what confidence is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from yinju.evaluation.answers import Judgement
from yinju.evaluation.calibration import Calibration, calibrate
from yinju.evaluation.summary import auroc, interval

_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one kind or language.

    recall: gold evidence sentences that were quoted, refusals quoting none. precision: citations that hold evidence,
    those given where there is no answer included. false_answers: unanswerable questions answered. false_refusals:
    answerable ones not answered.
    """

    name: str
    questions: int
    recall: Count
    precision: Count
    false_answers: Count
    false_refusals: Count


@dataclass(frozen=True, slots=True)
class Separation:
    """The AUROC of confidence between answerable and unanswerable questions, with its 95 % bootstrap interval."""

    answerable: int
    unanswerable: int
    auroc: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trust:
    """groups: all, then each kind, then each language. None where there was nothing to measure by."""

    groups: tuple[Group, ...]
    separation: Separation | None
    calibration: Calibration | None

    def to_json(self) -> dict[str, object]:
        groups = {group.name: _shares(group) for group in self.groups}
        apart = self.separation
        found = self.calibration
        return {
            "groups": groups,
            "auroc": apart and round(apart.auroc, _DECIMALS),
            "auroc_95": apart and [apart.low, apart.high],
            "ece": found and round(found.error, _DECIMALS),
            "calibration_bins": found and [[b.count, b.confidence, b.right] for b in found.bins],
        }

    def figures(self) -> dict[str, object]:
        """By name: `false_answers` for all questions, `list.citation_recall` for those of a kind."""
        named: dict[str, object] = {"auroc": None, "ece": None}
        if self.separation is not None:
            named["auroc"] = self.separation.auroc
        if self.calibration is not None:
            named["ece"] = self.calibration.error
        for group in self.groups:
            prefix = "" if group.name == "all" else f"{group.name}."
            named |= {prefix + name: value for name, value in _shares(group).items() if name != "n"}
        return named


def trust(judgements: Sequence[Judgement], shown: Sequence[bool | None]) -> Trust:
    """`shown`: for each judgement whether the evidence at hand was right; None where that is not known."""
    kinds = sorted({j.question.kind for j in judgements})
    langs = sorted({j.question.lang for j in judgements})
    groups = [
        _group("all", judgements),
        *(_group(kind, [j for j in judgements if j.question.kind == kind]) for kind in kinds),
        *(_group(f"lang {lang}", [j for j in judgements if j.question.lang == lang]) for lang in langs),
    ]
    known = [(j.confidence, right) for j, right in zip(judgements, shown, strict=True) if right is not None]
    return Trust(tuple(groups), _separation(judgements), calibrate(known))


def _group(name: str, judgements: Sequence[Judgement]) -> Group:
    asked = [j for j in judgements if j.question.answerable]
    return Group(
        name=name,
        questions=len(judgements),
        recall=Count(
            sum(round((j.evidence or 0) * len(j.question.evidence)) for j in asked),
            sum(len(j.question.evidence) for j in asked),
        ),
        precision=Count(
            sum(round((j.precision or 0) * j.citations) for j in judgements),
            sum(j.citations for j in judgements if j.answered),
        ),
        false_answers=_count((j for j in judgements if not j.question.answerable), lambda j: j.answered),
        false_refusals=_count(asked, lambda j: not j.answered),
    )


def _count(judgements: Iterable[Judgement], holds: Callable[[Judgement], bool]) -> Count:
    truths = [holds(judgement) for judgement in judgements]
    return Count(sum(truths), len(truths))


def _separation(judgements: Sequence[Judgement]) -> Separation | None:
    positive = [j.confidence for j in judgements if j.question.answerable]
    negative = [j.confidence for j in judgements if not j.question.answerable]
    if not positive or not negative:
        return None
    low, high = interval(auroc, positive, negative)
    return Separation(len(positive), len(negative), auroc(positive, negative), low, high)


def _shares(group: Group) -> dict[str, float | None]:
    return {
        "n": group.questions,
        "citation_recall": _rounded(group.recall.share),
        "citation_precision": _rounded(group.precision.share),
        "false_answers": _rounded(group.false_answers.share, 100),
        "false_refusals": _rounded(group.false_refusals.share, 100),
    }


def _rounded(share: float | None, scale: int = 1) -> float | None:
    return None if share is None else round(share * scale, _DECIMALS if scale == 1 else 1)
