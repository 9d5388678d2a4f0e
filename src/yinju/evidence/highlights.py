"""Which characters of a quoted sentence answer: of the candidates, the one nearest to what the question names."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from yinju.encoder import Floats
from yinju.evidence.cues import clause, cue
from yinju.evidence.expected import Expected, Kind
from yinju.evidence.names import named_by
from yinju.evidence.nearness import Nearness
from yinju.evidence.spans import candidates, simplified
from yinju.evidence.units import fits, quantity_of
from yinju.question import Question
from yinju.records import Span
from yinju.text import fold, folded

_UNIT_CHARACTER = 0.3  # for each character of what is counted that follows the figure; outweighs any nearness
# Asked for a day, a year beside one tells of which edition or plan the sentence speaks.
_BARE_YEAR = re.compile(r"\d{4}\s?[年년]?")
_ASKS_YEAR = re.compile(r"[哪何几]一?个?年|年份|\byears?\b|몇\s?년|어느 해|\bгод|ann[eé]e|jahr|\baños?\b|\banos?\b")
_INSTEAD: dict[Kind, Kind] = {"person": "organization", "place": "organization", "organization": "title"}
_ASKS_IN_WORDS = re.compile(
    r"什么|啥|怎|为何|如何|哪|谁|吗|有没有|是否|是不是|[何誰]|なぜ|どう|どの|どんな|왜|어떻|무엇|어느|어떤|누구"
    r"|почему|как|что|кто"
    r"|\b(?:what|why|how|which|who|did|does|is|are|was|were|do|can|quel\w*|pourquoi|comment|que|qui|was|warum|wie"
    r"|welche\w*"
    r"|wer|qué|cuál\w*|por qué|cómo|quién)\b"
)
_CLOSING = tuple('”》」』"')
_ASKS_NAME = re.compile("叫|名[称字]|命名")
_LONGEST_NOUN = 4
_BEHIND = 0.6  # of a word after a figure: what it measures is said before it; what happens on a day, after it
_TIME_OF_DAY = re.compile(r"[点時时:：晨早晚夜午]")
_MAGNITUDES = "百千万亿"
_FIGURE = re.compile(rf"第?[约近超逾达过]*(?:[\d,.]+|[一二三四五六七八九十百千两零〇]+)[{_MAGNITUDES}]*[余多来]?\s?")


def answers(sentence: str, wanted: Expected) -> list[Span]:
    """Spans of `sentence`, in order, that may answer: of the kind asked for and not said by the question itself."""
    sentence = simplified(sentence)
    found = [span for span in _candidates(sentence, wanted) if fold(span.of(sentence)) not in wanted.asked]
    if wanted.kind == "number":
        return [span for span in found if fits(wanted.quantity, quantity_of(span.of(sentence)))]
    if wanted.clock:
        return [span for span in found if _TIME_OF_DAY.search(span.of(sentence))]
    if wanted.kind != "date" or _ASKS_YEAR.search(wanted.asked):
        return found
    finer = [span for span in found if not _BARE_YEAR.fullmatch(span.of(sentence))]
    return finer or found


def _candidates(sentence: str, wanted: Expected) -> list[Span]:
    """Where a question says what the body or the place is called by (哪个街道), names that end so come first."""
    named = [Span(*span) for span in named_by(wanted.noun, sentence)] if wanted.noun else []
    return named or candidates(sentence, wanted.kind)


def highlights(
    sentence: str, question: Question, wanted: Expected, similar: Floats, offsets: NDArray[np.int32]
) -> list[Span]:
    """Spans of `sentence`: the best one, all in order where several things are asked for, none where none fits.

    similar: (question tokens, sentence tokens); offsets: (sentence tokens, 2) into `sentence`.
    """
    sentence = simplified(sentence)
    found = answers(sentence, wanted) or _instead(sentence, wanted)
    if wanted.many and found:
        return found
    nearness = Nearness(sentence, question, similar, offsets, _BEHIND if wanted.kind == "number" else 1.0)
    if not found:
        return clause(sentence, wanted, nearness) if wanted.kind == "other" else []
    # The first of equals: max keeps it.
    best = max(
        found, key=lambda span: _unit_match(sentence, span, wanted) + nearness.of(span) + cue(sentence, span, wanted)
    )
    return [_with_its_noun(sentence, best, wanted.asked)]


def _instead(sentence: str, wanted: Expected) -> list[Span]:
    """What answers where nothing of the kind asked for stands: bodies give and host too, and a word or two without a
    question word mostly ask for a figure.
    """
    kind = _INSTEAD.get(wanted.kind)
    if wanted.kind == "other" and not _ASKS_IN_WORDS.search(wanted.asked):
        kind = "number"
    spans = candidates(sentence, kind) if kind else []
    return [span for span in spans if fold(span.of(sentence)) not in wanted.asked]


def _with_its_noun(sentence: str, span: Span, asked: str) -> Span:
    """The span and what it counts or names, where the question says that too: 26个 and 社区, “先锋” and 宣讲团.

    个 says nothing of what is counted, as other measure words do.
    """
    closed = sentence[span.end : span.end + 1] in _CLOSING
    if not (_ASKS_NAME.search(asked) if closed else span.of(sentence).endswith("个")):
        return span
    start = span.end + closed
    behind, places = folded(sentence[start : start + _LONGEST_NOUN])
    length = next((n for n in range(len(behind), 1, -1) if behind[:n].isalpha() and behind[:n] in asked), 0)
    return Span(span.start, start + places[length - 1] + 1) if length else span


def _unit_match(sentence: str, span: Span, wanted: Expected) -> float:
    """For what is counted, as far as it stands by the figure in the question's own words; for an ordinal, its mark."""
    unit = wanted.unit.lstrip(_MAGNITUDES)
    if not unit:
        return 0.0
    text = fold(sentence[span.start : span.end + len(unit)])
    figure = _FIGURE.match(text)
    behind = text[figure.end() :] if figure else text
    before = fold(sentence[max(span.start - len(unit), 0) : span.start])  # 覆盖青年6000余人次
    heads = (unit[:length] for length in range(len(unit), 0, -1))
    matched = next((len(head) for head in heads if _follows(behind, head) or before.endswith(head)), 0)
    return _UNIT_CHARACTER * (matched + (text.startswith("第") == ("第几" in wanted.asked)))


def _follows(behind: str, head: str) -> bool:
    """Whether what is counted stands behind the figure, or behind its measure word, which questions leave out."""
    return behind.startswith(head) or (len(head) > 1 and (behind.startswith(head, 1) or behind.startswith(head, 2)))
