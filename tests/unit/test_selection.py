from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.found import found
from yinju.evidence import selection
from yinju.evidence.expected import Expected
from yinju.evidence.selection import LONGEST_QUOTE, select, shortened
from yinju.records import Span
from yinju.retriever import Found
from yinju.text import clauses, sentences

ANY, NUMBER, LIST = Expected("other", False), Expected("number", False), Expected("other", True)


def quoted(hits: list[Found], wanted: Expected) -> list[str]:
    return [each.text for each in select(hits, wanted)]


def test_one_sentence_is_quoted_where_one_is_best() -> None:
    assert quoted([found(0, "甲在。乙在。", 5, 3), found(1, "丙在。", 4)], ANY) == ["甲在。"]


def test_two_are_quoted_where_two_are_as_good() -> None:
    assert quoted([found(0, "甲在。乙在。", 5, 3), found(1, "丙在。丁在。", 5.2, 5.1)], ANY) == ["丙在。", "丁在。"]


def test_equals_come_in_row_order() -> None:
    assert quoted([found(1, "丙在。", 5), found(0, "甲在。", 5)], ANY) == ["甲在。", "丙在。"]


def test_several_are_quoted_for_a_list() -> None:
    text = "甲在。乙在。丙在。丁在。戊在。己在。庚在。辛在。壬在。"
    assert len(quoted([found(0, text, *[5.0] * 8, 1.0)], LIST)) == 7
    assert quoted([found(0, "甲在。乙在。丙在。", 5, -1, 4)], LIST) == ["甲在。", "丙在。"]


def test_of_several_passages_each_gives_what_it_has_to_a_list() -> None:
    assert quoted([found(0, "甲在。", 5), found(1, "乙在。", 4.8), found(2, "丙在。", 4.5)], LIST) == [
        "甲在。",
        "乙在。",
        "丙在。",
    ]


ROW = "设书法、插花、声乐、瑜伽四门课。"


@pytest.mark.parametrize("question", ["开了哪四门课", "四门课分别是什么", "开了哪三门课"])
def test_a_sentence_that_names_as_many_as_are_asked_for_is_quoted_alone(question: str) -> None:
    wanted = Expected("other", "分别" in question, "", question)
    assert quoted([found(0, f"{ROW}甲在。乙在。", 5, 5.5, 5)], wanted) == [ROW]


def test_one_that_names_fewer_is_not() -> None:
    wanted = Expected("other", False, "", "开了哪六门课")
    assert quoted([found(0, f"{ROW}又增设茶艺、国画、陶艺。", 5, 4)], wanted) == [ROW, "又增设茶艺、国画、陶艺。"]


def test_no_more_are_quoted_than_are_asked_for() -> None:
    wanted = Expected("other", False, "", "开了哪两门课")
    assert quoted([found(0, "甲在。乙在。丙在。", 5, 5, 5)], wanted) == ["甲在。", "乙在。"]


def test_a_row_named_already_is_left_out() -> None:
    again = "书法、插花、声乐都受欢迎。"
    assert quoted([found(0, ROW, 5), found(1, again, 4.9)], LIST) == [ROW]
    assert quoted([found(0, ROW, 5), found(1, again.replace("声乐", "陶艺"), 4.9)], LIST)[1:] == [
        again.replace("声乐", "陶艺")
    ]


def test_a_list_is_one_reports() -> None:
    lower = 5 - selection._ALSO + selection._ELSEWHERE / 2
    here, there = found(0, "甲在。", 5), found(1, "乙在。", lower, document_id="another")
    assert quoted([here, replace(there, passage=replace(there.passage, document_id="report"))], LIST)[1:] == ["乙在。"]
    assert quoted([here, there], LIST) == ["甲在。"]


def test_a_sentence_that_holds_what_is_asked_for_goes_before_a_slightly_better_one() -> None:
    near, far = selection._TYPED - 0.5, selection._TYPED + 0.5
    best = select([found(0, "甲在。乙有3个。", 5, 5 - near)], NUMBER)
    second = select([found(0, "甲在。乙有3个。", 5, 5 - far)], NUMBER)
    assert [(each.text, each.typed) for each in best] == [("乙有3个。", True)]
    assert [(each.text, each.typed) for each in second] == [("甲在。", False)]


def test_a_figure_in_the_measure_of_the_question_goes_before_another() -> None:
    wanted = Expected("number", False, "条线索", "收到多少条线索")
    assert quoted([found(0, "核实隐患17处。线索45条。", 5, 4.5)], wanted) == ["线索45条。"]


