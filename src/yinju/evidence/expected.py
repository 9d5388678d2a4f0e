"""What kind of answer a question asks for, read off its question words in the languages people ask in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from yinju.evidence.nouns import EN_BODY, EN_PERSON, NAMED_BY_THEIR_NOUN, ZH_AREA, ZH_BODY, ZH_PERSON
from yinju.evidence.units import Quantity, asked_quantity
from yinju.text import fold

Kind = Literal["number", "date", "person", "place", "organization", "title", "contact", "other"]


@dataclass(frozen=True, slots=True)
class Expected:
    """many: whether several things are asked for. unit: what is counted, as the question words it, or "".

    asked: the question itself; what it says is not what it asks for. Both are folded.
    quantity: of a number, what it measures. noun: what a body or a place is called by (哪个街道), or "".
    clock: whether a time of day is asked for, not a day.
    """

    kind: Kind
    many: bool
    unit: str = ""
    asked: str = ""
    quantity: Quantity = ""
    noun: str = ""
    clock: bool = False

    @property
    def measure(self) -> str:
        """The measure word `unit` begins with, or ""."""
        return self.unit.lstrip("百千万亿")[:1]


# The first kind one of whose patterns matches wins. Folded text: lower case, simplified characters, ß as ss, and of
# the full-width marks only 。 and 、.
_PATTERNS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (
        "contact",
        (
            (
                r"(?:电话|手机|热线|传真|邮编|邮箱|网站|网页|qq|微信号?)(?:号码?|地址)?(?:是|为)?(?:多少|什么|几号"
                r"|哪个)|联系方式|网址|(?:电话|手机|热线)号码"
            ),
            (
                r"\b(?:phone|telephone|fax) number|\be-?mail address|\bwebsite|\burl\b|(?:电话|電話)番号|전화 ?번호"
                r"|номер телефона|телефонный номер"
                r"|numéro de téléphone|telefonnummer|número de teléfono"
            ),
        ),
    ),
    (
        "person",  # before the titles: what a person is called is a name
        (
            rf"(?:{ZH_PERSON})(?:的名字)?(?:叫什么(?!课)|叫啥|姓什么|名叫什么)|姓名|何人(?![ぁ-ヿ])",
            rf"\bname of (?:the |its |their )?(?:\w+ )?(?:{EN_PERSON})\b",
        ),
    ),
    (
        "date",
        (
            (
                r"哪一?(?:[天日月]|年(?!来))(?!间)|[几哪]个?月(?!份?来)(?=[几份底初]|过|开|举|召|成|是|$|[^\w])"
                r"|几[号日]"
                r"|几点|第几天|哪个(?:月|年)|何[时年月日]"
                r"|什么时[候侯间刻]|啥时|多会儿|时间是|日期|哪段(?:时间|日子)"
            ),
            r"\bwhen\b|\b(?:what|which|on what|on which) (?:date|day|year|month|time)\b",
            r"いつ|何年[にで]|何月|何日|何時",
            r"언제|몇\s?[년월일시](?!간)|며칠(?! ?(?:동안|간|이면|만에|걸))|어느 (?:해|날|달)",
            r"когда|какого числа|в каком (?:году|месяце)|в какой день|какая дата",
            r"\bquand\b|\bquelle (?:date|annee|année)|\bquel (?:jour|mois)|à quelle heure",
            r"\bwann\b|\bwelche[mnrs]? (?:datum|tag|jahr|monat)",
            r"\bcuándo\b|\bcuando\b|\bqué (?:fecha|día|año|mes)|\bque (?:data|dia|ano)\b",
            r"\bquando\b",
        ),
    ),
    (
        "number",
        (
            (
                r"多少|(?<!好)几(?!乎|何|点|经|个?(?:方面|地方))|多久|多长时间|多大|(?:总|人次|人"
                r"|[户件项篇场份条台])数$|百分之|总数|人数|次数|期数|场数|数量|数目|比例|占比|(?:金额|次数|数量"
                r"|[^质产流力含热能批大重容当胆]量|[^效频]率)$"
                r"|多[大高长重远深宽厚久快](?=[^\w]|$|的)"
                r"|(?:高|低|长|短|快|慢|重|轻|大|增长|下降|提高|减少)了多少"
            ),
            (
                r"\bhow (?:many|much|long|far|old|large|big|tall|high|deep|wide|heavy|often|close|near)\b"
                r"|\b(?:what|which) (?:is|was|are|were) the (?:[\w’'-]+ ){0,4}(?:price|cost|fee|rent|budget|salary"
                r"|profit|revenue|turnover|fine|rate|ratio"
                r"|percentage|area|total|average|time)s?\b"
                r"|\b(?:number|percentage|proportion|share|count|amount) of\b|\bwhat percent"
            ),
            (
                r"何(?![者故処处等事も])(?:[人回件名個つ台社校本冊册歳岁%割組组点戸户頭头枚軒时時日]|か[国所月]|ヶ"
                r"|[ァ-ヶ])(?!目的)|何チーム|いくつ|いくら|ど(?:の|れ)くらい|ど(?:の|れ)ほど"
            ),
            r"몇|얼마|며칠",
            r"скольк|как (?:долго|часто)|какое (?:количество|число)|какой (?:процент|срок)|какую (?:премию|сумму)",
            r"\bcombien\b|\bquel (?:nombre|pourcentage)|\bquelle part\b|\bquel est le (?:prix|budget|coût|taux)",
            (
                r"\bwie ?vielen?\b|\bwie ?viele?\b|\bwas kostet|\bwie (?:nah|teuer|lange?|hoch|gross|weit|oft|alt|tief"
                r"|schwer|breit)\b|\bwelche anzahl"
            ),
            r"\bcu[aá]nt[oa]s?\b|\bqué (?:porcentaje|número)|\bquant[oaie]s?\b|bao nhiêu",
        ),
    ),
    (
        "title",
        (
            (
                r"题目|标题|口号|理念|绰号|外号|主题是|什么主题|主题为|名称|叫什么|叫啥|什么名|何名|名字|被?命名为"
                r"|为题|口号"
                r"|被?称[作为]?什么|书名|篇名|哪个[“\"「]|哪一?[本部篇首幅出台][书文报画歌戏片作]"
                r"|哪一?[篇首幅部本课][^,。?]?|哪个?(?:节目|作品|案例)"
                r"|什么(?:书|片子|电影|文件|节目|歌)|(?:说了|写了|写着|讲了|讲过|喊出)[^,。?]{0,4}(?:什么|啥)"
                r"|(?:说|写)的?(?:是什么|什么)$|怎么说|哪句话|什么话"
            ),
            r"\b(?:title|theme|slogan|motto|called|named?)\b",
            r"テーマ|題名|題目|タイトル|名称|何と(?:呼|い)|スローガン",
            r"제목|주제|이름|명칭|구호|뭐라고",
            r"называ|название|заглави|заголов|девиз|лозунг|какова тема|\bтема\b",
            r"\b(?:titre|intitul\w+|thème|slogan|devise)\b|\bs'appel|\bs’appel|\bquel est le nom",
            r"\b(?:titel|thema|motto|heisst|heissen|hiess)\b|\bwie lautet",
            r"\b(?:título|titulo|tema|lema)\b|\bse llaman?\b|\bcómo se llam",
        ),
    ),
    (
        "organization",
        (
            (
                rf"(?:哪一?[个家些几所支座类]{{0,2}}|什么|何种)(?:[^,。?的]{{0,4}}?)(?:{ZH_BODY})|由哪(?!位"
                rf"|里|个?人)|哪一?家"
            ),
            rf"\b(?:which|what) (?:\w+ ){{0,2}}(?:{EN_BODY})\b",
            r"どの(?:機関|組織|部署|部門|会社|企業|大学|学校|支部|団体)",
            r"(?:어느|어떤) (?:기관|단체|부서|회사|기업|대학|학교|지부|조직)",
            r"как(?:ая|ой|ое|ие) (?:\w+ )?(?:организаци|компани|парт|отдел|министерств|университет|учреждени|ведомств)",
            (
                r"\bquel(?:le)?s? (?:\w+ )?(?:organi|département|entreprise|société|universit|école|service"
                r"|institution|ministère)"
            ),
            (
                r"\bwelche[rsnm]? (?:\w+ )?(?:organi|behörde|firma|abteilung|universität|schule|unternehmen"
                r"|ministerium|verein)"
            ),
            r"\bqué (?:\w+ )?(?:organi|empresa|departamento|universidad|escuela|institución|ministerio|compañía)",
        ),
    ),
    (
        "place",
        (
            (
                rf"哪一?[个座]?(?:{ZH_AREA})|何[处地]|(?:在|到|去|来自|位于|设于)哪(?!些?方面|些|种|次"
                rf"|个?[方层环阶])|什么地[方点]"
            ),
            (
                r"\bwhere\b|\b(?:which|what) (?:\w+ )?(?:city|cities|country|countries|place|province|region|town"
                r"|state|village)\b"
            ),
            r"どこ|どの(?:都市|国|県|町|村|地域|場所)",
            r"어디|어느 (?:도시|나라|곳|지역|마을)",
            r"\bгде\b|\bкуда\b|\bоткуда\b|в каком (?:городе|месте|регионе)|в какой (?:стране|провинции|области)",
            r"\boù\b|\bquel(?:le)? (?:ville|pays|lieu|région|province)",
            r"\bwo\b|\bwoher\b|\bwohin\b|\bwelche[mrns]? (?:stadt|land|ort|provinz)",
            r"\bdónde\b|\bdonde\b|\bqué (?:ciudad|país|lugar|provincia|región)|\bonde\b",
        ),
    ),
    (
        "person",  # last: many languages' word for "who" also means "which" inside a sentence
        (
            r"谁|哪一?[位名]|哪个人|何人",
            r"\bwho(?:m|se)?\b",
            r"誰|だれ|どなた",
            r"누구|누가",
            r"\b(?:кто|кого|кем|кому)\b",
            r"\bqui\b(?! est-ce que)",
            r"\bwe[rmn]\b|\bwessen\b",
            r"\bqui[eé]n(?:es)?\b|\bquem\b|\bchi\b",
        ),
    ),
)
_KINDS = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _PATTERNS)
_MANY = re.compile(
    "|".join(
        (
            (
                r"哪些|哪几|分别|各自|各是|都有|有哪|列[举出]|包括什么|包含什么|等哪|几[个大]方面"
                r"|(?<![第二两三四五六七八九十\d])(?:[二两三四五六七八九十]+|[2-9]|[1-9]\d+)(?:个|大|项|种|条|点|方面)[^,。?;!]{0,8}"
                r"(?:是什么|是哪)"
            ),
            (
                r"\bwhich (?:\w+ )?(?!this|is|was|has|does)\w+[^s'\W]s\b|\bwhat (?:\w+ ){0,2}\w+[^s'\W]s (?:are"
                r"|were|did|do|have|has|does)\b"
                r"|\bwhat (?:are|were)\b|\blist\b|\brespectively\b|\bname (?:the|all|\w+) \w+s\b"
            ),
            r"それぞれ|どんな.*(?:がありますか|ですか)|どのような.*(?:ですか|ありますか)|何と何|列挙",
            r"각각|무엇무엇|어떤 .*들|나열",
            r"каки[ехм]\w*|перечисл|\bназовите",
            r"\bquel(?:le)?s\b|\bénumér",
            r"\bwelche\b.*\b(?:sind|waren|gibt|gab|haben|wurden|werden)\b|\bnennen",
            r"\bcu[aá]les\b|\bqué \w+s \b|\bquais\b|\bquali\b",
        )
    )
)
_UNIT = re.compile(r"(?:多少|(?<!好)几)([^\W\d_]{1,8})|([人次期场件户家项名篇部])数(?!量|字|据|目)")


# What is asked with "why" has no kind, whatever other question words stand beside it.
_WHY = re.compile(r"为什么|为何|为啥|怎么会|\bwhy\b|почему|\bpourquoi\b|\bwarum\b|\bpor qué\b")
_CLAUSE = re.compile(r"[^,。?;]+")
_NOUN = re.compile(
    rf"哪一?[个家所支座]?(?:[^\W\d_的是在]{{0,6}}?)({NAMED_BY_THEIR_NOUN})"
    r"(?=$|[^\w]|[的是在被夺获得拿拖负做办参承来提捐派建组举受和送写最开去能会要可想应跑])"
)
_CLOCK_ASKED = re.compile(
    r"几点|几时|\b(?:what|which) (?:time|hour)\b|何(?:時|时)(?![間间])|몇 ?시(?!간)"
    r"|à quelle heure|a qué hora|um wie ?viel uhr|котором часу"
)


def expected(question: str) -> Expected:
    """The kind of answer a question asks for; "other" where no question word tells (why, how, whether, …)."""
    text = fold(question)
    telling = _CLAUSE.sub(lambda clause: "" if _WHY.search(clause[0]) else clause[0], text)
    kind: Kind = next((kind for kind, pattern in _KINDS if pattern.search(telling)), "other")
    counted = _UNIT.search(text) if kind == "number" else None
    unit = (counted.group(1) or counted.group(2)) if counted else ""
    noun = _NOUN.search(text) if kind in ("organization", "place") else None
    return Expected(
        kind,
        bool(_MANY.search(text)),
        unit,
        text,
        quantity=asked_quantity(text, unit) if kind == "number" else "",
        noun=noun.group(1) if noun else "",
        clock=kind == "date" and bool(_CLOCK_ASKED.search(text)),
    )
