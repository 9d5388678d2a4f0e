"""Workbooks: rows that can be quoted alone, figures as the sheet shows them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests.goodfiles import excel, repacked, saved
from yinju.errors import Unreadable
from yinju.readers import read
from yinju.readers.cell_formats import shown
from yinju.records import Reading


def texts(reading: Reading, kind: str | None = None) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if kind in (None, b.kind)]


def book(rows: list[list[Any]], *merges: str, formats: dict[str, str] | None = None) -> Workbook:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    for cell, form in (formats or {}).items():
        sheet[cell].number_format = form
    return made


def lines(rows: list[list[Any]], *merges: str, formats: dict[str, str] | None = None) -> list[str]:
    return texts(read("a.xlsx", saved(book(rows, *merges, formats=formats))))


@pytest.mark.parametrize(
    "value, form, expected",
    [
        (0.305, "0.0%", "30.5%"),
        (0.305, "0%", "31%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234567.5, "#,##0", "1,234,568"),
        (1234567, "General", "1234567"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "1e+20"),
        (12.0, None, "12"),
        (5, "0000", "0005"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (-1234.5, "#,##0.0;(#,##0.0)", "(1,234.5)"),
        (0, '0.00;-0.00;"无"', "无"),
        (121, '0"期"', "121期"),
        (6000, r"#,##0\人", "6,000人"),
        (3.5, '"￥"#,##0.00', "￥3.50"),
        (3.5, "[$¥-804]#,##0.00", "¥3.50"),
        (3.5, "[Red]0.0_ ", "3.5"),
        (1234567, "#,##0.0,", "1,234.6"),
        (1234567, "0.00,,", "1.23"),
        (0.5, "# ?/?", "0.5"),
        (12345, "0.00E+00", "12345"),
        (2.50, "0.##", "2.5"),
        (2.00, "0.##", "2"),
        (float("inf"), "0.00", "inf"),
        ("00123", "General", "00123"),
        ("00123", "0", "00123"),
        (True, "General", "TRUE"),
        (date(2025, 10, 27), "yyyy-mm-dd", "2025-10-27"),
        (datetime.fromisoformat("2025-10-27"), "mm-dd-yy", "2025-10-27"),
        (datetime.fromisoformat("2025-10-27T09:05"), "m/d/yy h:mm", "2025-10-27 09:05"),
        (datetime.fromisoformat("2025-10-07"), 'yyyy"年"m"月"d"日"', "2025年10月7日"),
        (datetime.fromisoformat("2025-10-07"), "[$-804]yyyy\\年mm\\月", "2025年10月"),
        (datetime.fromisoformat("2025-03-07T14:05:09"), "h:mm:ss AM/PM", "2:05:09 PM"),
        (datetime.fromisoformat("2025-03-07T14:05:09"), "yyyy/m/d hh:mm", "2025/3/7 14:05"),
        (datetime.fromisoformat("2025-03-07"), "d mmm yyyy", "7 Mar 2025"),
        (time(9, 30), "h:mm", "9:30"),
        (timedelta(hours=30), "[h]:mm", "1 day, 6:00:00"),
    ],
)
def test_a_value_reads_as_its_cell_shows_it(value: object, form: str | None, expected: str) -> None:
    assert shown(value, form) == expected


def test_every_row_carries_its_columns_labels() -> None:
    found = lines(
        [
            ["单位", "期数", "完成率", "日期", "编号"],
            ["甲", 1234.5, 0.305, date(2025, 10, 27), "00123"],
            ["乙", 12, 1, None, None],
        ],
        formats={"B2": "#,##0.0", "C2": "0.0%", "C3": "0%", "D2": "yyyy-mm-dd"},
    )
    assert found == [
        "单位：甲；期数：1,234.5；完成率：30.5%；日期：2025-10-27；编号：00123",
        "单位：乙；期数：12；完成率：100%",
    ]


def test_merged_cells_are_repeated_downwards_and_label_every_column_they_stand_over() -> None:
    found = lines(
        [
            ["全省情况"],
            ["地区", "单位", "收入", None, "支出"],
            [None, None, "上半年", "下半年", "全年"],
            ["武汉", "甲", 1, 2, 3],
            [None, "乙", 4, 5, 6],
            ["合计", None, 5, 7, 9],
        ],
        "A1:E1", "A2:A3", "B2:B3", "C2:D2", "A4:A5", "A6:B6",
    )  # fmt: skip
    assert found == [
        "全省情况",
        "地区：武汉；单位：甲；收入 上半年：1；收入 下半年：2；支出 全年：3",
        "地区：武汉；单位：乙；收入 上半年：4；收入 下半年：5；支出 全年：6",
        "地区：合计；收入 上半年：5；收入 下半年：7；支出 全年：9",
    ]


def test_a_form_of_labels_and_values_is_no_table() -> None:
    assert lines([["姓名", "张三"], ["部门", "办公室"], ["人数", 35]]) == ["姓名：张三", "部门：办公室", "人数：35"]


def test_two_columns_with_figures_are_a_table() -> None:
    assert lines([["年份", "期数"], [2023, 98], [2024, 121]]) == ["年份：2023；期数：98", "年份：2024；期数：121"]


def test_years_label_columns() -> None:
    found = lines([["单位", 2023, 2024], ["甲", 98, 121], ["乙", 12, 15]])
    assert found == ["单位：甲；2023：98；2024：121", "单位：乙；2023：12；2024：15"]


def test_an_empty_row_ends_a_table_and_notes_stand_alone() -> None:
    found = lines(
        [
            ["甲表"],
            ["单位", "期数", "人数"],
            ["甲", 1, 2],
            ["注：数据截至年底。"],
            [],
            ["项目", "金额", "占比"],
            ["乙", 3, 4],
        ]
    )
    assert found == ["甲表", "单位：甲；期数：1；人数：2", "注：数据截至年底。", "项目：乙；金额：3；占比：4"]


def test_sheets_are_sections_and_hidden_ones_are_left_out() -> None:
    made = book([["一", "二", "三"], ["甲", 1, 2]])
    made.worksheets[0].title = "收入"
    other = made.create_sheet("支出")
    other.append(["乙", "说明"])
    made.create_sheet("底稿").append(["不该读"])
    made["底稿"].sheet_state = "hidden"
    reading = read("年报.xlsx", saved(made))
    assert texts(reading, "heading") == ["收入", "支出"]
    assert "不该读" not in reading.text
    assert reading.title == "年报"


def test_the_only_sheet_s_given_name_is_no_heading() -> None:
    assert texts(read("a.xlsx", excel([["甲", "乙"]], title="Sheet1")), "heading") == []


def test_formulas_give_their_results() -> None:
    data = excel([["项目", "数量", "合计"], ["甲", 2, "=B2*2"], ["乙", 3, "=B3*2"]])
    sheet = "xl/worksheets/sheet1.xml"
    calculated = _part(data, sheet).replace(b"<v></v>", b"<v/>").replace(b"<v />", b"<v/>")
    first, second, rest = calculated.split(b"<v/>", 2)
    with_results = repacked(data, {sheet: first + b"<v>4</v>" + second + b"<v>6</v>" + rest})
    assert texts(read("a.xlsx", with_results), "paragraph") == [
        "项目：甲；数量：2；合计：4",
        "项目：乙；数量：3；合计：6",
    ]
    with pytest.raises(
        Unreadable, match=r"never calculated\. Open it in Excel or WPS, save it and add that\.$"
    ) as error:
        read("a.xlsx", data)
    assert error.value.reason == "uncalculated"


def _part(data: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(name)


def test_a_cell_at_the_far_end_of_the_sheet_costs_nothing() -> None:
    made = book([["甲", "乙"]])
    made.worksheets[0]["XFD1048576"] = "远处"
    assert texts(read("a.xlsx", saved(made)))[-1] == "远处"


def test_there_is_an_end_to_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yinju.readers.excel.MOST_CELLS", 5)
    assert read("a.xlsx", excel([["甲", "乙"], [], ["丙", "丁", "戊"]])).text
    with pytest.raises(Unreadable, match="has more than 5 cells") as error:
        read("a.xlsx", excel([["甲", "乙"], [], ["丙", "丁", "戊"], ["己"]]))
    assert error.value.reason == "too-large"
