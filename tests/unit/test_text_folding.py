"""Folding: one form for all spellings, and the way back to the source's characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from yinju.text import fold, folded, is_traditional
from yinju.text.folding import _converted

# Where folding is not one character for one: ligatures, marks to compose, half-width kana, jamo, invisible ones.
AWKWARD = st.text(
    st.sampled_from("aAﬁǰée\u0301ｶﾞｱ㍿①％，１２İß開办乾著\u200b\u00ad\ufeff\u1112\u1161\u11ab\u09c7\u09be。\n 𠮷\ud800")
)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("開辦了多少期青年夜校", "开办了多少期青年夜校"),
        ("瞭解什麼", "了解什么"),
        ("ＡＢＣ１２１％", "abc121%"),
        ("Straße", "strasse"),
        ("青\u200b年", "青年"),
        ("\ud800", "\ufffd"),
    ],
)
def test_spellings_of_the_same_words_fold_to_one(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_offsets_point_at_the_source_of_each_character() -> None:
    text = "ﬁ e\u0301 開\u200b辦"
    out, offsets = folded(text)
    assert out == "fi é 开办"
    assert [text[offset] for offset in offsets] == ["ﬁ", "ﬁ", " ", "e", " ", "開", "辦"]


@given(AWKWARD | st.text())
def test_folding_with_offsets_gives_the_same_text_and_offsets_in_order(text: str) -> None:
    out, offsets = folded(text)
    assert out == fold(text)
    assert len(offsets) == len(out)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@given(AWKWARD, AWKWARD)
def test_offsets_of_a_slice_lead_to_its_own_characters(before: str, after: str) -> None:
    out, offsets = folded(before + "。独。" + after)
    at = out.index("。独。")
    assert offsets[at + 1] == len(before) + 1 or "。独。" in before


def test_a_conversion_that_would_change_the_length_goes_character_by_character() -> None:
    by_phrase = OpenCC("s2twp")
    assert len(by_phrase.convert("互联网")) == 4
    assert _converted(by_phrase, "互联网") == "互聯網"


@pytest.mark.parametrize(
    "text, expected",
    [("開辦了多少期", True), ("台灣有多少", True), ("开办了多少期", False), ("中文", False), ("plain", False)],
)
def test_traditional_characters_are_told_from_simplified(text: str, expected: bool) -> None:
    assert is_traditional(text) is expected
