"""`yinju eval`, in this process: over a library whose answers are known, and over vectors counted by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fakes import CharacterEncoder
from tests.scored_library import DATA, QUESTIONS, ScoredLibrary
from tests.squad import squad
from yinju.cli import app
from yinju.evaluation import encoders, libraries

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, a home of its own, English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("YINJU_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> CharacterEncoder:
    """In place of the model."""
    counted = CharacterEncoder(dimension=1009)
    monkeypatch.setattr(encoders, "LazyEncoder", lambda settings, progress: counted)
    return counted


# ------------------------------------------------------------------------------------------------------ answers


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch, encoder: CharacterEncoder) -> None:
    @contextmanager
    def configured(settings: object, encoder: object) -> Iterator[tuple[ScoredLibrary, None]]:
        yield ScoredLibrary(), None

    monkeypatch.setattr(libraries, "configured", configured)


def recorded(*, misses: bool) -> list[str]:
    lines = (DATA / "scored.txt").read_text("utf-8").splitlines()
    return [line for line in lines if misses or not line.startswith("miss")]


def test_the_scorer_s_lines_come_first_and_then_how_far_to_trust(run: Run, scored: None, place: Path) -> None:
    result = run("eval", "answers", QUESTIONS, "--json", "out.json")
    assert result.exit_code == 0
    printed = result.stdout.splitlines()
    figures = recorded(misses=False)
    assert printed[: len(figures)] == figures
    assert printed[len(figures)].startswith("latency_ms")
    rest = "\n".join(printed[len(figures) + 1 :])
    assert "citation recall" in rest
    assert "AUROC of confidence" in rest
    assert "Calibration error over" in rest
    written = json.loads((place / "out.json").read_text("utf-8"))
    assert len(written["rows"]) == 17
    assert set(written["trust"]["groups"]) >= {"all", "fact", "lang zh"}


def test_misses_are_listed_on_request(run: Run, scored: None) -> None:
    assert "miss {'id': 'near-2'" in run("eval", "answers", QUESTIONS, "--miss").stdout


def test_limits_missed_are_named_and_fail(run: Run, scored: None) -> None:
    wrong = run("eval", "answers", QUESTIONS, "--fail-under", "hit1=100", "--fail-over", "honesty.not_verbatim=0")
    assert wrong.exit_code == 1
    assert [line.partition(" is ")[0] for line in wrong.stderr.splitlines() if line.startswith("Error")] == [
        "Error: hit1",
        "Error: honesty.not_verbatim",
    ]
    assert "citation recall" in wrong.stdout  # the figures are printed all the same
    right = run("eval", "answers", QUESTIONS, "--fail-under", "hit1=1", "--fail-over", "honesty.document_altered=0")
    assert right.exit_code == 0


def test_limits_that_can_t_be_are_refused(run: Run, scored: None) -> None:
    early = run("eval", "answers", QUESTIONS, "--fail-under", "hit1=0.9")
    assert (early.exit_code, early.stdout) == (2, "")
    assert "Write hit1=90" in early.stderr
    late = run("eval", "answers", QUESTIONS, "--fail-under", "hit2=90")
    assert late.exit_code == 2
    assert "no figure hit2" in late.stderr


def test_the_plot_is_svg(run: Run, scored: None, place: Path) -> None:
    assert run("eval", "answers", QUESTIONS, "--plot", "reliability.svg").exit_code == 0
    assert (place / "reliability.svg").read_text("utf-8").startswith("<svg")
    refused = run("eval", "answers", QUESTIONS, "--plot", "reliability.png")
    assert refused.exit_code == 2
    assert ".svg" in refused.stderr


def test_off_topic_questions_are_asked_too(run: Run, encoder: CharacterEncoder, place: Path) -> None:
    (place / "reports").mkdir()
    (place / "reports" / "a.txt").write_text("开办青年夜校121期。", "utf-8")
    (place / "q.jsonl").write_text(
        '{"id": "1", "question": "青年夜校", "answerable": true, "evidence": ["开办青年夜校121期。"]}', "utf-8"
    )
    other = squad(place / "other.json", ("段落。", [f"问题{i}？" for i in range(3)]))
    result = run("eval", "answers", "q.jsonl", "--corpus", "reports", "--off-topic", other)
    assert result.exit_code == 0
    assert "off_topic              {'n': 3" in result.stdout


def test_a_corpus_is_indexed_for_the_occasion(run: Run, encoder: CharacterEncoder, place: Path) -> None:
    result = run("eval", "answers", QUESTIONS, "--corpus", DATA)
    assert result.exit_code == 0
    assert encoder.encoded
    assert {path.name for path in place.iterdir()} == {"home"}  # the cache; the index went with the evaluation
    encoder.encoded.clear()
    again = run("eval", "answers", QUESTIONS, "--corpus", DATA)
    assert encoder.encoded == []
    assert [line for line in again.stdout.splitlines() if not line.startswith("latency")] == [
        line for line in result.stdout.splitlines() if not line.startswith("latency")
    ]


def test_articles_stand_beside_the_folder_of_documents(run: Run, encoder: CharacterEncoder, place: Path) -> None:
    (place / "seeds").mkdir()
    (place / "seeds" / "a.txt").write_text("开办青年夜校121期。", "utf-8")
    (place / "news.txt").write_text("别的新闻。\n\n  又一条新闻。\n", "utf-8")
    result = run("eval", "answers", QUESTIONS, "--negatives", "news.txt", "--fail-over", "honesty.document_altered=0")
    assert result.exit_code == 0
    assert encoder.encoded == ["开办青年夜校121期。", "别的新闻。", "又一条新闻。"]
    assert not (place / "index").exists()


def test_there_must_be_something_to_ask_about(run: Run, encoder: CharacterEncoder, place: Path) -> None:
    result = run("eval", "answers", QUESTIONS)
    assert result.exit_code == 2
    assert "Nothing is indexed" in result.stderr
    (place / "news.txt").write_text("新闻。", "utf-8")
    result = run("eval", "answers", QUESTIONS, "--negatives", "news.txt")
    assert result.exit_code == 2
    assert "seeds is not a folder" in result.stderr


# ---------------------------------------------------------------------------------------------------- retrieval


@pytest.fixture
def file(place: Path) -> Path:
    return squad(place / "q.json", ("甲乙丙丁。", ["丙丁"]), ("戊己庚辛。", ["庚辛", "己庚"]))


def test_every_channel_is_printed_and_written(run: Run, encoder: CharacterEncoder, file: Path, place: Path) -> None:
    result = run("eval", "retrieval", file, "--json", "out.json")
    assert result.exit_code == 0, result.stderr
    assert "3 questions to 2 passages" in result.stdout
    for words in ("dense", "lexical", "late", "fused", "recall@1", "mrr@10", "1.000 [1.000, 1.000]"):
        assert words in result.stdout
    assert result.stderr.splitlines() == ["Encoding passages …", "Building the indexes …", "Asking …"]
    written = json.loads((place / "out.json").read_text("utf-8"))
    assert (written["passages"], written["questions"]) == (2, 3)
    assert written["channels"]["fused"]["recall@1"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_a_second_run_encodes_nothing(
    run: Run, encoder: CharacterEncoder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("eval", "retrieval", file)
    assert len(encoder.encoded) == 2

    class Unloaded:
        """The model as `LazyEncoder` knows it before it is loaded."""

        fingerprint = encoder.fingerprint

    monkeypatch.setattr(encoders, "LazyEncoder", lambda settings, progress: Unloaded())
    second = run("eval", "retrieval", file)
    assert second.exit_code == 0
    assert second.stdout == first.stdout


def test_questions_of_another_language_and_distractors(
    run: Run, encoder: CharacterEncoder, file: Path, place: Path
) -> None:
    other = squad(place / "other.json", ("another", ["丁", "辛"]))
    (place / "news.txt").write_text("丁丁丁丁。\n", "utf-8")
    (place / "more.txt").write_text("甲乙丙丁。\n子丑。\n", "utf-8")
    result = run(
        "eval", "retrieval", file, "--questions", other, "--negatives", "news.txt", "--negatives", "more.txt",
        "--json", "out.json",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "2 questions to 4 passages" in result.stdout
    assert "left out: 1 not in the file of other questions" in result.stdout
    channels = json.loads((place / "out.json").read_text("utf-8"))["channels"]
    assert channels["dense"]["recall@1"]["value"] == 0.5  # the article is nearer to the first
    assert channels["dense"]["recall@3"]["value"] == 1.0


def test_a_limit_is_of_what_the_service_uses_or_of_a_channel(run: Run, encoder: CharacterEncoder, file: Path) -> None:
    assert run("eval", "retrieval", file, "--fail-under", "recall@1=1").exit_code == 0
    other = squad(file.parent / "other.json", ("another", ["zz", "庚辛", "己庚"]))
    result = run("eval", "retrieval", file, "--questions", other, "--fail-under", "lexical.recall@1=0.9")
    assert result.exit_code == 1
    assert "lexical.recall@1 is 0.666667; at least 0.9 was asked for" in result.stderr


def test_files_that_are_none_are_refused_before_anything_is_loaded(run: Run, place: Path, file: Path) -> None:
    (place / "broken.json").write_text("{", "utf-8")
    (place / "empty.txt").write_text("\n", "utf-8")
    (place / "gbk.txt").write_bytes("新闻".encode("gb18030"))
    for arguments, words in (
        (("broken.json",), "not a question file"),
        ((file, "--questions", "broken.json"), "not a question file"),
        ((file, "--negatives", "empty.txt"), "holds no article"),
        ((file, "--negatives", "gbk.txt"), "not UTF-8"),
        ((file, "--fail-under", "recall@1=98"), "Write recall@1=0.98"),
    ):
        result = run("eval", "retrieval", *arguments)
        assert result.exit_code == 2, arguments
        assert words in result.stderr
    assert not (place / "home").exists()


def test_a_cache_that_can_t_be_kept_is_mentioned(run: Run, encoder: CharacterEncoder, file: Path, place: Path) -> None:
    (place / "home").write_text("in the way")
    result = run("eval", "retrieval", file)
    assert result.exit_code == 0
    assert "are not kept" in result.stderr
