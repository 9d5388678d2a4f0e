from __future__ import annotations

from time import perf_counter

import pytest

from yinju.evidence.expected import Expected, expected
from yinju.evidence.listing import asked_count

KINDS = [
    ("number", "展览一共展出了多少件作品？"),
    ("number", "全省共有几个试点县？"),
    ("number", "合作社的社员人数是多少"),
    ("number", "超过百分之几的居民参加了体检？"),
    ("number", "今年是第几次举办这个比赛？"),
    ("number", "这座桥有多长？"),
    ("number", "志愿者服务队有多少名队员"),
    ("number", "近几年新建了多少所学校"),
    ("number", "展覽吸引了多少觀眾？"),
    ("number", "一共發放了幾張補助券？"),
    ("date", "图书馆是哪一年建成的？"),
    ("date", "会议什么时候开？"),
    ("date", "展览几月几号开幕？"),
    ("date", "活動是何時舉行的？"),
    ("date", "演出几点开始？"),
    ("date", "考试定在哪天？"),
    ("person", "谁是馆长？"),
    ("person", "主讲人是哪位教授？"),
    ("person", "厂长叫什么名字？"),
    ("person", "這本書的作者是誰？"),
    ("person", "何人负责此项工作"),
    ("place", "运动会在哪里举行？"),
    ("place", "比赛在哪个城市举办？"),
    ("place", "论坛在什么地方召开？"),
    ("place", "总部设在哪个省？"),
    ("place", "該工廠位於何處？"),
    ("place", "他来自哪个国家"),
    ("organization", "哪个部门负责审批？"),
    ("organization", "由哪家公司承建？"),
    ("organization", "哪些单位参加了评选？"),
    ("organization", "哪所大学的学生获奖？"),
    ("organization", "哪个省直单位受到表扬？"),
    ("organization", "哪個機構發布了報告？"),
    ("organization", "哪个支部的做法被推广？"),
    ("title", "论文的题目是什么？"),
    ("title", "晚会的主题是什么？"),
    ("title", "这个项目叫什么？"),
    ("title", "他的演講以什麼為題？"),
    ("number", "修这座桥花了多久？"),
    ("number", "图书馆 借书 次数"),
    ("title", "馆长最后说了什么？"),
    ("title", "他推荐的是哪本书？"),
    ("person", "合唱队的队长叫什么？"),
    ("organization", "冠军是哪支队伍？"),
    ("date", "专家是哪天来的？"),
    ("contact", "服务台的电话号码是多少？"),
    ("contact", "网址是什么？"),
    ("contact", "What is the phone number of the office?"),
    ("number", "热线接了多少电话？"),
    ("number", "What was the total cost of the bridge?"),
    ("number", "축제는 며칠 동안 열렸습니까?"),
    ("number", "На какой срок назначен директор?"),
    ("number", "Quelle part des élèves habite en ville ?"),
    ("number", "In wie vielen Orten gibt es Museen?"),
    ("other", "为什么要感谢这家公司？"),
    ("other", "为什么要修订章程？"),
    ("other", "怎样提高效率？"),
    ("other", "在哪些方面取得了进展？"),
    ("other", "企业应当如何转型？"),
    ("other", "请介绍一下这个项目"),
    ("other", "工作有什么特点？"),
    ("other", "哪些措施有效？"),
    ("other", "会议是否如期召开？"),
    ("number", "How many members does the club have?"),
    ("number", "What percentage of trees survived?"),
    ("number", "How much did the bridge cost?"),
    ("date", "When did the fair open?"),
    ("date", "In which year was the school founded?"),
    ("person", "Who chaired the meeting?"),
    ("place", "Where was the concert held?"),
    ("place", "In which city is the headquarters?"),
    ("organization", "Which department approved the plan?"),
    ("organization", "Which company built the bridge?"),
    ("title", "What is the theme of the exhibition?"),
    ("title", "What is the program called?"),
    ("person", "What is the name of the director?"),
    ("other", "Why did the price rise?"),
    ("other", "How do farmers save water?"),
    ("number", "会員は何人いますか？"),
    ("number", "橋の長さはどのくらいですか？"),
    ("date", "大会はいつ開かれましたか？"),
    ("date", "何年に設立されましたか？"),
    ("person", "館長は誰ですか？"),
    ("place", "本社はどこにありますか？"),
    ("title", "展覧会のテーマは何ですか？"),
    ("other", "なぜ値上がりしたのですか？"),
    ("number", "회원은 몇 명입니까?"),
    ("number", "비용은 얼마였습니까?"),
    ("date", "축제는 언제 열렸습니까?"),
    ("date", "몇 년에 설립되었습니까?"),
    ("person", "관장은 누구입니까?"),
    ("place", "본사는 어디에 있습니까?"),
    ("title", "전시회의 주제는 무엇입니까?"),
    ("number", "Сколько членов в клубе?"),
    ("date", "Когда открылась ярмарка?"),
    ("date", "В каком году основана школа?"),
    ("person", "Кто директор музея?"),
    ("place", "Где прошёл концерт?"),
    ("title", "Как называется программа?"),
    ("organization", "Какая компания построила мост?"),
    ("other", "Почему выросли цены?"),
    ("number", "Combien de membres compte le club ?"),
    ("date", "Quand la foire a-t-elle ouvert ?"),
    ("date", "En quelle année l'école a-t-elle été fondée ?"),
    ("person", "Qui dirige le musée ?"),
    ("place", "Où a eu lieu le concert ?"),
    ("title", "Quel est le titre du livre ?"),
    ("title", "Comment s'appelle le programme ?"),
    ("organization", "Quelle entreprise a construit le pont ?"),
    ("other", "Pourquoi les prix ont-ils augmenté ?"),
    ("number", "Wie viele Mitglieder hat der Verein?"),
    ("number", "Wie hoch ist der Turm?"),
    ("date", "Wann wurde die Messe eröffnet?"),
    ("date", "In welchem Jahr wurde die Schule gegründet?"),
    ("person", "Wer leitet das Museum?"),
    ("place", "Wo fand das Konzert statt?"),
    ("title", "Wie heißt das Programm?"),
    ("organization", "Welche Firma baute die Brücke?"),
    ("other", "Warum sind die Preise gestiegen?"),
    ("number", "¿Cuántos miembros tiene el club?"),
    ("date", "¿Cuándo se inauguró la feria?"),
    ("date", "¿En qué año se fundó la escuela?"),
    ("person", "¿Quién dirige el museo?"),
    ("place", "¿Dónde se celebró el concierto?"),
    ("title", "¿Cuál es el título del libro?"),
    ("title", "¿Cómo se llama el programa?"),
    ("organization", "¿Qué empresa construyó el puente?"),
    ("other", "¿Por qué subieron los precios?"),
]
MANY = [
    "展出了哪些作品？",
    "有哪几个部门参与？",
    "这三年分别举办了几次？",
    "请列举主要措施",
    "五项任务是什么？",
    "五大行动包括哪些内容？",
    "What are the main goals?",
    "Which schools took part?",
    "Какие цели?",
    "Quelles sont les priorités ?",
    "¿Cuáles son los objetivos?",
    "Welche Ziele gibt es?",
]
ONE = [
    "展出了多少件作品？",
    "谁是馆长？",
    "哪个部门负责？",
    "比赛在哪里举行？",
    "这五项任务是谁提出的？",
    "两个部门参加，口号是什么？",
    "五项任务开展后，主题是什么？",
    "1个部门的口号是什么？",
    "Who chaired the meeting?",
    "How many members?",
    "Quel est le titre du livre ?",
]


