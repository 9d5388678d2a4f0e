"""A question made ready for searching: its language, its terms and its vectors, each worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yinju.conversation import context
from yinju.encoder import Encoder, Encoding, Floats
from yinju.records import Turn
from yinju.text import language, terms

_PUNCTUATION_WEIGHT = 0.1  # a question mark aligns with any other; leaving it out altogether measured no better
_CONTEXT_WEIGHT = 0.3  # what was said before says what "it" is; what is asked is in the question's own words


@dataclass(frozen=True, slots=True)
class Question:
    """text, language: of the question as put. terms, encoding: of it with the context it needs before it.

    encoding.offsets are into `text`; below 0 for tokens of the context.
    token_weights: (tokens,), summing to 1 (all 0 where there are no tokens), one for each of `encoding.tokens`.
    """

    text: str
    language: str
    terms: tuple[str, ...]
    encoding: Encoding
    token_weights: Floats


def prepare(text: str, encoder: Encoder, history: Sequence[Turn] = ()) -> Question:
    """Encode and analyse one question, the last of a conversation. Raises ModelError."""
    tongue = language(text)
    before = context(text, tongue, history)
    searched = before + text
    encoding = encoder.encode_query(searched)
    encoding = replace(encoding, offsets=encoding.offsets - np.int32(len(before)))
    return Question(
        text=text,
        language=tongue,
        terms=tuple(dict.fromkeys(terms(searched))),
        encoding=encoding,
        token_weights=_token_weights(before, text, encoding),
    )


def _token_weights(before: str, text: str, encoding: Encoding) -> Floats:
    searched, own = before + text, len(before)
    weights = np.array(
        [
            (1.0 if any(map(str.isalnum, searched[own + start : own + end])) else _PUNCTUATION_WEIGHT)
            * (1.0 if start >= 0 else _CONTEXT_WEIGHT)
            for start, end in encoding.offsets.tolist()
        ],
        dtype=np.float32,
    )
    return weights / weights.sum() if len(weights) else weights
