"""What can happen to a file on its way: a busy service, a lost connection, a change of mind, too many bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from api.app import create_app
from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import file, finish, upload
from tests.fake_library import FakeLibrary
from tests.serving import serving
from yinju.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture
def page(office: Office, open_at: OpenPage) -> Page:
    return open_at(office.url)


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
    expect(state).to_have_text("现在使用的人较多。 2 秒后自动继续。")
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
    finish(page, office.fake, count=1)
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
    finish(page, office.fake, count=1)
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
    finish(page, office.fake, count=1)
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
        expect(row.locator(".upload-state")).to_have_text("没有收下。文件太大。请拆成几份再加入。")
        expect(row.locator(".said p")).to_contain_text("A document may have 1,024 bytes here.")
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
