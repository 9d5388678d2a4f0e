"""What an encoder is, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Encoding:
    """The vectors of one text.

    pooled: (dimension,), L2-normalised. tokens: (n, components), each L2-normalised, as many components for every
    token the encoder makes; the prompt's and the special tokens left out. offsets: (n, 2), the `[start, end)` code
    points of each token in the text as given.
    """

    pooled: Floats
    tokens: Floats
    offsets: Ints


class Encoder(Protocol):
    """What turns questions and passages into vectors. Safe to call from several threads."""

    @property
    def fingerprint(self) -> str:
        """Names model, weights, prompts and precision: equal fingerprints give interchangeable vectors."""

    @property
    def dimension(self) -> int: ...

    def encode_query(self, text: str) -> Encoding: ...

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Encoding]:
        """One encoding a text, in order, yielded as they are ready (so that a caller can show progress).

        A text longer than the model's limit is encoded in windows: its tokens are all windows' tokens, its pooled
        vector the mean of the windows' weighted by their tokens, normalised.
        """
