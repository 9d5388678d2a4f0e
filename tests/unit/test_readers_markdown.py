"""Markdown: structure by a real parser, offsets into the raw text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.readers import read
from yinju.records import Reading

REPORT = """\
---
title: "年度报告"
date: 2025-10-27
tags: [甲, 乙]
---

# 总体情况 #

第一段有[链接](https://example.org/a "b")，
写在两行上。

第二章
======

> 引文第一行
> 第二行。

### 夜校

- 第一项。
- 第二项
  还有一行
  1. 下一层

| 项目 | 数量 |
|------|-----:|
| 夜校 | 121 |

```text
code = 1

more
```

<!-- 注释 -->

***
[ref]: https://example.org
最后一段，没有写完
"""


def parse(text: str, name: str = "report.md") -> Reading:
    reading = read(name, text.encode())
    assert reading.text == text
    return reading


def shape(reading: Reading) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, reading.text[block.start : block.end]) for block in reading.blocks]


def test_everything_in_it_is_found_where_it_stands() -> None:
    reading = parse(REPORT)
    assert (reading.title, reading.date) == ("年度报告", "2025-10-27")
    assert shape(reading) == [
        ("heading", 1, "总体情况"),
        ("paragraph", 0, '第一段有[链接](https://example.org/a "b")，\n写在两行上。'),
        ("heading", 1, "第二章"),
        ("paragraph", 0, "引文第一行\n> 第二行。"),
        ("heading", 2, "夜校"),
        ("paragraph", 0, "第一项。"),
        ("paragraph", 0, "第二项\n  还有一行"),
        ("paragraph", 0, "下一层"),
        ("paragraph", 0, "| 项目 | 数量 |"),
        ("paragraph", 0, "| 夜校 | 121 |"),
        ("paragraph", 0, "code = 1\n\nmore"),
        ("paragraph", 0, "最后一段，没有写完"),
    ]
    assert [block.cut for block in reading.blocks] == [False] * 11 + [True]


def test_the_one_first_level_heading_at_the_top_is_the_title() -> None:
    reading = parse("# 年度 **报告**\n\n2025年10月\n\n## 甲\n\n文。\n\n#### 乙\n\n文。\n\n## 丙\n\n文。\n")
    assert (reading.title, reading.date) == ("年度 **报告**", "2025-10")
    assert [(level, words) for kind, level, words in shape(reading) if kind == "heading"] == [
        (1, "甲"),
        (2, "乙"),
        (1, "丙"),
    ]
    assert shape(reading)[0] == ("title", 0, "年度 **报告**")


def test_several_first_level_headings_leave_the_title_to_the_file_name() -> None:
    reading = parse("# 甲\n\n文。\n\n# 乙\n\n文。\n", "folder/某报告.md")
    assert reading.title == "某报告"
    assert [kind for kind, _, _ in shape(reading)] == ["heading", "paragraph"] * 2


def test_rules_around_text_are_no_front_matter() -> None:
    for text in ("---\n甲：乙。\n---\n\n文。\n", "---\n- [\n---\n\n文。\n"):
        assert parse(text).title == "report"


@pytest.mark.parametrize(
    "front, title, date",
    [
        ("title: [甲]\ndate: 2025-13-45", "report", None),
        ("title: >\n  甲\n  乙\ndate: 2025年10月27日", "甲 乙", "2025-10-27"),
        ("title: 2025\ndate: 2025-10-27 08:00:00 +0800", "2025", "2025-10-27"),
    ],
)
def test_front_matter_is_taken_as_written(front: str, title: str, date: str | None) -> None:
    reading = parse(f"---\n{front}\n---\n\n文。\n")
    assert (reading.title, reading.date) == (title, date)
    assert shape(reading) == [("paragraph", 0, "文。")]


@pytest.mark.parametrize("front", ["[" * 2000, "title: 甲\n" * 1000])
def test_front_matter_too_deep_or_too_long_is_text(front: str) -> None:
    assert parse(f"---\n{front}\n---\n\n文。\n").title == "report"


def test_code_fences_left_open_and_indented_code_are_text() -> None:
    assert shape(parse("```\na\nb")) == [("paragraph", 0, "a\nb")]
    assert shape(parse("- x\n\n  ```\n  a\n  ```\n\n文。\n")) == [
        ("paragraph", 0, "x"),
        ("paragraph", 0, "a"),
        ("paragraph", 0, "文。"),
    ]


def test_html_is_text_and_comments_are_not() -> None:
    text = "<table>\n<tr><td>夜校</td></tr>\n</table>\n\n<!-- a\n\nb -->\n\n文。\n"
    assert shape(parse(text)) == [
        ("paragraph", 0, "<table>\n<tr><td>夜校</td></tr>\n</table>"),
        ("paragraph", 0, "文。"),
    ]


def test_breaks_in_paragraphs_are_mended_and_lists_are_left_alone() -> None:
    reading = parse("成为“甲、\n\n乙”的丙。\n\n丁、戊、\n\n- 己\n- 庚\n")
    assert [words for _, _, words in shape(reading)] == ["成为“甲、\n\n乙”的丙。", "丁、戊、", "己", "庚"]


def test_empty_headings_are_nothing() -> None:
    assert shape(parse("#\n\n文。\n")) == [("paragraph", 0, "文。")]


INLINE = ("", "", "文。", "    code", "<b>", "甲\\", "**粗**", "\tx", "a\u00a0", "\f", "乙、")
MARKED = (
    "# 甲",
    "## 乙 ##",
    "丙\n===",
    "- 一项",
    "  - 二项",
    "> 引",
    "1. 丁",
    "- ",
    ">",
    "#",
    "| a | b |",
    "|---|---|",
)
FENCES = ("```", "<!-- c -->", "***", "[r]: u", "---")


@given(st.lists(st.sampled_from(INLINE + MARKED + FENCES), max_size=20).map("\n".join).filter(str.strip))
def test_blocks_are_ordered_disjoint_and_trimmed(text: str) -> None:
    at = 0
    for block in parse(text).blocks:
        assert at <= block.start < block.end <= len(text)
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        assert (block.level > 0) == (block.kind == "heading")
        at = block.end
