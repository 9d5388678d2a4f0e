"""Encodings as the bytes the catalogue keeps: float32 pooled vectors, int8 token vectors, uint16 offsets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yinju.encoder import Encoding
from yinju.errors import ModelError

SCALE = 127
"""Token vectors are stored as round(value × SCALE): their components lie in [-1, 1]."""

Int8s = NDArray[np.int8]
_POOLED, _TOKEN, _OFFSET = np.dtype("<f4"), np.dtype("i1"), np.dtype("<u2")


@dataclass(frozen=True, slots=True)
class Packed:
    """One passage's vectors, ready to store. Lengths in bytes: pooled 4·d, tokens n·d, offsets 4·n."""

    pooled: bytes
    tokens: bytes
    offsets: bytes


def quantise(tokens: NDArray[np.float32]) -> Int8s:
    """Round (n, d) components in [-1, 1] to int8; what lies outside is clipped."""
    return np.clip(np.rint(tokens * SCALE), -SCALE, SCALE).astype(_TOKEN)


def pack(encoding: Encoding, characters: int, dimension: int) -> Packed:
    """The bytes to store for a passage of so many characters.

    Raises ModelError when the encoder's shapes, numbers or offsets can't belong to it.
    """
    pooled, tokens, offsets = encoding.pooled, encoding.tokens, encoding.offsets
    shapes = (pooled.shape, tokens.shape, offsets.shape)
    if shapes != ((dimension,), (len(tokens), dimension), (len(tokens), 2)) or not _finite(pooled, tokens):
        raise ModelError(
            f"The model gave vectors and offsets of shapes {shapes}, where {dimension} finite numbers a vector were "
            "expected. Rebuild the model or set another."
        )
    if len(offsets) and not 0 <= offsets.min() <= offsets.max() <= min(characters, np.iinfo(_OFFSET).max):
        raise ModelError(
            f"The model gave token offsets outside a text of {characters} characters. Rebuild the model or set another."
        )
    return Packed(pooled.astype(_POOLED).tobytes(), quantise(tokens).tobytes(), offsets.astype(_OFFSET).tobytes())


def _finite(*arrays: NDArray[np.float32]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)


def unpack_pooled(blob: bytes) -> NDArray[np.float32]:
    """(d,) float32."""
    return np.frombuffer(blob, dtype=_POOLED)


def unpack_offsets(blob: bytes) -> NDArray[np.uint16]:
    """(n, 2) uint16, relative to the passage's first character."""
    return np.frombuffer(blob, dtype=_OFFSET).reshape(-1, 2)
