"""What a person does on the page, in their words."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

YOUTH = "开办了多少期青年夜校？"
CUT = "新任省直部门机关纪委书记会议于何时召开？"  # what answers it breaks off in the report: “……等”
ABSENT = "火星探测器着陆时有多重？"


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the whole answer, and give its turn."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    turn = page.locator(".turn").last
    page.locator(".turn-done .question", has_text=question).last.wait_for()
    return turn


def in_view(mark: Locator, frame: Locator) -> bool:
    """Whether `mark` lies wholly inside what `frame` shows."""
    inner, outer = mark.bounding_box(), frame.bounding_box()
    assert inner is not None
    assert outer is not None
    below_top = inner["y"] >= outer["y"]
    return below_top and inner["y"] + inner["height"] <= outer["y"] + outer["height"]


def joined(marks: Locator) -> str:
    """The words of all `marks`, without the white space at which the page may break them."""
    return "".join("".join(marks.all_inner_texts()).split())


def focused(page: Page) -> str:
    """The id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
