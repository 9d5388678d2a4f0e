"""Language centres of an encoder, from the same forty questions in each of twenty languages.

Public paragraphs in four of the languages, tried beside them, gave the same recall; so the questions alone are used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from yinju.encoder import Encoder
from yinju.encoder.centring import ANY, Centre, Centres, mean

_QUESTIONS = Path(__file__).with_name("questions.json")


def parallel_questions() -> dict[str, list[str]]:
    """By language, the same questions in the same order."""
    stored: dict[str, list[str]] = json.loads(_QUESTIONS.read_text(encoding="utf-8"))
    return stored


def fit(encoder: Encoder, questions: Mapping[str, Sequence[str]]) -> Centres:
    """The centre of each language, encoded as questions and as passages, and of all languages together."""
    queries = {tag: mean([encoder.encode_query(text) for text in texts]) for tag, texts in questions.items()}
    passages = {tag: mean(list(encoder.encode_passages(texts))) for tag, texts in questions.items()}
    return Centres(encoder.fingerprint, _with_any(queries), _with_any(passages))


def _with_any(centres: dict[str, Centre]) -> dict[str, Centre]:
    pooled = np.mean([centre.pooled for centre in centres.values()], axis=0)
    tokens = np.mean([centre.tokens for centre in centres.values()], axis=0)
    return {**centres, ANY: Centre(pooled, tokens)}
