from __future__ import annotations

from pathlib import Path

import pytest

from yinju.errors import SettingsError
from yinju.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"YINJU_{field.upper()}", raising=False)


def test_values_come_from_the_environment_and_overrides_go_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_SEEDS", "reports")
    monkeypatch.setenv("YINJU_INDEX", "/srv/index")
    settings = Settings.load(index=Path("elsewhere"), model=None)
    assert (settings.seeds, settings.index, settings.model) == (Path("reports"), Path("elsewhere"), None)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/someone")
    monkeypatch.setenv("YINJU_SEEDS", "~/reports")
    settings = Settings.load()
    assert (settings.seeds, settings.home) == (Path("/srv/someone/reports"), Path("/srv/someone/.cache/yinju"))


@pytest.mark.parametrize(
    "name, value",
    [
        ("YINJU_MIN_CONFIDENCE", "1.01"),
        ("YINJU_MIN_CONFIDENCE", "high"),
        ("YINJU_PUBLIC_URL", "reports.example.org"),
        ("YINJU_THREADS", "-1"),
        ("YINJU_MODEL", ""),
        ("YINJU_MAX_UPLOAD", "a lot"),
        ("YINJU_MAX_UPLOAD", "100"),
        ("YINJU_MAX_UPLOAD", "1TiB"),
        ("YINJU_MAX_UPLOAD", "1000MB"),  # SQLite holds no more in one value
        ("YINJU_ALLOW_ANONYMOUS", "maybe"),
        ("YINJU_ALLOWED_HOSTS", "https://reports.example.org"),
        ("YINJU_ALLOWED_HOSTS", "reports.example.org:8000"),
        ("YINJU_CORS_ORIGINS", "*"),
        ("YINJU_CORS_ORIGINS", "https://intranet.example.org/page"),
        ("YINJU_RATE_LIMIT", "-1"),
        ("YINJU_QUEUE", "0"),
        ("YINJU_REQUEST_TIMEOUT", "0"),
        ("YINJU_LOG_LEVEL", "loud"),
        ("YINJU_LOG_FORMAT", "xml"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name} is not usable: .+ Correct it or unset it\.$"):
        Settings.load()


@pytest.mark.parametrize("size, octets", [("50MiB", 50 * 2**20), ("1048576", 2**20), ("2 MB", 2_000_000)])
def test_a_size_is_written_as_people_write_it(monkeypatch: pytest.MonkeyPatch, size: str, octets: int) -> None:
    monkeypatch.setenv("YINJU_MAX_UPLOAD", size)
    assert Settings.load().max_upload == octets


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_ALLOWED_HOSTS", " Reports.example.org, *.intern , [::1],")
    monkeypatch.setenv("YINJU_CORS_ORIGINS", "https://intranet.example.org:8443")
    settings = Settings.load()
    assert settings.allowed_hosts == ("reports.example.org", "*.intern", "[::1]")
    assert settings.cors_origins == ("https://intranet.example.org:8443",)
    monkeypatch.setenv("YINJU_ALLOWED_HOSTS", " ")
    assert Settings.load().allowed_hosts is None


def test_what_lets_others_in_is_off_by_default() -> None:
    settings = Settings.load()
    assert not settings.allow_anonymous
    assert settings.cors_origins is None
    assert settings.max_upload == 50 * 2**20


@pytest.mark.parametrize("name", ["YINJU_SEED", "yinju_seed"])
def test_an_unknown_name_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "reports")
    with pytest.raises(SettingsError, match=rf"^Unknown setting {name}\. Known are .*YINJU_SEEDS"):
        Settings.load()
