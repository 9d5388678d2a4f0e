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
    ],
)
def test_a_value_out_of_bounds_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name} is not usable: .+ Correct it or unset it\.$"):
        Settings.load()


@pytest.mark.parametrize("name", ["YINJU_SEED", "yinju_seed"])
def test_an_unknown_name_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "reports")
    with pytest.raises(SettingsError, match=rf"^Unknown setting {name}\. Known are .*YINJU_SEEDS"):
        Settings.load()
