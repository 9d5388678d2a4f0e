from __future__ import annotations

from pathlib import Path

import pytest

from yinju.cli.serve import find_checkout
from yinju.errors import Unsupported


def checkout(folder: Path) -> Path:
    for part in ("api", "src/yinju"):
        (folder / part).mkdir(parents=True)
    (folder / "api" / "app.py").touch()
    return folder


def test_the_checkout_is_found_upwards_the_first_start_first(tmp_path: Path) -> None:
    package, other = checkout(tmp_path / "package"), checkout(tmp_path / "other")
    inside = package / "src" / "yinju"
    assert find_checkout(inside, other) == package
    assert find_checkout(tmp_path, other / "api") == other


def test_where_only_the_wheel_is_the_way_out_is_said(tmp_path: Path) -> None:
    somebody_elses = tmp_path / "api"
    somebody_elses.mkdir()
    (somebody_elses / "app.py").touch()
    with pytest.raises(Unsupported, match="make run"):
        find_checkout(tmp_path)
