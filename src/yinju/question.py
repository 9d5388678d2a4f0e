"""A question made ready for searching: its language, its terms and its vectors, each worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yinju.conversation import Context, context
from yinju.encoder import Encoder, Encoding, Floats
from yinju.records import Turn
from yinju.text import language, terms

_PUNCTUATION_WEIGHT = 0.1  # a question mark aligns with any other; leaving it out altogether measured no better


@dataclass(frozen=True, slots=True)
class Question:
    """text, language: of the question as put. searched: it with the earlier questions it needs before it.

    encoding: of `searched`.
    terms: its own, with those of earlier questions about the same thing.
    asking: the text whose question words tell what kind of answer is wanted; the question itself, after the earlier
    one where it only names another thing to ask the same about.
    encoding.offsets are into `text`; below 0 for tokens of earlier questions.
    token_weights: (tokens,), summing to 1 (all 0 where there are no tokens), one for each of `encoding.tokens`.
    """

    text: str
    searched: str
    language: str
    asking: str
    terms: tuple[str, ...]
    encoding: Encoding
    token_weights: Floats


def prepare(text: str, encoder: Encoder, history: Sequence[Turn] = ()) -> Question:
    """Encode and analyse one question, the last of a conversation. Raises ModelError."""
    tongue = language(text)
    said = context(text, tongue, history)
    before = said.text
    encoding = encoder.encode_query(before + text)
    encoding = replace(encoding, offsets=encoding.offsets - np.int32(len(before)))
    return Question(
        text=text,
        searched=before + text,
        language=tongue,
        asking="\n".join((*said.asking, text)),
        terms=tuple(dict.fromkeys(term for part in (*said.topic, text) for term in terms(part))),
        encoding=encoding,
        token_weights=_token_weights(said, text, encoding),
    )


def _token_weights(said: Context, text: str, encoding: Encoding) -> Floats:
    searched, own = said.text + text, len(said.text)
    weights = np.array(
        [
            1.0 if any(map(str.isalnum, searched[own + start : own + end])) else _PUNCTUATION_WEIGHT
            for start, end in encoding.offsets.tolist()
        ],
        dtype=np.float32,
    )
    starts = encoding.offsets[:, 0]
    total, first = weights[starts >= 0].sum(), -own
    for question, weight in said.earlier:
        # However long it is, an earlier question weighs what it is to weigh against the whole of this one.
        its = (starts >= first) & (starts <= first + len(question))
        weights[its] *= weight * total / max(weights[its].sum(), _PUNCTUATION_WEIGHT)
        first += len(question) + 1
    return weights / weights.sum() if weights.any() else weights
