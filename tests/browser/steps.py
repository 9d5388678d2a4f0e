"""What a person does on the page, in their words."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.fake_library import FakeLibrary

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


def file(name: str, content: str | bytes) -> FilePayload:
    """A file as Playwright hands it to a page."""
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def upload(page: Page, *files: FilePayload) -> Locator:
    """Choose files to be added, and give the row of the last."""
    if not page.locator("#reports").is_visible():
        page.click("#open-reports")
    page.set_input_files("#upload-files", list(files))
    return page.locator("#uploads > li", has_text=files[-1]["name"]).last


def entry(page: Page, title: str) -> Locator:
    """A report in the list, which is opened if need be."""
    if not page.locator("#reports").is_visible():
        page.click("#open-reports")
    return page.locator("#reports-list > li", has=page.get_by_role("link", name=title, exact=True))


def enter_key(page: Page, key: str) -> None:
    """Hand in a key where the page asks for one."""
    expect(page.locator("#key-dialog")).to_be_visible()
    page.fill("#key", key)
    page.press("#key", "Enter")


def log_in(page: Page, key: str) -> None:
    enter_key(page, key)
    expect(page.locator("#key-dialog")).to_have_count(0)


def finish(page: Page, fake: FakeLibrary, *, count: int) -> None:
    """End all jobs, once there are so many."""
    for _ in range(300):
        if len(fake.jobs) >= count:
            break
        page.wait_for_timeout(20)
    assert len(fake.jobs) == count
    for job_id in list(fake.jobs):
        fake.finish(job_id)
