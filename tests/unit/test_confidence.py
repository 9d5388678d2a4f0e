"""The probability that the evidence answers, from features given by hand."""

from __future__ import annotations

from math import exp

import pytest

from yinju.evidence.confidence import FEATURES, _numbers, confidence, topical
from yinju.text import fold

ZERO = dict.fromkeys((*FEATURES, "foreign"), 0.0)
SAME = {**dict.fromkeys(FEATURES, 0.0), "intercept": -1.0, "aligned_sentence": 2.0, "missing_numbers": -4.0}
FOREIGN = {**dict.fromkeys(FEATURES, 0.0), "intercept": 0.5}
WEIGHTS = {"same": SAME, "foreign": FOREIGN}


def logistic(logit: float) -> float:
    return 1 / (1 + exp(-logit))


def test_it_is_the_logistic_of_the_weighted_features() -> None:
    assert confidence({**ZERO, "aligned_sentence": 0.75}, WEIGHTS) == pytest.approx(logistic(0.5))


def test_a_question_in_another_script_has_weights_of_its_own() -> None:
    assert confidence({**ZERO, "aligned_sentence": 0.75, "foreign": 1.0}, WEIGHTS) == pytest.approx(logistic(0.5))
    assert confidence({**ZERO, "foreign": 1.0}, WEIGHTS) == pytest.approx(logistic(0.5))


@pytest.mark.parametrize("intercept, expected", [(1000.0, 1.0), (-1000.0, 0.0)])
def test_it_stays_between_0_and_1(intercept: float, expected: float) -> None:
    weights = {"same": {**SAME, "intercept": intercept}, "foreign": FOREIGN}
    assert confidence(ZERO, weights) == pytest.approx(expected, abs=1e-9)


def test_the_shipped_weights_name_every_feature_and_no_other() -> None:
    assert 0 < confidence(ZERO) < 1
    assert 0 < confidence({**ZERO, "foreign": 1.0}) < 1


def test_better_aligned_is_surer_and_a_missing_number_less_sure() -> None:
    plain = {**ZERO, "aligned_sentence": 0.5, "aligned_passage": 0.5, "coverage": 0.5}
    assert confidence({**plain, "coverage": 0.9}) > confidence(plain)
    assert confidence({**plain, "missing_numbers": 1.0}) < confidence(plain)


def test_what_a_question_is_about_does_not_hang_on_its_numbers_and_names() -> None:
    asked = {**ZERO, "aligned_sentence": 0.5, "missing_numbers": 1.0, "missing_names": 0.5}
    assert topical(asked) == confidence({**asked, "missing_numbers": 0.0, "missing_names": 0.0}) > confidence(asked)


@pytest.mark.parametrize(
    "asked, numbers",
    [
        ("7. 开办了多少期夜校？", set()),
        ("第7个问题：2025年开办了多少期？", {"2025"}),
        ("question 7: how many sessions?", set()),
        ("请用50字以内回答：开办了多少期？", set()),
        ("7.5万人次是哪项活动？", {"7.5"}),
        ("第7期的主题是什么？", {"7"}),
    ],
)
def test_figures_that_number_the_question_need_stand_in_no_passage(asked: str, numbers: set[str]) -> None:
    assert _numbers(fold(asked)) == numbers
