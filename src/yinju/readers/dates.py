"""The date a document states on a line of its own. A date inside a sentence is never the document's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

_LABEL = (
    r"(?:发布|印发|发文|成文|编制|填报|报告|更新|刊发|發布|印發|發文|編製|報告)?(?:日期|时间|時間)"
    r"|发布于|發布於|date|dated|published(?: on)?|issued(?: on)?|updated"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{}>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_NINE = "一二三四五六七八九"
_YEAR = rf"(?P<year>\d{{4}}|[〇○零{_NINE}]{{4}})"
_DAY = rf"(?P<day>\d{{1,2}}|[{_NINE}十]{{1,3}})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR} ?年(?: ?(?P<month>\d{{1,2}}|[{_NINE}十]{{1,2}}) ?月(?: ?{_DAY} ?[日号號])?)?",
        r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?:(?P=sep)(?P<day>\d{1,2}))?",
        rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?{_MONTH.format('name')},? (?P<year>\d{{4}})",
        rf"{_MONTH.format('name')} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    )
)
_LINE = re.compile(
    rf"\W*(?:(?P<label>{_LABEL})\s*[:：]?\s*)?(?P<date>.+?)"
    r"(?:[T ]\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?(?:\s+\S+[:：].*)?\W*",
    re.IGNORECASE,
)
_DIGITS = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))


def stated_date(lines: Sequence[str]) -> str | None:
    """The date stated in the first lines of a document or in its last ones, as precise as it is stated there.

    `lines` are the document's lines that hold text. ISO 8601: `2025`, `2025-10` or `2025-10-27`.
    """
    places = [*lines[:10], *reversed(lines[10:][-5:])]
    found = [(labelled, iso) for line in places if len(line) <= 80 for labelled, iso in _line_date(line)]
    return next((iso for labelled, iso in found if labelled), found[0][1] if found else None)


def iso_date(words: str) -> str | None:
    """`words` as ISO 8601 where they are a date and nothing else."""
    for form in _FORMS:
        match = form.fullmatch(words.strip())
        if match:
            return _iso(match.groupdict())
    return None


def _line_date(line: str) -> list[tuple[bool, str]]:
    match = _LINE.fullmatch(line.strip())
    iso = iso_date(match["date"]) if match else None
    return [(match["label"] is not None, iso)] if match and iso else []


def _iso(parts: dict[str, str | None]) -> str | None:
    year = "".join(_DIGITS.get(char, char) for char in parts["year"] or "")
    name, month, day = parts.get("name"), parts.get("month"), parts.get("day")
    number = _MONTHS.index(name[:3].lower()) + 1 if name else _number(month)
    if not 1900 <= int(year) <= 2100:
        return None  # "1572.10" is an amount
    try:
        stated = date(int(year), number or 1, _number(day) or 1)
    except ValueError:
        return None
    return stated.isoformat()[: 10 if day else 7 if number else 4]


def _number(words: str | None) -> int:
    """Up to 31, in figures or in Chinese numerals; 0 for nothing."""
    if not words or words.isdigit():
        return int(words or 0)
    tens, ten, ones = words.rpartition("十")
    return (int(_DIGITS[tens]) if tens else 1) * 10 * bool(ten) + (int(_DIGITS[ones]) if ones else 0)
