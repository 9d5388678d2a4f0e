"""Plain text: title, headings, paragraphs and captions by the shape of the lines."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.readers import read
from yinju.records import Block, Reading

SEED = next((Path(__file__).parents[2] / "seeds").glob("*.txt"))
P = "全年开办青年夜校121期，覆盖青年6000余人次。"


def parse(text: str, name: str = "report.txt") -> Reading:
    reading = read(name, text.encode())
    assert reading.text == text
    return reading


def shape(reading: Reading) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, reading.text[block.start : block.end]) for block in reading.blocks]


def headings(reading: Reading) -> list[tuple[int, str]]:
    return [(level, words) for kind, level, words in shape(reading) if kind == "heading"]


def paragraphs(reading: Reading) -> list[str]:
    return [words for kind, _, words in shape(reading) if kind == "paragraph"]


def block(reading: Reading, words: str) -> Block:
    return next(block for block in reading.blocks if words in reading.text[block.start : block.end])


# ------------------------------------------------------------------------------------------------- title


def test_the_first_line_is_the_title_and_a_dash_line_its_subtitle() -> None:
    reading = parse(f"\n\n年度工作报告\n\n——高质量发展答卷\n\n{P}\n\n{P}\n")
    assert reading.title == "年度工作报告——高质量发展答卷"
    assert shape(reading)[0] == ("title", 0, "年度工作报告\n\n——高质量发展答卷")
    assert len(paragraphs(reading)) == 2


def test_a_title_over_two_lines_is_one() -> None:
    reading = parse(f"关于二〇二五年机关党建\n工作情况的报告\n（2025年10月）\n\n{P}\n\n{P}\n")
    assert reading.title == "关于二〇二五年机关党建 工作情况的报告"
    assert reading.date == "2025-10"


@pytest.mark.parametrize(
    "text",
    [f"{P}\n\n{P}\n", f"{P}\n", f"一、总体情况\n\n{P}\n\n二、主要做法\n\n{P}\n", "只有一行\n", f"2025年10月\n\n{P}"],
)
def test_without_a_title_line_the_file_name_is_the_title(text: str) -> None:
    reading = parse(text, "folder/年度报告.txt")
    assert reading.title == "年度报告"
    assert "title" not in [block.kind for block in reading.blocks]


# ---------------------------------------------------------------------------------------------- headings


def test_numbering_nests_by_its_style() -> None:
    lines = [
        "第一章 总则",
        "第一节 概况",
        "一、背景",
        "（一）由来",
        "1.起因",
        "（1）前因",
        "①远因",
        "第二章 分则",
        "一、甲",
        "二、乙",
    ]
    reading = parse("年度报告\n\n" + "\n\n".join(f"{line}\n\n{P}" for line in lines))
    assert headings(reading) == [
        *((level, line) for level, line in enumerate(lines[:7], 1)),
        (1, "第二章 分则"),
        (2, "一、甲"),
        (2, "二、乙"),
    ]


def test_decimal_numbering_nests_by_its_points() -> None:
    lines = ["1 Introduction", "1.1 Scope", "1.1.1 Terms", "1.2 Method", "2 Results"]
    body = "The committee held 121 sessions."
    reading = parse("Annual Report\n\n" + "\n\n".join(f"{line}\n\n{body}" for line in lines))
    assert headings(reading) == list(zip([1, 2, 3, 2, 1], lines, strict=True))


def test_headings_without_empty_lines_between_are_found() -> None:
    reading = parse(f"年度报告\n一、总体情况\n{P}\n{P}\n（一）夜校\n{P}\n二、下一步\n{P}\n")
    assert headings(reading) == [(1, "一、总体情况"), (2, "（一）夜校"), (1, "二、下一步")]
    assert len(paragraphs(reading)) == 4


def test_short_lines_over_text_are_headings_above_lead_ins() -> None:
    reading = parse(
        f"年度报告\n\n{P}\n\n夯实基层基础 强化执行力\n\n{P}\n\n激发群团活力——\n\n{P}\n\n持续正风肃纪\n\n{P}\n"
    )
    assert headings(reading) == [(1, "夯实基层基础 强化执行力"), (2, "激发群团活力——"), (1, "持续正风肃纪")]


def test_a_numbered_heading_may_stand_over_a_picture() -> None:
    assert headings(parse(f"年度报告\n\n{P}\n\n一、夜校\n\n图1 夜校开班。\n\n{P}\n")) == [(1, "一、夜校")]


def test_unnumbered_headings_under_numbered_ones_are_deeper() -> None:
    reading = parse(f"年度报告\n\n一、总体情况\n\n{P}\n\n青年夜校\n\n{P}\n\n二、下一步\n\n{P}\n")
    assert headings(reading) == [(1, "一、总体情况"), (2, "青年夜校"), (1, "二、下一步")]


@pytest.mark.parametrize(
    "line",
    [
        "一、坚持政治领航。全年开办夜校。",  # a paragraph that begins with its heading
        "学习贯彻强基——认真履行学习教育牵头责任，坚决落实要求。",
        "一份守正创新、竞进提质的赶考答卷徐徐展开——",  # a sentence that leads into the next
        "跑一地、只进一门。",
        "10月27日，会议举行",
        "2025年10月27日",
        "来源：省委直属机关工委",
        "本报记者 王曦",
        "- 要点",
        "12",
        "它是一个没有句号但是很长很长很长很长很长很长很长很长很长很长的行",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    assert headings(parse(f"年度报告\n\n{P}\n\n{line}\n\n{P}\n\n{P}\n")) == []


@pytest.mark.parametrize(
    "lines", [["一、总体情况", "二、主要做法", "三、下一步打算"], ["张三", "李四", "王五"], ["1. Staff", "2. Budget"]]
)
def test_lines_of_one_style_in_a_row_are_a_list(lines: list[str]) -> None:
    reading = parse(f"年度报告\n\n{P}\n\n" + "\n".join(lines) + f"\n\n{P}\n")
    assert headings(reading) == []
    assert [words for words in paragraphs(reading) if words in lines] == lines


def test_a_heading_at_the_end_with_nothing_under_it_is_text() -> None:
    assert headings(parse(f"年度报告\n\n{P}\n\n一、总体情况\n")) == []


# -------------------------------------------------------------------------------------------- paragraphs


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Annual Report\n\n"
        "The committee held one hundred and twenty-one sessions of its\n"
        "night school in the year under review, and more than six\n"
        "thousand young people took part in them.\n"
        "  The next paragraph is indented and begins after a short line.\n\n"
        "Another paragraph stands after an empty line and is wrapped too,\n"
        "as is all of this text.\n"
    )
    assert [words.split()[0] for words in paragraphs(parse(text))] == ["The", "The", "Another"]


def test_every_line_is_a_paragraph_where_lines_are_not_wrapped() -> None:
    text = "年度报告\n\u3000\u3000" + f"{P}\n\u3000\u3000".join(["", "", "", ""]) + "完。\n"
    assert paragraphs(parse(text)) == [P, P, P, "完。"]


def test_form_feeds_start_pages() -> None:
    reading = parse(f"年度报告\n\n{P}\n\f{P}\n\f\n{P}\n")
    assert [reading.text[offset - 1] for offset in reading.pages[1:]] == ["\f", "\f"]
    assert reading.pages[0] == 0
    assert paragraphs(reading) == [P, P, P]


# -------------------------------------------------------------------------------------- damage, captions


@pytest.mark.parametrize(
    "first, second",
    [
        ("成为“工会搭台、劳模唱戏、", "职工参与、群众受益”的生动实践。"),
        ("成为“工会搭台", "职工参与”的生动实践。"),
        ("共有三份（见附件", "一至三）文件。"),
        ("覆盖青年，", "温暖心灵。"),
    ],
)
def test_a_break_that_proves_itself_joins(first: str, second: str) -> None:
    reading = parse(f"年度报告\n\n{P}\n\n{first}\n\n{second}\n\n{P}\n")
    assert paragraphs(reading) == [P, f"{first}\n\n{second}", P]
    assert not any(block.cut for block in reading.blocks)


@pytest.mark.parametrize(
    "first, second",
    [
        ("已成功举办6期示范宣讲，覆盖省直机关", "工委主席等示范培训班8期。"),
        ("围绕科技创新、文旅融合等工作，省委直属机", "跑一地、只进一门。"),
        ("完善化解机制，让群众反映诉求、化解矛盾只", "另一段文字。"),
        ("他说“要抓好，一直没有说完", "另一段没有引号的文字。"),
    ],
)
def test_a_break_that_proves_nothing_ends_the_paragraph_for_good(first: str, second: str) -> None:
    reading = parse(f"年度报告\n\n{P}\n\n{first}\n\n{second}\n\n{P}\n")
    assert paragraphs(reading) == [P, first, second, P]
    assert [block.cut for block in reading.blocks] == [False, False, True, False, False]


@pytest.mark.parametrize(
    "line", ["如下：", "入选全国品牌，好评如潮……", "答卷，徐徐展开——", "他说，“好。”", "（记者，王曦）", "“甲，乙”"]
)
def test_these_endings_cut_nothing(line: str) -> None:
    reading = parse(f"年度报告\n\n{P}\n\n{line}\n\n{P}\n")
    assert not block(reading, line).cut
    assert paragraphs(reading) == [P, line, P]


@pytest.mark.parametrize("after", ["二、下一步", "图1：夜校开班。", "- 要点一", "（一）夜校"])
def test_a_heading_a_caption_or_a_list_is_no_continuation(after: str) -> None:
    reading = parse(f"年度报告\n\n一、总体\n\n夜校、读书会、\n\n{after}\n\n{P}\n\n{P}\n")
    assert paragraphs(reading)[0] == "夜校、读书会、"
    assert block(reading, "夜校、读书会、").cut


def test_lines_under_pictures_are_captions() -> None:
    torn = "推荐“工具书”，表扬先进等"
    reading = parse(
        f"年度报告\n\n{P}{P}\n\n图1 夜校开班。\n\n{P}又。\n\n{torn}\n\n\n\n大讲堂宣讲活动。\n\n{P}另。\n\n{P}\n"
    )
    assert [words for kind, _, words in shape(reading) if kind == "caption"] == [
        "图1 夜校开班。",
        "大讲堂宣讲活动。",
        P,
    ]


@pytest.mark.parametrize("line", ["表彰先进。", "图书馆开放。", "大讲堂宣讲活动。"])
def test_short_paragraphs_are_no_captions(line: str) -> None:
    reading = parse(f"年度报告\n\n{P}\n\n{line}\n\n{P}\n\n{P}\n")
    assert "caption" not in [block.kind for block in reading.blocks]


# ------------------------------------------------------------------------------------------- the report


def test_the_report_is_read_as_a_reader_sees_it() -> None:
    reading = read(SEED.name, SEED.read_bytes())
    assert reading.title == "擎旗奋进 建功支点 机关争先——以高质量机关党建促进高质量发展的湖北答卷"
    assert reading.date is None
    assert headings(reading) == [
        (1, "创建模范机关 增强建功支点引领力"),
        (1, "深化理论武装 凝聚建功支点向心力"),
        (1, "推进“两务融合” 提升建功支点战斗力"),
        (1, "夯实基层基础 强化建功支点执行力"),
        (2, "夯实组织基础——"),
        (2, "激发群团活力——"),
        (2, "建强“头雁”队伍——"),
        (1, "持续正风肃纪 注入建功支点“廉动力”"),
    ]
    cut = [reading.text[found.start : found.end] for found in reading.blocks if found.cut]
    assert [words[-5:] for words in cut] == ["盖省直机关", "省委直属机", "化解矛盾只", "工具书”等"]
    captions = [words for kind, _, words in shape(reading) if kind == "caption"]
    assert [words[-7:] for words in captions] == ["会在咸宁召开。", "示范宣讲活动。"]
    joined = block(reading, "工会搭台、劳模唱戏、")
    assert "劳模唱戏、\n\n职工参与" in reading.text[joined.start : joined.end]


HEADS = (
    "年度报告",
    "——副题",
    "一、总体",
    "（一）甲",
    "1.乙",
    "激发活力——",
    "2025年10月",
    "Annual Report",
    "图1 己。",
    "- 辛",
)
PROSE = (
    "",
    "",
    "\f",
    P,
    P + P,
    "成为“甲、",
    "乙”的丙。",
    "丁，",
    "戊",
    "\u3000\u3000庚。",
    "the rest.",
    "\t壬\t癸 ",
    "\u2028",
)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))


@given((st.lists(st.sampled_from(HEADS + PROSE), max_size=25).map("\n".join) | ANY_TEXT).filter(str.strip))
def test_blocks_are_ordered_disjoint_trimmed_and_leave_out_only_white_space(text: str) -> None:
    text = "。" + text
    reading = parse(text)
    at = 0
    for found in reading.blocks:
        assert at <= found.start < found.end
        assert not text[at : found.start].strip()
        assert text[found.start : found.end] == text[found.start : found.end].strip()
        assert (found.level > 0) == (found.kind == "heading")
        at = found.end
    assert not text[at:].strip()
    assert reading.title
