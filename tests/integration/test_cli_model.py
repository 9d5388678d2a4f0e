"""`yinju model` over the real model."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from yinju.cli import app
from yinju.encoder import Encoder
from yinju.encoder.manifest import bundled_folder
from yinju.settings import Settings


def test_model_prints_where_the_built_model_is(encoder: Encoder) -> None:
    result = CliRunner().invoke(app, ["model"])
    assert (result.exit_code, result.stdout) == (0, f"{bundled_folder(Settings.load().home)}\n")


def test_model_opens_another_model_to_check_it(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(bundled_folder(Settings.load().home))
    monkeypatch.setenv("YINJU_MODEL", folder)
    assert CliRunner().invoke(app, ["model"]).stdout == f"{folder}\n"
    monkeypatch.setenv("YINJU_MODEL", f"{folder}/nothing/here")
    result = CliRunner().invoke(app, ["model"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: YINJU_MODEL=")
