from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from yinju.catalogue import Catalogue
from yinju.status import status_of


def test_the_bytes_of_all_files_are_counted(tmp_path: Path) -> None:
    (tmp_path / "derived" / "7" / "lexical").mkdir(parents=True)
    (tmp_path / "derived" / "7" / "vectors").write_bytes(b"12345")
    (tmp_path / "derived" / "7" / "lexical" / "terms").write_bytes(b"123")
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        assert status_of(catalogue, tmp_path / "derived", None).bytes["derived"] == 8
        assert status_of(catalogue, tmp_path / "none", None).bytes["derived"] == 0


def test_a_folder_may_vanish_while_it_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unfinished = tmp_path / "derived" / "unfinished"
    unfinished.mkdir(parents=True)
    (tmp_path / "derived" / "current").write_bytes(b"123")
    scandir = os.scandir

    def vanishing(path: Any = ".") -> Any:
        if path in (unfinished, str(unfinished)):
            shutil.rmtree(unfinished)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        assert status_of(catalogue, tmp_path / "derived", None).bytes["derived"] == 3
