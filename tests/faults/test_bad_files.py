"""Every bad file through the real worker: refused for what it is, soon, leaving nothing behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.badfiles import BadFile, bad_files
from yinju.errors import Unreadable
from yinju.readers import read_file

pytestmark = pytest.mark.faults

LONGEST = 20.0  # seconds, on a machine that does other things as well


@pytest.mark.parametrize("bad", bad_files(), ids=str)
def test_bad_files_are_refused(bad: BadFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    started = time.monotonic()
    with pytest.raises(Unreadable) as error:
        read_file(bad.name, bad.data)
    assert error.value.reason in bad.reasons
    assert time.monotonic() - started < LONGEST
    assert list(tmp_path.iterdir()) == []
    assert not Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
