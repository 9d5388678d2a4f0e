"""Small documents whose passages are their lines."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from tests.fakes import CharacterEncoder
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.intake import origin_of
from yinju.passage_vectors import PassageText, encode
from yinju.passages import document_sentences, sentence_spans
from yinju.records import Block, Passage, Reading
from yinju.stored import Draft, Origin

ENCODER = CharacterEncoder()
ORIGIN = origin_of(ENCODER)
ROOT = "/reports"


def draft(
    name: str, text: str, *, root: str | None = ROOT, heading: tuple[str, ...] = (), encoder: Encoder = ENCODER
) -> Draft:
    """A document titled by its name; every line that is not empty is a paragraph and a passage."""
    spans, start = [], 0
    for line in text.split("\n"):
        if line:
            spans.append((start, start + len(line)))
        start += len(line) + 1
    reading = Reading(text, name, "2025-10", tuple(Block("paragraph", *span) for span in spans), (0,))
    passages = tuple(Passage("", start, end, text[start:end], heading, 1) for start, end in spans)
    every = document_sentences(reading.blocks, text)
    texts = [
        PassageText.of(passage.text, start, sentence_spans(every, text, start, end))
        for passage, (start, end) in zip(passages, spans, strict=True)
    ]
    vectors = tuple(encode(encoder, texts))
    return Draft(root, name, sha256(text.encode()).hexdigest(), "1", reading, passages, vectors)


def passages_of(catalogue: Catalogue, identifier: str, origin: Origin = ORIGIN) -> list[Passage]:
    """A document's passages in order, as `origin` encoded them."""
    return [each.passage for each in catalogue.stored(identifier, origin)]


def unpack_tokens(blob: bytes, dimension: int) -> NDArray[np.int8]:
    """(n, d): token vectors as the catalogue keeps them."""
    return np.frombuffer(blob, dtype=np.int8).reshape(-1, dimension)
