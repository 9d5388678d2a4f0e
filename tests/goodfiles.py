"""Documents of every format, made here by the libraries that offices' own programs are imitated with."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

import docx
import openpyxl
from pptx import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
FONT = "STSong-Light"  # one of Adobe's, which needs no file
SENTENCE = "一年来，省委直属机关工委开办青年夜校121期，覆盖青年6000余人次。"


def pdf(*pages: Callable[[Canvas], None], password: str | None = None, owner: str | None = None) -> bytes:
    """A PDF whose pages the functions draw."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    encrypt = StandardEncryption(password or "", owner) if password or owner else None
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt, invariant=True)
    for draw in pages:
        canvas.setFont(FONT, 12)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def writing(
    *lines: str, left: float = 72, top: float = 100, pitch: float = 20, size: float = 12
) -> Callable[[Canvas], None]:
    """Draws lines one below the other, from `top` points below the page's upper edge."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        for index, line in enumerate(lines):
            canvas.drawString(left, HEIGHT - top - index * pitch, line)

    return draw


def together(*draws: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw


def word(*paragraphs: str, heading: str = "") -> bytes:
    document = docx.Document()
    if heading:
        document.add_heading(heading, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def excel(rows: Sequence[Sequence[object]], title: str = "统计") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def powerpoint(*slides: tuple[str, str]) -> bytes:
    presentation = Presentation()
    for title, body in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        assert slide.shapes.title is not None
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = body
    return saved(presentation)


def saved(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def html(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    return f'<!DOCTYPE html><html lang="zh"><head>{head}</head><body>{body}</body></html>'.encode(encoding)


def repacked(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """A package with some of its parts replaced, added, or (None) taken out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(_at_no_time(name), source.read(name))
        for name, part in changes.items():
            if part is not None:
                target.writestr(_at_no_time(name), part)
    return out.getvalue()


def _at_no_time(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def good_files() -> dict[str, bytes]:
    """One small document of each format that is read, each holding `SENTENCE`, by its name."""
    return {
        "报告.txt": f"年度报告\n\n{SENTENCE}\n".encode(),
        "报告.md": f"# 年度报告\n\n{SENTENCE}\n".encode(),
        "报告.html": html(f"<h1>年度报告</h1><p>{SENTENCE}</p>"),
        "报告.pdf": pdf(writing(SENTENCE)),
        "报告.docx": word(SENTENCE, heading="年度报告"),
        "报告.xlsx": excel([["单位", "期数", "占比"], ["甲", 121, 0.3], [SENTENCE, 6000, 0.7]]),
        "报告.pptx": powerpoint(("年度报告", SENTENCE)),
    }
