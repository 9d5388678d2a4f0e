"""Documents to passages: slices of the text, cut where sentences end, each within one section."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import attrgetter

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from yinju.records import Block, Document, Passage, Reading, Span
from yinju.text import sentences

__all__ = ["LONGEST", "SEARCHABLE", "SPLITTER", "document_sentences", "sentence_spans", "split"]

# Names the way of cutting: part of the index's fingerprint, changed with whatever changes a passage or what is encoded
# of it.
SPLITTER = "sentences-2"
# The ways of cutting whose passages this version can search, the best last: an index waits for `yinju reindex` with
# what it has.
SEARCHABLE = (SPLITTER,)
LONGEST = 700
# What a section is divided by: its passages are as even as its paragraphs allow, none much over this.
TARGET = 400
# A unit is a paragraph up to TARGET, else a sentence, else a piece of one. With the white space and markup up to the
# next unit, at most _WIDEST_GAP, it stays within LONGEST.
_LONGEST_UNIT = 600
_WIDEST_GAP = LONGEST - _LONGEST_UNIT


@dataclass(slots=True)
class _Section:
    """Blocks under one heading; a heading nothing stands under is a section of itself."""

    heading: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)


class _UnitSplitter(TextSplitter):
    """Merges the pieces between given bounds into chunks of at most `size`; joined, they are the text again."""

    def __init__(self, bounds: Sequence[int], size: int) -> None:
        super().__init__(chunk_size=size, chunk_overlap=0, strip_whitespace=False)
        self._bounds = bounds

    def split_text(self, text: str) -> list[str]:
        return self._merge_splits([text[a:b] for a, b in pairwise(self._bounds)], "")


_PIECES = RecursiveCharacterTextSplitter(
    separators=[r"[，、；：]", r"[,;:](?=\s)", r"——", r"\s", ""],
    is_separator_regex=True,
    keep_separator="end",
    strip_whitespace=False,
    chunk_size=TARGET,
    chunk_overlap=0,
)


def split(document_id: str, source: Reading | Document) -> list[Passage]:
    """The passages of a document, in order and disjoint, each at most `LONGEST` characters.

    What no passage covers is white space, markup, the title, or a heading that stands in the heading path of the
    passages below it.
    """
    spans = [
        (section.heading, span)
        for section in _sections(source.text, source.blocks)
        for run in _runs(_units(source.text, section.blocks))
        for span in _merged(source.text, run)
    ]
    return [
        Passage(
            document_id,
            span.start,
            span.end,
            span.of(source.text),
            heading,
            bisect_right(source.pages, span.start) if source.pages else None,
        )
        for heading, span in spans
    ]


def document_sentences(blocks: Iterable[Block], text: str) -> list[Span]:
    """The sentences of a whole document, in order; none crosses a block's end, and headings are none.

    Found once a document, not once a passage: a file may be a single block of millions of characters.
    """
    return [
        span
        for block in blocks
        if block.kind not in ("title", "heading")
        for span in sentences(text, block.start, block.end)
    ]


def sentence_spans(found: Sequence[Span], text: str, start: int, end: int) -> list[Span]:
    """Those of a document's sentences that stand in `text[start:end]`, a passage, and hold a letter or a figure.

    A sentence too long for one passage is given as the part of it inside `[start, end)`.
    """
    first = bisect_right(found, start, key=attrgetter("end"))
    last = bisect_left(found, end, key=attrgetter("start"))
    spans = (Span(max(span.start, start), min(span.end, end)) for span in found[first:last])
    return [span for span in spans if span.start < span.end and any(map(str.isalnum, span.of(text)))]


def _sections(text: str, blocks: Sequence[Block]) -> list[_Section]:
    sections: list[_Section] = []
    path: list[Block] = []
    titles = [block for block in blocks if block.kind == "title"]
    for index, block in enumerate(blocks):
        if block.kind == "title":
            continue
        if block.kind == "heading":
            path = [above for above in path if above.level < block.level]
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if following is None or (following.kind == "heading" and following.level <= block.level):
                sections.append(_Section(_texts(text, path), [block]))
            path.append(block)
        elif block.kind == "caption" or not sections or blocks[index - 1].kind != "paragraph":
            sections.append(_Section(_texts(text, path), [block]))
        else:
            sections[-1].blocks.append(block)
    # A document of nothing but a title is found by it.
    return sections or [_Section((), titles)]


def _texts(text: str, path: Sequence[Block]) -> tuple[str, ...]:
    return tuple(text[block.start : block.end] for block in path)


def _units(text: str, blocks: Iterable[Block]) -> Iterator[Span]:
    for block in blocks:
        if block.end - block.start <= TARGET:
            yield Span(block.start, block.end)
            continue
        for sentence in sentences(text, block.start, block.end):
            if sentence.end - sentence.start <= _LONGEST_UNIT:
                yield sentence
            else:
                yield from _pieces(text, sentence)


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    """A sentence too long for a passage, at clause marks where it has them."""
    end = sentence.start
    for piece in _PIECES.split_text(sentence.of(text)):
        start, end = end, end + len(piece)
        inner = Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        if inner.start < inner.end:
            yield inner


def _runs(units: Iterable[Span]) -> list[list[Span]]:
    """Units that may share passages. One over TARGET has its own, or it would set the size of all others; so have
    those with so much between them (pages of markup) that a passage over both would be too long."""
    runs: list[list[Span]] = []
    longest = 0
    for unit in units:
        longest = max(longest, unit.end - unit.start)
        if runs and longest <= TARGET and unit.start - runs[-1][-1].end <= _WIDEST_GAP:
            runs[-1].append(unit)
        else:
            runs.append([unit])
            longest = unit.end - unit.start
    return runs


def _merged(text: str, units: Sequence[Span]) -> list[Span]:
    """Units merged into passages: as few as TARGET asks for, and among those as even as the units allow."""
    first = units[0].start
    bounds = [*(unit.start - first for unit in units), units[-1].end - first]
    slice_ = text[first : units[-1].end]

    def chunks(size: int) -> list[str]:
        return _UnitSplitter(bounds, size).split_text(slice_)

    wanted = -(-len(slice_) // TARGET)
    smallest, largest = max(b - a for a, b in pairwise(bounds)), LONGEST
    while smallest < largest:
        size = (smallest + largest) // 2
        if len(chunks(size)) <= wanted:
            largest = size
        else:
            smallest = size + 1
    ends = accumulate(map(len, chunks(smallest)), initial=0)
    # A chunk runs to the next unit's start; a passage only to its last unit's end.
    parts = pairwise(bisect_left(bounds, end) for end in ends)
    return [Span(units[left].start, units[right - 1].end) for left, right in parts]
