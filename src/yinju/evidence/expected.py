"""What kind of answer a question asks for, read off its question words in the languages people ask in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from yinju.text import fold

Kind = Literal["number", "date", "person", "place", "organization", "title", "other"]


@dataclass(frozen=True, slots=True)
class Expected:
    """many: whether several things are asked for. unit: what is counted, as the question words it (folded), or ""."""

    kind: Kind
    many: bool
    unit: str = ""


_BODY = (
    "单位|部门|机构|组织|团体|公司|企业|集团|大学|学院|学校|高校|机关|支部|委员会|委|厅|局|办|处|院|所|中心|社|协会|"
    "医院|银行|法院|团队|队|球队|俱乐部|政府|党校|出版社|杂志社|报社"
)
_AREA = "里|儿|地|处|城|城市|国家|国|省|市|县|区|镇|村|地区|地方|地点|洲|州|岛|座城|个城"

# First match wins. Folded text: lower case, simplified characters.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        "date",
        (
            r"哪一?[天日年月]|几月|几号|几日|哪个?月|哪个?年|何时|何年|何月|何日|什么时[候间刻]|多会儿|时间是|日期"
            r"|\bwhen\b|\b(?:what|which|on what|on which) (?:date|day|year|month)\b|いつ|何年に|何年です|何月|何日|언제"
            r"|몇\s?[년월일]|며칠|어느 (?:해|날)"
            r"|когда|какого числа|в каком году|в какой день|какая дата|\bquand\b|quelle (?:date|année)|quel jour"
            r"|\bwann\b|welche[mrns]? (?:datum|tag|jahr)|\bcu[aá]ndo\b|qu[eé] (?:fecha|d[ií]a|a[nñ]o)|\bquando\b"
            r"|que (?:data|dia|ano)"
        ),
    ),
    (
        "number",
        (
            r"多少|(?<!好)几(?!乎|何|点)|第几|百分之|数量|总数|人数|次数|期数|数目|比例|占比|多[大高长重远深宽久快]"
            r"|\bcount\b|\bhow (?:many|much|long|far|old|large|big|tall|often)\b"
            r"|\b(?:number|percentage|proportion|share) of\b|何[期人回件名個つ台社校本冊歳%割]|何チーム|いくつ|いくら"
            r"|どのくらい|どれくらい"
            r"|몇|얼마|сколько|скольк|\bcombien\b|wie ?viel|\bcu[aá]nt[oa]s?\b|\bquant[oaie]s?\b|bao nhiêu"
        ),
    ),
    (
        "title",
        (
            r"题目|标题|主题|名称|叫什么|叫啥|什么名|何名|命名|为题|口号|称为什么|被?称[作为]什么|哪个[“\"「]|书名|篇名"
            r"|\b(?:title|theme|slogan|motto|called|name of|named)\b|テーマ|題名|題目|名称|何と呼|제목|주제|이름|명칭"
            r"|назыв|название|заглави|\b(?:titre|intitul|thème)|\b(?:titel|thema|heißt)\b|\bt[ií]tulo\b|\btema\b"
        ),
    ),
    (
        "person",
        (
            r"谁|哪位|何人|哪个人|哪一位|哪名|姓名|\bwho(?:m|se)?\b|誰|だれ|どなた|누구|누가|кто|кого|кем|кому|\bqui\b"
            r"|\bwe[rmn]\b|\bqui[eé]n(?:es)?\b|\bquem\b|\bchi\b"
        ),
    ),
    (
        "organization",
        (
            rf"(?:哪[个家些一几]{{0,2}}|什么|何种?|哪几个)(?:[^，。？?的]{{0,4}}?)(?:{_BODY})|由哪"
            rf"|\bwhich (?:\w+ ){{0,2}}(?:organi[sz]ation|department|unit|agency|company|university|branch"
            r"|committee|institution|team|school|bureau|office)"
            r"|どの(?:機関|組織|部署|会社|大学|支部)|어느 (?:기관|단체|부서|회사|대학|지부)"
            r"|какая (?:организация|компания|парт)|quel(?:le)? (?:organi|départ|entreprise|universit)"
            r"|welche[rs]? (?:organi|behörde|firma|abteilung|wache|feuerwache)"
        ),
    ),
    (
        "place",
        (
            rf"哪(?:个|座|一个|一座)?(?:{_AREA})|何处|何地|在哪|什么地方|\bwhere\b"
            rf"|\b(?:which|what) (?:city|country|place|province|region|town|state)\b"
            r"|どこ|どの(?:都市|国|県|町)|어디|어느 (?:도시|나라|곳)|\bгде\b|\bкуда\b|в каком (?:городе|месте)"
            r"|в какой стране|\boù\b|quelle ville|quel pays|\bwo\b|welche[rm]? (?:stadt|land|ort)|\bd[oó]nde\b"
            r"|qu[eé] (?:ciudad|pa[ií]s)|\bonde\b"
        ),
    ),
)
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_MANY = re.compile(
    r"哪些|哪几|分别|各自|都有|有哪|哪[二两三四五六七八九十]|列[举出]|包括什么|等哪|几[个大]方面|\bwhich\b.*\bare\b"
    r"|\bwhat are\b|\blist\b|\brespectively\b|\bwhat (?:\w+ )?(?:measures|steps|actions)\b"
    r"|それぞれ|どのような.*ですか|각각|무엇무엇|какие|перечисл|quels|quelles|welche .*(?:sind|waren|gibt)|cu[aá]les"
    r"|quais|quali\b"
)
_UNIT = re.compile(r"(?:多少|(?<!好)几)([^\W\d_]{1,8})")


def expected(question: str) -> Expected:
    """The kind of answer a question asks for; "other" where no question word tells (why, how, whether, …)."""
    text = fold(question)
    kind: Kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), "other")
    unit = _UNIT.search(text) if kind == "number" else None
    return Expected(kind, bool(_MANY.search(text)), unit.group(1) if unit else "")
