"""Ask, read, open the source, ask on."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.console import OpenPage
from tests.browser.steps import ABSENT, CUT, YOUTH, ask, focused, in_view, joined

pytestmark = pytest.mark.browser


def test_an_answer_leads_to_its_sentence_in_the_source(page: Page) -> None:
    turn = ask(page, YOUTH)
    expect(turn.locator(".answer")).to_contain_text("121期")
    expect(turn.locator(".confidence")).to_contain_text("把握")
    quote = turn.locator("blockquote").first.inner_text()

    turn.locator(".answer .marker").first.click()

    panel = page.locator("#panel")
    expect(panel.locator("mark.hit", has_text="121期")).to_be_visible()
    assert joined(panel.locator("#panel-text mark")) == "".join(quote.split())
    assert in_view(panel.locator("mark.hit", has_text="121期"), page.locator("#panel-text"))
    expect(panel.locator(".verified.is-same")).to_have_text("与原文一致")
    expect(panel.locator(".origin")).not_to_be_empty()


def test_the_full_source_opens_at_the_quote(page: Page) -> None:
    turn = ask(page, YOUTH)
    quote = turn.locator("blockquote").first.inner_text()
    with page.context.expect_page() as opened:
        turn.locator(".full").first.click()
    source = opened.value
    expect(source.locator("#text mark").first).to_be_in_viewport()
    assert joined(source.locator("#text mark")) == "".join(quote.split())
    assert "#char=" in source.url


def test_what_the_reports_do_not_say_is_said_plainly(page: Page) -> None:
    turn = ask(page, ABSENT)
    expect(turn.locator(".missing .answer")).not_to_be_empty()
    expect(turn.locator(".nearest h3")).to_have_text("以下段落相近，但没有回答这个问题")
    assert turn.locator(".nearest .passages li").count() >= 1
    for absent in (".sources", ".marker", ".confidence"):
        assert turn.locator(absent).count() == 0
    turn.locator(".nearest .link").first.click()
    expect(page.locator("#panel-title")).to_have_text("相近段落")
    expect(page.locator("#panel-text mark").first).to_be_in_viewport()
    assert page.locator("#panel-text mark.hit").count() == 0


def test_a_changed_source_is_not_called_verbatim(page: Page) -> None:
    def other_words(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("121期", "122期"))

    page.route("**/v1/documents/*/text*", other_words)
    turn = ask(page, YOUTH)
    expect(turn.locator(".verified.is-changed").first).to_be_visible()
    assert turn.locator(".source", has_text="121期").locator(".verified.is-same").count() == 0


def test_a_follow_up_sends_the_conversation_and_a_new_one_does_not(page: Page) -> None:
    bodies: list[dict[str, object]] = []

    def keep(request: Request) -> None:
        if request.url.endswith("/v1/ask"):
            bodies.append(json.loads(request.post_data or "{}"))

    page.on("request", keep)
    answer = ask(page, YOUTH).locator(".answer").inner_text()
    ask(page, "覆盖了多少人次？")
    history = bodies[1]["history"]
    assert history == [{"role": "user", "content": YOUTH}, {"role": "assistant", "content": answer}]

    page.click("#new")
    expect(page.locator(".turn")).to_have_count(0)
    assert focused(page) == "question"
    ask(page, YOUTH)
    assert bodies[2]["history"] == []


def test_the_conversation_outlives_a_reload(page: Page) -> None:
    turn = ask(page, YOUTH)
    answer = turn.locator(".answer").inner_text()
    page.fill("#question", "还没问完")
    page.reload()
    assert page.locator(".turn .answer").inner_text() == answer
    expect(page.locator(".verified.is-same").first).to_be_visible()
    expect(page.locator("#question")).to_have_value("还没问完")
    page.locator(".marker").first.click()
    expect(page.locator("#panel-text mark.hit", has_text="121期")).to_be_visible()


def test_an_example_is_asked_at_a_click(page: Page) -> None:
    chip = page.locator(".chip", has_text="青年夜校")
    chip.click()
    expect(page.locator(".turn-done .answer")).to_contain_text("121期")


def test_examples_for_other_reports_are_not_shown(page: Page) -> None:
    expect(page.locator(".chip")).to_have_count(4)

    def renamed(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("000_5bd788ee60f28c55.txt", "other.txt"))

    page.route("**/v1/documents?limit=50*", renamed)
    page.reload()
    expect(page.locator("#reports-count")).to_have_text("报告 3")
    expect(page.locator("#welcome-examples")).to_be_hidden()
    page.click("#language")
    expect(page.locator("#welcome")).to_be_visible()
    assert page.locator(".chip").count() == 0


def test_sources_can_be_stepped_through(page: Page) -> None:
    turn = ask(page, YOUTH)
    sources = turn.locator(".source").count()
    turn.locator(".source [data-cite]").first.click()
    steps = page.locator("#panel-steps button")
    assert steps.count() == (2 if sources > 1 else 0)
    for number in range(2, sources + 1):
        steps.last.click()
        expect(page.locator("#panel-title")).to_have_text(f"原文 [{number}]")
    if sources > 1:
        assert focused(page) == "panel-title"  # the button used last leads no further
        steps.first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_have_text(f"原文 [{sources - 1}]")


def test_copying_takes_the_answer_with_its_sources(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, YOUTH)
    quote = turn.locator("blockquote").first.inner_text()
    turn.locator(".copy").click()
    expect(turn.locator(".copy")).to_have_text("已复制")
    copied = unquote(page.evaluate("navigator.clipboard.readText()"))
    assert copied.startswith(f"问：{YOUTH}\n答：")
    assert f"[1] “{quote}”" in copied
    assert "/documents/" in copied
    assert "#char=" in copied


def test_copying_works_without_the_clipboard_interface(open_page: OpenPage) -> None:
    # As on a plain http address inside an organisation.
    script = """
        Object.defineProperty(navigator, "clipboard", {value: undefined});
        document.addEventListener("copy", () => (window.copied = document.activeElement.value));
    """
    page = open_page(script=script)
    turn = ask(page, YOUTH)
    turn.locator(".copy").click()
    expect(turn.locator(".copy")).to_have_text("已复制")
    assert page.evaluate("window.copied").startswith(f"问：{YOUTH}\n")


def test_a_quote_the_source_breaks_off_says_so(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    note = "（原文至此中断）"
    turn = ask(page, CUT)
    quote = turn.locator("blockquote").inner_text()
    assert quote.endswith("等")
    expect(turn.locator(".quoted")).to_have_text(quote + note)
    expect(turn.locator(".answer")).to_have_text(f"{quote}{note}[1]")
    expect(turn.locator(".verified.is-same")).to_be_visible()
    turn.locator(".copy").click()
    expect(turn.locator(".copy")).to_have_text("已复制")
    assert f"[1] “{quote}”{note}\n" in page.evaluate("navigator.clipboard.readText()")

    turn.locator(".marker").click()
    panel = page.locator("#panel-text")
    expect(panel.locator("p", has=page.locator("mark"))).to_have_text(quote + note)
    assert joined(panel.locator("mark")) == "".join(quote.split())
    assert note not in page.evaluate("getSelection().selectAllChildren(document.body), getSelection().toString()")
    page.keyboard.press("Escape")
    page.click("#language")
    expect(turn.locator(".quoted")).to_have_text(f"{quote} (the source breaks off here)")


def test_a_whole_quote_is_not_said_to_break_off(page: Page) -> None:
    turn = ask(page, YOUTH)
    assert turn.locator(".cut").count() == 0


def test_the_reports_are_listed_with_how_to_add_one(page: Page) -> None:
    expect(page.locator("#reports-count")).to_have_text("报告 3")
    page.click("#open-reports")
    entries = page.locator("#reports-list li")
    expect(entries).to_have_count(3)
    expect(entries.filter(has_text="古籍展览简报")).to_contain_text("段")
    expect(page.locator(".reports-add")).to_contain_text("yinju index")
    page.keyboard.press("Escape")
    expect(page.locator("#reports")).to_be_hidden()


def test_the_list_of_reports_goes_on_page_by_page(page: Page) -> None:
    # The page asks for fifty at a time; two at a time take the same road.
    page.route("**/v1/documents?limit=50*", lambda route: route.continue_(url=route.request.url.replace("=50", "=2")))
    page.click("#open-reports")
    expect(page.locator("#reports-list li")).to_have_count(2)
    page.click("#reports-more")
    expect(page.locator("#reports-list li")).to_have_count(3)
    expect(page.locator("#reports-more")).to_be_hidden()


def test_a_print_shows_the_answer_and_its_sources_alone(page: Page) -> None:
    ask(page, YOUTH)
    ask(page, ABSENT)
    page.evaluate("window.print = () => {}")
    page.locator(".turn").first.locator("button", has_text="打印").click()
    page.emulate_media(media="print")
    expect(page.locator(".turn").first.locator("blockquote").first).to_be_visible()
    expect(page.locator(".turn").first.locator(".origin").first).to_be_visible()
    for hidden in ("#ask", ".tools", ".actions >> nth=0", ".turn >> nth=1"):
        expect(page.locator(hidden)).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".turn").last).to_be_visible()
