"""The derived indexes: what a search reads, made from the catalogue and safe to delete.

Each generation is a folder, written beside, flushed to disk and renamed into place; it is opened only when its
manifest, its files and the catalogue agree, and made again from the catalogue (nothing is encoded) otherwise.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterator, Sized
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yinju import manifest
from yinju.blobs import PassageVectors, unpack_offsets, unpack_pooled, unpack_spans
from yinju.catalogue import Catalogue, Snapshot
from yinju.lexical import LexicalIndex, LexicalWriter
from yinju.passage_table import PassageTable, PassageTableWriter
from yinju.passages import SPLITTER
from yinju.progress import Progress, silent
from yinju.records import Span
from yinju.sentence_table import SentenceTable, SentenceWriter
from yinju.stored import Generation, Origin, StoredDocument, StoredPassage
from yinju.text import terms
from yinju.token_store import SENTENCES, WHOLE, TokenStore, TokenWriter
from yinju.vectors import VectorIndex, VectorWriter

_LOCK = ".lock"
_UNFINISHED = "unfinished"
_TORN = (OSError, ValueError, KeyError, TypeError, RuntimeError)  # what numpy, FAISS, tantivy and json raise on damage


@dataclass(frozen=True, slots=True)
class Derived:
    """One generation, opened. Row numbers mean the same passage in all parts.

    tokens: of passages encoded whole. sentence_tokens: of their sentences, each encoded alone.
    """

    generation: Generation
    vectors: VectorIndex
    lexical: LexicalIndex
    tokens: TokenStore
    sentence_tokens: TokenStore
    passages: PassageTable
    sentences: SentenceTable


def open_derived(catalogue: Catalogue, folder: Path, fingerprint: str, progress: Progress = silent) -> Derived:
    """The indexes of the catalogue's present generation, made first where they are missing, torn or behind.

    Raises IndexMismatch when the catalogue was made by another encoder than `fingerprint` names.
    """
    found = find_derived(catalogue, folder, fingerprint)
    if found is not None:
        return found
    with _alone(folder), catalogue.snapshot() as snapshot:
        made_meanwhile = _found(snapshot, folder, fingerprint)
        return _made(snapshot, folder, progress) if made_meanwhile is None else made_meanwhile


def find_derived(catalogue: Catalogue, folder: Path, fingerprint: str) -> Derived | None:
    """The indexes of the catalogue's present generation if they are there and sound; makes and writes nothing.

    Raises IndexMismatch when the catalogue was made by another encoder than `fingerprint` names.
    """
    with catalogue.snapshot() as snapshot:
        return _found(snapshot, folder, fingerprint)


def _found(snapshot: Snapshot, folder: Path, fingerprint: str) -> Derived | None:
    if snapshot.origin is not None:
        snapshot.check(Origin(fingerprint, SPLITTER, snapshot.origin.dimension))
    return _opened(folder / f"g{snapshot.generation}", snapshot.generation, snapshot.origin)


def _opened(folder: Path, generation: Generation, made_by: Origin | None) -> Derived | None:
    try:
        if not manifest.agrees(folder, generation, made_by):
            return None
        found = Derived(
            generation,
            VectorIndex(folder),
            LexicalIndex(folder),
            TokenStore(folder, WHOLE),
            TokenStore(folder, SENTENCES),
            PassageTable(folder),
            SentenceTable(folder),
        )
    except _TORN:
        return None
    tables: tuple[Sized, ...] = (found.passages, found.sentences)
    parts: tuple[Sized, ...] = (found.vectors, found.lexical, found.tokens, found.sentence_tokens, *tables)
    return found if len({len(part) for part in parts}) == 1 else None


def _made(snapshot: Snapshot, folder: Path, progress: Progress) -> Derived:
    target, unfinished = folder / f"g{snapshot.generation}", folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    _write(snapshot, unfinished, progress)
    manifest.write(unfinished, snapshot.generation, snapshot.origin)
    shutil.rmtree(target, ignore_errors=True)  # there only when it was found torn
    unfinished.rename(target)
    manifest.flush(folder)
    made = _opened(target, snapshot.generation, snapshot.origin)
    if made is None:
        raise OSError(f"{target} was written and can't be read back. Check the disk, then start again.")
    _prune(folder, keep=target)
    return made


def _write(snapshot: Snapshot, folder: Path, progress: Progress) -> None:
    dimension = 0 if snapshot.origin is None else snapshot.origin.dimension
    with ExitStack() as files:
        writers = _Writers(folder, dimension, files)
        done = 0
        for document in snapshot.documents():
            writers.table.begin(document.id, document.title, document.date, document.name, document.text_sha256)
            cuts = {block.end for block in document.blocks if block.cut}
            for stored in snapshot.passages(document):
                writers.add(stored, document, cuts)
                done += 1
                progress("build", done, snapshot.counts.passages)
        writers.finish()


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


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One maker at a time, over threads and processes. The lock ends with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _prune(folder: Path, keep: Path) -> None:
    """Delete older generations. Who has one open keeps reading it: the files go when the last reader does."""
    for other in folder.glob("g*-*"):
        if other != keep:
            shutil.rmtree(other, ignore_errors=True)
