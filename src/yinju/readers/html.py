"""Web pages: the main text with its headings, lists and tables; nothing unseen, no menus, no scripts."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from yinju.readers import tables
from yinju.readers.archive import damage_refused, too_deep
from yinju.readers.cleaning import on_one_line
from yinju.readers.composing import Composer
from yinju.readers.decoding import web_text
from yinju.readers.reasons import refusal
from yinju.records import Reading


def _words_of(line: str) -> frozenset[str]:
    return frozenset(line.split())


_UNSEEN_TAGS = _words_of(
    "script style template noscript head nav footer aside form button select textarea input svg math iframe object "
    "embed audio video canvas dialog menu map datalist rp rt frameset applet"
)
_UNSEEN_ROLES = _words_of("navigation banner contentinfo complementary search menu menubar dialog alert toolbar")
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_UNSEEN_CLASSES = _words_of("visually-hidden sr-only screen-reader-text hidden d-none breadcrumb breadcrumbs")
_BLOCKS = _words_of(
    "address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 "
    "header hgroup hr html legend li main ol p pre section summary table caption tbody td tfoot th thead tr ul"
)
_ENTRIES = frozenset(["li", "dt", "dd"])
_BREAK = "\u2028"
_SENTENCE = re.compile(r"[。！？；.!?]")
_MAIN_SHARE = 0.9
_WITHIN = frozenset(["p", "table", "tbody", "tr", "ul", "ol", "li", "span"])


def read(data: bytes, name: str) -> Reading:
    """Read a web page. The title is its one first-level heading's or its `title` element's, or the file's name."""
    text = web_text(name, data)
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    with damage_refused(name):
        root = etree.fromstring(text.encode(), parser)
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise too_deep(name)
    if root is None:
        raise refusal(name, "no-text", "is a web page without text. Add one that holds some.")
    title = next((on_one_line(str(each.xpath("string()"))) for each in root.iter("title")), "")
    page = _Page(name)
    page.walk(_main(root))
    return page.composer.reading(title, _stated_date(root))


def _stated_date(root: etree._Element) -> str:
    for meta in root.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").lower()
        if key in ("pubdate", "publishdate", "article:published_time", "date", "dc.date"):
            return (meta.get("content") or "").strip()[:10]
    return ""


def _main(root: etree._Element) -> etree._Element:
    """The element that holds the page's own text: the one it marks as such, or the smallest that holds nearly all."""
    body = next(root.iter("body"), root)
    weights = _weights(body)
    marked = [each for each in root.iter("main", "article") if weights.get(each, 0)]
    marked += [each for each in root.iter("div", "section") if each.get("role") == "main" and weights.get(each, 0)]
    best = max(marked, key=lambda each: weights[each], default=None)
    if best is not None and weights[best] * 2 > weights[body]:
        return best
    found = body
    while True:
        wanted = weights[found] * _MAIN_SHARE
        inner = next((child for child in found if weights.get(child, 0) >= max(wanted, 1)), None)
        if inner is None or (_has_title(found) and not _has_title(inner)) or inner.tag in _WITHIN:
            return found
        found = inner


def _has_title(element: etree._Element) -> bool:
    return next(element.iter("h1"), None) is not None


