"""How an answer arrives, stops and fails. The stream is fed by hand, so that every moment can be looked at."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.console import Console, OpenPage
from tests.browser.steps import YOUTH, ask

pytestmark = pytest.mark.browser

# /v1/ask is answered from `feed(bytes)`; all else goes to the service. `aborted` says whether the page gave up.
BY_HAND = """
    const through = window.fetch;
    window.fetch = (address, options = {}) => {
        if (!String(address).endsWith("/v1/ask")) return through(address, options);
        window.aborted = false;
        const stream = new ReadableStream({start(controller) {
            window.feed = (bytes) => controller.enqueue(new Uint8Array(bytes));
            window.end = () => controller.close();
            options.signal.addEventListener("abort", () => {
                window.aborted = true;
                controller.error(options.signal.reason);
            });
        }});
        return Promise.resolve(new Response(stream, {headers: {"Content-Type": "text/event-stream"}}));
    };
"""
DONE = {"id": "1", "status": "not_found", "reason": "no_evidence", "mode": "extractive", "language": "zh"} | {
    "confidence": 0.1,
    "timing_ms": {"encode": 1, "search": 1, "total": 2},
}


def frame(event: str, data: dict[str, Any]) -> bytes:
    return f"event: {event}\r\ndata: {json.dumps(data, ensure_ascii=False)}\r\n\r\n".encode()


def feed(page: Page, data: bytes) -> None:
    page.evaluate("bytes => window.feed(bytes)", list(data))


@pytest.fixture
def fed(open_page: OpenPage) -> Page:
    """A page with a question under way."""
    page = open_page(script=BY_HAND)
    page.fill("#question", "问")
    page.press("#question", "Enter")
    expect(page.locator(".searching")).to_be_visible()
    return page


def test_words_show_as_they_arrive(fed: Page) -> None:
    feed(
        fed,
        b": the server is awake\r\n\r\n" + frame("passages", {"passages": []}) + frame("delta", {"text": "第一句。"}),
    )
    expect(fed.locator(".answer")).to_have_text("第一句。")
    late = frame("delta", {"text": "第二句😀。"})
    middle = late.index("😀".encode()) + 2  # inside a character, inside an event
    feed(fed, late[:middle])
    expect(fed.locator(".answer")).to_have_text("第一句。")
    feed(fed, late[middle:])
    expect(fed.locator(".answer")).to_have_text("第一句。第二句😀。")
    expect(fed.locator("#stop")).to_be_visible()
    feed(fed, frame("done", DONE))
    expect(fed.locator(".turn-done .missing")).to_contain_text("第一句。第二句😀。")
    expect(fed.locator("#send")).to_be_visible()


def test_stop_ends_the_request_and_keeps_what_came(fed: Page) -> None:
    feed(fed, frame("passages", {"passages": []}) + frame("delta", {"text": "说到一半"}))
    expect(fed.locator(".answer")).to_have_text("说到一半")
    fed.click("#stop")
    expect(fed.locator(".failure")).to_contain_text("已停止。")
    expect(fed.locator(".answer")).to_have_text("说到一半")
    assert fed.evaluate("window.aborted")


def test_a_new_conversation_ends_the_request_of_the_old(fed: Page) -> None:
    fed.click("#new")
    expect(fed.locator(".turn")).to_have_count(0)
    assert fed.evaluate("window.aborted")
    fed.fill("#question", "又问")
    fed.press("#question", "Enter")
    feed(fed, frame("delta", {"text": "新的"}) + frame("done", DONE))
    expect(fed.locator(".turn-done")).to_have_count(1)
    expect(fed.locator("#send")).to_be_visible()


@pytest.mark.parametrize(
    "ending, words",
    [
        pytest.param(
            frame("error", {"status": 500, "detail": "磁盘已满。"}), "服务说明：磁盘已满。", id="an error event"
        ),
        pytest.param(b"event: delta\ndata: {\n\n", "答案没有收全", id="not JSON"),
        pytest.param(None, "答案没有收全", id="the stream ends early"),
    ],
)
def test_an_answer_that_breaks_off_says_so(fed: Page, ending: bytes | None, words: str) -> None:
    feed(fed, frame("delta", {"text": "开头"}))
    if ending is None:
        fed.evaluate("window.end()")
    else:
        feed(fed, ending)
    expect(fed.locator(".turn-failed .failure")).to_contain_text(words)
    expect(fed.locator(".answer")).to_have_text("开头")


def test_a_reload_in_the_middle_says_the_answer_is_not_whole(fed: Page) -> None:
    fed.reload()
    expect(fed.locator(".failure")).to_contain_text("页面在回答完成前关闭")
    expect(fed.locator(".retry")).to_be_visible()


def test_a_service_still_starting_can_be_tried_again(page: Page, console: Console) -> None:
    problem = {"type": "about:blank", "title": "Starting", "status": 503, "detail": "The model is being loaded."}

    def refuse(route: Route) -> None:
        route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/v1/ask", refuse)
    page.fill("#question", YOUTH)
    page.press("#question", "Enter")
    failure = page.locator(".turn-failed .failure")
    expect(failure).to_contain_text("服务正在准备，请稍等片刻再试。")
    expect(failure).to_contain_text("The model is being loaded.")
    console.expect("503")
    page.unroute("**/v1/ask")
    page.click(".retry")
    expect(page.locator(".turn-done .answer")).to_contain_text("121期")
    assert page.locator(".turn").count() == 1


def test_no_connection_is_said_in_words(page: Page, console: Console) -> None:
    page.route("**/v1/ask", lambda route: route.abort("connectionrefused"))
    page.fill("#question", YOUTH)
    page.press("#question", "Enter")
    expect(page.locator(".failure")).to_contain_text("连不上服务")
    console.expect("ERR_CONNECTION_REFUSED")


def test_the_service_itself_streams(page: Page) -> None:
    with page.expect_response("**/v1/ask") as answered:
        ask(page, YOUTH)
    assert answered.value.headers["content-type"].startswith("text/event-stream")


def test_enter_while_an_answer_arrives_keeps_the_next_question(fed: Page) -> None:
    fed.fill("#question", "下一个问题")
    fed.press("#question", "Enter")
    expect(fed.locator("#question")).to_have_value("下一个问题")
    assert fed.locator(".turn").count() == 1
    assert not fed.evaluate("window.aborted")


def test_switching_the_language_loses_nothing_of_a_running_answer(fed: Page) -> None:
    feed(fed, frame("delta", {"text": "一半，"}))
    fed.click("#language")
    expect(fed.locator("#stop")).to_have_text("Stop")
    feed(fed, frame("delta", {"text": "另一半。"}) + frame("done", DONE))
    expect(fed.locator(".turn-done .answer")).to_have_text("一半，另一半。")
    expect(fed.locator(".missing-lead")).to_have_text("Not found in these reports")


def test_an_empty_index_leads_to_how_to_add_a_report(fed: Page) -> None:
    feed(fed, frame("delta", {"text": "还没有报告。"}) + frame("done", {**DONE, "reason": "empty_index"}))
    expect(fed.locator(".missing-lead")).to_have_text("还没有收录报告")
    fed.click(".turn .link")
    expect(fed.locator(".reports-add")).to_contain_text("yinju index")


def test_words_of_a_language_model_are_marked_as_such(fed: Page) -> None:
    answered = {**DONE, "status": "answered", "reason": None, "mode": "generative", "confidence": 0.8}
    feed(fed, frame("passages", {"passages": []}) + frame("delta", {"text": "概括。"}) + frame("done", answered))
    expect(fed.locator(".turn .remark")).to_have_text("文字由语言模型撰写，请以引文为准。")
    expect(fed.locator(".confidence")).to_contain_text("把握较大")
    expect(fed.locator(".confidence")).to_have_attribute("title", "报告中有答案且引文能够说明的可能性约为 80%")
