"""Words from documents stay words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ask

pytestmark = pytest.mark.browser

QUESTION = "有多少人参加网页脚本演示？"


def assert_inert(page: Page) -> None:
    """No element came of the document's words; a dialog or a refused script would be in the watched console."""
    assert page.locator("img:not([src$='icon.svg'])").count() == 0
    assert page.locator("script:not([src])").count() == 0
    assert page.locator("[onerror]").count() == 0


def test_markup_in_a_document_is_shown_and_does_nothing(page: Page) -> None:
    turn = ask(page, QUESTION)
    expect(turn.locator(".answer")).to_contain_text("37人")
    expect(turn).to_contain_text("<img src=x onerror=")
    turn.locator(".marker").first.click()
    expect(page.locator("#panel-text")).to_contain_text("""<img src=x onerror="alert('run')">""")
    expect(page.locator("#panel-text")).to_contain_text("""<script>alert("run")</script>""")
    assert_inert(page)
    with page.context.expect_page() as opened:
        turn.locator(".full").first.click()
    expect(opened.value.locator("#text")).to_contain_text("""<img src=x onerror="alert('run')">""")
    assert_inert(opened.value)


def test_markup_in_a_question_is_shown_and_does_nothing(page: Page) -> None:
    question = "<img src=x onerror=alert(1)>"
    turn = ask(page, question)
    expect(turn.locator(".question")).to_contain_text(question)
    assert_inert(page)
    page.reload()
    expect(page.locator(".question")).to_contain_text(question)
    assert_inert(page)


def test_the_pages_come_with_a_strict_policy(page: Page) -> None:
    response = page.reload()
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.evaluate("document.querySelectorAll('[style]:not(textarea), style').length") == 0


def test_nothing_comes_from_another_host(page: Page, live_url: str) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.reload()
    ask(page, QUESTION)
    assert addresses
    assert all(address.startswith(live_url) for address in addresses)
