"""Documents to passages: exact slices, whole sentences, one section each, nothing lost."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.passages import LONGEST, SPLITTER, document_sentences, sentence_spans, split
from yinju.readers import read
from yinju.records import Block, Passage, Reading, Span

SEED = next((Path(__file__).parents[2] / "seeds").glob("*.txt"))
P = "全年开办青年夜校121期，覆盖青年6000余人次。"


def cut(text: str, name: str = "report.txt") -> tuple[Reading, list[Passage]]:
    reading = read(name, text.encode())
    return reading, split("d", reading)


def found_sentences(reading: Reading, passage: Passage) -> list[str]:
    return [span.of(reading.text) for span in spans_in(reading, passage)]


def spans_in(reading: Reading, passage: Passage) -> list[Span]:
    return sentence_spans(document_sentences(reading.blocks, reading.text), reading.text, passage.start, passage.end)


def test_a_short_document_is_one_passage() -> None:
    _, passages = cut(f"年度报告\n\n{P}\n\n{P}\n")
    assert passages == [Passage("d", 6, 6 + len(P) * 2 + 2, f"{P}\n\n{P}", ())]
    assert passages[0].id == f"d:6-{8 + 2 * len(P)}"


def test_a_passage_stays_in_its_section_and_knows_its_headings() -> None:
    _, passages = cut(f"年度报告\n\n一、总体\n\n{P}\n\n（一）夜校\n\n{P}\n\n（二）读书会\n\n{P}\n\n二、下一步\n\n{P}\n")
    assert [(passage.heading, passage.text) for passage in passages] == [
        (("一、总体",), P),
        (("一、总体", "（一）夜校"), P),
        (("一、总体", "（二）读书会"), P),
        (("二、下一步",), P),
    ]


def test_a_section_is_divided_evenly_between_sentences() -> None:
    sentence = "一二三四五六七八九" * 5 + "。"  # 46 characters
    reading, passages = cut(f"年度报告\n\n{sentence * 10}\n")
    assert [len(passage.text) for passage in passages] == [46 * 5, 46 * 5]
    assert [found_sentences(reading, passage) for passage in passages] == [[sentence] * 5] * 2


def test_paragraphs_are_kept_whole_where_they_fit() -> None:
    paragraph = P * 8  # 208 characters
    _, passages = cut("年度报告\n\n" + "\n\n".join([paragraph] * 5) + "\n")
    assert [passage.text.split("\n\n") for passage in passages] == [[paragraph] * 2, [paragraph] * 2, [paragraph]]


def test_a_sentence_longer_than_a_passage_is_cut_at_clauses() -> None:
    sentence = "一二三四五六七八九，" * 150 + "完。"
    reading, passages = cut(f"年度报告\n\n{sentence}\n")
    assert "".join(passage.text for passage in passages) == sentence
    assert all(len(passage.text) <= LONGEST and passage.text[-1] in "，。" for passage in passages)
    assert [found_sentences(reading, passage) for passage in passages] == [[passage.text] for passage in passages]


def test_text_without_any_mark_is_cut_all_the_same() -> None:
    _, passages = cut("甲" * 3000)
    assert "".join(passage.text for passage in passages) == "甲" * 3000
    assert all(200 <= len(passage.text) <= LONGEST for passage in passages)


def test_a_caption_is_a_passage_of_its_own() -> None:
    _, passages = cut(f"年度报告\n\n一、总体\n\n{P}\n\n图1 夜校开班。\n\n{P}\n\n{P}\n")
    assert [passage.text for passage in passages] == [P, "图1 夜校开班。", f"{P}\n\n{P}"]
    assert {passage.heading for passage in passages} == {("一、总体",)}


def test_a_paragraph_cut_off_shares_a_passage_but_no_sentence_with_the_next() -> None:
    reading, passages = cut(f"年度报告\n\n{P}\n\n举办6期，覆盖省直机关\n\n工委主席等培训班8期。\n\n{P}\n")
    assert len(passages) == 1
    assert found_sentences(reading, passages[0]) == [P, "举办6期，覆盖省直机关", "工委主席等培训班8期。", P]


def test_a_mended_paragraph_gives_the_sentence_over_the_break() -> None:
    reading, passages = cut(f"年度报告\n\n{P}\n\n成为“甲、\n\n乙”的实践。另有丙。\n\n{P}\n")
    assert "成为“甲、\n\n乙”的实践。" in found_sentences(reading, passages[0])


def test_headings_with_nothing_under_them_are_carried() -> None:
    _, passages = cut("# 报告\n\n## 甲\n\n### 乙\n\n文。\n\n## 丙\n\n## 丁\n\n### 戊\n", "a.md")
    assert [(passage.heading, passage.text) for passage in passages] == [
        (("甲", "乙"), "文。"),
        ((), "丙"),
        (("丁",), "戊"),
    ]


def test_a_document_of_a_title_alone_is_a_passage() -> None:
    reading, passages = cut("# 报告\n", "a.md")
    assert [passage.text for passage in passages] == ["报告"]
    assert found_sentences(reading, passages[0]) == []


def test_table_rows_are_sentences_and_rules_are_none() -> None:
    reading, passages = cut("# 报告\n\n| 项目 | 数量 |\n|---|---|\n| 夜校 | 121 |\n\n***\n\n- 一。二。\n- 三\n", "a.md")
    assert len(passages) == 1
    assert found_sentences(reading, passages[0]) == ["| 项目 | 数量 |", "| 夜校 | 121 |", "一。", "二。", "三"]


def test_pages_are_counted_from_one() -> None:
    _, passages = cut(f"年度报告\n\n一、总体\n\n{P}\n\f二、读书\n\n{P}\n\f\n三、其他\n\n{P}\n")
    assert [passage.page for passage in passages] == [1, 2, 3]


def test_far_apart_blocks_share_no_passage() -> None:
    comment = f"<!-- {'x' * 800} -->"
    _, passages = cut(f"甲。\n\n{comment}\n\n乙。\n", "a.md")
    assert [passage.text for passage in passages] == ["甲。", "乙。"]


def test_the_splitter_has_a_name_for_the_fingerprint() -> None:
    assert re.fullmatch(r"[a-z]+-\d+", SPLITTER)


def test_no_blocks_make_no_passages() -> None:
    assert split("d", Reading("  ", "t", None, ())) == []


# ------------------------------------------------------------------------------------------- the report


def test_the_report_makes_passages_of_the_size_aimed_for() -> None:
    reading = read(SEED.name, SEED.read_bytes())
    passages = split("d", reading)
    text = [
        passage
        for passage in passages
        if not any(b.kind == "caption" and b.start == passage.start for b in reading.blocks)
    ]
    lengths = sorted(len(passage.text) for passage in text)
    assert lengths[0] >= 150
    assert lengths[-1] <= 420
    assert lengths[len(lengths) // 2] in range(250, 401)
    night_school = next(passage for passage in passages if "121期" in passage.text)
    assert night_school.heading == ("夯实基层基础 强化建功支点执行力", "激发群团活力——")


# ------------------------------------------------------------------------------------------- properties

MARKUP = ("", "", "", "# 甲", "## 乙", "- 壬", "| a | b |", "|---|---|", "\f", " " * 900)
LINES = (
    "一、丙",
    "（一）丁",
    "激发活力——",
    "图1 辛。",
    "成为“戊、",
    "己”的庚。",
    "覆盖，省直机",
    "“甲。乙。”丙",
    "Annual Report",
)
LONG = (P, P * 9, P * 40, "癸" * 900, "甲，乙；" * 300)


def documents() -> st.SearchStrategy[Reading]:
    texts = st.lists(st.sampled_from(MARKUP + LINES + LONG), max_size=20).map("\n".join).filter(str.strip)
    return st.builds(lambda text, name: read(name, text.encode()), texts, st.sampled_from(["a.txt", "a.md"]))


@given(documents())
def test_passages_are_slices_in_order_disjoint_and_short_enough(reading: Reading) -> None:
    at = 0
    for passage in split("d", reading):
        assert at <= passage.start < passage.end <= len(reading.text)
        assert passage.text == reading.text[passage.start : passage.end] == passage.text.strip()
        assert len(passage.text) <= LONGEST
        at = passage.end


@given(documents())
def test_what_no_passage_holds_is_white_space_markup_or_a_heading_some_passage_carries(reading: Reading) -> None:
    passages = split("d", reading)
    covered = set[int]()
    for passage in passages:
        covered.update(range(passage.start, passage.end))
    for block in reading.blocks:
        words = reading.text[block.start : block.end]
        if block.kind == "heading":
            assert any(words in passage.heading or words == passage.text for passage in passages)
        elif block.kind != "title":
            missed = set(range(block.start, block.end)) - covered
            assert not "".join(reading.text[index] for index in missed).strip()


@given(documents())
def test_a_passage_lies_in_one_section_under_its_headings(reading: Reading) -> None:
    for passage in split("d", reading):
        inside = [b for b in reading.blocks if b.start < passage.end and passage.start < b.end]
        assert len(inside) == 1 or {b.kind for b in inside} == {"paragraph"}
        assert list(passage.heading) == _path(reading, inside[0])


def _path(reading: Reading, block: Block) -> list[str]:
    path: list[Block] = []
    for above in reading.blocks:
        if above.start >= block.start:
            break
        if above.kind == "heading":
            path = [b for b in path if b.level < above.level] + [above]
    if block.kind == "heading":
        path = [b for b in path if b.level < block.level]
    return [reading.text[b.start : b.end] for b in path]


@given(documents())
def test_sentences_are_in_order_disjoint_in_bounds_and_cross_no_block(reading: Reading) -> None:
    for passage in split("d", reading):
        at = passage.start
        for span in spans_in(reading, passage):
            assert at <= span.start < span.end <= passage.end
            assert any(b.start <= span.start and span.end <= b.end for b in reading.blocks if b.kind != "heading")
            at = span.end


@given(documents())
def test_passages_hold_whole_sentences_unless_one_is_too_long(reading: Reading) -> None:
    passages = split("d", reading)
    everything = sentence_spans(document_sentences(reading.blocks, reading.text), reading.text, 0, len(reading.text))
    kept = [span for passage in passages for span in spans_in(reading, passage)]
    short = [span for span in everything if span.end - span.start <= 400]
    assert [span for span in short if span not in kept] == []


@pytest.mark.parametrize("start, end", [(0, 0), (3, 3)])
def test_an_empty_slice_holds_no_sentence(start: int, end: int) -> None:
    text = "甲。乙。丙。"
    assert sentence_spans(document_sentences([Block("paragraph", 0, 6)], text), text, start, end) == []
