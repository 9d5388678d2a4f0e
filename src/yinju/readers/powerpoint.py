"""PowerPoint presentations: each slide a page under its title, then its text, its tables and its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table

from yinju.readers import archive, tables
from yinju.readers.archive import damage_refused
from yinju.readers.cleaning import clean, on_one_line
from yinju.readers.composing import Composer
from yinju.readers.limits import MOST_PAGES
from yinju.readers.reasons import refusal
from yinju.records import Reading

_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_FURNITURE = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER)
_SAME_LINE = 150_000  # English Metric Units, a sixth of an inch: shapes no further apart stand side by side


def read(data: bytes, name: str) -> Reading:
    """Read a .pptx file; hidden slides are left out but counted, so that page numbers stay the program's own."""
    archive.check(name, data)
    composer = Composer(name)
    with damage_refused(name):
        presentation = Presentation(BytesIO(data))
        if len(presentation.slides) > MOST_PAGES:
            raise refusal(name, "too-large", f"has more than {MOST_PAGES:,} slides. Divide it and add the parts.")
        for slide in presentation.slides:
            composer.turn_page()
            if slide.element.get("show") not in ("0", "false"):
                _put(composer, slide)
        title = presentation.core_properties.title or ""
    if composer.has_nothing:
        raise refusal(
            name, "no-text", "is a presentation without text. Have its pictures recognised (OCR) and add the result."
        )
    return composer.reading(title if title != "PowerPoint Presentation" else "")


def _put(composer: Composer, slide: Slide) -> None:
    shapes = sorted(_shapes(slide.shapes), key=lambda shape: ((shape.top or 0) // _SAME_LINE, shape.left or 0))
    for shape in sorted(shapes, key=lambda shape: not _is_placeholder(shape, _TITLES)):
        if _is_placeholder(shape, _FURNITURE):
            continue
        if _is_placeholder(shape, _TITLES) and composer.has_nothing and _is_placeholder(shape, _TITLES[1:2]):
            composer.title(on_one_line(_text(shape)))
        elif _is_placeholder(shape, _TITLES):
            composer.heading(on_one_line(_text(shape)), 1)
        elif isinstance(shape, GraphicFrame) and shape.has_table:
            for line in tables.lines(_rows(shape.table), 1 if shape.table.first_row else 0):
                composer.entry(line)
        else:
            for paragraph in clean(_text(shape)).split("\n"):
                composer.entry(paragraph)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for paragraph in slide.notes_slide.notes_text_frame.text.split("\n"):
            composer.paragraph(paragraph)


def _shapes(shapes: Iterable[BaseShape]) -> Iterator[BaseShape]:
    for shape in shapes:
        if isinstance(shape, GroupShape):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _is_placeholder(shape: BaseShape, kinds: tuple[PP_PLACEHOLDER, ...]) -> bool:
    return shape.is_placeholder and shape.placeholder_format.type in kinds


def _text(shape: BaseShape) -> str:
    frame = getattr(shape, "text_frame", None) if shape.has_text_frame else None
    # A line break within a paragraph comes as a vertical tab: no new paragraph, and no word break in Chinese.
    return "\n".join(on_one_line(paragraph.text) for paragraph in frame.paragraphs) if frame is not None else ""


def _rows(table: Table) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    for row in table.rows:
        cells: list[str | None] = []
        for column, cell in enumerate(row.cells):
            above = rows[-1][column] if rows else ""
            if not cell.is_spanned:
                cells.append(cell.text)
            elif cell._tc.hMerge:  # noqa: SLF001 (python-pptx tells the two kinds of span apart nowhere else)
                cells.append(None)
            else:
                cells.append(above)
        rows.append(cells)
    return rows
