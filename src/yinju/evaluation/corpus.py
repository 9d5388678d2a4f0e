"""Paragraphs as an index of their own, each one passage, unsplit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived
from yinju.encoder import Encoder
from yinju.intake import origin_of
from yinju.passage_vectors import PassageText, encode
from yinju.passages import document_sentences, sentence_spans
from yinju.progress import Progress, silent
from yinju.records import Block, Passage, Reading, Span
from yinju.stored import Draft


@contextmanager
def indexed(paragraphs: Sequence[str], encoder: Encoder, progress: Progress = silent) -> Iterator[Derived]:
    """A temporary index in which row i is paragraph i. `progress` hears of stages `encode` and `build`."""
    with TemporaryDirectory(prefix="yinju-") as folder, Catalogue(Path(folder) / "catalogue.db") as catalogue:
        origin = origin_of(encoder)
        catalogue.generation()  # keeps a connection open: SQLite clears its log whenever the last one closes
        texts = [PassageText(paragraph, _sentences(paragraph)) for paragraph in paragraphs]
        for number, (paragraph, vectors) in enumerate(zip(paragraphs, encode(encoder, texts), strict=True)):
            name = paragraph_name(number)
            passage = Passage(f"{number:06d}", 0, len(paragraph), paragraph)
            digest = sha256(paragraph.encode()).hexdigest()
            catalogue.put(Draft(None, name, digest, "", as_reading(paragraph), (passage,), (vectors,)), origin)
            progress("encode", number + 1, len(paragraphs))
        yield open_derived(catalogue, Path(folder) / "derived", encoder.fingerprint, progress)


def paragraph_name(number: int) -> str:
    """The name of a paragraph's document; rows come in the order of ids, which are made of names."""
    return f"{number:06d}.txt"


def _sentences(paragraph: str) -> tuple[Span, ...]:
    found = document_sentences(as_reading(paragraph).blocks, paragraph)
    return tuple(sentence_spans(found, paragraph, 0, len(paragraph)))


def as_reading(text: str) -> Reading:
    """A text that is one paragraph and nothing else."""
    return Reading(text, "", None, (Block("paragraph", 0, len(text)),))
