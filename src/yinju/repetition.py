"""Passages that say what a better one says already: a report indexed twice, a later edition, a caption."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yinju.retriever import Found

_SHINGLE = 5  # characters
_CONTAINED = 0.9  # of a passage's shingles, where it repeats another; what is left are small changes of wording
_NOT_SAID = re.compile(r"[\s，。、；：！？“”‘’（）《》「」…—·]+")  # not the marks of figures: 12.1, 5%
_IN_FIGURE = re.compile(r"[\d.,零〇一二两三四五六七八九十百千万亿][\d.,%‰％零〇一二两三四五六七八九十百千万亿]")
_FIGURE = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿]")


@dataclass(frozen=True, slots=True)
class _Text:
    """A passage without its punctuation, and so its sentence nearest to the question."""

    whole: str
    nearest: str

    def shingles(self) -> frozenset[str]:
        return frozenset(self.whole[i : i + _SHINGLE] for i in range(max(1, len(self.whole) - _SHINGLE + 1)))


def unrepeated(found: Iterable[Found]) -> Iterator[Found]:
    """The passages, best first, less each that repeats one before it; no more is taken than is asked for.

    One repeats another whose text holds nine tenths of its own. It stays where the other lacks its sentence nearest
    to the question, or one of its figures and dates as they stand between their words: the two may contradict.
    """
    texts: list[_Text] = []
    for each in found:
        text = _text(each)
        if not any(_repeats(text, other) for other in texts):
            texts.append(text)
            yield each


def _text(found: Found) -> _Text:
    passage = found.passage
    nearest = max(found.sentences, key=lambda sentence: sentence.score, default=None)
    whole = _NOT_SAID.sub("", passage.text)
    if nearest is None:
        return _Text(whole, whole)
    start, end = nearest.span.start - passage.start, nearest.span.end - passage.start
    return _Text(whole, _NOT_SAID.sub("", passage.text[start:end]))


def _repeats(text: _Text, other: _Text) -> bool:
    # Most passages differ here, and comparing shingles costs a hundred times as much.
    if not _stands_in(text.nearest, other.whole):
        return False
    if _stands_in(text.whole, other.whole):
        return True
    own = text.shingles()
    missing = own - other.shingles()
    return len(missing) <= (1 - _CONTAINED) * len(own) and not any(map(_FIGURE.search, missing))


def _stands_in(part: str, whole: str) -> bool:
    """Whether it is in there, and not as a piece of a longer figure."""
    at = whole.find(part)
    while at >= 0:
        if not (_splits_figure(whole, at) or _splits_figure(whole, at + len(part))):
            return True
        at = whole.find(part, at + 1)
    return False


def _splits_figure(text: str, at: int) -> bool:
    return 0 < at < len(text) and _IN_FIGURE.fullmatch(text, at - 1, at + 1) is not None
