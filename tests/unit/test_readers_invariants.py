"""What holds for every reading of every format: blocks in order and within the text, nothing lost, nothing unseen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Inches

from tests.goodfiles import excel, html, pdf, saved, writing
from yinju.passages import split
from yinju.readers import read
from yinju.readers.cleaning import clean, on_one_line
from yinju.records import Reading

# Characters that reportlab's font without a file can show, marks that joining looks at among them.
LETTERS = st.sampled_from(
    "一年来省委直属机关工开办青夜校期覆盖人次的是在了和有中大这为上国我以要他时来用们生到作地于出就"
)
MARKS = st.sampled_from("，。、；：！？（）《》1234567890abcXYZ")
WORDS = (
    st.text(LETTERS | MARKS, min_size=1, max_size=60).map(str.strip).filter(lambda words: any(map(str.isalnum, words)))
)
UNSEEN = st.sampled_from(["", "\u200b", "\u202e", "\ufeff", "\u00ad", "\u2063", "\x07"])
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=8)


def as_html(paragraphs: list[str]) -> bytes:
    return html("".join(f"<p>{words}</p>" for words in paragraphs))


def as_word(paragraphs: list[str]) -> bytes:
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph(words)
    return saved(document)


def as_powerpoint(paragraphs: list[str]) -> bytes:
    made = Presentation()
    for index, words in enumerate(paragraphs):
        if index % 3 == 0:
            slide = made.slides.add_slide(made.slide_layouts[6])
        box = slide.shapes.add_textbox(Inches(1), Inches(1 + index % 3), Inches(6), Inches(1))
        box.text_frame.text = words
    return saved(made)


def as_excel(paragraphs: list[str]) -> bytes:
    return excel([[words] for words in paragraphs])


def as_pdf(paragraphs: list[str]) -> bytes:
    lines = [line for words in paragraphs for line in (words[:30], words[30:]) if line.strip()]
    pages = [lines[start : start + 6] for start in range(0, len(lines), 6)]
    return pdf(*(writing(*page) for page in pages))


FORMATS: dict[str, Callable[[list[str]], bytes]] = {
    "a.html": as_html,
    "a.docx": as_word,
    "a.pptx": as_powerpoint,
    "a.xlsx": as_excel,
    "a.pdf": as_pdf,
    "a.md": lambda paragraphs: "\n\n".join(paragraphs).encode(),
    "a.txt": lambda paragraphs: "\n\n".join(paragraphs).encode(),
}


def bare(words: str) -> str:
    return re.sub(r"\s+", "", words)


def check(reading: Reading) -> None:
    """The promises of `Reading`."""
    text, blocks = reading.text, reading.blocks
    assert all(block.start < block.end <= len(text) for block in blocks)
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    for block in blocks:
        words = text[block.start : block.end]
        assert words == words.strip()
        assert (block.level > 0) == (block.kind == "heading")
    assert list(reading.pages) == sorted(reading.pages)
    assert all(0 <= page <= len(text) for page in reading.pages)
    assert not reading.pages or reading.pages[0] == 0
    assert reading.title.strip()
    text.encode()
    for passage in split("a", reading):
        assert text[passage.start : passage.end] == passage.text
        assert (passage.page is None) == (not reading.pages)


def check_extracted(reading: Reading) -> None:
    """What holds where the text is not the file's own."""
    uncovered = list(reading.text)
    for block in reading.blocks:
        uncovered[block.start : block.end] = [" "] * (block.end - block.start)
    assert not "".join(uncovered).strip()
    assert not [
        char for char in reading.text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char != "\n"
    ]


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paragraphs=PARAGRAPHS)
def test_readings_keep_their_promises_and_every_word(name: str, paragraphs: list[str]) -> None:
    reading = read(name, FORMATS[name](paragraphs))
    check(reading)
    if name not in ("a.md", "a.txt"):
        check_extracted(reading)
    if name == "a.pdf":
        # Lines that stand at the edge of one page after another are running heads, and lines like "1" page numbers.
        assert set(bare(reading.text)) <= set(bare("".join(paragraphs)))
    else:
        position = 0
        for words in paragraphs:
            position = bare(reading.text).index(bare(words), position) + 1


@given(st.text())
def test_cleaning_is_done_after_once_and_leaves_nothing_unseen(words: str) -> None:
    once = clean(words)
    assert clean(once) == once
    assert once == once.strip()
    assert not [char for char in once if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"]
    assert "\n" not in on_one_line(words)


@given(st.lists(st.tuples(WORDS, UNSEEN), min_size=1))
def test_unseen_characters_go_and_nothing_else_does(parts: list[tuple[str, str]]) -> None:
    assert clean("".join(words + unseen for words, unseen in parts)) == clean("".join(words for words, _ in parts))


def test_joiners_stay_where_they_mean_something() -> None:
    assert clean("می\u200cخواهم 👩\u200d🏫 夜\u200d校") == "می\u200cخواهم 👩\u200d🏫 夜校"


def test_lookalikes_become_what_they_look_like() -> None:
    assert clean("⼯作⻅⻓ﬁne") == "工作见长fine"
