"""The sentences of every passage: where they stand, which token vectors and which search terms are theirs.

Made once with the other indexes, so that a question is compared with sentences without reading any text.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yinju.lexical import hashed
from yinju.records import Span
from yinju.segments import ranges
from yinju.text import terms

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_PLACES, _FIRSTS, _TERM_ENDS, _TERMS = "sentences.npy", "sentence_firsts.npy", "sentence_terms.npy", "sentence_terms.u4"
_PLACE = np.dtype([("start", "<i4"), ("end", "<i4"), ("first_token", "<u2"), ("last_token", "<u2"), ("cut", "?")])


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of several passages, one passage after the other.

    places: (n,) with `start` and `end` in the document and `[first_token, last_token)` of the passage's tokens,
    and `cut` where the source breaks the sentence off.
    starts: (passages + 1,): passage i owns sentences starts[i]:starts[i + 1]. numbers: (n,) into the whole table.
    """

    places: NDArray[np.void]
    starts: Rows
    numbers: Rows


class SentenceWriter:
    """Writes a table into a folder, passage by passage, in row order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: list[tuple[int, int, int, int, bool]] = []
        self._firsts = [0]
        self._term_ends = [0]
        self._terms = (folder / _TERMS).open("wb")

    def add(
        self,
        text: str,
        passage_start: int,
        spans: Iterable[Span],
        offsets: NDArray[np.uint16],
        cuts: Container[int] = frozenset(),
    ) -> None:
        """A passage's sentences, as spans of the document's `text`; offsets: (tokens, 2), relative to the passage.

        cuts: where the source breaks off in mid-sentence.
        """
        for span in spans:
            first = int(np.searchsorted(offsets[:, 1], span.start - passage_start, side="right"))
            last = max(first, int(np.searchsorted(offsets[:, 0], span.end - passage_start, side="left")))
            self._places.append((span.start, span.end, first, last, span.end in cuts))
            own = np.unique(hashed(terms(span.of(text))))
            self._terms.write(own.tobytes())
            self._term_ends.append(self._term_ends[-1] + len(own))
        self._firsts.append(len(self._places))

    def finish(self) -> None:
        """Write what is still held. Nothing can be added afterwards."""
        self.close()
        np.save(self._folder / _PLACES, np.array(self._places, dtype=_PLACE))
        np.save(self._folder / _FIRSTS, np.array(self._firsts, dtype=np.int64))
        np.save(self._folder / _TERM_ENDS, np.array(self._term_ends, dtype=np.int64))

    def close(self) -> None:
        self._terms.close()


class SentenceTable:
    """A table opened for reading. Safe to use from several threads. Raises ValueError or OSError for torn files."""

    def __init__(self, folder: Path) -> None:
        self._places: NDArray[np.void] = np.load(folder / _PLACES)
        self._firsts: Rows = np.load(folder / _FIRSTS)
        self._term_ends: Rows = np.load(folder / _TERM_ENDS)
        self._terms = np.fromfile(folder / _TERMS, dtype="<u4")
        whole = (len(self._places) == self._firsts[-1] == len(self._term_ends) - 1) and (
            len(self._terms) == self._term_ends[-1]
        )
        if not whole:
            raise ValueError(f"the sentence table in {folder} does not fit together")

    def __len__(self) -> int:
        return len(self._firsts) - 1

    def gather(self, rows: Rows) -> Sentences:
        """The sentences of some passages, in the order asked for."""
        lengths = self._firsts[rows + 1] - self._firsts[rows]
        numbers = ranges(self._firsts[rows], lengths)
        return Sentences(self._places[numbers], np.concatenate(([0], np.cumsum(lengths))), numbers)

    def holds(self, wanted: Iterable[str], numbers: Rows) -> NDArray[np.bool_]:
        """(sentences, terms): whether each sentence holds each term, compared by a 32-bit hash."""
        hashes, of_term = np.unique(hashed(list(wanted)), return_inverse=True)
        begins, ends = self._term_ends[numbers], self._term_ends[numbers + 1]
        own = self._terms[ranges(begins, ends - begins)]
        held = np.zeros((len(numbers), len(hashes)), dtype=bool)
        if len(hashes) and len(own):
            at = np.minimum(np.searchsorted(hashes, own), len(hashes) - 1)
            equal = hashes[at] == own
            held[np.repeat(np.arange(len(numbers)), ends - begins)[equal], at[equal]] = True
        return held[:, of_term]
