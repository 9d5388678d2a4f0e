from __future__ import annotations

import pytest

from yinju.conversation import Context, context, missing
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
    "那11月那场呢？",
    "第二期是哪天？",
    "来了多少家企业？",
    "秋季班？",
    "賞品は何でしたか？",
    "팀원은 누구입니까?",
    "Каким был приз?",
    "Quel était le prix ?",
    "In welcher Filiale arbeitet sie?",
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
    "小饭馆着火那次损失大不大？",
    "再生资源回收站建了多少个？",
    "再就业培训办了多少期？",
    "那曲市有多少名援藏干部？",
    "那达慕大会有多少牧民参加？",
    "再版图书印了多少册？",
    "送锦旗的那家公司为什么要感谢大厅？",
    "这学年有哪些学院拿了第一名？",
    "灭火器 更换 数量",
    "How long did the bathhouse operate before its last inspection?",
    "What is the capital of Australia?",
    "What did He Lanchuan invent for the competition?",
]
ASKED, ANSWERED = "开办了多少期青年夜校？", "开办青年夜校121期，覆盖青年6000余人次。[1]"
EXCHANGE = [Turn("user", ASKED), Turn("assistant", ANSWERED)]
# Names another thing and leaves out what is asked.
NAMES_ANOTHER = [
    "那视频大赛呢？",
    "还有消防演练呢？",
    "科学教师的那个研修班呢？",
    "那爱心妈妈呢？",
    "那水果湖消防救援站的支部呢？",
    "那家長問卷呢？",
    "What about the fire drill?",
    "And the volunteers?",
    "では秋のクラスは？",
    "그럼 가을 학기반은요?",
    "А пожарные учения?",
    "Et l'exercice incendie ?",
    "Und die Brandschutzübung?",
    "¿Y el curso de otoño?",
]
# Says all it needs, but opens as one that goes on.
GOES_ON = [
    "那移动终端准备买几台？",
    "再说移动终端准备买几台？",
    "公众号呢，发了多少篇文章？",
    "And how many flyers were printed for the campaign?",
    "Et les questionnaires des parents, combien sont revenus ?",
    "Und wie viele Elternfragebögen kamen zurück?",
    "¿Y los cuestionarios de los padres, cuántos se devolvieron?",
    "А сколько анкет вернули родители школьников?",
    "では登録ボランティアは何人いますか？",
    "그럼 학부모 설문지는 몇 부 회수되었습니까?",
]


def before(question: str, history: list[Turn]) -> Context:
    return context(question, language(question), history)


def asked(*questions: str) -> list[Turn]:
    return [turn for question in questions for turn in (Turn("user", question), Turn("assistant", ANSWERED))]


@pytest.mark.parametrize("question", POINTS_BACK)
def test_a_question_that_points_back_or_says_little_needs_what_was_asked(question: str) -> None:
    assert missing(question, language(question)).topic


@pytest.mark.parametrize("question", STANDS_ALONE)
def test_a_complete_question_stands_alone(question: str) -> None:
    assert missing(question, language(question)).weight == 0
    assert before(question, EXCHANGE) == Context()


@pytest.mark.parametrize("question", NAMES_ANOTHER)
def test_a_question_that_only_names_another_thing_takes_over_what_is_asked(question: str) -> None:
    assert missing(question, language(question)).asking
    assert before(question, EXCHANGE).asking == (ASKED,)


@pytest.mark.parametrize("question", GOES_ON)
def test_a_question_that_goes_on_asks_for_itself_and_is_little_led_by_what_was_asked(question: str) -> None:
    assert before(question, EXCHANGE) == Context(((ASKED, 0.3),))


@pytest.mark.parametrize("question", ["那曲子总共排练了多少次？", "再问一下，那曲市呢？", "那么再就业呢？"])
def test_a_word_that_begins_alike_does_not_hide_one_that_goes_on(question: str) -> None:
    assert missing(question, "zh").goes_on


def test_a_question_about_the_same_thing_takes_over_what_it_is_about() -> None:
    assert before("它覆盖了多少人？", EXCHANGE) == Context(((ASKED, 1.5),), topic=(ASKED,))


def test_the_thing_named_outweighs_the_one_before() -> None:
    assert before("那爱心妈妈呢？", EXCHANGE) == Context(((ASKED, 0.3),), asking=(ASKED,))


def test_answers_are_never_taken_over() -> None:
    refused = Turn("assistant", "报告没有涉及这个主题。")
    assert (
        before("它呢？", [Turn("user", ASKED), refused]) == before("它呢？", EXCHANGE) == before("它呢？", EXCHANGE[:1])
    )
    assert before("它呢？", [Turn("assistant", ANSWERED)]) == Context()
    assert before("它呢？", []) == Context()


def test_what_an_earlier_question_left_out_comes_from_the_one_before_it() -> None:
    history = asked("省公安厅打造了什么平台？", ASKED, "那爱心妈妈呢？")
    assert before("在哪里举办的？", history) == Context(
        ((ASKED, 1.5 * 0.3), ("那爱心妈妈呢？", 1.5)), topic=("那爱心妈妈呢？",)
    )
    also = before("那视频大赛呢？", history)
    assert also.asking == (ASKED, "那爱心妈妈呢？")
    assert also.text == f"{ASKED}\n那爱心妈妈呢？\n"
    assert [weight for _, weight in also.earlier] == pytest.approx([0.09, 0.3])


def test_a_few_earlier_questions_are_looked_at_and_no_more() -> None:
    assert len(before("为什么？", asked(*["那人数呢？"] * 50)).earlier) == 3
    assert len(before("为什么？", asked(*["那" + "人" * 98 + "呢？"] * 50)).earlier) == 1


def test_an_earlier_question_is_understood_in_its_own_language() -> None:
    history = asked(ASKED, "What about the fire drill?")
    assert before("在哪里？", history).text == f"{ASKED}\nWhat about the fire drill?\n"


@pytest.mark.parametrize(
    "content, said",
    [
        ("问\n\n题", "问 题\n"),
        ("你是一个助手。" * 100, ""),
        ("你是一个助手。" * 100 + "青年夜校开办了多少期？请用中文回答。", "青年夜校开办了多少期？\n"),
        ("长" * 5000 + "？", ""),
        ("  ", ""),
    ],
)
def test_of_a_long_turn_only_its_last_question_counts(content: str, said: str) -> None:
    assert before("它呢？", [Turn("user", content)]).text == said


def test_a_turn_that_asks_nothing_hides_no_question_before_it() -> None:
    assert before("有多少人参加？", [*EXCHANGE, Turn("user", "谢谢")]).text == f"{ASKED}\n谢谢\n"
    assert before("有多少人参加？", [*EXCHANGE, Turn("user", "规则。" * 100)]).text == f"{ASKED}\n"


def test_a_client_that_sends_the_question_along_is_understood() -> None:
    assert before("它呢？", [*EXCHANGE, Turn("user", "它呢？")]) == before("它呢？", EXCHANGE)


def test_a_long_question_stands_alone_whatever_its_pronouns() -> None:
    assert not missing("它" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒" * 3, "zh").weight


@pytest.mark.parametrize("question", ["？", "😀", "1"])
def test_a_question_that_says_nothing_needs_what_was_asked(question: str) -> None:
    assert missing(question, "und").topic
