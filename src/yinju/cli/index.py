"""`yinju index` and `yinju model`: what has to be made before a question can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from yinju.cli.opening import opened
from yinju.cli.options import ACTOR, Collection, checked_collection
from yinju.cli.terminal import bars, printable, stdout
from yinju.cli.wording import say
from yinju.encoder import open_encoder
from yinju.encoder.manifest import Manifest, bundled_folder
from yinju.errors import InvalidRequest
from yinju.progress import Progress
from yinju.records import DEFAULT_COLLECTION
from yinju.settings import Settings

if TYPE_CHECKING:
    from yinju.indexing import IndexReport


def index(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            show_default=False,
            help=say("Folders of documents; YINJU_SEEDS where none is named.", "文件夹；不写则为 YINJU_SEEDS。"),
        ),
    ] = None,
    collection: Collection = DEFAULT_COLLECTION,
    restore: Annotated[
        bool,
        typer.Option(
            "--restore",
            help=say(
                "Also bring back documents that were deleted or replaced by hand while their files stayed.",
                "同时恢复被人删除或替换、但文件仍在文件夹中的文件。",
            ),
        ),
    ] = False,
) -> None:
    from yinju.indexing import Way

    settings = Settings.load()
    wanted = folders or [_seeds(settings)]
    way = Way(checked_collection(collection), restore, ACTOR)
    with opened(settings) as (library, progress):
        reports = [(folder, library.index(folder, progress, way)) for folder in wanted]
    for folder, report in reports:
        _print_report(folder, report)
    if all(report.refused and not _holds(report) for _, report in reports):
        raise typer.Exit(1)


def _seeds(settings: Settings) -> Path:
    if not settings.seeds.is_dir():
        raise InvalidRequest(
            f"There is no folder {settings.seeds} to index. Name one: yinju index FOLDER, or set YINJU_SEEDS."
        )
    return settings.seeds


def _holds(report: IndexReport) -> bool:
    return bool(report.added or report.replaced or report.moved or report.unchanged or report.withdrawn)


def _print_report(folder: Path, report: IndexReport) -> None:
    counts = [
        (len(report.added), say("added", "新增"), "green"),
        (len(report.replaced), say("replaced", "更新"), "cyan"),
        (len(report.moved), say("moved", "移动"), "cyan"),
        (len(report.removed), say("removed", "移除"), "magenta"),
        (len(report.unchanged), say("unchanged", "未变"), "dim"),
        (len(report.withdrawn), say("withdrawn", "已撤下"), "dim"),
        (len(report.refused), say("refused", "未收录"), "yellow"),
    ]
    shown = [f"[{style}]{count} {label}[/]" for count, label, style in counts if count]
    total = ", ".join(shown) or say("nothing to index", "没有可收录的文件")
    console = stdout()
    console.print(f"[bold]{_safe(str(folder))}[/]: {total}", soft_wrap=True)
    lines = [f"  [green]+[/] {_safe(name)}" for name in report.added]
    lines += [f"  [cyan]~[/] {_safe(name)}" for name in report.replaced]
    lines += [f"  [cyan]>[/] {_safe(old)} → {_safe(new)}" for old, new in report.moved]
    lines += [f"  [magenta]-[/] {_safe(name)}" for name in report.removed]
    lines += [f"  [dim]×[/] {_safe(name)}: {_safe(_WITHDRAWN)}" for name in report.withdrawn]
    lines += [f"  [yellow]![/] {_safe(_refusal(name, why))}" for name, why in report.refused]
    for line in lines:
        console.print(line, soft_wrap=True)


_WITHDRAWN = say(
    "deleted or replaced by hand; comes back when the file changes, or with --restore",
    "已被人删除或替换；文件有改动时或使用 --restore 时恢复",
)


def _refusal(name: str, why: str) -> str:
    """What a reader says of a file begins with its name already."""
    return why if why.startswith(f"{name} ") else f"{name}: {why}"


def _safe(text: str) -> str:
    return escape(printable(text))


def model() -> None:
    settings = Settings.load()
    with bars(say("Checking the model", "正在检查模型")) as progress:
        place = _checked_model(settings, progress)
    typer.echo(place)


def _checked_model(settings: Settings, progress: Progress) -> str:
    """The model's folder, or the name it is known by."""
    if settings.model is not None:
        open_encoder(settings, progress)
        return settings.model
    folder = bundled_folder(settings.home)
    if folder.is_dir():  # checked without torch, which takes seconds to load
        Manifest.read(folder).verify(folder)
        return str(folder)
    from yinju.encoder.bundled import ensure_bundled

    return str(ensure_bundled(settings.home, progress))
