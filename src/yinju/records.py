"""What the rest of the library speaks in. Imports nothing of ours.

Every offset is in Unicode code points into `Document.text`, end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["user", "assistant"]
Status = Literal["answered", "not_found"]
Reason = Literal["off_topic", "no_evidence", "empty_index"]
BlockKind = Literal["title", "heading", "paragraph", "caption"]
JobKind = Literal["add", "replace"]
JobState = Literal["queued", "running", "indexing", "done", "failed"]

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Span:
    """A slice `[start, end)` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters the span covers."""
        return text[self.start : self.end]

    def moved(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that belongs together: a heading, a caption, or a paragraph.

    A paragraph the source broke in two (at a page end) is one block over both halves where the break itself
    proves it. `cut` marks a block that ends in mid-sentence and whose continuation is not in the text.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0  # 1 for the highest heading; 0 for what is not a heading
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a file: its text with `\\n` line ends, and the structure found in it."""

    text: str
    title: str
    date: str | None  # ISO 8601, as precise as the document states it: 2025, 2025-10 or 2025-10-27
    blocks: tuple[Block, ...]  # in order, not overlapping; what lies between them is white space or markup
    pages: tuple[int, ...] = ()  # the offset each page starts at; empty where the format has no pages


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    title: str
    date: str | None
    name: str  # the file's name, relative to its root
    root: str | None  # the folder it was indexed from; None for an upload
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...]
    bytes_sha256: str
    text_sha256: str
    version: int
    added_at: str  # ISO 8601, UTC
    updated_at: str
    collection: str = DEFAULT_COLLECTION

    def headings(self) -> tuple[Heading, ...]:
        """The headings in order, the title aside."""
        return tuple(
            Heading(self.text[b.start : b.end], b.level, b.start, b.end) for b in self.blocks if b.kind == "heading"
        )

    def cuts(self) -> tuple[int, ...]:
        """The offsets at which the text breaks off in mid-sentence, in order."""
        return tuple(block.end for block in self.blocks if block.cut)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text, as lists show it."""

    id: str
    title: str
    date: str | None
    name: str
    root: str | None
    characters: int
    passages: int
    version: int
    text_sha256: str
    added_at: str
    updated_at: str
    collection: str = DEFAULT_COLLECTION


@dataclass(frozen=True, slots=True)
class Version:
    """One of the texts a document had. text_sha256: of the text."""

    version: int
    title: str
    text_sha256: str
    stored_at: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents that are asked together, by the name they were added under."""

    name: str
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document: what is encoded, searched and shown."""

    document_id: str
    start: int
    end: int
    text: str
    heading: tuple[str, ...] = ()  # from the highest heading down
    page: int | None = None  # from 1

    @property
    def id(self) -> str:
        return f"{self.document_id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. `score` and `signals` are 0 to 1, higher is better."""

    passage: Passage
    title: str
    score: float
    signals: Mapping[str, float] = field(default_factory=dict)
    version: int = 1  # of the document the passage is a slice of


@dataclass(frozen=True, slots=True)
class Highlight:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote: whole sentences, verbatim `[start, end)` of the document.

    cut: the source itself breaks off where the quote ends, as at the end of a page.
    """

    number: int
    document_id: str
    title: str
    document_date: str | None
    heading: tuple[str, ...]
    page: int | None
    passage_id: str
    quote: str
    start: int
    end: int
    highlights: tuple[Highlight, ...]
    text_sha256: str
    cut: bool = False
    version: int = 1  # of the document quoted; it stays readable when a newer one replaces it


@dataclass(frozen=True, slots=True)
class Turn:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds."""

    encode: float
    search: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    id: str
    status: Status
    reason: Reason | None
    mode: Literal["extractive", "generative"]
    language: str  # BCP 47, of the question
    answer: str
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    timing_ms: Timing


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed. reason: a slug for programs. detail: for people, ending with what to do."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Job:
    """A document on its way into the index. Once there is one, neither a crash nor a restart loses it.

    state: `queued`, `running` (read, split, encoded), `indexing` (stored; the indexes are being made), then `done` or
    `failed`. stage, done, total: how far the running step is. created: whether a document or version came of it; not
    so where the same bytes were there already.
    """

    id: str
    kind: JobKind
    state: JobState
    stage: str
    done: int
    total: int
    name: str
    collection: str
    document_id: str | None
    version: int | None
    created: bool
    error: JobError | None
    created_at: str  # ISO 8601, UTC
    updated_at: str
    replayed: bool = False  # told once more to an idempotency key that came before

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed")


@dataclass(frozen=True, slots=True)
class Removal:
    """What a deletion removed: passages and vectors of the last version, and how many versions' texts."""

    document_id: str
    passages: int
    vectors: int
    versions: int
    replayed: bool = False  # told once more to an idempotency key that came before
