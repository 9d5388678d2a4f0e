"""Where sentences and clauses end, in Chinese and in Western punctuation."""

from __future__ import annotations

import re
from itertools import pairwise

from yinju.records import Span

_OPENING, _CLOSING = "“‘「『《〈（(【[〔«", "”’」』》〉）)】]〕»"
_PAIRS = dict(zip(_CLOSING, _OPENING, strict=True))
_QUOTES, _BRACKETS = '“‘「『«"', "（(【[〔"
# A quotation longer than this is a speech, and its sentences are sentences.
_LONGEST_NESTED = 200

_TAIL = rf"[{re.escape(_CLOSING)}\"]*"
_MARK = re.compile(
    rf"(?P<full>[。｡！？‼⁇⁈⁉।॥؟۔።။។]+[。！？!?]*|(?:…|\.\.\.)+)(?P<tail>{_TAIL})"
    rf"|(?P<western>[.!?]+)(?P<western_tail>[{re.escape(_CLOSING)}\"']*)(?=\s|$|[\u3000-\u9fff\uf900-\ufaff])"
)
_LIST_ITEM = re.compile(
    r"\n[ \t\u3000]*(?=[-*+•·●○■◆▪▶►|]|\d{1,3}[.)、．）]|[①-⑳]"
    r"|[（(][一二三四五六七八九十百\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)"
)
_ABBREVIATION = re.compile(
    r"(?:^|\W)(?:[^\W\d_]|(?:[A-Za-z]\.)+[A-Za-z]|No|Nos|Mr|Mrs|Ms|Dr|Prof|St|Gen|Gov|Sen|Rep|Rev|Hon|Jr|Sr|Fig|Figs|"
    r"Eq|Sec|Ch|Vol|Art|Nr|Abs|Ziff|vs|cf|pp|ed|eds|al|etc|approx|ca|bzw|usw|Inc|Ltd|Co|Corp|Dept|Jan|Feb|Mar|Apr|Jun|"
    r"Jul|Aug|Sept|Sep|Oct|Nov|Dec)$"
)
# What follows a closing quotation mark when the sentence goes on: "……。”他说。", "“……？”的疑问", "“……！”，"
_GOES_ON = re.compile(
    r"[，、；：,;:—的等这之为是和与]|[^，。！？；：“”\n]{0,14}?(?:说|道|表示|指出|强调|认为|称|问|答|喊|坦言|感慨|回忆|介绍|說|稱|問|強調|認為)[。！？，：…]"
)
_CLAUSE = re.compile(r"[，、；：]+[”’」』》）]*|——+|[,;:]+[\"')\]]*(?=\s|$)")


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of `text[start:end]`, in order, without the white space around them.

    A sentence runs to its mark and the closing quotation marks or brackets behind it. A mark inside a quotation or
    a bracket ends the sentence only where the quotation does. A line break ends one only before a list item.
    """
    bounds = [start, *sorted({*_mark_ends(text, start, end), *_list_starts(text, start, end)}), end]
    spans = (trimmed(text, left, right) for left, right in pairwise(bounds))
    return [span for span in spans if span.start < span.end]


def clauses(text: str, span: Span) -> list[Span]:
    """The pieces of `span` between clause marks (，、；：—— and , ; :), each with its mark, trimmed."""
    bounds = [span.start, *(match.end() for match in _CLAUSE.finditer(text, span.start, span.end)), span.end]
    pieces = (trimmed(text, left, right) for left, right in pairwise(bounds))
    return [piece for piece in pieces if piece.start < piece.end]


def trimmed(text: str, start: int, end: int) -> Span:
    """`[start, end)` without the white space at either side; empty at `end` where there is nothing else."""
    inner = text[start:end]
    left = start + len(inner) - len(inner.lstrip())
    return Span(left, max(left, start + len(inner.rstrip())))


def _list_starts(text: str, start: int, end: int) -> list[int]:
    return [match.end() for match in _LIST_ITEM.finditer(text, start, end)]


def _mark_ends(text: str, start: int, end: int) -> list[int]:
    nested = _nested(text, start, end)
    ends: list[int] = []
    for match in _MARK.finditer(text, start, end):
        begin = ends[-1] if ends else start
        opener = next((left for left, right in nested if left < match.start() < right), None)
        if opener is not None and not _ends_outer(text, begin, opener, match, nested, end):
            continue
        if opener is None and not _is_end(text, begin, match, end):
            continue
        ends.append(match.end())
    return ends


def _nested(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The outermost pairs of quotation marks or brackets no longer than `_LONGEST_NESTED`, both marks' offsets."""
    pairs: list[tuple[int, int]] = []
    open_marks: list[int] = []
    for index in range(start, end):
        char = text[index]
        if char == '"':
            char = "”" if any(text[left] == '"' for left in open_marks) else "“"
            wanted = '"'
        else:
            wanted = _PAIRS.get(char, "")
        if char in _OPENING:
            open_marks.append(index)
        elif wanted and any(text[left] == wanted for left in open_marks):
            while text[open_marks[-1]] != wanted:
                open_marks.pop()
            pairs.append((open_marks.pop(), index))
    short = sorted(pair for pair in pairs if pair[1] - pair[0] <= _LONGEST_NESTED)
    return [pair for pair in short if not any(left < pair[0] and pair[1] < right for left, right in short)]


def _ends_outer(
    text: str, begin: int, opener: int, match: re.Match[str], nested: list[tuple[int, int]], end: int
) -> bool:
    """Whether a mark inside the quotation opened at `opener` ends the sentence around it, begun at `begin`."""
    closer = next(right for left, right in nested if left == opener)
    if closer >= match.end():
        return False  # the quotation itself goes on
    rest = text[match.end() : end]
    if not rest.strip():
        return True
    before = text[begin:opener].rstrip()
    if text[opener] not in _QUOTES:
        return not before and text[opener] in _BRACKETS  # round a whole sentence of its own
    if _GOES_ON.match(rest.lstrip(" ")):
        return False
    if before and before[-1] not in "：:，,":
        # "把“干！”写在脸上": the mark belongs to the words quoted. A full stop does not stand there.
        return match.group(0)[0] in "。｡." and not _is_lower(rest)
    return not _is_lower(rest)


def _is_end(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether a mark outside every quotation ends the sentence begun at `begin`."""
    rest = text[match.end() : end].lstrip()
    if match["western"] is None:
        return not (rest and (rest[0] in "，、；：,;:" or (match["full"][0] in "….！？" and rest[0] in "的等")))
    if _is_lower(rest):
        return False
    before = text[begin : match.start()].strip()
    is_number = before.isdigit() and len(before) <= 3  # "1. Preparations"
    return match["western"] != "." or not (is_number or (rest != "" and _ABBREVIATION.search(before[-12:])))


def _is_lower(rest: str) -> bool:
    return rest.lstrip()[:1].islower()
