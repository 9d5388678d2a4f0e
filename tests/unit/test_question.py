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


def test_a_follow_up_is_searched_for_with_what_was_said_and_stays_itself() -> None:
    question = prepare("它呢？", ENCODER, HISTORY)
    assert question.text == "它呢？"
    assert "甲乙" in question.terms
    assert "丙丁" in question.terms
    # 甲乙⏎丙丁⏎ before it: tokens of the context stand below 0, the question's own count from 0.
    assert question.encoding.offsets[:, 0].tolist() == [-6, -5, -3, -2, 0, 1, 2]


def test_what_was_said_weighs_less_than_what_is_asked() -> None:
    weights = prepare("它呢？", ENCODER, HISTORY).token_weights
    assert weights / weights[4] == pytest.approx(np.array([0.3, 0.3, 0.3, 0.3, 1, 1, 0.1]))


def test_the_language_is_the_questions_own() -> None:
    assert prepare("What about it?", ENCODER, HISTORY).language == "en"
    assert prepare("那個呢？還有嗎？", ENCODER, [Turn("user", "How many?")]).language == "zh-Hant"


def test_a_complete_question_is_searched_for_alone() -> None:
    alone = "省公安厅哪个党支部打造了平台？"
    assert prepare(alone, ENCODER, HISTORY).terms == prepare(alone, ENCODER).terms