def test_the_questions_own_number_is_not_what_it_asks_for() -> None:
    wanted = Expected("number", False, "", "3个什么是几")
    assert [each.typed for each in select([found(0, "乙有3个。", 4)], wanted)] == [False]


def test_the_same_words_are_quoted_once() -> None:
    assert quoted([found(0, "甲在。", 5), found(3, "甲\n在。", 5), found(4, "甲也在。", 5)], ANY) == [
        "甲在。",
        "甲也在。",
    ]


def test_only_the_best_passages_are_looked_at() -> None:
    hits = [found(row, f"{row}在。", 1.0) for row in range(5)]
    assert quoted([*hits, found(9, "远在。", 9.0)], ANY) == ["0在。", "1在。"]


@pytest.mark.parametrize("hits", [[], [found(0, "……")]])
def test_without_sentences_there_is_no_evidence(hits: list[Found]) -> None:
    assert quoted(hits, ANY) == []


@given(st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=1, max_size=20))
def test_what_is_not_looked_into_could_not_have_been_quoted(scores: list[tuple[float, bool]]) -> None:
    text = "".join(f"第{'甲' * i}有{'3个' if typed else '事'}。" for i, (_, typed) in enumerate(scores))
    hit = found(0, text, *(score for score, _ in scores))
    rated = [(score + selection._TYPED * typed, -i) for i, (score, typed) in enumerate(scores)]
    best = max(rated)[0]
    expected = [-i for score, i in sorted(rated, reverse=True) if score >= best - selection._NEAR_BEST][:2]
    chosen = select([hit], NUMBER)
    assert [hit.sentences.index(next(s for s in hit.sentences if s.span == each.span)) for each in chosen] == expected


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=20), st.sampled_from(["", "哪三项", "三项分别是什么"]))
def test_a_list_is_the_best_sentence_and_at_most_six_more(scores: list[float], question: str) -> None:
    hit = found(0, "".join(f"第{'甲' * i}事。" for i, _ in enumerate(scores)), *scores)
    chosen = select([hit], Expected("other", True, "", question))
    assert chosen[0].score == max(scores)
    assert len(chosen) <= (3 if question else 7)
    assert [each.score for each in chosen] == sorted((each.score for each in chosen), reverse=True)


CLAUSE = "一二三四五六七八九，"


def test_a_sentence_that_fits_is_quoted_whole() -> None:
    text = CLAUSE * 40
    assert shortened(text, Span(0, 400), [Span(5, 6)]) == Span(0, 400)


@pytest.mark.parametrize(
    "mark, kept",
    [
        (Span(0, 1), Span(0, 400)),
        (Span(55, 57), Span(50, 450)),
        (Span(795, 797), Span(400, 800)),
        (Span(58, 63), Span(50, 450)),
    ],
)
def test_a_longer_one_is_cut_at_clause_marks_around_the_mark(mark: Span, kept: Span) -> None:
    assert shortened(CLAUSE * 80, Span(0, 800), [mark]) == kept


def test_a_longer_one_without_marks_keeps_its_beginning() -> None:
    assert shortened(CLAUSE * 80, Span(0, 800), []) == Span(0, 400)


def test_a_mark_of_nothing_at_the_end_keeps_the_end() -> None:
    assert shortened(CLAUSE * 80, Span(0, 800), [Span(800, 800)]) == Span(400, 800)


def test_a_clause_too_long_by_itself_keeps_what_is_around_the_mark() -> None:
    text = "一" * 1000
    assert shortened(text, Span(0, 1000), [Span(500, 503)]) == Span(400, 800)
    assert shortened(text, Span(0, 1000), [Span(990, 995)]) == Span(600, 1000)
    assert shortened(text, Span(0, 1000), [Span(3, 5)]) == Span(0, 400)


@given(st.text("一二，；、。 a“”", min_size=1, max_size=900), st.data())
def test_quotes_are_short_whole_and_hold_the_mark(text: str, data: st.DataObject) -> None:
    for span in sentences(text, 0, len(text)):
        start = data.draw(st.integers(span.start, span.end - 1))
        mark = Span(start, min(start + 5, span.end))
        kept = shortened(text, span, [mark])
        assert span.start <= kept.start < kept.end <= span.end
        assert kept.end - kept.start <= LONGEST_QUOTE
        if any(not char.isspace() for char in mark.of(text)):
            assert kept.start <= start + 5
            assert start <= kept.end
        pieces = clauses(text, span)
        if all(piece.end - piece.start <= 190 for piece in pieces):
            assert kept == span or (
                kept.start in {piece.start for piece in pieces} and kept.end in {piece.end for piece in pieces}
            )
