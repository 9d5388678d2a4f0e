"""Encodings as the bytes that are kept of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.documents import unpack_tokens
from yinju.blobs import pack
from yinju.encoder import Encoding
from yinju.errors import ModelError


@pytest.mark.parametrize(
    "pooled, tokens, offsets",
    [
        (np.zeros(3), np.zeros((1, 4)), [[0, 1]]),
        (np.zeros((1, 4)), np.zeros((1, 4)), [[0, 1]]),
        (np.zeros(4), np.zeros(4), [[0, 1]] * 4),
        (np.zeros(4), np.zeros((1, 4)), [[0, 1, 1]]),
        (np.zeros(4), np.zeros((2, 4)), [[0, 1]]),
        (np.full(4, np.nan), np.zeros((1, 4)), [[0, 1]]),
        (np.zeros(4), np.full((1, 4), np.inf), [[0, 1]]),
        (np.zeros(4), np.zeros((1, 4)), [[0, 6]]),
        (np.zeros(4), np.zeros((1, 4)), [[-1, 2]]),
    ],
)
def test_an_encoding_that_does_not_fit_is_refused(
    pooled: np.ndarray, tokens: np.ndarray, offsets: list[list[int]]
) -> None:
    encoding = Encoding(pooled.astype(np.float32), tokens.astype(np.float32), np.array(offsets, dtype=np.int32))
    with pytest.raises(ModelError, match="Rebuild the model"):
        pack(encoding, characters=5, dimension=4)


def test_rounding_to_int8_is_within_half_a_step() -> None:
    values = np.random.default_rng(0).uniform(-1, 1, (50, 8)).astype(np.float32)
    encoding = Encoding(values[0], values, np.zeros((50, 2), dtype=np.int32))
    stored = unpack_tokens(pack(encoding, 5, 8).tokens, 8)
    assert np.abs(stored / 127 - values).max() <= 0.5 / 127 + 1e-6
