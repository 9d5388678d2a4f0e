"""The commands over libraries whose answers are known, in this process."""

from __future__ import annotations

import errno
import importlib.metadata
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fake_library import FakeLibrary
from tests.fakes import CharacterEncoder
from yinju import wire
from yinju.catalogue import Catalogue
from yinju.cli import app
from yinju.errors import IndexBusy
from yinju.library import CATALOGUE, Library
from yinju.progress import Progress, silent
from yinju.records import Turn
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
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeLibrary:
    library = FakeLibrary()
    monkeypatch.setattr(Library, "open", lambda settings, progress: library)
    return library


@pytest.fixture
def catalogued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes for real, into the catalogue the settings name, with vectors counted by hand."""

    def counting(settings: Settings, progress: Progress = silent) -> Library:
        return Library(settings, Catalogue(settings.index / CATALOGUE), CharacterEncoder(settings.model or "counted"))

    monkeypatch.setattr(Library, "open", counting)


# ------------------------------------------------------------------------------------------------------- ask


def test_ask_prints_the_answer_and_passes_everything_on(run: Run, fake: FakeLibrary, place: Path) -> None:
    (place / "history.json").write_text('[{"role": "user", "content": "青年工作"}]', "utf-8")
    result = run(
        "ask", "夜校几期？", "--top-k", "7", "--document", "a-1", "--document", "b-2", "--history", "history.json"
    )
    assert result.exit_code == 0
    assert "121期" in result.stdout
    assert fake.asked == [("夜校几期？", [Turn("user", "青年工作")], 7, ["a-1", "b-2"], None)]
    assert fake.closed


def test_ask_json_is_the_answer_object(run: Run, fake: FakeLibrary) -> None:
    result = run("ask", "夜校几期？", "--json")
    assert json.loads(result.stdout) == wire.answer(fake.ask("夜校几期？"), "http://127.0.0.1:8000")


def test_json_can_be_read_whatever_the_terminal_writes(fake: FakeLibrary) -> None:
    printed = CliRunner(charset="latin-1").invoke(app, ["ask", "天气？", "--json"]).stdout
    assert json.loads(printed)["answer"] == fake.ask("天气？").answer


@pytest.mark.parametrize(
    "environment, base",
    [
        ({"YINJU_PUBLIC_URL": "https://reports.example.org/"}, "https://reports.example.org/documents/"),
        ({"HOST": "0.0.0.0", "PORT": "9000"}, "http://127.0.0.1:9000/documents/"),
        ({"HOST": "::1"}, "http://[::1]:8000/documents/"),
    ],
)
def test_links_lead_to_where_the_service_is(
    run: Run, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], base: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert json.loads(run("ask", "夜校", "--json").stdout)["citations"][0]["url"].startswith(base)


def test_not_found_is_an_answer(run: Run, fake: FakeLibrary) -> None:
    result = run("ask", "天气？")
    assert result.exit_code == 0
    assert "Not found in these reports" in result.stdout


@pytest.mark.parametrize("question", ["", "  ", "\udcff"])
def test_what_is_no_question_is_refused_before_anything_is_opened(run: Run, fake: FakeLibrary, question: str) -> None:
    result = run("ask", question)
    assert result.exit_code == 2
    assert "Write a question" in result.stderr
    assert not fake.closed


@pytest.mark.parametrize("text", ["{", '{"role": "user"}', '[{"role": "system", "content": "x"}]'])
def test_a_history_that_is_none_is_refused(run: Run, fake: FakeLibrary, place: Path, text: str) -> None:
    (place / "history.json").write_text(text, "utf-8")
    result = run("ask", "夜校", "--history", "history.json")
    assert result.exit_code == 2
    assert "is no conversation" in result.stderr
    assert not fake.closed


def test_errors_are_one_line_and_tell_use_from_failure(run: Run, fake: FakeLibrary) -> None:
    result = run("ask", "夜校", "--document", "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: No document has the id 'nowhere'")
    fake.fails = IndexBusy("Another process is writing. Try again.")
    result = run("ask", "夜校")
    assert (result.exit_code, result.stderr) == (1, "Error: Another process is writing. Try again.\n")
    fake.fails = PermissionError(13, "Permission denied", "index")
    result = run("ask", "夜校")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: [Errno 13] Permission denied: 'index'. Check the path")


def test_interrupting_is_quiet(run: Run, fake: FakeLibrary) -> None:
    fake.fails = KeyboardInterrupt()
    result = run("ask", "夜校")
    assert (result.exit_code, result.output) == (130, "")


def test_a_reader_who_has_seen_enough_is_no_error(run: Run, fake: FakeLibrary) -> None:
    fake.fails = BrokenPipeError(errno.EPIPE, "Broken pipe")
    assert run("ask", "夜校").output == ""


def test_the_version_is_the_installed_packages(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--version").stdout == f"yinju {importlib.metadata.version('yinju')}\n"

    def nothing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", nothing)
    assert run("--version").stdout == "yinju (not installed: run from its source)\n"


def test_an_unknown_setting_is_an_error_of_use(run: Run, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_NONSENSE", "1")
    result = run("ask", "夜校")
    assert result.exit_code == 2
    assert "YINJU_NONSENSE" in result.stderr
    assert run("ask", "--help").exit_code == 0


def test_messages_are_chinese_where_the_locale_is(run: Run, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "这些报告里没有找到" in run("ask", "天气？").stdout
    assert run("ask", "夜校", "--document", "nowhere").stderr.startswith("错误：")


# ---------------------------------------------------------------------------------------- search, documents


def test_search_lists_passages(run: Run, fake: FakeLibrary) -> None:
    result = run("search", "夜校")
    assert "121期" in result.stdout
    assert "0.75" in result.stdout
    assert json.loads(run("search", "夜校", "--json").stdout) == {"passages": wire.passages(fake.search("夜校"))}


def test_search_says_when_there_is_nothing(run: Run, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "search", lambda *_, **__: [])
    result = run("search", "夜校")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "yinju index FOLDER" in result.stderr


def test_documents_says_when_there_are_none_and_makes_nothing(run: Run, place: Path) -> None:
    result = run("documents")
    assert result.exit_code == 0
    assert "No documents in index. Run: yinju index FOLDER" in result.stderr
    assert json.loads(run("documents", "--json").stdout) == {"documents": [], "next": None}
    assert list(place.iterdir()) == []


def test_documents_lists_what_was_indexed(run: Run, catalogued: None, place: Path) -> None:
    reports = place / "reports"
    reports.mkdir()
    for name in ("乙", "甲"):
        (reports / f"{name}.txt").write_text(f"{name}报告\n\n开办青年夜校121期。\n", "utf-8")
    run("index", "reports")
    result = run("documents")
    assert "甲报告" in result.stdout
    rows = json.loads(run("documents", "--json").stdout)["documents"]
    assert [row["name"] for row in rows] == sorted(["乙.txt", "甲.txt"])
    with Catalogue(place / "index" / "catalogue.db") as catalogue:
        assert rows == [wire.document(summary) for summary in catalogue.documents()]
