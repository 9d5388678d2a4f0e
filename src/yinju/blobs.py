"""Encodings as the bytes the catalogue keeps: float32 pooled vectors, int8 token vectors, uint16 offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yinju.encoder import Encoding
from yinju.errors import ModelError
from yinju.records import Span

SCALE = 127
"""Token vectors are stored as round(value × SCALE): their components lie in [-1, 1]."""

Int8s = NDArray[np.int8]
_POOLED, _TOKEN, _OFFSET = np.dtype("<f4"), np.dtype("i1"), np.dtype("<u2")


@dataclass(frozen=True, slots=True)
class Packed:
    """The vectors of one text or of several, ready to store.

    For t texts with n tokens together, lengths in bytes: pooled 4·t·d, tokens n·(d of a token), offsets 4·n.
    """

    pooled: bytes
    tokens: bytes
    offsets: bytes


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """A passage encoded as one text, and each of its sentences encoded alone; all offsets are into the passage.

    spans: (sentences, 2) uint16, where each sentence stands in the passage.
    """

    whole: Packed
    spans: bytes
    sentences: Packed


def quantise(tokens: NDArray[np.float32]) -> Int8s:
    """Round (n, d) components in [-1, 1] to int8; what lies outside is clipped."""
    return np.clip(np.rint(tokens * SCALE), -SCALE, SCALE).astype(_TOKEN)


def pack(encoding: Encoding, characters: int, dimension: int) -> Packed:
    """The bytes to store for a text of so many characters.

    Raises ModelError when the encoder's shapes, numbers or offsets can't belong to it.
    """
    pooled, tokens, offsets = encoding.pooled, encoding.tokens, encoding.offsets
    fits = pooled.shape == (dimension,) and tokens.ndim == 2 and offsets.shape == (len(tokens), 2)
    if not fits or not _finite(pooled, tokens):
        raise ModelError(
            f"The model gave vectors and offsets of shapes {(pooled.shape, tokens.shape, offsets.shape)}, where "
            f"{dimension} finite numbers a text and two offsets a token were expected. Rebuild the model or set "
            "another."
        )
    if len(offsets) and not 0 <= offsets.min() <= offsets.max() <= min(characters, np.iinfo(_OFFSET).max):
        raise ModelError(
            f"The model gave token offsets outside a text of {characters} characters. Rebuild the model or set another."
        )
    return Packed(pooled.astype(_POOLED).tobytes(), quantise(tokens).tobytes(), offsets.astype(_OFFSET).tobytes())


def joined(packed: Sequence[Packed], spans: Sequence[Span]) -> Packed:
    """Several texts' vectors as one, each text's offsets moved to where its span starts."""
    moved = (unpack_offsets(one.offsets) + np.uint16(span.start) for one, span in zip(packed, spans, strict=True))
    return Packed(
        b"".join(one.pooled for one in packed),
        b"".join(one.tokens for one in packed),
        b"".join(offsets.astype(_OFFSET).tobytes() for offsets in moved),
    )


def pack_spans(spans: Sequence[Span]) -> bytes:
    """(n, 2) uint16, relative to the passage's first character."""
    return np.array([(span.start, span.end) for span in spans], dtype=_OFFSET).tobytes()


def unpack_spans(blob: bytes) -> list[Span]:
    return [Span(start, end) for start, end in unpack_offsets(blob).tolist()]


def _finite(*arrays: NDArray[np.float32]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)


def unpack_pooled(blob: bytes, dimension: int) -> NDArray[np.float32]:
    """(texts, d) float32."""
    return np.frombuffer(blob, dtype=_POOLED).reshape(-1, dimension)


def unpack_offsets(blob: bytes) -> NDArray[np.uint16]:
    """(n, 2) uint16, relative to the passage's first character."""
    return np.frombuffer(blob, dtype=_OFFSET).reshape(-1, 2)
