from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CharacterEncoder
from yinju.evidence.expected import expected
from yinju.evidence.highlights import answers, highlights
from yinju.question import prepare

ENCODER = CharacterEncoder(dimension=8191)  # a character aligns with itself alone


def marked(asked: str, sentence: str) -> list[str]:
    question = prepare(asked, ENCODER)
    tokens = ENCODER.encode_query(sentence)
    found = highlights(sentence, question, expected(asked), question.encoding.tokens @ tokens.tokens.T, tokens.offsets)
    return [span.of(sentence) for span in found]


SCHOOLS = "工委聚焦青年业余生活，开办青年夜校121期，覆盖青年6000余人次，服务青年乐业。"
CARE = "妇工委组织1096名“爱心妈妈”结对关爱828名留守儿童，温暖心灵。"
TRAINING = "省直各单位自主举办各类培训班1572场次，培训党员干部41.4万人次。"
EXHIBITION = "5月22日，第十一届书画展启动，展出258件作品，6月3日闭幕。"
MEETING = "10月10日，由旗帜杂志社、省科技厅联合举办的“乡村振兴”交流会在咸宁召开。"


@pytest.mark.parametrize(
    "asked, sentence, marks",
    [
        ("开办了多少期青年夜校？", SCHOOLS, ["121期"]),
        ("妇工委帮助了多少留守儿童？", CARE, ["828名"]),
        ("开办了多少期夜校", SCHOOLS, ["121期"]),
        ("夜校覆盖了多少人次？", SCHOOLS, ["6000余人次"]),
        ("夜校覆盖了多少人？", SCHOOLS, ["6000余人次"]),
        ("夜校覆盖了多少青年？", SCHOOLS, ["6000余人次"]),
        ("开办了多少青年夜校？", SCHOOLS, ["121期"]),
        ("關愛了多少名留守兒童？", CARE, ["828名"]),
        ("举办了多少场培训班？", TRAINING, ["1572场次"]),
        ("培训了多少万人次？", TRAINING, ["41.4万人次"]),
        ("培训党员干部的人数是多少？", TRAINING, ["41.4万人次"]),
        ("展出了几件作品？", EXHIBITION, ["258件"]),
        ("书画展是第几届？", EXHIBITION, ["第十一届"]),
        ("书画展哪天启动？", EXHIBITION, ["5月22日"]),
        ("书画展什么时候闭幕？", EXHIBITION, ["6月3日"]),
        ("新任书记会议什么时候开的？", "9月22日，工委召开2025年新任书记会议。", ["9月22日"]),
        ("是哪一年的新任书记会议？", "9月22日，工委召开2025年新任书记会议。", ["2025年"]),
        ("协会是什么时候成立的？", "协会于1998年成立。", ["1998年"]),
        ("交流会在哪里召开？", MEETING, ["咸宁"]),
        ("交流会的主题是什么？", MEETING, ["乡村振兴"]),
        ("哪天召开交流会？", MEETING, ["10月10日"]),
        ("哪些单位联合举办交流会？", MEETING, ["旗帜杂志社", "省科技厅"]),
        ("How many books did it lend?", "The library lent 300 books to 12 schools.", ["300 books"]),
        ("夜校每期收费多少钱？", SCHOOLS, []),
        ("等候时间现在是多少分钟？", "等候时间由30分钟缩短到12分钟。", ["12分钟"]),
        ("等候时间以前是多少分钟？", "等候时间由30分钟缩短到12分钟。", ["30分钟"]),
        ("现在一共建了多少家书屋？", "新增书屋9家，书屋累计32家。", ["32家"]),
        ("覆盖了多少个社区？", "项目覆盖全市26个社区。", ["26个社区"]),
        ("宣讲团叫什么名字？", "组建“春风”宣讲团，宣讲40场。", ["春风”宣讲团"]),
        ("读书节的口号是什么？", "“书香”读书节以“人人爱读书”为口号。", ["人人爱读书"]),
        ("哪个街道受到批评？", "城东街道进度最慢，市政府通报批评。", ["城东街道"]),
        ("演出几点开始？", "演出5月3日开幕。", []),
        ("桌椅由谁捐的？", "桌椅由远景公司捐赠，价值3万元。", ["远景公司"]),
        ("展厅为什么关闭？", "展厅因屋顶漏水关闭，7月重新开放。", ["因屋顶漏水关闭"]),
        ("灭火器 更换", "更换灭火器12具，改造线路。", ["12具"]),
        ("奖品怎么样？", "比赛在馆内举行，奖品是移动硬盘。", ["移动硬盘"]),
        ("为什么开办夜校？", SCHOOLS, []),
        ("夜校花了多少錢？", "夜校花了3萬元，辦了12場。", ["3萬元"]),
        ("夜校花了多少钱？", "夜校花了3萬元，辦了12場。", ["3萬元"]),
        ("辦了多少場？", "夜校花了3萬元，辦了12場。", ["12場"]),
        ("覆盖了多少株式会社？", "覆盖3个㍿。", ["3个㍿"]),
        ("情况怎么样？", "参加 1,572 家。", ["参加 1,572 家"]),
        ("结果怎么样？", "结果，\u3000 结果很好 。", ["结果很好"]),
        ("其中怎么样？", "其中主要也还。", ["其中主要也还"]),
        ("书怎么样？", "读《 春风 》。", ["春风"]),
        ("为什么关闭？", "原因是\u3000 。", []),
        ("谁开办的夜校？", SCHOOLS, []),
    ],
)
def test_what_answers_is_marked(asked: str, sentence: str, marks: list[str]) -> None:
    assert marked(asked, sentence) == marks


@given(
    st.text("因为是其中主要《》“” \n\u3000，：；,:。1甲萬㍿", max_size=60), st.sampled_from(["甲怎么样？", "为什么？"])
)
def test_a_mark_is_never_empty_and_has_no_white_space_around_it(sentence: str, asked: str) -> None:
    for mark in marked(asked, sentence):
        assert mark
        assert mark == mark.strip()


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert marked("10月10日的交流会是哪天筹备的？", MEETING) == []
    sentence = "第11届展出258件。"
    assert [span.of(sentence) for span in answers(sentence, expected("第11届展出了几件？"))] == ["258件"]


def test_the_first_of_equals_is_marked() -> None:
    assert marked("多少？", "甲3个，乙4个。") == ["3个"]


@pytest.mark.parametrize("asked", ["？", "多少", "\u200b"])
def test_a_sentence_without_tokens_is_marked_by_its_text_alone(asked: str) -> None:
    question = prepare(asked, ENCODER)
    similar = np.empty((len(question.encoding.tokens), 0), np.float32)
    wanted = expected("多少件？")
    found = highlights("展出3名、4件。", question, wanted, similar, np.empty((0, 2), np.int32))
    assert [span.of("展出3名、4件。") for span in found] == ["4件"]


def test_a_question_without_tokens_can_be_answered() -> None:
    sentence = "甲3个，乙4个。"
    tokens = ENCODER.encode_query(sentence)
    question = prepare(" ", ENCODER)
    found = highlights(sentence, question, expected("多少？"), np.empty((0, 9), np.float32), tokens.offsets)
    assert [span.of(sentence) for span in found] == ["3个"]
