"""Found passages with scores given by hand."""

from __future__ import annotations

import numpy as np

from yinju.passages import document_sentences, sentence_spans
from yinju.records import Block, Passage
from yinju.retriever import Found, FoundSentence


def found(
    row: int, text: str, *scores: float, document_id: str = "report", start: int = 0, title: str = "年报"
) -> Found:
    """A passage of one paragraph at `start` of its document; its sentences have `scores`, then 0."""
    whole = " " * start + text
    block = Block("paragraph", start, len(whole))
    spans = sentence_spans(document_sentences([block], whole), whole, start, len(whole))
    given = [*scores, *[0.0] * (len(spans) - len(scores))]
    sentences = tuple(FoundSentence(span, score, 0.5, 0.5) for span, score in zip(spans, given, strict=True))
    passage = Passage(document_id, start, len(whole), text)
    signals = {"dense": 0.5, "lexical": 0.5, "late": 0.5}
    return Found(
        row,
        passage,
        title,
        "2025-10",
        "0" * 64,
        1,
        max(given, default=0.0),
        signals,
        sentences,
        np.zeros((0, len(sentences)), np.float32),
    )