@pytest.mark.parametrize("kind, question", KINDS)
def test_the_kind_of_answer_is_read_off_the_question_word(kind: str, question: str) -> None:
    assert expected(question).kind == kind


@pytest.mark.parametrize("question", MANY)
def test_several_things_are_asked_for(question: str) -> None:
    assert expected(question).many


@pytest.mark.parametrize("question", ONE)
def test_one_thing_is_asked_for(question: str) -> None:
    assert not expected(question).many


@pytest.mark.parametrize(
    "question, unit",
    [
        ("展出多少件？", "件"),
        ("發放了幾張補助券？", "张补助券"),
        ("第几届？", "届"),
        ("占比是多少？", ""),
        ("How many members?", ""),
        ("谁有多少？", ""),
    ],
)
def test_what_is_counted_is_read_as_the_question_words_it(question: str, unit: str) -> None:
    assert expected(question).unit == unit


@pytest.mark.parametrize(
    "question, quantity",
    [
        ("每期收费多少钱？", "money"),
        ("花了多少？", "money"),
        ("展览的总预算有多少", "money"),
        ("發放了多少補貼？", "money"),
        ("来了多少人次？", "people"),
        ("有多少名学生参加？", "people"),
        ("合格率是多少？", "share"),
        ("百分之几的人满意？", "share"),
        ("馆长今年多大年纪？", "age"),
        ("要等多久？", "duration"),
        ("证书有效期几年？", "duration"),
        ("新馆的面积是多少？", "area"),
        ("跑了多少公里？", "length"),
        ("清理了多少吨垃圾？", "weight"),
        ("平均分是多少？", "score"),
        ("今年是第几届？", "ordinal"),
        ("办了多少场讲座？", "count"),
        ("接待了多少游客？", ""),
        ("谁是馆长？", ""),
        ("合格率不错，接待了多少游客？", ""),
        ("看完预算，接待了多少游客？", ""),
        ("How much did the bridge cost?", "money"),
        ("How old is the director?", "age"),
        ("How many days did it last?", "duration"),
        ("How many members are there?", "people"),
        ("How many prizes were won?", "count"),
        ("参加費はいくらですか。", "money"),
        ("비용은 얼마였습니까?", "money"),
        ("Сколько стоит билет?", "money"),
        ("Combien coûte un billet ?", "money"),
        ("Wie teuer war die Brücke?", "money"),
        ("¿Cuánto costó el puente?", "money"),
    ],
)
def test_what_a_figure_must_measure_is_read_off_the_question(question: str, quantity: str) -> None:
    assert expected(question).quantity == quantity


def test_the_noun_a_body_is_called_by_and_the_hour_are_told_apart() -> None:
    assert expected("哪个街道受到表扬？").noun == "街道"
    assert expected("演出几点开始？").clock
    assert not expected("演出哪天开始？").clock


@pytest.mark.parametrize(
    "question",
    ["两个部门参加，口号是什么？", "这三个支部，负责人是谁？", "五项任务开展后，主题是什么？"],
)
def test_what_stands_before_a_comma_is_not_how_many_are_asked_for(question: str) -> None:
    wanted = expected(question)
    assert not wanted.many
    assert asked_count(wanted.asked) is None


def test_a_measure_word_is_told_from_the_power_before_it() -> None:
    assert Expected("number", False, "万人次").measure == "人"
    assert Expected("number", False).measure == ""


def test_a_long_question_is_read_in_no_time() -> None:
    started = perf_counter()
    expected("啊" * 20_000)
    assert perf_counter() - started < 2.0


@pytest.mark.parametrize("question", ["？？？", "😀", "", "1", "a" * 2000, "多" * 2000])
def test_anything_can_be_asked(question: str) -> None:
    assert expected(question).kind == "other"
