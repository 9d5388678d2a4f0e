from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from yinju.access import SCOPES
from yinju.cli import app
from yinju.keys import FILE, KeyStore

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in an empty folder, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *arguments: CliRunner().invoke(app, ["keys", *arguments])


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "index" / FILE)


def test_a_key_is_alone_on_standard_output_and_works(run: Run, store: KeyStore) -> None:
    result = run("add", "办公室", "--scope", "read", "--scope", "write", "--collection", "年报")
    assert result.exit_code == 0
    access = store.access(result.stdout.removesuffix("\n"))
    assert access is not None
    assert (access.name, access.scopes, access.collections) == ("办公室", frozenset(SCOPES), frozenset(["年报"]))
    assert "can't be shown again" in result.stderr
    assert "nobody without a key" in result.stderr
    assert "nobody without a key" not in run("add", "second").stderr


def test_a_key_may_read_everything_and_write_nothing_unless_said(run: Run, store: KeyStore) -> None:
    result = run("add", "a", "--json")
    made = json.loads(result.stdout)
    access = store.access(made.pop("key"))
    assert access is not None
    assert (access.scopes, access.collections) == (frozenset(SCOPES[:1]), None)
    assert made == {
        "id": access.key_id, "name": "a", "scopes": ["read"], "collections": None, "created_at": made["created_at"],
        "revoked_at": None,
    }  # fmt: skip
    assert json.loads(run("list", "--json").stdout) == {"keys": [made]}


def test_the_list_shows_what_a_key_may_do_and_nothing_to_use_it_with(run: Run) -> None:
    text = run("add", "办公室", "--collection", "年报").stdout.strip()
    run("add", "[red]b[/]", "--scope", "write")
    listed = run("list").stdout
    assert "办公室" in listed
    assert "年报" in listed
    assert "write" in listed
    assert "[red]b[/]" in listed
    assert text[3:15] in listed
    assert text[16:] not in listed


def test_without_keys_the_list_says_who_may_use_the_service(run: Run) -> None:
    result = run("list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "this machine alone" in result.stderr
    assert not Path("index").exists()


def test_revoking_ends_a_key_and_says_when_none_is_left(run: Run, store: KeyStore) -> None:
    first, second = (run("add", name).stdout.strip() for name in "ab")
    result = run("revoke", first[3:15])
    assert (result.exit_code, store.access(first)) == (0, None)
    assert "nobody can use the service" not in result.stderr
    assert store.access(second) is not None
    assert "nobody can use the service" in run("revoke", second[3:15]).stderr
    assert "20" in run("list").stdout.splitlines()[-1][-20:]


@pytest.mark.parametrize(
    "arguments", [("revoke", "none"), ("add", " "), ("add", "a", "--scope", "admin"), ("add", "a", "--collection", "")]
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert result.stdout == ""


def test_it_speaks_chinese_where_the_terminal_does(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "无法再次显示" in run("add", "a").stderr


def test_keys_that_are_lost_are_told_and_made_anew(run: Run, store: KeyStore) -> None:
    run("add", "a")
    (Path("index") / FILE).unlink()
    listed = run("list")
    assert listed.exit_code != 0
    assert "this machine alone" not in listed.stderr
    result = run("add", "b")
    assert (result.exit_code, "nobody without a key" in result.stderr) == (0, True)
    assert store.access(result.stdout.strip()) is not None


def test_a_collection_is_named_as_documents_name_it(run: Run, store: KeyStore) -> None:
    """Composed, as the index has it; what can't be a collection's name is refused."""
    access = store.access(run("add", "a", "--collection", "cafe\u0301").stdout.removesuffix("\n"))
    assert access is not None
    assert access.collections == frozenset(["caf\u00e9"])
    assert run("add", "b", "--collection", "a b").exit_code == 2
