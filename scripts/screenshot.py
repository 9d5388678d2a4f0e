"""Take docs/page.png, the picture in README, from the real service over `seeds`: python -m scripts.screenshot.

Needs Chromium and a Chinese font (Debian: apt install chromium fonts-noto-cjk).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from api.app import create_app
from tests.browser.conftest import FLAGS, NAMES
from tests.browser.steps import YOUTH, ask
from tests.serving import serving
from yinju.library import Library
from yinju.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "page.png"


def main() -> None:
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        sys.exit("No Chromium was found. Install one, with a Chinese font.")
    PICTURE.parent.mkdir(exist_ok=True)
    with TemporaryDirectory() as index:
        settings = Settings.load(index=Path(index))
        with Library.open(settings) as library:
            library.index(ROOT / "seeds")
            with serving(create_app(library, settings)) as url:
                take(url, chromium)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1024:.0f} KiB")


def take(url: str, chromium: str) -> None:
    """A question answered, and its first citation open beside it."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        page = browser.new_page(locale="zh-CN", viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(url)
        ask(page, YOUTH).locator(".answer .marker").first.click()
        page.locator("#panel .verified.is-same").wait_for()
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)  # the panel slides in
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
