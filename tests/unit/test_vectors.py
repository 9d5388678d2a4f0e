"""The dense index against every inner product, computed from the vectors as they were before half precision."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from yinju.vectors import Floats, VectorIndex, VectorWriter

DIMENSION = 24
HALF = 1e-3  # what half precision may cost an inner product of unit vectors
AXIS = np.eye(DIMENSION, dtype=np.float32)
ABOUT = np.float32(0.6) * AXIS[0] + np.float32(0.8) * AXIS[1]


def normalised(count: int, seed: int = 0) -> Floats:
    values = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), dtype=np.float32)


def written(folder: Path, passages: Sequence[Floats]) -> VectorIndex:
    writer = VectorWriter(folder, DIMENSION)
    for vectors in passages:
        writer.add(vectors)
    writer.finish()
    return VectorIndex(folder)


def nearest(passages: Sequence[Floats], query: Floats) -> Floats:
    """(passages,): the inner product with the nearest vector of each."""
    return np.array([(vectors @ query).max() for vectors in passages], np.float32)


@pytest.fixture(scope="module")
def stored() -> list[Floats]:
    """More passages than one batch, of one to six vectors."""
    counts = np.random.default_rng(5).integers(1, 7, 1000)
    return np.split(normalised(int(counts.sum())), np.cumsum(counts)[:-1])


@pytest.fixture(scope="module")
def index(stored: list[Floats], tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    return written(tmp_path_factory.mktemp("vectors"), stored)


def assert_best(found: tuple[np.ndarray, Floats], expected: Floats, among: Sequence[int], k: int) -> None:
    """The k best of `among`, in order; two that half precision can't tell apart may have changed places."""
    rows, scores = found
    best = sorted(among, key=lambda row: -expected[row])[:k]
    assert len(set(rows.tolist())) == len(rows) == len(best)
    assert set(rows.tolist()) <= set(among)
    assert scores == pytest.approx(expected[rows], abs=HALF)
    assert expected[rows] == pytest.approx(expected[best], abs=2 * HALF)
    assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("k", [1, 10, 1000])
def test_a_passage_is_as_near_as_its_nearest_vector(index: VectorIndex, stored: list[Floats], k: int) -> None:
    query = normalised(1, seed=1)[0]
    assert_best(index.search(query, k), nearest(stored, query), range(1000), k)
    assert (len(index), index.dimension) == (1000, DIMENSION)


@pytest.mark.parametrize("allowed", [[7], [999, 0, 13], list(range(5, 900, 3))])
def test_search_among_some_passages_is_exact(index: VectorIndex, stored: list[Floats], allowed: list[int]) -> None:
    query = normalised(1, seed=2)[0]
    found = index.search(query, 10, np.array(allowed))
    gc.collect()
    assert_best(found, nearest(stored, query), allowed, 10)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_vector_of_a_passage_may_be_the_nearest(tmp_path: Path, place: int) -> None:
    others = [AXIS[5], AXIS[6]]
    far, near = AXIS[2:5], np.stack([*others[:place], AXIS[0], *others[place:]])
    index = written(tmp_path, [far, near])
    rows, scores = index.search(ABOUT, 2)
    assert rows.tolist() == [1, 0]
    assert scores == pytest.approx([0.6, 0.0], abs=HALF)


def test_one_passage_that_owns_the_nearest_vectors_does_not_crowd_out_others(tmp_path: Path) -> None:
    crowd = np.repeat(ABOUT[np.newaxis], 50, axis=0)  # far more than are fetched for three passages at first
    index = written(tmp_path, [AXIS[1:3], crowd, AXIS[:1], AXIS[7:9]])
    rows, scores = index.search(ABOUT, 3)
    assert rows.tolist() == [1, 0, 2]
    assert scores == pytest.approx([1.0, 0.8, 0.6], abs=HALF)
    rows, scores = index.search(ABOUT, 2, np.array([1, 3]))
    assert rows.tolist() == [1, 3]
    assert scores == pytest.approx([1.0, 0.0], abs=HALF)


def test_there_are_never_more_hits_than_passages(index: VectorIndex) -> None:
    query = normalised(1)[0]
    assert sorted(index.search(query, 5000)[0].tolist()) == list(range(1000))
    assert index.search(query, 5, np.array([3, 3]))[0].tolist() == [3]
    assert index.search(query, 5, np.empty(0, np.int64))[0].tolist() == []
    assert index.search(query, 0)[0].tolist() == []


def test_equal_scores_come_in_the_order_of_passages(tmp_path: Path) -> None:
    one = AXIS[:1]
    index = written(tmp_path, [-one, np.concatenate([-one, one]), one, np.concatenate([one, one]), -one])
    assert index.search(AXIS[0], 5)[0].tolist() == [1, 2, 3, 0, 4]
    assert index.search(AXIS[0], 2)[0].tolist() == [1, 2]
    assert index.search(AXIS[0], 2, np.array([3, 2, 4]))[0].tolist() == [2, 3]


def test_scores_of_given_passages(index: VectorIndex, stored: list[Floats]) -> None:
    query = normalised(1, seed=3)[0]
    rows = np.array([999, 0, 5, 5])
    assert index.scores(query, rows) == pytest.approx(nearest([stored[row] for row in rows], query), abs=HALF)
    assert index.scores(query, np.empty(0, np.int64)).shape == (0,)


def test_a_search_and_the_scores_agree(index: VectorIndex) -> None:
    query = normalised(1, seed=6)[0]
    rows, scores = index.search(query, 20)
    assert index.scores(query, rows) == pytest.approx(scores, abs=1e-6)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, [])
    rows, scores = index.search(normalised(1)[0], 5)
    assert (len(rows), len(scores), len(index)) == (0, 0, 0)


@pytest.mark.parametrize("firsts", [[0, 2], [0, 2, 3, 4], [0, 2, 2]])
def test_files_that_do_not_fit_together_are_refused(tmp_path: Path, firsts: list[int]) -> None:
    written(tmp_path, [AXIS[:2], AXIS[2:3]])
    np.save(tmp_path / "vector_firsts.npy", np.array(firsts, np.int64))
    with pytest.raises(ValueError, match="does not hold"):
        VectorIndex(tmp_path)


@pytest.mark.parametrize("name", ["vectors.faiss", "vector_firsts.npy"])
def test_a_torn_or_missing_file_is_an_error(tmp_path: Path, name: str) -> None:
    written(tmp_path, [AXIS[:2], AXIS[2:3]])
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises((RuntimeError, ValueError)):
        VectorIndex(tmp_path)
    path.unlink()
    with pytest.raises((RuntimeError, OSError)):
        VectorIndex(tmp_path)


def test_a_vector_takes_two_bytes_a_number(tmp_path: Path) -> None:
    written(tmp_path, [normalised(1000)])
    assert 0 <= (tmp_path / "vectors.faiss").stat().st_size - 1000 * DIMENSION * 2 < 1000


def test_threads_get_the_same_answers(index: VectorIndex) -> None:
    queries = normalised(40, seed=4)
    expected = [index.search(query, 5)[0].tolist() for query in queries]
    found: list[list[int]] = [[] for _ in queries]

    def search(start: int) -> None:
        for i in range(start, len(queries), 4):
            found[i] = index.search(queries[i], 5, np.arange(1000))[0].tolist()

    threads = [Thread(target=search, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
