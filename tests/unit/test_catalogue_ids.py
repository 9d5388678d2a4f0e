from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.document_ids import MAX_LENGTH, document_id, unused_id


@pytest.mark.parametrize(
    "name, expected",
    [
        ("2025年工作总结.txt", "2025年工作总结"),
        ("deep/er/report.v2.md", "report.v2"),
        ("全角　空格 and   space.txt", "全角-空格-and-space"),
        ("Ｆｕｌｌ.txt", "Full"),
        ("a:b/c?d#e%f&g.txt", "c-d-e-f-g"),
        ("...txt", "document"),
        ("《》.txt", "document"),
        ("हिन्दी.txt", "हिन्दी"),
    ],
)
def test_an_id_reads_like_the_file_name(name: str, expected: str) -> None:
    assert document_id(name) == expected


@given(st.text())
def test_an_id_is_safe_in_a_path_and_in_a_passage_id(name: str) -> None:
    found = document_id(name)
    assert 1 <= len(found) <= MAX_LENGTH
    assert found == found.strip("-.")
    assert not set(found) & set(":/?#[]@!$&'()*+,;= %\"<>\\^`{|}~")
    assert not any(unicodedata.category(character)[0] in "CZ" for character in found)
    assert "/" not in quote(found, safe="")


def test_a_taken_id_is_numbered() -> None:
    assert unused_id("report", {"other"}.__contains__) == "report"
    assert unused_id("report", {"report", "report-2"}.__contains__) == "report-3"


def test_a_numbered_id_is_no_longer_than_any() -> None:
    longest = "字" * MAX_LENGTH
    assert unused_id(longest, {longest}.__contains__) == "字" * (MAX_LENGTH - 2) + "-2"
