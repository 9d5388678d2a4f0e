"""PDF documents: reading order, running heads, paragraphs over page ends, tables, headings, page numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.goodfiles import FONT, HEIGHT, SENTENCE, WIDTH, pdf, together, writing
from yinju.errors import Unreadable
from yinju.readers import read
from yinju.readers.pdf.lines import Line
from yinju.readers.pdf.running import without_heads
from yinju.records import Reading

Draw = Callable[[Canvas], None]


def texts(reading: Reading, kind: str | None = None) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if kind in (None, b.kind)]


def read_pdf(*pages: Draw) -> Reading:
    return read("报告.pdf", pdf(*pages))


def page_of(reading: Reading, words: str) -> int:
    """The page these words stand on, from 1."""
    return bisect_right(reading.pages, reading.text.index(words))


LEFT = [
    "一年来省委直属机关工委坚持政治领",
    "航，开办青年夜校121期，覆盖青年六",
    "千余人次，取得成绩。各单位认真落",
    "实责任制，推动各项工作走深走实，",
]
RIGHT = [
    "为全面建成支点提供了坚强保障，也",
    "得到了群众的认可。下一步将继续做",
    "好各项工作，确保完成年度目标任务",
    "，推动高质量发展迈上新的台阶。",
]


def test_lines_become_a_paragraph_without_spaces_between_chinese_characters() -> None:
    assert texts(read_pdf(writing(*LEFT, *RIGHT))) == ["".join(LEFT + RIGHT)]


def test_two_columns_are_read_one_after_the_other_however_they_are_drawn() -> None:
    columns = together(writing(*LEFT, left=60, top=150), writing(*RIGHT, left=330, top=150))

    def by_rows(canvas: Canvas) -> None:
        canvas.setFont(FONT, 12)
        for index, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            canvas.drawString(330, HEIGHT - 150 - 20 * index, right)
            canvas.drawString(60, HEIGHT - 150 - 20 * index, left)

    title = writing("关于一年来机关党的建设和机关各项工作情况的年度报告全文", left=130, size=14)
    for body in (columns, by_rows):
        reading = read_pdf(together(title, body))
        assert reading.title == "关于一年来机关党的建设和机关各项工作情况的年度报告全文"
        assert texts(reading)[1:] == ["".join(LEFT + RIGHT)]


def test_running_heads_feet_and_page_numbers_are_left_out() -> None:
    def page(number: int, body: str) -> Draw:
        return together(
            writing(f"某某机关年度报告 第{number}页", top=30, size=9),
            writing("内部资料" if number % 2 else "注意保存", top=45, size=9),
            writing(body),
            writing(f"— {number} —", left=280, top=HEIGHT - 40, size=9),
        )

    bodies = ["开头的一段话。", "中间的一段话。", "又是一段话。", "结尾的一段话。"]
    reading = read_pdf(*(page(number, body) for number, body in enumerate(bodies, start=1)))
    assert texts(reading) == bodies
    assert [page_of(reading, body) for body in bodies] == [1, 2, 3, 4]


def line(text: str, base: float) -> Line:
    return Line(text, 72, 300, base, 12)


@pytest.mark.parametrize(
    "pages, kept",
    [
        ([["页眉", "甲"], ["页眉", "乙"]], [["甲"], ["乙"]]),
        ([["第1条", "甲"], ["第2条", "乙"]], [["甲"], ["乙"]]),  # counts on with the pages
        ([["第1条", "甲"], ["第8条", "乙"]], [["第1条", "甲"], ["第8条", "乙"]]),
        ([["标题"], ["正文"]], [["标题"], ["正文"]]),
        ([["左", "甲"], ["右", "乙"], ["左", "丙"], ["右", "丁"]], [["甲"], ["乙"], ["丙"], ["丁"]]),
        ([["不同", "同"], ["别的", "同"]], [["不同", "同"], ["别的", "同"]]),  # not at the edge
        ([["3"]], [[]]),
        ([["第 3 页 共 12 页", "甲"]], [["甲"]]),
        ([["Page 3 of 12", "甲"]], [["甲"]]),
        ([["2025年"]], [["2025年"]]),
    ],
)
def test_only_what_comes_again_at_the_edge_is_a_running_head(pages: list[list[str]], kept: list[list[str]]) -> None:
    sheets = [[line(text, 800 - 20 * index) for index, text in enumerate(page)] for page in pages]
    found = without_heads(sheets, [842.0] * len(pages))
    assert [[each.text for each in page] for page in found] == kept


FULL = ["一年来省委直属机关工委坚持政治引领，", "推动各级机关和全体党员干部把各项工作"]


def test_a_paragraph_goes_on_over_a_page_where_a_bracket_or_comma_proves_it() -> None:
    reading = read_pdf(writing("会议强调：“要做好工作，", top=700), writing("抓落实。”", "会议还研究了其他事项。"))
    assert texts(reading)[0] == "会议强调：“要做好工作，抓落实。”"
    assert reading.pages == (0, 12)
    assert reading.text[: reading.pages[1]] == "会议强调：“要做好工作，"


def indented(*paragraphs: list[str], top: float = 100) -> Draw:
    """Paragraphs with their first line set in by two characters."""
    draws = []
    for lines in paragraphs:
        draws.append(writing(lines[0], left=96, top=top))
        draws.append(writing(*lines[1:], left=72, top=top + 20))
        top += 20 * len(lines)
    return together(*draws)


def test_a_line_that_is_not_set_in_goes_on_where_first_lines_are() -> None:
    whole = ["一年来省委直属机关工委坚持政治引领", "推动各级机关和全体党员干部把各项工作", "做实做好。"]
    broken = ["时间记录坚实的脚步岁月铭刻奋斗的历", "程机关党建工作先后四次在全国作了交流"]
    reading = read_pdf(indented(whole, whole, broken), writing("并且得到好评。", "后面又是一段。"))
    assert "".join(broken) + "并且得到好评。" in texts(reading)
    assert page_of(reading, "时间记录") == 1


def test_a_paragraph_that_nothing_proves_to_go_on_is_marked_as_cut() -> None:
    reading = read_pdf(writing(*FULL), writing("另外一页上的另外一段。", "再来一段。"))
    first = reading.blocks[0]
    assert reading.text[first.start : first.end] == "".join(FULL)
    assert first.cut


def test_words_broken_at_line_ends_are_joined_and_true_hyphens_kept() -> None:
    reading = read_pdf(
        writing(
            "The well-known committee held 121 evening schools for six thou-",
            "sand young people of the province, and all of them found the well-",
            "known lecturers very good indeed.",
            pitch=15,
        )
    )
    assert reading.text == (
        "The well-known committee held 121 evening schools for six thousand young people of the province, and all of "
        "them found the well-known lecturers very good indeed."
    )


def ruled(canvas: Canvas, left: float, top: float, widths: list[float], rows: list[list[str]]) -> None:
    """A table with all its rules, its first row's last two cells made one."""
    xs = [left + sum(widths[:index]) for index in range(len(widths) + 1)]
    canvas.setFont(FONT, 11)
    for row, cells in enumerate(rows):
        for column, words in enumerate(cells):
            for index, part in enumerate(words.split("\n")):
                canvas.drawString(xs[column] + 4, top - 36 * row - 14 - 14 * index, part)
    for row in range(len(rows) + 1):
        canvas.line(xs[0], top - 36 * row, xs[-1], top - 36 * row)
    for x in xs:
        canvas.line(x, top, x, top - 36 * len(rows))


