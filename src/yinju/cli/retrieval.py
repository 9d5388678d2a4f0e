"""`yinju eval retrieval`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from yinju.cli.gating import FailUnder, check_gates
from yinju.cli.options import Negatives
from yinju.cli.terminal import bars, note, stdout
from yinju.cli.wording import say
from yinju.evaluation.gates import read_gates
from yinju.evaluation.squad import read_squad
from yinju.evaluation.texts import read_articles
from yinju.settings import Settings

if TYPE_CHECKING:
    from yinju.evaluation.retrieval import Retrieval


def retrieval(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.json",
            exists=True,
            dir_okay=False,
            help=say("Paragraphs and questions on them, in SQuAD's format.", "段落及其问题，SQuAD 格式。"),
        ),
    ],
    questions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            exists=True,
            dir_okay=False,
            help=say(
                "Ask the questions of the same ids from this file, in another language.",
                "改用此文件中编号相同的问题（另一种语言）。",
            ),
        ),
    ] = None,
    negatives: Negatives = None,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="OUT", dir_okay=False, help=say("Write the figures here.", "把结果写入此文件。")
        ),
    ] = None,
    fail_under: FailUnder = None,
) -> None:
    gates = read_gates(fail_under or [])
    settings = Settings.load()
    corpus = read_squad(file)
    wording = None if questions is None else read_squad(questions)
    articles = read_articles(negatives or [])
    from yinju.evaluation.encoders import cached_encoder
    from yinju.evaluation.retrieval import evaluate_retrieval, plan

    search = plan(corpus, wording, articles)
    with (
        bars(say("Opening the model", "正在打开模型")) as progress,
        cached_encoder(settings, progress) as (encoder, cache),
    ):
        found = evaluate_retrieval(search, encoder, progress)
    if cache.problem is not None:
        note(cache.problem)
    if json_file is not None:
        json_file.write_text(json.dumps(found.to_json(), indent=1) + "\n", encoding="utf-8")
    _draw(found, search.left_out)
    check_gates(gates, _by_name(found))


def _draw(found: Retrieval, left_out: Mapping[str, int]) -> None:
    passages, questions = found.passages, found.questions
    typer.echo(say(f"{questions:,} questions to {passages:,} passages", f"{passages:,} 个段落，{questions:,} 个问题"))
    reasons = {
        "impossible": say("marked as impossible to answer", "标为无法回答"),
        "missing": say("not in the file of other questions", "另一语言的文件中没有"),
        "blank": say("blank", "空白"),
    }
    for reason, count in left_out.items():
        typer.echo(say(f"left out: {count:,} {reasons[reason]}", f"略去：{count:,} 个{reasons[reason]}"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("", *found.channels):
        table.add_column(name)
    for name in next(iter(found.channels.values())):
        cells = (figures[name] for figures in found.channels.values())
        table.add_row(name, *(f"{each.value:.3f} \\[{each.low:.3f}, {each.high:.3f}]" for each in cells))
    stdout().print(table)


def _by_name(found: Retrieval) -> dict[str, float]:
    """`fused.recall@1` and the like; those of what the service uses by their short names too."""
    named = {
        f"{channel}.{name}": figure.value
        for channel, figures in found.channels.items()
        for name, figure in figures.items()
    }
    return {**{name: figure.value for name, figure in found.channels["fused"].items()}, **named}
