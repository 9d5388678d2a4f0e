"""Where sentences and clauses end, in Chinese and in Western punctuation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise

from yinju.records import Span

_OPENING, _CLOSING = "“‘「『《〈（(【[〔«", "”’」』》〉）)】]〕»"
_PAIRS = dict(zip(_CLOSING, _OPENING, strict=True))
_QUOTES, _BRACKETS = '“‘「『«"', "（(【[〔"
# A quotation longer than this is a speech, and its sentences are sentences.
_LONGEST_NESTED = 200
_NEAR = 40  # characters looked at on either side of a mark

_BRACKET = re.compile(rf"[{re.escape(_OPENING + _CLOSING)}\"]")
_WORD = re.compile(r"\S")

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
    r"[，、；：,;:。！？—的等这之为是和与]|[^，。！？；：“”\n]{0,14}?(?:说|道|表示|指出|强调|认为|称|问|答|喊|坦言|感慨|回忆|介绍|說|稱|問|強調|認為)[。！？，：…]"
)
_CLAUSE = re.compile(r"[，、；：]+[”’」』》）]*|——+|[,;:]+[\"')\]]*(?=\s|$)")


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of `text[start:end]`, in order, without the white space around them.

    A sentence runs to its mark and the closing quotation marks or brackets behind it. A mark inside a quotation or
    a bracket ends the sentence only where the quotation does. A line break ends one only before a list item.
    """
    bounds = [*_starts(text, start, end), end]
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


def _starts(text: str, start: int, end: int) -> list[int]:
    """Where sentences begin, the white space before them included."""
    quoted = _quotations(text, start, end)
    items = [match.end() for match in _LIST_ITEM.finditer(text, start, end)]
    starts = [start, *items]
    begin = start
    for match in _MARK.finditer(text, start, end):
        begin = max([begin, *items[bisect_right(items, begin) : bisect_right(items, match.start())]])
        nearest = bisect_left(quoted, (match.start(), 0)) - 1
        if nearest >= 0 and match.start() < quoted[nearest][1]:
            ends = _ends_outer(text, begin, quoted[nearest], match, end)
        else:
            ends = _is_end(text, begin, match, end)
        if ends:
            begin = match.end()
            starts.append(begin)
    return sorted(set(starts))


def _quotations(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The outermost pairs of quotation marks or brackets no longer than `_LONGEST_NESTED`, both marks' offsets."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    for match in _BRACKET.finditer(text, start, end):
        char, index = match.group(), match.start()
        wanted = char if char == '"' and waiting[char] else _PAIRS.get(char)
        if wanted is None:
            opened.append((char, index))
            waiting[char] += 1
        while wanted and waiting[wanted]:  # what was opened inside and never closed is no pair
            mark, left = opened.pop()
            waiting[mark] -= 1
            if mark == wanted:
                pairs.append((left, index))
                break
    outermost: list[tuple[int, int]] = []
    for left, right in sorted(pair for pair in pairs if pair[1] - pair[0] <= _LONGEST_NESTED):
        if not outermost or left > outermost[-1][1]:
            outermost.append((left, right))
    return outermost


def _ends_outer(text: str, begin: int, around: tuple[int, int], match: re.Match[str], end: int) -> bool:
    """Whether a mark inside the quotation `around` it ends the outer sentence, begun at `begin`."""
    opener, closer = around
    if closer >= match.end():
        return False  # the quotation itself goes on
    rest = _next_words(text, match.end(), end)
    if not rest:
        return True
    before = text[max(begin, opener - _NEAR) : opener].rstrip()
    if text[opener] not in _QUOTES:
        return not before and text[opener] in _BRACKETS  # round a whole sentence of its own
    if _GOES_ON.match(rest) or rest[0].islower():
        return False
    # "把“干！”写在脸上": the mark belongs to the words quoted. A full stop would not stand there.
    return not before or before[-1] in "：:，," or match.group()[0] in "。｡."


def _is_end(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether a mark outside every quotation ends the sentence begun at `begin`."""
    rest = _next_words(text, match.end(), end)
    if match["western"] is None:
        return not rest or (
            rest[0] not in "，、；：,;:" and (match["full"][0] not in "….！？" or rest[0] not in "的等")
        )
    if rest[:1].islower():
        return False
    before = text[max(begin, match.start() - _NEAR) : match.start()].strip()
    is_number = before.isdigit() and len(before) <= 3  # "1. Preparations"
    return match["western"] != "." or not (is_number or (rest != "" and _ABBREVIATION.search(before)))


def _next_words(text: str, start: int, end: int) -> str:
    """The first characters of `text[start:end]` that are not white space: enough to see how it goes on."""
    match = _WORD.search(text, start, end)
    return text[match.start() : min(match.start() + _NEAR, end)] if match else ""
