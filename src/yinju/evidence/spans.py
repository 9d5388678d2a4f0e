"""The characters in a sentence that may answer a question of a given kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from yinju.evidence import names
from yinju.evidence.dates import days, times
from yinju.evidence.expected import Kind
from yinju.evidence.units import UNIT
from yinju.records import Span
from yinju.text import fold

_HAN = "\u4e00-\u9fff"
_FIGURES = "一二三四五六七八九十百千万亿两零〇"
_RUN = f"[{_FIGURES}]{{1,16}}"  # no longer: looking for what follows takes the square of it
_MAGNITUDE = "[十百千万亿]{0,3}"
_ARABIC = rf"\d+(?:,\d{{3}})*(?:\.\d+)?{_MAGNITUDE}(?:\s?[%％‰])?"
_ABOUT = r"(?:第|约|近|超过|超|逾)?"
# A Chinese figure counts only with a unit or an ordinal mark: 一致 and 统一 are words. 五大行动 keeps what it counts.
_NUMBER = re.compile(
    r"\d{1,3}(?:\.\d+)?\s?[比∶]\s?\d+(?:\.\d+)?(?!\d)|\d+分钟?\d+秒"
    rf"|{_ABOUT}{_ARABIC}(?:\s?(?:至|到|—|–|-|~|～)\s?{_ARABIC})?[余多来]?(?:\s?(?:{UNIT})[余多]?)?(?:大[{_HAN}]{{2}})?"
    r"(?:\s?[A-Z]?[a-z]{1,14})?"
    rf"|百分之[{_FIGURES}点]+|{_RUN}分之{_RUN}|[{_FIGURES}]{{1,3}}点{_RUN}(?:{UNIT})"
    rf"|第[{_FIGURES}]+(?:{UNIT})?"
    rf"|(?!一[起则片直]|十字|百分[之点比数制])"
    rf"{_ABOUT}[{_FIGURES}]{{0,15}}[{_FIGURES.replace('〇', '')}][余多来]?(?:{UNIT})"
    rf"|(?<!最)[二两三四五六七八九十]大[{_HAN}]{{2}}|翻[一两]?番|翻倍"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|hundreds?|thousands?|"
    r"millions?|half|dozens?|twice)\b(?:\s[a-z]{2,14})?)"
)
_TITLE = re.compile(r"《[^》\n]{1,80}》|“[^”\n]{1,60}”|「[^」\n]{1,60}」|『[^』\n]{1,60}』|\"[^\"\n]{1,60}\"")
_CONTACT = re.compile(
    r"(?<![\d.])(?:\d{3,4}-\d{7,8}|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}|\d{7,8}|1\d{4}|1\d{2})(?![\d.万亿%])(?=$|[^\w]|转)"
    r"|(?:https?://|www\.)[\w./?=&%-]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)


def _found(pattern: re.Pattern[str]) -> Callable[[str], list[tuple[int, int]]]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


def _numbers(text: str) -> list[tuple[int, int]]:
    dates = days(text)
    return [
        span
        for span in (match.span() for match in _NUMBER.finditer(text))
        if not any(start <= span[0] < end for start, end in dates) and not _identifies(text, *span)
    ]


def _identifies(text: str, start: int, end: int) -> bool:
    """Whether a figure is what something is called by: 3号线, 中山路19号."""
    return text[end : end + 1] in ("号", "级") and text[end - 1].isdigit() and text[start] != "第"


_FINDERS: dict[Kind, Callable[[str], list[tuple[int, int]]]] = {
    "number": _numbers,
    "date": times,
    "title": _found(_TITLE),
    "contact": _found(_CONTACT),
    "person": names.people,
    "organization": names.bodies,
    "place": names.places,
}
_SHORTEST_BODY = 3  # characters; 机关 or 支队 alone names nobody
_QUOTATION_MARKS = '《》“”「」『』" \n\t\u3000'


def candidates(text: str, kind: Kind) -> list[Span]:
    """Spans of `text` of that kind, in order, without quotation marks around them; none for "other"."""
    find, text = _FINDERS.get(kind), simplified(text)
    bare = (_bare(text, *span) for span in find(text)) if find else ()
    shortest = _SHORTEST_BODY if kind == "organization" else 1
    return [span for span in bare if span.end - span.start >= shortest]


class _Simplified(dict[int, int]):
    """For `str.translate`: one character for one; capitals and full-width marks stay as they are."""

    def __missing__(self, code: int) -> int:
        plain = fold(chr(code))
        self[code] = ord(plain) if len(plain) == 1 and "\u3400" <= plain <= "\u9fff" else code
        return self[code]


_SIMPLIFIED = _Simplified()


def simplified(text: str) -> str:
    """`text` with simplified characters for traditional ones, each in its place."""
    return text.translate(_SIMPLIFIED)


def _bare(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip(_QUOTATION_MARKS))
    return Span(start, max(start, start + len(inner.strip(_QUOTATION_MARKS))))
