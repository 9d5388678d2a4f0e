"""The page's own arithmetic, in the browser that does it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TEXTS = st.text(st.sampled_from("a报\n😀𠮷é"), max_size=12)
IN_ONE_PAGE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def call(page: Page, module: str, expression: str, argument: Any) -> Any:
    script = f"async (given) => {{ const m = await import('/static/js/{module}.js'); return {expression}; }}"
    return page.evaluate(script, argument)


@IN_ONE_PAGE
@given(text=TEXTS, ends=st.tuples(st.integers(0, 14), st.integers(0, 14)))
def test_slices_are_pythons(page: Page, text: str, ends: tuple[int, int]) -> None:
    start, end = sorted(ends)
    given_ = {"text": text, "start": start, "end": end}
    assert call(page, "offsets", "m.slice(given.text, given.start, given.end)", given_) == text[start:end]
    assert call(page, "offsets", "m.codePoints(given)", text) == len(text)


@pytest.mark.parametrize(
    "hash_, found",
    [("", None), ("#h-1", None), ("#char=3,9", {"start": 3, "end": 9}), ("#char=9,9", "bad"), ("#char=1,2,3", "bad")],
)
def test_ranges_are_read_from_the_address(page: Page, hash_: str, found: Any) -> None:
    expression = "((r) => (r === undefined ? 'bad' : r))(m.parseRange(given))"
    assert call(page, "offsets", expression, hash_) == found


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_events_are_read_whatever_the_chunks(page: Page, size: int) -> None:
    stream = 'event: delta\r\ndata: {"text": "字😀"}\r\n\r\n: awake\n\ndata: one\ndata:two\n\nevent: done\rdata: 3\r\r'
    expression = """(async () => {
        const bytes = new TextEncoder().encode(given.stream);
        const chunks = new ReadableStream({start(c) {
            for (let i = 0; i < bytes.length; i += given.size) c.enqueue(bytes.slice(i, i + given.size));
            c.enqueue(new TextEncoder().encode("\\ndata: cut off"));
            c.close();
        }});
        const found = [];
        for await (const {event, data} of m.events(chunks)) found.push([event, data]);
        return found;
    })()"""
    found = call(page, "sse", f"await {expression}", {"stream": stream, "size": size})
    assert found == [["delta", '{"text": "字😀"}'], ["message", "one\ntwo"], ["done", "3"]]


ANSWER = "见注[1]的共3个。[1]又有[7]个。"
CITATION = {
    "number": 1,
    "quote": "见注[1]的共3个。",
    "start": 10,
    "highlights": [{"start": 17, "end": 19, "text": "3个"}],
}


def test_only_markers_of_citations_become_buttons(page: Page) -> None:
    """The first [1] is the source's own, [7] has no citation."""
    expression = """m.answerNodes(given.answer, [given.citation], () => {}).map(
        (node) => [node.nodeName.toLowerCase(), node.textContent]).filter(([, words]) => words)"""
    nodes = call(page, "answer", expression, {"answer": ANSWER, "citation": CITATION})
    assert nodes == [
        ["#text", "见注[1]的共"],
        ["mark", "3个"],
        ["#text", "。"],
        ["button", "[1]"],
        ["#text", "又有[7]个。"],
    ]


def test_where_a_document_breaks_off_counts_in_code_points(page: Page) -> None:
    """Behind wide characters, between marks and inside one; the note is never within a mark."""
    expression = """[...m.drawDocument(given.source, given.ranges, 2).querySelectorAll("p")].map(
        (line) => [...line.childNodes].map((node) => [node.nodeName.toLowerCase(), node.textContent]))"""
    text = "😀断\n𠮷甲乙丙"
    source = {"text": text, "meta": {"title": "题", "headings": [], "cuts": [2, 5]}}
    ranges = [{"start": 4, "end": 6, "kind": "quote"}]
    note = ["span", "（原文至此中断）"]
    assert call(page, "documents", expression, {"source": source, "ranges": ranges}) == [
        [["#text", "😀断"], note],
        [["#text", "𠮷"], ["mark", "甲"], note, ["mark", "乙"], ["#text", "丙"]],
    ]


@pytest.mark.parametrize("probability, level", [(0.5, 1), (0.6, 2), (0.74, 2), (0.75, 3), (0.9, 4), (1.0, 4)])
def test_confidence_in_four_steps(page: Page, probability: float, level: int) -> None:
    assert call(page, "turn", "m.confidenceLevel(given)", probability) == level


@pytest.mark.parametrize(
    "date, words", [("2025", "2025年"), ("2025-10", "2025年10月"), ("2025-10-27", "2025年10月27日"), ("去年", "去年")]
)
def test_dates_are_as_precise_as_the_document(page: Page, date: str, words: str) -> None:
    assert call(page, "i18n", "m.date(given)", date) == words


def test_a_long_conversation_is_kept_and_sent_in_part(page: Page) -> None:
    expression = """(() => {
        const conversation = new m.Conversation();
        for (let i = 0; i < 30; i += 1) {
            Object.assign(conversation.start(`问${i}`), {state: "done", answer: "😀".repeat(3000)});
        }
        conversation.save();
        const [kept, sent] = [m.Conversation.restore().turns, conversation.history()];
        return [kept.length, kept.at(-1).question, sent.length, sent[0].content, [...sent[1].content].length];
    })()"""
    assert call(page, "conversation", expression, None) == [20, "问29", 20, "问20", 2000]
