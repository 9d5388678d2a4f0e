"""Markdown: headings, paragraphs, list items, table rows and code, by a real parser's line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import PurePosixPath

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from yinju.readers import outline
from yinju.readers.damage import mend
from yinju.readers.dates import iso_date, stated_date
from yinju.readers.decoding import document_text
from yinju.records import Block, Reading

# Bounded, because deeply nested YAML takes time by the square of its length.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,4000}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# Only lines are asked for. What stands in them takes time by the square of its length where somebody means harm.
_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")
_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)


def read(data: bytes, name: str) -> Reading:
    """Read Markdown. The title is front matter's, or else the one first-level heading's, or the file's name."""
    text = document_text(name, data)
    front, length = _front_matter(text)
    # Line numbers must stay the file's, so front matter is made empty rather than taken off.
    body = "\n" * text.count("\n", 0, length) + text[length:]
    blocks, entries = _blocks(text, _PARSER.parse(body))
    title = " ".join(front.get("title", "").split())
    if not title:
        blocks, title = _lifted_title(text, blocks)
    lines = [line for line in text[length:].split("\n") if line.strip()]
    stated = front.get("date", "")
    date = iso_date(stated) or iso_date(stated[:10]) or stated_date(lines)
    return Reading(text, title or PurePosixPath(name).stem, date, mend(text, _nested(blocks), entries))


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """The fields of YAML front matter that are plain values, and its length; nothing and 0 where the text has none."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    try:
        # Every value a string: a date that can't be one is an error to the loaders that make dates.
        fields = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506 (builds strings, lists and dicts only)
    except (yaml.YAMLError, RecursionError):
        return {}, 0  # a thematic break that happens to open the file
    if not isinstance(fields, dict):
        return {}, 0
    return {name: value for name, value in fields.items() if isinstance(value, str)}, match.end()


def _blocks(text: str, tokens: list[Token]) -> tuple[list[Block], set[int]]:
    """The blocks, and the starts of those that are not running text: list items, quotations, rows, code."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    blocks: list[Block] = []
    entries: set[int] = set()
    for token, content in _leaves(tokens):
        block = _block(text, starts, token, content)
        if block is not None:
            blocks.append(block)
            if token.type != "paragraph_open" or token.level:
                entries.add(block.start)
    return blocks, entries


def _leaves(tokens: list[Token]) -> Iterator[tuple[Token, str]]:
    """The tokens that hold text, each with its text free of the markup at the start of its lines."""
    for index, token in enumerate(tokens):
        if token.type in ("heading_open", "paragraph_open"):
            yield token, tokens[index + 1].content
        elif token.type in ("fence", "code_block", "tr_open") or (
            token.type == "html_block" and not _COMMENT.fullmatch(token.content)
        ):
            yield token, token.content


def _block(text: str, starts: list[int], token: Token, content: str) -> Block | None:
    assert token.map is not None
    first, last = token.map
    if token.type == "fence":
        # A fence never closed ends with its last line; only a closed one has a line of its own at the end.
        first, last = first + 1, min(last, first + 1 + len(content.removesuffix("\n").split("\n")))
    start, end = starts[first], min(starts[last], len(text))
    lines = [line.strip() for line in content.split("\n") if line.strip()]
    if lines and token.type in ("heading_open", "paragraph_open"):
        # Quotation and list marks stand before the text; in a heading, its own marks stand on both sides.
        start = max(start, text.find(lines[0], start, end))
        tail = text.rfind(lines[-1], start, end)
        end = tail + len(lines[-1]) if tail >= 0 else end
    inner = text[start:end]
    start, end = start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
    if start >= end:
        return None
    if token.type == "heading_open":
        return Block("heading", start, end, int(token.tag[1])) if lines else None
    return Block("paragraph", start, end)


def _lifted_title(text: str, blocks: list[Block]) -> tuple[list[Block], str]:
    """The first block made the title where it is the only heading of its level and none stands above it."""
    tops = [block for block in blocks if block.kind == "heading" and block.level == 1]
    if len(tops) != 1 or blocks[0] != tops[0]:
        return blocks, ""
    top = tops[0]
    return [Block("title", top.start, top.end), *blocks[1:]], " ".join(text[top.start : top.end].split())


def _nested(blocks: list[Block]) -> list[Block]:
    headings = [block for block in blocks if block.kind == "heading"]
    depths = dict(zip(headings, outline.nested([block.level for block in headings]), strict=True))
    return [Block("heading", block.start, block.end, depths[block]) if block in depths else block for block in blocks]
