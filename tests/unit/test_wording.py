from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from yinju.evidence.wording import answer_text, conflict_text, missing_words, refusal_text, wording
from yinju.records import Citation, Highlight
from yinju.text import language, terms

LANGUAGES = ["zh", "zh-Hant", "en", "ja", "ko", "ru", "fr", "de", "es", "it", "pt"]
REPORT = "机关工委开办青年夜校121期，2025年是第11届“清风颂”书画展，用AI办公。哪一年多少次什么有没有"


def citation(number: int, quote: str, title: str = "年报{x}") -> Citation:
    return Citation(number, "d", title, None, (), None, "d:0-9", quote, 0, len(quote), (), "0" * 64)


def knows(term: str) -> bool:
    return term in set(terms(REPORT))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_an_answer_is_the_quote_as_it_stands_with_its_number(tag: str) -> None:
    text = answer_text(tag, [citation(1, "甲，乙{y}。"), citation(2, "丙。")])
    assert "甲，乙{y}。" in text
    assert "丙。" in text
    assert text.index("[1]") < text.index("丙。") < text.index("[2]")
    assert ("年报{x}" in text) == (not tag.startswith("zh"))


def test_a_chinese_answer_is_the_quotes_alone() -> None:
    assert answer_text("zh", [citation(1, "甲。"), citation(2, "乙。")]) == "甲。[1]\n乙。[2]"


def test_an_english_answer_names_the_report_each_quote_is_from() -> None:
    text = answer_text("en", [citation(1, "甲。", "A"), citation(2, "乙。", "A"), citation(3, "丙。", "B")])
    assert text == "The report “A” says: “甲。” [1] “乙。” [2]\nThe report “B” says: “丙。” [3]"


def marked(number: int, text: str) -> Citation:
    return replace(citation(number, f"共{text}。"), highlights=(Highlight(1, 1 + len(text), text),))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_disagrees_is_said_in_a_line_with_both_values_and_their_quotes(tag: str) -> None:
    text = conflict_text(tag, [marked(1, "121期"), marked(2, "120期")])
    assert text.index("121期[1]") < text.index("120期[2]")
    assert len(text) <= 100
    assert "\n" not in text
    assert (text == conflict_text("en", [marked(1, "121期"), marked(2, "120期")])) == (tag == "en")


def test_a_chinese_notice_reads_as_one_sentence_and_a_request() -> None:
    text = conflict_text("zh", [marked(1, "121期"), marked(2, "120\n期")])
    assert text == "来源中的说法不一：121期[1]、120期[2]。请核对原文。"


@pytest.mark.parametrize(
    "quote, line",
    [
        ("劳模唱戏、\n\n职工参与", "劳模唱戏、职工参与"),
        ("共\n121期", "共121期"),
        ("a broken\nline", "a broken line"),
        ("une année\népuisante", "une année épuisante"),
    ],
)
def test_a_page_break_inside_a_quote_is_closed_up(quote: str, line: str) -> None:
    assert answer_text("zh", [citation(1, quote)]) == f"{line}[1]"


def test_a_quote_of_line_ends_alone_takes_no_time() -> None:
    started = perf_counter()
    answer_text("zh", [citation(1, "\n" * 3000 + "x")])
    assert perf_counter() - started < 2.0


def test_a_language_without_a_wording_of_its_own_is_answered_in_english() -> None:
    assert wording("und") == wording("sv") == wording("en")
    assert wording("zh-Hans") == wording("zh") != wording("zh-Hant")
    assert wording("pt-BR") == wording("pt")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_refusal_says_in_a_sentence_or_two_what_is_missing(tag: str) -> None:
    texts = {refusal_text(tag, reason) for reason in ("off_topic", "no_evidence", "empty_index")}
    assert len(texts) == 3
    named = refusal_text(tag, "no_evidence", ["甲", "乙"])
    assert named.startswith(refusal_text(tag, "no_evidence"))
    assert "甲" in named
    assert "乙" in named
    assert refusal_text(tag, "empty_index", ["甲"]) == refusal_text(tag, "empty_index")


def test_what_is_missing_is_named_as_the_language_quotes() -> None:
    assert refusal_text("zh", "no_evidence", ["甲", "乙"]).endswith("报告里没有出现“甲”、“乙”。")
    assert refusal_text("en", "no_evidence", ["X"]).endswith(" They do not mention “X”.")
    assert refusal_text("de", "no_evidence", ["X"]).endswith(" Darin fehlt: „X“.")
    assert refusal_text("ja", "no_evidence", ["甲", "乙"]).endswith("「甲」、「乙」という語も報告書にはありません。")


@pytest.mark.parametrize(
    "question, missing",
    [
        ("“星火计划”是哪一年启动的？", ["星火计划"]),
        ("《江河志》有多少册？", ["江河志"]),
        ("「星火計劃」是什麼？", ["星火計劃"]),
        ("有没有用ChatGPT和AI？", ["ChatGPT"]),
        ("青年夜校有没有用“Spark Plan”？", ["Spark Plan"]),
        ("机关工委开办青年夜校用的是ChatGPT. 还是Node.js-？", ["ChatGPT", "Node.js"]),
        ("2019年开办了多少期青年夜校？", ["2019年"]),
        ("“星火”“燎原”“江河”各是什么？", ["星火", "燎原"]),
        ("“星火”和“星火”是什么？", ["星火"]),
        # What a report holds is not missing, whatever surrounds it.
        ("2025年开办了多少期“青年夜校”？", []),
        ("第11届“清风颂”书画展有多少次？", []),
        # Nothing is said of words no one marked: they may be torn, or said otherwise in the report.
        ("几期青年夜校给刚上任的他用？", []),
        ("今天天气怎么样？", []),
        ("书画展的题目和措施是什么？", []),
        ("“期”有多少？", []),
        # Nor of names in letters the report isn't written in.
        ("What is the “Spark Plan” about?", []),
        ("How many “night schools” in 2025?", []),
        ("What is “星火计划”, the 书画 plan?", ["星火计划"]),
        ("", []),
        ("？？", []),
    ],
)
def test_only_what_is_named_and_certainly_absent_is_missing(question: str, missing: list[str]) -> None:
    assert missing_words(question, language(question), knows) == missing


def test_a_name_in_the_reports_own_language_is_missing_whatever_the_language() -> None:
    english = set(terms("The night schools opened in spring and the plan of the year was good"))
    assert missing_words("Was the “Spark Plan” of the night schools good?", "en", english.__contains__) == [
        "Spark Plan"
    ]
