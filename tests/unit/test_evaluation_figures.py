from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.evaluation.answers import Judgement
from yinju.evaluation.questions import Question
from yinju.evaluation.summary import auroc, interval, summarise

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=8)


@given(SCORES, SCORES)
def test_auroc_counts_the_pairs_won(positive: list[float], negative: list[float]) -> None:
    won = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    assert auroc(positive, negative) == pytest.approx(won / (len(positive) * len(negative)))


def test_interval_holds_the_figure_and_is_the_same_at_every_call() -> None:
    positive, negative = [0.9, 0.8, 0.4, 0.7], [0.1, 0.5, 0.3]
    low, high = interval(auroc, positive, negative)
    assert 0 < low < auroc(positive, negative) <= high == 1.0
    assert interval(auroc, positive, negative) == [low, high]


def judged(identifier: str, status: str, confidence: float = 0.5, answerable: bool = True, **rest: object) -> Judgement:
    question = Question(id=identifier, question="？", kind="fact", lang="zh", answerable=answerable)
    return Judgement(question, status, confidence=confidence, **rest)  # type: ignore[arg-type]


def test_only_refusals_by_status_count_as_refused_and_groups_stay_apart() -> None:
    judgements = [judged(f"q{i}", "answered", i / 20) for i in range(1, 21)]
    judgements += [judged("near", "answered", 0.04, False), judged("offtopic-1", "not_found", 0.5, False)]
    figures = summarise(judgements, altered=3, seconds=[0.01] * 21 + [1.0])
    near, off = figures["near_miss"], figures["off_topic"]
    assert isinstance(near, dict)
    assert isinstance(off, dict)
    # One answerable question in twenty may be refused: the threshold is the second lowest confidence, 0.1.
    assert (near["n"], near["refused"], near["refused_at_5pct_false"], near["auroc"]) == (1, 0.0, 100.0, 1.0)
    assert (off["n"], off["refused"], off["refused_at_5pct_false"]) == (1, 100.0, 0.0)
    assert figures["latency_ms"] == {"p50": 10.0, "p95": 10.0}
    assert isinstance(figures["honesty"], dict)
    assert figures["honesty"]["document_altered"] == 3


def test_figures_without_a_meaning_are_none() -> None:
    figures = summarise([judged("near", "not_found", answerable=False)], altered=0, seconds=[0.01])
    assert "near_miss" not in figures  # nothing to tell it from
    assert figures["passage_chars_median"] is None
    block = figures["all"]
    assert isinstance(block, dict)
    assert block.pop("n") == 0
    assert set(block.values()) == {None}
