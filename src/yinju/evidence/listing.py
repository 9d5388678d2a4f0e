"""What a sentence names in a row, and how many things a question asks for."""

from __future__ import annotations

import re

_RUN_END = re.compile(r"[，。；：！？\n（）()]")
_QUOTED_ROW = re.compile(r"(?:[《“「『][^》”」』\n]{1,40}[》”」』][、和及与]?){2,}")
_QUOTED = re.compile(r"[《“「『]([^》”」』\n]{1,40})[》”」』]")
_LAST_PAIR = re.compile(r"(?<=[^\W\d_])(?:以及|[和及与與])(?=[^\W\d_])")
_SHORTEST_ROW = 3  # two things joined by a mark are one as often as they are a list
_FIGURES = {figure: value for value, figure in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MEASURES = "个大项种类家位条点方面次门部样所支档名件处座届场期章批"
_NUMERAL = r"[两二三四五六七八九十]|十[一二三四五六七八九]|[2-9]|[1-9][0-9]"
_COUNT = re.compile(
    rf"(?<![第\d年月.一二三四五六七八九十])({_NUMERAL})[{_MEASURES}](?![多几月日半])"
    r"[^,。?;!、]{0,14}?(?:是|叫|指|为)(?:什么|哪|啥|谁)"
    rf"|\b(?:which|what|name|list)(?: are| were)?(?: the)? ({'|'.join(_WORDS[1:])})\b"
)
_WHICH_SO_MANY = re.compile(rf"哪(?:几|({_NUMERAL}))[{_MEASURES}]")


def items(sentence: str) -> list[str]:
    """The things named in the longest row of a sentence, three or more; the first and the last may have words on."""
    rows = [_row(run) for run in _RUN_END.split(sentence)]
    rows += [_QUOTED.findall(row.group()) for row in _QUOTED_ROW.finditer(sentence)]
    longest = max(rows, key=len, default=[])
    return longest if len(longest) >= _SHORTEST_ROW else []


def _row(run: str) -> list[str]:
    *first, last = run.split("、")
    return [*first, *_LAST_PAIR.split(last, maxsplit=1)] if first else []


def asks_which(question: str) -> bool:
    """Whether a folded question asks which ones of a number of things: 哪几项, 哪三项. It does not ask how many."""
    return _WHICH_SO_MANY.search(question) is not None


def asked_count(question: str) -> int | None:
    """How many things a folded list question asks for, 2 or more; None where it does not say.

    哪四个, 七样仪器分别是什么, which three
    """
    which = _WHICH_SO_MANY.search(question)
    if which is not None:
        return _value(which[1]) if which[1] else None
    match = _COUNT.search(question)
    if match is None:
        return None
    return _WORDS.index(match[2]) + 1 if match[2] else _value(match[1])


def _value(figure: str) -> int:
    if figure.isdigit():
        return int(figure)
    return 10 + _FIGURES[figure[1]] if len(figure) == 2 else _FIGURES[figure]
