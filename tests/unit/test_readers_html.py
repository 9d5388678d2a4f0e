"""Web pages: what a visitor reads as the page's own text."""

from __future__ import annotations

import codecs

import pytest

from tests.goodfiles import SENTENCE, html
from yinju.readers import read
from yinju.records import Reading


def texts(reading: Reading, kind: str | None = None) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if kind in (None, b.kind)]


def page(body: str, head: str = "") -> Reading:
    return read("页.html", html(body, head))


def test_headings_lists_and_paragraphs_are_told_apart() -> None:
    reading = page(
        "<h1>年度<br>报告</h1><p>发布日期：2025-10-27</p><h2>一、学习</h2><p>开办<b>青年</b>夜校\n121期。</p>"
        "<ul><li>第一项<li>第二项<ul><li>子项</ul></ul><dl><dt>词<dd>解释</dl><h3>细目</h3>直接的字<br>第二行<div>又一段</div>"
    )
    assert (reading.title, reading.date) == ("年度 报告", "2025-10-27")
    assert [(b.kind, b.level, reading.text[b.start : b.end]) for b in reading.blocks] == [
        ("title", 0, "年度 报告"),
        ("paragraph", 0, "发布日期：2025-10-27"),
        ("heading", 1, "一、学习"),
        ("paragraph", 0, "开办青年夜校121期。"),
        *(("paragraph", 0, words) for words in ("第一项", "第二项", "子项", "词", "解释")),
        ("heading", 2, "细目"),
        *(("paragraph", 0, words) for words in ("直接的字", "第二行", "又一段")),
    ]


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>var 密 = 1</script>",
        "<style>密{}</style>",
        "<noscript>密</noscript>",
        "<template><p>密</p></template>",
        "<nav>密</nav>",
        "<header><a>密</a></header>",
        "<footer>密</footer>",
        "<aside>密</aside>",
        "<form>密<input value=密></form>",
        "<p hidden>密</p>",
        "<p aria-hidden=true>密</p>",
        "<p style='color:red; display : none'>密</p>",
        "<span style='visibility:hidden'>密</span>",
        "<span style='font-size:0'>密</span>",
        "<span style='font-size:0px;opacity:0'>密</span>",
        "<div role=navigation>密</div>",
        "<span class='x sr-only'>密</span>",
        "<!-- 密 -->",
        "<svg><text>密</text></svg>",
        "<iframe src='file:///etc/passwd'>密</iframe>",
        "<ruby>字<rp>(</rp><rt>密</rt></ruby>",
    ],
)
def test_what_is_not_seen_or_not_the_page_s_own_is_left_out(unseen: str) -> None:
    found = page(f"<p>前文。</p>{unseen}<p>后文。</p>").text
    assert "密" not in found
    assert found.startswith("前文。")
    assert found.endswith("后文。")


def test_what_looks_hidden_and_is_not_stays() -> None:
    body = "<p style='font-size:0.9em'>小字。</p><p style='opacity:0.8'>淡字。</p>"
    assert texts(page(f"{body}<article><header><p>文内眉</p></header></article>")) == ["小字。", "淡字。", "文内眉"]


def test_nothing_unseen_stays_inside_words() -> None:
    assert texts(page("<p>夜\u200b校\u00ad12\u20601期\u202e。\x07</p>")) == ["夜校121期。"]


def test_the_main_text_is_found_where_it_is_marked_and_where_it_is_not() -> None:
    around = (
        "<div class=menu>" + "".join(f"<a href=#>栏目{n}</a> " for n in range(30)) + "</div><div>版权所有 某某办</div>"
    )
    text = f"<p>{SENTENCE}</p>" * 5
    for main in (
        f"<main>{text}</main>",
        f"<article>{text}</article>",
        f"<div role=main>{text}</div>",
        f"<div><div>{text}</div></div>",
    ):
        assert texts(page(f"<div>{around}{main}</div>")) == [SENTENCE] * 5


def test_a_title_outside_the_main_text_is_kept() -> None:
    reading = page(f"<div><h1>报告</h1><div>{'<p>' + SENTENCE}</div></div>")
    assert texts(reading) == ["报告", SENTENCE]


def test_tables_are_lines_with_their_labels_and_spans() -> None:
    reading = page(
        "<table><caption>表1 情况</caption><tr><th rowspan=2>单位<th colspan=2>人数<tr><th>男<th>女"
        "<tr><td rowspan=2>甲<td>1<td>2<tr><td>3<td>4<tr><td>乙<td colspan=2>20</table>"
    )
    assert texts(reading) == [
        "表1 情况",
        "单位：甲；人数 男：1；人数 女：2",
        "单位：甲；人数 男：3；人数 女：4",
        "单位：乙；人数 男：20",
    ]


def test_a_table_that_lays_out_the_page_is_none() -> None:
    body = f"<table><tr><td><a>菜单</a></td><td><h2>标题</h2><p>{SENTENCE}</p></td></tr></table>"
    assert texts(page(body))[-2:] == ["标题", SENTENCE]


def test_lines_of_code_and_verse_stay_lines() -> None:
    assert texts(page("<pre>第一行\n  第二行</pre>")) == ["第一行\n第二行"]


@pytest.mark.parametrize(
    "data",
    [
        html(f"<p>{SENTENCE}</p>", "<meta charset=gb2312>", "gb18030"),
        html(f"<p>{SENTENCE}</p>", '<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gbk"),
        html(f"<p>{SENTENCE}</p>", "<meta charset=gb2312>"),  # says so and is UTF-8
        html(f"<p>{SENTENCE}</p>", "<meta charset=nonsense>"),
        html(f"<p>{SENTENCE}</p>", "", "gb18030"),
        codecs.BOM_UTF8 + html(f"<p>{SENTENCE}</p>"),
        html(f"<p>{SENTENCE}</p>", "<meta charset=gbk>", "utf-16"),
        b'<?xml version="1.0" encoding="UTF-8"?>' + html(f"<p>{SENTENCE}</p>"),
    ],
)
def test_the_encoding_is_the_one_the_page_is_in(data: bytes) -> None:
    assert read("页.html", data).text == SENTENCE


def test_big5_is_read_where_the_page_says_so() -> None:
    words = "一年來，機關黨建工作開辦了青年夜校。"
    assert read("a.htm", html(f"<p>{words}</p>", "<meta charset=big5>", "big5")).text == words


def test_the_title_is_the_element_s_without_a_heading() -> None:
    assert page("<p>正文。</p>", "<title>年度\n报告</title>").title == "年度报告"
    assert page("<p>正文。</p>").title == "页"


def test_external_entities_are_never_fetched() -> None:
    data = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x; a</p></body></html>'
    assert "root" not in read("a.html", data).text
