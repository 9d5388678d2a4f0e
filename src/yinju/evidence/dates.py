"""Dates and times of day in a text."""

from __future__ import annotations

import re

_FIGURES = "一二三四五六七八九十"
_TO = "[至到—–~～-]"
_DAYTIME = (
    "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间"
    rf"|[早晚](?=[\d{_FIGURES}两]{{1,3}}[点時时:：]))"
)
_O_CLOCK = rf"(?:[点時时](?!间|段|候|期)(?:\d{{1,2}}分?|半|[{_FIGURES[:5]}]?十[{_FIGURES[:9]}]?分?|整)?|[:：]\d{{2}})"
_HOUR = rf"(?:\d{{1,2}}|[{_FIGURES}两]{{1,3}}){_O_CLOCK}"
# A Chinese figure tells the hour only behind a time of the day: 三点 may be three points.
_TIMES = rf"(?:{_DAYTIME}(?:{_HOUR})?|\d{{1,2}}{_O_CLOCK})(?:{_TO}{_DAYTIME}?{_HOUR})?"
_DAY = rf"\s?\d{{1,2}}\s?[日号](?:{_TO}(?:\d{{1,2}}月)?\d{{1,2}}日)?(?:{_TIMES})?前?"
_OF_MONTH = rf"(?:{_DAY}|[上中下]旬|[初底末]前?)"
_FEAST = "(?:元旦|春节|元宵节?|清明节?|五一|端午节?|中秋节?|国庆节?|七一|重阳节?)(?:前夕|前后|[前后]|期间|当天)"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = rf"(?:{_MONTHS}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)"
_DATE = re.compile(
    rf"\d{{4}}\s?年(?:\s?\d{{1,2}}\s?月{_OF_MONTH}?|[深初末底]?[春夏秋冬]季?|[初底末]前?|第?[一二三四]季度"
    rf"|[上下]半年)?|\d{{1,2}}\s?月(?:{_OF_MONTH}|份)?(?:{_TO}\d{{1,2}}月(?:{_OF_MONTH}|份)?)?"
    rf"|[〇零{_FIGURES[:9]}]{{4}}年(?:[{_FIGURES}]{{1,3}}月(?:[{_FIGURES}]{{1,3}}[日号])?)?"
    rf"|[{_FIGURES}]{{1,2}}月[{_FIGURES}]{{1,3}}[日号]|(?:农历)?正月(?:初?[{_FIGURES}]{{1,2}})?|{_FEAST}"
    r"|第?[一二三四]季度|(?:年底|月底|年初)前?|(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|(?<![\d,.])(?:1[5-9]|20)\d{2}(?!\d|[,.]\d)(?=[^\w]|$|\s?년)(?:\s?년)?"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?\b{_MONTH}(?!\w)(?:\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?(?:,?\s\d{{4}})?"
)
_WEEKLY = rf"第?[{_FIGURES}末日天](?:[、至到和—-](?:周|第)?[{_FIGURES}日天])*(?:个?(?:周末|星期|周))?晚?"
_WEEKDAY = f"[{_FIGURES[:6]}日天]"
# What comes back every so often, and times of the day.
_CLOCK = re.compile(
    rf"每(?:周|个?月|季度|逢|星期)(?:{_WEEKLY}|\d{{1,2}}[日号])(?:{_TIMES}|{_HOUR}(?:{_TO}{_HOUR})?)?前?"
    rf"|每(?:个工作日|天|日|晚)(?:{_TIMES}|{_HOUR}(?:{_TO}{_HOUR})?)|{_TIMES}前?"
    rf"|(?:周|星期){_WEEKDAY}(?:{_TO}(?:周|星期)?{_WEEKDAY})?(?:{_TIMES})?"
)


def days(text: str) -> list[tuple[int, int]]:
    """Dates, from years to days."""
    return [match.span() for match in _DATE.finditer(text)]


def times(text: str) -> list[tuple[int, int]]:
    """Dates, times of the day and what comes back every so often, in order."""
    dates = days(text)
    clock = (match.span() for match in _CLOCK.finditer(text))
    return sorted(dates + [span for span in clock if not any(a < span[1] and span[0] < b for a, b in dates)])
