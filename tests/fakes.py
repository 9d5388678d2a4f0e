"""Stand-ins whose numbers can be computed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from yinju.encoder import Encoding

DIMENSION = 16


class CharacterEncoder:
    """A token a character that is not white space, as the unit vector of its code point modulo the dimension.

    The pooled vector counts the text's characters by that number, and is normalised. Remembers the texts it encoded.
    """

    def __init__(self, fingerprint: str = "characters", dimension: int = DIMENSION) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.encoded: list[str] = []

    def encode_query(self, text: str) -> Encoding:
        return self._encoding(text)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for text in texts:
            self.encoded.append(text)
            yield self._encoding(text)

    def _encoding(self, text: str) -> Encoding:
        places = [i for i, character in enumerate(text) if not character.isspace()]
        tokens = np.zeros((len(places), self.dimension), dtype=np.float32)
        tokens[np.arange(len(places)), [ord(text[i]) % self.dimension for i in places]] = 1
        counts = tokens.sum(axis=0)
        pooled = counts / max(float(np.linalg.norm(counts)), 1e-9)
        offsets = np.array([(i, i + 1) for i in places], dtype=np.int32).reshape(-1, 2)
        return Encoding(pooled.astype(np.float32), tokens, offsets)
