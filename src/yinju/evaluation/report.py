"""An evaluation as lines to read and as JSON to keep. The names are those of published results."""

from __future__ import annotations

from yinju.evaluation.answers import Judgement
from yinju.evaluation.asking import Evaluation

_MISS = ("id", "status", "conf", "h1", "h3", "got", "question", "answer")


def lines(evaluation: Evaluation) -> list[str]:
    """One figure or block of figures a line."""
    return [f"{name:22s} {figures}" for name, figures in evaluation.summary().items()]


def misses(evaluation: Evaluation) -> list[str]:
    """A line for each answerable question not answered from the first passage, and each other one answered."""
    rows = [_row(judgement) for judgement in evaluation.judgements if judgement.missed]
    return [f"miss { ({key: row[key] for key in _MISS}) }" for row in rows]


def to_json(evaluation: Evaluation) -> dict[str, object]:
    """The summary, and a row for each question."""
    return {"summary": evaluation.summary(), "rows": [_row(judgement) for judgement in evaluation.judgements]}


def figures(evaluation: Evaluation) -> dict[str, object]:
    """Every number by the name a limit is set to: `hit1` of all, `list.hit1`, `lang.de.hit1`, `near_miss.auroc`."""
    named: dict[str, object] = {}
    for block, found in evaluation.summary().items():
        prefix = "" if block == "all" else f"{block}."
        values = found if isinstance(found, dict) else {"": found}
        named |= {
            (prefix + name).rstrip("."): value for name, value in values.items() if not isinstance(value, list | dict)
        }
    return {name.replace("lang ", "lang."): value for name, value in {**named, **evaluation.trust().figures()}.items()}


def _row(judgement: Judgement) -> dict[str, object]:
    question = judgement.question
    return {
        "id": question.id,
        "kind": question.kind,
        "lang": question.lang,
        "ok": question.answerable,
        "status": judgement.status,
        "reason": judgement.reason,
        "conf": judgement.confidence,
        "h1": judgement.hit1,
        "h3": judgement.hit3,
        "h5": judgement.hit5,
        "got": judgement.answer,
        "cite1": judgement.first_citation,
        "prec": judgement.precision,
        "load": judgement.load,
        "evid": judgement.evidence,
        "span": judgement.span,
        "cited": judgement.citations,
        "bad": judgement.unverified,
        "verbose": judgement.verbose,
        "question": question.question,
        "answer": judgement.text,
    }
