"""The commands in one application, and what becomes of their errors."""

from __future__ import annotations

import errno
import importlib.metadata
import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from yinju.cli.ask import ask, search
from yinju.cli.documents import documents
from yinju.cli.editing import add, remove
from yinju.cli.evaluate import answers
from yinju.cli.index import index, model
from yinju.cli.keys import keys
from yinju.cli.maintenance import audit, backup, reindex, restore, verify
from yinju.cli.retrieval import retrieval
from yinju.cli.serve import serve
from yinju.cli.terminal import fail
from yinju.cli.wording import say
from yinju.errors import Gone, InvalidRequest, NotFound, SettingsError, UnknownCollection, Unsupported, YinjuError

_WRONGLY_ASKED = (Gone, InvalidRequest, NotFound, SettingsError, UnknownCollection, Unsupported)


class _Commands(TyperGroup):
    """Turns expected errors into one line and an exit status; a traceback is left for what is a bug."""

    def main(self, *args: Any, **rest: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal in GBK can't write every character of a document
        return super().main(*args, **rest)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override] # typer keeps its own base class private
        try:
            return super().invoke(ctx)
        except YinjuError as error:
            fail(str(error))
            raise typer.Exit(2 if isinstance(error, _WRONGLY_ASKED) else 1) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has seen enough: typer ends quietly
                raise
            fail(
                say(
                    f"{error}. Check the path, its permissions and the free space.",
                    f"{error}。请检查路径、权限和剩余空间。",
                )
            )
            raise typer.Exit(1) from error


app = typer.Typer(
    name="yinju",
    cls=_Commands,
    help=say(
        "Answers questions about an organisation's reports and quotes the source for every word it says.",
        "引据：回答关于本单位报告的问题，每一句话都引用原文。",
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
evaluations = typer.Typer(
    help=say("Measure how good the answers are.", "衡量回答的质量。"),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yinju {_version()}")
        raise typer.Exit


def _version() -> str:
    try:
        return importlib.metadata.version("yinju")
    except importlib.metadata.PackageNotFoundError:
        return say("(not installed: run from its source)", "（未安装：直接从源代码运行）")


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help=say("Print the version and exit.", "显示版本。")
        ),
    ] = False,
) -> None:
    pass


app.command(help=say(
    "Bring the index up to date with folders of documents. Files that can't be read are listed with the reason; the "
    "exit status is 1 only when they are all there was.",
    "让索引与文件夹中的文件保持一致。无法读取的文件会列出原因；只有全部文件都无法读取时才以状态 1 退出。",
))(index)  # fmt: skip
app.command(help=say("Answer a question with quotes from the reports.", "回答一个问题，并引用报告原文。"))(ask)
app.command(help=say("Find the passages nearest to a question.", "查找与问题最接近的段落。"))(search)
app.command(help=say("List the documents in the index.", "列出已收录的文件。"))(documents)
app.command(help=say("Serve the chat page and the HTTP interface.", "启动网页和 HTTP 接口。"))(serve)
app.command(help=say(
    "Build the model where it is missing, check it, and print its folder.", "构建并检查模型，显示它所在的文件夹。"
))(model)  # fmt: skip
app.command(help=say(
    "Add single files, which the index then keeps a copy of.", "收录单个文件，索引中保存其副本。"
))(add)  # fmt: skip
app.command(help=say("Delete documents with all their versions.", "删除文件及其全部版本。"))(remove)
app.command(help=say(
    "Check the whole store: texts, offsets, vectors, indexes. The exit status is 1 when something is left wrong.",
    "检查全部存储：正文、位置、向量、索引。仍有问题时退出状态为 1。",
))(verify)  # fmt: skip
app.command(help=say(
    "Encode every document for this model beside what serves, then serve that: needed after a change of model or an "
    "upgrade. Cut short, it goes on where it was.",
    "用当前模型重新编码全部文件，完成前照常服务，完成后切换：更换模型或升级后使用。中断后可继续。",
))(reindex)  # fmt: skip
app.command(help=say(
    "Write everything that can't be made anew to one file, also while the service runs.",
    "把无法重建的全部内容写入一个文件，服务运行时也可使用。",
))(backup)  # fmt: skip
app.command(help=say("Put a backup in place, after checking it.", "检查并恢复备份。"))(restore)
app.command(help=say("List who changed what.", "列出谁做了什么更改。"))(audit)
evaluations.command(help=say(
    "Ask every question of a file (JSON Lines) and print how good the answers were.",
    "逐一提出文件（JSON Lines）中的问题，显示回答质量。",
))(answers)  # fmt: skip
evaluations.command(help=say(
    "Measure how often each channel (dense, lexical, late, fused) finds a question's own paragraph in a file.",
    "衡量各检索通道（dense、lexical、late、fused）能否在全部段落中找到问题所属的段落。",
))(retrieval)  # fmt: skip
app.add_typer(keys, name="keys")
app.add_typer(evaluations, name="eval")
