"""A question made ready for searching: its language, its terms and its vectors, each worked out once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yinju.encoder import Encoder, Encoding, Floats
from yinju.text import language, terms

_PUNCTUATION_WEIGHT = 0.1  # a question mark aligns with any other; leaving it out altogether measured no better


@dataclass(frozen=True, slots=True)
class Question:
    """token_weights: (tokens,), summing to 1, one for each of `encoding.tokens`."""

    text: str
    language: str
    terms: tuple[str, ...]
    encoding: Encoding
    token_weights: Floats


def prepare(text: str, encoder: Encoder) -> Question:
    """Encode and analyse one question."""
    encoding = encoder.encode_query(text)
    weights = np.array([_weight(text[start:end]) for start, end in encoding.offsets.tolist()], dtype=np.float32)
    total = weights.sum()
    return Question(
        text=text,
        language=language(text),
        terms=tuple(dict.fromkeys(terms(text))),
        encoding=encoding,
        token_weights=weights / total if total else weights,
    )


def _weight(token: str) -> float:
    return 1.0 if any(char.isalnum() for char in token) else _PUNCTUATION_WEIGHT
