"""A real Chromium, driven by Playwright, over the real service with a few real documents."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.app import create_app
from tests.browser.console import Console, OpenPage
from tests.browser.documents import WRITTEN
from tests.conftest import SEEDS
from tests.fake_library import FakeLibrary
from tests.serving import serving
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.keys import FILE as KEYS
from yinju.keys import KeyStore
from yinju.library import CATALOGUE, Library
from yinju.settings import Settings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEBIAN = Path("/etc/debian_version")
PATIENCE = 15_000  # milliseconds: a busy machine is slow, and only what is wrong waits so long

expect.set_options(timeout=PATIENCE)


def _install_chromium() -> str | None:
    """Chromium from Debian, where this is Debian and we may; its path, or None."""
    if not DEBIAN.exists() or os.geteuid() != 0:
        return None
    for arguments in (["update"], ["install", "-y", "chromium", "fonts-noto-cjk"]):
        if subprocess.run(["apt-get", *arguments], capture_output=True, timeout=540, check=False).returncode:
            return None
    return shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Where there is none the tests skip and say so, except in CI, where they fail."""
    path = next(filter(None, map(shutil.which, NAMES)), None) or _install_chromium()
    if path is None:
        words = "No Chromium was found. Install one, with a Chinese font (Debian: apt install chromium fonts-noto-cjk)."
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    return path


# Module scope: while Playwright's synchronous interface is open, its event loop would be in the way of other tests'.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    assert console.complaints == []


@pytest.fixture(scope="session")
def live_url(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service, over the report in `seeds` and the documents of `documents.py`."""
    root = tmp_path_factory.mktemp("browser")
    reports = root / "reports"
    shutil.copytree(SEEDS, reports)
    for name, text in WRITTEN.items():
        (reports / name).write_text(text, encoding="utf-8")
    configured = Settings.load(seeds=reports, index=root)
    with Library(configured, Catalogue(root / CATALOGUE), encoder) as library:
        library.index(reports)
        with serving(create_app(library, configured)) as url:
            yield url


@dataclass
class Office:
    """The service over a library whose answers can be worked out by hand, and its keys."""

    url: str
    fake: FakeLibrary
    keys: KeyStore


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    fake, configured = FakeLibrary(), Settings.load(index=tmp_path / "index")
    with serving(create_app(fake, configured)) as url, KeyStore(configured.index / KEYS) as keys:
        yield Office(url, fake, keys)


@pytest.fixture
def open_at(browser: Browser, console: Console) -> Iterator[OpenPage]:
    """`open_at(address, **context options)`: a page in a context of its own, its console watched."""
    contexts = []

    def open_(address: str, script: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        if script:
            context.add_init_script(script)
        context.on("page", console.watch)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(open_at: OpenPage, live_url: str) -> OpenPage:
    """`open_page(path="/", **context options)`: a page of the real service."""
    return lambda path="/", **options: open_at(live_url + path, **options)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The chat page on a wide screen, in Chinese."""
    return open_page()