def _weights(body: etree._Element) -> dict[etree._Element, int]:
    """How many characters of sentences, those in links left out, each element holds."""
    weights: dict[etree._Element, int] = {}
    walker = etree.iterwalk(body, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            unseen = element is not body and (element.tag == "a" or _is_unseen(element))
            weights[element] = 0 if unseen else _weight(element.text)
            if unseen:
                walker.skip_subtree()
        elif element is not body and (above := element.getparent()) is not None:
            weights[above] += weights[element] + _weight(element.tail)
    return weights


def _weight(words: str | None) -> int:
    return len(words) if words and _SENTENCE.search(words) else 0


def _is_unseen(element: etree._Element) -> bool:
    if element.tag in _UNSEEN_TAGS or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or element.get("role") in _UNSEEN_ROLES:
        return True
    if element.tag == "header" and not any(True for _ in element.iterancestors("article", "main")):
        return next(element.iter("h1"), None) is None
    if _UNSEEN_STYLE.search(element.get("style") or ""):
        return True
    return not _UNSEEN_CLASSES.isdisjoint((element.get("class") or "").split())


class _Page:
    def __init__(self, name: str) -> None:
        self.composer = Composer(name)
        self._words: list[str] = []
        self._open: list[str] = []  # the block elements the words stand in

    def walk(self, root: etree._Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if _is_unseen(element):
                    walker.skip_subtree()
                elif tag == "table" and _is_data(element):
                    self._flush()
                    self._table(element)
                    walker.skip_subtree()
                else:
                    self._start(element)
            else:
                if tag in _BLOCKS and tag in self._open:
                    self._flush()
                    while self._open.pop() != tag:
                        pass
                if element is not root:
                    self._words.append(element.tail or "")
        self._flush()

    def _start(self, element: etree._Element) -> None:
        if element.tag in _BLOCKS:
            self._flush()
            self._open.append(element.tag)
        elif element.tag == "br":
            self._words.append(_BREAK)
        text = element.text or ""
        if "pre" in self._open:
            text = text.replace("\n", _BREAK)
        self._words.append(text)

    def _flush(self) -> None:
        raw, self._words = "".join(self._words), []
        lines = [line for line in map(on_one_line, raw.split(_BREAK)) if line]
        if not lines:
            return
        kind = next((tag for tag in reversed(self._open) if tag != "div"), "")
        if re.fullmatch("h[1-6]", kind):
            self.composer.heading(" ".join(lines), int(kind[1]))
        elif kind in ("figcaption", "caption"):
            self.composer.caption(" ".join(lines))
        elif not _ENTRIES.isdisjoint(self._open) or "pre" in self._open:
            self.composer.entry("\n".join(lines))
        else:
            for line in lines:
                self.composer.paragraph(line)

    def _table(self, table: etree._Element) -> None:
        for caption in table.iterchildren("caption"):
            self.composer.caption(_words(caption))
        rows, headers = _rows(table)
        for line in tables.lines(rows, headers or None):
            self.composer.entry(line)


def _is_data(table: etree._Element) -> bool:
    """Whether a table is one, and not the layout of a page: no tables or headings in it, and cells that are short."""
    if any(True for each in table.iterdescendants("table", "h1", "h2", "h3", "h4", "article", "main")):
        return False
    rows, _ = _rows(table)
    return max(map(len, rows), default=0) > 1 and max(len(cell or "") for row in rows for cell in row) <= 400


def _rows(table: etree._Element) -> tuple[list[list[str | None]], int]:
    """The table's rows, and how many of the first hold headers alone."""
    rows: list[list[str | None]] = []
    spans: dict[int, tuple[int, str]] = {}  # by column: how many rows a cell above goes on for, and its words
    headers = 0
    for row in table.iter("tr"):
        cells: list[str | None] = []
        below: dict[int, tuple[int, str]] = {}
        for cell in (*row.iterchildren("td", "th"), None):
            while len(cells) in spans:
                left, words = spans.pop(len(cells))
                if left > 1:
                    below[len(cells)] = (left - 1, words)
                cells.append(words)
            if cell is None or _is_unseen(cell):
                continue
            words, wide, high = _words(cell), _span(cell, "colspan", 50), _span(cell, "rowspan", 1000)
            for column in range(wide):
                if high > 1:
                    below[len(cells)] = (high - 1, words)
                cells.append(None if column else words)
        spans |= below
        rows.append(cells)
        if headers == len(rows) - 1 and next(row.iterchildren("td"), None) is None and len(row):
            headers += 1
    return rows, headers


def _words(element: etree._Element) -> str:
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, each in walker:
        if event == "start":
            if _is_unseen(each):
                walker.skip_subtree()
            else:
                parts.append(("\n" if each.tag in _BLOCKS or each.tag == "br" else "") + (each.text or ""))
        elif each is not element:
            parts.append(each.tail or "")
    return on_one_line("".join(parts))


def _span(cell: etree._Element, attribute: str, most: int) -> int:
    stated = cell.get(attribute) or ""
    return max(1, min(int(stated), most)) if stated.isdigit() and len(stated) < 6 else 1
