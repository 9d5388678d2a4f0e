from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yinju.cli import app
from yinju.cli.binding import require_safe
from yinju.errors import SettingsError
from yinju.keys import FILE, KeyStore
from yinju.settings import Settings

HERE = ["127.0.0.1", "127.8.9.10", "::1", "localhost", "::ffff:127.0.0.1"]
ANYWHERE = ["0.0.0.0", "::", "", "192.0.2.1", "no-such-host.invalid", "::ffff:192.0.2.1"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(index=tmp_path)


@pytest.mark.parametrize("host", HERE)
def test_without_keys_this_machine_is_served(settings: Settings, host: str) -> None:
    require_safe(host, settings)
    assert list(settings.index.iterdir()) == []


@pytest.mark.parametrize("host", ANYWHERE)
def test_without_keys_nobody_else_is_served_unless_that_is_said(tmp_path: Path, settings: Settings, host: str) -> None:
    with pytest.raises(SettingsError, match="yinju keys add"):
        require_safe(host, settings)
    require_safe(host, Settings.load(index=tmp_path, allow_anonymous=True))


def test_a_name_that_is_partly_of_this_machine_is_not(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.1", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(SettingsError):
        require_safe("both.example", settings)


@pytest.mark.parametrize("host", [*HERE, *ANYWHERE])
def test_with_a_key_everyone_is_served_even_when_it_is_revoked(settings: Settings, host: str) -> None:
    with KeyStore(settings.index / FILE) as store:
        key, _ = store.add("a")
        require_safe(host, settings)
        store.revoke(key.id)
    require_safe(host, settings)


@pytest.mark.parametrize("locale, words", [("C.UTF-8", "Make a key"), ("zh_CN.UTF-8", "请新建密钥")])
def test_the_command_refuses_to_start_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", locale)
    result = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--port", "0"])
    assert result.exit_code == 2
    assert words in result.stderr
    assert "YINJU_ALLOW_ANONYMOUS=true" in result.stderr
