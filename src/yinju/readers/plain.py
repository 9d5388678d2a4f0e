"""Plain text: lines to title, headings, paragraphs and captions, by the shape of the lines alone."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from yinju.readers import outline
from yinju.readers.damage import mend
from yinju.readers.dates import iso_date, stated_date
from yinju.readers.decoding import document_text
from yinju.records import Block, Reading
from yinju.text import sentences

_CLOSED = re.compile(r"[。！？!?….：:；;][”’」』》）)\]\"']*$")
_LIST_ITEM = re.compile(
    r"[-*+•·●○■◆▪]\s|\d{1,3}[.)、．）]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⑳]"
)
_LONGEST_CAPTION = 80
_LONGEST_TITLE = 120  # columns
_NARROWEST_WRAP = 40  # columns: shorter lines are a list, not wrapped prose


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A paragraph-to-be: lines that belong together, and how many empty lines stand before it."""

    text: str
    start: int
    end: int
    gap: int

    @property
    def is_line(self) -> bool:
        return "\n" not in self.text


def read(data: bytes, name: str) -> Reading:
    """Read plain text; the title is the file's name without its ending where the text states none."""
    text = document_text(name, data)
    chunks = _chunks(text)
    head = _title_length(chunks)
    blocks = []
    if head:
        blocks.append(Block("title", chunks[0].start, chunks[head - 1].end))
    blocks += _body(chunks, head)
    title = "".join(_title_part(chunk.text, index) for index, chunk in enumerate(chunks[:head]))
    lines = [line for line in text.split("\n") if line.strip()]
    entries = {chunk.start for chunk in chunks if _LIST_ITEM.match(chunk.text)}
    pages = (0, *(match.end() for match in re.finditer("\f", text))) if "\f" in text else ()
    return Reading(text, title or PurePosixPath(name).stem, stated_date(lines), mend(text, blocks, entries), pages)


def _chunks(text: str) -> list[_Chunk]:
    lines = text.split("\n")
    width = _wrap_width(lines)
    chunks: list[_Chunk] = []
    offset = gap = 0
    for index, line in enumerate(lines):
        words = line.strip()
        start = offset + len(line) - len(line.lstrip())
        offset += len(line) + 1
        if not words:
            gap += 1
            continue
        if chunks and gap == 0 and _is_wrapped(lines[index - 1], line, width):
            last = chunks.pop()
            start, gap = last.start, last.gap
        end = start + len(text[start : offset - 1].rstrip())
        chunks.append(_Chunk(text[start:end], start, end, gap))
        gap = 0
    return chunks


def _wrap_width(lines: Sequence[str]) -> int:
    """The width in columns the text's lines were wrapped at; 0 where every line is a paragraph of its own."""
    inner = [a.strip() for a, b in pairwise(lines) if a.strip() and b.strip()]
    inner = [line for line in inner if not _LIST_ITEM.match(line)]
    width = max(map(outline.columns, inner), default=0)
    if not _NARROWEST_WRAP <= width <= 140 or len(inner) < 2:
        return 0
    full = sum(outline.columns(line) >= width * 0.75 for line in inner)
    unfinished = sum(not _CLOSED.search(line) for line in inner)
    return width if full >= len(inner) * 0.6 and unfinished >= len(inner) * 0.5 else 0


def _is_wrapped(before: str, line: str, width: int) -> bool:
    """Whether `line` goes on where the line before it, `before`, was wrapped."""
    if _LIST_ITEM.match(line.strip()):
        return False
    if line[0].islower() and not _CLOSED.search(before.strip()):
        return True
    indented = line[0].isspace() and not before[0].isspace()
    return bool(width) and outline.columns(before.rstrip()) >= width * 0.75 and not indented


