"""`yinju documents`. Reads the catalogue alone: no model is loaded."""

from __future__ import annotations

from rich import box
from rich.table import Table

from yinju import wire
from yinju.cli.options import AsJson
from yinju.cli.terminal import note, print_json, printable, stdout
from yinju.cli.wording import say
from yinju.records import DocumentSummary
from yinju.settings import Settings

CATALOGUE = "catalogue.db"
PAGE = 1000


def documents(as_json: AsJson = False) -> None:
    settings = Settings.load()
    found = _stored(settings)
    if as_json:
        print_json({"documents": [wire.document(summary) for summary in found], "next": None})
    elif found:
        stdout().print(_table(found))
    else:
        where = settings.index
        note(
            say(f"No documents in {where}. Run: yinju index FOLDER", f"{where} 中没有文件。请运行：yinju index 文件夹")
        )


def _stored(settings: Settings) -> list[DocumentSummary]:
    from yinju.catalogue import Catalogue

    path = settings.index / CATALOGUE
    if not path.is_file():  # opening would make one
        return []
    found: list[DocumentSummary] = []
    with Catalogue(path) as catalogue:
        while page := catalogue.documents(PAGE, found[-1].id if found else None):
            found += page
    return found


def _table(found: list[DocumentSummary]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(say("id", "编号"), overflow="fold", style="bold")
    table.add_column(say("title", "标题"), overflow="fold")
    table.add_column(say("date", "日期"), no_wrap=True)
    table.add_column(say("passages", "段落"), justify="right", no_wrap=True)
    table.add_column(say("updated", "更新时间"), no_wrap=True)
    for summary in found:
        updated = summary.updated_at[:16].replace("T", " ")
        table.add_row(summary.id, printable(summary.title), summary.date or "", str(summary.passages), updated)
    return table
