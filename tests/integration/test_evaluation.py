"""Evaluations on the real model, over texts short enough to encode in a second."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.squad import squad
from yinju.cli import app
from yinju.encoder import Encoder
from yinju.evaluation.cache import CachedEncoder, EncodingCache
from yinju.evaluation.encoders import CACHE
from yinju.evaluation.retrieval import evaluate_retrieval, plan
from yinju.evaluation.squad import read_squad
from yinju.settings import Settings

PARAGRAPHS = (
    ("长江全长约6300公里，是亚洲最长的河流，发源于青藏高原的唐古拉山脉。", "长江有多长？", "How long is the Yangtze?"),
    ("大熊猫主要以竹子为食，每天要吃掉十多公斤。", "大熊猫吃什么？", "What do giant pandas eat?"),
    ("造纸术由蔡伦在东汉时期改进，使用树皮和破布作原料。", "谁改进了造纸术？", "Who improved papermaking?"),
    ("北京于2008年举办了第二十九届夏季奥林匹克运动会。", "北京奥运会是哪一年？", "When were the Beijing Olympics?"),
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The paragraphs with questions in Chinese, and with the same in English."""
    chinese = squad(tmp_path / "zh.json", *((text, [question]) for text, question, _ in PARAGRAPHS))
    english = squad(tmp_path / "en.json", *((text, [question]) for text, _, question in PARAGRAPHS))
    return chinese, english


def test_a_second_run_finds_the_same_without_the_model(
    encoder: Encoder, files: tuple[Path, Path], tmp_path: Path
) -> None:
    search = plan(read_squad(files[0]), articles=["天气预报说明天有雨。"])
    with EncodingCache(tmp_path / "encodings.db") as cache:
        first = evaluate_retrieval(search, CachedEncoder(encoder, cache))
    assert (first.passages, first.questions) == (5, 4)
    assert first.channels["fused"]["recall@1"].value == 1.0

    class Unloaded:
        """Knows its name and nothing else: a call to it fails."""

        fingerprint = encoder.fingerprint

    with EncodingCache(tmp_path / "encodings.db") as cache:
        assert evaluate_retrieval(search, CachedEncoder(Unloaded(), cache)) == first  # type: ignore[arg-type]


def test_questions_in_another_language_find_the_chinese_paragraph(encoder: Encoder, files: tuple[Path, Path]) -> None:
    found = evaluate_retrieval(plan(read_squad(files[0]), read_squad(files[1])), encoder)
    assert found.channels["late"]["recall@1"].value == 1.0
    assert found.channels["fused"]["recall@1"].value == 1.0
    assert found.channels["lexical"]["recall@1"].value < 1.0


def test_the_command_loads_the_model_itself(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The model is where the other tests built it; the cache beside it must not be this test's.
    home = tmp_path / "home"
    home.mkdir()
    for built in Settings.load().home.iterdir():
        if built.name != CACHE.partition("/")[0]:
            (home / built.name).symlink_to(built)
    monkeypatch.setenv("YINJU_HOME", str(home))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    result = CliRunner().invoke(app, ["eval", "retrieval", str(files[0]), "--fail-under", "recall@1=1"])
    assert result.exit_code == 0, result.stderr
    assert "4 questions to 4 passages" in result.stdout
    assert (home / CACHE).is_file()
