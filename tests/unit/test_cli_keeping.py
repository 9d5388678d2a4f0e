"""The commands that add, delete, check, save and put back, over a real index with vectors counted by hand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fakes import CharacterEncoder
from tests.storing import flipped
from yinju.catalogue import Catalogue
from yinju.cli import app
from yinju.library import CATALOGUE, DERIVED, Library
from yinju.progress import Progress, silent
from yinju.settings import Settings

Run = Callable[..., Result]
HOSTILE = "[/red] 夜校[bold] \u202e总结"  # what a terminal, or rich, would act on


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two reports, English, and no model that would have to be loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")

    def counting(settings: Settings, progress: Progress = silent) -> Library:
        return Library(settings, Catalogue(settings.index / CATALOGUE), CharacterEncoder())

    monkeypatch.setattr(Library, "open", counting)
    (tmp_path / "夜校.md").write_text(f"# {HOSTILE}\n\n开办夜校一百期。\n", "utf-8")
    (tmp_path / "书画.txt").write_text("展出作品若干件。\n", "utf-8")
    return tmp_path


@pytest.fixture
def run() -> Run:
    return lambda *arguments, **rest: CliRunner().invoke(app, list(arguments), **rest)


@pytest.fixture
def added(run: Run) -> None:
    assert run("add", "夜校.md", "书画.txt").exit_code == 0


def listed(run: Run) -> dict[str, str]:
    return {each["id"]: each["name"] for each in json.loads(run("documents", "--json").stdout)["documents"]}


def test_adding_prints_ids_and_titles_as_they_are(run: Run) -> None:
    done = run("add", "夜校.md", "书画.txt", "--collection", "青年")
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert first == "+ 夜校  " + HOSTILE.replace("\u202e", "\ufffd")
    assert second == "+ 书画  书画"
    assert listed(run) == {"书画": "书画.txt", "夜校": "夜校.md"}


def test_what_can_not_be_read_is_told_and_the_others_are_added(run: Run, place: Path) -> None:
    (place / "空.txt").write_text("")
    done = run("add", "空.txt", "书画.txt")
    assert done.exit_code == 1
    assert done.stdout == "+ 书画  书画\n"
    assert done.stderr.startswith("Error: 空.txt holds no text.")
    assert run("add", "书画.txt", "--collection", "a b").exit_code == 2


def test_removing_asks_first(run: Run, added: None) -> None:
    kept = run("remove", "夜校", input="n\n")
    assert kept.exit_code == 0
    assert "Delete 夜校 ([/red] 夜校[bold] \ufffd总结) with all its versions?" in kept.stderr
    assert "夜校" in listed(run)
    gone = run("remove", "夜校", "--yes")
    assert (gone.exit_code, gone.stdout) == (0, "- 夜校 (passages: 1, vectors: 2, versions: 1)\n")
    assert listed(run) == {"书画": "书画.txt"}
    again = run("remove", "书画", "夜校", "-y")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "'夜校' was deleted on" in again.stderr
    assert listed(run) == {"书画": "书画.txt"}  # nothing was deleted where one id is wrong


def test_verifying_and_repairing(run: Run, added: None, place: Path) -> None:
    run("search", "夜校")
    assert run("verify").stdout == "Everything is as it was written.\n"
    flipped(next((place / "index" / DERIVED).glob("*/*/texts.utf8")), lambda data: len(data) // 2)
    found = run("verify")
    assert found.exit_code == 1
    assert found.stdout.startswith("✗ indexes ")
    assert "1 found. Run: yinju verify --repair" in found.stderr
    repaired = run("verify", "--repair")
    assert repaired.exit_code == 0
    assert repaired.stdout.splitlines()[0].startswith("✓ indexes ")
    assert repaired.stdout.splitlines()[1] == "1 found, all made anew."
    assert run("verify").exit_code == 0


def test_what_can_not_be_repaired_is_told(run: Run, added: None, place: Path) -> None:
    with closing(sqlite3.connect(place / "index" / CATALOGUE)) as connection, connection:
        connection.execute("UPDATE originals SET data = zeroblob(3)")
    left = run("verify", "--repair")
    assert left.exit_code == 1
    assert left.stdout.count("✗ uploaded bytes ") == 2
    assert "2 of 2 can't be made anew here. Restore a backup: yinju restore FILE" in left.stderr


def test_saving_and_putting_back(run: Run, added: None, place: Path) -> None:
    saved = run("backup", "all [1].tar")
    assert saved.exit_code == 0
    assert saved.stdout == f"all [1].tar: {(place / 'all [1].tar').stat().st_size:,} bytes\n"
    assert run("backup", "all [1].tar").exit_code == 2
    run("remove", "夜校", "-y")
    back = run("restore", "all [1].tar")
    assert (back.exit_code, back.stdout) == (0, "documents: 1\n")
    assert "Deleted since the backup, and left so: 夜校. --with-deleted brings them back." in back.stderr
    assert listed(run) == {"书画": "书画.txt"}
    assert run("restore", "all [1].tar", "--with-deleted").stdout == "documents: 2\n"
    assert set(listed(run)) == {"书画", "夜校"}
    (place / "all [1].tar").write_bytes(b"no tar")
    refused = run("restore", "all [1].tar")
    assert refused.exit_code == 2
    assert "Nothing was changed" in refused.stderr


def test_what_a_restoring_could_not_keep_is_told(run: Run, added: None, place: Path) -> None:
    run("backup", "all.tar")
    told = run("restore", "all.tar").stderr
    assert (
        "There are no keys, neither here nor in the backup. Before anyone else is let in: yinju keys add NAME" in told
    )
    assert "could not be read" not in told
    run("keys", "add", "importer")
    (place / "index" / CATALOGUE).write_bytes(b"no database" * 100)
    told = run("restore", "all.tar").stderr
    assert "what was deleted since the backup is back. Delete it once more: yinju remove ID" in told
    assert "no keys" not in told


def test_the_audit_lists_who_changed_what(run: Run, added: None) -> None:
    run("remove", "夜校", "-y")
    entries = json.loads(run("audit", "--json", "--limit", "2").stdout)["entries"]
    assert [(entry["actor"], entry["action"], entry["document_id"]) for entry in entries] == [
        ("command line", "remove", "夜校"), ("command line", "store", "书画")
    ]  # fmt: skip
    assert "书画 v1" in run("audit").stdout


def test_withdrawn_files_are_told_and_restored(run: Run, place: Path) -> None:
    (place / "seeds").mkdir()
    (place / "书画.txt").rename(place / "seeds" / "书画.txt")
    run("index")
    run("remove", "书画", "-y")
    assert run("index").stdout == (
        "seeds: 1 withdrawn\n  × 书画.txt: deleted or replaced by hand; comes back when the file changes, or with "
        "--restore\n"
    )
    assert run("index", "--restore").stdout == "seeds: 1 added\n  + 书画.txt\n"
    assert listed(run) == {"书画-2": "书画.txt"}
