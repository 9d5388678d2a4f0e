from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.fake_library import FakeLibrary
from yinju.cli.drawing import draw_answer, draw_passages, marked
from yinju.cli.terminal import bars, paragraph, printable
from yinju.cli.wording import confidence, say, stage
from yinju.records import Answer, Highlight

BASE = "http://127.0.0.1:8000"


def drawn(answer: Answer, width: int = 120, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, legacy_windows=False)
    draw_answer(console, answer, BASE)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def answer() -> Answer:
    return FakeLibrary().ask("夜校？")


@pytest.mark.parametrize(
    "environment, expected",
    [
        ({"LANG": "zh_CN.UTF-8"}, "中文"),
        ({"LANG": "en_GB.UTF-8"}, "English"),
        ({}, "English"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "中文"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "C"}, "English"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "中文"),
    ],
)
def test_the_locale_names_the_language(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert say("English", "中文") == expected


def test_an_answer_is_drawn_with_its_sources(answer: Answer) -> None:
    lines = drawn(answer).splitlines()
    assert lines[0] == answer.answer
    assert lines[1] == "Confidence 0.88 (confident)"
    assert lines[3] == "[1] 年度报告 › 一、青年工作  2025  page 1"
    assert lines[4] == "    🎓开办青年夜校121期。"
    assert lines[5] == f"    {BASE}/documents/2025-%E6%8A%A5%E5%91%8A%20%E7%94%B2?version=1#char=12,24"


def test_highlights_are_marked_where_they_stand(answer: Answer) -> None:
    text = marked(answer.citations[0])
    assert [text.plain[span.start : span.end] for span in text.spans] == ["121期"]


@pytest.mark.parametrize(
    "locale, note", [("C.UTF-8", " (the source breaks off here)"), ("zh_CN.UTF-8", "（原文至此中断）")]
)
def test_a_quote_the_source_breaks_off_says_so(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, locale: str, note: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    first, second = answer.citations
    lines = drawn(replace(answer, citations=(replace(first, cut=True), second))).splitlines()
    assert f"    {first.quote}{note}" in lines
    assert f"    {second.quote}" in lines


def test_an_empty_index_is_not_called_a_search_without_success() -> None:
    empty = replace(FakeLibrary().ask("天气？"), passages=(), reason="empty_index", confidence=0.0)
    text = drawn(empty)
    assert text.startswith(f"Nothing is indexed yet\n{empty.answer}\n")
    assert "Not found" not in text
    assert "Probability" not in text


def test_a_refusal_says_that_the_nearest_passages_do_not_answer() -> None:
    text = drawn(FakeLibrary().ask("天气？"))
    assert "Not found in these reports" in text
    assert "这些文件没有提到所问的内容" in text
    assert "Probability that they answer this: 0.25" in text
    assert "which do not answer this question:\n- 年度报告 › 一、青年工作\n" in text


def test_without_passages_none_are_announced() -> None:
    assert "Nearest" not in drawn(replace(FakeLibrary().ask("天气？"), passages=()))


def test_a_title_stands_before_its_first_passage_alone() -> None:
    refused = FakeLibrary().ask("天气？")
    hit = refused.passages[0]
    other = replace(hit, title="月报", passage=replace(hit.passage, heading=()))
    text = drawn(replace(refused, passages=(hit, hit, other, hit)))
    places = [line for line in text.splitlines() if line.startswith("- ")]
    assert places == ["- 年度报告 › 一、青年工作", "- 一、青年工作", "- 月报", "- 年度报告 › 一、青年工作"]


def test_wide_characters_stay_within_a_narrow_terminal(answer: Answer) -> None:
    text = drawn(replace(answer, answer="覆盖青年六千余人次。" * 9), width=41, terminal=True)
    own = [line for line in text.splitlines() if "http" not in line]
    assert max(map(cell_len, own)) <= 41
    assert text.count("覆盖青年") >= 9


def test_a_link_is_never_broken(answer: Answer) -> None:
    links = [line for line in drawn(answer, width=30, terminal=False).splitlines() if BASE in line]
    assert links
    assert all(line.rpartition("#char=")[2].count(",") == 1 for line in links)


def test_outside_a_terminal_a_quote_stays_on_one_line(answer: Answer) -> None:
    long = "很长的一句话，" * 50 + "。"
    citation = replace(answer.citations[0], quote=long, highlights=())
    assert f"    {long}\n" in drawn(replace(answer, citations=(citation,)), width=40)


def test_a_document_cannot_act_on_the_terminal(answer: Answer) -> None:
    quote = "\x1b]0;标题\x07开办\u202e期121\x9b31m"
    first = replace(
        answer.citations[0], quote=quote, title="\x1b[2J年报", start=0, highlights=(Highlight(7, 9, "开办"),)
    )
    text = drawn(replace(answer, answer="\x1b[31m红[1]", citations=(first,)))
    assert not set("\x1b\x07\u202e\x9b") & set(text)
    assert len(printable(quote)) == len(quote)
    assert [marked(first).plain[span.start : span.end] for span in marked(first).spans] == ["开办"]


def test_what_looks_like_markup_is_text() -> None:
    console = Console(file=io.StringIO(), width=80)
    paragraph(console, "[bold]不是标记[/bold][1]")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == "[bold]不是标记[/bold][1]\n"


def test_passages_are_listed_with_every_signal() -> None:
    hits = FakeLibrary().search("？")
    hits += [replace(hits[0], signals={"late": 0.5, "other": 0.125})]
    console = Console(file=io.StringIO(), width=80)
    draw_passages(console, hits)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert lines[0] == "[1] 年度报告 › 一、青年工作"
    assert lines[1] == "    score 0.75  dense 0.50  lexical 1.00  late 0.25"
    assert lines[2] == "    🎓开办青年夜校121期。"
    assert "    score 0.75  late 0.50  other 0.12" in lines


def test_every_level_of_confidence_has_its_words() -> None:
    levels = [confidence(value) for value in (0.95, 0.9, 0.8, 0.7, 0.5, 0.1)]
    assert levels[0] == levels[1] == "very confident"
    assert levels[4] == levels[5]
    assert len(set(levels)) == 4


def test_what_has_no_words_is_named_as_it_is() -> None:
    assert stage("sorting") == "sorting"


def test_a_terminal_shows_how_far_each_stage_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    with bars("Opening") as progress:
        progress("files", 1, 3)
        progress("encode", 5, 8)
        progress("files", 2, 3)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Opening" in captured.err
    assert "Files 2/3" in captured.err
    assert "Encoding passages 5/8" in captured.err