def _title_length(chunks: Sequence[_Chunk]) -> int:
    """How many of the first chunks are the title and its subtitle."""
    if len(chunks) < 2 or not _is_title(chunks[0].text) or outline.style(chunks[0].text) not in (outline.PLAIN, None):
        return 0
    length = 1
    while length < min(len(chunks) - 1, 3) and chunks[length].gap == 0 and _is_title(chunks[length].text):
        length += 1
    if length > 1 and chunks[length].gap == 0 and not _is_date(chunks[length].text):
        length = 1  # lines without an empty one behind them are text, not a title over several lines
    if length < len(chunks) and re.match("[—–-]", chunks[length].text) and _is_title(chunks[length].text):
        length += 1
    return length


def _is_date(line: str) -> bool:
    return iso_date(line.strip("()（）")) is not None


def _is_title(line: str) -> bool:
    if "\n" in line or outline.columns(line) > _LONGEST_TITLE or _LIST_ITEM.match(line) or _is_date(line):
        return False
    return not re.search(r"[。；，、：:;,.]$|\t|\|", line) and any(map(str.isalpha, line))


def _title_part(line: str, index: int) -> str:
    words = " ".join(line.split())
    return words if not index or re.match("[—–]", words) else " " + words


def _body(chunks: Sequence[_Chunk], head: int) -> list[Block]:
    usual = _usual_gap(chunks)
    told = _told(chunks)
    captions = [index >= head and _is_caption(chunks, index, usual, told) for index in range(len(chunks))]
    styles = [
        None
        if index < head or captions[index] or not chunk.is_line or _is_date(chunk.text)
        else outline.style(chunk.text)
        for index, chunk in enumerate(chunks)
    ]
    headings = [index for index in range(len(chunks)) if _is_heading(chunks, styles, captions, index)]
    levels = dict(zip(headings, outline.levels([styles[index] or "" for index in headings]), strict=True))
    return [
        Block("heading", chunk.start, chunk.end, levels[index])
        if index in levels
        else Block("caption" if captions[index] else "paragraph", chunk.start, chunk.end)
        for index, chunk in enumerate(chunks)
        if index >= head
    ]


def _is_heading(chunks: Sequence[_Chunk], styles: Sequence[str | None], captions: Sequence[bool], index: int) -> bool:
    """Whether a line that could be a heading is one: what follows must be its section, not its like.

    Lines of one style in a row are a list or a table of contents.
    """
    style = styles[index]
    if style is None or index + 1 == len(chunks) or style in (styles[index + 1], styles[index - 1] if index else None):
        return False
    if style != outline.PLAIN or styles[index + 1] is not None:
        return True
    following = chunks[index + 1].text
    is_body = _CLOSED.search(following) or outline.columns(following) > 60 or following.endswith("——")
    return bool(is_body) and not captions[index + 1]


def _usual_gap(chunks: Sequence[_Chunk]) -> int:
    gaps = sorted(chunk.gap for chunk in chunks[1:])
    return gaps[len(gaps) // 2] if gaps else 0


def _told(chunks: Sequence[_Chunk]) -> set[str]:
    """The sentences of every paragraph of several: a line that repeats one of them stands under a picture."""
    found = (sentences(chunk.text, 0, len(chunk.text)) for chunk in chunks)
    return {span.of(chunk.text) for chunk, spans in zip(chunks, found, strict=True) if len(spans) > 1 for span in spans}


def _is_caption(chunks: Sequence[_Chunk], index: int, usual: int, told: Set[str]) -> bool:
    """A line under a picture: it says so, or stands apart where a page ended, or repeats a sentence of the text."""
    chunk = chunks[index]
    if not chunk.is_line or len(chunk.text) > _LONGEST_CAPTION:
        return False
    if outline.is_caption(chunk.text):
        return True
    if not index or not chunk.text.endswith(("。", ".")):
        return False
    apart = chunk.gap >= max(2, usual + 1)
    torn = not _CLOSED.search(chunks[index - 1].text) or index + 1 == len(chunks)
    return chunk.text in told or (apart and torn)
