from __future__ import annotations

from pathlib import Path

import pytest

from yinju.errors import InvalidRequest
from yinju.evaluation import read_questions
from yinju.records import Turn

LINE = '{"id": "q", "question": "几期？", "answerable": true, "history": [{"role": "user", "content": "夜校"}]}'


def test_lines_become_questions_and_empty_ones_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f"\ufeff{LINE}\r\n\n  \n{LINE}", "utf-8")
    first, second = read_questions(file)
    assert first == second
    assert first.turns() == [Turn("user", "夜校")]
    assert (first.answers, first.evidence, first.all_of) == ((), (), False)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "holds no question"),
        (LINE + "\n{broken", "line 2: Invalid JSON"),
        ('{"id": "q", "question": "几期？"}', "line 1: answerable: Field required"),
        ('{"id": "q", "question": "", "answerable": true}', "line 1: question"),
        (LINE.replace('"user"', '"system"'), "line 1: history.0.role"),
    ],
)
def test_a_file_that_is_no_question_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(InvalidRequest, match=message):
        read_questions(file)


def test_a_file_that_is_not_there_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="can't be read"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "gbk.jsonl").write_bytes(LINE.encode("gb18030"))
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        read_questions(tmp_path / "gbk.jsonl")