def test_ruled_tables_are_lines_with_their_labels_over_pages_too() -> None:
    rows = [["单位", "期数", "说明"], ["甲单位", "121", "按期\n完成"], ["乙单位", "60", "超额完成"]]
    more = [["丙单位", "7", "正在办理"]]
    reading = read_pdf(
        together(writing("情况见下表。", top=60), lambda canvas: ruled(canvas, 72, 700, [120, 100, 160], rows)),
        together(
            lambda canvas: ruled(canvas, 72, 780, [120, 100, 160], [*more, *more]), writing("特此报告。", top=300)
        ),
    )
    assert texts(reading) == [
        "情况见下表。",
        "单位：甲单位；期数：121；说明：按期完成",
        "单位：乙单位；期数：60；说明：超额完成",
        "单位：丙单位；期数：7；说明：正在办理",
        "单位：丙单位；期数：7；说明：正在办理",
        "特此报告。",
    ]
    assert [page_of(reading, words) for words in ("甲单位", "丙单位", "特此报告")] == [1, 2, 2]


def test_rows_without_rules_stay_rows() -> None:
    def draw(canvas: Canvas) -> None:
        for index, (name, count) in enumerate((("青年夜校", "121期"), ("专题讲座", "60场"), ("实地参观", "7次"))):
            canvas.drawString(72, HEIGHT - 100 - 20 * index, name)
            canvas.drawString(300, HEIGHT - 100 - 20 * index, count)

    assert texts(read_pdf(draw)) == ["青年夜校 121期", "专题讲座 60场", "实地参观 7次"]


