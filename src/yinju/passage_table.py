"""Which passage a row is, with its text: a copy of the catalogue's as of one generation.

Kept beside the indexes so that a search speaks of one state, whatever is written to the catalogue meanwhile.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yinju.records import Passage
from yinju.stored import StoredDocument

Rows = NDArray[np.int64]

_TEXTS, _PLACES, _ABOUT = "texts.utf8", "passages.npy", "documents.json"
_PLACE = np.dtype(
    [("document", "<i4"), ("start", "<i4"), ("end", "<i4"), ("heading", "<i4"), ("page", "<i4"), ("text_end", "<i8")]
)
_NO_PAGE = 0


@dataclass(frozen=True, slots=True)
class TableDocument:
    """A document as of the generation; its passages are rows `[first_row, last_row)`. pages: where each starts."""

    id: str
    title: str
    date: str | None
    name: str
    text_sha256: str
    collection: str
    version: int
    pages: Sequence[int]
    first_row: int
    last_row: int

    def page(self, offset: int) -> int | None:
        """The page an offset lies on, from 1; None where the format has no pages."""
        return bisect_right(self.pages, offset) if self.pages else None


class PassageTableWriter:
    """Writes a table into a folder: a document's passages in order, document after document."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts = (folder / _TEXTS).open("wb")
        self._places: list[tuple[int, int, int, int, int, int]] = []
        self._headings: dict[tuple[str, ...], int] = {}
        self._documents: list[TableDocument] = []

    def begin(self, stored: StoredDocument) -> None:
        """Start a document; the passages added next are its own."""
        row = len(self._places)
        about = (stored.id, stored.title, stored.date, stored.name, stored.text_sha256, stored.collection)
        self._documents.append(TableDocument(*about, stored.version, stored.pages, row, row))

    def add(self, passage: Passage) -> None:
        self._texts.write(passage.text.encode())
        heading = self._headings.setdefault(passage.heading, len(self._headings))
        page = _NO_PAGE if passage.page is None else passage.page
        document = len(self._documents) - 1
        self._places.append((document, passage.start, passage.end, heading, page, self._texts.tell()))
        self._documents[-1] = replace(self._documents[-1], last_row=len(self._places))

    def finish(self) -> None:
        self.close()
        np.save(self._folder / _PLACES, np.array(self._places, dtype=_PLACE))
        about = {"documents": [asdict(document) for document in self._documents], "headings": list(self._headings)}
        (self._folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    def close(self) -> None:
        self._texts.close()


class PassageTable:
    """A table opened for reading; texts are read from disk as they are asked for. Safe to use from several threads.

    Raises ValueError, KeyError or OSError for files that can't be read.
    """

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        self.documents: tuple[TableDocument, ...] = tuple(TableDocument(**each) for each in about["documents"])
        self._headings = [tuple(heading) for heading in about["headings"]]
        self._by_id = {document.id: document for document in self.documents}
        self.collections = frozenset(document.collection for document in self.documents)
        self._places = np.load(folder / _PLACES)
        self._text_starts = np.concatenate(([0], self._places["text_end"]))
        self._texts = _mapped(folder / _TEXTS)

    def __len__(self) -> int:
        return len(self._places)

    def document(self, row: int) -> TableDocument:
        """The document a passage belongs to."""
        return self.documents[int(self._places["document"][row])]

    def passage(self, row: int) -> Passage:
        _, start, end, heading, page, text_end = self._places[row].tolist()
        text = bytes(self._texts[self._text_starts[row] : text_end]).decode()
        return Passage(
            self.document(row).id, start, end, text, self._headings[heading], None if page == _NO_PAGE else page
        )

    def rows(self, document_ids: Iterable[str]) -> Rows:
        """The rows of some documents, ascending; none for a document the table does not hold."""
        return _rows_of(self._by_id[each] for each in document_ids if each in self._by_id)

    def rows_in(self, collections: Iterable[str]) -> Rows:
        """The rows of the documents of some collections, ascending."""
        wanted = frozenset(collections)
        return _rows_of(each for each in self.documents if each.collection in wanted)


def _rows_of(documents: Iterable[TableDocument]) -> Rows:
    ranges = [np.arange(each.first_row, each.last_row, dtype=np.int64) for each in documents]
    return np.unique(np.concatenate([*ranges, np.empty(0, np.int64)]))


def _mapped(path: Path) -> mmap | bytes:
    if path.stat().st_size == 0:  # an empty file can't be mapped
        return b""
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)
