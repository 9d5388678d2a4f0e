"""The evaluation in the process agrees with the independent scorer that speaks HTTP.

`tests/data/evaluation/scored.*` is what the scorer said about the same answers: see `tests.record_scores`.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.scored_library import DATA, DOCUMENT, QUESTIONS, ScoredLibrary
from yinju.evaluation import Evaluation, evaluate, lines, misses, read_questions, to_json
from yinju.evaluation.asking import is_altered


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(ScoredLibrary(), read_questions(QUESTIONS))


def alike(text: str) -> str:
    """Over HTTP an error is known by its status, here by its name."""
    return re.sub(r"error \w+", "error", text)


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(alike((DATA / "scored.json").read_text("utf-8")))
    return found


def test_prints_what_the_scorer_prints(evaluation: Evaluation) -> None:
    printed = [line for line in [*lines(evaluation), *misses(evaluation)] if not line.startswith("latency_ms")]
    assert [alike(line) for line in printed] == alike((DATA / "scored.txt").read_text("utf-8")).splitlines()


def test_writes_what_the_scorer_writes(evaluation: Evaluation) -> None:
    written = json.loads(alike(json.dumps(to_json(evaluation), ensure_ascii=False)))
    assert set(written["summary"].pop("latency_ms")) == {"p50", "p95"}
    assert written == recorded()


def test_the_recorded_answers_exercise_every_figure() -> None:
    honesty = recorded()["summary"]["honesty"]
    assert [name for name, count in honesty.items() if not count] == ["document_altered"]
    for row in ("h1", "h3", "h5", "got", "cite1", "span", "verbose"):
        assert {True, False} <= {found[row] for found in recorded()["rows"]}, row


def test_progress_is_told_after_every_question() -> None:
    told: list[tuple[str, int, int]] = []
    questions = read_questions(QUESTIONS)[:3]
    evaluate(ScoredLibrary(), questions, lambda *call: told.append(call))
    assert told == [("ask", 1, 3), ("ask", 2, 3), ("ask", 3, 3)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_in_another_encoding_is_not_altered(tmp_path: Path, encoding: str) -> None:
    text = DOCUMENT.read_text("utf-8").replace("\n", "\r\n")
    (tmp_path / DOCUMENT.name).write_bytes(text.encode(encoding))
    assert not is_altered(ScoredLibrary(tmp_path).document("report"))


def test_a_document_that_differs_from_its_file_is_reported(tmp_path: Path) -> None:
    document = ScoredLibrary(tmp_path).document("report")
    assert not is_altered(document)  # the file is gone: there is nothing to compare with
    assert not is_altered(replace(document, root=None))
    shutil.copy(DOCUMENT, tmp_path)
    path = tmp_path / DOCUMENT.name
    path.write_text(path.read_text("utf-8").replace("121期", "122期"), "utf-8")
    assert is_altered(document)
    evaluation = evaluate(ScoredLibrary(tmp_path), read_questions(QUESTIONS)[:2])
    assert evaluation.altered == ("report",)
    assert "'document_altered': 1" in "\n".join(lines(evaluation))
