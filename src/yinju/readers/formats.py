"""The formats that are read: their endings, their names, and the reader of each."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, get_args

from yinju.records import Reading

Format = Literal["plain", "markdown", "html", "pdf", "docx", "xlsx", "pptx"]
Reader = Callable[[bytes, str], Reading]
"""Takes a file's bytes and its name. Raises Unreadable."""

FORMATS: dict[str, Format] = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".pptx": "pptx",
}
ENDINGS: dict[Format, str] = {format_: ending for ending, format_ in reversed(FORMATS.items())}
NOUNS: dict[Format, str] = {
    "plain": "plain text",
    "markdown": "Markdown",
    "html": "a web page (HTML)",
    "pdf": "a PDF document",
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
}
# By module, so that a process that reads one format loads the libraries of that one alone.
READERS: dict[Format, str] = {
    "plain": "yinju.readers.plain",
    "markdown": "yinju.readers.markdown",
    "html": "yinju.readers.html",
    "pdf": "yinju.readers.pdf",
    "docx": "yinju.readers.word",
    "xlsx": "yinju.readers.excel",
    "pptx": "yinju.readers.powerpoint",
}
assert set(READERS) == set(NOUNS) == set(ENDINGS) == set(get_args(Format))


def reader(format_: Format) -> Reader:
    """The reader of a format, its module loaded now."""
    read: Reader = import_module(READERS[format_]).read
    return read
