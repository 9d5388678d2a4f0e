"""Paragraphs as an index of their own, each one passage, unsplit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju.blobs import pack
from yinju.catalogue import Catalogue
from yinju.derived import Derived, open_derived
from yinju.encoder import Encoder
from yinju.indexing import origin_of
from yinju.progress import Progress, silent
from yinju.records import Block, Passage, Reading
from yinju.stored import Draft


@contextmanager
def indexed(paragraphs: Sequence[str], encoder: Encoder, progress: Progress = silent) -> Iterator[Derived]:
    """A temporary index in which row i is paragraph i. `progress` hears of stages `encode` and `build`."""
    with TemporaryDirectory(prefix="yinju-") as folder, Catalogue(Path(folder) / "catalogue.db") as catalogue:
        origin = origin_of(encoder)
        catalogue.generation()  # keeps a connection open: SQLite clears its log whenever the last one closes
        encodings = encoder.encode_passages(paragraphs)
        for number, (paragraph, encoding) in enumerate(zip(paragraphs, encodings, strict=True)):
            name = f"{number:06d}.txt"  # rows come in the order of ids
            passage = Passage(f"{number:06d}", 0, len(paragraph), paragraph)
            vectors = pack(encoding, len(paragraph), origin.dimension)
            digest = sha256(paragraph.encode()).hexdigest()
            catalogue.put(Draft(None, name, digest, "", as_reading(paragraph), (passage,), (vectors,)), origin)
            progress("encode", number + 1, len(paragraphs))
        yield open_derived(catalogue, Path(folder) / "derived", encoder.fingerprint, progress)


def as_reading(text: str) -> Reading:
    """A text that is one paragraph and nothing else."""
    return Reading(text, "", None, (Block("paragraph", 0, len(text)),))
