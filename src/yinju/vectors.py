"""The dense index: FAISS inner product over the passages' pooled vectors, one row a passage.

Always exact. A flat search of 100,000 × 384 takes about 6 ms on one core, less than encoding a question; a graph or an
inverted file would save most of that, and cost minutes at each rebuild and part of the recall.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
_BATCH = 1024


class VectorWriter:
    """Writes an index of (dimension,) vectors, L2-normalised, in row order."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._index = faiss.IndexFlatIP(dimension)
        self._waiting: list[Floats] = []

    def add(self, pooled: Floats) -> None:
        self._waiting.append(pooled)
        if len(self._waiting) == _BATCH:
            self._flush()

    def finish(self) -> None:
        self._flush()
        faiss.write_index(self._index, str(self._path))

    def _flush(self) -> None:
        if self._waiting:
            self._index.add(np.stack(self._waiting).astype(np.float32))
            self._waiting.clear()


class VectorIndex:
    """An index opened for searching. Safe to use from several threads.

    Raises RuntimeError for a file FAISS can't read.
    """

    def __init__(self, path: Path) -> None:
        self._index = faiss.read_index(str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        """The k rows of highest inner product with `query` (dimension,), best first, equals by row.

        Fewer where there are fewer. `allowed` keeps the search to some rows, in any order.
        """
        k = min(k, len(self) if allowed is None else len(np.unique(allowed)))
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # One question can't be shared between threads by FAISS; its pool would only fight the encoder's. OpenMP keeps
        # the number for each calling thread, so it is set in each.
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(query[np.newaxis].astype(np.float32), k, params=self._parameters(allowed))
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def scores(self, query: Floats, rows: Rows) -> Floats:
        """The inner products of `query` (dimension,) with some rows, in their order."""
        if len(rows) == 0:
            return np.empty(0, np.float32)
        stored: Floats = self._index.reconstruct_batch(rows.astype(np.int64))
        return stored @ query.astype(np.float32)

    # FAISS adds these short forms of its constructors at run time, unseen by its stubs.
    def _parameters(self, allowed: Rows | None) -> faiss.SearchParameters | None:
        if allowed is None:
            return None
        wanted = np.zeros(len(self), dtype=bool)
        wanted[allowed] = True
        selector = faiss.IDSelectorBitmap(np.packbits(wanted, bitorder="little"))  # type: ignore[call-arg,arg-type]
        return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
