"""Where output goes: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.text import Text

from yinju.cli import wording
from yinju.cli.wording import say
from yinju.progress import Progress

PIPE_WIDTH = 120  # of tables, where there is no terminal to ask

# Escape sequences and marks that turn the direction of writing: a document could use them to show a person other
# words than it holds.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def stdout() -> Console:
    return _console(stderr=False)


def stderr() -> Console:
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Console(stderr=stderr, highlight=False, width=width)


def printable(text: str) -> str:
    """The text with characters that could act on the terminal replaced, one for one: offsets stay."""
    return _UNSAFE.sub("\ufffd", text)


def paragraph(console: Console, text: Text | str, indent: int = 0, style: str = "") -> None:
    """Print a text, indented. A terminal wraps it; elsewhere its lines stay whole, so that they can be searched."""
    text = Text(printable(text), style) if isinstance(text, str) else text
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
        return
    for line in text.split():
        console.print(Text(" " * indent).append_text(line), soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON value on stdout. Escaped is what stdout can't write, and what JSON allows but terminals act on."""
    text = json.dumps(value, ensure_ascii=sys.stdout.encoding.lower() != "utf-8", indent=2)
    typer.echo(re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text))


def fail(message: str) -> None:
    """Say on stderr, in one line, what went wrong."""
    label = say("Error:", "错误：")
    stderr().print(f"[bold red]{label}[/] {escape(printable(message))}", soft_wrap=True)


def note(message: str) -> None:
    """Say something on stderr that a person should know but that stops nothing."""
    stderr().print(f"[yellow]{escape(printable(message))}[/]", soft_wrap=True)


@contextmanager
def bars(opening: str) -> Iterator[Progress]:
    """Progress bars on stderr, one a stage, gone at the end; `opening` stands there until the first stage reports.

    Where stderr is no terminal (a log), each stage is one line when it begins.
    """
    console = stderr()
    if not console.is_terminal:
        yield _log_stages(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with RichProgress(*columns, console=console, transient=True) as shown:
        tasks = {"": shown.add_task(opening, total=None)}

        def progress(stage: str, done: int, total: int) -> None:
            if "" in tasks:
                shown.remove_task(tasks.pop(""))
            if stage not in tasks:
                tasks[stage] = shown.add_task("")
            description = f"{wording.stage(stage)} {done}/{total}" if total else wording.stage(stage)
            shown.update(tasks[stage], description=description, completed=done, total=total or None)

        yield progress


def _log_stages(console: Console) -> Progress:
    begun: set[str] = set()

    def progress(stage: str, _done: int, _total: int) -> None:
        if stage not in begun:
            begun.add(stage)
            console.print(f"{wording.stage(stage)} …")

    return progress
