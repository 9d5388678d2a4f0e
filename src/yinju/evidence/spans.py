"""The characters in a sentence that may answer a question of a given kind."""

from __future__ import annotations

import re

from yinju.evidence.expected import Kind
from yinju.records import Span

_HAN_NUMBER = "一二三四五六七八九十百千万亿两零〇"
_UNITS = (
    "人次|场次|人|名|位|个|家|户|支|期|次|场|届|项|件|篇|份|条|部|本|册|张|所|座|间|处|台|辆|架|艘|套|批|类|种|级|层|倍|成|"
    "年|个月|月|周|天|日|小时|分钟|秒|岁|周年|万元|亿元|元|美元|公里|千米|平方公里|平方米|米|厘米|毫米|公顷|亩|吨|公斤|千克|克|"
    "度|摄氏度|票|分|枚|颗|只|头|匹|棵|株|门|课|节|字|页|集|首|幅|段|轮|队|组|班|村|镇|县|市|省|国|国家|大"
)
_ARABIC = r"\d+(?:[,，]\d{3})*(?:\.\d+)?(?:\s?[%％‰])?"
_NUMBER = re.compile(
    rf"(?:第|约|近|超过?|逾|达)?(?:{_ARABIC}[十百千万亿]*(?:余|多|来)?\s?(?:{_UNITS})?|[{_HAN_NUMBER}]+(?:余|多)?(?:{_UNITS})[^\W\d_]{{0,2}}|翻[一两]?番|翻倍|(?:百分之)[{_HAN_NUMBER}]+)"
    r"(?:\s?[A-Za-z]{1,12})?"
)
_DATE = re.compile(
    rf"\d{{4}}\s?年(?:\s?\d{{1,2}}\s?月(?:\s?\d{{1,2}}\s?日)?|[深初末底]?[春夏秋冬])?|\d{{1,2}}\s?月(?:\s?\d{{1,2}}\s?日|[上中下]旬|初|底)?|[{_HAN_NUMBER}]{{2,4}}年(?:[{_HAN_NUMBER}]{{1,3}}月(?:[{_HAN_NUMBER}]{{1,3}}[日号])?)?"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\b(?:1\d|20)\d{2}\b"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?:\s+\d{1,2})?(?:,?\s+\d{4})?"
)
_TITLE = re.compile(r"《[^》\n]{1,80}》|“[^”\n]{1,60}”|「[^」\n]{1,60}」|『[^』\n]{1,60}』|\"[^\"\n]{1,60}\"")
_SURNAME = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗方俞任袁柳鲍史唐费岑薛雷贺倪汤"
    "罗毕郝邬安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪毛狄米贝明臧计成戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路娄江童颜郭梅盛林刁钟"
    "徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房丁邓洪包左石崔龚程邢裴陆荣翁曲侯段侬焦谷车叶白蒲鄂温庄晏柴瞿阎连习向古易廖耿匡文寇欧聂曾关"
    "游"
)
_PERSON = re.compile(
    rf"(?:(?<=书记)|(?<=主席)|(?<=主任)|(?<=部长)|(?<=厅长)|(?<=局长)|(?<=处长)|(?<=所长)|(?<=院长)|(?<=校长)|(?<=教授)|(?<=同志)|(?<=委员)|(?<=省长)|(?<=市长)|(?<=导演)|(?<=作家)|(?<=总统)|(?<=总理)|(?<=、)|(?<=，)|(?<=由)|(?<=是)|^)"
    rf"[{_SURNAME}][\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{1,6}}(?:·[\u4e00-\u9fff]{{1,8}})+|\b[A-Z][\w'-]+(?:\s+(?:[A-Z]\.|[a-z]{{2,3}}\s)?\s?[A-Z][\w'-]+)+"
)
_ORGANIZATION = re.compile(
    r"(?:[\u4e00-\u9fffA-Za-z0-9·]{1,16}?(?:委员会|党支部|支部|党委|工委|纪委|总队|支队|大队|办公厅|办公室|工会|协会|学会|"
    r"公司|集团|大学|学院|学校|中学|小学|医院|银行|法院|检察院|研究所|研究院|出版社|杂志社|分社|机关|中心|俱乐部|省委|市委|厅|局|委|院|社|部|站))+(?!长)"
    r"|\b[A-Z][\w&.-]+(?:\s+(?:of|for|and|the|[A-Z][\w&.-]+))+"
)
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2,8}?(?:自治区|自治州|地区|省|市|县|区|镇|乡|村|州|国|洲|岛|港|湖|江|河|山)|(?<=在)[\u4e00-\u9fff]{2,6}(?=[召举开成设建发出]|[，。、])|\b(?:in|at|near)\s+(?:[A-Z][\w-]+\s?)+"
)
_PATTERNS: dict[Kind, tuple[re.Pattern[str], ...]] = {
    "number": (_NUMBER,),
    "date": (_DATE,),
    "title": (_TITLE,),
    "person": (_PERSON,),
    "organization": (_ORGANIZATION,),
    "place": (_PLACE,),
    "other": (_TITLE, _NUMBER),
}


def candidates(text: str, kind: Kind) -> list[Span]:
    """Spans of `text` of that kind, in order, each maximal; empty where the sentence holds none."""
    found = [Span(*match.span()) for pattern in _PATTERNS[kind] for match in pattern.finditer(text)]
    if kind == "number":  # a date is no count
        dates = [match.span() for match in _DATE.finditer(text)]
        found = [span for span in found if not any(a <= span.start < b for a, b in dates)]
    return sorted({_bare(text, span) for span in found}, key=lambda span: span.start)


def _bare(text: str, span: Span) -> Span:
    """Without quotation marks or white space around it."""
    start, end = span.start, span.end
    while start < end and text[start] in '《“「『" ':
        start += 1
    while start < end and text[end - 1] in '》”」』" ':
        end -= 1
    return Span(start, end)
