"""The page takes a key once, keeps none of it, and shows no more than the key allows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import ask, enter_key, entry, file, focused, log_in, upload
from yinju.keys import KeyStore

pytestmark = pytest.mark.browser


@pytest.fixture
def writer(office: Office) -> str:
    return office.keys.add("收文员", ["read", "write"])[1]


@pytest.fixture
def reader(office: Office) -> str:
    return office.keys.add("查阅", ["read"])[1]


def revoke_all(keys: KeyStore) -> None:
    for key in keys.all_keys():
        keys.revoke(key.id)


def settled(page: Page, key: str) -> None:
    """Log in, and wait until nothing is under way any more that a revoked key would meet."""
    log_in(page, key)
    page.reload(wait_until="networkidle")


def test_a_key_is_asked_for_once_and_kept_by_no_script(
    office: Office, open_at: OpenPage, writer: str, console: Console
) -> None:
    page = open_at(office.url)
    dialog = page.get_by_role("dialog", name="请输入密钥")
    expect(dialog).to_be_visible()
    assert focused(page) == "key"
    assert page.locator("#key").get_attribute("type") == "password"
    enter_key(page, "yj_000000000000_" + "x" * 43)
    expect(page.locator("#key-wrong")).to_contain_text("密钥不对，或者已被撤销")
    assert focused(page) == "key"
    enter_key(page, f"  {writer}\n")
    expect(dialog).to_be_hidden()
    expect(page.locator("#reports-count")).to_have_text("报告 3")
    assert page.locator("#key").count() == 0
    ask(page, "夜校？")

    page.reload()
    expect(page.locator("#reports-count")).to_have_text("报告 3")
    expect(dialog).to_be_hidden()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    secret = writer.rpartition("_")[2]
    assert secret not in kept
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert secret not in cookie["value"]
    assert kept.count(cookie["value"]) == 0
    console.expect("401")


def test_without_a_key_nothing_is_shown_and_a_question_asks_again(
    office: Office, open_at: OpenPage, reader: str, console: Console
) -> None:
    page = open_at(office.url)
    expect(page.locator("#key-dialog")).to_be_visible()
    page.get_by_role("button", name="以后再说").click()
    page.wait_for_timeout(500)
    expect(page.locator("#key-dialog")).to_have_count(0)  # once is enough
    assert "年度" not in page.locator("body").inner_text()
    page.fill("#question", "夜校？")
    page.press("#question", "Enter")
    expect(page.locator("#key-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".failure")).to_contain_text("没有密钥，或者密钥已失效。")
    page.click(".retry")
    log_in(page, reader)
    expect(page.locator(".turn-done .answer")).to_contain_text("121期")
    console.expect("401")


def test_a_session_that_ends_in_the_middle_asks_and_repeats_the_question(
    office: Office, open_at: OpenPage, writer: str, console: Console
) -> None:
    page = open_at(office.url)
    settled(page, writer)
    expect(ask(page, "夜校？").locator(".verified.is-same")).to_have_count(2)
    revoke_all(office.keys)
    other = office.keys.add("另一个", ["read", "write"])[1]
    page.fill("#question", "再问夜校？")
    page.press("#question", "Enter")
    expect(page.get_by_role("dialog", name="登录已失效，请重新输入密钥")).to_be_visible()
    asked = len(office.fake.asked)
    log_in(page, other)
    expect(page.locator(".turn-done .question")).to_have_text(["问：夜校？", "问：再问夜校？"])
    assert [question for question, *_ in office.fake.asked[asked:]] == ["再问夜校？"]
    expect(page.locator("#log-out")).to_have_attribute("aria-label", "退出（密钥“另一个”）")
    console.expect("401")


def test_an_upload_goes_on_when_the_key_is_given_again(
    office: Office, open_at: OpenPage, writer: str, console: Console
) -> None:
    page = open_at(office.url)
    settled(page, writer)
    with page.expect_response("**/v1/documents?**"):
        page.click("#open-reports")
    revoke_all(office.keys)
    other = office.keys.add("另一个", ["read", "write"])[1]
    row = upload(page, file("简报.txt", "书屋简报。"))
    log_in(page, other)
    expect(row.locator(".upload-state")).to_have_text("已收到，排队等待处理")
    office.fake.finish("job-1")
    expect(entry(page, "书屋简报")).to_be_visible()
    console.expect("401")


def test_who_may_only_read_sees_nothing_to_write_with(
    office: Office, open_at: OpenPage, reader: str, console: Console
) -> None:
    page = open_at(office.url)
    log_in(page, reader)
    report = entry(page, "年度报告").first
    expect(report).to_be_visible()
    for hidden in ("#upload", ".report-tools"):
        expect(page.locator(hidden).locator("visible=true")).to_have_count(0)
    expect(page.locator("#reports-hint")).to_contain_text("这里只能阅读")
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["x"], "x.txt"));
            document.body.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#uploads > li")).to_have_count(0)
    console.expect("401")


def test_who_may_write_sees_it_at_once_after_another_key(
    office: Office, open_at: OpenPage, reader: str, writer: str, console: Console
) -> None:
    page = open_at(office.url)
    settled(page, reader)
    revoke_all(office.keys)
    other = office.keys.add("另一个", ["read", "write"])[1]
    page.click("#open-reports")
    log_in(page, other)
    expect(page.locator("#upload")).to_be_visible()
    expect(page.locator(".report-tools").first).to_be_visible()
    console.expect("401")


def test_logging_out_ends_the_session_and_forgets_the_conversation(
    office: Office, open_at: OpenPage, writer: str, console: Console
) -> None:
    page = open_at(office.url)
    log_in(page, writer)
    ask(page, "夜校？")
    (cookie,) = page.context.cookies()
    page.get_by_role("button", name="退出（密钥“收文员”）").click()
    expect(page.locator("#key-dialog")).to_be_visible()
    assert page.locator(".turn").count() == 0
    assert page.context.cookies() == []
    assert office.keys.session_access(cookie["value"]) is None
    console.expect("401")


def test_where_no_key_is_needed_there_is_nothing_to_log_out_of(office: Office, open_at: OpenPage) -> None:
    page = open_at(office.url)
    expect(page.locator("#reports-count")).to_have_text("报告 3")
    expect(page.locator("#log-out")).to_be_hidden()
    expect(page.locator("#key-dialog")).to_have_count(0)


def test_a_key_for_one_collection_offers_no_other(office: Office, open_at: OpenPage, console: Console) -> None:
    office.fake.found["a-1"] = replace(office.fake.found["a-1"], collection="人事")
    page = open_at(office.url)
    office.keys.add("别处", ["read"])
    limited = office.keys.add("人事员", ["read", "write"], ["人事"])[1]
    page.reload()
    log_in(page, limited)
    expect(page.locator("#reports-count")).to_have_text("报告 1")
    expect(page.locator("#scope")).to_be_hidden()
    page.click("#open-reports")
    expect(page.locator("#upload-into option")).to_have_text(["人事"])
    upload(page, file("名册.txt", "人事名册。"))
    expect(page.locator("#uploads > li")).to_have_attribute("data-state", "working")
    assert office.fake.jobs["job-1"].collection == "人事"
    console.expect("401")


def test_a_link_to_a_source_asks_for_the_key_and_then_opens(
    office: Office, open_at: OpenPage, reader: str, console: Console
) -> None:
    page: Page = open_at(f"{office.url}/documents/a-1?version=1#char=12,24")
    expect(page.locator("#key-dialog")).to_be_visible()
    assert "夜校" not in page.content()
    log_in(page, reader)
    expect(page.locator("#text mark")).to_have_text("🎓开办青年夜校121期。")
    console.expect("401")


def test_where_nobody_is_let_in_without_a_key_the_page_says_why(
    office: Office, open_at: OpenPage, console: Console
) -> None:
    # As a service without keys answers whoever comes from elsewhere.
    page = open_at("about:blank")
    problem = '{"type": "/problems/no-anonymous-access", "detail": "Whoever runs it makes a key."}'
    media = "application/problem+json"
    page.route("**/v1/**", lambda route: route.fulfill(status=403, content_type=media, body=problem))
    page.goto(office.url)
    expect(page.locator("#closed")).to_have_text("服务还没有设置密钥，只接受本机访问。请联系管理服务的人设置密钥。")
    expect(page.locator("#key-dialog")).to_have_count(0)
    console.expect("403")
