"""`yinju eval answers`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from yinju.cli.gating import FailOver, FailUnder, check_gates
from yinju.cli.options import Negatives
from yinju.cli.terminal import bars, note, printable, stdout
from yinju.cli.wording import say
from yinju.errors import InvalidRequest
from yinju.evaluation import Answering, evaluate, figures, lines, misses, off_topic, read_questions, to_json
from yinju.evaluation.gates import read_gates
from yinju.evaluation.plot import reliability_svg
from yinju.evaluation.squad import read_squad
from yinju.evaluation.texts import read_articles
from yinju.progress import Progress
from yinju.settings import Settings

if TYPE_CHECKING:
    from yinju.evaluation.trust import Count, Trust


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
    negatives: Negatives = None,
    off_topic_file: Annotated[
        Path | None,
        typer.Option(
            "--off-topic",
            metavar="FILE.json",
            exists=True,
            dir_okay=False,
            help=say(
                "Ask 200 questions of this file too, in SQuAD's format, that the documents do not answer.",
                "再提出此文件（SQuAD 格式）中的 200 个与文件无关的问题。",
            ),
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="OUT", dir_okay=False, help=say("Write figures and answers here.", "把结果写入此文件。")
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.svg",
            dir_okay=False,
            help=say("Draw the reliability of confidence here.", "把置信度的可靠性图画到此文件。"),
        ),
    ] = None,
    fail_under: FailUnder = None,
    fail_over: FailOver = None,
    miss: Annotated[
        bool, typer.Option("--miss", help=say("List the questions that went wrong.", "列出答得不对的问题。"))
    ] = False,
) -> None:
    gates = read_gates(fail_under or [], fail_over or [])
    if plot is not None and plot.suffix.lower() != ".svg":
        raise InvalidRequest(f"{plot} is no name for the plot, which is SVG. Give it the ending .svg.")
    settings = Settings.load()
    questions = read_questions(file)
    if off_topic_file is not None:
        questions += off_topic(read_squad(off_topic_file))
    with _opened(settings, corpus, read_articles(negatives or [])) as (library, candid, progress):
        evaluation = evaluate(library, questions, progress, candid)
    trust = evaluation.trust()
    if json_file is not None:
        found = {**to_json(evaluation), "trust": trust.to_json()}
        json_file.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    if plot is not None and trust.calibration is not None:
        plot.write_text(reliability_svg(trust.calibration), encoding="utf-8")
    for line in [*lines(evaluation), *(misses(evaluation) if miss else [])]:
        typer.echo(printable(line))
    _draw(trust)
    check_gates(gates, figures(evaluation))


@contextmanager
def _opened(
    settings: Settings, corpus: Path | None, articles: Sequence[str]
) -> Iterator[tuple[Answering, Answering | None, Progress]]:
    """The library to ask, the same without a threshold, and the bars to report to.

    Articles are never put into the configured index: beside them stand the documents that `yinju index` would read.
    """
    from yinju.evaluation.encoders import cached_encoder
    from yinju.evaluation.libraries import configured, made_of

    with (
        bars(say("Opening the model and the index", "正在打开模型和索引")) as progress,
        cached_encoder(settings, progress, queries=False) as (encoder, cache),
    ):
        if corpus is None and not articles:
            library = configured(settings, encoder)
        else:
            library = made_of(settings, encoder, corpus or settings.seeds, articles, progress)
        with library as (normal, candid):
            yield normal, candid, progress
    if cache.problem is not None:
        note(cache.problem)


def _draw(trust: Trust) -> None:
    typer.echo("")
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("")
    for heading in (
        say("questions", "问题"),
        say("citation recall", "引用召回率"),
        say("citation precision", "引用准确率"),
        say("answered wrongly", "误答"),
        say("refused wrongly", "误拒"),
    ):
        table.add_column(heading, justify="right")
    for group in trust.groups:
        counts = (group.recall, group.precision, group.false_answers, group.false_refusals)
        table.add_row(printable(group.name), str(group.questions), *map(_share, counts))
    stdout().print(table)
    apart, found = trust.separation, trust.calibration
    if apart is not None:
        groups = f"{apart.answerable} / {apart.unanswerable}"
        typer.echo(
            say("AUROC of confidence, answerable / unanswerable questions", "置信度的 AUROC（可答 / 不可答的问题）")
            + f" ({groups}): {apart.auroc:.3f} [{apart.low:.3f}, {apart.high:.3f}]"
        )
    if found is not None:
        typer.echo(
            say(
                f"Calibration error over {len(found.bins)} bins of equal mass, {found.count} questions: ",
                f"校准误差（{len(found.bins)} 个等量分组，{found.count} 个问题）：",
            )
            + f"{found.error:.3f}"
        )


def _share(count: Count) -> str:
    return "" if count.share is None else f"{count.share:.3f} ({count.part}/{count.whole})"
