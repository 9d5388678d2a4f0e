"""Links into documents that were replaced or deleted, and the pages a document has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import ask
from tests.fake_library import REPORT, TEXT

pytestmark = pytest.mark.browser

NEWER = TEXT.replace("121期", "122期")
PLACE = "#char=12,24"  # the first quote


@pytest.fixture
def page(office: Office, open_at: OpenPage) -> Page:
    return open_at(office.url)


def replace_report(office: Office, tmp_path: Path) -> None:
    sent = tmp_path / "newer"
    sent.write_text(NEWER, encoding="utf-8")
    office.fake.finish(office.fake.submit("新版.txt", sent, replaces=REPORT).id)


def address(office: Office, more: str = "") -> str:
    return f"{office.url}/documents/{quote(REPORT)}{more}"


def test_a_link_into_a_replaced_version_opens_that_version(office: Office, open_at: OpenPage, tmp_path: Path) -> None:
    replace_report(office, tmp_path)
    page = open_at(address(office, f"?version=1{PLACE}"))
    expect(page.locator("#text mark")).to_have_text("🎓开办青年夜校121期。")
    expect(page.locator("#older")).to_contain_text("这是第 1 版，已被取代。最新的是第 2 版（2025年11月23日）。")
    expect(page.locator("#about")).to_contain_text("第 1 版，共 2 版")
    page.locator("#older").get_by_role("link", name="查看最新版").click()
    expect(page.locator("#text")).to_contain_text("122期")
    expect(page.locator("#older")).to_be_hidden()
    assert page.url == address(office)
    page.locator("#versions summary").click()
    expect(page.locator("#versions [aria-current]")).to_have_text("第 2 版（2025年11月23日）")
    page.locator("#versions").get_by_role("link").click()
    expect(page.locator("#text")).to_contain_text("121期")
    page.click("#language")
    expect(page.locator("#older")).to_contain_text("This is version 1, which was replaced. The newest is version 2")


def test_a_link_into_the_newest_version_says_nothing_of_others(office: Office, open_at: OpenPage) -> None:
    page = open_at(address(office, f"?version=1{PLACE}"))
    expect(page.locator("#text mark")).to_have_text("🎓开办青年夜校121期。")
    expect(page.locator("#older")).to_be_hidden()
    expect(page.locator("#versions")).to_be_hidden()
    expect(page.locator("#about")).not_to_contain_text("版")


@pytest.mark.parametrize("version", ["9", "0", "x", ""])
def test_a_version_there_never_was_leads_to_the_newest(
    office: Office, open_at: OpenPage, console: Console, version: str
) -> None:
    page = open_at(address(office, f"?version={version}"))
    expect(page.locator("h1")).to_have_text("没有这个版本")
    page.locator("#state").get_by_role("link", name="查看最新版").click()
    expect(page.locator("#text")).to_contain_text("121期")
    console.expect("404")


@pytest.mark.parametrize("more", ["", "?version=1", f"?version=1{PLACE}", "?version=x"])
def test_a_deleted_document_is_said_to_be(office: Office, open_at: OpenPage, console: Console, more: str) -> None:
    office.fake.remove(REPORT)
    page = open_at(address(office, more), timezone_id="Asia/Shanghai")
    expect(page.locator("h1")).to_have_text("这份报告已被删除")
    expect(page.locator("#state")).to_contain_text("它于2025年11月23日 16:00被删除，所有版本的文字都不再保留。")
    expect(page).to_have_title("这份报告已被删除 · 引据")
    assert page.locator("#text").inner_text() == ""
    links = page.locator("main a:visible")
    expect(links).to_have_text(["回到首页"])
    page.click("#language")
    expect(page.locator("h1")).to_have_text("This report was deleted")
    expect(page.locator("#state")).to_contain_text("It was deleted on 23 November 2025 at 16:00")
    links.click()
    expect(page.locator("#reports-count")).to_have_text("Reports (2)")
    console.expect("410")


def test_an_answer_knows_the_page_and_the_version_it_quotes(page: Page, office: Office, tmp_path: Path) -> None:
    turn = ask(page, "夜校？")
    expect(turn.locator(".source .origin-place").first).to_have_text("2025年 · 一、青年工作 · 第 1 页")
    assert "?version=1#char=12,24" in str(turn.locator(".source .full").first.get_attribute("href"))
    expect(turn.locator(".source .verified.is-same")).to_have_count(2)
    replace_report(office, tmp_path)
    page.reload()
    expect(turn.locator(".source .verified.is-same")).to_have_count(2)
    turn.locator(".marker").first.click()
    expect(page.locator("#panel-text mark.hit")).to_have_text("121期")
    expect(page.locator("#panel .older")).to_contain_text("这是第 1 版，报告已有第 2 版。")


def test_an_answer_out_of_a_deleted_document_is_not_called_verified(
    page: Page, office: Office, console: Console
) -> None:
    turn = ask(page, "夜校？")
    expect(turn.locator(".source .verified.is-same")).to_have_count(2)
    page.click("#open-reports")
    page.locator(f'#reports-list > li[data-id="{REPORT}"]').get_by_role("button", name="删除").click()
    page.click("#remove-yes")
    expect(page.locator("#reports-said")).to_contain_text("已删除")
    page.keyboard.press("Escape")
    turn.locator(".marker").first.click()
    expect(page.locator("#panel-text")).to_contain_text("所有版本的文字都不再保留")
    expect(page.locator("#panel .verified")).to_have_text("这份报告已被删除")
    page.reload()
    expect(turn.locator(".source .verified.is-changed")).to_have_text(["这份报告已被删除"] * 2)
    console.expect("410")


def test_pages_begin_where_the_document_says(office: Office, open_at: OpenPage) -> None:
    """The second page begins in the middle of a line, the third and fourth (an empty one) with one."""
    middle, line = TEXT.index("夜校"), TEXT.index("覆盖")
    office.fake.found[REPORT] = replace(office.fake.found[REPORT], pages=(0, middle, line, line))
    page = open_at(address(office, f"?version=1#char={middle},{line}"))
    marks = page.locator("#text .page-mark")
    expect(marks).to_have_text(["第 1 页", "第 2 页", "第 3 页", "第 4 页"])
    expect(page.locator("#text p", has_text="夜校")).to_have_text("🎓开办青年第 2 页夜校121期。")
    expect(page.locator("#text mark")).to_have_text("夜校121期。")
    expect(page.locator("#text .page-break")).to_have_text(["第 1 页", "第 3 页", "第 4 页"])
    expect(page.locator("#text .document-title")).to_have_text("年度报告")
    expect(page.locator("#text .page-break").last.locator("+ p")).to_have_text("覆盖青年6000余人次。")
    expect(page.locator("#range")).to_contain_text("第 2 页")
    expect(page.locator("#about")).to_contain_text("4 页")
    chosen = page.evaluate(
        "getSelection().selectAllChildren(document.getElementById('text')), getSelection().toString()"
    )
    assert "页" not in chosen
    page.click("#language")
    expect(marks.first).to_have_text("Page 1")
