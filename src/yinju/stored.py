"""What the catalogue takes and gives beyond the library's records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from yinju.blobs import PassageVectors
from yinju.records import DEFAULT_COLLECTION, Block, Passage, Reading


class Generation(NamedTuple):
    """A committed state: a number that grows, and a mark no other state bears.

    The mark tells apart two states of equal number, as after a backup is restored and written to.
    """

    number: int
    mark: str

    def __str__(self) -> str:
        return f"{self.number:06d}-{self.mark}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What made the passages and vectors: the encoder's fingerprint, the splitter's name, numbers a vector."""

    encoder: str
    splitter: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Counts:
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a folder's next indexing compares a file with. structure: the version of the readers that read it."""

    id: str
    bytes_sha256: str
    structure: str
    collection: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be stored: what was read, its passages (in order) and the vectors of each.

    structure: the version of the readers that found title, headings and pages. root: None for an upload.
    """

    root: str | None
    name: str
    bytes_sha256: str
    structure: str
    reading: Reading
    passages: tuple[Passage, ...]
    vectors: tuple[PassageVectors, ...]
    collection: str = DEFAULT_COLLECTION

    def __post_init__(self) -> None:
        if len(self.passages) != len(self.vectors):
            raise ValueError(f"{len(self.passages)} passages with {len(self.vectors)} vectors")
        for passage in self.passages:
            if passage.text != self.reading.text[passage.start : passage.end]:
                raise ValueError(f"passage {passage.id} is not a slice of its document")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    key: int
    id: str
    title: str
    date: str | None
    name: str
    text: str
    text_sha256: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...]
    collection: str
    version: int


@dataclass(frozen=True, slots=True)
class StoredPassage:
    passage: Passage
    vectors: PassageVectors
