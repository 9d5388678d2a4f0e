"""Search terms: bigrams where a script has no spaces, words where it has, numbers whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.text import terms


@pytest.mark.parametrize(
    "text, expected",
    [
        ("开办青年夜校121期", ["开办", "办青", "青年", "年夜", "夜校", "121", "期"]),
        ("開辦", ["开办"]),
        ("41.4万人次，增长3.5％", ["41.4", "万人", "人次", "增长", "3.5%"]),
        ("6,000余", ["6000", "余"]),
        ("第5，100支", ["第", "5", "100", "支"]),
        ("How many Night-Schools?", ["how", "many", "night", "schools"]),
        ("COVID19 G20 5g", ["covid19", "g20", "5g"]),
        ("青年\n  夜校", ["青年", "年夜", "夜校"]),
        ("ひらカナ", ["ひら", "らカ", "カナ"]),
        ("한국어는 말", ["한국", "국어", "어는", "말"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("вечерних школ", ["вечерних", "школ"]),
        ("กี่ครั้ง", ["กี", "ี่", "่ค", "คร", "รั", "ั้", "้ง"]),
        ("“，。！” — …", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_terms_hold_no_white_space_and_no_punctuation_but_a_numbers(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(map(str.isspace, term))
        assert not set(term) & set("，。！？、“”()")


@given(st.text(st.sampled_from("青年夜校开办一二")), st.text(st.sampled_from("青年夜校开办一二")))
def test_a_passage_that_quotes_a_phrase_has_its_terms(before: str, after: str) -> None:
    assert set(terms("青年夜校")) <= set(terms(before + "青年夜校" + after))
