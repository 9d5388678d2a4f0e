from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yinju.records import Span
from yinju.sentence_table import SentenceTable, SentenceWriter

TEXT = "甲乙丙。丁戊。\nnight school"
# Passage 0 holds two sentences and a token a character; passage 1 none; passage 2 one, of two tokens.
OFFSETS = [
    np.array([(i, i + 1) for i in range(7)], np.uint16),
    np.empty((0, 2), np.uint16),
    np.array([(0, 5), (6, 12)], np.uint16),
]


@pytest.fixture
def table(tmp_path: Path) -> SentenceTable:
    writer = SentenceWriter(tmp_path)
    writer.add(TEXT, 0, [Span(0, 4), Span(4, 7)], OFFSETS[0])
    writer.add(TEXT, 7, [], OFFSETS[1])
    writer.add(TEXT, 8, [Span(8, 20)], OFFSETS[2], cuts={20})
    writer.finish()
    return SentenceTable(tmp_path)


def test_sentences_are_gathered_in_the_order_asked_for(table: SentenceTable) -> None:
    gathered = table.gather(np.array([2, 1, 0]))
    assert gathered.places.tolist() == [(8, 20, 0, 2, True), (0, 4, 0, 4, False), (4, 7, 4, 7, False)]
    assert gathered.starts.tolist() == [0, 1, 1, 3]
    assert gathered.numbers.tolist() == [2, 0, 1]


def test_every_row_counts_whether_it_has_sentences_or_not(table: SentenceTable) -> None:
    assert len(table) == 3


def test_no_rows_have_no_sentences(table: SentenceTable) -> None:
    gathered = table.gather(np.empty(0, np.int64))
    assert len(gathered.places) == 0
    assert gathered.starts.tolist() == [0]


def test_a_token_over_a_sentences_edge_belongs_to_both(tmp_path: Path) -> None:
    writer = SentenceWriter(tmp_path)
    writer.add("甲乙。丙丁", 0, [Span(0, 3), Span(3, 5)], np.array([(0, 2), (2, 4), (4, 5)], np.uint16))
    writer.finish()
    places = SentenceTable(tmp_path).gather(np.array([0])).places
    assert places[["first_token", "last_token"]].tolist() == [(0, 2), (1, 3)]


def test_a_sentence_without_tokens_has_an_empty_range(tmp_path: Path) -> None:
    writer = SentenceWriter(tmp_path)
    writer.add("甲。", 0, [Span(0, 2)], np.empty((0, 2), np.uint16))
    writer.finish()
    assert SentenceTable(tmp_path).gather(np.array([0])).places.tolist() == [(0, 2, 0, 0, False)]


def test_terms_are_found_in_the_sentence_that_holds_them(table: SentenceTable) -> None:
    held = table.holds(["乙丙", "丁戊", "night", "未见", "乙丙"], np.array([2, 0, 1]))
    assert held.tolist() == [
        [False, False, True, False, False],
        [True, False, False, False, True],
        [False, True, False, False, False],
    ]


def test_no_terms_and_no_sentences_hold_nothing(table: SentenceTable) -> None:
    assert table.holds([], np.array([0, 1])).shape == (2, 0)
    assert table.holds(["乙丙"], np.empty(0, np.int64)).shape == (0, 1)


@pytest.mark.parametrize("name", ["sentences.npy", "sentence_firsts.npy", "sentence_terms.npy"])
def test_files_that_do_not_fit_together_are_refused(table: SentenceTable, tmp_path: Path, name: str) -> None:
    stored = np.load(tmp_path / name)
    np.save(tmp_path / name, np.append(stored, stored[-1:] + 1 if name != "sentences.npy" else stored[-1:]))
    with pytest.raises(ValueError, match="does not fit together"):
        SentenceTable(tmp_path)


def test_a_torn_file_of_terms_is_refused(table: SentenceTable, tmp_path: Path) -> None:
    torn = tmp_path / "sentence_terms.u4"
    torn.write_bytes(torn.read_bytes()[:-4])
    with pytest.raises(ValueError, match="does not fit together"):
        SentenceTable(tmp_path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"sentences\.npy"):
        SentenceTable(tmp_path)
