"""All token vectors in one memory-mapped file: int8, contiguous by passage row, with each token's place in the text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from yinju.blobs import SCALE, Int8s

Ints = NDArray[np.int32]
Rows = NDArray[np.int64]
Number = TypeVar("Number", np.int8, np.uint16)

_VECTORS, _OFFSETS, _STARTS, _ABOUT = "tokens.i8", "token_offsets.u2", "token_starts.npy", "tokens.json"
LARGE_FILE = _VECTORS


@dataclass(frozen=True, slots=True)
class Gathered:
    """The token vectors of several passages, one after the other.

    vectors: (n, dimension) int8. starts: (passages + 1,): passage i owns vectors[starts[i]:starts[i + 1]].
    """

    vectors: Int8s
    starts: Rows


class TokenWriter:
    """Writes a store into a folder, passage by passage, in row order."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._starts = [0]
        self._vectors = (folder / _VECTORS).open("wb")
        self._offsets = (folder / _OFFSETS).open("wb")

    def add(self, tokens: bytes, offsets: bytes) -> None:
        """A passage's (n, dimension) int8 vectors and (n, 2) uint16 offsets, as the catalogue keeps them."""
        self._vectors.write(tokens)
        self._offsets.write(offsets)
        self._starts.append(self._starts[-1] + len(offsets) // 4)

    def finish(self) -> None:
        self.close()
        np.save(self._folder / _STARTS, np.array(self._starts, dtype=np.int64))
        (self._folder / _ABOUT).write_text(json.dumps({"dimension": self._dimension, "scale": SCALE}))

    def close(self) -> None:
        self._vectors.close()
        self._offsets.close()


class TokenStore:
    """A store opened for reading; rows are read from disk as they are asked for. Safe to use from several threads.

    A component is its int8 divided by `scale`. Raises ValueError or OSError for files that don't fit together.
    """

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / _ABOUT).read_text())
        self.dimension = int(about["dimension"])
        self.scale = int(about["scale"])
        self._starts: Rows = np.load(folder / _STARTS)
        total = int(self._starts[-1])
        self._vectors: Int8s = _mapped(folder / _VECTORS, np.dtype("i1"), (total, self.dimension))
        self._offsets: NDArray[np.uint16] = _mapped(folder / _OFFSETS, np.dtype("<u2"), (total, 2))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def tokens(self, row: int) -> tuple[Int8s, Ints]:
        """A passage's token vectors (n, dimension) and their `[start, end)` in the passage's own text (n, 2)."""
        own = slice(self._starts[row], self._starts[row + 1])
        return self._vectors[own], self._offsets[own].astype(np.int32)

    def gather(self, rows: Rows) -> Gathered:
        """The token vectors of some passages, in the order asked for."""
        lengths = self._starts[rows + 1] - self._starts[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        vectors = np.empty((int(starts[-1]), self.dimension), dtype=np.int8)
        for row, start, end in zip(rows, starts, starts[1:], strict=False):
            vectors[start:end] = self._vectors[self._starts[row] : self._starts[row + 1]]
        return Gathered(vectors, starts)


def _mapped(path: Path, dtype: np.dtype[Number], shape: tuple[int, int]) -> NDArray[Number]:
    if path.stat().st_size != dtype.itemsize * shape[0] * shape[1]:
        raise ValueError(f"{path.name} is not {shape[0]} × {shape[1]} numbers")
    if 0 in shape:  # an empty file can't be mapped
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, mode="r", shape=shape)
