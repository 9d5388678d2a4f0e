"""The parts of a derived generation: written passage by passage, opened, and tried before they serve."""

from __future__ import annotations

from collections.abc import Container, Sized
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yinju.blobs import PassageVectors, unpack_offsets, unpack_pooled, unpack_spans
from yinju.lexical import LexicalIndex, LexicalWriter
from yinju.passage_table import PassageTable, PassageTableWriter
from yinju.progress import Progress
from yinju.records import Span
from yinju.sentence_table import SentenceTable, SentenceWriter
from yinju.snapshot import Snapshot
from yinju.stored import Generation, Origin, StoredDocument, StoredPassage
from yinju.text import terms
from yinju.token_store import SENTENCES, WHOLE, TokenStore, TokenWriter
from yinju.vectors import VectorIndex, VectorWriter

_PROBES = 3  # documents whose first passage is looked for in a new generation
_CLOSE = 1e-2  # of half precision, from the inner product of a vector with itself


@dataclass(frozen=True, slots=True)
class Derived:
    """One generation, opened. Row numbers mean the same passage in all parts.

    origin: None where there is no document. tokens: of passages encoded whole. sentence_tokens: of their sentences,
    each encoded alone.
    """

    generation: Generation
    origin: Origin | None
    vectors: VectorIndex
    lexical: LexicalIndex
    tokens: TokenStore
    sentence_tokens: TokenStore
    passages: PassageTable
    sentences: SentenceTable


def opened(folder: Path, generation: Generation, made_by: Origin | None) -> Derived:
    """The indexes in a folder. Raises one of what numpy, FAISS, tantivy and json raise, or ValueError, for damage."""
    parts = (
        VectorIndex(folder),
        LexicalIndex(folder),
        TokenStore(folder, WHOLE),
        TokenStore(folder, SENTENCES),
        PassageTable(folder),
        SentenceTable(folder),
    )
    sized: tuple[Sized, ...] = parts
    if len({len(part) for part in sized}) != 1:
        raise ValueError(f"the parts in {folder} are not equally long")
    return Derived(generation, made_by, *parts)


def write(snapshot: Snapshot, folder: Path, origin: Origin | None, progress: Progress) -> None:
    """Write all parts of what `origin` encoded, None where there is nothing, into a folder."""
    with ExitStack() as files:
        writers = _Writers(folder, 0 if origin is None else origin.dimension, files)
        if origin is not None:
            _write_all(snapshot, writers, origin, progress)
        writers.finish()


def _write_all(snapshot: Snapshot, writers: _Writers, origin: Origin, progress: Progress) -> None:
    done, total = 0, snapshot.count(origin)
    for document in snapshot.documents():
        writers.table.begin(document)
        cuts = {block.end for block in document.blocks if block.cut}
        for stored in snapshot.passages(document, origin):
            writers.add(stored, document, cuts)
            done += 1
            progress("build", done, total)


def finds_itself(made: Derived, snapshot: Snapshot) -> bool:
    """Whether passages of some documents are found where they were written: by their vector and by their words."""
    if made.origin is None:
        return True
    if len(made.passages) and made.vectors.dimension != made.origin.dimension:
        return False
    for document in islice(snapshot.documents(), _PROBES):
        for stored in islice(snapshot.passages(document, made.origin), 1):
            if not _finds(made, document, stored):
                return False
    return True


def _finds(made: Derived, document: StoredDocument, stored: StoredPassage) -> bool:
    rows = made.passages.rows([document.id])
    row, pooled = int(rows[0]), unpack_pooled(stored.vectors.whole.pooled, made.vectors.dimension)[0]
    if made.passages.passage(row) != stored.passage:
        return False
    own = float(pooled @ pooled)
    near = float(made.vectors.scores(pooled, rows[:1])[0])
    return near >= own - _CLOSE and bool(made.lexical.holds(terms(stored.passage.text), rows[:1]).all())


class _Writers:
    """All parts of a generation, written passage by passage. `files` closes what they hold open."""

    def __init__(self, folder: Path, dimension: int, files: ExitStack) -> None:
        self._dimension = dimension
        self._vectors = VectorWriter(folder, dimension)
        self._lexical = files.enter_context(closing(LexicalWriter(folder)))
        self._tokens = files.enter_context(closing(TokenWriter(folder, WHOLE)))
        self._sentence_tokens = files.enter_context(closing(TokenWriter(folder, SENTENCES)))
        self._sentences = files.enter_context(closing(SentenceWriter(folder)))
        self.table = files.enter_context(closing(PassageTableWriter(folder)))

    def add(self, stored: StoredPassage, document: StoredDocument, cuts: Container[int]) -> None:
        """cuts: where the source breaks off."""
        passage, vectors = stored.passage, stored.vectors
        self.table.add(passage)
        self._vectors.add(self._pooled(vectors))
        self._tokens.add(vectors.whole.tokens, vectors.whole.offsets)
        self._sentence_tokens.add(vectors.sentences.tokens, vectors.sentences.offsets)
        # A question that names the report means its passages, which need not repeat the name.
        self._lexical.add(terms(passage.text), terms("\n".join((document.title, *passage.heading))))
        within = unpack_spans(vectors.spans)
        spans = [Span(passage.start + span.start, passage.start + span.end) for span in within]
        self._sentences.add(document.text, passage.start, spans, unpack_offsets(vectors.sentences.offsets), cuts)

    def finish(self) -> None:
        parts = (self._vectors, self._lexical, self._tokens, self._sentence_tokens, self._sentences, self.table)
        for part in parts:
            part.finish()

    def _pooled(self, vectors: PassageVectors) -> NDArray[np.float32]:
        """(1 + sentences, dimension): the passage's own vector and its sentences'."""
        both = (unpack_pooled(part.pooled, self._dimension) for part in (vectors.whole, vectors.sentences))
        return np.concatenate(tuple(both))
