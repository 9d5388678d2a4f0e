from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from tests.found import found
from yinju.evidence.conflicts import conflict
from yinju.evidence.expected import expected
from yinju.evidence.selection import Evidence
from yinju.retriever import Found
from yinju.text import terms

ASKED = "青年夜校开办了多少期？"
BEST = "工会全年开办青年夜校121期。"


def told(question: str, best: Found, *others: Found) -> list[str] | None:
    """The figures that contradict each other, as they stand in their documents."""
    sentence = best.sentences[0]
    evidence = Evidence(best, sentence.span, sentence.score, sentence.late, sentence.coverage, True)
    contradiction = conflict(evidence, [best, *others], expected(question), terms(question))
    if contradiction is None:
        return None
    assert contradiction.evidence[0] == evidence
    return [
        each.found.passage.text[span.start - each.found.passage.start : span.end - each.found.passage.start]
        for each, span in zip(contradiction.evidence, contradiction.figures, strict=True)
    ]


def beside(text: str, question: str = ASKED, best: str = BEST) -> list[str] | None:
    return told(question, found(0, best, 5, start=7), found(1, text, 4, start=99))


@pytest.mark.parametrize(
    "other, figure",
    [
        ("经复核，全年开办青年夜校120期。", "120期"),
        ("经复核，全年开办青年夜校一百二十期，覆盖青年6000余人次。", "一百二十期"),
        ("书画展12期，青年夜校则开办了120期，均获好评。", "120期"),
    ],
)
def test_another_figure_for_the_same_thing_is_told(other: str, figure: str) -> None:
    assert beside(other) == ["121期", figure]


@pytest.mark.parametrize(
    "other",
    [
        "经复核，全年开办青年夜校一百二十一期。",  # the same value
        "全年开办青年夜校120余期。",  # it may be
        "全年开办青年夜校招收120人。",  # another unit
        "文化馆举办书画展览12期。",  # another thing
        "明年计划开办青年夜校150期。",  # not yet
        "青年夜校由去年的98期增加到121期。",  # what it was
        "第九届青年夜校开办30期。",
    ],
)
def test_what_does_not_contradict_is_not_told(other: str) -> None:
    best = BEST.replace("青年夜校", "第八届青年夜校") if "第九届" in other else BEST
    assert beside(other, best=best) is None


def test_tables_of_figures_are_not_compared_and_take_no_time() -> None:
    tables = ["青年夜校开办" + "".join(f"{row}期" for row in range(first, first + 170)) + "。" for first in (100, 300)]
    started = perf_counter()
    assert beside(tables[0], best=tables[1]) is None
    assert perf_counter() - started < 2.0


def test_other_dates_are_other_occasions() -> None:
    assert beside("5月6日开办青年夜校3期。", best="4月2日开办青年夜校4期。") is None


def test_a_date_may_be_contradicted() -> None:
    question = "青年夜校是哪天开班的？"
    assert beside("青年夜校于4月25日开班。", question, "青年夜校于4月23日开班。") == ["4月23日", "4月25日"]
    assert beside("青年夜校于2025年4月23日开班。", question, "青年夜校于4月23日开班。") is None


@pytest.mark.parametrize("question", ["青年夜校开办了哪些课？", "谁开办了青年夜校？", "为什么开办青年夜校？"])
def test_only_one_number_or_date_can_be_contradicted(question: str) -> None:
    assert beside("全年开办青年夜校120期。", question) is None


def test_a_figure_the_question_does_not_count_in_is_not_compared() -> None:
    assert beside("青年夜校听众60人，开办120期。", "青年夜校有多少人？", "青年夜校听众60人，开办121期。") is None


def test_money_is_counted_in_its_unit() -> None:
    question = "青年夜校花了多少钱？"
    assert beside("青年夜校花了5万元，办12期。", question, "青年夜校花了6万元，办12期。") == ["6万元", "5万元"]


@pytest.mark.parametrize("signal", ["late", "coverage"])
def test_the_question_must_be_as_near_to_the_other_sentence(signal: str) -> None:
    far = found(1, "全年开办青年夜校120期。", 4)
    (one,) = far.sentences
    far = replace(far, sentences=(replace(one, late=0.1) if signal == "late" else replace(one, coverage=0.1),))
    assert told(ASKED, found(0, BEST, 5), far) is None


def test_without_words_in_common_with_the_question_nothing_is_told() -> None:
    best = found(0, BEST, 5)
    best = replace(best, sentences=(replace(best.sentences[0], coverage=0.0),))
    assert told("How many night schools were there?", best, found(1, "全年开办青年夜校120期。", 4)) is None


@pytest.mark.parametrize(
    "titles, dates, contradict",
    [
        (("工会年报", "工会年报（修订）"), ("2025-10", "2025-12"), True),
        (("工会年报", "工会年报"), ("2024-10", "2025-10"), False),
        (("2024年工会年报", "2025年工会年报"), (None, None), False),
        (("工会年报", "图书馆简讯"), ("2025-10", "2025-10"), False),
    ],
)
def test_reports_contradict_each_other_where_they_are_of_one_series_and_year(
    titles: tuple[str, str], dates: tuple[str | None, str | None], contradict: bool
) -> None:
    best, other = (
        replace(found(row, text, 5 - row, document_id=str(row), title=title), date=date)
        for row, (text, title, date) in enumerate(zip((BEST, "全年开办青年夜校120期。"), titles, dates, strict=True))
    )
    assert (told(ASKED, best, other) is not None) == contradict
