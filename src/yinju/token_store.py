"""Token vectors in a memory-mapped file: int8, contiguous by passage row, with each token's place in the text.

There are two: of the tokens of whole passages, and of those of sentences encoded alone.
"""

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

WHOLE, SENTENCES = "passage_tokens", "sentence_tokens"
"""What the stores' files are named after."""
_VECTORS, _OFFSETS, _STARTS, _ABOUT = ".i8", ".offsets.u2", ".starts.npy", ".json"
LARGE_FILES = frozenset({WHOLE + _VECTORS, SENTENCES + _VECTORS})


@dataclass(frozen=True, slots=True)
class Gathered:
    """The token vectors of several passages, one after the other.

    vectors: (n, dimension) int8. starts: (passages + 1,): passage i owns vectors[starts[i]:starts[i + 1]].
    """

    vectors: Int8s
    starts: Rows


class TokenWriter:
    """Writes a store into a folder, passage by passage, in row order."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / name
        self._dimension = 0  # told by the first tokens
        self._starts = [0]
        self._vectors = _part(self._path, _VECTORS).open("wb")
        self._offsets = _part(self._path, _OFFSETS).open("wb")

    def add(self, tokens: bytes, offsets: bytes) -> None:
        """A passage's (n, dimension) int8 vectors and (n, 2) uint16 offsets, as the catalogue keeps them."""
        self._vectors.write(tokens)
        self._offsets.write(offsets)
        count = len(offsets) // 4
        self._dimension = self._dimension or (len(tokens) // count if count else 0)
        self._starts.append(self._starts[-1] + count)

    def finish(self) -> None:
        self.close()
        np.save(_part(self._path, _STARTS), np.array(self._starts, dtype=np.int64))
        _part(self._path, _ABOUT).write_text(json.dumps({"dimension": self._dimension, "scale": SCALE}))

    def close(self) -> None:
        self._vectors.close()
        self._offsets.close()


class TokenStore:
    """A store opened for reading; rows are read from disk as they are asked for. Safe to use from several threads.

    A component is its int8 divided by `scale`. Raises ValueError or OSError for files that don't fit together.
    """

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / name
        about = json.loads(_part(path, _ABOUT).read_text())
        self.dimension = int(about["dimension"])
        self.scale = int(about["scale"])
        self._starts: Rows = np.load(_part(path, _STARTS))
        total = int(self._starts[-1])
        self._vectors: Int8s = _mapped(_part(path, _VECTORS), np.dtype("i1"), (total, self.dimension))
        self._offsets: NDArray[np.uint16] = _mapped(_part(path, _OFFSETS), np.dtype("<u2"), (total, 2))

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


def _part(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _mapped(path: Path, dtype: np.dtype[Number], shape: tuple[int, int]) -> NDArray[Number]:
    if path.stat().st_size != dtype.itemsize * shape[0] * shape[1]:
        raise ValueError(f"{path.name} is not {shape[0]} × {shape[1]} numbers")
    if 0 in shape:  # an empty file can't be mapped
        return np.empty(shape, dtype)
    # As a plain array: every slice of a memmap object pays for being one.
    return np.asarray(np.memmap(path, dtype, mode="r", shape=shape))
