"""`yinju index`, `reindex` and `model` over an index whose vectors are counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fakes import CharacterEncoder
from yinju.catalogue import Catalogue
from yinju.cli import app
from yinju.encoder.manifest import Manifest, bundled_folder, sha256_of
from yinju.library import CATALOGUE, Library
from yinju.progress import Progress, silent
from yinju.settings import Settings

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, English, and no settings but the defaults."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def catalogued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes for real, into the catalogue the settings name, with vectors counted by hand."""

    def counting(settings: Settings, progress: Progress = silent) -> Library:
        return Library(settings, Catalogue(settings.index / CATALOGUE), CharacterEncoder(settings.model or "counted"))

    monkeypatch.setattr(Library, "open", counting)


@pytest.fixture
def seeds(place: Path) -> Path:
    folder = place / "seeds"
    folder.mkdir()
    (folder / "a.txt").write_text("甲报告\n\n开办青年夜校121期。\n", "utf-8")
    (folder / "b.txt").write_text("乙报告\n\n举办培训班30期。\n", "utf-8")
    return folder


def test_index_reports_what_it_did(run: Run, catalogued: None, seeds: Path) -> None:
    first = run("index")
    assert (first.exit_code, first.stdout) == (0, "seeds: 2 added\n  + a.txt\n  + b.txt\n")
    (seeds / "a.txt").write_text("甲报告\n\n开办青年夜校122期。\n", "utf-8")
    (seeds / "b.txt").unlink()
    (seeds / "c.xyz").write_text("?", "utf-8")
    second = run("index")
    assert second.exit_code == 0
    assert second.stdout.startswith(
        "seeds: 1 replaced, 1 removed, 1 refused\n  ~ a.txt\n  - b.txt\n  ! c.xyz: No reader"
    )
    (seeds / "new").mkdir()
    (seeds / "a.txt").rename(seeds / "new" / "a.txt")
    assert "  > a.txt → new/a.txt\n" in run("index").stdout
    assert run("index").stdout.startswith("seeds: 1 unchanged, 1 refused\n")


def test_a_refused_file_is_named_once(run: Run, catalogued: None, seeds: Path) -> None:
    (seeds / "d.txt").write_text("", "utf-8")
    assert "  ! d.txt holds no text." in run("index").stdout


def test_index_fails_only_when_everything_was_refused(run: Run, catalogued: None, place: Path, seeds: Path) -> None:
    (place / "bad").mkdir()
    assert run("index", "bad").stdout == "bad: nothing to index\n"
    (place / "bad" / "scan.pdf").write_bytes(b"%PDF-1.7")
    assert run("index", "bad").exit_code == 1
    assert run("index", "bad", "seeds").exit_code == 0


def test_another_model_encodes_again_on_request(
    run: Run, catalogued: None, place: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index")
    monkeypatch.setenv("YINJU_MODEL", "another")
    refused = run("index")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "another is configured. Run `yinju reindex`" in refused.stderr
    done = run("reindex")
    assert (done.exit_code, done.stdout) == (0, "2 encoded anew\n")
    assert "Kept, to go back to: counted. Delete with: yinju reindex --prune" in done.stderr
    assert run("index").stdout == "seeds: 2 unchanged\n"
    assert run("reindex", "--prune").stdout == "0 encoded anew\n1 other encodings deleted\n"
    with Catalogue(place / "index" / "catalogue.db") as catalogue:
        assert [origin.encoder for origin in catalogue.complete()] == ["another"]


def test_index_says_which_folder_is_missing(run: Run, catalogued: None, place: Path) -> None:
    result = run("index")
    assert result.exit_code == 2
    assert "no folder seeds" in result.stderr
    assert run("index", "nowhere").exit_code == 2
    assert not (place / "index").exists()


def test_a_log_names_each_stage_once(run: Run, catalogued: None, seeds: Path) -> None:
    assert run("index").stderr.splitlines() == ["Encoding passages …", "Files …", "Building the indexes …"]


@pytest.fixture
def built(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built model's folder as `yinju model` checks it: a file and its digest."""
    monkeypatch.setenv("YINJU_HOME", str(place / "home"))
    folder = bundled_folder(place / "home")
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"numbers")
    Manifest("characters", {"weights": sha256_of(folder / "weights")}).write(folder)
    return folder


def test_model_builds_what_is_missing(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_HOME", str(place / "home"))

    def build(home: Path, progress: Progress) -> Path:
        progress("model", 1, 2)
        return home / "built"

    monkeypatch.setattr("yinju.encoder.bundled.ensure_bundled", build)
    result = run("model")
    assert (result.exit_code, result.stdout) == (0, f"{place / 'home' / 'built'}\n")
    assert "Building the model" in result.stderr


def test_model_checks_and_prints_the_folder(run: Run, built: Path) -> None:
    result = run("model")
    assert (result.exit_code, result.stdout) == (0, f"{built}\n")
    (built / "weights").write_bytes(b"other numbers")
    result = run("model")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Delete the folder" in result.stderr
