"""`yinju keys`: who may use the service over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from yinju.cli.options import AsJson, checked_collection
from yinju.cli.terminal import note, print_json, printable, stdout
from yinju.cli.wording import say
from yinju.keys import FILE, Key, KeyStore
from yinju.settings import Settings

keys = typer.Typer(
    help=say("Add, list and revoke the keys of the HTTP interface.", "添加、列出、吊销 HTTP 接口的密钥。"),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@keys.command(help=say(
    "Make a key. It is printed once, alone on standard output, and kept only as a digest.",
    "新建一个密钥。密钥只在标准输出中显示这一次，保存的只是它的摘要。",
))  # fmt: skip
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", show_default=False, help=say("Whom or what it is for.", "给谁或作何用。"))
    ],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help=say(
                "What it allows: read (ask, search, list) or write (add, replace, delete); may be repeated. "
                "Left out: read.",
                "允许做什么：read（提问、查找、列出）或 write（添加、替换、删除）；可多次使用。不写即为 read。",
            )
        ),
    ] = None,
    collection: Annotated[
        list[str] | None,
        typer.Option(
            help=say(
                "Limit it to this collection; may be repeated. Left out: all of them, those to come too.",
                "只限这个资料库；可多次使用。不写即为全部，包括以后新建的。",
            )
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    with _store() as store:
        first = not store.all_keys()  # keys that are lost are made anew by this very command
        key, text = store.add(name, scope or ["read"], [checked_collection(each) for each in collection or ()] or None)
    if as_json:
        print_json({**_object(key), "key": text})
    else:
        typer.echo(text)
    note(
        say(
            "Keep this key now: it can't be shown again. Send it as the header Authorization: Bearer KEY, or enter it "
            "on the page.",
            "请现在保存此密钥：以后无法再次显示。使用时作为请求头 Authorization: Bearer 密钥 发送，或在网页中输入。",
        )
    )
    if first:
        note(
            say(
                "From now on the service answers nobody without a key, this machine included.",
                "从现在起，没有密钥的人都无法使用本服务，包括本机。",
            )
        )


@keys.command("list", help=say("List the keys, revoked ones too.", "列出所有密钥，包括已吊销的。"))
def list_(as_json: AsJson = False) -> None:
    with _store() as store:
        store.exists()  # says so where they are lost
        found = store.all_keys()
    if as_json:
        print_json({"keys": [_object(key) for key in found]})
    elif found:
        stdout().print(_table(found))
    else:
        note(
            say(
                "There are no keys: the service answers this machine alone. Run: yinju keys add NAME",
                "还没有密钥：本服务只供本机使用。请运行：yinju keys add 名称",
            )
        )


@keys.command(help=say("End a key at once, with all its sessions.", "立即吊销一个密钥及其所有会话。"))
def revoke(
    key_id: Annotated[
        str, typer.Argument(metavar="ID", show_default=False, help=say("As `list` shows it.", "见 list 的输出。"))
    ],
) -> None:
    with _store() as store:
        revoked = store.revoke(key_id)
        left = any(key.revoked_at is None for key in store.all_keys())
    name = printable(revoked.name)
    note(say(f"The key {revoked.id} ({name}) is revoked.", f"密钥 {revoked.id}（{name}）已吊销。"))
    if not left:
        note(
            say(
                "No key is valid any more, so nobody can use the service. Run: yinju keys add NAME",
                "已没有有效的密钥，任何人都无法使用本服务。请运行：yinju keys add 名称",
            )
        )


def _store() -> KeyStore:
    return KeyStore(Settings.load().index / FILE)


def _object(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "collections": None if key.collections is None else sorted(key.collections),
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


def _table(found: list[Key]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(say("id", "编号"), no_wrap=True, style="bold")
    table.add_column(say("name", "名称"), overflow="fold")
    table.add_column(say("scopes", "权限"), no_wrap=True)
    table.add_column(say("collections", "资料库"), overflow="fold")
    table.add_column(say("created", "创建时间"), no_wrap=True)
    table.add_column(say("revoked", "吊销时间"), no_wrap=True)
    for key in found:
        limits = say("all", "全部") if key.collections is None else ", ".join(sorted(key.collections))
        times = [(time or "")[:16].replace("T", " ") for time in (key.created_at, key.revoked_at)]
        name, limits = escape(printable(key.name)), escape(printable(limits))
        table.add_row(key.id, name, " ".join(sorted(key.scopes)), limits, *times)
    return table
