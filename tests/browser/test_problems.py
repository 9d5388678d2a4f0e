"""Whatever the service refuses, the page says what is wrong and what to do, in the reader's language."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from api.kinds import KINDS
from tests.browser.console import Console

ENDS = {"zh": "。", "en": "."}
ADVICE = {
    "zh": re.compile("请"),
    "en": re.compile(
        r"(If [^,]+, t|T)ell |(Add|Ask|Check|Choose|Copy|Divide|Export|Give|Have|Look|Open|Reload|Rename|Save|Send|Try|"
        r"Unpack|Use|Write) "
    ),
}


def test_every_kind_of_problem_has_its_words_and_its_advice_in_both_languages(page: Page) -> None:
    words = page.evaluate("import('/static/js/strings_problems.js').then(({ zh, en }) => ({ zh, en }))")
    wanted = {f"problem.{name}{part}" for name in KINDS for part in ("", ".todo")}
    for language, end in ENDS.items():
        found = words[language]
        assert set(found) == wanted
        for key, sentence in found.items():
            assert sentence == sentence.strip()
            assert sentence.endswith(end), key
            assert bool(re.search("[一-鿿]", sentence)) == (language == "zh"), key
            if key.endswith(".todo"):
                assert ADVICE[language].match(sentence) or (language == "zh" and "，请" in sentence), key


@pytest.mark.parametrize(
    "name, wrong, todo",
    [
        ("timed-out", "没能在规定的时间内完成。", "请过一会儿再试。"),
        ("internal", "服务内部出错。", "请再试一次；还不行，请联系管理服务的人。"),
        ("unknown-collection", "没有这个资料库，或者里面已经没有报告。", "请刷新页面，重新选择查找范围。"),
    ],
)
def test_a_question_that_is_refused_says_why_and_what_to_do(
    page: Page, console: Console, name: str, wrong: str, todo: str
) -> None:
    problem = {"type": f"/problems/{name}", "detail": "The service's own words. Do something."}
    status = KINDS[name].status
    media = "application/problem+json"

    def refuse(route: Route) -> None:
        route.fulfill(status=status, content_type=media, body=json.dumps(problem))

    page.route("**/v1/ask", refuse)
    page.fill("#question", "夜校？")
    page.press("#question", "Enter")
    failure = page.locator(".turn-failed .failure")
    expect(failure.locator("div > p")).to_have_text([wrong, todo])
    expect(failure.locator(".said p")).to_be_hidden()
    failure.locator("summary").click()
    expect(failure.locator(".said p")).to_have_text(problem["detail"])
    page.click("#language")
    expect(failure.locator("div > p").last).to_have_text(re.compile(r"^[A-Z][\x20-\x7e’]+\.$"))
    console.expect(str(status))
