"""Reports come in: sent, waited for, refused, cancelled, replaced. The fake library's jobs move on as tests say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import entry, file, finish, upload
from yinju.records import JobState

pytestmark = pytest.mark.browser

DROPPED = """
    (names) => {
        const files = new DataTransfer();
        for (const name of names) files.items.add(new File([`${name}里的话。`], name));
        window.drag = (type) => document.querySelector("h1").dispatchEvent(
            new DragEvent(type, {dataTransfer: files, bubbles: true, cancelable: true}));
    }
"""


@pytest.fixture
def page(office: Office, open_at: OpenPage) -> Page:
    """The page, once it knows that it may write: files dropped before are not taken."""
    page = open_at(office.url)
    expect(page.locator("#upload")).not_to_have_attribute("hidden", "")
    return page


def move(office: Office, state: JobState, stage: str = "", done: int = 0, total: int = 0) -> None:
    job = office.fake.jobs["job-1"]
    office.fake.jobs["job-1"] = replace(job, state=state, stage=stage, done=done, total=total)


def test_a_row_follows_a_file_until_it_can_be_asked_about(page: Page, office: Office) -> None:
    expect(page.locator("#reports-count")).to_have_text("报告 3")
    row = upload(page, file("简报.txt", "书屋简报。今年新建37家。"))
    state, bar = row.locator(".upload-state"), row.locator("progress")
    expect(state).to_have_text("已收到，排队等待处理")
    expect(page.locator("#reports-count")).to_have_text("报告 3 + 1")
    expect(page.locator("#open-reports")).to_have_attribute("title", "正在加入 1 份")
    assert row.get_by_role("button", name="取消发送 简报.txt").count() == 0  # the service has it: too late
    move(office, "running")
    expect(state).to_have_text("正在读取")
    assert bar.get_attribute("value") is None
    move(office, "running", "encode", 3, 12)
    expect(state).to_have_text("正在编码：3 / 12 段")
    expect(bar).to_have_attribute("value", "25")
    move(office, "indexing", "build")
    expect(state).to_have_text("正在建立索引")
    office.fake.finish("job-1")
    expect(state).to_have_text("已加入，可以提问了。")
    expect(page.locator("#uploads-said")).to_have_text("简报.txt: 已加入，可以提问了。")
    expect(bar).to_be_hidden()
    expect(entry(page, "书屋简报")).to_contain_text("简报.txt")
    expect(page.locator("#reports-count")).to_have_text("报告 4")
    row.get_by_role("link", name="打开").click()
    expect(page.locator("#text")).to_contain_text("今年新建37家。")


def test_each_file_has_its_own_end(page: Page, office: Office) -> None:
    known = office.fake.found["a-1"].text
    files = [
        file("新.txt", "新的报告。"),
        file("扫描.pdf", "扫描件"),
        file("旧.txt", known),
        file("又一.txt", "又一份。"),
    ]
    upload(page, *files)
    expect(page.locator("#uploads > li")).to_have_count(4)
    finish(page, office.fake, count=4)
    refused = "没有收下。这是扫描件，里面只有图片，没有文字。请先做文字识别（OCR）再加入。"
    added, same = "已加入，可以提问了。", "已经有同样的文件，没有重复加入。"
    expect(page.locator(".upload-state")).to_have_text([added, refused, same, added])
    said = page.locator(".upload .said")
    expect(said).to_have_count(1)  # in the service's own words, folded up
    expect(said.locator("p")).to_be_hidden()
    said.locator("summary").click()
    expect(said.locator("p")).to_have_text("The PDF holds pictures of pages and no text. Send one with text in it.")
    expect(page.locator("#reports-list > li")).to_have_count(5)
    page.get_by_role("button", name="清除已结束的").click()
    expect(page.locator("#uploads > li")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "upload-pick"


def test_files_dropped_anywhere_are_added(page: Page, office: Office) -> None:
    page.evaluate(DROPPED, ["甲报告.txt", "乙报告.txt"])
    page.evaluate("drag('dragenter')")
    expect(page.locator(".drop-here")).to_be_visible()
    page.evaluate("drag('dragleave')")
    expect(page.locator(".drop-here")).to_be_hidden()
    page.evaluate("drag('dragenter')")
    assert not page.evaluate("drag('dragover')")  # ours: the browser does not leave for the file
    assert not page.evaluate("drag('drop')")
    expect(page.locator(".drop-here")).to_be_hidden()
    expect(page.locator("#reports")).to_be_visible()
    finish(page, office.fake, count=2)
    expect(entry(page, "甲报告.")).to_be_visible()
    expect(entry(page, "乙报告.")).to_be_visible()


def test_files_dropped_on_a_question_wait_for_its_answer(page: Page, office: Office) -> None:
    entry(page, "年度报告").first.get_by_role("button", name="删除").click()
    page.evaluate(DROPPED, ["甲报告.txt"])
    page.evaluate("drag('dragenter')")
    expect(page.locator(".drop-here")).to_be_hidden()
    assert not page.evaluate("drag('drop')")
    expect(page.locator("#uploads > li")).to_have_count(0)


def test_a_report_is_replaced_by_a_new_version(page: Page, office: Office) -> None:
    report = page.locator('#reports-list > li[data-id="a-1"]')
    page.click("#open-reports")
    with page.expect_file_chooser() as choosing:
        report.get_by_role("button", name="用新文件替换《年度报告》").click()
    with page.expect_request("**/v1/documents/a-1") as sent:
        choosing.value.set_files([file("新版.txt", "季度报告。")])
    assert sent.value.header_value("if-match") == f'"{office.fake.found["a-1"].text_sha256}"'
    row = page.locator("#uploads > li")
    expect(row.locator(".upload-name")).to_have_text("新版.txt → 替换《年度报告》")
    finish(page, office.fake, count=1)
    expect(row.locator(".upload-state")).to_have_text("已替换，现在是第 2 版。旧版本的链接仍然有效。")
    expect(report.get_by_role("link")).to_have_text("季度报告")
    expect(report).to_contain_text("第 2 版（2025年11月23日）")
    assert office.fake.replaced["a-1"][0].version == 1


def test_a_report_someone_else_changed_is_not_replaced(page: Page, office: Office, console: Console) -> None:
    page.click("#open-reports")
    report = page.locator('#reports-list > li[data-id="a-1"]')
    expect(report).to_be_visible()
    office.fake.found["a-1"] = replace(office.fake.found["a-1"], text_sha256="0" * 64)
    with page.expect_file_chooser() as choosing:
        report.get_by_role("button", name="替换").click()
    choosing.value.set_files([file("新版.txt", "季度报告。")])
    expect(page.locator(".upload-state")).to_contain_text("这份报告刚刚被别人改动过")
    assert office.fake.jobs == {}
    console.expect("412")
