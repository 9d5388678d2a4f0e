"""Running heads, feet and page numbers: what stands at the edge of one page after another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yinju.readers.pdf.lines import Line

_DEEPEST = 4  # lines from an edge
_EDGE = 0.2  # of the page's height
_NUMBER_EDGE = 0.12
_NEAR = 4.0  # points: how far apart the same head may stand on two pages
_REACH = 2  # pages: heads of left and right pages take turns
_FIGURES = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,7}|[一二三四五六七八九十百]{1,5})(?:\s*页)?"
    r"(?:\s*[/／,，]?\s*(?:of|共)?\s*\d{1,4}\s*页?)?\W*|(?:page|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)


def without_heads(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Each page's lines without those that come again, in the same place, on a page near it, and without its number.

    Only lines with nothing but other such lines between them and the edge count, so that a sentence said twice stays.
    """
    edges = [
        [_edge(page, height, top=top) for top in (True, False)] for page, height in zip(pages, heights, strict=True)
    ]
    kept = []
    for number, page in enumerate(pages):
        running: set[int] = set()
        for side in (0, 1):
            reach = range(max(0, number - _REACH), min(len(pages), number + _REACH + 1))
            near = [(other - number, line) for other in reach if other != number for line in edges[other][side]]
            for line in edges[number][side]:
                if not _is_number(line, heights[number]) and not any(_is_same(line, *other) for other in near):
                    break
                running.add(id(line))
        kept.append([line for line in page if id(line) not in running])
    return kept


def _edge(page: Sequence[Line], height: float, *, top: bool) -> list[Line]:
    """The lines nearest an edge, from it inwards."""
    ordered = sorted(page, key=lambda line: -line.base if top else line.base)
    limit = height * _EDGE
    return [
        line for line in ordered[:_DEEPEST] if not line.rows and (height - line.base if top else line.base) <= limit
    ]


def _is_number(line: Line, height: float) -> bool:
    at_edge = min(line.base, height - line.base) <= height * _NUMBER_EDGE
    return at_edge and len(line.text) <= 24 and _PAGE_NUMBER.fullmatch(line.text) is not None


def _is_same(line: Line, pages_on: int, other: Line) -> bool:
    """Whether another page, so many pages on, has the line in the same place, its figures counted on with the pages."""
    if abs(line.base - other.base) > _NEAR or _FIGURES.sub("#", line.text) != _FIGURES.sub("#", other.text):
        return False
    ours, theirs = (list(map(int, _FIGURES.findall(each.text))) for each in (line, other))
    return all(there - here in (0, pages_on) for here, there in zip(ours, theirs, strict=True))
