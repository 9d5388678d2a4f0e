from __future__ import annotations

import gc
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from yinju.vectors import Floats, VectorIndex, VectorWriter

DIMENSION = 24


def normalised(count: int, seed: int = 0) -> Floats:
    values = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), dtype=np.float32)


def written(path: Path, vectors: Floats) -> VectorIndex:
    writer = VectorWriter(path, DIMENSION)
    for vector in vectors:
        writer.add(vector)
    writer.finish()
    return VectorIndex(path)


@pytest.fixture(scope="module")
def stored() -> Floats:
    return normalised(3000)  # more than one batch


@pytest.fixture(scope="module")
def index(stored: Floats, tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    return written(tmp_path_factory.mktemp("vectors") / "v.faiss", stored)


@pytest.mark.parametrize("k", [1, 10, 3000])
def test_search_is_exact(index: VectorIndex, stored: Floats, k: int) -> None:
    query = normalised(1, seed=1)[0]
    rows, scores = index.search(query, k)
    expected = stored @ query
    best = np.argsort(-expected)[:k]
    assert rows.tolist() == best.tolist()
    assert scores == pytest.approx(expected[best], abs=1e-6)
    assert (len(index), index.dimension) == (3000, DIMENSION)


@pytest.mark.parametrize("allowed", [[7], [2999, 0, 13], list(range(5, 2900, 3))])
def test_search_among_some_rows_is_exact(index: VectorIndex, stored: Floats, allowed: list[int]) -> None:
    query = normalised(1, seed=2)[0]
    rows, scores = index.search(query, 10, np.array(allowed))
    gc.collect()
    best = sorted(allowed, key=lambda row: -float(stored[row] @ query))[:10]
    assert rows.tolist() == best
    assert scores == pytest.approx(stored[best] @ query, abs=1e-6)


def test_there_are_never_more_hits_than_rows(index: VectorIndex) -> None:
    query = normalised(1)[0]
    assert len(index.search(query, 5000)[0]) == 3000
    assert index.search(query, 5, np.array([3, 3]))[0].tolist() == [3]
    assert index.search(query, 5, np.empty(0, np.int64))[0].tolist() == []
    assert index.search(query, 0)[0].tolist() == []


def test_equal_scores_come_in_row_order(tmp_path: Path) -> None:
    one = normalised(1)[0]
    index = written(tmp_path / "v.faiss", np.stack([-one, one, one, one, -one]))
    assert index.search(one, 5)[0].tolist() == [1, 2, 3, 0, 4]


def test_scores_of_given_rows(index: VectorIndex, stored: Floats) -> None:
    query = normalised(1, seed=3)[0]
    rows = np.array([2999, 0, 5, 5])
    assert index.scores(query, rows) == pytest.approx(stored[rows] @ query, abs=1e-6)
    assert index.scores(query, np.empty(0, np.int64)).shape == (0,)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = written(tmp_path / "v.faiss", np.empty((0, DIMENSION), np.float32))
    rows, scores = index.search(normalised(1)[0], 5)
    assert (len(rows), len(scores), len(index)) == (0, 0, 0)


def test_threads_get_the_same_answers(index: VectorIndex) -> None:
    queries = normalised(40, seed=4)
    expected = [index.search(query, 5)[0].tolist() for query in queries]
    found: list[list[int]] = [[] for _ in queries]

    def search(start: int) -> None:
        for i in range(start, len(queries), 4):
            found[i] = index.search(queries[i], 5, np.arange(3000))[0].tolist()

    threads = [Thread(target=search, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
