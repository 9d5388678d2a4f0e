"""Presentations: slides as pages, titles as headings, no furniture."""

from __future__ import annotations

from io import BytesIO

from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Inches

from tests.goodfiles import powerpoint, saved
from yinju.passages import split
from yinju.readers import read
from yinju.records import Reading


def texts(reading: Reading, kind: str | None = None) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if kind in (None, b.kind)]


def deck() -> tuple[Deck, Slide]:
    made = Presentation()
    return made, made.slides.add_slide(made.slide_layouts[6])


def box(slide: Slide, words: str, left: float, top: float) -> None:
    slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = words


def test_slides_are_pages_under_their_titles() -> None:
    reading = read("汇报.pptx", powerpoint(("学习教育", "开办夜校121期\n覆盖青年6000余人次"), ("服务群众", "办成实事")))
    assert texts(reading, "heading") == ["学习教育", "服务群众"]
    assert texts(reading, "paragraph") == ["开办夜校121期", "覆盖青年6000余人次", "办成实事"]
    assert len(reading.pages) == 2
    assert [(passage.heading, passage.page) for passage in split("a", reading)] == [
        (("学习教育",), 1),
        (("服务群众",), 2),
    ]


def test_the_title_slide_names_the_document() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[0])
    assert slide.shapes.title is not None
    slide.shapes.title.text = "年度报告"
    slide.placeholders[1].text_frame.text = "2025年10月27日"
    reading = read("a.pptx", saved(made))
    assert (reading.title, reading.date) == ("年度报告", "2025-10-27")


def test_shapes_are_read_from_the_top_and_from_the_left_whatever_order_they_were_made_in() -> None:
    made, slide = deck()
    box(slide, "右下", 5, 5)
    box(slide, "左下", 1, 5.05)
    box(slide, "上", 3, 1)
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(3), Inches(1), Inches(1)).text_frame.text = "中"
    assert texts(read("a.pptx", saved(made))) == ["上", "中", "左下", "右下"]


def test_tables_are_lines_and_notes_follow() -> None:
    made, slide = deck()
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(5), Inches(2)).table
    for row, cells in enumerate((("单位", "期数", "人数"), ("甲", "121", "6000"), ("合计", "", "6000"))):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    table.cell(2, 0).merge(table.cell(2, 1))
    assert slide.notes_slide.notes_text_frame is not None
    slide.notes_slide.notes_text_frame.text = "备注说明。"
    found = texts(read("a.pptx", saved(made)))
    assert found == ["单位：甲；期数：121；人数：6000", "单位：合计；人数：6000", "备注说明。"]


def test_hidden_slides_are_left_out_but_counted() -> None:
    data = powerpoint(("甲", "一"), ("乙", "二"), ("丙", "三"))
    made = Presentation(BytesIO(data))
    made.slides[1].element.set("show", "0")
    reading = read("a.pptx", saved(made))
    assert "二" not in reading.text
    assert [passage.page for passage in split("a", reading)] == [1, 3]


def test_line_breaks_in_a_title_break_no_words() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    assert slide.shapes.title is not None
    slide.shapes.title.text = "学习\v教育"
    box(slide, "正文", 1, 4)
    assert "学习教育" in read("a.pptx", saved(made)).text
