"""What stands on a PDF's page: characters where they are drawn, ruled lines, pictures. The one module over PDFium.

Coordinates are points, x to the right and y upwards, of the page as it is shown (its rotation applied).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from ctypes import c_double, c_float, c_void_p, cast
from dataclasses import dataclass, field

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
    angle: int  # quarter turns; -1 for anything between


_Point = tuple[float, float]
_Turn = Callable[[float, float], _Point]


def sheet(page: pdfium.PdfPage) -> Sheet:
    """Everything on a page that text is made of."""
    left, bottom, right, top = page.get_bbox()
    quarter = page.get_rotation() // 90 % 4
    box_width, box_height = right - left, top - bottom
    width, height = (box_height, box_width) if quarter % 2 else (box_width, box_height)
    turn = _turn(quarter, left, bottom, right, top)
    found = Sheet(width, height)
    _objects(page, found, turn)
    textpage = page.get_textpage()
    try:
        _characters(textpage, found, turn, quarter)
    finally:
        textpage.close()
    return found


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
    for index, each in enumerate(page.get_objects(max_depth=3)):
        if index > _MOST_OBJECTS:
            break
        if each.type not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            continue
        x0, y0, x1, y1 = each.get_bounds()
        (ax, ay), (bx, by) = turn(x0, y0), turn(x1, y1)
        box = Rule(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        if each.type == raw.FPDF_PAGEOBJ_IMAGE:
            area += (box.right - box.left) * (box.top - box.bottom)
            continue
        found.rules += _rules(box, found.width)
    found.pictured = min(1.0, area / max(1.0, found.width * found.height))


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


def _characters(textpage: pdfium.PdfTextPage, found: Sheet, turn: _Turn, quarter: int) -> None:
    handle = textpage.raw
    box, x, y = raw.FS_RECTF(), c_double(), c_double()
    styles: dict[int | None, _Style] = {}
    kept: list[tuple[int, Glyph]] = []
    pending = 0  # the first half of a surrogate pair
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        text_object = raw.FPDFText_GetTextObject(handle, index)
        address = cast(text_object, c_void_p).value
        style = styles.get(address)
        if style is None:
            style = styles[address] = _style(handle, index, text_object)
        if not style.is_visible or not raw.FPDFText_GetLooseCharBox(handle, index, box):
            continue
        if code == 2 or raw.FPDFText_IsHyphen(handle, index) == 1:
            code = ord("-")
        if 0xD800 <= code < 0xDC00:
            pending = code
            continue
        if 0xDC00 <= code < 0xE000 and pending:
            code, pending = 0x10000 + ((pending - 0xD800) << 10) + code - 0xDC00, 0
        if (
            code in (0, 0xFFFD, 0xFFFE)
            or raw.FPDFText_HasUnicodeMapError(handle, index) == 1
            or 0xE000 <= code <= 0xF8FF
        ):
            found.unmapped += 1
            continue
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        glyph = _glyph(chr(code), box, turn(x.value, y.value), turn, style)
        if 0 <= (glyph.left + glyph.right) / 2 <= found.width and 0 <= glyph.base <= found.height:
            kept.append((style.angle, glyph))
    upright = _upright(kept, quarter)
    found.glyphs = [glyph for angle, glyph in kept if angle == upright]


def _glyph(char: str, box: raw.FS_RECTF, origin: _Point, turn: _Turn, style: _Style) -> Glyph:
    (ax, ay), (bx, by) = turn(box.left, box.bottom), turn(box.right, box.top)
    height = abs(by - ay)
    # Where a form is drawn scaled, the font's own size says nothing; a line is a third higher than its font's size.
    size = style.size if height * 0.4 <= style.size <= height * 1.6 else height / 1.3
    return Glyph(char, min(ax, bx), max(ax, bx), origin[1], size, style.is_bold)


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
    return _Style(scaled, weight >= _BOLD, visible, round(turns) % 4 if is_straight else -1)


def _upright(kept: list[tuple[int, Glyph]], quarter: int) -> int:
    """The angle that reads from left to right on this page. Stamps and watermarks stand at others."""
    counts = Counter(angle for angle, _ in kept if angle >= 0)
    return quarter if counts[quarter] or not counts else counts.most_common(1)[0][0]
