from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.evidence.expected import Kind
from yinju.evidence.figures import Figure, differ, figures
from yinju.evidence.spans import candidates


def read(text: str, kind: Kind = "number") -> list[Figure]:
    return figures(text, candidates(text, kind), kind)


def only(text: str, kind: Kind = "number") -> Figure:
    (figure,) = read(text, kind)
    return figure


@pytest.mark.parametrize(
    "one, other",
    [
        ("6000余人次", "六千余人次"),
        ("6000余人次", "6012人次"),
        ("1.2万人", "12000人"),
        ("1.2万人", "12034人"),
        ("1,260件", "1260件"),
        ("45名", "45人"),
        ("百分之九十九点五", "99.5%"),
        ("百分之九十四", "94.2%"),
        ("约500万元", "510万元"),
        ("近500万元", "490万元"),
        ("二十多家", "23家"),
        ("十二个", "12个"),
        ("一百零五件", "105件"),
        ("两千零五十册", "2050册"),
    ],
)
def test_two_ways_of_writing_one_value_agree(one: str, other: str) -> None:
    first, second = only(one), only(other)
    assert first.unit == second.unit
    assert not differ(first, second)
    assert not differ(second, first)


@pytest.mark.parametrize(
    "one, other",
    [
        ("121期", "120期"),
        ("5800余人次", "6300人次"),
        ("2.38万人", "2.45万人"),
        ("百分之九十四点二", "百分之九十三点六"),
        ("12.1万", "121万"),
        ("约500万元", "600万元"),
    ],
)
def test_other_values_differ(one: str, other: str) -> None:
    assert differ(only(one), only(other))
    assert differ(only(other), only(one))


@pytest.mark.parametrize("text, unit", [("讲座14讲。", "讲"), ("共9起，", "起"), ("共9，", ""), ("5800余人次", "人次")])
def test_a_figure_ends_with_what_it_counts(text: str, unit: str) -> None:
    figure = only(text)
    assert figure.unit == unit
    assert figure.span.of(text).endswith(unit)


@pytest.mark.parametrize(
    "text",
    [
        "第三期",
        "第12届",
        "三分之一",
        "3至5个",
        "翻番",
        "翻一番",
        "五大行动和百分之",
        "占百分比",
        "١٢期",
        "१२期",
        "๑๒期",
        "1" + "0" * 330,
        "一" + "亿" * 50,
    ],
)
def test_what_is_no_number_of_things_is_left_out(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "one, other, apart",
    [
        ("2025年4月23日", "4月23日", False),
        ("4月23日", "4月25日", True),
        ("2025-04-23", "2025年4月23日", False),
        ("2024年4月", "2025年4月", True),
        ("2025年", "4月23日", False),
        ("10月27号", "10月27日", False),
    ],
)
def test_dates_differ_where_both_state_a_part_and_it_is_another(one: str, other: str, apart: bool) -> None:
    assert differ(only(one, "date"), only(other, "date")) == apart


def test_a_span_of_days_is_no_one_date() -> None:
    assert read("9月7日至9日", "date") == []


@given(
    st.text("第约近余多百千万亿零一二两十点分之%人次个月日年大行动0123456789.,至 —١२๓", max_size=30)
    | st.text("十百千万亿一两点059.,期١", max_size=500)
)
def test_any_text_can_be_read(text: str) -> None:
    for kind in ("number", "date"):
        for figure in read(text, kind):
            assert 0 <= figure.span.start < figure.span.end <= len(text)
            assert -inf < figure.low <= figure.high < inf
            assert not differ(figure, figure)
