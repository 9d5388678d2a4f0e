"""`yinju eval`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from yinju.cli.opening import opened
from yinju.cli.terminal import printable
from yinju.cli.wording import say
from yinju.errors import InvalidRequest
from yinju.evaluation import evaluate, lines, misses, read_questions, to_json
from yinju.progress import Progress
from yinju.settings import Settings

if TYPE_CHECKING:
    from yinju.library import Library


def answers(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl",
            exists=True,
            dir_okay=False,
            help=say("Questions with known answers.", "已知答案的问题。"),
        ),
    ],
    corpus: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help=say("Ask about this folder, indexed for the occasion.", "针对这个文件夹提问（临时建立索引）。"),
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="OUT", dir_okay=False, help=say("Write figures and answers here.", "把结果写入此文件。")
        ),
    ] = None,
    miss: Annotated[
        bool, typer.Option("--miss", help=say("List the questions that went wrong.", "列出答得不对的问题。"))
    ] = False,
) -> None:
    settings = Settings.load()
    questions = read_questions(file)
    with _opened(settings, corpus) as (library, progress):
        evaluation = evaluate(library, questions, progress)
    if json_file is not None:
        json_file.write_text(json.dumps(to_json(evaluation), ensure_ascii=False, indent=1), encoding="utf-8")
    for line in [*lines(evaluation), *(misses(evaluation) if miss else [])]:
        typer.echo(printable(line))


@contextmanager
def _opened(settings: Settings, corpus: Path | None) -> Iterator[tuple[Library, Progress]]:
    """The library to ask: the configured one, or one made of `corpus` alone and forgotten afterwards."""
    if corpus is None:
        with opened(settings) as (library, progress):
            if not library.documents(limit=1):
                raise InvalidRequest("Nothing is indexed to ask about. Run `yinju index FOLDER` or name a --corpus.")
            yield library, progress
        return
    with TemporaryDirectory(prefix="yinju-eval-") as folder:
        aside = settings.model_copy(update={"index": Path(folder)})
        with opened(aside) as (library, progress):
            library.index(corpus, progress)
            yield library, progress
