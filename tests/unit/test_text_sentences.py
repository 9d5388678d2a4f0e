"""Where sentences and clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.records import Span
from yinju.text import clauses, sentences


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "parts",
    [
        ["会议召开。", "大家鼓掌！", "是吗？！", "好"],
        ["一是抓学习；二是抓落实。", "完。"],
        # Quotations: whole ones, ones the sentence goes on after, ones inside it.
        ["“我们成功了。”他说。", "后来又来了。"],
        ["“我们成功了。”省发改委主任张三介绍，项目已投产。", "又来了。"],
        ["他说：“我们成功了。”", "大家鼓掌。"],
        ["他强调，“要抓好落实。”", "会议还听取了汇报。"],
        ["他问：“怎么办？谁来办？何时办？”", "大家沉默。"],
        ["把“干！”字写在脸上。", "然后走了。"],
        ["以“谁来干？”为题，展开讨论。"],
        ["《怎么办？》一文发表。", "好评。"],
        ["实现“零的突破”。", "再接再厉。"],
        ["“第一句。", "第二句。"],  # never closed
        # Brackets.
        ["共有（见附件。）三份。", "完。"],
        ["（会议由张三主持。）", "会后参观。"],
        ["会议召开。", "（记者 王曦）"],
        # Ellipsis and dash.
        ["成功入选全国机关党建品牌……"],
        ["科技、文化……等领域均有进展。"],
        ["学习贯彻强基——认真履行责任。", "一体推进。"],
        # Western marks.
        ["The U.S. budget grew 3.5 percent.", "No. 5 was cut.", "Mr. A. Smith left!"],
        ['"Stop!" he said.', '"It works."', "Next one."],
        ["See e.g. the annex.", "1. First item.", "Done?", "Yes."],
        ["He left at 5 p.m. and slept.", "See http://a.b/c?d=1 for more."],
        ["Сколько стоит?", "В 2025 г. было 5 школ.", "Да."],
        ["كم عدد الدورات؟", "عشر."],
        ["第一步完成.", "第二步开始."],
        # Line breaks.
        ["第一行\n第二行。", "第三"],
        ["要点：", "- 一项", "- 二项", "1. 三项", "（一）四项"],
    ],
)  # fmt: skip
def test_a_sentence_runs_to_its_mark_and_what_closes_behind_it(parts: list[str]) -> None:
    western = parts[0].isascii() or parts[0][0] in "Сك"
    listed = parts[0] == "要点："
    assert cut(("\n" if listed else " " if western else "").join(parts)) == parts


def test_a_speech_in_quotation_marks_is_cut_at_its_own_sentences() -> None:
    speech = "这是讲话里一个不长不短的句子，说了一些话。" * 12
    assert len(cut(f"他说：“{speech}”")) == 12


def test_sentences_are_of_the_slice_asked_for() -> None:
    text = "甲。乙。丙。"
    assert sentences(text, 2, 4) == [Span(2, 4)]
    assert sentences(text, 1, 3) == [Span(1, 2), Span(2, 3)]


def test_clauses_keep_their_marks() -> None:
    text = "开办夜校，覆盖青年；“工会搭台、劳模唱戏”——很好, 6,000 人: yes"
    assert [span.of(text) for span in clauses(text, Span(0, len(text)))] == [
        "开办夜校，",
        "覆盖青年；",
        "“工会搭台、",
        "劳模唱戏”——",
        "很好,",
        "6,000 人:",
        "yes",
    ]


MARKED = st.text(st.sampled_from("甲乙ab1。！？…，、；：—“”‘’（）《》\"'.!?,; \n-1.、Ａ我说的"))


@given(MARKED | st.text(), st.integers(0, 20), st.integers(0, 20))
def test_sentences_are_ordered_disjoint_trimmed_and_leave_out_only_white_space(
    text: str, before: int, after: int
) -> None:
    start, end = min(before, len(text)), max(min(before, len(text)), len(text) - after)
    at = start
    for span in sentences(text, start, end):
        assert at <= span.start < span.end <= end
        assert not text[at : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        at = span.end
    assert not text[at:end].strip()


@given(MARKED)
def test_clauses_cover_the_span(text: str) -> None:
    pieces = clauses(text, Span(0, len(text)))
    assert "".join("".join(piece.of(text) for piece in pieces).split()) == "".join(text.split())
    assert pieces == sorted(pieces, key=lambda piece: piece.start)
