"""How probable it is that the quoted evidence answers the question.

A logistic regression over what can be seen without understanding: how well each word of the question aligns, whether
an answer of the kind asked for is there, and whether numbers and names the question brings stand in the passage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence, Set
from functools import cache
from importlib.resources import files
from math import exp
from statistics import median

import numpy as np
from numpy.typing import NDArray

from yinju.derived import Derived
from yinju.evidence.expected import Expected
from yinju.evidence.selection import Evidence
from yinju.question import Question
from yinju.retriever import Found
from yinju.text import fold

Weights = Mapping[str, Mapping[str, float]]
"""Logits a unit of each feature, and an `intercept`, under "same" and "foreign"."""

FEATURES = (
    "late_sentence",
    "late_passage",
    "weakest",
    "coverage",
    "coverage_sentence",
    "dense",
    "lift",
    "dense_lift",
    "margin",
    "typed",
    "untyped",
    "missing_numbers",
    "missing_names",
)
_FURTHEST = 30.0  # logits; beyond them a probability is 0 or 1 to any reader
_WIDEST_MARGIN = 10.0  # logits; beyond it the runner-up says nothing more
_WEAKEST = 0.25  # the share of the question's words, those aligned worst, that tell a near miss
_NUMBER = re.compile(r"\d+(?:\.\d+)?|第[一二三四五六七八九十百]+|[一二三四五六七八九十]+月")
# Figures that number the question or size the answer: no passage need hold them.
_BESIDE_THE_POINT = re.compile(
    r"^\W*(?:第?\d{1,2}[个道]?(?:问题|题)?|question \d{1,2})\s?(?:[、:)]|\.(?!\d))"
    r"|(?:用|\bin|\bwithin) ?\d+ ?(?:个?字|words\b)"
)
_NAME = re.compile(r"[“《「『\"]([^”》」』\"]{2,40})[”》」』\"]|\b([a-z][a-z0-9.-]{2,})\b")
_ASKING = re.compile(
    r"多少|什么|哪[些个位里年天一几家种]*|几[个位次]?|谁|何时|何地|如何|怎么样?|为什么|是否|请问|吗|呢|[？?，,。.！!、：:的了是在]"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|did|does|do|is|are|was|were|the|a|an|of|in|on|at|to|for|by|and)\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


def features(
    question: Question, wanted: Expected, found: Sequence[Found], evidence: Sequence[Evidence], derived: Derived
) -> dict[str, float]:
    """FEATURES, about 0 to 1 each, and `foreign`: 1 for a question in another script. There must be evidence."""
    best = evidence[0]
    passage, sentence = _alignment(question, best, derived)
    asked, source = fold(question.text), best.found.passage
    brought = _numbers(asked), {a or b for a, b in _NAME.findall(asked)}
    text = fold("\n".join((source.text, *source.heading))) if any(brought) else ""  # most questions bring neither
    rivals = [each.score for each in found if each.row != best.found.row]
    margin = best.found.score - max(rivals) if rivals else _WIDEST_MARGIN
    # Figures alone are in no script: they stand in a passage as they are asked.
    foreign = float(bool(_HAN.search(source.text) and _LETTER.search(asked)) and not _HAN.search(asked))
    return {
        "late_sentence": float(question.token_weights @ sentence),
        "late_passage": float(question.token_weights @ passage),
        "weakest": _weakest(question, passage),
        "coverage": best.found.signals["lexical"],
        "coverage_sentence": best.coverage,
        "dense": best.found.signals["dense"],
        "lift": best.late - median(each.late for one in found for each in one.sentences),
        "dense_lift": best.found.signals["dense"] - median(one.signals["dense"] for one in found),
        "margin": min(max(margin, 0.0), _WIDEST_MARGIN) / _WIDEST_MARGIN,
        "typed": float(wanted.kind != "other" and best.typed),
        "untyped": float(wanted.kind != "other" and not best.typed),
        "missing_numbers": _missing(brought[0], set(_NUMBER.findall(text))),
        "missing_names": 0.0 if foreign else _missing(brought[1], text),
        "foreign": foreign,
    }


def confidence(values: Mapping[str, float], weights: Weights | None = None) -> float:
    """0 to 1, from `features`; with the fitted weights unless others are given.

    A question in another script than the passage has weights of its own: it shares no terms with it, and aligns worse.
    """
    fitted = (weights or _fitted())["foreign" if values["foreign"] else "same"]
    logit = fitted["intercept"] + sum(fitted[name] * values[name] for name in FEATURES)
    return 1.0 / (1.0 + exp(-max(min(logit, _FURTHEST), -_FURTHEST)))


def topical(values: Mapping[str, float]) -> float:
    """The confidence there would be if every number and name of the question stood in the passage.

    Tells a question about something else from one that asks for another year.
    """
    return confidence({**values, "missing_numbers": 0.0, "missing_names": 0.0})


@cache
def _fitted() -> Weights:
    stored: dict[str, Weights] = json.loads((files("yinju.evidence") / "confidence.json").read_text(encoding="utf-8"))
    return stored["weights"]


def _alignment(question: Question, best: Evidence, derived: Derived) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(question tokens,) twice: each token's highest similarity in the passage and in the sentence."""
    vectors, offsets = derived.tokens.tokens(best.found.row)
    start = best.found.passage.start
    similar = question.encoding.tokens @ (vectors.T / np.float32(derived.tokens.scale))
    inside = (offsets[:, 1] > best.span.start - start) & (offsets[:, 0] < best.span.end - start)
    nothing = np.zeros((len(similar), 1), np.float32)
    return (
        np.hstack((similar, nothing)).max(axis=1),
        np.hstack((similar[:, inside], nothing)).max(axis=1),
    )


def _weakest(question: Question, aligned: NDArray[np.float32]) -> float:
    """The mean similarity of the question's content words that are aligned worst."""
    asked = question.text.casefold()
    spans = [match.span() for match in _ASKING.finditer(asked)] if len(asked) == len(question.text) else []
    content = np.array(
        [
            start >= 0 and not any(a <= start and end <= b for a, b in spans)
            for start, end in question.encoding.offsets.tolist()
        ],
        bool,
    )
    values = np.sort(aligned[content] if content.any() else aligned)
    return float(values[: max(1, round(len(values) * _WEAKEST))].mean()) if len(values) else 0.0


def _numbers(asked: str) -> set[str]:
    return set(_NUMBER.findall(_BESIDE_THE_POINT.sub("", asked)))


def _missing(wanted: Set[str], text: Container[str]) -> float:
    """The share of what the question names that the text does not."""
    return sum(each not in text for each in wanted) / len(wanted) if wanted else 0.0
