"""The list of reports: found, deleted after a question, put into collections that questions are asked of."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import ask, entry, file, focused, upload

pytestmark = pytest.mark.browser


@pytest.fixture
def page(office: Office, open_at: OpenPage) -> Page:
    return open_at(office.url)


def name_them(office: Office, count: int) -> None:
    """So many reports in place of the three, titled 报告001 and so on."""
    pattern = office.fake.found["a-1"]
    ids = [f"r-{number:03}" for number in range(1, count + 1)]
    office.fake.found = {i: replace(pattern, id=i, title=f"报告{i[2:]}", name=f"{i}.pdf") for i in ids}


def test_few_reports_need_no_search(page: Page) -> None:
    page.click("#open-reports")
    expect(page.locator("#reports-list > li")).to_have_count(3)
    expect(page.locator("#reports-search")).to_be_hidden()
    expect(page.locator("#reports-list > li").first).not_to_contain_text("版")
    expect(page.locator("#reports-list > li").first).not_to_contain_text("默认")


def test_many_reports_are_searched_whole(page: Page, office: Office) -> None:
    name_them(office, 260)
    page.click("#open-reports")
    expect(page.locator("#reports-list > li")).to_have_count(50)
    page.locator("#reports-search").press_sequentially("报告 25")  # each letter asks for all the rest
    expect(page.locator("#reports-list a")).to_have_text([f"报告25{digit}" for digit in range(10)])
    expect(page.locator("#reports-state")).to_have_text("10 份符合")
    page.fill("#reports-search", "R-26")
    expect(page.locator("#reports-list a")).to_have_text(["报告260"])
    page.fill("#reports-search", "报告")
    expect(page.locator("#reports-list > li")).to_have_count(100)
    expect(page.locator("#reports-state")).to_have_text("260 份符合，下面是前 100 份")
    page.fill("#reports-search", "没有的")
    expect(page.locator("#reports-state")).to_have_text("没有标题或文件名符合的报告。")
    page.fill("#reports-search", "")
    expect(page.locator("#reports-list > li")).to_have_count(50)
    page.click("#reports-more")
    expect(page.locator("#reports-list > li")).to_have_count(100)
    assert page.evaluate("document.activeElement.textContent") == "报告051"


def test_a_report_goes_only_after_a_question(page: Page, office: Office) -> None:
    office.fake.found["a-1"] = replace(office.fake.found["a-1"], title="甲报告", version=2)
    office.fake.replaced["a-1"] = [replace(office.fake.found["a-1"], version=1)]
    button = entry(page, "甲报告").get_by_role("button", name="删除《甲报告》")
    button.click()
    question = page.get_by_role("alertdialog", name="删除这份报告？")
    expect(question).to_contain_text("甲报告")
    expect(question).to_contain_text("a-1.txt")
    expect(question).to_contain_text("所有版本（共 2 个）")
    expect(question).to_contain_text("无法恢复")
    assert focused(page) == "remove-no"
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(page.locator("#reports")).to_be_visible()
    expect(button).to_be_focused()
    assert "a-1" in office.fake.found

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_request("**/v1/documents/a-1") as sent:
        page.keyboard.press("Enter")
    assert sent.value.method == "DELETE"
    assert sent.value.header_value("if-match") is not None
    expect(page.locator("#reports-said")).to_have_text("已删除《甲报告》：2 个版本，2 段。")
    expect(page.locator("#reports-list > li")).to_have_count(2)
    expect(page.locator("#reports-count")).to_have_text("报告 2")
    assert office.fake.deleted == {"a-1"}
    assert page.evaluate("document.activeElement.closest('#reports-list li').dataset.id") == "b-2"


def test_the_last_report_leaves_the_focus_in_the_dialog(page: Page, office: Office) -> None:
    for gone in ("a-1", "b-2"):
        del office.fake.found[gone]
    entry(page, "年度报告").get_by_role("button", name="删除").click()
    page.click("#remove-yes")
    expect(page.locator("#reports-state")).to_have_text("还没有收录报告。")
    assert focused(page) == "reports-title"
    page.keyboard.press("Escape")
    expect(page.locator("#welcome-how")).to_have_text("加入报告")


def test_a_report_that_went_meanwhile_is_said_to_be_gone(page: Page, office: Office, console: Console) -> None:
    entry(page, "年度报告").first.get_by_role("button", name="删除").click()
    office.fake.remove("2025-报告 甲")
    page.click("#remove-yes")
    expect(page.locator("#reports-said")).to_contain_text("已经不在了")
    expect(page.locator("#reports-list > li")).to_have_count(2)
    console.expect("410")


def test_a_report_that_changed_meanwhile_stays(page: Page, office: Office, console: Console) -> None:
    page.click("#open-reports")
    report = page.locator('#reports-list > li[data-id="a-1"]')
    expect(report).to_be_visible()
    office.fake.found["a-1"] = replace(office.fake.found["a-1"], text_sha256="0" * 64)
    report.get_by_role("button", name="删除").click()
    page.click("#remove-yes")
    expect(page.locator("#remove-wrong")).to_contain_text("这份报告刚刚被别人改动过")
    expect(page.locator("#remove")).to_be_visible()
    assert focused(page) == "remove-no"
    assert "a-1" in office.fake.found
    console.expect("412")


def test_reports_go_into_collections_and_questions_to_those_chosen(page: Page, office: Office) -> None:
    bodies: list[dict[str, object]] = []

    def keep(request: Request) -> None:
        if request.url.endswith("/v1/ask"):
            bodies.append(json.loads(request.post_data or "{}"))

    page.on("request", keep)
    expect(page.locator("#scope")).to_be_hidden()
    ask(page, "夜校？")
    assert "collection" not in bodies[0]

    page.click("#open-reports")
    page.select_option("#upload-into", label="新建资料库……")
    page.fill("#upload-new", "人事/一处")
    page.set_input_files("#upload-files", [file("名册.txt", "人事名册。")])
    expect(page.locator("#upload-wrong")).to_contain_text("请写资料库的名称")
    assert focused(page) == "upload-new"
    expect(page.locator("#uploads > li")).to_have_count(0)
    page.fill("#upload-new", "人事")
    row = upload(page, file("名册.txt", "人事名册。"))
    expect(row).to_have_attribute("data-state", "working")
    office.fake.finish("job-1")
    expect(entry(page, "人事名册")).to_contain_text("人事 ·")
    expect(entry(page, "年度报告").first).to_contain_text("默认 ·")
    expect(page.locator("#upload-into")).to_have_value("人事")
    page.keyboard.press("Escape")

    expect(page.locator("#scope-chosen")).to_have_text("查找范围：全部")
    turn = ask(page, "夜校？")
    assert bodies[1]["collection"] == ["default", "人事"]
    expect(turn.locator(".asked-in")).to_have_count(0)
    page.click("#scope-chosen")
    staff = page.get_by_role("checkbox", name="人事")
    page.get_by_role("checkbox", name="默认").uncheck()
    staff.click()
    expect(page.locator("#scope-note")).to_have_text("至少要选一个。")
    expect(staff).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#scope-list")).to_be_hidden()
    assert focused(page) == "scope-chosen"
    turn = ask(page, "夜校？")
    assert bodies[2]["collection"] == ["人事"]
    expect(turn.locator(".asked-in")).to_have_text("只查找了：人事")

    page.reload()
    expect(page.locator("#scope-chosen")).to_have_text("查找范围：人事")
    expect(page.locator(".turn").last.locator(".asked-in")).to_have_text("只查找了：人事")


def test_a_collection_that_emptied_is_no_longer_asked(page: Page, office: Office, console: Console) -> None:
    office.fake.found["a-1"] = replace(office.fake.found["a-1"], collection="人事")
    page.reload()
    expect(page.locator("#scope")).to_be_visible()
    del office.fake.found["a-1"]
    page.fill("#question", "夜校？")
    page.press("#question", "Enter")
    expect(page.locator(".failure")).to_contain_text("No document is in the collection '人事'")
    expect(page.locator("#scope")).to_be_hidden()
    page.click(".retry")
    expect(page.locator(".turn-done .answer")).to_contain_text("121期")
    console.expect("404")
