"""The description of the API works with no other host, and lets people try it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import OpenPage

pytestmark = pytest.mark.browser


def test_the_api_can_be_read_and_tried_with_no_other_host(open_page: OpenPage) -> None:
    page: Page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url + "docs")
    description = page.request.get(page.url.replace("/docs", "/openapi.json")).json()
    operations = sum(len(methods) for methods in description["paths"].values())
    expect(page.locator(".opblock")).to_have_count(operations)
    page.locator("#operations-questions-ask .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(page.url).netloc}
