from __future__ import annotations

import pytest

from yinju.evidence.listing import asked_count, asks_which, items


@pytest.mark.parametrize(
    "sentence, named",
    [
        ("设书法、插花、声乐三门课，招收学员320人。", 3),
        ("内容包括礼仪、防控、文书、复苏和防护五个模块。", 5),
        ("开发《青铜》《驼铃》《一粒粟》《瓦当》四门课程。", 4),
        ("获奖的是“甲”“乙”和“丙”三个项目。", 3),
        ("走访甲、乙两地，看望丙、丁、戊、己四户。", 4),
        ("內容包括禮儀、防控與複習。", 3),
        ("甲和乙参加。", 0),
        ("甲、乙参加。", 0),
        ("《甲》和《乙》出版。", 0),
        ("覆盖青年6000余人次。", 0),
        ("", 0),
    ],
)
def test_things_in_a_row_are_counted(sentence: str, named: int) -> None:
    assert len(items(sentence)) == named


@pytest.mark.parametrize(
    "question, count",
    [
        ("新增了哪五个项目", 5),
        ("占九成的是哪七类", 7),
        ("哪12个单位", 12),
        ("哪十二个单位", 12),
        ("分哪几个小组", None),
        ("七样仪器分别是什么", 7),
        ("两位得主是谁", 2),
        ("新认定的六个基地叫什么", 6),
        ("which three departments took part", 3),
        ("name the four courses", 4),
        # What is counted is not what is asked for.
        ("三个支部采取了哪些措施", None),
        ("第三届有哪些活动", None),
        ("10月23日开了什么会", None),
        ("四点半学堂是什么", None),
        ("哪一个单位", None),
        ("哪1个单位", None),
        ("哪0个单位", None),
        ("哪2个单位", 2),
        ("1个单位是什么", None),
        ("这三个支部,负责人是谁?", None),
        ("两个部门参加,口号是什么?", None),
        ("有哪些活动", None),
        ("", None),
    ],
)
def test_how_many_are_asked_for_is_read_where_it_is_said(question: str, count: int | None) -> None:
    assert asked_count(question) == count


@pytest.mark.parametrize(
    "question, which",
    [
        ("哪几个小组", True),
        ("哪三项任务", True),
        ("有几个小组", False),
        ("哪些小组", False),
        ("哪个小组", False),
        ("哪1个小组", False),
    ],
)
def test_which_ones_is_told_from_how_many(question: str, which: bool) -> None:
    assert asks_which(question) == which
