"""A passage to its vectors: encoded as one text, and each of its sentences encoded alone.

A token of a whole passage takes on what stands around it, one of a sentence only its sentence: the first tells what a
passage is about, the second what a sentence says. Measured together they find more than either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yinju.blobs import Packed, PassageVectors, joined, pack, pack_spans
from yinju.encoder import Encoder
from yinju.records import Span


@dataclass(frozen=True, slots=True)
class PassageText:
    """What is encoded of a passage: its text, and where its sentences stand in it. Equal ones have equal vectors."""

    text: str
    sentences: tuple[Span, ...]

    @classmethod
    def of(cls, text: str, start: int, sentences: Sequence[Span]) -> PassageText:
        """sentences: spans of the document, in which the passage starts at `start`."""
        return cls(text, tuple(Span(span.start - start, span.end - start) for span in sentences))


def encode(encoder: Encoder, passages: Sequence[PassageText]) -> Iterator[PassageVectors]:
    """One a passage, in order, yielded as they are ready. Raises ModelError."""
    for passage in passages:
        texts = list(dict.fromkeys((passage.text, *(span.of(passage.text) for span in passage.sentences))))
        encodings = encoder.encode_passages(texts)
        made = {text: pack(one, len(text), encoder.dimension) for text, one in zip(texts, encodings, strict=True)}
        yield _together(passage, made)


def _together(passage: PassageText, made: dict[str, Packed]) -> PassageVectors:
    sentences = [made[span.of(passage.text)] for span in passage.sentences]
    return PassageVectors(made[passage.text], pack_spans(passage.sentences), joined(sentences, passage.sentences))
