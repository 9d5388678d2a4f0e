"""Which words of a conversation a question needs to be understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yinju.records import Turn
from yinju.text import fold, terms

_LONGEST_TURN = 160  # characters of an earlier turn; more would drown the question's own words
_STANDS_ALONE = 24  # search terms; in a question with more, a pronoun stands for something in the question itself
_CITATION_MARK = re.compile(r"\s*\[\d{1,3}\]")

_ZH_MEASURE = "些个次项家位届期场篇份座所条件本支种类"
# Words that point at what was said before, by language. Folded text: lower case, simplified characters.
_POINTS_BACK = {
    "zh": re.compile(
        r"^(?:那|此|该|同时|另外|还有|然后|接着|以及|再)|^其(?![他它实余])|[，,]其(?![他它实余])|其中"
        r"|(?<![其吉])[他她它](?![国乡人])"
        rf"|^这(?!份?报告|一?年)|(?<![”》」])[这那][{_ZH_MEASURE}](?!报告|文件)|[这那](?:里|时|边|样)|当时"
        r"|(?<![应本活])该(?![怎如做去有不])|上述|上面|前者|后者|刚才|^(?!.*(?:什么|怎|谁|哪|几|多少|如何"
        r"|何)).*呢[?。!]*$"
    ),
    "en": re.compile(
        r"\b(?:its?|they|their|theirs|them|he|him|his|she|hers?)\b"
        r"|\b(?:these|those|this)\b(?! (?:reports?|documents?|year)\b)|\b(?:about|of|in|at|for|from|with|by"
        r"|do|does|did|is|was|after|before) that\b"
        r"|\b(?:that|there|then)\W*$"
        r"|\bthe (?:same|former|latter|first one|second one|other one)\b"
        r"|^(?:and|also|what about|how about|what else|who else)\b"
    ),
    "ja": re.compile(r"それ|その|そこ|これ|この(?!報告)|ここ|彼|^では|^じゃ"),
    "ko": re.compile(r"그것|그는|그녀|그들|그곳|거기|이것|그중|(?:^|\s)그\s|^그럼|^그러면"),
    "ru": re.compile(
        r"\b(?:он|она|они|оно|его|ее|их|ему|ей|ним|ней|них|это|этот|эта|эти|этом|этой|этого|там|тогда)\b|^[аи]\b"
    ),
    "fr": re.compile(
        r"(?<!-t-)(?<!-)\b(?:ils?|elles?)\b(?! (?:y a|est\b))|^\w+ a-t-(?:il|elle)\b|\b(?:leurs?|celui|celle"
        r"|ceux|celles|cela|ça|lui|son|sa|ses)\b|^et\b"
    ),
    "de": re.compile(
        r"\b(?:er|ihn|ihm|ihr\w{0,2}|ihnen|seine\w?|dies\w*|jene\w*|dort|dabei|davon|damit"
        "|dazu)\b|^und\b"
    ),
    "es": re.compile(r"\b(?:él|ella|ellos|ellas|sus?|es[aeo]s?|est[ao]s?|allí)\b(?! (?:año|informe))|^\W*y\b"),
}
# What is no content of its own: question words, function words, and the words any event is asked about with.
_NO_CONTENT = {
    "zh": re.compile(
        r"请问|什么时候|为什么|什么|怎么样?|怎样|如何|多少|多[大高长久远]|哪[里儿个些位家天年一]*"
        r"|几[个位次人年月号天点]?|谁|何[时地人]|是否|有没有"
        r"|一共|总共|分别|具体|参加|参与|主办|举办|召开|举行|开展|活动|会议|主题|题目|时间|地点|名字|叫|原因|目的|结果"
        r"|[的了着过是在有和与及对把被由从为以到也都就还又吗呢啊吧人]"
    ),
    "en": re.compile(
        r"\b(?:who|whom|whose|what|when|where|which|why|how|many|much|long|often|did|does|do|is|are|was|were"
        r"|be|been|has|have|had"
        r"|the|an?|of|in|on|at|to|for|by|with|and|or|people|took|take|part|participated?|attend(?:ed)?|held"
        r"|happen(?:ed)?|organi[sz]ed?"
        r"|place|time|date|name|called|topic|theme|event|meeting|activity|reason|more|else|tell|me|please)\b"
    ),
}
_FEW = {"zh": 2, "en": 1, "ja": 6, "ko": 6}  # terms of content; with no more, a question says too little to be found by
_FEW_WORDS = 4  # in a language whose function words are not told apart


def context(question: str, language: str, history: Sequence[Turn]) -> str:
    """What to put before a question so that it can be found by: empty, or the exchange before it and a line break.

    language: the question's BCP 47 tag.
    """
    if not needs_context(question, language):
        return ""
    earlier = [turn for turn in history if turn.content.strip() != question]  # some clients send the question along
    asked = next((turn.content for turn in reversed(earlier) if turn.role == "user"), "")
    answered = earlier[-1].content if earlier and earlier[-1].role == "assistant" else ""
    return "".join(f"{part}\n" for part in (_short(asked), _short(answered)) if part)


def needs_context(question: str, language: str) -> bool:
    """Whether a question points back at what was said, or says too little to be found by."""
    spoken = language.split("-")[0]
    text = fold(question)
    said = set(terms(text))
    if len(said) > _STANDS_ALONE:
        return False
    points_back = _POINTS_BACK.get(spoken)
    if points_back is not None and points_back.search(text):
        return True
    empty = _NO_CONTENT.get(spoken)
    content = said if empty is None else set(terms(empty.sub(" ", text)))
    return len(content) <= _FEW.get(spoken, _FEW_WORDS)


def _short(content: str) -> str:
    """The beginning of a turn on one line, citation marks left out."""
    return " ".join(_CITATION_MARK.sub("", content).split())[:_LONGEST_TURN]
