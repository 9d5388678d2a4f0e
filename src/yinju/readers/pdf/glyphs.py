"""What stands on a PDF's page: characters where they are drawn, ruled lines, pictures. The one module over PDFium.

Coordinates are points, x to the right and y upwards, of the page as it is shown (its rotation applied).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from ctypes import c_double, c_float, c_void_p, cast
from dataclasses import dataclass, field
from itertools import islice

import pypdfium2 as pdfium
from pypdfium2 import raw

_INVISIBLE = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_BOLD = 600
_SMALLEST = 1.5  # points: smaller text is there for machines
_MOST_OBJECTS = 50_000
_THIN = 3.0
_QUARTER = math.pi / 2


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its place. base: the y of the line it stands on. size: of its font, in points."""

    char: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, drawn or as a border: horizontal or vertical."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def is_horizontal(self) -> bool:
        return self.right - self.left >= self.top - self.bottom


@dataclass(slots=True)
class Sheet:
    """A page. pictured: the share of it that pictures cover. unmapped: characters its fonts give no meaning."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictured: float = 0.0
    unmapped: int = 0


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    is_bold: bool
    is_visible: bool
    angle: int  # quarter turns against the clock; -1 for anything between


_Point = tuple[float, float]
_Turn = Callable[[float, float], _Point]


def sheet(page: pdfium.PdfPage) -> Sheet:
    """Everything on a page that text is made of."""
    left, bottom, right, top = page.get_bbox()
    textpage = page.get_textpage()
    try:
        characters, unmapped = _characters(textpage)
    finally:
        textpage.close()
    quarter = _upright(characters, page.get_rotation() // 90 % 4)
    turn = _turn(quarter, left, bottom, right, top)
    width, height = (top - bottom, right - left) if quarter % 2 else (right - left, top - bottom)
    found = Sheet(width, height, unmapped=unmapped)
    found.glyphs = [
        glyph for each in characters if each.style.angle == quarter and _is_on(glyph := each.turned(turn), found)
    ]
    _objects(page, found, turn)
    return found


def _is_on(glyph: Glyph, page: Sheet) -> bool:
    return 0 <= (glyph.left + glyph.right) / 2 <= page.width and 0 <= glyph.base <= page.height


def _turn(quarter: int, left: float, bottom: float, right: float, top: float) -> _Turn:
    """From the page's own coordinates to those it is shown in, turned clockwise by quarters."""

    def turned(x: float, y: float) -> _Point:
        if quarter == 1:
            return y - bottom, right - x
        if quarter == 2:
            return right - x, top - y
        if quarter == 3:
            return top - y, x - left
        return x - left, y - bottom

    return turned


