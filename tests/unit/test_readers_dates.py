"""The date a document states on a line of its own."""

import pytest

from yinju.readers.dates import iso_date, stated_date

BODY = ["一年来，工作取得成效。"] * 20


@pytest.mark.parametrize(
    "line, expected",
    [
        ("2025年11月22日", "2025-11-22"),
        ("（2025年10月）", "2025-10"),
        ("2025年", "2025"),
        ("二〇二五年十月二十七日", "2025-10-27"),
        ("二○二五年十二月三十一日", "2025-12-31"),
        ("发布时间：2025-11-22", "2025-11-22"),
        ("发布时间：2025-11-22 16:40 来源：省委直属机关工委", "2025-11-22"),
        ("日期: 2025/1/2", "2025-01-02"),
        ("印发日期 2025.10.27", "2025-10-27"),
        ("22 November 2025", "2025-11-22"),
        ("Published: Nov. 3rd, 2025", "2025-11-03"),
        ("October 2025", "2025-10"),
        ("Date: 2025-11-22T08:00:00Z", "2025-11-22"),
    ],
)
def test_a_line_that_is_a_date_is_the_documents(line: str, expected: str) -> None:
    assert stated_date(["标题", line, *BODY]) == expected
    assert stated_date(["标题", *BODY, "省委直属机关工委", line]) == expected


@pytest.mark.parametrize(
    "line",
    [
        "2024年深秋，习近平总书记亲临湖北考察。",
        "10月27日，会议在武汉举行。",
        "新华社武汉10月27日电",
        "2025年13月1日",
        "2025年2月30日",
        "2025年度工作报告",
        "2025",
        "1572.10",
        "共2025年",
        "On 22 November 2025 the committee met.",
    ],
)
def test_what_is_not_a_date_alone_is_none(line: str) -> None:
    assert stated_date(["标题", line, *BODY]) is None


def test_a_labelled_date_counts_before_a_bare_one_and_the_top_before_the_end() -> None:
    assert stated_date(["2024年1月1日", "发布时间：2025-11-22", *BODY]) == "2025-11-22"
    assert stated_date(["2024年1月1日", *BODY, "2025年1月1日"]) == "2024-01-01"


def test_a_date_in_the_middle_is_not_the_documents() -> None:
    assert stated_date([*BODY, "2025年11月22日", *BODY]) is None


def test_iso_date_takes_nothing_but_a_date() -> None:
    assert iso_date("2025-11-22") == "2025-11-22"
    assert iso_date("于2025年11月22日") is None
