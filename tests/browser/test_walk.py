"""A report's whole life, as a person at the page sees it: the real library, the real model, real files."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from api.app import create_app
from tests.browser.console import Console, OpenPage
from tests.browser.steps import ask, entry, file, joined, upload
from tests.serving import serving
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.library import CATALOGUE, Library
from yinju.settings import Settings

pytestmark = pytest.mark.browser

QUESTION = "今年新建了多少家职工书屋？"
NOTES = """食堂改造纪要

一、改造进展

机关食堂改造工程于六月完工，新增餐位260个，投入资金148万元。
"""
INDEXED = 60_000  # milliseconds; the machine may be busy


def report(count: int) -> bytes:
    """A Word file that says how many reading rooms there are."""
    written, data = docx.Document(), BytesIO()
    written.add_heading("职工书屋建设简报", 0)
    written.add_heading("一、建设情况", 1)
    written.add_paragraph(f"今年新建职工书屋{count}家，配发图书5.2万册，覆盖省直单位28个。")
    written.add_heading("二、阅读活动", 1)
    written.add_paragraph("全年举办读书分享会218场，参加职工9600人次，评选阅读之星45名。")
    written.save(data)
    return data.getvalue()


@pytest.fixture
def url(encoder: Encoder, tmp_path: Path) -> Iterator[str]:
    """A service with nothing in it."""
    configured = Settings.load(index=tmp_path)
    with Library(configured, Catalogue(tmp_path / CATALOGUE), encoder) as library:
        library.start_jobs()
        with serving(create_app(library, configured)) as address:
            yield address


def full_source(page: Page, turn: Locator) -> Page:
    with page.context.expect_page() as opened:
        turn.locator(".source .full").first.click()
    return opened.value


def test_a_report_is_added_asked_replaced_and_deleted(url: str, open_at: OpenPage, console: Console) -> None:
    page = open_at(url)
    expect(page.locator("#welcome-empty")).to_be_visible()
    page.click("#welcome-how")
    upload(page, file("纪要.txt", NOTES), file("职工书屋.docx", report(37)))
    for each in page.locator("#uploads > li").all():
        expect(each.locator(".upload-state")).to_have_text("已加入，可以提问了。", timeout=INDEXED)
    page.keyboard.press("Escape")

    turn = ask(page, QUESTION)
    expect(turn.locator(".answer .hit").first).to_have_text("37家")
    expect(turn.locator(".source .verified.is-same").first).to_be_visible()
    old = full_source(page, turn)
    expect(old.locator("#text mark").first).to_be_in_viewport()
    assert "37家" in joined(old.locator("#text mark"))
    assert "?version=1#char=" in old.url
    expect(old.locator("#older")).to_be_hidden()

    with page.expect_file_chooser() as choosing:
        entry(page, "职工书屋建设简报").get_by_role("button", name="替换").click()
    choosing.value.set_files([file("职工书屋.docx", report(41))])
    row = page.locator("#uploads > li").last
    expect(row.locator(".upload-state")).to_contain_text("已替换，现在是第 2 版。", timeout=INDEXED)
    expect(entry(page, "职工书屋建设简报")).to_contain_text("第 2 版")
    page.keyboard.press("Escape")
    expect(ask(page, QUESTION).locator(".answer .hit").first).to_have_text("41家")

    old.reload()
    expect(old.locator("#text mark").first).to_be_in_viewport()
    assert "37家" in joined(old.locator("#text mark"))
    expect(old.locator("#older")).to_contain_text("这是第 1 版，已被取代。最新的是第 2 版")
    old.get_by_role("link", name="查看最新版").click()
    expect(old.locator("#text")).to_contain_text("新建职工书屋41家")
    old.go_back()

    entry(page, "职工书屋建设简报").get_by_role("button", name="删除").click()
    expect(page.locator("#remove-text")).to_contain_text("所有版本（共 2 个）")
    page.click("#remove-yes")
    expect(page.locator("#reports-said")).to_contain_text("已删除《职工书屋建设简报》：2 个版本")
    page.keyboard.press("Escape")
    old.reload()
    expect(old.locator("h1")).to_have_text("这份报告已被删除")
    turn = ask(page, QUESTION)
    expect(turn.locator(".missing")).to_be_visible()
    assert "书屋" not in turn.locator(".nearest").inner_text()
    expect(ask(page, "机关食堂新增了多少个餐位？").locator(".answer .hit").first).to_have_text("260个")
    console.expect("410")
