"""The source page."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import Console, OpenPage
from tests.browser.documents import WIDE
from tests.browser.steps import ask

pytestmark = pytest.mark.browser


@pytest.fixture
def wide_id(live_url: str) -> str:
    """The id of the document with characters outside the basic plane."""
    documents = httpx.get(f"{live_url}/v1/documents").json()["documents"]
    return str(next(d["id"] for d in documents if d["title"] == "古籍展览简报"))


def marked(page: Page) -> str:
    return "".join(page.locator("#text mark").all_inner_texts())


def test_offsets_count_code_points(open_page: OpenPage, wide_id: str) -> None:
    start = WIDE.index("本次")
    end = WIDE.index("8642人次") + len("8642人次")
    page = open_page(f"/documents/{quote(wide_id)}#char={start},{end}")
    expect(page.locator("#text mark").first).to_be_in_viewport()
    assert marked(page) == WIDE[start:end]


def test_a_quote_behind_wide_characters_is_found_verbatim(page: Page) -> None:
    turn = ask(page, "古籍展览接待参观者多少人次？")
    expect(turn.locator(".source .hit").first).to_have_text("8642人次")
    expect(turn.locator(".answer .hit").first).to_have_text("8642人次")
    expect(turn.locator(".source .verified.is-same").first).to_be_visible()
    turn.locator(".marker").first.click()
    expect(page.locator("#panel-text mark.hit").first).to_have_text("8642人次")


def test_another_range_in_the_address_is_followed(open_page: OpenPage, wide_id: str) -> None:
    page = open_page(f"/documents/{quote(wide_id)}#char=0,6")
    expect(page.locator("#text mark")).to_have_text("古籍展览简报")
    start = WIDE.index("下月")
    page.evaluate("hash => { location.hash = hash }", f"char={start},{start + 2}")
    expect(page.locator("#text mark")).to_have_text("下月")
    expect(page.locator("#range")).to_have_text(f"已标出第 {start + 1}–{start + 2} 字")


def test_where_the_text_breaks_off_is_said(open_page: OpenPage, live_url: str) -> None:
    documents = httpx.get(f"{live_url}/v1/documents").json()["documents"]
    report = next(d["id"] for d in documents if d["name"].startswith("000_"))
    cuts = httpx.get(f"{live_url}/v1/documents/{report}").json()["cuts"]
    text = httpx.get(f"{live_url}/v1/documents/{report}/text").text
    assert cuts
    page = open_page(f"/documents/{report}")
    notes = page.locator("#text .cut")
    expect(notes).to_have_text(["（原文至此中断）"] * len(cuts))
    before = notes.evaluate_all("notes => notes.map((note) => note.previousSibling.textContent)")
    assert all(text[:cut].endswith(words) for cut, words in zip(cuts, before, strict=True))


def test_headings_are_headings_and_lead_to_their_place(open_page: OpenPage, wide_id: str) -> None:
    page = open_page(f"/documents/{quote(wide_id)}")
    expect(page.locator("h1")).to_have_text("古籍展览简报")
    expect(page.locator("#text .document-title")).to_have_text("古籍展览简报")
    heading = page.locator("#text").get_by_role("heading", name="二、后续安排")
    expect(heading).to_be_visible()
    page.locator("#contents a", has_text="二、后续安排").click()
    expect(heading.locator("mark")).to_have_text("二、后续安排")


@pytest.mark.parametrize("place", ["char=5,99999", "char=9,3", "char=x,y", "char=4"])
def test_a_place_outside_the_document_is_said(open_page: OpenPage, wide_id: str, place: str) -> None:
    page = open_page(f"/documents/{quote(wide_id)}#{place}")
    expect(page.locator("#state")).to_contain_text("链接里的位置不在这份报告的范围内")
    expect(page.locator("#text")).to_contain_text("展品将于下月送回原馆保存。")
    assert page.locator("#text mark").count() == 0


@pytest.mark.parametrize("name", ["no-such-report", "%E4%B8", quote("<b>无<b>")])
def test_an_unknown_document_is_explained(open_page: OpenPage, console: Console, name: str) -> None:
    page = open_page(f"/documents/{name}")
    expect(page.locator("h1")).to_have_text("没有找到这份报告")
    expect(page.locator("#state")).to_contain_text("首页列有现有的报告")
    console.expect("404")


def test_a_document_that_does_not_load_can_be_tried_again(open_page: OpenPage, wide_id: str, console: Console) -> None:
    page = open_page("/")
    page.context.route("**/v1/documents/*/text*", lambda route: route.abort("connectionrefused"))
    page.goto(page.url + f"documents/{quote(wide_id)}")
    expect(page.locator("#state")).to_contain_text("连不上服务")
    console.expect("ERR_CONNECTION_REFUSED")
    page.context.unroute("**/v1/documents/*/text*")
    page.locator("#state button").click()
    expect(page.locator("#text")).to_contain_text("展品将于下月送回原馆保存。")


def test_the_link_to_the_place_can_be_copied(open_page: OpenPage, wide_id: str) -> None:
    page = open_page(f"/documents/{quote(wide_id)}#char=0,6", permissions=["clipboard-read", "clipboard-write"])
    page.click("#copy-link")
    expect(page.locator("#copy-link")).to_have_text("链接已复制")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
