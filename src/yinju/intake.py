"""From a file to what is stored of it: read, split, encoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from yinju.blobs import PassageVectors, unpack_spans
from yinju.catalogue import Catalogue
from yinju.document_ids import document_id
from yinju.encoder import Encoder
from yinju.passage_vectors import PassageText, encode
from yinju.passages import SPLITTER, document_sentences, sentence_spans, split
from yinju.progress import Progress, silent
from yinju.readers import STRUCTURE, read_file
from yinju.records import Document, Passage, Reading
from yinju.stored import Draft, Origin

Ready = Mapping[PassageText, PassageVectors]
NONE_READY: Ready = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be taken in. root: the folder it lies in; None for an upload. digest: SHA-256 of its bytes."""

    name: str
    data: bytes | Path
    digest: str
    collection: str
    root: str | None = None


def origin_of(encoder: Encoder) -> Origin:
    """What the catalogue records about passages and vectors made with this encoder and this version's splitter."""
    return Origin(encoder.fingerprint, SPLITTER, encoder.dimension)


def digest_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def drafted(source: Source, encoder: Encoder, progress: Progress = silent, ready: Ready = NONE_READY) -> Draft:
    """What to store for a file. Passages whose vectors are `ready` are not encoded again. Raises Unreadable."""
    reading = read_file(source.name, source.data, progress=progress)
    passages = tuple(split(document_id(source.name), reading))
    vectors = encoded(encoder, reading, passages, progress, ready)
    return Draft(source.root, source.name, source.digest, STRUCTURE, reading, passages, vectors, source.collection)


def encoded(
    encoder: Encoder,
    source: Reading | Document,
    passages: tuple[Passage, ...],
    progress: Progress = silent,
    ready: Ready = NONE_READY,
) -> tuple[PassageVectors, ...]:
    """The passages' vectors, in order; those of a text in `ready` are taken from there."""
    found = document_sentences(source.blocks, source.text)
    texts = [
        PassageText.of(each.text, each.start, sentence_spans(found, source.text, each.start, each.end))
        for each in passages
    ]
    missing = list(dict.fromkeys(text for text in texts if text not in ready))
    made: dict[PassageText, PassageVectors] = {}
    for text, vectors in zip(missing, encode(encoder, missing), strict=True):
        made[text] = vectors
        progress("encode", len(made), len(missing))
    return tuple(made.get(text) or ready[text] for text in texts)


def ready_from(catalogue: Catalogue, document_id: str, origin: Origin) -> Ready:
    """The vectors of a document's passages, for those that another version of it shares. Raises NotFound, Gone."""
    return {
        PassageText(stored.passage.text, tuple(unpack_spans(stored.vectors.spans))): stored.vectors
        for stored in catalogue.stored(document_id, origin)
    }
