"""The library, opened behind a progress bar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from yinju.cli.terminal import bars
from yinju.cli.wording import say
from yinju.progress import Progress
from yinju.settings import Settings

if TYPE_CHECKING:
    from yinju.library import Library


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Library, Progress]]:
    """The library the settings name, and the bars that what is done with it reports to. Takes seconds."""
    from yinju.library import Library

    with (
        bars(say("Opening the model and the index", "正在打开模型和索引")) as progress,
        Library.open(settings, progress) as library,
    ):
        yield library, progress
