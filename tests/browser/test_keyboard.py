"""The page without a mouse, and with an input method."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import OpenPage
from tests.browser.steps import YOUTH, ask, focused

pytestmark = pytest.mark.browser


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {selector}")


def test_ask_open_and_close_by_keys_alone(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused(page) == "question"
    expect(page.locator("#question")).to_have_value("")
    page.keyboard.type(YOUTH)
    page.keyboard.press("Enter")
    page.locator(".turn-done").wait_for()

    page.evaluate("document.activeElement.blur()")
    tab_to(page, ".marker")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-text mark.hit").first).to_be_visible()
    assert focused(page) == "panel-title"
    tab_to(page, "#panel-text")

    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.marker')")


def test_the_first_stop_of_the_page_skips_to_the_question(page: Page) -> None:
    page.locator("a, button").first.focus()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert focused(page) == "question"


def test_shift_enter_starts_a_line_and_enter_sends_both(page: Page) -> None:
    page.locator("#question").press_sequentially("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    expect(page.locator("#question")).to_have_value("第一行\n第二行")
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_contain_text("第一行\n第二行")


@pytest.mark.parametrize("event", ["{isComposing: true}", "{keyCode: 229}"])
def test_enter_that_ends_a_composition_sends_nothing(page: Page, event: str) -> None:
    page.fill("#question", "qingnian")
    default = page.evaluate(
        f"""() => document.getElementById("question").dispatchEvent(
            new KeyboardEvent("keydown", {{key: "Enter", bubbles: true, cancelable: true, ...{event}}}))"""
    )
    assert default  # left to the input method
    assert page.locator(".turn").count() == 0
    expect(page.locator("#question")).to_have_value("qingnian")


def test_a_question_too_long_is_kept_and_explained(page: Page) -> None:
    page.fill("#question", "𠮷" * 2001)  # 4,002 UTF-16 units
    page.press("#question", "Enter")
    expect(page.locator("#ask-note")).to_have_text("问题最多 2000 字，现在是 2001 字，请删减后再问。")
    assert page.locator(".turn").count() == 0


def test_white_space_is_no_question(page: Page) -> None:
    page.fill("#question", " \n ")
    page.press("#question", "Enter")
    assert page.locator(".turn").count() == 0


def test_a_screen_reader_hears_the_answer_once_it_is_whole(page: Page) -> None:
    turn = ask(page, YOUTH)
    expect(page.locator("#live")).to_have_text(
        f"答案：{turn.locator('.answer').inner_text()} 共 {turn.locator('.source').count()} 处原文依据。"
    )


def test_on_a_phone_the_source_is_a_sheet_that_holds_the_focus(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    ask(page, YOUTH)
    page.locator(".marker").first.click()
    expect(page.locator("#panel-text mark.hit", has_text="121期")).to_be_in_viewport()
    assert page.evaluate("document.getElementById('panel').matches(':modal')")
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#panel')")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_turning_the_screen_keeps_the_source_open(page: Page) -> None:
    ask(page, YOUTH)
    page.locator(".marker").first.click()
    expect(page.locator("#panel-text mark.hit").first).to_be_visible()
    for width, modal in ((600, True), (1280, False)):
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator("#panel-text mark.hit").first).to_be_visible()
        page.wait_for_function("modal => document.getElementById('panel').matches(':modal') === modal", arg=modal)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
