"""Units of measure: which class of quantity a figure states, and which one a question asks for."""

from __future__ import annotations

import re
from typing import Literal

Quantity = Literal[
    "",
    "money",
    "share",
    "people",
    "count",
    "duration",
    "age",
    "length",
    "area",
    "volume",
    "weight",
    "score",
    "ordinal",
    "bare",
]
"""A class of quantities. "": any, or not known. count: things, events and bodies. bare: a figure without a unit."""

_UNITS: dict[Quantity, str] = {
    "people": "人次 人 名 位 명",
    "money": "元 美元 欧元 港元 日元 块钱 块 円 원",
    "share": "成 倍 个百分点 百分点",
    "duration": (
        "年 个月 月 周 个星期 星期 天 日 个小时 小时 个钟头 钟头 分钟 秒 秒钟 周年 个工作日 工作日 学时 课时 昼夜 년"
    ),
    "age": "岁 周岁",
    "length": "公里 千米 米 厘米 毫米 海里",
    "area": "平方公里 平方千米 平方米 公顷 亩",
    "volume": "立方米 毫升 升",
    "weight": "吨 公斤 千克 克 斤",
    "score": "分",
    "count": (
        "场次 批次 艘次 台次 家次 组次 册次 件次 辆次 架次 班次 个 家 户 支 期 次 场 届 项 件 篇 份 条 部 本 册 张 所 "
        "座 间 处 台 辆 架 艘 套 批 类 种 级 层 等奖 票 枚 颗 只 头 匹 棵 株 门 课 节 字 页 集 首 幅 段 轮 队 组 班 村 "
        "镇 县 市 省 国家 国 千瓦时 千瓦 度 摄氏度 例 起 根 把 封 面 杯 口 粒 箱 瓶 桶 袋 盒 双 讲 对 栋 幢 "
        "列 卷 具 则 宗 笔 片 朵 盏 顶 趟 回 遍 标准箱 个乡镇 校 社 개 회 건 단체"
    ),
}
_QUANTITY: dict[str, Quantity] = {
    unit: quantity for quantity, units in reversed(_UNITS.items()) for unit in units.split()
}
UNIT = "|".join(sorted(_QUANTITY, key=len, reverse=True))
"""A regular expression's alternation, the longest first."""

