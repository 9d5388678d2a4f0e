"""How well each token of a question is matched by the evidence, by what stands around it, and by all that was found.

The matching of late interaction (MaxSim: Khattab and Zaharia 2020), read token by token: a near miss matches what it
is about and leaves what it asks for unmatched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yinju.derived import Derived
from yinju.evidence.selection import Evidence
from yinju.question import Question
from yinju.records import Span
from yinju.retriever import Found

Floats = NDArray[np.float32]
_SMALLEST = 1e-9

ASKING = re.compile(
    r"多少|什么|哪[些个位里年天一几家种]*|几[个位次]?|谁|何[时地人]|如何|怎么样?|为什么|是否|请问|吗|呢|[？?，,。.！!、：:的了是在]"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|did|does|do|is|are|was|were|the|a|an|of|in|on|at|to|for|by|and)\b"
)
"""Words and marks of a question that no evidence need match. Folded text."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """(tokens,) each: a content token's highest cosine in the sentence, with its neighbours, in the passage, and in all
    passages found. weights: how much the token counts, summing to 1. A question of nothing but asking words has all its
    tokens here."""

    weights: Floats
    sentence: Floats
    window: Floats
    passage: Floats
    found: Floats


def align(question: Question, best: Evidence, found: Sequence[Found], derived: Derived) -> Alignment:
    """Compare a question with the sentence quoted first, and with all passages found."""
    kept = _content(question)
    if not kept.any():
        kept[:] = True
    tokens, weights = question.encoding.tokens[kept], question.token_weights[kept]
    similar, offsets = _similar(tokens, best.found.row, derived)
    start = best.found.passage.start
    passage = _highest(similar)
    anywhere = passage
    for other in found:
        if other.row != best.found.row:
            anywhere = np.maximum(anywhere, _highest(_similar(tokens, other.row, derived)[0]))
    around = _with_neighbours(best)
    return Alignment(
        weights / max(float(weights.sum()), _SMALLEST),
        _highest(similar[:, _inside(offsets, best.span, start)]),
        _highest(similar[:, _inside(offsets, around, start)]),
        passage,
        anywhere,
    )


def _content(question: Question) -> NDArray[np.bool_]:
    """(tokens,): a word, and not one that only asks."""
    searched = question.searched
    asked = searched.casefold()
    spans = [match.span() for match in ASKING.finditer(asked)] if len(asked) == len(searched) else []
    places = question.encoding.offsets + (len(searched) - len(question.text))
    return np.array(
        [
            any(map(str.isalnum, searched[start:end])) and not any(a <= start and end <= b for a, b in spans)
            for start, end in places.tolist()
        ],
        bool,
    )


def _similar(tokens: Floats, row: int, derived: Derived) -> tuple[Floats, NDArray[np.int32]]:
    """(question tokens, tokens of the passage's sentences) cosines, and where the latter stand in the passage."""
    vectors, offsets = derived.sentence_tokens.tokens(row)
    similar = tokens @ vectors.T.astype(np.float32)
    return similar / np.float32(derived.sentence_tokens.scale), offsets


def _highest(similar: Floats) -> Floats:
    """(question tokens,): 0 where there is nothing to match."""
    highest: Floats = similar.max(axis=1, initial=0.0)
    return highest


def _inside(offsets: NDArray[np.int32], span: Span, start: int) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (offsets[:, 1] > span.start - start) & (offsets[:, 0] < span.end - start)
    return inside


def _with_neighbours(best: Evidence) -> Span:
    spans = [sentence.span for sentence in best.found.sentences]
    own = next((number for number, span in enumerate(spans) if span.end > best.span.start), 0)
    return Span(spans[max(own - 1, 0)].start, spans[min(own + 1, len(spans) - 1)].end)
