"""Reports come in: sent, waited for, refused, cancelled, replaced. The fake library's jobs move on as tests say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from api.app import create_app
from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import entry, file, upload
from tests.fake_library import FakeLibrary
from tests.serving import serving
from yinju.records import JobState
from yinju.settings import Settings

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
    return open_at(office.url)


def finish(page: Page, office: Office, *, count: int) -> None:
    """End all jobs, once there are so many."""
    for _ in range(300):
        if len(office.fake.jobs) >= count:
            break
        page.wait_for_timeout(20)
    assert len(office.fake.jobs) == count
    for job_id in list(office.fake.jobs):
        office.fake.finish(job_id)


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
    finish(page, office, count=4)
    why = "The PDF holds pictures of pages and no text. Send one with text in it."
    refused = f"没有收下。这是扫描件，里面只有图片，没有文字。 服务说明：{why}"
    added, same = "已加入，可以提问了。", "已经有同样的文件，没有重复加入。"
    expect(page.locator(".upload-state")).to_have_text([added, refused, same, added])
    expect(page.locator("#reports-list > li")).to_have_count(5)
    page.get_by_role("button", name="清除已结束的").click()
    expect(page.locator("#uploads > li")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "upload-pick"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_waited_for_and_nothing_is_sent_twice(
    page: Page, office: Office, console: Console, status: int
) -> None:
    keys: list[str | None] = []

    def refuse_once(route: Route) -> None:
        keys.append(route.request.header_value("idempotency-key"))
        if len(keys) > 1:
            route.continue_()
            return
        body = '{"type": "/problems/queue-full", "detail": "Too many uploads are waiting already. Send this again."}'
        headers = {"Retry-After": "3", "Content-Type": "application/problem+json"}
        route.fulfill(status=status, headers=headers, body=body)

    page.route("**/v1/documents", refuse_once)
    row = upload(page, file("简报.txt", "书屋简报。"))
    state = row.locator(".upload-state")
    expect(state).to_contain_text("现在加入报告的人较多。")
    expect(state).to_contain_text("Too many uploads are waiting already.")
    expect(state).to_contain_text("2 秒后自动继续。")
    assert len(keys) == 1
    expect(state).to_have_text("已收到，排队等待处理")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    console.expect(str(status))


def test_an_answer_that_is_lost_makes_no_second_document(page: Page, office: Office, console: Console) -> None:
    seen: list[Request] = []

    def lose_the_first_answer(route: Route) -> None:
        seen.append(route.request)
        if len(seen) > 1:
            route.continue_()
            return
        route.fetch()  # the service has it
        route.abort("connectionreset")

    page.route("**/v1/documents", lose_the_first_answer)
    row = upload(page, file("简报.txt", "书屋简报。"))
    expect(row.locator(".upload-state")).to_contain_text("连不上服务")
    finish(page, office, count=1)
    expect(row.locator(".upload-state")).to_contain_text("已加入")
    assert len(seen) == 2
    assert len(office.fake.found) == 4
    console.expect("ERR_CONNECTION_RESET")


def test_a_connection_that_stays_lost_can_be_tried_again(page: Page, office: Office, console: Console) -> None:
    page.clock.install()
    page.route("**/v1/documents", lambda route: route.abort("connectionrefused"))
    row = upload(page, file("简报.txt", "书屋简报。"))
    for _ in range(3):
        expect(row).to_have_attribute("data-state", "paused")
        page.clock.run_for(10_000)
    expect(row.locator(".upload-state")).to_contain_text("没有发完。连不上服务")
    page.unroute("**/v1/documents")
    row.get_by_role("button", name="重新发送 简报.txt").click()
    expect(row).to_have_attribute("data-state", "working")
    assert len(office.fake.jobs) == 1
    console.expect("ERR_CONNECTION_REFUSED")


@pytest.mark.parametrize("failure", ["busy", "lost"])
def test_a_service_that_is_away_for_a_moment_loses_no_job(
    page: Page, office: Office, console: Console, failure: str
) -> None:
    asked: list[Route] = []

    def fail_once(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()
        elif failure == "lost":
            route.abort("connectionrefused")
        else:
            route.fulfill(status=503, headers={"Retry-After": "1"})

    page.route("**/v1/jobs/*", fail_once)
    row = upload(page, file("简报.txt", "书屋简报。"))
    finish(page, office, count=1)
    expect(row.locator(".upload-state")).to_have_text("已加入，可以提问了。")
    assert len(asked) == 2
    console.expect("503" if failure == "busy" else "ERR_CONNECTION_REFUSED")


def test_sending_can_be_cancelled_and_begun_again(page: Page, office: Office) -> None:
    held: list[Route] = []

    def hold_two(route: Route) -> None:
        if len(held) < 2:
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/documents", hold_two)
    row = upload(page, file("一.txt", "一"), file("二.txt", "二"), file("三.txt", "三"))
    expect(row.locator(".upload-state")).to_have_text("等待发送")  # two at a time
    row.get_by_role("button", name="取消发送 三.txt").click()
    first = page.locator("#uploads > li").first
    first.get_by_role("button", name="取消发送 一.txt").focus()
    page.keyboard.press("Enter")
    expect(first.locator(".upload-state")).to_have_text("已取消。")
    assert page.evaluate("document.activeElement.textContent") == "重试"
    page.keyboard.press("Enter")
    finish(page, office, count=1)
    expect(first.locator(".upload-state")).to_contain_text("已加入")
    expect(row.locator(".upload-state")).to_have_text("已取消。")
    assert {job.name for job in office.fake.jobs.values()} == {"一.txt"}


def test_the_bytes_on_their_way_are_counted(page: Page, office: Office) -> None:
    session = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.click("#open-reports")
    session.send("Network.emulateNetworkConditions", slow)
    row = upload(page, file("大.txt", "a" * 600_000))
    expect(row.locator(".upload-state")).to_contain_text("kB / 600 kB")
    page.wait_for_function(
        "() => ((bar) => bar && bar.value > 5 && bar.value < 95)(document.querySelector('progress'))"
    )
    expect(row.locator(".upload-state")).to_have_text("已收到，排队等待处理")


def test_a_file_over_the_limit_is_refused_in_words(open_at: OpenPage, tmp_path: Path, console: Console) -> None:
    configured = Settings.load(index=tmp_path, max_upload=1024)
    with serving(create_app(FakeLibrary(), configured)) as url:
        page = open_at(url)
        row = upload(page, file("大.txt", "a" * 3_000_000))  # the service does not read all of it
        expect(row.locator(".upload-state")).to_contain_text("没有收下。文件太大。")
        expect(row.locator(".upload-state")).to_contain_text("A document may have 1,024 bytes here.")
        expect(page.locator("#reports-list > li")).to_have_count(3)
        page.close()
    console.expect("413")


def test_leaving_while_a_file_is_sent_is_asked_about(page: Page, console: Console) -> None:
    page.route("**/v1/documents", lambda route: None)  # never answered
    row = upload(page, file("简报.txt", "书屋简报。"))
    expect(row).to_have_attribute("data-state", "sending")
    page.locator("#reports-title").click()
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    console.expect("dialog")
    row.get_by_role("button", name="取消发送").click()
    expect(row.locator(".upload-state")).to_have_text("已取消。")


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
    finish(page, office, count=2)
    expect(entry(page, "甲报告.")).to_be_visible()
    expect(entry(page, "乙报告.")).to_be_visible()


def test_files_dropped_on_a_question_wait_for_its_answer(page: Page, office: Office) -> None:
    entry(page, "年度报告").first.get_by_role("button", name="删除").click()
    page.evaluate(DROPPED, ["甲报告.txt"])
    page.evaluate("drag('dragenter')")
    expect(page.locator(".drop-here")).to_be_hidden()
    assert not page.evaluate("drag('drop')")
    expect(page.locator("#uploads > li")).to_have_count(0)


def test_a_file_that_went_away_is_said_to_have(page: Page) -> None:
    page.click("#open-reports")
    page.evaluate(
        """() => {
            const file = new File(["x"], "走了.txt");
            file.slice = () => ({arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError"))});
            const files = {files: [file], types: ["Files"], items: []};
            const event = new Event("drop", {bubbles: true, cancelable: true});
            document.body.dispatchEvent(Object.assign(event, {dataTransfer: files}));
        }"""
    )
    expect(page.locator(".upload-state")).to_contain_text("这台电脑读不出这个文件")


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
    finish(page, office, count=1)
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
