"""Language centres and principal axes of an encoder.

The centres are from the same forty questions in each of twenty languages: public paragraphs in four of them, tried
beside, gave the same recall. The axes are from those questions' tokens and those of invented reports;
`python -m scripts.storage` shows recall and bytes for other numbers of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from yinju.encoder import Encoder, Floats
from yinju.encoder.centring import ANY, Centre, CentredEncoder, Centres, mean
from yinju.text import sentences

_QUESTIONS = Path(__file__).with_name("questions.json")
_REPORTS = Path(__file__).with_name("reports") / "fitted"
KEPT = 0.5  # of the dimension


def parallel_questions() -> dict[str, list[str]]:
    """By language, the same questions in the same order."""
    stored: dict[str, list[str]] = json.loads(_QUESTIONS.read_text(encoding="utf-8"))
    return stored


def report_sentences() -> list[str]:
    texts = (path.read_text(encoding="utf-8") for path in sorted(_REPORTS.glob("*.txt")))
    return [span.of(text) for text in texts for span in sentences(text, 0, len(text))]


def fit(encoder: Encoder, questions: Mapping[str, Sequence[str]], others: Sequence[str], kept: float = KEPT) -> Centres:
    """The centre of each language, encoded as questions and as passages, and of all languages together; and the axes.

    others: passages in one language that count as much for the axes as all the questions do.
    """
    queries = {tag: mean([encoder.encode_query(text) for text in texts]) for tag, texts in questions.items()}
    passages = {tag: mean(list(encoder.encode_passages(texts))) for tag, texts in questions.items()}
    centres = Centres(encoder.fingerprint, _with_any(queries), _with_any(passages))
    every = [text for texts in questions.values() for text in texts]
    around = CentredEncoder(encoder, centres)
    sides = (map(around.encode_query, every), around.encode_passages(every), around.encode_passages(others))
    second_moments = [_second_moment(encoding.tokens for encoding in side) for side in sides]
    return replace(centres, axes=_axes(np.mean(second_moments, axis=0), round(encoder.dimension * kept)))


def _with_any(centres: dict[str, Centre]) -> dict[str, Centre]:
    pooled = np.mean([centre.pooled for centre in centres.values()], axis=0)
    tokens = np.mean([centre.tokens for centre in centres.values()], axis=0)
    return {**centres, ANY: Centre(pooled, tokens)}


def _second_moment(vectors: Iterable[Floats]) -> Floats:
    """(dimension, dimension): the mean outer product of all tokens."""
    tokens = np.concatenate(list(vectors))
    moment: Floats = tokens.T @ tokens / np.float32(len(tokens))
    return moment


def _axes(second_moment: Floats, kept: int) -> Floats:
    """(kept, dimension): the axes along which the tokens spread most, first the widest."""
    _, vectors = np.linalg.eigh(second_moment)
    return np.ascontiguousarray(vectors[:, ::-1][:, :kept].T)
