"""The numbers Word puts before paragraphs, which are not in their text: 一、 （一） 1. a) and the like."""

from __future__ import annotations

import re
from collections import defaultdict

from docx.document import Document
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle
from lxml import etree

_VAL, _ID, _LEVEL = qn("w:val"), qn("w:numId"), qn("w:ilvl")
_DIGITS = "〇一二三四五六七八九"
_CIRCLED = 0x245F
_PLACE = re.compile(r"%([1-9])")
_MOST = 9999
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


class Numbering:
    """Counts as the document goes on: `label` is to be asked for each of its paragraphs in order."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, etree._Element]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._lists: dict[str, str] = {}
        part = next(
            (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None
        )
        root = getattr(part, "element", None)
        if root is not None:
            self._load(root)

    def _load(self, root: etree._Element) -> None:
        for abstract in root.iter(qn("w:abstractNum")):
            levels = {int(level.get(_LEVEL) or 0): level for level in abstract.iterchildren(qn("w:lvl"))}
            self._levels[abstract.get(qn("w:abstractNumId")) or ""] = levels
        for number in root.iter(qn("w:num")):
            abstract_id = number.find(qn("w:abstractNumId"))
            self._lists[number.get(_ID) or ""] = (abstract_id.get(_VAL) or "") if abstract_id is not None else ""

    def label(self, paragraph: etree._Element, style: BaseStyle | None) -> str:
        """The paragraph's number as Word shows it, with a space where one is due; empty without one and for bullets."""
        number, depth = _stated(paragraph)
        for _ in range(12):
            if number is not None or style is None:
                break
            number, inherited = _stated(style.element)
            depth = depth if depth is not None else inherited
            style = getattr(style, "base_style", None)
        levels = self._levels.get(self._lists.get(number or "", ""), {})
        return self._counted(self._lists[number], levels, depth or 0) if number and (depth or 0) in levels else ""

    def _counted(self, list_id: str, levels: dict[int, etree._Element], depth: int) -> str:
        counts = self._counts[list_id]
        counts[depth] = counts[depth] + 1 if depth in counts else _start(levels[depth])
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        form = _attribute(levels[depth], "w:lvlText")
        if _attribute(levels[depth], "w:numFmt") in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            if level not in levels:
                return ""
            return _numeral(counts.get(level, _start(levels[level])), _attribute(levels[level], "w:numFmt"))

        label = _PLACE.sub(shown, form)
        return label + (" " if label[-1:].isascii() and label else "")


def _stated(element: etree._Element) -> tuple[str | None, int | None]:
    found = element.find("/".join(map(qn, ("w:pPr", "w:numPr"))))
    if found is None:
        return None, None
    number, level = found.find(_ID), found.find(_LEVEL)
    depth = (level.get(_VAL) or "") if level is not None else ""
    return (number.get(_VAL) if number is not None else None), int(depth) if depth.isdigit() else None


def _start(level: etree._Element) -> int:
    stated = _attribute(level, "w:start")
    return int(stated) if stated.isdigit() and len(stated) < 5 else 1


def _attribute(level: etree._Element, tag: str) -> str:
    found = level.find(qn(tag))
    return (found.get(_VAL) or "") if found is not None else ""


def _numeral(number: int, form: str) -> str:
    if form.startswith(("chinese", "japaneseCounting", "taiwaneseCounting", "ideographDigital")):
        return chinese(number)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman"):
        return _roman(number) if form == "upperRoman" else _roman(number).lower()
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(_CIRCLED + number)
    return str(number)


def chinese(number: int) -> str:
    """1 to 9999 as 一 to 九千九百九十九."""
    if not 0 < number <= _MOST:
        return str(number)
    words = ""
    for digit, unit in zip(f"{number:04}", "千百十 ", strict=True):
        if digit != "0":
            words += _DIGITS[int(digit)] + unit.strip()
        elif words and not words.endswith("零"):
            words += "零"
    words = words.rstrip("零")
    return words[1:] if words.startswith("一十") else words


def _roman(number: int) -> str:
    words = ""
    for value, letters in _ROMAN:
        while number >= value and number < _MOST:
            words, number = words + letters, number - value
    return words
