"""A cell's value as its number format shows it: what a reader of the sheet would quote."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

_ESCAPED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?(,*)|\.[#0?]+(,*)")
_DATE_PARTS = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|am/pm|上午/下午|[^ymdhsa上]+|.", re.IGNORECASE)
_HELD = "\ue000"
_MONTHS = tuple(date(2000, month, 1).strftime("%B") for month in range(1, 13))
_AS_ISO = (
    "mm-dd-yy",
    "m/d/yy",
    "m/d/yyyy",
    "m/d/yy h:mm",
)  # shown in the order of whoever reads; ISO says which is which


def shown(value: object, number_format: str | None) -> str:
    """The value as text. Formats beyond decimals, thousands, per cent, currency and dates show the bare value."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format or "General")
    if isinstance(value, datetime | date | time):
        return _date(value, number_format or "")
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _number(value: float, number_format: str) -> str:
    sections = _sections(number_format)
    section, number = sections[0], Decimal(repr(value))
    if value < 0 and len(sections) > 1:
        section, number = sections[1], -number
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[1] or match[2] or match[3] or "")
        return _HELD

    bare = _ESCAPED.sub(hold, section)
    digits = _DIGITS.search(bare)
    if not number.is_finite() or "general" in bare.lower() or re.search(r"[eE][+-]|[?#0]/|[@ymdhs]", bare):
        return _general(value)
    text = bare
    if digits is not None:
        text = bare[: digits.start()] + _digits(number, digits, bare.count("%")) + bare[digits.end() :]
    for words in held:
        text = text.replace(_HELD, words, 1)
    return text.strip()


def _sections(number_format: str) -> list[str]:
    """The parts for positive numbers, negative ones and zero; a semicolon in quotation marks divides nothing."""
    parts, quoted = [""], False
    for char in number_format:
        quoted ^= char == '"'
        if char == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _digits(number: Decimal, match: re.Match[str], percents: int) -> str:
    form = match[0]
    number = number.scaleb(2 * percents - 3 * len(match[1] or match[2] or ""))
    whole, _, part = form.rstrip(",").partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    optional = len(part) - len(part.rstrip("#"))
    for _ in range(optional):
        text = text.removesuffix("0")
    figures, point, rest = text.removesuffix(".").partition(".")
    sign, figures = ("-", figures[1:]) if figures.startswith("-") else ("", figures)
    return sign + figures.rjust(whole.count("0"), "0") + point + rest


def _general(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}"


def _date(value: datetime | date | time, number_format: str) -> str:
    form = _ESCAPED.sub(lambda match: match[1] or match[2] or "", number_format.split(";")[0])
    if not re.search("[ymdhs]", form, re.IGNORECASE) or form.lower() in _AS_ISO:
        return _iso(value)
    out, after_hour = "", False
    twelve = bool(re.search("am/pm|上午/下午", form, re.IGNORECASE))
    for match in _DATE_PARTS.finditer(form):
        part = match[0].lower()
        is_minute = part in ("m", "mm") and (after_hour or bool(re.match(r"[^ymdh]{0,3}s", form[match.end() :])))
        out += _date_part(value, "minute" + part[1:] if is_minute else part, match[0], twelve)
        after_hour = part in ("h", "hh") or (after_hour and part[0] not in "ymds")
    return out.strip()


def _date_part(value: datetime | date | time, part: str, written: str, twelve: bool) -> str:
    moment = value if isinstance(value, datetime) else None
    day = value if isinstance(value, date) else None
    clock = moment.time() if moment else (value if isinstance(value, time) else time())
    hour = (clock.hour % 12 or 12) if twelve else clock.hour
    parts = {
        "yyyy": f"{day.year}" if day else "",
        "yy": f"{day.year % 100:02}" if day else "",
        "mmmm": _MONTHS[day.month - 1] if day else "",
        "mmm": _MONTHS[day.month - 1][:3] if day else "",
        "mm": f"{day.month:02}" if day else "",
        "m": f"{day.month}" if day else "",
        "dddd": f"{day:%A}" if day else "",
        "ddd": f"{day:%a}" if day else "",
        "dd": f"{day.day:02}" if day else "",
        "d": f"{day.day}" if day else "",
        "hh": f"{hour:02}",
        "h": f"{hour}",
        "minute": f"{clock.minute}",
        "minutem": f"{clock.minute:02}",
        "ss": f"{clock.second:02}",
        "s": f"{clock.second}",
        "am/pm": "AM" if clock.hour < 12 else "PM",
        "上午/下午": "上午" if clock.hour < 12 else "下午",
    }
    return parts.get(part, written)


def _iso(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else value.isoformat("minutes")
