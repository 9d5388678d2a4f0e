from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

from yinju.lexical import HEADING_WEIGHT, LexicalIndex, LexicalWriter

K1, B = 1.2, 0.75
Passages = list[tuple[list[str], list[str]]]  # terms of the body, terms of the headings


def written(folder: Path, passages: Passages) -> LexicalIndex:
    writer = LexicalWriter(folder)
    for body, heading in passages:
        writer.add(body, heading)
    writer.finish()
    return LexicalIndex(folder)


def random_passages(count: int) -> Passages:
    random = np.random.default_rng(0)
    words = [chr(0x4E00 + i) + chr(0x5E00 + i) for i in range(60)]
    # At most 40 terms: tantivy keeps lengths in a byte, exact only up to there.
    return [
        (
            [words[int(i)] for i in random.zipf(1.5, random.integers(1, 40)) % 60],
            [words[int(i)] for i in random.integers(0, 60, random.integers(0, 5))],
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def passages() -> Passages:
    return random_passages(300)


@pytest.fixture(scope="module")
def index(passages: Passages, tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return written(tmp_path_factory.mktemp("lexical"), passages)


def bm25(fields: list[list[str]], term: str) -> list[float]:
    """One term's score in each of the fields, from the definition."""
    frequency = sum(term in field for field in fields)
    idf = log(1 + (len(fields) - frequency + 0.5) / (frequency + 0.5))
    average = sum(map(len, fields)) / len(fields)
    counts = [(field.count(term), len(field)) for field in fields]
    return [idf * n * (K1 + 1) / (n + K1 * (1 - B + B * length / average)) for n, length in counts]


def expected_scores(passages: Passages, terms: list[str], weight: float) -> np.ndarray:
    total = np.zeros(len(passages))
    for term in set(terms):
        total += bm25([body for body, _ in passages], term)
        total += weight * np.array(bm25([heading for _, heading in passages], term))
    return total


@pytest.mark.parametrize("weight", [0.0, HEADING_WEIGHT, 1.0])
def test_scores_are_bm25(index: LexicalIndex, passages: Passages, weight: float) -> None:
    terms = [passages[0][0][0], passages[5][0][-1], passages[9][0][0], "没有"]
    rows, scores = index.search(terms, 300, heading_weight=weight)
    expected = expected_scores(passages, terms, weight)
    assert scores == pytest.approx(expected[rows], rel=1e-4)
    assert set(rows.tolist()) == set(np.flatnonzero(expected > 0).tolist())
    assert (np.diff(scores) <= 0).all()


def test_the_best_k_are_the_best(index: LexicalIndex, passages: Passages) -> None:
    terms = passages[3][0][:4]
    _, scores = index.search(terms, 10)
    assert scores == pytest.approx(np.sort(expected_scores(passages, terms, HEADING_WEIGHT))[::-1][:10], rel=1e-4)


@pytest.mark.parametrize("allowed", [list(range(100, 180)), [299, 0, 7], list(range(0, 300, 2))])
def test_search_among_some_rows_keeps_the_scores(index: LexicalIndex, passages: Passages, allowed: list[int]) -> None:
    terms = passages[3][0][:4]
    rows, scores = index.search(terms, 300, np.array(allowed))
    expected = expected_scores(passages, terms, HEADING_WEIGHT)
    assert set(rows.tolist()) == {row for row in allowed if expected[row] > 0}
    assert scores == pytest.approx(expected[rows], rel=1e-4)


def test_equal_scores_come_in_row_order(tmp_path: Path) -> None:
    index = written(tmp_path, [(["甲乙"], []), (["丙"], []), (["甲乙"], []), (["甲乙"], [])])
    assert index.search(["甲乙"], 3)[0].tolist() == [0, 2, 3]


def test_nothing_asked_or_allowed_finds_nothing(index: LexicalIndex, passages: Passages) -> None:
    term = passages[0][0][0]
    assert len(index.search([], 5)[0]) == 0
    assert len(index.search([term], 0)[0]) == 0
    assert len(index.search([term], 5, np.empty(0, np.int64))[0]) == 0
    assert len(index.search(["没有"], 5)[0]) == 0


def test_a_term_asked_twice_counts_once(index: LexicalIndex, passages: Passages) -> None:
    term = passages[0][0][0]
    once, twice = index.search([term], 5), index.search([term, term], 5)
    assert once[1].tolist() == twice[1].tolist()


@pytest.mark.parametrize(
    "term", ["*", "row:0", "body:甲", "甲 OR 乙", '"', "AND", "[0 TO 9]", "\\", "", "a:b^2~1", "\0"]
)
def test_no_term_is_syntax(tmp_path: Path, term: str) -> None:
    index = written(tmp_path, [(["甲"], ["乙"]), (["OR"], [])])
    assert index.search([term], 5)[0].tolist() == []


def test_terms_are_kept_as_they_are_given(tmp_path: Path) -> None:
    index = written(tmp_path, [(["Naïve", "c++", "3.5%", "а́"], []), (["naïve"], [])])
    for term in ("Naïve", "c++", "3.5%", "а́"):
        assert index.search([term], 5)[0].tolist() == [0]
    assert index.search(["naive"], 5)[0].tolist() == []


def test_idf_of_seen_and_unseen_terms(tmp_path: Path) -> None:
    index = written(tmp_path, [(["甲", "乙"], ["丙"]), (["甲"], ["丙"]), (["丁"], ["丙", "甲"])])
    assert index.idf("甲") == pytest.approx(log(1 + 1.5 / 2.5))
    assert index.idf("乙") == pytest.approx(log(1 + 2.5 / 1.5))
    assert index.idf("丙") == pytest.approx(log(1 + 0.5 / 3.5))
    assert index.idf("戊") == pytest.approx(log(1 + 3.5 / 0.5))


def test_which_terms_a_passage_holds(index: LexicalIndex, passages: Passages) -> None:
    terms = [*passages[0][0], *passages[1][1], "没有", passages[0][0][0]]
    rows = np.array([250, 0, 1, 0])
    expected = [[term in passages[row][0] or term in passages[row][1] for term in terms] for row in rows]
    assert index.holds(terms, rows).tolist() == expected
    assert index.holds([], rows).shape == (4, 0)


def test_an_empty_index_answers(tmp_path: Path) -> None:
    index = written(tmp_path, [])
    assert len(index.search(["甲"], 5)[0]) == 0
    assert index.idf("甲") == pytest.approx(log(2))
    assert index.holds(["甲"], np.empty(0, np.int64)).shape == (0, 1)


def test_passages_without_terms_are_rows_all_the_same(tmp_path: Path) -> None:
    index = written(tmp_path, [([], []), (["甲"], []), ([], ["甲"])])
    assert len(index) == 3
    assert sorted(index.search(["甲"], 5)[0].tolist()) == [1, 2]
    assert index.holds(["甲"], np.arange(3)).ravel().tolist() == [False, True, True]


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [(["甲"], []), (["乙"], [])])
    np.save(tmp_path / "term_starts.npy", np.array([0, 1], dtype=np.int64))
    with pytest.raises(ValueError, match="2 passages where 1"):
        LexicalIndex(tmp_path)
