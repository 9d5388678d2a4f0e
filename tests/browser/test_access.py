"""Whoever looks, on whatever screen, in either language."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Office
from tests.browser.console import Console, OpenPage
from tests.browser.steps import ABSENT, YOUTH, ask, file, log_in, overflow, upload

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PHONE = {"width": 360, "height": 740}
WIDE_SCREEN = {"width": 1440, "height": 900}


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or critical, as "rule: where"."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, WIDE_SCREEN], ids=["phone", "wide"])
def test_axe_finds_nothing_serious(open_page: OpenPage, scheme: str, viewport: dict[str, int]) -> None:
    page = open_page(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    expect(page.locator(".chip").first).to_be_visible()
    assert serious(page) == []

    turn = ask(page, YOUTH)
    expect(turn.locator(".verified.is-same").first).to_be_visible()
    turn.locator("summary").click()
    ask(page, ABSENT)
    assert serious(page) == []

    page.click("#open-reports")
    expect(page.locator("#reports-list li").first).to_be_visible()
    assert serious(page) == []
    page.click("#reports-close")

    page.locator(".marker").first.click()
    expect(page.locator("#panel-text mark.hit").first).to_be_visible()
    assert serious(page) == []

    source = page.locator("#panel-origin .full").get_attribute("href")
    assert source is not None
    page.goto(source)
    expect(page.locator("#text mark").first).to_be_visible()
    assert serious(page) == []


NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize(
    "viewport, locale, scheme",  # every two of their values together once
    [
        pytest.param(NARROW, "zh-CN", "light", id="narrow-zh-CN-light"),
        pytest.param(NARROW, "en-GB", "dark", id="narrow-en-GB-dark"),
        pytest.param(WIDE_SCREEN, "zh-CN", "dark", id="wide-zh-CN-dark"),
        pytest.param(WIDE_SCREEN, "en-GB", "light", id="wide-en-GB-light"),
    ],
)
def test_what_changes_documents_is_accessible_and_fits(
    office: Office, open_at: OpenPage, console: Console, scheme: str, locale: str, viewport: dict[str, int]
) -> None:
    office.fake.found["b-2"] = replace(office.fake.found["b-2"], collection="人事", version=2)
    office.fake.replaced["b-2"] = [replace(office.fake.found["b-2"], version=1)]
    page = open_at(office.url, locale=locale, color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    seen: list[str] = []

    def look() -> None:
        seen.extend(serious(page))
        assert overflow(page) == 0

    page.click("#scope-chosen")
    expect(page.locator("#scope-list li")).to_have_count(2)
    look()
    assert_inside(page.locator(".scope-box"), viewport["width"])
    page.keyboard.press("Escape")
    long = "一份名称很长的关于加强和改进机关基层党组织建设工作情况的报告.txt"
    upload(page, file(long, "长名。"), file("扫描.pdf", "扫描件"))
    expect(page.locator('.upload[data-state="working"]')).to_have_count(2)
    office.fake.finish(next(job.id for job in office.fake.jobs.values() if job.name == "扫描.pdf"))
    expect(page.locator('.upload[data-state="refused"]')).to_be_visible()
    page.select_option("#upload-into", index=2)
    look()
    page.locator("[data-act=delete]").first.click()
    look()
    page.keyboard.press("Escape")
    for job_id in list(office.fake.jobs):
        office.fake.finish(job_id)
    expect(page.locator('.upload[data-state="added"]')).to_be_visible()
    expect(page.locator("#reports-list > li")).to_have_count(4)
    office.keys.add("某人")
    page.locator("[data-act=delete]").first.click()
    page.click("#remove-yes")
    expect(page.locator("#key-dialog")).to_be_visible()
    look()
    page.reload()
    log_in(page, office.keys.add("收文员", ["read", "write"])[1])
    expect(page.locator("#log-out")).to_be_visible()
    ask(page, "夜校？")
    assert_apart(page.locator(".bar").locator("img, h1, .tagline, .tools > *"), viewport["width"])
    page.goto(f"{office.url}/documents/b-2?version=1")
    expect(page.locator("#older")).to_be_visible()
    page.locator("#versions summary").click()
    look()
    page.goto(f"{office.url}/documents/b-2?version=7")
    expect(page.locator("#state .button")).to_have_count(2)
    look()
    assert seen == []
    console.expect("401")
    console.expect("404")


def assert_inside(box: Locator, width: int) -> None:
    found = box.bounding_box()
    assert found is not None
    assert found["x"] >= 0
    assert found["x"] + found["width"] <= width
    assert found["y"] >= 0


def test_moving_parts_stand_still_for_who_wants_that(office: Office, open_at: OpenPage) -> None:
    for motion, name in (("no-preference", "pass"), ("reduce", "none")):
        page = open_at(office.url, reduced_motion=motion)
        row = upload(page, file(f"{motion}.txt", motion))
        expect(row.locator("progress:indeterminate")).to_be_visible()
        assert row.locator("progress").evaluate("bar => getComputedStyle(bar).animationName") == name


def test_nothing_is_wider_than_a_phone(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    expect(page.locator(".chip").first).to_be_visible()
    assert overflow(page) == 0
    turn = ask(page, "长" * 60 + "https://example.org/" + "a" * 80)
    assert overflow(page) == 0
    turn = ask(page, YOUTH)
    turn.locator("summary").click()
    assert overflow(page) == 0
    source = turn.locator(".full").first.get_attribute("href")
    assert source is not None
    page.goto(source)
    expect(page.locator("#text mark").first).to_be_in_viewport()
    assert overflow(page) == 0


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("width", [320, 360, 390, 460, 740])
def test_nothing_in_the_bar_lies_on_anything_else(open_page: OpenPage, locale: str, width: int) -> None:
    page = open_page(locale=locale, viewport={"width": width, "height": 740})
    expect(page.locator("#reports-count")).to_contain_text("3")
    ask(page, YOUTH)
    expect(page.locator("#new")).to_be_visible()
    assert_apart(page.locator(".bar").locator("img, h1, .tagline, .tools > *"), width)
    page.goto(str(page.locator(".full").first.get_attribute("href")))
    expect(page.locator("#text mark").first).to_be_visible()
    assert_apart(page.locator(".bar").locator("img, .name, .tagline, .tools > *"), width)


def assert_apart(row: Locator, width: int) -> None:
    """That what is shown of a row follows from left to right, inside the window."""
    boxes = [box for each in row.all() if (box := each.bounding_box()) and box["width"] > 1]
    edges = [(box["x"], box["x"] + box["width"]) for box in boxes]
    assert all(before[1] <= after[0] for before, after in pairwise(edges)), edges
    assert edges[-1][1] <= width


def test_the_page_speaks_english_to_an_english_browser(open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    expect(page).to_have_title("Yinju · Ask the reports")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".welcome h2")).to_have_text("Ask the reports")
    expect(page.locator(".chip").first).to_contain_text("How many")
    turn = ask(page, YOUTH)
    expect(turn.locator(".answer")).to_contain_text("121期")
    expect(turn.locator(".verified.is-same").first).to_have_text("Verified verbatim")


@pytest.mark.parametrize("locale, language", [("zh-TW", "zh-Hans"), ("ru-RU", "en")])
def test_other_browsers_get_the_nearest_language(open_page: OpenPage, locale: str, language: str) -> None:
    expect(open_page(locale=locale).locator("html")).to_have_attribute("lang", language)


def test_the_language_can_be_switched_and_is_remembered(page: Page) -> None:
    ask(page, YOUTH)
    page.click("#language")
    expect(page.locator(".turn h3").first).to_have_text("Sources")
    expect(page.locator("#send")).to_have_text("Ask")
    page.reload()
    expect(page.locator("#send")).to_have_text("Ask")
    page.click("#language")
    expect(page.locator(".turn h3").first).to_have_text("原文依据")


def test_the_appearance_can_be_chosen_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("#theme")
    assert page.evaluate(paper) == light
    expect(page.locator("#theme")).to_have_attribute("aria-label", "外观：浅色")
    page.click("#theme")
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark


def test_both_languages_have_the_same_words(page: Page) -> None:
    words = page.evaluate("import('/static/js/strings.js').then((module) => module.STRINGS)")
    assert words["zh"].keys() == words["en"].keys()
    for key, chinese in words["zh"].items():
        assert sorted(set(_slots(chinese))) == sorted(set(_slots(words["en"][key]))), key


def _slots(words: str) -> list[str]:
    return [part.split("}")[0] for part in words.split("{")[1:]]
