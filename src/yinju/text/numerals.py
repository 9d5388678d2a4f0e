"""Chinese numerals as numbers."""

from __future__ import annotations

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}


def numeral(text: str) -> int | None:
    """Below ten thousand: 三百二十一, 百零五; digits in a row are read as such, 二〇二五. None for anything else."""
    if not text or not all(each in DIGITS or each in _POWERS for each in text):
        return None
    if not any(each in _POWERS for each in text):
        return int("".join(str(DIGITS[each]) for each in text))
    total, digit = 0, 0
    for position, each in enumerate(text):
        if each in _POWERS:
            total += (digit or int(position == 0)) * _POWERS[each]
            digit = 0
        else:
            digit = DIGITS[each]
    return total + digit
