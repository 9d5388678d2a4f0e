"""Putting a document's text together from the parts a library finds: blocks with their offsets, pages, a title."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from yinju.readers import outline
from yinju.readers.cleaning import clean, on_one_line
from yinju.readers.damage import mend
from yinju.readers.dates import iso_date, stated_date
from yinju.readers.limits import MOST_CHARACTERS
from yinju.readers.reasons import refusal
from yinju.records import Block, BlockKind, Reading


class Composer:
    """Takes a document's parts in order. Blocks stand on lines of their own, an empty line between paragraphs."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._entries: set[int] = set()
        self._pages: list[int] = []

    @property
    def has_nothing(self) -> bool:
        return not self._blocks

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing yet but headings: a sheet's name is no text."""
        return all(block.kind == "heading" for block in self._blocks)

    def turn_page(self) -> None:
        """What follows stands on the next page; to be called before the first page too."""
        self._pages.append(self._length)

    def title(self, *pieces: str) -> None:
        self._add("title", pieces)

    def heading(self, words: str, level: int) -> None:
        """level: 1 for the highest; gaps are closed in the end."""
        self._add("heading", (words,), level)

    def caption(self, words: str) -> None:
        self._add("caption", (words,))

    def paragraph(self, *pieces: str) -> None:
        """A paragraph, in one piece for each page it stands on."""
        self._add("paragraph", pieces)

    def entry(self, *pieces: str) -> None:
        """A list item, a table's row: what needs no mark at its end and goes on in no other paragraph."""
        self._add("paragraph", pieces, is_entry=True)

    def reading(self, title: str = "", date: str = "", *, lift: bool = True) -> Reading:
        """The document. Where it has no title, its only first-level heading is, if it comes first (and `lift`); or
        else `title`, or the file's name. `date` counts where no line of the text states one.

        Raises Unreadable for a document without text.
        """
        if not self._blocks:
            raise refusal(self._name, "no-text", "is a document without text. Add one that holds some.")
        text = "".join(self._parts)
        blocks = _nested(self._blocks)
        if lift:
            blocks = _lifted(blocks)
        stated = on_one_line("\n".join(text[block.start : block.end] for block in blocks if block.kind == "title"))
        lines = [line for line in text.split("\n") if line.strip()]
        return Reading(
            text,
            stated or on_one_line(title) or PurePosixPath(self._name).stem,
            stated_date(lines) or iso_date(date),
            mend(text, blocks, self._entries),
            tuple(self._pages),
        )

    def _add(self, kind: BlockKind, pieces: Sequence[str], level: int = 0, *, is_entry: bool = False) -> None:
        if not "".join(map(clean, pieces)):
            for _ in pieces[1:]:
                self.turn_page()
            return
        if self._blocks:
            follows_entry = self._blocks[-1].start in self._entries
            self._put("\n" if is_entry and follows_entry else "\n\n")
        start = self._length
        for index, piece in enumerate(pieces):
            if index:
                self.turn_page()
            self._put(piece if len(pieces) > 1 else clean(piece))
        self._blocks.append(Block(kind, start, self._length, level))
        if is_entry:
            self._entries.add(start)

    def _put(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)
        if self._length > MOST_CHARACTERS:
            raise refusal(
                self._name, "too-large", f"holds more than {MOST_CHARACTERS:,} characters. Divide it and add the parts."
            )


def _nested(blocks: Sequence[Block]) -> list[Block]:
    depths = iter(outline.nested([block.level for block in blocks if block.kind == "heading"]))
    return [
        Block("heading", block.start, block.end, next(depths)) if block.kind == "heading" else block for block in blocks
    ]


def _lifted(blocks: list[Block]) -> list[Block]:
    """The first block made the title where it is the only heading of its level."""
    tops = [block for block in blocks if block.kind == "heading" and block.level == 1]
    first = blocks[0]
    if any(block.kind == "title" for block in blocks) or len(tops) != 1 or tops[0] != first:
        return blocks
    rest = [
        Block("heading", block.start, block.end, block.level - 1) if block.kind == "heading" else block
        for block in blocks[1:]
    ]
    return [Block("title", first.start, first.end), *rest]
