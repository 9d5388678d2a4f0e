from __future__ import annotations

import numpy as np
import pytest

from tests.fakes import CharacterEncoder
from yinju.question import prepare
from yinju.records import Turn

ENCODER = CharacterEncoder()
HISTORY = [Turn("user", "甲乙"), Turn("assistant", "丙丁[1]")]


def test_words_weigh_ten_times_what_punctuation_does() -> None:
    question = prepare("甲？", ENCODER)
    assert question.token_weights == pytest.approx([1 / 1.1, 0.1 / 1.1])


def test_terms_come_once_each_in_order() -> None:
    assert prepare("乙甲乙甲丙", ENCODER).terms == ("乙甲", "甲乙", "甲丙")


@pytest.mark.parametrize("text", ["\u200b", "？？？", "😀", "a" * 2000, "问" * 2000, "\ud800"])
def test_any_text_can_be_asked(text: str) -> None:
    question = prepare(text, ENCODER)
    assert question.text == text
    assert len(question.token_weights) == len(question.encoding.tokens) == len(question.encoding.offsets)
    assert question.token_weights.sum() == pytest.approx(1)


def test_a_text_without_tokens_weighs_nothing() -> None:
    question = prepare("\u2003", ENCODER)
    assert question.token_weights.shape == (0,)
    assert question.terms == ()


def test_a_follow_up_is_searched_for_with_what_was_asked_and_stays_itself() -> None:
    question = prepare("它呢？", ENCODER, HISTORY)
    assert question.text == "它呢？"
    assert question.terms == ("甲乙", "它呢")
    # 甲乙⏎ before it: tokens of the earlier question stand below 0, the question's own count from 0.
    assert question.encoding.offsets[:, 0].tolist() == [-3, -2, 0, 1, 2]


def test_an_earlier_question_weighs_what_it_is_to_weigh_however_long_it_is() -> None:
    for asked in ("甲乙", "甲乙丙丁戊己庚辛？"):
        weights = prepare("它呢？", ENCODER, [Turn("user", asked)]).token_weights
        assert weights[-3:] == pytest.approx(np.array([1, 1, 0.1]) / (2.1 * 2.5))
        assert weights[: len(asked)].sum() == pytest.approx(1.5 / 2.5)


def test_a_new_thing_is_searched_for_by_its_own_terms_and_asked_about_like_the_one_before() -> None:
    question = prepare("那爱心妈妈呢？", ENCODER, [Turn("user", "开了多少期夜校？")])
    assert question.asking == "开了多少期夜校？\n那爱心妈妈呢？"
    assert question.terms == prepare("那爱心妈妈呢？", ENCODER).terms
    assert question.token_weights[question.encoding.offsets[:, 0] < 0].sum() == pytest.approx(0.3 / 1.3)


def test_a_question_asks_for_itself() -> None:
    assert prepare("它有多少期？", ENCODER, HISTORY).asking == "它有多少期？"


def test_an_earlier_question_without_tokens_weighs_nothing() -> None:
    assert prepare("它呢？", ENCODER, [Turn("user", "？")]).token_weights.sum() == pytest.approx(1)
    assert prepare("？", ENCODER, [Turn("user", "甲")]).token_weights.sum() == pytest.approx(1)


def test_the_language_is_the_questions_own() -> None:
    assert prepare("What about it?", ENCODER, HISTORY).language == "en"
    assert prepare("那個呢？還有嗎？", ENCODER, [Turn("user", "How many?")]).language == "zh-Hant"


def test_a_complete_question_is_searched_for_alone() -> None:
    alone = "省公安厅哪个党支部打造了平台？"
    with_history, without = prepare(alone, ENCODER, HISTORY), prepare(alone, ENCODER)
    assert with_history.terms == without.terms
    assert with_history.asking == without.asking == alone
    assert with_history.encoding.pooled.tolist() == without.encoding.pooled.tolist()
    assert with_history.token_weights.tolist() == without.token_weights.tolist()
