"""With no network but the machine's own, everything works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.service import ROOT, surroundings
from yinju.encoder.bundled import ensure_bundled
from yinju.settings import Settings

pytestmark = pytest.mark.faults


def test_a_day_without_a_network(tmp_path: Path) -> None:
    ensure_bundled(Settings.load().home)  # set-up aside
    told = subprocess.run(
        ["unshare", "--net", sys.executable, "-m", "tests.faults.offline", str(tmp_path)],
        cwd=ROOT, env=surroundings(), capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if "unshare failed" in told.stderr and os.environ.get("CI") != "true":
        pytest.skip("needs the right to make a network namespace")
    log = tmp_path / "index.log"
    assert told.returncode == 0, told.stdout + told.stderr + (log.read_text() if log.exists() else "")
