"""When a text holds an answer, and when it holds the evidence for one. Pure functions over strings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

WINDOW = 8
"""Characters of the windows that two versions of one sentence are compared by."""

_SPACE = re.compile(r"\s+")
# Marks that two ways of writing one answer differ in; a point or comma between digits is part of the number.
_IGNORED = re.compile(r"(?<!\d)[.,](?!\d)|[\s“”‘’\"'「」《》、，。：:]")


def flat(text: str) -> str:
    """The text without its white space."""
    return _SPACE.sub("", text)


def normal(text: str) -> str:
    """What answers are compared in: NFKC, without white space and quotation marks, case folded."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).casefold()


def contains(text: str, answer: str) -> bool:
    """Whether the answer is in the text. A number must stand there whole: 21 is not in 121 nor in 21.5."""
    wanted = normal(answer)
    pattern = re.escape(wanted)
    if wanted[:1].isdigit():
        pattern = r"(?<![\d.])" + pattern
    if wanted[-1:].isdigit():
        pattern += r"(?![\d.])"
    return re.search(pattern, normal(text)) is not None


def shares_half(sentence: str, text: str) -> bool:
    """Whether at least half of the sentence's windows are in the text. Both are flat."""
    windows = max(1, len(sentence) - WINDOW + 1)
    return sum(sentence[i : i + WINDOW] in text for i in range(windows)) * 2 >= windows


def holds_evidence(text: str, evidence: Sequence[str], answers: Sequence[str], all_of: bool) -> bool:
    """Whether the text shows the answer.

    It does when a whole evidence sentence is in it (white space ignored), or when it contains an answer (every one
    where `all_of`) together with at least half of an evidence sentence.
    """
    here = flat(text)
    sentences = [flat(sentence) for sentence in evidence]
    if any(sentence in here for sentence in sentences):
        return True
    enough = all if all_of else any
    answered = bool(answers) and enough(contains(text, answer) for answer in answers)
    return answered and any(shares_half(sentence, here) for sentence in sentences)
