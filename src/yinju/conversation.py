"""What a question takes over from the questions before it.

Whether it takes over anything is read off the question itself: whether it names what it is about, whether it asks,
whether it goes on from something. Answers given before are never looked at: they hold much that nobody asked about,
and may be wrong; with them in, follow-ups to Yinju's own answers found their passage less often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from yinju.records import Turn
from yinju.text import fold, language, sentences, terms

# The weight of an earlier question, against all of a question's own words. From 0.7 to 1.5 and from 0.15 to 0.3 as many
# follow-ups find their passage; letting the first fall with each thing the question names gained nothing.
_SAME_TOPIC, _OTHER_TOPIC = 1.5, 0.3
_MOST_EARLIER = 3  # questions; each may leave to the one before it what it is about
# Characters of all that is taken over, since each is encoded anew; of a longer turn, pasted or an instruction, only the
# last question counts.
_LONGEST = 160
# Terms of content. With no more than _FEW a question says too little to be found by; with more than _SELF_CONTAINED
# a pronoun stands for something in the question itself.
_FEW: Mapping[str, int] = {"zh": 2, "en": 2, "ja": 2, "ko": 2, "ru": 2, "fr": 2, "es": 2, "de": 1}
_FEW_UNSIFTED = 4  # in a language whose function words are not told apart
_SELF_CONTAINED: Mapping[str, int] = {"zh": 6}
_SELF_CONTAINED_ELSEWHERE = 3
_NAME_TERMS = 2  # what a name counts for beyond its own term: who writes one has said what the question is about
_SHORT = 4  # terms; a longer text that ends in a question mark asks, in whatever words

Patterns = Mapping[str, re.Pattern[str]]
# By language, for folded text: lower case, simplified characters, ß as ss. Chinese measure words after 这 and 那:
_MEASURE = "些个次项位届期场篇份座所条件本支种类"
# What opens a question that goes on from another, or names another thing to ask the same about.
_GOES_ON: Patterns = {
    "zh": re.compile(
        rf"^(?:那么?(?![里时边样{_MEASURE}]|家(?![长庭属具人])|曲(?![子目调])|达慕|坡县|不勒斯)"
        r"|同时|另外|还有|然后|接着|以及|再(?!生|版|就业|创业|造|教育|保险|制造|贷款|担保|融资|婚))[，,]?"
        r"|(?<=\w)呢(?=[，,])"
    ),
    "en": re.compile(r"^(?:(?:and |but |so |then )?(?:what|how) about|and|but|also)\b,?"),
    "ja": re.compile(r"^(?:それ)?では、?|^じゃあ?、?|^それなら、?"),
    "ko": re.compile(r"^(?:그럼|그러면|그렇다면|그리고),?"),
    "ru": re.compile(r"^(?:(?:а )?(?:как|что) насчет|[аи]|ну)\b,?"),
    "fr": re.compile(r"^(?:(?:et )?qu'en est-il d(?:e|u|es)|et|mais)\b,?"),
    "de": re.compile(r"^(?:(?:und )?(?:was ist|wie steht es|wie sieht es) mit|und|aber)\b,?"),
    "es": re.compile(r"^\W*(?:(?:y )?qué (?:hay de|tal|pasa con)|y|pero)\b,?"),
}
_TRAILS_OFF = re.compile(r"呢[?。!]*$|(?:は|[은는]요)\?*$")  # where the rest of the question would follow
_ASKS: Patterns = {
    "zh": re.compile(r"什么|怎|谁|哪|几|多少|何|吗|是否|有没有|啥|多[大高长久远重快宽深]|(.)不\1"),
    "en": re.compile(
        r"\b(?:who|whom|whose|what|when|where|which|why|how|name|list|tell)\b"
        r"|^(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would)\b"
    ),
    "ja": re.compile(r"何|誰|だれ|どこ|どの|どれ|どう|どん|いつ|いくつ|いくら|なぜ|なに|か[。?]*$"),
    "ko": re.compile(r"무엇|뭐|무슨|누구|누가|어디|언제|몇|얼마|왜|어떻|어느|어떤|까\W*$"),
    "ru": re.compile(
        r"\b(?:кто|ко[гм]\w*|кем|что|ч[ее]м|чего|как\w*|где|куда|откуда|когда|скольк\w+|почему|зачем|че[йьяе]\w*|ли)\b"
    ),
    "fr": re.compile(r"\b(?:qui|que|quoi|quel\w*|où|quand|comment|combien|pourquoi)\b|\bqu'|-(?:ce|il|elle|on)s?\b"),
    "de": re.compile(r"\b(?:we[rnms]\w*|was|wie\w*|wo\w*|wann|warum|welche\w*)\b"),
    "es": re.compile(r"\b(?:qué|que|quién\w*|cuál\w*|cómo|dónde|cuándo|cuánt\w*)\b"),
}
_POINTS_BACK: Patterns = {
    "zh": re.compile(
        r"^其(?![他它实余])|[，,]其(?![他它实余])|其中|(?<![其吉])[他她它](?![国乡人])|^这(?!份?报告|一?(?:学?年|季|学期|个?月))"
        rf"|(?<![^，,在对于从给为])[这那](?:[{_MEASURE}]|家(?![长庭属具人]))(?!报告|文件|月)|[这那](?:里|时|边|样)|当时"
        r"|(?<![应本活])该(?![怎如做去有不交])|上述|上面|前者|后者|刚才"
    ),
    "en": re.compile(
        r"\b(?:its?|they|their|theirs|them|he|him|his|she|hers?)\b"
        r"|\b(?:these|those|this)\b(?! (?:reports?|documents?|year)\b)|\b(?:about|of|in|at|for|from|with|by"
        r"|do|does|did|is|was|after|before) that\b|\b(?:that|there|then)\W*$"
        r"|\bthe (?:same|former|latter|first one|second one|other one)\b"
    ),
    "ja": re.compile(r"それ|その|そこ|これ|この(?!報告)|ここ|彼"),
    "ko": re.compile(r"그것|그는|그녀|그들|그곳|거기|이것|그중|(?:^|\s)그\s"),
    "ru": re.compile(
        r"\b(?:он|она|они|оно|его|ее|их|ему|ей|н[ие][мйх]|нее|него|это|этот|эта|эти|этом|этой|этого|там|тогда)\b"
    ),
    "fr": re.compile(
        r"\b(?:ils?|elles?)\b(?! y a\b)|\b(?:leurs?|celui|celle|ceux|celles|cela|ça|lui|son|sa|ses|en|y)\b"
    ),
    "de": re.compile(r"\b(?:er|sie|ihn|ihm|ihr\w{0,2}|ihnen|seine\w?|dies\w*|jene\w*|dort|dabei|davon|damit|dazu)\b"),
    "es": re.compile(r"\b(?:él|ella|ellos|ellas|sus?|es[aeo]s?|est[ao]s?|allí)\b(?! (?:año|informe))"),
}
# What names nothing: question and function words, ordinals and dates, and the words any event is asked about with.
_NO_CONTENT: Patterns = {
    "zh": re.compile(
        r"请问|第(?:\d+|[一二三四五六七八九十]+)[期届名次场个位]?|(?:\d+|[一二三四五六七八九十]+)月份?|\d+[日号]"
        r"|什么时候|为什么|什么|怎么样?|怎样|如何|多少[个位次人年月号天点家场期名]?|多[大高长久远]"
        r"|哪[里儿个些位家天年一]*|几[个位次人年月号天点家场期名]*|谁|何[时地人]|是否|有没有"
        r"|一共|总共|分别|具体|参加|参与|主办|举办|召开|举行|开展|活动|会议|主题|题目|时间|地点|名字|叫|原因|目的|结果"
        r"|[的了着过是在有和与及对把被由从为以到也都就还又吗呢啊吧人]"
    ),
    "en": re.compile(
        r"\b(?:who|whom|whose|what|when|where|which|why|how|many|much|long|often|did|does|do|is|are|was|were"
        r"|be|been|has|have|had|must"
        r"|the|an?|of|in|on|at|to|for|by|with|and|or|people|took|take|part|participated?|attend(?:ed)?|held"
        r"|happen(?:ed)?|organi[sz]ed?|its?|they|their|theirs|them|he|him|his|she|hers?|there"
        r"|place|time|date|name|called|topic|theme|event|meeting|activity|reason|more|else|tell|me|please)\b"
    ),
    "ja": re.compile(r"[ぁ-ゖ]+|何[人件回名個期年月日時部冊]?|誰|彼女?|人|件"),
    "ko": re.compile(
        r"무엇\S*|무슨|누구\S*|누가|어디\S*|언제|몇\s?\S+|얼마\S*|왜|어떻\S*|어느|어떤|그중|그녀\S*|그는|그들\S*"
        r"|\S*(?:입니까|있습니까|됩니까|합니까)"
    ),
    "ru": re.compile(
        r"\b(?:кто|ко[гм]\w*|кем|что|чем|чего|как\w*|где|куда|откуда|когда|скольк\w+|почему|зачем|ли|из|в|на|о|об|по|у"
        r"|с|и|а|за|к|от|для|до|был[аио]?|есть|он|она|они|его|ее|их|нее|ней|них|человек)\b"
    ),
    "fr": re.compile(
        r"\b(?:qui|que|qu|quoi|quel\w*|où|quand|comment|combien|pourquoi|est|ce|de|du|des|d|l|le|la|les|un|une|à|au|aux"
        r"|en|dans|sur|par|pour|avec|et|a|ont|t|il|elle|ils|elles|on|y|était|étaient|été|personnes|sont|son|sa|ses"
        r"|leurs?)\b"
    ),
    "de": re.compile(
        r"\b(?:we[rnms]|was|wie|viele?|wo|wann|warum|welche\w*|de[rmns]|die|das|ein\w{0,2}|in|im|am|an|auf|zu\w?|von|vom"
        r"|für|mit|bei|beim|und|ist|sind|war|waren|hat|haben|hatte|wurden?|wird|es|gibt|gab|er|sie|davon|dazu|dort|leute"
        r"|personen)\b"
    ),
    "es": re.compile(
        r"\b(?:qué|que|quién\w*|cuál\w*|cómo|dónde|cuándo|cuánt\w*|de|del|la|las|los|el|un|una|en|a|al|por|para|con|y|es"
        r"|son|fue|fueron|se|ha|han|hubo|hay|ell[ao]s?|sus?|personas|eran?)\b"
    ),
}
# A word with a capital inside a sentence, in languages that keep capitals for names. "He" may be one.
_NAME = re.compile(r"(?<=[\w,’'] )[A-ZÀ-ÞА-ЯЁ]\w+")
_CAPITALS_ARE_NAMES = ("en", "fr", "es", "ru", "it", "pt")


@dataclass(frozen=True, slots=True)
class Context:
    """earlier: questions, oldest first, each with its weight against all of the question's own words.

    topic: those of them about the same thing.
    asking: those whose question words are meant, where the question has none of its own.
    """

    earlier: tuple[tuple[str, float], ...] = ()
    topic: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Empty, or the earlier questions and a line break after each."""
        return "".join(f"{question}\n" for question, _ in self.earlier)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a question leaves to those before it.

    topic: what it is about (何时举办的？). asking: what is asked (那X呢, what about X).
    goes_on: perhaps nothing, but it opens as one that goes on from another.
    """

    topic: bool
    asking: bool
    goes_on: bool

    @property
    def weight(self) -> float:
        """Of the question before it; 0 for a complete question."""
        return _SAME_TOPIC if self.topic else _OTHER_TOPIC * (self.asking or self.goes_on)


def context(question: str, tongue: str, history: Sequence[Turn]) -> Context:
    """The questions before this one that it needs to be understood; none for a complete question.

    tongue: the question's BCP 47 tag.
    """
    left_out = missing(question, tongue)
    earlier: list[tuple[str, float]] = []
    topic: list[str] = []
    asking: list[str] = []
    weight, same, unasked, room = 1.0, True, left_out.asking, _LONGEST
    for asked in islice(_asked_before(question, history), _MOST_EARLIER):
        room -= len(asked)
        if not left_out.weight or room < 0:
            break
        weight *= left_out.weight
        same = same and left_out.topic
        earlier.insert(0, (asked, weight))
        if same:
            topic.insert(0, asked)
        if unasked:
            asking.insert(0, asked)
        left_out = missing(asked, language(asked))
        unasked = unasked and left_out.asking
    return Context(tuple(earlier), tuple(topic), tuple(asking))


def missing(question: str, tongue: str) -> LeftOut:
    """What the words of a question leave out."""
    spoken = tongue.split("-")[0]
    text = fold(question).strip()
    bare = _without(_GOES_ON, spoken, text).strip()
    goes_on = bare != text
    content = _content(bare, spoken)
    few = _FEW.get(spoken, _FEW_UNSIFTED)
    asks = spoken not in _ASKS or bool(_ASKS[spoken].search(bare))
    bound = _SHORT if text.endswith("?") else few  # without a mark, keywords
    names = _NAME.findall(question) if spoken in _CAPITALS_ARE_NAMES else []
    return LeftOut(
        topic=content + _NAME_TERMS * len(names) <= few or _points_back(question, content, spoken),
        asking=not asks and (goes_on or bool(_TRAILS_OFF.search(text)) or content <= bound),
        goes_on=goes_on,
    )


def _points_back(question: str, content: int, spoken: str) -> bool:
    if spoken not in _POINTS_BACK or content > _SELF_CONTAINED.get(spoken, _SELF_CONTAINED_ELSEWHERE):
        return False
    unnamed = _NAME.sub(" ", question) if spoken in _CAPITALS_ARE_NAMES else question
    return bool(_POINTS_BACK[spoken].search(_without(_GOES_ON, spoken, fold(unnamed).strip()).strip()))


def _content(text: str, spoken: str) -> int:
    """How many terms name something. Korean words, which carry endings, count once each."""
    rest = _without(_NO_CONTENT, spoken, text)
    return len(re.findall(r"\w+", rest)) if spoken == "ko" else len(set(terms(rest)))


def _without(patterns: Patterns, spoken: str, text: str) -> str:
    return patterns[spoken].sub(" ", text) if spoken in patterns else text


def _asked_before(question: str, history: Sequence[Turn]) -> Iterator[str]:
    """What the user asked, the latest first, each on one line."""
    for turn in reversed(history):
        if turn.role == "user" and turn.content.strip() != question:  # some clients send the question along
            asked = _question_of(turn.content)
            if asked:
                yield asked


def _question_of(content: str) -> str:
    """A turn; of a long one its last question, or nothing."""
    whole = " ".join(content.split())
    if len(whole) <= _LONGEST:
        return whole
    said = (span.of(whole) for span in sentences(whole, 0, len(whole)))
    asked = [each for each in said if each.endswith(("?", "？"))]
    return asked[-1] if asked and len(asked[-1]) <= _LONGEST else ""
