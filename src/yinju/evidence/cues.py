"""What the words around a figure or a title say about it, for choosing between several in one sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from yinju.evidence.expected import Expected
from yinju.evidence.nearness import Nearness
from yinju.records import Span

_CUE = 0.1  # of what alignment gives; a few hundredths part two clauses

_FORMERLY = re.compile(
    r"原来|原先|之前|以前|起初|当初|上年|去年|改前|\bbefore\b|\bpreviously\b|\boriginally\b|以前|이전|раньше|\bavant\b|\bvorher\b|\bvor\b|\bantes\b"
)
_FROM = re.compile(r"(?:由|从)[^，。；、]{0,9}$")
_TO = re.compile(r"^[^，。；、]{0,8}(?:到|至|为|成)")
_ALTOGETHER = re.compile(
    r"一共|总共|总数|总量|全部|合计|累计|现在|目前|共有|共计|至今|\bin total\b|\btotal\b|\baltogether\b|\bnow\b"
    r"|\bso far\b|全部で|合計|現在|总计|모두|총|всего|au total|insgesamt|en total"
)
_TOTAL = re.compile(r"(?:累计|总数|总量|合计|共计|达到|达|共|总)[^，。；、]{0,4}$")
_PART = re.compile(r"(?:新增|新建|其中|增加|净增|又|另有|另)[^，。；、]{0,4}$")
_ONE = re.compile(r"一[^\d十百千万分]")
_TITLED = re.compile(r"^[》”」』\"]?(?:为|作为|这一|的)?(?:主题|题|口号|理念|名|标题|题目)")
_ENTITLED = re.compile(r"(?:题为|主题[是为]|题目[是为]|口号[是为]|名为|叫|标题[是为]|理念[是为]|以)[《“「『\"]*$")
_ASKS_TITLE = re.compile(
    r"主题|题目|标题|口号|理念|为题|\btheme\b|\bslogan\b|\btitle\b|\bmotto\b|テーマ|スローガン|주제|구호|тема|девиз|thème|titre|thema|motto|titel|tema|lema|título"
)


def cue(sentence: str, span: Span, wanted: Expected) -> float:
    """What to add to the alignment of a span: above 0 where what stands around it speaks for it."""
    before, behind = sentence[max(span.start - 12, 0) : span.start], sentence[span.end : span.end + 12]
    if wanted.kind == "title":
        titled = _TITLED.search(behind) or _ENTITLED.search(before)
        return _CUE if titled and _ASKS_TITLE.search(wanted.asked) else 0.0
    if wanted.kind not in ("number", "other"):
        return 0.0
    total = 0.0
    if _FROM.search(before) and _TO.search(behind):
        total += _CUE if _FORMERLY.search(wanted.asked) else -_CUE
    if _ALTOGETHER.search(wanted.asked):
        total += _CUE * (bool(_TOTAL.search(before)) - bool(_PART.search(before)))
    if _ONE.match(span.of(sentence)):
        total -= _CUE
    return total


_WHY = re.compile(r"为什么|为何|为啥|原因|缘由|怎么会|\bwhy\b|なぜ|どうして|왜|почему|pourquoi|\bwarum\b|\bpor qué\b")
_CAUSE = re.compile(
    r"(?:(?:原因|缘由|理由|根子)(?:是|为|在于)|(?=因为|由于|缘于|源于|因(?!素|此|地制|人而|材施|公"
    r"|病)))([^，。；]{2,40}?)(?=而(?!且)|[，。；]|$)"
)
_SHORTEST = 3  # characters of a clause worth marking
_BREAK = re.compile(r"[，；：]|[,;:](?!\d)")  # not 、: what stands in a row belongs together
_MARKS = "，、；：。！？,;:.!? \n\u3000"
_LEADING = re.compile(
    r"(?:同时|并且?|而且?|其中|但|主要|即|也|还|则|故|从而|以及|目前)+"
    r"|.{1,14}(?:是(?!否)|(?<![作成以认称])为(?!了|此)|在于|认为|指出|被)(?=.{2})"
)


_TITLE_ALONE = re.compile(r"^[^《]*《\s*([^》\s](?:[^》]*[^》\s])?)\s*》[^《]*$")


def clause(sentence: str, wanted: Expected, nearness: Nearness) -> list[Span]:
    """The cause where a cause is asked for, else what the clause says that the question is nearest to; at most one."""
    if _WHY.search(wanted.asked):
        cause = _CAUSE.search(sentence)
        said = _trimmed(sentence, Span(*cause.span(1))) if cause else Span(0, 0)
        return [said] if said.start < said.end else []
    bounds = [0, *(match.end() for match in _BREAK.finditer(sentence)), len(sentence)]
    pieces = (_trimmed(sentence, Span(start, end)) for start, end in pairwise(bounds))
    fitting = [piece for piece in pieces if piece.end - piece.start >= _SHORTEST]
    if not fitting:
        return []
    best = max(fitting, key=nearness.of)
    return [_predicate(sentence, best)]


def _predicate(sentence: str, piece: Span) -> Span:
    """The piece without what leads up to it: what follows 是, 为 or 认为 is what it says.

    A title it names alone is what it is about."""
    named = _TITLE_ALONE.search(piece.of(sentence))
    if named:
        return Span(*named.span(1)).moved(piece.start)
    lead = _LEADING.match(piece.of(sentence))
    said = _trimmed(sentence, Span(piece.start + lead.end(), piece.end)) if lead else piece
    return said if said.start < said.end else piece


def _trimmed(sentence: str, piece: Span) -> Span:
    """Without the white space at either side and the marks at the end; empty where there is nothing else."""
    text = piece.of(sentence).rstrip().rstrip(_MARKS).rstrip()
    return Span(piece.start + len(text) - len(text.lstrip()), piece.start + len(text))