def test_headings_are_told_by_size_and_by_numbering() -> None:
    body = [*FULL, "做实做好。"]
    reading = read_pdf(
        together(
            writing("关于年度工作的报告", left=180, top=80, size=22),
            writing("2025年10月27日", left=220, top=110),
            writing("一、学习教育", top=150),
            writing(*body, top=170),
            writing("（一）青年夜校", top=240),
            writing(*body, top=260),
            writing("二、服务群众", top=330),
            writing(*body, top=350),
        )
    )
    assert (reading.title, reading.date) == ("关于年度工作的报告", "2025-10-27")
    headings = [(b.level, reading.text[b.start : b.end]) for b in reading.blocks if b.kind == "heading"]
    assert headings == [(1, "一、学习教育"), (2, "（一）青年夜校"), (1, "二、服务群众")]


def test_bookmarks_say_which_lines_are_headings() -> None:
    def draw(canvas: Canvas) -> None:
        for index, (words, level) in enumerate((("学习", 0), ("夜校", 1), ("服务", 0))):
            canvas.bookmarkPage(words)
            canvas.addOutlineEntry(words, words, level)
            writing(words, top=80 + 120 * index)(canvas)
            writing(*FULL, "做实做好。", top=120 + 120 * index)(canvas)

    reading = read_pdf(draw)
    headings = [(b.level, reading.text[b.start : b.end]) for b in reading.blocks if b.kind == "heading"]
    assert headings == [(1, "学习"), (2, "夜校"), (1, "服务")]


def test_watermarks_and_what_lies_off_the_page_are_not_text() -> None:
    def draw(canvas: Canvas) -> None:
        writing(SENTENCE)(canvas)
        canvas.saveState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "内部资料严禁外传")
        canvas.restoreState()
        canvas.drawString(WIDTH + 50, 400, "页外")
        canvas.setFont(FONT, 1)
        canvas.drawString(72, 200, "极小的字")

    assert read_pdf(draw).text == SENTENCE


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_turned_pages_are_read_as_they_are_shown(quarter: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(quarter)
        canvas.saveState()
        if quarter == 90:
            canvas.translate(HEIGHT, 0)
        elif quarter == 180:
            canvas.translate(WIDTH, HEIGHT)
        else:
            canvas.translate(0, WIDTH)
        canvas.rotate(quarter)
        for index, words in enumerate((LEFT[0], LEFT[1], "末行。")):
            canvas.drawString(72, 400 - 20 * index, words)
        canvas.restoreState()

    assert read_pdf(draw).text == "".join(LEFT[:2]) + "末行。"


def test_a_page_drawn_on_its_side_is_read_along_its_lines() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        for index, words in enumerate((LEFT[0], LEFT[1], "末行。")):
            canvas.drawString(72, 400 - 20 * index, words)

    assert read_pdf(draw).text == "".join(LEFT[:2]) + "末行。"


def test_a_raised_figure_stays_on_its_line() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "面积约60平方公里")
        canvas.setFont(FONT, 7)
        canvas.drawString(72 + 12 * 7.0, 705, "1")

    assert texts(read_pdf(draw)) == ["面积约60平方公里1"]


def test_empty_pages_are_counted() -> None:
    reading = read_pdf(writing("第一页的话。"), lambda canvas: None, writing("第三页的话。"), lambda canvas: None)
    assert [page_of(reading, words) for words in ("第一页", "第三页")] == [1, 3]
    assert len(reading.pages) == 4


def test_a_document_only_its_owner_may_change_is_read() -> None:
    assert SENTENCE in read("a.pdf", pdf(writing(SENTENCE), owner="owner")).text


def test_the_end_of_a_file_that_names_its_length_is_missed() -> None:
    data = pdf(writing(SENTENCE))
    longer = data.replace(b"%\x93\x8c", b"% /Linearized 1 /L 999999 \n%\x93\x8c", 1)
    with pytest.raises(Unreadable) as error:
        read("a.pdf", longer)
    assert error.value.reason == "truncated"
