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

from yinju.evidence.selection import Evidence
from yinju.question import Question
from yinju.retriever import Found
from yinju.text import folded

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


def align(question: Question, best: Evidence, found: Sequence[Found]) -> Alignment:
    """Compare a question with the sentence quoted first, and with all passages found."""
    kept = _content(question)
    if not kept.any():
        kept[:] = True
    weights = question.token_weights[kept]
    matched = best.found.matched[kept]
    own = next(number for number, each in enumerate(best.found.sentences) if each.span.end >= best.span.end)
    return Alignment(
        weights / max(float(weights.sum()), _SMALLEST),
        _highest(matched[:, own : own + 1]),
        _highest(matched[:, max(own - 1, 0) : own + 2]),
        _highest(matched),
        _highest(np.hstack([each.matched[kept] for each in found])),
    )


def _content(question: Question) -> NDArray[np.bool_]:
    """(tokens,): a word, and not one that only asks."""
    searched = question.searched
    asked, back = folded(searched)
    spans = [(back[match.start()], back[match.end() - 1] + 1) for match in ASKING.finditer(asked)]
    places = question.encoding.offsets + (len(searched) - len(question.text))
    return np.array(
        [
            any(map(str.isalnum, searched[start:end])) and not any(a <= start and end <= b for a, b in spans)
            for start, end in places.tolist()
        ],
        bool,
    )


def _highest(matched: Floats) -> Floats:
    """(question tokens,): 0 where there is nothing to match."""
    highest: Floats = matched.max(axis=1, initial=0.0)
    return highest
