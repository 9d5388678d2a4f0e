"""Word documents: what a reader of the page sees, and nothing else."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import docx
from docx.document import Document
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from tests.goodfiles import repacked, saved, word
from yinju.readers import read
from yinju.records import Reading

W = nsdecls("w")


def texts(reading: Reading, kind: str | None = None) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if kind in (None, b.kind)]


def read_word(document: Document, name: str = "报告.docx") -> Reading:
    return read(name, saved(document))


def insert(paragraph: Paragraph, xml: str) -> None:
    paragraph._p.append(parse_xml(xml))


def test_headings_come_by_style_and_the_title_by_its_own() -> None:
    document = docx.Document()
    document.add_heading("年度工作报告", 0)
    document.add_paragraph("2025年10月27日")
    document.add_heading("一、学习", 1)
    document.add_heading("（一）夜校", 2)
    document.add_paragraph("一年来，开办青年夜校121期。")
    document.add_heading("二、服务", 1)
    document.add_paragraph("覆盖青年6000余人次。")
    reading = read_word(document)
    assert (reading.title, reading.date) == ("年度工作报告", "2025-10-27")
    headings = [(b.level, reading.text[b.start : b.end]) for b in reading.blocks if b.kind == "heading"]
    assert headings == [(1, "一、学习"), (2, "（一）夜校"), (1, "二、服务")]
    assert texts(reading, "title") == ["年度工作报告"]
    assert reading.pages == ()


def test_a_heading_says_its_level_by_the_outline_of_its_style() -> None:
    document = docx.Document()
    style = document.styles.add_style("机关标题", 1)
    style.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
    document.add_heading("甲", 1)
    document.add_paragraph("乙", style="机关标题")
    document.add_paragraph("正文。")
    document.add_heading("丙", 1)
    levels = [b.level for b in read_word(document).blocks if b.kind == "heading"]
    assert levels == [1, 2, 1]


def test_without_styles_headings_are_told_by_size_and_numbering() -> None:
    document = docx.Document()
    for words, size in (
        ("关于年度工作的报告", 22),
        ("一年来，开办青年夜校121期，覆盖青年6000余人次。", 16),
        ("一、学习教育", 16),
        ("各单位认真落实责任制，推动工作走深走实。", 16),
        ("二、服务群众", 16),
        ("办成了一批实事。", 16),
    ):
        document.add_paragraph().add_run(words).font.size = Pt(size)
    reading = read_word(document)
    assert reading.title == "关于年度工作的报告"
    assert texts(reading, "heading") == ["一、学习教育", "二、服务群众"]


def test_lists_carry_the_numbers_word_shows() -> None:
    document = docx.Document()
    for words in ("第一件", "第二件"):
        document.add_paragraph(words, style="List Number")
    document.add_paragraph("要点", style="List Bullet")
    assert texts(read_word(document)) == ["1. 第一件", "2. 第二件", "要点"]


def numbered(form: str, text: str) -> Document:
    """A document whose "List Number" counts with this form."""
    document = docx.Document()
    part = document.part.numbering_part
    part.element.append(
        parse_xml(
            f'<w:abstractNum {W} w:abstractNumId="99"><w:lvl w:ilvl="0"><w:start w:val="9"/>'
            f'<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
        )
    )
    part.element.append(parse_xml(f'<w:num {W} w:numId="99"><w:abstractNumId w:val="99"/></w:num>'))
    for words in ("甲", "乙", "丙"):
        paragraph = document.add_paragraph(words)
        insert_properties = f'<w:numPr {W}><w:ilvl w:val="0"/><w:numId w:val="99"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(insert_properties))
    return document


def test_numbers_count_in_chinese_roman_and_letters() -> None:
    for form, text, expected in (
        ("chineseCountingThousand", "%1、", ["九、甲", "十、乙", "十一、丙"]),
        ("japaneseCounting", "（%1）", ["（九）甲", "（十）乙", "（十一）丙"]),
        ("upperRoman", "%1.", ["IX. 甲", "X. 乙", "XI. 丙"]),
        ("lowerLetter", "%1)", ["i) 甲", "j) 乙", "k) 丙"]),
        ("decimalEnclosedCircleChinese", "%1", ["⑨甲", "⑩乙", "⑪丙"]),
        ("decimal", "第%1条 ", ["第9条 甲", "第10条 乙", "第11条 丙"]),
    ):
        assert texts(read_word(numbered(form, text))) == expected, form


def test_a_table_s_rows_can_be_quoted_alone() -> None:
    document = docx.Document()
    document.add_paragraph("情况如下。")
    table = document.add_table(rows=4, cols=3)
    for row, cells in enumerate(
        (("单位", "期数", "占比"), ("甲", "121", "30%"), ("", "60", "15%"), ("乙", "219", "55%"))
    ):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("特此报告。")
    reading = read_word(document)
    assert texts(reading) == [
        "情况如下。",
        "单位：甲；期数：121；占比：30%",
        "单位：甲；期数：60；占比：15%",
        "单位：乙；期数：219；占比：55%",
        "特此报告。",
    ]
    assert "|" not in reading.text


def test_header_rows_the_table_marks_are_its_headers() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, cells in enumerate((("项目", "人数", ""), ("", "男", "女"), ("甲", "很多", "不少"))):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    for row in table.rows[:2]:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {W}/>"))
    assert texts(read_word(document)) == ["项目：甲；人数 男：很多；人数 女：不少"]


def test_a_table_that_frames_text_is_text() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "第一段。"
    cell.add_paragraph("第二段。")
    assert texts(read_word(document)) == ["第一段。", "第二段。"]


def test_changes_are_read_as_accepted_and_hidden_words_are_not_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("开办")
    insert(paragraph, f"<w:ins {W}><w:r><w:t>青年</w:t></w:r></w:ins>")
    insert(paragraph, f"<w:del {W}><w:r><w:delText>老年</w:delText></w:r></w:del>")
    insert(paragraph, f"<w:moveFrom {W}><w:r><w:t>移走</w:t></w:r></w:moveFrom>")
    insert(paragraph, f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>")
    insert(paragraph, f'<w:r {W}><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>夜校</w:t></w:r>')
    insert(paragraph, f"<w:r {W}><w:instrText>PAGE</w:instrText></w:r>")
    insert(paragraph, f"<w:r {W}><w:t>121\u200b期\u202e。</w:t></w:r>")
    assert texts(read_word(document)) == ["开办青年夜校121期。"]


def test_text_in_controls_and_boxes_is_read_and_heads_feet_and_contents_are_not() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、学习 ... 3", style="toc 1")
    document.add_paragraph("正文。")
    body = document.element.body
    body.insert(
        2, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件里。</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    )
    insert(
        document.paragraphs[-1],
        f"<w:r {W}><w:pict><w:txbxContent><w:p><w:r><w:t>框里。</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
    )
    assert texts(read_word(document)) == ["正文。", "框里。", "控件里。"]


def test_a_line_broken_by_hand_ends_a_paragraph_only_after_a_sentence() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("第一句。")
    paragraph.runs[0].add_break(WD_BREAK.LINE)
    paragraph.add_run("第二句没有")
    paragraph.runs[-1].add_break(WD_BREAK.LINE)
    paragraph.add_run("完。")
    assert texts(read_word(document)) == ["第一句。", "第二句没有\n完。"]


def test_footnotes_follow_the_text() -> None:
    note = '<w:footnote w:id="1"><w:p><w:r><w:t>数据来自年报。</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {W}>{note}</w:footnotes>"
    data = word("正文。")
    relations = "word/_rels/document.xml.rels"
    with_notes = repacked(
        data,
        {
            "word/footnotes.xml": notes.encode(),
            relations: part_of(data, relations).replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/'
                b'officeDocument/2006/relationships/footnotes"/></Relationships>',
            ),
        },
    )
    assert texts(read("a.docx", with_notes)) == ["正文。", "数据来自年报。"]


def part_of(data: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(name)


def test_the_title_is_else_the_properties_or_the_file_s() -> None:
    document = docx.Document()
    document.add_paragraph("正文。")
    document.core_properties.title = ""
    assert read_word(document, "folder/年报.docx").title == "年报"
    document.core_properties.title = "某某年报"
    assert read_word(document).title == "某某年报"
