from __future__ import annotations

import pytest

from yinju.conversation import context, needs_context
from yinju.records import Turn
from yinju.text import language

POINTS_BACK = [
    "那覆盖了多少青年？",
    "它覆盖了多少人？",
    "为什么？",
    "他是哪个单位的？",
    "什么时候举办的？",
    "有多少人参加？",
    "在哪里召开？",
    "谁主办的？",
    "该支部在哪个单位？",
    "其中有多少是女性？",
    "这次活动的主题是什么？",
    "那视频大赛呢？",
    "书画展呢？",
    "还有哪些？",
    "When was it held?",
    "Who organised it?",
    "How many people took part?",
    "And where?",
    "What about the night schools?",
    "Where is that?",
    "Why?",
    "Who are they?",
    "那個活動有多少人參加？",
    "それはいつですか？",
    "그것은 언제 열렸습니까?",
    "Когда это было?",
    "Quand a-t-elle été organisée ?",
    "Wer hat dies organisiert?",
    "¿Y dónde?",
    "上述活动由谁主办？",
    "它们分别是什么？",
]
STANDS_ALONE = [
    "开办了多少期青年夜校？",
    "其他单位开展了哪些读书活动？",
    "党员应该怎样加强学习？",
    "“读书·读网·读报刊”这个活动是谁组织的？",
    "省公安厅哪个党支部打造了合成作战平台？",
    "全省有多少个红旗党支部？",
    "爱心妈妈结对关爱了多少名留守儿童？",
    "为什么要开办青年夜校呢？",
    "这份报告讲了哪些方面的工作？",
    "How many night schools were held this year?",
    "How many people are there in Hubei province?",
    "Which branches are praised in the reports that were published?",
    "Where did the exchange meeting on rural revitalization take place?",
    "Combien d'écoles du soir ont été ouvertes ?",
    "Wie viele Abendschulen gibt es in der Provinz?",
    "¿Cuáles son los cinco objetivos de las instituciones modelo?",
    "Сколько вечерних школ было открыто для молодёжи?",
    "夜間学校は何回開かれましたか？",
    "청년 야간학교는 몇 기 개설되었습니까?",
    "省委组织部的其他活动有哪些？",
    "青年夜校是由哪家单位开办的？",
]
ASKED, ANSWERED = "开办了多少期青年夜校？", "开办青年夜校121期，覆盖青年6000余人次。[1]"
EXCHANGE = [Turn("user", ASKED), Turn("assistant", ANSWERED)]


def before(question: str, history: list[Turn]) -> str:
    return context(question, language(question), history)


@pytest.mark.parametrize("question", POINTS_BACK)
def test_a_question_that_points_back_needs_what_was_said(question: str) -> None:
    assert needs_context(question, language(question))


@pytest.mark.parametrize("question", STANDS_ALONE)
def test_a_complete_question_stands_alone(question: str) -> None:
    assert not needs_context(question, language(question))


def test_the_exchange_before_comes_first_without_citation_marks() -> None:
    assert before("它覆盖了多少人？", EXCHANGE) == f"{ASKED}\n开办青年夜校121期，覆盖青年6000余人次。\n"


def test_a_new_topic_takes_nothing_along() -> None:
    assert before("省公安厅哪个党支部打造了合成作战平台？", EXCHANGE) == ""
    assert before("How many left-behind children were looked after?", EXCHANGE) == ""


def test_without_history_there_is_no_context() -> None:
    assert before("它呢？", []) == ""


def test_a_long_answer_is_cut_and_put_on_one_line() -> None:
    said = before("它呢？", [Turn("user", "问\n\n题"), Turn("assistant", "答" * 5000)])
    assert said == "问 题\n" + "答" * 160 + "\n"


@pytest.mark.parametrize(
    "history, said",
    [
        ([Turn("assistant", "您好")], "您好\n"),
        ([Turn("user", "甲"), Turn("user", "乙")], "乙\n"),
        ([Turn("user", "甲"), Turn("assistant", "丙"), Turn("user", "乙")], "乙\n"),
        ([Turn("assistant", "甲"), Turn("assistant", "乙")], "乙\n"),
        ([Turn("user", "  "), Turn("assistant", "")], ""),
    ],
)
def test_turns_may_come_in_any_order(history: list[Turn], said: str) -> None:
    assert before("它呢？", history) == said


def test_a_client_that_sends_the_question_along_is_understood() -> None:
    assert before("它呢？", [*EXCHANGE, Turn("user", "它呢？")]) == before("它呢？", EXCHANGE)


def test_a_long_question_stands_alone_whatever_its_pronouns() -> None:
    assert not needs_context("它" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒" * 3, "zh")


@pytest.mark.parametrize("question", ["？", "😀", "1"])
def test_a_question_that_says_nothing_needs_what_was_said(question: str) -> None:
    assert needs_context(question, "und")
