"""The lexical index: BM25 by tantivy over terms made elsewhere, and which of a question's terms a passage holds.

A passage has two fields, its body and its headings; a question term scores in both, headings by a weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p
from pathlib import Path
from zlib import crc32

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import FieldType, Occur, Query

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]

HEADING_WEIGHT = 0.5
_BODY, _HEADING, _ROW = "body", "heading", "row"
_INDEX, _HASHES, _STARTS = "tantivy", "terms.u4", "term_starts.npy"
_HEAP = 128_000_000  # bytes; what a writer holds before it starts another segment
_MAX_RANGES = 64  # a range costs a scan of the row column, a set one look-up a row


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_unsigned_field(_ROW, indexed=True, fast=True)
    for field in (_BODY, _HEADING):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalWriter:
    """Writes an index into a folder, passage by passage, in row order. Terms must hold no white space."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / _INDEX).mkdir()
        # One thread, so that rows keep their order within a segment and equal scores come in row order.
        self._writer = tantivy.Index(_schema(), str(folder / _INDEX)).writer(_HEAP, 1)
        self._hashes = (folder / _HASHES).open("wb")
        self._starts = [0]

    def add(self, body: Sequence[str], heading: Sequence[str]) -> None:
        document = tantivy.Document()
        document.add_unsigned(_ROW, len(self._starts) - 1)
        document.add_text(_BODY, " ".join(body))
        document.add_text(_HEADING, " ".join(heading))
        self._writer.add_document(document)
        hashes = np.unique(hashed([*body, *heading]))
        self._hashes.write(hashes.tobytes())
        self._starts.append(self._starts[-1] + len(hashes))

    def finish(self) -> None:
        self.close()
        np.save(self._folder / _STARTS, np.array(self._starts, dtype=np.int64))
        self._writer.commit()
        self._writer.wait_merging_threads()

    def close(self) -> None:
        self._hashes.close()


class LexicalIndex:
    """An index opened for searching. Safe to use from several threads.

    Raises ValueError or OSError for files that can't be read. A term asked for twice counts once.
    """

    def __init__(self, folder: Path) -> None:
        index = tantivy.Index.open(str(folder / _INDEX))
        index.config_reader("manual")  # nothing is ever added: no thread need watch the folder
        self._schema = index.schema
        self._searcher = index.searcher()
        self._starts: Rows = np.load(folder / _STARTS)
        self._hashes = np.fromfile(folder / _HASHES, dtype="<u4")
        if self._searcher.num_docs != len(self) or len(self._hashes) != self._starts[-1]:
            raise ValueError(f"{folder} holds {self._searcher.num_docs} passages where {len(self)} were written")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def search(
        self, terms: Sequence[str], k: int, allowed: Rows | None = None, heading_weight: float = HEADING_WEIGHT
    ) -> tuple[Rows, Floats]:
        """The k rows of highest BM25, best first, equals by row; only rows that hold a term of the question.

        `allowed` keeps the search to some rows; term statistics stay those of the whole index.
        """
        terms = list(dict.fromkeys(terms))
        if not terms or k <= 0 or len(self) == 0 or (allowed is not None and len(allowed) == 0):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = self._any_of(terms, heading_weight)
        if allowed is not None:
            query = Query.boolean_query([(Occur.Must, self._among(allowed)), (Occur.Must, query)])
        hits = self._searcher.search(query, min(k, len(self)), count=False).hits
        rows = self._searcher.fast_field_values(_ROW, [address for _, address in hits])
        return np.array(rows, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    def idf(self, term: str) -> float:
        """BM25's inverse document frequency, ln(1 + (n - f + ½) / (f + ½)); highest for a term seen nowhere.

        f is the larger of the two fields' document frequencies.
        """
        frequency = self._frequency(term)
        return log1p((len(self) - frequency + 0.5) / (frequency + 0.5))

    def knows(self, term: str) -> bool:
        """Whether any passage or heading holds the term."""
        return self._frequency(term) > 0

    def holds(self, terms: Sequence[str], rows: Rows) -> Bools:
        """(rows, terms): whether the passage, headings included, holds the term.

        Terms are compared by a 32-bit hash: a false yes is one in ten million.
        """
        wanted, of_term = np.unique(hashed(terms), return_inverse=True)
        held = np.zeros((len(rows), len(wanted)), dtype=bool)
        if held.size == 0:
            return held[:, of_term]
        parts = [self._hashes[self._starts[row] : self._starts[row + 1]] for row in rows]
        own, of_row = np.concatenate(parts), np.repeat(np.arange(len(rows)), [len(part) for part in parts])
        places = np.minimum(np.searchsorted(wanted, own), len(wanted) - 1)
        found = wanted[places] == own
        held[of_row[found], places[found]] = True
        return held[:, of_term]

    def _frequency(self, term: str) -> int:
        return int(max(self._searcher.doc_freq(field, term) for field in (_BODY, _HEADING)))

    def _any_of(self, terms: Sequence[str], heading_weight: float) -> Query:
        # Queries are built, never parsed: nothing a person types is syntax. And one flat union, not a union a term,
        # because tantivy skips blocks of postings that can't reach the top only in a union of terms.
        clauses = [Query.term_query(self._schema, _BODY, term, "freq") for term in terms]
        if heading_weight > 0:
            headings = (Query.term_query(self._schema, _HEADING, term, "freq") for term in terms)
            clauses += [Query.boost_query(heading, heading_weight) for heading in headings]
        return Query.boolean_query([(Occur.Should, clause) for clause in clauses])

    def _among(self, allowed: Rows) -> Query:
        """A filter that adds nothing to the score. The rows of one document are a range."""
        ordered = np.unique(allowed)
        breaks = np.flatnonzero(np.diff(ordered) > 1)
        firsts, lasts = ordered[np.append(0, breaks + 1)], ordered[np.append(breaks, len(ordered) - 1)]
        if len(firsts) > _MAX_RANGES:
            return Query.const_score_query(Query.term_set_query(self._schema, _ROW, ordered.tolist()), 0.0)
        ranges = [
            Query.range_query(self._schema, _ROW, FieldType.Unsigned, int(first), int(last))
            for first, last in zip(firsts, lasts, strict=True)
        ]
        return Query.const_score_query(Query.boolean_query([(Occur.Should, each) for each in ranges]), 0.0)


def hashed(terms: Sequence[str]) -> NDArray[np.uint32]:
    """(terms,): each term's 32-bit hash."""
    return np.array([crc32(term.encode()) for term in terms], dtype="<u4")
