"""Chinese numerals as numbers."""

from __future__ import annotations

import pytest

from yinju.text.numerals import numeral


@pytest.mark.parametrize(
    "text, value",
    [
        ("七", 7),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("百零五", 105),
        ("三百二十一", 321),
        ("两千", 2000),
        ("二〇二五", 2025),
    ],
)
def test_it_is_read_as_people_read_it(text: str, value: int) -> None:
    assert numeral(text) == value


@pytest.mark.parametrize("text", ["", "7", "一万", "第三"])
def test_anything_else_is_no_numeral(text: str) -> None:
    assert numeral(text) is None
