"""What several commands need to know."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from yinju.cli.wording import say
from yinju.settings import Settings

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000

AsJson = Annotated[
    bool,
    typer.Option("--json", help=say("Print JSON, as the HTTP interface answers.", "输出与 HTTP 接口相同的 JSON。")),
]
TopK = Annotated[int, typer.Option(min=1, max=50, help=say("How many passages at most.", "最多多少个段落。"))]
DocumentIds = Annotated[
    list[str] | None,
    typer.Option(
        "--document",
        metavar="ID",
        help=say("Look into this document only; may be repeated.", "只在这份文件中查找；可多次使用。"),
    ),
]
Negatives = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE.txt",
        exists=True,
        dir_okay=False,
        help=say(
            "Put articles that answer nothing, one a line, among the texts; may be repeated.",
            "混入不含答案的文章，每行一篇；可多次使用。",
        ),
    ),
]


Collection = Annotated[
    str, typer.Option(metavar="NAME", help=say("The collection the documents belong to.", "文件所属的资料库。"))
]
Collections = Annotated[
    list[str] | None,
    typer.Option(
        "--collection",
        metavar="NAME",
        help=say("Look into this collection only; may be repeated.", "只在这个资料库中查找；可多次使用。"),
    ),
]
ACTOR = "command line"
"""Who the audit says changed something."""


def checked_collection(name: str) -> str:
    """Raises InvalidRequest for what can't be a collection's name."""
    from yinju.collections import checked

    return checked(name)


def _is_question(value: str) -> str:
    # Arguments that are not valid in the terminal's encoding arrive as lone surrogates.
    if not value.strip() or any("\ud800" <= character <= "\udfff" for character in value):
        raise typer.BadParameter(say("Write a question, in UTF-8.", "请用 UTF-8 写一个问题。"))
    return value


Question = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION", callback=_is_question, show_default=False, help=say("In any language.", "任何语言均可。")
    ),
]


def address(host: str, port: int) -> str:
    """The URL a browser on this machine finds the service at."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def base_url(settings: Settings) -> str:
    """What links to sources start with: where `yinju serve` would be found."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    return address(os.environ.get("HOST") or DEFAULT_HOST, int(os.environ.get("PORT") or DEFAULT_PORT))
