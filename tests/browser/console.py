"""What a page says to its console, and how a test opens a page that is listened to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Dialog, Page


@dataclass
class Console:
    """What pages complained about. A test that provokes complaints takes them out by `expect`."""

    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("dialog", self._opened)

    def _opened(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def expect(self, words: str) -> None:
        found = [complaint for complaint in self.complaints if words in complaint]
        assert found, f"nothing about {words!r} in {self.complaints}"
        self.complaints = [complaint for complaint in self.complaints if complaint not in found]


OpenPage = Callable[..., Page]
