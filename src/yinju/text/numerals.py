"""Chinese numerals as numbers."""

from __future__ import annotations

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}


def numeral(text: str) -> int | None:
    """What 十一 or 一百二十 stands for, below 10,000; None for what is no such numeral."""
    total, digit = 0, 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in _POWERS:
            total, digit = total + (digit or 1) * _POWERS[character], 0
        else:
            return None
    return total + digit if text else None
