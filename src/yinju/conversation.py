"""Which words of a conversation a question needs to be understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yinju.records import Turn
from yinju.text import fold, terms

_LONGEST_TURN = 160  # characters of an earlier turn; more would drown the question's own words
_COMPLETE = 9  # search terms; a question with more mostly stands alone
_POINTS_BACK = re.compile(
    r"(?:^|[，,])(?:那么?|这个?|此|其|它|他|她|该|同时|另外|还有|然后)|[他她它]们?的?|其中|该[^，]{0,4}|这[些个次项]"
    r"|那[些个次项]|上述|前者|后者|呢[?？。]?$"
    r"|\b(?:it|its|they|their|them|he|his|she|her|this|that|these|those|there|the same)\b"
    r"|^(?:and|what about|how about)\b"
    r"|それ|その|これ|この|彼|그것|그는|그녀|그의|이것"
    r"|\b(?:il|elle|ils|elles|son|sa|ses|leur|er|sie|es|sein|ihr|él|ella|ellos|su|sus)\b"
    r"|\b(?:он|она|они|его|её|их|это)\b"
)


def in_context(question: str, history: Sequence[Turn]) -> str:
    """The question as it is searched for: alone where it is complete, else with the exchange before it."""
    if not history or not needs_context(question):
        return question
    asked = next((turn.content for turn in reversed(history) if turn.role == "user"), "")
    answered = history[-1].content if history[-1].role == "assistant" else ""
    return "\n".join(part for part in (_short(asked), _short(answered), question) if part)


def needs_context(question: str) -> bool:
    """Whether a question points back at what was said, or says too little to be found by."""
    return bool(_POINTS_BACK.search(fold(question))) or len(set(terms(question))) <= _COMPLETE


def _short(content: str) -> str:
    return " ".join(content.split())[:_LONGEST_TURN]
