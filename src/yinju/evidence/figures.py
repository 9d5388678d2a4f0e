"""What the figures and dates of a sentence are worth, so that two ways of writing one value compare as equal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yinju.evidence.expected import Kind
from yinju.records import Span
from yinju.text import fold
from yinju.text.numerals import DIGITS, numeral

_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_FIGURES = "".join(DIGITS)
_NUMBER = re.compile(
    r"(?P<about>约|近|超过|超|逾)?(?P<percent>百分之)?"
    rf"(?P<digits>[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?|[{_FIGURES}十百千]+(?:点[{_FIGURES}]+)?)"
    r"(?P<magnitude>[十百千万亿]*)(?P<more>[余多来]?)\s?(?!分之|大)(?P<unit>[^\W\d_]*|[%‰])"
)
_DATE = re.compile(
    r"(?:(?P<year>[0-9]{4})\s?年?)?(?:(?P<month>[0-9]{1,2})\s?月)?(?:(?P<day>[0-9]{1,2})\s?[日号])?"
    r"|(?P<iso_year>[0-9]{4})[-/.](?P<iso_month>[0-9]{1,2})[-/.](?P<iso_day>[0-9]{1,2})"
)
PERSONS = frozenset("人名位")  # three measure words for one thing
_SHARE = 0.05  # either side of a figure that is said to be about right
_ROUNDED = 0.49  # of the last place given, either side; 5万 and 6万 do not meet
_LONGEST = 24  # characters of a figure that someone meant to be read

YearMonthDay = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value at `span` of a sentence. low, high: what it may stand for, in the `unit` that the span ends in.

    A date has its parts in `date` instead, None for each it leaves out.
    """

    span: Span
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    date: YearMonthDay | None = None


def figures(sentence: str, spans: Iterable[Span], kind: Kind) -> list[Figure]:
    """Those spans that can be read as one number or one date: ordinals, ranges, fractions and 五大行动 cannot."""
    read = _date if kind == "date" else _number
    return [figure for figure in (read(sentence, span) for span in spans) if figure is not None]


def differ(one: Figure, other: Figure) -> bool:
    """Whether no value could be meant by both. "6000余" agrees with 6,012, and 1.2万 with 12,034.

    Dates differ where a part that both state does.
    """
    if one.date is not None and other.date is not None:
        return any(a is not None and b is not None and a != b for a, b in zip(one.date, other.date, strict=True))
    return one.high < other.low or other.high < one.low


def _number(sentence: str, span: Span) -> Figure | None:
    match = _NUMBER.fullmatch(fold(span.of(sentence)))
    if match is None or len(match["digits"] + match["magnitude"]) > _LONGEST:
        return None
    magnitude = _product(match["magnitude"])
    value, last, first = _worth(match["digits"])
    value, last, first = value * magnitude, last * magnitude, first * magnitude
    percent = match["percent"] is not None
    unit, behind = "%" if percent else match["unit"], sentence[span.end : span.end + 1]
    if not unit and behind.isalpha():
        span, unit = Span(span.start, span.end + 1), fold(behind)
    unit = "人" if unit in PERSONS else unit
    if match["about"] == "约":
        low, high = value * (1 - _SHARE), value * (1 + _SHARE)
    elif match["about"] == "近":
        low, high = value * (1 - _SHARE), value
    elif match["about"] or match["more"]:
        low, high = value, value + first
    elif last == 1 and unit != "%":
        low = high = value
    else:  # a rounded figure: 1.2万, 94 %
        low, high = value - _ROUNDED * last, value + _ROUNDED * last
    return Figure(span, low, high, unit)


def _product(magnitude: str) -> int:
    product = 1
    for power in magnitude:
        product *= _POWERS[power]
    return product


def _worth(digits: str) -> tuple[float, float, float]:
    """The value, what one more in its last place would add, and one more in its last place that is not 0."""
    plain = digits.replace(",", "")
    if not plain[0].isascii():
        whole, _, decimals = plain.partition("点")
        plain = str(numeral(whole) or 0) + ("." + "".join(str(DIGITS[each]) for each in decimals) if decimals else "")
    places = len(plain.partition(".")[2])
    zeros = len(plain) - len(plain.rstrip("0")) if not places else 0
    last = 10.0**-places
    return float(plain), last, last * 10.0**zeros


def _date(sentence: str, span: Span) -> Figure | None:
    match = _DATE.fullmatch(fold(span.of(sentence)).strip())
    if match is None or not any(match.groups()):
        return None
    stated = match.groupdict()
    year, month, day = (stated[part] or stated[f"iso_{part}"] for part in ("year", "month", "day"))
    return Figure(span, date=(_whole(year), _whole(month), _whole(day)))


def _whole(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
