"""`yinju add` and `yinju remove`: single documents, without a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from yinju.cli.opening import opened
from yinju.cli.options import ACTOR, Collection, checked_collection
from yinju.cli.terminal import fail, printable, stdout
from yinju.cli.wording import say
from yinju.errors import Unreadable
from yinju.records import DEFAULT_COLLECTION
from yinju.settings import Settings


def add(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            show_default=False,
            help=say("Documents to keep a copy of in the index.", "要收录的文件，索引中保存其副本。"),
        ),
    ],
    collection: Collection = DEFAULT_COLLECTION,
) -> None:
    chosen = checked_collection(collection)
    refused = 0
    with opened(Settings.load()) as (library, progress):
        for file in files:
            try:
                added = library.add(file, collection=chosen, actor=ACTOR, progress=progress)
            except Unreadable as error:
                refused += 1
                fail(str(error))
            else:
                stdout().print(f"[green]+[/] {added.id}  {escape(printable(added.title))}", soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def remove(
    document_ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID",
            show_default=False,
            help=say("Ids, as `yinju documents` lists them.", "`yinju documents` 列出的编号。"),
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("Do not ask.", "不再询问。"))] = False,
) -> None:
    from yinju.library import Library

    with Library.open(Settings.load()) as library:
        titles = [(each, library.summary(each).title) for each in document_ids]
        for identifier, title in titles:
            question = say(
                f"Delete {identifier} ({title}) with all its versions?", f"删除 {identifier}（{title}）及其全部版本？"
            )
            if not yes and not typer.confirm(printable(question), err=True):
                continue
            done = library.remove(identifier, actor=ACTOR)
            stdout().print(say(
                f"[magenta]-[/] {identifier} (passages: {done.passages}, vectors: {done.vectors}, "
                f"versions: {done.versions})",
                f"[magenta]-[/] {identifier}：{done.passages} 个段落、{done.vectors} 个向量、"
                f"{done.versions} 个版本",
            ), soft_wrap=True)  # fmt: skip
