"""The derived indexes: what a search reads, made from the catalogue and safe to delete.

Each generation is a folder, written beside, flushed to disk and renamed into place; it is opened only when its
manifest, its files and the catalogue agree, and made again from the catalogue (nothing is encoded) otherwise.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sized
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

from yinju import manifest
from yinju.blobs import unpack_offsets, unpack_pooled
from yinju.catalogue import Catalogue, Snapshot
from yinju.lexical import LexicalIndex, LexicalWriter
from yinju.passage_table import PassageTable, PassageTableWriter
from yinju.passages import SPLITTER, document_sentences, sentence_spans
from yinju.progress import Progress, silent
from yinju.sentence_table import SentenceTable, SentenceWriter
from yinju.stored import Generation, Origin
from yinju.text import terms
from yinju.token_store import TokenStore, TokenWriter
from yinju.vectors import VectorIndex, VectorWriter

_VECTORS = "vectors.faiss"
_LOCK = ".lock"
_UNFINISHED = "unfinished"
_TORN = (OSError, ValueError, KeyError, TypeError, RuntimeError)  # what numpy, FAISS, tantivy and json raise on damage


@dataclass(frozen=True, slots=True)
class Derived:
    """One generation, opened. Row numbers mean the same passage in all five parts."""

    generation: Generation
    vectors: VectorIndex
    lexical: LexicalIndex
    tokens: TokenStore
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
            VectorIndex(folder / _VECTORS),
            LexicalIndex(folder),
            TokenStore(folder),
            PassageTable(folder),
            SentenceTable(folder),
        )
    except _TORN:
        return None
    parts: tuple[Sized, ...] = (found.vectors, found.lexical, found.tokens, found.passages, found.sentences)
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
    vectors = VectorWriter(folder / _VECTORS, dimension)
    with ExitStack() as files:
        lexical = files.enter_context(closing(LexicalWriter(folder)))
        tokens = files.enter_context(closing(TokenWriter(folder, dimension)))
        table = files.enter_context(closing(PassageTableWriter(folder)))
        sentences = files.enter_context(closing(SentenceWriter(folder)))
        done = 0
        for document in snapshot.documents():
            table.begin(document.id, document.title, document.date, document.name, document.text_sha256)
            every = document_sentences(document.blocks, document.text)
            cuts = {block.end for block in document.blocks if block.cut}
            for stored in snapshot.passages(document):
                table.add(stored.passage)
                vectors.add(unpack_pooled(stored.vectors.pooled))
                tokens.add(stored.vectors.tokens, stored.vectors.offsets)
                lexical.add(terms(stored.passage.text), terms("\n".join(stored.passage.heading)))
                place = stored.passage
                spans = sentence_spans(every, document.text, place.start, place.end)
                sentences.add(document.text, place.start, spans, unpack_offsets(stored.vectors.offsets), cuts)
                done += 1
                progress("build", done, snapshot.counts.passages)
        for part in (vectors, lexical, tokens, table, sentences):
            part.finish()


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
