"""`yinju verify`, `reindex`, `backup`, `restore` and `audit`: what keeps an index what it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from yinju.cli.opening import opened
from yinju.cli.options import ACTOR, AsJson
from yinju.cli.terminal import bars, note, print_json, printable, stdout
from yinju.cli.wording import say
from yinju.settings import Settings

if TYPE_CHECKING:
    from yinju.verification import Finding

_PARTS = {
    "catalogue": say("catalogue", "目录库"),
    "text": say("text", "正文"),
    "structure": say("structure", "结构"),
    "original": say("uploaded bytes", "上传的原文件"),
    "vectors": say("vectors", "向量"),
    "indexes": say("indexes", "索引"),
}


def verify(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help=say(
                "Make anew what can be: indexes, vectors, and texts whose files are still there.",
                "重建能重建的部分：索引、向量，以及原文件仍在的正文。",
            ),
        ),
    ] = False,
) -> None:
    settings = Settings.load()
    with opened(settings) as (library, progress):
        found = library.verify(progress)
        left = library.repair(found, progress) if repair and found else found
    for finding in found:
        mark = "[green]✓[/]" if finding not in left else "[red]✗[/]"
        stdout().print(f"{mark} {_described(finding)}", soft_wrap=True)
    _conclude(len(found), len(left), repair)


def _described(finding: Finding) -> str:
    return escape(f"{_PARTS[finding.part]} {printable(finding.where)}: {printable(finding.what)}")


def _conclude(found: int, left: int, repair: bool) -> None:
    if not found:
        stdout().print(say("Everything is as it was written.", "一切完好。"))
    elif not left:
        stdout().print(say(f"{found} found, all made anew.", f"发现 {found} 处，均已重建。"))
    elif repair:
        note(say(
            f"{left} of {found} can't be made anew here. Restore a backup: yinju restore FILE",
            f"{found} 处中有 {left} 处无法重建。请从备份恢复：yinju restore 文件",
        ))  # fmt: skip
    else:
        note(say(
            f"{found} found. Run: yinju verify --repair", f"发现 {found} 处。请运行：yinju verify --repair"
        ))  # fmt: skip
    if left:
        raise typer.Exit(1)


def reindex(
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help=say(
                "Then delete what other models made, which would make going back quick.",
                "完成后删除其他模型的结果（保留它们可以快速换回）。",
            ),
        ),
    ] = False,
) -> None:
    with opened(Settings.load()) as (library, progress):
        done = library.reindex(progress, ACTOR)
        forgotten = library.forget_others() if prune else []
    stdout().print(say(f"{done.documents} encoded anew", f"重新编码 {done.documents} 份文件"))
    if forgotten:
        stdout().print(say(f"{len(forgotten)} other encodings deleted", f"已删除其他 {len(forgotten)} 套编码"))
    elif done.others:
        kept = ", ".join(printable(other.encoder) for other in done.others)
        note(say(
            f"Kept, to go back to: {kept}. Delete with: yinju reindex --prune",
            f"保留以便换回：{kept}。删除请运行：yinju reindex --prune",
        ))  # fmt: skip


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help=say("The file to write.", "要写入的文件。"))
    ],
) -> None:
    from yinju.backup import backup as write

    settings = Settings.load()
    with bars(say("Copying", "正在复制")) as progress:
        size = write(settings.index, file, progress)
    shown = escape(printable(str(file)))
    stdout().print(say(f"{shown}: {size:,} bytes", f"{shown}：{size:,} 字节"), soft_wrap=True)


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            show_default=False,
            help=say("What `yinju backup` wrote.", "`yinju backup` 写出的文件。"),
        ),
    ],
    with_deleted: Annotated[
        bool,
        typer.Option(
            "--with-deleted",
            help=say("Bring back what was deleted since, too.", "备份之后删除的文件也一并恢复。"),
        ),
    ] = False,
) -> None:
    from yinju.backup import restore as put_back

    settings = Settings.load()
    done = put_back(settings.index, file, with_deleted=with_deleted, actor=ACTOR)
    stdout().print(say(f"documents: {done.documents}", f"{done.documents} 份文件"))
    if done.stayed_deleted:
        names = ", ".join(map(printable, done.stayed_deleted))
        note(say(
            f"Deleted since the backup, and left so: {names}. --with-deleted brings them back.",
            f"备份之后已删除、未恢复：{names}。如需恢复请用 --with-deleted。",
        ))  # fmt: skip
    if not done.deletions_known:
        note(say(
            "The catalogue that was here could not be read: what was deleted since the backup is back. Delete it once "
            "more: yinju remove ID",
            "原来的目录库无法读取：备份之后删除的文件又回来了。请重新删除：yinju remove 编号",
        ))  # fmt: skip
    if done.keys:
        note(say("The backup's keys were taken, too.", "备份中的密钥也已恢复。"))
    if done.keyless:
        note(say(
            "There are no keys, neither here nor in the backup. Before anyone else is let in: yinju keys add NAME",
            "索引和备份中都没有密钥。要让别人使用，请先运行：yinju keys add 名称",
        ))  # fmt: skip


def audit(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help=say("How many at most.", "最多显示多少条。"))] = 50,
    as_json: AsJson = False,
) -> None:
    from dataclasses import asdict

    from yinju.library import Library

    with Library.open(Settings.load()) as library:
        entries = library.audit(limit)
    if as_json:
        print_json({"entries": [asdict(entry) for entry in entries]})
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in (say("time", "时间"), say("who", "操作者"), say("what", "操作"), say("document", "文件")):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        version = "" if entry.version is None else f" v{entry.version}"
        table.add_row(entry.at, escape(printable(entry.actor)), entry.action, printable(entry.document_id) + version)
    stdout().print(table)