_SHARE = re.compile(r"[%％‰]|分之|成$|翻番|翻[一两]番|翻倍|[比∶:]\d")
_PEOPLE_NOUN = re.compile(
    r"个?(?:人|名|位|嘉宾|学[生员]|职工|员工|党员|干部|群众|青年|儿童|老人|观众|听众|读者|志愿者)"
    r"(?=$|[^\w]|[参得获被在是有加考通报没完拿看来听进])"
)
_UNIT_AT_END = re.compile(rf"[\d十百千万亿零〇一二三四五六七八九两余多来半\s]({UNIT})[余多]?$")
_MONEY_NOUN = (
    r"(?:[经学杂车稿运房电水租会工话旅药路]?费用?|价格?|单价|[奖租押资罚基赏现]金|慰问金|助学金|救助金|金额|成本"
    r"|工资|月薪"
    r"|薪酬|收入|投资|投入|预算|产值|利润|营收|税款|罚款|贷款|存款|余额|销售额|[^限名]额|补贴|补助|赏钱|钱|经费)"
)
# In this order: what is asked for by name, whatever noun the figure counts.
_AHEAD: dict[Quantity, str] = {
    "ordinal": (r"第几|第何|몇 ?번째|\bwievielte"),
    "share": (
        r"百分之几|百分比|几成|比例|占比|占(?:了|到)?多|(?<![频功汇效速])率[^,。?;]{0,8}(?:多少|多高|多大|几|$)"
        r"|\bpercent|\bproportion|\bshare of|\brate\b|\bratio\b|パーセント|何[%割]|割合|퍼센트|비율|процент"
        r"|\bдол[яюи]\b"
        r"|pourcent|\bquelle part|\btaux\b|prozent|\banteil|quote\b|porcentaje|\bproporción"
    ),
    "age": (
        r"几岁|多少岁|多大(?:年纪|岁数|年龄)|年龄|岁数|\bhow old\b|何[歳岁才]|몇 ?살|나이|\bвозраст|\bquel âge"
        r"|\bwie alt\b"
        r"|\bcuántos años tiene|\bqué edad"
    ),
    "duration": (
        r"多久|多长时间|多少时间|时长|几个?(?:小时|钟头|分钟|工作日|星期|天)|\bhow long\b|何(?:時|时)[間间]"
        r"|何日間|何日间|何か月"
        r"|何ヶ月|何分間|며칠 ?(?:동안|간|이면|만에|걸)|몇 ?(?:시간|분간|개월|주간|일간)|как долго|какой срок"
        r"|combien de temps|\bwie lange\b|\bcuánto tiempo"
    ),
    "area": (r"面积|平方米|\barea of|面積|면적|\bплощад|\bsuperficie|\bfläche|\bquadratmeter"),
    "length": (r"多远|里程|\bhow far\b|\bkilomet|キロ|킬로미터|километр|\bwie weit\b"),
    "score": (r"得分|平均分|总分"),
    "money": (
        rf"多少块?钱|{_MONEY_NOUN}[^,。?;个名人次件]{{0,6}}(?:多少|几[万千百]|多高)"
        r"|(?:花费?|值|赚|挣|掏|罚|交|收费)了?(?:多少|几[万千百块])(?=[^\w]|$|钱)"
        r"|\bhow much\b[^?]*\b(?:costs?|pa(?:y|id)|spen[dt]|money|rent|price|fees?|fund\w*|earn\w*|charged?"
        r"|recover\w*"
        r"|receive[ds]?|salary|donat\w*|invest\w*|rais(?:e|ed)|budget)\b"
        r"|\bwhat (?:is|was|are|were) the (?:[\w’'-]+ ){0,4}(?:price|cost|fee|rent|budget|salary|profit"
        r"|revenue|turnover"
        r"|fine)s?\b"
        r"|いくら|얼마(?!나)|сколько (?:\w+ ){0,2}(?:стои|денег|потра|заплат|рубл|юан)|\bстоимость|\bцена\b"
        r"|какую (?:премию|сумму)|combien (?:\w+[ -]){0,3}(?:co[uû]t|d[’']argent|pay)|\bquel est le (?:prix"
        r"|budget|coût)"
        r"|\bwie teuer\b|\bwas kostet|\bwie ?viel \w*geld|\bcu[aá]nto (?:\w+ ){0,2}(?:cost|cuesta|gast|pag"
        r"|dinero|vale)"
    ),
}
_ASKED_AHEAD = tuple((quantity, re.compile(pattern)) for quantity, pattern in _AHEAD.items())
# What languages without measure words count.
_ABROAD: dict[Quantity, str] = {
    "duration": (
        r"\bhow many (?:\w+ )?(?:days|hours|minutes|weeks|months|years)\b|скольк\w* (?:дней|часов|минут|недель"
        r"|месяцев)"
        r"|combien d(?:e |['’])(?:\w+ )?(?:jours|heures|minutes|semaines|mois|ans|années)\b"
        r"|\bwie ?viele (?:\w+ )?(?:tage|stunden|minuten|wochen|monate|jahre)\b"
        r"|\bcu[aá]nt[oa]s (?:días|horas|minutos|semanas|meses|años)\b"
    ),
    "people": (
        r"\bhow many (?:\w+ ){0,2}(?:people|persons|members|students|nurses|teachers|workers|residents|participants"
        r"|volunteers|visitors|children|employees|doctors|lawyers)\b|何[人名](?![もかの])|몇 ?(?:명|사람"
        r"|분(?!간))|скольк\w* (?:человек"
        r"|людей|студент|волонт|пациент|участник|работник|преподавател|член)|combien de (?:personnes|membres"
        r"|bénévoles"
        r"|participants|employés|étudiants)|\bwie ?viele (?:\w+ )?(?:personen|menschen|mitglieder|studierende"
        r"|teilnehmer)"
        r"|\bcu[aá]nt[oa]s (?:personas|miembros|estudiantes|voluntarios|participantes)"
    ),
}
_FOREIGN = tuple((quantity, re.compile(pattern)) for quantity, pattern in _ABROAD.items())
_COUNTED = re.compile(
    r"\bhow many\b|\bcombien d[e'’]|\b(?:wie ?vielen?|bei wie vielen)\b|\bcu[aá]nt[oa]s\b"
    r"|何[件個つ台社校本冊戸枚軒頭組点]|몇 ?(?:개|건|곳|팀|권|장|차례|번)"
)
_MEASURED = re.compile(
    r"\b(?:kilomet|met(?:er|re)|ton|litre|liter|hectare|euro|yuan|kilo|mu\b|percent|prozent|tonn|hour|quadrat|square)"
)
_MAGNITUDES = "十百千万亿余多"
_KNOWN_UNIT = re.compile(UNIT)


def quantity_of(figure: str) -> Quantity:
    """What a figure found in a text states: "121期" a count, "3万元" money, "第三" an ordinal, "35" a bare number."""
    if figure.startswith("第"):
        return "ordinal"
    if _SHARE.search(figure):
        return "share"
    if figure.endswith("秒"):
        return "duration"
    unit = _UNIT_AT_END.search(figure)
    if unit:
        return _QUANTITY[unit.group(1)]
    return "bare" if figure[-1:].isdigit() or figure[-1:] in _MAGNITUDES else ""


def asked_quantity(question: str, unit: str) -> Quantity:
    """What a question for a number asks for. Both are folded; unit: what follows 多少 or 几, or ""."""
    bare = unit.lstrip(_MAGNITUDES)
    if _PEOPLE_NOUN.match(bare) and "第几" not in question:
        return "people"
    named: Quantity = next((quantity for quantity, pattern in _ASKED_AHEAD if pattern.search(question)), "")
    known = _KNOWN_UNIT.match(bare)
    if named == "ordinal" or not known:
        if re.match(_MONEY_NOUN, bare):
            return "money"
        counted: Quantity = "count" if _COUNTED.search(question) and not _MEASURED.search(question) else ""
        return named or next((quantity for quantity, pattern in _FOREIGN if pattern.search(question)), counted)
    return _QUANTITY[known.group()]


_FITTING: dict[Quantity, frozenset[Quantity]] = {
    "money": frozenset({"money"}),
    "share": frozenset({"share"}),
    "people": frozenset({"people", "bare", ""}),
    "count": frozenset({"count", "people", "bare", "ordinal", ""}),
}


def fits(asked: Quantity, stated: Quantity) -> bool:
    """Whether a figure that states one quantity may answer a question for another."""
    return asked in ("", stated) or stated in _FITTING.get(asked, frozenset())
