"""How probable it is that the quoted evidence answers the question.

Two logistic regressions, multiplied: that the documents speak of what is asked, and that, if they do, the evidence
answers. Both over what can be seen without understanding: how well each word of the question aligns, whether an answer
of the kind asked for is there, and whether numbers and names the question brings stand in the passage. No feature may
count against what it stands for: the weights are fitted within their signs, so that they hold on other documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence, Set
from functools import cache
from importlib.resources import files
from math import exp, inf
from statistics import median

import numpy as np
from numpy.typing import NDArray

from yinju.derived import Derived
from yinju.evidence.alignment import ASKING, align
from yinju.evidence.expected import Expected
from yinju.evidence.selection import Evidence
from yinju.question import Question
from yinju.retriever import Found
from yinju.text import fold, terms
from yinju.text.numerals import numeral

Weights = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Under "topic" and "answer", and there under "same" and "foreign": logits a unit of each feature, and `intercept`."""

FEATURES = (
    "aligned_sentence",
    "aligned_passage",
    "weakest",
    "elsewhere",
    "coverage",
    "dense",
    "dense_lift",
    "margin",
    "lead",
    "typed",
    "untyped",
    "unfigured",
    "missing_numbers",
    "unknown_numbers",
    "missing_names",
)
"""Of the sentence quoted first and its passage. aligned, weakest, elsewhere: how well the question's content words are
matched: by the sentence, by its passage, the worst of them by the sentence and its neighbours; how much better by
anything else found. coverage: their idf-weighted share that the passage holds. dense, dense_lift: the passage's
similarity, and how much higher it is than the median of those found. margin, lead: in logits over 10, before the next
passage and before the sixth sentence. typed, untyped, unfigured: an answer of the kind
asked for is there, is not, or is not where a figure, a date or a number to call is asked for. missing:
the share of the question's numbers and names that the passage lacks; unknown: that the whole document lacks."""
TOPIC_FEATURES = tuple(
    name for name in FEATURES if name not in ("typed", "untyped", "unfigured", "missing_numbers", "unknown_numbers")
)
"""What tells whether the documents speak of it at all: a figure or a year they lack is no other topic."""
_FIGURES = ("number", "date", "contact")  # kinds told by their form, which a sentence has or has not
_FURTHEST = 30.0  # logits; beyond them a probability is 0 or 1 to any reader
_WIDEST_MARGIN = 10.0  # logits; beyond it the runner-up says nothing more
_SIXTH = 5
_WEAKEST = 0.25  # the share of the question's words, those aligned worst, that tell a near miss
# An ordinal and a month are what they are by their mark: the 7th is not any 7.
_NUMBER = re.compile(
    r"(?P<ordinal>第)?(?P<figure>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|(?<=第)[一二三四五六七八九十百千零〇两]+"
    r"|[一二三四五六七八九十]+(?=月))(?P<month>月)?"
)
# Figures that number the question or size the answer: no passage need hold them.
_BESIDE_THE_POINT = re.compile(
    r"^\W*(?:(?:第?\d{1,2}[个道]?(?:问题|题)|question \d{1,2})\s?(?:[、:)]|\.(?!\d))|第?\d{1,2}\s?(?:[、)]|[:.](?!\d)))"
    r"|(?:用|\bin|\bwithin) ?\d+ ?(?:个?字|words\b)"
)
_QUOTED = re.compile(r"[“《「『\"]([^”》」』\"]{2,40})[”》」』\"]")
_LATIN = re.compile(r"[a-z][a-z0-9.-]*[a-z0-9]{2}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


def features(
    question: Question, wanted: Expected, found: Sequence[Found], evidence: Sequence[Evidence], derived: Derived
) -> dict[str, float]:
    """FEATURES, about 0 to 1 each, and `foreign`: 1 for a question in another script. There must be evidence."""
    best = evidence[0]
    aligned = align(question, best, found)
    asked, source = fold(question.text), best.found.passage
    own = set(question.terms)
    content = [term for term in dict.fromkeys(terms(ASKING.sub(" ", fold(question.searched)))) if term in own]
    numbers, names = _numbers(asked), _names(asked)
    text = fold("\n".join((source.text, *source.heading))) if numbers or names else ""  # most questions bring neither
    # Figures alone are in no script: they stand in a passage as they are asked.
    foreign = float(bool(_HAN.search(source.text) and _LETTER.search(asked)) and not _HAN.search(asked))
    dense = best.found.signals["dense"]
    return {
        "aligned_sentence": float(aligned.weights @ aligned.sentence),
        "aligned_passage": float(aligned.weights @ aligned.passage),
        "weakest": _lowest(aligned.window),
        "elsewhere": float(aligned.weights @ (aligned.found - aligned.sentence)),
        "coverage": _coverage(content, best.found.row, derived),
        "dense": dense,
        "dense_lift": dense - median(one.signals["dense"] for one in found),
        "margin": _share(
            best.found.score - max((one.score for one in found if one.row != best.found.row), default=-inf)
        ),
        "lead": _lead(found),
        "typed": float(wanted.kind != "other" and best.typed),
        "untyped": float(wanted.kind not in _FIGURES and wanted.kind != "other" and not best.typed),
        "unfigured": float(wanted.kind in _FIGURES and not best.typed),
        "missing_numbers": _missing(set(numbers), _held(text)),
        "unknown_numbers": _unknown(numbers, source.document_id, derived),
        "missing_names": 0.0 if foreign else _missing(names, text),
        "foreign": foreign,
    }


def _lead(found: Sequence[Found]) -> float:
    """How far the best sentence is before the sixth."""
    scores = sorted((sentence.score for one in found for sentence in one.sentences), reverse=True)
    return _share(scores[0] - scores[min(_SIXTH, len(scores) - 1)])


def _share(logits: float) -> float:
    return min(max(logits, 0.0), _WIDEST_MARGIN) / _WIDEST_MARGIN


def confidence(values: Mapping[str, float], weights: Weights | None = None) -> float:
    """0 to 1, from `features`; with the fitted weights unless others are given."""
    fitted = weights or _fitted()
    return _probability(fitted["topic"], TOPIC_FEATURES, values) * _probability(fitted["answer"], FEATURES, values)


def topical(values: Mapping[str, float]) -> float:
    """The probability that the documents speak of what is asked, whether or not they answer."""
    return _probability(_fitted()["topic"], TOPIC_FEATURES, values)


def _probability(fitted: Mapping[str, Mapping[str, float]], names: Sequence[str], values: Mapping[str, float]) -> float:
    # A question in another script than the passage shares no terms with it, and aligns worse.
    weights = fitted["foreign" if values["foreign"] else "same"]
    logit = weights["intercept"] + sum(weights[name] * values[name] for name in names)
    return 1.0 / (1.0 + exp(-max(min(logit, _FURTHEST), -_FURTHEST)))


@cache
def _fitted() -> Weights:
    stored: dict[str, Weights] = json.loads((files("yinju.evidence") / "confidence.json").read_text(encoding="utf-8"))
    return stored["weights"]


def _lowest(aligned: NDArray[np.float32]) -> float:
    """The mean of the content words aligned worst."""
    values = np.sort(aligned)
    return float(values[: max(1, round(len(values) * _WEAKEST))].mean()) if len(values) else 0.0


def _coverage(wanted: Sequence[str], row: int, derived: Derived) -> float:
    """The idf-weighted share of some terms that the passage holds."""
    idf = np.array([derived.lexical.idf(term) for term in wanted])
    if not wanted or not idf.sum():
        return 0.0
    return float(derived.lexical.holds(wanted, np.array([row]))[0] @ idf / idf.sum())


def _unknown(numbers: Mapping[str, str], document_id: str, derived: Derived) -> float:
    """The share of the question's numbers that stand nowhere in the document, its title and headings included."""
    if not numbers:
        return 0.0
    rows = derived.passages.rows([document_id])
    return sum(
        not any(derived.lexical.holds(terms(way), rows).all(axis=1).any() for way in {value, spelling})
        for value, spelling in numbers.items()
    ) / len(numbers)


def _numbers(asked: str) -> dict[str, str]:
    """What the question brings, as `_spelled` has it; not what numbers the question itself."""
    return _spelled(_BESIDE_THE_POINT.sub("", asked))


def _spelled(text: str) -> dict[str, str]:
    """By value in plain digits, with the mark of an ordinal or a month, as spelled: 十月 or 10月, 1,572 or 1572."""
    found = {}
    for match in _NUMBER.finditer(text):
        value = numeral(match["figure"])
        digits = match["figure"].replace(",", "") if value is None else str(value)
        found[f"{match['ordinal'] or ''}{digits}{match['month'] or ''}"] = match.group()
    return found


def _held(text: str) -> set[str]:
    """The numbers a text holds: those with a mark also count as plain ones."""
    return {way for value in _spelled(text) for way in (value, value.strip("第月"))}


def _names(asked: str) -> set[str]:
    """What the question quotes, and words in Latin letters within a Chinese one."""
    latin = _LATIN.findall(asked) if _HAN.search(asked) else []
    return {*_QUOTED.findall(asked), *latin}


def _missing(wanted: Set[str], text: Container[str]) -> float:
    """The share of what the question names that the text does not."""
    return sum(each not in text for each in wanted) / len(wanted) if wanted else 0.0
