"""What makes a line a heading, of which style, and how styles nest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import east_asian_width

from yinju.readers.damage import unmatched

_NUMERAL = "[一二三四五六七八九十百零〇\\d]+"
# In the order they nest in official writing; a style's place is its rank.
_NUMBERED = (
    ("part", rf"第{_NUMERAL}(?:编|篇|部分|編)|Part [\dIVX]+\b"),
    ("annex", r"附[件录錄表] ?[\d一二三四五六七八九十]*(?:[：:]|\s|$)|(?:Appendix|Annex) [\dA-Z]\b"),
    ("chapter", rf"第{_NUMERAL}章|Chapter [\dIVX]+\b"),
    ("section", rf"第{_NUMERAL}[节節]|Section [\dIVX]+\b"),
    ("roman", r"[IVX]+\. "),
    ("numeral", r"[一二三四五六七八九十]{1,3}、"),
    ("bracketed numeral", r"[（(][一二三四五六七八九十]{1,3}[)）]"),
    ("figure", r"\d{1,2}(?:[.、．](?!\d)| +(?=[A-Z\u4e00-\u9fff]))"),
    ("decimal", r"\d{1,2}[.．]\d{1,2}(?![.．]?\d)\s*(?=[^\s\d.%])"),
    ("decimal 3", r"\d{1,2}(?:[.．]\d{1,2}){2}(?![.．]?\d)\s*(?=[^\s\d.%])"),
    ("decimal 4", r"\d{1,2}(?:[.．]\d{1,2}){3}(?![.．]?\d)\s*(?=[^\s\d.%])"),
    ("letter", r"[A-Z]\. "),
    ("bracketed figure", r"[（(]\d{1,2}[)）]"),
    ("circled figure", r"[①-⑳]"),
)
_CAPTION = re.compile(
    r"(?:图表|图|表|照片|图片|圖|Figure|Fig\.|Table|Photo|Chart) ?[\d一二三四五六七八九十]+(?:[-.—]\d+)*(?:[：:.、]|\s)"
    r"|(?:图为|上图|下图|左图|右图|圖為)"
)
_STYLES = tuple((style, re.compile(form)) for style, form in _NUMBERED)
_RANKS = {style: rank for rank, (style, _) in enumerate(_NUMBERED, 1)}
PLAIN, LEAD = "plain", "lead-in"

_LEAD = re.compile(r"[^，、。；：！？,.;:!?—]{2,16}(?:——|—)")
_SENTENCE_MARK = re.compile(r"[。！？；…!?]|[，,、：:;.]$|\t|\|")
_NOT_PLAIN = re.compile(r"[，：,:]|^[-*+•·●○■◆▪]|记者|通讯员|供稿|^By ")


def style(line: str) -> str | None:
    """The heading style `line` could be of, taken alone: a numbering, `PLAIN`, `LEAD`, or None."""
    if _LEAD.fullmatch(line):
        return LEAD
    if _SENTENCE_MARK.search(line) or line.endswith("——") or any(unmatched(line)):
        return None
    numbered = next((name for name, form in _STYLES if form.match(line)), None)
    if numbered:
        return numbered if columns(line) <= 80 else None
    return PLAIN if _is_plain(line) else None


def is_caption(line: str) -> bool:
    """Whether a line says that it stands under a picture or over a table."""
    return len(line) <= 80 and _CAPTION.match(line) is not None


def numbering(line: str) -> int:
    """The rank of the numbering `line` begins with, 1 for the highest; 0 where it has none or reads as a sentence."""
    found = style(line)
    return _RANKS.get(found, 0) if found else 0


def levels(styles: Sequence[str]) -> list[int]:
    """The depth, from 1, of headings of these styles in this order."""
    plain_first = bool(styles) and styles[0] == PLAIN
    ranks = _RANKS | {PLAIN: 0 if plain_first else len(_RANKS) + 1, LEAD: len(_RANKS) + 2}
    return nested([ranks[name] for name in styles])


def nested(ranks: Sequence[int]) -> list[int]:
    """Ranks (lower is higher up, gaps allowed) as depths without gaps: a heading is one below its nearest superior."""
    depths: list[int] = []
    above: list[int] = []
    for rank in ranks:
        while above and above[-1] >= rank:
            above.pop()
        above.append(rank)
        depths.append(len(above))
    return depths


def columns(line: str) -> int:
    """The line's width on a terminal: two for a Chinese character, one for a Latin one."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def _is_plain(line: str) -> bool:
    if _NOT_PLAIN.search(line) or not any(map(str.isalpha, line)):
        return False
    if line.isascii():
        return columns(line) <= 80 and len(line.split()) <= 12 and line[0].isupper()
    return columns(line) <= 60 and not line[0].islower()