def _objects(page: pdfium.PdfPage, found: Sheet, turn: _Turn) -> None:
    area = 0.0
    for handle in islice(_handles(page.raw), _MOST_OBJECTS):
        kind = raw.FPDFPageObj_GetType(handle)
        if kind not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            continue
        bounds = [c_float() for _ in range(4)]
        if not raw.FPDFPageObj_GetBounds(handle, *bounds):
            continue
        (ax, ay), (bx, by) = turn(bounds[0].value, bounds[1].value), turn(bounds[2].value, bounds[3].value)
        box = Rule(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            area += (box.right - box.left) * (box.top - box.bottom)
        else:
            found.rules += _rules(box, found.width)
    found.pictured = min(1.0, area / max(1.0, found.width * found.height))


def _handles(page: raw.FPDF_PAGE) -> Iterator[raw.FPDF_PAGEOBJECT]:
    """A page's objects, and those of the forms drawn on it."""
    for index in range(raw.FPDFPage_CountObjects(page)):
        handle = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(handle) != raw.FPDF_PAGEOBJ_FORM:
            yield handle
            continue
        for inner in range(raw.FPDFFormObj_CountObjects(handle)):
            yield raw.FPDFFormObj_GetObject(handle, inner)


def _rules(box: Rule, page_width: float) -> list[Rule]:
    """A thin path is a line; another is a box, whose four sides may be the borders of a cell."""
    wide, high = box.right - box.left, box.top - box.bottom
    if min(wide, high) <= _THIN:
        return [box] if max(wide, high) > 2 * _THIN else []
    if wide > page_width * 0.98:
        return []  # the page's own background
    return [
        Rule(box.left, box.bottom, box.right, box.bottom),
        Rule(box.left, box.top, box.right, box.top),
        Rule(box.left, box.bottom, box.left, box.top),
        Rule(box.right, box.bottom, box.right, box.top),
    ]


@dataclass(frozen=True, slots=True)
class _Character:
    """A character where the page's own coordinates have it."""

    char: str
    box: tuple[float, float, float, float]
    origin: _Point
    style: _Style

    def turned(self, turn: _Turn) -> Glyph:
        left, bottom, right, top = self.box
        (ax, ay), (bx, by) = turn(left, bottom), turn(right, top)
        height = abs(by - ay)
        # Where a form is drawn scaled, the font's own size says nothing; a line is a third higher than its font's size.
        size = self.style.size if height * 0.4 <= self.style.size <= height * 1.6 else height / 1.3
        return Glyph(self.char, min(ax, bx), max(ax, bx), turn(*self.origin)[1], size, self.style.is_bold)


def _characters(textpage: pdfium.PdfTextPage) -> tuple[list[_Character], int]:
    """The characters somebody drew, and how many of them mean nothing."""
    handle = textpage.raw
    box, x, y = raw.FS_RECTF(), c_double(), c_double()
    styles: dict[int | None, _Style] = {}
    found: list[_Character] = []
    unmapped = pending = 0  # the first half of a surrogate pair
    for index in range(textpage.count_chars()):
        if raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        text_object = raw.FPDFText_GetTextObject(handle, index)
        address = cast(text_object, c_void_p).value
        style = styles.get(address)
        if style is None:
            style = styles[address] = _style(handle, index, text_object)
        if not style.is_visible or not raw.FPDFText_GetLooseCharBox(handle, index, box):
            continue
        code = _code(handle, index)
        if 0xD800 <= code < 0xDC00:
            pending = code
            continue
        if 0xDC00 <= code < 0xE000 and pending:
            code, pending = 0x10000 + ((pending - 0xD800) << 10) + code - 0xDC00, 0
        if code == 0:
            unmapped += 1
            continue
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        place = (box.left, box.bottom, box.right, box.top)
        found.append(_Character(chr(code), place, (x.value, y.value), style))
    return found, unmapped


def _code(handle: raw.FPDF_TEXTPAGE, index: int) -> int:
    """The character's code point or half of one; 0 where the font does not say what it shows."""
    code: int = raw.FPDFText_GetUnicode(handle, index)
    if code == 2 or raw.FPDFText_IsHyphen(handle, index) == 1:
        return ord("-")  # what PDFium makes of a hyphen at a line's end
    is_private = 0xE000 <= code <= 0xF8FF
    if code in (0xFFFD, 0xFFFE) or is_private or raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
        return 0
    return code


def _style(handle: raw.FPDF_TEXTPAGE, index: int, text_object: raw.FPDF_PAGEOBJECT) -> _Style:
    size, matrix = c_float(), raw.FS_MATRIX()
    raw.FPDFTextObj_GetFontSize(text_object, size)
    raw.FPDFPageObj_GetMatrix(text_object, matrix)
    scaled = abs(size.value) * math.hypot(matrix.c, matrix.d)
    weight = raw.FPDFText_GetFontWeight(handle, index)
    turns = raw.FPDFText_GetCharAngle(handle, index) / _QUARTER
    is_straight = abs(turns - round(turns)) < 0.06
    mode = raw.FPDFTextObj_GetTextRenderMode(text_object)
    # Invisible text is what recognition found in the picture of the page, and worth reading.
    visible = scaled >= _SMALLEST and mode != _INVISIBLE[1]
    return _Style(scaled, weight >= _BOLD, visible, -round(turns) % 4 if is_straight else -1)


def _upright(characters: list[_Character], quarter: int) -> int:
    """The angle that reads from left to right: the page's own, unless next to nothing is written along it.

    Stamps and watermarks stand at others.
    """
    counts = Counter(each.style.angle for each in characters if each.style.angle >= 0)
    if not counts or counts[quarter] * 5 >= counts.total():
        return quarter
    return counts.most_common(1)[0][0]
