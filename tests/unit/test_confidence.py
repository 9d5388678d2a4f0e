"""The probability that the evidence answers, from features given by hand."""

from __future__ import annotations

from math import exp

import pytest

from yinju.evidence.confidence import FEATURES, _held, _numbers, confidence, topical
from yinju.text import fold

ZERO = dict.fromkeys((*FEATURES, "foreign"), 0.0)
PLAIN = dict.fromkeys(FEATURES, 0.0)
SAME = {**PLAIN, "intercept": -1.0, "aligned_sentence": 2.0, "missing_numbers": -4.0}
FOREIGN = {**PLAIN, "intercept": 0.5}
TOPIC = {"same": {**PLAIN, "intercept": 1.0, "dense": 2.0}, "foreign": {**PLAIN, "intercept": -1.0}}
WEIGHTS = {"topic": TOPIC, "answer": {"same": SAME, "foreign": FOREIGN}}


def logistic(logit: float) -> float:
    return 1 / (1 + exp(-logit))


def test_it_is_that_of_the_topic_times_that_of_the_answer() -> None:
    seen = {**ZERO, "aligned_sentence": 0.75, "dense": 0.25}
    assert confidence(seen, WEIGHTS) == pytest.approx(logistic(1.5) * logistic(0.5))


def test_a_question_in_another_script_has_weights_of_its_own() -> None:
    seen = {**ZERO, "aligned_sentence": 0.75, "dense": 0.25, "foreign": 1.0}
    assert confidence(seen, WEIGHTS) == pytest.approx(logistic(-1.0) * logistic(0.5))


@pytest.mark.parametrize("intercept, expected", [(1000.0, 1.0), (-1000.0, 0.0)])
def test_it_stays_between_0_and_1(intercept: float, expected: float) -> None:
    sure = {"same": {**SAME, "intercept": intercept}, "foreign": FOREIGN}
    assert confidence(ZERO, {"topic": sure, "answer": sure}) == pytest.approx(expected, abs=1e-9)


def test_the_shipped_weights_name_every_feature_and_no_other() -> None:
    assert 0 < confidence(ZERO) < 1
    assert 0 < confidence({**ZERO, "foreign": 1.0}) < 1


def test_better_aligned_is_surer_and_a_missing_number_less_sure() -> None:
    plain = {**ZERO, "aligned_sentence": 0.5, "aligned_passage": 0.5, "coverage": 0.5}
    assert confidence({**plain, "coverage": 0.9}) > confidence(plain)
    assert confidence({**plain, "missing_numbers": 1.0}) < confidence(plain)


def test_what_a_question_is_about_does_not_hang_on_its_numbers_or_on_what_kind_of_answer_is_there() -> None:
    plain = {**ZERO, "aligned_passage": 0.5, "dense": 0.5, "typed": 1.0}
    without = {**plain, "missing_numbers": 1.0, "unknown_numbers": 1.0, "typed": 0.0, "untyped": 1.0}
    assert topical(without) == topical(plain) > confidence(plain) > confidence(without)


def test_no_shipped_weight_counts_against_what_its_feature_stands_for() -> None:
    against = {"elsewhere", "untyped", "unfigured", "missing_numbers", "unknown_numbers", "missing_names"}
    for script in (0.0, 1.0):
        plain = {**ZERO, "foreign": script}
        for name in FEATURES:
            more = confidence({**plain, name: 1.0})
            assert more <= confidence(plain) if name in against else more >= confidence(plain)


@pytest.mark.parametrize(
    "asked, numbers",
    [
        ("7. 开办了多少期夜校？", set()),
        ("第7个问题：2025年开办了多少期？", {"2025"}),
        ("question 7: how many sessions?", set()),
        ("请用50字以内回答：开办了多少期？", set()),
        ("7.5万人次是哪项活动？", {"7.5"}),
        ("第7期的主题是什么？", {"第7"}),
        ("第十一届书画展十月开幕，展出1,572件？", {"第11", "10月", "1572"}),
        ("19:30开始的演出是哪一场？", {"19", "30"}),
    ],
)
def test_figures_that_number_the_question_need_stand_in_no_passage(asked: str, numbers: set[str]) -> None:
    assert set(_numbers(fold(asked))) == numbers


def test_a_number_is_held_however_it_is_spelled() -> None:
    assert _held("第十一届书画展10月开幕，展出1572件。") == {"第11", "11", "10月", "10", "1572"}
    assert _held("办了7期。") == {"7"}
