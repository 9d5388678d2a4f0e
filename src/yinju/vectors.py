"""The dense index: FAISS inner product over pooled vectors, several a passage: its own and each of its sentences'.

A passage is as near as its nearest vector: a long one that says many things has a vector near none of them.
Every vector is compared, in half precision: 640,000 of them (100,000 passages) in about 15 ms on one core. A graph or
an inverted file would save most of that, and cost minutes at each rebuild and part of the recall.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from yinju.segments import ranges

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
_BATCH = 256  # passages
_VECTORS_A_PASSAGE = 4  # fetched for each passage wanted; more where that was too few
_INDEX, _FIRSTS = "vectors.faiss", "vector_firsts.npy"


class VectorWriter:
    """Writes an index of L2-normalised vectors, passage by passage, in row order."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._index = _half_precision(dimension)
        self._waiting: list[Floats] = []
        self._firsts = [0]

    def add(self, pooled: Floats) -> None:
        """One passage's vectors, (n, dimension); at least one."""
        self._firsts.append(self._firsts[-1] + len(pooled))
        self._waiting.append(pooled)
        if len(self._waiting) == _BATCH:
            self._flush()

    def finish(self) -> None:
        self._flush()
        faiss.write_index(self._index, str(self._folder / _INDEX))
        np.save(self._folder / _FIRSTS, np.array(self._firsts, dtype=np.int64))

    def _flush(self) -> None:
        if self._waiting:
            self._index.add(np.concatenate(self._waiting).astype(np.float32))
            self._waiting.clear()


class VectorIndex:
    """An index opened for searching. Safe to use from several threads.

    Raises RuntimeError for a file FAISS can't read, ValueError or OSError for files that don't fit together.
    """

    def __init__(self, folder: Path) -> None:
        self._index = faiss.read_index(str(folder / _INDEX))
        self._firsts: Rows = np.load(folder / _FIRSTS)
        if int(self._index.ntotal) != self._firsts[-1]:
            raise ValueError(f"{folder / _INDEX} does not hold {self._firsts[-1]} vectors")
        self._owners = np.repeat(np.arange(len(self)), np.diff(self._firsts))

    def __len__(self) -> int:
        """Passages."""
        return len(self._firsts) - 1

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        """The k passages nearest to `query` (dimension,) and their inner products, best first, equals by row.

        Fewer where there are fewer. `allowed` keeps the search to some passages, in any order.
        """
        k = min(k, len(self) if allowed is None else len(np.unique(allowed)))
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        among = None if allowed is None else np.isin(self._owners, allowed)
        possible = len(self._owners) if among is None else int(among.sum())
        fetched = k * _VECTORS_A_PASSAGE
        while True:
            rows, scores = self._nearest(query, min(fetched, possible), among)
            if len(rows) >= k or fetched >= possible:
                return rows[:k], scores[:k]
            fetched *= 2

    def scores(self, query: Floats, rows: Rows) -> Floats:
        """The inner products of `query` (dimension,) with the nearest vector of some passages, in their order."""
        if len(rows) == 0:
            return np.empty(0, np.float32)
        counts = self._firsts[rows + 1] - self._firsts[rows]
        stored: Floats = self._index.reconstruct_batch(ranges(self._firsts[rows], counts).astype(np.int64))
        nearest: Floats = np.maximum.reduceat(stored @ query.astype(np.float32), np.cumsum(counts) - counts)
        return nearest

    def _nearest(self, query: Floats, fetched: int, among: NDArray[np.bool_] | None) -> tuple[Rows, Floats]:
        """The passages of so many vectors, each with its best, best first, equals by row."""
        # One question can't be shared between threads by FAISS; its pool would only fight the encoder's. OpenMP keeps
        # the number for each calling thread, so it is set in each.
        faiss.omp_set_num_threads(1)
        asked = query[np.newaxis].astype(np.float32)
        scores, numbers = self._index.search(asked, fetched, params=_parameters(among))
        owners = self._owners[numbers[0]]
        order = np.lexsort((owners, -scores[0]))
        _, first = np.unique(owners[order], return_index=True)
        best = order[np.sort(first)]
        return owners[best], scores[0][best]


def _half_precision(dimension: int) -> faiss.Index:
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


# FAISS adds these short forms of its constructors at run time, unseen by its stubs.
def _parameters(among: NDArray[np.bool_] | None) -> faiss.SearchParameters | None:
    if among is None:
        return None
    selector = faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))  # type: ignore[call-arg,arg-type]
    return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
