from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.found import found
from yinju.repetition import unrepeated

FIRST = "工会开办青年夜校一百二十一期，覆盖青年六千余人次，满意度很高。"
TEXT = FIRST + "各支部组织志愿者走进社区，为老人送去温暖。书画展在文化馆举行，观众络绎不绝，好评如潮。"


def rows(*texts: str) -> list[int]:
    return [each.row for each in unrepeated([found(row, text, 2.0) for row, text in enumerate(texts)])]


def test_a_report_indexed_twice_is_shown_once() -> None:
    assert rows(TEXT, TEXT, TEXT) == [0]


def test_a_caption_is_shown_with_the_sentence_it_repeats() -> None:
    assert rows(TEXT, "各支部组织志愿者走进社区，为老人送去温暖") == [0]


def test_a_longer_passage_is_not_hidden_by_a_caption() -> None:
    assert rows(FIRST, TEXT) == [0, 1]


def test_marks_and_line_ends_make_no_difference() -> None:
    assert rows(TEXT, TEXT.replace("，", "\n")) == [0]


def test_small_changes_of_wording_make_no_difference_where_nothing_was_asked_about() -> None:
    assert rows(TEXT, TEXT.replace("络绎不绝", "络绎不断")) == [0]


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("一百二十一", "一百二十"),
        TEXT.replace("青年夜校", "青年学堂"),  # the sentence asked about
        TEXT.replace("走进社区", "走进3个社区"),  # another sentence, but a figure
    ],
)
def test_what_may_contradict_is_kept(other: str) -> None:
    assert rows(TEXT, other) == [0, 1]


@pytest.mark.parametrize(
    "one, other", [("甲12.1万人", "甲121万人"), ("甲5%", "甲5"), ("甲3月5日", "甲35日"), ("甲50人", "甲5")]
)
def test_marks_that_make_the_value_are_read(one: str, other: str) -> None:
    assert rows(one + "。", other + "。") == [0, 1]


def test_figures_that_change_places_are_kept() -> None:
    assert rows("夜校12期，讲座34期。", "夜校34期，讲座12期。") == [0, 1]


def test_passages_without_sentences_are_compared_whole() -> None:
    bare = [replace(found(row, "第二章。"), sentences=()) for row in (0, 1)]
    assert [each.row for each in unrepeated(bare)] == [0]
    assert list(unrepeated([])) == []


@given(st.lists(st.text("甲乙丙12。，", max_size=12).map("文{}。".format), max_size=8))
def test_what_is_kept_is_in_order_and_stays_kept(texts: list[str]) -> None:
    once = list(unrepeated([found(row, text, 1.0) for row, text in enumerate(texts)]))
    assert [each.row for each in once] == sorted({each.row for each in once})
    assert list(unrepeated(once)) == once
    assert {each.passage.text for each in once} >= set(texts[:1])


def test_ten_passages_take_no_time() -> None:
    filler = [found(row, f"{row}" + TEXT * 4, 1.0) for row in range(10)]
    started = perf_counter()
    assert len(list(unrepeated(filler))) == 10
    assert perf_counter() - started < 2.0
